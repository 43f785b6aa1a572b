/* SPDX-License-Identifier: BSD-2-Clause */
/* From a decoded frame to what rules see of it. */
#include "oracle/watch.h"

#include <string.h>

static void read_sack(struct oracle_options *out, const struct wire_option *option)
{
    out->sack_count = option->value.sack.count;
    for (uint8_t i = 0; i < option->value.sack.count; i++) {
        out->sack[i].left = option->value.sack.blocks[i].left;
        out->sack[i].right = option->value.sack.blocks[i].right;
    }
}

/* One option; of several of a kind the last counts. False: its length does not fit its kind. */
static bool read_option(struct oracle_options *out, const struct wire_option *option)
{
    switch (option->kind) {
    case WIRE_OPTION_MSS:
        if (option->parsed)
            out->mss = option->value.mss;
        out->has_mss = out->has_mss || option->parsed;
        return option->parsed;
    case WIRE_OPTION_WINDOW_SCALE:
        if (option->parsed)
            out->shift = option->value.window_scale;
        out->has_shift = out->has_shift || option->parsed;
        return option->parsed;
    case WIRE_OPTION_SACK_PERMITTED:
        out->sack_permitted = out->sack_permitted || option->parsed;
        return option->parsed;
    case WIRE_OPTION_SACK:
        if (option->parsed)
            read_sack(out, option);
        return option->parsed;
    case WIRE_OPTION_TIMESTAMPS:
        if (option->parsed) {
            out->ts_val = option->value.timestamps.value;
            out->ts_ecr = option->value.timestamps.echo;
        }
        out->has_stamps = out->has_stamps || option->parsed;
        return option->parsed;
    case WIRE_OPTION_USER_TIMEOUT:
        out->user_timeout_minutes = option->parsed && option->value.user_timeout.minutes;
        out->user_timeout = option->parsed ? option->value.user_timeout.value : 0;
        out->has_user_timeout = option->parsed;
        return option->parsed;
    default: return true;
    }
}

/* Whether an option of this kind stands in front of it. */
static bool is_repeated(const struct wire_tcp *tcp, uint8_t index)
{
    for (uint8_t i = 0; i < index; i++)
        if (tcp->options[i].kind == tcp->options[index].kind)
            return tcp->options[i].kind != WIRE_OPTION_NOP;
    return false;
}

/* What stands behind an option of a wrong length is read: a stack may do so, too. */
static void read_options(struct oracle_options *out, const struct wire_tcp *tcp)
{
    memset(out, 0, sizeof *out);
    for (uint8_t i = 0; i < tcp->option_count; i++)
        if (tcp->options[i].malformed || !read_option(out, &tcp->options[i]) ||
            is_repeated(tcp, i))
            out->malformed = true;
}

/* An address that no peer may have: 0.0.0.0, multicast, broadcast, loopback, or our own. */
static bool is_odd_source(const struct wire_ip *ip)
{
    const uint8_t *octets = ip->source.bytes;
    if (wire_same_address(&ip->source, &ip->destination))
        return true;
    if (ip->version == 4)
        return octets[0] == 0 || octets[0] == 127 || octets[0] >= 224;
    return octets[0] == 0xff || (octets[0] == 0 && octets[1] == 0);
}

/* A packet that a stack may refuse, whatever is in it. */
static bool is_odd_packet(const struct wire_ip *ip)
{
    uint16_t plain = ip->version == 4 ? 20 : 40;
    return ip->header_bytes != plain || ip->reserved_bit || ip->ttl == 0 || is_odd_source(ip);
}

/* What a stack may refuse without saying so; rules ask for no answer to it. */
static bool is_doubtful(const struct oracle_segment *segment, const struct wire_frame *frame)
{
    return segment->options.malformed || (frame->tcp.flags & WIRE_RESERVED) != 0 ||
           is_odd_packet(&frame->ip) || frame->tcp.source_port == 0 ||
           frame->tcp.destination_port == 0 ||
           wire_find_option(&frame->tcp, WIRE_OPTION_MD5) != NULL;
}

bool oracle_segment_read(struct oracle_segment *segment, const struct wire_frame *frame)
{
    const struct wire_tcp *tcp = &frame->tcp;
    const struct wire_ip *ip = &frame->ip;
    segment->seq = tcp->seq;
    segment->ack = tcp->ack;
    segment->flags = tcp->flags;
    segment->window = tcp->window;
    segment->urgent = tcp->urgent;
    segment->length = (uint32_t)frame->payload_bytes;
    segment->span = segment->length + ((tcp->flags & WIRE_SYN) != 0) +
                    ((tcp->flags & WIRE_FIN) != 0);
    segment->header_bytes = tcp->header_bytes;
    segment->packet_bytes = ip->claimed_bytes;
    segment->text = frame->payload;
    read_options(&segment->options, tcp);
    segment->doubtful = is_doubtful(segment, frame);
    segment->foreign = false;
    return ip->checksum_ok && tcp->checksum_ok && ip->claimed_bytes <= frame->frame_bytes &&
           ip->fragment == 0 && !ip->more_fragments;
}

/* An error goes to whom the packet came from that it quotes. RFC 792, RFC 4443 3. */
void oracle_icmp_read(struct oracle_icmp *icmp, const struct wire_frame *frame)
{
    const struct wire_icmp *from = &frame->icmp;
    const struct wire_ip *ip = &frame->ip;
    icmp->version = ip->version;
    icmp->type = from->type;
    icmp->code = from->code;
    icmp->mtu = from->mtu;
    icmp->has_seq = from->quote.has_seq;
    icmp->seq = from->quote.seq;
    icmp->sound = from->checksum_ok && ip->checksum_ok && from->quote.has_ip &&
                  from->quote.has_seq && ip->claimed_bytes <= frame->frame_bytes &&
                  !ip->more_fragments && ip->fragment == 0 && !is_odd_packet(ip) &&
                  wire_same_address(&ip->destination, &from->quote.ip.source);
}
