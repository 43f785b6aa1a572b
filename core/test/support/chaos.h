/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events without sense, from a seed: calls in any order and with any values, segments with any
 * flags at numbers near every edge of what the TCB expects, options of any content, time in leaps.
 */
#ifndef TEST_CHAOS_H
#define TEST_CHAOS_H

#include <anvil/step.h>

struct chaos {
    uint64_t random;
    anvil_time now;
    struct anvil_event event;
    struct anvil_segment segment; /* of the event, if it is one */
};

/* The generator's start; the clock at `now`. */
struct chaos chaos_start(uint64_t seed, anvil_time now);

/* Makes chaos->event. Segments are placed relative to the TCB, `wild` of 256 of them anywhere. */
void chaos_next(struct chaos *chaos, const struct anvil_tcb *tcb, unsigned wild);

/* The event that most likely leads on: handshake, data, FIN, with ACKs that fit. */
void chaos_sensible(struct chaos *chaos, const struct anvil_tcb *tcb);

/* A policy of random values, each of those that make sense. */
struct anvil_policy chaos_policy(struct chaos *chaos);

#endif
