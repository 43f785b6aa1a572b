/* SPDX-License-Identifier: BSD-2-Clause */
/* How small objects on hot paths are set to zero. */
#ifndef ANVIL_ZERO_H
#define ANVIL_ZERO_H

#include <stdint.h>
#include <string.h>

/* memset(at, 0, size), for a size that is known when this is compiled. In two halves: compilers
 * make a few stores of a memset of up to 80 octets and one slow instruction of a longer one. */
static inline void zero(void *at, size_t size)
{
    size_t half = size / 16u * 8u;
    memset(at, 0, half);
    memset((uint8_t *)at + half, 0, size - half);
}

#endif
