/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds targets by name or file. */
#include "cli/target.h"
#include "cli/cli.h"
#include "target/registry.h"

#include <dlfcn.h>
#include <string.h>

static const struct anvil_target *load(const char *path)
{
    cli_target_entry_fn entry = NULL;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        cli_wrong("%s", dlerror());
        return NULL;
    }
    void *symbol = dlsym(library, CLI_TARGET_ENTRY);
    memcpy(&entry, &symbol, sizeof entry); /* POSIX allows it, C has no cast for it */
    const struct anvil_target *target = entry == NULL ? NULL : entry();
    if (target != NULL && target->abi == ANVIL_TARGET_ABI)
        return target;
    cli_wrong("%s: %s", path, target == NULL ? "it has no target (function " CLI_TARGET_ENTRY ")"
                                             : "its target is built for another version");
    dlclose(library);
    return NULL;
}

const struct anvil_target *cli_target_find(const char *name)
{
    const struct anvil_target *target = target_find(name);
    if (target != NULL)
        return target;
    if (strchr(name, '/') != NULL || strstr(name, ".so") != NULL)
        return load(name);
    cli_wrong("there is no target %s; there are core, mute, ackall and paths of shared libraries",
              name);
    return NULL;
}
