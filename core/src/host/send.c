/* SPDX-License-Identifier: BSD-2-Clause */
/* SEND: see send.h. RFC 9293 3.10.2. */
#include "host/send.h"

#include "host/connection.h"
#include "host/event.h"
#include "host/options.h"
#include "host/output.h"
#include "host/slots.h"

/* How long a corked segment waits: as long as one that the silly-window rules hold back. Linux has
 * one timer for both, tcp_check_probe_timer(). */
static anvil_time cork_us(const struct anvil_turn *turn, const struct slot *slot)
{
    anvil_time override = turn->policy->sws_override_us;
    return override == ANVIL_OVERRIDE_RTO ? slot->tcb.rto_us : override;
}

void anvil_send_held(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot,
                     bool all, bool urgent)
{
    uint64_t held = slot->written - slot->tcb.snd_end_offset;
    if (!all)
        held -= held % anvil_effective_mss(&slot->tcb);
    if (held != 0) {
        struct anvil_effects effects;
        struct anvil_event event;
        event_begin(&event, ANVIL_SEND);
        event.length = held;
        event.urgent = urgent;
        event.push = all && slot->held_push;
        anvil_connection_step(host, turn, slot, &event, NULL, &effects);
    }
    if (slot->written == slot->tcb.snd_end_offset)
        slot->cork_deadline = ANVIL_NEVER;
    else if (slot->cork_deadline == ANVIL_NEVER)
        slot->cork_deadline = turn->now + cork_us(turn, slot);
}

void anvil_send_end(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot,
                    bool full)
{
    struct anvil_effects effects;
    struct anvil_event event = { .kind = ANVIL_CLOSE, .full = full };
    slot->held_push = 1;
    anvil_send_held(host, turn, slot, true, false);
    slot->write_shut = 1;
    anvil_connection_step(host, turn, slot, &event, NULL, &effects);
}

/* Copies as much as there is room for into the send ring: the octets taken, or minus an error. */
static int64_t fill(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot,
                    const uint8_t *data, size_t length)
{
    uint32_t limit = (uint32_t)anvil_option_value(turn->policy, slot, ANVIL_SO_SNDBUF);
    if (slot->send.size == 0 && !anvil_buffer_reserve(host, &slot->send, limit))
        return -ANVIL_ENOBUFS;
    limit = limit < slot->send.size ? limit : slot->send.size;
    uint64_t queued = slot->written - slot->acked;
    uint64_t room = queued < limit ? limit - queued : 0;
    if (room == 0)
        return -ANVIL_EAGAIN;
    uint32_t taken = (uint32_t)(length < room ? length : room);
    anvil_ring_write(host_area(host), slot->send, slot->written, data, taken);
    slot->written += taken;
    return taken;
}

/* Why nothing can be sent, as a negative error; 0 when it can. A pending error is told first, and
 * once. "connection closing" is EPIPE, "connection does not exist" ENOTCONN. */
static int refuse(struct slot *slot)
{
    if (slot->error != ANVIL_ENONE && slot->phase != PHASE_LISTENING) {
        int error = slot->error;
        slot->error = ANVIL_ENONE;
        return -error;
    }
    if (slot->write_shut || slot->phase == PHASE_ENDED)
        return -ANVIL_EPIPE;
    if (slot->phase == PHASE_CONNECTING)
        return -ANVIL_EAGAIN;
    return slot->phase == PHASE_CONNECTED ? 0 : -ANVIL_ENOTCONN;
}

int64_t anvil_host_send(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                        const uint8_t *data, size_t length, unsigned flags)
{
    anvil_output_begin(turn);
    struct slot *slot = anvil_slot_of(host, socket);
    if (slot == NULL || slot->lingering)
        return -ANVIL_EBADF;
    int refused = refuse(slot);
    if (refused)
        return refused;
    int64_t taken = length == 0 ? 0 : fill(host, turn, slot, data, length);
    if (taken < 0)
        return taken;
    bool whole = (size_t)taken == length;
    bool hold = flags & ANVIL_MSG_MORE || anvil_option_value(turn->policy, slot, ANVIL_SO_CORK);
    bool urgent = flags & ANVIL_MSG_OOB && whole && taken > 0;
    slot->held_push = !(flags & ANVIL_MSG_MORE);
    if (flags & ANVIL_MSG_END && whole)
        anvil_send_end(host, turn, slot, false);
    else
        anvil_send_held(host, turn, slot, !hold || urgent, urgent);
    anvil_connection_settle(host, turn, slot);
    return taken;
}
