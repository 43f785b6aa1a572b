/* SPDX-License-Identifier: BSD-2-Clause */
/* What the target was seen to send, for whoever compares two runs of one case. */
#include "run/state.h"

#include <string.h>

bool run_seen(struct run *run, size_t index, struct run_seen *seen)
{
    _Static_assert(sizeof seen->line >= WIRE_LINE_MAX, "a printed frame fits");
    for (size_t i = 0; i < run->frame_count; i++) {
        const struct run_frame *frame = &run->frames[i];
        if (!frame->outbound || index-- > 0)
            continue;
        seen->time_us = (int64_t)(frame->time_us - run->start_us);
        run_frame_print(run, frame, false, seen->line, sizeof seen->line);
        return true;
    }
    return false;
}
