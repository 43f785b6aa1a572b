/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O3: RCV.NXT moves only forward, and only over what has arrived; the peer's FIN counts when
 * RCV.NXT passes it, once. RFC 9293 3.4, 3.10.7.4 (first, seventh and eighth). Text at RCV.NXT that
 * nothing refuses is taken.
 *
 * RCV.NXT is what the endpoint tells at rest, and, whoever tells nothing, what its ACKs say.
 *
 * Accepted oddities: a FIN that came before the peer's SYN, also where that SYN's own number is;
 * text that arrived before RCV.NXT reached it, whether it was held or not; text on a SYN, taken or
 * not; a FIN that came ahead of text; several FINs at different numbers, of which one counts; ACKs
 * of RSTs, which stand for no RCV.NXT (3.10.7.1); a stack that chooses may send a segment again as
 * it was (MAY-4), or leave text in order to come again; text for a user who reads no more.
 */
#include "oracle/rule.h"

#include <inttypes.h>
#include <string.h>

enum { RANGES_MAX = 32, FINS_MAX = 8 };

#define FAR_AHEAD UINT32_C(0x40000000) /* no window reaches so far: RFC 7323 2.2 */

struct range {
    uint32_t from, to; /* [from, to) */
};

struct receive_state {
    bool has_next, has_told;
    uint32_t next;                     /* the highest RCV.NXT known: told, or acknowledged */
    uint32_t told;                     /* RCV.NXT as told last */
    size_t range_count, fin_count;
    struct range ranges[RANGES_MAX];   /* what arrived and ends behind `next` */
    uint32_t fins[FINS_MAX];           /* numbers of FINs that arrived */
    bool fin_counted;                  /* the endpoint told a state that it has behind a FIN */
    bool due;                          /* text at RCV.NXT came since the last rest */
    bool has_text;
    uint32_t text_end;                 /* behind the highest octet of text that arrived */
};

/* Drops ranges that end at or before `next`. */
static void prune(struct receive_state *state)
{
    size_t kept = 0;
    for (size_t i = 0; i < state->range_count; i++)
        if (oracle_before(state->next, state->ranges[i].to))
            state->ranges[kept++] = state->ranges[i];
    state->range_count = kept;
}

/* Remembers a range, joined with those that it touches. False: there are too many apart. */
static bool add_range(struct receive_state *state, uint32_t from, uint32_t to)
{
    size_t kept = 0;
    for (size_t i = 0; i < state->range_count; i++) {
        struct range *one = &state->ranges[i];
        if (oracle_before(one->to, from) || oracle_before(to, one->from)) {
            state->ranges[kept++] = *one;
            continue;
        }
        from = oracle_before(one->from, from) ? one->from : from;
        to = oracle_before(to, one->to) ? one->to : to;
    }
    state->range_count = kept;
    if (kept == RANGES_MAX)
        return false;
    state->ranges[state->range_count++] = (struct range){ from, to };
    return true;
}

/* Whether nothing refuses a segment for its place or its ACK. An ACK that is older than what is in
 * flight is one without the range of RFC 5961 section 5, too. */
static bool is_due(const struct oracle_view *view, const struct oracle_segment *segment)
{
    const struct oracle_connection *facts = view->connection;
    struct oracle_segment newer = *segment;
    bool old = facts->seen_any && oracle_before(segment->ack, (uint32_t)facts->seen.snd_una) &&
               oracle_policy(view, ORACLE_POLICY_rfc5961_ack) == 0;
    if (old)
        newer.ack = (uint32_t)facts->seen.snd_una;
    return oracle_is_in_order(facts, &newer);
}

/* Remembers what has come, wherever it stands. */
static void note_arrival(struct oracle_view *view, struct receive_state *state,
                         const struct oracle_segment *segment)
{
    uint32_t from = segment->seq, to = segment->seq + segment->span;
    const struct oracle_connection *facts = view->connection;
    bool reads = facts->state == ANVIL_STATE_ESTABLISHED ||
                 facts->state == ANVIL_STATE_FIN_WAIT_1 || facts->state == ANVIL_STATE_FIN_WAIT_2;
    state->due = reads && segment->length > 0 && !facts->closed && !facts->shut_read &&
                 facts->since == 0 && !view->setting->chooses && !facts->has_peer_fin &&
                 is_due(view, segment);
    if (oracle_has(segment, WIRE_RST) || segment->span == 0)
        return;
    if (state->has_next && (oracle_up_to(to, state->next) || to - state->next > FAR_AHEAD))
        return;
    if (state->has_next && oracle_before(from, state->next))
        from = state->next;
    bool may_count = state->has_next || oracle_has(segment, WIRE_SYN);
    if (oracle_has(segment, WIRE_FIN) && may_count && state->fin_count < FINS_MAX)
        state->fins[state->fin_count++] = to - 1;
    if (segment->length > 0 && may_count) {
        uint32_t end = to - oracle_has(segment, WIRE_FIN);
        if (!state->has_text || oracle_before(state->text_end, end))
            state->text_end = end;
        state->has_text = true;
    }
    if (!add_range(state, from, to))
        oracle_cannot_tell(view);
}

/* Whether all of [state->next, to) has arrived; at the beginning, the number before `to`. */
static bool has_arrived(const struct receive_state *state, uint32_t to)
{
    uint32_t from = state->has_next ? state->next : to - 1;
    if (oracle_up_to(to, from))
        return true;
    for (size_t i = 0; i < state->range_count; i++)
        if (oracle_up_to(state->ranges[i].from, from) && oracle_up_to(to, state->ranges[i].to))
            return true;
    return false;
}

/* RCV.NXT is known to be `next`. */
static void move(struct oracle_view *view, struct receive_state *state, uint32_t next,
                 const char *what)
{
    const struct oracle_connection *facts = view->connection;
    if (!has_arrived(state, next)) {
        oracle_violated(view, "%s is %" PRIu32 ", but not all from %" PRIu32 " on has arrived",
                        what, oracle_theirs(facts, next),
                        oracle_theirs(facts, state->has_next ? state->next : next - 1));
        return;
    }
    if (state->has_next && oracle_before(state->next, next) && state->fin_counted)
        oracle_violated(view, "%s is %" PRIu32 ", but the FIN had %" PRIu32, what,
                        oracle_theirs(facts, next), oracle_theirs(facts, state->next - 1));
    if (!state->has_next || oracle_before(state->next, next))
        state->next = next;
    state->has_next = true;
    prune(state);
}

/* What is acknowledged shows RCV.NXT, unless the segment is one of before. */
static void note_sent(struct oracle_view *view, struct receive_state *state,
                      const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    if (!oracle_has(sent, WIRE_ACK) || oracle_has(sent, WIRE_RST))
        return;
    if (!state->has_next && !facts->has_iss && !oracle_has(sent, WIRE_SYN))
        return; /* the beginning was not seen */
    bool back = facts->has_acked && oracle_before(sent->ack, facts->acked);
    bool behind = state->has_told && oracle_before(sent->ack, state->told);
    if ((back || behind) && oracle_may_be_as_before(view, sent))
        return;
    if (back) {
        oracle_violated(view, "an ACK goes back from %" PRIu32 " to %" PRIu32,
                        oracle_theirs(facts, facts->acked), oracle_theirs(facts, sent->ack));
        return;
    }
    if (behind) {
        oracle_violated(view, "%" PRIu32 " is acknowledged, but RCV.NXT was %" PRIu32 " already",
                        oracle_theirs(facts, sent->ack), oracle_theirs(facts, state->told));
        return;
    }
    move(view, state, sent->ack, "what is acknowledged");
}

static bool is_behind_fin(enum anvil_target_state state)
{
    return state == ANVIL_STATE_CLOSE_WAIT || state == ANVIL_STATE_CLOSING ||
           state == ANVIL_STATE_LAST_ACK || state == ANVIL_STATE_TIME_WAIT;
}

static bool is_before_fin(enum anvil_target_state state)
{
    return state == ANVIL_STATE_SYN_RECEIVED || state == ANVIL_STATE_ESTABLISHED ||
           state == ANVIL_STATE_FIN_WAIT_1 || state == ANVIL_STATE_FIN_WAIT_2;
}

/* The state says whether the FIN has counted, and RCV.NXT whether it was passed. */
static void judge_fin(struct oracle_view *view, struct receive_state *state,
                      enum anvil_target_state now)
{
    const struct oracle_connection *facts = view->connection;
    bool passed = false;
    for (size_t i = 0; i < state->fin_count; i++)
        passed = passed || (state->fins[i] + 1 == state->next &&
                            !(facts->has_irs && oracle_up_to(state->fins[i], facts->irs)));
    if (is_behind_fin(now) && !state->fin_counted && !passed && state->fin_count < FINS_MAX)
        oracle_violated(view, "the state is %s, but RCV.NXT is %" PRIu32 ", not behind a FIN",
                        oracle_state_name(now), oracle_theirs(view->connection, state->next));
    if (is_before_fin(now) && passed &&
        (!state->has_text || oracle_before(state->text_end, state->next)))
        oracle_violated(view, "the FIN at %" PRIu32 " was passed, but the state is %s",
                        oracle_theirs(view->connection, state->next - 1), oracle_state_name(now));
    state->fin_counted = state->fin_counted || is_behind_fin(now);
}

/* RCV.NXT as it is told, against what came. */
static void note_rest(struct oracle_view *view, struct receive_state *state,
                      const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    if (what->seen == NULL || what->seen->rcv_nxt < 0 || facts->state == ANVIL_STATE_UNKNOWN)
        return;
    uint32_t told = (uint32_t)what->seen->rcv_nxt;
    bool due = state->due;
    state->due = false;
    if (due && told == (uint32_t)facts->seen.rcv_nxt)
        oracle_violated(view, "text at RCV.NXT, %" PRIu32 ", is not taken",
                        oracle_theirs(facts, told));
    if (state->has_told && oracle_before(told, state->told)) {
        oracle_violated(view, "RCV.NXT goes back from %" PRIu32 " to %" PRIu32,
                        oracle_theirs(facts, state->told), oracle_theirs(facts, told));
        return;
    }
    if (state->has_next)
        move(view, state, told, "RCV.NXT");
    state->has_told = state->has_next;
    state->told = told;
    if (state->has_next)
        judge_fin(view, state, what->state);
}

/* Arrivals first, then what the endpoint makes of them. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct receive_state *state = memory;
    if (what->kind != ORACLE_REST)
        oracle_await(view);
    switch (what->kind) {
    case ORACLE_SENT: note_sent(view, state, what->segment); break;
    case ORACLE_ARRIVED: note_arrival(view, state, what->segment); break;
    case ORACLE_REST: note_rest(view, state, what); break;
    case ORACLE_DAMAGED:
    case ORACLE_ICMP:
    case ORACLE_CALL:
    case ORACLE_TIME:
    case ORACLE_REPLACED:
    case ORACLE_OVER:
    case ORACLE_KIND_COUNT: break;
    }
}

const struct oracle_rule oracle_rule_receive_monotonic = {
    .id = "O3",
    .name = "receive-monotonic",
    .rule = "RCV.NXT moves only forward and only over what has arrived, and a FIN counts once, "
            "when it is passed",
    .reference = "RFC 9293 3.4, 3.10.7.4",
    .wants = 1u << ORACLE_SENT | 1u << ORACLE_ARRIVED | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_REST,
    .moves = ORACLE_MOVE_STATE | ORACLE_MOVE_RCV_NXT,
    .state_bytes = sizeof(struct receive_state),
    .see = see,
};
