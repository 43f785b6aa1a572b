/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Internet checksum, RFC 1071. A sum is kept in the byte order of the machine, as 64 bits that
 * mean something modulo 65535; every piece but the last has an even length.
 */
#ifndef ANVIL_HOST_CHECKSUM_H
#define ANVIL_HOST_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* sum + word with the carry added back in. */
static inline uint64_t sum_add(uint64_t sum, uint64_t word)
{
    sum += word;
    return sum + (sum < word);
}

/* sum and the 16 bits of a number in network order. */
static inline uint64_t sum_number(uint64_t sum, uint32_t value)
{
    uint8_t octets[2];
    uint16_t word;

    octets[0] = (uint8_t)(value >> 8);
    octets[1] = (uint8_t)value;
    memcpy(&word, octets, sizeof word);
    return sum_add(sum, word);
}

/* sum and a total of 16-bit numbers, which may have been added up in any byte order. RFC 1071
 * section 2 (B). */
static inline uint64_t sum_total(uint64_t sum, uint32_t total)
{
    total = (total & UINT16_MAX) + (total >> 16);
    return sum_number(sum, (total & UINT16_MAX) + (total >> 16));
}

/* The sum of four octets, and of eight. */
static inline uint64_t sum_four(const uint8_t *bytes)
{
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

static inline uint64_t sum_eight(const uint8_t *bytes)
{
    return sum_four(bytes) + sum_four(bytes + 4);
}

/* The sum, with the octets at bytes added to it. */
uint64_t anvil_sum_octets(uint64_t sum, const uint8_t *bytes, size_t length);

/* The sum as 16 bits, in the byte order of the machine. */
static inline uint16_t sum_fold(uint64_t sum)
{
    sum = (sum & UINT32_MAX) + (sum >> 32);
    sum = (sum & UINT16_MAX) + ((sum >> 16) & UINT16_MAX) + (sum >> 32);
    sum = (sum & UINT16_MAX) + (sum >> 16);
    sum = (sum & UINT16_MAX) + (sum >> 16);
    return (uint16_t)sum;
}

/* Writes the checksum that makes a packet with this sum (its field being zero) come out right. */
static inline void sum_finish(uint64_t sum, uint8_t *field)
{
    uint16_t word = (uint16_t)~sum_fold(sum);
    memcpy(field, &word, sizeof word);
}

#endif
