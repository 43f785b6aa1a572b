/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O9: nothing waits for ever. What is in flight has a retransmission deadline, at most the largest
 * RTO away; text that waits for a closed window has a persist deadline, and what the silly-window
 * rules hold back one of its own; TIME-WAIT has its end. RFC 9293 3.8.1, 3.8.6.1 (MUST-36,
 * SHLD-29), 3.8.6.2.1 (MUST-38), 3.6.1; RFC 6298 section 5.
 *
 * The endpoint tells one deadline, its next: with several connections it may be another one's, so
 * that a missing timer is seen only once the others are quiet, and no deadline is ever too early.
 *
 * Accepted oddities: a stack that has no R2 and no RTO bound that is known; a tick and tolerance; a
 * deadline of now, that will be met before time passes.
 */
#include "oracle/rule.h"

#include <inttypes.h>

struct live_state {
    bool nothing; /* a rule has no state of size 0 */
};

/* Why the connection needs a timer; NULL: it needs none, or that is not told. */
static const char *need(const struct anvil_target_observation *seen,
                        enum anvil_target_state state)
{
    bool told = seen->snd_una >= 0 && seen->snd_nxt >= 0;
    if (state == ANVIL_STATE_TIME_WAIT)
        return "TIME-WAIT";
    if (state == ANVIL_STATE_CLOSED || state == ANVIL_STATE_LISTEN ||
        state == ANVIL_STATE_UNKNOWN)
        return NULL;
    if (told && (uint32_t)seen->snd_una != (uint32_t)seen->snd_nxt)
        return "something is in flight";
    if (seen->snd_wnd == 0 && seen->unsent_bytes > 0)
        return "text waits for a closed window";
    if (told && seen->unsent_bytes > 0 && oracle_is_synchronized(state))
        return "text waits, and nothing is in flight";
    return NULL;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* How far away the deadline may be; ORACLE_UNKNOWN where that is not told. The RTO after a SYN that
 * was lost (RFC 6298 5.7) and the least time between probes have values of their own. */
static int64_t furthest_us(const struct oracle_view *view, const struct oracle_observation *what)
{
    bool waits = what->state == ANVIL_STATE_TIME_WAIT;
    int64_t most = oracle_policy(view, waits ? ORACLE_POLICY_msl_us : ORACLE_POLICY_rto_max_us);
    if (most == ORACLE_UNKNOWN || waits)
        return most == ORACLE_UNKNOWN ? most : 2 * most;
    most = later(most, oracle_policy(view, ORACLE_POLICY_rto_after_syn_us));
    return what->seen->snd_wnd == 0 ? later(most, oracle_policy(view, ORACLE_POLICY_persist_min_us))
                                    : most;
}

static void judge(struct oracle_view *view, const struct oracle_observation *what)
{
    const char *why = what->seen == NULL ? NULL : need(what->seen, what->state);
    if (why == NULL)
        return;
    if (what->deadline_us == ANVIL_TARGET_NEVER) {
        oracle_violated(view, "%s, and there is no deadline", why);
        return;
    }
    int64_t told = furthest_us(view, what);
    if (told == ORACLE_UNKNOWN)
        return;
    uint64_t most = (uint64_t)told + view->setting->granularity_us - 1 +
                    view->setting->tolerance_us;
    if (what->deadline_us > view->now_us + most)
        oracle_violated(view, "%s, and the deadline is %" PRIu64 " us away, %" PRIu64
                        " at the most", why, what->deadline_us - view->now_us, most);
}

static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    (void)memory;
    if (what->kind == ORACLE_REST)
        judge(view, what);
}

const struct oracle_rule oracle_rule_timer_live = {
    .id = "O9",
    .name = "timer-live",
    .rule = "what is in flight, waits for a window or is in TIME-WAIT has a deadline",
    .reference = "RFC 9293 3.8.1, 3.8.6.1, 3.6.1; RFC 6298 5",
    .needs = ORACLE_NEEDS_STATE,
    .wants = 1u << ORACLE_REST,
    .waits = 1u << ORACLE_REST,
    .moves = ORACLE_MOVE_STATE | ORACLE_MOVE_SND_UNA | ORACLE_MOVE_SND_NXT | ORACLE_MOVE_SND_WND |
             ORACLE_MOVE_UNSENT | ORACLE_MOVE_DEADLINE,
    .state_bytes = sizeof(struct live_state),
    .see = see,
};
