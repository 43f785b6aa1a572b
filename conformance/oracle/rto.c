/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O18: when the oldest number in flight is sent again, and for how long. RFC 6298 sections 2, 3 and
 * 5; RFC 9293 3.8.3 (MUST-20, MUST-23), 3.8.1 (MUST-18).
 *
 * A timer sends it again one RTO after the last time (5.1), or after an ACK of something new (5.3),
 * not earlier and not later; each time it waits twice as long, up to the bound (5.5). Before any
 * round trip the RTO is the initial one (2.1), behind a SYN that was repeated it is 3 s at least
 * (5.7). An ACK of nothing but what was sent again is no measurement, and leaves the RTO as it is
 * (Karn; section 3). At R2 the connection is given up, not earlier, and nothing is sent then.
 *
 * Only what a timer sends is judged: nothing came and no call was made since the last rest.
 *
 * Accepted oddities: a FIN that goes with each ACK by policy; what an arrival, an ICMP error or a
 * call sends again; bounds, R2 and user timeouts as told, or none where they are not; a probe of a
 * closed window, which may wait longer, and a window that changes, behind which the doubling begins
 * anew; timestamps, which tell one transmission from another; a user or a peer that has set a
 * timeout (RFC 5482); a tick and tolerance, at both ends of an interval. Of a stack that chooses
 * only the doubling and Karn's rule are judged, since its estimate is its own.
 */
#include "oracle/rule.h"

#include <inttypes.h>

struct rto_state {
    bool has_last;           /* when the front was sent last: by a timer, or the first time */
    uint64_t last_us;
    uint64_t interval_us;    /* between the last two times, by a timer; 0: not known */
    uint64_t progress_us;    /* the last ACK of something new, or the start */
    uint64_t quiet_us;       /* since when nothing came and nothing new was sent to an idle peer */
    uint32_t resends;        /* since then, by a timer */
    uint32_t since_progress; /* since an ACK of something new */
    bool has_resent;         /* everything before this, from SND.UNA, was sent again */
    uint32_t resent;
    bool syn_again, timeouts_differ;
};

/* Since the last rest: time; something else that may send. */
static bool has_passed(const struct oracle_connection *facts)
{
    return oracle_since(facts, 1u << ORACLE_TIME);
}

static bool is_touched(const struct oracle_connection *facts)
{
    return oracle_since(facts, 1u << ORACLE_ARRIVED | 1u << ORACLE_DAMAGED | 1u << ORACLE_CALL |
                                   1u << ORACLE_ICMP);
}

static bool is_opening(enum anvil_target_state state)
{
    return state == ANVIL_STATE_SYN_SENT || state == ANVIL_STATE_SYN_RECEIVED;
}

static bool is_told(const struct anvil_target_observation *seen)
{
    return seen->snd_una >= 0 && seen->snd_nxt >= 0 && seen->rto_us > 0;
}

/* Whether R2 and the timeouts are those of the policy. */
static bool has_usual_limits(const struct oracle_view *view, const struct rto_state *state)
{
    const struct oracle_connection *facts = view->connection;
    return !view->setting->chooses && !state->timeouts_differ &&
           facts->option[ANVIL_OPTION_USER_TIMEOUT] == ORACLE_UNKNOWN &&
           facts->option[ANVIL_OPTION_SYNCNT] == ORACLE_UNKNOWN;
}

/* The state, but SYN-RECEIVED as long as the SYN is not acknowledged, whatever CLOSE has made of it
 * (RFC 9293 3.10.4). */
static enum anvil_target_state opening_state(const struct oracle_connection *facts)
{
    bool open = facts->state == ANVIL_STATE_FIN_WAIT_1 && facts->has_iss &&
                facts->seen.snd_una >= 0 && (uint32_t)facts->seen.snd_una == facts->iss;
    return open ? ANVIL_STATE_SYN_RECEIVED : facts->state;
}

/* R2 in this state: a time and a count, 0 = none of them; false: not told. */
static bool limits(const struct oracle_view *view, int64_t *time_us, int64_t *count)
{
    enum anvil_target_state at = opening_state(view->connection);
    *time_us = oracle_policy(view, is_opening(at) ? ORACLE_POLICY_syn_r2_us : ORACLE_POLICY_r2_us);
    *count = oracle_policy(view, at == ANVIL_STATE_SYN_SENT       ? ORACLE_POLICY_syn_r2_count
                                 : at == ANVIL_STATE_SYN_RECEIVED ? ORACLE_POLICY_syn_ack_r2_count
                                                                  : ORACLE_POLICY_r2_count);
    return *time_us >= 0 && *count >= 0;
}

/* ---- what a timer sends ---- */

/* The second and each further time in a row: twice as long as before. Probes may have a least
 * interval of their own, which comes between. */
static void judge_doubling(struct oracle_view *view, const struct rto_state *state,
                           uint64_t waited)
{
    int64_t most = oracle_policy(view, ORACLE_POLICY_rto_max_us);
    uint64_t twice = 2 * state->interval_us, about = 3 * oracle_slack(view);
    uint64_t least = most >= 0 && twice > (uint64_t)most ? (uint64_t)most : twice;
    bool probes = !is_opening(view->connection->state) && view->connection->seen.snd_wnd <= 0;
    if (probes || most < 0)
        least = state->interval_us; /* the bound is not known */
    int64_t persist = probes ? oracle_policy(view, ORACLE_POLICY_persist_min_us) : 0;
    uint64_t longest = persist > 0 && (uint64_t)persist > twice ? (uint64_t)persist : twice;
    bool bounded = persist != ORACLE_UNKNOWN;
    if (waited + about < least || (bounded && waited > longest + about))
        oracle_violated(view, "it is sent again after %" PRIu64
                        " us, the time before after %" PRIu64 " us", waited, state->interval_us);
}

/* The first time: what the RTO must be before anything was measured. */
static void judge_first(struct oracle_view *view, const struct rto_state *state, uint64_t waited)
{
    const struct oracle_connection *facts = view->connection;
    int64_t initial = oracle_policy(view, ORACLE_POLICY_rto_initial_us);
    int64_t least = oracle_policy(view, ORACLE_POLICY_rto_min_us);
    int64_t most = oracle_policy(view, ORACLE_POLICY_rto_max_us);
    int64_t behind_syn = oracle_policy(view, ORACLE_POLICY_rto_after_syn_us);
    bool first = (uint32_t)facts->seen.snd_una == facts->iss + 1;
    if (initial < 0 || least < 0 || most < 0 || behind_syn < 0)
        return;
    int64_t start = initial < least ? least : initial > most ? most : initial;
    uint64_t bound = (uint64_t)(is_opening(facts->state)  ? start
                                : state->syn_again && first ? behind_syn
                                                            : least);
    if (waited + oracle_slack(view) < bound)
        oracle_violated(view, "it is sent again after %" PRIu64 " us, %" PRIu64
                        " us are the least", waited, bound);
    else if (is_opening(facts->state) && waited > bound + oracle_slack(view))
        oracle_violated(view, "a SYN is sent again after %" PRIu64
                        " us, the initial RTO is %" PRIu64 " us", waited, bound);
}

/* The time since the last one, and since the last ACK, against the RTO that is told. */
static void judge_timeout(struct oracle_view *view, const struct rto_state *state)
{
    const struct anvil_target_observation *seen = &view->connection->seen;
    uint64_t rto = (uint64_t)seen->rto_us, from = state->progress_us;
    if (state->has_last && state->last_us > from)
        from = state->last_us;
    uint64_t waited = view->now_us - from;
    if (waited + oracle_slack(view) < rto)
        oracle_violated(view, "a timer sends again after %" PRIu64 " us, the RTO is %" PRIu64 " us",
                        waited, rto);
    else if (state->has_last && seen->snd_wnd > 0 && waited > rto + oracle_slack(view))
        oracle_violated(view, "a timer sends again only after %" PRIu64 " us, the RTO is %" PRIu64
                        " us", waited, rto);
}

/* R2 is over, and still it is sent again. */
static void judge_r2(struct oracle_view *view, const struct rto_state *state)
{
    int64_t time_us, count;
    uint64_t elapsed = view->now_us - state->quiet_us;
    if (!has_usual_limits(view, state) || !limits(view, &time_us, &count))
        return;
    if (time_us > 0 && elapsed >= (uint64_t)time_us + oracle_slack(view) + 1 && state->resends > 0)
        oracle_violated(view, "it is sent again %" PRIu64 " us after the first time, R2 is %" PRId64
                        " us", elapsed, time_us);
    else if (count > 0 && state->resends >= (uint64_t)count)
        oracle_violated(view, "it is sent again for the %" PRIu32 "th time, R2 is %" PRId64,
                        state->resends + 1, count);
}

/* A timer sends the front again. */
static void judge_resend(struct oracle_view *view, struct rto_state *state)
{
    uint64_t waited = view->now_us - state->last_us;
    if (state->has_last && state->interval_us > 0)
        judge_doubling(view, state, waited);
    if (!view->setting->chooses) {
        if (state->has_last && state->since_progress == 0)
            judge_first(view, state, waited);
        judge_timeout(view, state);
        judge_r2(view, state);
    }
    state->interval_us = state->has_last && state->last_us >= state->progress_us ? waited : 0;
    state->syn_again = state->syn_again || is_opening(view->connection->state);
    state->has_last = true;
    state->last_us = view->now_us;
    /* Of window probes without an answer the first starts the clock of R2. */
    if (state->resends == 0 && !is_opening(view->connection->state) &&
        view->connection->seen.snd_wnd == 0)
        state->quiet_us = view->now_us;
    state->resends++;
    state->since_progress++;
}

/* New numbers go out. With nothing in flight they are the front, and start the timer. */
static void note_first(const struct oracle_view *view, struct rto_state *state, uint32_t una)
{
    const struct oracle_connection *facts = view->connection;
    bool idle = !facts->has_iss || una == facts->snd_max;
    if (!idle && !is_touched(facts))
        return;
    state->has_last = idle;
    state->last_us = state->quiet_us = view->now_us;
    state->interval_us = 0;
    state->resends = 0;
    if (!facts->has_iss)
        state->progress_us = view->now_us;
}

/* Keeps up to where everything was sent again. */
static void note_resent(const struct oracle_connection *facts, struct rto_state *state,
                        const struct oracle_segment *sent, uint32_t una)
{
    uint32_t end = sent->seq + sent->span;
    if (sent->seq != una && !(state->has_resent && oracle_up_to(sent->seq, state->resent)))
        return;
    if (oracle_before(facts->snd_max, end))
        end = facts->snd_max;
    if (!state->has_resent || oracle_before(state->resent, end))
        state->resent = end;
    state->has_resent = true;
}

/* Something with numbers goes out: for the first time, or again. */
static void note_sent(struct oracle_view *view, struct rto_state *state,
                      const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    bool told = facts->seen_any && is_told(&facts->seen);
    uint32_t una = told ? (uint32_t)facts->seen.snd_una : facts->iss;
    if (sent->span == 0 || oracle_has(sent, WIRE_RST))
        return;
    if (!facts->has_iss || !oracle_before(sent->seq, facts->snd_max)) {
        note_first(view, state, una);
        return;
    }
    if (sent->length == 0 && oracle_has(sent, WIRE_FIN) &&
        oracle_policy(view, ORACLE_POLICY_fin_with_acks) != 0) {
        state->has_last = false; /* an ACK, or the FIN again: that is not told */
        state->since_progress++;
        return;
    }
    if (sent->seq == una && told && has_passed(facts) && !is_touched(facts))
        judge_resend(view, state);
    else if (sent->seq == una)
        state->has_last = false;
    note_resent(facts, state, sent, una);
}

/* ---- what an ACK does ---- */

/* An ACK of nothing but what was sent again: no measurement, and the RTO stays. */
static void judge_karn(struct oracle_view *view, const struct rto_state *state,
                       const struct anvil_target_observation *now)
{
    const struct oracle_connection *facts = view->connection;
    const struct anvil_target_observation *before = &facts->seen;
    bool resent = state->has_resent && oracle_up_to((uint32_t)now->snd_una, state->resent);
    bool opening = (uint32_t)before->snd_una == facts->iss;
    if (!resent || (facts->own_syn.has_stamps && facts->peer_syn.has_stamps) ||
        facts->own_syn_varied || facts->peer_syn_doubtful)
        return;
    if (before->srtt_us >= 0 && now->srtt_us != before->srtt_us)
        oracle_violated(view, "an ACK of what was sent again moves the round trip from %" PRId64
                        " us to %" PRId64 " us", before->srtt_us, now->srtt_us);
    else if (!opening && before->snd_wnd > 0 && now->snd_wnd > 0 && !view->setting->chooses &&
             now->rto_us < before->rto_us)
        oracle_violated(view, "an ACK of what was sent again takes the RTO from %" PRId64
                        " us to %" PRId64 " us", before->rto_us, now->rto_us);
}

/* The connection was given up by a timer while something was in flight. */
static void judge_giving_up(struct oracle_view *view, const struct rto_state *state)
{
    const struct anvil_target_observation *seen = &view->connection->seen;
    int64_t user = oracle_policy(view, ORACLE_POLICY_user_timeout_us), time_us, count;
    uint64_t elapsed = view->now_us - state->progress_us + oracle_slack(view);
    uint64_t probes = seen->snd_wnd == 0; /* the first one is no retransmission, and counts */
    if ((uint32_t)seen->snd_una == (uint32_t)seen->snd_nxt || user < 0 ||
        !has_usual_limits(view, state) || !limits(view, &time_us, &count))
        return;
    if ((time_us > 0 && elapsed >= (uint64_t)time_us) || (user > 0 && elapsed >= (uint64_t)user) ||
        (count > 0 && state->since_progress + probes >= (uint64_t)count))
        return;
    oracle_violated(view, "it is given up after %" PRIu64 " us and %" PRIu32
                    " retransmissions; R2 is %" PRId64 " us or %" PRId64,
                    elapsed - oracle_slack(view), state->since_progress, time_us, count);
}

/* What has become of the flight. */
static void note_rest(struct oracle_view *view, struct rto_state *state,
                      const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    bool told = facts->seen_any && is_told(&facts->seen);
    if (told && what->seen != NULL && is_told(what->seen)) {
        if (what->seen->snd_una != facts->seen.snd_una) {
            judge_karn(view, state, what->seen);
            state->progress_us = state->quiet_us = view->now_us;
            state->interval_us = 0;
            state->resends = state->since_progress = 0;
            state->has_last = state->has_last && state->last_us == view->now_us;
        } else if (what->seen->snd_wnd != facts->seen.snd_wnd) {
            state->has_last = false;
            state->interval_us = 0;
        }
    } else if (told && has_passed(facts) && !is_touched(facts) && !facts->reset_sent) {
        judge_giving_up(view, state);
    }
}

/* What timers send again, and what ACKs change. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct rto_state *state = memory;
    switch (what->kind) {
    case ORACLE_SENT: note_sent(view, state, what->segment); break;
    case ORACLE_ARRIVED:
        state->timeouts_differ = state->timeouts_differ || what->segment->options.has_user_timeout;
        state->quiet_us = view->now_us;
        state->resends = 0;
        break;
    case ORACLE_ICMP: state->has_last = false; break;
    case ORACLE_REST: note_rest(view, state, what); break;
    case ORACLE_DAMAGED:
    case ORACLE_CALL:
    case ORACLE_TIME:
    case ORACLE_REPLACED:
    case ORACLE_OVER:
    case ORACLE_KIND_COUNT: break;
    }
}

const struct oracle_rule oracle_rule_rto = {
    .id = "O18",
    .name = "rto",
    .rule = "the oldest number in flight is sent again after one RTO, which doubles each time, "
            "until R2, and what was sent again measures nothing",
    .reference = "RFC 6298 2, 3, 5; RFC 9293 3.8.3",
    .needs = ORACLE_NEEDS_STATE | ORACLE_NEEDS_PROMPT,
    .wants = 1u << ORACLE_SENT | 1u << ORACLE_ARRIVED | 1u << ORACLE_ICMP | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_REST,
    .moves = ORACLE_MOVE_STATE | ORACLE_MOVE_SND_UNA | ORACLE_MOVE_SND_WND,
    .state_bytes = sizeof(struct rto_state),
    .see = see,
};
