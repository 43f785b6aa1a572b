/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots, descriptors, lists of slots, and the buffers that slots hold. */
#ifndef ANVIL_HOST_SLOTS_H
#define ANVIL_HOST_SLOTS_H

#include "host/state.h"

/* A fresh slot without a descriptor, whose options are yet to be set; NULL when all are taken. */
struct slot *anvil_slot_take(struct anvil_host *host, uint8_t family);

/* Makes a slot's TCB all zero, which is CLOSED. One that is in CLOSED is that already. */
static inline void slot_clear_tcb(struct slot *slot)
{
    if (slot->tcb.state != ANVIL_CLOSED)
        slot->tcb = (struct anvil_tcb){ 0 };
}

/* Gives a slot back: out of every table, list and heap, its buffers and descriptor free. */
void anvil_slot_free(struct anvil_host *host, struct slot *slot);

/* The slot behind a descriptor; NULL when there is none. */
static inline struct slot *anvil_slot_of(const struct anvil_host *host, int descriptor)
{
    if (descriptor < 0 || (uint32_t)descriptor >= host->descriptors_fresh)
        return NULL;
    uint32_t number = host_descriptors(host)[descriptor];
    return number == 0 ? NULL : host_slot(host, number);
}

/* Gives a slot the lowest free descriptor: false when all are taken. */
bool anvil_descriptor_take(struct anvil_host *host, struct slot *slot);

/* Takes a slot's descriptor away, if it has one. */
void anvil_descriptor_free(struct anvil_host *host, struct slot *slot);

/* Appends a slot to a listener's list. */
void anvil_list_append(struct anvil_host *host, struct slot *listener, struct slot *slot,
                       enum place place);

/* Takes a slot off its listener's list, if it is on one. */
void anvil_list_remove(struct anvil_host *host, struct slot *slot);

/* Gives `ring` memory for `wanted` octets, or, if the pool has not that much, for the largest part
 * of it that there is; false when there is nothing. `ring` had none. */
bool anvil_buffer_reserve(struct anvil_host *host, struct ring *ring, uint32_t wanted);

/* The octets that anvil_buffer_reserve would get now; 0: none. */
uint32_t anvil_buffer_promise(const struct anvil_host *host, uint32_t wanted);

/* Gives a ring's memory back, if it has any. */
void anvil_buffer_release(struct anvil_host *host, struct ring *ring);

/* Moves a ring to memory for `wanted` octets, not less; what it holds of stream offsets [from, to)
 * moves along, and a ring without memory gets some. False, and nothing changed, when the pool has
 * not that much. */
bool anvil_buffer_grow(struct anvil_host *host, struct ring *ring, uint32_t wanted, uint64_t from,
                       uint64_t to);

#endif
