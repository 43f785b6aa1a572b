/* SPDX-License-Identifier: BSD-2-Clause */
/* getsockopt() and setsockopt(). A new option of the target is one line of the table. */
#include "run/calls.h"

#include <errno.h>
#include <string.h>

enum { INT_OCTETS = 4 };

enum form {
    FORM_NUMBER,
    FORM_LINGER,           /* {onoff=1, linger=0} */
    FORM_RECEIVE_TIMEOUT,  /* kept here: the target never blocks */
    FORM_SEND_TIMEOUT,
    FORM_KNOWN,            /* get only: the runner knows the answer */
    FORM_INFO              /* getsockopt(TCP_INFO): only its success counts */
};

struct entry {
    const char *name;
    enum form form;
    enum anvil_target_option option;
    int64_t known; /* KNOWN */
};

static const struct entry entries[] = {
    { "SO_REUSEADDR", FORM_NUMBER, ANVIL_OPTION_REUSEADDR, 0 },
    { "SO_REUSEPORT", FORM_NUMBER, ANVIL_OPTION_REUSEPORT, 0 },
    { "SO_LINGER", FORM_LINGER, ANVIL_OPTION_LINGER, 0 },
    { "SO_KEEPALIVE", FORM_NUMBER, ANVIL_OPTION_KEEPALIVE, 0 },
    { "SO_RCVBUF", FORM_NUMBER, ANVIL_OPTION_RCVBUF, 0 },
    { "SO_SNDBUF", FORM_NUMBER, ANVIL_OPTION_SNDBUF, 0 },
    { "SO_ERROR", FORM_NUMBER, ANVIL_OPTION_ERROR, 0 },
    { "SO_OOBINLINE", FORM_NUMBER, ANVIL_OPTION_OOBINLINE, 0 },
    { "SO_RCVTIMEO", FORM_RECEIVE_TIMEOUT, ANVIL_OPTION_COUNT, 0 },
    { "SO_SNDTIMEO", FORM_SEND_TIMEOUT, ANVIL_OPTION_COUNT, 0 },
    { "SO_TYPE", FORM_KNOWN, ANVIL_OPTION_COUNT, 1 },
    { "SO_PROTOCOL", FORM_KNOWN, ANVIL_OPTION_COUNT, 6 },
    { "TCP_NODELAY", FORM_NUMBER, ANVIL_OPTION_NODELAY, 0 },
    { "TCP_MAXSEG", FORM_NUMBER, ANVIL_OPTION_MAXSEG, 0 },
    { "TCP_KEEPIDLE", FORM_NUMBER, ANVIL_OPTION_KEEPIDLE, 0 },
    { "TCP_KEEPINTVL", FORM_NUMBER, ANVIL_OPTION_KEEPINTVL, 0 },
    { "TCP_KEEPCNT", FORM_NUMBER, ANVIL_OPTION_KEEPCNT, 0 },
    { "TCP_SYNCNT", FORM_NUMBER, ANVIL_OPTION_SYNCNT, 0 },
    { "TCP_USER_TIMEOUT", FORM_NUMBER, ANVIL_OPTION_USER_TIMEOUT, 0 },
    { "TCP_LINGER2", FORM_NUMBER, ANVIL_OPTION_LINGER2, 0 },
    { "TCP_DEFER_ACCEPT", FORM_NUMBER, ANVIL_OPTION_DEFER_ACCEPT, 0 },
    { "TCP_QUICKACK", FORM_NUMBER, ANVIL_OPTION_QUICKACK, 0 },
    { "TCP_CORK", FORM_NUMBER, ANVIL_OPTION_CORK, 0 },
    { "TCP_NOPUSH", FORM_NUMBER, ANVIL_OPTION_CORK, 0 },
    { "TCP_NOOPT", FORM_NUMBER, ANVIL_OPTION_NOOPT, 0 },
    { "TCP_INFO", FORM_INFO, ANVIL_OPTION_COUNT, 0 },
    { "IP_TOS", FORM_NUMBER, ANVIL_OPTION_TOS, 0 },
    { "IPV6_TCLASS", FORM_NUMBER, ANVIL_OPTION_TOS, 0 },
    { "IP_TTL", FORM_NUMBER, ANVIL_OPTION_TTL, 0 },
    { "IPV6_UNICAST_HOPS", FORM_NUMBER, ANVIL_OPTION_TTL, 0 },
    { "IP_MTU_DISCOVER", FORM_NUMBER, ANVIL_OPTION_MTU_DISCOVER, 0 },
    { "IPV6_MTU_DISCOVER", FORM_NUMBER, ANVIL_OPTION_MTU_DISCOVER, 0 },
    { "IP_RECVERR", FORM_NUMBER, ANVIL_OPTION_RECVERR, 0 },
    { "IPV6_RECVERR", FORM_NUMBER, ANVIL_OPTION_RECVERR, 0 },
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

/* The first and second number of [1], [1, 2], {onoff=1, linger=2} or 1. */
static bool two_numbers(const struct script_expr *expr, int64_t *first, int64_t *second)
{
    *second = 0;
    if (expr == NULL)
        return false;
    if (expr->kind != SCRIPT_EXPR_LIST && expr->kind != SCRIPT_EXPR_STRUCT)
        return run_value(expr, first);
    const struct script_expr *item = expr->items;
    if (item != NULL && item->kind == SCRIPT_EXPR_STRUCT && item->next == NULL)
        return two_numbers(item, first, second);
    if (!run_value(item, first))
        return false;
    return item->next == NULL || run_value(item->next, second);
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

bool run_do_set_option(struct run *run, struct run_call *call)
{
    struct anvil_target_call ask = { .kind = ANVIL_CALL_SET_OPTION };
    int64_t octets = INT_OCTETS;
    const struct entry *entry = entry_of(run, call);
    if (entry == NULL)
        return true;
    if (run_argument(call, 4) != NULL && run_argument(call, 4)->kind != SCRIPT_EXPR_ELLIPSIS &&
        !run_argument_value(run, call, 4, &octets))
        return true;
    if (!two_numbers(run_argument(call, 3), &ask.number, &ask.number2)) {
        run_skip(run, call->event, run_text(run, "unsupported value of %s", entry->name));
        return true;
    }
    /* Linux takes one octet where the option is one of IP. */
    if (octets < (strncmp(entry->name, "IP_", 3) == 0 ? 1 : INT_OCTETS)) {
        run_call_fails(call, EINVAL);
        return true;
    }
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

/* What getsockopt() found must be what the line says; `...` stands for anything. */
static void compare_value(struct run *run, const struct run_call *call, const struct entry *entry,
                          const struct anvil_target_call *ask)
{
    const struct script_expr *line = run_argument(call, 3);
    int64_t first, second;
    if (line->kind == SCRIPT_EXPR_ELLIPSIS ||
        (line->kind == SCRIPT_EXPR_LIST && line->items != NULL &&
         line->items->kind == SCRIPT_EXPR_ELLIPSIS))
        return;
    if (!two_numbers(line, &first, &second)) {
        run_skip(run, call->event, run_text(run, "unsupported value of %s", entry->name));
        return;
    }
    bool pair = entry->form == FORM_LINGER;
    if (first == ask->number && (!pair || second == ask->number2))
        return;
    const char *found = run_text(run, "%s is %lld", entry->name, (long long)ask->number);
    if (pair)
        found = run_text(run, "%s is {onoff=%lld, linger=%lld}", entry->name,
                         (long long)ask->number, (long long)ask->number2);
    else if (entry->option == ANVIL_OPTION_ERROR)
        found = run_text(run, "SO_ERROR is %s", run_errno_name((int)ask->number));
    run_fail(run, call->event, NULL, run_line(run, call->event), found,
             "the option has another value");
}

bool run_do_get_option(struct run *run, struct run_call *call)
{
    struct anvil_target_call ask = { .kind = ANVIL_CALL_GET_OPTION };
    const struct entry *entry = entry_of(run, call);
    if (entry == NULL)
        return true;
    uint64_t timeout = entry->form == FORM_RECEIVE_TIMEOUT ? call->fd->receive_timeout_us
                                                           : call->fd->send_timeout_us;
    switch (entry->form) {
    case FORM_INFO:
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
