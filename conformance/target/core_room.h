/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for instances of the core, one after the other, for who opens so many that asking the C
 * library for each costs more than the instance does: a sanitizer maps memory of that size anew
 * each time.
 */
#ifndef ANVIL_TARGET_CORE_ROOM_H
#define ANVIL_TARGET_CORE_ROOM_H

#include "target/target.h"

struct core_frame;

/* All zero: there is no memory yet. It stays until the program ends. */
struct core_room {
    bool taken; /* an instance is open in it */
    uint8_t *memory;
    size_t size, open_size; /* of the block; and up to where it may be touched */
    struct core_frame *frames;
    uint8_t *store;
    size_t frames_capacity, store_capacity;
};

/* Opens an instance of the core as open() of its table does, whose close() leaves its memory to the
 * next. What was in it is not cleared, no more than memory of malloc(); sanitizers know that. */
void *target_core_open_in(struct core_room *room, const struct anvil_target_config *config,
                          char *why, size_t why_size);

#endif
