/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs inputs of a fuzz harness, so that twin.h sees what they call: `twin_fuzz HARNESS SECONDS
 * FILE...`. Each file once, and then, until so much CPU time has passed, files that were changed
 * at random, and random octets. It does the same each time, but for where the time is over.
 */
#define _GNU_SOURCE
#include "fuzz/harness.h"
#include "fuzz/mutate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { INPUT_MAX = 4096, CHANGES_MAX = 6 };

struct file {
    size_t size;
    uint8_t data[INPUT_MAX];
};

static uint32_t draw(uint64_t *random, uint32_t below)
{
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*random >> 33) % below;
}

static bool read_file(const char *path, struct file *file)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        return false;
    file->size = fread(file->data, 1, sizeof file->data, stream);
    fclose(stream);
    return true;
}

/* Changes an input at random: some octets of it, or records where it has them. */
static void change(const struct fuzz_harness *harness, struct file *file, uint64_t *random)
{
    uint32_t changes = 1 + draw(random, CHANGES_MAX);
    for (uint32_t i = 0; i < changes; i++)
        if (fuzz_is_of_records(harness) && draw(random, 4) != 0)
            file->size = fuzz_mutate(file->data, file->size, sizeof file->data,
                                     draw(random, UINT32_MAX));
        else if (file->size > 0)
            file->data[draw(random, (uint32_t)file->size)] = (uint8_t)draw(random, 256);
}

/* Random octets: of a length that is small as often as not. */
static void make(struct file *file, uint64_t *random)
{
    file->size = 1 + draw(random, draw(random, 2) ? 64 : 1500);
    for (size_t i = 0; i < file->size; i++)
        file->data[i] = (uint8_t)draw(random, 256);
}

int main(int argc, char **argv)
{
    const struct fuzz_harness *harness = NULL;
    size_t count = argc > 3 ? (size_t)argc - 3 : 0, at = 0;
    struct file *files = calloc(count + 1, sizeof *files);
    while (argc > 2 && (harness = fuzz_harness_at(at)) != NULL &&
           strcmp(harness->name, argv[1]) != 0)
        at++;
    if (harness == NULL || files == NULL)
        return 2;
    clock_t end = (clock_t)atoi(argv[2]) * CLOCKS_PER_SEC;
    uint64_t random = 1, runs = 0;
    for (size_t i = 0; i < count; i++) {
        if (!read_file(argv[3 + i], &files[i]))
            return 2;
        harness->run(files[i].data, files[i].size);
    }
    while (clock() < end) {
        struct file file;
        if (count == 0 || draw(&random, 4) == 0) {
            make(&file, &random);
        } else {
            file = files[draw(&random, (uint32_t)count)];
            change(harness, &file, &random);
        }
        harness->run(file.data, file.size);
        runs++;
    }
    printf("%llu\n", (unsigned long long)runs);
    free(files);
    return 0;
}
