/* SPDX-License-Identifier: BSD-2-Clause */
/* Expressions inside %{ }%: the part of Python's that assertions use. */
#include "script/parse.h"

#include <string.h>

struct operator {
    const char *text;
    enum script_op op;
    int precedence;
};

enum { PRECEDENCE_NOT = 3, PRECEDENCE_COMPARISON = 4, PRECEDENCE_UNARY = 11 };

void script_python_skip(struct script_parser *parser)
{
    for (;;) {
        char c = *parser->at;

        if (c == ' ' || c == '\t' || c == '\r')
            parser->at++;
        else if (c == '\\' && parser->at[1] == '\n')
            script_pass(parser, 2);
        else if (c == '\n')
            script_pass(parser, 1);
        else if (c == '#')
            parser->at += strcspn(parser->at, "\n");
        else
            return;
    }
}

bool script_python_accept(struct script_parser *parser, const char *text)
{
    size_t length = strlen(text);

    script_python_skip(parser);
    if (strncmp(parser->at, text, length) != 0)
        return false;
    if (script_is_word(text[length - 1]) && script_is_word(parser->at[length]))
        return false;
    parser->at += length;
    return true;
}

static bool expect(struct script_parser *parser, const char *text, const char *what)
{
    if (script_python_accept(parser, text))
        return true;
    script_fail_expected(parser, what);
    return false;
}

/* The binary operator at the cursor, or NULL. Longer ones stand first. */
static const struct operator *find_operator(struct script_parser *parser)
{
    static const struct operator operators[] = {
        { "or", SCRIPT_OP_OR, 1 }, { "and", SCRIPT_OP_AND, 2 },
        { "==", SCRIPT_OP_EQUAL, 4 }, { "!=", SCRIPT_OP_NOT_EQUAL, 4 },
        { "<<", SCRIPT_OP_SHIFT_LEFT, 8 }, { ">>", SCRIPT_OP_SHIFT_RIGHT, 8 },
        { "<=", SCRIPT_OP_LESS_EQUAL, 4 }, { ">=", SCRIPT_OP_GREATER_EQUAL, 4 },
        { "<", SCRIPT_OP_LESS, 4 }, { ">", SCRIPT_OP_GREATER, 4 },
        { "|", SCRIPT_OP_OR_BITS, 5 }, { "^", SCRIPT_OP_XOR_BITS, 6 },
        { "&", SCRIPT_OP_AND_BITS, 7 }, { "+", SCRIPT_OP_ADD, 9 },
        { "-", SCRIPT_OP_SUBTRACT, 9 }, { "//", SCRIPT_OP_FLOOR_DIVIDE, 10 },
        { "*", SCRIPT_OP_MULTIPLY, 10 }, { "/", SCRIPT_OP_DIVIDE, 10 },
        { "%", SCRIPT_OP_MODULO, 10 },
    };
    size_t i;

    script_python_skip(parser);
    for (i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        size_t length = strlen(operators[i].text);

        if (strncmp(parser->at, operators[i].text, length) != 0)
            continue;
        if (script_is_word(operators[i].text[0]) && script_is_word(parser->at[length]))
            continue;
        return &operators[i];
    }
    return NULL;
}

static struct script_expr *new_operation(struct script_parser *parser, enum script_op op,
                                         const struct script_expr *left,
                                         const struct script_expr *right)
{
    struct script_expr *expr;

    if (!left || !script_count_operator(parser))
        return NULL;
    expr = script_new_expr(parser, right ? SCRIPT_EXPR_BINARY : SCRIPT_EXPR_UNARY, left->pos);
    if (!expr)
        return NULL;
    expr->op = op;
    expr->left = left;
    expr->right = right;
    return expr;
}

static struct script_expr *read_from(struct script_parser *parser, int precedence);

/* Comma-separated values up to `close`. *comma tells whether there was a comma. */
static const struct script_expr *read_sequence(struct script_parser *parser, const char *close,
                                               uint32_t *count, bool *comma)
{
    const struct script_expr *first = NULL;
    const struct script_expr **tail = &first;

    *count = 0;
    *comma = false;
    while (!script_python_accept(parser, close)) {
        struct script_expr *item = read_from(parser, 1);

        if (!item)
            return NULL;
        *tail = item;
        tail = &item->next;
        (*count)++;
        if (script_python_accept(parser, ",")) {
            *comma = true;
            continue;
        }
        expect(parser, close, *close == ')' ? "')'" : "']'");
        break;
    }
    return first;
}

/* ( ... ): one value in parentheses, or a tuple, which is a list here; and [ ... ]. */
static struct script_expr *read_bracketed(struct script_parser *parser)
{
    struct script_expr *list = script_new_expr(parser, SCRIPT_EXPR_LIST,
                                               script_pos_here(parser));
    bool round = *parser->at == '(';
    bool comma = false;

    if (!list)
        return NULL;
    parser->at++;
    list->items = read_sequence(parser, round ? ")" : "]", &list->item_count, &comma);
    if (parser->shared->failed)
        return NULL;
    if (!round || comma || list->item_count != 1)
        return list;
    return (struct script_expr *)list->items;
}

/* A name, or a call of one of the few functions that are understood. */
static struct script_expr *read_name(struct script_parser *parser)
{
    struct script_expr *expr = script_new_expr(parser, SCRIPT_EXPR_SYMBOL,
                                               script_pos_here(parser));
    bool comma;

    if (!expr)
        return NULL;
    expr->length = script_word_length(parser);
    expr->text = script_copy(parser, parser->at, expr->length);
    if (!expr->text)
        return NULL;
    parser->at += expr->length;
    if (*parser->at == '\'' || *parser->at == '"') {
        script_fail_at(parser, parser->at, "strings with a prefix are not supported");
        return NULL;
    }
    if (script_python_accept(parser, "(")) {
        expr->kind = SCRIPT_EXPR_CALL;
        expr->items = read_sequence(parser, ")", &expr->item_count, &comma);
    }
    return parser->shared->failed ? NULL : expr;
}

/* The smallest expressions of Python: numbers, names, strings, parentheses. */
static struct script_expr *read_primary(struct script_parser *parser)
{
    struct script_expr *expr;
    char c;

    script_python_skip(parser);
    c = *parser->at;
    if (script_is_digit(c) || (c == '.' && script_is_digit(parser->at[1])))
        expr = script_read_number_expr(parser);
    else if (script_is_word(c))
        expr = read_name(parser);
    else if (c == '\'' || c == '"')
        expr = script_read_string_expr(parser);
    else if (c == '(' || c == '[')
        expr = read_bracketed(parser);
    else {
        script_fail_expected(parser, "a value");
        return NULL;
    }
    script_python_skip(parser);
    if (expr && (*parser->at == '.' || *parser->at == '[' || *parser->at == '(')) {
        script_fail_at(parser, parser->at, "attributes, indices and methods are not supported");
        return NULL;
    }
    return expr;
}

static struct script_expr *read_unary(struct script_parser *parser, int precedence)
{
    enum script_op op = SCRIPT_OP_NONE;
    struct script_expr *operand;

    if (precedence <= PRECEDENCE_NOT && script_python_accept(parser, "not"))
        op = SCRIPT_OP_NOT;
    else if (script_python_accept(parser, "-"))
        op = SCRIPT_OP_NEGATE;
    else if (script_python_accept(parser, "~"))
        op = SCRIPT_OP_COMPLEMENT;
    if (op == SCRIPT_OP_NONE)
        return read_primary(parser);
    operand = read_from(parser, op == SCRIPT_OP_NOT ? PRECEDENCE_NOT : PRECEDENCE_UNARY);
    return new_operation(parser, op, operand, NULL);
}

/* left OP right; a chain a < b < c means a < b and b < c. */
static struct script_expr *join(struct script_parser *parser, const struct operator *operator,
                                struct script_expr *left, const struct script_expr *right,
                                const struct script_expr *middle)
{
    struct script_expr *link;

    if (!right)
        return NULL;
    if (!middle)
        return new_operation(parser, operator->op, left, right);
    link = new_operation(parser, operator->op, middle, right);
    return link ? new_operation(parser, SCRIPT_OP_AND, left, link) : NULL;
}

/* Precedence climbing: reads operators that bind at least as tightly as `precedence`. */
static struct script_expr *read_from(struct script_parser *parser, int precedence)
{
    const struct script_expr *middle = NULL; /* right side of the comparison before */
    const struct operator *operator;
    struct script_expr *left, *right;

    if (!script_enter(parser))
        return NULL;
    left = read_unary(parser, precedence);
    while (left && (operator = find_operator(parser)) && operator->precedence >= precedence) {
        parser->at += strlen(operator->text);
        right = read_from(parser, operator->precedence + 1);
        if (operator->precedence != PRECEDENCE_COMPARISON)
            middle = NULL;
        left = join(parser, operator, left, right, middle);
        if (operator->precedence == PRECEDENCE_COMPARISON)
            middle = right;
    }
    script_leave(parser);
    return left;
}

struct script_expr *script_read_python(struct script_parser *parser)
{
    return read_from(parser, 1);
}
