/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SEGMENT ARRIVES in SYN-RECEIVED and the synchronized states. RFC 9293 3.10.7.4: one function a
 * numbered check, and the table that is the RFC's order.
 */
#include "flow.h"

/* A number inside the receive window, whose right edge itself is outside. RFC 9293 3.4, Table 6. */
static bool is_in_window(const struct anvil_tcb *tcb, anvil_seq seq)
{
    return anvil_seq_from(tcb->rcv_nxt, seq) < anvil_receive_window(tcb);
}

/*
 * The four cases of Table 6. A RST is judged by its number alone, whatever it carries (3.5.3, RFC
 * 5961 3.2).
 */
static bool is_acceptable(const struct anvil_tcb *tcb, const struct anvil_segment *segment)
{
    uint32_t space = (segment->flags & ANVIL_RST) ? 0 : anvil_segment_space(segment);

    if (space == 0 && anvil_receive_window(tcb) == 0)
        return anvil_seq_eq(segment->seq, tcb->rcv_nxt);
    return is_in_window(tcb, segment->seq) ||
           (space > 0 && is_in_window(tcb, anvil_seq_add(segment->seq, space - 1)));
}

/* The peer's FIN once more: the one thing before the window that restarts 2MSL. MUST-13. It had no
 * SYN. */
static bool is_fin_again(const struct anvil_tcb *tcb, const struct anvil_segment *segment)
{
    anvil_seq fin = anvil_seq_add(segment->seq, segment->length);

    return (segment->flags & (ANVIL_FIN | ANVIL_SYN)) == ANVIL_FIN && tcb->fin_received &&
           anvil_seq_eq(anvil_seq_add(fin, 1), tcb->rcv_nxt);
}

/* With a window of zero nothing fits, but control at RCV.NXT counts: text and FIN are stripped, and
 * an ACK is owed. RFC 9293 3.4, MUST-66. */
static bool is_let_in_at_zero_window(struct anvil_tcb *tcb, struct anvil_segment *segment)
{
    if (anvil_receive_window(tcb) != 0 || !anvil_seq_eq(segment->seq, tcb->rcv_nxt) ||
        (segment->flags & ANVIL_SYN))
        return false;
    segment->length = 0;
    segment->flags &= (uint16_t)~(ANVIL_FIN | ANVIL_PSH);
    tcb->ack_now = 1;
    return true;
}

/*
 * A valid ACK without text from past the window, of a peer that counts what was lost or refused
 * there: a flight, which may rest on an older window, or a probe. It may lie as far as the largest
 * window that can be told reaches, but there is nothing past the peer's FIN. Without the policy,
 * Table 6 holds, except for the octet of a probe while we probe, too: were that ACK answered, the
 * answer would be, and so on without end. RFC 9293 3.10.7.4 first, A.2.
 */
static bool is_ack_past_window(const struct step *step, const struct anvil_segment *segment)
{
    const struct anvil_tcb *tcb = step->tcb;
    uint16_t control = segment->flags & (ANVIL_SYN | ANVIL_FIN | ANVIL_RST | ANVIL_ACK);
    uint32_t past = anvil_seq_from(tcb->rcv_nxt, segment->seq);
    bool valid = tcb->syn_acked || (anvil_seq_lt(tcb->snd_una, segment->ack) &&
                                    anvil_seq_le(segment->ack, tcb->snd_max));

    if (control != ANVIL_ACK || segment->length > 0 || tcb->fin_received || !valid)
        return false;
    if (step->policy->ack_past_window)
        return past <= (FIELD_MAX << tcb->rcv_shift) + 1;
    return tcb->probing && anvil_receive_window(tcb) == 0 && past == 1;
}

/* The ACK for what came again, with a D-SACK for text that was received before (RFC 2883), which
 * stands behind a SYN; a single octet is more likely a keep-alive's garbage. */
static void answer_old(struct step *step, const struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;
    anvil_seq left = anvil_seq_add(segment->seq, (segment->flags & ANVIL_SYN) ? 1 : 0);
    anvil_seq end = anvil_seq_add(left, segment->length);

    /* Half of the sequence space away is both before and behind: that has not been received. */
    if (anvil_seq_le(end, tcb->rcv_nxt) && anvil_seq_le(segment->seq, tcb->rcv_nxt) &&
        !anvil_seq_eq(anvil_seq_add(segment->seq, 1), tcb->rcv_nxt))
        anvil_note_old(step, left, end);
    anvil_answer_unacceptable(step, segment);
}

/* First. The four cases are Table 6; what is unacceptable draws an ACK, but a RST nothing. */
static enum verdict check_sequence_number(struct step *step, struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;

    if (is_acceptable(tcb, segment) || is_ack_past_window(step, segment) ||
        ((segment->flags & ANVIL_RST) == 0 && is_let_in_at_zero_window(tcb, segment))) {
        if (!(segment->flags & ANVIL_RST) && !step->policy->ts_recent_after_ack)
            anvil_update_ts_recent(step, segment);
        return GO_ON;
    }
    if (segment->flags & ANVIL_RST)
        return END;
    if (tcb->state == ANVIL_TIME_WAIT && is_fin_again(tcb, segment))
        tcb->time_wait_deadline = step->now + 2 * step->policy->msl_us;
    if (tcb->state == ANVIL_SYN_RECEIVED && step->policy->syn_repeat_synack &&
        (segment->flags & (ANVIL_SYN | ANVIL_ACK)) == ANVIL_SYN &&
        anvil_seq_eq(segment->seq, tcb->irs)) {
        tcb->snd_nxt = tcb->iss; /* our SYN,ACK again */
        return END;
    }
    if ((segment->flags & ANVIL_SYN) && step->policy->rfc5961_syn && is_synchronized(tcb))
        anvil_challenge(step);
    else
        answer_old(step, segment);
    return END;
}

/* A reset that is believed. RFC 9293 3.10.7.4 second. */
static void reset_connection(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;

    switch (state_of(tcb)) {
    case ANVIL_SYN_RECEIVED:
        anvil_fail_half_open(step, ANVIL_SIGNAL_REFUSED);
        break;
    case ANVIL_ESTABLISHED:
    case ANVIL_FIN_WAIT_1:
    case ANVIL_FIN_WAIT_2:
    case ANVIL_CLOSE_WAIT:
        anvil_delete(step, ANVIL_SIGNAL_RESET);
        break;
    case ANVIL_CLOSING:
    case ANVIL_LAST_ACK:
        /* 3.10.7.4 signals nothing; 3.5.3 wants the user told, and data may be lost. */
        anvil_delete(step, tcb->snd_end_offset > tcb->snd_una_offset ? ANVIL_SIGNAL_RESET : 0);
        break;
    case ANVIL_TIME_WAIT:
        if (!step->policy->rfc1337)
            anvil_delete(step, 0);
        break;
    case ANVIL_CLOSED:
    case ANVIL_LISTEN:
    case ANVIL_SYN_SENT:
        break;
    }
}

/* Second. RFC 5961 3.2: only a RST at RCV.NXT is believed, elsewhere in the window it is
 * challenged; without RFC 5961 the window is enough. */
static enum verdict check_reset(struct step *step, struct anvil_segment *segment)
{
    if (!(segment->flags & ANVIL_RST))
        return GO_ON;
    if (!step->policy->rfc5961_reset || anvil_seq_eq(segment->seq, step->tcb->rcv_nxt))
        reset_connection(step);
    else
        anvil_challenge(step);
    return END;
}

/* Fourth. A SYN in the window: back to LISTEN in a passive SYN-RECEIVED; else challenged (RFC 5961
 * 4.2, wherever it stands); or, without RFC 5961, answered with a reset that ends the connection.
 */
static enum verdict check_syn(struct step *step, struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;

    if (!(segment->flags & ANVIL_SYN))
        return GO_ON;
    bool challenged = step->policy->rfc5961_syn && is_synchronized(tcb);

    if (!challenged && anvil_seq_lt(segment->seq, tcb->rcv_nxt)) {
        answer_old(step, segment); /* the SYN itself lies before the window: only its text got in */
        return END;
    }
    bool half_open = tcb->state == ANVIL_SYN_RECEIVED && tcb->opened_passive;

    if (half_open && !step->policy->syn_received_challenge) {
        anvil_fail_half_open(step, 0);
        return END;
    }
    if (half_open || step->policy->rfc5961_syn) {
        anvil_challenge(step);
        return END;
    }
    anvil_reply_reset(step, segment);
    anvil_delete(step, ANVIL_SIGNAL_RESET);
    return END;
}

/* Whether a segment in the window of TIME-WAIT draws an ACK: a policy, for all but the ACK that was
 * there before. */
static bool is_answered_in_time_wait(const struct step *step, const struct anvil_segment *segment)
{
    const struct anvil_tcb *tcb = step->tcb;

    return step->policy->time_wait_answers && tcb->state == ANVIL_TIME_WAIT &&
           !(segment->flags == ANVIL_ACK && segment->length == 0 &&
             anvil_seq_eq(segment->seq, tcb->rcv_nxt) && anvil_seq_eq(segment->ack, tcb->snd_max));
}

/* Fifth; then TS.Recent, where the policy keeps it from segments whose ACK is refused. */
static enum verdict check_ack(struct step *step, struct anvil_segment *segment)
{
    enum verdict verdict;

    if (is_answered_in_time_wait(step, segment)) {
        anvil_send_ack(step);
        return END;
    }
    verdict = anvil_check_ack(step, segment);
    if (verdict == GO_ON && step->policy->ts_recent_after_ack)
        anvil_update_ts_recent(step, segment);
    return verdict;
}

/* One line a check, in the RFC's order; before the first, what RFC 6191 and RFC 7323 put there.
 * Third, security, is not implemented (RFC 9293 A.1.2). */
typedef enum verdict check_function(struct step *step, struct anvil_segment *segment);

static check_function *const checks[] = {
    [ANVIL_CHECK_REUSE] = anvil_check_reuse,        /* RFC 6191 section 2 */
    [ANVIL_CHECK_PAWS] = anvil_check_paws,          /* RFC 7323 5.3 */
    [ANVIL_CHECK_SEQUENCE] = check_sequence_number, /* first */
    [ANVIL_CHECK_RST] = check_reset,                /* second */
    [ANVIL_CHECK_SYN] = check_syn,                  /* fourth */
    [ANVIL_CHECK_ACK] = check_ack,                  /* fifth */
    [ANVIL_CHECK_URGENT] = anvil_check_urgent,      /* sixth */
    [ANVIL_CHECK_TEXT] = anvil_check_text,          /* seventh */
    [ANVIL_CHECK_FIN] = anvil_check_fin,            /* eighth */
};

/* Runs the checks from this one on, over a copy that they may trim. */
static void run_from(struct step *step, const struct anvil_segment *segment,
                     enum anvil_check check)
{
    struct anvil_segment copy = *segment;

    while (checks[check](step, &copy) == GO_ON) {
        if (check == ANVIL_CHECK_FIN)
            return;
        check++;
    }
    step->effects->check = check;
}

/* RFC 9293 3.10.7.4. */
void anvil_run_checks(struct step *step, const struct anvil_segment *segment)
{
    anvil_peer_answers(step->tcb);
    run_from(step, segment, ANVIL_CHECK_REUSE);
}

/* "Continue processing at the sixth step": the rest of a SYN,ACK. RFC 9293 3.10.7.3. */
void anvil_run_checks_from_urgent(struct step *step, const struct anvil_segment *segment)
{
    run_from(step, segment, ANVIL_CHECK_URGENT);
}
