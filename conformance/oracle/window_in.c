/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O4: nothing beyond the window that was offered is taken in. RFC 9293 3.10.7.4 first, table 6,
 * and the trimming described there; RFC 2018 section 3: a block reports what is held.
 *
 * The window is the furthest right edge that was ever offered, or RCV.NXT + RCV.WND as told at the
 * rest before, whichever lies further.
 *
 * Accepted oddities: a window that was taken back still counts as offered (RFC 9293 3.8.6: the
 * sender may have used it); a receiver whose window has opened without having said so yet; what
 * the scale of the window rounds off (RFC 7323 2.3), where the window itself is not told.
 */
#include "oracle/rule.h"

#include <inttypes.h>

/* The furthest number that may be taken; false: nothing is known. */
static bool right_edge(const struct oracle_connection *facts, uint32_t *edge)
{
    bool told = facts->seen_any && facts->seen.rcv_nxt >= 0 && facts->seen.rcv_wnd >= 0;
    uint32_t window = told ? (uint32_t)(facts->seen.rcv_nxt + facts->seen.rcv_wnd) : 0;
    if (!facts->has_acked)
        return false;
    *edge = facts->right_edge;
    if (told && oracle_before(*edge, window))
        *edge = window;
    if (!told)
        *edge += (UINT32_C(1) << oracle_own_shift(facts)) - 1;
    return true;
}

static void judge_blocks(struct oracle_view *view, const struct oracle_segment *sent, uint32_t edge)
{
    const struct oracle_connection *facts = view->connection;
    for (uint8_t i = 0; i < sent->options.sack_count; i++) {
        uint32_t left = sent->options.sack[i].left, right = sent->options.sack[i].right;
        if (oracle_before(sent->ack, left) && oracle_before(edge, right)) {
            oracle_violated(view, "a SACK block up to %" PRIu32 " reports what lies beyond the "
                            "window, which ends at %" PRIu32, oracle_theirs(facts, right),
                            oracle_theirs(facts, edge));
            return;
        }
    }
}

/* What is acknowledged or told as received, against the window as it was before. */
static void see(struct oracle_view *view, void *state, const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    uint32_t edge, next;
    (void)state;
    if (!facts->has_irs || !right_edge(facts, &edge))
        return;
    if (what->kind == ORACLE_SENT) {
        if (!oracle_has(what->segment, WIRE_ACK) || oracle_has(what->segment, WIRE_RST))
            return;
        next = what->segment->ack;
        judge_blocks(view, what->segment, edge);
    } else {
        if (what->seen == NULL || what->seen->rcv_nxt < 0)
            return;
        next = (uint32_t)what->seen->rcv_nxt;
    }
    if (oracle_before(edge, next))
        oracle_violated(view, "what ends at %" PRIu32 " was taken in, the window ends at %" PRIu32,
                        oracle_theirs(facts, next), oracle_theirs(facts, edge));
}

const struct oracle_rule oracle_rule_window_in = {
    .id = "O4",
    .name = "window-in",
    .rule = "nothing beyond the window that was offered is taken in",
    .reference = "RFC 9293 3.10.7.4 first",
    .wants = 1u << ORACLE_SENT | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_REST,
    .moves = ORACLE_MOVE_RCV_NXT,
    .see = see,
};
