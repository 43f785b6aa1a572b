/* SPDX-License-Identifier: BSD-2-Clause */
/* Arguments of calls as numbers and addresses. */
#include "run/state.h"

#include <string.h>

/* Argument number `index`, counted from 0, or NULL. */
const struct script_expr *run_argument(const struct run_call *call, uint32_t index)
{
    const struct script_expr *expr = call->line->arguments;
    while (expr != NULL && index-- > 0)
        expr = expr->next;
    return expr;
}

/* a OP b. Shifts and sums wrap; what divides by 0, and all else than arithmetic, has no value. */
static bool binary_value(enum script_op op, int64_t a, int64_t b, int64_t *value)
{
    uint64_t x = (uint64_t)a, y = (uint64_t)b;
    switch (op) {
    case SCRIPT_OP_OR_BITS: *value = (int64_t)(x | y); return true;
    case SCRIPT_OP_XOR_BITS: *value = (int64_t)(x ^ y); return true;
    case SCRIPT_OP_AND_BITS: *value = (int64_t)(x & y); return true;
    case SCRIPT_OP_SHIFT_LEFT: *value = (int64_t)(x << (y & 63)); return true;
    case SCRIPT_OP_SHIFT_RIGHT: *value = a >> (y & 63); return true;
    case SCRIPT_OP_ADD: *value = (int64_t)(x + y); return true;
    case SCRIPT_OP_SUBTRACT: *value = (int64_t)(x - y); return true;
    case SCRIPT_OP_MULTIPLY: *value = (int64_t)(x * y); return true;
    case SCRIPT_OP_DIVIDE:
    case SCRIPT_OP_FLOOR_DIVIDE:
        *value = b == 0 || b == -1 ? -a : a / b;
        return b != 0;
    case SCRIPT_OP_MODULO:
        *value = b == 0 || b == -1 ? 0 : a % b;
        return b != 0;
    case SCRIPT_OP_EQUAL:
    case SCRIPT_OP_NOT_EQUAL:
    case SCRIPT_OP_LESS:
    case SCRIPT_OP_LESS_EQUAL:
    case SCRIPT_OP_GREATER:
    case SCRIPT_OP_GREATER_EQUAL:
    case SCRIPT_OP_AND:
    case SCRIPT_OP_OR:
    case SCRIPT_OP_NOT:
    case SCRIPT_OP_NEGATE:
    case SCRIPT_OP_COMPLEMENT:
    case SCRIPT_OP_ASSIGN:
    case SCRIPT_OP_NONE:
        return false;
    }
    return false;
}


/* htons(8080) and the like stand for the number itself: ports are kept in host order. */
static bool call_value(const struct script_expr *expr, int64_t *value)
{
    if (expr->item_count != 1 || !run_value(expr->items, value))
        return false;
    if (strcmp(expr->text, "htons") == 0 || strcmp(expr->text, "ntohs") == 0) {
        *value = (uint16_t)*value;
        return true;
    }
    return strcmp(expr->text, "htonl") == 0 || strcmp(expr->text, "ntohl") == 0;
}

/* The number that an expression stands for. False: it is none, or a name in it is not known. */
bool run_value(const struct script_expr *expr, int64_t *value)
{
    int64_t a, b;
    if (expr == NULL)
        return false;
    switch (expr->kind) {
    case SCRIPT_EXPR_INTEGER:
        *value = expr->integer;
        return true;
    case SCRIPT_EXPR_FLOAT:
        *value = (int64_t)expr->number;
        return true;
    case SCRIPT_EXPR_SYMBOL:
        return run_constant(expr->text, value);
    case SCRIPT_EXPR_CALL:
        return call_value(expr, value);
    case SCRIPT_EXPR_UNARY:
        if (!run_value(expr->left, &a))
            return false;
        *value = expr->op == SCRIPT_OP_NEGATE ? -a : expr->op == SCRIPT_OP_COMPLEMENT ? ~a : !a;
        return true;
    case SCRIPT_EXPR_BINARY:
        return run_value(expr->left, &a) && run_value(expr->right, &b) &&
               binary_value(expr->op, a, b, value);
    case SCRIPT_EXPR_STRING:
    case SCRIPT_EXPR_ELLIPSIS:
    case SCRIPT_EXPR_LIST:
    case SCRIPT_EXPR_STRUCT:
        return false;
    }
    return false;
}

/* The first name in an expression that stands for nothing we know, or NULL. */
const char *run_unknown_symbol(const struct script_expr *expr)
{
    int64_t value;
    if (expr == NULL)
        return NULL;
    if (expr->kind == SCRIPT_EXPR_SYMBOL)
        return run_constant(expr->text, &value) ? NULL : expr->text;
    const char *found = run_unknown_symbol(expr->left);
    return found != NULL ? found : run_unknown_symbol(expr->right);
}

/* An argument that must be a number; else the case ends. */
bool run_argument_value(struct run *run, const struct run_call *call, uint32_t index,
                        int64_t *value)
{
    const struct script_expr *expr = run_argument(call, index);
    if (run_value(expr, value))
        return true;
    const char *name = run_unknown_symbol(expr);
    if (name != NULL)
        run_skip(run, call->event, run_text(run, "unsupported constant %s", name));
    else
        run_error(run, call->event, run_text(run, "argument %u of %s() must be a number",
                                             (unsigned)index + 1, call->line->name));
    return false;
}

/* inet_addr("1.2.3.4"), inet_pton(AF_INET6, "...") or a number. */
static bool host_value(const struct script_expr *expr, struct anvil_target_address *address)
{
    struct wire_address parsed;
    int64_t number;
    const struct script_expr *text = expr;
    if (expr != NULL && expr->kind == SCRIPT_EXPR_CALL)
        for (text = expr->items; text != NULL && text->kind != SCRIPT_EXPR_STRING;)
            text = text->next;
    if (text != NULL && text->kind == SCRIPT_EXPR_STRING &&
        wire_parse_address(&parsed, text->text)) {
        address->family = parsed.version;
        memcpy(address->octets, parsed.bytes, sizeof address->octets);
        return true;
    }
    if (!run_value(expr, &number))
        return false;
    for (int i = 0; i < 4; i++)
        address->octets[i] = (uint8_t)((uint64_t)number >> (24 - 8 * i));
    return true;
}

/* {sa_family = AF_INET, sin_port = htons(80), sin_addr = inet_addr("...")}. What it leaves out, or
 * `...`, stays as it was. False: it cannot be read. */
bool run_address_value(struct run *run, const struct script_expr *expr,
                       struct anvil_target_address *address)
{
    int64_t value;
    (void)run;
    if (expr == NULL || expr->kind == SCRIPT_EXPR_ELLIPSIS)
        return true;
    if (expr->kind != SCRIPT_EXPR_STRUCT)
        return false;
    const struct script_expr *port = script_expr_field(expr, "sin_port");
    const struct script_expr *host = script_expr_field(expr, "sin_addr");
    if (port == NULL)
        port = script_expr_field(expr, "sin6_port");
    if (host == NULL)
        host = script_expr_field(expr, "sin6_addr");
    if (port != NULL && port->kind != SCRIPT_EXPR_ELLIPSIS) {
        if (!run_value(port, &value))
            return false;
        address->port = (uint16_t)value;
    }
    if (host != NULL && host->kind != SCRIPT_EXPR_ELLIPSIS)
        return host_value(host, address);
    return true;
}
