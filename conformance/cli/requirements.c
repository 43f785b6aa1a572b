/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads requirements.csv. */
#include "cli/requirements.h"
#include "cli/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4200 };

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct cli_requirement *)a)->id,
                  ((const struct cli_requirement *)b)->id);
}

/* The kinds of observed_by that are written with a reason behind them. */
static enum cli_observed observed(const char *text)
{
    static const struct {
        const char *begins;
        enum cli_observed kind;
    } kinds[] = {
        { "unit test (", CLI_OBSERVED_BY_UNIT_TEST },
        { "not testable (", CLI_NOT_TESTABLE },
        { "not built (", CLI_NOT_BUILT },
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strncmp(text, kinds[i].begins, strlen(kinds[i].begins)) == 0)
            return kinds[i].kind;
    return CLI_OBSERVED_BY_CASES;
}

/* One more entry, empty; NULL: no memory. */
static struct cli_requirement *add(struct cli_requirements *table)
{
    if (table->count == table->capacity) {
        size_t wanted = table->capacity * 2 + 256;
        struct cli_requirement *grown = realloc(table->list, wanted * sizeof *grown);
        if (grown == NULL)
            return NULL;
        table->list = grown;
        table->capacity = wanted;
    }
    struct cli_requirement *one = &table->list[table->count++];
    memset(one, 0, sizeof *one);
    return one;
}

/* Fills the table; fields that a line leaves out are empty. */
static void read_all(struct cli_requirements *table)
{
    struct cli_csv_record record;
    while (cli_csv_next(&table->csv, &record)) {
        struct cli_requirement *one = add(table);
        if (one == NULL)
            return;
        one->id = cli_csv_field(&record, "id");
        one->rfc = cli_csv_field(&record, "rfc");
        one->section = cli_csv_field(&record, "section");
        one->level = cli_csv_field(&record, "level");
        one->summary = cli_csv_field(&record, "summary");
        one->observed_by = cli_csv_field(&record, "observed_by");
        one->observed = observed(one->observed_by);
        one->place = table->count - 1;
    }
}

void cli_requirements_load(struct cli_requirements *table)
{
    char suite[4096], path[PATH_SIZE];
    memset(table, 0, sizeof *table);
    if (!cli_suite_folder(suite, sizeof suite))
        return;
    snprintf(path, sizeof path, "%s/../requirements.csv", suite);
    if (!cli_csv_open(&table->csv, path))
        return;
    read_all(table);
    if (table->count > 0)
        qsort(table->list, table->count, sizeof *table->list, by_id);
}

struct cli_requirement *cli_requirement_find(const struct cli_requirements *table, const char *id)
{
    struct cli_requirement key = { .id = id };
    if (table->count == 0)
        return NULL;
    return bsearch(&key, table->list, table->count, sizeof *table->list, by_id);
}

const char *cli_requirement_text(void *context, const char *id)
{
    const struct cli_requirement *found = cli_requirement_find(context, id);
    return found == NULL ? NULL : found->summary;
}

void cli_requirements_free(struct cli_requirements *table)
{
    free(table->list);
    cli_csv_free(&table->csv);
    memset(table, 0, sizeof *table);
}
