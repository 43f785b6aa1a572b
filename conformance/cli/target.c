/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds targets by name or file, and says what is wrong with a file that is none. */
#include "cli/target.h"
#include "cli/cli.h"
#include "target/registry.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_SIZE = 4096, ELF_MARK = 4 };

/* Whether the file is there and could be a shared object; if not, says why. */
static bool is_object(const char *path)
{
    struct stat status;
    char mark[ELF_MARK] = "";
    if (stat(path, &status) != 0) {
        cli_wrong("%s: %s", path, strerror(errno));
        return false;
    }
    FILE *file = S_ISREG(status.st_mode) ? fopen(path, "rb") : NULL;
    if (file == NULL) {
        cli_wrong("%s: %s", path, S_ISREG(status.st_mode) ? strerror(errno) : "this is no file");
        return false;
    }
    bool elf = fread(mark, 1, sizeof mark, file) == sizeof mark &&
               memcmp(mark, "\177ELF", sizeof mark) == 0;
    fclose(file);
    if (!elf)
        cli_wrong("%s: this is no shared object (build one with cc -shared -fPIC)", path);
    return elf;
}

/* The first function that a table leaves out, or NULL. */
static const char *missing_function(const struct anvil_target *target)
{
    const struct { const char *name; bool there; } functions[] = {
        { "traits", target->traits != NULL },     { "open", target->open != NULL },
        { "close", target->close != NULL },       { "call", target->call != NULL },
        { "ready", target->ready != NULL },       { "inject", target->inject != NULL },
        { "take", target->take != NULL },         { "advance", target->advance != NULL },
        { "deadline", target->deadline != NULL }, { "observe", target->observe != NULL },
        { "explain", target->explain != NULL },
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (!functions[i].there)
            return functions[i].name;
    return NULL;
}

/* Whether the runner can use this table; if not, says why. */
static bool is_sound(const char *path, const struct anvil_target *target)
{
    if (target == NULL) {
        cli_wrong("%s: %s() returned NULL instead of a table", path, CLI_TARGET_ENTRY);
        return false;
    }
    if (target->abi != ANVIL_TARGET_ABI) {
        cli_wrong("%s: built for version %u of the target seam, but this program has version %u; "
                  "compile it with the <anvil/target.h> of this program", path,
                  (unsigned)target->abi, ANVIL_TARGET_ABI);
        return false;
    }
    const char *missing = missing_function(target);
    if (missing != NULL) {
        cli_wrong("%s: its table has no function %s(); all of them must be there", path, missing);
        return false;
    }
    const struct anvil_target_traits *traits = target->traits();
    if (traits != NULL && traits->name != NULL)
        return true;
    cli_wrong("%s: traits() returned %s", path, traits == NULL ? "NULL" : "no name");
    return false;
}

/* The target of a shared object, or NULL with the reason said. */
static const struct anvil_target *load(const char *name)
{
    char path[PATH_SIZE];
    cli_target_entry_fn entry = NULL;
    /* The loader would look for a name without a slash among the system's libraries. */
    snprintf(path, sizeof path, "%s%s", strchr(name, '/') == NULL ? "./" : "", name);
    if (!is_object(path))
        return NULL;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        cli_wrong("%s", dlerror());
        return NULL;
    }
    void *symbol = dlsym(library, CLI_TARGET_ENTRY);
    if (symbol == NULL) {
        cli_wrong("%s: it does not export the function %s()", path, CLI_TARGET_ENTRY);
        dlclose(library);
        return NULL;
    }
    memcpy(&entry, &symbol, sizeof entry); /* POSIX allows it, C has no cast for it */
    const struct anvil_target *target = entry();
    if (is_sound(path, target))
        return target;
    dlclose(library);
    return NULL;
}

/* Adds the names of all built-in targets: "core, mute and ackall". */
static void list_names(char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; target_name(i) != NULL; i++) {
        const char *before = i == 0 ? "" : target_name(i + 1) == NULL ? " and " : ", ";
        int length = snprintf(out + used, size - used, "%s%s", before, target_name(i));
        if (length < 0 || (size_t)length >= size - used)
            return;
        used += (size_t)length;
    }
}

const struct anvil_target *cli_target_find(const char *name)
{
    char names[256];
    const struct anvil_target *target = target_find(name);
    if (target != NULL)
        return target;
    if (target_missing(name) != NULL) {
        cli_wrong("%s: %s", name, target_missing(name));
        return NULL;
    }
    if (strchr(name, '/') != NULL || strstr(name, ".so") != NULL)
        return load(name);
    list_names(names, sizeof names);
    cli_wrong("there is no target %s; there are %s, and paths of shared objects", name, names);
    return NULL;
}
