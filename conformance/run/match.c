/* SPDX-License-Identifier: BSD-2-Clause */
/* Compares an outbound frame with the line that expects it, field by field. */
#include "run/state.h"

#include <string.h>

enum { ACE_BITS = WIRE_ECE | WIRE_CWR | WIRE_AE, ACE_SHIFT = 6, ECN_MASK = 3 };

/* The traffic class, as far as the line names it. */
static bool same_tos(const struct script_ip_info *line, uint8_t actual)
{
    uint8_t ecn = actual & ECN_MASK;
    bool capable = ecn == 1 || ecn == 2;
    switch (line->tos_check) {
    case SCRIPT_TOS_NONE: return true;
    case SCRIPT_TOS_ECN: return ecn == (line->tos & ECN_MASK);
    case SCRIPT_TOS_ECT01: return capable;
    case SCRIPT_TOS_DSCP: return (actual & ~ECN_MASK) == (line->tos & ~ECN_MASK);
    case SCRIPT_TOS_DSCP_ECT01:
        return (actual & ~ECN_MASK) == (line->tos & ~ECN_MASK) && capable;
    case SCRIPT_TOS_ALL: return actual == line->tos;
    }
    return false;
}

static const char *match_ip(const struct script_packet *packet, const struct wire_ip *ip)
{
    if (!same_tos(&packet->ip, ip->traffic_class))
        return "ecn";
    if (packet->ip.has_ttl && packet->ip.ttl != ip->ttl)
        return "ttl";
    if (packet->ip.has_flowlabel && packet->ip.flowlabel != ip->flow_label)
        return "flowlabel";
    return NULL;
}

/* A stack that may choose may add an ACK to a reset that the standard prints without one: who gets
 * it judges it by its sequence number alone (RFC 9293 3.5.3). It may also push more often than it
 * must (3.9.1.2). */
static bool same_flags(const struct run *run, const struct script_packet *packet, uint16_t actual)
{
    uint16_t mask = 0x1ff;
    if (!run->follows && packet->flags == SCRIPT_RST)
        mask = (uint16_t)(mask & ~WIRE_ACK);
    if (!run->follows && (packet->flags & SCRIPT_PSH) == 0)
        mask = (uint16_t)(mask & ~WIRE_PSH);
    if (packet->has_ace) {
        mask = (uint16_t)(mask & ~ACE_BITS);
        if ((actual & ACE_BITS) >> ACE_SHIFT != packet->ace)
            return false;
    }
    return (actual & mask) == (packet->flags & mask);
}

/* The sequence number as the script counts: see conn.c. */
static bool same_seq(const struct run_conn *conn, const struct script_packet *packet,
                     const struct wire_frame *frame)
{
    if (frame->payload_bytes != packet->seq.length)
        return false;
    switch (packet->seq.form) {
    case SCRIPT_SEQ_ANY: return true;
    case SCRIPT_SEQ_ABSOLUTE: return frame->tcp.seq == packet->seq.start;
    case SCRIPT_SEQ_RELATIVE: break;
    }
    uint32_t isn = conn == NULL ? 0 : conn->local_isn;
    if ((packet->flags & SCRIPT_SYN) != 0 && conn != NULL)
        isn -= conn->script_local_isn;
    return frame->tcp.seq == packet->seq.start + isn;
}

/* The acknowledgment number. Without the ACK flag the field means nothing (RFC 9293 3.1). A line
 * that has the flag and does not tell the number means 0, as upstream. */
static bool same_ack(const struct run *run, const struct run_conn *conn,
                     const struct script_packet *packet, const struct wire_tcp *tcp)
{
    if ((packet->flags & SCRIPT_ACK) == 0)
        return true;
    uint32_t isn = run_peer_shift(run);
    if (packet->ack_absolute)
        isn = 0;
    else if ((packet->flags & SCRIPT_SYN) == 0 && conn != NULL && conn->has_remote_isn)
        isn = conn->remote_isn;
    return tcp->ack == packet->ack + isn;
}

/* Whether the text is what the application wrote at these places. One octet that the peer has
 * acknowledged already may be anything: a keep-alive carries garbage (RFC 9293 3.8.4). */
bool run_match_payload(const struct run *run, const struct run_conn *conn,
                       const struct wire_frame *frame)
{
    if (conn == NULL || !conn->has_local_isn || frame->payload_bytes == 0)
        return true;
    bool syn = (frame->tcp.flags & WIRE_SYN) != 0;
    uint32_t seq = frame->tcp.seq + (syn ? 1 : 0);
    if (frame->payload_bytes == 1 && conn->has_peer_ack && (int32_t)(conn->peer_ack - seq) > 0)
        return true;
    const uint8_t *expected = run_pattern(run, RUN_SIDE_TARGET, seq - conn->local_isn - 1);
    return memcmp(frame->payload, expected, frame->payload_bytes) == 0;
}

/*
 * Whether an ACK came that carries our FIN once more, where the line has an ACK behind the FIN: a
 * stack may do so as long as the FIN is not acknowledged (RFC 9293 3.10.7.4 eighth).
 */
static bool is_fin_again(const struct run *run, const struct run_conn *conn,
                         const struct script_packet *packet, const struct wire_frame *frame)
{
    return !run->follows && conn != NULL && conn->has_fin && packet->flags == SCRIPT_ACK &&
           packet->seq.length == 0 && packet->seq.form == SCRIPT_SEQ_RELATIVE &&
           frame->payload_bytes == 0 && (frame->tcp.flags & ~WIRE_PSH) == (WIRE_FIN | WIRE_ACK) &&
           frame->tcp.seq == conn->fin && packet->seq.start + conn->local_isn == conn->fin + 1;
}

/*
 * The window field. A stack that may choose has a shift of its own, and a buffer and steps: what a
 * case of the suite holds it to is whether the window is closed. A script of the user's is exact.
 */
static bool same_window(const struct run *run, const struct run_conn *conn,
                        const struct script_packet *packet, const struct wire_tcp *tcp)
{
    if (!packet->has_win || packet->win == tcp->window)
        return true;
    if (run->follows)
        return false;
    bool scaled = conn != NULL && conn->odd_shift && (packet->flags & SCRIPT_SYN) == 0;
    return scaled || (run->options->own && (packet->win == 0) == (tcp->window == 0));
}

/* NULL when the frame is what the line says, else the name of the first field that is not. */
const char *run_match(struct run *run, const struct run_conn *conn,
                      const struct script_packet *packet, const struct wire_frame *frame)
{
    bool wants_tcp = packet->protocol == SCRIPT_TCP;
    if (frame->kind != (wants_tcp ? WIRE_KIND_TCP : WIRE_KIND_ICMP))
        return "protocol"; /* lines of other protocols are skipped before */
    const char *ip = match_ip(packet, &frame->ip);
    if (ip != NULL)
        return ip;
    if (!wants_tcp)
        return run_icmp_match(run, conn, packet, frame);
    bool fin_again = is_fin_again(run, conn, packet, frame);
    if (!fin_again && !same_flags(run, packet, frame->tcp.flags))
        return "flags";
    if (!fin_again && !same_seq(conn, packet, frame))
        return "seq";
    if (!same_ack(run, conn, packet, &frame->tcp))
        return "ack";
    if (!same_window(run, conn, packet, &frame->tcp))
        return "win";
    if ((packet->has_urg || (packet->flags & SCRIPT_URG) != 0) &&
        packet->urg != frame->tcp.urgent)
        return "urg";
    const char *option = run_match_options(run, conn, packet, &frame->tcp);
    if (option != NULL)
        return option;
    return run_match_payload(run, conn, frame) ? NULL : "text";
}
