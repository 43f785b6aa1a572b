/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets for the tests of the frame codec, with checksums that are not the codec's own. */
#ifndef SUPPORT_PACKET_H
#define SUPPORT_PACKET_H

#include <anvil/frame.h>

#define PACKET_MAX 2048u

/* A packet in the making. */
struct packet {
    uint8_t bytes[PACKET_MAX];
    size_t length;
};

/* RFC 1071 as it is written: 16 bits at a time, the highest octet first. */
uint32_t plain_sum(uint32_t sum, const uint8_t *bytes, size_t length);

/* Writes 16 bits in network order. */
void put_number(uint8_t *at, uint32_t value);

/* Puts the right checksum into `field` of the `length` octets at `at`, for the IP header `ip` with
 * a pseudo-header for `protocol`; protocol 0: no pseudo-header. */
void repair(const uint8_t *ip, uint8_t *at, size_t length, size_t field, uint32_t protocol);

/* Addresses 192.0.2.last and 2001:db8::last. */
struct anvil_address some_v4(uint8_t last);
struct anvil_address some_v6(uint8_t last);

/* A segment from port 49152 of address 1 to port 80 of address 2, without text. */
struct anvil_frame some_frame(unsigned family);

/* The frame with `text` octets of payload. */
struct packet encoded(struct anvil_frame frame, size_t text);

/* Decodes from the edge of memory, so that reading an octet too many is a fault. */
enum anvil_drop decoded(const struct packet *packet, size_t length, struct anvil_frame *frame);

#endif
