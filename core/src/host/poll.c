/* SPDX-License-Identifier: BSD-2-Clause */
/* What is due: the machine's timers and the host's own (see timers.c). */
#include "host/poll.h"

#include "host/close.h"
#include "host/connection.h"
#include "host/demux.h"
#include "host/output.h"
#include "host/send.h"
#include "host/timers.h"

void anvil_poll_slot(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot)
{
    if (slot->doomed) {
        anvil_close_doomed(host, turn, slot);
        return;
    }
    if (slot->close_due) {
        anvil_close_orphan(host, turn, slot);
        return;
    }
    if (slot->linger_deadline <= turn->now) {
        slot->linger_deadline = ANVIL_NEVER;
        slot->lingering = LINGER_OVER; /* readiness changes: close() may be called */
    }
    if (slot->tcb.state != ANVIL_CLOSED && slot->phase != PHASE_LISTENING) {
        struct anvil_effects effects;
        struct anvil_event event = { .kind = ANVIL_POLL };
        anvil_connection_step(host, turn, slot, &event, NULL, &effects);
    }
    if (slot->cork_deadline <= turn->now) {
        slot->held_push = 1;
        anvil_send_held(host, turn, slot, true, false);
    }
    anvil_connection_settle(host, turn, slot);
}

struct slot *anvil_poll_connection(struct anvil_host *host, const struct anvil_turn *turn,
                                   const struct anvil_four_tuple *name)
{
    struct slot *slot = anvil_demux_segment(host, name);
    if (slot == NULL || slot->deadline > turn->now)
        return slot;
    anvil_poll_slot(host, turn, slot);
    return anvil_demux_find(host, name);
}

void anvil_host_poll(struct anvil_host *host, const struct anvil_turn *turn)
{
    anvil_output_begin(turn);
    struct slot *slot = anvil_timers_first(host);
    if (slot != NULL && slot->deadline <= turn->now)
        anvil_poll_slot(host, turn, slot);
}

anvil_time anvil_host_deadline(const struct anvil_host *host)
{
    const struct slot *slot = anvil_timers_first(host);
    return slot == NULL ? ANVIL_NEVER : slot->deadline;
}
