/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory of one script. Blocks double in size, so that a long script takes few of them. */
#include "script/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "script/script.h"

enum { ALIGNMENT = 16, BLOCK_BYTES_MIN = 4096, BLOCK_BYTES_MAX = 1024 * 1024 };

struct block {
    struct block *before;
    size_t used, size;
};

struct script_arena {
    struct block *last;
    size_t total;
};

static size_t round_up(size_t size)
{
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* A block with room for at least `size` bytes, put in front; false if that is too much. */
static bool add_block(struct script_arena *arena, size_t size)
{
    size_t wanted = arena->last ? arena->last->size * 2 : BLOCK_BYTES_MIN;
    struct block *block;

    if (wanted > BLOCK_BYTES_MAX)
        wanted = BLOCK_BYTES_MAX;
    if (wanted < size)
        wanted = size;
    if (size > SCRIPT_ARENA_BYTES_MAX || arena->total > SCRIPT_ARENA_BYTES_MAX - size)
        return false;
    block = malloc(round_up(sizeof *block) + wanted);
    if (!block)
        return false;
    block->before = arena->last;
    block->used = 0;
    block->size = wanted;
    arena->last = block;
    arena->total += wanted;
    return true;
}

struct script_arena *script_arena_new(size_t hint)
{
    struct script_arena *arena = calloc(1, sizeof *arena);

    if (!arena)
        return NULL;
    if (!add_block(arena, round_up(hint))) {
        free(arena);
        return NULL;
    }
    return arena;
}

void *script_arena_take_raw(struct script_arena *arena, size_t size)
{
    struct block *block = arena->last;
    unsigned char *start;

    if (size > SCRIPT_ARENA_BYTES_MAX)
        return NULL;
    size = round_up(size);
    if (block->size - block->used < size && !add_block(arena, size))
        return NULL;
    block = arena->last;
    start = (unsigned char *)block + round_up(sizeof *block) + block->used;
    block->used += size;
    return start;
}

void *script_arena_take(struct script_arena *arena, size_t size)
{
    void *start = script_arena_take_raw(arena, size);

    if (start)
        memset(start, 0, size);
    return start;
}

void script_arena_free(struct script_arena *arena)
{
    struct block *block, *before;

    if (!arena)
        return;
    for (block = arena->last; block; block = before) {
        before = block->before;
        free(block);
    }
    free(arena);
}
