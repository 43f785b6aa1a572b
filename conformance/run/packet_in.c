/* SPDX-License-Identifier: BSD-2-Clause */
/* Inbound lines: a frame is built from the line and handed to the target. */
#include "run/state.h"

#include <string.h>

enum {
    DEFAULT_TTL = 255,
    DEFAULT_WINDOW = 65535, /* for a line that says no window */
    FRAME_ROOM = WIRE_FRAME_MAX
};

static void put32(uint8_t *out, uint32_t value)
{
    out[0] = (uint8_t)(value >> 24);
    out[1] = (uint8_t)(value >> 16);
    out[2] = (uint8_t)(value >> 8);
    out[3] = (uint8_t)value;
}

/* The data of one option behind its length octet. Returns how many octets. */
static size_t option_data(const struct run_conn *conn, const struct script_packet *packet,
                          const struct script_tcp_option *option, uint8_t *out)
{
    switch (option->kind) {
    case SCRIPT_OPT_MSS:
        out[0] = (uint8_t)(option->number >> 8);
        out[1] = (uint8_t)option->number;
        return 2;
    case SCRIPT_OPT_WSCALE:
        out[0] = (uint8_t)option->number;
        return 1;
    case SCRIPT_OPT_SACK:
        for (uint32_t i = 0; i < option->sack_count; i++) {
            put32(out + 8 * i, run_ack_in(conn, packet, option->sack[i].left));
            put32(out + 8 * i + 4, run_ack_in(conn, packet, option->sack[i].right));
        }
        return 8 * (size_t)option->sack_count;
    case SCRIPT_OPT_TIMESTAMPS:
        put32(out, option->ts_val);
        put32(out + 4, (packet->flags & SCRIPT_ACK) != 0 ? run_stamp_in(conn, option)
                                                         : option->ts_ecr);
        return 8;
    case SCRIPT_OPT_FASTOPEN_EXP:
        out[0] = 0xf9;
        out[1] = 0x89;
        memcpy(out + 2, option->bytes, option->byte_count);
        return 2 + (size_t)option->byte_count;
    case SCRIPT_OPT_FASTOPEN:
    case SCRIPT_OPT_MD5:
    case SCRIPT_OPT_RAW:
        memcpy(out, option->bytes, option->byte_count);
        return option->byte_count;
    case SCRIPT_OPT_EOL:
    case SCRIPT_OPT_NOP:
    case SCRIPT_OPT_SACK_OK:
        return 0;
    }
    return 0;
}

static uint8_t option_kind(const struct script_tcp_option *option)
{
    switch (option->kind) {
    case SCRIPT_OPT_EOL: return WIRE_OPTION_EOL;
    case SCRIPT_OPT_NOP: return WIRE_OPTION_NOP;
    case SCRIPT_OPT_MSS: return WIRE_OPTION_MSS;
    case SCRIPT_OPT_WSCALE: return WIRE_OPTION_WINDOW_SCALE;
    case SCRIPT_OPT_SACK_OK: return WIRE_OPTION_SACK_PERMITTED;
    case SCRIPT_OPT_SACK: return WIRE_OPTION_SACK;
    case SCRIPT_OPT_TIMESTAMPS: return WIRE_OPTION_TIMESTAMPS;
    case SCRIPT_OPT_FASTOPEN: return WIRE_OPTION_FAST_OPEN;
    case SCRIPT_OPT_FASTOPEN_EXP: return WIRE_OPTION_EXPERIMENT;
    case SCRIPT_OPT_MD5: return WIRE_OPTION_MD5;
    case SCRIPT_OPT_RAW: return (uint8_t)option->number;
    }
    return 0;
}

/* An option whose length octet lies is written as it stands. False: no room. */
static bool add_raw(struct wire_tcp *tcp, uint8_t kind, const struct script_tcp_option *option)
{
    size_t at = tcp->option_bytes_count;
    if (at + 2 + option->byte_count > WIRE_OPTION_BYTES_MAX)
        return false;
    tcp->option_bytes[at] = kind;
    tcp->option_bytes[at + 1] = option->length_field;
    memcpy(tcp->option_bytes + at + 2, option->bytes, option->byte_count);
    tcp->option_bytes_count = (uint8_t)(at + 2 + option->byte_count);
    return true;
}

static bool add_options(const struct run_conn *conn, const struct script_packet *packet,
                        struct wire_tcp *tcp)
{
    const struct script_tcp_option *option = packet->options;
    if (packet->raw_options != NULL) {
        memcpy(tcp->option_bytes, packet->raw_options, packet->raw_option_bytes);
        tcp->option_bytes_count = (uint8_t)packet->raw_option_bytes;
        return true;
    }
    for (; option != NULL; option = option->next) {
        uint8_t data[SCRIPT_OPTION_BYTES_MAX + 8];
        uint8_t kind = option_kind(option);
        size_t count = option_data(conn, packet, option, data);
        bool added = option->has_length ? add_raw(tcp, kind, option)
                                        : wire_add_option(tcp, kind, data, count);
        if (!added)
            return false;
    }
    return true;
}

static void fill_ip(const struct run_conn *conn, const struct script_packet *packet,
                    struct wire_ip *ip)
{
    ip->version = conn->local.version;
    ip->source = conn->remote;
    ip->destination = conn->local;
    ip->ttl = packet->ip.has_ttl ? packet->ip.ttl : DEFAULT_TTL;
    ip->traffic_class = packet->ip.tos_check == SCRIPT_TOS_NONE ? 0 : packet->ip.tos;
    ip->flow_label = packet->ip.has_flowlabel ? packet->ip.flowlabel : 0;
}

static uint16_t line_flags(const struct script_packet *packet)
{
    uint16_t flags = packet->flags;
    if (packet->has_ace)
        flags = (uint16_t)((flags & ~(SCRIPT_ECE | SCRIPT_CWR | SCRIPT_AE)) | packet->ace << 6);
    return flags;
}

static void fill_tcp(struct run *run, const struct run_conn *conn,
                     const struct script_packet *packet, struct wire_tcp *tcp)
{
    tcp->source_port = conn->remote_port;
    tcp->destination_port = conn->local_port;
    tcp->flags = line_flags(packet);
    tcp->seq = run_seq_in(run, conn, packet);
    tcp->ack = packet->ack;
    if ((packet->flags & SCRIPT_ACK) != 0 && !packet->ack_absolute)
        tcp->ack = run_ack_in(conn, packet, packet->ack);
    tcp->window = packet->has_win ? packet->win : DEFAULT_WINDOW;
    tcp->urgent = packet->urg;
}

/* Remembers where the peer's urgent data ends. RFC 9293 3.8.5. */
static void note_urgent(struct run_conn *conn, const struct wire_tcp *tcp)
{
    if ((tcp->flags & WIRE_URG) == 0 || conn->urgent_count == RUN_URGENT_MAX)
        return;
    uint32_t first = (tcp->flags & WIRE_SYN) != 0 ? conn->remote_isn : conn->remote_isn + 1;
    conn->urgent[conn->urgent_count++] = tcp->seq - first + tcp->urgent;
}

/* Builds the frame of an inbound TCP line at `out`; 0: it does not fit. */
static size_t build_tcp(struct run *run, struct run_conn *conn, const struct script_packet *packet,
                        uint8_t *out, size_t room)
{
    struct wire_frame frame;
    memset(&frame.ip, 0, sizeof frame.ip);
    memset(&frame.tcp, 0, offsetof(struct wire_tcp, options));
    frame.kind = WIRE_KIND_TCP;
    fill_ip(conn, packet, &frame.ip);
    fill_tcp(run, conn, packet, &frame.tcp);
    if (!add_options(conn, packet, &frame.tcp))
        return 0;
    run_conn_heard(run, conn, packet, &frame.tcp);
    note_urgent(conn, &frame.tcp);
    uint32_t base = conn->has_remote_isn ? conn->remote_isn : frame.tcp.seq;
    uint32_t first = (frame.tcp.flags & WIRE_SYN) != 0 ? frame.tcp.seq : base + 1;
    frame.payload = run_pattern(run, RUN_SIDE_PEER, run_pattern_place(frame.tcp.seq - first));
    frame.payload_bytes = packet->seq.length;
    return wire_encode(&frame, NULL, out, room);
}

/* Carries out an inbound line, now. */
void run_packet_in(struct run *run, const struct script_event *event)
{
    uint8_t out[FRAME_ROOM];
    const struct script_packet *packet = event->packet;
    struct run_conn *conn = run_conn_for_packet(run, event);
    if (conn == NULL)
        return;
    if (conn->local_port == 0) {
        run_error(run, event, "a segment for a connection whose port is not known yet");
        return;
    }
    size_t length = packet->protocol == SCRIPT_ICMP
                        ? run_icmp_build(run, conn, packet, out, sizeof out)
                        : build_tcp(run, conn, packet, out, sizeof out);
    if (run->ended)
        return;
    if (length == 0)
        run_error(run, event, "this segment does not fit into an IP packet");
    else
        run_inject(run, event, conn, out, length);
}
