/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A departure from RFC order, for speed: the segment that was to be expected. While a connection is
 * ESTABLISHED and nothing is lost, nearly all segments are the next text in order, or acknowledge
 * what is in flight, or move the window, or all of that. For those, most checks of checks.c have
 * nothing to say:
 *
 *     RFC 6191   not in TIME-WAIT
 *     RFC 7323   timestamps exactly as negotiated, and not before TS.Recent: PAWS lets it pass
 *     first      SEG.SEQ is RCV.NXT and all text lies in the window: acceptable
 *     second     no RST
 *     fourth     no SYN
 *     fifth      SND.UNA =< SEG.ACK =< SND.MAX: in the range of RFC 5961, too
 *     sixth      no URG
 *     seventh    nothing is held, and no duplicate waits to be reported: all of the text is new
 *     eighth     no FIN, now or held
 *
 * What the others do is done here in their order, and then what follows at the end of the step.
 * checks.c and output.c stay the rule: the outcome is the same to the octet, and
 * core/test/predict_test.c compares.
 */
#ifndef ANVIL_PREDICT_H
#define ANVIL_PREDICT_H

#include "flow.h"

/* The TCB's marks of anything unusual, see tcb.h. */
#define MARKS_AT offsetof(struct anvil_tcb, held_count)

_Static_assert(offsetof(struct anvil_tcb, spare) + sizeof((struct anvil_tcb *)0)->spare ==
                   MARKS_AT + 2 * sizeof(uint64_t),
               "the marks are sixteen octets");

/* Whether none of the marks is set: nothing is held, sent again, probed, urgent or at its end. */
static inline bool is_unmarked(const struct anvil_tcb *tcb)
{
    uint64_t marks[2];

    memcpy(marks, (const unsigned char *)tcb + MARKS_AT, sizeof marks);
    return (marks[0] | marks[1]) == 0;
}

/* Whether the connection is at a place where a segment can be expected. */
static inline bool is_expecting(const struct step *step)
{
    const struct anvil_tcb *tcb = step->tcb;

    return tcb->state == ANVIL_ESTABLISHED && is_unmarked(tcb) && step->now < tcb->timer_us &&
           anvil_seq_eq(tcb->snd_nxt, tcb->snd_max) && !(tcb->ack_now && has_dsack(tcb));
}

/* Whether it is such a segment. */
static inline bool is_expected(const struct anvil_tcb *tcb, const struct anvil_segment *segment)
{
    uint16_t options = tcb->timestamps_on ? ANVIL_HAS_TIMESTAMPS : 0;

    return (segment->flags & ~ANVIL_PSH) == ANVIL_ACK && segment->options.present == options &&
           anvil_seq_eq(segment->seq, tcb->rcv_nxt) &&
           segment->length <= anvil_seq_from(tcb->rcv_nxt, tcb->rcv_adv) &&
           anvil_seq_from(tcb->snd_una, segment->ack) <=
               anvil_seq_from(tcb->snd_una, tcb->snd_max) &&
           !(options && ts_before(segment->options.ts_value, tcb->ts_recent));
}

/* An ACK of data: what anvil_acknowledged() comes to without SYN, FIN, probes and urgent data. */
static inline void take_ack(const struct step *step, const struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;
    uint32_t octets = anvil_seq_from(tcb->snd_una, segment->ack);
    anvil_time first_us = anvil_forget_sent(tcb, segment->ack);

    tcb->snd_una = segment->ack;
    tcb->snd_una_offset += octets;
    use_up_window(tcb, step->policy, octets);
    step->effects->acked_to = tcb->snd_una_offset;
    step->effects->signals = ANVIL_SIGNAL_ACKED;
    measure(step, segment, first_us);
    tcb->congestion = anvil_congestion_on_ack(tcb->congestion, tcb->snd_mss, octets);
    tcb->duplicate_acks = 0;
    tcb->syn_retransmitted = 0;
    tcb->first_sent_us = step->now;
    tcb->user_deadline = ANVIL_NEVER;
    tcb->rto_deadline = in_flight(tcb) ? step->now + tcb->rto_us : ANVIL_NEVER;
}

/* The window, if it is newer than the one that was used last. */
static inline void take_window(const struct step *step, const struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;

    if ((uint32_t)segment->window << tcb->snd_shift != tcb->snd_wnd) {
        struct step copy = *step;
        anvil_take_window(&copy, segment);
    } else if (is_window_newer(tcb, step->policy, segment)) {
        tcb->snd_wl1 = segment->seq;
        tcb->snd_wl2 = segment->ack;
    }
}

/* All of the text is new and next: what the seventh check comes to. */
static inline void take_text(const struct step *step, const struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;
    struct anvil_accept *part = &step->effects->accept[0];

    step->effects->accept_count = 1;
    if (segment->length > tcb->rcv_mss)
        tcb->rcv_mss = segment->length;
    part->offset = tcb->rcv_nxt_offset;
    part->from = 0;
    part->length = segment->length;
    tcb->rcv_nxt_offset += segment->length;
    tcb->rcv_nxt = anvil_seq_add(tcb->rcv_nxt, segment->length);
    tell_of_text(step, segment);
    acknowledge_text(step, false);
}

/* What anvil_send_due() comes to when nothing waits to be sent, and then what ends every step; the
 * override timer and TIME-WAIT's are off. */
static inline void end_expected(const struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    struct anvil_effects *effects = step->effects;

    tcb->send_due = 0;
    if (tcb->ack_now && !step->event->more) {
        build_plain_ack(step, &effects->sent[0], tcb->snd_max);
        effects->sent_count = 1;
    }
    if (in_flight(tcb))
        arm_for_flight(step);
    else
        sender_timers_off(tcb);
    tcb->timer_us = earlier(earlier(tcb->rto_deadline, tcb->ack_deadline),
                            earlier(tcb->user_deadline, tcb->keepalive_deadline));
    assert(tcb->timer_us == earliest_timer(tcb));
    effects->deadline = tcb->timer_us;
    if (tcb->ack_now || tcb->timer_us < step->now)
        effects->deadline = step->now;
}

/* The end of the step: full segments go, as many as may; if more than the congestion window holds
 * the rest back, output.c has to see to it. */
static inline void send_expected(const struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    uint64_t next = tcb->snd_una_offset + anvil_seq_from(tcb->snd_una, tcb->snd_max);
    uint64_t queued = tcb->snd_end_offset - next;

    if (queued == 0 || (!step->event->more && send_full_segments(step, queued, 0))) {
        end_expected(step);
    } else {
        struct step copy = *step;
        anvil_send_due(&copy);
        end_step(step);
    }
}

/*
 * If the event is a segment that was to be expected, does all that is left of the step, and answers
 * true; else does nothing. Nothing was sent in this step. (What *step is copied for are calls that
 * are not put in place: the compiler may so keep it in registers.)
 */
static inline bool take_expected(const struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    const struct anvil_segment *segment = step->event->segment;

    if (!is_expecting(step) || !is_expected(tcb, segment))
        return false;
    assert(tcb->syn_acked && (tcb->ack_now || !has_dsack(tcb)));
    tcb->now_us = step->now;
    tcb->heard_us = step->now;
    if (tcb->timestamps_on && anvil_seq_le(segment->seq, tcb->last_ack_sent)) {
        tcb->ts_recent = segment->options.ts_value;
        tcb->ts_recent_us = step->now;
    }
    if (!anvil_seq_eq(segment->ack, tcb->snd_una))
        take_ack(step, segment);
    else
        anvil_count_duplicate(tcb, segment);
    take_window(step, segment);
    if (segment->length > 0)
        take_text(step, segment);
    send_expected(step);
    return true;
}

#endif
