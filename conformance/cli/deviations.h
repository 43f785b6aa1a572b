/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The known deviations of a target: cases that it is known to fail, each with the reason. A file of
 * lines, the name of a case (or a glob) and the reason behind it; # begins a comment:
 *
 *     timer/syn-backs-off   retransmits SYN every 3.0 s (RFC 6298 5.5)
 *
 * A listed case that fails is a known deviation. One that passes is a failure: the list is then out
 * of date, and would hide the next fault. Where some of many cases fail, a text in double quotes
 * before the reason picks those whose failure shows it; then the others may pass.
 *
 *     matrix/syn-sent* "> R."   resets a bare ACK (RFC 9293 3.10.7.3)
 */
#ifndef CLI_DEVIATIONS_H
#define CLI_DEVIATIONS_H

#include "cli/cases.h"
#include "cli/outcome.h"
#include "target/target.h"

#include <stdbool.h>
#include <stddef.h>

struct cli_deviation {
    const char *pattern, *reason;
    const char *text; /* what a failure has to show, or NULL */
    unsigned line;
};

struct cli_deviations {
    struct cli_deviation *list;
    size_t count;
    char *text;      /* the file; the entries point into it */
    char path[4096]; /* empty: there is no list */
};

/*
 * Reads `file`, or, if that is NULL, the list that comes with this target if it is built in and
 * has one; the word "none" means no list. False: said on stderr what is wrong.
 */
bool cli_deviations_load(struct cli_deviations *deviations, const char *file,
                         const struct anvil_target *target);
void cli_deviations_free(struct cli_deviations *deviations);

/* Says on stderr which entries match none of the cases; false if there is one. */
bool cli_deviations_match(const struct cli_deviations *deviations, const struct cli_cases *cases);

/* The reason why this case is known to fail in this way, or NULL. */
const char *cli_deviations_reason(const struct cli_deviations *deviations, const char *name,
                                  const struct report_result *failure);

/* Gives the runs of one case the verdict that the list asks for. False: no memory. */
bool cli_deviations_apply(const struct cli_deviations *deviations, const char *name,
                          struct cli_outcome *outcomes, size_t count);

#endif
