/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads CSV files, cutting their text into fields where it stands. */
#include "cli/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static int read_record(char **at, char *fields[CLI_CSV_COLUMNS_MAX])
{
    int count = 0, last = 0;
    while (**at != '\0' && !last) {
        char *field = next_field(at, &last);
        if (count < CLI_CSV_COLUMNS_MAX)
            fields[count++] = field;
    }
    return count;
}

int cli_csv_open(struct cli_csv *csv, const char *path)
{
    memset(csv, 0, sizeof *csv);
    csv->text = read_file(path);
    csv->at = csv->text;
    if (csv->text != NULL)
        csv->name_count = read_record(&csv->at, csv->names);
    return csv->text != NULL;
}

int cli_csv_next(struct cli_csv *csv, struct cli_csv_record *record)
{
    record->csv = csv;
    record->count = 0;
    while (csv->at != NULL && *csv->at != '\0' && record->count < 2)
        record->count = read_record(&csv->at, record->fields);
    return record->count >= 2;
}

const char *cli_csv_field(const struct cli_csv_record *record, const char *name)
{
    for (int i = 0; i < record->csv->name_count && i < record->count; i++)
        if (strcmp(record->csv->names[i], name) == 0)
            return record->fields[i];
    return "";
}

void cli_csv_free(struct cli_csv *csv)
{
    free(csv->text);
    memset(csv, 0, sizeof *csv);
}
