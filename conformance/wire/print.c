/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames in packetdrill's notation: what a script would have to say to mean this frame. */
#include "wire/print.h"

#include <string.h>

#include "wire/text.h"

/* Relative numbers of one frame: the ISN of its sender, and of the side it goes to. */
struct base {
    uint32_t sender;
    uint32_t receiver;
    uint32_t sender_timestamp;
    uint32_t receiver_timestamp;
    uint32_t sack; /* of the side whose data a SACK option tells of */
    const char *mark; /* behind a number that is as on the wire */
};

static struct base base_of(const struct wire_print *how)
{
    if (how->as_on_wire)
        return (struct base){ .sack = how->isn_of_sack, .mark = "!" };
    if (how->outbound)
        return (struct base){ how->isn_target, how->isn_peer, how->timestamp_target,
                              how->timestamp_peer, how->isn_peer, "" };
    return (struct base){ how->isn_peer, how->isn_target, how->timestamp_peer,
                          how->timestamp_target, how->isn_target, "" };
}

static const struct {
    uint16_t flag;
    char letter;
} letters[] = {
    { WIRE_SYN, 'S' }, { WIRE_FIN, 'F' }, { WIRE_RST, 'R' }, { WIRE_PSH, 'P' }, { WIRE_URG, 'U' },
    { WIRE_ECE, 'E' }, { WIRE_CWR, 'W' }, { WIRE_AE, 'A' }, { WIRE_ACK, '.' },
};

enum { LETTERS = sizeof letters / sizeof letters[0] };

static void add_flags(struct text *text, uint16_t flags)
{
    size_t before = text->length;

    for (size_t i = 0; i < LETTERS; i++)
        if (flags & letters[i].flag)
            wire_text_add(text, "%c", letters[i].letter);
    if (text->length == before)
        wire_text_add(text, "-");
}

size_t wire_print_flags(char *out, size_t room, uint16_t flags)
{
    struct text text = { out, room, 0 };

    add_flags(&text, flags);
    return text.length;
}

/* "sack 1:1001 2001:3001": edges count in the space of the side that sent the data. */
static void add_sack(struct text *text, const struct wire_option *option, uint32_t isn)
{
    wire_text_add(text, "sack");
    for (size_t i = 0; i < option->value.sack.count; i++)
        wire_text_add(text, " %lu:%lu",
                      (unsigned long)(uint32_t)(option->value.sack.blocks[i].left - isn),
                      (unsigned long)(uint32_t)(option->value.sack.blocks[i].right - isn));
}

/* A timestamp echo of 0 means "none", and stays 0. */
static void add_timestamps(struct text *text, const struct wire_option *option,
                           const struct base *base)
{
    uint32_t value = option->value.timestamps.value - base->sender_timestamp;
    uint32_t echo = option->value.timestamps.echo;

    if (echo != 0)
        echo -= base->receiver_timestamp;
    wire_text_add(text, "TS val %lu ecr %lu", (unsigned long)value, (unsigned long)echo);
}

/* An option without a notation of its own, or one whose length does not fit its kind. */
static void add_raw_option(struct text *text, const struct wire_tcp *tcp,
                           const struct wire_option *option)
{
    const uint8_t *bytes = tcp->option_bytes + option->offset;

    wire_text_add(text, "gen-%u", (unsigned)option->kind);
    if (option->malformed && option->length >= 2)
        wire_text_add(text, " length %u", (unsigned)bytes[1]);
    if (option->length > 2)
        wire_text_add_hex(text, " ", bytes + 2, option->length - 2u);
}

/* Names as in scripts; what has none, or a length that does not fit its kind, as bytes. */
static void add_option(struct text *text, const struct wire_tcp *tcp,
                       const struct wire_option *option, const struct base *base)
{
    if (!option->parsed) {
        add_raw_option(text, tcp, option);
        return;
    }
    switch (option->kind) {
    case WIRE_OPTION_EOL:
        wire_text_add(text, "eol");
        break;
    case WIRE_OPTION_NOP:
        wire_text_add(text, "nop");
        break;
    case WIRE_OPTION_MSS:
        wire_text_add(text, "mss %u", (unsigned)option->value.mss);
        break;
    case WIRE_OPTION_WINDOW_SCALE:
        wire_text_add(text, "wscale %u", (unsigned)option->value.window_scale);
        break;
    case WIRE_OPTION_SACK_PERMITTED:
        wire_text_add(text, "sackOK");
        break;
    case WIRE_OPTION_SACK:
        add_sack(text, option, base->sack);
        break;
    case WIRE_OPTION_TIMESTAMPS:
        add_timestamps(text, option, base);
        break;
    case WIRE_OPTION_MD5:
        wire_text_add_hex(text, "md5 ", tcp->option_bytes + option->offset + 2,
                          option->length - 2u);
        break;
    case WIRE_OPTION_FAST_OPEN:
    case WIRE_OPTION_EXPERIMENT:
        wire_text_add(text, option->kind == WIRE_OPTION_FAST_OPEN ? "FO" : "FOEXP");
        wire_text_add_hex(text, " ", tcp->option_bytes + option->value.fast_open.offset,
                          option->value.fast_open.count);
        break;
    default:
        add_raw_option(text, tcp, option);
        break;
    }
}

static void add_options(struct text *text, const struct wire_tcp *tcp, const struct base *base)
{
    for (size_t i = 0; i < tcp->option_count; i++) {
        if (i > 0)
            wire_text_add(text, ",");
        add_option(text, tcp, &tcp->options[i], base);
    }
}

size_t wire_print_options(char *out, size_t room, const struct wire_tcp *tcp,
                          const struct wire_print *how)
{
    struct text text = { out, room, 0 };
    struct base base = base_of(how);

    out[0] = '\0';
    add_options(&text, tcp, &base);
    return text.length;
}

/* "1:101(100)": the end does not count SYN and FIN. */
static void add_range(struct text *text, uint32_t first, size_t count)
{
    wire_text_add(text, "%lu:%lu(%zu)", (unsigned long)first,
                  (unsigned long)(uint32_t)(first + (uint32_t)count), count);
}

static void add_tcp(struct text *text, const struct wire_frame *frame, const struct base *base)
{
    const struct wire_tcp *tcp = &frame->tcp;

    add_flags(text, tcp->flags);
    wire_text_add(text, " ");
    add_range(text, tcp->seq - base->sender, frame->payload_bytes);
    wire_text_add(text, "%s", base->mark);
    if (tcp->flags & WIRE_ACK)
        wire_text_add(text, " ack %lu%s", (unsigned long)(uint32_t)(tcp->ack - base->receiver),
                      base->mark);
    wire_text_add(text, " win %u", (unsigned)tcp->window);
    if (tcp->urgent != 0 || (tcp->flags & WIRE_URG))
        wire_text_add(text, " urg %u", (unsigned)tcp->urgent);
    if (tcp->option_count == 0)
        return;
    wire_text_add(text, " <");
    add_options(text, tcp, base);
    wire_text_add(text, ">");
}

/* The quoted segment was sent by the side that the ICMP message goes to. */
static void add_icmp(struct text *text, const struct wire_frame *frame, const struct base *base)
{
    const struct wire_icmp *icmp = &frame->icmp;
    const char *type = wire_icmp_type_name(frame->ip.version, icmp->type);
    const char *code = wire_icmp_code_name(frame->ip.version, icmp->type, icmp->code);

    if (type != NULL)
        wire_text_add(text, "icmp %s", type);
    else
        wire_text_add(text, "icmp type_%u", (unsigned)icmp->type);
    if (code != NULL)
        wire_text_add(text, " %s", code);
    else if (icmp->code != 0)
        wire_text_add(text, " code_%u", (unsigned)icmp->code);
    if (icmp->mtu != 0)
        wire_text_add(text, " mtu %lu", (unsigned long)icmp->mtu);
    if (!icmp->quote.has_seq)
        return;
    wire_text_add(text, " [");
    add_range(text, icmp->quote.seq - base->receiver, icmp->quote.text_bytes);
    wire_text_add(text, "%s]", base->mark);
}

/* What is unusual in the IP header, as a list in brackets: "[ect0, ttl 3] ". */
static void add_ip(struct text *text, const struct wire_ip *ip)
{
    static const char *const ecn_names[] = { "", "ect1", "ect0", "ce" };
    const char *comma = "";
    unsigned ecn = ip->traffic_class & 3;
    bool tos = ip->traffic_class > 3;

    if (ip->traffic_class == 0 && ip->ttl == 64 && ip->flow_label == 0)
        return;
    wire_text_add(text, "[");
    if (tos)
        wire_text_add(text, "tos 0x%02x", (unsigned)ip->traffic_class);
    else
        wire_text_add(text, "%s", ecn_names[ecn]);
    if (ip->traffic_class != 0)
        comma = ", ";
    if (ip->flow_label != 0) {
        wire_text_add(text, "%sflowlabel 0x%lx", comma, (unsigned long)ip->flow_label);
        comma = ", ";
    }
    if (ip->ttl != 64)
        wire_text_add(text, "%sttl %u", comma, (unsigned)ip->ttl);
    wire_text_add(text, "] ");
}

static void add_endpoint(struct text *text, const struct wire_address *address, uint16_t port)
{
    char name[48];

    wire_print_address(name, sizeof name, address);
    wire_text_add(text, address->version == 6 ? "[%s]:%u" : "%s:%u", name, (unsigned)port);
}

static void add_addresses(struct text *text, const struct wire_frame *frame)
{
    bool is_tcp = frame->kind == WIRE_KIND_TCP;

    add_endpoint(text, &frame->ip.source, is_tcp ? frame->tcp.source_port : 0);
    wire_text_add(text, " > ");
    add_endpoint(text, &frame->ip.destination, is_tcp ? frame->tcp.destination_port : 0);
    wire_text_add(text, " ");
}

size_t wire_print_segment(char *out, size_t room, const struct wire_frame *frame,
                          const struct wire_print *how)
{
    struct text text = { out, room, 0 };
    struct base base = base_of(how);

    out[0] = '\0';
    if (!how->bare)
        wire_text_add(&text, how->outbound ? "> " : "< ");
    if (how->show_ip)
        add_ip(&text, &frame->ip);
    if (how->show_addresses)
        add_addresses(&text, frame);
    switch (frame->kind) {
    case WIRE_KIND_TCP:
        add_tcp(&text, frame, &base);
        break;
    case WIRE_KIND_ICMP:
        add_icmp(&text, frame, &base);
        break;
    case WIRE_KIND_OTHER:
        wire_text_add(&text, "%s %u, %zu bytes",
                      frame->ip.fragment != 0 ? "a fragment of protocol" : "protocol",
                      (unsigned)frame->ip.protocol, frame->payload_bytes);
        break;
    }
    return text.length;
}
