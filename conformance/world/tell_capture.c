/* SPDX-License-Identifier: BSD-2-Clause */
/* A run as a capture: one interface an end, each frame as it left there and as it arrived. */
#include "wire/capture.h"
#include "world/record.h"

#include <stdio.h>

bool world_tell_capture(const struct world_record *record, const char *comment, FILE *out)
{
    struct wire_capture capture;
    wire_capture_begin(&capture, out, comment);
    wire_capture_interface(&capture, "A");
    wire_capture_interface(&capture, "B");
    for (size_t i = 0; i < record->count; i++) {
        const struct world_event *event = &record->events[i];
        bool sent = event->kind == WORLD_EVENT_SENT;
        if (!sent && event->kind != WORLD_EVENT_ARRIVED)
            continue;
        wire_capture_packet(&capture, event->side == WORLD_A ? 0 : 1, event->time_us,
                            sent ? WIRE_OUTBOUND : WIRE_INBOUND, record->bytes + event->offset,
                            event->length, event->why);
    }
    return !capture.failed;
}
