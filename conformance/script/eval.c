/* SPDX-License-Identifier: BSD-2-Clause */
/* Evaluates expressions. The parser bounds the depth of their trees, so recursion is bounded. */
#include "script/script_eval.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SHIFT_MAX = 62 };

struct scope {
    script_lookup_fn lookup;
    void *context;
    struct script_eval_error *error;
};

static bool fail(struct script_eval_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool fail(struct script_eval_error *error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return false;
}

static bool give(struct script_value *value, int64_t integer)
{
    *value = (struct script_value){ .kind = SCRIPT_VALUE_INTEGER, .integer = integer };
    return true;
}

static bool give_float(struct script_value *value, double number)
{
    *value = (struct script_value){ .kind = SCRIPT_VALUE_FLOAT, .number = number };
    return true;
}

static double as_double(const struct script_value *value)
{
    return value->kind == SCRIPT_VALUE_FLOAT ? value->number : (double)value->integer;
}

bool script_value_is_true(const struct script_value *value)
{
    switch (value->kind) {
    case SCRIPT_VALUE_INTEGER:
        return value->integer != 0;
    case SCRIPT_VALUE_FLOAT:
        return value->number < 0 || value->number > 0;
    case SCRIPT_VALUE_STRING:
        return value->text[0] != '\0';
    }
    return false;
}

/* ---- operators ---- */

/* Rounds toward minus infinity, as Python does; the sign of % follows from it. */
static bool divide_integers(enum script_op op, int64_t a, int64_t b, struct script_value *value,
                            struct script_eval_error *error)
{
    int64_t quotient, rest;

    if (b == 0)
        return fail(error, "division by zero");
    if (a == INT64_MIN && b == -1)
        return fail(error, "the result does not fit into 64 bits");
    quotient = a / b;
    rest = a % b;
    if (rest != 0 && (rest < 0) != (b < 0)) {
        quotient--;
        rest += b;
    }
    return give(value, op == SCRIPT_OP_MODULO ? rest : quotient);
}

static bool shift(enum script_op op, int64_t a, int64_t b, struct script_value *value,
                  struct script_eval_error *error)
{
    int64_t product;

    if (b < 0)
        return fail(error, "negative shift count");
    if (op == SCRIPT_OP_SHIFT_RIGHT)
        return give(value, b > SHIFT_MAX ? (a < 0 ? -1 : 0)
                                         : (a < 0 ? ~(~a >> b) : a >> b));
    if (a != 0 && (b > SHIFT_MAX || __builtin_mul_overflow(a, (int64_t)1 << b, &product)))
        return fail(error, "the result does not fit into 64 bits");
    return give(value, a == 0 ? 0 : product);
}

static bool sum_integers(enum script_op op, int64_t a, int64_t b, struct script_value *value,
                         struct script_eval_error *error)
{
    bool overflow = false;
    int64_t result = 0;

    if (op == SCRIPT_OP_ADD)
        overflow = __builtin_add_overflow(a, b, &result);
    else if (op == SCRIPT_OP_SUBTRACT)
        overflow = __builtin_sub_overflow(a, b, &result);
    else
        overflow = __builtin_mul_overflow(a, b, &result);
    if (overflow)
        return fail(error, "the result does not fit into 64 bits");
    return give(value, result);
}

/* a OP b on 64-bit integers, by the rules of Python; overflow is an error. */
static bool join_integers(enum script_op op, int64_t a, int64_t b, struct script_value *value,
                          struct script_eval_error *error)
{
    switch (op) {
    case SCRIPT_OP_OR_BITS: return give(value, a | b);
    case SCRIPT_OP_XOR_BITS: return give(value, a ^ b);
    case SCRIPT_OP_AND_BITS: return give(value, a & b);
    case SCRIPT_OP_SHIFT_LEFT:
    case SCRIPT_OP_SHIFT_RIGHT: return shift(op, a, b, value, error);
    case SCRIPT_OP_ADD:
    case SCRIPT_OP_SUBTRACT:
    case SCRIPT_OP_MULTIPLY: return sum_integers(op, a, b, value, error);
    case SCRIPT_OP_DIVIDE:
        if (b == 0)
            return fail(error, "division by zero");
        return give_float(value, (double)a / (double)b);
    case SCRIPT_OP_FLOOR_DIVIDE:
    case SCRIPT_OP_MODULO: return divide_integers(op, a, b, value, error);
    case SCRIPT_OP_EQUAL: return give(value, a == b);
    case SCRIPT_OP_NOT_EQUAL: return give(value, a != b);
    case SCRIPT_OP_LESS: return give(value, a < b);
    case SCRIPT_OP_LESS_EQUAL: return give(value, a <= b);
    case SCRIPT_OP_GREATER: return give(value, a > b);
    case SCRIPT_OP_GREATER_EQUAL: return give(value, a >= b);
    case SCRIPT_OP_NONE: case SCRIPT_OP_AND: case SCRIPT_OP_OR: case SCRIPT_OP_NOT:
    case SCRIPT_OP_NEGATE: case SCRIPT_OP_COMPLEMENT: case SCRIPT_OP_ASSIGN: break;
    }
    return fail(error, "not an operator between numbers");
}

/* Comparisons of order, for floating point and for strings: `order` is < 0, 0 or > 0. */
static bool compare(enum script_op op, int order, struct script_value *value,
                    struct script_eval_error *error, const char *type)
{
    switch (op) {
    case SCRIPT_OP_EQUAL: return give(value, order == 0);
    case SCRIPT_OP_NOT_EQUAL: return give(value, order != 0);
    case SCRIPT_OP_LESS: return give(value, order < 0);
    case SCRIPT_OP_LESS_EQUAL: return give(value, order <= 0);
    case SCRIPT_OP_GREATER: return give(value, order > 0);
    case SCRIPT_OP_GREATER_EQUAL: return give(value, order >= 0);
    case SCRIPT_OP_NONE: case SCRIPT_OP_AND: case SCRIPT_OP_OR: case SCRIPT_OP_NOT:
    case SCRIPT_OP_NEGATE: case SCRIPT_OP_COMPLEMENT: case SCRIPT_OP_ASSIGN:
    case SCRIPT_OP_OR_BITS: case SCRIPT_OP_XOR_BITS: case SCRIPT_OP_AND_BITS:
    case SCRIPT_OP_SHIFT_LEFT: case SCRIPT_OP_SHIFT_RIGHT: case SCRIPT_OP_ADD:
    case SCRIPT_OP_SUBTRACT: case SCRIPT_OP_MULTIPLY: case SCRIPT_OP_DIVIDE:
    case SCRIPT_OP_FLOOR_DIVIDE: case SCRIPT_OP_MODULO: break;
    }
    return fail(error, "this operator does not apply to %s", type);
}

static double floor_of(double number)
{
    double whole;

    /* Beyond 2^52 there is no fraction; inside, a conversion cuts it off toward zero. */
    if (!(number > -4503599627370496.0 && number < 4503599627370496.0))
        return number;
    whole = (double)(int64_t)number;
    return whole > number ? whole - 1 : whole;
}

/* a OP b when one of them is a float. */
static bool join_floats(enum script_op op, double a, double b, struct script_value *value,
                        struct script_eval_error *error)
{
    bool divides = op == SCRIPT_OP_DIVIDE || op == SCRIPT_OP_FLOOR_DIVIDE ||
                   op == SCRIPT_OP_MODULO;

    if (divides && !(b < 0 || b > 0))
        return fail(error, "division by zero");
    if (op == SCRIPT_OP_ADD)
        return give_float(value, a + b);
    if (op == SCRIPT_OP_SUBTRACT)
        return give_float(value, a - b);
    if (op == SCRIPT_OP_MULTIPLY)
        return give_float(value, a * b);
    if (op == SCRIPT_OP_DIVIDE)
        return give_float(value, a / b);
    if (op == SCRIPT_OP_FLOOR_DIVIDE)
        return give_float(value, floor_of(a / b));
    if (op == SCRIPT_OP_MODULO)
        return give_float(value, a - b * floor_of(a / b));
    return compare(op, a < b ? -1 : a > b, value, error, "numbers with a fraction");
}

bool script_eval_binary(enum script_op op, const struct script_value *left,
                        const struct script_value *right, struct script_value *value,
                        struct script_eval_error *error)
{
    bool text = left->kind == SCRIPT_VALUE_STRING;

    if (text && right->kind == SCRIPT_VALUE_STRING)
        return compare(op, strcmp(left->text, right->text), value, error, "strings");
    if (text || right->kind == SCRIPT_VALUE_STRING) {
        if (op == SCRIPT_OP_EQUAL || op == SCRIPT_OP_NOT_EQUAL)
            return give(value, op == SCRIPT_OP_NOT_EQUAL);
        return fail(error, "this operator does not apply to a string and a number");
    }
    if (left->kind == SCRIPT_VALUE_INTEGER && right->kind == SCRIPT_VALUE_INTEGER)
        return join_integers(op, left->integer, right->integer, value, error);
    return join_floats(op, as_double(left), as_double(right), value, error);
}

/* ---- expressions ---- */

static bool eval(const struct scope *scope, const struct script_expr *expr,
                 struct script_value *value);

static bool eval_symbol(const struct scope *scope, const struct script_expr *expr,
                        struct script_value *value)
{
    if (strcmp(expr->text, "True") == 0)
        return give(value, 1);
    if (strcmp(expr->text, "False") == 0 || strcmp(expr->text, "None") == 0)
        return give(value, 0);
    if (scope->lookup && scope->lookup(scope->context, expr->text, value))
        return true;
    scope->error->unknown_name = true;
    scope->error->name = expr->text;
    return fail(scope->error, "unknown name %s", expr->text);
}

static bool eval_unary(const struct scope *scope, const struct script_expr *expr,
                       struct script_value *value)
{
    struct script_value operand;

    if (!eval(scope, expr->left, &operand))
        return false;
    if (expr->op == SCRIPT_OP_NOT)
        return give(value, !script_value_is_true(&operand));
    if (operand.kind == SCRIPT_VALUE_FLOAT && expr->op == SCRIPT_OP_NEGATE)
        return give_float(value, -operand.number);
    if (operand.kind != SCRIPT_VALUE_INTEGER)
        return fail(scope->error, "this operator does not apply here");
    if (expr->op == SCRIPT_OP_COMPLEMENT)
        return give(value, ~operand.integer);
    return sum_integers(SCRIPT_OP_SUBTRACT, 0, operand.integer, value, scope->error);
}

/* `and` and `or` give the operand that decided, and leave the other one alone if they can. */
static bool eval_binary(const struct scope *scope, const struct script_expr *expr,
                        struct script_value *value)
{
    struct script_value left, right;

    if (!eval(scope, expr->left, &left))
        return false;
    if (expr->op == SCRIPT_OP_AND || expr->op == SCRIPT_OP_OR) {
        if (script_value_is_true(&left) != (expr->op == SCRIPT_OP_OR))
            return eval(scope, expr->right, value);
        *value = left;
        return true;
    }
    if (!eval(scope, expr->right, &right))
        return false;
    return script_eval_binary(expr->op, &left, &right, value, scope->error);
}

static bool to_integer(const struct scope *scope, struct script_value *value)
{
    if (value->kind == SCRIPT_VALUE_INTEGER)
        return true;
    if (value->kind != SCRIPT_VALUE_FLOAT || !(value->number > -9e18 && value->number < 9e18))
        return fail(scope->error, "not an integer of 64 bits");
    return give(value, (int64_t)value->number);
}

static bool eval_abs(const struct scope *scope, struct script_value *value)
{
    if (value->kind == SCRIPT_VALUE_FLOAT)
        return give_float(value, value->number < 0 ? -value->number : value->number);
    if (value->kind == SCRIPT_VALUE_STRING)
        return fail(scope->error, "a string has no absolute value");
    if (value->integer >= 0)
        return true;
    return sum_integers(SCRIPT_OP_SUBTRACT, 0, value->integer, value, scope->error);
}

/* min and max: keeps *value or takes the next argument. */
static bool eval_extreme(const struct scope *scope, const struct script_expr *argument,
                         enum script_op op, struct script_value *value)
{
    struct script_value next, better;

    for (; argument; argument = argument->next) {
        if (!eval(scope, argument, &next) ||
            !script_eval_binary(op, &next, value, &better, scope->error))
            return false;
        if (better.integer)
            *value = next;
    }
    return true;
}

static bool eval_call(const struct scope *scope, const struct script_expr *expr,
                      struct script_value *value)
{
    const char *name = expr->text;

    if (expr->item_count == 0 || !eval(scope, expr->items, value))
        return expr->item_count == 0 ? fail(scope->error, "%s() is not known", name) : false;
    if (strcmp(name, "min") == 0)
        return eval_extreme(scope, expr->items->next, SCRIPT_OP_LESS, value);
    if (strcmp(name, "max") == 0)
        return eval_extreme(scope, expr->items->next, SCRIPT_OP_GREATER, value);
    if (expr->item_count == 1 && strcmp(name, "abs") == 0)
        return eval_abs(scope, value);
    if (expr->item_count == 1 && strcmp(name, "int") == 0)
        return to_integer(scope, value);
    if (expr->item_count == 1 && strcmp(name, "float") == 0 && value->kind != SCRIPT_VALUE_STRING)
        return give_float(value, as_double(value));
    return fail(scope->error, "%s() is not known", name);
}

/* The value of an expression, from its leaves up. */
static bool eval(const struct scope *scope, const struct script_expr *expr,
                 struct script_value *value)
{
    scope->error->pos = expr->pos;
    switch (expr->kind) {
    case SCRIPT_EXPR_INTEGER:
        return give(value, expr->integer);
    case SCRIPT_EXPR_FLOAT:
        return give_float(value, expr->number);
    case SCRIPT_EXPR_STRING:
        *value = (struct script_value){ .kind = SCRIPT_VALUE_STRING, .text = expr->text };
        return true;
    case SCRIPT_EXPR_SYMBOL:
        return eval_symbol(scope, expr, value);
    case SCRIPT_EXPR_UNARY:
        return eval_unary(scope, expr, value);
    case SCRIPT_EXPR_BINARY:
        return eval_binary(scope, expr, value);
    case SCRIPT_EXPR_CALL:
        return eval_call(scope, expr, value);
    case SCRIPT_EXPR_ELLIPSIS:
    case SCRIPT_EXPR_LIST:
    case SCRIPT_EXPR_STRUCT:
        break;
    }
    return fail(scope->error, "lists have no value here");
}

bool script_eval(const struct script_expr *expr, script_lookup_fn lookup, void *context,
                 struct script_value *value, struct script_eval_error *error)
{
    struct scope scope = { lookup, context, error };

    memset(error, 0, sizeof *error);
    return eval(&scope, expr, value);
}
