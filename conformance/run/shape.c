/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether the arguments of a call have the form that the call takes: how many, of which kind, and
 * in a struct which fields. It is judged before the first line runs, so that nothing which a line
 * says is passed over later.
 */
#include "run/calls.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Every field that an address may have, in both versions of IP. */
static const struct run_field address_fields[] = {
    { "sa_family", RUN_SHAPE_NUMBER_OR_ANY, false },
    { "sin_port", RUN_SHAPE_NUMBER_OR_ANY, false },
    { "sin_addr", RUN_SHAPE_HOST, false },
    { "sin6_port", RUN_SHAPE_NUMBER_OR_ANY, false },
    { "sin6_addr", RUN_SHAPE_HOST, false },
    { "sin6_flowinfo", RUN_SHAPE_UNFILLED, false },
    { "sin6_scope_id", RUN_SHAPE_UNFILLED, false },
};

static const struct run_field message_fields[] = {
    { "msg_name", RUN_SHAPE_UNFILLED, false },
    { "msg_iov", RUN_SHAPE_VECTORS, true },
    { "msg_flags", RUN_SHAPE_NUMBER_OR_ANY, false },
};

static const struct run_field poll_fields[] = {
    { "fd", RUN_SHAPE_NUMBER, true },
    { "events", RUN_SHAPE_NUMBER, true },
    { "revents", RUN_SHAPE_NUMBER_OR_ANY, false },
};

static const struct run_field event_fields[] = {
    { "events", RUN_SHAPE_NUMBER, true }, { "fd", RUN_SHAPE_NUMBER, false },
    { "ptr", RUN_SHAPE_NUMBER, false },   { "u32", RUN_SHAPE_NUMBER, false },
    { "u64", RUN_SHAPE_NUMBER, false },
};

/* Ends the case: the script is wrong at this expression. */
bool run_misfit(struct run *run, const struct script_event *event, const struct script_expr *expr,
                const char *what)
{
    run_error_at(run, event, expr == NULL ? &event->pos : &expr->pos,
                 run_text(run, "%s(): %s", event->call->name, what));
    return false;
}

/* Ends the case: the script is right, and we cannot do what it says. */
static bool unserved(struct run *run, const struct script_event *event, const char *what)
{
    run_skip(run, event, run_text(run, "unsupported %s in %s()", what, event->call->name));
    return false;
}

/* `...`, or NULL where a pointer could stand. */
static bool is_nothing(const struct script_expr *expr)
{
    return expr->kind == SCRIPT_EXPR_ELLIPSIS || script_expr_is_symbol(expr, "NULL");
}

static bool number_fits(struct run *run, const struct script_event *event,
                        const struct script_expr *expr)
{
    int64_t value;
    if (run_value(expr, &value))
        return true;
    const char *name = run_unknown_symbol(expr);
    return name != NULL ? unserved(run, event, name)
                        : run_misfit(run, event, expr, "this must be a whole number");
}

/* [N] or [...]: a number that the call writes or reads through a pointer. */
static bool cell_fits(struct run *run, const struct script_event *event,
                      const struct script_expr *expr)
{
    if (expr->kind != SCRIPT_EXPR_LIST || expr->item_count != 1)
        return run_misfit(run, event, expr, "this must be one number in brackets, as [4]");
    return run_shape_fits(run, event, expr->items, RUN_SHAPE_NUMBER_OR_ANY);
}

/* A struct has fields by name, each once, none that is not in the table, and all that it needs. */
bool run_fields_fit(struct run *run, const struct script_event *event,
                    const struct script_expr *expr, const struct run_field *fields, size_t count)
{
    if (expr->kind != SCRIPT_EXPR_STRUCT)
        return run_misfit(run, event, expr, "this must be a struct, as {field=1}");
    for (const struct script_expr *item = expr->items; item != NULL; item = item->next) {
        size_t i = 0;
        while (item->field != NULL && i < count && strcmp(fields[i].name, item->field) != 0)
            i++;
        if (item->field == NULL)
            return run_misfit(run, event, item, "this field needs its name");
        if (i == count)
            return run_misfit(run, event, item, run_text(run, "there is no field %s here",
                                                         item->field));
        if (script_expr_field(expr, item->field) != item)
            return run_misfit(run, event, item, run_text(run, "%s is given twice", item->field));
        if (!run_shape_fits(run, event, item, fields[i].shape))
            return false;
    }
    for (size_t i = 0; i < count; i++)
        if (fields[i].needed && script_expr_field(expr, fields[i].name) == NULL)
            return run_misfit(run, event, expr, run_text(run, "the field %s is missing",
                                                         fields[i].name));
    return true;
}

static bool address_fits(struct run *run, const struct script_event *event,
                         const struct script_expr *expr)
{
    struct anvil_target_address scratch = { 0 };
    if (is_nothing(expr))
        return true;
    if (!run_fields_fit(run, event, expr, address_fields, COUNT(address_fields)))
        return false;
    if (run->mapped)
        return unserved(run, event, "address of a socket for ipv4-mapped-ipv6");
    return run_address_value(expr, &scratch) ||
           run_misfit(run, event, expr, "this address cannot be read");
}

/* The count of a vector must be that of the list; `...` stands for it. */
static bool count_fits(struct run *run, const struct script_event *event,
                       const struct script_expr *list, const struct script_expr *count)
{
    int64_t value;
    if (count == NULL || count->kind == SCRIPT_EXPR_ELLIPSIS || !run_value(count, &value) ||
        value == (int64_t)list->item_count)
        return true;
    return run_misfit(run, event, count,
                      run_text(run, "%lld is not the number of entries in the list, %u",
                               (long long)value, (unsigned)list->item_count));
}

/* [{..., 1000}, {..., 500}] */
static bool vectors_fit(struct run *run, const struct script_event *event,
                        const struct script_expr *list)
{
    if (list->kind != SCRIPT_EXPR_LIST)
        return run_misfit(run, event, list, "this must be a list, as [{..., 1000}]");
    for (const struct script_expr *item = list->items; item != NULL; item = item->next) {
        bool plain = item->kind == SCRIPT_EXPR_STRUCT && item->item_count == 2 &&
                     item->items->field == NULL && item->items->next->field == NULL;
        if (!plain)
            return run_misfit(run, event, item, "this must be a buffer and its length");
        if (!run_shape_fits(run, event, item->items, RUN_SHAPE_BUFFER) ||
            !run_shape_fits(run, event, item->items->next, RUN_SHAPE_NUMBER))
            return false;
    }
    return count_fits(run, event, list, list->field != NULL ? list->argument : list->next);
}

static bool poll_fits(struct run *run, const struct script_event *event,
                      const struct script_expr *list)
{
    if (list->kind != SCRIPT_EXPR_LIST)
        return run_misfit(run, event, list, "this must be a list, as [{fd=3, events=POLLIN}]");
    for (const struct script_expr *item = list->items; item != NULL; item = item->next)
        if (!run_fields_fit(run, event, item, poll_fields, COUNT(poll_fields)))
            return false;
    return count_fits(run, event, list, list->next);
}

static bool event_fits(struct run *run, const struct script_event *event,
                       const struct script_expr *expr)
{
    if (!run_fields_fit(run, event, expr, event_fields, COUNT(event_fields)))
        return false;
    return expr->item_count == 2 ||
           run_misfit(run, event, expr, "this needs events, and one of fd, ptr, u32, u64");
}

/* The events of epoll_wait(): one, a list, or `...`. */
static bool events_fit(struct run *run, const struct script_event *event,
                       const struct script_expr *expr)
{
    if (expr->kind == SCRIPT_EXPR_ELLIPSIS)
        return true;
    if (expr->kind != SCRIPT_EXPR_LIST)
        return event_fits(run, event, expr);
    for (const struct script_expr *item = expr->items; item != NULL; item = item->next)
        if (!event_fits(run, event, item))
            return false;
    return true;
}

/* The event of epoll_ctl(): EPOLL_CTL_DEL alone needs none. */
static bool change_fits(struct run *run, const struct script_event *event,
                        const struct script_expr *expr)
{
    bool drops = script_expr_is_symbol(event->call->arguments->next, "EPOLL_CTL_DEL");
    return (drops && is_nothing(expr)) || event_fits(run, event, expr);
}

static bool buffer_fits(struct run *run, const struct script_event *event,
                        const struct script_expr *expr)
{
    if (expr->kind == SCRIPT_EXPR_STRING)
        return unserved(run, event, "text instead of a buffer");
    return is_nothing(expr) || run_misfit(run, event, expr, "a buffer is ... or NULL");
}

/* Whether one argument, or one part of it, has this shape; else the case ends. */
bool run_shape_fits(struct run *run, const struct script_event *event,
                    const struct script_expr *expr, enum run_shape shape)
{
    bool any = expr->kind == SCRIPT_EXPR_ELLIPSIS;
    switch (shape) {
    case RUN_SHAPE_END: return false;
    case RUN_SHAPE_NUMBER: return number_fits(run, event, expr);
    case RUN_SHAPE_NUMBER_OR_ANY: return any || number_fits(run, event, expr);
    case RUN_SHAPE_HOST: return true; /* address_fits() reads it */
    case RUN_SHAPE_BUFFER: return buffer_fits(run, event, expr);
    case RUN_SHAPE_ADDRESS: return address_fits(run, event, expr);
    case RUN_SHAPE_UNFILLED: return is_nothing(expr) || unserved(run, event, "address or field");
    case RUN_SHAPE_LENGTH_IN: return any || number_fits(run, event, expr);
    case RUN_SHAPE_LENGTH_OUT: return is_nothing(expr) || cell_fits(run, event, expr);
    case RUN_SHAPE_CELL: return any || cell_fits(run, event, expr);
    case RUN_SHAPE_OPTION: return run_option_fits(run, event, expr);
    case RUN_SHAPE_VECTORS: return vectors_fit(run, event, expr);
    case RUN_SHAPE_MESSAGE:
        return run_fields_fit(run, event, expr, message_fields, COUNT(message_fields));
    case RUN_SHAPE_POLL: return poll_fits(run, event, expr);
    case RUN_SHAPE_EVENT: return change_fits(run, event, expr);
    case RUN_SHAPE_EVENTS: return events_fit(run, event, expr);
    }
    return false;
}

/* The result is a number or `...`, and only -1 comes with an error. */
static bool result_fits(struct run *run, const struct script_event *event)
{
    const struct script_call *call = event->call;
    int64_t value = -1;
    if (call->result == NULL || call->result->kind == SCRIPT_EXPR_ELLIPSIS)
        return true;
    if (!run_shape_fits(run, event, call->result, RUN_SHAPE_NUMBER))
        return false;
    run_value(call->result, &value);
    return value == -1 || call->errno_name == NULL ||
           run_misfit(run, event, call->result, "only the result -1 comes with an error");
}

/* Judges the arguments of a line by the shapes of its call, of which the last `optional` ones may
 * be left out. False: the case has ended. */
bool run_shapes_fit(struct run *run, const struct script_event *event,
                    const enum run_shape shapes[RUN_ARGUMENTS_MAX + 1], uint32_t optional)
{
    uint32_t most = 0;
    while (shapes[most] != RUN_SHAPE_END)
        most++;
    uint32_t given = event->call->argument_count;
    if (given > most || given + optional < most) {
        const struct script_expr *surplus = event->call->arguments;
        for (uint32_t i = 0; i < most && surplus != NULL; i++)
            surplus = surplus->next;
        return run_misfit(run, event, surplus,
                          run_text(run, "it takes %u%s argument%s, not %u", (unsigned)most,
                                   optional > 0 ? " or fewer" : "", most == 1 ? "" : "s",
                                   (unsigned)given));
    }
    const struct script_expr *expr = event->call->arguments;
    for (uint32_t i = 0; expr != NULL; i++, expr = expr->next)
        if (!run_shape_fits(run, event, expr, shapes[i]))
            return false;
    return result_fits(run, event);
}
