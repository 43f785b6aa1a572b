/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O6: only an ACK of what was sent, and not acknowledged before, moves SND.UNA. RFC 9293 3.10.7.3
 * first, 3.10.7.4 fifth; RFC 5961 section 5.
 *
 * SND.UNA goes to SEG.ACK of a segment that has come, with SND.UNA < SEG.ACK =< what was sent. A
 * segment that acknowledges what was never sent draws an ACK and is dropped, text and all, and one
 * without ACK is dropped as well. A segment at RCV.NXT that acknowledges more does move SND.UNA.
 *
 * Accepted oddities: the answer to an ACK of unsent data may be held back by the throttle (RFC
 * 5961 section 7) or by a policy (unsent_ack_silent), and is asked for only where both are told;
 * without RFC 5961 section 5 an ACK that is half the number space away from what is in flight is
 * as much an old one as one of unsent data; with timestamps a segment may be dropped for its age
 * (PAWS), so that it need not move anything; after a timeout SND.NXT may be less than what was
 * sent; in a FIN-WAIT-1 that a CLOSE has made of SYN-RECEIVED the SYN is not acknowledged, and an
 * ACK of unsent data draws a RST as there.
 */
#include "oracle/challenge.h"

#include <inttypes.h>

struct ack_state {
    bool arrived;                   /* a segment came since the last rest */
    bool acknowledged;              /* an ACK was sent since then, with a FIN or without */
    uint16_t flags;
    bool in_order;                  /* the first checks let it pass */
    bool expected;                  /* it stands at RCV.NXT; its age or ACK may be refused */
    uint32_t seq, ack, span, length;
    uint32_t sent;                  /* behind what had been sent when it came */
    struct oracle_throttle throttle;
};

/* Whether a segment comes to the check of its ACK for sure, whatever that is. */
static bool is_expected(const struct oracle_connection *facts,
                        const struct oracle_segment *segment)
{
    bool plain = (segment->flags & (WIRE_SYN | WIRE_RST | WIRE_ACK)) == WIRE_ACK;
    return plain && !segment->doubtful && !oracle_lacks_stamps(facts, segment) &&
           !facts->own_syn_varied && facts->seen_any &&
           segment->seq == (uint32_t)facts->seen.rcv_nxt &&
           (segment->span == 0 || facts->seen.rcv_wnd > 0);
}

static void note_arrival(const struct oracle_connection *facts, struct ack_state *state,
                         const struct oracle_segment *segment)
{
    state->arrived = true;
    state->acknowledged = false;
    state->flags = segment->flags;
    state->in_order = oracle_is_in_order(facts, segment);
    state->expected = is_expected(facts, segment);
    state->seq = segment->seq;
    state->ack = segment->ack;
    state->span = segment->span;
    state->length = segment->length;
    state->sent = facts->snd_max;
}

/* SND.UNA has moved: there must be an ACK that did it. */
static void judge_move(struct oracle_view *view, const struct ack_state *state, uint32_t before,
                       uint32_t now)
{
    const struct oracle_connection *facts = view->connection;
    bool acks = state->arrived && (state->flags & WIRE_ACK) != 0 && (state->flags & WIRE_RST) == 0;
    if (oracle_before(now, before))
        oracle_violated(view, "SND.UNA goes back from %" PRIu32 " to %" PRIu32,
                        oracle_ours(facts, before), oracle_ours(facts, now));
    else if (!acks)
        oracle_violated(view, "SND.UNA goes from %" PRIu32 " to %" PRIu32 " without an ACK",
                        oracle_ours(facts, before), oracle_ours(facts, now));
    else if (now != state->ack)
        oracle_violated(view, "SND.UNA goes from %" PRIu32 " to %" PRIu32 " by an ACK of %" PRIu32,
                        oracle_ours(facts, before), oracle_ours(facts, now),
                        oracle_ours(facts, state->ack));
    else if (oracle_before(state->sent, now))
        oracle_violated(view, "SND.UNA goes to %" PRIu32 ", but no more than %" PRIu32
                        " has been sent", oracle_ours(facts, now), oracle_ours(facts, state->sent));
}

/* The ACK acknowledges what was never sent. RFC 9293 3.10.7.4 fifth. */
static void judge_unsent(struct oracle_view *view, const struct ack_state *state,
                         const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    uint32_t next = (uint32_t)facts->seen.rcv_nxt;
    if (what->seen->rcv_nxt >= 0 && oracle_before(next, (uint32_t)what->seen->rcv_nxt))
        oracle_violated(view, "text at %" PRIu32 " is taken from a segment that acknowledges %"
                        PRIu32 ", and no more than %" PRIu32 " was sent",
                        oracle_theirs(facts, state->seq), oracle_ours(facts, state->ack),
                        oracle_ours(facts, state->sent));
    else if (state->expected && !state->acknowledged &&
             (uint32_t)facts->seen.snd_una != facts->iss && /* else 3.5.2 (2): a RST */
             oracle_policy(view, ORACLE_POLICY_unsent_ack_silent) == 0 &&
             oracle_must_challenge(view, &state->throttle))
        oracle_violated(view, "an ACK of %" PRIu32 ", where no more than %" PRIu32
                        " was sent, draws no ACK", oracle_ours(facts, state->ack),
                        oracle_ours(facts, state->sent));
}

/* A segment for a synchronized connection, and what became of it. */
static void judge_segment(struct oracle_view *view, const struct ack_state *state,
                          const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    uint32_t una = (uint32_t)facts->seen.snd_una;
    if ((state->flags & WIRE_RST) != 0 || facts->seen.rcv_nxt < 0)
        return;
    if ((state->flags & (WIRE_ACK | WIRE_SYN)) == 0) {
        if (what->seen->rcv_nxt >= 0 &&
            oracle_before((uint32_t)facts->seen.rcv_nxt, (uint32_t)what->seen->rcv_nxt))
            oracle_violated(view, "text at %" PRIu32 " is taken from a segment without ACK",
                            oracle_theirs(facts, state->seq));
        return;
    }
    bool either = oracle_within(state->ack - UINT32_C(0x80000000), una, state->sent) &&
                  oracle_policy(view, ORACLE_POLICY_rfc5961_ack) != 1;
    if (either)
        return;
    if ((state->flags & WIRE_ACK) != 0 && oracle_before(state->sent, state->ack))
        judge_unsent(view, state, what);
    else if (state->in_order && oracle_before(una, state->ack) &&
             (uint32_t)what->seen->snd_una == una)
        oracle_violated(view, "an ACK of %" PRIu32 " at RCV.NXT leaves SND.UNA at %" PRIu32,
                        oracle_ours(facts, state->ack), oracle_ours(facts, una));
}

static void judge(struct oracle_view *view, const struct ack_state *state,
                  const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    if (what->seen == NULL || !facts->seen_any || what->seen->snd_una < 0 ||
        facts->seen.snd_una < 0 || !facts->has_iss)
        return;
    uint32_t before = (uint32_t)facts->seen.snd_una, now = (uint32_t)what->seen->snd_una;
    if (before != now)
        judge_move(view, state, before, now);
    if (state->arrived && oracle_is_synchronized(facts->state))
        judge_segment(view, state, what);
}

/* Gathers the segment and its answer, and judges when the endpoint is at rest. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct ack_state *state = memory;
    switch (what->kind) {
    case ORACLE_ARRIVED:
        oracle_await(view);
        note_arrival(view->connection, state, what->segment);
        break;
    case ORACLE_SENT:
        if (!oracle_has(what->segment, WIRE_ACK) || oracle_has(what->segment, WIRE_RST))
            break;
        state->acknowledged = true;
        if (!state->arrived) /* an answer to the segment is no ACK beside it */
            oracle_throttle_note(&state->throttle, view->now_us);
        break;
    case ORACLE_REST:
        judge(view, state, what);
        if (state->arrived && state->acknowledged)
            oracle_throttle_note(&state->throttle, view->now_us);
        state->arrived = false;
        break;
    case ORACLE_DAMAGED:
    case ORACLE_ICMP:
    case ORACLE_CALL:
    case ORACLE_TIME:
    case ORACLE_REPLACED:
    case ORACLE_OVER:
    case ORACLE_KIND_COUNT: break;
    }
}

const struct oracle_rule oracle_rule_ack_valid = {
    .id = "O6",
    .name = "ack-valid",
    .rule = "SND.UNA moves only to an ACK of what was sent; an ACK of what was not draws an ACK",
    .reference = "RFC 9293 3.10.7.4 fifth",
    .needs = ORACLE_NEEDS_STATE | ORACLE_NEEDS_PROMPT,
    .wants = 1u << ORACLE_ARRIVED | 1u << ORACLE_SENT | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_REST,
    .moves = ORACLE_MOVE_SND_UNA,
    .state_bytes = sizeof(struct ack_state),
    .see = see,
};
