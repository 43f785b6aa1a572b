/* SPDX-License-Identifier: BSD-2-Clause */
/* A harness that does nothing: how often an engine calls it is the most that it can. */
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)data;
    (void)size;
    return 0;
}
