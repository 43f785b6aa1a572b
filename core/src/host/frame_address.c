/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses, and names of what frames may be dropped for or report. */
#include <anvil/frame.h>

#include <string.h>

struct anvil_address anvil_address_v4(const uint8_t octets[4])
{
    struct anvil_address address = {.family = ANVIL_IPV4};
    memcpy(address.octets, octets, 4);
    return address;
}

struct anvil_address anvil_address_v6(const uint8_t octets[16])
{
    struct anvil_address address = {.family = ANVIL_IPV6};
    memcpy(address.octets, octets, 16);
    return address;
}

bool anvil_address_equal(const struct anvil_address *a, const struct anvil_address *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

bool anvil_endpoint_equal(const struct anvil_endpoint *a, const struct anvil_endpoint *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

bool anvil_address_is_any(const struct anvil_address *address)
{
    static const uint8_t zero[16] = {0};
    return memcmp(address->octets, zero, sizeof zero) == 0;
}

bool anvil_address_is_unicast(const struct anvil_address *address)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    const uint8_t *octets = address->octets;

    if (address->family == ANVIL_IPV4)
        return octets[0] != 0 && octets[0] < 224;
    return address->family == ANVIL_IPV6 && !anvil_address_is_any(address) && octets[0] != 0xff &&
           memcmp(octets, mapped, sizeof mapped) != 0;
}

const char *anvil_drop_name(enum anvil_drop drop)
{
    static const char *const names[ANVIL_DROP_COUNT] = {
        [ANVIL_DROP_NONE] = "not dropped",
        [ANVIL_DROP_IP_SHORT] = "too short for an IP header",
        [ANVIL_DROP_IP_VERSION] = "bad IP version",
        [ANVIL_DROP_IP_HEADER_LENGTH] = "bad IP header length",
        [ANVIL_DROP_IP_TOTAL_LENGTH] = "bad IP total length",
        [ANVIL_DROP_IP_CHECKSUM] = "bad IP checksum",
        [ANVIL_DROP_FRAGMENT] = "IP fragment",
        [ANVIL_DROP_EXTENSION] = "bad IPv6 extension header",
        [ANVIL_DROP_ROUTING] = "IPv6 routing header with segments left",
        [ANVIL_DROP_PROTOCOL] = "neither TCP nor ICMP",
        [ANVIL_DROP_SOURCE] = "invalid source address",
        [ANVIL_DROP_DESTINATION] = "invalid destination address",
        [ANVIL_DROP_TCP_SHORT] = "too short for a TCP header",
        [ANVIL_DROP_TCP_DATA_OFFSET] = "bad TCP data offset",
        [ANVIL_DROP_TCP_CHECKSUM] = "bad TCP checksum",
        [ANVIL_DROP_ICMP_SHORT] = "too short for an ICMP header",
        [ANVIL_DROP_ICMP_CHECKSUM] = "bad ICMP checksum",
        [ANVIL_DROP_ICMP_NOT_AN_ERROR] = "ICMP message that is no error",
        [ANVIL_DROP_ICMP_QUOTE_SHORT] = "ICMP error that quotes too little",
        [ANVIL_DROP_ICMP_QUOTE_BAD] = "ICMP error that quotes no IP packet",
        [ANVIL_DROP_ICMP_QUOTE_OTHER] = "ICMP error that is not about TCP",
    };

    return (unsigned)drop < ANVIL_DROP_COUNT ? names[drop] : "unknown drop";
}

const char *anvil_icmp_reason_name(enum anvil_icmp_reason reason)
{
    switch (reason) {
    case ANVIL_REASON_NONE:
        return "no reason";
    case ANVIL_REASON_NET_UNREACHABLE:
        return "network unreachable";
    case ANVIL_REASON_HOST_UNREACHABLE:
        return "host unreachable";
    case ANVIL_REASON_PROTOCOL_UNREACHABLE:
        return "protocol unreachable";
    case ANVIL_REASON_PORT_UNREACHABLE:
        return "port unreachable";
    case ANVIL_REASON_TOO_BIG:
        return "packet too big";
    case ANVIL_REASON_SOURCE_ROUTE_FAILED:
        return "source route failed";
    case ANVIL_REASON_PROHIBITED:
        return "administratively prohibited";
    case ANVIL_REASON_TIME_EXCEEDED:
        return "time exceeded";
    case ANVIL_REASON_PARAMETER_PROBLEM:
        return "parameter problem";
    case ANVIL_REASON_QUENCH:
        return "source quench";
    }
    return "unknown reason";
}
