/* SPDX-License-Identifier: BSD-2-Clause */
/* Rings: see ring.h. */
#include "host/ring.h"

#include <assert.h>
#include <string.h>

void anvil_ring_spans(const uint8_t *area, struct ring ring, uint64_t offset, uint32_t length,
                      struct anvil_span spans[2])
{
    assert(length != 0 && length <= ring.size);
    uint32_t start = (uint32_t)offset & (ring.size - 1u);
    uint32_t first = length < ring.size - start ? length : ring.size - start;
    spans[0] = (struct anvil_span){ area + ring.at + start, first };
    spans[1] = (struct anvil_span){ area + ring.at, length - first };
}

void anvil_ring_write(uint8_t *area, struct ring ring, uint64_t offset, const uint8_t *octets,
                      uint32_t length)
{
    if (length == 0)
        return;
    assert(length <= ring.size);
    uint32_t start = (uint32_t)offset & (ring.size - 1u);
    uint32_t first = length < ring.size - start ? length : ring.size - start;
    memcpy(area + ring.at + start, octets, first);
    if (first != length)
        memcpy(area + ring.at, octets + first, length - first);
}

void anvil_ring_read(const uint8_t *area, struct ring ring, uint64_t offset, uint8_t *octets,
                     uint32_t length)
{
    if (length == 0)
        return;
    assert(length <= ring.size);
    uint32_t start = (uint32_t)offset & (ring.size - 1u);
    uint32_t first = length < ring.size - start ? length : ring.size - start;
    memcpy(octets, area + ring.at + start, first);
    if (first != length)
        memcpy(octets + first, area + ring.at, length - first);
}
