/* SPDX-License-Identifier: BSD-2-Clause */
/* Which slot is due next: a binary heap of slot numbers. Setting and finding are O(log n). */
#ifndef ANVIL_HOST_TIMERS_H
#define ANVIL_HOST_TIMERS_H

#include "host/state.h"

/* Sets a slot's deadline; ANVIL_NEVER takes it out of the heap. */
void anvil_timers_set(struct anvil_host *host, struct slot *slot, anvil_time deadline);

/* The slot that is due first; NULL when none has a deadline. */
static inline struct slot *anvil_timers_first(const struct anvil_host *host)
{
    const uint32_t *heap = host_at(host, host->heap_at);
    return host->heap_count == 0 ? NULL : host_slot(host, heap[0]);
}

#endif
