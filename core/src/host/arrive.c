/* SPDX-License-Identifier: BSD-2-Clause */
/* A packet arrives: decoded, matched with a socket, stepped. RFC 9293 3.10.7. */
#include "host/connection.h"
#include "host/demux.h"
#include "host/event.h"
#include "host/icmp_in.h"
#include "host/listen.h"
#include "host/output.h"
#include "host/poll.h"
#include "host/send.h"
#include "host/slots.h"

/* True for the control bits of a segment that may open a connection. */
static bool opens(uint16_t flags)
{
    return (flags & (ANVIL_SYN | ANVIL_ACK | ANVIL_RST)) == ANVIL_SYN;
}

/* A segment to nowhere: a TCB in CLOSED says what to answer. 3.10.7.1. */
static enum anvil_refusal to_nowhere(struct anvil_host *host, const struct anvil_turn *turn,
                                     const struct anvil_four_tuple *name,
                                     const struct anvil_frame *frame)
{
    if (turn->policy->closed_port_silent)
        return ANVIL_REFUSED_CLOSED_PORT;
    struct anvil_tcb closed = { 0 };
    struct anvil_effects effects;
    struct anvil_event event = { .kind = ANVIL_SEGMENT, .now = turn->now, .arrived = turn->now,
                                 .segment = &frame->segment };
    anvil_step(&closed, turn->policy, &event, &effects);
    host->verdict_check = effects.check;
    anvil_output_put(host, turn, name, NULL, &effects);
    return ANVIL_REFUSED_NOT;
}

/* True for a segment that may complete a half-open connection. With a SYN it is one of a
 * simultaneous open, 3.5 figure 8. */
static bool completes(const struct slot *slot, uint16_t flags)
{
    return slot->place == PLACE_HALF_OPEN && slot->tcb.state == ANVIL_SYN_RECEIVED &&
           (flags & (ANVIL_ACK | ANVIL_RST)) == ANVIL_ACK;
}

/* A segment for a connection that exists. */
static enum anvil_refusal to_connection(struct anvil_host *host, const struct anvil_turn *turn,
                                        struct slot *slot, const struct anvil_frame *frame,
                                        bool more)
{
    struct anvil_effects effects;
    struct anvil_event event;
    event_begin(&event, ANVIL_SEGMENT);
    event.arrived = turn->now;
    event.more = more;
    event.segment = &frame->segment;
    if (completes(slot, frame->segment.flags)) {
        enum anvil_refusal wait = anvil_listen_admit(host, slot);
        if (wait != ANVIL_REFUSED_NOT)
            return wait;
    }
    if (slot->tcb.state == ANVIL_TIME_WAIT && opens(frame->segment.flags) &&
        anvil_listen_reopen(host, turn, slot, frame))
        return ANVIL_REFUSED_NOT;
    anvil_connection_step(host, turn, slot, &event, frame->payload, &effects);
    host->verdict_check = effects.check;
    bool held = slot->cork_deadline != ANVIL_NEVER && slot->option[ANVIL_SO_CORK] != 1;
    if (held && effects.signals & ANVIL_SIGNAL_ACKED) /* ANVIL_MSG_MORE asks no more than Nagle */
        anvil_send_held(host, turn, slot, true, false);
    anvil_connection_settle(host, turn, slot);
    return ANVIL_REFUSED_NOT;
}

/* A TCP segment. */
static enum anvil_refusal take_segment(struct anvil_host *host, const struct anvil_turn *turn,
                                       const struct anvil_frame *frame, bool more)
{
    struct anvil_four_tuple name = { .local = frame->to, .remote = frame->from };
    if (frame->bad_options && turn->policy->bad_option_length == ANVIL_BAD_OPTION_DROP)
        return ANVIL_REFUSED_BAD_OPTIONS;
    struct slot *slot = anvil_poll_connection(host, turn, &name);
    if (slot != NULL)
        return to_connection(host, turn, slot, frame, more);
    struct slot *listener = anvil_demux_listener(host, &name);
    if (listener == NULL)
        return to_nowhere(host, turn, &name, frame);
    if (opens(frame->segment.flags))
        return anvil_listen_syn(host, turn, listener, &name, frame, more);
    anvil_listen_other(host, turn, listener, &name, frame);
    return ANVIL_REFUSED_NOT;
}

/* True if the packet is for this host. */
static bool is_local(const struct anvil_host *host, const struct anvil_address *address)
{
    return anvil_address_equal(address, &host->config.local_v4) ||
           anvil_address_equal(address, &host->config.local_v6);
}

void anvil_host_arrive(struct anvil_host *host, const struct anvil_turn *turn,
                       const uint8_t *packet, size_t length, bool more)
{
    struct anvil_frame frame;
    enum anvil_refusal refusal = ANVIL_REFUSED_NOT;
    anvil_output_begin(turn);
    host->counters.frames_in++;
    host->verdict_check = ANVIL_CHECK_NONE;
    enum anvil_drop drop = anvil_frame_decode(packet, length, &frame);
    if (drop == ANVIL_DROP_NONE) {
        if (!is_local(host, &frame.to.address))
            refusal = ANVIL_REFUSED_NOT_LOCAL;
        else if (frame.kind == ANVIL_FRAME_TCP)
            refusal = take_segment(host, turn, &frame, more);
        else
            refusal = anvil_icmp_in(host, turn, &frame);
    }
    host->verdict_drop = drop;
    host->verdict_refusal = refusal;
    host->counters.dropped[drop] += drop != ANVIL_DROP_NONE;
    host->counters.refused[refusal] += refusal != ANVIL_REFUSED_NOT;
}
