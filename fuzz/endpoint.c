/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Target: one endpoint of the core, through its host: sockets, segments and time.
 * Input: event records (event.h), relative to the endpoint's state.
 * Oracle: all rules of conformance/oracle, faults of frames (wire_fault), rest at each moment.
 */
#include "fuzz/play.h"

#include <string.h>

static void happen_all(struct fuzz_end *end, const uint8_t *data, size_t size)
{
    struct fuzz_event event;
    size_t read, at = 0;
    for (; !end->finding->found && (read = fuzz_read_event(&event, data, size, at)) > 0; at += read)
        fuzz_happen(end, &event);
}

/* Runs an input; false: no memory. */
static bool play(const uint8_t *data, size_t size, struct fuzz_end *end)
{
    uint8_t scene[FUZZ_HEAD_OCTETS + FUZZ_SCENE_MAX * FUZZ_RECORD_OCTETS];
    struct fuzz_opening opening;
    fuzz_read_opening(&opening, data, size);
    if (!fuzz_end_open(end, &opening))
        return false;
    size_t count = fuzz_scene(&opening, scene + FUZZ_HEAD_OCTETS);
    happen_all(end, scene, FUZZ_HEAD_OCTETS + count * FUZZ_RECORD_OCTETS);
    happen_all(end, data, size);
    fuzz_end_close(end);
    return true;
}

int fuzz_endpoint(const uint8_t *data, size_t size)
{
    return fuzz_play(play, data, size);
}

void fuzz_endpoint_tell(const uint8_t *data, size_t size, struct fuzz_story *story)
{
    fuzz_play_tell(play, data, size, story);
}
