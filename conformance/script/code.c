/* SPDX-License-Identifier: BSD-2-Clause */
/* The statements of %{ ... }%. What is not understood is no error of the script: it is kept as text
 * with the reason, so that the runner can skip the case and say why. */
#include "script/parse.h"

#include <string.h>

/* Where a statement stands in the code, and where it ends. */
struct scan {
    const char *at, *end;
    const char *line_start;
    uint32_t line;
};

/* Passes a string; one that is not closed goes to the end of the code. */
static void pass_string(struct scan *scan)
{
    char quote = *scan->at++;

    while (scan->at < scan->end && *scan->at != quote && *scan->at != '\n')
        scan->at += *scan->at == '\\' && scan->end - scan->at > 1 ? 2 : 1;
    if (scan->at < scan->end && *scan->at == quote)
        scan->at++;
}

static void pass_comment(struct scan *scan)
{
    const char *newline = memchr(scan->at, '\n', (size_t)(scan->end - scan->at));

    scan->at = newline ? newline : scan->end;
}

static void pass_newline(struct scan *scan)
{
    scan->at++;
    scan->line++;
    scan->line_start = scan->at;
}

/* To the start of a statement: over blanks, newlines, semicolons and comments. */
static void to_statement(struct scan *scan)
{
    while (scan->at < scan->end) {
        if (*scan->at == '\n')
            pass_newline(scan);
        else if (*scan->at == '#')
            pass_comment(scan);
        else if (memchr(" \t\r;\f\v\\", *scan->at, 7))
            scan->at++;
        else
            return;
    }
}

/* To the newline or semicolon behind it, outside of brackets and strings. */
static void to_statement_end(struct scan *scan)
{
    uint32_t open = 0;

    while (scan->at < scan->end) {
        char c = *scan->at;

        if (open == 0 && (c == '\n' || c == ';' || c == '#'))
            return;
        if (c == '\'' || c == '"') {
            pass_string(scan);
            continue;
        }
        if (c == '#') {
            pass_comment(scan);
            continue;
        }
        open += c == '(' || c == '[' || c == '{';
        open -= open > 0 && (c == ')' || c == ']' || c == '}');
        if (c == '\\' && scan->end - scan->at > 1 && scan->at[1] == '\n')
            scan->at++;
        if (*scan->at == '\n')
            pass_newline(scan);
        else
            scan->at++;
    }
}

static bool is_keyword(const char *word, size_t length)
{
    static const char *const keywords[] = {
        "if", "elif", "else", "for", "while", "def", "class", "import", "from", "try", "except",
        "finally", "with", "return", "global", "del", "raise", "lambda", "yield", "pass",
    };
    size_t i;

    for (i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        if (strlen(keywords[i]) == length && memcmp(keywords[i], word, length) == 0)
            return true;
    return false;
}

/* `=` or `+=` and the like at the cursor, which is passed; false for anything else. */
static bool accept_assignment(struct script_parser *parser, enum script_op *op)
{
    static const struct { const char *text; enum script_op op; } forms[] = {
        { "+=", SCRIPT_OP_ADD }, { "-=", SCRIPT_OP_SUBTRACT }, { "*=", SCRIPT_OP_MULTIPLY },
        { "//=", SCRIPT_OP_FLOOR_DIVIDE }, { "/=", SCRIPT_OP_DIVIDE }, { "|=", SCRIPT_OP_OR_BITS },
        { "&=", SCRIPT_OP_AND_BITS }, { "%=", SCRIPT_OP_MODULO }, { "=", SCRIPT_OP_NONE },
    };
    size_t i;

    script_python_skip(parser);
    if (parser->at[0] == '=' && parser->at[1] == '=')
        return false;
    for (i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (!script_python_accept(parser, forms[i].text))
            continue;
        *op = forms[i].op;
        return true;
    }
    return false;
}

/* The message decides nothing, so one that is not understood is left out. */
static void read_assert(struct script_parser *parser, struct script_statement *statement)
{
    statement->kind = SCRIPT_STATEMENT_ASSERT;
    statement->value = script_read_python(parser);
    if (!statement->value || !script_python_accept(parser, ","))
        return;
    parser->depth = 0;
    statement->message = script_read_python(parser);
    if (statement->message)
        return;
    parser->shared->failed = false;
    parser->at = parser->end;
}

/* print(a, b), and print a, b of an older Python. */
static void read_print(struct script_parser *parser, struct script_statement *statement)
{
    const struct script_expr **tail = &statement->value;
    struct script_expr *item;

    statement->kind = SCRIPT_STATEMENT_PRINT;
    script_python_skip(parser);
    if (parser->at >= parser->end)
        return;
    do {
        item = script_read_python(parser);
        if (!item)
            return;
        *tail = item;
        tail = &item->next;
    } while (script_python_accept(parser, ","));
}

static void read_assignment(struct script_parser *parser, struct script_statement *statement)
{
    size_t length = script_word_length(parser);
    const char *start = parser->at;

    if (length == 0 || script_is_digit(*start) || is_keyword(start, length)) {
        script_fail_at(parser, start, "general Python is not supported");
        return;
    }
    statement->kind = SCRIPT_STATEMENT_ASSIGN;
    statement->name = script_copy(parser, start, length);
    parser->at += parser->shared->failed ? 0 : length;
    if (accept_assignment(parser, &statement->op))
        statement->value = script_read_python(parser);
    else
        script_fail_at(parser, start, "neither an assert, nor a print, nor an assignment");
}

/* Reads one statement from `inner`, whose text is the statement alone. */
static void read_statement(struct script_parser *inner, struct script_statement *statement)
{
    if (script_python_accept(inner, "assert"))
        read_assert(inner, statement);
    else if (script_python_accept(inner, "print"))
        read_print(inner, statement);
    else
        read_assignment(inner, statement);
    script_python_skip(inner);
    if (!inner->shared->failed && inner->at < inner->end)
        script_fail_expected(inner, "the end of the statement");
}

static struct script_statement *new_statement(struct script_parser *parser,
                                              const struct scan *start, size_t length)
{
    struct script_statement *statement = script_new(parser, sizeof *statement);

    if (!statement)
        return NULL;
    while (length > 0 && strchr(" \t\r", start->at[length - 1]))
        length--;
    statement->text = script_copy(parser, start->at, length);
    statement->pos = (struct script_pos){ parser->file, start->line,
                                          (uint32_t)(start->at - start->line_start) + 1 };
    return statement->text ? statement : NULL;
}

/* Errors inside a statement go into its reason, so it is read with an error store of its own. */
static void understand(struct script_parser *parser, struct script_statement *statement)
{
    struct script_shared shared = *parser->shared;
    struct script_error error;
    struct script_parser inner;

    shared.error = &error;
    script_start_file(&inner, &shared, parser->file, statement->text, strlen(statement->text));
    inner.first_line = inner.line = statement->pos.line;
    inner.first_column = statement->pos.column;
    inner.has_event = true;
    read_statement(&inner, statement);
    if (!shared.failed)
        return;
    statement->kind = SCRIPT_STATEMENT_UNKNOWN;
    statement->value = statement->message = NULL;
    statement->reason = script_copy(parser, error.message, strlen(error.message));
}

const struct script_statement *script_read_code(struct script_parser *parser, size_t length)
{
    struct scan scan = { parser->at, parser->at + length, parser->line_start, parser->line };
    const struct script_statement *first = NULL;
    const struct script_statement **tail = &first;

    for (to_statement(&scan); scan.at < scan.end; to_statement(&scan)) {
        struct scan start = scan;
        struct script_statement *statement;

        to_statement_end(&scan);
        statement = new_statement(parser, &start, (size_t)(scan.at - start.at));
        if (!statement)
            break;
        understand(parser, statement);
        *tail = statement;
        tail = &statement->next;
    }
    return first;
}
