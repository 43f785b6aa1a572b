/* SPDX-License-Identifier: BSD-2-Clause */
/* poll(), built from readiness. */
#include "run/calls.h"

#include <errno.h>

enum { IN = 0x001, URGENT = 0x002, OUT = 0x004, ERR = 0x008, HUP = 0x010, NVAL = 0x020,
       RDNORM = 0x040, WRNORM = 0x100, RDHUP = 0x2000 };

/* Bits of poll() for what the target is ready for. */
uint32_t run_poll_bits(uint32_t ready)
{
    uint32_t bits = 0;
    if ((ready & ANVIL_READY_READ) != 0)
        bits |= IN | RDNORM;
    if ((ready & ANVIL_READY_WRITE) != 0)
        bits |= OUT | WRNORM;
    if ((ready & ANVIL_READY_URGENT) != 0)
        bits |= URGENT;
    if ((ready & ANVIL_READY_ERROR) != 0)
        bits |= ERR;
    if ((ready & ANVIL_READY_HANGUP) != 0)
        bits |= HUP;
    if ((ready & ANVIL_READY_READ_CLOSED) != 0)
        bits |= RDHUP;
    return bits;
}

/* What one entry of the list is ready for, of what it asks. */
static uint32_t entry_bits(struct run *run, const struct script_expr *entry)
{
    int64_t number, events;
    if (!run_value(script_expr_field(entry, "fd"), &number) ||
        !run_value(script_expr_field(entry, "events"), &events))
        return 0;
    const struct run_fd *fd = run_fd_find(run, number);
    if (fd == NULL || fd->kind != RUN_FD_SOCKET)
        return number < 0 ? 0 : NVAL;
    uint32_t bits = run_poll_bits(run->target->ready(run->self, fd->target));
    return bits & ((uint32_t)events | ERR | HUP);
}

/* Each revents of the line must be what poll() found; one that is left out is 0, as upstream. */
static void compare_entries(struct run *run, const struct run_call *call,
                            const struct script_expr *list)
{
    for (const struct script_expr *entry = list->items; entry != NULL; entry = entry->next) {
        int64_t expected = 0;
        const struct script_expr *line = script_expr_field(entry, "revents");
        if (line != NULL && !run_value(line, &expected))
            continue; /* ... */
        uint32_t found = entry_bits(run, entry);
        if ((uint32_t)expected == found)
            continue;
        run_fail(run, call->event, NULL, run_line(run, call->event),
                 run_text(run, "revents is 0x%x, expected 0x%x", (unsigned)found,
                          (unsigned)expected), "poll() found something else");
        return;
    }
}

bool run_do_poll(struct run *run, struct run_call *call)
{
    const struct script_expr *list = run_argument(call, 0);
    int64_t timeout_ms;
    if (!run_argument_value(run, call, 2, &timeout_ms))
        return true;
    if (!call->begun && timeout_ms >= 0)
        call->timeout_us = run->now_us + (uint64_t)timeout_ms * 1000u;
    call->result = 0;
    for (const struct script_expr *entry = list->items; entry != NULL; entry = entry->next)
        call->result += entry_bits(run, entry) != 0;
    bool done = call->result > 0 || timeout_ms == 0 || run->now_us >= call->timeout_us;
    if (done)
        compare_entries(run, call, list);
    return done;
}
