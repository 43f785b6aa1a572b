/* SPDX-License-Identifier: BSD-2-Clause */
/* The other reading of options: conformance/wire's codec, in the words of the core's. */
#ifndef FUZZ_OPTIONS_READ_H
#define FUZZ_OPTIONS_READ_H

#include <anvil/options.h>

#include <stdbool.h>

/* What the harness meets: each kind of option, well-formed and not, and the rest. */
enum fuzz_option_kind {
    FUZZ_OPTION_MSS, FUZZ_OPTION_WINDOW_SCALE, FUZZ_OPTION_SACK_PERMITTED, FUZZ_OPTION_SACK,
    FUZZ_OPTION_TIMESTAMPS, FUZZ_OPTION_USER_TIMEOUT, FUZZ_OPTION_FAST_OPEN, FUZZ_OPTION_UNKNOWN,
    FUZZ_OPTION_BAD_MSS, FUZZ_OPTION_BAD_WINDOW_SCALE, FUZZ_OPTION_BAD_SACK_PERMITTED,
    FUZZ_OPTION_BAD_SACK, FUZZ_OPTION_BAD_TIMESTAMPS, FUZZ_OPTION_BAD_USER_TIMEOUT,
    FUZZ_OPTION_BAD_FAST_OPEN, FUZZ_OPTION_END, FUZZ_OPTION_NOP, FUZZ_OPTION_CUT,
    FUZZ_OPTION_REPEATED, FUZZ_OPTION_LINUX, FUZZ_OPTION_BSD, FUZZ_OPTION_LEFT_OUT,
    FUZZ_OPTION_KINDS
};

/* Names them to kinds.h. */
void fuzz_options_kinds(void);

/* Empty, or an even number of 4 to 16 octets. RFC 7413 4.1.1. */
bool fuzz_cookie_is_legal(unsigned length);

/* Reads with conformance/wire, by the contract of anvil_options_decode(). */
enum anvil_options_result fuzz_options_by_wire(const uint8_t *bytes, size_t length,
                                               struct anvil_options *options);

/* What wire_fault() says of a SYN with these options; `sentence` has WIRE_SENTENCE_MAX octets. */
bool fuzz_options_fault(const uint8_t *bytes, size_t length, char *sentence);

/* Makes zero what is not present, and the layout. */
void fuzz_options_clear(struct anvil_options *options);

/* The first field in which they differ, the layout aside; NULL: none. */
const char *fuzz_options_difference(const struct anvil_options *a, const struct anvil_options *b);

#endif
