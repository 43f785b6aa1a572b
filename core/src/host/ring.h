/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings: the memory of one direction of one connection, addressed by stream offset.
 */
#ifndef ANVIL_HOST_RING_H
#define ANVIL_HOST_RING_H

#include <anvil/frame.h>

/* A power-of-two piece of the pool's area; the stream's octet n lies at n modulo size. */
struct ring {
    uint32_t at;   /* octet of the area */
    uint32_t size; /* octets; 0: no memory */
};

/* Copies octets in at a stream offset. */
void anvil_ring_write(uint8_t *area, struct ring ring, uint64_t offset, const uint8_t *octets,
                      uint32_t length);

/* Copies octets out from a stream offset. */
void anvil_ring_read(const uint8_t *area, struct ring ring, uint64_t offset, uint8_t *octets,
                     uint32_t length);

/* Where the octets [offset, offset + length), at least one, lie: one piece, or two around the end.
 * A second piece may be empty. */
void anvil_ring_spans(const uint8_t *area, struct ring ring, uint64_t offset, uint32_t length,
                      struct anvil_span spans[2]);

#endif
