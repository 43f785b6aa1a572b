/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Target: one endpoint of the core, with the profile rfc9293, in whatever state events lead it to.
 * Input: event records (event.h), as of the harness endpoint; what the table leaves out is plain.
 * Oracle: the reference table (matrix/reference.h), moved by the same segments: a second reading of
 * the standard. The rules that `endpoint` is judged by are off.
 */
#include "fuzz/finding.h"
#include "fuzz/mirror.h"

#include <string.h>

/* A listener whose queue is full, and challenges that are rationed, are not in the table; nor is
 * that the user has gone, which a RST tells the peer when there is text for it (SHLD-3). */
static const struct anvil_target_setting settings[] = {
    { "challenge_count", 255 }, { "reset_on_late_data", 0 },
};
enum { SETTINGS = sizeof settings / sizeof settings[0], BACKLOG = 6 };

/* What the table does not describe becomes plain. RFC 7323 3.2 leaves open what becomes of a
 * segment without a stamp where both sides agreed on them. */
static void make_plain(const struct fuzz_mirror *mirror, struct fuzz_event *event)
{
    bool stamps = mirror->now.timestamps;
    bool leaves_out = event->options != FUZZ_OLD_STAMP && event->options != FUZZ_FAR_STAMP;
    if (event->options == FUZZ_ZERO_LENGTH || (stamps && leaves_out))
        event->options = FUZZ_AS_AGREED;
    if (event->kind == FUZZ_CALL && event->call == FUZZ_OPEN_PASSIVE)
        event->option |= BACKLOG;
    if (event->kind == FUZZ_TIME && event->time == FUZZ_25_DAYS)
        event->time = FUZZ_1_H; /* TS.Recent lasts for 24 days */
}

/* The segment that came: the first arrival since `from`. */
static bool find_segment(const struct fuzz_end *end, size_t from, struct wire_frame *frame)
{
    for (size_t i = from; i < end->record->count; i++) {
        const struct world_event *event = &end->record->events[i];
        if (event->kind == WORLD_EVENT_ARRIVED)
            return wire_decode(frame, end->record->bytes + event->offset, event->length) ==
                   WIRE_OK;
    }
    return false;
}

/* One event, at the endpoint and beside it. */
static void happen(struct fuzz_end *end, struct fuzz_mirror *mirror, struct fuzz_event *event,
                   bool keep)
{
    struct fuzz_end before = *end;
    struct matrix_segment segment;
    struct wire_frame frame;
    if (!keep)
        world_record_clear(end->record);
    size_t from = end->record->count;
    make_plain(mirror, event);
    fuzz_happen(end, event);
    if (end->finding->found)
        return;
    if (strcmp(end->target->explain(end->self), "accept queue full") == 0) {
        mirror->lost = true;
    } else if (event->kind == FUZZ_SEGMENT && find_segment(end, from, &frame)) {
        fuzz_mirror_segment(&before, &frame, &segment);
        fuzz_mirror_arrival(mirror, end, &segment, from);
    } else {
        fuzz_mirror_follow(mirror, end, from);
    }
}

/* A run: the endpoint, the table beside it, and whether the whole record is wanted. */
struct run {
    struct fuzz_end *end;
    struct fuzz_mirror mirror;
    bool keep;
};

static void happen_all(struct run *run, const uint8_t *data, size_t size)
{
    struct fuzz_event event;
    for (size_t i = 0; i < fuzz_event_count(size); i++) {
        if (run->end->finding->found || run->mirror.lost)
            return;
        fuzz_read_event(&event, data, size, i);
        happen(run->end, &run->mirror, &event, run->keep);
    }
}

/* Runs an input; false: no memory. `keep`: the whole record is wanted. */
static bool play(const uint8_t *data, size_t size, struct fuzz_end *end, bool keep)
{
    uint8_t scene[FUZZ_HEAD_OCTETS + FUZZ_SCENE_MAX * FUZZ_RECORD_OCTETS];
    struct run run = { .end = end, .keep = keep };
    struct fuzz_opening opening;
    end->target = fuzz_target();
    end->watch = fuzz_watch();
    fuzz_read_opening(&opening, data, size);
    opening.profile = "rfc9293";
    opening.settings = settings;
    opening.setting_count = SETTINGS;
    opening.ruled = false;
    if (end->watch == NULL || !fuzz_end_open(end, &opening))
        return false;
    size_t count = fuzz_scene(&opening, scene + FUZZ_HEAD_OCTETS);
    happen_all(&run, scene, FUZZ_HEAD_OCTETS + count * FUZZ_RECORD_OCTETS);
    happen_all(&run, data, size);
    fuzz_end_close(end);
    return !end->record->failed;
}

int fuzz_matrix(const uint8_t *data, size_t size)
{
    static struct world_record record; /* its memory is used again */
    struct fuzz_finding finding = { .found = false };
    struct fuzz_end end = { .finding = &finding, .record = &record };
    if (!play(data, size, &end, false))
        fuzz_find(&finding, "memory", "there is none");
    return fuzz_end_of_run(&finding);
}

void fuzz_matrix_tell(const uint8_t *data, size_t size, struct fuzz_story *story)
{
    struct fuzz_end end = { .finding = &story->finding, .record = &story->record };
    memset(story, 0, sizeof *story);
    if (play(data, size, &end, true))
        fuzz_end_plan(&end, &story->plan);
    else
        story->record.failed = true;
}
