/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Data that arrived out of order, as ranges beyond RCV.NXT, sorted and disjoint; and the SACK
 * blocks that tell of it. RFC 9293 SHLD-31, RFC 2018, RFC 2883. The first arrival of an octet wins.
 */
#include "machine.h"

/* Asks the owner to keep the payload for [left, right); `from` is where `left` is in it. */
static void accept_part(struct step *step, anvil_seq left, anvil_seq right, uint32_t from)
{
    struct anvil_tcb *tcb = step->tcb;
    struct anvil_effects *effects = step->effects;
    struct anvil_accept *part = &effects->accept[effects->accept_count++];

    part->offset = tcb->rcv_nxt_offset + anvil_seq_from(tcb->rcv_nxt, left);
    part->from = from;
    part->length = anvil_seq_from(left, right);
}

/* The parts of [left, right) that are not held yet: at most one more than the held ranges. */
static void accept_parts(struct step *step, anvil_seq left, anvil_seq right, uint32_t from)
{
    const struct anvil_tcb *tcb = step->tcb;
    anvil_seq cursor = left;

    for (unsigned i = 0; i < tcb->held_count && anvil_seq_lt(cursor, right); i++) {
        const struct anvil_held_range *held = &tcb->held[i];
        if (anvil_seq_le(held->right, cursor))
            continue;
        if (anvil_seq_le(right, held->left))
            break;
        if (anvil_seq_lt(cursor, held->left))
            accept_part(step, cursor, held->left, from + anvil_seq_from(left, cursor));
        cursor = held->right;
    }
    if (anvil_seq_lt(cursor, right))
        accept_part(step, cursor, right, from + anvil_seq_from(left, cursor));
}

/* Takes `count` ranges out from `index` on. */
static void remove_held(struct anvil_tcb *tcb, unsigned index, unsigned count)
{
    unsigned after = tcb->held_count - index - count;

    memmove(&tcb->held[index], &tcb->held[index + count], after * sizeof tcb->held[0]);
    tcb->held_count = (uint8_t)(tcb->held_count - count);
    memset(&tcb->held[tcb->held_count], 0, count * sizeof tcb->held[0]);
}

/* RCV.NXT moves over every held range that it has reached. The stream follows. */
void anvil_absorb_held(struct anvil_tcb *tcb)
{
    unsigned gone = 0;

    while (gone < tcb->held_count && anvil_seq_le(tcb->held[gone].left, tcb->rcv_nxt)) {
        if (anvil_seq_lt(tcb->rcv_nxt, tcb->held[gone].right)) {
            tcb->rcv_nxt_offset += anvil_seq_from(tcb->rcv_nxt, tcb->held[gone].right);
            tcb->rcv_nxt = tcb->held[gone].right;
        }
        gone++;
    }
    if (gone > 0)
        remove_held(tcb, 0, gone);
}

/* Merges [left, right), which touches nothing but ranges first to last - 1, into the list. */
static void insert_held(struct anvil_tcb *tcb, unsigned first, unsigned last, anvil_seq left,
                        anvil_seq right)
{
    struct anvil_held_range *place = &tcb->held[first];

    if (first == last) {
        memmove(place + 1, place, (tcb->held_count - first) * sizeof *place);
        tcb->held_count++;
    } else {
        left = anvil_seq_min(left, place->left);
        right = anvil_seq_max(right, tcb->held[last - 1].right);
        remove_held(tcb, first + 1, last - first - 1);
    }
    place->left = left;
    place->right = right;
    place->touched = ++tcb->held_clock;
}

/*
 * Text [left, right) has arrived, left at or beyond RCV.NXT; `from` is where it begins in the
 * payload. In order, RCV.NXT moves, also over what was held behind it; out of order it is held. If
 * it would need one range too many it is dropped: never at RCV.NXT.
 */
void anvil_hold(struct step *step, anvil_seq left, anvil_seq right, uint32_t from)
{
    struct anvil_tcb *tcb = step->tcb;
    unsigned first = 0;

    if (anvil_seq_eq(left, tcb->rcv_nxt)) {
        accept_parts(step, left, right, from);
        tcb->rcv_nxt_offset += anvil_seq_from(left, right);
        tcb->rcv_nxt = right;
        if (tcb->held_count > 0)
            anvil_absorb_held(tcb);
        return;
    }
    while (first < tcb->held_count && anvil_seq_lt(tcb->held[first].right, left))
        first++;

    unsigned last = first;

    while (last < tcb->held_count && anvil_seq_le(tcb->held[last].left, right))
        last++;
    if (first == last && tcb->held_count == ANVIL_HELD_RANGES_MAX) {
        step->effects->signals |= ANVIL_SIGNAL_DROPPED_TEXT;
        return;
    }
    accept_parts(step, left, right, from);
    insert_held(tcb, first, last, left, right);
}

/*
 * [left, right) came again: the next ACK reports it in its first block. Of several duplicates in
 * one segment only the first counts. RFC 2883 section 4.
 */
void anvil_note_duplicate(struct step *step, anvil_seq left, anvil_seq right)
{
    struct anvil_tcb *tcb = step->tcb;

    if (!tcb->sack_on || !step->policy->dsack || !anvil_seq_lt(left, right))
        return;
    if (!anvil_seq_eq(tcb->dsack.left, tcb->dsack.right))
        return;
    tcb->dsack.left = left;
    tcb->dsack.right = right;
}

/*
 * Text [left, right), all of it before RCV.NXT, came again, or as much of it as the stream reaches
 * back to: what lies before its first octet was never received. Nor is it told from so far back
 * that no window could hold it (RFC 7323 2.3), where numbers say nothing any more.
 */
void anvil_note_old(struct step *step, anvil_seq left, anvil_seq right)
{
    const struct anvil_tcb *tcb = step->tcb;
    uint64_t stream = tcb->rcv_nxt_offset + tcb->fin_received;
    uint32_t back = stream < STREAM_BACK ? (uint32_t)stream : STREAM_BACK;

    anvil_note_duplicate(step, anvil_seq_max(left, anvil_seq_of(tcb->rcv_nxt.raw - back)), right);
}

/* The range touched last before `clock`, or NULL. */
static const struct anvil_held_range *latest_before(const struct anvil_tcb *tcb, uint32_t clock)
{
    const struct anvil_held_range *latest = NULL;

    for (unsigned i = 0; i < tcb->held_count; i++) {
        const struct anvil_held_range *held = &tcb->held[i];
        if (held->touched < clock && (!latest || held->touched > latest->touched))
            latest = held;
    }
    return latest;
}

/* The held range that a duplicate lies in, or NULL. */
static const struct anvil_held_range *around(const struct anvil_tcb *tcb,
                                             const struct anvil_sack_block *duplicate)
{
    for (unsigned i = 0; i < tcb->held_count; i++)
        if (anvil_seq_le(tcb->held[i].left, duplicate->left) &&
            anvil_seq_le(duplicate->right, tcb->held[i].right))
            return &tcb->held[i];
    return NULL;
}

static void put_block(struct anvil_options *options, unsigned index,
                      const struct anvil_held_range *held)
{
    options->sack[index].left = held->left;
    options->sack[index].right = held->right;
}

/*
 * Fills the SACK option of an ACK: a duplicate first, then the held range that it lies in, if there
 * is one (RFC 2883 section 4), then the others, the one touched last first (RFC 2018 section 4), as
 * many as fit. The number of blocks.
 */
uint32_t anvil_sack_blocks(struct anvil_tcb *tcb, struct anvil_options *options)
{
    unsigned room = tcb->timestamps_on ? ANVIL_SACK_BLOCKS_MAX - 1 : ANVIL_SACK_BLOCKS_MAX;
    const struct anvil_held_range *second = NULL, *held;
    uint32_t clock = UINT32_MAX;
    unsigned count = 0;

    if (!anvil_seq_eq(tcb->dsack.left, tcb->dsack.right)) {
        options->sack[count++] = tcb->dsack;
        second = around(tcb, &tcb->dsack);
        if (second)
            put_block(options, count++, second);
        memset(&tcb->dsack, 0, sizeof tcb->dsack);
    }
    while (count < room && (held = latest_before(tcb, clock)) != NULL) {
        if (held != second)
            put_block(options, count++, held);
        clock = held->touched;
    }
    options->sack_count = (uint8_t)count;
    if (count > 0)
        options->present |= ANVIL_HAS_SACK;
    return count;
}
