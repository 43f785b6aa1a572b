/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O23: how a round trip is measured, and what becomes of it. RFC 6298 sections 2 and 3, RFC 7323
 * 4.1.
 *
 * The first round trip R makes SRTT = R and RTTVAR = R/2 (2.2); each later one RTTVAR =
 * 3/4 RTTVAR + 1/4 |SRTT - R|, and then SRTT = 7/8 SRTT + 1/8 R (2.3); behind it RTO = SRTT +
 * max(G, 4 RTTVAR), within its bounds. So from SRTT and RTTVAR before and after it is known what R
 * was, if there is any that fits. Nothing is measured but by an ACK of something new, nor is more
 * than the time since the oldest number that it acknowledges was sent. A segment that was sent
 * alone and once, and is acknowledged, is measured: from then until now.
 *
 * Accepted oddities: what is not told, or of a stack that chooses, whose estimate is its own; whole
 * microseconds, and a round trip of none counting as one; timestamps, which are as coarse as their
 * clock, in either direction; a probe of a closed window, and what else a timer sends, which need
 * not be timed; several segments, or time that has passed, between two rests; an RTO of 3 s behind
 * a SYN that was repeated (RFC 6298 5.7); a connection that is back in TIME-WAIT, because what was
 * to take its place came to nothing (MAY-2), and has no estimate any more.
 */
#include "oracle/rule.h"

#include <inttypes.h>

enum { FIRSTS = 16 };

/* When the numbers before `end` were sent first. */
struct first {
    uint32_t end;
    uint64_t sent_us;
};

struct trip_state {
    uint32_t arrived;       /* segments since the last rest */
    bool passed;            /* time, since the first of them, or before it if a timer fired */
    bool fired;             /* a timer has sent something before the first of them */
    struct first firsts[FIRSTS]; /* of the flight, oldest first; the last has all that follow */
    uint32_t count;
    bool alone;             /* the flight is one segment, which was sent once and not by a timer */
    bool syn_again;
};

/* Round trips from `low` to `high`; none where low > high. */
struct span {
    int64_t low, high;
};

static bool is_told(const struct anvil_target_observation *seen)
{
    return seen->snd_una >= 0 && seen->srtt_us >= 0 && seen->rttvar_us >= 0 && seen->rto_us > 0;
}

/* How much coarser than the clock a measurement may be; ORACLE_UNKNOWN: nobody tells the tick of
 * the timestamps. */
static int64_t slack_us(const struct oracle_view *view)
{
    const struct oracle_connection *facts = view->connection;
    bool stamps = facts->own_syn.has_stamps && facts->peer_syn.has_stamps;
    int64_t tick = stamps ? oracle_policy(view, ORACLE_POLICY_timestamp_tick_us) : 0;
    int64_t slack = (int64_t)(view->setting->granularity_us + view->setting->tolerance_us) - 1;
    return tick == ORACLE_UNKNOWN ? tick : slack + (tick > 0 ? tick : 0);
}

/* Whether a round trip of r makes `now` of `was`. RFC 6298 2.2, 2.3. */
static bool fits(const struct anvil_target_observation *was,
                 const struct anvil_target_observation *now, int64_t r)
{
    if (was->srtt_us == 0)
        return now->srtt_us == r && now->rttvar_us == r / 2;
    int64_t off = r > was->srtt_us ? r - was->srtt_us : was->srtt_us - r;
    return now->srtt_us == (7 * was->srtt_us + r) / 8 &&
           now->rttvar_us == (3 * was->rttvar_us + off) / 4;
}

/* The round trips that make `now` of `was`: of whole numbers, up to eight may have one SRTT. */
static struct span measured(const struct anvil_target_observation *was,
                            const struct anvil_target_observation *now)
{
    struct span found = { .low = 1, .high = 0 };
    int64_t least = was->srtt_us == 0 ? now->srtt_us : 8 * now->srtt_us - 7 * was->srtt_us;
    for (int64_t r = least < 1 ? 1 : least; r < least + 8; r++) {
        if (!fits(was, now, r))
            continue;
        if (found.low > found.high)
            found.low = r;
        found.high = r;
    }
    return found;
}

/* ---- what is sent ---- */

/* Whether a timer may send this: time has passed, and no segment came. */
static bool may_be_timer(const struct oracle_connection *facts, const struct trip_state *state)
{
    return oracle_since(facts, 1u << ORACLE_TIME) && state->arrived == 0;
}

static void note_new(const struct oracle_view *view, struct trip_state *state,
                     const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    bool idle = !facts->has_iss || (facts->seen_any && facts->seen.snd_una >= 0 &&
                                    (uint32_t)facts->seen.snd_una == facts->snd_max);
    bool by_timer = may_be_timer(facts, state) &&
                    !oracle_since(facts, 1u << ORACLE_DAMAGED | 1u << ORACLE_ICMP |
                                             1u << ORACLE_CALL);
    if (idle)
        state->count = 0;
    state->alone = idle && !by_timer && (!facts->has_iss || facts->seen.snd_wnd > 0);
    struct first *last = &state->firsts[state->count == FIRSTS ? FIRSTS - 1 : state->count];
    last->end = sent->seq + sent->span;
    if (state->count == FIRSTS)
        return;
    last->sent_us = view->now_us;
    state->count++;
}

static void note_sent(struct oracle_view *view, struct trip_state *state,
                      const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    state->fired = state->fired || may_be_timer(facts, state);
    if (state->fired)
        oracle_await(view);
    if (sent->span == 0 || oracle_has(sent, WIRE_RST))
        return;
    if (!facts->has_iss || !oracle_before(sent->seq, facts->snd_max)) {
        note_new(view, state, sent);
        return;
    }
    state->alone = false;
    state->syn_again = state->syn_again || oracle_has(sent, WIRE_SYN);
    if (oracle_before(facts->snd_max, sent->seq + sent->span) && state->count > 0)
        state->firsts[state->count - 1].end = sent->seq + sent->span;
}

/* ---- what an ACK has measured ---- */

/* The estimate has moved. `since_us`: when the oldest number that is acknowledged was sent. */
static void judge_moved(struct oracle_view *view, const struct anvil_target_observation *now,
                        uint64_t since_us)
{
    const struct anvil_target_observation *was = &view->connection->seen;
    struct span trip = measured(was, now);
    int64_t most = (int64_t)(view->now_us - since_us) + slack_us(view);
    if (trip.low > trip.high)
        oracle_violated(view, "no round trip takes SRTT and RTTVAR from %" PRId64 " and %" PRId64
                        " us to %" PRId64 " and %" PRId64 " us", was->srtt_us, was->rttvar_us,
                        now->srtt_us, now->rttvar_us);
    else if (trip.low > (most > 1 ? most : 1))
        oracle_violated(view, "a round trip of %" PRId64 " us is measured, and what is "
                        "acknowledged was sent %" PRIu64 " us ago", trip.low,
                        view->now_us - since_us);
}

/* Behind a measurement the timeout is what it says. RFC 6298 2.2 to 2.5. */
static void judge_timeout(struct oracle_view *view, const struct trip_state *state,
                          const struct anvil_target_observation *now)
{
    int64_t least = oracle_policy(view, ORACLE_POLICY_rto_min_us);
    int64_t most = oracle_policy(view, ORACLE_POLICY_rto_max_us);
    int64_t tick = oracle_policy(view, ORACLE_POLICY_rto_granularity_us);
    int64_t spread = 4 * now->rttvar_us > tick ? 4 * now->rttvar_us : tick;
    int64_t due = now->srtt_us + spread;
    bool first = (uint32_t)view->connection->seen.snd_una == view->connection->iss;
    if (least < 0 || most < 0 || tick < 0 || (first && state->syn_again))
        return;
    due = due < least ? least : due > most ? most : due;
    if (now->rto_us != due)
        oracle_violated(view, "the RTO is %" PRId64 " us behind a measurement, SRTT of %" PRId64
                        " and RTTVAR of %" PRId64 " us make %" PRId64, now->rto_us, now->srtt_us,
                        now->rttvar_us, due);
}

/* A segment that was sent alone is acknowledged: its round trip is known. RFC 6298 section 3. */
static void judge_alone(struct oracle_view *view, const struct anvil_target_observation *now,
                        uint64_t since_us)
{
    int64_t took = (int64_t)(view->now_us - since_us), slack = slack_us(view);
    struct span trip = measured(&view->connection->seen, now);
    if (trip.high < took - slack || trip.low > (took + slack > 1 ? took + slack : 1))
        oracle_violated(view, "a segment is acknowledged after %" PRId64
                        " us, and that is not what SRTT goes by: %" PRId64 " us behind %" PRId64
                        " us", took, now->srtt_us, view->connection->seen.srtt_us);
}

/* What one arrival has done. */
static void judge(struct oracle_view *view, const struct trip_state *state,
                  const struct anvil_target_observation *now)
{
    const struct anvil_target_observation *was = &view->connection->seen;
    bool moved = now->srtt_us != was->srtt_us || now->rttvar_us != was->rttvar_us;
    bool acked = now->snd_una != was->snd_una;
    if (moved && (!acked || state->arrived == 0)) {
        oracle_violated(view, "SRTT goes from %" PRId64 " to %" PRId64
                        " us, and nothing new was acknowledged", was->srtt_us, now->srtt_us);
        return;
    }
    if (!acked || state->arrived != 1 || state->passed || state->count == 0 ||
        slack_us(view) == ORACLE_UNKNOWN)
        return;
    const struct first *oldest = &state->firsts[0];
    if (moved) {
        judge_moved(view, now, oldest->sent_us);
        judge_timeout(view, state, now);
    }
    if (state->alone && state->count == 1 && (uint32_t)now->snd_una == oldest->end)
        judge_alone(view, now, oldest->sent_us);
}

/* Forgets what is acknowledged. */
static void forget(struct trip_state *state, uint32_t una)
{
    uint32_t gone = 0;
    while (gone < state->count && oracle_up_to(state->firsts[gone].end, una))
        gone++;
    for (uint32_t i = gone; i < state->count; i++)
        state->firsts[i - gone] = state->firsts[i];
    state->count -= gone;
    state->alone = state->alone && gone == 0;
}

static void note_rest(struct oracle_view *view, struct trip_state *state,
                      const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    bool told = what->seen != NULL && is_told(what->seen) && facts->has_iss;
    if (told && facts->seen_any && is_told(&facts->seen) && !view->setting->chooses &&
        !facts->came_back)
        judge(view, state, what->seen);
    if (told)
        forget(state, (uint32_t)what->seen->snd_una);
    state->arrived = 0;
    state->passed = state->fired = false;
}

static void note_arrival(struct oracle_view *view, struct trip_state *state)
{
    oracle_await(view);
    if (state->arrived++ == 0)
        state->passed = state->fired;
}

static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct trip_state *state = memory;
    switch (what->kind) {
    case ORACLE_SENT: note_sent(view, state, what->segment); break;
    case ORACLE_ARRIVED: note_arrival(view, state); break;
    case ORACLE_TIME: state->passed = true; break;
    case ORACLE_REST: note_rest(view, state, what); break;
    case ORACLE_DAMAGED:
    case ORACLE_ICMP:
    case ORACLE_CALL:
    case ORACLE_REPLACED:
    case ORACLE_OVER:
    case ORACLE_KIND_COUNT: break;
    }
}

const struct oracle_rule oracle_rule_round_trip = {
    .id = "O23",
    .name = "round-trip",
    .rule = "only an ACK of something new measures a round trip, which moves SRTT, RTTVAR and RTO "
            "as they are to be moved",
    .reference = "RFC 6298 2, 3; RFC 7323 4.1",
    .needs = ORACLE_NEEDS_STATE | ORACLE_NEEDS_PROMPT,
    .wants = 1u << ORACLE_SENT | 1u << ORACLE_ARRIVED | 1u << ORACLE_TIME | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_TIME | 1u << ORACLE_REST,
    .moves = ORACLE_MOVE_STATE | ORACLE_MOVE_SND_UNA | ORACLE_MOVE_ESTIMATE,
    .state_bytes = sizeof(struct trip_state),
    .see = see,
};
