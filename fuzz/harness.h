/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz harnesses. A harness is one file with one function, which any engine may call as often as
 * it likes, and a line in HARNESSES below. It opens with three lines: Target, Input, Oracle. The
 * same bytes always do the same, whatever ran before.
 */
#ifndef FUZZ_HARNESS_H
#define FUZZ_HARNESS_H

#include "world/record.h"
#include "world/world.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FUZZ_HARNESSES(X) X(endpoint) X(pair) X(matrix) X(frame) X(options) X(script) X(host)

/* Those whose inputs are records of events (event.h): an engine changes them record by record. */
#define FUZZ_OF_RECORDS(X) X(endpoint) X(matrix) X(host)

/* The harness itself, for an engine: says what it found on stderr, and aborts. Returns 0. */
#define FUZZ_DECLARE(name) int fuzz_##name(const uint8_t *data, size_t size);
FUZZ_HARNESSES(FUZZ_DECLARE)
#undef FUZZ_DECLARE

/* What an input showed. */
struct fuzz_finding {
    bool found;
    char identity[160];  /* oracle + state + event class + check: equal for equal findings */
    char sentence[512];  /* what was seen */
};

/* An input as a person looks at it: what happened, and what the run started from. */
struct fuzz_story {
    struct world_record record;
    struct world_plan plan;
    struct fuzz_finding finding;
    bool two_ends;         /* both hosts of the plan are the target */
    char *text;            /* what a harness without an endpoint made of the input; else NULL */
};

/* Runs an input, without an end of the program; `story` is cleared first, and freed by the caller:
 * its record with world_record_free(), its text with free(). */
typedef void (*fuzz_tell_fn)(const uint8_t *data, size_t size, struct fuzz_story *story);

#define FUZZ_DECLARE(name) \
    void fuzz_##name##_tell(const uint8_t *data, size_t size, struct fuzz_story *story);
FUZZ_HARNESSES(FUZZ_DECLARE)
#undef FUZZ_DECLARE

struct fuzz_harness {
    const char *name;
    int (*run)(const uint8_t *data, size_t size);
    fuzz_tell_fn tell;
};

/* What the harness matrix sets over the profile, whatever an input says. */
const struct anvil_target_setting *fuzz_matrix_settings(size_t *count);

/* Whether it is one of FUZZ_OF_RECORDS. */
bool fuzz_is_of_records(const struct fuzz_harness *harness);

/* Harness `index`, from 0; NULL past the last. */
const struct fuzz_harness *fuzz_harness_at(size_t index);

#endif
