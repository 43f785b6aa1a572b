/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O24: a connection on which nothing is outstanding is left alone, and asked whether it is alive
 * only where the user wants that. RFC 9293 3.8.4: off unless switched on (MUST-24, MUST-25), only
 * when all is acknowledged and nothing has come for the interval (MUST-26), which can be set
 * (MUST-27); one probe without an answer is not the end (MUST-29); a probe has no octet unless one
 * is wanted (SHLD-12, MAY-6). A probe of the peer, which stands one before RCV.NXT, draws an ACK at
 * once (3.10.7.4 first), which no throttle holds back.
 *
 * A probe stands one before SND.NXT where all is acknowledged: nothing else is sent there.
 *
 * Accepted oddities: segments that may be refused, which count as heard or not; probes that come an
 * interval later than they could, as where something was in flight when the timer fired; a timeout
 * of RFC 5482, for which they may wait; one that was switched on, or given another time, when that
 * was over already; a listener's option that changed before accept(); a FIN that waits for the
 * window, and is outstanding. Of a stack that chooses only those are judged that nobody asked for,
 * and a probe of a closed window, which may look like one of these (AMBIG-37), is not.
 */
#include "oracle/rule.h"

#include <inttypes.h>

enum { SECONDS_MOST = 100000000 }; /* three years */

struct keep_state {
    uint64_t set_us;          /* when an option was set */
    uint64_t heard_us;        /* the last segment that was taken for sure, or the handshake's end */
    bool has_doubt;           /* since then one came that may have been refused: */
    uint64_t doubt_us;
    uint32_t probes;          /* since heard_us */
    uint32_t unanswered;      /* since anything came */
    uint64_t probe_us;        /* the last of them */
    bool timeouts_differ;     /* RFC 5482 */
    bool changed;             /* since the last probe: the interval that the user has set, */
    int64_t armed_us;         /* which it was at that probe */
    bool restarted;           /* since then: the first interval, which starts the timer again */
    int64_t option;           /* SO_KEEPALIVE, at the last observation */
    bool asked;               /* the peer has asked since the last rest, and has no answer yet */
};

/* Since the last rest: time; a segment or an error; a call. */
static bool has_passed(const struct oracle_connection *facts)
{
    return oracle_since(facts, 1u << ORACLE_TIME);
}

static bool has_come(const struct oracle_connection *facts)
{
    return oracle_since(facts, 1u << ORACLE_ARRIVED | 1u << ORACLE_DAMAGED | 1u << ORACLE_ICMP);
}

static bool is_called(const struct oracle_connection *facts)
{
    return oracle_since(facts, 1u << ORACLE_CALL);
}

static bool is_on(const struct oracle_connection *facts)
{
    int64_t option = facts->option[ANVIL_OPTION_KEEPALIVE];
    return option != ORACLE_UNKNOWN && option != 0;
}

/* An option that counts `unit` microseconds, or else the policy; -1: not told, or so long that a
 * stack may take it for its longest time. */
static int64_t chosen(const struct oracle_view *view, enum anvil_target_option option,
                      enum oracle_policy policy, int64_t unit)
{
    int64_t set = view->connection->option[option];
    int64_t otherwise = oracle_policy(view, policy);
    if (set != ORACLE_UNKNOWN)
        return set <= SECONDS_MOST ? set * unit : -1;
    return otherwise == ORACLE_UNKNOWN ? -1 : otherwise;
}

static int64_t idle_us(const struct oracle_view *view)
{
    return chosen(view, ANVIL_OPTION_KEEPIDLE, ORACLE_POLICY_keepalive_idle_us, 1000000);
}

static int64_t interval_us(const struct oracle_view *view)
{
    return chosen(view, ANVIL_OPTION_KEEPINTVL, ORACLE_POLICY_keepalive_interval_us, 1000000);
}

static bool is_open(enum anvil_target_state state)
{
    return state == ANVIL_STATE_ESTABLISHED || state == ANVIL_STATE_CLOSE_WAIT;
}

/* Open, and nothing is in flight or waits; nor does a FIN, which has not gone out in such a
 * state. */
static bool is_idle(const struct oracle_connection *facts,
                    const struct anvil_target_observation *seen)
{
    return is_open(seen->state) && seen->snd_una >= 0 && seen->snd_una == seen->snd_nxt &&
           seen->unsent_bytes == 0 && !facts->shut_write && !facts->closed;
}

/* Whether what goes out is a probe, by its number: one before the next. */
static bool is_probe(const struct oracle_view *view, const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    const struct anvil_target_observation *seen = &facts->seen;
    uint16_t control = sent->flags & (WIRE_SYN | WIRE_FIN | WIRE_RST | WIRE_ACK);
    bool may_probe_window = view->setting->chooses && seen->snd_wnd <= 0; /* AMBIG-37 */
    return !may_probe_window && control == WIRE_ACK && sent->length <= 1 && facts->seen_any &&
           facts->has_iss && oracle_is_synchronized(facts->state) &&
           sent->seq == facts->snd_max - 1 && seen->snd_una >= 0 &&
           sent->seq != (uint32_t)seen->snd_nxt &&
           (sent->length == 0 || (uint32_t)seen->snd_una == facts->snd_max);
}

/* Not before the interval is over. */
static void judge_time(struct oracle_view *view, const struct keep_state *state)
{
    int64_t idle = idle_us(view), interval = interval_us(view);
    if (idle < 0 || interval < 0)
        return;
    uint64_t due = state->probes > 0 ? state->probe_us + (uint64_t)interval
                                     : state->heard_us + (uint64_t)idle;
    if (state->restarted && state->heard_us + (uint64_t)idle < due)
        due = state->heard_us + (uint64_t)idle;
    uint64_t counted = state->heard_us + (uint64_t)idle + state->probes * (uint64_t)interval;
    if (counted < due)
        due = counted; /* the idle time is another since, and a stack may count from there */
    if (state->has_doubt && state->doubt_us + (uint64_t)idle < due)
        due = state->doubt_us + (uint64_t)idle;
    if (view->now_us + oracle_slack(view) < due)
        oracle_violated(view, "a keep-alive goes out %" PRIu64 " us before it is due",
                        due - view->now_us);
}

/* Whether it is wanted, and as it is wanted. */
static void judge_probe(struct oracle_view *view, const struct keep_state *state,
                        const struct oracle_segment *sent)
{
    int64_t octet = oracle_policy(view, ORACLE_POLICY_keepalive_octet);
    int64_t most = chosen(view, ANVIL_OPTION_KEEPCNT, ORACLE_POLICY_keepalive_count, 1);
    const struct oracle_connection *facts = view->connection;
    if (!is_on(facts))
        oracle_violated(view, "a keep-alive goes out, and SO_KEEPALIVE is off");
    else if ((uint32_t)facts->seen.snd_una != facts->snd_max)
        oracle_violated(view, "a keep-alive goes out, and %" PRIu32 " is not acknowledged",
                        oracle_ours(facts, (uint32_t)facts->seen.snd_una));
    else if (view->setting->chooses)
        return;
    else if (octet >= 0 && sent->length != (uint32_t)octet)
        oracle_violated(view, "a keep-alive has %" PRIu32 " octets", sent->length);
    else if (most > 0 && state->unanswered >= most)
        oracle_violated(view, "keep-alive %" PRIu32 " goes out, the count is %" PRId64,
                        state->unanswered + 1, most);
    else
        judge_time(view, state);
}

static void note_sent(struct oracle_view *view, struct keep_state *state,
                      const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    if (has_come(facts) || !(has_passed(facts) || is_called(facts)) || !is_probe(view, sent))
        return;
    judge_probe(view, state, sent);
    state->probes++;
    state->unanswered++;
    state->probe_us = view->now_us;
    state->changed = state->restarted = false;
    state->armed_us = interval_us(view);
}

/* Whether the peer asks, in a segment that nothing else can refuse. */
static bool is_question(const struct oracle_view *view, const struct oracle_segment *segment)
{
    const struct oracle_connection *facts = view->connection;
    const struct anvil_target_observation *seen = &facts->seen;
    bool stamped = facts->own_syn.has_stamps || facts->peer_syn.has_stamps;
    bool told = facts->seen_any && seen->rcv_nxt >= 0 && seen->snd_una >= 0;
    bool open = facts->state == ANVIL_STATE_ESTABLISHED ||
                facts->state == ANVIL_STATE_CLOSE_WAIT || facts->state == ANVIL_STATE_FIN_WAIT_1 ||
                facts->state == ANVIL_STATE_FIN_WAIT_2;
    return told && open && !stamped && !segment->doubtful && segment->span <= 1 &&
           (segment->flags & (WIRE_SYN | WIRE_RST | WIRE_FIN | WIRE_ACK)) == WIRE_ACK &&
           segment->seq + 1 == (uint32_t)seen->rcv_nxt && facts->since == 0 &&
           !facts->own_syn_varied && !facts->peer_syn_doubtful &&
           oracle_within(segment->ack, (uint32_t)seen->snd_una, facts->snd_max) &&
           !view->setting->chooses;
}

static void note_arrival(struct oracle_view *view, struct keep_state *state,
                         const struct oracle_segment *segment)
{
    state->asked = is_question(view, segment);
    if (state->asked)
        oracle_await(view);
    state->unanswered = 0;
    state->timeouts_differ = state->timeouts_differ || segment->options.has_user_timeout;
    if (oracle_is_in_order(view->connection, segment)) {
        state->heard_us = view->now_us;
        state->probes = 0;
        state->has_doubt = false;
    } else if (!state->has_doubt) {
        state->has_doubt = true;
        state->doubt_us = view->now_us;
    }
}

/* A timer has ended an idle connection. */
static void judge_end(struct oracle_view *view, const struct keep_state *state)
{
    int64_t least = chosen(view, ANVIL_OPTION_KEEPCNT, ORACLE_POLICY_keepalive_count, 1);
    if (!is_on(view->connection))
        oracle_violated(view, "a timer ends a connection on which nothing is outstanding");
    else if (least > 0 && state->probes < least)
        oracle_violated(view, "a connection ends after %" PRIu32
                        " keep-alives without an answer, the count is %" PRId64, state->probes,
                        least);
}

/* Somebody must ask some day. */
static void judge_deadline(struct oracle_view *view, const struct keep_state *state,
                           const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    int64_t idle = idle_us(view), interval = interval_us(view);
    int64_t usual = oracle_policy(view, ORACLE_POLICY_keepalive_interval_us);
    if (!is_on(facts) || idle < 0 || interval < 0 || state->timeouts_differ ||
        facts->option[ANVIL_OPTION_USER_TIMEOUT] != ORACLE_UNKNOWN)
        return;
    if (state->changed && !state->restarted && state->armed_us < 0)
        return; /* the timer runs already, with a longest time or one that is not told */
    if (state->changed && interval < usual)
        interval = usual; /* as above */
    if (state->changed && interval < state->armed_us)
        interval = state->armed_us;
    uint64_t from = facts->last_arrived_us;
    from = from < state->set_us ? state->set_us : from;
    uint64_t due = from + (uint64_t)idle + ((uint64_t)state->unanswered + 1) * (uint64_t)interval;
    if (state->unanswered > 0 && due < state->probe_us + (uint64_t)interval)
        due = state->probe_us + (uint64_t)interval; /* the one before it had a longer interval */
    due += oracle_slack(view);
    if (what->deadline_us > due && what->deadline_us > view->now_us)
        oracle_violated(view, "SO_KEEPALIVE is on, nothing has come for %" PRIu64
                        " us, and no timer asks", view->now_us - facts->last_arrived_us);
}

static void note_rest(struct oracle_view *view, struct keep_state *state,
                      const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    bool judged = !view->setting->chooses && facts->seen_any;
    if (state->asked)
        oracle_violated(view, "a segment at one before RCV.NXT, %" PRIu32 ", draws no ACK",
                        oracle_theirs(facts, (uint32_t)facts->seen.rcv_nxt));
    state->asked = false;
    if (what->seen != NULL && is_open(what->state) && !is_open(facts->state))
        state->heard_us = view->now_us;
    bool idle = is_idle(facts, &facts->seen) && (uint32_t)facts->seen.snd_una == facts->snd_max;
    if (judged && what->seen == NULL && idle && has_passed(facts) && !has_come(facts) &&
        !is_called(facts) && !facts->reset_sent)
        judge_end(view, state);
    else if (judged && what->seen != NULL && is_idle(facts, what->seen))
        judge_deadline(view, state, what);
    if (is_on(facts))
        oracle_await(view);
}

static void note_call(struct oracle_view *view, struct keep_state *state,
                      const struct anvil_target_call *call)
{
    if (call->kind == ANVIL_CALL_SET_OPTION || call->kind == ANVIL_CALL_ACCEPT)
        oracle_await(view);
    if (call->kind == ANVIL_CALL_SET_OPTION)
        state->set_us = view->now_us;
    if (call->kind == ANVIL_CALL_SET_OPTION && call->option == ANVIL_OPTION_KEEPINTVL)
        state->changed = true;
    if (call->kind == ANVIL_CALL_SET_OPTION && call->option == ANVIL_OPTION_KEEPIDLE)
        state->restarted = true;
    if (call->kind == ANVIL_CALL_ACCEPT &&
        view->connection->option[ANVIL_OPTION_KEEPALIVE] != state->option)
        oracle_cannot_tell(view);
}

static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct keep_state *state = memory;
    switch (what->kind) {
    case ORACLE_SENT:
        state->asked = state->asked && !oracle_has(what->segment, WIRE_ACK);
        note_sent(view, state, what->segment);
        break;
    case ORACLE_ARRIVED: note_arrival(view, state, what->segment); break;
    case ORACLE_CALL: note_call(view, state, what->call); break;
    case ORACLE_REST: note_rest(view, state, what); break;
    case ORACLE_DAMAGED:
    case ORACLE_ICMP:
    case ORACLE_TIME:
    case ORACLE_REPLACED:
    case ORACLE_OVER:
    case ORACLE_KIND_COUNT: break;
    }
    state->option = view->connection->option[ANVIL_OPTION_KEEPALIVE];
}

const struct oracle_rule oracle_rule_keep_alive = {
    .id = "O24",
    .name = "keep-alive",
    .rule = "an idle connection is asked whether it is alive only where that is wanted, as often "
            "as it is wanted, and does not end otherwise",
    .reference = "RFC 9293 3.8.4",
    .needs = ORACLE_NEEDS_STATE | ORACLE_NEEDS_PROMPT,
    .wants = 1u << ORACLE_SENT | 1u << ORACLE_ARRIVED | 1u << ORACLE_CALL | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_REST,
    .moves = ORACLE_MOVE_STATE,
    .calls = 1u << ANVIL_CALL_SET_OPTION | 1u << ANVIL_CALL_ACCEPT,
    .state_bytes = sizeof(struct keep_state),
    .see = see,
};
