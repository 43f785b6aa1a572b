/* SPDX-License-Identifier: BSD-2-Clause */
/* The two entries of a harness with one end, from the function that runs an input. */
#ifndef FUZZ_PLAY_H
#define FUZZ_PLAY_H

#include "fuzz/end.h"

/* Runs an input on an end that is not open yet; false: no memory. If the end has a record, all that
 * happens goes there. */
typedef bool (*fuzz_play_fn)(const uint8_t *data, size_t size, struct fuzz_end *end);

/* For an engine. */
int fuzz_play(fuzz_play_fn play, const uint8_t *data, size_t size);

/* For those that look at it. */
void fuzz_play_tell(fuzz_play_fn play, const uint8_t *data, size_t size, struct fuzz_story *story);

#endif
