/* SPDX-License-Identifier: BSD-2-Clause */
/* fcntl() and ioctl(). */
#include "run/calls.h"

#include <errno.h>
#include <string.h>

enum { GET_FD = 1, SET_FD = 2, GET_FLAGS = 3, SET_FLAGS = 4, READ_WRITE = 2, NONBLOCK = 2048 };

bool run_do_fcntl(struct run *run, struct run_call *call)
{
    int64_t command, value = 0;
    if (!run_argument_value(run, call, 1, &command))
        return true;
    bool has_value = call->line->argument_count > 2;
    if (has_value && !run_argument_value(run, call, 2, &value))
        return true;
    if (!has_value && (command == SET_FLAGS || command == SET_FD)) {
        run_error(run, call->event, "fcntl() has no value to set");
        return true;
    }
    if (command == GET_FLAGS)
        call->result = READ_WRITE | (call->fd->nonblocking ? NONBLOCK : 0);
    else if (command == SET_FLAGS)
        call->fd->nonblocking = (value & NONBLOCK) != 0;
    else if (command != GET_FD && command != SET_FD)
        run_call_fails(call, EINVAL);
    return true;
}

struct entry { const char *name; enum anvil_target_option option; };

static const struct entry entries[] = {
    { "SIOCINQ", ANVIL_OPTION_QUEUED_IN },   { "FIONREAD", ANVIL_OPTION_QUEUED_IN },
    { "SIOCOUTQ", ANVIL_OPTION_QUEUED_OUT }, { "TIOCOUTQ", ANVIL_OPTION_QUEUED_OUT },
    { "FIONWRITE", ANVIL_OPTION_QUEUED_OUT }, { "SIOCATMARK", ANVIL_OPTION_AT_MARK },
};

static const struct entry *find(const struct script_expr *name)
{
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++)
        if (script_expr_is_symbol(name, entries[i].name))
            return &entries[i];
    return NULL;
}

/* The number inside [N], or N; false for `...`. */
static bool listed_value(const struct script_expr *expr, int64_t *value)
{
    if (expr != NULL && expr->kind == SCRIPT_EXPR_LIST)
        expr = expr->items;
    return run_value(expr, value);
}

bool run_do_ioctl(struct run *run, struct run_call *call)
{
    struct anvil_target_call ask = { .kind = ANVIL_CALL_GET_OPTION };
    const struct script_expr *name = run_argument(call, 1);
    const struct entry *entry = find(name);
    int64_t expected;
    bool has_expected = listed_value(run_argument(call, 2), &expected);
    if (script_expr_is_symbol(name, "FIONBIO") && has_expected) {
        call->fd->nonblocking = expected != 0;
        return true;
    }
    if (entry == NULL) {
        run_skip(run, call->event, "unsupported request of ioctl()");
        return true;
    }
    if (run_argument(call, 2) == NULL) { /* no room for the answer */
        run_call_fails(call, EFAULT);
        return true;
    }
    ask.option = entry->option;
    call->result = run_ask(run, call, &ask);
    call->error = ask.error;
    if (call->error == ENOPROTOOPT)
        run_skip(run, call->event, run_text(run, "the target does not tell %s", entry->name));
    else if (call->result == 0 && has_expected && expected != ask.number)
        run_fail(run, call->event, NULL, run_line(run, call->event),
                 run_text(run, "%s is %lld", entry->name, (long long)ask.number),
                 "ioctl() gave another number");
    return true;
}
