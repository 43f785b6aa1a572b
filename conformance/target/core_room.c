/* SPDX-License-Identifier: BSD-2-Clause */
/* A block of memory that serves one instance after the other, and what sanitizers are told. */
#include "target/core.h"
#include "target/core_room.h"

#include <stdlib.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#else
#define __msan_allocated_memory(at, size) ((void)(at), (void)(size))
#endif

/* So much behind what may be touched may not: more than a sanitizer's own malloc() has. To mark all
 * that is left would take longer than an input does. */
#define GUARD 4096u

static size_t guard_of(const struct core_room *room)
{
    size_t behind = room->size - room->open_size;
    return behind < GUARD ? behind : GUARD;
}

/* Lets `size` octets be touched, and none behind them. */
static void open_up(struct core_room *room, size_t size)
{
    if (room->open_size == size)
        return;
    ASAN_UNPOISON_MEMORY_REGION(room->memory + room->open_size, guard_of(room));
    room->open_size = size;
    ASAN_POISON_MEMORY_REGION(room->memory + size, guard_of(room));
}

void *target_core_room_take(struct core_room *room, size_t size)
{
    if (size > room->size) {
        free(room->memory);
        room->memory = malloc(size);
        room->size = room->open_size = room->memory == NULL ? 0 : size;
    }
    if (room->memory == NULL)
        return NULL;
    open_up(room, size);
    ASAN_UNPOISON_MEMORY_REGION(room->memory, sizeof(struct core));
    __msan_allocated_memory(room->memory, size);
    room->taken = true;
    return room->memory;
}

void target_core_room_leave(struct core_room *room, struct core *core)
{
    room->frames = core->queue.frames;
    room->frames_capacity = core->queue.frames_capacity;
    room->store = core->queue.store;
    room->store_capacity = core->queue.store_capacity;
    room->taken = false;
    /* Who still holds it and asks it anything is caught. */
    ASAN_POISON_MEMORY_REGION(core, sizeof *core);
}
