/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet checksum, RFC 1071. */
#include "wire/checksum.h"

#include "wire/bytes.h"

#include <string.h>

/* Adds up 16-bit words; a last odd byte counts as if a zero byte followed it. Four octets are added
 * at once as they lie in memory, and the carries put back at the other end: the two octets of their
 * sum lie there as those of the right one do. RFC 1071 section 2. */
uint32_t wire_sum(uint32_t partial, const uint8_t *bytes, size_t count)
{
    uint64_t sum = 0;
    uint32_t four;
    uint8_t last[sizeof four] = { 0 };

    for (; count >= sizeof four; bytes += sizeof four, count -= sizeof four) {
        memcpy(&four, bytes, sizeof four);
        sum += four;
    }
    memcpy(last, bytes, count);
    memcpy(&four, last, sizeof four);
    sum += four;
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    const uint16_t own = (uint16_t)sum;
    memcpy(last, &own, sizeof own);
    return (partial & 0xffff) + (partial >> 16) + get16(last);
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
        for (size_t i = 0; i < address_bytes; i += 2)
            sum += (uint32_t)get16(ip->source.bytes + i) + get16(ip->destination.bytes + i);
        sum += protocol;
        sum += (uint32_t)(count & 0xffff) + (uint32_t)((count >> 16) & 0xffff);
    }
    return wire_fold(wire_sum(sum, bytes, count));
}
