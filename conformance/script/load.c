/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a file into memory. */
#include "script/parse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Reads to the end, so that pipes work too. */
static char *read_all(FILE *file, size_t *length, const char **reason)
{
    size_t size = 16384, used = 0;
    char *text = malloc(size);
    char *larger;

    while (text) {
        used += fread(text + used, 1, size - 1 - used, file);
        if (used < size - 1)
            break;
        if (used > SCRIPT_FILE_BYTES_MAX) {
            *reason = "the file is too large for a script";
            free(text);
            return NULL;
        }
        size *= 2;
        larger = realloc(text, size);
        if (!larger)
            free(text);
        text = larger;
    }
    if (!text) {
        *reason = "out of memory";
        return NULL;
    }
    text[used] = '\0';
    *length = used;
    return text;
}

char *script_load(const char *path, size_t *length, const char **reason)
{
    struct stat status;
    FILE *file = fopen(path, "rb");
    char *text;

    if (!file) {
        *reason = strerror(errno);
        return NULL;
    }
    if (fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode)) {
        *reason = "is a directory";
        fclose(file);
        return NULL;
    }
    text = read_all(file, length, reason);
    if (text && ferror(file)) {
        *reason = "the file cannot be read";
        free(text);
        text = NULL;
    }
    fclose(file);
    return text;
}
