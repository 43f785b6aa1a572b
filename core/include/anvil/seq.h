/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chapter 1: numbers. Sequence numbers and time.
 *
 * A sequence number is a structure, so that `a < b` on two of them does not compile: comparing
 * them is arithmetic modulo 2^32 (RFC 9293 3.4) and has to be asked for by name.
 */
#ifndef ANVIL_SEQ_H
#define ANVIL_SEQ_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A sequence number of one direction of one connection. */
typedef struct {
    uint32_t raw;
} anvil_seq;

/* Microseconds since whatever the embedder likes; never goes back. */
typedef uint64_t anvil_time;

/* The deadline of a timer that is off: later than any time. */
#define ANVIL_NEVER UINT64_MAX

/* The number with this value. */
static inline anvil_seq anvil_seq_of(uint32_t raw)
{
    anvil_seq seq;
    seq.raw = raw;
    return seq;
}

/* seq + octets, modulo 2^32. */
static inline anvil_seq anvil_seq_add(anvil_seq seq, uint32_t octets)
{
    return anvil_seq_of(seq.raw + octets);
}

/* How many octets `to` lies after `from`, modulo 2^32. */
static inline uint32_t anvil_seq_from(anvil_seq from, anvil_seq to)
{
    return to.raw - from.raw;
}

/* a < b, for numbers less than 2^31 apart; at a distance of exactly 2^31, false for one order and
 * true for the other is avoided: both are "not less". RFC 9293 3.4. */
static inline bool anvil_seq_lt(anvil_seq a, anvil_seq b)
{
    uint32_t distance = b.raw - a.raw;
    return distance != 0 && distance < UINT32_C(0x80000000);
}

/* a =< b; see anvil_seq_lt. */
static inline bool anvil_seq_le(anvil_seq a, anvil_seq b)
{
    return b.raw - a.raw < UINT32_C(0x80000000);
}

/* a = b. */
static inline bool anvil_seq_eq(anvil_seq a, anvil_seq b)
{
    return a.raw == b.raw;
}

/* The later of two numbers. */
static inline anvil_seq anvil_seq_max(anvil_seq a, anvil_seq b)
{
    return anvil_seq_lt(a, b) ? b : a;
}

/* The earlier of two numbers. */
static inline anvil_seq anvil_seq_min(anvil_seq a, anvil_seq b)
{
    return anvil_seq_lt(b, a) ? b : a;
}

#ifdef __cplusplus
}
#endif

#endif
