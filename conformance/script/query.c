/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking things up in a script. */
#include "script/script.h"

#include <string.h>

const struct script_expr *script_expr_field(const struct script_expr *expr, const char *field)
{
    const struct script_expr *item;

    if (!expr || expr->kind != SCRIPT_EXPR_STRUCT)
        return NULL;
    for (item = expr->items; item; item = item->next)
        if (item->field && *item->field == *field && strcmp(item->field, field) == 0)
            return item;
    return NULL;
}

bool script_expr_is_symbol(const struct script_expr *expr, const char *name)
{
    return expr && expr->kind == SCRIPT_EXPR_SYMBOL && strcmp(expr->text, name) == 0;
}

const struct script_item *script_option(const struct script *script, const char *name)
{
    const struct script_item *item, *found = NULL;

    for (item = script->options; item; item = item->next)
        if (*item->name == *name && strcmp(item->name, name) == 0)
            found = item;
    return found;
}

const struct script_conn *script_conn(const struct script *script, const char *name)
{
    const struct script_conn *conn;

    for (conn = script->conns; conn; conn = conn->next)
        if (strcmp(conn->name, name) == 0)
            return conn;
    return NULL;
}
