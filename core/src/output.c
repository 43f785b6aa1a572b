/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is sent next: SYN, data, FIN, or a bare ACK. Sender's silly-window avoidance, RFC 9293
 * 3.8.6.2.1; Nagle, 3.7.4; timers that follow from what is in flight.
 */
#include "flow.h"

/* A piece of the send queue that may go out now. */
struct piece {
    uint32_t length;
    bool syn, fin;
};

/* The first number that carries data and is not acknowledged. */
static anvil_seq data_start(const struct anvil_tcb *tcb)
{
    return tcb->syn_acked ? tcb->snd_una : anvil_seq_add(tcb->snd_una, 1);
}

/* Stream offset of a number between the first unacknowledged octet and the FIN. */
uint64_t anvil_offset_of(const struct anvil_tcb *tcb, anvil_seq seq)
{
    return tcb->snd_una_offset + anvil_seq_from(data_start(tcb), seq);
}

/* States in which data and FIN go out. FIN-WAIT-1 may come from SYN-RECEIVED before its SYN is
 * acknowledged. */
static bool is_sending_state(const struct anvil_tcb *tcb)
{
    switch (state_of(tcb)) {
    case ANVIL_ESTABLISHED:
    case ANVIL_FIN_WAIT_1:
    case ANVIL_CLOSE_WAIT:
    case ANVIL_CLOSING:
    case ANVIL_LAST_ACK:
        return true;
    case ANVIL_CLOSED:
    case ANVIL_LISTEN:
    case ANVIL_SYN_SENT:
    case ANVIL_SYN_RECEIVED:
    case ANVIL_FIN_WAIT_2:
    case ANVIL_TIME_WAIT:
        return false;
    }
    return false;
}

/* Octets of the queue from SND.NXT on. */
static uint64_t unsent(const struct anvil_tcb *tcb)
{
    uint64_t next = anvil_offset_of(tcb, tcb->snd_nxt);

    return tcb->snd_end_offset > next ? tcb->snd_end_offset - next : 0;
}

/* Whether a FIN is queued and SND.NXT has not passed it. */
bool anvil_fin_unsent(const struct anvil_tcb *tcb)
{
    return tcb->fin_queued && !tcb->fin_acked &&
           anvil_offset_of(tcb, tcb->snd_nxt) <= tcb->snd_end_offset;
}

/* Whether data or a FIN waits for its turn, apart from what is in flight, as our SYN is first. */
bool anvil_waiting(const struct anvil_tcb *tcb)
{
    return is_sending_state(tcb) && (unsent(tcb) > 0 || anvil_fin_unsent(tcb));
}

uint32_t anvil_effective_mss(const struct anvil_tcb *tcb)
{
    uint32_t options = options_octets(tcb);

    return tcb->snd_mss > options ? tcb->snd_mss - options : 1;
}

/* Whether Nagle holds small segments back. MUST-17. */
static bool nagle_on(const struct step *step)
{
    return step->tcb->nodelay == 0 ? step->policy->nagle != 0 : step->tcb->nodelay == 2;
}

/* Not silly: a full segment, all that is queued, or half of the largest window ever offered. */
static bool is_large(const struct anvil_tcb *tcb, uint32_t length, uint64_t queued, uint32_t mss)
{
    return length == mss || length == queued || length >= tcb->snd_wnd_max / 2;
}

/* Whether urgent data waits to be sent. */
static bool urgent_waits(const struct anvil_tcb *tcb)
{
    return tcb->snd_up_offset > anvil_offset_of(tcb, tcb->snd_nxt);
}

/*
 * The four rules of 3.8.6.2.1, for new data of which `length` of `queued` octets would go: a full
 * segment; or everything that is queued; or half of the largest window ever offered; the last two
 * only with nothing unacknowledged while Nagle is on. (The fourth is the override timer.) A CLOSE
 * or urgent data in the queue is a push that Nagle does not hold back; urgent data that went out
 * before is none.
 */
static bool is_worth_sending(const struct step *step, uint32_t length, uint64_t queued,
                             uint32_t mss)
{
    const struct anvil_tcb *tcb = step->tcb;

    if (length == mss)
        return true;
    if (nagle_on(step) && in_flight(tcb) && !urgent_waits(tcb) &&
        !(tcb->fin_queued && length == queued))
        return false;
    return is_large(tcb, length, queued, mss);
}

/* The next piece, if the window, the congestion window and the rules above let it go. */
static bool next_piece(const struct step *step, struct piece *piece)
{
    const struct anvil_tcb *tcb = step->tcb;
    uint32_t window = usable_window(tcb);
    uint32_t room = congestion_room(tcb);
    uint64_t queued = unsent(tcb);
    bool again = anvil_seq_lt(tcb->snd_nxt, tcb->snd_max);
    uint32_t mss, length;

    memset(piece, 0, sizeof *piece);
    if (!tcb->syn_acked) {
        piece->syn = anvil_seq_eq(tcb->snd_nxt, tcb->iss);
        piece->fin = !piece->syn && tcb->state == ANVIL_FIN_WAIT_1 && anvil_fin_unsent(tcb);
        return piece->syn || piece->fin;
    }
    if (!is_sending_state(tcb))
        return false;
    mss = anvil_effective_mss(tcb);
    length = least(mss, window);
    if (length > queued)
        length = (uint32_t)queued;
    if (again && !is_large(tcb, length, queued, mss)) /* new data waits for its turn: MUST-38 */
        length = least(length, anvil_seq_from(tcb->snd_nxt, tcb->snd_max));
    if (length > room) /* never with nothing in flight: that is one segment or more */
        return false;
    piece->length = length;
    piece->fin = length == queued && window > length && anvil_fin_unsent(tcb);
    if (length == 0)
        return piece->fin;
    return again || is_worth_sending(step, length, queued, mss);
}

/* Segments with data that is urgent, or lies before urgent data, say so. The pointer is the octet
 * after the urgent data (MUST-62); beyond 65,535 it is capped (RFC 7323 appendix A). */
static void add_urgent(const struct anvil_tcb *tcb, struct anvil_segment *segment)
{
    uint64_t offset = anvil_offset_of(tcb, segment->seq);
    uint64_t distance = tcb->snd_up_offset - offset;

    if (!tcb->urgent_send || tcb->snd_up_offset <= offset)
        return;
    segment->flags |= ANVIL_URG;
    segment->urgent = distance > UINT16_MAX ? UINT16_MAX : (uint16_t)distance;
}

/* Notes that sequence space from SND.NXT on was sent, for the first time or again. */
static void advance_snd_nxt(struct step *step, uint32_t space)
{
    struct anvil_tcb *tcb = step->tcb;
    anvil_seq end = anvil_seq_add(tcb->snd_nxt, space);

    if (anvil_seq_eq(tcb->snd_nxt, tcb->snd_max)) {
        advance_snd_max(step, space, space);
        return;
    }
    anvil_note_sent(tcb, tcb->snd_nxt, end, step->now);
    tcb->timing = 0; /* Karn: what is sent again is not timed. RFC 6298 section 3 */
    if (tcb->total_retransmits < UINT32_MAX)
        tcb->total_retransmits++;
    tcb->snd_nxt = end;
    tcb->snd_max = anvil_seq_max(tcb->snd_max, end);
}

/* Sends SYN, or SYN,ACK after a SYN came. RFC 9293 3.10.1, 3.10.7.2, 3.10.7.3. */
static void send_syn(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    bool again = anvil_seq_lt(tcb->snd_nxt, tcb->snd_max);

    anvil_build(step, tcb->iss, tcb->state == ANVIL_SYN_SENT ? ANVIL_SYN : ANVIL_SYN | ANVIL_ACK);
    advance_snd_nxt(step, 1);
    if (again)
        tcb->snd_nxt = tcb->snd_max;
}

/* Sends one piece of the queue. */
static void send_piece(struct step *step, const struct piece *piece)
{
    struct anvil_tcb *tcb = step->tcb;
    uint64_t queued = unsent(tcb);
    uint64_t offset = anvil_offset_of(tcb, tcb->snd_nxt);
    struct anvil_sent *sent;

    if (piece->syn) {
        send_syn(step);
        return;
    }
    sent = anvil_build(step, tcb->snd_nxt, ANVIL_ACK);
    sent->offset = offset;
    sent->segment.length = piece->length;
    if (piece->fin)
        sent->segment.flags |= ANVIL_FIN;
    if (piece->length > 0 && piece->length == queued && (tcb->push_pending || tcb->fin_queued))
        sent->segment.flags |= ANVIL_PSH; /* nothing more is queued: MUST-61 */
    if (piece->length > 0)
        add_urgent(tcb, &sent->segment);
    advance_snd_nxt(step, piece->length + (piece->fin ? 1u : 0u));
    if (piece->fin && tcb->state == ANVIL_CLOSE_WAIT)
        anvil_enter(step, ANVIL_LAST_ACK);
}

/* Data waits to go out in order, and nothing asks for more thought: no SYN, no urgent data, nothing
 * that is sent again, no options beyond timestamps. */
static bool is_plain_sender(const struct anvil_tcb *tcb)
{
    return tcb->syn_acked && is_sending_state(tcb) && !tcb->urgent_send &&
           !has_occasional_options(tcb) && anvil_seq_eq(tcb->snd_nxt, tcb->snd_max) &&
           unsent(tcb) > 0;
}

/*
 * Sends one piece whatever Nagle, silly-window rules and windows say: a retransmission, a
 * zero-window probe (one octet, or the FIN), or what the override timer lets go.
 */
void anvil_send_forced(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    struct piece piece;
    uint64_t queued = unsent(tcb);
    uint32_t window = usable_window(tcb);

    memset(&piece, 0, sizeof piece);
    piece.length = least(anvil_effective_mss(tcb), window ? window : 1);
    if (piece.length > queued)
        piece.length = (uint32_t)queued;
    piece.syn = !tcb->syn_acked;
    piece.fin = piece.length == queued && anvil_fin_unsent(tcb) &&
                (piece.length == 0 || window > piece.length);
    if (piece.syn || piece.fin || piece.length > 0)
        send_piece(step, &piece);
}

/* With nothing in flight, what waits is blocked, or may go at once: a window of zero arms the
 * persist timer, any other the sender's override. RFC 9293 3.8.6. */
static void arm_without_flight(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    const struct anvil_policy *policy = step->policy;
    bool waiting = anvil_waiting(tcb);
    bool blocked = waiting && !tcb->send_due;

    if (!(blocked && usable_window(tcb) == 0)) {
        tcb->rto_deadline = ANVIL_NEVER;
        tcb->persisting = 0;
    } else if (tcb->rto_deadline == ANVIL_NEVER) {
        tcb->persisting = 1;
        if (!tcb->probing)
            tcb->probes = 0; /* keep-alives without an answer asked for no window */
        tcb->rto_deadline = step->now + (tcb->rto_us < policy->persist_min_us
                                             ? policy->persist_min_us : tcb->rto_us);
    }
    if (!(blocked && usable_window(tcb) > 0))
        tcb->sws_deadline = ANVIL_NEVER;
    else if (tcb->sws_deadline == ANVIL_NEVER)
        tcb->sws_deadline = step->now + (policy->sws_override_us == ANVIL_OVERRIDE_RTO
                                             ? tcb->rto_us : policy->sws_override_us);
    arm_user_timeout(step, waiting);
}

/*
 * The end of a step: sends what may be sent, as far as there are places, and an ACK that is owed
 * and did not ride along. With more segments waiting to be processed, all of it is left to a later
 * step (MUST-59).
 */
void anvil_send_due(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    struct piece piece;
    bool more = holds_back(step);
    bool held, due;

    if (tcb->state == ANVIL_CLOSED || tcb->state == ANVIL_LISTEN)
        return;
    held = !more && is_plain_sender(tcb) &&
           send_full_segments(step, unsent(tcb), step->effects->sent_count);
    due = !held && next_piece(step, &piece);
    while (due && !more && anvil_can_send(step)) {
        send_piece(step, &piece);
        due = next_piece(step, &piece);
    }
    if (!more && tcb->ack_now && anvil_can_send(step))
        anvil_send_ack(step);
    tcb->send_due = due;
    if (in_flight(tcb))
        arm_for_flight(step);
    else
        arm_without_flight(step);
}
