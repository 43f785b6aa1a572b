/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints the arguments and results of calls. */
#include "script/output.h"

#include <inttypes.h>

/* A string between quotes, with what cannot stand there escaped. */
static void put_string(struct script_output *output, const struct script_expr *expr)
{
    static const char named[] = "\"\\\n\r\t";
    static const char names[] = "\"\\nrt";
    size_t i, k;

    script_put(output, "\"");
    for (i = 0; i < expr->length; i++) {
        unsigned char c = (unsigned char)expr->text[i];

        for (k = 0; named[k] != '\0' && named[k] != (char)c; k++)
            continue;
        if (named[k] != '\0')
            script_put(output, "\\%c", names[k]);
        else if (c < 0x20 || c >= 0x7f)
            script_put(output, "\\x%02x", c);
        else
            script_put_bytes(output, &expr->text[i], 1);
    }
    script_put(output, "\"%s", expr->open ? "..." : "");
}

static void put_items(struct script_output *output, const struct script_expr *item)
{
    for (; item; item = item->next) {
        if (item->field)
            script_put(output, "%s", item->field);
        if (item->argument) {
            script_put(output, "(");
            script_put_expr(output, item->argument);
            script_put(output, ")");
        }
        if (item->field)
            script_put(output, "=");
        script_put_expr(output, item);
        if (item->next)
            script_put(output, ", ");
    }
}

/* An operator as it is written between its operands. */
static const char *operator_text(enum script_op op)
{
    switch (op) {
    case SCRIPT_OP_NONE: return "";
    case SCRIPT_OP_OR_BITS: return "|";
    case SCRIPT_OP_XOR_BITS: return " ^ ";
    case SCRIPT_OP_AND_BITS: return " & ";
    case SCRIPT_OP_SHIFT_LEFT: return " << ";
    case SCRIPT_OP_SHIFT_RIGHT: return " >> ";
    case SCRIPT_OP_ADD: return " + ";
    case SCRIPT_OP_SUBTRACT: return " - ";
    case SCRIPT_OP_MULTIPLY: return " * ";
    case SCRIPT_OP_DIVIDE: return " / ";
    case SCRIPT_OP_FLOOR_DIVIDE: return " // ";
    case SCRIPT_OP_MODULO: return " % ";
    case SCRIPT_OP_EQUAL: return " == ";
    case SCRIPT_OP_NOT_EQUAL: return " != ";
    case SCRIPT_OP_LESS: return " < ";
    case SCRIPT_OP_LESS_EQUAL: return " <= ";
    case SCRIPT_OP_GREATER: return " > ";
    case SCRIPT_OP_GREATER_EQUAL: return " >= ";
    case SCRIPT_OP_AND: return " and ";
    case SCRIPT_OP_OR: return " or ";
    case SCRIPT_OP_NOT: return "not ";
    case SCRIPT_OP_NEGATE: return "-";
    case SCRIPT_OP_COMPLEMENT: return "~";
    case SCRIPT_OP_ASSIGN: return "=";
    }
    return "";
}

/* Operands of Python's operators get parentheses if they are operations themselves; `|` and `=` of
 * call arguments never need them. */
static void put_operand(struct script_output *output, enum script_op op,
                        const struct script_expr *expr)
{
    bool plain = op == SCRIPT_OP_OR_BITS || op == SCRIPT_OP_ASSIGN ||
                 (expr->kind != SCRIPT_EXPR_BINARY && expr->kind != SCRIPT_EXPR_UNARY);

    script_put(output, "%s", plain ? "" : "(");
    script_put_expr(output, expr);
    script_put(output, "%s", plain ? "" : ")");
}

static void put_integer(struct script_output *output, const struct script_expr *expr)
{
    if (expr->hex)
        script_put(output, "0x%" PRIx64, (uint64_t)expr->integer);
    else
        script_put(output, "%" PRId64, expr->integer);
}

static void put_bracketed(struct script_output *output, const struct script_expr *expr)
{
    bool call = expr->kind == SCRIPT_EXPR_CALL;
    bool list = expr->kind == SCRIPT_EXPR_LIST;

    script_put(output, "%s%s", call ? expr->text : "", call ? "(" : list ? "[" : "{");
    put_items(output, expr->items);
    script_put(output, "%s", call ? ")" : list ? "]" : "}");
}

void script_put_expr(struct script_output *output, const struct script_expr *expr)
{
    switch (expr->kind) {
    case SCRIPT_EXPR_INTEGER:
        put_integer(output, expr);
        break;
    case SCRIPT_EXPR_FLOAT:
        script_put(output, "%s%s", expr->number < 0 ? "-" : "", expr->text);
        break;
    case SCRIPT_EXPR_STRING:
        put_string(output, expr);
        break;
    case SCRIPT_EXPR_SYMBOL:
        script_put(output, "%s", expr->text);
        break;
    case SCRIPT_EXPR_ELLIPSIS:
        script_put(output, "...");
        break;
    case SCRIPT_EXPR_LIST:
    case SCRIPT_EXPR_STRUCT:
    case SCRIPT_EXPR_CALL:
        put_bracketed(output, expr);
        break;
    case SCRIPT_EXPR_UNARY:
        script_put(output, "%s", operator_text(expr->op));
        put_operand(output, expr->op, expr->left);
        break;
    case SCRIPT_EXPR_BINARY:
        put_operand(output, expr->op, expr->left);
        script_put(output, "%s", operator_text(expr->op));
        put_operand(output, expr->op, expr->right);
        break;
    }
}

void script_put_call(struct script_output *output, const struct script_call *call)
{
    script_put(output, "%s(", call->name);
    put_items(output, call->arguments);
    script_put(output, ") = ");
    script_put_expr(output, call->result);
    if (call->errno_name)
        script_put(output, " %s", call->errno_name);
    if (call->note)
        script_put(output, " (%s)", call->note);
}

size_t script_print_expr(const struct script_expr *expr, char *out, size_t size)
{
    struct script_output output = { out, size, 0 };

    script_put(&output, "%s", "");
    script_put_expr(&output, expr);
    return output.length;
}

size_t script_print_call(const struct script_call *call, char *out, size_t size)
{
    struct script_output output = { out, size, 0 };

    script_put_call(&output, call);
    return output.length;
}
