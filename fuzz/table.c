/* SPDX-License-Identifier: BSD-2-Clause */
/* The harnesses, by name. */
#include "fuzz/harness.h"

#define ENTRY(name) { #name, fuzz_##name, fuzz_##name##_tell },

const struct fuzz_harness *fuzz_harness_at(size_t index)
{
    static const struct fuzz_harness harnesses[] = { FUZZ_HARNESSES(ENTRY) };
    return index < sizeof harnesses / sizeof harnesses[0] ? &harnesses[index] : NULL;
}
