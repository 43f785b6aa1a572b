/* SPDX-License-Identifier: BSD-2-Clause */
/* A table of another version of the seam; nothing behind its number may be looked at. */
#include <anvil/target.h>

const struct anvil_target *anvil_target_entry(void)
{
    static const uint32_t table = 4711;
    return (const struct anvil_target *)(const void *)&table;
}
