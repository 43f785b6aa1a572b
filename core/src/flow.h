/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What nearly every segment goes through, as functions that the compiler may put in place: ranges
 * of sent data, round trips, the window that is offered, acknowledging text, timers at the end of a
 * step. The rest of each noun is in its own file.
 */
#ifndef ANVIL_FLOW_H
#define ANVIL_FLOW_H

#include "machine.h"
#include "zero.h"

/* The least segment size assumed when counting full-sized segments. */
#define SMALL_SEGMENT 536u

/* The largest window the field can say without a scale. */
#define FIELD_MAX 65535u

/* Range `index` of what was sent, from the oldest one on. */
static inline struct anvil_send_range *sent_range(struct anvil_tcb *tcb, unsigned index)
{
    return &tcb->sent[(tcb->sent_first + index) % ANVIL_SEND_RANGES_MAX];
}

/* Frees the place of the oldest range. */
static inline void drop_oldest_range(struct anvil_tcb *tcb)
{
    const struct anvil_send_range unused = {{0}, 0, 0, 0};

    tcb->sent[tcb->sent_first] = unused;
    tcb->sent_first = (uint8_t)((tcb->sent_first + 1u) % ANVIL_SEND_RANGES_MAX);
    tcb->sent_count--;
}

/* Notes that [SND.MAX, to), which is not empty, was sent now for the first time. */
static inline void anvil_note_new(struct anvil_tcb *tcb, anvil_seq to, anvil_time now)
{
    struct anvil_send_range *last = sent_range(tcb, tcb->sent_count - 1u);

    if (tcb->sent_count > 0 && last->sent_us == now && last->count == 1) {
        last->end = to;
        return;
    }
    if (tcb->sent_count == ANVIL_SEND_RANGES_MAX)
        anvil_merge_oldest(tcb);
    last = sent_range(tcb, tcb->sent_count++);
    last->end = to;
    last->count = 1;
    last->sent_us = now;
}

/* Everything before `ack`, which is beyond SND.UNA, is acknowledged. If any of it was sent more
 * than once, so that its round trip is not known (Karn; RFC 6298 section 3), the time when SND.UNA
 * was first sent; else ANVIL_NEVER. Call it before SND.UNA moves. */
static inline anvil_time anvil_forget_sent(struct anvil_tcb *tcb, anvil_seq ack)
{
    anvil_time first_us = tcb->sent[tcb->sent_first].sent_us;
    anvil_seq start = tcb->snd_una;
    unsigned counts = 0;

    while (tcb->sent_count > 0 && anvil_seq_lt(start, ack)) {
        const struct anvil_send_range *oldest = &tcb->sent[tcb->sent_first];
        counts |= oldest->count;
        start = oldest->end;
        if (anvil_seq_le(start, ack))
            drop_oldest_range(tcb);
    }
    return counts > 1 ? first_us : ANVIL_NEVER;
}

/* The round trip that this ACK ends. What was sent once is timed by our own clock; what was sent
 * again, first at `first_us`, only timestamps can tell apart. RFC 6298 section 3, RFC 7323 4.1. */
static inline void measure(const struct step *step, const struct anvil_segment *segment,
                           anvil_time first_us)
{
    struct anvil_tcb *tcb = step->tcb;

    if (tcb->timing && anvil_seq_le(tcb->rtt_seq, segment->ack)) {
        anvil_time arrived = step->event->arrived;
        tcb->timing = 0;
        anvil_rto_sample(tcb, step->policy, arrived > tcb->rtt_us ? arrived - tcb->rtt_us : 0);
    } else if (first_us != ANVIL_NEVER) {
        anvil_measure_by_timestamp(step, segment, first_us);
    }
}

/* The room left in the owner's buffer, beyond RCV.NXT. */
static inline uint32_t receive_room(const struct anvil_tcb *tcb)
{
    uint64_t unread = tcb->rcv_nxt_offset - tcb->rcv_read_offset;
    uint32_t buffer = tcb->rcv_buffer;

    if (buffer != 0 && buffer >> tcb->rcv_shift == 0)
        buffer = UINT32_C(1) << tcb->rcv_shift; /* less cannot be said, and is no window */
    if (unread >= buffer)
        return 0;
    return least(buffer - (uint32_t)unread, FIELD_MAX << tcb->rcv_shift);
}

/* The least step by which the right edge may advance: min(Fr * RCV.BUFF, MSS), Fr = 1/2. */
static inline uint32_t least_step(const struct anvil_tcb *tcb)
{
    uint32_t step = least(tcb->rcv_buffer / 2, tcb->rcv_mss_limit);
    return step ? step : 1;
}

/* Less than one segment and than a quarter of the buffer is not worth telling. */
static inline bool is_silly(const struct anvil_tcb *tcb, uint32_t window)
{
    return window < tcb->rcv_mss_limit && window < tcb->rcv_buffer / 4;
}

/*
 * The window field of a segment that is sent now; moves the right edge if it may move (MUST-39). On
 * a SYN the field is never scaled (RFC 7323 2.2).
 */
static inline uint16_t anvil_advertise(struct anvil_tcb *tcb, const struct anvil_policy *policy,
                                       bool syn)
{
    unsigned shift = syn ? 0 : tcb->rcv_shift;
    uint32_t window = anvil_seq_from(tcb->rcv_nxt, tcb->rcv_adv);
    uint32_t offered = window >> shift << shift;
    uint32_t possible;

    if (window >> shift >= FIELD_MAX)
        return FIELD_MAX; /* more cannot be said */
    possible = receive_room(tcb);
    if (possible > offered && (possible - offered >= least_step(tcb) ||
                               (policy->window_follows_room && !is_silly(tcb, possible))))
        window = possible;
    window = least(window >> shift, FIELD_MAX);
    tcb->rcv_adv = anvil_seq_max(tcb->rcv_adv, anvil_seq_add(tcb->rcv_nxt, window << shift));
    return (uint16_t)window;
}

/* Timestamps for a segment that is no SYN, with this TSecr. */
static inline void add_timestamps(const struct step *step, struct anvil_segment *segment,
                                  uint32_t echo)
{
    const struct anvil_tcb *tcb = step->tcb;
    struct anvil_options *options = &segment->options;

    if (!tcb->timestamps_on)
        return;
    options->present = ANVIL_HAS_TIMESTAMPS;
    options->ts_value = anvil_timestamp(tcb, step->policy, step->now);
    options->ts_echo = echo;
}

/* RCV.NXT goes out in an ACK. */
static inline void note_acknowledged(struct anvil_tcb *tcb)
{
    tcb->last_ack_sent = tcb->rcv_nxt;
    tcb->ack_now = 0;
    tcb->ack_deadline = ANVIL_NEVER;
}

/* When the TCB needs a POLL next; an event may set a timer in the past. */
static inline anvil_time deadline_of(const struct anvil_tcb *tcb)
{
    if (tcb->state == ANVIL_CLOSED || tcb->state == ANVIL_LISTEN)
        return ANVIL_NEVER;
    if (tcb->ack_now || tcb->send_due || tcb->timer_us < tcb->now_us)
        return tcb->now_us;
    return tcb->timer_us;
}

/* Makes an ACK with this number, and pays what was owed; without the options for which there has to
 * be a cause, see anvil_build_ack(). */
static inline void build_plain_ack(const struct step *step, struct anvil_sent *sent, anvil_seq seq)
{
    struct anvil_tcb *tcb = step->tcb;

    zero(sent, sizeof *sent);
    sent->segment.seq = seq;
    sent->segment.ack = tcb->rcv_nxt;
    sent->segment.flags = ANVIL_ACK;
    add_timestamps(step, &sent->segment, tcb->ts_recent);
    sent->segment.window = anvil_advertise(tcb, step->policy, false);
    note_acknowledged(tcb);
}

/*
 * When text in order is acknowledged: at once for every policy.ack_every-th full segment (SHLD-19),
 * when asked for, or when a hole was or is there (RFC 5681 4.2); else within the delay (MUST-40).
 */
static inline void acknowledge_text(const struct step *step, bool holes)
{
    struct anvil_tcb *tcb = step->tcb;
    const struct anvil_policy *policy = step->policy;
    uint32_t full = tcb->rcv_mss > SMALL_SEGMENT ? tcb->rcv_mss : SMALL_SEGMENT;
    uint32_t owed = anvil_seq_from(tcb->last_ack_sent, tcb->rcv_nxt);

    if (tcb->quick_acks > 0) {
        tcb->quick_acks--;
        tcb->ack_now = 1;
    }
    if (holes || tcb->quick_ack_on || policy->delayed_ack_us == 0 ||
        owed >= policy->ack_every * least(full, tcb->rcv_mss_limit) ||
        (policy->ack_second_segment &&
         (tcb->ack_deadline != ANVIL_NEVER || owed > tcb->rcv_mss_limit)))
        tcb->ack_now = 1;
    else if (!tcb->ack_now && tcb->ack_deadline == ANVIL_NEVER)
        tcb->ack_deadline = step->now + policy->delayed_ack_us;
}

/* RCV.NXT has moved over text. */
static inline void tell_of_text(const struct step *step, const struct anvil_segment *segment)
{
    step->effects->signals |= ANVIL_SIGNAL_READABLE;
    if (segment->flags & ANVIL_PSH)
        step->effects->signals |= ANVIL_SIGNAL_PUSH;
}

/* Nothing is in flight and nothing waits: no timer of the sender runs. */
static inline void sender_timers_off(struct anvil_tcb *tcb)
{
    tcb->persisting = 0;
    tcb->rto_deadline = ANVIL_NEVER;
    tcb->sws_deadline = ANVIL_NEVER;
    tcb->user_deadline = ANVIL_NEVER;
}

/* The user timeout runs while something is in flight or waits. RFC 9293 3.9.1.1. */
static inline void arm_user_timeout(const struct step *step, bool outstanding)
{
    struct anvil_tcb *tcb = step->tcb;
    uint64_t timeout = anvil_user_timeout(tcb, step->policy);

    if (timeout == 0 || !outstanding) {
        tcb->user_deadline = ANVIL_NEVER;
    } else if (tcb->user_deadline == ANVIL_NEVER) {
        if (!in_flight(tcb))
            tcb->first_sent_us = step->now;
        tcb->user_deadline = tcb->first_sent_us + timeout;
    }
}

/* While something is in flight, the retransmission timer and the user timeout watch it. RFC 6298
 * section 5, RFC 9293 3.9.1.1. */
static inline void arm_for_flight(const struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;

    if (tcb->rto_deadline == ANVIL_NEVER) {
        tcb->persisting = 0;
        tcb->rto_deadline = step->now + tcb->rto_us;
    }
    tcb->sws_deadline = ANVIL_NEVER;
    arm_user_timeout(step, true);
}

/* The usable window: SND.UNA + SND.WND - SND.NXT, never negative (MUST-34). */
static inline uint32_t usable_window(const struct anvil_tcb *tcb)
{
    uint32_t flight = anvil_seq_from(tcb->snd_una, tcb->snd_nxt);

    return tcb->snd_wnd > flight ? tcb->snd_wnd - flight : 0;
}

/* What the congestion window leaves. */
static inline uint32_t congestion_room(const struct anvil_tcb *tcb)
{
    uint32_t flight = anvil_seq_from(tcb->snd_una, tcb->snd_nxt);

    return tcb->congestion.cwnd > flight ? tcb->congestion.cwnd - flight : 0;
}

/* Notes that `space` of new sequence space was sent, from SND.NXT = SND.MAX on, in segments of
 * which the first takes `first` of it: ranges, the timed round trip; and the clock of R2 and the
 * user timeout, unless it has waited, which counts. Timers follow at the end of the step. */
static inline void advance_snd_max(const struct step *step, uint32_t first, uint32_t space)
{
    struct anvil_tcb *tcb = step->tcb;
    anvil_seq start = tcb->snd_max;
    anvil_seq end = anvil_seq_add(start, space);

    if (!in_flight(tcb) && !tcb->persisting && tcb->user_deadline == ANVIL_NEVER)
        tcb->first_sent_us = step->now;
    tcb->persisting = 0;
    anvil_note_new(tcb, end, step->now);
    if (!tcb->timing) {
        tcb->timing = 1;
        tcb->rtt_seq = anvil_seq_add(start, first);
        tcb->rtt_us = step->now;
    }
    tcb->snd_nxt = end;
    tcb->snd_max = end;
}

/*
 * For speed: new data that fills whole segments, with more behind it, needs none of the thought of
 * next_piece() in output.c. As many of them go as have a place and fit both windows; `queued`
 * octets, at least one, wait at SND.NXT. True if after that only the congestion window holds the
 * rest back, so that next_piece() would say no. Call it where is_plain_sender() holds; `count` is
 * effects.sent_count.
 */
static inline bool send_full_segments(const struct step *step, uint64_t queued, unsigned count)
{
    struct anvil_tcb *tcb = step->tcb;
    struct anvil_sent *sent = &step->effects->sent[count];
    uint32_t window = usable_window(tcb);
    uint32_t wanted = queued < window ? (uint32_t)queued : window;
    uint32_t room = congestion_room(tcb);
    uint32_t most = least(wanted, room);
    uint32_t options = tcb->timestamps_on ? TIMESTAMPS_OCTETS : 0;
    uint32_t mss = tcb->snd_mss > options ? tcb->snd_mss - options : 1;
    uint32_t octets = 0;

    if (most == queued)
        most--; /* the last octet is left: it may be pushed */
    if (most >= mss && count < ANVIL_SENT_MAX) {
        build_plain_ack(step, sent, tcb->snd_max);
        sent->segment.length = mss;
        sent->offset = tcb->snd_end_offset - queued;
        octets = mss;
        for (count++; most - octets >= mss && count < ANVIL_SENT_MAX; count++, sent++) {
            sent[1] = sent[0];
            sent[1].segment.seq = anvil_seq_add(tcb->snd_max, octets);
            sent[1].offset += mss;
            octets += mss;
        }
        step->effects->sent_count = (uint8_t)count;
        advance_snd_max(step, mss, octets);
    }
    return wanted - octets >= mss && room - octets < mss && in_flight(tcb);
}

/* What every step ends with. (In CLOSED, all timers are 0.) */
static inline void end_step(const struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;

    tcb->timer_us = earliest_timer(tcb);
    step->effects->state_after = tcb->state;
    step->effects->deadline = deadline_of(tcb);
}

#endif
