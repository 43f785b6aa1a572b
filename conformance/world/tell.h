/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tellers of a run share. Only files of this folder include this. */
#ifndef WORLD_TELL_H
#define WORLD_TELL_H

#include "target/target.h"

#include <stddef.h>
#include <stdint.h>

/* A call as scripts write it, on descriptor `fd` and with this result:
 * "send(3, ..., 1000, 0) = -1 EAGAIN". */
void world_tell_call(const struct anvil_target_call *call, int fd, int64_t result, char *out,
                     size_t size);

#endif
