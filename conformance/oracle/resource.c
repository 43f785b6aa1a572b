/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O14: work and memory for one connection are bounded, whatever the peer does.
 *
 * A segment that arrives draws one bare ACK at most: RFC 5681 4.2. It draws no octet twice. One
 * that every stack must drop draws nothing. What is received and not yet read, and the window that
 * is still offered, fit the receive buffer: RFC 9293 3.8.6.2.2, RCV.USER + RCV.WND =< RCV.BUFF.
 *
 * Accepted oddities: where the user has shut reading down or closed, what comes is consumed at
 * once, and an ACK may tell of the window that this opens; a SYN,ACK with text or FIN, of which
 * the SYN may be acknowledged first (RFC 9293 3.10.7.3); an ACK that tells of a window that the
 * user has opened, as it comes with a call, not with a segment; a timer that is due at the same
 * moment; an ICMP error, after which text is sent again; several segments that come before the
 * endpoint is at rest; a window that is rounded up to its scale, and a buffer to whole segments,
 * by each connection that a socket has had; one whose size the user has set, or that is not told;
 * a connection that is back in TIME-WAIT, which has the window of what was to take its place.
 */
#include "oracle/rule.h"

#include <inttypes.h>

struct resource_state {
    bool judged;          /* since the last rest nothing has happened but arrivals */
    uint32_t arrived;     /* whole segments since then, one with a SYN counted twice */
    uint32_t bare;        /* ACKs with nothing else that were sent for them */
    bool has_text;
    uint32_t text_end;    /* behind the last octet that was sent for them */
};

static void note_arrival(struct oracle_view *view, struct resource_state *state,
                         const struct oracle_observation *what)
{
    if (!oracle_since(view->connection, 1u << ORACLE_ARRIVED | 1u << ORACLE_DAMAGED |
                                            1u << ORACLE_ICMP | 1u << ORACLE_CALL)) {
        state->judged = view->connection->deadline_us > view->now_us;
        state->arrived = state->bare = 0;
        state->has_text = false;
        oracle_await(view);
    }
    if (what->kind == ORACLE_ARRIVED)
        state->arrived += oracle_has(what->segment, WIRE_SYN) ? 2 : 1;
}

/* What goes out, against what has come in since the last rest. */
static void judge_sent(struct oracle_view *view, struct resource_state *state,
                       const struct oracle_segment *sent)
{
    uint16_t control = sent->flags & (WIRE_SYN | WIRE_FIN | WIRE_RST | WIRE_ACK);
    bool reads_on = !view->connection->shut_read && !view->connection->closed;
    if (!state->judged)
        return;
    state->bare += control == WIRE_ACK && sent->length == 0 && reads_on;
    if (state->arrived == 0)
        oracle_violated(view, "a segment that must be dropped draws one at %" PRIu32,
                        oracle_ours(view->connection, sent->seq));
    else if (state->bare > state->arrived)
        oracle_violated(view, "%" PRIu32 " ACKs are sent for %" PRIu32 " segment%s", state->bare,
                        state->arrived, state->arrived == 1 ? "" : "s");
    if (sent->length == 0 || (control & (WIRE_SYN | WIRE_RST)) != 0)
        return;
    if (state->arrived == 1 && state->has_text && oracle_before(sent->seq, state->text_end) &&
        oracle_before(state->text_end, sent->seq + sent->length + 1))
        oracle_violated(view, "text from %" PRIu32 " on is sent twice for one segment",
                        oracle_ours(view->connection, sent->seq));
    state->text_end = sent->seq + sent->length;
    state->has_text = true;
}

/* What is kept for the user, and what the peer may still send. */
static void judge_buffer(struct oracle_view *view, const struct anvil_target_observation *seen)
{
    const struct oracle_connection *facts = view->connection;
    int64_t buffer = oracle_policy(view, ORACLE_POLICY_receive_buffer);
    if (seen == NULL || seen->rcv_wnd < 0 || seen->unread_bytes < 0 || buffer == ORACLE_UNKNOWN ||
        view->setting->chooses || facts->came_back ||
        facts->option[ANVIL_OPTION_RCVBUF] != ORACLE_UNKNOWN)
        return;
    int64_t slack = (INT64_C(1) << oracle_own_shift(facts)) - 1 +
                    (INT64_C(1) + facts->earlier) * view->setting->mtu;
    if (seen->rcv_wnd + seen->unread_bytes > buffer + slack)
        oracle_violated(view, "%" PRId64 " octets wait for the user and the window is %" PRId64
                        ", the buffer has %" PRId64, seen->unread_bytes, seen->rcv_wnd, buffer);
}

/* One event after the other: what is sent counts only if arrivals alone can be the cause. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct resource_state *state = memory;
    switch (what->kind) {
    case ORACLE_ARRIVED:
    case ORACLE_DAMAGED: note_arrival(view, state, what); break;
    case ORACLE_SENT: judge_sent(view, state, what->segment); break;
    case ORACLE_ICMP:
    case ORACLE_CALL:
    case ORACLE_TIME: state->judged = false; break;
    case ORACLE_REST:
        judge_buffer(view, what->seen);
        state->judged = false;
        break;
    case ORACLE_REPLACED:
    case ORACLE_OVER:
    case ORACLE_KIND_COUNT: break;
    }
}

const struct oracle_rule oracle_rule_resource = {
    .id = "O14",
    .name = "resource",
    .rule = "a segment draws one ACK at most and no text twice, and what is received fits the "
            "buffer",
    .reference = "RFC 5681 4.2, RFC 9293 3.8.6.2.2",
    .needs = ORACLE_NEEDS_PROMPT,
    .wants = 1u << ORACLE_ARRIVED | 1u << ORACLE_DAMAGED | 1u << ORACLE_SENT | 1u << ORACLE_REST |
             1u << ORACLE_ICMP | 1u << ORACLE_CALL | 1u << ORACLE_TIME,
    .waits = 1u << ORACLE_SENT | 1u << ORACLE_REST | 1u << ORACLE_ICMP | 1u << ORACLE_CALL |
             1u << ORACLE_TIME,
    .moves = ORACLE_MOVE_RCV_WND | ORACLE_MOVE_UNREAD,
    .state_bytes = sizeof(struct resource_state),
    .see = see,
};
