/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O7: what RST and SYN do to a connection that exists, and when and how a RST is sent in answer.
 * RFC 9293 3.5.2, 3.5.3 and 3.10.7; RFC 5961 sections 3 and 4.
 *
 * A RST outside the window is dropped without a word; at RCV.NXT it ends the connection; elsewhere
 * in the window it draws a challenge ACK and changes nothing. A SYN draws a challenge ACK. A RST
 * is never answered with a RST, a connection whose user is there answers nothing with a RST, and
 * one that answers a segment to no connection takes its number from SEG.ACK, or has number 0 and
 * acknowledges the segment. The RST of ABORT has SND.NXT as its number.
 *
 * Accepted oddities: the RST of ABORT at the edge of a window that has shrunk below SND.NXT, and
 * after a timeout anywhere from SND.NXT to what was sent; a challenge that the throttle may hold
 * back (RFC 5961 section 7); without the policies rfc5961_reset and rfc5961_syn, or where they are
 * not told, a RST or SYN in the window may end the connection; a challenge ACK that carries the
 * FIN again; TIME-WAIT with RFC 1337 outlives a RST, and a SYN may reopen it (O10); SYN-RECEIVED
 * answers a SYN in several ways; what comes after the user has closed, or has shut down reading,
 * may draw a RST (SHLD-3), and so may what is doubtful: a reset is suggested for options of
 * impossible length (MUST-7); a position between the window that the endpoint tells and the one
 * that it offered last counts as neither inside nor outside.
 */
#include "oracle/challenge.h"

#include <inttypes.h>

struct answer {
    uint16_t flags;
    uint32_t seq, ack, span;
};

struct reset_state {
    bool pending;                     /* a segment came; its answers are awaited */
    bool doubtful;
    bool opens;                       /* it is the ACK that ends a handshake, for sure */
    uint16_t flags;
    uint32_t seq, ack, span, length;
    enum anvil_target_state before;
    bool has_numbers;
    uint32_t rcv_nxt, rcv_wnd, snd_nxt;
    bool has_ack, has_reset;          /* the first answer of either kind */
    struct answer acknowledgment, reset;
    struct oracle_throttle throttle;
};

/* What the segment is, and what the endpoint told before it. */
static void note_arrival(const struct oracle_connection *facts, struct reset_state *state,
                         const struct oracle_segment *segment)
{
    state->pending = true;
    state->opens = oracle_is_in_order(facts, segment) && segment->length == 0 &&
                   facts->since == 0;
    state->doubtful = segment->doubtful || oracle_lacks_stamps(facts, segment);
    state->flags = segment->flags;
    state->seq = segment->seq;
    state->ack = segment->ack;
    state->span = segment->span;
    state->length = segment->length;
    state->before = facts->state;
    state->has_ack = state->has_reset = false;
    state->has_numbers = facts->seen_any && facts->seen.rcv_nxt >= 0 && facts->seen.rcv_wnd >= 0 &&
                         facts->seen.snd_nxt >= 0;
    if (!state->has_numbers)
        return;
    state->rcv_nxt = (uint32_t)facts->seen.rcv_nxt;
    state->rcv_wnd = (uint32_t)facts->seen.rcv_wnd;
    state->snd_nxt = (uint32_t)facts->seen.snd_nxt;
}

/* A RST that no segment has drawn has SND.NXT as its number. RFC 9293 3.10.5. */
static void judge_abort(struct oracle_view *view, const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    const struct anvil_target_observation *seen = &facts->seen;
    if (!facts->seen_any || seen->snd_nxt < 0 || seen->snd_una < 0 || seen->snd_wnd < 0 ||
        !oracle_is_synchronized(facts->state))
        return;
    uint32_t next = (uint32_t)seen->snd_nxt, edge = (uint32_t)(seen->snd_una + seen->snd_wnd);
    bool fits = oracle_up_to(next, sent->seq) && oracle_up_to(sent->seq, facts->snd_max);
    if (facts->since == 1u << ORACLE_TIME && !view->setting->chooses)
        oracle_violated(view, "a timer sends a RST in %s, where none is sent",
                        oracle_state_name(facts->state));
    else if (!fits && sent->seq != edge)
        oracle_violated(view, "a RST of ABORT has number %" PRIu32 ", SND.NXT is %" PRIu32,
                        oracle_ours(facts, sent->seq), oracle_ours(facts, next));
}

static void note_answer(struct oracle_view *view, struct reset_state *state,
                        const struct oracle_segment *sent)
{
    const struct answer answer = { sent->flags, sent->seq, sent->ack, sent->span };
    if (oracle_has(sent, WIRE_ACK) && (sent->flags & (WIRE_SYN | WIRE_RST)) == 0 &&
        sent->length == 0) {
        if (!state->has_ack)
            state->acknowledgment = answer;
        state->has_ack = true;
        oracle_throttle_note(&state->throttle, view->now_us);
    }
    if (oracle_has(sent, WIRE_RST) && !state->has_reset) {
        state->reset = answer;
        state->has_reset = true;
    }
}

static void judge_challenge(struct oracle_view *view, const struct reset_state *state,
                            const char *name)
{
    const struct oracle_connection *facts = view->connection;
    if (!state->has_ack && oracle_must_challenge(view, &state->throttle))
        oracle_violated(view, "a %s at %" PRIu32 " of the window from %" PRIu32 " on %" PRIu32
                        " draws no challenge ACK", name, oracle_theirs(facts, state->seq),
                        oracle_theirs(facts, state->rcv_nxt), state->rcv_wnd);
    else if (state->has_ack && state->acknowledgment.ack != state->rcv_nxt)
        oracle_violated(view, "the challenge ACK for a %s acknowledges %" PRIu32 ", not %" PRIu32,
                        name, oracle_theirs(facts, state->acknowledgment.ack),
                        oracle_theirs(facts, state->rcv_nxt));
    else if (state->has_ack && oracle_before(state->acknowledgment.seq + state->acknowledgment.span,
                                             state->snd_nxt))
        oracle_violated(view, "the challenge ACK for a %s has number %" PRIu32 ", SND.NXT is %"
                        PRIu32, name, oracle_ours(facts, state->acknowledgment.seq),
                        oracle_ours(facts, state->snd_nxt));
}

enum position { OUTSIDE, EXACT, INSIDE, UNCLEAR };

/* Where in the window a RST stands. RFC 5961 3.2 writes once that what lies beyond the right edge
 * is outside, as if the edge were inside: a stack that chooses may read it so. */
static enum position position_of(const struct oracle_view *view, const struct reset_state *state)
{
    const struct oracle_connection *facts = view->connection;
    uint32_t at = state->seq - state->rcv_nxt;
    uint32_t told = state->rcv_wnd;
    uint32_t offered = facts->has_acked ? facts->right_edge - state->rcv_nxt : told;
    if (at == 0)
        return EXACT;
    if (at < told && at < offered)
        return INSIDE;
    if (at == told && view->setting->chooses)
        return UNCLEAR;
    return at >= told && at >= offered ? OUTSIDE : UNCLEAR;
}

static void judge_reset_outside(struct oracle_view *view, const struct reset_state *state,
                                bool gone)
{
    const struct oracle_connection *facts = view->connection;
    if (gone || state->has_ack)
        oracle_violated(view, "a RST at %" PRIu32 ", outside the window from %" PRIu32 " on %"
                        PRIu32 ", %s", oracle_theirs(facts, state->seq),
                        oracle_theirs(facts, state->rcv_nxt), state->rcv_wnd,
                        gone ? "ends the connection" : "is answered");
}

/* A RST for a connection in SYN-RECEIVED or a synchronized state. */
static void judge_reset_in(struct oracle_view *view, const struct reset_state *state, bool gone)
{
    const struct oracle_connection *facts = view->connection;
    int64_t strict = oracle_policy(view, ORACLE_POLICY_rfc5961_reset);
    bool may_outlive = state->before == ANVIL_STATE_TIME_WAIT &&
                       oracle_policy(view, ORACLE_POLICY_rfc1337) != 0;
    if (state->doubtful)
        return;
    switch (position_of(view, state)) {
    case OUTSIDE: judge_reset_outside(view, state, gone); break;
    case EXACT:
        if (!gone && !may_outlive)
            oracle_violated(view, "a RST at RCV.NXT, %" PRIu32 ", does not end the connection",
                            oracle_theirs(facts, state->seq));
        break;
    case INSIDE:
        if (strict == 1 && gone)
            oracle_violated(view, "a RST at %" PRIu32 " ends the connection, RCV.NXT is %" PRIu32,
                            oracle_theirs(facts, state->seq),
                            oracle_theirs(facts, state->rcv_nxt));
        else if (strict == 1 && !may_outlive)
            judge_challenge(view, state, "RST");
        else if (strict == 0 && !gone && !may_outlive)
            oracle_violated(view, "a RST at %" PRIu32 " in the window does not end the connection",
                            oracle_theirs(facts, state->seq));
        break;
    case UNCLEAR: break;
    }
}

/* A SYN for a connection that is synchronized. RFC 5961 4.2. */
static void judge_syn(struct oracle_view *view, const struct reset_state *state, bool gone)
{
    int64_t strict = oracle_policy(view, ORACLE_POLICY_rfc5961_syn);
    if (state->doubtful || state->before == ANVIL_STATE_TIME_WAIT)
        return;
    if (strict == 0 && gone && !view->setting->chooses && !view->connection->closed &&
        oracle_before(state->seq, state->rcv_nxt))
        oracle_violated(view, "a SYN at %" PRIu32 ", before the window from %" PRIu32 " on, ends a "
                        "connection in %s", oracle_theirs(view->connection, state->seq),
                        oracle_theirs(view->connection, state->rcv_nxt),
                        oracle_state_name(state->before));
    if (strict != 1)
        return;
    if (gone || state->has_reset)
        oracle_violated(view, "a SYN at %" PRIu32 " %s a connection in %s",
                        oracle_theirs(view->connection, state->seq),
                        gone ? "ends" : "draws a RST from", oracle_state_name(state->before));
    else
        judge_challenge(view, state, "SYN");
}

/* A RST in answer to a segment that has none. RFC 9293 3.5.2. */
static void judge_answer(struct oracle_view *view, const struct reset_state *state)
{
    const struct oracle_connection *facts = view->connection;
    const struct answer *reset = &state->reset;
    if (oracle_is_synchronized(state->before)) {
        bool plain = (state->flags & WIRE_SYN) == 0 && !state->doubtful;
        if (plain && facts->has_socket && !facts->closed && !facts->shut_read)
            oracle_violated(view, "a segment at %" PRIu32 " draws a RST in %s, where none is sent",
                            oracle_theirs(facts, state->seq), oracle_state_name(state->before));
        return;
    }
    if (state->before == ANVIL_STATE_SYN_RECEIVED && (state->flags & WIRE_SYN) != 0)
        return;
    if (state->before == ANVIL_STATE_SYN_RECEIVED && state->opens && !facts->closed)
        oracle_violated(view, "the ACK of %" PRIu32 " that ends the handshake draws a RST",
                        oracle_ours(facts, state->ack));
    if ((state->flags & WIRE_ACK) != 0 && reset->seq != state->ack)
        oracle_violated(view, "a RST has number %" PRIu32 ", but the segment that it answers "
                        "acknowledges %" PRIu32, reset->seq, state->ack);
    else if ((state->flags & WIRE_ACK) == 0 &&
             (reset->seq != 0 || (reset->flags & WIRE_ACK) == 0 ||
              reset->ack != state->seq + state->span))
        oracle_violated(view, "a RST has number %" PRIu32 " and acknowledges %" PRIu32
                        ", not 0 and %" PRIu32, reset->seq, reset->ack, state->seq + state->span);
}

static void judge(struct oracle_view *view, const struct reset_state *state,
                  enum anvil_target_state now)
{
    bool gone = now == ANVIL_STATE_CLOSED || now == ANVIL_STATE_LISTEN;
    bool reset = (state->flags & WIRE_RST) != 0;
    if (reset && state->has_reset)
        oracle_violated(view, "a RST at %" PRIu32 " is answered with a RST at %" PRIu32,
                        state->seq, state->reset.seq);
    else if (state->has_reset && state->before != ANVIL_STATE_UNKNOWN)
        judge_answer(view, state);
    if (!state->has_numbers || now == ANVIL_STATE_UNKNOWN)
        return;
    if (reset && (oracle_is_synchronized(state->before) ||
                  state->before == ANVIL_STATE_SYN_RECEIVED))
        judge_reset_in(view, state, gone);
    else if ((state->flags & WIRE_SYN) != 0 && oracle_is_synchronized(state->before))
        judge_syn(view, state, gone);
}

/* Collects what answers a segment, and judges when the endpoint is at rest. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct reset_state *state = memory;
    switch (what->kind) {
    case ORACLE_ARRIVED:
        oracle_await(view);
        note_arrival(view->connection, state, what->segment);
        break;
    case ORACLE_SENT:
        if (oracle_has(what->segment, WIRE_RST) && !state->pending)
            judge_abort(view, what->segment);
        note_answer(view, state, what->segment);
        break;
    case ORACLE_REST:
        if (state->pending)
            judge(view, state, what->state);
        state->pending = false;
        break;
    case ORACLE_CALL:
    case ORACLE_TIME: state->pending = false; break;
    case ORACLE_DAMAGED:
    case ORACLE_ICMP:
    case ORACLE_REPLACED:
    case ORACLE_OVER:
    case ORACLE_KIND_COUNT: break;
    }
}

const struct oracle_rule oracle_rule_reset_rule = {
    .id = "O7",
    .name = "reset-rule",
    .rule = "a RST or SYN ends a connection, is challenged or is dropped as its number says, and "
            "no RST is sent but where the RFC has one",
    .reference = "RFC 9293 3.5.2, 3.10.7; RFC 5961 3, 4",
    .needs = ORACLE_NEEDS_PROMPT,
    .wants = 1u << ORACLE_ARRIVED | 1u << ORACLE_SENT | 1u << ORACLE_REST | 1u << ORACLE_CALL |
             1u << ORACLE_TIME,
    .waits = 1u << ORACLE_REST | 1u << ORACLE_CALL | 1u << ORACLE_TIME,
    .state_bytes = sizeof(struct reset_state),
    .see = see,
};
