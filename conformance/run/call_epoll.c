/* SPDX-License-Identifier: BSD-2-Clause */
/* epoll sets, built from readiness. */
#include "run/calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ONESHOT 0x40000000u
#define EDGE 0x80000000u

enum { ADD = 1, DEL = 2, MOD = 3, ERR = 0x008, HUP = 0x010, CLOEXEC = 524288 };

bool run_do_epoll_create(struct run *run, struct run_call *call)
{
    int64_t wanted = -1, argument;
    bool takes_size = strcmp(call->line->name, "epoll_create") == 0;
    if (!run_argument_value(run, call, 0, &argument))
        return true;
    if (takes_size ? argument <= 0 : (argument & ~(int64_t)CLOEXEC) != 0) {
        run_call_fails(call, EINVAL);
        return true;
    }
    if (call->line->result == NULL || !run_value(call->line->result, &wanted))
        wanted = -1;
    struct run_fd *fd = run_fd_add(run, wanted, RUN_FD_EPOLL);
    if (fd == NULL) {
        run_error(run, call->event, "this descriptor number is in use, or too large");
        return true;
    }
    fd->watches = calloc(RUN_WATCHES_MAX, sizeof *fd->watches);
    if (fd->watches == NULL)
        run_error(run, call->event, "no memory");
    call->result = run_fd_number(run, fd);
    return true;
}

static struct run_watch *find_watch(struct run_fd *set, int64_t fd)
{
    for (uint32_t i = 0; i < set->watch_count; i++)
        if (set->watches[i].fd == fd)
            return &set->watches[i];
    return NULL;
}

/* The user data of an event: whichever field the line names. 0 where it has no event. */
static uint64_t event_data(const struct script_expr *event)
{
    static const char *const names[] = { "fd", "ptr", "u32", "u64" };
    int64_t value = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        run_value(script_expr_field(event, names[i]), &value);
    return (uint64_t)value;
}

/* Adds, changes or drops a watch; an errno value, or 0. */
static int change_watch(struct run_fd *set, int64_t operation, int64_t number,
                        const struct run_watch *wanted)
{
    struct run_watch *watch = find_watch(set, number);
    if (operation == ADD && watch != NULL)
        return EEXIST;
    if ((operation == MOD || operation == DEL) && watch == NULL)
        return ENOENT;
    if (operation == DEL)
        *watch = set->watches[--set->watch_count];
    else if (operation == MOD)
        *watch = *wanted;
    else if (operation == ADD && set->watch_count < RUN_WATCHES_MAX)
        set->watches[set->watch_count++] = *wanted;
    else
        return operation == ADD ? ENOSPC : EINVAL;
    return 0;
}

bool run_do_epoll_ctl(struct run *run, struct run_call *call)
{
    int64_t operation, number, events = 0;
    struct run_watch wanted = { 0 };
    const struct script_expr *event = run_argument(call, 3);
    if (!run_argument_value(run, call, 1, &operation) ||
        !run_argument_value(run, call, 2, &number))
        return true;
    const struct run_fd *watched = run_fd_find(run, number);
    if (watched == NULL || call->fd->kind != RUN_FD_EPOLL || watched == call->fd) {
        run_call_fails(call, watched == NULL ? EBADF : EINVAL);
        return true;
    }
    if (watched->kind != RUN_FD_SOCKET) {
        run_skip(run, call->event, "unsupported epoll set inside another");
        return true;
    }
    run_value(script_expr_field(event, "events"), &events);
    wanted.data = event_data(event);
    wanted.fd = (int)number;
    wanted.events = (uint32_t)events;
    int error = change_watch(call->fd, operation, number, &wanted);
    if (error != 0)
        run_call_fails(call, error);
    return true;
}

/* More data than before is an edge too. 0 where the target does not tell. */
static int64_t unread_octets(struct run *run, const struct run_fd *fd)
{
    struct anvil_target_call ask = { .kind = ANVIL_CALL_GET_OPTION, .socket = fd->target,
                                     .option = ANVIL_OPTION_QUEUED_IN };
    if (fd->listening)
        return 0;
    run_target_call(run, &ask);
    return ask.result == 0 ? ask.number : 0;
}

/* The events of one watch that epoll_wait() would report now; a report changes nothing here. */
static uint32_t pending_bits(struct run *run, const struct run_watch *watch, uint32_t *all)
{
    const struct run_fd *fd = run_fd_find(run, watch->fd);
    *all = 0;
    if (fd == NULL || watch->disabled)
        return 0;
    uint32_t bits = run_poll_bits(run->target->ready(run->self, fd->target));
    *all = bits & (watch->events | ERR | HUP);
    bool edge = (*all & ~watch->seen) != 0 || unread_octets(run, fd) > watch->unread;
    return (watch->events & EDGE) != 0 && !edge ? 0 : *all;
}

/* Forgets, for edge-triggered watches, what is no longer ready: its return is a new edge. */
static void follow_edges(struct run *run, struct run_fd *set)
{
    uint32_t all;
    for (uint32_t i = 0; i < set->watch_count; i++) {
        pending_bits(run, &set->watches[i], &all);
        set->watches[i].seen &= all;
        const struct run_fd *fd = run_fd_find(run, set->watches[i].fd);
        int64_t unread = fd == NULL ? 0 : unread_octets(run, fd);
        if (unread < set->watches[i].unread)
            set->watches[i].unread = unread;
    }
}

/* One event of the line, which may be NULL, against what epoll_wait() wrote there: all zeros where
 * it wrote nothing. */
static void compare_event(struct run *run, const struct run_call *call,
                          const struct script_expr *line, uint32_t found, uint64_t data)
{
    int64_t events;
    if (line == NULL || !run_value(script_expr_field(line, "events"), &events) ||
        ((uint32_t)events == found && event_data(line) == data))
        return;
    run_fail(run, call->event, NULL, run_line(run, call->event),
             run_text(run, "events is 0x%x with data %llu, expected 0x%x with data %llu",
                      (unsigned)found, (unsigned long long)data, (unsigned)events,
                      (unsigned long long)event_data(line)), "epoll_wait() found something else");
}

/*
 * Reports what is pending: compares each event, and marks it as seen. A list in the line must be
 * all that is reported; an event without a list is the first one, as upstream.
 */
static void report(struct run *run, struct run_call *call, int64_t room)
{
    struct run_fd *set = call->fd;
    const struct script_expr *given = run_argument(call, 1);
    bool listed = given->kind == SCRIPT_EXPR_LIST;
    const struct script_expr *line = listed ? given->items : given;
    int64_t reported = 0;
    for (uint32_t i = 0; i < set->watch_count && reported < room; i++) {
        struct run_watch *watch = &set->watches[i];
        uint32_t all;
        uint32_t found = pending_bits(run, watch, &all);
        if (found == 0)
            continue;
        compare_event(run, call, line, found, watch->data);
        if (listed && line == NULL)
            run_fail(run, call->event, NULL, run_line(run, call->event),
                     run_text(run, "events is 0x%x for descriptor %d, too", (unsigned)found,
                              watch->fd), "epoll_wait() found more than the line lists");
        watch->seen = all;
        watch->unread = unread_octets(run, run_fd_find(run, watch->fd));
        watch->disabled = (watch->events & ONESHOT) != 0;
        line = listed && line != NULL ? line->next : NULL;
        reported++;
    }
    for (; line != NULL; line = listed ? line->next : NULL)
        compare_event(run, call, line, 0, 0);
    call->result = reported;
}

bool run_do_epoll_wait(struct run *run, struct run_call *call)
{
    int64_t room, timeout_ms;
    uint32_t all;
    struct run_fd *set = call->fd;
    if (!run_argument_value(run, call, 2, &room) || !run_argument_value(run, call, 3, &timeout_ms))
        return true;
    if (set->kind != RUN_FD_EPOLL || room <= 0) {
        run_call_fails(call, EINVAL);
        return true;
    }
    call->may_wait = true;
    if (!call->begun && timeout_ms >= 0)
        call->timeout_us = run->now_us + (uint64_t)timeout_ms * 1000u;
    follow_edges(run, set);
    bool any = false;
    for (uint32_t i = 0; i < set->watch_count; i++)
        any = any || pending_bits(run, &set->watches[i], &all) != 0;
    call->result = 0;
    bool done = any || run->now_us >= call->timeout_us;
    if (done)
        report(run, call, room);
    return done;
}
