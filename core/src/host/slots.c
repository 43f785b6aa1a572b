/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots and what they hold: see slots.h. */
#include "host/slots.h"

#include "host/demux.h"
#include "host/timers.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

static_assert(offsetof(struct slot, tcb) == 0, "what lies behind the TCB is cleared by itself");

struct slot *anvil_slot_take(struct anvil_host *host, uint8_t family)
{
    uint32_t number = host->slots_free;
    struct slot *slot;
    if (number != 0) { /* it is zero but for its number and list_next */
        slot = host_slot(host, number);
        host->slots_free = slot->list_next;
    } else {
        if (host->slots_fresh == host->config.slots)
            return NULL;
        host->slots_fresh++;
        number = host->slots_fresh;
        slot = host_slot(host, number);
        memset(slot, 0, sizeof *slot);
        slot->number = number;
    }
    slot->used = 1;
    slot->family = family;
    slot->descriptor = -1;
    slot->deadline = ANVIL_NEVER;
    slot->linger_deadline = ANVIL_NEVER;
    slot->cork_deadline = ANVIL_NEVER;
    slot->defer_deadline = ANVIL_NEVER;
    return slot;
}

void anvil_slot_free(struct anvil_host *host, struct slot *slot)
{
    uint32_t number = slot->number;
    assert(slot->used);
    anvil_timers_set(host, slot, ANVIL_NEVER);
    anvil_demux_remove(host, slot);
    anvil_ports_remove(host, slot);
    anvil_list_remove(host, slot);
    anvil_descriptor_free(host, slot);
    anvil_buffer_release(host, &slot->send);
    anvil_buffer_release(host, &slot->receive);
    slot_clear_tcb(slot);
    memset((uint8_t *)slot + sizeof slot->tcb, 0, sizeof *slot - sizeof slot->tcb);
    slot->number = number;
    slot->list_next = host->slots_free;
    host->slots_free = number;
}

bool anvil_descriptor_take(struct anvil_host *host, struct slot *slot)
{
    uint32_t *table = host_descriptors(host);
    uint32_t descriptor = host->descriptors_fresh;
    if (host->descriptors_used < host->descriptors_fresh) { /* the lowest gap, as POSIX has it */
        descriptor = 0;
        while (table[descriptor] != 0)
            descriptor++;
    } else {
        if (host->descriptors_fresh == host->config.descriptors)
            return false;
        host->descriptors_fresh++;
    }
    table[descriptor] = slot->number;
    host->descriptors_used++;
    slot->descriptor = (int32_t)descriptor;
    return true;
}

void anvil_descriptor_free(struct anvil_host *host, struct slot *slot)
{
    if (slot->descriptor < 0)
        return;
    host_descriptors(host)[slot->descriptor] = 0;
    host->descriptors_used--;
    slot->descriptor = -1;
}

/* The list of its listener that a slot is on. */
static struct list *list_of(const struct anvil_host *host, const struct slot *slot)
{
    struct slot *listener = host_slot(host, slot->parent);
    if (slot->place == PLACE_DEFERRED)
        return &listener->deferred;
    return slot->place == PLACE_ACCEPT ? &listener->accept : &listener->half_open;
}

void anvil_list_append(struct anvil_host *host, struct slot *listener, struct slot *slot,
                       enum place place)
{
    assert(slot->place == PLACE_NONE && place != PLACE_NONE);
    slot->parent = listener->number;
    slot->place = (uint8_t)place;
    struct list *list = list_of(host, slot);
    slot->list_prev = list->last;
    slot->list_next = 0;
    if (list->last == 0)
        list->first = slot->number;
    else
        host_slot(host, list->last)->list_next = slot->number;
    list->last = slot->number;
    list->count++;
}

void anvil_list_remove(struct anvil_host *host, struct slot *slot)
{
    if (slot->place == PLACE_NONE)
        return;
    struct list *list = list_of(host, slot);
    if (slot->list_prev == 0)
        list->first = slot->list_next;
    else
        host_slot(host, slot->list_prev)->list_next = slot->list_next;
    if (slot->list_next == 0)
        list->last = slot->list_prev;
    else
        host_slot(host, slot->list_next)->list_prev = slot->list_prev;
    list->count--;
    slot->place = PLACE_NONE;
}

/* The least order with room for `octets`, which are not 0. Options and policies ask for at most
 * 2^30. */
static uint32_t order_for(uint32_t octets)
{
    uint32_t order = 0;
    for (uint32_t units = (octets - 1u) / ANVIL_POOL_UNIT; units != 0; units >>= 1)
        order++;
    return order;
}

/* Gives a ring a block of this order. */
static bool reserve_order(struct anvil_host *host, struct ring *ring, uint32_t order)
{
    uint32_t unit = anvil_pool_take(&host->pool, host_at(host, host->units_at), order);
    if (unit == POOL_NONE)
        return false;
    ring->at = unit * ANVIL_POOL_UNIT;
    ring->size = ANVIL_POOL_UNIT << order;
    return true;
}

bool anvil_buffer_reserve(struct anvil_host *host, struct ring *ring, uint32_t wanted)
{
    assert(ring->size == 0);
    uint32_t order = order_for(wanted);
    while (!reserve_order(host, ring, order)) {
        if (order == 0)
            return false;
        order--;
    }
    return true;
}

uint32_t anvil_buffer_promise(const struct anvil_host *host, uint32_t wanted)
{
    uint32_t order = order_for(wanted);
    while (!anvil_pool_has(&host->pool, order)) {
        if (order == 0)
            return 0;
        order--;
    }
    return ANVIL_POOL_UNIT << order;
}

void anvil_buffer_release(struct anvil_host *host, struct ring *ring)
{
    if (ring->size == 0)
        return;
    anvil_pool_give(&host->pool, host_at(host, host->units_at), ring->at / ANVIL_POOL_UNIT);
    *ring = (struct ring){ 0 };
}

/* Copies the octets of [from, to), at least one, from one ring to another. */
static void move_octets(struct anvil_host *host, struct ring old, struct ring ring, uint64_t from,
                        uint64_t to)
{
    struct anvil_span spans[2];
    anvil_ring_spans(host_area(host), old, from, (uint32_t)(to - from), spans);
    for (unsigned part = 0; part < 2; part++) {
        anvil_ring_write(host_area(host), ring, from, spans[part].octets,
                         (uint32_t)spans[part].length);
        from += spans[part].length;
    }
}

bool anvil_buffer_grow(struct anvil_host *host, struct ring *ring, uint32_t wanted, uint64_t from,
                       uint64_t to)
{
    struct ring old = *ring;
    if (wanted <= old.size)
        return true;
    if (!reserve_order(host, ring, order_for(wanted)))
        return false;
    if (from != to)
        move_octets(host, old, *ring, from, to);
    anvil_buffer_release(host, &old);
    return true;
}
