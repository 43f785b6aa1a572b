/* SPDX-License-Identifier: BSD-2-Clause */
/* An entry that gives no table. */
#include <anvil/target.h>

const struct anvil_target *anvil_target_entry(void)
{
    return NULL;
}
