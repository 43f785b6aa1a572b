/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tellers of a run share. Only files of this folder include this. */
#ifndef WORLD_TELL_H
#define WORLD_TELL_H

#include "target/target.h"

#include "wire/frame.h"
#include "world/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { WORLD_TELL_NAMES_MAX = 250 };

/* The two ends of a connection, as one of them sees it. */
struct world_tell_tuple {
    struct anvil_target_address local, remote;
};

/* tell_names.c. Connections in the order in which they turned up. */
struct world_tell_names {
    struct world_tell_tuple tuple[WORLD_TELL_NAMES_MAX];
    size_t count;
};

/* Whose frame it is, that an end has sent or that has arrived there; of an ICMP error, whose it
 * quotes. False: nobody's. */
bool world_tell_tuple(const struct wire_frame *frame, bool sent, struct world_tell_tuple *tuple);

/* The number of a connection, from 1, a new one if need be; 0: there is no room. */
uint32_t world_tell_number(struct world_tell_names *names, const struct world_tell_tuple *tuple);

/* That of one with this end, a new one if need be. */
uint32_t world_tell_bound(struct world_tell_names *names,
                          const struct anvil_target_address *local, enum world_side side);

/* Whether frames or calls of an end are about another connection than the one that worlds have. */
bool world_tell_is_many(const struct world_record *record, const struct world_plan *plan,
                        enum world_side side);

/* Directives that name them: c1, c2, ... */
void world_tell_names(const struct world_tell_names *names, FILE *out);

/* A call as scripts write it, on descriptor `fd` and with this result:
 * "send(3, ..., 1000, 0) = -1 EAGAIN". */
void world_tell_call(const struct anvil_target_call *call, int fd, int64_t result, char *out,
                     size_t size);

#endif
