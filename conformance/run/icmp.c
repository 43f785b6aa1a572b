/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP errors, which quote a segment of the other side. RFC 792, RFC 4443. */
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

/* The segment in an outbound error is one that the peer has sent. */
static bool same_quote(const struct run *run, const struct run_conn *conn,
                       const struct script_seq *line, const struct wire_quote *quote)
{
    uint32_t shift = run_peer_shift(run);
    uint32_t isn = conn != NULL && conn->has_remote_isn ? conn->remote_isn : shift;
    if (!quote->has_seq || quote->ip.protocol != WIRE_PROTOCOL_TCP ||
        quote->text_bytes != line->length)
        return false;
    switch (line->form) {
    case SCRIPT_SEQ_ANY: return true;
    case SCRIPT_SEQ_ABSOLUTE: return quote->seq == line->start;
    case SCRIPT_SEQ_RELATIVE: return quote->seq == line->start + isn;
    }
    return false;
}

/* NULL when an outbound error is what the line says, else the name of the field that is not. */
const char *run_icmp_match(const struct run *run, const struct run_conn *conn,
                           const struct script_packet *packet, const struct wire_frame *frame)
{
    const struct script_icmp *line = &packet->icmp;
    const struct wire_icmp *actual = &frame->icmp;
    struct wire_icmp wanted = { 0 };
    if (!type_and_code(frame->ip.version, line, &wanted) || wanted.type != actual->type)
        return "type";
    if (wanted.code != actual->code)
        return "code";
    if (line->has_mtu && line->mtu != actual->mtu)
        return "mtu";
    if (line->has_id && line->id != actual->rest >> 16)
        return "id";
    switch (line->quote) {
    case SCRIPT_QUOTE_NONE: return NULL;
    case SCRIPT_QUOTE_TCP:
        return same_quote(run, conn, &line->quoted, &actual->quote) ? NULL : "quoted segment";
    case SCRIPT_QUOTE_UDP:
    case SCRIPT_QUOTE_RAW: return "quoted segment"; /* nothing of that kind was ever sent */
    }
    return NULL;
}
