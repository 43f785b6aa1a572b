/* SPDX-License-Identifier: BSD-2-Clause */
/* getsockopt() and setsockopt(). A new option of the target is one line of the table. */
#include "run/calls.h"

#include <errno.h>
#include <string.h>

enum { LEVEL_IP = 0, LEVEL_SOCKET = 1, LEVEL_TCP = 6, LEVEL_IPV6 = 41 };

enum form {
    FORM_NUMBER,           /* [1] */
    FORM_LINGER,           /* {onoff=1, linger=0} */
    FORM_RECEIVE_TIMEOUT,  /* {tv_sec=1, tv_usec=0}, kept here: the target never blocks */
    FORM_SEND_TIMEOUT,
    FORM_KNOWN,            /* get only: the runner knows the answer */
    FORM_INFO              /* get only: TCP_INFO, {tcpi_rto=1000000} or any other fields of it */
};

/* The octets of a form's value, and the names of its two numbers if it is a struct. */
static const struct { int64_t octets; const char *fields[2]; } forms[] = {
    [FORM_NUMBER] = { 4, { NULL, NULL } },
    [FORM_LINGER] = { 8, { "onoff", "linger" } },
    [FORM_RECEIVE_TIMEOUT] = { 16, { "tv_sec", "tv_usec" } },
    [FORM_SEND_TIMEOUT] = { 16, { "tv_sec", "tv_usec" } },
    [FORM_KNOWN] = { 4, { NULL, NULL } },
    [FORM_INFO] = { 0, { NULL, NULL } }, /* each system's tcp_info has another size */
};

struct entry {
    const char *name;
    int level;
    enum form form;
    enum anvil_target_option option;
    int64_t known; /* KNOWN */
};

static const struct entry entries[] = {
    { "SO_REUSEADDR", LEVEL_SOCKET, FORM_NUMBER, ANVIL_OPTION_REUSEADDR, 0 },
    { "SO_REUSEPORT", LEVEL_SOCKET, FORM_NUMBER, ANVIL_OPTION_REUSEPORT, 0 },
    { "SO_LINGER", LEVEL_SOCKET, FORM_LINGER, ANVIL_OPTION_LINGER, 0 },
    { "SO_KEEPALIVE", LEVEL_SOCKET, FORM_NUMBER, ANVIL_OPTION_KEEPALIVE, 0 },
    { "SO_RCVBUF", LEVEL_SOCKET, FORM_NUMBER, ANVIL_OPTION_RCVBUF, 0 },
    { "SO_SNDBUF", LEVEL_SOCKET, FORM_NUMBER, ANVIL_OPTION_SNDBUF, 0 },
    { "SO_ERROR", LEVEL_SOCKET, FORM_NUMBER, ANVIL_OPTION_ERROR, 0 },
    { "SO_OOBINLINE", LEVEL_SOCKET, FORM_NUMBER, ANVIL_OPTION_OOBINLINE, 0 },
    { "SO_RCVTIMEO", LEVEL_SOCKET, FORM_RECEIVE_TIMEOUT, ANVIL_OPTION_COUNT, 0 },
    { "SO_SNDTIMEO", LEVEL_SOCKET, FORM_SEND_TIMEOUT, ANVIL_OPTION_COUNT, 0 },
    { "SO_TYPE", LEVEL_SOCKET, FORM_KNOWN, ANVIL_OPTION_COUNT, 1 },
    { "SO_PROTOCOL", LEVEL_SOCKET, FORM_KNOWN, ANVIL_OPTION_COUNT, 6 },
    { "TCP_NODELAY", LEVEL_TCP, FORM_NUMBER, ANVIL_OPTION_NODELAY, 0 },
    { "TCP_MAXSEG", LEVEL_TCP, FORM_NUMBER, ANVIL_OPTION_MAXSEG, 0 },
    { "TCP_KEEPIDLE", LEVEL_TCP, FORM_NUMBER, ANVIL_OPTION_KEEPIDLE, 0 },
    { "TCP_KEEPINTVL", LEVEL_TCP, FORM_NUMBER, ANVIL_OPTION_KEEPINTVL, 0 },
    { "TCP_KEEPCNT", LEVEL_TCP, FORM_NUMBER, ANVIL_OPTION_KEEPCNT, 0 },
    { "TCP_SYNCNT", LEVEL_TCP, FORM_NUMBER, ANVIL_OPTION_SYNCNT, 0 },
    { "TCP_USER_TIMEOUT", LEVEL_TCP, FORM_NUMBER, ANVIL_OPTION_USER_TIMEOUT, 0 },
    { "TCP_LINGER2", LEVEL_TCP, FORM_NUMBER, ANVIL_OPTION_LINGER2, 0 },
    { "TCP_DEFER_ACCEPT", LEVEL_TCP, FORM_NUMBER, ANVIL_OPTION_DEFER_ACCEPT, 0 },
    { "TCP_QUICKACK", LEVEL_TCP, FORM_NUMBER, ANVIL_OPTION_QUICKACK, 0 },
    { "TCP_CORK", LEVEL_TCP, FORM_NUMBER, ANVIL_OPTION_CORK, 0 },
    { "TCP_NOPUSH", LEVEL_TCP, FORM_NUMBER, ANVIL_OPTION_CORK, 0 },
    { "TCP_NOOPT", LEVEL_TCP, FORM_NUMBER, ANVIL_OPTION_NOOPT, 0 },
    { "TCP_INFO", LEVEL_TCP, FORM_INFO, ANVIL_OPTION_COUNT, 0 },
    { "IP_TOS", LEVEL_IP, FORM_NUMBER, ANVIL_OPTION_TOS, 0 },
    { "IPV6_TCLASS", LEVEL_IPV6, FORM_NUMBER, ANVIL_OPTION_TOS, 0 },
    { "IP_TTL", LEVEL_IP, FORM_NUMBER, ANVIL_OPTION_TTL, 0 },
    { "IPV6_UNICAST_HOPS", LEVEL_IPV6, FORM_NUMBER, ANVIL_OPTION_TTL, 0 },
    { "IP_MTU_DISCOVER", LEVEL_IP, FORM_NUMBER, ANVIL_OPTION_MTU_DISCOVER, 0 },
    { "IPV6_MTU_DISCOVER", LEVEL_IPV6, FORM_NUMBER, ANVIL_OPTION_MTU_DISCOVER, 0 },
    { "IP_RECVERR", LEVEL_IP, FORM_NUMBER, ANVIL_OPTION_RECVERR, 0 },
    { "IPV6_RECVERR", LEVEL_IPV6, FORM_NUMBER, ANVIL_OPTION_RECVERR, 0 },
};

enum { ENTRIES = sizeof entries / sizeof entries[0] };

static const struct entry *find(const char *name)
{
    for (size_t i = 0; i < ENTRIES; i++)
        if (strcmp(entries[i].name, name) == 0)
            return &entries[i];
    return NULL;
}

/* The third argument of a line, as a name, or NULL. */
static const struct script_expr *option_name(const struct script_call *call)
{
    const struct script_expr *expr = call->arguments;
    for (int i = 0; i < 2 && expr != NULL; i++)
        expr = expr->next;
    return expr;
}

/* Why the option of a line cannot be served, or NULL. */
const char *run_option_unsupported(const struct script_call *call, char *room, size_t size)
{
    const struct script_expr *name = option_name(call);
    if (name != NULL && name->kind != SCRIPT_EXPR_SYMBOL) {
        snprintf(room, size, "unsupported socket option without a name in %s()", call->name);
        return room;
    }
    if (name == NULL || find(name->text) != NULL)
        return NULL;
    snprintf(room, size, "unsupported socket option %s", name->text);
    return room;
}

/* The option's entry; NULL, with the case ended, if there is none. */
static const struct entry *entry_of(struct run *run, const struct run_call *call)
{
    char why[128];
    if (run_option_unsupported(call->line, why, sizeof why) != NULL) {
        run_skip(run, call->event, run_text(run, "%s", why));
        return NULL;
    }
    return find(option_name(call->line)->text);
}

/* Number 0 or 1 of a value: the one in brackets, or a field of the struct; NULL for `...`. */
static const struct script_expr *part(const struct entry *entry, const struct script_expr *value,
                                      int index)
{
    const char *field = forms[entry->form].fields[index];
    const struct script_expr *found = NULL;
    if (field != NULL)
        found = script_expr_field(value, field);
    else if (value->kind == SCRIPT_EXPR_LIST && index == 0)
        found = value->items;
    return found == NULL || found->kind == SCRIPT_EXPR_ELLIPSIS ? NULL : found;
}

/* The fields of TCP_INFO: any of those that we know, each at most once. */
static bool info_fits(struct run *run, const struct script_event *event,
                      const struct script_expr *value)
{
    if (value->kind != SCRIPT_EXPR_STRUCT)
        return run_misfit(run, event, value, "this must be a struct, as {tcpi_rto=1000000}");
    for (const struct script_expr *item = value->items; item != NULL; item = item->next) {
        if (item->field == NULL || !run_info_field(item->field))
            return run_misfit(run, event, item, "this is no field of tcp_info");
        if (script_expr_field(value, item->field) != item)
            return run_misfit(run, event, item, "this field is given twice");
        if (!run_shape_fits(run, event, item, RUN_SHAPE_NUMBER_OR_ANY))
            return false;
    }
    return true;
}

/* Whether a value has the form of its option; getsockopt() may leave it or its parts open. */
bool run_option_fits(struct run *run, const struct script_event *event,
                     const struct script_expr *value)
{
    bool gets = strcmp(event->call->name, "getsockopt") == 0;
    const struct entry *entry = find(option_name(event->call)->text);
    enum run_shape each = gets ? RUN_SHAPE_NUMBER_OR_ANY : RUN_SHAPE_NUMBER;
    if (gets && value->kind == SCRIPT_EXPR_ELLIPSIS)
        return true;
    if (entry->form == FORM_INFO) /* setsockopt() fails, whatever it is given */
        return !gets || info_fits(run, event, value);
    const char *const *names = forms[entry->form].fields;
    if (names[0] != NULL) {
        struct run_field fields[2] = { { names[0], each, true }, { names[1], each, true } };
        return run_fields_fit(run, event, value, fields, 2);
    }
    if (value->kind != SCRIPT_EXPR_LIST || value->item_count != 1)
        return run_misfit(run, event, value, "this must be one number in brackets, as [1]");
    return run_shape_fits(run, event, value->items, each);
}

/* An option is known at its own level only. False: the call is over, or the case has ended. */
static bool find_level(struct run *run, struct run_call *call, const struct entry *entry)
{
    int64_t level;
    if (!run_argument_value(run, call, 1, &level))
        return false;
    if (level != entry->level)
        run_call_fails(call, ENOPROTOOPT);
    return level == entry->level;
}

static bool set_timeout(struct run_fd *fd, enum form form, int64_t seconds, int64_t us)
{
    if (seconds < 0 || us < 0 || us >= 1000000)
        return false;
    uint64_t timeout = (uint64_t)seconds * 1000000u + (uint64_t)us;
    if (timeout == 0)
        timeout = RUN_NO_TIMEOUT;
    if (form == FORM_RECEIVE_TIMEOUT)
        fd->receive_timeout_us = timeout;
    else
        fd->send_timeout_us = timeout;
    return true;
}

/* How many octets a call gives an option. Linux takes one where the option is one of IP. */
static bool has_octets(struct run *run, struct run_call *call, const struct entry *entry)
{
    int64_t octets, needed = forms[entry->form].octets;
    if (run_argument(call, 4)->kind == SCRIPT_EXPR_ELLIPSIS)
        return true;
    if (!run_argument_value(run, call, 4, &octets))
        return false;
    if (entry->level == LEVEL_IP)
        needed = 1;
    if (octets < needed)
        run_call_fails(call, EINVAL);
    return octets >= needed;
}

bool run_do_set_option(struct run *run, struct run_call *call)
{
    struct anvil_target_call ask = { .kind = ANVIL_CALL_SET_OPTION };
    const struct script_expr *value = run_argument(call, 3);
    const struct entry *entry = entry_of(run, call);
    if (entry == NULL || !find_level(run, call, entry) || !has_octets(run, call, entry))
        return true;
    run_value(part(entry, value, 0), &ask.number); /* what is not there stays 0 */
    run_value(part(entry, value, 1), &ask.number2);
    if (entry->form == FORM_RECEIVE_TIMEOUT || entry->form == FORM_SEND_TIMEOUT) {
        if (!set_timeout(call->fd, entry->form, ask.number, ask.number2))
            run_call_fails(call, EDOM);
        return true;
    }
    if (entry->form == FORM_KNOWN || entry->form == FORM_INFO) {
        run_call_fails(call, ENOPROTOOPT);
        return true;
    }
    ask.option = entry->option;
    call->result = run_ask(run, call, &ask);
    call->error = ask.error;
    if (call->error == ENOPROTOOPT)
        run_skip(run, call->event, run_text(run, "the target has no option %s", entry->name));
    return true;
}

/* Whether part `index` of the line is this number, or open. */
static bool same_part(const struct entry *entry, const struct script_expr *line, int index,
                      int64_t found)
{
    int64_t expected;
    const struct script_expr *expr = part(entry, line, index);
    return expr == NULL || (run_value(expr, &expected) && expected == found);
}

/* What getsockopt() found must be what the line says; `...` stands for anything. */
static void compare_value(struct run *run, const struct run_call *call, const struct entry *entry,
                          const struct anvil_target_call *ask)
{
    const struct script_expr *line = run_argument(call, 3);
    const char *const *names = forms[entry->form].fields;
    if (!run_length_matches(run, call, 4, forms[entry->form].octets) ||
        (same_part(entry, line, 0, ask->number) && same_part(entry, line, 1, ask->number2)))
        return;
    const char *found = run_text(run, "%s is %lld", entry->name, (long long)ask->number);
    if (names[0] != NULL)
        found = run_text(run, "%s is {%s=%lld, %s=%lld}", entry->name, names[0],
                         (long long)ask->number, names[1], (long long)ask->number2);
    else if (entry->option == ANVIL_OPTION_ERROR)
        found = run_text(run, "SO_ERROR is %s", run_errno_name((int)ask->number));
    run_fail(run, call->event, NULL, run_line(run, call->event), found,
             "the option has another value");
}

/* Each field of TCP_INFO that the line gives, by name. */
static void compare_info(struct run *run, const struct run_call *call)
{
    const struct script_expr *line = run_argument(call, 3);
    const struct script_expr *item = line->kind == SCRIPT_EXPR_STRUCT ? line->items : NULL;
    for (; item != NULL && !run->ended; item = item->next) {
        int64_t expected, found;
        if (!run_value(item, &expected))
            continue; /* ... */
        if (run_info_told(run, call->fd, item->field, &found) && found != expected)
            run_fail(run, call->event, NULL, run_line(run, call->event),
                     run_text(run, "%s is %lld", item->field, (long long)found),
                     "the option has another value");
    }
}

bool run_do_get_option(struct run *run, struct run_call *call)
{
    struct anvil_target_call ask = { .kind = ANVIL_CALL_GET_OPTION };
    const struct entry *entry = entry_of(run, call);
    if (entry == NULL || !find_level(run, call, entry))
        return true;
    uint64_t timeout = entry->form == FORM_RECEIVE_TIMEOUT ? call->fd->receive_timeout_us
                                                           : call->fd->send_timeout_us;
    switch (entry->form) {
    case FORM_INFO:
        compare_info(run, call);
        return true;
    case FORM_KNOWN:
        ask.number = entry->known;
        break;
    case FORM_RECEIVE_TIMEOUT:
    case FORM_SEND_TIMEOUT:
        ask.number = timeout == RUN_NO_TIMEOUT ? 0 : (int64_t)(timeout / 1000000u);
        ask.number2 = timeout == RUN_NO_TIMEOUT ? 0 : (int64_t)(timeout % 1000000u);
        break;
    case FORM_NUMBER:
    case FORM_LINGER:
        ask.option = entry->option;
        call->result = run_ask(run, call, &ask);
        call->error = ask.error;
        break;
    }
    if (call->error == ENOPROTOOPT)
        run_skip(run, call->event, run_text(run, "the target has no option %s", entry->name));
    else if (call->result == 0)
        compare_value(run, call, entry, &ask);
    return true;
}
