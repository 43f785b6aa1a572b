/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of requirements, requirements.csv, beside the built-in suite. */
#ifndef CLI_REQUIREMENTS_H
#define CLI_REQUIREMENTS_H

#include "cli/csv.h"

#include <stddef.h>

/* What the column observed_by says: how a case can see the requirement, or why none can. */
enum cli_observed {
    CLI_OBSERVED_BY_CASES,     /* segments, wire, api, config, ... */
    CLI_OBSERVED_BY_UNIT_TEST, /* unit test (PATH) */
    CLI_NOT_TESTABLE,          /* not testable (REASON) */
    CLI_NOT_BUILT              /* not built (REASON): no case may claim to cover it */
};

struct cli_requirement {
    const char *id, *rfc, *section, *level, *summary, *observed_by;
    enum cli_observed observed;
    size_t place; /* of its line in the file, from 0 */
};

struct cli_requirements {
    struct cli_requirement *list; /* sorted by id */
    size_t count, capacity;
    struct cli_csv csv;           /* the file; the entries point into it */
};

/* Reads the table; an empty one if it cannot be found. */
void cli_requirements_load(struct cli_requirements *table);
struct cli_requirement *cli_requirement_find(const struct cli_requirements *table, const char *id);

/* The summary of a requirement, for run_options: `context` is the table. NULL: no such id. */
const char *cli_requirement_text(void *context, const char *id);
void cli_requirements_free(struct cli_requirements *table);

#endif
