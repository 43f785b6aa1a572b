/* SPDX-License-Identifier: BSD-2-Clause */
/* Results that outlive the run that made them, so that cases can run on several threads and be
 * reported in order. */
#ifndef CLI_OUTCOME_H
#define CLI_OUTCOME_H

#include "report/report.h"

struct cli_outcome {
    struct report_result result; /* its texts belong to the outcome, or to the script */
};

/* Copies the texts that a run owns; those of the script are kept as they are. False: no memory. */
bool cli_outcome_keep(struct cli_outcome *outcome, const struct report_result *result);
/* Gives a kept result another verdict and reason. False: no memory; the reason is then missing. */
bool cli_outcome_judge(struct cli_outcome *outcome, enum report_verdict verdict,
                       const char *reason);
void cli_outcome_free(struct cli_outcome *outcome);

#endif
