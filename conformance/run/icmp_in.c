/* SPDX-License-Identifier: BSD-2-Clause */
/* Inbound ICMP errors, which quote a segment that the target has sent. RFC 792, RFC 4443. */
#include "run/state.h"

#include <stdlib.h>
#include <string.h>

enum { ICMP_TTL = 255, QUOTED_TTL = 64, QUOTED_TCP_BYTES = 8 };

/* A type or code as written: a name, or digits. */
static bool type_and_code(uint8_t version, const struct script_icmp *line, struct wire_icmp *icmp)
{
    if (wire_icmp_from_names(version, line->type, line->code, &icmp->type, &icmp->code))
        return true;
    char *end = NULL;
    unsigned long type = strtoul(line->type, &end, 10);
    if (*end != '\0' || type > 255)
        return false;
    unsigned long code = line->code == NULL ? 0 : strtoul(line->code, &end, 10);
    if (*end != '\0' || code > 255)
        return false;
    icmp->type = (uint8_t)type;
    icmp->code = (uint8_t)code;
    return true;
}

/* The quoted header: what the target sent on this connection, as far as the line tells. */
static void fill_quote(const struct run_conn *conn, const struct script_icmp *line,
                       struct wire_quote *quote)
{
    quote->has_ip = true;
    quote->has_ports = true;
    quote->has_seq = true;
    quote->ip.version = conn->local.version;
    quote->ip.source = conn->local;
    quote->ip.destination = conn->remote;
    quote->ip.ttl = QUOTED_TTL;
    quote->ip.protocol = WIRE_PROTOCOL_TCP;
    quote->source_port = conn->local_port;
    quote->destination_port = conn->remote_port;
    quote->seq = line->quoted.start;
    if (line->quoted.form == SCRIPT_SEQ_RELATIVE)
        quote->seq += conn->local_isn;
    quote->text_bytes = line->quoted.length;
}

/* Builds the frame of an inbound ICMP line; 0, with the case ended, if it cannot be. */
size_t run_icmp_build(struct run *run, const struct run_conn *conn,
                      const struct script_packet *packet, uint8_t *out, size_t room)
{
    const struct script_icmp *line = &packet->icmp;
    struct wire_frame frame;
    memset(&frame.ip, 0, sizeof frame.ip);
    memset(&frame.icmp, 0, sizeof frame.icmp);
    frame.kind = WIRE_KIND_ICMP;
    frame.payload = NULL;
    frame.payload_bytes = 0;
    frame.ip.version = conn->local.version;
    frame.ip.source = conn->remote;
    frame.ip.destination = conn->local;
    frame.ip.ttl = packet->ip.has_ttl ? packet->ip.ttl : ICMP_TTL;
    if (!type_and_code(frame.ip.version, line, &frame.icmp)) {
        run_skip(run, run->event, run_text(run, "unsupported ICMP type or code: %s %s", line->type,
                                            line->code == NULL ? "" : line->code));
        return 0;
    }
    frame.icmp.mtu = line->has_mtu ? line->mtu : 0;
    frame.icmp.rest = line->has_mtu ? line->mtu : 0;
    fill_quote(conn, line, &frame.icmp.quote);
    frame.icmp.quote_tcp_bytes = QUOTED_TCP_BYTES;
    return wire_encode(&frame, NULL, out, room);
}
