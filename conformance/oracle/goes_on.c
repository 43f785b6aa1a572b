/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O26: what is in flight, or waits for a closed window, goes on. RFC 6298 5.1, 5.4, 5.5; RFC 9293
 * 3.8.6 (SHLD-16), 3.8.6.1 (MUST-35 to MUST-37), 3.9.1.1.
 *
 * Something is sent one RTO after the last time, or after an ACK of something new, at the latest:
 * new text does not start a timer that runs (5.1), and a window that shrank holds nothing back that
 * is sent again. A window that stays closed ends nothing while its probes are answered. A user
 * timeout that nobody has set is that of the policy, and is the end; with a closed window it counts
 * from the first probe without an answer.
 *
 * Accepted oddities: a FIN alone that waits for a closed window, and text that a user of MSG_MORE
 * or TCP_CORK holds back; an ICMP error and a window that changes, from which the time counts anew;
 * a timeout that the user or the peer has set (RFC 5482); an answer that may have been refused; a
 * tick and tolerance; a stack that chooses, whose RTO and limits are its own.
 */
#include "oracle/rule.h"

#include <inttypes.h>

struct going_state {
    bool needs;             /* at the last rest something was in flight, or waited */
    uint64_t from_us;       /* the last moment from which a timeout may count */
    int64_t rto_us;         /* the largest told since then */
    bool answered;          /* since something was sent the peer surely answered */
    bool has_quiet_sent;    /* something was sent since quiet_us */
    uint64_t quiet_us;      /* since when nothing came and the user did nothing */
    bool timeouts_differ;
    bool holds;             /* the user has held text back: MSG_MORE, TCP_CORK */
};

static bool is_told(const struct anvil_target_observation *seen)
{
    return seen != NULL && seen->snd_una >= 0 && seen->snd_nxt >= 0 && seen->rto_us > 0;
}

static bool is_closed_to(const struct anvil_target_observation *seen,
                         enum anvil_target_state state)
{
    return seen->snd_wnd == 0 && oracle_is_synchronized(state);
}

/* Why a timer must run; NULL: it need not. */
static const char *need(const struct oracle_connection *facts,
                        const struct anvil_target_observation *seen,
                        enum anvil_target_state state, bool holds)
{
    if (state == ANVIL_STATE_TIME_WAIT || !is_told(seen))
        return NULL;
    if (is_closed_to(seen, state) && seen->unsent_bytes > 0 && !holds)
        return "text waits for a closed window";
    bool flight = (uint32_t)seen->snd_una != facts->snd_max && facts->has_iss;
    return flight ? "something is in flight" : NULL;
}

/* Something that takes numbers goes out: again, as the first of a flight, or as a probe. */
static void note_sent(const struct oracle_view *view, struct going_state *state,
                      const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    if (sent->span == 0 || oracle_has(sent, WIRE_RST))
        return;
    bool again = facts->has_iss && oracle_before(sent->seq, facts->snd_max);
    bool probe = facts->seen_any && is_closed_to(&facts->seen, facts->state);
    if (again || probe || !state->needs)
        state->from_us = view->now_us;
    if (!state->has_quiet_sent && probe)
        state->quiet_us = view->now_us; /* the first probe starts the clock of the user timeout */
    state->has_quiet_sent = true;
    state->answered = false;
}

static void note_arrival(const struct oracle_view *view, struct going_state *state,
                         const struct oracle_segment *segment)
{
    state->timeouts_differ = state->timeouts_differ || segment->options.has_user_timeout;
    state->quiet_us = view->now_us;
    state->has_quiet_sent = false;
    state->answered = state->answered || oracle_is_in_order(view->connection, segment);
}

static void note_call(const struct oracle_view *view, struct going_state *state,
                      const struct anvil_target_call *call)
{
    state->quiet_us = view->now_us;
    state->has_quiet_sent = false;
    state->holds = state->holds || view->connection->option[ANVIL_OPTION_CORK] != ORACLE_UNKNOWN ||
                   (call->kind == ANVIL_CALL_SEND && (call->flags & ANVIL_MESSAGE_MORE) != 0) ||
                   (call->kind == ANVIL_CALL_SET_OPTION && call->option == ANVIL_OPTION_CORK);
}

/* Whether the user timeout is that of the policy. */
static bool is_usual(const struct oracle_view *view, const struct going_state *state)
{
    return !state->timeouts_differ &&
           view->connection->option[ANVIL_OPTION_USER_TIMEOUT] == ORACLE_UNKNOWN;
}

/* What was in need at the last rest, and is so still. */
static void judge_wait(struct oracle_view *view, const struct going_state *state,
                       const struct oracle_observation *what, const char *why)
{
    int64_t persist = oracle_policy(view, ORACLE_POLICY_persist_min_us), most = state->rto_us;
    int64_t user = oracle_policy(view, ORACLE_POLICY_user_timeout_us);
    if (what->seen->snd_wnd == 0 && persist > most)
        most = persist;
    if (view->now_us >= state->from_us + (uint64_t)most + oracle_slack(view))
        oracle_violated(view, "%s, and nothing is sent for %" PRIu64 " us, the RTO is %" PRId64
                        " us", why, view->now_us - state->from_us, most);
    else if (user > 0 && is_usual(view, state) && oracle_is_synchronized(what->state) &&
             (what->seen->snd_wnd > 0 || state->has_quiet_sent) &&
             view->now_us > state->quiet_us + (uint64_t)user + oracle_slack(view))
        oracle_violated(view, "%s for %" PRIu64 " us, the user timeout is %" PRId64 " us", why,
                        view->now_us - state->quiet_us, user);
}

/* The connection is gone, and only time has passed. */
static void judge_end(struct oracle_view *view, const struct going_state *state)
{
    const struct oracle_connection *facts = view->connection;
    bool alone = facts->since == 1u << ORACLE_TIME;
    if (state->needs && alone && is_closed_to(&facts->seen, facts->state) && state->answered &&
        is_usual(view, state))
        oracle_violated(view, "it is given up with a closed window, %" PRIu64 " us after the peer "
                        "has answered the last probe", view->now_us - facts->last_arrived_us);
}

/* What was told becomes what is known; whether the time counts on from before. */
static void note_rest(struct oracle_view *view, struct going_state *state,
                      const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    const char *why = need(facts, what->seen, what->state, state->holds);
    bool known = facts->seen_any && is_told(&facts->seen);
    bool same = state->needs && known && why != NULL && what->state == facts->state &&
                what->seen->snd_una == facts->seen.snd_una &&
                what->seen->snd_wnd == facts->seen.snd_wnd;
    if (why == NULL && what->seen == NULL && known)
        judge_end(view, state);
    if (!state->needs)
        state->quiet_us = view->now_us;
    if (why != NULL && !same)
        state->from_us = view->now_us;
    if (same && state->from_us != view->now_us)
        judge_wait(view, state, what, why);
    if (why != NULL && (!same || state->from_us == view->now_us ||
                        what->seen->rto_us > state->rto_us))
        state->rto_us = what->seen->rto_us;
    state->needs = why != NULL;
    if (state->needs)
        oracle_await(view);
}

/* What is sent, what answers it, and what time does. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct going_state *state = memory;
    if (view->setting->chooses)
        return;
    switch (what->kind) {
    case ORACLE_SENT: note_sent(view, state, what->segment); break;
    case ORACLE_ARRIVED: note_arrival(view, state, what->segment); break;
    case ORACLE_ICMP: state->from_us = view->now_us; break;
    case ORACLE_CALL: note_call(view, state, what->call); break;
    case ORACLE_REST: note_rest(view, state, what); break;
    case ORACLE_DAMAGED:
    case ORACLE_TIME:
    case ORACLE_REPLACED:
    case ORACLE_OVER:
    case ORACLE_KIND_COUNT: break;
    }
}

const struct oracle_rule oracle_rule_goes_on = {
    .id = "O26",
    .name = "goes-on",
    .rule = "what is in flight or waits for a closed window goes out again each RTO, until the "
            "user timeout, and for ever to a peer that answers probes",
    .reference = "RFC 6298 5; RFC 9293 3.8.6.1, 3.9.1.1",
    .needs = ORACLE_NEEDS_STATE | ORACLE_NEEDS_PROMPT,
    .wants = 1u << ORACLE_SENT | 1u << ORACLE_ARRIVED | 1u << ORACLE_ICMP | 1u << ORACLE_CALL |
             1u << ORACLE_REST,
    .waits = 1u << ORACLE_ICMP | 1u << ORACLE_REST,
    .moves = ORACLE_MOVE_STATE | ORACLE_MOVE_SND_UNA | ORACLE_MOVE_SND_NXT | ORACLE_MOVE_SND_WND |
             ORACLE_MOVE_UNSENT,
    .state_bytes = sizeof(struct going_state),
    .see = see,
};
