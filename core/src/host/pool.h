/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Buffer memory: a buddy allocator over numbered units. It holds numbers only, so that the block it
 * manages may be moved; and it touches a unit's entry no sooner than the unit is used, so that
 * opening a large pool costs nothing.
 */
#ifndef ANVIL_HOST_POOL_H
#define ANVIL_HOST_POOL_H

#include <stdbool.h>
#include <stdint.h>

/* A block has 2^order units; a pool has fewer than 2^POOL_ORDERS. */
#define POOL_ORDERS 22u

/* No unit. */
#define POOL_NONE UINT32_MAX

/* One unit; means something only for the first unit of a block. */
struct pool_unit {
    uint32_t next, prev; /* of a free block: in the list of those of its order */
    uint32_t order_used; /* order, plus POOL_USED */
};

struct pool {
    uint32_t count; /* units */
    uint32_t fresh; /* units from here on were never used; their entries hold anything */
    uint32_t used;  /* units in use */
    uint32_t free[POOL_ORDERS]; /* first free block of each order */
};

/* An empty pool of `count` units. */
void anvil_pool_open(struct pool *pool, uint32_t count);

/* Takes 2^order units: the first unit's number, a multiple of 2^order; POOL_NONE if there are none
 * together. */
uint32_t anvil_pool_take(struct pool *pool, struct pool_unit *units, uint32_t order);

/* Whether anvil_pool_take would find such a block. */
bool anvil_pool_has(const struct pool *pool, uint32_t order);

/* Gives back the block that starts at `unit`. */
void anvil_pool_give(struct pool *pool, struct pool_unit *units, uint32_t unit);

#endif
