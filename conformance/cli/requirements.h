/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of requirements, requirements.csv, beside the built-in suite. */
#ifndef CLI_REQUIREMENTS_H
#define CLI_REQUIREMENTS_H

#include <stddef.h>

struct cli_requirement {
    const char *id, *rfc, *section, *level, *summary;
    size_t cases; /* for the caller to count with */
};

struct cli_requirements {
    struct cli_requirement *list; /* sorted by id */
    size_t count;
    char *text;                   /* the file; the entries point into it */
};

/* Reads the table; an empty one if it cannot be found. */
void cli_requirements_load(struct cli_requirements *table);
struct cli_requirement *cli_requirement_find(const struct cli_requirements *table, const char *id);

/* The summary of a requirement, for run_options: `context` is the table. NULL: no such id. */
const char *cli_requirement_text(void *context, const char *id);
void cli_requirements_free(struct cli_requirements *table);

#endif
