/* SPDX-License-Identifier: BSD-2-Clause */
/* A TCP frame to the octets of an IP packet: a hot path. RFC 791, 8200, 9293 3.1. */
#include <anvil/frame.h>

#include "wire.h"

/* The largest value of a length field. */
#define LENGTH_MAX 65535u

/* Octets of the frame's IP header; 0 for addresses that do not go together. */
static size_t ip_header_size(const struct anvil_frame *frame)
{
    if (frame->from.address.family != frame->to.address.family)
        return 0;
    if (frame->from.address.family == ANVIL_IPV4)
        return ANVIL_IPV4_HEADER;
    return frame->from.address.family == ANVIL_IPV6 ? ANVIL_IPV6_HEADER : 0;
}

/* Octets of the packet when its options take so many; 0 if no such packet can be. IPv4's length
 * field counts the IP header, IPv6's does not. */
static size_t packet_size(const struct anvil_frame *frame, size_t option_octets)
{
    size_t ip = ip_header_size(frame);
    size_t header = ANVIL_TCP_HEADER + option_octets;
    size_t limit = ip == ANVIL_IPV4_HEADER ? LENGTH_MAX - ip : LENGTH_MAX;

    if (ip == 0 || frame->kind != ANVIL_FRAME_TCP || frame->segment.length > limit - header)
        return 0;
    return ip + header + frame->segment.length;
}

size_t anvil_frame_size(const struct anvil_frame *frame)
{
    return packet_size(frame, anvil_options_size(&frame->segment.options));
}

/* Writes an IPv4 header without options; returns the sum of the pseudo-header. Identification 0 is
 * what RFC 6864 4.1 allows for packets that are not to be fragmented. Sums are made of the values:
 * reading back what was written in smaller pieces just now makes a processor wait. */
static uint64_t put_ipv4(const struct anvil_frame *frame, uint8_t *bytes, size_t size)
{
    uint32_t fragment = frame->dont_fragment ? IPV4_DONT_FRAGMENT : 0;
    uint64_t addresses = sum_four(frame->from.address.octets) + sum_four(frame->to.address.octets);
    uint32_t total = 0x4500u + frame->traffic_class + (uint32_t)size + fragment +
                     ((uint32_t)frame->ttl << 8) + PROTOCOL_TCP;

    bytes[0] = 0x45;
    bytes[IPV4_TOS] = frame->traffic_class;
    put16(bytes + IPV4_TOTAL_LENGTH, (uint32_t)size);
    put16(bytes + 4, 0);
    put16(bytes + IPV4_FRAGMENT, fragment);
    bytes[IPV4_TTL] = frame->ttl;
    bytes[IPV4_PROTOCOL] = PROTOCOL_TCP;
    memcpy(bytes + IPV4_SOURCE, frame->from.address.octets, 4);
    memcpy(bytes + IPV4_DESTINATION, frame->to.address.octets, 4);
    sum_finish(sum_total(addresses, total), bytes + IPV4_CHECKSUM);
    return sum_total(addresses, PROTOCOL_TCP + (uint32_t)size - ANVIL_IPV4_HEADER);
}

/* Writes an IPv6 header; returns the sum of the pseudo-header. */
static uint64_t put_ipv6(const struct anvil_frame *frame, uint8_t *bytes, size_t size)
{
    put32(bytes, UINT32_C(0x60000000) | (uint32_t)frame->traffic_class << 20);
    put16(bytes + IPV6_PAYLOAD_LENGTH, (uint32_t)(size - ANVIL_IPV6_HEADER));
    bytes[IPV6_NEXT_HEADER] = PROTOCOL_TCP;
    bytes[IPV6_HOP_LIMIT] = frame->ttl;
    memcpy(bytes + IPV6_SOURCE, frame->from.address.octets, 16);
    memcpy(bytes + IPV6_DESTINATION, frame->to.address.octets, 16);
    return sum_pseudo_header(bytes + IPV6_SOURCE, 16, PROTOCOL_TCP, size - ANVIL_IPV6_HEADER);
}

/* Writes the TCP header but for its checksum and its options. Returns its sum without them. */
static uint64_t put_tcp(const struct anvil_frame *frame, uint8_t *tcp, size_t header)
{
    const struct anvil_segment *segment = &frame->segment;
    uint32_t seq = segment->seq.raw;
    uint32_t ack = segment->flags & ANVIL_ACK ? segment->ack.raw : 0;
    uint32_t urgent = segment->flags & ANVIL_URG ? segment->urgent : 0;
    uint32_t offset = (uint32_t)header / 4u << 4;
    uint32_t flags = segment->flags & UINT8_MAX;

    put16(tcp + TCP_SOURCE_PORT, frame->from.port);
    put16(tcp + TCP_DESTINATION_PORT, frame->to.port);
    put32(tcp + TCP_SEQUENCE, seq);
    put32(tcp + TCP_ACKNOWLEDGMENT, ack);
    tcp[TCP_DATA_OFFSET] = (uint8_t)offset;
    tcp[TCP_CONTROL_BITS] = (uint8_t)flags;
    put16(tcp + TCP_WINDOW, segment->window);
    put16(tcp + TCP_URGENT, urgent);
    return sum_total(0, (uint32_t)frame->from.port + frame->to.port + (seq >> 16) +
                            (seq & UINT16_MAX) + (ack >> 16) + (ack & UINT16_MAX) +
                            (offset << 8) + flags + segment->window + urgent);
}

static void put_span(uint8_t *at, struct anvil_span span)
{
    if (span.length > 0)
        memcpy(at, span.octets, span.length);
}

size_t anvil_frame_encode(const struct anvil_frame *frame, struct anvil_span first,
                          struct anvil_span second, uint8_t *bytes, size_t room)
{
    uint8_t options[ANVIL_OPTIONS_MAX];
    size_t option_octets = anvil_options_encode(&frame->segment.options, options);
    size_t size = packet_size(frame, option_octets);
    size_t ip = ip_header_size(frame);
    size_t header = ANVIL_TCP_HEADER + option_octets;
    uint8_t *tcp;
    uint64_t sum;

    if (size == 0 || size > room || first.length > frame->segment.length ||
        second.length != frame->segment.length - first.length)
        return 0;
    tcp = bytes + ip;
    sum = ip == ANVIL_IPV4_HEADER ? put_ipv4(frame, bytes, size) : put_ipv6(frame, bytes, size);
    sum = sum_add(sum, put_tcp(frame, tcp, header));
    put_span(tcp + ANVIL_TCP_HEADER, (struct anvil_span){options, option_octets});
    put_span(tcp + header, first);
    put_span(tcp + header + first.length, second);
    sum = anvil_sum_octets(sum, tcp + ANVIL_TCP_HEADER, size - ip - ANVIL_TCP_HEADER);
    sum_finish(sum, tcp + TCP_CHECKSUM);
    return size;
}
