/* SPDX-License-Identifier: BSD-2-Clause */
/* Expressions in the arguments and results of calls. */
#include "script/parse.h"

#include <string.h>

bool script_enter(struct script_parser *parser)
{
    if (parser->depth == SCRIPT_NESTING_MAX) {
        script_fail_at(parser, parser->at, "nested more than %d deep", SCRIPT_NESTING_MAX);
        return false;
    }
    parser->depth++;
    return true;
}

void script_leave(struct script_parser *parser)
{
    parser->depth--;
}

bool script_count_operator(struct script_parser *parser)
{
    if (++parser->operators <= SCRIPT_OPERATORS_MAX)
        return true;
    script_fail_at(parser, parser->at, "more than %d operators in one expression",
                   SCRIPT_OPERATORS_MAX);
    return false;
}

struct script_expr *script_new_expr(struct script_parser *parser, enum script_expr_kind kind,
                                    struct script_pos pos)
{
    struct script_expr *expr = script_new(parser, sizeof *expr);

    if (expr) {
        expr->kind = kind;
        expr->pos = pos;
    }
    return expr;
}

/* Puts one escape sequence, at `at` behind the backslash, into *out. Returns what it took, or 0. */
static size_t unescape(const char *at, const char *end, char *out)
{
    static const char names[] = "\\\"'`fnrtvab0";
    static const char values[] = "\\\"'`\f\n\r\t\v\a\b\0";
    const char *found = *at ? strchr(names, *at) : NULL;

    if (found) {
        *out = values[found - names];
        return 1;
    }
    if (end - at < 3 || at[0] != 'x' || script_hex_digit(at[1]) < 0 || script_hex_digit(at[2]) < 0)
        return 0;
    *out = (char)(script_hex_digit(at[1]) * 16 + script_hex_digit(at[2]));
    return 3;
}

/* Copies a string without its escapes into `out`; false after a message. */
static bool copy_unescaped(struct script_parser *parser, const char *at, size_t length, char *out,
                           size_t *out_length)
{
    const char *end = at + length;
    size_t n = 0, took;

    while (at < end) {
        if (*at != '\\') {
            out[n++] = *at++;
            continue;
        }
        took = unescape(at + 1, end, &out[n]);
        if (took == 0) {
            script_fail_at(parser, at, "unknown escape in a string");
            return false;
        }
        n++;
        at += 1 + took;
    }
    out[n] = '\0';
    *out_length = n;
    return true;
}

/* Adds one quoted part to the string in `expr`. */
static bool append_string(struct script_parser *parser, struct script_expr *expr,
                          const char *quoted, size_t length)
{
    char *text = script_arena_take_raw(parser->shared->arena, expr->length + length + 1);
    size_t added = 0;

    if (!text) {
        script_fail_at(parser, quoted, "the script needs too much memory");
        return false;
    }
    if (expr->length > 0)
        memcpy(text, expr->text, expr->length);
    if (!copy_unescaped(parser, quoted, length, text + expr->length, &added))
        return false;
    expr->text = text;
    expr->length += added;
    return true;
}

/* "a" "b" is one string; "a"... is one that goes on. */
struct script_expr *script_read_string_expr(struct script_parser *parser)
{
    struct script_expr *expr = script_new_expr(parser, SCRIPT_EXPR_STRING,
                                               script_pos_here(parser));
    uint32_t parts = 0;
    char quote = *parser->at;

    while (expr && *parser->at == quote) {
        size_t length = 0;
        const char *quoted = script_read_quoted(parser, &length);

        if (!quoted || !append_string(parser, expr, quoted, length))
            return NULL;
        if (++parts > SCRIPT_NESTING_MAX) {
            script_fail_at(parser, quoted, "more than %d strings in a row", SCRIPT_NESTING_MAX);
            return NULL;
        }
        script_skip(parser);
    }
    if (expr)
        expr->open = script_accept(parser, "...");
    return expr;
}

/* Decimal or hexadecimal digits up to 64 bits. 0xffffffffffffffff is -1, as in C. */
static bool read_integer(struct script_parser *parser, uint64_t limit, struct script_expr *expr,
                         uint64_t *value)
{
    const char *start = parser->at;
    uint64_t base = 10;
    int digit;

    if (start[0] == '0' && (start[1] == 'x' || start[1] == 'X')) {
        base = 16;
        limit = UINT64_MAX;
        parser->at += 2;
        expr->hex = true;
    }
    *value = 0;
    while ((digit = script_hex_digit(*parser->at)) >= 0 && (uint64_t)digit < base) {
        if (*value > (limit - (uint64_t)digit) / base) {
            script_fail_at(parser, start, "this number is out of range");
            return false;
        }
        *value = *value * base + (uint64_t)digit;
        parser->at++;
    }
    if (script_is_word(*parser->at) || parser->at == start + (base == 16 ? 2 : 0)) {
        script_fail_at(parser, start, "not a number");
        return false;
    }
    return true;
}

static double to_double(const char *text)
{
    double value = 0, place = 1;
    bool fraction = false;

    for (; script_is_digit(*text) || *text == '.'; text++) {
        fraction = fraction || *text == '.';
        if (*text == '.')
            continue;
        value = value * 10 + (*text - '0');
        place *= fraction ? 10 : 1;
    }
    return value / place;
}

static bool at_fraction(const char *at)
{
    while (script_is_digit(*at))
        at++;
    return at[0] == '.' && script_is_digit(at[1]);
}

static bool read_fraction(struct script_parser *parser, struct script_expr *expr, bool negative)
{
    const char *start = parser->at;
    const char *at = start;

    at += strspn(at, "0123456789");
    at += 1 + strspn(at + 1, "0123456789");
    if (at - start > 30 || script_is_word(*at) || (*at == '.' && at[1] != '.')) {
        script_fail_at(parser, start, "not a number");
        return false;
    }
    expr->kind = SCRIPT_EXPR_FLOAT;
    expr->length = (size_t)(at - start);
    expr->text = script_copy(parser, start, expr->length);
    expr->number = (negative ? -1 : 1) * to_double(start);
    parser->at = expr->text ? at : parser->at;
    return expr->text != NULL;
}

struct script_expr *script_read_number_expr(struct script_parser *parser)
{
    struct script_expr *expr = script_new_expr(parser, SCRIPT_EXPR_INTEGER,
                                               script_pos_here(parser));
    bool negative;
    uint64_t value;

    if (!expr)
        return NULL;
    negative = *parser->at == '-';
    parser->at += negative;
    if (at_fraction(parser->at))
        return read_fraction(parser, expr, negative) ? expr : NULL;
    if (!read_integer(parser, (uint64_t)INT64_MAX + negative, expr, &value))
        return NULL;
    expr->integer = (int64_t)(negative ? 0 - value : value);
    return expr;
}

/* ---- lists and structures ---- */

static struct script_expr *read_word_expr(struct script_parser *parser);
static struct script_expr *read_rest(struct script_parser *parser, struct script_expr *expr);

/* [name ['(' expr ')'] '='] expr, inside braces. What looks like a call or a symbol turns out to be
 * the name of a field when a '=' follows, so nothing is read twice. */
static struct script_expr *read_member(struct script_parser *parser)
{
    struct script_expr *name, *value;

    if (!script_is_word(*parser->at) || script_is_digit(*parser->at))
        return script_read_expr(parser);
    name = read_word_expr(parser);
    if (!name)
        return NULL;
    if ((name->kind != SCRIPT_EXPR_SYMBOL && name->item_count != 1) || !script_accept(parser, "="))
        return read_rest(parser, name);
    value = script_read_expr(parser);
    if (!value)
        return NULL;
    value->field = name->text;
    value->argument = name->items;
    return value;
}

/* Items up to the closing bracket, which is passed. */
static const struct script_expr *read_items(struct script_parser *parser, const char *close,
                                            uint32_t *count)
{
    const struct script_expr *first = NULL;
    const struct script_expr **tail = &first;
    bool braces = *close == '}';
    struct script_expr *item;

    *count = 0;
    if (script_accept(parser, close))
        return NULL;
    if (!script_enter(parser))
        return NULL;
    do {
        script_skip(parser);
        item = braces ? read_member(parser) : script_read_expr(parser);
        if (!item)
            return NULL;
        *tail = item;
        tail = &item->next;
        (*count)++;
    } while (script_accept(parser, ","));
    script_leave(parser);
    script_expect(parser, close);
    return first;
}

const struct script_expr *script_read_arguments(struct script_parser *parser, uint32_t *count)
{
    *count = 0;
    parser->depth = 0;
    parser->operators = 0;
    if (!script_expect(parser, "("))
        return NULL;
    return read_items(parser, ")", count);
}

static struct script_expr *read_bracketed(struct script_parser *parser,
                                          enum script_expr_kind kind)
{
    struct script_expr *expr = script_new_expr(parser, kind, script_pos_here(parser));

    if (!expr)
        return NULL;
    parser->at++;
    expr->items = read_items(parser, kind == SCRIPT_EXPR_LIST ? "]" : "}", &expr->item_count);
    return parser->shared->failed ? NULL : expr;
}

/* ---- words ---- */

/* A word that --define gave a value: "text", a number or another word. */
static struct script_expr *read_defined(struct script_parser *parser,
                                        const struct script_define *define, size_t length)
{
    struct script_pos pos = script_pos_here(parser);
    struct script_expr *expr;
    struct script_parser inner;
    const char *value = define->value;

    script_start_file(&inner, parser->shared, parser->file, value, strlen(value));
    inner.first_line = inner.line = pos.line;
    inner.first_column = pos.column;
    if (*value == '"')
        expr = script_read_string_expr(&inner);
    else if (script_is_digit(*value) || *value == '-')
        expr = script_read_number_expr(&inner);
    else {
        expr = script_new_expr(&inner, SCRIPT_EXPR_SYMBOL, pos);
        inner.at += script_word_length(&inner);
    }
    if (!parser->shared->failed && (inner.at < inner.end || inner.at == value))
        script_fail_expected(&inner, "a definition that is a number, a string or a word");
    parser->at = parser->shared->failed ? parser->end : parser->at + length;
    if (!expr)
        return NULL;
    expr->pos = pos;
    if (expr->kind == SCRIPT_EXPR_SYMBOL) {
        expr->text = value;
        expr->length = strlen(value);
    }
    return expr;
}

static struct script_expr *read_word_expr(struct script_parser *parser)
{
    size_t length = script_word_length(parser);
    const struct script_define *define = script_find_define(parser, parser->at, length);
    struct script_expr *expr;

    if (define && define->value)
        return read_defined(parser, define, length);
    expr = script_new_expr(parser, SCRIPT_EXPR_SYMBOL, script_pos_here(parser));
    if (!expr)
        return NULL;
    expr->text = script_read_word(parser, "a word");
    expr->length = length;
    /* A result is followed by a note, as in "= O_RDWR (flags)": no call there. */
    if (parser->depth > 1 && script_accept(parser, "(")) {
        expr->kind = SCRIPT_EXPR_CALL;
        expr->items = read_items(parser, ")", &expr->item_count);
    }
    return parser->shared->failed ? NULL : expr;
}

/* The smallest expressions: numbers, strings, names, lists, structures, calls. */
static struct script_expr *read_primary(struct script_parser *parser)
{
    const char *at;

    script_skip(parser);
    at = parser->at;
    if (at[0] == '.' && at[1] == '.' && at[2] == '.') {
        struct script_expr *expr = script_new_expr(parser, SCRIPT_EXPR_ELLIPSIS,
                                                   script_pos_here(parser));

        parser->at += 3;
        return expr;
    }
    if (script_is_digit(*at) || (*at == '-' && (script_is_digit(at[1]) || at[1] == '.')) ||
        (*at == '.' && script_is_digit(at[1])))
        return script_read_number_expr(parser);
    if (script_is_word(*at))
        return read_word_expr(parser);
    if (*at == '"')
        return script_read_string_expr(parser);
    if (*at == '[')
        return read_bracketed(parser, SCRIPT_EXPR_LIST);
    if (*at == '{')
        return read_bracketed(parser, SCRIPT_EXPR_STRUCT);
    script_fail_expected(parser, "a value");
    return NULL;
}

static struct script_expr *join(struct script_parser *parser, enum script_op op,
                                struct script_expr *left, struct script_expr *right)
{
    struct script_expr *expr;

    if (!left || !right || !script_count_operator(parser))
        return NULL;
    expr = script_new_expr(parser, SCRIPT_EXPR_BINARY, left->pos);
    if (!expr)
        return NULL;
    expr->op = op;
    expr->left = left;
    expr->right = right;
    return expr;
}

/* What may follow a value: more flags, or the value of a named argument. */
static struct script_expr *read_rest(struct script_parser *parser, struct script_expr *expr)
{
    while (expr && script_accept(parser, "|"))
        expr = join(parser, SCRIPT_OP_OR_BITS, expr, read_primary(parser));
    if (expr && expr->kind == SCRIPT_EXPR_SYMBOL && parser->depth > 1 &&
        script_accept(parser, "="))
        expr = join(parser, SCRIPT_OP_ASSIGN, expr, script_read_expr(parser));
    return expr;
}

struct script_expr *script_read_expr(struct script_parser *parser)
{
    struct script_expr *expr;

    if (!script_enter(parser))
        return NULL;
    expr = read_rest(parser, read_primary(parser));
    script_leave(parser);
    return expr;
}
