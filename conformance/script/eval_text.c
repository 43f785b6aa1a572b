/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of values, messages and print. */
#include "script/script_eval.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct output {
    char *out;
    size_t size, length;
};

static void put(struct output *output, const char *text, size_t length)
{
    size_t room = output->size > output->length ? output->size - output->length - 1 : 0;
    size_t n = length < room ? length : room;

    if (n > 0)
        memcpy(output->out + output->length, text, n);
    output->length += n;
    if (output->size > 0)
        output->out[output->length] = '\0';
}

size_t script_value_format(const struct script_value *value, char *out, size_t size)
{
    int length = 0;

    switch (value->kind) {
    case SCRIPT_VALUE_INTEGER:
        length = snprintf(out, size, "%" PRId64, value->integer);
        break;
    case SCRIPT_VALUE_FLOAT:
        length = snprintf(out, size, "%.12g", value->number);
        break;
    case SCRIPT_VALUE_STRING:
        length = snprintf(out, size, "%s", value->text);
        break;
    }
    return length < 0 ? 0 : (size_t)length;
}

static void put_value(struct output *output, const struct script_expr *expr,
                      script_lookup_fn lookup, void *context)
{
    struct script_eval_error error;
    struct script_value value;
    char text[256];

    if (!script_eval(expr, lookup, context, &value, &error)) {
        put(output, "<", 1);
        put(output, error.message, strlen(error.message));
        put(output, ">", 1);
        return;
    }
    script_value_format(&value, text, sizeof text);
    put(output, text, strlen(text));
}

/* %d, %5.1f and the like: the value is shown as print would show it, whatever the letter says. */
static size_t conversion_length(const char *at)
{
    size_t length = 1 + strspn(at + 1, "0123456789.-+# l");

    return at[length] && strchr("diusxXfgeEr", at[length]) ? length + 1 : 0;
}

/* A format string with its values, as Python's % operator prints it. */
static void put_formatted(struct output *output, const struct script_expr *expr,
                          script_lookup_fn lookup, void *context)
{
    const char *at = expr->left->text;
    const struct script_expr *value = expr->right;

    if (value->kind == SCRIPT_EXPR_LIST)
        value = value->items;
    while (*at) {
        size_t plain = strcspn(at, "%");
        size_t conversion = at[plain] ? conversion_length(at + plain) : 0;

        put(output, at, plain);
        at += plain;
        if (conversion > 0 && value) {
            put_value(output, value, lookup, context);
            value = value->next;
            at += conversion;
        } else if (*at) {
            put(output, at, 1);
            at += at[1] == '%' ? 2 : 1;
        }
    }
}

void script_eval_text(const struct script_expr *expr, script_lookup_fn lookup, void *context,
                      char *out, size_t size)
{
    struct output output = { out, size, 0 };
    const struct script_expr *item;

    put(&output, "", 0);
    if (expr->kind == SCRIPT_EXPR_BINARY && expr->op == SCRIPT_OP_MODULO &&
        expr->left->kind == SCRIPT_EXPR_STRING) {
        put_formatted(&output, expr, lookup, context);
        return;
    }
    if (expr->kind != SCRIPT_EXPR_LIST) {
        put_value(&output, expr, lookup, context);
        return;
    }
    for (item = expr->items; item; item = item->next) {
        put_value(&output, item, lookup, context);
        if (item->next)
            put(&output, ", ", 2);
    }
}
