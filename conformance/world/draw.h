/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the choices of a run come from: a 64-bit seed, or a fuzzer's bytes. The same source gives
 * the same choices, for ever. 0 is always the plain choice (no loss, the first behaviour), and a
 * byte source that has run out gives 0: a short input is a quiet world.
 */
#ifndef WORLD_DRAW_H
#define WORLD_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct world_draw {
    uint64_t random;      /* of a seed */
    const uint8_t *bytes; /* NULL: a seed */
    size_t count, at;
};

struct world_draw world_draw_seed(uint64_t seed);

/* The bytes stay the caller's and must live as long as the draw is used. */
struct world_draw world_draw_bytes(const uint8_t *bytes, size_t count);

/* A number from 0 to below - 1; `below` is 1 or more. */
uint64_t world_draw(struct world_draw *draw, uint64_t below);

/* True in `share` of 65,536 cases; never where share is 0 or the bytes have run out. */
bool world_draw_is(struct world_draw *draw, uint32_t share);

#endif
