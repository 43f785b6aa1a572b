/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chapter 2: segments. A TCP segment as the machine sees it: header and options as values, the
 * payload as a length. Addresses, ports, checksums and octets belong to whoever carries it.
 */
#ifndef ANVIL_SEGMENT_H
#define ANVIL_SEGMENT_H

#include <anvil/seq.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Control bits, RFC 9293 3.1; AE is the ninth bit of RFC 7560. */
#define ANVIL_FIN 0x001u
#define ANVIL_SYN 0x002u
#define ANVIL_RST 0x004u
#define ANVIL_PSH 0x008u
#define ANVIL_ACK 0x010u
#define ANVIL_URG 0x020u
#define ANVIL_ECE 0x040u
#define ANVIL_CWR 0x080u

/* Blocks that fit into one SACK option, RFC 2018 section 3. */
#define ANVIL_SACK_BLOCKS_MAX 4u

/* Octets of a Fast Open cookie, RFC 7413 4.1.1. */
#define ANVIL_COOKIE_MAX 16u

/* Bits of anvil_options.present: which options a segment carries. */
#define ANVIL_HAS_MSS 0x01u            /* RFC 9293 3.7.1 */
#define ANVIL_HAS_WINDOW_SCALE 0x02u   /* RFC 7323 2.2 */
#define ANVIL_HAS_TIMESTAMPS 0x04u     /* RFC 7323 3.2 */
#define ANVIL_HAS_SACK_PERMITTED 0x08u /* RFC 2018 section 2 */
#define ANVIL_HAS_SACK 0x10u           /* RFC 2018 section 3 */
#define ANVIL_HAS_USER_TIMEOUT 0x20u   /* RFC 5482 section 3 */
#define ANVIL_HAS_FAST_OPEN 0x40u      /* RFC 7413 4.1.1; decoded, not acted upon */
#define ANVIL_HAS_UNKNOWN 0x80u        /* at least one option of another kind was skipped */

/* Values of anvil_options.layout. Receivers take any order; people compare captures. */
#define ANVIL_LAYOUT_LINUX 0u /* mss, sackOK, TS, wscale; NOPs align each option */
#define ANVIL_LAYOUT_BSD 1u   /* mss, wscale, sackOK, TS; zero octets after the last */

/* The octets [left, right), RFC 2018 section 3. */
struct anvil_sack_block {
    anvil_seq left, right;
};

/* Options of one segment. A field means something only if its bit in `present` is set. */
struct anvil_options {
    uint16_t present;
    uint16_t mss;
    uint32_t ts_value, ts_echo;
    uint16_t user_timeout; /* granularity bit and 15 bits of value, as on the wire */
    uint8_t window_scale;  /* as on the wire: may be above 14 */
    uint8_t sack_count;
    struct anvil_sack_block sack[ANVIL_SACK_BLOCKS_MAX];
    uint8_t cookie_length;
    uint8_t cookie[ANVIL_COOKIE_MAX];
    uint8_t layout;   /* how they are laid out when encoded: ANVIL_LAYOUT_... */
    uint8_t spare[2]; /* zero */
};

/* One segment. */
struct anvil_segment {
    anvil_seq seq;
    anvil_seq ack;   /* means something only with ANVIL_ACK */
    uint32_t length; /* octets of payload, SYN and FIN not counted */
    uint16_t flags;
    uint16_t window; /* as on the wire, not scaled */
    uint16_t urgent; /* means something only with ANVIL_URG */
    uint16_t spare;  /* zero */
    struct anvil_options options;
};

/* SEG.LEN: the sequence space that a segment occupies, SYN and FIN included. RFC 9293 3.4. */
static inline uint32_t anvil_segment_space(const struct anvil_segment *segment)
{
    return segment->length + ((segment->flags & ANVIL_SYN) ? 1u : 0u) +
           ((segment->flags & ANVIL_FIN) ? 1u : 0u);
}

#ifdef __cplusplus
}
#endif

#endif
