/* SPDX-License-Identifier: BSD-2-Clause */
/* Buffer memory: see pool.h. */
#include "host/pool.h"

#include <assert.h>

/* Set in order_used while the block is in use. */
#define POOL_USED 0x100u

void anvil_pool_open(struct pool *pool, uint32_t count)
{
    assert(count >> POOL_ORDERS == 0);
    pool->count = count;
    pool->fresh = 0;
    pool->used = 0;
    for (uint32_t order = 0; order < POOL_ORDERS; order++)
        pool->free[order] = POOL_NONE;
}

/* Puts a block on the list of its order. */
static void put(struct pool *pool, struct pool_unit *units, uint32_t unit, uint32_t order)
{
    uint32_t first = pool->free[order];
    units[unit] = (struct pool_unit){ .next = first, .prev = POOL_NONE, .order_used = order };
    if (first != POOL_NONE)
        units[first].prev = unit;
    pool->free[order] = unit;
}

/* Takes a free block off its list. */
static void pick(struct pool *pool, struct pool_unit *units, uint32_t unit)
{
    struct pool_unit *entry = &units[unit];
    if (entry->prev == POOL_NONE)
        pool->free[entry->order_used] = entry->next;
    else
        units[entry->prev].next = entry->next;
    if (entry->next != POOL_NONE)
        units[entry->next].prev = entry->prev;
}

/* The lowest order from `order` on with a free block; POOL_ORDERS when there is none. */
static uint32_t order_with_free(const struct pool *pool, uint32_t order)
{
    while (order < POOL_ORDERS && pool->free[order] == POOL_NONE)
        order++;
    return order;
}

/* Where a block would start in the memory that was never used, aligned to its own size; POOL_NONE
 * when it does not fit. */
static uint32_t find_fresh(const struct pool *pool, uint32_t order)
{
    uint32_t size = UINT32_C(1) << order;
    uint32_t unit = (pool->fresh + size - 1u) & ~(size - 1u);
    return unit + size <= pool->count ? unit : POOL_NONE;
}

/* Takes the block from the memory that was never used. What has to be left out for its alignment
 * becomes free blocks, each aligned to its own size. */
static uint32_t take_fresh(struct pool *pool, struct pool_unit *units, uint32_t order)
{
    uint32_t size = UINT32_C(1) << order;
    uint32_t unit = find_fresh(pool, order);
    if (unit == POOL_NONE)
        return POOL_NONE;
    while (pool->fresh < unit) {
        uint32_t gap = 0;
        while (!(pool->fresh >> gap & 1u))
            gap++;
        put(pool, units, pool->fresh, gap);
        pool->fresh += UINT32_C(1) << gap;
    }
    pool->fresh = unit + size;
    return unit;
}

bool anvil_pool_has(const struct pool *pool, uint32_t order)
{
    return order_with_free(pool, order) < POOL_ORDERS || find_fresh(pool, order) != POOL_NONE;
}

uint32_t anvil_pool_take(struct pool *pool, struct pool_unit *units, uint32_t order)
{
    assert(order < POOL_ORDERS);
    uint32_t found = order_with_free(pool, order);
    uint32_t unit;
    if (found < POOL_ORDERS) {
        unit = pool->free[found];
        pick(pool, units, unit);
        while (found > order) { /* the upper halves stay free */
            found--;
            put(pool, units, unit + (UINT32_C(1) << found), found);
        }
    } else {
        unit = take_fresh(pool, units, order);
    }
    if (unit == POOL_NONE)
        return POOL_NONE;
    units[unit].order_used = order | POOL_USED;
    pool->used += UINT32_C(1) << order;
    return unit;
}

/* True if the 2^order units from this one on, a multiple of 2^order, are one free block. */
static bool is_free(const struct pool *pool, const struct pool_unit *units, uint32_t unit,
                    uint32_t order)
{
    return unit + (UINT32_C(1) << order) <= pool->fresh && units[unit].order_used == order;
}

void anvil_pool_give(struct pool *pool, struct pool_unit *units, uint32_t unit)
{
    assert(unit < pool->fresh && units[unit].order_used & POOL_USED);
    uint32_t order = units[unit].order_used & ~POOL_USED;
    uint32_t size = UINT32_C(1) << order;
    pool->used -= size;
    /* Joined with its buddy as long as that is one free block, too. */
    while (is_free(pool, units, unit ^ size, order)) {
        pick(pool, units, unit ^ size);
        unit &= ~size;
        order++;
        size <<= 1;
    }
    put(pool, units, unit, order);
}
