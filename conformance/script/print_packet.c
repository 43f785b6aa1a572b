/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints segments. */
#include "script/output.h"

#include <arpa/inet.h>
#include <string.h>

/* ---- addresses ---- */

static void put_address(struct script_output *output, const struct script_address *address)
{
    char text[INET6_ADDRSTRLEN] = "";

    inet_ntop(address->family == 6 ? AF_INET6 : AF_INET, address->bytes, text, sizeof text);
    script_put(output, "%s", text);
}

void script_put_endpoint(struct script_output *output, const struct script_endpoint *endpoint)
{
    bool brackets = endpoint->address.family == 6;

    if (endpoint->address.family != 0) {
        script_put(output, "%s", brackets ? "[" : "");
        put_address(output, &endpoint->address);
        script_put(output, "%s%s", brackets ? "]" : "", endpoint->has_port ? ":" : "");
    }
    if (endpoint->has_port)
        script_put(output, "%u", endpoint->port);
}

/* ---- the IP header ---- */

/* What is said of the traffic class: an ECN mark, or the whole octet. */
static void put_tos(struct script_output *output, const struct script_ip_info *info)
{
    static const char *const ecn[] = { "noecn", "ect1", "ect0", "ce" };

    switch (info->tos_check) {
    case SCRIPT_TOS_NONE:
        break;
    case SCRIPT_TOS_ECN:
        script_put(output, "%s", ecn[info->tos & 3]);
        break;
    case SCRIPT_TOS_ECT01:
        script_put(output, "ect01");
        break;
    case SCRIPT_TOS_DSCP:
        script_put(output, "dscp 0x%02x", info->tos >> 2);
        break;
    case SCRIPT_TOS_DSCP_ECT01:
        script_put(output, "dscp 0x%02x, ect01", info->tos >> 2);
        break;
    case SCRIPT_TOS_ALL:
        script_put(output, "tos 0x%02x", info->tos);
        break;
    }
}

static void put_ip_info(struct script_output *output, const struct script_ip_info *info)
{
    const char *comma = info->tos_check == SCRIPT_TOS_NONE ? "" : ", ";

    if (!info->ip_given)
        return;
    script_put(output, "[");
    put_tos(output, info);
    if (info->has_flowlabel) {
        script_put(output, "%sflowlabel 0x%x", comma, info->flowlabel);
        comma = ", ";
    }
    if (info->has_ttl)
        script_put(output, "%sttl %u", comma, info->ttl);
    script_put(output, "] ");
}

/* `encap` stands behind the marks of the IP header, the others in front of them. */
static void put_encaps(struct script_output *output, const struct script_encap *encap,
                       bool behind)
{
    for (; encap; encap = encap->next)
        if ((strncmp(encap->text, "encap", 5) == 0) == behind)
            script_put(output, "%s ", encap->text);
}

/* ---- TCP ---- */

static void put_flags(struct script_output *output, const struct script_packet *packet)
{
    static const struct { uint16_t flag; char letter; } letters[] = {
        { SCRIPT_SYN, 'S' }, { SCRIPT_FIN, 'F' }, { SCRIPT_RST, 'R' }, { SCRIPT_PSH, 'P' },
        { SCRIPT_URG, 'U' }, { SCRIPT_ECE, 'E' }, { SCRIPT_CWR, 'W' }, { SCRIPT_AE, 'A' },
        { SCRIPT_ACK, '.' },
    };
    size_t i;

    if (packet->flags_text) {
        script_put(output, "%s", packet->flags_text);
        return;
    }
    for (i = 0; i < sizeof letters / sizeof letters[0]; i++)
        if (packet->flags & letters[i].flag)
            script_put_bytes(output, &letters[i].letter, 1);
    if (packet->flags == 0)
        script_put(output, "-");
}

static void put_seq(struct script_output *output, const struct script_seq *seq)
{
    if (seq->form == SCRIPT_SEQ_ANY)
        script_put(output, "...(%u)", seq->length);
    else
        script_put(output, "%u:%u(%u)%s", seq->start, seq->end, seq->length,
                   seq->form == SCRIPT_SEQ_ABSOLUTE ? "!" : "");
}

static void put_udp_encap(struct script_output *output, bool found, uint16_t source,
                          uint16_t destination)
{
    if (found)
        script_put(output, "/udp(%u > %u)", source, destination);
}

static void put_tcp(struct script_output *output, const struct script_packet *packet)
{
    put_flags(output, packet);
    script_put(output, " ");
    put_seq(output, &packet->seq);
    if (packet->has_ack)
        script_put(output, " ack %u%s", packet->ack, packet->ack_absolute ? "!" : "");
    if (packet->has_win)
        script_put(output, " win %u", packet->win);
    if (packet->has_urg)
        script_put(output, " urg %u", packet->urg);
    script_put_tcp_options(output, packet);
    if (packet->has_diagnostic)
        script_put(output, " [code %u, pen %u]", packet->diagnostic_code, packet->diagnostic_pen);
    put_udp_encap(output, packet->has_udp_encap, packet->udp_source, packet->udp_destination);
}

/* ---- other protocols ---- */

/* An ICMP error with what it quotes. */
static void put_icmp(struct script_output *output, const struct script_icmp *icmp)
{
    script_put(output, "icmp %s", icmp->type);
    if (icmp->code)
        script_put(output, " %s", icmp->code);
    if (icmp->has_mtu)
        script_put(output, " mtu %u", icmp->mtu);
    if (icmp->has_id)
        script_put(output, " id %u", icmp->id);
    switch (icmp->quote) {
    case SCRIPT_QUOTE_NONE:
        break;
    case SCRIPT_QUOTE_TCP:
        script_put(output, " [");
        put_seq(output, &icmp->quoted);
        put_udp_encap(output, icmp->has_udp_encap, icmp->udp_source, icmp->udp_destination);
        script_put(output, "]");
        break;
    case SCRIPT_QUOTE_UDP:
        script_put(output, " [udp (%u)]", icmp->quoted.length);
        break;
    case SCRIPT_QUOTE_RAW:
        script_put(output, " [raw (%u)]", icmp->quoted.length);
        break;
    }
}

static void put_endpoints(struct script_output *output, const struct script_packet *packet)
{
    if (!packet->has_endpoints)
        return;
    script_put_endpoint(output, &packet->source);
    script_put(output, " > ");
    script_put_endpoint(output, &packet->destination);
    script_put(output, " ");
}

void script_put_packet(struct script_output *output, const struct script_packet *packet)
{
    script_put(output, "%c ", packet->outbound ? '>' : '<');
    put_encaps(output, packet->encap, false);
    put_ip_info(output, &packet->ip);
    put_encaps(output, packet->encap, true);
    if (packet->protocol == SCRIPT_UDP)
        script_put(output, "udp ");
    put_endpoints(output, packet);
    switch (packet->protocol) {
    case SCRIPT_TCP:
        put_tcp(output, packet);
        break;
    case SCRIPT_UDP:
        script_put(output, "(%u)", packet->udp_length);
        break;
    case SCRIPT_ICMP:
        put_icmp(output, &packet->icmp);
        break;
    case SCRIPT_OTHER:
        script_put(output, "%s", packet->other);
        break;
    }
}

size_t script_print_packet(const struct script_packet *packet, char *out, size_t size)
{
    struct script_output output = { out, size, 0 };

    script_put_packet(&output, packet);
    return output.length;
}
