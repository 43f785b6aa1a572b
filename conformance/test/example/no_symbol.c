/* SPDX-License-Identifier: BSD-2-Clause */
/* A target that was linked without the stack that it needs. */
#include <anvil/target.h>

extern const struct anvil_target something_that_nobody_defines;

const struct anvil_target *anvil_target_entry(void)
{
    return &something_that_nobody_defines;
}
