/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ranges of sent, unacknowledged sequence space, each with the time and count of its latest
 * transmission. They lie end to end from SND.UNA to SND.MAX. When their places are used up,
 * neighbours are merged, keeping the later time and the higher count.
 */
#include "machine.h"

/* Takes range `index` out, its space falling to the one after it. */
static void merge_into_next(struct anvil_tcb *tcb, unsigned index)
{
    struct anvil_send_range *next = &tcb->sent[index + 1];
    const struct anvil_send_range *gone = &tcb->sent[index];

    if (gone->count > next->count)
        next->count = gone->count;
    if (gone->sent_us > next->sent_us)
        next->sent_us = gone->sent_us;
    tcb->sent_count--;
    memmove(&tcb->sent[index], next, (tcb->sent_count - index) * sizeof *next);
    memset(&tcb->sent[tcb->sent_count], 0, sizeof *next);
}

/* Makes a place free at `index`; when there is none, the two oldest ranges become one. The index of
 * the place, which a merge in front of it moves. */
static unsigned open_place(struct anvil_tcb *tcb, unsigned index)
{
    if (tcb->sent_count == ANVIL_SEND_RANGES_MAX) {
        merge_into_next(tcb, 0);
        if (index > 0)
            index--;
    }
    memmove(&tcb->sent[index + 1], &tcb->sent[index],
            (tcb->sent_count - index) * sizeof tcb->sent[0]);
    tcb->sent_count++;
    return index;
}

/* Cuts the range that `seq` lies inside, so that a range ends there. */
static void cut_at(struct anvil_tcb *tcb, anvil_seq seq)
{
    anvil_seq start = tcb->snd_una;

    for (unsigned i = 0; i < tcb->sent_count; i++) {
        if (anvil_seq_le(seq, start))
            return;
        if (anvil_seq_lt(seq, tcb->sent[i].end)) {
            i = open_place(tcb, i);
            tcb->sent[i] = tcb->sent[i + 1];
            tcb->sent[i].end = seq;
            return;
        }
        start = tcb->sent[i].end;
    }
}

/* [from, to) was sent again: one more transmission for every range in it. */
static void note_sent_again(struct anvil_tcb *tcb, anvil_seq from, anvil_seq to, anvil_time now)
{
    anvil_seq start = tcb->snd_una;

    cut_at(tcb, from);
    cut_at(tcb, to);
    for (unsigned i = 0; i < tcb->sent_count; i++) {
        struct anvil_send_range *range = &tcb->sent[i];
        if (anvil_seq_lt(from, range->end) && anvil_seq_lt(start, to)) {
            if (range->count < UINT16_MAX)
                range->count++;
            range->sent_us = now;
        }
        start = range->end;
    }
}

/* Notes that [SND.MAX, to), which is not empty, was sent now for the first time. */
void anvil_note_new(struct anvil_tcb *tcb, anvil_seq to, anvil_time now)
{
    struct anvil_send_range *last = tcb->sent_count ? &tcb->sent[tcb->sent_count - 1] : NULL;

    if (last && last->sent_us == now && last->count == 1) {
        last->end = to;
        return;
    }
    if (tcb->sent_count == ANVIL_SEND_RANGES_MAX)
        merge_into_next(tcb, 0);
    last = &tcb->sent[tcb->sent_count++];
    last->end = to;
    last->count = 1;
    last->marks = 0;
    last->sent_us = now;
}

/* Notes that [from, to) was sent now, for the first time or again. */
void anvil_note_sent(struct anvil_tcb *tcb, anvil_seq from, anvil_seq to, anvil_time now)
{
    if (anvil_seq_lt(from, tcb->snd_max)) {
        anvil_seq old_end = anvil_seq_min(to, tcb->snd_max);
        note_sent_again(tcb, from, old_end, now);
        from = old_end;
    }
    if (!anvil_seq_eq(from, to))
        anvil_note_new(tcb, to, now);
}

/* Everything before `ack` is acknowledged. True if any of it was sent more than once, so that its
 * round trip is not known (Karn; RFC 6298 section 3). Call it before SND.UNA moves. */
bool anvil_forget_sent(struct anvil_tcb *tcb, anvil_seq ack)
{
    anvil_seq start = tcb->snd_una;
    bool ambiguous = false;
    const struct anvil_send_range unused = {{0}, 0, 0, 0};
    unsigned count = tcb->sent_count;
    unsigned gone = 0;

    while (gone < count && anvil_seq_le(tcb->sent[gone].end, ack)) {
        ambiguous = ambiguous || tcb->sent[gone].count > 1;
        start = tcb->sent[gone].end;
        gone++;
    }
    if (gone < count && tcb->sent[gone].count > 1 && anvil_seq_lt(start, ack))
        ambiguous = true;
    if (gone == 0)
        return ambiguous;
    tcb->sent_count = (uint8_t)(count - gone);
    memmove(&tcb->sent[0], &tcb->sent[gone], tcb->sent_count * sizeof tcb->sent[0]);
    do
        tcb->sent[--count] = unused;
    while (count > tcb->sent_count);
    return ambiguous;
}
