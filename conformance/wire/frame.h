/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames as the runner sees them: raw IP packets (no Ethernet) that carry TCP or an ICMP error.
 *
 * This codec is written apart from the core's on purpose: a mistake in one of them shows as a
 * disagreement between the two. It works on the caller's memory only: nothing is allocated, and
 * no function keeps a pointer but wire_decode(), whose result points into the bytes it was given.
 *
 *     bytes  -> wire_decode()       -> struct wire_frame     any bytes are safe to give
 *     struct -> wire_encode()       -> bytes                 the inverse, faults on request
 *     struct -> wire_fault()        -> a sentence            what is wrong with a frame as sent
 *     struct -> wire_print_segment() (print.h)               packetdrill's notation
 *
 * All numbers in the structs are in host byte order; all lengths are in bytes.
 */
#ifndef CONFORMANCE_WIRE_FRAME_H
#define CONFORMANCE_WIRE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The TCP flags, as the 12 bits that follow the data offset (RFC 9293 3.1; AE: RFC 9768). */
enum wire_flag {
    WIRE_FIN = 0x001,
    WIRE_SYN = 0x002,
    WIRE_RST = 0x004,
    WIRE_PSH = 0x008,
    WIRE_ACK = 0x010,
    WIRE_URG = 0x020,
    WIRE_ECE = 0x040,
    WIRE_CWR = 0x080,
    WIRE_AE = 0x100,
    WIRE_RESERVED = 0xe00
};

enum wire_option_kind {
    WIRE_OPTION_EOL = 0,
    WIRE_OPTION_NOP = 1,
    WIRE_OPTION_MSS = 2,
    WIRE_OPTION_WINDOW_SCALE = 3,
    WIRE_OPTION_SACK_PERMITTED = 4,
    WIRE_OPTION_SACK = 5,
    WIRE_OPTION_TIMESTAMPS = 8,
    WIRE_OPTION_MD5 = 19, /* 16 bytes; no parsed value */
    WIRE_OPTION_USER_TIMEOUT = 28,
    WIRE_OPTION_FAST_OPEN = 34,
    WIRE_OPTION_EXPERIMENT = 254 /* with the 16 bits 0xf989: fast open before RFC 7413 */
};

enum {
    WIRE_PROTOCOL_ICMP = 1,
    WIRE_PROTOCOL_TCP = 6,
    WIRE_PROTOCOL_ICMPV6 = 58,

    WIRE_OPTION_BYTES_MAX = 40, /* the data offset has 4 bits: 60 bytes of header, 20 are fixed */
    WIRE_OPTIONS_MAX = 40,      /* 40 options of one byte each */
    WIRE_SACK_BLOCKS_MAX = 4,
    WIRE_HEADERS_MAX = 40 + 60, /* what wire_encode() puts before the payload, IPv6 and TCP */
    WIRE_FRAME_MAX = 65575,     /* an IPv6 header and 65,535 bytes behind it */
    WIRE_SENTENCE_MAX = 160     /* room enough for any sentence of wire_fault() */
};

/* An IPv4 address uses the first 4 bytes; the other 12 are zero. */
struct wire_address {
    uint8_t version; /* 4 or 6 */
    uint8_t bytes[16];
};

struct wire_ip {
    struct wire_address source;
    struct wire_address destination;
    uint8_t version;         /* 4 or 6; source and destination have the same */
    uint8_t protocol;        /* of what follows the IP header(s); set by the encoder */
    uint8_t ttl;             /* IPv6: hop limit */
    uint8_t traffic_class;   /* IPv4: the TOS byte; ECN is its last two bits */
    uint32_t flow_label;     /* IPv6, 20 bits */
    uint16_t id;             /* IPv4 */
    uint16_t fragment;       /* IPv4: offset in units of 8 bytes; 0 for a whole packet */
    bool dont_fragment;      /* IPv4 */
    bool more_fragments;     /* IPv4 */
    bool reserved_bit;       /* IPv4: the first of the three flag bits, must be zero */
    uint16_t header_bytes;   /* read by decode: IPv4 options and IPv6 extension headers included */
    uint32_t claimed_bytes;  /* read by decode: whole packet, as the header claims */
    uint16_t checksum;       /* read by decode: as found (IPv4) */
    bool checksum_ok;        /* read by decode; true for IPv6, which has none */
};

/* One TCP option. `length` is what the option takes in the header, kind and length byte included:
 * 1 for EOL and NOP. Where the length byte is impossible (below 2, or past the header's end),
 * `malformed` is set, `length` is what is left of the header, and the option is the last one.
 * `parsed` says that the length fits the kind and that `value` was filled in. */
struct wire_option {
    uint8_t kind;
    uint8_t length;
    uint8_t offset;    /* of the kind byte, in struct wire_tcp's option_bytes */
    bool malformed;
    bool parsed;
    union {
        uint16_t mss;
        uint8_t window_scale;
        struct {
            uint32_t value;
            uint32_t echo;
        } timestamps;
        struct {
            uint8_t count;
            struct {
                uint32_t left;
                uint32_t right;
            } blocks[WIRE_SACK_BLOCKS_MAX];
        } sack;
        struct {
            uint8_t count; /* 0: a request for a cookie; kinds 34 and 254 alike */
            uint8_t offset; /* of the cookie, in option_bytes */
        } fast_open;
        struct {
            bool minutes;
            uint16_t value;
        } user_timeout;
    } value;
};

struct wire_tcp {
    uint16_t source_port;
    uint16_t destination_port;
    uint32_t seq;
    uint32_t ack;
    uint16_t flags; /* 12 bits of enum wire_flag, the reserved ones included */
    uint16_t window;
    uint16_t urgent;
    uint8_t header_bytes;       /* read by decode: the data offset, in bytes */
    uint16_t checksum;          /* read by decode: as found */
    bool checksum_ok;           /* read by decode; true for a fragment, which cannot be judged */
    uint8_t option_bytes_count; /* what encode writes: padded with zeros to a multiple of 4 */
    uint8_t option_bytes[WIRE_OPTION_BYTES_MAX];
    uint8_t option_count;       /* read by decode; encode looks at option_bytes only */
    struct wire_option options[WIRE_OPTIONS_MAX];
};

/* The packet that an ICMP error quotes, as far as it is there. */
struct wire_quote {
    bool has_ip;      /* a whole IP header was quoted: `ip` is filled in */
    bool has_ports;   /* 4 bytes of TCP */
    bool has_seq;     /* 8 bytes of TCP */
    bool has_header;  /* 20 bytes of TCP: ack, flags, window, urgent */
    struct wire_ip ip; /* its checksum is not judged: routers change the header they quote */
    uint16_t source_port;
    uint16_t destination_port;
    uint32_t seq;
    uint32_t ack;
    uint16_t flags;
    uint16_t window;
    uint16_t urgent;
    /* Payload length that the quoted IP header claims. With less than 13 bytes of TCP quoted, a
     * TCP header of 20 bytes is assumed, by the encoder too. */
    uint32_t text_bytes;
};

struct wire_icmp {
    uint8_t type;
    uint8_t code;
    uint32_t rest;      /* the 4 bytes after the checksum, whatever the type makes of them */
    uint32_t mtu;       /* their MTU: 16 bits for ICMPv4 type 3 code 4, 32 bits for ICMPv6 type 2 */
    uint16_t checksum;  /* read by decode: as found */
    bool checksum_ok;   /* read by decode */
    struct wire_quote quote;
    /* Encode: where `quoted` is not NULL its bytes are quoted as they are; otherwise a header is
     * built from `quote`, with quote_tcp_bytes of TCP behind it (0 means 8, at most 20).
     * Decode: the bytes found. */
    const uint8_t *quoted;
    size_t quoted_bytes;
    uint8_t quote_tcp_bytes;
};

enum wire_kind {
    WIRE_KIND_TCP,
    WIRE_KIND_ICMP, /* ICMPv4 or ICMPv6, by ip.version */
    WIRE_KIND_OTHER /* another protocol, or a later fragment: only `ip` and the payload are set */
};

struct wire_frame {
    enum wire_kind kind;
    struct wire_ip ip;
    union {
        struct wire_tcp tcp;
        struct wire_icmp icmp;
    };
    const uint8_t *payload;  /* of TCP; of WIRE_KIND_OTHER all that follows the IP header */
    size_t payload_bytes;
    size_t frame_bytes;      /* read by decode: the bytes given */
};

/* Why bytes are no frame. Everything else that is wrong is a field of the decoded frame. */
enum wire_reason {
    WIRE_OK,
    WIRE_EMPTY,
    WIRE_UNKNOWN_VERSION,
    WIRE_SHORT_IP_HEADER,
    WIRE_SMALL_IP_HEADER_LENGTH,
    WIRE_SMALL_TOTAL_LENGTH,
    WIRE_SHORT_EXTENSION_HEADER,
    WIRE_SHORT_TCP_HEADER,
    WIRE_SMALL_DATA_OFFSET,
    WIRE_SHORT_TCP_OPTIONS,
    WIRE_SHORT_ICMP_HEADER
};

/*
 * Read `count` bytes as one IP packet. Any bytes may be given. WIRE_OK: the whole of *frame is set
 * (of the options those that are there), and its pointers point into `bytes`. Otherwise *frame has
 * what could be read, and no payload.
 * Bytes past the length that the IP header claims are not payload; fewer bytes than it claims give
 * what is there. wire_fault() reports both.
 */
enum wire_reason wire_decode(struct wire_frame *frame, const uint8_t *bytes, size_t count);

/* The reason as a sentence without its full stop: "the TCP data offset is less than 5 words". */
const char *wire_reason_text(enum wire_reason reason);

/* Wrong values to write in place of the right ones. Zero the struct, then set pairs. */
struct wire_damage {
    bool set_ip_checksum;
    bool set_total_length; /* IPv4: total length; IPv6: payload length */
    bool set_ip_header_words;
    bool set_transport_checksum; /* TCP or ICMP */
    bool set_data_offset_words;
    uint16_t ip_checksum;
    uint16_t total_length;
    uint16_t transport_checksum;
    uint8_t ip_header_words;    /* 4 bits */
    uint8_t data_offset_words;  /* 4 bits */
};

/*
 * Write the frame (kind TCP or ICMP) to `out`. Lengths and checksums are worked out, except those
 * that `damage` (may be NULL) replaces. Returns the bytes written; 0 if the frame does not fit into
 * `room`, is longer than IP allows, has more than 40 bytes of options, mixes IP versions, or is of
 * kind WIRE_KIND_OTHER. `payload` may not overlap `out`.
 */
size_t wire_encode(const struct wire_frame *frame, const struct wire_damage *damage, uint8_t *out,
                   size_t room);

/*
 * What is wrong with a frame as its sender made it: the first fault found is written to `sentence`
 * (WIRE_SENTENCE_MAX bytes are always enough; cut otherwise). Returns true if there is a fault.
 * Only breaches of a MUST count: bad checksums, lengths that contradict each other, reserved bits,
 * options that break their own format, options of SYN segments elsewhere, padding that is not zero.
 */
bool wire_fault(const struct wire_frame *frame, char *sentence, size_t room);

/* Append one option to a frame under construction (kind TCP). `data` is what follows the length
 * byte; EOL and NOP take none. Returns false, and changes nothing, when it does not fit. */
bool wire_add_option(struct wire_tcp *tcp, uint8_t kind, const uint8_t *data, size_t count);

/* Read option_bytes into options[]; wire_decode() does it, and so may the maker of a frame. */
void wire_parse_options(struct wire_tcp *tcp);

/* The first option of this kind, or NULL. */
const struct wire_option *wire_find_option(const struct wire_tcp *tcp, uint8_t kind);

/* "1.2.3.4" or "fd3d::1" to an address, and back (RFC 5952; `room` of 46 is always enough). */
bool wire_parse_address(struct wire_address *address, const char *text);
size_t wire_print_address(char *out, size_t room, const struct wire_address *address);
bool wire_same_address(const struct wire_address *a, const struct wire_address *b);

/* The Internet checksum (RFC 1071) of `count` bytes, starting from a partial sum. */
uint32_t wire_sum(uint32_t partial, const uint8_t *bytes, size_t count);
uint16_t wire_fold(uint32_t sum);

#endif
