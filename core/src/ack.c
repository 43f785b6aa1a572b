/* SPDX-License-Identifier: BSD-2-Clause */
/* Fifth: the ACK field, and the window that comes with it. RFC 9293 3.10.7.4. */
#include "flow.h"

/*
 * The round trip of what was sent again: only timestamps can tell which transmission this ACK is
 * for. RFC 7323 4.1. The peer echoes the segment that took SND.UNA to it (4.3), so an echo from
 * before that was first sent, at `first_us`, or one that is yet to come, is none of ours.
 */
void anvil_measure_by_timestamp(const struct step *step, const struct anvil_segment *segment,
                                anvil_time first_us)
{
    struct anvil_tcb *tcb = step->tcb;
    uint32_t clock, ticks, most;

    if (!tcb->timestamps_on || !(segment->options.present & ANVIL_HAS_TIMESTAMPS) ||
        step->event->arrived < first_us)
        return;
    clock = anvil_timestamp(tcb, step->policy, step->event->arrived);
    ticks = clock - segment->options.ts_echo;
    most = clock - anvil_timestamp(tcb, step->policy, first_us);
    if (ticks <= most)
        anvil_rto_sample(tcb, step->policy, ticks * step->policy->timestamp_tick_us);
}

/* Moves SND.UNA to the segment's ACK: SYN, data and FIN that it covers are done with. */
static void move_snd_una(struct step *step, anvil_seq ack)
{
    struct anvil_tcb *tcb = step->tcb;
    uint32_t octets = anvil_seq_from(tcb->snd_una, ack);
    uint64_t queued = tcb->snd_end_offset - tcb->snd_una_offset;

    if (!tcb->syn_acked) {
        tcb->syn_acked = 1;
        octets--;
    }
    if (octets > queued) {
        tcb->fin_acked = 1;
        octets = (uint32_t)queued;
    }
    tcb->snd_una_offset += octets;
    tcb->snd_una = ack;
    if (anvil_seq_lt(tcb->snd_nxt, ack))
        tcb->snd_nxt = ack;
    if (octets > 0)
        step->effects->signals |= ANVIL_SIGNAL_ACKED;
    step->effects->acked_to = tcb->snd_una_offset;
}

/* Until something behind the SYN is acknowledged, a SYN that had to be repeated makes the timeout a
 * longer one, with which data transmission begins. RFC 6298 5.7. */
static void raise_for_first_data(struct step *step)
{
    if (step->tcb->syn_retransmitted)
        anvil_rto_raise(step->tcb, step->policy->rto_after_syn_us);
}

/*
 * An ACK of something new: SND.UNA < SEG.ACK =< SND.NXT. The retransmission timer starts again or
 * stops (RFC 6298 5.2, 5.3).
 */
void anvil_acknowledged(struct step *step, const struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;
    anvil_time first_us = anvil_forget_sent(tcb, segment->ack);
    bool was_syn = !tcb->syn_acked;
    uint32_t acked = anvil_seq_from(tcb->snd_una, segment->ack);

    move_snd_una(step, segment->ack);
    if (tcb->probing && segment->window > 0)
        anvil_rto_restore(tcb, step->policy);
    measure(step, segment, first_us);
    if (!was_syn) {
        tcb->syn_retransmitted = 0;
        tcb->congestion = anvil_congestion_on_ack(tcb->congestion, tcb->snd_mss, acked);
    }
    raise_for_first_data(step);
    tcb->backoff = 0;
    tcb->probes = 0;
    tcb->probing = 0;
    tcb->r1_told = 0;
    tcb->duplicate_acks = 0;
    tcb->first_sent_us = step->now;
    tcb->user_deadline = ANVIL_NEVER;
    tcb->rto_deadline = in_flight(tcb) ? step->now + tcb->rto_us : ANVIL_NEVER;
    if (tcb->urgent_send && tcb->snd_up_offset <= tcb->snd_una_offset)
        tcb->urgent_send = 0;
}

/* A window that opens ends probing: what the probe carried goes again, with what else fits, and the
 * timeout is no longer doubled. RFC 9293 3.8.6.1. */
static void window_opened(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;

    if (!tcb->probing && !tcb->persisting)
        return;
    tcb->snd_nxt = tcb->snd_una;
    tcb->probing = 0;
    tcb->persisting = 0;
    tcb->backoff = 0;
    tcb->probes = 0;
    tcb->rto_deadline = ANVIL_NEVER;
    anvil_rto_restore(tcb, step->policy);
    raise_for_first_data(step);
}

/* Whether it was let in from past the own window: how new it is its number does not tell. */
static bool is_past_window(const struct anvil_tcb *tcb, const struct anvil_segment *segment)
{
    anvil_seq edge = anvil_seq_add(tcb->rcv_nxt, anvil_receive_window(tcb));

    return anvil_seq_lt(tcb->rcv_nxt, segment->seq) && !anvil_seq_lt(segment->seq, edge);
}

/* SND.WL1 after this segment. One from past the own window is older than whatever comes in it. */
static anvil_seq newest_number(const struct step *step, const struct anvil_segment *segment)
{
    const struct anvil_tcb *tcb = step->tcb;

    return is_past_window(tcb, segment)
               ? anvil_seq_max(tcb->snd_wl1, anvil_seq_add(tcb->rcv_nxt, UINT32_MAX))
               : window_number(tcb, step->policy, segment);
}

/* Whether SND.WND is to be this. From past the own window, one with no newer ACK may not take back
 * what was offered. */
static bool sets_window(const struct step *step, const struct anvil_segment *segment,
                        uint32_t window)
{
    const struct anvil_tcb *tcb = step->tcb;

    if (is_past_window(tcb, segment))
        return anvil_seq_lt(tcb->snd_wl2, segment->ack) || window > tcb->snd_wnd;
    return is_window_newer(tcb, step->policy, segment);
}

/*
 * SND.WND, SND.WL1, SND.WL2. RFC 9293 3.10.7.4 fifth: taken from a segment that is not older than
 * the last one that was used, as the policy window_update has it. A window of zero that keeps being
 * answered, in whatever order, does not count towards R2 or the user timeout, unless the user set
 * one (MUST-37, RFC 6429).
 */
void anvil_take_window(struct step *step, const struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;
    uint32_t window = (uint32_t)segment->window << tcb->snd_shift;

    if (!anvil_seq_le(tcb->snd_una, segment->ack) || !anvil_seq_le(segment->ack, tcb->snd_max))
        return;
    if (sets_window(step, segment, window)) {
        if (tcb->snd_wnd == 0 && window > 0 && !tcb->user_timeout_set) {
            tcb->first_sent_us = step->now; /* a closed window had held up the clock */
            tcb->user_deadline = ANVIL_NEVER;
        }
        tcb->snd_wnd = window;
        tcb->snd_wl1 = newest_number(step, segment);
        tcb->snd_wl2 = segment->ack;
        if (window > tcb->snd_wnd_max)
            tcb->snd_wnd_max = window;
        if (window > 0)
            window_opened(step);
    }
    if (tcb->snd_wnd == 0)
        tcb->probes = 0;
}

/* SYN-RECEIVED, also one that a CLOSE has made FIN-WAIT-1: an acceptable ACK establishes; any other
 * draws a reset. RFC 9293 3.10.7.4 fifth, 3.5.2 (2). */
static enum verdict ack_in_syn_received(struct step *step, const struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;

    if (!anvil_seq_lt(tcb->snd_una, segment->ack) || !anvil_seq_le(segment->ack, tcb->snd_max)) {
        anvil_reply_reset(step, segment);
        return END;
    }
    tcb->snd_wnd = (uint32_t)segment->window << tcb->snd_shift;
    if (tcb->snd_wnd > tcb->snd_wnd_max)
        tcb->snd_wnd_max = tcb->snd_wnd;
    tcb->snd_wl1 = newest_number(step, segment);
    tcb->snd_wl2 = segment->ack;
    anvil_acknowledged(step, segment);
    anvil_establish(step);
    return GO_ON;
}

/* The range of RFC 5961 5.2 (MAY-12); without it, only an ACK of what was never sent is refused. */
static bool is_in_ack_range(const struct step *step, anvil_seq ack)
{
    const struct anvil_tcb *tcb = step->tcb;
    anvil_seq oldest = anvil_seq_add(tcb->snd_una, 0u - tcb->snd_wnd_max);

    if (!step->policy->rfc5961_ack)
        return anvil_seq_le(ack, tcb->snd_max) || !anvil_seq_lt(tcb->snd_una, ack);
    return anvil_seq_from(oldest, ack) <= anvil_seq_from(oldest, tcb->snd_max);
}

/* Whether an ACK out of that range draws no ACK: a policy, for what was never sent. */
static bool is_dropped_silently(const struct step *step, anvil_seq ack)
{
    const struct anvil_tcb *tcb = step->tcb;

    return step->policy->unsent_ack_silent && tcb->state == ANVIL_ESTABLISHED &&
           anvil_seq_lt(tcb->snd_max, ack);
}

/* The ACK of our FIN: FIN-WAIT-2, TIME-WAIT, or the end. RFC 9293 3.10.7.4 fifth. */
static enum verdict fin_acknowledged(struct step *step)
{
    switch (state_of(step->tcb)) {
    case ANVIL_FIN_WAIT_1:
        anvil_enter(step, ANVIL_FIN_WAIT_2);
        anvil_arm_orphan(step);
        return GO_ON;
    case ANVIL_CLOSING:
        anvil_enter_time_wait(step);
        return GO_ON; /* a FIN behind the FIN is still answered */
    case ANVIL_LAST_ACK:
        anvil_delete(step, 0);
        return END;
    case ANVIL_CLOSED:
    case ANVIL_LISTEN:
    case ANVIL_SYN_SENT:
    case ANVIL_SYN_RECEIVED:
    case ANVIL_ESTABLISHED:
    case ANVIL_FIN_WAIT_2:
    case ANVIL_CLOSE_WAIT:
    case ANVIL_TIME_WAIT:
        return GO_ON;
    }
    return GO_ON;
}

/* Fifth. */
enum verdict anvil_check_ack(struct step *step, struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;

    if (!(segment->flags & ANVIL_ACK))
        return END;
    if (!tcb->syn_acked) {
        if (ack_in_syn_received(step, segment) == END)
            return END;
        return tcb->fin_acked ? fin_acknowledged(step) : GO_ON;
    }
    if (!is_in_ack_range(step, segment->ack)) {
        if (!is_dropped_silently(step, segment->ack))
            anvil_answer_unacceptable(step, segment);
        return END;
    }
    anvil_take_user_timeout(step, segment);
    uint64_t una_offset = tcb->snd_una_offset;
    if (anvil_seq_lt(tcb->snd_una, segment->ack))
        anvil_acknowledged(step, segment);
    else
        anvil_count_duplicate(tcb, segment);
    use_up_window(tcb, step->policy, (uint32_t)(tcb->snd_una_offset - una_offset));
    anvil_take_window(step, segment);
    return tcb->fin_acked ? fin_acknowledged(step) : GO_ON;
}
