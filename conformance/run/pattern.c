/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The octets of streams. What a side sends at stream offset N is a fixed function of N, so that
 * every octet that arrives, or is delivered, can be checked for standing at its place. The two
 * sides differ, and the period is a prime, so that no usual shift hits equal octets.
 */
#include "run/state.h"

#include <stdlib.h>

enum { LONGEST = 65536 }; /* octets that may be read from one place */

/* Two tables, made once: one period and the longest piece behind it. False: no memory. */
bool run_pattern_make(struct run *run)
{
    uint32_t noise = 2463534242u; /* xorshift, by Marsaglia: any state but 0 */
    for (int side = 0; side < 2; side++) {
        uint8_t *octets = malloc(RUN_PATTERN_PERIOD + LONGEST);
        if (octets == NULL)
            return false;
        run->pattern[side] = octets;
        for (int i = 0; i < RUN_PATTERN_PERIOD; i++) {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            octets[i] = (uint8_t)noise;
        }
        for (int i = RUN_PATTERN_PERIOD; i < RUN_PATTERN_PERIOD + LONGEST; i++)
            octets[i] = octets[i - RUN_PATTERN_PERIOD];
    }
    return true;
}

/* The stream of `side` from `offset` on: at least 65,536 octets may be read. */
const uint8_t *run_pattern(const struct run *run, enum run_side side, uint64_t offset)
{
    return run->pattern[side] + offset % RUN_PATTERN_PERIOD;
}
