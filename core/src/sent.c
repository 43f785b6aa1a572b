/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ranges of sent, unacknowledged sequence space, each with the time when it was first sent, and how
 * often it was. They lie end to end from SND.UNA to SND.MAX, in the order of their times. When all
 * places are used, the two oldest are merged, keeping the earlier time and the higher count.
 */
#include "flow.h"

/* Takes the oldest range out, its space falling to the one after it. */
void anvil_merge_oldest(struct anvil_tcb *tcb)
{
    const struct anvil_send_range *gone = sent_range(tcb, 0);
    struct anvil_send_range *next = sent_range(tcb, 1);

    if (gone->count > next->count)
        next->count = gone->count;
    next->sent_us = gone->sent_us;
    drop_oldest_range(tcb);
}

/* Makes two of range `index`, alike for now; when there is no place left, the two oldest ranges
 * become one. The index of the first of the two, which a merge in front of it moves. */
static unsigned split_range(struct anvil_tcb *tcb, unsigned index)
{
    if (tcb->sent_count == ANVIL_SEND_RANGES_MAX) {
        anvil_merge_oldest(tcb);
        if (index > 0)
            index--;
    }
    for (unsigned i = tcb->sent_count; i > index; i--)
        *sent_range(tcb, i) = *sent_range(tcb, i - 1);
    tcb->sent_count++;
    return index;
}

/* Cuts the range that `seq` lies inside, so that a range ends there. */
static void cut_at(struct anvil_tcb *tcb, anvil_seq seq)
{
    anvil_seq start = tcb->snd_una;

    for (unsigned i = 0; i < tcb->sent_count; i++) {
        anvil_seq end = sent_range(tcb, i)->end;
        if (anvil_seq_le(seq, start))
            return;
        if (anvil_seq_lt(seq, end)) {
            sent_range(tcb, split_range(tcb, i))->end = seq;
            return;
        }
        start = end;
    }
}

/* [from, to) was sent again: one more transmission for every range in it. */
static void note_sent_again(struct anvil_tcb *tcb, anvil_seq from, anvil_seq to)
{
    anvil_seq start = tcb->snd_una;

    cut_at(tcb, from);
    cut_at(tcb, to);
    for (unsigned i = 0; i < tcb->sent_count; i++) {
        struct anvil_send_range *range = sent_range(tcb, i);
        if (anvil_seq_lt(from, range->end) && anvil_seq_lt(start, to) && range->count < UINT16_MAX)
            range->count++;
        start = range->end;
    }
}

/* Notes that [from, to) was sent now, for the first time or again. */
void anvil_note_sent(struct anvil_tcb *tcb, anvil_seq from, anvil_seq to, anvil_time now)
{
    if (anvil_seq_lt(from, tcb->snd_max)) {
        anvil_seq old_end = anvil_seq_min(to, tcb->snd_max);
        note_sent_again(tcb, from, old_end);
        from = old_end;
    }
    if (!anvil_seq_eq(from, to))
        anvil_note_new(tcb, to, now);
}
