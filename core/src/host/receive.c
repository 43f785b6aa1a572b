/* SPDX-License-Identifier: BSD-2-Clause */
/* RECEIVE. RFC 9293 3.10.3, with urgent data as 3.8.5 and RFC 6093 have it. */
#include "host/connection.h"
#include "host/event.h"
#include "host/output.h"
#include "host/options.h"
#include "host/slots.h"

#include <string.h>

/* Consumes octets: the machine opens its window, or, without a TCB, what is left shrinks. */
static void consume(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot,
                    uint32_t length)
{
    if (slot->tcb.state != ANVIL_CLOSED) {
        struct anvil_event event;
        event_begin(&event, ANVIL_RECEIVE);
        event.length = length;
        (void)anvil_connection_call(host, turn, slot, &event);
        return;
    }
    slot->read_from += length;
    if (slot->read_from == slot->read_to)
        anvil_buffer_release(host, &slot->receive);
}

/* MSG_OOB: the one urgent octet, out of band. */
static int64_t receive_urgent(struct anvil_host *host, const struct anvil_turn *turn,
                              struct slot *slot, uint8_t *buffer, size_t length, unsigned flags)
{
    bool in_line = anvil_option_value(turn->policy, slot, ANVIL_SO_OOBINLINE) == 1;
    bool none = slot->urgent == URGENT_NONE || slot->urgent == URGENT_TAKEN;
    if (in_line || none)
        return -ANVIL_EINVAL;
    if (slot->urgent == URGENT_AHEAD && slot->urgent_at >= slot->read_to)
        return -ANVIL_EAGAIN;
    if (length == 0)
        return 0;
    if (slot->urgent == URGENT_PASSED)
        buffer[0] = slot->urgent_octet;
    else
        anvil_ring_read(host_area(host), slot->receive, slot->urgent_at, buffer, 1);
    if (!(flags & ANVIL_MSG_PEEK))
        slot->urgent = URGENT_TAKEN;
    return 1;
}

/* True if the next octet is the urgent one and is not read in line. */
static bool at_urgent(const struct anvil_turn *turn, const struct slot *slot)
{
    bool known = slot->urgent == URGENT_AHEAD || slot->urgent == URGENT_TAKEN;
    return known && slot->urgent_at == slot->read_from && slot->read_to != slot->read_from &&
           anvil_option_value(turn->policy, slot, ANVIL_SO_OOBINLINE) != 1;
}

/* Steps over the urgent octet; it stays to be had by MSG_OOB, unless that was done. */
static void pass_urgent(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot)
{
    if (slot->urgent == URGENT_AHEAD) {
        anvil_ring_read(host_area(host), slot->receive, slot->urgent_at, &slot->urgent_octet, 1);
        slot->urgent = URGENT_PASSED;
    }
    consume(host, turn, slot, 1);
}

/* How many octets from `from` on one call may give: what is there, but not across the urgent
 * octet. */
static uint32_t readable(const struct slot *slot, uint64_t from, size_t length)
{
    uint64_t there = slot->read_to - from;
    bool known = slot->urgent == URGENT_AHEAD || slot->urgent == URGENT_TAKEN;
    if (known && slot->urgent_at > from && slot->urgent_at < slot->read_to)
        there = slot->urgent_at - from;
    return (uint32_t)(length < there ? length : there);
}

/* Gives octets that are there. */
static int64_t give(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot,
                    uint8_t *buffer, size_t length)
{
    uint32_t count = readable(slot, slot->read_from, length);
    anvil_ring_read(host_area(host), slot->receive, slot->read_from, buffer, count);
    if (slot->urgent == URGENT_AHEAD && slot->urgent_at < slot->read_from + count)
        slot->urgent = URGENT_NONE; /* read in line */
    if (count != 0)
        consume(host, turn, slot, count);
    return count;
}

/* What a call without data answers. "connection closing" is the end: 0. */
static int64_t nothing_there(struct slot *slot)
{
    if (slot->error != ANVIL_ENONE) {
        int error = slot->error;
        slot->error = ANVIL_ENONE;
        return -error;
    }
    if (slot->phase == PHASE_ENDED || slot->read_shut)
        return 0;
    if (slot->phase == PHASE_CONNECTED)
        return slot->tcb.fin_received ? 0 : -ANVIL_EAGAIN;
    return slot->phase == PHASE_CONNECTING ? -ANVIL_EAGAIN : -ANVIL_ENOTCONN;
}

int64_t anvil_host_receive(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                           uint8_t *buffer, size_t length, unsigned flags)
{
    anvil_output_begin(turn);
    struct slot *slot = anvil_slot_of(host, socket);
    if (slot == NULL || slot->lingering)
        return -ANVIL_EBADF;
    if (slot->phase == PHASE_LISTENING)
        return -ANVIL_ENOTCONN;
    if (flags & ANVIL_MSG_OOB)
        return receive_urgent(host, turn, slot, buffer, length, flags);
    bool peek = flags & ANVIL_MSG_PEEK;
    uint64_t from = slot->read_from + at_urgent(turn, slot);
    if (from != slot->read_from && !peek && length != 0)
        pass_urgent(host, turn, slot);
    if (from == slot->read_to)
        return nothing_there(slot);
    if (!peek)
        return give(host, turn, slot, buffer, length);
    uint32_t count = readable(slot, from, length);
    anvil_ring_read(host_area(host), slot->receive, from, buffer, count);
    return count;
}
