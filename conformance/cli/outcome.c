/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps copies of results. */
#include "cli/outcome.h"

#include <stdlib.h>
#include <string.h>

enum { TEXTS = 9 };

/* The texts of a result that are made anew for each run. */
static void own_texts(struct report_result *result, const char **texts[TEXTS])
{
    texts[0] = &result->variant;
    texts[1] = &result->reason;
    texts[2] = &result->field;
    texts[3] = &result->expected;
    texts[4] = &result->actual;
    texts[5] = &result->check;
    texts[6] = &result->ladder;
    texts[7] = &result->file;
    texts[8] = &result->oracle;
}

bool cli_outcome_keep(struct cli_outcome *outcome, const struct report_result *result)
{
    const char **texts[TEXTS];
    const char **covers = NULL;
    bool complete = true;
    outcome->result = *result;
    own_texts(&outcome->result, texts);
    for (int i = 0; i < TEXTS; i++) {
        const char *text = *texts[i];
        *texts[i] = text == NULL ? NULL : strdup(text);
        complete = complete && (text == NULL || *texts[i] != NULL);
    }
    if (result->covers_count > 0)
        covers = malloc(result->covers_count * sizeof *covers);
    if (covers != NULL)
        memcpy((void *)covers, (const void *)result->covers,
               result->covers_count * sizeof *covers);
    outcome->result.covers = covers;
    outcome->result.covers_count = covers == NULL ? 0 : result->covers_count;
    return complete;
}

static void release(const char *text)
{
    char *writable;
    memcpy(&writable, &text, sizeof writable); /* it is ours: only the result's type says const */
    free(writable);
}

bool cli_outcome_judge(struct cli_outcome *outcome, enum report_verdict verdict, const char *reason)
{
    release(outcome->result.reason);
    outcome->result.verdict = verdict;
    outcome->result.reason = strdup(reason);
    return outcome->result.reason != NULL;
}

void cli_outcome_free(struct cli_outcome *outcome)
{
    const char **texts[TEXTS];
    own_texts(&outcome->result, texts);
    for (int i = 0; i < TEXTS; i++)
        release(*texts[i]);
    free((void *)outcome->result.covers);
    memset(outcome, 0, sizeof *outcome);
}
