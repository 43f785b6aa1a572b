/* SPDX-License-Identifier: BSD-2-Clause */
/* Sixth to eighth: the URG bit, the text, the FIN bit. RFC 9293 3.10.7.4. */
#include "flow.h"

/* States in which the peer may still send. */
static bool is_receiving_state(const struct anvil_tcb *tcb)
{
    return tcb->state == ANVIL_ESTABLISHED || tcb->state == ANVIL_FIN_WAIT_1 ||
           tcb->state == ANVIL_FIN_WAIT_2;
}

/* The number of the first octet that the user has not consumed. RCV.NXT counts the FIN, too. */
static anvil_seq consumed(const struct anvil_tcb *tcb)
{
    return anvil_seq_add(tcb->rcv_nxt, 0u - (uint32_t)anvil_unread(tcb) - tcb->fin_received);
}

uint64_t anvil_urgent_left(const struct anvil_tcb *tcb)
{
    if (!tcb->urgent_received || !anvil_seq_lt(consumed(tcb), tcb->rcv_up))
        return 0;
    return anvil_seq_from(consumed(tcb), tcb->rcv_up);
}

uint64_t anvil_urgent_offset(const struct anvil_tcb *tcb)
{
    return tcb->rcv_read_offset + anvil_urgent_left(tcb);
}

/*
 * Sixth. The urgent point is SEG.SEQ + field, the octet after the urgent data (MUST-62). The user
 * is told when it moves ahead of what was consumed, and each time it advances (MUST-32); a pointer
 * that recedes, or points at what was consumed, changes nothing. It need not lie inside this
 * segment.
 */
enum verdict anvil_check_urgent(struct step *step, struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;
    anvil_seq point = anvil_seq_add(segment->seq, segment->urgent);

    if (!(segment->flags & ANVIL_URG) || !is_receiving_state(tcb))
        return GO_ON;
    if (anvil_urgent_left(tcb) > 0 ? !anvil_seq_lt(tcb->rcv_up, point)
                                   : !anvil_seq_lt(consumed(tcb), point))
        return GO_ON;
    tcb->rcv_up = point;
    tcb->urgent_received = 1;
    step->effects->signals |= ANVIL_SIGNAL_URGENT;
    return GO_ON;
}

/* What of the text lies in the window, as [left, right). A FIN beyond its end goes with it. Text
 * behind a FIN that was announced before is none. */
static void trim(const struct anvil_tcb *tcb, struct anvil_segment *segment, anvil_seq *left,
                 anvil_seq *right)
{
    anvil_seq end = anvil_seq_add(segment->seq, segment->length);
    anvil_seq edge = tcb->rcv_adv;

    *left = anvil_seq_max(segment->seq, tcb->rcv_nxt);
    *right = anvil_seq_min(end, edge);
    if (!anvil_seq_lt(end, edge))
        segment->flags &= (uint16_t)~ANVIL_FIN;
    if (tcb->fin_held)
        *right = anvil_seq_min(*right, tcb->fin_held_seq);
}

/* The parts of [left, right) that are held already, for D-SACK, which takes the first. */
static void note_held_duplicates(struct step *step, anvil_seq left, anvil_seq right)
{
    const struct anvil_tcb *tcb = step->tcb;

    for (unsigned i = 0; i < tcb->held_count; i++) {
        const struct anvil_held_range *held = &tcb->held[i];
        if (anvil_seq_lt(left, held->right) && anvil_seq_lt(held->left, right))
            anvil_note_duplicate(step, anvil_seq_max(left, held->left),
                                 anvil_seq_min(right, held->right));
    }
}

/* Takes text [left, right); `from` is where it begins in the payload. */
static void take_text(struct step *step, const struct anvil_segment *segment, anvil_seq left,
                      anvil_seq right)
{
    struct anvil_tcb *tcb = step->tcb;
    bool in_order = anvil_seq_eq(left, tcb->rcv_nxt);
    bool holes = tcb->held_count > 0 || tcb->fin_held;
    bool again = !anvil_seq_eq(tcb->dsack.left, tcb->dsack.right);

    anvil_hold(step, left, right, anvil_seq_from(segment->seq, left));
    if (!in_order) {
        if (step->policy->ack_out_of_order)
            tcb->ack_now = 1;
        else if (tcb->ack_deadline == ANVIL_NEVER)
            tcb->ack_deadline = step->now + step->policy->delayed_ack_us;
        return;
    }
    tell_of_text(step, segment);
    acknowledge_text(step, holes || again);
}

/*
 * Seventh. What is new in the window is taken or held; what came before is reported (D-SACK) and
 * acknowledged. If the user has given up reading, new text draws a reset (SHLD-3).
 */
enum verdict anvil_check_text(struct step *step, struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;
    anvil_seq left, right;

    if (anvil_segment_space(segment) == 0)
        return GO_ON;
    trim(tcb, segment, &left, &right);
    if (!is_receiving_state(tcb) || segment->length == 0)
        return GO_ON;
    if (anvil_seq_lt(left, right) && tcb->reader_gone && step->policy->reset_on_late_data) {
        anvil_reply_reset(step, segment);
        anvil_delete(step, ANVIL_SIGNAL_RESET);
        return END;
    }
    if (segment->length > tcb->rcv_mss)
        tcb->rcv_mss = segment->length;
    if (anvil_seq_lt(segment->seq, left))
        anvil_note_old(step, segment->seq, left);
    note_held_duplicates(step, left, right);
    if (anvil_seq_lt(left, right))
        take_text(step, segment, left, right);
    else
        tcb->ack_now = 1;
    return GO_ON;
}

/* RCV.NXT passes the peer's FIN, once. RFC 9293 3.10.7.4 eighth. */
static void take_fin(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;

    tcb->rcv_nxt = anvil_seq_add(tcb->rcv_nxt, 1);
    tcb->fin_received = 1;
    tcb->fin_held = 0;
    tcb->fin_held_seq = anvil_seq_of(0);
    tcb->held_count = 0;
    memset(tcb->held, 0, sizeof tcb->held);
    step->effects->signals |= ANVIL_SIGNAL_CLOSING | ANVIL_SIGNAL_PUSH;
    if (tcb->state == ANVIL_ESTABLISHED)
        anvil_enter(step, ANVIL_CLOSE_WAIT);
    else if (tcb->state == ANVIL_FIN_WAIT_1)
        anvil_enter(step, ANVIL_CLOSING); /* our FIN is not acknowledged, or it were FIN-WAIT-2 */
    else
        anvil_enter_time_wait(step);
}

/* Whether no text was taken or held that a FIN with this number would have to precede. */
static bool is_behind_all_text(const struct anvil_tcb *tcb, anvil_seq fin)
{
    anvil_seq last = tcb->held_count ? tcb->held[tcb->held_count - 1].right : tcb->rcv_nxt;

    return anvil_seq_le(last, fin);
}

/*
 * Eighth. A FIN counts when RCV.NXT reaches it; out of order it is remembered. After it, another
 * one in the window moves nothing, but is answered, and restarts TIME-WAIT. One that lies before
 * text that came already contradicts its own sender, and is not believed.
 */
enum verdict anvil_check_fin(struct step *step, struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;
    anvil_seq end = anvil_seq_add(segment->seq, segment->length);
    bool fin = (segment->flags & ANVIL_FIN) != 0;

    if (!is_receiving_state(tcb)) {
        if (fin && tcb->state == ANVIL_TIME_WAIT)
            tcb->time_wait_deadline = step->now + 2 * step->policy->msl_us;
        if (fin)
            tcb->ack_now = 1;
        return GO_ON;
    }
    if (fin && !tcb->fin_held && is_behind_all_text(tcb, end)) {
        tcb->fin_held = 1;
        tcb->fin_held_seq = end;
    }
    if (fin)
        tcb->ack_now = 1;
    if (tcb->fin_held && anvil_seq_eq(tcb->fin_held_seq, tcb->rcv_nxt))
        take_fin(step);
    return GO_ON;
}
