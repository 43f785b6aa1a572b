/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O10: the timer ends TIME-WAIT at 2MSL after it was entered, or after the peer's FIN came again:
 * not earlier and not later. RFC 9293 3.6.1 (MUST-13), 3.10.7.4 eighth, 3.10.8. A SYN reopens it
 * only where the policy lets it (MAY-2), and one that does not is answered with an ACK or, where
 * the policy is RFC 6191 to the letter, with nothing.
 *
 * Accepted oddities: a RST ends it at once (O7 says which), a SYN may reopen it (MAY-2), and so may
 * a call; a connection that replaced it and failed gives it back with the deadline that it had; the
 * stack's tick and tolerance. Whether a FIN that came again was good enough to restart the timer is
 * open where it has timestamps (PAWS may refuse it), where it is doubtful, and for a stack that
 * chooses, which may keep the first deadline.
 */
#include "oracle/rule.h"

#include <inttypes.h>

enum { REUSE_NEVER = 0 }; /* of the policy time_wait_reuse */

struct wait_state {
    bool in;                /* in TIME-WAIT at the last rest */
    bool has_syn;           /* a SYN that may ask to reopen it came since the last rest */
    bool excused;           /* a segment or another connection may have ended it since */
    bool came, surely;      /* the FIN came again since the last rest; certainly to be heeded */
    uint64_t came_us;
    uint64_t since_us;      /* the latest moment from which 2MSL surely count */
    uint64_t maybe_us;      /* the latest from which they may count */
};

static bool is_fin_again(const struct oracle_connection *facts,
                         const struct oracle_segment *segment)
{
    uint32_t fin = segment->seq + segment->length + (oracle_has(segment, WIRE_SYN) ? 1 : 0);
    return oracle_has(segment, WIRE_FIN) && !oracle_has(segment, WIRE_RST) &&
           facts->seen_any && facts->seen.rcv_nxt >= 0 &&
           oracle_up_to((uint32_t)facts->seen.rcv_nxt - 1, fin);
}

static void note_arrival(const struct oracle_view *view, struct wait_state *state,
                         const struct oracle_segment *segment)
{
    const struct oracle_connection *facts = view->connection;
    state->has_syn = (segment->flags & (WIRE_SYN | WIRE_ACK | WIRE_RST)) == WIRE_SYN &&
                     state->in && !view->setting->chooses && facts->since == 0;
    if (oracle_has(segment, WIRE_RST) || oracle_has(segment, WIRE_SYN))
        state->excused = true;
    if (!is_fin_again(facts, segment))
        return;
    uint32_t fin = segment->seq + segment->length;
    bool stamps = segment->options.has_stamps || facts->own_syn.has_stamps;
    bool exact = fin == (uint32_t)facts->seen.rcv_nxt - 1;
    state->came = true;
    state->came_us = view->now_us;
    state->surely = exact && !stamps && !segment->doubtful && !oracle_has(segment, WIRE_SYN) &&
                    !view->setting->chooses;
}

static void judge(struct oracle_view *view, const struct wait_state *state, bool in)
{
    int64_t msl = oracle_policy(view, ORACLE_POLICY_msl_us);
    if (msl == ORACLE_UNKNOWN)
        return;
    uint64_t wait = 2 * (uint64_t)msl, early = view->setting->granularity_us - 1;
    uint64_t late = early + view->setting->tolerance_us;
    bool excused = state->excused ||
                   oracle_since(view->connection, 1u << ORACLE_CALL | 1u << ORACLE_ICMP);
    if (!in && !excused && view->now_us + early < state->since_us + wait)
        oracle_violated(view, "TIME-WAIT has ended %" PRIu64 " us after it began or the FIN came "
                        "again, 2MSL are %" PRIu64, view->now_us - state->since_us, wait);
    else if (in && view->now_us > state->maybe_us + wait + late)
        oracle_violated(view, "TIME-WAIT lasts %" PRIu64 " us after it began or the FIN came "
                        "again, 2MSL are %" PRIu64, view->now_us - state->maybe_us, wait);
}

/* It came back: with the deadline that it had, which is the endpoint's next, or some later one. */
static void judge_deadline(struct oracle_view *view, const struct wait_state *state,
                           const struct oracle_observation *what)
{
    int64_t msl = oracle_policy(view, ORACLE_POLICY_msl_us);
    uint64_t slack = oracle_slack(view);
    if (msl == ORACLE_UNKNOWN || what->deadline_us == ANVIL_TARGET_NEVER || state->came)
        return;
    uint64_t due = state->maybe_us + 2 * (uint64_t)msl + slack;
    if (what->deadline_us > due)
        oracle_violated(view, "TIME-WAIT that came back ends %" PRIu64 " us later than it would "
                        "have", what->deadline_us - due);
}

/* What is known once all is done that was due. */
static void note_rest(struct oracle_view *view, struct wait_state *state,
                      const struct oracle_observation *what)
{
    bool in = what->state == ANVIL_STATE_TIME_WAIT;
    if (state->in)
        judge(view, state, in);
    if (state->in && in && view->connection->came_back)
        judge_deadline(view, state, what);
    if (in && !state->in)
        state->since_us = state->maybe_us = view->now_us;
    if (in && state->came)
        state->maybe_us = state->came_us;
    if (in && state->came && state->surely)
        state->since_us = state->came_us;
    state->in = in;
    state->excused = state->came = state->has_syn = false;
    if (in)
        oracle_await(view);
}

/* What comes, what answers it, and what is told. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct wait_state *state = memory;
    switch (what->kind) {
    case ORACLE_ARRIVED: note_arrival(view, state, what->segment); break;
    case ORACLE_REPLACED:
        if (state->has_syn && oracle_policy(view, ORACLE_POLICY_time_wait_reuse) == REUSE_NEVER)
            oracle_violated(view, "a SYN reopens TIME-WAIT, which the policy forbids");
        state->excused = true;
        state->has_syn = false;
        break;
    case ORACLE_SENT:
        if (state->has_syn && oracle_policy(view, ORACLE_POLICY_time_wait_silent_syn) == 1 &&
            (what->segment->flags & (WIRE_SYN | WIRE_RST | WIRE_ACK)) == WIRE_ACK)
            oracle_violated(view, "a SYN that does not reopen TIME-WAIT is answered with an ACK");
        break;
    case ORACLE_REST: note_rest(view, state, what); break;
    case ORACLE_DAMAGED:
    case ORACLE_CALL:
    case ORACLE_ICMP:
    case ORACLE_TIME:
    case ORACLE_OVER:
    case ORACLE_KIND_COUNT: break;
    }
}

const struct oracle_rule oracle_rule_time_wait = {
    .id = "O10",
    .name = "time-wait",
    .rule = "the timer ends TIME-WAIT 2MSL after it was entered or the peer's FIN came again, not "
            "earlier and not later",
    .reference = "RFC 9293 3.6.1, 3.10.7.4, 3.10.8",
    .needs = ORACLE_NEEDS_STATE | ORACLE_NEEDS_PROMPT,
    .wants = 1u << ORACLE_ARRIVED | 1u << ORACLE_SENT | 1u << ORACLE_REPLACED | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_ARRIVED | 1u << ORACLE_SENT | 1u << ORACLE_REPLACED | 1u << ORACLE_REST,
    .moves = ORACLE_MOVE_STATE,
    .state_bytes = sizeof(struct wait_state),
    .see = see,
};
