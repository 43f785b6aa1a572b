/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines that begin with '#': comments, and #ifdef, #ifndef, #else, #endif. */
#include "script/parse.h"

#include <string.h>

enum hash_kind { HASH_COMMENT, HASH_IFDEF, HASH_IFNDEF, HASH_ELSE, HASH_ENDIF };

static bool is_line_end(char c)
{
    return c == '\n' || c == '\0' || c == '\r';
}

static enum hash_kind classify(const char *at)
{
    static const struct { const char *word; enum hash_kind kind; } words[] = {
        { "#ifdef", HASH_IFDEF }, { "#ifndef", HASH_IFNDEF },
        { "#else", HASH_ELSE }, { "#endif", HASH_ENDIF },
    };
    size_t i;

    for (i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t length = strlen(words[i].word);

        if (strncmp(at, words[i].word, length) == 0 && !script_is_word(at[length]))
            return words[i].kind;
    }
    return HASH_COMMENT;
}

static void pass_line(struct script_parser *parser)
{
    const char *newline = memchr(parser->at, '\n', (size_t)(parser->end - parser->at));

    parser->at = newline ? newline : parser->end;
}

/* Goes to the next line that begins with '#'; false at the end of the text. */
static bool to_next_hash(struct script_parser *parser)
{
    for (;;) {
        pass_line(parser);
        if (parser->at >= parser->end)
            return false;
        script_pass(parser, 1);
        script_skip_blanks(parser);
        if (*parser->at == '#')
            return true;
    }
}

/* Passes the part that is left out, up to its #endif, or its #else if `may_else`, which is left
 * for the caller to read. Conditions inside are only counted. */
static void pass_left_out(struct script_parser *parser)
{
    uint32_t inside = 0;

    while (to_next_hash(parser)) {
        enum hash_kind kind = classify(parser->at);

        if (kind == HASH_IFDEF || kind == HASH_IFNDEF)
            inside++;
        if (inside == 0 && (kind == HASH_ELSE || kind == HASH_ENDIF))
            return;
        if (kind == HASH_ENDIF)
            inside--;
    }
}

static void read_endif(struct script_parser *parser)
{
    if (parser->condition_depth == 0) {
        script_fail_at(parser, parser->at, "#endif without #ifdef");
        return;
    }
    parser->condition_depth--;
    pass_line(parser);
}

/* After a part that was left out: its #else starts the part that counts, its #endif ends it. */
static void after_left_out(struct script_parser *parser)
{
    struct script_condition *condition = &parser->conditions[parser->condition_depth - 1];

    if (parser->at >= parser->end)
        return;
    if (classify(parser->at) == HASH_ENDIF) {
        read_endif(parser);
        return;
    }
    if (condition->had_else)
        script_fail_at(parser, parser->at, "a second #else");
    condition->had_else = true;
    pass_line(parser);
}

static void read_else(struct script_parser *parser)
{
    struct script_condition *condition;

    if (parser->condition_depth == 0) {
        script_fail_at(parser, parser->at, "#else without #ifdef");
        return;
    }
    condition = &parser->conditions[parser->condition_depth - 1];
    if (condition->had_else) {
        script_fail_at(parser, parser->at, "a second #else");
        return;
    }
    condition->had_else = true;
    pass_left_out(parser);
    after_left_out(parser);
}

/* #ifdef NAME, or #ifndef NAME when `wanted` is false. */
static void read_if(struct script_parser *parser, bool wanted)
{
    struct script_condition *condition = &parser->conditions[parser->condition_depth];
    size_t length;
    bool defined;

    if (parser->condition_depth == SCRIPT_IFDEF_DEPTH_MAX) {
        script_fail_at(parser, parser->at, "#ifdef nested more than %d deep",
                       SCRIPT_IFDEF_DEPTH_MAX);
        return;
    }
    condition->pos = script_pos_here(parser);
    condition->had_else = false;
    parser->at += 1 + strcspn(parser->at + 1, " \t\r\n");
    script_skip_blanks(parser);
    length = script_word_length(parser);
    if (length == 0) {
        script_fail_expected(parser, "a name after #ifdef");
        return;
    }
    defined = script_find_define(parser, parser->at, length) != NULL;
    parser->at += length;
    parser->condition_depth++;
    if (defined == wanted) {
        pass_line(parser);
        return;
    }
    pass_left_out(parser);
    after_left_out(parser);
}

/* #include and #define are no part of the language, and silence about them would mislead. */
static void read_comment(struct script_parser *parser)
{
    static const char *const refused[] = { "#if", "#elif", "#define", "#include", "#undef" };
    size_t i;

    for (i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        size_t length = strlen(refused[i]);

        if (strncmp(parser->at, refused[i], length) != 0)
            continue;
        if (!is_line_end(parser->at[length]) && parser->at[length] != ' ')
            continue;
        script_fail_at(parser, parser->at, "%s is not supported", refused[i]);
        return;
    }
    script_keep_sentence(parser);
    pass_line(parser);
}

void script_read_hash(struct script_parser *parser)
{
    switch (classify(parser->at)) {
    case HASH_COMMENT:
        read_comment(parser);
        return;
    case HASH_IFDEF:
        read_if(parser, true);
        return;
    case HASH_IFNDEF:
        read_if(parser, false);
        return;
    case HASH_ELSE:
        read_else(parser);
        return;
    case HASH_ENDIF:
        read_endif(parser);
        return;
    }
}

void script_check_conditions(struct script_parser *parser)
{
    if (parser->condition_depth > 0)
        script_fail_pos(parser, &parser->conditions[parser->condition_depth - 1].pos,
                        "this #ifdef has no #endif");
}
