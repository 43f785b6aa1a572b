/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames in packetdrill's notation, and the names that it gives to ICMP types and codes.
 *
 *     > S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,TS val 100 ecr 200,nop,wscale 7>
 *     < icmp unreachable frag_needed mtu 1200 [1:1461(1460)]
 */
#ifndef CONFORMANCE_WIRE_PRINT_H
#define CONFORMANCE_WIRE_PRINT_H

#include "wire/frame.h"

/* What a line is relative to. A zeroed struct prints absolute numbers, with "<" in front. */
struct wire_print {
    bool outbound;            /* sent by the target: ">"; otherwise "<" */
    bool bare;                /* leave the arrow out */
    bool show_addresses;      /* "1.2.3.4:80 > 5.6.7.8:9 " before the flags */
    bool show_ip;             /* "[ect0]", "(ttl 3)" before the flags where not the usual values */
    bool as_on_wire;          /* numbers are marked as those on the wire, and no ISN counts, */
    uint32_t isn_of_sack;     /* but for edges of SACK blocks, which have no mark */
    uint32_t isn_target;      /* first sequence number of the target */
    uint32_t isn_peer;        /* first sequence number of the peer that the script plays */
    uint32_t timestamp_target; /* subtracted from timestamps that the target makes */
    uint32_t timestamp_peer;   /* subtracted from those that the peer makes */
};

enum { WIRE_LINE_MAX = 1024 }; /* no printed frame is longer, the final zero included */

/*
 * Print a decoded frame. A sequence number is printed relative to the ISN of the side that counts
 * it: the sender's for seq, the receiver's for ack and SACK blocks. Returns the length; the text is
 * cut, and always ends with a zero, when `room` is too small (`room` must not be 0).
 */
size_t wire_print_segment(char *out, size_t room, const struct wire_frame *frame,
                          const struct wire_print *how);

/* Flags alone, in packetdrill's letters and order: "S.", "FP.", "-" for none. */
size_t wire_print_flags(char *out, size_t room, uint16_t flags);

/* Options alone: "mss 1460,sackOK,...", without the angle brackets. */
size_t wire_print_options(char *out, size_t room, const struct wire_tcp *tcp,
                          const struct wire_print *how);

/*
 * Types and codes of ICMP by the names that scripts give them. `code_name` may be NULL: code 0.
 * A number does too, plain or as "type_3" and "code_4". False for an unknown name.
 */
bool wire_icmp_from_names(uint8_t version, const char *type_name, const char *code_name,
                          uint8_t *type, uint8_t *code);

/* The inverse; NULL where there is no name. */
const char *wire_icmp_type_name(uint8_t version, uint8_t type);
const char *wire_icmp_code_name(uint8_t version, uint8_t type, uint8_t code);

#endif
