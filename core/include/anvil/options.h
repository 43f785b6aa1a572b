/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chapter 3: the option codec. Octets of a TCP header's option area to struct anvil_options and
 * back. RFC 9293 3.1 and 3.2.
 */
#ifndef ANVIL_OPTIONS_H
#define ANVIL_OPTIONS_H

#include <anvil/segment.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The longest option area, octets. */
#define ANVIL_OPTIONS_MAX 40u

/* How decoding went. */
enum anvil_options_result {
    ANVIL_OPTIONS_OK,
    ANVIL_OPTIONS_BAD_LENGTH /* an option's length is 0, 1, past the end, or not its kind's */
};

/*
 * Decodes `length` octets (at most 40) at `bytes`.
 *
 * Reads: bytes. Changes: *options, wholly written. Unknown kinds are skipped by their length
 * (MUST-6); decoding ends at End of Option List; of a repeated option the last counts.
 * A length of 0 or 1, or one past the end, ends decoding with BAD_LENGTH (MUST-7); a known kind
 * with a length that is not its own is skipped and also answers BAD_LENGTH. In both cases
 * *options holds what could be decoded. A Fast Open cookie of an illegal length is ignored without
 * an error (RFC 7413 4.1.1).
 */
enum anvil_options_result anvil_options_decode(const uint8_t *bytes, size_t length,
                                               struct anvil_options *options);

/*
 * Encodes `options` at `bytes`, which has room for 40 octets; returns the octets written, a
 * multiple of four, in the order and with the padding of options->layout (RFC 7323 appendix A).
 * SACK blocks that do not fit are left out, the last ones first. Pure, never fails.
 */
size_t anvil_options_encode(const struct anvil_options *options, uint8_t *bytes);

/* The octets that anvil_options_encode would write. */
size_t anvil_options_size(const struct anvil_options *options);

#ifdef __cplusplus
}
#endif

#endif
