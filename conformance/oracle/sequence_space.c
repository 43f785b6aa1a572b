/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O2: SYN and FIN take one number each and keep it; what is sent leaves no gap in the sequence
 * space. RFC 9293 3.4, 3.4.1 and 3.8.1: a retransmission has the numbers of the first time.
 *
 * Accepted oddities: text that is cut anew when it is sent again, a FIN that joins text then; a
 * keep-alive or a window probe, which stands one before the next number, with or without one octet
 * (RFC 9293 3.8.4, MAY-6), also where that is the number of our SYN or FIN; SYN and SYN,ACK of a
 * simultaneous opening; data on a SYN. RSTs take no number and have any: O7 judges them.
 */
#include "oracle/rule.h"

#include <inttypes.h>

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

/* Each segment against what was sent before it. */
static void see(struct oracle_view *view, void *state, const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    const struct oracle_segment *sent = what->segment;
    (void)state;
    if (oracle_has(sent, WIRE_RST))
        return;
    if (oracle_has(sent, WIRE_SYN)) {
        judge_syn(view, sent);
        return;
    }
    if (!facts->has_iss)
        return; /* its beginning was not seen */
    if (oracle_before(facts->snd_max, sent->seq))
        oracle_violated(view, "number %" PRIu32 " follows, but %" PRIu32 " is the next one",
                        oracle_ours(facts, sent->seq), oracle_ours(facts, facts->snd_max));
    else if (oracle_up_to(sent->seq, facts->iss) && !is_probe(facts, sent))
        oracle_violated(view, "a segment without SYN has number %" PRIu32 ", but the SYN had %"
                        PRIu32, sent->seq, facts->iss);
    else if (facts->has_fin)
        judge_fin(view, sent);
}

const struct oracle_rule oracle_rule_sequence_space = {
    .id = "O2",
    .name = "sequence-space",
    .rule = "SYN and FIN take one number each, and what is sent again keeps its numbers",
    .reference = "RFC 9293 3.4, 3.8.1",
    .wants = 1u << ORACLE_SENT,
    .see = see,
};
