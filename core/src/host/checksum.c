/* SPDX-License-Identifier: BSD-2-Clause */
/* The loop of the Internet checksum, RFC 1071 section 2: a hot path. */
#include "checksum.h"

/* Eight octets as they lie in memory. */
static uint64_t load(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* The sum of less than eight octets. */
static inline uint64_t sum_tail(const uint8_t *bytes, size_t length)
{
    uint64_t sum = 0;
    uint32_t four;
    uint16_t two;

    if (length & 4u) {
        memcpy(&four, bytes, sizeof four);
        sum = four;
        bytes += 4;
    }
    if (length & 2u) {
        memcpy(&two, bytes, sizeof two);
        sum += two;
        bytes += 2;
    }
    return length & 1u ? sum_number(sum, (uint32_t)bytes[0] << 8) : sum;
}

/* Four sums side by side, so that no addition waits for the carry of the one before it. */
uint64_t anvil_sum_octets(uint64_t sum, const uint8_t *bytes, size_t length)
{
    uint64_t b = 0, c = 0, d = 0;

    for (; length >= 32; bytes += 32, length -= 32) {
        sum = sum_add(sum, load(bytes));
        b = sum_add(b, load(bytes + 8));
        c = sum_add(c, load(bytes + 16));
        d = sum_add(d, load(bytes + 24));
    }
    for (; length >= 8; bytes += 8, length -= 8)
        sum = sum_add(sum, load(bytes));
    return sum_add(sum_add(sum, b), sum_add(sum_add(c, d), sum_tail(bytes, length)));
}
