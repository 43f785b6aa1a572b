/* SPDX-License-Identifier: BSD-2-Clause */
/* The harnesses, by name. */
#include "fuzz/harness.h"

#define ENTRY(name) { #name, fuzz_##name, fuzz_##name##_tell },

bool fuzz_is_of_records(const struct fuzz_harness *harness)
{
#define ENTRY_RUN(name) fuzz_##name,
    static int (*const those[])(const uint8_t *data, size_t size) = { FUZZ_OF_RECORDS(ENTRY_RUN) };
#undef ENTRY_RUN
    for (size_t i = 0; i < sizeof those / sizeof those[0]; i++)
        if (harness->run == those[i])
            return true;
    return false;
}

const struct fuzz_harness *fuzz_harness_at(size_t index)
{
    static const struct fuzz_harness harnesses[] = { FUZZ_HARNESSES(ENTRY) };
    return index < sizeof harnesses / sizeof harnesses[0] ? &harnesses[index] : NULL;
}
