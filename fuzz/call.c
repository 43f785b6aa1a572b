/* SPDX-License-Identifier: BSD-2-Clause */
/* Names, files and options of calls. */
#include "fuzz/call.h"

#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct fuzz_harness *fuzz_call_harness(const char *name)
{
    const struct fuzz_harness *harness;
    for (size_t i = 0; (harness = fuzz_harness_at(i)) != NULL; i++)
        if (strcmp(harness->name, name) == 0)
            return harness;
    return NULL;
}

uint8_t *fuzz_call_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(FUZZ_INPUT_MAX);
    if (file != NULL && bytes != NULL)
        *size = fread(bytes, 1, FUZZ_INPUT_MAX, file);
    if (file == NULL || bytes == NULL || ferror(file)) {
        cli_wrong("%s: %s", path, strerror(errno));
        free(bytes);
        bytes = NULL;
    }
    if (file != NULL)
        fclose(file);
    return bytes;
}

const char *fuzz_call_value(const char *name, int argc, char **argv, int *at)
{
    size_t length = strlen(name);
    if (strncmp(argv[*at], name, length) != 0)
        return NULL;
    if (argv[*at][length] == '=')
        return argv[*at] + length + 1;
    if (argv[*at][length] != '\0' || *at + 1 >= argc)
        return NULL;
    return argv[++*at];
}
