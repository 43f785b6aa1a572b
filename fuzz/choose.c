/* SPDX-License-Identifier: BSD-2-Clause */
/* The engine's entry for all harnesses in one program: FUZZ_HARNESS in the environment says which
 * one it is. */
#include "fuzz/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The harness of that name; without one the program ends. */
static const struct fuzz_harness *choose(void)
{
    const char *name = getenv("FUZZ_HARNESS");
    const struct fuzz_harness *harness;
    for (size_t i = 0; name != NULL && (harness = fuzz_harness_at(i)) != NULL; i++)
        if (strcmp(harness->name, name) == 0)
            return harness;
    fputs("FUZZ_HARNESS names no harness\n", stderr);
    exit(2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct fuzz_harness *chosen;
    if (chosen == NULL)
        chosen = choose();
    return chosen->run(data, size);
}
