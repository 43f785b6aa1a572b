/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes to a frame. Each step is given the bytes that are there, and hands on what lies behind the
 * header it read; nothing is read before its presence was checked.
 */
#include <stddef.h>
#include <string.h>

#include "wire/bytes.h"
#include "wire/checksum.h"
#include "wire/frame.h"

/* Bytes not yet read. */
struct rest {
    const uint8_t *bytes;
    size_t count;
};

enum { ICMPV4_UNREACHABLE = 3, ICMPV4_FRAGMENTATION_NEEDED = 4, ICMPV6_PACKET_TOO_BIG = 2 };

static void skip(struct rest *rest, size_t count)
{
    rest->bytes += count;
    rest->count -= count;
}

static void set_address(struct wire_address *address, uint8_t version, const uint8_t *bytes)
{
    memset(address, 0, sizeof *address);
    address->version = version;
    memcpy(address->bytes, bytes, version == 4 ? 4 : 16);
}

/* Bytes past the length that the header claims belong to no packet: padding of a link, or a fault
 * of the sender. */
static void cut_to_claim(struct rest *rest, size_t claimed_bytes)
{
    if (rest->count > claimed_bytes)
        rest->count = claimed_bytes;
}

/* RFC 791 3.1. */
static enum wire_reason take_ipv4(struct wire_ip *ip, struct rest *rest)
{
    const uint8_t *bytes = rest->bytes;
    size_t header_bytes = 4u * (bytes[0] & 0x0f);

    if (rest->count < 20)
        return WIRE_SHORT_IP_HEADER;
    if (header_bytes < 20)
        return WIRE_SMALL_IP_HEADER_LENGTH;
    ip->version = 4;
    ip->traffic_class = bytes[1];
    ip->claimed_bytes = get16(bytes + 2);
    ip->id = get16(bytes + 4);
    ip->reserved_bit = (bytes[6] & 0x80) != 0;
    ip->dont_fragment = (bytes[6] & 0x40) != 0;
    ip->more_fragments = (bytes[6] & 0x20) != 0;
    ip->fragment = get16(bytes + 6) & 0x1fff;
    ip->ttl = bytes[8];
    ip->protocol = bytes[9];
    ip->checksum = get16(bytes + 10);
    set_address(&ip->source, 4, bytes + 12);
    set_address(&ip->destination, 4, bytes + 16);
    if (header_bytes > rest->count)
        return WIRE_SHORT_IP_HEADER;
    ip->header_bytes = (uint16_t)header_bytes;
    ip->checksum_ok = wire_fold(wire_sum(0, bytes, header_bytes)) == 0;
    if (ip->claimed_bytes < header_bytes)
        return WIRE_SMALL_TOTAL_LENGTH;
    cut_to_claim(rest, ip->claimed_bytes);
    skip(rest, header_bytes);
    return WIRE_OK;
}

/* RFC 8200 4: hop-by-hop (0), routing (43), fragment (44) and destination options (60) stand
 * between the header and TCP. Each takes at least 8 bytes, so the loop ends. */
static enum wire_reason take_extension_headers(struct wire_ip *ip, struct rest *rest)
{
    while (ip->protocol == 0 || ip->protocol == 43 || ip->protocol == 44 || ip->protocol == 60) {
        size_t header_bytes = 8;

        if (rest->count < 8)
            return WIRE_SHORT_EXTENSION_HEADER;
        if (ip->protocol == 44) {
            ip->fragment = get16(rest->bytes + 2) >> 3;
            ip->more_fragments = (rest->bytes[3] & 1) != 0;
        } else {
            header_bytes += 8u * rest->bytes[1];
        }
        if (rest->count < header_bytes)
            return WIRE_SHORT_EXTENSION_HEADER;
        ip->protocol = rest->bytes[0];
        ip->header_bytes = (uint16_t)(ip->header_bytes + header_bytes);
        skip(rest, header_bytes);
        if (ip->fragment != 0)
            return WIRE_OK;
    }
    return WIRE_OK;
}

/* RFC 8200 3. */
static enum wire_reason take_ipv6(struct wire_ip *ip, struct rest *rest)
{
    const uint8_t *bytes = rest->bytes;
    uint32_t first;

    if (rest->count < 40)
        return WIRE_SHORT_IP_HEADER;
    first = get32(bytes);
    ip->version = 6;
    ip->traffic_class = (uint8_t)((first >> 20) & 0xff);
    ip->flow_label = first & 0xfffff;
    ip->claimed_bytes = 40u + get16(bytes + 4);
    ip->protocol = bytes[6];
    ip->ttl = bytes[7];
    set_address(&ip->source, 6, bytes + 8);
    set_address(&ip->destination, 6, bytes + 24);
    ip->header_bytes = 40;
    ip->checksum_ok = true;
    cut_to_claim(rest, ip->claimed_bytes);
    skip(rest, 40);
    return take_extension_headers(ip, rest);
}

static enum wire_reason take_ip(struct wire_ip *ip, struct rest *rest)
{
    if (rest->count == 0)
        return WIRE_EMPTY;
    if (rest->bytes[0] >> 4 == 4)
        return take_ipv4(ip, rest);
    if (rest->bytes[0] >> 4 == 6)
        return take_ipv6(ip, rest);
    return WIRE_UNKNOWN_VERSION;
}

/* RFC 9293 3.1. */
static enum wire_reason take_tcp(struct wire_frame *frame, struct rest *rest)
{
    struct wire_tcp *tcp = &frame->tcp;
    const uint8_t *bytes = rest->bytes;

    if (rest->count < 20)
        return WIRE_SHORT_TCP_HEADER;
    tcp->source_port = get16(bytes);
    tcp->destination_port = get16(bytes + 2);
    tcp->seq = get32(bytes + 4);
    tcp->ack = get32(bytes + 8);
    tcp->header_bytes = (uint8_t)(4 * (bytes[12] >> 4));
    tcp->flags = get16(bytes + 12) & 0xfff;
    tcp->window = get16(bytes + 14);
    tcp->checksum = get16(bytes + 16);
    tcp->urgent = get16(bytes + 18);
    tcp->checksum_ok =
        frame->ip.more_fragments ||
        wire_transport_checksum(&frame->ip, WIRE_PROTOCOL_TCP, bytes, rest->count) == 0;
    if (tcp->header_bytes < 20)
        return WIRE_SMALL_DATA_OFFSET;
    if (tcp->header_bytes > rest->count)
        return WIRE_SHORT_TCP_OPTIONS;
    tcp->option_bytes_count = (uint8_t)(tcp->header_bytes - 20);
    memcpy(tcp->option_bytes, bytes + 20, tcp->option_bytes_count);
    wire_parse_options(tcp);
    skip(rest, tcp->header_bytes);
    return WIRE_OK;
}

/* What there is of the TCP header that an ICMP error quotes: at least 8 bytes by RFC 792, but a
 * damaged quote may have fewer. */
static void take_quoted_tcp(struct wire_quote *quote, struct rest rest)
{
    const uint8_t *bytes = rest.bytes;
    uint32_t header_bytes = 20;

    quote->has_ports = rest.count >= 4;
    quote->has_seq = rest.count >= 8;
    quote->has_header = rest.count >= 20;
    if (quote->has_ports) {
        quote->source_port = get16(bytes);
        quote->destination_port = get16(bytes + 2);
    }
    if (quote->has_seq)
        quote->seq = get32(bytes + 4);
    if (rest.count >= 13 && bytes[12] >> 4 >= 5)
        header_bytes = 4u * (bytes[12] >> 4);
    if (quote->has_header) {
        quote->ack = get32(bytes + 8);
        quote->flags = get16(bytes + 12) & 0xfff;
        quote->window = get16(bytes + 14);
        quote->urgent = get16(bytes + 18);
    }
    header_bytes += quote->ip.header_bytes;
    if (quote->ip.claimed_bytes > header_bytes)
        quote->text_bytes = quote->ip.claimed_bytes - header_bytes;
}

/* A quote is cut off by nature, and some hosts have changed the length in it: what its IP header
 * claims is not held against it. */
static void take_quote(struct wire_quote *quote, struct rest rest)
{
    struct rest all = rest;
    enum wire_reason reason = take_ip(&quote->ip, &rest);
    quote->has_ip = reason == WIRE_OK || reason == WIRE_SMALL_TOTAL_LENGTH;
    if (!quote->has_ip || quote->ip.protocol != WIRE_PROTOCOL_TCP || quote->ip.fragment != 0)
        return;
    skip(&all, quote->ip.header_bytes);
    take_quoted_tcp(quote, all);
}

/* Whether an error message of this type carries a packet (RFC 792, RFC 4443 2.1). */
static bool quotes_a_packet(uint8_t version, uint8_t type)
{
    if (version == 6)
        return type < 128;
    return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

/* RFC 792; RFC 4443 2.1 for IPv6. The MTU is where RFC 1191 4 and RFC 4443 3.2 put it. */
static enum wire_reason take_icmp(struct wire_frame *frame, struct rest *rest)
{
    struct wire_icmp *icmp = &frame->icmp;
    const uint8_t *bytes = rest->bytes;
    bool v6 = frame->ip.version == 6;

    memset(icmp, 0, sizeof *icmp);
    if (rest->count < 8)
        return WIRE_SHORT_ICMP_HEADER;
    icmp->type = bytes[0];
    icmp->code = bytes[1];
    icmp->checksum = get16(bytes + 2);
    icmp->rest = get32(bytes + 4);
    if (v6 && icmp->type == ICMPV6_PACKET_TOO_BIG)
        icmp->mtu = icmp->rest;
    if (!v6 && icmp->type == ICMPV4_UNREACHABLE && icmp->code == ICMPV4_FRAGMENTATION_NEEDED)
        icmp->mtu = icmp->rest & 0xffff;
    icmp->checksum_ok =
        frame->ip.more_fragments ||
        wire_transport_checksum(&frame->ip, frame->ip.protocol, bytes, rest->count) == 0;
    skip(rest, 8);
    icmp->quoted = rest->bytes;
    icmp->quoted_bytes = rest->count;
    if (quotes_a_packet(frame->ip.version, icmp->type))
        take_quote(&icmp->quote, *rest);
    skip(rest, rest->count);
    return WIRE_OK;
}

static enum wire_kind kind_of(const struct wire_ip *ip)
{
    if (ip->fragment != 0)
        return WIRE_KIND_OTHER;
    if (ip->protocol == WIRE_PROTOCOL_TCP)
        return WIRE_KIND_TCP;
    if (ip->protocol == (ip->version == 4 ? WIRE_PROTOCOL_ICMP : WIRE_PROTOCOL_ICMPV6))
        return WIRE_KIND_ICMP;
    return WIRE_KIND_OTHER;
}

enum wire_reason wire_decode(struct wire_frame *frame, const uint8_t *bytes, size_t count)
{
    struct rest rest = { bytes, count };
    enum wire_reason reason;

    memset(frame, 0, offsetof(struct wire_frame, tcp.options)); /* most of it is their room */
    frame->kind = WIRE_KIND_OTHER;
    frame->payload = NULL;
    frame->payload_bytes = 0;
    frame->frame_bytes = count;
    reason = take_ip(&frame->ip, &rest);
    if (reason != WIRE_OK)
        return reason;
    frame->kind = kind_of(&frame->ip);
    if (frame->kind == WIRE_KIND_TCP)
        reason = take_tcp(frame, &rest);
    else if (frame->kind == WIRE_KIND_ICMP)
        reason = take_icmp(frame, &rest);
    if (reason != WIRE_OK)
        return reason;
    frame->payload = rest.bytes;
    frame->payload_bytes = rest.count;
    return WIRE_OK;
}

const char *wire_reason_text(enum wire_reason reason)
{
    switch (reason) {
    case WIRE_OK:
        return "nothing is wrong";
    case WIRE_EMPTY:
        return "the frame is empty";
    case WIRE_UNKNOWN_VERSION:
        return "the IP version is neither 4 nor 6";
    case WIRE_SHORT_IP_HEADER:
        return "the frame ends inside the IP header";
    case WIRE_SMALL_IP_HEADER_LENGTH:
        return "the IPv4 header length is less than 5 words";
    case WIRE_SMALL_TOTAL_LENGTH:
        return "the IPv4 total length is less than the header";
    case WIRE_SHORT_EXTENSION_HEADER:
        return "the frame ends inside an IPv6 extension header";
    case WIRE_SHORT_TCP_HEADER:
        return "the frame ends inside the TCP header";
    case WIRE_SMALL_DATA_OFFSET:
        return "the TCP data offset is less than 5 words";
    case WIRE_SHORT_TCP_OPTIONS:
        return "the TCP data offset points past the end of the frame";
    case WIRE_SHORT_ICMP_HEADER:
        return "the frame ends inside the ICMP header";
    }
    return "unknown";
}
