/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O4: nothing beyond the window that was offered is taken in. RFC 9293 3.10.7.4 first, table 6,
 * and the trimming described there; RFC 2018 section 3: a block reports what is held. The window in
 * a SYN is not scaled (RFC 7323 2.2): all that is told, or as much as the field holds.
 *
 * The window is the furthest right edge that was ever offered, or RCV.NXT + RCV.WND as told at the
 * rest before, whichever lies further.
 *
 * Accepted oddities: a window that was taken back still counts as offered (RFC 9293 3.8.6: the
 * sender may have used it); a receiver whose window has opened without having said so yet; what
 * the scale of the window rounds off (RFC 7323 2.3), where the window itself is not told; a SYN of
 * a stack that chooses, or one behind which the peer's text was taken, has any window.
 */
#include "oracle/rule.h"

#include <inttypes.h>

enum { FIELD_MAX = 65535 };

struct in_state {
    bool has_syn;    /* a SYN was sent since the last rest, with this window */
    uint32_t window;
};

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

/* The window of a SYN against the one that is told while nothing else has come. */
static void judge_syn(struct oracle_view *view, struct in_state *state,
                      const struct oracle_observation *what)
{
    const struct anvil_target_observation *seen = what->seen;
    bool fresh = what->state == ANVIL_STATE_SYN_SENT || what->state == ANVIL_STATE_SYN_RECEIVED;
    if (state->has_syn && fresh && seen != NULL && seen->rcv_wnd >= 0 && seen->unread_bytes == 0 &&
        !view->setting->chooses && (int64_t)state->window < seen->rcv_wnd &&
        state->window < FIELD_MAX)
        oracle_violated(view, "a SYN has the window %" PRIu32 ", and RCV.WND is %" PRId64,
                        state->window, seen->rcv_wnd);
    state->has_syn = false;
}

/* What is acknowledged or told as received, against the window as it was before. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct in_state *state = memory;
    const struct oracle_connection *facts = view->connection;
    uint32_t edge, next;
    if (what->kind == ORACLE_REST) {
        judge_syn(view, state, what);
    } else if (oracle_has(what->segment, WIRE_SYN)) {
        state->has_syn = true;
        state->window = what->segment->window;
        oracle_await(view);
    }
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
    .state_bytes = sizeof(struct in_state),
    .see = see,
};
