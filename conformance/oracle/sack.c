/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O21: SACK blocks tell of text that arrived behind a gap and of nothing else, the block of the
 * segment that came last first; a duplicate is told once, in front. RFC 2018 sections 2 to 4, RFC
 * 2883 section 4.
 *
 * Known is what arrived, which may be more than what was taken: a block must lie in one piece of
 * it. Whatever is at or before an ACK is no block; that the first one may be (a D-SACK), as part of
 * a segment that came since the last ACK and had text that came before. Blocks neither overlap nor
 * touch. What was told before and is not acknowledged is told again, as long as there is room.
 *
 * Accepted oddities: the order behind the first block is free; where the segment that came last may
 * have been refused, or was the one that moved the ACK, the order is not judged; a FIN as part of a
 * block; what does not fit in the option; a stack that chooses may send no blocks at all, hold no
 * more pieces than it has places for, or forget what it told (RFC 2018 section 8); more pieces than
 * can be remembered here.
 */
#include "oracle/rule.h"

#include <inttypes.h>
#include <string.h>

enum { PIECES = 24, FRESH = 6, REPORTED = 6, HEADER_MAX = 60, BLOCK_OCTETS = 8 };

struct piece {
    uint32_t left, right;
};

struct sack_state {
    struct piece pieces[PIECES]; /* text that arrived, in order, apart from each other */
    uint32_t piece_count;
    bool forgot;                 /* there were more */
    struct piece fresh[FRESH];   /* what of each segment since the last ACK had come before */
    uint32_t fresh_count;
    struct piece reported[REPORTED]; /* in blocks, the latest first */
    uint32_t reported_count;
    uint32_t arrivals;           /* since the last rest */
    struct piece last;           /* the last one, */
    bool plain, behind;          /* which nothing refuses; which lies behind a gap */
    bool in_first, in_other, in_none; /* some ACK since has it there; or nowhere, despite room */
    bool far;                    /* the stream reaches further back than numbers can tell */
    bool has_val;
    uint32_t val;                /* the newest TSval of the peer */
    bool jumped;                 /* one was so far ahead that new and old cannot be told apart */
};

static bool is_within(struct piece a, struct piece b)
{
    return oracle_up_to(b.left, a.left) && oracle_up_to(a.right, b.right);
}

static bool do_touch(struct piece a, struct piece b)
{
    return oracle_up_to(a.left, b.right) && oracle_up_to(b.left, a.right);
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return oracle_before(a, b) ? a : b;
}

static uint32_t most(uint32_t a, uint32_t b)
{
    return oracle_before(a, b) ? b : a;
}

static struct piece block_of(const struct oracle_segment *sent, uint32_t index)
{
    return (struct piece){ sent->options.sack[index].left, sent->options.sack[index].right };
}

/* ---- what arrived ---- */

/* Adds a piece, joined with those that it touches; what is acknowledged goes. */
static void add_piece(struct sack_state *state, struct piece added, uint32_t acked)
{
    uint32_t kept = 0, place = 0;
    for (uint32_t i = 0; i < state->piece_count; i++) {
        struct piece one = state->pieces[i];
        if (do_touch(one, added)) {
            added.left = least(one.left, added.left);
            added.right = most(one.right, added.right);
        } else if (oracle_before(acked, one.right)) {
            state->pieces[kept++] = one;
            place += oracle_before(one.right, added.left);
        }
    }
    state->piece_count = kept;
    if (kept == PIECES) {
        state->forgot = true;
        return;
    }
    memmove(&state->pieces[place + 1], &state->pieces[place],
            (kept - place) * sizeof state->pieces[0]);
    state->pieces[place] = added;
    state->piece_count++;
}

/* From the first to the last number of a piece that came before; the stream began at `began`. */
static struct piece came_before(const struct sack_state *state, struct piece of, uint32_t acked,
                                uint32_t began)
{
    struct piece found = { of.right, of.left };
    if (oracle_before(of.left, acked))
        found = (struct piece){ state->far ? of.left : most(of.left, began),
                                least(acked, of.right) };
    for (uint32_t i = 0; i < state->piece_count; i++) {
        uint32_t left = most(of.left, state->pieces[i].left);
        uint32_t right = least(of.right, state->pieces[i].right);
        if (!oracle_before(left, right))
            continue;
        found.left = least(found.left, left);
        found.right = most(found.right, right);
    }
    return found;
}

/* Whether nothing but its place in the window can keep a segment from being taken. */
static bool is_plain(const struct oracle_connection *facts, const struct sack_state *state,
                     const struct oracle_segment *segment)
{
    const struct anvil_target_observation *seen = &facts->seen;
    bool told = facts->seen_any && seen->rcv_nxt >= 0 && seen->rcv_wnd >= 0 && seen->snd_una >= 0;
    bool receives = facts->state == ANVIL_STATE_ESTABLISHED ||
                    facts->state == ANVIL_STATE_FIN_WAIT_1 ||
                    facts->state == ANVIL_STATE_FIN_WAIT_2;
    bool stamped = facts->own_syn.has_stamps && facts->peer_syn.has_stamps;
    return told && receives && segment->length > 0 && !segment->doubtful &&
           (segment->flags & (WIRE_SYN | WIRE_RST | WIRE_ACK)) == WIRE_ACK &&
           !facts->closed && !facts->shut_read && !facts->has_peer_fin &&
           oracle_within(segment->ack, (uint32_t)seen->snd_una, facts->snd_max) &&
           (!stamped || (segment->options.has_stamps && !state->jumped &&
                         !(state->has_val && oracle_before(segment->options.ts_val, state->val))));
}

/* Whether it lies in the window, and not at its left edge. */
static bool is_behind_gap(const struct oracle_connection *facts, struct piece text)
{
    uint32_t next = (uint32_t)facts->seen.rcv_nxt, edge = next + (uint32_t)facts->seen.rcv_wnd;
    return text.left != next && oracle_within(text.left, next, edge) &&
           oracle_within(text.right, next, edge);
}

/* A segment comes in: what of it came before, and what it adds. */
static void note_arrival(const struct oracle_connection *facts, struct sack_state *state,
                         const struct oracle_segment *segment)
{
    bool syn = oracle_has(segment, WIRE_SYN);
    struct piece text = { segment->seq + syn, segment->seq + segment->span };
    uint32_t acked = facts->has_acked ? facts->acked : text.left;
    uint32_t began = facts->has_irs ? facts->irs + 1 : text.left;
    int32_t distance = (int32_t)(text.left - acked);
    state->arrivals++;
    state->plain = is_plain(facts, state, segment);
    state->behind = state->plain && is_behind_gap(facts, text);
    state->last = (struct piece){ text.left, text.left + segment->length };
    state->jumped = state->jumped ||
                    (segment->options.has_stamps && state->has_val &&
                     segment->options.ts_val - state->val + 0x3fffffff > 0x7ffffffe);
    if (segment->options.has_stamps &&
        (!state->has_val || oracle_before(state->val, segment->options.ts_val))) {
        state->val = segment->options.ts_val;
        state->has_val = true;
    }
    if (text.left == text.right || oracle_has(segment, WIRE_RST) || !(syn || facts->has_irs) ||
        distance > 0x3fffffff || distance < -0x3fffffff)
        return;
    state->far = state->far || acked - began > 0x3fffffff;
    if (state->fresh_count < FRESH)
        state->fresh[state->fresh_count] = came_before(state, text, acked, began);
    state->fresh_count++;
    add_piece(state, text, acked);
}

/* ---- what is sent ---- */

/* Whether the first block is a D-SACK. RFC 2883 section 5. */
static bool is_duplicate(const struct oracle_segment *sent)
{
    struct piece first = block_of(sent, 0);
    return oracle_up_to(first.right, sent->ack) ||
           (sent->options.sack_count > 1 && is_within(first, block_of(sent, 1)));
}

/* A D-SACK: something that came again since the last ACK. */
static void judge_duplicate(struct oracle_view *view, const struct sack_state *state,
                            const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    struct piece block = block_of(sent, 0);
    for (uint32_t i = 0; i < state->fresh_count && i < FRESH; i++)
        if (is_within(block, state->fresh[i]))
            return;
    if (state->fresh_count <= FRESH && !state->forgot)
        oracle_violated(view, "the first block tells that %" PRIu32 ":%" PRIu32 " came again; it "
                        "did not since the last ACK", oracle_theirs(facts, block.left),
                        oracle_theirs(facts, block.right));
}

/* In one piece. */
static bool arrived_whole(const struct sack_state *state, struct piece block)
{
    for (uint32_t i = 0; i < state->piece_count; i++)
        if (is_within(block, state->pieces[i]))
            return true;
    return state->forgot;
}

/* One block that tells of held text, against what arrived and the blocks behind it. */
static void judge_block(struct oracle_view *view, const struct sack_state *state,
                        const struct oracle_segment *sent, uint32_t index)
{
    const struct oracle_connection *facts = view->connection;
    struct piece block = block_of(sent, index);
    uint32_t left = oracle_theirs(facts, block.left), right = oracle_theirs(facts, block.right);
    if (oracle_up_to(block.left, sent->ack))
        oracle_violated(view, "block %" PRIu32 ":%" PRIu32 " is not behind the ACK of %" PRIu32,
                        left, right, oracle_theirs(facts, sent->ack));
    else if (!arrived_whole(state, block))
        oracle_violated(view, "block %" PRIu32 ":%" PRIu32 " has text that never arrived", left,
                        right);
    for (uint32_t i = index + 1; i < sent->options.sack_count; i++)
        if (do_touch(block, block_of(sent, i)))
            oracle_violated(view, "block %" PRIu32 ":%" PRIu32 " touches another", left, right);
}

static bool is_told(const struct oracle_segment *sent, struct piece text)
{
    bool told = oracle_up_to(text.left, sent->ack);
    for (uint32_t i = 0; i < sent->options.sack_count && !told; i++)
        told = is_within(text, block_of(sent, i));
    return told;
}

/* Where an ACK has the segment that came last. `first`: the first block that is no D-SACK. */
static void note_place(const struct oracle_view *view, struct sack_state *state,
                       const struct oracle_segment *sent, uint32_t first)
{
    const struct oracle_connection *facts = view->connection;
    bool agreed = facts->own_syn.sack_permitted && facts->peer_syn.sack_permitted &&
                  !facts->own_syn_varied && !facts->peer_syn_doubtful;
    bool room = sent->header_bytes + BLOCK_OCTETS <= HEADER_MAX;
    if (state->arrivals != 1 || !state->behind)
        return;
    if (first == 1 && sent->options.sack_count > 1 &&
        is_within(block_of(sent, 0), block_of(sent, 1)) &&
        !is_within(state->last, block_of(sent, 1)))
        first = 2; /* behind the one around the duplicate: RFC 2883 4 (4) */
    if (oracle_up_to(state->last.left, sent->ack) ||
        (first < sent->options.sack_count && is_within(state->last, block_of(sent, first))))
        state->in_first = true;
    else if (is_told(sent, state->last))
        state->in_other = true;
    else if (agreed && room && !view->setting->chooses)
        state->in_none = true;
}

/* The first block is the one of the segment that came last. A timer may have sent something before
 * that was taken, so that one ACK which tells of it is enough. */
static void judge_place(struct oracle_view *view, const struct sack_state *state)
{
    const struct oracle_connection *facts = view->connection;
    uint32_t left = oracle_theirs(facts, state->last.left);
    uint32_t right = oracle_theirs(facts, state->last.right);
    if (state->in_first)
        return;
    if (state->in_other)
        oracle_violated(view, "%" PRIu32 ":%" PRIu32 " came last, and is not in the first block",
                        left, right);
    else if (state->in_none)
        oracle_violated(view, "%" PRIu32 ":%" PRIu32 " lies behind a gap, and is in no block",
                        left, right);
}

/* What was told before must be told again, as long as there is room. */
static void judge_missing(struct oracle_view *view, const struct sack_state *state,
                          const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    bool agreed = facts->own_syn.sack_permitted && facts->peer_syn.sack_permitted;
    if (view->setting->chooses || !agreed || facts->own_syn_varied || facts->peer_syn_doubtful ||
        sent->header_bytes + BLOCK_OCTETS > HEADER_MAX)
        return;
    for (uint32_t i = 0; i < state->reported_count; i++)
        if (!is_told(sent, state->reported[i]))
            oracle_violated(view, "%" PRIu32 ":%" PRIu32 " was told before, and is in no block",
                            oracle_theirs(facts, state->reported[i].left),
                            oracle_theirs(facts, state->reported[i].right));
}

/* Keeps the blocks of this segment, and those before that it does not cover. */
static void note_reported(struct sack_state *state, const struct oracle_segment *sent,
                          uint32_t first)
{
    struct piece old[REPORTED];
    uint32_t old_count = state->reported_count, fixed;
    memcpy(old, state->reported, sizeof old);
    state->reported_count = 0;
    for (uint32_t i = first; i < sent->options.sack_count; i++)
        state->reported[state->reported_count++] = block_of(sent, i);
    fixed = state->reported_count;
    for (uint32_t i = 0; i < old_count && state->reported_count < REPORTED; i++) {
        bool gone = oracle_up_to(old[i].left, sent->ack);
        for (uint32_t k = 0; k < fixed && !gone; k++)
            gone = do_touch(old[i], state->reported[k]);
        if (!gone)
            state->reported[state->reported_count++] = old[i];
    }
}

/* An ACK and its blocks. */
static void judge_sent(struct oracle_view *view, struct sack_state *state,
                       const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    uint32_t count = sent->options.sack_count;
    if ((sent->flags & (WIRE_RST | WIRE_SYN | WIRE_ACK)) != WIRE_ACK)
        return;
    if (sent->options.sack_permitted)
        oracle_violated(view, "SACK-permitted stands on a segment without SYN");
    if (count > 0 && facts->has_irs && !facts->peer_syn_doubtful &&
        !facts->peer_syn.sack_permitted)
        oracle_violated(view, "there are SACK blocks, which the peer's SYN did not permit");
    for (uint32_t i = 0; i < count; i++)
        if (!oracle_before(sent->options.sack[i].left, sent->options.sack[i].right))
            oracle_violated(view, "block %" PRIu32 " is empty or turned round", i + 1);
    uint32_t first = count > 0 && is_duplicate(sent);
    if (first == 1)
        judge_duplicate(view, state, sent);
    for (uint32_t i = first; i < count; i++)
        judge_block(view, state, sent, i);
    note_place(view, state, sent, first);
    judge_missing(view, state, sent);
    note_reported(state, sent, first);
    state->fresh_count = 0;
}

/* What arrives, and what the ACKs tell of it. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct sack_state *state = memory;
    if (what->kind == ORACLE_ARRIVED) {
        oracle_await(view);
        note_arrival(view->connection, state, what->segment);
    } else if (what->kind == ORACLE_SENT) {
        judge_sent(view, state, what->segment);
    } else if (what->kind == ORACLE_REST) {
        judge_place(view, state);
        state->arrivals = 0;
        state->in_first = state->in_other = state->in_none = false;
    }
}

const struct oracle_rule oracle_rule_sack = {
    .id = "O21",
    .name = "sack",
    .rule = "SACK blocks tell of text that arrived behind a gap, the newest first, and of a "
            "duplicate once",
    .reference = "RFC 2018 4, RFC 2883 4",
    .wants = 1u << ORACLE_SENT | 1u << ORACLE_ARRIVED | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_REST,
    .state_bytes = sizeof(struct sack_state),
    .see = see,
};
