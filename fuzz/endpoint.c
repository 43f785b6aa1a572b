/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Target: one endpoint of the core, through its host: sockets, segments and time.
 * Input: event records (event.h), relative to the endpoint's state.
 * Oracle: all rules of conformance/oracle, faults of frames (wire_fault), rest at each moment.
 */
#include "fuzz/end.h"

#include "target/registry.h"

#include <stdlib.h>
#include <string.h>

/* A script names the connections in it; a SYN that begins none may count as one. */
enum { FUZZ_SPARE_NAMES = 32 };

/* Runs an input; false: no memory. */
static bool play(const uint8_t *data, size_t size, struct fuzz_end *end)
{
    struct fuzz_opening opening;
    struct fuzz_event event;
    end->target = target_find("core");
    end->watch = fuzz_watch();
    fuzz_read_opening(&opening, data, size);
    if (end->watch == NULL)
        return false;
    bool opened = fuzz_end_open(end, &opening);
    for (size_t i = 0; opened && i < fuzz_event_count(size) && !end->finding->found; i++) {
        fuzz_read_event(&event, data, size, i);
        fuzz_happen(end, &event);
    }
    if (opened)
        fuzz_end_close(end);
    return opened;
}

int fuzz_endpoint(const uint8_t *data, size_t size)
{
    struct fuzz_finding finding = { .found = false };
    struct fuzz_end end = { .finding = &finding };
    if (play(data, size, &end) && !finding.found)
        return 0;
    fprintf(stderr, "finding: %s\n  %s\n", finding.identity, finding.sentence);
    abort();
}

void fuzz_endpoint_tell(const uint8_t *data, size_t size, struct fuzz_story *story)
{
    struct fuzz_end end = { .finding = &story->finding, .record = &story->record };
    memset(story, 0, sizeof *story);
    if (!play(data, size, &end)) {
        story->record.failed = true;
        return;
    }
    world_plan_plain(&story->plan);
    story->plan.family = end.opening.family;
    story->plan.clock_us = end.opening.clock_us;
    story->plan.iss_fixed = true;
    story->plan.iss[WORLD_A] = end.opening.iss;
    story->plan.mtu = end.opening.mtu;
    story->plan.profile[WORLD_A] = end.opening.profile;
    if (end.connections > 1)
        story->plan.incarnations = end.connections + FUZZ_SPARE_NAMES;
}
