/* SPDX-License-Identifier: BSD-2-Clause */
/* The cases that a call names: found, read, and sorted by name. */
#ifndef CLI_CASES_H
#define CLI_CASES_H

#include "cli/requirements.h"
#include "matrix/matrix.h"
#include "script/script.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct world_scenario;

struct cli_case {
    char *name;             /* folder/name, without .pkt */
    char *path;             /* NULL: generated, or standard input */
    bool generated;         /* case `index` of the matrix */
    size_t index;
    bool own;               /* belongs to the built-in suite */
    const struct world_scenario *scenario; /* a named world, which has no script; else NULL */
    struct script *script;  /* NULL: not read yet, or not a script */
    char *problem;          /* why it is wrong, or not a script at all; NULL: it is not */
    uint32_t problem_line;
    int64_t began_ns;       /* run_cpu_ns() when its reading began; 0: nobody asks */
};

struct cli_cases {
    struct cli_case *list;
    size_t count, capacity;
    bool wrong;             /* something was said on stderr: exit status 2 */
    char suite[4096];       /* folder of the built-in suite; empty: not found */
    struct matrix *matrix;  /* NULL: its cases are not among these */
    const struct cli_requirements *requirements; /* what scripts may cover; NULL: not judged */
};

/* Finds the scripts under `paths` (none: the built-in suite, which is the scripts and the matrix).
 * What cannot be found is said on stderr. Drops the cases whose name does not match `filter`,
 * unless that is NULL. */
void cli_cases_find(struct cli_cases *cases, char *const *paths, size_t count,
                    const char *filter);

/* The same, and without paths the named worlds too, which are cases without a script. */
void cli_cases_find_all(struct cli_cases *cases, char *const *paths, size_t count,
                        const char *filter);

/* Reads one case; on failure says why on stderr, and in one->problem. Several threads may read
 * different cases. */
void cli_case_read(const struct cli_cases *cases, struct cli_case *one,
                   const struct script_define *defines, size_t define_count);

/* The file in which a case stands, for reports; a generated one: its name. */
const char *cli_case_file(const struct cli_case *one);

/* Says on stderr what is wrong with a case's script, and keeps it in one->problem. */
void cli_case_wrong(struct cli_case *one, const struct script_error *error);

/* Whether something was wrong with the call, or with the script of a case. */
bool cli_cases_wrong(const struct cli_cases *cases);

void cli_cases_free(struct cli_cases *cases);

/* The folder of the built-in suite, to `out`; false: not found. */
bool cli_suite_folder(char *out, size_t size);

#endif
