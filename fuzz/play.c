/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs an input, for an engine or to be told. */
#include "fuzz/play.h"

#include "fuzz/finding.h"

#include <string.h>

int fuzz_play(fuzz_play_fn play, const uint8_t *data, size_t size)
{
    struct fuzz_finding finding = { .found = false };
    struct fuzz_end end = { .finding = &finding };
    if (!play(data, size, &end))
        fuzz_find(&finding, "memory", "there is none");
    return fuzz_end_of_run(&finding);
}

void fuzz_play_tell(fuzz_play_fn play, const uint8_t *data, size_t size, struct fuzz_story *story)
{
    struct fuzz_end end = { .finding = &story->finding, .record = &story->record };
    memset(story, 0, sizeof *story);
    if (play(data, size, &end))
        fuzz_end_plan(&end, &story->plan);
    else
        story->record.failed = true;
}
