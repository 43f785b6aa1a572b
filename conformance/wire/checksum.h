/* SPDX-License-Identifier: BSD-2-Clause */
/* The checksum of TCP, ICMP and ICMPv6 over their pseudo-header. For the files of this folder. */
#ifndef CONFORMANCE_WIRE_CHECKSUM_H
#define CONFORMANCE_WIRE_CHECKSUM_H

#include "wire/frame.h"

/*
 * The checksum that belongs to `count` bytes of TCP or ICMP, carried by `ip`. 0 when the checksum
 * field inside `bytes` is already filled in and right. RFC 9293 3.1 and RFC 8200 8.1 give the
 * pseudo-header of TCP and ICMPv6; ICMPv4 has none (RFC 792).
 */
uint16_t wire_transport_checksum(const struct wire_ip *ip, uint8_t protocol, const uint8_t *bytes,
                                 size_t count);

#endif
