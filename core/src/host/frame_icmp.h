/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP errors, for the frame decoder. */
#ifndef ANVIL_HOST_FRAME_ICMP_H
#define ANVIL_HOST_FRAME_ICMP_H

#include <anvil/frame.h>

/* Decodes the ICMP message of `length` octets at `icmp` into frame's ICMP fields. The addresses in
 * frame are set, their family says which ICMP it is; the checksum was verified. */
enum anvil_drop anvil_frame_take_icmp(const uint8_t *icmp, size_t length,
                                      struct anvil_frame *frame);

#endif
