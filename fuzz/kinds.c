/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts kinds. */
#include "fuzz/kinds.h"

#include <assert.h>
#include <inttypes.h>
#include <stdint.h>

struct kinds {
    const char *const *names;
    size_t count;
    uint64_t met[FUZZ_KINDS_MAX];
};

/* All inputs of a program together: an engine gives a harness no place to keep it. */
static struct kinds kinds;

void fuzz_kinds_are(const char *const *names, size_t count)
{
    assert(count <= FUZZ_KINDS_MAX);
    kinds.names = names;
    kinds.count = count;
}

void fuzz_kind(unsigned kind)
{
    assert(kind < kinds.count);
    kinds.met[kind]++;
}

void fuzz_kinds_print(FILE *out)
{
    size_t reached = 0;
    if (kinds.count == 0)
        return;
    for (size_t i = 0; i < kinds.count; i++) {
        fprintf(out, "%10" PRIu64 " %s\n", kinds.met[i], kinds.names[i]);
        reached += kinds.met[i] > 0;
    }
    fprintf(out, "kinds reached: %zu of %zu\n", reached, kinds.count);
}
