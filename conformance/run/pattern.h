/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The octets of streams. What a side sends at stream offset N is a fixed function of N, so that
 * every octet that arrives, or is delivered, can be checked for standing at its place. The two
 * sides differ, and the period is a prime, so that no usual shift hits equal octets.
 */
#ifndef RUN_PATTERN_H
#define RUN_PATTERN_H

#include <stdint.h>

/* Which side's stream an octet belongs to. */
enum run_side { RUN_SIDE_TARGET, RUN_SIDE_PEER };

enum {
    RUN_PATTERN_PERIOD = 65521, /* prime: no shift by a power of two goes unnoticed */
    RUN_PATTERN_LONGEST = 65536, /* octets that may be read from one place */
    RUN_PATTERN_OCTETS = RUN_PATTERN_PERIOD + RUN_PATTERN_LONGEST
};

/* Writes a side's stream from its beginning. */
void run_pattern_write(enum run_side side, uint8_t octets[RUN_PATTERN_OCTETS]);

/* Where text is that begins so far behind the first octet of the stream, modulo 2^32: text that
 * begins before it goes on into it. Below RUN_PATTERN_PERIOD. */
uint32_t run_pattern_place(uint32_t distance);

#endif
