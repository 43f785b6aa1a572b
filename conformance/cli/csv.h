/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables as files: RFC 4180, the first line names the columns. */
#ifndef CLI_CSV_H
#define CLI_CSV_H

#include <stddef.h>

enum { CLI_CSV_COLUMNS_MAX = 16 };

struct cli_csv {
    char *text; /* the file; fields point into it */
    char *at;   /* the next record */
    char *names[CLI_CSV_COLUMNS_MAX];
    int name_count;
};

struct cli_csv_record {
    const struct cli_csv *csv;
    char *fields[CLI_CSV_COLUMNS_MAX];
    int count;
};

/* Reads the file and its first line; 0: it cannot be read, or there is no memory. */
int cli_csv_open(struct cli_csv *csv, const char *path);

/* The next record that has more than one field; 0: there is none. */
int cli_csv_next(struct cli_csv *csv, struct cli_csv_record *record);

/* A field by its column's name; empty if there is none. It lives until cli_csv_free(). */
const char *cli_csv_field(const struct cli_csv_record *record, const char *name);
void cli_csv_free(struct cli_csv *csv);

#endif
