/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings of harnesses that have no endpoint: two readings of the same octets that differ. */
#ifndef FUZZ_FINDING_H
#define FUZZ_FINDING_H

#include "fuzz/harness.h"

/* Notes what was seen; the first finding counts. `identity` is equal for equal findings. */
void fuzz_find(struct fuzz_finding *finding, const char *identity, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* How a run under an engine ends: a finding is said on stderr, and ends the program. Returns 0. */
int fuzz_end_of_run(const struct fuzz_finding *finding);

#endif
