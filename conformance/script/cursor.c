/* SPDX-License-Identifier: BSD-2-Clause */
/* The cursor: blanks, comments, words, numbers and memory, shared by all rules of the grammar. */
#include "script/parse.h"

#include <string.h>

int script_hex_digit(char c)
{
    if (script_is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

struct script_pos script_pos_here(const struct script_parser *parser)
{
    struct script_pos pos = { parser->file, parser->line, 1 };

    pos.column += (uint32_t)(parser->at - parser->line_start);
    if (parser->line == parser->first_line)
        pos.column += parser->first_column - 1;
    return pos;
}

/* A directive is `//:` followed by a word or a time; so `//::::` and the like stay comments. */
bool script_at_directive(const struct script_parser *parser)
{
    const char *at = parser->at;

    if (at[0] != '/' || at[1] != '/' || at[2] != ':')
        return false;
    for (at += 3; *at == ' ' || *at == '\t'; at++)
        continue;
    return script_is_word(*at) || *at == '+' || *at == '*' || *at == '.';
}

void script_skip_blanks(struct script_parser *parser)
{
    while (*parser->at == ' ' || *parser->at == '\t' || *parser->at == '\r')
        parser->at++;
}

static void skip_line_comment(struct script_parser *parser)
{
    const char *newline = memchr(parser->at, '\n', (size_t)(parser->end - parser->at));

    script_keep_sentence(parser);
    parser->at = newline ? newline : parser->end;
}

static void skip_block_comment(struct script_parser *parser)
{
    const char *at = parser->at + 2;

    for (;;) {
        at = memchr(at, '*', (size_t)(parser->end - at));
        if (!at) {
            script_fail_at(parser, parser->at, "this comment is not closed by */");
            return;
        }
        if (at[1] == '/')
            break;
        at++;
    }
    script_keep_sentence(parser);
    script_pass(parser, (size_t)(at + 2 - parser->at));
}

static void skip_newline(struct script_parser *parser)
{
    parser->at++;
    parser->line += !parser->is_value;
    parser->line_start = parser->at;
}

void script_skip_on(struct script_parser *parser)
{
    for (;;) {
        script_skip_blanks(parser);
        if (*parser->at == '\n')
            skip_newline(parser);
        else if (*parser->at == '\f' || *parser->at == '\v')
            parser->at++;
        else if (*parser->at == '#')
            script_read_hash(parser);
        else if (*parser->at != '/')
            return;
        else if (parser->at[1] == '*')
            skip_block_comment(parser);
        else if (parser->at[1] == '/' && !script_at_directive(parser))
            skip_line_comment(parser);
        else
            return;
    }
}

void script_pass(struct script_parser *parser, size_t length)
{
    const char *stop = parser->at + length;
    const char *newline;

    while ((newline = memchr(parser->at, '\n', (size_t)(stop - parser->at)))) {
        parser->at = newline;
        skip_newline(parser);
    }
    parser->at = stop;
}

size_t script_count_word(const char *text)
{
    const char *at = text;

    while (script_is_word(*at))
        at++;
    return (size_t)(at - text);
}

size_t script_word_length(const struct script_parser *parser)
{
    return script_count_word(parser->at);
}

/* The length of this text, if it stands at the cursor; else 0. */
static size_t length_here(const struct script_parser *parser, const char *text)
{
    size_t length = 0;

    while (text[length] != '\0') {
        if (parser->at[length] != text[length])
            return 0;
        length++;
    }
    return length;
}

bool script_peek_word(struct script_parser *parser, const char *word)
{
    size_t length;

    script_skip(parser);
    length = length_here(parser, word);
    return length > 0 && !script_is_word(parser->at[length]);
}

bool script_pass_word(struct script_parser *parser, const char *word)
{
    size_t length = length_here(parser, word);

    if (length == 0 || script_is_word(parser->at[length]))
        return false;
    parser->at += length;
    return true;
}

bool script_pass_text(struct script_parser *parser, const char *text)
{
    size_t length = length_here(parser, text);

    parser->at += length;
    return length > 0;
}

bool script_miss(struct script_parser *parser, const char *text)
{
    char what[16] = "'";

    strncat(what, text, sizeof what - 3);
    strcat(what, "'");
    script_fail_expected(parser, what);
    return false;
}

const char *script_read_word(struct script_parser *parser, const char *what)
{
    size_t length;
    const char *word;

    script_skip(parser);
    length = script_word_length(parser);
    if (length == 0) {
        script_fail_expected(parser, what);
        return NULL;
    }
    word = script_copy(parser, parser->at, length);
    if (word)
        parser->at += length;
    return word;
}

/* MSS, TFO_COOKIE: a word of capitals, in place of a number that --define is to give. */
static bool is_name(const char *at, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++)
        if (at[i] >= 'a' && at[i] <= 'z')
            return false;
    return length > 1 && !script_is_digit(*at);
}

/* At a name: its value goes to *inner, a parser of its own. A name in capitals without a value is
 * noted, not refused, because real suites pass such values on the command line. False: there is no
 * name, or no value. */
static bool read_named_value(struct script_parser *parser, struct script_parser *inner)
{
    struct script_pos pos = script_pos_here(parser);
    size_t length = script_word_length(parser);
    const struct script_define *define;
    const char *name;

    define = script_find_define(parser, parser->at, length);
    if (!is_name(parser->at, length) && (!define || !define->value))
        return false;
    if (define && define->value) {
        script_start_file(inner, parser->shared, parser->file, define->value,
                          strlen(define->value));
        inner->first_line = inner->line = pos.line;
        inner->first_column = pos.column;
        inner->is_value = true;
    } else {
        name = script_copy(parser, parser->at, length);
        script_add_item(parser, &parser->shared->undefined_tail, name, NULL, pos);
        define = NULL;
    }
    parser->at += parser->shared->failed ? 0 : length;
    return define != NULL;
}

static uint32_t read_named_number(struct script_parser *parser, const char *what, uint32_t max)
{
    struct script_parser inner;
    const char *start = parser->at;
    uint32_t value;

    if (!read_named_value(parser, &inner)) {
        if (parser->at == start)
            script_fail_expected(parser, what);
        return 0;
    }
    value = script_is_digit(*inner.at) ? script_read_number(&inner, what, max) : 0;
    if (inner.at < inner.end || inner.text == inner.end)
        script_fail_at(&inner, inner.at, "the definition is not a number");
    if (parser->shared->failed)
        parser->at = parser->end;
    return value;
}

uint32_t script_read_number(struct script_parser *parser, const char *what, uint32_t max)
{
    const char *start, *at;
    uint64_t value = 0;
    int digit;

    script_skip(parser);
    start = at = parser->at;
    if (!script_is_digit(*start))
        return read_named_number(parser, what, max);
    if (start[0] == '0' && start[1] == 'x' && script_hex_digit(start[2]) >= 0) {
        for (at += 2; (digit = script_hex_digit(*at)) >= 0; at++)
            value = value > UINT32_MAX ? value : value * 16 + (uint64_t)digit;
    } else {
        for (; script_is_digit(*at); at++)
            value = value > UINT32_MAX ? value : value * 10 + (uint64_t)(*at - '0');
    }
    if (script_is_word(*at)) {
        script_fail_expected(parser, what);
        return 0;
    }
    parser->at = at;
    if (value > max) {
        script_fail_at(parser, start, "%s is out of range: at most %lu", what, (unsigned long)max);
        return 0;
    }
    return (uint32_t)value;
}

/* A name, at least one letter of which is no hexadecimal digit, as in FO TFO_COOKIE. */
static bool at_hex_name(const struct script_parser *parser)
{
    size_t length = script_word_length(parser);
    const struct script_define *define = script_find_define(parser, parser->at, length);
    size_t i = 0;

    while (i < length && script_hex_digit(parser->at[i]) >= 0)
        i++;
    return i < length && (is_name(parser->at, length) || (define && define->value));
}

static uint32_t read_named_hex(struct script_parser *parser, uint8_t *out, uint32_t max)
{
    struct script_parser inner;
    uint32_t count;

    if (!read_named_value(parser, &inner))
        return 0;
    script_skip(&inner);
    if (at_hex_name(&inner)) { /* itself, perhaps */
        script_fail_at(&inner, inner.at, "not a hexadecimal digit");
        parser->at = parser->end;
        return 0;
    }
    count = script_read_hex(&inner, out, max);
    if (parser->shared->failed)
        parser->at = parser->end;
    return count;
}

uint32_t script_read_hex(struct script_parser *parser, uint8_t *out, uint32_t max)
{
    const char *start;
    size_t length, i;

    script_skip(parser);
    if (at_hex_name(parser))
        return read_named_hex(parser, out, max);
    if (parser->at[0] == '0' && parser->at[1] == 'x')
        parser->at += 2;
    start = parser->at;
    length = script_word_length(parser);
    if (length % 2 != 0) {
        script_fail_at(parser, start, "an odd number of hexadecimal digits");
        return 0;
    }
    if (length / 2 > max) {
        script_fail_at(parser, start, "too many bytes: at most %lu", (unsigned long)max);
        return 0;
    }
    for (i = 0; i < length; i++) {
        int digit = script_hex_digit(start[i]);

        if (digit < 0) {
            script_fail_at(parser, start + i, "not a hexadecimal digit");
            return 0;
        }
        out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] | digit : digit << 4);
    }
    parser->at = start + length;
    return (uint32_t)(length / 2);
}

const char *script_read_quoted(struct script_parser *parser, size_t *length)
{
    const char *start = parser->at + 1;
    const char *at = start;
    char quote = *parser->at;

    while (*at != quote && at < parser->end)
        at += at[0] == '\\' && at + 1 < parser->end ? 2 : 1;
    if (at >= parser->end) {
        script_fail_at(parser, parser->at, "this %s is not closed by %c",
                       quote == '`' ? "command" : "string", quote);
        return NULL;
    }
    *length = (size_t)(at - start);
    script_pass(parser, *length + 2);
    return start;
}

void *script_new(struct script_parser *parser, size_t size)
{
    void *memory = script_arena_take(parser->shared->arena, size);

    if (!memory)
        script_fail_at(parser, parser->at, "the script needs too much memory");
    return memory;
}

const char *script_copy(struct script_parser *parser, const char *text, size_t length)
{
    char *copy = script_arena_take_raw(parser->shared->arena, length + 1);

    if (!copy) {
        script_fail_at(parser, parser->at, "the script needs too much memory");
        return NULL;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

const struct script_define *script_find_define(const struct script_parser *parser,
                                               const char *word, size_t length)
{
    const struct script_define *defines = parser->shared->defines;
    size_t i;

    for (i = parser->shared->define_count; i > 0; i--) {
        const char *name = defines[i - 1].name;

        if (strncmp(name, word, length) == 0 && name[length] == '\0')
            return &defines[i - 1];
    }
    return NULL;
}

bool script_is_define(const char *text)
{
    size_t length = script_count_word(text);

    return length > 0 && !script_is_digit(*text) && (text[length] == '=' || text[length] == '\0');
}

/* `text` is NAME or NAME=VALUE, as after --define=. A later one replaces an earlier one. */
bool script_add_define(struct script_parser *parser, const char *text, const char *where)
{
    struct script_shared *shared = parser->shared;
    const char *equals = strchr(text, '=');
    struct script_define *define = &shared->defines[shared->define_count];

    if (shared->define_count == SCRIPT_DEFINES_MAX) {
        script_fail_at(parser, where, "more than %d names are defined", SCRIPT_DEFINES_MAX);
        return false;
    }
    if (!script_is_define(text)) {
        script_fail_at(parser, where, "--define needs NAME or NAME=VALUE, and a name has letters,"
                       " digits and _ and does not begin with a digit");
        return false;
    }
    define->name = equals ? script_copy(parser, text, (size_t)(equals - text)) : text;
    define->value = equals ? equals + 1 : NULL;
    if (!define->name)
        return false;
    shared->define_count++;
    return true;
}
