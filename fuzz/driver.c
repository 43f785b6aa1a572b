/* SPDX-License-Identifier: BSD-2-Clause */
/* The entry that libFuzzer, and whatever speaks its language, looks for. */
#include "fuzz/harness.h"
#include "fuzz/kinds.h"
#include "fuzz/reached.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_reached(void)
{
    fuzz_kinds_print(stderr);
    fuzz_reached_print(stderr);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return atexit(print_reached);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return FUZZ_HARNESS(data, size);
}
