/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the built-in suite lies. */
#include "cli/cases.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* An installed program finds it beside itself; one in a build tree in the source tree. */
bool cli_suite_folder(char *out, size_t size)
{
    char self[2048];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash = NULL;
    if (length > 0) {
        self[length] = '\0';
        slash = strrchr(self, '/');
    }
    if (slash != NULL) {
        *slash = '\0';
        int written = snprintf(out, size, "%s/%s", self, ANVIL_SUITE_DIR_INSTALLED);
        if (written > 0 && (size_t)written < size && is_folder(out))
            return true;
    }
    snprintf(out, size, "%s", ANVIL_SUITE_DIR);
    if (is_folder(out))
        return true;
    out[0] = '\0';
    return false;
}
