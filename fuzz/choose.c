/* SPDX-License-Identifier: BSD-2-Clause */
/* The engine's entry for all harnesses in one program: FUZZ_HARNESS in the environment says which
 * one it is. */
#include "fuzz/harness.h"
#include "fuzz/mutate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

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

static const struct fuzz_harness *chosen(void)
{
    static const struct fuzz_harness *harness;
    if (harness == NULL)
        harness = choose();
    return harness;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return chosen()->run(data, size);
}

#define NAME(name) #name,

/* As driver_records.c does for harnesses of records; the engine's own changes for any other. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    static const char *const of_records[] = { FUZZ_OF_RECORDS(NAME) };
    bool records = false;
    for (size_t i = 0; i < sizeof of_records / sizeof of_records[0]; i++)
        records = records || strcmp(of_records[i], chosen()->name) == 0;
    return !records || seed % 4 == 0 ? LLVMFuzzerMutate(data, size, most)
                                     : fuzz_mutate(data, size, most, seed);
}
