/* SPDX-License-Identifier: BSD-2-Clause */
/* One step of one connection: see connection.h. */
#include "host/connection.h"

#include "host/demux.h"
#include "host/options.h"
#include "host/output.h"
#include "host/slots.h"
#include "host/timers.h"

#include <assert.h>
#include <string.h>

/* True in the states in which a stream exists. */
static bool has_stream(const struct slot *slot)
{
    return slot->tcb.state != ANVIL_CLOSED && slot->tcb.state != ANVIL_LISTEN;
}

bool anvil_connection_unread_by_all(const struct slot *slot)
{
    bool owned = slot->descriptor >= 0 || slot->place != PLACE_NONE;
    return !owned || slot->discards || slot->lingering;
}

/* Copies what the machine accepted into the receive ring. Without a ring, nobody reads. */
static void store(struct anvil_host *host, const struct slot *slot, const uint8_t *payload,
                  const struct anvil_effects *effects)
{
    assert(slot->receive.size != 0 || effects->accept_count == 0 ||
           anvil_connection_unread_by_all(slot));
    if (slot->receive.size == 0)
        return;
    for (unsigned part = 0; part < effects->accept_count; part++) {
        const struct anvil_accept *accept = &effects->accept[part];
        assert(accept->offset >= slot->read_from &&
               accept->offset + accept->length <= slot->read_from + slot->receive.size);
        anvil_ring_write(host_area(host), slot->receive, accept->offset, payload + accept->from,
                         accept->length);
    }
}

/* Forgets an urgent octet that was thrown away unread. */
static void drop_urgent(struct slot *slot)
{
    if (slot->urgent == URGENT_AHEAD && slot->urgent_at < slot->read_from)
        slot->urgent = URGENT_NONE;
}

/* Takes over how far the streams have come. They stay known when the TCB is gone. */
static void follow_streams(struct slot *slot)
{
    if (!has_stream(slot))
        return;
    slot->acked = slot->tcb.snd_una_offset < slot->written ? slot->tcb.snd_una_offset
                                                           : slot->written;
    slot->read_from = slot->tcb.rcv_read_offset;
    slot->read_to = slot->tcb.rcv_nxt_offset;
    drop_urgent(slot);
}

/* The urgent pointer has moved ahead of what was read: the urgent octet is the last one before it.
 * 3.8.5, MUST-62. */
static void follow_urgent(struct slot *slot)
{
    slot->urgent_at = anvil_urgent_offset(&slot->tcb) - 1u;
    slot->urgent = URGENT_AHEAD;
}

/* What the machine tells the user becomes the pending error, or is kept for later. 3.9.1.8. */
static void take_signals(struct slot *slot, const struct anvil_policy *policy, uint32_t signals)
{
    if (!(signals & ~(ANVIL_SIGNAL_READABLE | ANVIL_SIGNAL_PUSH)))
        return;
    if (signals & ANVIL_SIGNAL_OPEN)
        slot->phase = PHASE_CONNECTED;
    if (signals & ANVIL_SIGNAL_ACKED)
        slot->soft_error = ANVIL_ENONE;
    if (signals & ANVIL_SIGNAL_SOFT_ERROR)
        slot->soft_error = slot->icmp_error;
    bool told_at_once = anvil_option_value(policy, slot, ANVIL_SO_RECVERR) == 1;
    if (told_at_once && signals & ANVIL_SIGNAL_SOFT_ERROR)
        slot->error = slot->icmp_error;
    if (told_at_once && signals & ANVIL_SIGNAL_R1) /* delivery is in trouble. SHLD-9 */
        slot->error = slot->soft_error != ANVIL_ENONE ? slot->soft_error : ANVIL_ETIMEDOUT;
    if (signals & ANVIL_SIGNAL_RESET) /* for a SYN, POSIX has a word of its own */
        slot->error = slot->phase == PHASE_CONNECTING ? ANVIL_ECONNREFUSED : ANVIL_ECONNRESET;
    if (signals & ANVIL_SIGNAL_REFUSED)
        slot->error = ANVIL_ECONNREFUSED;
    if (signals & ANVIL_SIGNAL_HARD_ERROR)
        slot->error = slot->icmp_error;
    if (signals & (ANVIL_SIGNAL_USER_TIMEOUT | ANVIL_SIGNAL_R2))
        slot->error = slot->soft_error != ANVIL_ENONE ? slot->soft_error : ANVIL_ETIMEDOUT;
    if (signals & ANVIL_SIGNAL_URGENT)
        follow_urgent(slot);
}

/* Whether the step since this state has settled the size of segments: once in a connection, by the
 * peer's SYN where we have sent ours, else with the handshake's end. */
static bool has_agreed(const struct slot *slot, uint8_t before, uint32_t signals)
{
    const struct anvil_tcb *tcb = &slot->tcb;
    if (tcb->state == ANVIL_CLOSED)
        return false;
    return tcb->opened_passive ? (signals & ANVIL_SIGNAL_OPEN) != 0
                               : before == ANVIL_SYN_SENT && tcb->state != ANVIL_SYN_SENT;
}

void anvil_connection_step(struct anvil_host *host, const struct anvil_turn *turn,
                           struct slot *slot, struct anvil_event *event, const uint8_t *payload,
                           struct anvil_effects *effects)
{
    uint8_t before = slot->tcb.state;
    event->now = turn->now;
    anvil_step(&slot->tcb, turn->policy, event, effects);
    store(host, slot, payload, effects);
    follow_streams(slot);
    anvil_output_put(host, turn, &slot->name, slot, effects);
    take_signals(slot, turn->policy, effects->signals);
    if (turn->policy->buffer_whole_segments && has_agreed(slot, before, effects->signals))
        anvil_options_round(host, turn, slot);
}

/* Consumes what nobody will read, so that the window stays open. */
static void throw_away(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot)
{
    if (slot->read_to == slot->read_from || !anvil_connection_unread_by_all(slot))
        return;
    struct anvil_effects effects;
    struct anvil_event event = { .kind = ANVIL_RECEIVE, .length = slot->read_to - slot->read_from };
    anvil_connection_step(host, turn, slot, &event, NULL, &effects);
}

/* The earlier of two times. */
static anvil_time earlier(anvil_time a, anvil_time b)
{
    return a < b ? a : b;
}

/* Sets when the slot is due next. What is doomed or to be closed was due at once, and was polled
 * before anything else could happen to it. */
static void set_deadline(struct anvil_host *host, struct slot *slot)
{
    anvil_time due = earlier(slot->linger_deadline,
                             earlier(slot->cork_deadline, slot->defer_deadline));
    if (has_stream(slot))
        due = earlier(due, anvil_deadline(&slot->tcb));
    anvil_timers_set(host, slot, due);
}

/* The name is free for others. After a connection that was ESTABLISHED the socket still knows it;
 * after an attempt it has what bind() chose, or none. */
static void give_up_name(struct anvil_host *host, struct slot *slot)
{
    anvil_demux_remove(host, slot);
    if (slot->bound.address.family == 0)
        anvil_ports_remove(host, slot);
    if (slot->phase == PHASE_ENDED)
        return;
    slot->name = (struct anvil_four_tuple){ .local = slot->bound };
}

/* The TCB was deleted. After an error queues are flushed (3.10.7.4, second); else what was received
 * can still be read. */
void anvil_connection_end(struct anvil_host *host, struct slot *slot)
{
    slot_clear_tcb(slot);
    slot->phase = slot->phase == PHASE_CONNECTED ? PHASE_ENDED : PHASE_FRESH;
    slot->cork_deadline = ANVIL_NEVER;
    slot->linger_deadline = ANVIL_NEVER;
    slot->written = slot->acked;
    anvil_buffer_release(host, &slot->send);
    if (slot->error != ANVIL_ENONE || anvil_connection_unread_by_all(slot))
        slot->read_from = slot->read_to;
    if (slot->read_from == slot->read_to)
        anvil_buffer_release(host, &slot->receive);
    drop_urgent(slot);
    if (slot->urgent == URGENT_AHEAD && slot->urgent_at >= slot->read_to)
        slot->urgent = URGENT_NONE; /* it will not come any more */
    give_up_name(host, slot);
    bool kept = slot->place == PLACE_ACCEPT || slot->descriptor >= 0;
    if (kept)
        set_deadline(host, slot);
    else
        anvil_slot_free(host, slot);
}

/* True if the connection is complete, but accept is to wait for its data. */
static bool defers(const struct anvil_turn *turn, struct slot *slot)
{
    int64_t wait = anvil_option_value(turn->policy, slot, ANVIL_SO_DEFER_ACCEPT);
    if (wait == 0 || slot->read_to != slot->read_from || slot->tcb.fin_received)
        return false;
    if (slot->defer_deadline == ANVIL_NEVER)
        slot->defer_deadline = turn->now + (anvil_time)wait * 1000000u;
    return turn->now < slot->defer_deadline;
}

/* A connection that nobody can accept yet was stepped: to the accept queue when it is complete and
 * need not wait for data; back to TIME-WAIT when a reuse came to nothing (MAY-2). A segment that
 * did not complete it gives back the buffer that anvil_listen_admit got. */
static void promote(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot)
{
    if (slot->tcb.state == ANVIL_SYN_RECEIVED) {
        anvil_buffer_release(host, &slot->receive);
        return;
    }
    struct slot *listener = host_slot(host, slot->parent);
    if (slot->tcb.state == ANVIL_TIME_WAIT) {
        anvil_list_remove(host, slot);
        anvil_buffer_release(host, &slot->receive);
        return;
    }
    enum place place = defers(turn, slot) ? PLACE_DEFERRED : PLACE_ACCEPT;
    if (place == PLACE_ACCEPT)
        slot->defer_deadline = ANVIL_NEVER;
    if (place == slot->place)
        return;
    anvil_list_remove(host, slot);
    anvil_list_append(host, listener, slot, place);
}

void anvil_connection_settle(struct anvil_host *host, const struct anvil_turn *turn,
                             struct slot *slot)
{
    assert(slot->phase != PHASE_LISTENING);
    if (has_stream(slot))
        throw_away(host, turn, slot);
    if (slot->tcb.state == ANVIL_LISTEN) { /* AMBIG-21: a half-open one vanishes silently */
        anvil_slot_free(host, slot);
        return;
    }
    if (slot->tcb.state == ANVIL_CLOSED) {
        anvil_connection_end(host, slot);
        return;
    }
    if (slot->place == PLACE_HALF_OPEN || slot->place == PLACE_DEFERRED)
        promote(host, turn, slot);
    if (slot->tcb.fin_queued && slot->acked == slot->written)
        anvil_buffer_release(host, &slot->send);
    set_deadline(host, slot);
}

enum anvil_result anvil_connection_call(struct anvil_host *host, const struct anvil_turn *turn,
                                        struct slot *slot, struct anvil_event *event)
{
    struct anvil_effects effects;
    anvil_connection_step(host, turn, slot, event, NULL, &effects);
    anvil_connection_settle(host, turn, slot);
    return effects.result;
}

anvil_seq anvil_connection_iss(const struct anvil_host *host, const struct anvil_turn *turn,
                               const struct anvil_four_tuple *name)
{
    if (host->config.iss_fixed)
        return host->config.iss;
    return anvil_isn(&host->config.secret, name, turn->now);
}

struct anvil_open anvil_connection_open(const struct anvil_host *host,
                                        const struct anvil_turn *turn, const struct slot *slot,
                                        uint8_t family)
{
    uint32_t mss = host->config.mtu - anvil_output_headers(family);
    uint32_t buffer = (uint32_t)anvil_option_value(turn->policy, slot, ANVIL_SO_RCVBUF);
    if (slot->receive.size != 0 && slot->receive.size < buffer)
        buffer = slot->receive.size;
    return (struct anvil_open){ .receive_buffer = buffer, .receive_mss = mss, .send_mss = mss,
                                .ipv6 = family == ANVIL_IPV6 };
}
