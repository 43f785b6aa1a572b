/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O2: SYN and FIN take one number each and keep it; what is sent leaves no gap in the sequence
 * space. RFC 9293 3.4, 3.4.1 and 3.8.1: a retransmission has the numbers of the first time. What
 * was acknowledged is off the queue (3.10.7.4 fifth), and is not sent again; behind what is sent
 * for the first time SND.NXT is the next number.
 *
 * Accepted oddities: text that is cut anew when it is sent again, a FIN that joins text then; a
 * keep-alive or a window probe, which stands one before the next number, with or without one octet
 * (RFC 9293 3.8.4, MAY-6), also where that is the number of our SYN or FIN; SYN and SYN,ACK of a
 * simultaneous opening; data on a SYN. RSTs take no number and have any: O7 judges them. A stack
 * that chooses, or has its FIN in each ACK, may send again what was acknowledged.
 */
#include "oracle/rule.h"

#include <inttypes.h>

struct space_state {
    bool fresh; /* something was sent for the first time since the last rest */
};

/* One number before what comes next, with at most one octet of garbage. */
static bool is_probe(const struct oracle_connection *facts, const struct oracle_segment *sent)
{
    return (sent->flags & (WIRE_SYN | WIRE_FIN)) == 0 && sent->length <= 1 &&
           oracle_before(sent->seq, facts->snd_max);
}

static void judge_syn(struct oracle_view *view, const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    if (facts->has_iss && sent->seq != facts->iss)
        oracle_violated(view, "a SYN is sent again with number %" PRIu32 ", the first had %" PRIu32,
                        sent->seq, facts->iss);
}

static void judge_fin(struct oracle_view *view, const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    uint32_t end = sent->seq + sent->length;
    if (oracle_has(sent, WIRE_FIN) && end != facts->fin)
        oracle_violated(view, "a FIN is sent with number %" PRIu32 ", the first had %" PRIu32,
                        oracle_ours(facts, end), oracle_ours(facts, facts->fin));
    else if (oracle_before(facts->fin, end) && !is_probe(facts, sent) && sent->length > 0)
        oracle_violated(view, "text up to number %" PRIu32 " is sent, but the FIN had %" PRIu32,
                        oracle_ours(facts, end - 1), oracle_ours(facts, facts->fin));
}

/* What was acknowledged by the last rest is not sent again. */
static void judge_acked(struct oracle_view *view, const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    bool counts = oracle_has(sent, WIRE_FIN) || sent->length > 1;
    if (counts && !view->setting->chooses && facts->seen_any && facts->seen.snd_una >= 0 &&
        oracle_policy(view, ORACLE_POLICY_fin_with_acks) == 0 &&
        oracle_up_to(sent->seq + sent->span, (uint32_t)facts->seen.snd_una))
        oracle_violated(view, "numbers up to %" PRIu32 " are sent again, SND.UNA is %" PRIu32,
                        oracle_ours(facts, sent->seq + sent->span),
                        oracle_ours(facts, (uint32_t)facts->seen.snd_una));
}

/* A segment without SYN, against what was sent before it. */
static void judge_segment(struct oracle_view *view, struct space_state *state,
                          const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    if (oracle_before(facts->snd_max, sent->seq))
        oracle_violated(view, "number %" PRIu32 " follows, but %" PRIu32 " is the next one",
                        oracle_ours(facts, sent->seq), oracle_ours(facts, facts->snd_max));
    else if (oracle_up_to(sent->seq, facts->iss) && !is_probe(facts, sent))
        oracle_violated(view, "a segment without SYN has number %" PRIu32 ", but the SYN had %"
                        PRIu32, sent->seq, facts->iss);
    else if (facts->has_fin)
        judge_fin(view, sent);
    judge_acked(view, sent);
    state->fresh = state->fresh || oracle_before(facts->snd_max, sent->seq + sent->span);
    if (state->fresh)
        oracle_await(view);
}

/* SND.NXT as it is told, behind what was sent for the first time. */
static void judge_next(struct oracle_view *view, const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    if (what->seen != NULL && what->seen->snd_nxt >= 0 && !view->setting->chooses &&
        oracle_is_synchronized(what->state) && (uint32_t)what->seen->snd_nxt != facts->snd_max)
        oracle_violated(view, "SND.NXT is %" PRIu32 ", but numbers up to %" PRIu32 " were sent",
                        oracle_ours(facts, (uint32_t)what->seen->snd_nxt),
                        oracle_ours(facts, facts->snd_max));
}

/* Each segment, and what is told behind it. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct space_state *state = memory;
    if (what->kind == ORACLE_REST) {
        if (state->fresh)
            judge_next(view, what);
        state->fresh = false;
        return;
    }
    if (oracle_has(what->segment, WIRE_RST))
        return;
    if (oracle_has(what->segment, WIRE_SYN))
        judge_syn(view, what->segment);
    else if (view->connection->has_iss) /* its beginning was seen */
        judge_segment(view, state, what->segment);
}

const struct oracle_rule oracle_rule_sequence_space = {
    .id = "O2",
    .name = "sequence-space",
    .rule = "SYN and FIN take one number each, what is sent again keeps its numbers, and what was "
            "acknowledged is not",
    .reference = "RFC 9293 3.4, 3.8.1, 3.10.7.4",
    .wants = 1u << ORACLE_SENT | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_REST,
    .state_bytes = sizeof(struct space_state),
    .see = see,
};
