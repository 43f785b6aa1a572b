/* SPDX-License-Identifier: BSD-2-Clause */
/* Choices from a seed or from bytes. */
#include "world/draw.h"

struct world_draw world_draw_seed(uint64_t seed)
{
    return (struct world_draw){ .random = seed };
}

struct world_draw world_draw_bytes(const uint8_t *bytes, size_t count)
{
    return (struct world_draw){ .bytes = bytes, .count = count };
}

/* SplitMix64, by Steele, Lea and Flood: a Weyl sequence and a mixing function. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* As many bytes as the bound needs, so that a fuzzer's mutations stay local. */
static uint64_t next_bytes(struct world_draw *draw, uint64_t below)
{
    uint64_t value = 0;
    uint64_t reach = below - 1;
    while (reach > 0) {
        value = value << 8 | (draw->at < draw->count ? draw->bytes[draw->at++] : 0u);
        reach >>= 8;
    }
    return value % below;
}

uint64_t world_draw(struct world_draw *draw, uint64_t below)
{
    if (draw->bytes != NULL)
        return next_bytes(draw, below);
    return next_random(&draw->random) % below;
}

bool world_draw_is(struct world_draw *draw, uint32_t share)
{
    return share > 0 && world_draw(draw, 65536) >= 65536u - share;
}
