/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O5: new text stays inside the peer's window, and the own window is not taken back. RFC 9293
 * 3.8.6 (SHLD-14, SHLD-15, MAY-7), 3.8.6.1; RFC 7323 2.3, 2.4.
 *
 * The peer's window is SND.UNA + SND.WND as told at the rest before, or what a segment that has
 * come since offers; whoever tells nothing is held to the furthest edge that was ever offered.
 *
 * SND.WND is the window of the last segment that may set it: not one that is older than the last
 * that did, and not one whose ACK is old or of unsent data (3.10.7.4 fifth, SND.WL1 and SND.WL2).
 * A segment at RCV.NXT does set it, unless one with a higher number came before, which may have.
 * One past the own window, which may be let in (3.10.7.4 first, A.2), makes none in it older.
 *
 * Accepted oddities: an ACK in a segment that is older than the last one moves SND.UNA, while its
 * window is not used (SND.WL1; 3.10.7.4 fifth), so that the old window counts from there; what was
 * sent before may be sent again beyond a window that has shrunk (MAY-7); a probe of a window that
 * is full or closed (one octet, or a segment when a timer sends it); a stack that chooses may pass
 * over a smaller window, as those do that want a newer ACK with it, and use that of an older
 * segment with a newer ACK (AMBIG-32); a FIN, which takes no room at the peer; text before the
 * peer's SYN came; the own right edge may retract by less than the unit of its scale (RFC 7323
 * 2.4), or once the user has stopped reading, or where a stack that chooses sends a segment again
 * as it was (MAY-4); a RST has any window; a connection that is back in TIME-WAIT, because what was
 * to take its place came to nothing (MAY-2), may tell the window of that one: it sends no text.
 */
#include "oracle/rule.h"

#include <inttypes.h>

struct window_state {
    bool has_edge;         /* some window was offered */
    uint32_t edge;         /* the furthest one since the last rest; of a blind endpoint, ever */
    bool arrived, syn;     /* a segment came since then, a SYN, */
    bool may_set, must_set; /*   which may, or must, set SND.WND */
    uint32_t seq, window;  /* its number, and its window, scaled */
    bool has_last, has_any;
    uint32_t last;         /* the number of the last segment that had to set it, or did, */
    uint32_t any;          /* and the highest one of any, in order or not */
};

/* SND.WL1 is this number or a later one. */
static void note_last(struct window_state *state, uint32_t seq)
{
    if (!state->has_last || oracle_before(state->last, seq))
        state->last = seq;
    state->has_last = true;
}

/* Whether a number can lie in the window, of which the scale may have rounded something off: what
 * lies far off sets nothing, and must not be compared with what does. */
static bool is_near(const struct oracle_connection *facts, uint32_t seq)
{
    if (!facts->seen_any || facts->seen.rcv_nxt < 0 || !facts->has_acked)
        return true;
    uint32_t next = (uint32_t)facts->seen.rcv_nxt, edge = facts->right_edge;
    uint32_t told = facts->seen.rcv_wnd < 0 ? edge : next + (uint32_t)facts->seen.rcv_wnd;
    if (oracle_before(edge, told))
        edge = told;
    return oracle_up_to(next, edge) && oracle_within(seq, next, edge);
}

/* Whether a segment may or must set SND.WND. */
static void note_window(const struct oracle_view *view, struct window_state *state,
                        const struct oracle_segment *segment)
{
    const struct oracle_connection *facts = view->connection;
    bool told = facts->seen_any && facts->seen.snd_una >= 0;
    uint32_t una = told ? (uint32_t)facts->seen.snd_una : segment->ack;
    bool old = state->has_last && oracle_before(segment->seq, state->last);
    if (view->setting->chooses && oracle_before(una, segment->ack))
        old = false;
    state->arrived = true;
    state->syn = oracle_has(segment, WIRE_SYN);
    state->seq = segment->seq;
    state->window = (uint32_t)segment->window << oracle_peer_shift(facts);
    state->may_set = oracle_has(segment, WIRE_ACK) && !oracle_has(segment, WIRE_RST) &&
                     oracle_within(segment->ack, una, facts->snd_max) && !old;
    state->must_set = oracle_is_in_order(facts, segment) &&
                      facts->state != ANVIL_STATE_TIME_WAIT &&
                      !(facts->has_iss && segment->ack == facts->iss) && /* not even our SYN */
                      !(state->has_any && oracle_before(segment->seq, state->any));
    if (is_near(facts, segment->seq) &&
        (!state->has_any || oracle_before(state->any, segment->seq))) {
        state->any = segment->seq;
        state->has_any = true;
    }
    if (state->must_set)
        note_last(state, segment->seq);
}

static void note_arrival(const struct oracle_view *view, struct window_state *state,
                         const struct oracle_segment *segment)
{
    const struct oracle_connection *facts = view->connection;
    uint8_t shift = oracle_has(segment, WIRE_SYN) ? 0 : oracle_peer_shift(facts);
    uint32_t window = (uint32_t)segment->window << shift;
    if (!oracle_has(segment, WIRE_ACK) || oracle_has(segment, WIRE_RST) || !facts->has_iss ||
        oracle_before(segment->ack, facts->iss) || oracle_before(facts->snd_max, segment->ack))
        return;
    bool old = facts->has_irs && oracle_before(segment->seq, facts->peer_max);
    if (old && facts->seen_any && facts->seen.snd_wnd > (int64_t)window)
        window = (uint32_t)facts->seen.snd_wnd;
    uint32_t edge = segment->ack + window;
    if (!state->has_edge || oracle_before(state->edge, edge))
        state->edge = edge;
    state->has_edge = true;
}

/* Up to which number new text may go; false: that is not known. */
static bool peer_edge(const struct oracle_view *view, const struct window_state *state,
                      uint32_t *edge)
{
    const struct oracle_connection *facts = view->connection;
    bool told = facts->seen_any && facts->seen.snd_una >= 0 && facts->seen.snd_wnd >= 0;
    uint32_t window = told ? (uint32_t)(facts->seen.snd_una + facts->seen.snd_wnd) : 0;
    if (view->setting->observes && !told && !state->has_edge)
        return false;
    *edge = state->has_edge ? state->edge : window;
    if (told && oracle_before(*edge, window))
        *edge = window;
    return state->has_edge || told;
}

static void judge_text(struct oracle_view *view, const struct window_state *state,
                       const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    bool timed = oracle_since(facts, 1u << ORACLE_TIME);
    uint32_t edge, end = sent->seq + oracle_has(sent, WIRE_SYN) + sent->length;
    if (sent->length == 0 || !facts->has_iss || !facts->has_irs ||
        oracle_up_to(end, facts->snd_max) || !peer_edge(view, state, &edge) ||
        oracle_up_to(end, edge))
        return;
    bool full = oracle_up_to(edge, facts->snd_max);
    if (full && (sent->length <= 1 || timed))
        return; /* a probe */
    oracle_violated(view, "new text up to %" PRIu32 " is sent, the window ends at %" PRIu32,
                    oracle_ours(facts, end), oracle_ours(facts, edge));
}

static void judge_own_edge(struct oracle_view *view, const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    uint8_t shift = oracle_own_shift(facts);
    uint32_t edge = sent->ack + ((uint32_t)sent->window << shift);
    if (!oracle_has(sent, WIRE_ACK) || oracle_has(sent, WIRE_SYN) || !facts->has_acked ||
        facts->peer_syn_doubtful || facts->own_syn_varied || facts->closed || facts->shut_read ||
        oracle_may_be_as_before(view, sent) || oracle_up_to(facts->right_edge, edge) ||
        facts->right_edge - edge < UINT32_C(1) << shift)
        return;
    oracle_violated(view, "the right edge of the own window goes back from %" PRIu32 " to %" PRIu32
                    ", by more than %" PRIu32, oracle_theirs(facts, facts->right_edge),
                    oracle_theirs(facts, edge), (UINT32_C(1) << shift) - 1);
}

/* Whether the connection is in TIME-WAIT again, from which another one had taken it. */
static bool is_back(const struct oracle_connection *facts, const struct oracle_observation *what)
{
    return what->state == ANVIL_STATE_TIME_WAIT &&
           (facts->state == ANVIL_STATE_TIME_WAIT || facts->state == ANVIL_STATE_SYN_RECEIVED);
}

/* SND.WND as it is told, against the segment that came. */
static void judge_told(struct oracle_view *view, struct window_state *state,
                       const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    if (what->seen == NULL || what->seen->snd_wnd < 0 || !facts->seen_any ||
        facts->seen.snd_wnd < 0 ||
        !(oracle_is_synchronized(facts->state) || facts->state == ANVIL_STATE_SYN_RECEIVED) ||
        !oracle_is_synchronized(what->state) || is_back(facts, what))
        return;
    int64_t before = facts->seen.snd_wnd, now = what->seen->snd_wnd;
    if (now != before && !(state->arrived && state->may_set))
        oracle_violated(view, "SND.WND goes from %" PRId64 " to %" PRId64
                        " by no segment that may set it", before, now);
    else if (state->arrived && state->must_set && now != (int64_t)state->window &&
             !(view->setting->chooses && now == before && now > (int64_t)state->window))
        oracle_violated(view, "SND.WND is %" PRId64 " after a segment at RCV.NXT with a window of %"
                        PRIu32, now, state->window);
    else if (now != before && now != (int64_t)state->window && !state->syn &&
             !view->setting->chooses && !facts->peer_syn_doubtful && !facts->own_syn_varied)
        oracle_violated(view, "SND.WND goes from %" PRId64 " to %" PRId64
                        " by a segment with a window of %" PRIu32, before, now, state->window);
    uint32_t next = (uint32_t)facts->seen.rcv_nxt;
    bool past = facts->seen.rcv_wnd >= 0 &&
                !oracle_before(state->seq, next + (uint32_t)facts->seen.rcv_wnd);
    if (now != before)
        note_last(state, past ? next : state->seq);
}

/* Each segment against the windows of both sides. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct window_state *state = memory;
    switch (what->kind) {
    case ORACLE_ARRIVED:
        oracle_await(view);
        note_window(view, state, what->segment);
        note_arrival(view, state, what->segment);
        break;
    case ORACLE_SENT:
        if (oracle_has(what->segment, WIRE_RST))
            break;
        judge_text(view, state, what->segment);
        judge_own_edge(view, what->segment);
        break;
    case ORACLE_REST:
        judge_told(view, state, what);
        state->arrived = false;
        state->has_edge = state->has_edge && !view->setting->observes;
        break;
    case ORACLE_DAMAGED:
    case ORACLE_ICMP:
    case ORACLE_CALL:
    case ORACLE_TIME:
    case ORACLE_REPLACED:
    case ORACLE_OVER:
    case ORACLE_KIND_COUNT: break;
    }
}

const struct oracle_rule oracle_rule_window_out = {
    .id = "O5",
    .name = "window-out",
    .rule = "new text stays inside the peer's window, which the newest segment tells, and the own "
            "window is not taken back",
    .reference = "RFC 9293 3.8.6, RFC 7323 2.4",
    .wants = 1u << ORACLE_ARRIVED | 1u << ORACLE_SENT | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_REST,
    .moves = ORACLE_MOVE_SND_WND,
    .state_bytes = sizeof(struct window_state),
    .see = see,
};
