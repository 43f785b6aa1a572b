/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O19: what was taken is acknowledged in less than 0.5 s, at least for every second full-sized
 * segment, and at once where it fills a gap, lies behind one, or came before. RFC 9293 3.8.6.3
 * (MUST-40, SHLD-19), 3.10.7.4 first; RFC 5681 4.2.
 *
 * A full-sized segment is the larger of the MSS that the endpoint offered (or the default) and the
 * longest segment that came, so that both readings of RFC 5681 4.2 are good.
 *
 * A stack that makes no choices of its own does as its policies say: it waits as long as
 * delayed_ack_us and no longer, does not acknowledge a small segment in order by itself before
 * (SHLD-18), nor fails to where ack_second_segment or quick_acks want it.
 *
 * Accepted oddities: an endpoint that is told to wait longer (delayed_ack_us), to acknowledge more
 * seldom (ack_every) or to delay what is out of order as well (ack_out_of_order, also where that is
 * not told); a stack that chooses may delay the ACK of what fills a gap, which is a SHOULD; an ACK
 * that rides on text, a probe or a FIN; a segment that a check may have refused without an answer;
 * a connection that is reset; a tick and tolerance.
 */
#include "oracle/rule.h"

#include <inttypes.h>

enum { LONGEST_US = 500000, DEFAULT_V4 = 536, DEFAULT_V6 = 1220 };
enum { SMALL = 500 }; /* octets that are no full-sized segment of an MSS that is assumed */

struct delay_state {
    bool owes;            /* something was taken and not acknowledged at the last rest, */
    uint64_t since_us;    /* the first of it then */
    uint32_t longest;     /* text of the peer in one segment */
    bool arrived, plain;  /* since the last rest: a segment came; one only, which nothing refuses */
    uint32_t seq, end;    /* its text */
    bool behind, old;     /* it lies behind a gap; nothing of it is new */
    bool answered;        /* an ACK was sent since, */
    bool bare;            /* with nothing else in it */
    bool text;            /* it has some */
    bool expected;        /* it is the next text, and nothing else */
    uint32_t owed;        /* octets that were not acknowledged before it came */
    uint32_t texts, taken; /* segments with text before it; those that were surely taken */
    bool reset;
};

/* States in which text is taken. */
static bool is_receiving(enum anvil_target_state state)
{
    return state == ANVIL_STATE_ESTABLISHED || state == ANVIL_STATE_FIN_WAIT_1 ||
           state == ANVIL_STATE_FIN_WAIT_2;
}

/* Whether a segment passes the checks of RFC 9293 3.10.7.4 but that of its own number. */
static bool is_plain(const struct oracle_connection *facts, const struct oracle_segment *segment)
{
    const struct anvil_target_observation *seen = &facts->seen;
    bool told = facts->seen_any && seen->rcv_nxt >= 0 && seen->rcv_wnd >= 0 && seen->snd_una >= 0;
    return told && is_receiving(facts->state) && !segment->doubtful && segment->length > 0 &&
           (segment->flags & (WIRE_SYN | WIRE_RST | WIRE_ACK)) == WIRE_ACK &&
           !facts->own_syn.has_stamps && !facts->own_syn_varied && !facts->peer_syn_doubtful &&
           !facts->closed && !facts->shut_read &&
           oracle_within(segment->ack, (uint32_t)seen->snd_una, facts->snd_max);
}

/* Whether it is text in order, nothing asks for an ACK of it, and nothing has come behind it. */
static bool is_next_text(const struct oracle_connection *facts,
                         const struct oracle_segment *segment)
{
    return is_receiving(facts->state) && facts->has_acked && segment->length > 0 &&
           oracle_up_to(facts->peer_max, segment->seq) && !facts->closed && !facts->shut_read &&
           (segment->flags & ~WIRE_PSH) == WIRE_ACK && oracle_is_in_order(facts, segment);
}

/* What is to become of a segment that comes in. */
static void note_arrival(struct oracle_view *view, struct delay_state *state,
                         const struct oracle_segment *segment)
{
    const struct oracle_connection *facts = view->connection;
    oracle_await(view);
    state->plain = !state->arrived && is_plain(facts, segment);
    state->expected = !state->arrived && is_next_text(facts, segment);
    state->arrived = true;
    state->answered = state->bare = false;
    if (state->expected) {
        state->owed = (uint32_t)facts->seen.rcv_nxt - facts->acked;
        state->end = segment->seq + segment->length;
    }
    state->text = state->text || segment->length > 0;
    if (segment->length > state->longest)
        state->longest = segment->length;
    if (!state->plain)
        return;
    uint32_t next = (uint32_t)facts->seen.rcv_nxt;
    state->seq = segment->seq;
    state->end = segment->seq + segment->length;
    state->old = oracle_up_to(state->end, next);
    state->behind = oracle_before(next, state->seq) &&
                    oracle_up_to(state->end, next + (uint32_t)facts->seen.rcv_wnd);
}

/* The longest time that an ACK may wait: less than 0.5 s, unless more was asked for. */
static uint64_t limit_us(const struct oracle_view *view)
{
    int64_t told = oracle_policy(view, ORACLE_POLICY_delayed_ack_us);
    uint64_t slack = oracle_slack(view);
    bool exact = told != ORACLE_UNKNOWN && (told >= LONGEST_US || !view->setting->chooses);
    return (exact ? (uint64_t)told + 1 : LONGEST_US) + slack;
}

/* What was taken first, and still waits. */
static void judge_delay(struct oracle_view *view, const struct delay_state *state)
{
    if (state->owes && view->now_us - state->since_us >= limit_us(view))
        oracle_violated(view, "what was taken waits for an ACK for %" PRIu64 " us",
                        view->now_us - state->since_us);
}

/* How much may be owed, less one: two full-sized segments. */
static uint32_t owed_limit(const struct oracle_view *view, const struct delay_state *state)
{
    const struct oracle_connection *facts = view->connection;
    int64_t every = oracle_policy(view, ORACLE_POLICY_ack_every);
    uint32_t usual = facts->name.local.version == 6 ? DEFAULT_V6 : DEFAULT_V4;
    uint32_t mss = facts->own_syn.has_mss ? facts->own_syn.mss : usual;
    if (mss < state->longest)
        mss = state->longest;
    bool exact = every > 2 || (every == 1 && !view->setting->chooses);
    return mss * (exact ? (uint32_t)every : 2);
}

/* The segment since the last rest was to be acknowledged by now. */
static void judge_at_once(struct oracle_view *view, const struct delay_state *state, uint32_t next)
{
    const struct oracle_connection *facts = view->connection;
    bool moved = next != (uint32_t)facts->seen.rcv_nxt;
    if (!state->plain || state->answered)
        return;
    if (state->old && !moved)
        oracle_violated(view, "text up to %" PRIu32 ", which was taken before, draws no ACK",
                        oracle_theirs(facts, state->end));
    else if (state->behind && !moved &&
             oracle_policy(view, ORACLE_POLICY_ack_out_of_order) == 1)
        oracle_violated(view, "text at %" PRIu32 " draws no ACK, %" PRIu32 " is expected",
                        oracle_theirs(facts, state->seq), oracle_theirs(facts, next));
    else if (moved && oracle_before(state->end + 1, next) && !view->setting->chooses)
        oracle_violated(view, "text up to %" PRIu32 " moves RCV.NXT to %" PRIu32
                        ", and draws no ACK", oracle_theirs(facts, state->end),
                        oracle_theirs(facts, next));
}

/* Whether the ACK that waited for earlier text may be due at this moment. */
static bool may_be_due(const struct oracle_view *view, const struct delay_state *state,
                       uint64_t delay_us)
{
    return state->owed > 0 &&
           view->now_us + view->setting->granularity_us > state->since_us + delay_us;
}

/* Fewer octets are no full-sized segment: those of the MSS that was offered, or that the user has
 * set since. */
static uint32_t small_limit(const struct oracle_connection *facts)
{
    int64_t limit = SMALL, set = facts->option[ANVIL_OPTION_MAXSEG];
    if (facts->own_syn.has_mss && facts->own_syn.mss < limit)
        limit = facts->own_syn.mss;
    if (set != ORACLE_UNKNOWN && set < limit)
        limit = set;
    return (uint32_t)limit;
}

/* A small segment in order, where the policies say all. */
static void judge_choice(struct oracle_view *view, const struct delay_state *state, uint32_t next)
{
    const struct oracle_connection *facts = view->connection;
    int64_t delay = oracle_policy(view, ORACLE_POLICY_delayed_ack_us);
    int64_t quick = oracle_policy(view, ORACLE_POLICY_quick_acks);
    int64_t second = oracle_policy(view, ORACLE_POLICY_ack_second_segment);
    if (!state->expected || next != state->end || view->setting->chooses || delay <= 0 ||
        quick < 0 || second < 0 || oracle_policy(view, ORACLE_POLICY_ack_every) < 2 ||
        facts->option[ANVIL_OPTION_QUICKACK] != ORACLE_UNKNOWN)
        return;
    bool wanted = state->texts < quick || (second == 1 && state->owed > 0);
    if (wanted && !state->answered)
        oracle_violated(view, "text up to %" PRIu32 " draws no ACK, %s", oracle_theirs(facts, next),
                        state->texts < quick ? "at the start of a connection"
                                             : "which is the second segment");
    else if (state->bare && !wanted && state->taken >= quick &&
             next - (uint32_t)facts->seen.rcv_nxt + state->owed < small_limit(facts) &&
             !may_be_due(view, state, (uint64_t)delay))
        oracle_violated(view, "text up to %" PRIu32 " draws an ACK at once, %" PRIu32
                        " octets are to wait", oracle_theirs(facts, next),
                        next - (uint32_t)facts->seen.rcv_nxt + state->owed);
}

/* What is owed now, and what was to be answered. */
static void note_rest(struct oracle_view *view, struct delay_state *state,
                      const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    const struct anvil_target_observation *seen = what->seen;
    bool told = seen != NULL && seen->rcv_nxt >= 0 && facts->has_acked && facts->has_irs &&
                is_receiving(what->state) && !state->reset;
    uint32_t next = told ? (uint32_t)seen->rcv_nxt : 0;
    uint32_t owed = told ? next - facts->acked : 0;
    bool owes = told && owed != 0;
    if (owes && !state->owes)
        state->since_us = view->now_us;
    state->owes = owes;
    if (owes)
        oracle_await(view);
    judge_delay(view, state);
    if (told && facts->seen_any && facts->seen.rcv_nxt >= 0 && is_receiving(facts->state)) {
        judge_at_once(view, state, next);
        judge_choice(view, state, next);
        state->taken += state->expected;
    }
    if (owes && owed >= owed_limit(view, state))
        oracle_violated(view, "%" PRIu32 " octets are not acknowledged, %" PRIu32 " are two full "
                        "segments", owed, owed_limit(view, state));
    state->texts += state->text;
    state->arrived = state->plain = state->answered = state->expected = state->text = false;
}

/* Any ACK pays. */
static void note_sent(struct oracle_view *view, struct delay_state *state,
                      const struct oracle_segment *sent)
{
    if (oracle_has(sent, WIRE_RST))
        state->reset = true;
    if (oracle_has(sent, WIRE_RST) || !oracle_has(sent, WIRE_ACK))
        return;
    judge_delay(view, state);
    state->bare = !state->answered && sent->span == 0;
    state->answered = true;
    state->owes = false;
    oracle_await(view);
}

/* What is taken, and when it is acknowledged. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct delay_state *state = memory;
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

const struct oracle_rule oracle_rule_ack_delay = {
    .id = "O19",
    .name = "ack-delay",
    .rule = "text is acknowledged in less than 0.5 s, at least every second full segment, and at "
            "once when it is out of order",
    .reference = "RFC 9293 3.8.6.3, RFC 5681 4.2",
    .needs = ORACLE_NEEDS_STATE | ORACLE_NEEDS_PROMPT,
    .wants = 1u << ORACLE_SENT | 1u << ORACLE_ARRIVED | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_REST,
    .moves = ORACLE_MOVE_STATE | ORACLE_MOVE_RCV_NXT,
    .state_bytes = sizeof(struct delay_state),
    .see = see,
};
