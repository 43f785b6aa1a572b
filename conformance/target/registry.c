/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of built-in targets. */
#include "target/registry.h"

#include <string.h>

extern const struct anvil_target anvil_target_core;   /* our own machine */
extern const struct anvil_target anvil_target_mute;   /* never sends anything */
extern const struct anvil_target anvil_target_ackall; /* acknowledges whatever it gets */
extern const struct anvil_target anvil_target_lwip;   /* Debian's liblwip, where it is there */

struct entry {
    const char *name;
    const struct anvil_target *target;
};

static const struct entry entries[] = {
    { "core", &anvil_target_core },
    { "mute", &anvil_target_mute },
    { "ackall", &anvil_target_ackall },
    { "lwip", &anvil_target_lwip },
};

enum { ENTRIES = sizeof entries / sizeof entries[0] };

const struct anvil_target *target_find(const char *name)
{
    for (size_t i = 0; i < ENTRIES; i++)
        if (strcmp(entries[i].name, name) == 0 && entries[i].target->abi != 0)
            return entries[i].target;
    return NULL;
}

const char *target_missing(const char *name)
{
    for (size_t i = 0; i < ENTRIES; i++)
        if (strcmp(entries[i].name, name) == 0 && entries[i].target->abi == 0)
            return "not built in (liblwip-dev was missing)";
    return NULL;
}

const char *target_name(size_t index)
{
    return index < ENTRIES ? entries[index].name : NULL;
}
