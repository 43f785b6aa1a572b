/* SPDX-License-Identifier: BSD-2-Clause */
/* SEGMENT ARRIVES in CLOSED, LISTEN and SYN-SENT. RFC 9293 3.10.7.1 to 3.10.7.3. */
#include "machine.h"

/* Notes the check that ended processing. */
static void ended_at(struct step *step, enum anvil_check check)
{
    step->effects->check = check;
}

/* RFC 9293 3.10.7.1: everything but a RST is answered by one. */
static void arrives_in_closed(struct step *step, const struct anvil_segment *segment)
{
    ended_at(step, ANVIL_CHECK_CLOSED);
    anvil_reply_reset(step, segment);
}

/* What a SYN brings: a sign of life, IRS, the options that both sides offer, the window (never
 * scaled on a SYN), and the send MSS (MUST-14 to MUST-16). */
void anvil_take_syn(struct step *step, const struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;
    const struct anvil_policy *policy = step->policy;
    const struct anvil_options *options = &segment->options;
    uint32_t mss = tcb->ipv6 ? 1220 : 536;
    uint32_t offered = anvil_receive_window(tcb); /* by our own SYN, if there was one */

    tcb->heard_us = step->now;
    tcb->irs = segment->seq;
    tcb->rcv_nxt = anvil_seq_add(segment->seq, 1);
    tcb->rcv_adv = anvil_seq_add(tcb->rcv_nxt, offered);
    tcb->last_ack_sent = tcb->rcv_nxt;
    tcb->peer_offers = tcb->no_options ? 0 : (uint8_t)options->present;
    tcb->sack_on = policy->offer_sack && (tcb->peer_offers & ANVIL_HAS_SACK_PERMITTED);
    tcb->timestamps_on = policy->offer_timestamps && (tcb->peer_offers & ANVIL_HAS_TIMESTAMPS);
    if (tcb->timestamps_on) {
        tcb->ts_recent = options->ts_value;
        tcb->ts_recent_us = step->now;
    }
    if (policy->offer_window_scale && (tcb->peer_offers & ANVIL_HAS_WINDOW_SCALE))
        tcb->snd_shift = options->window_scale > 14 ? 14 : options->window_scale;
    else
        tcb->rcv_shift = 0; /* what our SYN offered holds only if both did */
    if (options->present & ANVIL_HAS_MSS) {
        tcb->peer_mss = options->mss;
        mss = options->mss;
    }
    mss = least(mss, tcb->snd_mss_limit);
    tcb->snd_mss = mss < policy->mss_floor ? policy->mss_floor : mss;
    tcb->snd_wnd = segment->window;
    tcb->snd_wnd_max = tcb->snd_wnd;
    tcb->snd_wl1 = segment->seq;
    tcb->snd_wl2 = (segment->flags & ANVIL_ACK) ? segment->ack : tcb->iss;
    anvil_take_user_timeout(step, segment);
}

/* RFC 9293 3.10.7.2 third: SYN-RECEIVED, <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>. Text and FIN of the
 * SYN are left to be sent again; the SYN,ACK acknowledges the SYN alone. */
void anvil_take_connection(struct step *step, const struct anvil_segment *segment, anvil_seq iss)
{
    struct anvil_tcb *tcb = step->tcb;

    tcb->iss = iss;
    tcb->snd_una = tcb->iss;
    tcb->snd_nxt = tcb->iss;
    tcb->snd_max = tcb->iss;
    tcb->ts_offset = step->event->ts_offset;
    tcb->opened_passive = 1;
    tcb->rcv_shift = anvil_window_scale(tcb, step->policy);
    anvil_rto_restore(tcb, step->policy);
    anvil_take_syn(step, segment);
    anvil_enter(step, ANVIL_SYN_RECEIVED);
}

/* RFC 9293 3.10.7.2. */
static void arrives_in_listen(struct step *step, const struct anvil_segment *segment)
{
    if (segment->flags & ANVIL_RST) {
        ended_at(step, ANVIL_CHECK_LISTEN_RST);
    } else if (segment->flags & ANVIL_ACK) {
        ended_at(step, ANVIL_CHECK_LISTEN_ACK);
        anvil_reply_reset(step, segment);
    } else if (segment->flags & ANVIL_SYN) {
        ended_at(step, ANVIL_CHECK_LISTEN_SYN);
        anvil_take_connection(step, segment, step->event->iss);
    } else {
        ended_at(step, ANVIL_CHECK_LISTEN_OTHER);
    }
}

/* First. RFC 9293 3.10.7.3: an ACK of what was not sent. */
static enum verdict syn_sent_ack(struct step *step, const struct anvil_segment *segment)
{
    const struct anvil_tcb *tcb = step->tcb;

    if (!(segment->flags & ANVIL_ACK))
        return GO_ON;
    if (anvil_seq_lt(tcb->snd_una, segment->ack) && anvil_seq_le(segment->ack, tcb->snd_max))
        return GO_ON;
    ended_at(step, ANVIL_CHECK_SYN_SENT_ACK);
    anvil_reply_reset(step, segment);
    return END;
}

/* Second: a RST counts if its ACK does; its sequence number is not looked at (Erratum 8167). */
static enum verdict syn_sent_rst(struct step *step, const struct anvil_segment *segment)
{
    if (!(segment->flags & ANVIL_RST))
        return GO_ON;
    ended_at(step, ANVIL_CHECK_SYN_SENT_RST);
    if (segment->flags & ANVIL_ACK)
        anvil_delete(step, ANVIL_SIGNAL_RESET);
    return END;
}

/* Fourth, with an acceptable ACK: ESTABLISHED, and on to the sixth check with what else the segment
 * carries. The window is taken from it, too (RFC 1122 4.2.2.20 (c)). */
static void syn_sent_established(struct step *step, const struct anvil_segment *segment)
{
    struct anvil_segment rest = *segment;
    struct anvil_tcb *tcb = step->tcb;

    anvil_acknowledged(step, segment);
    anvil_establish(step);
    tcb->ack_now = 1;
    rest.seq = anvil_seq_add(segment->seq, 1);
    rest.flags &= (uint16_t)~ANVIL_SYN;
    if (rest.flags & ANVIL_URG)
        rest.urgent = rest.urgent ? (uint16_t)(rest.urgent - 1) : 0;
    anvil_run_checks_from_urgent(step, &rest);
}

/* RFC 9293 3.10.7.3. Third, security, is not implemented (A.1.2). */
static void arrives_in_syn_sent(struct step *step, const struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;

    if (syn_sent_ack(step, segment) == END || syn_sent_rst(step, segment) == END)
        return;
    if (!(segment->flags & ANVIL_SYN)) {
        ended_at(step, ANVIL_CHECK_SYN_SENT_OTHER);
        return;
    }
    anvil_take_syn(step, segment);
    if (segment->flags & ANVIL_ACK) {
        syn_sent_established(step, segment);
        return;
    }
    ended_at(step, ANVIL_CHECK_SYN_SENT_SYN); /* simultaneous open, MUST-10 */
    anvil_enter(step, ANVIL_SYN_RECEIVED);
    tcb->snd_nxt = tcb->iss; /* our SYN goes again, with an ACK */
}

/* SEGMENT ARRIVES. RFC 9293 3.10.7. */
void anvil_segment_arrives(struct step *step)
{
    const struct anvil_segment *segment = step->event->segment;

    if (step->tcb->state > ANVIL_LISTEN)
        step->tcb->heard_us = step->now;
    switch (state_of(step->tcb)) {
    case ANVIL_CLOSED:
        arrives_in_closed(step, segment);
        break;
    case ANVIL_LISTEN:
        arrives_in_listen(step, segment);
        break;
    case ANVIL_SYN_SENT:
        arrives_in_syn_sent(step, segment);
        break;
    case ANVIL_SYN_RECEIVED:
    case ANVIL_ESTABLISHED:
    case ANVIL_FIN_WAIT_1:
    case ANVIL_FIN_WAIT_2:
    case ANVIL_CLOSE_WAIT:
    case ANVIL_CLOSING:
    case ANVIL_LAST_ACK:
    case ANVIL_TIME_WAIT:
        anvil_run_checks(step, segment);
        break;
    }
}
