/* SPDX-License-Identifier: BSD-2-Clause */
/* Notes and tells findings. */
#include "fuzz/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void fuzz_find(struct fuzz_finding *finding, const char *identity, const char *format, ...)
{
    va_list list;
    if (finding->found)
        return;
    finding->found = true;
    snprintf(finding->identity, sizeof finding->identity, "%s", identity);
    va_start(list, format);
    vsnprintf(finding->sentence, sizeof finding->sentence, format, list);
    va_end(list);
}

int fuzz_end_of_run(const struct fuzz_finding *finding)
{
    if (!finding->found)
        return 0;
    fprintf(stderr, "finding: %s\n  %s\n", finding->identity, finding->sentence);
    abort();
}
