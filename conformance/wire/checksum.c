/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet checksum, RFC 1071. */
#include "wire/checksum.h"

#include "wire/bytes.h"

/* Adds up 16-bit words; a last odd byte counts as if a zero byte followed it. The carries are kept
 * in 64 bits and folded in at the end, so that no length overflows. */
uint32_t wire_sum(uint32_t partial, const uint8_t *bytes, size_t count)
{
    uint64_t sum = partial;
    size_t i = 0;

    for (; i + 3 < count; i += 4) /* two at once: the carry from one to the next is folded in */
        sum += get32(bytes + i);
    for (; i + 3 < count; i += 4)
        sum += get32(bytes + i); /* which folds to the sum of its halves */
    for (; i + 1 < count; i += 2)
        sum += get16(bytes + i);
    if (i < count)
        sum += (uint32_t)bytes[i] << 8;
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint32_t)sum;
}

/* The one's complement of the sum: what goes into a header. */
uint16_t wire_fold(uint32_t sum)
{
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

uint16_t wire_transport_checksum(const struct wire_ip *ip, uint8_t protocol, const uint8_t *bytes,
                                 size_t count)
{
    size_t address_bytes = ip->version == 4 ? 4 : 16;
    uint32_t sum = 0;

    if (protocol != WIRE_PROTOCOL_ICMP) {
        sum = wire_sum(sum, ip->source.bytes, address_bytes);
        sum = wire_sum(sum, ip->destination.bytes, address_bytes);
        sum += protocol;
        sum += (uint32_t)(count & 0xffff) + (uint32_t)((count >> 16) & 0xffff);
    }
    return wire_fold(wire_sum(sum, bytes, count));
}
