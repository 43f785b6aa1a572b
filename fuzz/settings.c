/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings by number: one is not met by chance, but by a word that mutate.c makes. */
#include "fuzz/event.h"

#include <string.h>

/* FNV-1a. */
static uint32_t add(uint32_t sum, uint8_t octet)
{
    return (sum ^ octet) * UINT32_C(0x01000193);
}

uint32_t fuzz_setting_key(const struct anvil_target_setting *setting)
{
    uint32_t sum = UINT32_C(0x811c9dc5);
    for (const char *c = setting->name; *c != '\0'; c++)
        sum = add(sum, (uint8_t)*c);
    for (unsigned i = 0; i < 8; i++)
        sum = add(sum, (uint8_t)(setting->value >> (8 * i)));
    return sum;
}

const struct anvil_target_setting *fuzz_setting(uint32_t key)
{
    size_t count;
    const uint32_t *known = fuzz_setting_keys(&count);
    for (size_t i = 0; i < count; i++)
        if (known[i] == key)
            return fuzz_setting_at(i);
    return NULL;
}
