/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP errors: what they say (RFC 792, 4443, 9293 3.9.2.2) and what they quote (RFC 5927 4.1). */
#include "frame_icmp.h"

#include "wire.h"

/* Octets of an ICMP header, and of TCP that a quote must hold: ports and sequence number. */
#define ICMP_HEADER 8u
#define QUOTED_TCP 8u

/* Offsets in an ICMP header. */
#define ICMP_TYPE 0
#define ICMP_CODE 1
#define ICMP_MTU_V6 4
#define ICMP_MTU_V4 6

/* One kind of error: codes first_code to last_code of a type. */
struct icmp_rule {
    uint8_t family;
    uint8_t type;
    uint8_t first_code, last_code;
    enum anvil_icmp icmp;
    enum anvil_icmp_reason reason;
};

/*
 * Hard are the codes that RFC 9293 3.9.2.2 lists for ICMP, and those that RFC 5927 5.2 takes for
 * their like in ICMPv6 (codes 5 and 6 are kinds of code 1, RFC 4443 3.1). All others are soft: an
 * error that no text calls hard must not end a connection. The first row that fits counts.
 */
static const struct icmp_rule rules[] = {
    {ANVIL_IPV4, 3, 0, 0, ANVIL_ICMP_SOFT, ANVIL_REASON_NET_UNREACHABLE},
    {ANVIL_IPV4, 3, 1, 1, ANVIL_ICMP_SOFT, ANVIL_REASON_HOST_UNREACHABLE},
    {ANVIL_IPV4, 3, 2, 2, ANVIL_ICMP_HARD, ANVIL_REASON_PROTOCOL_UNREACHABLE},
    {ANVIL_IPV4, 3, 3, 3, ANVIL_ICMP_HARD, ANVIL_REASON_PORT_UNREACHABLE},
    {ANVIL_IPV4, 3, 4, 4, ANVIL_ICMP_TOO_BIG, ANVIL_REASON_TOO_BIG},
    {ANVIL_IPV4, 3, 5, 5, ANVIL_ICMP_SOFT, ANVIL_REASON_SOURCE_ROUTE_FAILED},
    {ANVIL_IPV4, 3, 6, 6, ANVIL_ICMP_SOFT, ANVIL_REASON_NET_UNREACHABLE},
    {ANVIL_IPV4, 3, 9, 9, ANVIL_ICMP_SOFT, ANVIL_REASON_NET_UNREACHABLE},
    {ANVIL_IPV4, 3, 11, 11, ANVIL_ICMP_SOFT, ANVIL_REASON_NET_UNREACHABLE},
    {ANVIL_IPV4, 3, 13, 15, ANVIL_ICMP_SOFT, ANVIL_REASON_PROHIBITED},
    {ANVIL_IPV4, 3, 7, 255, ANVIL_ICMP_SOFT, ANVIL_REASON_HOST_UNREACHABLE},
    {ANVIL_IPV4, 4, 0, 255, ANVIL_ICMP_QUENCH, ANVIL_REASON_QUENCH},
    {ANVIL_IPV4, 11, 0, 255, ANVIL_ICMP_SOFT, ANVIL_REASON_TIME_EXCEEDED},
    {ANVIL_IPV4, 12, 0, 255, ANVIL_ICMP_SOFT, ANVIL_REASON_PARAMETER_PROBLEM},
    {ANVIL_IPV6, 1, 0, 0, ANVIL_ICMP_SOFT, ANVIL_REASON_NET_UNREACHABLE},
    {ANVIL_IPV6, 1, 1, 1, ANVIL_ICMP_HARD, ANVIL_REASON_PROHIBITED},
    {ANVIL_IPV6, 1, 4, 4, ANVIL_ICMP_HARD, ANVIL_REASON_PORT_UNREACHABLE},
    {ANVIL_IPV6, 1, 5, 6, ANVIL_ICMP_HARD, ANVIL_REASON_PROHIBITED},
    {ANVIL_IPV6, 1, 2, 255, ANVIL_ICMP_SOFT, ANVIL_REASON_HOST_UNREACHABLE},
    {ANVIL_IPV6, 2, 0, 255, ANVIL_ICMP_TOO_BIG, ANVIL_REASON_TOO_BIG},
    {ANVIL_IPV6, 3, 0, 255, ANVIL_ICMP_SOFT, ANVIL_REASON_TIME_EXCEEDED},
    {ANVIL_IPV6, 4, 1, 1, ANVIL_ICMP_SOFT, ANVIL_REASON_PROTOCOL_UNREACHABLE},
    {ANVIL_IPV6, 4, 0, 255, ANVIL_ICMP_SOFT, ANVIL_REASON_PARAMETER_PROBLEM},
};

/* The rule for a message, or NULL if it is no error. */
static const struct icmp_rule *find_rule(uint8_t family, const uint8_t *icmp)
{
    const struct icmp_rule *end = rules + sizeof rules / sizeof rules[0];

    for (const struct icmp_rule *rule = rules; rule != end; rule++) {
        if (rule->family == family && rule->type == icmp[ICMP_TYPE] &&
            rule->first_code <= icmp[ICMP_CODE] && icmp[ICMP_CODE] <= rule->last_code)
            return rule;
    }
    return NULL;
}

/* Ports and sequence number of the quoted segment. */
static void take_quoted_tcp(const uint8_t *tcp, struct anvil_frame *frame)
{
    frame->quoted.local.port = get16(tcp + TCP_SOURCE_PORT);
    frame->quoted.remote.port = get16(tcp + TCP_DESTINATION_PORT);
    frame->quoted_seq = anvil_seq_of(get32(tcp + TCP_SEQUENCE));
}

/* The quoted IPv4 packet. Its checksum and total length are not looked at: routers on the way have
 * changed the TTL, and the quote is cut off. */
static enum anvil_drop take_quote_ipv4(const uint8_t *quote, size_t length,
                                       struct anvil_frame *frame)
{
    size_t header;

    if (length < ANVIL_IPV4_HEADER + QUOTED_TCP)
        return ANVIL_DROP_ICMP_QUOTE_SHORT;
    header = 4u * (quote[0] & 0x0fu);
    if (quote[0] >> 4 != 4 || header < ANVIL_IPV4_HEADER)
        return ANVIL_DROP_ICMP_QUOTE_BAD;
    if (quote[IPV4_PROTOCOL] != PROTOCOL_TCP ||
        (get16(quote + IPV4_FRAGMENT) & IPV4_FRAGMENT_OFFSET))
        return ANVIL_DROP_ICMP_QUOTE_OTHER;
    if (length < header + QUOTED_TCP)
        return ANVIL_DROP_ICMP_QUOTE_SHORT;
    frame->quoted.local.address = anvil_address_v4(quote + IPV4_SOURCE);
    frame->quoted.remote.address = anvil_address_v4(quote + IPV4_DESTINATION);
    take_quoted_tcp(quote + header, frame);
    return ANVIL_DROP_NONE;
}

/* The quoted IPv6 packet. This host sends no extension headers, so what has them is not its. */
static enum anvil_drop take_quote_ipv6(const uint8_t *quote, size_t length,
                                       struct anvil_frame *frame)
{
    if (length < ANVIL_IPV6_HEADER + QUOTED_TCP)
        return ANVIL_DROP_ICMP_QUOTE_SHORT;
    if (quote[0] >> 4 != 6)
        return ANVIL_DROP_ICMP_QUOTE_BAD;
    if (quote[IPV6_NEXT_HEADER] != PROTOCOL_TCP)
        return ANVIL_DROP_ICMP_QUOTE_OTHER;
    frame->quoted.local.address = anvil_address_v6(quote + IPV6_SOURCE);
    frame->quoted.remote.address = anvil_address_v6(quote + IPV6_DESTINATION);
    take_quoted_tcp(quote + ANVIL_IPV6_HEADER, frame);
    return ANVIL_DROP_NONE;
}

enum anvil_drop anvil_frame_take_icmp(const uint8_t *icmp, size_t length,
                                      struct anvil_frame *frame)
{
    uint8_t family = frame->from.address.family;
    const struct icmp_rule *rule = find_rule(family, icmp);

    if (rule == NULL)
        return ANVIL_DROP_ICMP_NOT_AN_ERROR;
    frame->kind = ANVIL_FRAME_ICMP;
    frame->icmp = rule->icmp;
    frame->reason = rule->reason;
    if (rule->icmp == ANVIL_ICMP_TOO_BIG)
        frame->mtu = family == ANVIL_IPV4 ? get16(icmp + ICMP_MTU_V4) : get32(icmp + ICMP_MTU_V6);
    if (family == ANVIL_IPV4)
        return take_quote_ipv4(icmp + ICMP_HEADER, length - ICMP_HEADER, frame);
    return take_quote_ipv6(icmp + ICMP_HEADER, length - ICMP_HEADER, frame);
}
