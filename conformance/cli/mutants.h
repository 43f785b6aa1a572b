/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mutants and what killed them: mutants/AREA/NAME.mutant and mutants/kills.csv, beside the
 * built-in suite. An installed program has the second only, and knows the mutants that stand there.
 */
#ifndef CLI_MUTANTS_H
#define CLI_MUTANTS_H

#include "cli/csv.h"

#include <stdbool.h>
#include <stddef.h>

struct cli_mutant {
    char *name;       /* area/name */
    char *text;       /* of its file; NULL: not read */
    char *sentence;   /* in that text: what it does wrong; NULL: not known */
    char *breaks;     /* in that text: the ids that it violates, between blanks; NULL: not known */
    char *recreates;  /* in that text: bugs of real stacks that it is, likewise; NULL: none */
};

struct cli_kill {
    const char *mutant, *requirement, *case_name;
};

struct cli_mutants {
    struct cli_mutant *list;  /* sorted by name */
    size_t count, capacity;
    struct cli_kill *kills;   /* in the order of the file */
    size_t kill_count, kill_capacity;
    struct cli_csv csv;       /* kills.csv; the kills point into it */
    bool has_kills;           /* the file is there */
};

/* Reads both; what is not there is left out. False: no memory. */
bool cli_mutants_load(struct cli_mutants *mutants);
void cli_mutants_free(struct cli_mutants *mutants);

/* Whether the mutant says that it violates this requirement, or is this bug. */
bool cli_mutant_breaks(const struct cli_mutant *mutant, const char *id);
bool cli_mutant_recreates(const struct cli_mutant *mutant, const char *id);

#endif
