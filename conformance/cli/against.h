/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs the same cases on two targets, and tells where they differ: in the verdict, or in a frame.
 * Each case runs once on each, without variants. A difference is no fault by itself: the RFCs leave
 * much open.
 */
#ifndef CLI_AGAINST_H
#define CLI_AGAINST_H

#include "cli/cases.h"
#include "cli/deviations.h"
#include "cli/options.h"
#include "cli/outcome.h"
#include "cli/requirements.h"
#include "run/run.h"

#include <stdio.h>

/* One of the two. */
struct cli_side {
    const char *name;
    const struct anvil_target *target;
    struct cli_deviations deviations;
};

/* A case in which they differ, with what each did. */
struct cli_difference {
    const char *case_name, *file, *sentence;
    const char *requirement;           /* the first that the case covers, or NULL */
    struct cli_outcome outcomes[2];
    bool frames_differ;
    bool sent[2];                      /* whether that side sent a frame of this number */
    struct run_seen seen[2];
};

/* A case that one of them cannot run; or, where the target is "", neither. */
struct cli_uncompared {
    const char *case_name;
    const char *target;
    char *reason;
};

struct cli_against {
    const struct cli_options *options;
    struct cli_cases *cases;
    struct cli_requirements *requirements;
    struct cli_side sides[2];
    size_t same;
    struct cli_difference *differences;
    size_t count, capacity;
    struct cli_uncompared *uncompared;
    size_t uncompared_count;
};

/* Runs and compares all cases, and prints the differences on `out`. Returns the exit status. */
int cli_against_run(struct cli_against *against, FILE *out);

/* Prints what was found; sorts the differences by requirement. False: it could not be written. */
bool cli_against_print(struct cli_against *against, FILE *out);

#endif
