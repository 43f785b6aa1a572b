/* SPDX-License-Identifier: BSD-2-Clause */
/* The record of a run. */
#include "world/record.h"

#include <stdlib.h>
#include <string.h>

void world_record_clear(struct world_record *record)
{
    record->count = 0;
    record->byte_count = 0;
    record->failed = false;
}

void world_record_free(struct world_record *record)
{
    free(record->events);
    free(record->bytes);
    memset(record, 0, sizeof *record);
}

/* Room for one more event and so many octets. */
static bool make_room(struct world_record *record, size_t length)
{
    if (record->count == record->capacity) {
        size_t wanted = record->capacity * 2 + 256;
        struct world_event *grown = realloc(record->events, wanted * sizeof *grown);
        if (grown == NULL)
            return false;
        record->events = grown;
        record->capacity = wanted;
    }
    if (record->byte_capacity - record->byte_count < length) {
        size_t wanted = record->byte_capacity * 2 + length + 65536;
        uint8_t *grown = realloc(record->bytes, wanted);
        if (grown == NULL)
            return false;
        record->bytes = grown;
        record->byte_capacity = wanted;
    }
    return true;
}

struct world_event *world_record_add(struct world_record *record, enum world_event_kind kind,
                                     const uint8_t *bytes, size_t length)
{
    if (!make_room(record, length)) {
        record->failed = true;
        return NULL;
    }
    struct world_event *event = &record->events[record->count++];
    memset(event, 0, sizeof *event);
    event->kind = kind;
    event->offset = record->byte_count;
    event->length = length;
    event->state = ANVIL_STATE_UNKNOWN;
    if (length > 0)
        memcpy(record->bytes + record->byte_count, bytes, length);
    record->byte_count += length;
    return event;
}
