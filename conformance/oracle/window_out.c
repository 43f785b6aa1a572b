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
 * The policy window_update says what stacks do otherwise (AMBIG-32): a newer ACK sets it, whatever
 * its number is; what is acknowledged is taken off it; with the numbers of the last one, a smaller
 * window sets none. Of a stack that chooses any of these is accepted.
 *
 * Accepted oddities: an ACK in a segment that is older than the last one moves SND.UNA, while its
 * window is not used (SND.WL1; 3.10.7.4 fifth), so that the old window counts from there; what was
 * sent before may be sent again beyond a window that has shrunk (MAY-7); a probe of a window that
 * is full or closed (one octet, or a segment when a timer sends it); a FIN, which takes no room at
 * the peer; text before the peer's SYN came; the own right edge may retract by less than the unit
 * of its scale (RFC 7323 2.4), or once the user has stopped reading, or where a stack that chooses
 * sends a segment again as it was (MAY-4); a RST has any window; a connection that is back in
 * TIME-WAIT, because what was to take its place came to nothing (MAY-2), may tell the window of
 * that one: it sends no text.
 */
#include "oracle/rule.h"

#include <inttypes.h>

enum { BY_NUMBERS, BY_ACK, BY_EDGE }; /* of the policy window_update */

struct window_state {
    bool has_edge;         /* some window was offered */
    uint32_t edge;         /* the furthest one since the last rest; of a blind endpoint, ever */
    bool arrived, syn;     /* a segment came since then, a SYN, */
    bool may_set, must_set; /*   which may, or must, set SND.WND, */
    bool again, same;      /*   but may have, or has, the numbers of the last that set it */
    uint32_t seq, ack, window; /* its numbers, and its window, scaled */
    bool known;            /* SND.WL1 and SND.WL2 are known for sure */
    uint32_t wl1, wl2;
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

/* Whether it is not known by which way an endpoint chooses a window. */
static bool may_go_by_any(const struct oracle_view *view)
{
    return view->setting->chooses ||
           oracle_policy(view, ORACLE_POLICY_window_update) == ORACLE_UNKNOWN;
}

/* Whether it goes by this one, or may do so. */
static bool may_go_by(const struct oracle_view *view, int64_t way)
{
    return may_go_by_any(view) || oracle_policy(view, ORACLE_POLICY_window_update) == way;
}

/* By what number its window counts: by the right edge, what is old of it has been cut off. */
static uint32_t number_of(const struct oracle_view *view, const struct oracle_segment *segment)
{
    const struct oracle_connection *facts = view->connection;
    uint32_t next = (uint32_t)facts->seen.rcv_nxt;
    bool crosses = facts->seen_any && facts->seen.rcv_nxt >= 0 &&
                   oracle_before(segment->seq, next) &&
                   oracle_before(next, segment->seq + segment->span);
    return crosses && may_go_by(view, BY_EDGE) ? next : segment->seq;
}

/* Whether a segment may or must set SND.WND. */
static void note_window(const struct oracle_view *view, struct window_state *state,
                        const struct oracle_segment *segment)
{
    const struct oracle_connection *facts = view->connection;
    bool told = facts->seen_any && facts->seen.snd_una >= 0;
    uint32_t una = told ? (uint32_t)facts->seen.snd_una : segment->ack;
    uint32_t number = number_of(view, segment);
    bool newer_ack = oracle_before(una, segment->ack);
    bool by_ack = newer_ack && may_go_by(view, BY_ACK);
    bool old = !by_ack && state->has_last && oracle_before(number, state->last);
    state->known = state->known && !state->arrived;
    bool newest = state->known && oracle_up_to(state->wl1, number);
    bool late = !newest && state->has_any && oracle_before(number, state->any);
    bool same = state->known && number == state->wl1 && segment->ack == state->wl2;
    bool may_be_same = !newer_ack && state->has_any && oracle_up_to(number, state->any);
    state->same = same;
    state->again = state->known ? same : may_be_same;
    state->arrived = true;
    state->syn = oracle_has(segment, WIRE_SYN);
    state->seq = may_go_by_any(view) ? segment->seq : number;
    state->ack = segment->ack;
    state->window = (uint32_t)segment->window << oracle_peer_shift(facts);
    state->may_set = oracle_has(segment, WIRE_ACK) && !oracle_has(segment, WIRE_RST) &&
                     oracle_within(segment->ack, una, facts->snd_max) && !old;
    state->must_set = oracle_is_in_order(facts, segment) &&
                      facts->state != ANVIL_STATE_TIME_WAIT &&
                      !(facts->has_iss && segment->ack == facts->iss) && /* not even our SYN */
                      (!late || (by_ack && !may_go_by_any(view)));
    if (is_near(facts, number) && (!state->has_any || oracle_before(state->any, number))) {
        state->any = number;
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

/* What SND.WND is without a newer window: as it was, or less what of the text was acknowledged. */
static int64_t left_of(const struct oracle_view *view, const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    int64_t was = facts->seen.snd_wnd;
    uint32_t una = (uint32_t)what->seen->snd_una, moved = una - (uint32_t)facts->seen.snd_una;
    if (!may_go_by(view, BY_EDGE) || what->seen->snd_una < 0 || facts->seen.snd_una < 0)
        return was;
    moved -= moved > 0 && (uint32_t)facts->seen.snd_una == facts->iss; /* its SYN */
    moved -= moved > 0 && facts->has_fin && oracle_before(facts->fin, una);
    int64_t left = moved < was ? was - moved : 0;
    return may_go_by_any(view) && what->seen->snd_wnd != left ? was : left;
}

/* Whether a window is too small to be taken with the numbers of the last one. */
static bool is_too_small(const struct oracle_view *view, const struct window_state *state,
                         int64_t kept)
{
    return kept > (int64_t)state->window &&
           (may_go_by(view, BY_EDGE) || (may_go_by(view, BY_ACK) && state->window > 0));
}

/* What SND.WL1 is now, at least (by a newer ACK it goes back as well), and whether it is known. */
static void note_told(const struct oracle_view *view, struct window_state *state,
                      const struct oracle_observation *what, bool was_set)
{
    const struct oracle_connection *facts = view->connection;
    uint32_t next = (uint32_t)facts->seen.rcv_nxt;
    bool past = facts->seen.rcv_wnd >= 0 &&
                !oracle_before(state->seq, next + (uint32_t)facts->seen.rcv_wnd);
    if (may_go_by(view, BY_ACK) && what->seen->snd_una != facts->seen.snd_una &&
        oracle_before(state->seq, state->last))
        state->last = state->seq;
    if (was_set)
        note_last(state, past ? next - 1 : state->seq);
    if (!state->arrived)
        return;
    state->known = state->must_set;
    state->wl1 = state->seq;
    state->wl2 = state->ack;
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
    int64_t before = facts->seen.snd_wnd, now = what->seen->snd_wnd, kept = left_of(view, what);
    bool may = state->arrived && state->may_set;
    bool sure = !facts->peer_syn_doubtful && !facts->own_syn_varied;
    if (sure && now == before && now != kept && !(may && now == (int64_t)state->window))
        oracle_violated(view, "SND.WND stays %" PRId64 ", and %" PRId64 " octets of it are used up",
                        before, before - kept);
    else if (now != kept && !may)
        oracle_violated(view, "SND.WND goes from %" PRId64 " to %" PRId64
                        " by no segment that may set it", before, now);
    else if (state->arrived && state->must_set && now != (int64_t)state->window &&
             !(now == kept && (state->again || may_go_by_any(view)) &&
               is_too_small(view, state, kept)))
        oracle_violated(view, "SND.WND is %" PRId64 " after a segment at RCV.NXT with a window of %"
                        PRIu32, now, state->window);
    else if (now != kept && now != (int64_t)state->window && !state->syn &&
             !view->setting->chooses && sure)
        oracle_violated(view, "SND.WND goes from %" PRId64 " to %" PRId64
                        " by a segment with a window of %" PRIu32, before, now, state->window);
    else if (state->arrived && state->same && now != kept && !may_go_by_any(view) &&
             is_too_small(view, state, kept))
        oracle_violated(view, "SND.WND goes from %" PRId64 " to %" PRId64
                        " by a segment with the numbers of the last one", before, now);
    note_told(view, state, what, now != kept);
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
