/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A frame to bytes. The transport part is written first, at the place where it will stand, then the
 * IP header before it; damage replaces single values afterwards.
 */
#include <string.h>

#include "wire/bytes.h"
#include "wire/checksum.h"
#include "wire/frame.h"

enum { TCP_HEADER_BYTES = 20, ICMP_HEADER_BYTES = 8, QUOTE_TCP_BYTES = 8 };

static size_t ip_header_bytes(const struct wire_ip *ip)
{
    return ip->version == 4 ? 20 : 40;
}

/* RFC 791 3.1, without options. `claimed` is the total length. */
static void put_ipv4(uint8_t *out, const struct wire_ip *ip, uint8_t protocol, size_t claimed)
{
    uint16_t fragment = ip->fragment & 0x1fff;

    if (ip->reserved_bit)
        fragment |= 0x8000;
    if (ip->dont_fragment)
        fragment |= 0x4000;
    if (ip->more_fragments)
        fragment |= 0x2000;
    out[0] = 0x45;
    out[1] = ip->traffic_class;
    put16(out + 2, (uint16_t)claimed);
    put16(out + 4, ip->id);
    put16(out + 6, fragment);
    out[8] = ip->ttl;
    out[9] = protocol;
    put16(out + 10, 0);
    memcpy(out + 12, ip->source.bytes, 4);
    memcpy(out + 16, ip->destination.bytes, 4);
    put16(out + 10, wire_fold(wire_sum(0, out, 20)));
}

/* RFC 8200 3. The field holds the length without this header. */
static void put_ipv6(uint8_t *out, const struct wire_ip *ip, uint8_t protocol, size_t claimed)
{
    put32(out, 0x60000000 | (uint32_t)ip->traffic_class << 20 | (ip->flow_label & 0xfffff));
    put16(out + 4, (uint16_t)(claimed - 40));
    out[6] = protocol;
    out[7] = ip->ttl;
    memcpy(out + 8, ip->source.bytes, 16);
    memcpy(out + 24, ip->destination.bytes, 16);
}

static void put_ip(uint8_t *out, const struct wire_ip *ip, uint8_t protocol, size_t claimed)
{
    if (ip->version == 4)
        put_ipv4(out, ip, protocol, claimed);
    else
        put_ipv6(out, ip, protocol, claimed);
}

/* The header of RFC 9293 3.1 without options and checksum; `words` is the data offset. */
static void put_tcp(uint8_t *out, const struct wire_tcp *tcp, size_t words)
{
    put16(out, tcp->source_port);
    put16(out + 2, tcp->destination_port);
    put32(out + 4, tcp->seq);
    put32(out + 8, tcp->ack);
    put16(out + 12, (uint16_t)(words << 12 | (tcp->flags & 0xfff)));
    put16(out + 14, tcp->window);
    put16(out + 16, 0);
    put16(out + 18, tcp->urgent);
}

static size_t padded_option_bytes(const struct wire_tcp *tcp)
{
    return (tcp->option_bytes_count + 3u) & ~(size_t)3;
}

/* What stands behind the IP header; 0 when the frame cannot be written. */
static size_t transport_bytes(const struct wire_frame *frame)
{
    const struct wire_icmp *icmp = &frame->icmp;
    size_t quote = 0;

    switch (frame->kind) {
    case WIRE_KIND_TCP:
        if (frame->tcp.option_bytes_count > WIRE_OPTION_BYTES_MAX ||
            frame->payload_bytes > WIRE_FRAME_MAX)
            return 0;
        return TCP_HEADER_BYTES + padded_option_bytes(&frame->tcp) + frame->payload_bytes;
    case WIRE_KIND_ICMP:
        if (icmp->quoted != NULL)
            return icmp->quoted_bytes > WIRE_FRAME_MAX ? 0
                                                       : ICMP_HEADER_BYTES + icmp->quoted_bytes;
        quote = icmp->quote_tcp_bytes == 0 ? QUOTE_TCP_BYTES : icmp->quote_tcp_bytes;
        if (quote > TCP_HEADER_BYTES || icmp->quote.ip.version != frame->ip.version)
            return 0;
        return ICMP_HEADER_BYTES + ip_header_bytes(&icmp->quote.ip) + quote;
    case WIRE_KIND_OTHER:
        return 0;
    }
    return 0;
}

static void put_tcp_segment(uint8_t *out, const struct wire_frame *frame)
{
    const struct wire_tcp *tcp = &frame->tcp;
    size_t padded = padded_option_bytes(tcp);

    put_tcp(out, tcp, (TCP_HEADER_BYTES + padded) / 4);
    memset(out + TCP_HEADER_BYTES, 0, padded);
    memcpy(out + TCP_HEADER_BYTES, tcp->option_bytes, tcp->option_bytes_count);
    if (frame->payload_bytes > 0)
        memcpy(out + TCP_HEADER_BYTES + padded, frame->payload, frame->payload_bytes);
}

/* The packet in question as a router would quote it: whole IP header, start of the TCP header. */
static void put_quote(uint8_t *out, const struct wire_quote *quote, size_t tcp_bytes)
{
    struct wire_tcp tcp = {
        .source_port = quote->source_port,
        .destination_port = quote->destination_port,
        .seq = quote->seq,
        .ack = quote->ack,
        .flags = quote->flags,
        .window = quote->window,
        .urgent = quote->urgent,
    };
    uint8_t header[TCP_HEADER_BYTES];
    size_t ip_bytes = ip_header_bytes(&quote->ip);

    put_ip(out, &quote->ip, WIRE_PROTOCOL_TCP, ip_bytes + TCP_HEADER_BYTES + quote->text_bytes);
    put_tcp(header, &tcp, TCP_HEADER_BYTES / 4);
    memcpy(out + ip_bytes, header, tcp_bytes);
}

/* RFC 792, RFC 1191 4, RFC 4443 2.1. A non-zero `mtu` goes to where its type has one. */
static void put_icmp(uint8_t *out, const struct wire_frame *frame, size_t count)
{
    const struct wire_icmp *icmp = &frame->icmp;
    size_t quoted_bytes = count - ICMP_HEADER_BYTES;
    uint32_t mtu = frame->ip.version == 4 ? icmp->mtu & 0xffff : icmp->mtu;

    out[0] = icmp->type;
    out[1] = icmp->code;
    put16(out + 2, 0);
    put32(out + 4, icmp->mtu != 0 ? mtu : icmp->rest);
    if (icmp->quoted == NULL)
        put_quote(out + ICMP_HEADER_BYTES, &icmp->quote,
                  quoted_bytes - ip_header_bytes(&icmp->quote.ip));
    else if (quoted_bytes > 0)
        memcpy(out + ICMP_HEADER_BYTES, icmp->quoted, quoted_bytes);
}

static void damage_transport(uint8_t *out, const struct wire_frame *frame,
                             const struct wire_damage *damage)
{
    bool is_tcp = frame->kind == WIRE_KIND_TCP;

    if (is_tcp && damage->set_data_offset_words)
        out[12] = (uint8_t)(damage->data_offset_words << 4 | (out[12] & 0x0f));
}

/* Wrong lengths keep a checksum that is right for the bytes as they stand, so that only what was
 * asked for is wrong; a wrong checksum comes last. */
static void damage_ip(uint8_t *out, const struct wire_ip *ip, const struct wire_damage *damage)
{
    if (damage->set_total_length)
        put16(out + (ip->version == 4 ? 2 : 4), damage->total_length);
    if (ip->version != 4)
        return;
    if (damage->set_ip_header_words)
        out[0] = (uint8_t)(0x40 | (damage->ip_header_words & 0x0f));
    put16(out + 10, 0);
    put16(out + 10, wire_fold(wire_sum(0, out, 20)));
    if (damage->set_ip_checksum)
        put16(out + 10, damage->ip_checksum);
}

static bool is_sound(const struct wire_ip *ip)
{
    return (ip->version == 4 || ip->version == 6) && ip->source.version == ip->version &&
           ip->destination.version == ip->version;
}

static uint8_t protocol_of(const struct wire_frame *frame)
{
    if (frame->kind == WIRE_KIND_TCP)
        return WIRE_PROTOCOL_TCP;
    return frame->ip.version == 4 ? WIRE_PROTOCOL_ICMP : WIRE_PROTOCOL_ICMPV6;
}

size_t wire_encode(const struct wire_frame *frame, const struct wire_damage *damage, uint8_t *out,
                   size_t room)
{
    const struct wire_ip *ip = &frame->ip;
    size_t count = transport_bytes(frame);
    size_t head = ip_header_bytes(ip);
    size_t limit = ip->version == 4 ? 65535 : 40 + 65535;
    bool is_tcp = frame->kind == WIRE_KIND_TCP;
    uint8_t *body = out + head;
    size_t checksum_at = is_tcp ? 16 : 2;

    if (!is_sound(ip) || count == 0 || count > limit - head || head + count > room)
        return 0;
    if (is_tcp)
        put_tcp_segment(body, frame);
    else
        put_icmp(body, frame, count);
    put_ip(out, ip, protocol_of(frame), head + count);
    if (damage != NULL)
        damage_transport(body, frame, damage);
    put16(body + checksum_at, wire_transport_checksum(ip, protocol_of(frame), body, count));
    if (damage == NULL)
        return head + count;
    if (damage->set_transport_checksum)
        put16(body + checksum_at, damage->transport_checksum);
    damage_ip(out, ip, damage);
    return head + count;
}
