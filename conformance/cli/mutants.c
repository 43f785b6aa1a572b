/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the mutants' files and the table of what killed them. */
#include "cli/mutants.h"
#include "cli/cases.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4700, NAME_SIZE = 600, FILE_MAX = 65536 };

static const char ending[] = ".mutant";

/* One more mutant, of this name; NULL: no memory. */
static struct cli_mutant *add(struct cli_mutants *mutants, const char *name)
{
    if (mutants->count == mutants->capacity) {
        size_t wanted = mutants->capacity * 2 + 64;
        struct cli_mutant *grown = realloc(mutants->list, wanted * sizeof *grown);
        if (grown == NULL)
            return NULL;
        mutants->list = grown;
        mutants->capacity = wanted;
    }
    struct cli_mutant *one = &mutants->list[mutants->count];
    memset(one, 0, sizeof *one);
    one->name = strdup(name);
    mutants->count += one->name != NULL;
    return one->name == NULL ? NULL : one;
}

/* The text behind `key` in the line that begins with it, ended in place; NULL: no such line. */
static char *line_behind(char *text, const char *key)
{
    size_t length = strlen(key);
    for (char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, length) != 0)
            continue;
        char *end = line + strcspn(line, "\n");
        *end = '\0';
        return line + length;
    }
    return NULL;
}

/* The file of a mutant, for its sentence and what it breaks. */
static void read_mutant(struct cli_mutant *one, const char *path)
{
    FILE *file = fopen(path, "rb");
    one->text = file == NULL ? NULL : malloc(FILE_MAX);
    if (one->text != NULL)
        one->text[fread(one->text, 1, FILE_MAX - 1, file)] = '\0';
    if (file != NULL)
        fclose(file);
    if (one->text == NULL)
        return;
    one->recreates = line_behind(one->text, "recreates "); /* the first line is cut off last */
    one->breaks = line_behind(one->text, "breaks ");
    one->sentence = line_behind(one->text, "# ");
}

/* All mutants of one area. False: no memory. */
static bool read_area(struct cli_mutants *mutants, const char *folder, const char *area)
{
    char path[PATH_SIZE], name[NAME_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder, area);
    DIR *dir = opendir(path);
    bool complete = true;
    for (struct dirent *entry = dir == NULL ? NULL : readdir(dir); entry != NULL && complete;
         entry = readdir(dir)) {
        size_t length = strlen(entry->d_name), cut = sizeof ending - 1;
        if (length <= cut || strcmp(entry->d_name + length - cut, ending) != 0)
            continue;
        int end = snprintf(path, sizeof path, "%s/%s/%s", folder, area, entry->d_name);
        int size = snprintf(name, sizeof name, "%s/%.*s", area, (int)(length - cut), entry->d_name);
        if (end < 0 || (size_t)end >= sizeof path || size < 0 || (size_t)size >= sizeof name)
            continue;
        struct cli_mutant *one = add(mutants, name);
        complete = one != NULL;
        if (complete)
            read_mutant(one, path);
    }
    if (dir != NULL)
        closedir(dir);
    return complete;
}

static bool read_areas(struct cli_mutants *mutants, const char *folder)
{
    DIR *dir = opendir(folder);
    bool complete = true;
    for (struct dirent *entry = dir == NULL ? NULL : readdir(dir); entry != NULL && complete;
         entry = readdir(dir))
        if (entry->d_name[0] != '.' && strchr(entry->d_name, '.') == NULL)
            complete = read_area(mutants, folder, entry->d_name);
    if (dir != NULL)
        closedir(dir);
    return complete;
}

/* The table of kills, if it is there. False: no memory. */
static bool read_kills(struct cli_mutants *mutants, const char *folder)
{
    char path[PATH_SIZE];
    struct cli_csv_record record;
    snprintf(path, sizeof path, "%s/kills.csv", folder);
    mutants->has_kills = cli_csv_open(&mutants->csv, path);
    while (mutants->has_kills && cli_csv_next(&mutants->csv, &record)) {
        if (mutants->kill_count == mutants->kill_capacity) {
            size_t wanted = mutants->kill_capacity * 2 + 256;
            struct cli_kill *grown = realloc(mutants->kills, wanted * sizeof *grown);
            if (grown == NULL)
                return false;
            mutants->kills = grown;
            mutants->kill_capacity = wanted;
        }
        struct cli_kill *kill = &mutants->kills[mutants->kill_count++];
        kill->mutant = cli_csv_field(&record, "mutant");
        kill->requirement = cli_csv_field(&record, "requirement");
        kill->case_name = cli_csv_field(&record, "case");
    }
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct cli_mutant *)a)->name, ((const struct cli_mutant *)b)->name);
}

/* Without the mutants' files: those that the table names, which stand together there. */
static bool take_from_kills(struct cli_mutants *mutants)
{
    for (size_t i = 0; i < mutants->kill_count; i++) {
        const char *name = mutants->kills[i].mutant;
        bool known = mutants->count > 0 &&
                     strcmp(mutants->list[mutants->count - 1].name, name) == 0;
        if (!known && add(mutants, name) == NULL)
            return false;
    }
    return true;
}

bool cli_mutants_load(struct cli_mutants *mutants)
{
    char suite[4096], folder[4200];
    memset(mutants, 0, sizeof *mutants);
    if (!cli_suite_folder(suite, sizeof suite))
        return true;
    snprintf(folder, sizeof folder, "%s/../mutants", suite);
    bool complete = read_areas(mutants, folder) && read_kills(mutants, folder) &&
                    (mutants->count > 0 || take_from_kills(mutants));
    if (mutants->count > 0)
        qsort(mutants->list, mutants->count, sizeof *mutants->list, by_name);
    return complete;
}

void cli_mutants_free(struct cli_mutants *mutants)
{
    for (size_t i = 0; i < mutants->count; i++) {
        free(mutants->list[i].name);
        free(mutants->list[i].text);
    }
    free(mutants->list);
    free(mutants->kills);
    cli_csv_free(&mutants->csv);
    memset(mutants, 0, sizeof *mutants);
}

/* Whether a list of ids between blanks has this one; the list may be NULL. */
static bool has_id(const char *list, const char *id)
{
    size_t length = strlen(id);
    const char *at = list;
    while (at != NULL && (at = strstr(at, id)) != NULL) {
        bool begins = at == list || at[-1] == ' ';
        if (begins && (at[length] == ' ' || at[length] == '\0'))
            return true;
        at += length;
    }
    return false;
}

bool cli_mutant_breaks(const struct cli_mutant *mutant, const char *id)
{
    return has_id(mutant->breaks, id);
}

bool cli_mutant_recreates(const struct cli_mutant *mutant, const char *id)
{
    return has_id(mutant->recreates, id);
}
