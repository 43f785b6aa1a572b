/* SPDX-License-Identifier: BSD-2-Clause */
/* What is always true of a TCB, between steps. */
#include "machine.h"

/* No padding: the octets of a TCB are its fields. */
_Static_assert(sizeof(struct anvil_tcb) ==
                   offsetof(struct anvil_tcb, sent) +
                       ANVIL_SEND_RANGES_MAX * sizeof(struct anvil_send_range),
               "the TCB ends with its last field");
_Static_assert(sizeof(struct anvil_tcb) <= 1024, "the TCB takes at most 1 KiB");
_Static_assert(offsetof(struct anvil_tcb, congestion.state) <= 256,
               "the fast path's fields come first");

static bool all_zero(const void *bytes, size_t length)
{
    const unsigned char *octet = bytes;
    uint64_t word, any = 0;
    size_t words = length / sizeof word;

    for (size_t i = 0; i < words; i++) {
        memcpy(&word, octet + i * sizeof word, sizeof word);
        any |= word;
    }
    for (size_t i = words * sizeof word; i < length; i++)
        any |= octet[i];
    return any == 0;
}

/* SND.UNA <= SND.NXT <= SND.MAX. */
static bool send_numbers_in_order(const struct anvil_tcb *tcb)
{
    return anvil_seq_le(tcb->snd_una, tcb->snd_nxt) && anvil_seq_le(tcb->snd_nxt, tcb->snd_max);
}

/* Something in flight is watched by a timer. */
static bool flight_is_watched(const struct anvil_tcb *tcb)
{
    return tcb->state <= ANVIL_LISTEN || !in_flight(tcb) || tcb->rto_deadline != ANVIL_NEVER ||
           tcb->send_due;
}

static bool time_wait_is_watched(const struct anvil_tcb *tcb)
{
    return tcb->state != ANVIL_TIME_WAIT || tcb->time_wait_deadline != ANVIL_NEVER;
}

/* The earliest deadline is kept as such. */
static bool timer_is_the_earliest(const struct anvil_tcb *tcb)
{
    return tcb->timer_us == earliest_timer(tcb);
}

/* Place `index` of the ring of what was sent. */
static const struct anvil_send_range *at(const struct anvil_tcb *tcb, unsigned index)
{
    return &tcb->sent[(tcb->sent_first + index) % ANVIL_SEND_RANGES_MAX];
}

/* Ranges of sent data lie end to end from SND.UNA to SND.MAX. */
static bool sent_ranges_fit(const struct anvil_tcb *tcb)
{
    anvil_seq end = tcb->snd_una;

    for (unsigned i = 0; i < tcb->sent_count; i++) {
        const struct anvil_send_range *range = at(tcb, i);
        if (!anvil_seq_lt(end, range->end) || range->count == 0)
            return false;
        end = range->end;
    }
    return tcb->state <= ANVIL_LISTEN || anvil_seq_eq(end, tcb->snd_max);
}

/* Held ranges are sorted, do not touch, and lie beyond RCV.NXT, inside the window. */
static bool held_ranges_fit(const struct anvil_tcb *tcb)
{
    anvil_seq before = tcb->rcv_nxt;

    for (unsigned i = 0; i < tcb->held_count; i++) {
        const struct anvil_held_range *held = &tcb->held[i];
        if (!anvil_seq_lt(before, held->left) || !anvil_seq_lt(held->left, held->right) ||
            !anvil_seq_le(held->right, tcb->rcv_adv))
            return false;
        before = held->right;
    }
    return true;
}

/* A FIN that is held lies at or beyond everything that was received. */
static bool held_fin_fits(const struct anvil_tcb *tcb)
{
    anvil_seq end = tcb->held_count ? tcb->held[tcb->held_count - 1].right : tcb->rcv_nxt;

    return !tcb->fin_held || anvil_seq_le(end, tcb->fin_held_seq);
}

/* The ranges of the ring that are not in use: one piece, or one at each end of the array. */
static bool unused_sent_is_zero(const struct anvil_tcb *tcb)
{
    size_t size = sizeof tcb->sent[0];
    unsigned first = tcb->sent_first, end = first + tcb->sent_count;

    if (end >= ANVIL_SEND_RANGES_MAX)
        return all_zero(&tcb->sent[end - ANVIL_SEND_RANGES_MAX],
                        (ANVIL_SEND_RANGES_MAX - tcb->sent_count) * size);
    return all_zero(&tcb->sent[end], (ANVIL_SEND_RANGES_MAX - end) * size) &&
           all_zero(tcb->sent, first * size);
}

static bool unused_is_zero(const struct anvil_tcb *tcb)
{
    size_t held = ANVIL_HELD_RANGES_MAX - tcb->held_count;

    return tcb->sent_first < ANVIL_SEND_RANGES_MAX && unused_sent_is_zero(tcb) &&
           all_zero(&tcb->held[tcb->held_count], held * sizeof tcb->held[0]) &&
           all_zero(tcb->spare, sizeof tcb->spare);
}

static bool streams_in_order(const struct anvil_tcb *tcb)
{
    return tcb->snd_una_offset <= tcb->snd_end_offset &&
           tcb->rcv_read_offset <= tcb->rcv_nxt_offset && anvil_seq_le(tcb->rcv_nxt, tcb->rcv_adv);
}

/* A FIN is counted once: it is received exactly in the states that follow it. */
static bool fin_matches_state(const struct anvil_tcb *tcb)
{
    bool after_fin = tcb->state >= ANVIL_CLOSE_WAIT;

    return tcb->state < ANVIL_ESTABLISHED || (tcb->fin_received != 0) == after_fin;
}

bool anvil_invariant(const struct anvil_tcb *tcb, const char **broken)
{
    static const struct {
        bool (*holds)(const struct anvil_tcb *tcb);
        const char *name;
    } invariants[] = {
        {send_numbers_in_order, "SND.UNA =< SND.NXT =< SND.MAX"},
        {flight_is_watched, "something is in flight and no timer is armed"},
        {time_wait_is_watched, "TIME-WAIT without a timer"},
        {timer_is_the_earliest, "the earliest deadline is not the one that is kept"},
        {sent_ranges_fit, "ranges of sent data have gaps"},
        {held_ranges_fit, "held ranges are not sorted, disjoint and in the window"},
        {held_fin_fits, "a held FIN lies before received text"},
        {streams_in_order, "offsets of a stream are out of order"},
        {fin_matches_state, "the peer's FIN does not match the state"},
        {unused_is_zero, "unused slots are not zero"},
    };

    if (tcb->state == ANVIL_CLOSED)
        return true;
    for (size_t i = 0; i < sizeof invariants / sizeof invariants[0]; i++) {
        if (!invariants[i].holds(tcb)) {
            if (broken)
                *broken = invariants[i].name;
            return false;
        }
    }
    return true;
}
