/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory of one script: handed out in pieces, zeroed, freed all at once. */
#ifndef CONFORMANCE_SCRIPT_ARENA_H
#define CONFORMANCE_SCRIPT_ARENA_H

#include <stddef.h>

struct script_arena;

/* An arena whose first block has room for about `hint` bytes; NULL if there is no memory. */
struct script_arena *script_arena_new(size_t hint);

/* `size` zeroed bytes, aligned for anything; NULL if memory, or SCRIPT_ARENA_BYTES_MAX, is used
 * up. */
void *script_arena_take(struct script_arena *arena, size_t size);

/* The same without zeroing, for text that is filled at once. */
void *script_arena_take_raw(struct script_arena *arena, size_t size);

void script_arena_free(struct script_arena *arena);

#endif
