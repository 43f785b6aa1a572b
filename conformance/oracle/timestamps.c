/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O22: timestamps. Once both SYNs had the option every segment but a RST has it, and without that
 * none has; TSval never goes back, and goes on with the clock; TSecr is a value that was received,
 * and TS.Recent at that; a segment with an older TSval moves nothing. One that lacks the option,
 * when both SYNs had it, is dropped in silence, but for a RST. RFC 7323 3.2, 4.1, 4.3, 5.2, 5.3.
 *
 * TS.Recent is known within bounds: of the segments that stood at or before the last ACK it is at
 * least the TSval of the last that was surely taken (it moved RCV.NXT), and at most the largest.
 *
 * Accepted oddities: SYNs that crossed (either may have the option in its SYN,ACK); SYNs that came
 * several times and differed; a RST has any timestamps or none; after the idle time of PAWS (RFC
 * 7323 5.5) any TSval is new, and so where those that may have been taken lie half the space
 * apart; what is doubtful counts for neither bound; an older TSval that comes with no text to take;
 * a clock that is read a tick early or late, or whose tick is not told; a SYN without the option
 * (RFC 5961 4 has an answer to it); a stack that chooses, which may take what lacks the option.
 */
#include "oracle/rule.h"

#include <inttypes.h>

enum { VALUES = 32 };

struct stamps_state {
    bool has_val;
    uint32_t val;               /* the TSval that was sent last, */
    uint64_t val_us;            /* and when */
    uint32_t values[VALUES];    /* TSvals that arrived, the last ones */
    uint32_t count;             /* ever */
    bool has_least, has_most;   /* bounds of TS.Recent */
    uint32_t least, most;
    uint32_t from;              /* the oldest that `most` is the largest of */
    uint64_t least_us, most_us; /* when they were */
    bool loose;                 /* too long ago: what comes now may be larger, and look smaller */
    bool pending, old, early;   /* a segment came since the last rest; its TSval is old; it stands
                                   at or before the last ACK */
    uint32_t pending_val;
    bool lacking;               /* one without the option came since the last rest */
};

/* 0 < b - a < 2^31: exactly half the space away is neither. RFC 7323 5.2. */
static bool is_before(uint32_t a, uint32_t b)
{
    return b - a - 1 < 0x7fffffff;
}

static bool is_known(const struct stamps_state *state, uint32_t value)
{
    uint32_t held = state->count < VALUES ? state->count : VALUES;
    for (uint32_t i = 0; i < held; i++)
        if (state->values[i] == value)
            return true;
    return state->count > VALUES; /* some were forgotten */
}

/* Whether the option is in use; it is not known while a SYN is missing, or if those differed. */
static bool is_settled(const struct oracle_connection *facts)
{
    return facts->has_iss && facts->has_irs && !facts->peer_syn_doubtful &&
           !facts->own_syn_varied;
}

static bool is_used(const struct oracle_connection *facts)
{
    return facts->own_syn.has_stamps && facts->peer_syn.has_stamps;
}

static void judge_presence(struct oracle_view *view, const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    bool syn = oracle_has(sent, WIRE_SYN);
    if (syn || !is_settled(facts) || is_used(facts) == sent->options.has_stamps)
        return;
    oracle_violated(view, "a segment at %" PRIu32 " has %s timestamps, %s", oracle_ours(facts,
                    sent->seq), sent->options.has_stamps ? "" : "no",
                    is_used(facts) ? "which both SYNs had" : "which not both SYNs had");
}

static void judge_echo(struct oracle_view *view, const struct stamps_state *state,
                       const struct oracle_segment *sent)
{
    uint32_t echo = sent->options.ts_ecr;
    if (!oracle_has(sent, WIRE_ACK)) {
        if (echo != 0)
            oracle_violated(view, "TSecr is %" PRIu32 " in a segment without ACK", echo);
        return;
    }
    if (state->count == 0 && oracle_has(sent, WIRE_SYN))
        return; /* SYNs that crossed, and the peer's had no stamp: there is nothing to echo */
    if (!is_known(state, echo))
        oracle_violated(view, "TSecr is %" PRIu32 ", which was never received", echo);
    else if (state->has_least && is_before(echo, state->least))
        oracle_violated(view, "TSecr is %" PRIu32 ", but %" PRIu32 " was taken since", echo,
                        state->least);
    else if (state->has_most && is_before(state->most, echo))
        oracle_violated(view, "TSecr is %" PRIu32 ", which stood behind the last ACK; %" PRIu32
                        " is the newest that did not", echo, state->most);
}

/* After half a round of the timestamp clock, later looks like earlier. 1 ms is the usual tick. */
static bool is_comparable(const struct oracle_view *view, const struct stamps_state *state)
{
    int64_t tick_us = oracle_policy(view, ORACLE_POLICY_timestamp_tick_us);
    uint64_t known_us = tick_us == ORACLE_UNKNOWN || tick_us <= 0 ? 1000 : (uint64_t)tick_us;
    return view->now_us - state->val_us < known_us << 31;
}

/* TSval counts ticks of the clock. RFC 7323 4.1, 5.4. */
static void judge_clock(struct oracle_view *view, const struct stamps_state *state, uint32_t val)
{
    int64_t tick_us = oracle_policy(view, ORACLE_POLICY_timestamp_tick_us);
    uint64_t slack = oracle_slack(view);
    uint64_t passed = view->now_us - state->val_us;
    if (tick_us <= 0 || view->setting->chooses)
        return;
    uint64_t most = (passed + slack) / (uint64_t)tick_us + 1;
    uint64_t least = passed < slack ? 0 : (passed - slack) / (uint64_t)tick_us;
    if (val - state->val - (uint32_t)least > (uint32_t)(most - least))
        oracle_violated(view, "TSval goes from %" PRIu32 " to %" PRIu32 " in %" PRIu64
                        " us, a tick is %" PRId64 " us", state->val, val, passed, tick_us);
}

static void judge_sent(struct oracle_view *view, struct stamps_state *state,
                       const struct oracle_segment *sent)
{
    if (oracle_has(sent, WIRE_RST))
        return;
    judge_presence(view, sent);
    if (!sent->options.has_stamps)
        return;
    uint32_t val = sent->options.ts_val;
    if (state->has_val && is_before(val, state->val) && is_comparable(view, state))
        oracle_violated(view, "TSval goes back from %" PRIu32 " to %" PRIu32, state->val, val);
    else if (state->has_val)
        judge_clock(view, state, val);
    state->val = val;
    state->val_us = view->now_us;
    state->has_val = true;
    judge_echo(view, state, sent);
}

/* How long TS.Recent is valid on an idle connection: 24 days where it is not told. */
static uint64_t idle_us(const struct oracle_view *view)
{
    int64_t told = oracle_policy(view, ORACLE_POLICY_paws_idle_us);
    return told == ORACLE_UNKNOWN ? UINT64_C(2073600000000) : (uint64_t)told;
}

static void set_most(const struct oracle_view *view, struct stamps_state *state, uint32_t val)
{
    if (!state->has_most)
        state->from = val;
    state->most = val;
    state->most_us = view->now_us;
    state->has_most = true;
}

/* What a segment may do to TS.Recent, and whether it is old. */
static void note_arrival(struct oracle_view *view, struct stamps_state *state,
                         const struct oracle_segment *segment)
{
    const struct oracle_connection *facts = view->connection;
    bool first = oracle_has(segment, WIRE_SYN);
    state->pending = false;
    state->lacking = oracle_lacks_stamps(facts, segment) && !first && !segment->doubtful &&
                     !view->setting->chooses && is_settled(facts) && facts->seen_any &&
                     oracle_is_synchronized(facts->state) && facts->since == 0;
    if (state->lacking)
        oracle_await(view);
    if (!segment->options.has_stamps)
        return;
    uint32_t val = segment->options.ts_val;
    state->values[state->count++ % VALUES] = val;
    if (oracle_has(segment, WIRE_RST))
        return;
    bool stale = state->has_least && view->now_us - state->least_us >= idle_us(view);
    bool early = first || !facts->has_acked || oracle_up_to(segment->seq, facts->acked);
    bool larger = early && (!state->has_most || is_before(state->most, val));
    bool late = state->has_most && view->now_us - state->most_us >= idle_us(view);
    if (state->has_most && (late || (larger && !is_before(state->from, val)))) {
        state->has_most = false;
        state->loose = true;
    }
    if (larger && !state->loose)
        set_most(view, state, val);
    if (stale || segment->doubtful || first)
        state->has_least = false;
    state->pending = !segment->doubtful && !first && !stale;
    if (state->pending)
        oracle_await(view);
    state->early = early;
    state->pending_val = val;
    state->old = state->has_least && is_before(val, state->least);
}

/* SHOULD be dropped in silence. RFC 7323 3.2. */
static void judge_lacking(struct oracle_view *view, const struct oracle_observation *what)
{
    const struct anvil_target_observation *was = &view->connection->seen, *now = what->seen;
    if (what->state != view->connection->state)
        oracle_violated(view, "a segment without timestamps leads from %s to %s",
                        oracle_state_name(view->connection->state),
                        oracle_state_name(what->state));
    else if (now != NULL && (now->rcv_nxt != was->rcv_nxt || now->snd_una != was->snd_una ||
                             now->snd_wnd != was->snd_wnd))
        oracle_violated(view, "a segment without timestamps, which both SYNs had, is taken");
}

/* What became of the segment: did RCV.NXT move? */
static void note_rest(struct oracle_view *view, struct stamps_state *state,
                      const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    bool told = facts->seen_any && what->seen != NULL && facts->seen.rcv_nxt >= 0 &&
                what->seen->rcv_nxt >= 0 && is_settled(facts) && is_used(facts);
    bool moved = told && what->seen->rcv_nxt != facts->seen.rcv_nxt;
    if (state->lacking)
        judge_lacking(view, what);
    if (state->pending && moved && state->old)
        oracle_violated(view, "a segment with TSval %" PRIu32 " is taken, TS.Recent is %" PRIu32
                        " at least", state->pending_val, state->least);
    else if (state->pending && moved && state->early) {
        state->least = state->pending_val;
        state->least_us = view->now_us;
        if (state->loose)
            set_most(view, state, state->pending_val);
        state->from = state->pending_val;
        state->loose = false;
        state->has_least = true;
    }
    state->pending = state->lacking = false;
}

static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct stamps_state *state = memory;
    switch (what->kind) {
    case ORACLE_SENT:
        judge_sent(view, state, what->segment);
        if (state->lacking)
            oracle_violated(view, "a segment without timestamps, which both SYNs had, is answered");
        break;
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

const struct oracle_rule oracle_rule_timestamps = {
    .id = "O22",
    .name = "timestamps",
    .rule = "timestamps are in every segment or in none, TSval goes on with the clock, TSecr is "
            "TS.Recent, and an older TSval moves nothing",
    .reference = "RFC 7323 3.2, 4.1, 4.3, 5.3",
    .wants = 1u << ORACLE_SENT | 1u << ORACLE_ARRIVED | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_REST,
    .state_bytes = sizeof(struct stamps_state),
    .see = see,
};
