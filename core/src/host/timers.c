/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which slot is due next: see timers.h. A slot's deadline is the earliest of its TCB's and of the
 * host's own: lingering close (linger), cork (cork), waiting for data before accept (defer), and
 * "now" for what is doomed or to be closed. The heap's entries are 1 to heap_count.
 */
#include "host/timers.h"

#include <assert.h>

/* The heap, so that entry 1 is its top. */
static uint32_t *entries(const struct anvil_host *host)
{
    return (uint32_t *)host_at(host, host->heap_at) - 1;
}

/* Puts a slot at an entry. */
static void place(const struct anvil_host *host, uint32_t entry, struct slot *slot)
{
    entries(host)[entry] = slot->number;
    slot->heap_at = entry;
}

/* True if a is due before b; the lower number goes first at a tie, so that order never depends on
 * history. */
static bool before(const struct slot *a, const struct slot *b)
{
    return a->deadline != b->deadline ? a->deadline < b->deadline : a->number < b->number;
}

/* Moves the slot at its entry up to where it belongs. */
static void sift_up(const struct anvil_host *host, struct slot *slot)
{
    uint32_t entry = slot->heap_at;
    while (entry > 1u) {
        struct slot *above = host_slot(host, entries(host)[entry / 2u]);
        if (!before(slot, above))
            break;
        place(host, entry, above);
        entry /= 2u;
    }
    place(host, entry, slot);
}

/* Moves it down. */
static void sift_down(const struct anvil_host *host, struct slot *slot)
{
    uint32_t entry = slot->heap_at;
    while (entry <= host->heap_count / 2u) {
        uint32_t below = 2u * entry;
        struct slot *least = host_slot(host, entries(host)[below]);
        if (below < host->heap_count) {
            struct slot *other = host_slot(host, entries(host)[below + 1u]);
            least = before(other, least) ? other : least;
        }
        if (!before(least, slot))
            break;
        uint32_t freed = least->heap_at;
        place(host, entry, least);
        entry = freed;
    }
    place(host, entry, slot);
}

/* Takes a slot out; the last entry fills the gap. */
static void take_out(struct anvil_host *host, struct slot *slot)
{
    uint32_t gap = slot->heap_at;
    struct slot *last = host_slot(host, entries(host)[host->heap_count]);
    host->heap_count--;
    slot->heap_at = 0;
    if (last == slot)
        return;
    place(host, gap, last);
    sift_up(host, last);
    sift_down(host, last);
}

void anvil_timers_set(struct anvil_host *host, struct slot *slot, anvil_time deadline)
{
    if (slot->heap_at != 0 && slot->deadline == deadline)
        return;
    slot->deadline = deadline;
    if (deadline == ANVIL_NEVER) {
        if (slot->heap_at != 0)
            take_out(host, slot);
        return;
    }
    if (slot->heap_at == 0) {
        host->heap_count++;
        assert(host->heap_count <= host->config.slots);
        slot->heap_at = host->heap_count;
    }
    sift_up(host, slot);
    sift_down(host, slot);
}
