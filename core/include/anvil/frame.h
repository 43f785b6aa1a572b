/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chapter 7: frames. Octets of an IP packet (no link-layer header) to a value and back: IPv4 and
 * IPv6, TCP segments, and the ICMP errors that concern TCP. RFC 791, 792, 8200, 4443, 9293 3.1.
 *
 * Nothing malformed gets past here: a packet is either wholly understood or dropped for a reason
 * that has a name. Pure functions; they keep nothing but what is said below.
 */
#ifndef ANVIL_FRAME_H
#define ANVIL_FRAME_H

#include <anvil/options.h>
#include <anvil/step.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Values of anvil_address.family; 0 is "no address". */
#define ANVIL_IPV4 4u
#define ANVIL_IPV6 6u

/* Octets of headers. */
#define ANVIL_IPV4_HEADER 20u
#define ANVIL_IPV6_HEADER 40u
#define ANVIL_TCP_HEADER 20u

/* The largest packet that anvil_frame_encode makes without payload. */
#define ANVIL_FRAME_HEADERS_MAX (ANVIL_IPV6_HEADER + ANVIL_TCP_HEADER + ANVIL_OPTIONS_MAX)

/* Headers between the IPv6 header and TCP that are walked over; a packet with more is dropped. */
#define ANVIL_EXTENSIONS_MAX 8u

/* An IP address. No padding and unused octets are zero, so two may be compared as octets. */
struct anvil_address {
    uint8_t family;     /* ANVIL_IPV4 or ANVIL_IPV6 */
    uint8_t spare[3];   /* zero */
    uint8_t octets[16]; /* network order; IPv4 uses the first four */
};

/* One end of a connection: what the RFC calls a socket. May be compared as octets. */
struct anvil_endpoint {
    struct anvil_address address;
    uint16_t port; /* host order; 0 is not refused here */
    uint16_t spare; /* zero */
};

/* A connection's name, seen from this host. May be compared and hashed as octets. */
struct anvil_four_tuple {
    struct anvil_endpoint local, remote;
};

/* A piece of memory. */
struct anvil_span {
    const uint8_t *octets; /* may be NULL when length is 0 */
    size_t length;
};

/* What a packet carries. */
enum anvil_frame_kind {
    ANVIL_FRAME_TCP, /* uses segment, payload, bad_options */
    ANVIL_FRAME_ICMP /* uses icmp, reason, mtu, quoted, quoted_seq */
};

/* What an ICMP error says, for IPv4 and IPv6 alike; how it is to be reported to a user. */
enum anvil_icmp_reason {
    ANVIL_REASON_NONE,
    ANVIL_REASON_NET_UNREACHABLE,      /* v4 3/0, 3/6, 3/9, 3/11; v6 1/0 */
    ANVIL_REASON_HOST_UNREACHABLE,     /* v4 3/1, 3/7, 3/8, 3/10, 3/12; v6 1/2, 1/3; other codes */
    ANVIL_REASON_PROTOCOL_UNREACHABLE, /* v4 3/2; v6 4/1 */
    ANVIL_REASON_PORT_UNREACHABLE,     /* v4 3/3; v6 1/4 */
    ANVIL_REASON_TOO_BIG,              /* v4 3/4; v6 2/0 */
    ANVIL_REASON_SOURCE_ROUTE_FAILED,  /* v4 3/5 */
    ANVIL_REASON_PROHIBITED,           /* v4 3/13 to 3/15; v6 1/1, 1/5, 1/6 */
    ANVIL_REASON_TIME_EXCEEDED,        /* v4 11; v6 3 */
    ANVIL_REASON_PARAMETER_PROBLEM,    /* v4 12; v6 4 */
    ANVIL_REASON_QUENCH                /* v4 4 */
};

/* One IP packet, as a value. */
struct anvil_frame {
    enum anvil_frame_kind kind;
    struct anvil_endpoint from, to; /* of the IP header; ports are 0 for ICMP */
    uint8_t ttl;           /* TTL or hop limit. MUST-49. 0 is not refused (1122 3.2.1.7) */
    uint8_t traffic_class; /* TOS or Traffic Class, ECN in the low two bits (3168) */
    bool dont_fragment;    /* IPv4's DF; for IPv6 true when decoding, ignored when encoding */

    /* TCP. Reserved control bits are ignored when received and zero when sent (3.1). */
    bool bad_options;             /* anvil_options_decode answered BAD_LENGTH. MUST-7 */
    struct anvil_segment segment; /* ports are in from and to */
    const uint8_t *payload;       /* decoding only: segment.length octets in the packet's memory */

    /* ICMP. What is quoted was sent by the host that is `to`, so quoted.local is its end. */
    enum anvil_icmp icmp; /* RFC 9293 3.9.2.2. Fragmentation needed is always TOO_BIG here: who
                             does no path MTU discovery takes it as HARD (1122 4.2.3.9) */
    enum anvil_icmp_reason reason;
    uint32_t mtu; /* TOO_BIG: the reported MTU of the next hop, octets; 0 = not reported (1191 5) */
    struct anvil_four_tuple quoted;
    anvil_seq quoted_seq; /* SEG.SEQ of the quoted segment. 5927 4.1 */
};

/* Why a packet was dropped. Every malformed packet has exactly one of these. */
enum anvil_drop {
    ANVIL_DROP_NONE,              /* it was not */
    ANVIL_DROP_IP_SHORT,          /* not even an IP header */
    ANVIL_DROP_IP_VERSION,        /* neither 4 nor 6 */
    ANVIL_DROP_IP_HEADER_LENGTH,  /* IHL below 5, or past the end */
    ANVIL_DROP_IP_TOTAL_LENGTH,   /* total or payload length past the end, or within the header */
    ANVIL_DROP_IP_CHECKSUM,       /* of the IPv4 header */
    ANVIL_DROP_FRAGMENT,          /* fragments are put together below this layer */
    ANVIL_DROP_EXTENSION,         /* an IPv6 extension header cut off, one too many, out of place,
                                     or with an option that forbids to skip it. 8200 4.2 */
    ANVIL_DROP_ROUTING,           /* an IPv6 routing header with segments left: not at its end */
    ANVIL_DROP_PROTOCOL,          /* neither TCP nor ICMP */
    ANVIL_DROP_SOURCE,            /* cannot be a sender's address. MUST-63, 9293 3.9.2.3 */
    ANVIL_DROP_DESTINATION,       /* broadcast, multicast or unspecified. MUST-57 */
    ANVIL_DROP_TCP_SHORT,         /* not even a TCP header */
    ANVIL_DROP_TCP_DATA_OFFSET,   /* below 5, or past the end */
    ANVIL_DROP_TCP_CHECKSUM,      /* MUST-3 */
    ANVIL_DROP_ICMP_SHORT,        /* not even an ICMP header */
    ANVIL_DROP_ICMP_CHECKSUM,
    ANVIL_DROP_ICMP_NOT_AN_ERROR, /* echo, redirect, neighbour discovery and other types */
    ANVIL_DROP_ICMP_QUOTE_SHORT,  /* does not reach to the quoted sequence number. 5927 4.1 */
    ANVIL_DROP_ICMP_QUOTE_BAD,    /* what is quoted is no IP packet of the same family */
    ANVIL_DROP_ICMP_QUOTE_OTHER,  /* what is quoted is not TCP, or not a first fragment */
    ANVIL_DROP_COUNT
};

/*
 * Decodes the `length` octets at `bytes`.
 *
 * Reads: bytes, never beyond length. Changes: *frame, wholly written; if the answer is not
 * ANVIL_DROP_NONE its values mean nothing. Keeps: frame->payload points into bytes.
 * Octets after the IP packet's own length are ignored (link-layer padding). IPv4 options are
 * ignored (MUST-50), IPv6 hop-by-hop, destination and spent routing headers are walked over.
 * A directed broadcast address is not known here, nor whether `to` is this host's: that is the
 * host's to check.
 */
enum anvil_drop anvil_frame_decode(const uint8_t *bytes, size_t length, struct anvil_frame *frame);

/*
 * Encodes a TCP frame at `bytes`, which has room for `room` octets.
 *
 * Reads: frame's from, to, ttl, traffic_class, dont_fragment and segment, and the payload, which is
 * first[..] followed by second[..] (a ring's memory may wrap); either span may be empty, and
 * segment.length must be the sum of their lengths. Changes: the octets that it answers.
 * Returns the packet's length in octets; 0, and nothing changed, when it does not fit into `room`
 * or its length not into the IP header's field, lengths differ, the addresses' families differ or
 * are unknown, or kind is not ANVIL_FRAME_TCP. Acknowledgment and urgent fields without their
 * control bits are 0. Identification is 0, which DF allows (6864 4.1); flow label is 0.
 */
size_t anvil_frame_encode(const struct anvil_frame *frame, struct anvil_span first,
                          struct anvil_span second, uint8_t *bytes, size_t room);

/* The octets that anvil_frame_encode would write for this frame and its segment.length, given room;
 * 0 if it cannot be encoded. */
size_t anvil_frame_size(const struct anvil_frame *frame);

/* The address of four octets in network order. */
struct anvil_address anvil_address_v4(const uint8_t octets[4]);

/* The address of sixteen octets in network order. */
struct anvil_address anvil_address_v6(const uint8_t octets[16]);

/* a = b. */
bool anvil_address_equal(const struct anvil_address *a, const struct anvil_address *b);

/* a = b, address and port. */
bool anvil_endpoint_equal(const struct anvil_endpoint *a, const struct anvil_endpoint *b);

/* True for 0.0.0.0, :: and "no address". */
bool anvil_address_is_any(const struct anvil_address *address);

/*
 * True if a connection can have this address at either end: not unspecified, not multicast, not
 * broadcast, not IPv4's class E nor 0.0.0.0/8, not IPv4-mapped. Loopback passes, as a packet may
 * come from a loopback device. MUST-46, MUST-57, MUST-63.
 */
bool anvil_address_is_unicast(const struct anvil_address *address);

/* Names for people: "bad TCP checksum"; "port unreachable". */
const char *anvil_drop_name(enum anvil_drop drop);
const char *anvil_icmp_reason_name(enum anvil_icmp_reason reason);

#ifdef __cplusplus
}
#endif

#endif
