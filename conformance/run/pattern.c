/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes the octets of streams. */
#include "run/state.h"

#include <stdlib.h>

/* Of the noise, xorshift by Marsaglia, each side has a period of its own. */
void run_pattern_write(enum run_side side, uint8_t octets[RUN_PATTERN_OCTETS])
{
    uint32_t noise = 2463534242u; /* any state but 0 */
    for (int from = RUN_SIDE_TARGET; from <= (int)side; from++)
        for (int i = 0; i < RUN_PATTERN_PERIOD; i++) {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            octets[i] = (uint8_t)noise;
        }
    for (int i = RUN_PATTERN_PERIOD; i < RUN_PATTERN_OCTETS; i++)
        octets[i] = octets[i - RUN_PATTERN_PERIOD];
}

uint32_t run_pattern_place(uint32_t distance)
{
    if (distance <= INT32_MAX)
        return distance % RUN_PATTERN_PERIOD;
    uint32_t before = (0U - distance) % RUN_PATTERN_PERIOD;
    return (RUN_PATTERN_PERIOD - before) % RUN_PATTERN_PERIOD;
}

/* Two tables, made once. False: no memory. */
bool run_pattern_make(struct run *run)
{
    for (int side = 0; side < 2; side++) {
        run->pattern[side] = malloc(RUN_PATTERN_OCTETS);
        if (run->pattern[side] == NULL)
            return false;
        run_pattern_write((enum run_side)side, run->pattern[side]);
    }
    return true;
}

/* The stream of `side` from `offset` on: at least 65,536 octets may be read. */
const uint8_t *run_pattern(const struct run *run, enum run_side side, uint64_t offset)
{
    return run->pattern[side] + offset % RUN_PATTERN_PERIOD;
}
