/* SPDX-License-Identifier: BSD-2-Clause */
/* The octets of an IP packet to a frame: every way in which they can be wrong has its name.
 * RFC 791, 1122 3.2.1, 8200, 9293 3.1. */
#include <anvil/frame.h>

#include "frame_icmp.h"
#include "wire.h"

/* Octets of an ICMP header. */
#define ICMP_HEADER 8u

/* A piece of a packet that is still to be read. */
struct rest {
    const uint8_t *at;
    size_t length;
    uint32_t protocol; /* of what lies at `at` */
};

/* Sets an address that is all zero yet. */
static void take_address(struct anvil_address *address, uint8_t family, const uint8_t *octets)
{
    address->family = family;
    memcpy(address->octets, octets, family == ANVIL_IPV4 ? 4 : 16);
}

/* What IP must not hand up, whatever it carries. RFC 9293 3.9.2.3, MUST-57, MUST-63. */
static enum anvil_drop check_addresses(const struct anvil_frame *frame)
{
    if (!anvil_address_is_unicast(&frame->from.address))
        return ANVIL_DROP_SOURCE;
    if (!anvil_address_is_unicast(&frame->to.address))
        return ANVIL_DROP_DESTINATION;
    return ANVIL_DROP_NONE;
}

/* The sum of an IPv4 header; nearly all of them have no options. */
static uint64_t sum_ipv4(const uint8_t *ip, size_t header)
{
    if (header != ANVIL_IPV4_HEADER)
        return anvil_sum_octets(0, ip, header);
    return sum_eight(ip) + sum_eight(ip + 8) + sum_four(ip + 16);
}

/* The IPv4 header; its options are passed over (MUST-50). */
static enum anvil_drop take_ipv4(struct rest *rest, struct anvil_frame *frame)
{
    const uint8_t *ip = rest->at;
    size_t header, total;
    uint32_t fragment;

    if (rest->length < ANVIL_IPV4_HEADER)
        return ANVIL_DROP_IP_SHORT;
    header = 4u * (ip[0] & 0x0fu);
    if (header < ANVIL_IPV4_HEADER || header > rest->length)
        return ANVIL_DROP_IP_HEADER_LENGTH;
    total = get16(ip + IPV4_TOTAL_LENGTH);
    if (total < header || total > rest->length)
        return ANVIL_DROP_IP_TOTAL_LENGTH;
    if (sum_fold(sum_ipv4(ip, header)) != UINT16_MAX)
        return ANVIL_DROP_IP_CHECKSUM;
    fragment = get16(ip + IPV4_FRAGMENT);
    if (fragment & (IPV4_MORE_FRAGMENTS | IPV4_FRAGMENT_OFFSET))
        return ANVIL_DROP_FRAGMENT;
    take_address(&frame->from.address, ANVIL_IPV4, ip + IPV4_SOURCE);
    take_address(&frame->to.address, ANVIL_IPV4, ip + IPV4_DESTINATION);
    frame->ttl = ip[IPV4_TTL];
    frame->traffic_class = ip[IPV4_TOS];
    frame->dont_fragment = (fragment & IPV4_DONT_FRAGMENT) != 0;
    rest->at = ip + header;
    rest->length = total - header;
    rest->protocol = ip[IPV4_PROTOCOL];
    return ANVIL_DROP_NONE;
}

/* True if the options of a hop-by-hop or destination header may all be skipped: the two highest
 * bits of an option's type say so, and none has a meaning here. RFC 8200 4.2. */
static bool options_may_be_skipped(const uint8_t *option, size_t length)
{
    while (length > 0) {
        size_t size = 1;
        if (option[0] != 0) {
            if (length < 2)
                return false;
            size = 2u + option[1];
        }
        if (size > length || option[0] >> 6 != 0)
            return false;
        option += size;
        length -= size;
    }
    return true;
}

/* Passes over one IPv6 extension header. RFC 8200 section 4. */
static enum anvil_drop skip_extension(struct rest *rest)
{
    const uint8_t *at = rest->at;
    size_t size;

    if (rest->protocol == PROTOCOL_FRAGMENT)
        return ANVIL_DROP_FRAGMENT;
    if (rest->length < 8)
        return ANVIL_DROP_EXTENSION;
    size = 8u * (at[1] + 1u);
    if (size > rest->length)
        return ANVIL_DROP_EXTENSION;
    if (rest->protocol == PROTOCOL_ROUTING) {
        if (at[3] != 0)
            return ANVIL_DROP_ROUTING;
    } else if (!options_may_be_skipped(at + 2, size - 2)) {
        return ANVIL_DROP_EXTENSION;
    }
    rest->protocol = at[0];
    rest->at += size;
    rest->length -= size;
    return ANVIL_DROP_NONE;
}

static bool is_extension(uint32_t protocol)
{
    return protocol == PROTOCOL_HOP_BY_HOP || protocol == PROTOCOL_ROUTING ||
           protocol == PROTOCOL_FRAGMENT || protocol == PROTOCOL_DESTINATION;
}

/* The extension headers up to the upper layer's; hop-by-hop options may only come first. */
static enum anvil_drop skip_extensions(struct rest *rest)
{
    for (unsigned count = 0; is_extension(rest->protocol); count++) {
        enum anvil_drop drop;
        if (count == ANVIL_EXTENSIONS_MAX ||
            (count > 0 && rest->protocol == PROTOCOL_HOP_BY_HOP))
            return ANVIL_DROP_EXTENSION;
        drop = skip_extension(rest);
        if (drop != ANVIL_DROP_NONE)
            return drop;
    }
    return ANVIL_DROP_NONE;
}

/* The IPv6 header and its extension headers. */
static enum anvil_drop take_ipv6(struct rest *rest, struct anvil_frame *frame)
{
    const uint8_t *ip = rest->at;
    size_t payload;

    if (rest->length < ANVIL_IPV6_HEADER)
        return ANVIL_DROP_IP_SHORT;
    payload = get16(ip + IPV6_PAYLOAD_LENGTH);
    if (payload > rest->length - ANVIL_IPV6_HEADER)
        return ANVIL_DROP_IP_TOTAL_LENGTH;
    take_address(&frame->from.address, ANVIL_IPV6, ip + IPV6_SOURCE);
    take_address(&frame->to.address, ANVIL_IPV6, ip + IPV6_DESTINATION);
    frame->ttl = ip[IPV6_HOP_LIMIT];
    frame->traffic_class = (uint8_t)(get16(ip) >> 4);
    frame->dont_fragment = true;
    rest->at = ip + ANVIL_IPV6_HEADER;
    rest->length = payload;
    rest->protocol = ip[IPV6_NEXT_HEADER];
    return skip_extensions(rest);
}

/* The sum that a checksum with a pseudo-header is about; right if it folds to 65535. The addresses
 * are those of the IP header at `ip`. */
static uint64_t sum_with_pseudo_header(const uint8_t *ip, const struct rest *rest)
{
    bool ipv4 = ip[0] >> 4 == 4;
    uint64_t sum = sum_pseudo_header(ip + (ipv4 ? IPV4_SOURCE : IPV6_SOURCE), ipv4 ? 4 : 16,
                                     rest->protocol, rest->length);
    return anvil_sum_octets(sum, rest->at, rest->length);
}

/* The TCP header. Reserved bits are ignored. RFC 9293 3.1. */
static enum anvil_drop take_tcp(const uint8_t *ip, const struct rest *rest,
                                struct anvil_frame *frame)
{
    struct anvil_segment *segment = &frame->segment;
    const uint8_t *tcp = rest->at;
    size_t header;

    if (rest->length < ANVIL_TCP_HEADER)
        return ANVIL_DROP_TCP_SHORT;
    header = 4u * (tcp[TCP_DATA_OFFSET] >> 4);
    if (header < ANVIL_TCP_HEADER || header > rest->length)
        return ANVIL_DROP_TCP_DATA_OFFSET;
    if (sum_fold(sum_with_pseudo_header(ip, rest)) != UINT16_MAX)
        return ANVIL_DROP_TCP_CHECKSUM;
    frame->from.port = get16(tcp + TCP_SOURCE_PORT);
    frame->to.port = get16(tcp + TCP_DESTINATION_PORT);
    segment->seq = anvil_seq_of(get32(tcp + TCP_SEQUENCE));
    segment->ack = anvil_seq_of(get32(tcp + TCP_ACKNOWLEDGMENT));
    segment->length = (uint32_t)(rest->length - header);
    segment->flags = tcp[TCP_CONTROL_BITS];
    segment->window = get16(tcp + TCP_WINDOW);
    segment->urgent = get16(tcp + TCP_URGENT);
    frame->bad_options = anvil_options_decode(tcp + ANVIL_TCP_HEADER, header - ANVIL_TCP_HEADER,
                                              &segment->options) == ANVIL_OPTIONS_BAD_LENGTH;
    frame->payload = tcp + header;
    return ANVIL_DROP_NONE;
}

/* The ICMP header's length and checksum; ICMPv6's covers a pseudo-header, ICMP's does not. */
static enum anvil_drop check_icmp(const uint8_t *ip, const struct rest *rest)
{
    uint64_t sum;

    if (rest->length < ICMP_HEADER)
        return ANVIL_DROP_ICMP_SHORT;
    sum = rest->protocol == PROTOCOL_ICMPV6 ? sum_with_pseudo_header(ip, rest)
                                            : anvil_sum_octets(0, rest->at, rest->length);
    return sum_fold(sum) == UINT16_MAX ? ANVIL_DROP_NONE : ANVIL_DROP_ICMP_CHECKSUM;
}

/* The IP header of either version. */
static enum anvil_drop take_ip(struct rest *rest, struct anvil_frame *frame)
{
    if (rest->length == 0)
        return ANVIL_DROP_IP_SHORT;
    if (rest->at[0] >> 4 == 4)
        return take_ipv4(rest, frame);
    if (rest->at[0] >> 4 == 6)
        return take_ipv6(rest, frame);
    return ANVIL_DROP_IP_VERSION;
}

/* Sets all of a frame to zero. Member by member: for short ones compilers write a few stores, for
 * the whole they make a loop or a call of it, which takes longer than all the rest of decoding. */
static void clear(struct anvil_frame *frame)
{
    frame->kind = ANVIL_FRAME_TCP;
    memset(&frame->from, 0, sizeof frame->from);
    memset(&frame->to, 0, sizeof frame->to);
    frame->ttl = 0;
    frame->traffic_class = 0;
    frame->dont_fragment = false;
    frame->bad_options = false;
    memset(&frame->segment, 0, offsetof(struct anvil_segment, options));
    memset(&frame->segment.options, 0, sizeof frame->segment.options);
    frame->payload = NULL;
    frame->icmp = ANVIL_ICMP_SOFT;
    frame->reason = ANVIL_REASON_NONE;
    frame->mtu = 0;
    memset(&frame->quoted, 0, sizeof frame->quoted);
    frame->quoted_seq = anvil_seq_of(0);
}

enum anvil_drop anvil_frame_decode(const uint8_t *bytes, size_t length, struct anvil_frame *frame)
{
    struct rest rest = {.at = bytes, .length = length};
    uint32_t icmp;
    enum anvil_drop drop;

    clear(frame);
    drop = take_ip(&rest, frame);
    if (drop != ANVIL_DROP_NONE)
        return drop;
    icmp = frame->from.address.family == ANVIL_IPV4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6;
    if (rest.protocol != PROTOCOL_TCP && rest.protocol != icmp)
        return ANVIL_DROP_PROTOCOL;
    drop = check_addresses(frame);
    if (drop == ANVIL_DROP_NONE && rest.protocol == PROTOCOL_TCP)
        return take_tcp(bytes, &rest, frame);
    if (drop == ANVIL_DROP_NONE)
        drop = check_icmp(bytes, &rest);
    return drop == ANVIL_DROP_NONE ? anvil_frame_take_icmp(rest.at, rest.length, frame) : drop;
}
