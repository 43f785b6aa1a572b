/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads requirements.csv: RFC 4180, the first line names the columns. */
#include "cli/requirements.h"
#include "cli/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 16, PATH_SIZE = 4200 };

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    if (file == NULL)
        return NULL;
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    if (size > 0 && fseek(file, 0, SEEK_SET) == 0)
        text = malloc((size_t)size + 1);
    if (text != NULL)
        text[fread(text, 1, (size_t)size, file)] = '\0';
    fclose(file);
    return text;
}

/* Cuts the next field off in place; *at moves behind it. *last: it ended its line. */
static char *next_field(char **at, int *last)
{
    char *in = *at, *out = *at, *start = *at;
    int quoted = *in == '"';
    in += quoted;
    while (*in != '\0' && (quoted || (*in != ',' && *in != '\n'))) {
        if (quoted && *in == '"' && in[1] != '"') {
            quoted = 0;
            in++;
            continue;
        }
        if (quoted && *in == '"')
            in++;
        if (*in != '\r')
            *out++ = *in;
        in++;
    }
    *last = *in != ',';
    *at = *in == '\0' ? in : in + 1;
    *out = '\0';
    return start;
}

static int read_record(char **at, char *fields[COLUMNS_MAX])
{
    int count = 0, last = 0;
    while (**at != '\0' && !last) {
        char *field = next_field(at, &last);
        if (count < COLUMNS_MAX)
            fields[count++] = field;
    }
    return count;
}

static const char *column(char *const names[], int name_count, char *const fields[], int count,
                          const char *name)
{
    for (int i = 0; i < name_count && i < count; i++)
        if (strcmp(names[i], name) == 0)
            return fields[i];
    return "";
}

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

/* Fills the table; fields that a line leaves out are empty. */
static void read_all(struct cli_requirements *table)
{
    char *names[COLUMNS_MAX], *fields[COLUMNS_MAX];
    char *at = table->text;
    size_t capacity = 0;
    int name_count = read_record(&at, names);
    while (*at != '\0') {
        int count = read_record(&at, fields);
        if (count < 2)
            continue;
        if (table->count == capacity) {
            capacity = capacity * 2 + 256;
            struct cli_requirement *grown = realloc(table->list, capacity * sizeof *grown);
            if (grown == NULL)
                return;
            table->list = grown;
        }
        struct cli_requirement *one = &table->list[table->count++];
        one->id = column(names, name_count, fields, count, "id");
        one->rfc = column(names, name_count, fields, count, "rfc");
        one->section = column(names, name_count, fields, count, "section");
        one->level = column(names, name_count, fields, count, "level");
        one->summary = column(names, name_count, fields, count, "summary");
        one->observed_by = column(names, name_count, fields, count, "observed_by");
        one->observed = observed(one->observed_by);
    }
}

void cli_requirements_load(struct cli_requirements *table)
{
    char suite[4096], path[PATH_SIZE];
    memset(table, 0, sizeof *table);
    if (!cli_suite_folder(suite, sizeof suite))
        return;
    snprintf(path, sizeof path, "%s/../requirements.csv", suite);
    table->text = read_file(path);
    if (table->text == NULL)
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
    free(table->text);
    memset(table, 0, sizeof *table);
}
