/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happened at an end, compared. Text counts by its length and its place in the stream; ports
 * and addresses, descriptors, backlogs, and calls that only ask or prepare a socket, are left out.
 */
#ifndef FUZZ_TRACE_H
#define FUZZ_TRACE_H

#include "wire/frame.h"
#include "world/record.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether a call belongs to what happened: not socket() and bind(), which an OPEN has in it, nor
 * one that would block, or changes nothing. */
bool fuzz_trace_counts(const struct anvil_target_call *call);

/* What two frames, that decode, differ in; NULL: in nothing. */
const char *fuzz_trace_frames(const struct wire_frame *one, const struct wire_frame *other);

/* Whether the same happened at side A. False: `why` says where they part. */
bool fuzz_trace_same(const struct world_record *one, const struct world_record *other, char *why,
                     size_t size);

#endif
