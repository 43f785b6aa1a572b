/* SPDX-License-Identifier: BSD-2-Clause */
/* Where fields lie in IP, TCP and ICMP headers, and how numbers are read and written: what the
 * decoder and the encoder share. */
#ifndef ANVIL_HOST_WIRE_H
#define ANVIL_HOST_WIRE_H

#include "checksum.h"

/* Protocol numbers, and numbers of IPv6 extension headers (RFC 8200 section 4). */
#define PROTOCOL_HOP_BY_HOP 0u
#define PROTOCOL_ICMP 1u
#define PROTOCOL_TCP 6u
#define PROTOCOL_ROUTING 43u
#define PROTOCOL_FRAGMENT 44u
#define PROTOCOL_ICMPV6 58u
#define PROTOCOL_DESTINATION 60u

/* Offsets in an IPv4 header, RFC 791 3.1. */
#define IPV4_TOS 1
#define IPV4_TOTAL_LENGTH 2
#define IPV4_FRAGMENT 6
#define IPV4_TTL 8
#define IPV4_PROTOCOL 9
#define IPV4_CHECKSUM 10
#define IPV4_SOURCE 12
#define IPV4_DESTINATION 16

/* Bits at IPV4_FRAGMENT. */
#define IPV4_DONT_FRAGMENT 0x4000u
#define IPV4_MORE_FRAGMENTS 0x2000u
#define IPV4_FRAGMENT_OFFSET 0x1fffu

/* Offsets in an IPv6 header, RFC 8200 section 3. */
#define IPV6_PAYLOAD_LENGTH 4
#define IPV6_NEXT_HEADER 6
#define IPV6_HOP_LIMIT 7
#define IPV6_SOURCE 8
#define IPV6_DESTINATION 24

/* Offsets in a TCP header, RFC 9293 3.1. */
#define TCP_SOURCE_PORT 0
#define TCP_DESTINATION_PORT 2
#define TCP_SEQUENCE 4
#define TCP_ACKNOWLEDGMENT 8
#define TCP_DATA_OFFSET 12
#define TCP_CONTROL_BITS 13
#define TCP_WINDOW 14
#define TCP_CHECKSUM 16
#define TCP_URGENT 18

/* Numbers in network order, at any alignment. */
static inline uint16_t get16(const uint8_t *at)
{
    return (uint16_t)(((uint32_t)at[0] << 8) | at[1]);
}

static inline uint32_t get32(const uint8_t *at)
{
    return ((uint32_t)at[0] << 24) | ((uint32_t)at[1] << 16) | ((uint32_t)at[2] << 8) | at[3];
}

static inline void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

/* The sum of the pseudo-header, RFC 9293 3.1: both addresses, which lie side by side in an IP
 * header, the protocol, and the length of header and text. */
static inline uint64_t sum_pseudo_header(const uint8_t *addresses, size_t address_octets,
                                         uint32_t protocol, size_t length)
{
    uint64_t sum = address_octets == 4 ? sum_eight(addresses)
                                       : anvil_sum_octets(0, addresses, 2 * address_octets);
    return sum_number(sum_number(sum, protocol), (uint32_t)length);
}

#endif
