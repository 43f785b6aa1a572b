/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs all cases of a call, on one or more threads, and reports them in order. */
#ifndef CLI_WORK_H
#define CLI_WORK_H

#include "cli/cases.h"
#include "cli/deviations.h"
#include "cli/options.h"
#include "cli/requirements.h"
#include "report/report.h"
#include "target/target.h"

struct cli_work {
    struct cli_cases *cases;
    const struct cli_options *options;
    const struct anvil_target *target;
    struct cli_requirements *requirements;
    const struct cli_deviations *deviations;
    struct report *report;
    size_t left;            /* cases that were not run: the one that failed was to be the last */
};

/* False: no memory, or a capture could not be written. With stop_on_failure, the first case that
 * fails is the last that is reported. */
bool cli_work(struct cli_work *work);

#endif
