/* SPDX-License-Identifier: BSD-2-Clause */
/* Arguments of calls as numbers and addresses. */
#include "run/state.h"

#include <string.h>

enum { FAMILY_4 = 2, FAMILY_6 = 10 };

/* Argument number `index`, counted from 0, or NULL. */
const struct script_expr *run_argument(const struct run_call *call, uint32_t index)
{
    const struct script_expr *expr = call->line->arguments;
    while (expr != NULL && index-- > 0)
        expr = expr->next;
    return expr;
}

static bool constant_value(void *context, const char *name, struct script_value *value)
{
    (void)context;
    value->kind = SCRIPT_VALUE_INTEGER;
    return run_constant(name, &value->integer);
}

/* O_RDWR|O_NONBLOCK and the like. */
static bool computed_value(const struct script_expr *expr, int64_t *value)
{
    struct script_value computed;
    struct script_eval_error error;
    if (!script_eval(expr, constant_value, NULL, &computed, &error) ||
        computed.kind != SCRIPT_VALUE_INTEGER)
        return false;
    *value = computed.integer;
    return true;
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
    if (expr == NULL)
        return false;
    switch (expr->kind) {
    case SCRIPT_EXPR_INTEGER:
        *value = expr->integer;
        return true;
    case SCRIPT_EXPR_SYMBOL:
        return run_constant(expr->text, value);
    case SCRIPT_EXPR_CALL:
        return call_value(expr, value);
    case SCRIPT_EXPR_UNARY:
    case SCRIPT_EXPR_BINARY:
        return computed_value(expr, value);
    case SCRIPT_EXPR_FLOAT: /* no call takes a fraction */
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
        run_error_at(run, call->event, expr == NULL ? &call->event->pos : &expr->pos,
                     run_text(run, "argument %u of %s() must be a number", (unsigned)index + 1,
                              call->line->name));
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

/* The family in an address must be one of IP; what the other fields say gives way to it. */
static bool family_value(const struct script_expr *expr, struct anvil_target_address *address)
{
    int64_t value;
    if (expr == NULL || expr->kind == SCRIPT_EXPR_ELLIPSIS)
        return true;
    if (!run_value(expr, &value) || (value != FAMILY_4 && value != FAMILY_6))
        return false;
    address->family = value == FAMILY_4 ? 4 : 6;
    return true;
}

/* {sa_family = AF_INET, sin_port = htons(80), sin_addr = inet_addr("...")}. What it leaves out, or
 * `...`, stays as it was. False: it cannot be read. */
bool run_address_value(const struct script_expr *expr, struct anvil_target_address *address)
{
    int64_t value;
    if (expr == NULL || expr->kind != SCRIPT_EXPR_STRUCT)
        return expr == NULL || expr->kind == SCRIPT_EXPR_ELLIPSIS ||
               script_expr_is_symbol(expr, "NULL");
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
    if (host != NULL && host->kind != SCRIPT_EXPR_ELLIPSIS && !host_value(host, address))
        return false;
    return family_value(script_expr_field(expr, "sa_family"), address);
}

/* Whether the length that a call gives back, as [16], is this one; else the case ends. */
bool run_length_matches(struct run *run, const struct run_call *call, uint32_t index,
                        int64_t octets)
{
    const struct script_expr *line = run_argument(call, index);
    int64_t expected;
    if (line == NULL || line->kind != SCRIPT_EXPR_LIST || !run_value(line->items, &expected) ||
        expected == octets)
        return true;
    run_fail(run, call->event, NULL, run_line(run, call->event),
             run_text(run, "the length is %lld octets", (long long)octets),
             "the call gave another length");
    return false;
}
