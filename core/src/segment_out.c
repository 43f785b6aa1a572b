/* SPDX-License-Identifier: BSD-2-Clause */
/* How a segment is built, and the replies of RFC 9293 3.5.2 and RFC 5961. */
#include "flow.h"

/* Options of a SYN: what we offer, in a SYN,ACK what the peer offered too. */
static void add_syn_options(const struct step *step, struct anvil_options *options, bool answer)
{
    const struct anvil_tcb *tcb = step->tcb;
    const struct anvil_policy *policy = step->policy;
    unsigned asked = answer ? tcb->peer_offers : ~0u;

    if (tcb->no_options && !policy->noopt_mss)
        return;
    options->present = ANVIL_HAS_MSS;
    options->layout = (uint8_t)policy->option_layout;
    options->mss = (uint16_t)least(tcb->rcv_mss_limit, UINT16_MAX);
    if (tcb->no_options)
        return;
    if (policy->offer_sack && (asked & ANVIL_HAS_SACK_PERMITTED))
        options->present |= ANVIL_HAS_SACK_PERMITTED;
    if (policy->offer_window_scale && (asked & ANVIL_HAS_WINDOW_SCALE)) {
        options->present |= ANVIL_HAS_WINDOW_SCALE;
        options->window_scale = tcb->rcv_shift;
    }
    if (policy->offer_timestamps && (asked & ANVIL_HAS_TIMESTAMPS)) {
        options->present |= ANVIL_HAS_TIMESTAMPS;
        options->ts_value = anvil_timestamp(tcb, policy, step->now);
        options->ts_echo = answer ? tcb->ts_recent : 0;
    }
    if (tcb->user_timeout_due) { /* and again on the first segment after it: RFC 5482 3 */
        options->present |= ANVIL_HAS_USER_TIMEOUT;
        options->user_timeout = anvil_user_timeout_field(tcb);
    }
}

/* Options that a segment carries when there is cause. */
static void add_occasional_options(struct anvil_tcb *tcb, struct anvil_options *options)
{
    if (tcb->sack_on)
        anvil_sack_blocks(tcb, options);
    if (tcb->user_timeout_due && !(options->present & ANVIL_HAS_SACK)) {
        options->present |= ANVIL_HAS_USER_TIMEOUT;
        options->user_timeout = anvil_user_timeout_field(tcb);
        tcb->user_timeout_due = 0;
    }
}

/* What options_octets() answers, with SACK blocks and the User Timeout option counted. */
uint32_t anvil_options_octets(const struct anvil_tcb *tcb)
{
    unsigned room = tcb->timestamps_on ? ANVIL_SACK_BLOCKS_MAX - 1 : ANVIL_SACK_BLOCKS_MAX;
    unsigned blocks = tcb->held_count;
    uint32_t octets = tcb->timestamps_on ? TIMESTAMPS_OCTETS : 0;

    if (has_dsack(tcb))
        blocks++;
    if (tcb->sack_on && blocks > 0)
        return octets + 4 + 8 * least(blocks, room);
    return tcb->user_timeout_due ? octets + 4 : octets;
}

/* anvil_build() for <CTL=ACK>: what text goes with, too. */
struct anvil_sent *anvil_build_ack(struct step *step, anvil_seq seq)
{
    struct anvil_sent *sent = &step->effects->sent[step->effects->sent_count++];

    assert(step->effects->sent_count <= ANVIL_SENT_MAX);
    build_plain_ack(step, sent, seq);
    if (has_occasional_options(step->tcb))
        add_occasional_options(step->tcb, &sent->segment.options);
    return sent;
}

/* A segment with this number and these flags in one of the step's places, and nothing else yet. */
static struct anvil_sent *take_place(struct step *step, anvil_seq seq, uint16_t flags)
{
    struct anvil_sent *sent = &step->effects->sent[step->effects->sent_count++];

    assert(step->effects->sent_count <= ANVIL_SENT_MAX);
    zero(sent, sizeof *sent);
    sent->segment.seq = seq;
    sent->segment.flags = flags;
    if (flags & ANVIL_ACK)
        sent->segment.ack = step->tcb->rcv_nxt;
    return sent;
}

/*
 * Takes one of the step's places for a segment with this number and these flags, with
 * acknowledgment, window and options filled in; the caller adds payload, PSH and URG. An ACK that
 * was owed is paid by it.
 */
struct anvil_sent *anvil_build(struct step *step, anvil_seq seq, uint16_t flags)
{
    struct anvil_sent *sent;

    if (!(flags & (ANVIL_SYN | ANVIL_RST))) {
        sent = anvil_build_ack(step, seq);
        sent->segment.flags = flags;
        return sent;
    }
    sent = take_place(step, seq, flags);
    if (flags & ANVIL_RST) {
        /* TSecr is zero without an ACK: RFC 7323 3.2 */
        add_timestamps(step, &sent->segment, (flags & ANVIL_ACK) ? step->tcb->ts_recent : 0);
        return sent;
    }
    add_syn_options(step, &sent->segment.options, (flags & ANVIL_ACK) != 0);
    sent->segment.window = anvil_advertise(step->tcb, step->policy, true);
    if (flags & ANVIL_ACK)
        note_acknowledged(step->tcb);
    return sent;
}

/* Whether a FIN is being answered that could not be taken: behind a gap, or in front of a closed
 * window. */
static bool is_fin_refused(const struct step *step)
{
    return !step->tcb->fin_received && step->event->kind == ANVIL_SEGMENT &&
           (step->event->segment->flags & ANVIL_FIN);
}

/* Whether an ACK carries our FIN again, under its old number: a policy. Never the answer to a FIN
 * that was not taken: two ends that cannot take each other's would answer without end. */
static bool is_with_fin(const struct step *step)
{
    const struct anvil_tcb *tcb = step->tcb;

    if (is_fin_refused(step))
        return false;
    return step->policy->fin_with_acks && tcb->fin_queued && !tcb->fin_acked &&
           !anvil_fin_unsent(tcb) && anvil_seq_eq(tcb->snd_nxt, tcb->snd_max);
}

/* <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, now. SND.NXT is the highest number ever sent. */
static void send_bare_ack(struct step *step)
{
    anvil_build_ack(step, step->tcb->snd_max);
}

/* An ACK with our FIN, which was sent before: it is no longer timed. Karn; RFC 6298 section 3. */
static void send_ack_with_fin(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    anvil_seq fin = anvil_seq_add(tcb->snd_max, UINT32_MAX);

    anvil_build(step, fin, ANVIL_ACK | ANVIL_FIN);
    anvil_note_sent(tcb, fin, tcb->snd_max, step->now);
    if (anvil_seq_eq(tcb->rtt_seq, tcb->snd_max))
        tcb->timing = 0;
}

void anvil_send_ack(struct step *step)
{
    if (is_with_fin(step))
        send_ack_with_fin(step);
    else
        send_bare_ack(step);
}

/* Whether the throttle lets a challenge ACK through. RFC 5961 section 7: policy.challenge_count in
 * policy.challenge_interval_us, counted for this connection alone. */
static bool throttle_allows(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;

    if (step->policy->challenge_count == 0)
        return true;
    if (tcb->challenges == 0 ||
        step->now - tcb->challenge_us >= step->policy->challenge_interval_us) {
        tcb->challenge_us = step->now;
        tcb->challenges = 0;
    }
    if (tcb->challenges >= step->policy->challenge_count)
        return false;
    tcb->challenges++;
    return true;
}

/* A challenge ACK, unless it is throttled. RFC 5961 sections 3 to 5 and 7. */
void anvil_challenge(struct step *step)
{
    if (throttle_allows(step))
        send_bare_ack(step);
}

/*
 * The ACK that an unacceptable segment draws. RFC 9293 3.10.7.4 first. A segment that occupies
 * sequence space, and a keep-alive, is always answered, since its sender waits for it; an empty one
 * only as often as a challenge, so that two ends that disagree do not answer each other for ever.
 * Nor is a FIN answered by our FIN: that would be answered in turn.
 */
void anvil_answer_unacceptable(struct step *step, const struct anvil_segment *segment)
{
    anvil_seq before = anvil_seq_add(step->tcb->rcv_nxt, UINT32_MAX);

    if (anvil_segment_space(segment) == 0 && !anvil_seq_eq(segment->seq, before) &&
        !throttle_allows(step))
        return;
    if (segment->flags & ANVIL_FIN)
        send_bare_ack(step);
    else
        anvil_send_ack(step);
}

/*
 * The reset that a segment draws which is not for this connection: takes its number from the
 * segment's ACK, or else acknowledges the segment. Never in reply to a reset. RFC 9293 3.5.2. Its
 * timestamps echo the segment's (RFC 7323 5.2).
 */
void anvil_reply_reset(struct step *step, const struct anvil_segment *segment)
{
    struct anvil_sent *sent;

    if (segment->flags & ANVIL_RST)
        return;
    sent = &step->effects->sent[step->effects->sent_count++];
    zero(sent, sizeof *sent);
    if (segment->flags & ANVIL_ACK) {
        sent->segment.flags = ANVIL_RST;
        sent->segment.seq = segment->ack;
    } else {
        sent->segment.flags = ANVIL_RST | ANVIL_ACK;
        sent->segment.ack = anvil_seq_add(segment->seq, anvil_segment_space(segment));
    }
    if (segment->options.present & ANVIL_HAS_TIMESTAMPS) {
        sent->segment.options.present = ANVIL_HAS_TIMESTAMPS;
        sent->segment.options.ts_echo = segment->options.ts_value;
    }
}

/* Our own reset: <SEQ=SND.NXT><CTL=RST>, with an ACK if the policy says so. RFC 9293 3.10.5. */
void anvil_send_reset(struct step *step)
{
    uint16_t flags = step->policy->abort_with_ack ? ANVIL_RST | ANVIL_ACK : ANVIL_RST;

    anvil_build(step, step->tcb->snd_max, flags);
}
