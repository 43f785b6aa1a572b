/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O20: no small segments without need. RFC 9293 3.7.4 (SHLD-7, MUST-17), 3.8.6.2.1 (MUST-38),
 * 3.8.6.2.2 (MUST-39).
 *
 * Nagle: while something is not acknowledged, new text goes out in full segments only. Sender's
 * silly-window avoidance: a short segment of new text is all that waits, or half of the largest
 * window that was told, or a timer sends it. Receiver's: the right edge of the window advances by a
 * segment or half of the buffer at least. A segment is full if with the longest options it would
 * reach the size that the endpoint tells; the buffer is at least the largest window offered. When
 * the user has read all, and that much has become free, a window tells it.
 *
 * Accepted oddities: Nagle switched off, by the user or the policy, or not told; urgent text; the
 * last text before a FIN; what is sent again, with new text behind it or not; what a timer or an
 * ICMP error sends; a congestion window of less than a segment; Minshall's variant in a stack that
 * chooses, which holds back only while a short segment is not acknowledged (RFC 9293 A.3); a window
 * that follows the room by policy, or where that is not told; an edge that the scale rounds down,
 * before and after, or that the 16 bits of the field had held back; a buffer that the user sets.
 * Nothing is judged once the user holds text back (MSG_MORE, TCP_CORK) or sets a segment's size,
 * also before there is a connection.
 */
#include "oracle/rule.h"

#include <inttypes.h>

enum { OPTIONS_MAX = 40, FIELD_MAX = 65535 };

struct small_state {
    bool has_ack;          /* a segment came since the last rest: SND.UNA may be this now */
    uint32_t ack;
    bool has_short;        /* the end of the last short segment of new text */
    uint32_t short_end;
    bool pending;          /* a short one went out since the last rest, of this length */
    uint32_t length;
    int64_t window_max;    /* the largest SND.WND that was told */
    bool has_edge, capped; /* the right edge offered last; in a field that was full */
    uint32_t edge, offered_max;
    bool has_read;         /* since the last rest */
};

/* Whether a timer or an ICMP error may have sent something small since the last rest. */
static bool is_excused(const struct oracle_connection *facts)
{
    return oracle_since(facts, 1u << ORACLE_TIME | 1u << ORACLE_ICMP);
}

/* ---- the sender ---- */

/* The highest number that may be acknowledged by now; false: not told. */
static bool acknowledged(const struct oracle_connection *facts, const struct small_state *state,
                         uint32_t *una)
{
    if (!facts->seen_any || facts->seen.snd_una < 0 || facts->seen.snd_mss <= 0)
        return false;
    *una = (uint32_t)facts->seen.snd_una;
    if (state->has_ack && oracle_before(*una, state->ack) &&
        oracle_up_to(state->ack, facts->snd_max))
        *una = state->ack;
    return true;
}

/* As the user says, or else the policy; off where nobody tells. */
static bool is_nagle_on(const struct oracle_view *view)
{
    int64_t nodelay = view->connection->option[ANVIL_OPTION_NODELAY];
    if (nodelay != ORACLE_UNKNOWN)
        return nodelay == 0;
    return oracle_policy(view, ORACLE_POLICY_nagle) == 1;
}

/* A short segment of new text, which nothing but Nagle and the window's rules can hold back. */
static void judge_short(struct oracle_view *view, struct small_state *state,
                        const struct oracle_segment *sent, uint32_t una)
{
    const struct oracle_connection *facts = view->connection;
    bool flight = oracle_before(una, facts->snd_max);
    bool waits = view->setting->chooses
                     ? state->has_short && oracle_before(una, state->short_end) : flight;
    if (waits && is_nagle_on(view))
        oracle_violated(view, "%" PRIu32 " octets of new text are sent, a full segment has %" PRId64
                        ", and %" PRIu32 " are not acknowledged", sent->length, facts->seen.snd_mss,
                        facts->snd_max - una);
    oracle_await(view);
    state->pending = true;
    state->length = sent->length;
    state->has_short = true;
    state->short_end = sent->seq + sent->length;
}

/* New text that is short enough to be judged. */
static void note_text(struct oracle_view *view, struct small_state *state,
                      const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    uint32_t una;
    bool plain = sent->length > 0 && !(sent->flags & (WIRE_SYN | WIRE_FIN | WIRE_URG)) &&
                 !facts->closed && !facts->shut_write && !is_excused(facts) &&
                 (facts->state == ANVIL_STATE_ESTABLISHED ||
                  facts->state == ANVIL_STATE_CLOSE_WAIT);
    if (plain && sent->seq == facts->snd_max && acknowledged(facts, state, &una) &&
        sent->length + OPTIONS_MAX < facts->seen.snd_mss)
        judge_short(view, state, sent, una);
}

/* The last short segment of an event took all that waited, or half of the largest window. */
static void judge_silly(struct oracle_view *view, const struct small_state *state,
                        const struct oracle_observation *what)
{
    int64_t waits = what->seen == NULL ? 0 : what->seen->unsent_bytes;
    if (state->pending && !is_excused(view->connection) && waits > 0 && state->window_max > 0 &&
        (int64_t)state->length < state->window_max / 2)
        oracle_violated(view, "%" PRIu32 " octets of new text are sent, while %" PRId64 " more "
                        "wait; the largest window was %" PRId64, state->length, waits,
                        state->window_max);
}

/* ---- the receiver ---- */

/* The least step of the right edge that is surely large enough. */
static uint32_t step_of(const struct oracle_view *view, const struct small_state *state)
{
    const struct oracle_connection *facts = view->connection;
    int64_t told = facts->option[ANVIL_OPTION_RCVBUF];
    uint32_t half = state->offered_max / 2, mss = facts->own_syn.mss;
    if (told >= 0 && (uint64_t)told / 2 < half)
        half = (uint32_t)told / 2;
    if (facts->peer_syn.has_mss && facts->peer_syn.mss < mss)
        mss = facts->peer_syn.mss;
    mss = mss > OPTIONS_MAX ? mss - OPTIONS_MAX : 1;
    return half < mss ? half : mss;
}

/* A window against the right edge that was offered before. */
static void judge_window(struct oracle_view *view, struct small_state *state,
                         const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    uint8_t shift = oracle_own_shift(facts);
    uint32_t window = (uint32_t)sent->window << shift, edge = sent->ack + window;
    bool capped = sent->window == FIELD_MAX;
    uint32_t advance = edge - state->edge, unit = UINT32_C(1) << shift;
    bool judged = state->has_edge && oracle_before(state->edge, edge) && !capped &&
                  !state->capped && !facts->has_peer_fin && !facts->peer_syn_doubtful &&
                  !facts->own_syn_varied && facts->own_syn.has_mss &&
                  oracle_policy(view, ORACLE_POLICY_window_follows_room) == 0;
    if (judged && advance >= unit && advance + 2 * (unit - 1) < step_of(view, state))
        oracle_violated(view, "the right edge of the window moves by %" PRIu32 ", %" PRIu32
                        " is the least that is worth it", advance, step_of(view, state));
    if (!state->has_edge || oracle_before(state->edge, edge))
        state->edge = edge;
    if (state->offered_max < window)
        state->offered_max = window;
    state->has_edge = true;
    state->capped = capped;
}

/* The user has read all that had come: less than a step is offered only if no more was free. */
static void judge_update(struct oracle_view *view, const struct small_state *state,
                         const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    bool reads = what->state == ANVIL_STATE_ESTABLISHED ||
                 what->state == ANVIL_STATE_FIN_WAIT_1 || what->state == ANVIL_STATE_FIN_WAIT_2;
    bool told = facts->seen_any && facts->seen.unread_bytes > 0 && what->seen != NULL &&
                what->seen->unread_bytes == 0 && what->seen->rcv_nxt >= 0;
    if (!state->has_read || !told || !reads || !state->has_edge || facts->has_peer_fin ||
        facts->closed || facts->shut_read || facts->peer_syn_doubtful || facts->own_syn_varied ||
        !facts->own_syn.has_mss || facts->option[ANVIL_OPTION_RCVBUF] != ORACLE_UNKNOWN ||
        view->setting->chooses)
        return;
    uint32_t left = facts->right_edge - (uint32_t)what->seen->rcv_nxt;
    uint32_t unit = UINT32_C(1) << oracle_own_shift(facts);
    if (left + 2 * unit < step_of(view, state))
        oracle_violated(view, "the user has read all, and the window that is offered is %" PRIu32
                        "; %" PRIu32 " are the least that is worth it", left,
                        step_of(view, state));
}

/* ---- both ---- */

/* What was told becomes what is known. */
static void note_rest(struct oracle_view *view, struct small_state *state,
                      const struct oracle_observation *what)
{
    judge_silly(view, state, what);
    judge_update(view, state, what);
    if (what->seen != NULL && what->seen->snd_wnd > state->window_max)
        state->window_max = what->seen->snd_wnd;
    state->has_ack = state->pending = state->has_read = false;
}

/* Whether the user makes other segments from now on: some text waits for more, or the size is
 * another. */
static bool is_beyond(const struct anvil_target_call *call)
{
    return (call->kind == ANVIL_CALL_SEND && (call->flags & ANVIL_MESSAGE_MORE) != 0) ||
           (call->kind == ANVIL_CALL_SET_OPTION &&
            (call->option == ANVIL_OPTION_CORK || call->option == ANVIL_OPTION_MAXSEG));
}

/* Whether the user had done so before the connection began. */
static bool was_beyond(const struct oracle_connection *facts)
{
    return facts->option[ANVIL_OPTION_CORK] != ORACLE_UNKNOWN ||
           facts->option[ANVIL_OPTION_MAXSEG] != ORACLE_UNKNOWN;
}

/* Each segment of new text, and each window. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct small_state *state = memory;
    switch (what->kind) {
    case ORACLE_SENT:
        if ((what->segment->flags & (WIRE_SYN | WIRE_RST | WIRE_ACK)) != WIRE_ACK)
            break;
        if (was_beyond(view->connection))
            oracle_cannot_tell(view);
        note_text(view, state, what->segment);
        judge_window(view, state, what->segment);
        break;
    case ORACLE_ARRIVED:
        oracle_await(view);
        if (oracle_has(what->segment, WIRE_ACK) &&
            (!state->has_ack || oracle_before(state->ack, what->segment->ack)))
            state->ack = what->segment->ack;
        state->has_ack = state->has_ack || oracle_has(what->segment, WIRE_ACK);
        break;
    case ORACLE_CALL:
        state->pending = false;
        state->has_read = what->call->kind == ANVIL_CALL_RECV && what->call->result > 0;
        if (state->has_read)
            oracle_await(view);
        if (is_beyond(what->call))
            oracle_cannot_tell(view);
        break;
    case ORACLE_REST: note_rest(view, state, what); break;
    case ORACLE_DAMAGED:
    case ORACLE_ICMP:
    case ORACLE_TIME:
    case ORACLE_REPLACED:
    case ORACLE_OVER:
    case ORACLE_KIND_COUNT: break;
    }
}

const struct oracle_rule oracle_rule_small_segments = {
    .id = "O20",
    .name = "small-segments",
    .rule = "new text waits until a full segment can be sent or all is acknowledged, and a window "
            "opens by a segment or half of the buffer at least",
    .reference = "RFC 9293 3.7.4, 3.8.6.2",
    .needs = ORACLE_NEEDS_STATE,
    .wants = 1u << ORACLE_SENT | 1u << ORACLE_ARRIVED | 1u << ORACLE_CALL | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_REST,
    .moves = ORACLE_MOVE_SND_WND,
    .state_bytes = sizeof(struct small_state),
    .see = see,
};
