/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpanvil coverage: how many cases of the suite name each requirement. */
#include "cli/cases.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/requirements.h"
#include "report/buffer.h"

#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: tcpanvil coverage [OPTION]... [PATH]...\n\n"
    "Prints each requirement with the number of cases that name it, those without one last, and\n"
    "then the totals; before them, ids that cases name and the table does not have.\n\n"
    "  --filter GLOB        only cases whose name matches\n"
    "  --format text|json   json: one object a requirement, with the names of its cases\n\n"
    "Not built yet: the columns for mutants, and states x events.\n";

static bool covers(const struct cli_case *one, const char *id)
{
    const struct script_item *item = one->script == NULL ? NULL : one->script->covers;
    while (item != NULL && strcmp(item->name, id) != 0)
        item = item->next;
    return item != NULL;
}

/* Counts for each requirement the cases that name it. */
static void count_cases(struct cli_requirements *table, const struct cli_cases *cases)
{
    for (size_t i = 0; i < table->count; i++)
        for (size_t j = 0; j < cases->count; j++)
            table->list[i].cases += covers(&cases->list[j], table->list[i].id);
}

static void print_unknown(const struct cli_requirements *table, const struct script *script,
                          FILE *out)
{
    for (const struct script_item *item = script->covers; item != NULL; item = item->next)
        if (cli_requirement_find(table, item->name) == NULL)
            fprintf(out, "not a requirement: %s (%s:%u)\n", item->name, script->file,
                    (unsigned)item->pos.line);
}

static size_t print_rows(const struct cli_requirements *table, bool covered)
{
    size_t rows = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct cli_requirement *one = &table->list[i];
        if ((one->cases > 0) != covered)
            continue;
        printf("%4zu  %-16s %-8s %s\n", one->cases, one->id, one->level, one->summary);
        rows++;
    }
    return rows;
}

static void print_text(const struct cli_requirements *table, const struct cli_cases *cases)
{
    size_t covered = print_rows(table, true);
    size_t missing = print_rows(table, false);
    printf("%zu requirements named by a case, %zu by none; %zu cases\n", covered, missing,
           cases->count);
}

/* {"schema":1,"id":"MUST-1","rfc":"9293","section":"3.1","level":"MUST","cases":["a/b"]} */
static void add_object(struct report_buffer *line, const struct cli_requirement *one,
                       const struct cli_cases *cases)
{
    const char *separator = "";
    report_buffer_text(line, "{\"schema\":1,\"id\":");
    report_add_json(line, one->id);
    report_buffer_text(line, ",\"rfc\":");
    report_add_json(line, one->rfc);
    report_buffer_text(line, ",\"section\":");
    report_add_json(line, one->section);
    report_buffer_text(line, ",\"level\":");
    report_add_json(line, one->level);
    report_buffer_text(line, ",\"cases\":[");
    for (size_t i = 0; i < cases->count; i++) {
        if (!covers(&cases->list[i], one->id))
            continue;
        report_buffer_text(line, separator);
        report_add_json(line, cases->list[i].name);
        separator = ",";
    }
    report_buffer_text(line, "]}\n");
}

/* False: no memory. */
static bool print_json(const struct cli_requirements *table, const struct cli_cases *cases)
{
    struct report_buffer line = { .bytes = NULL };
    for (size_t i = 0; i < table->count && !line.failed; i++) {
        line.length = 0;
        add_object(&line, &table->list[i], cases);
        if (!line.failed)
            fputs(line.bytes, stdout);
    }
    bool complete = !line.failed;
    report_buffer_free(&line);
    return complete;
}

/* Reads the cases, and prints what they cover. Returns the exit status. */
static int cover(const struct cli_options *options, struct cli_requirements *table,
                 struct cli_cases *cases)
{
    bool json = options->format == REPORT_JSON, complete = true;
    for (size_t i = 0; i < cases->count; i++) {
        cli_case_read(cases, &cases->list[i], NULL, 0);
        if (cases->list[i].script != NULL)
            print_unknown(table, cases->list[i].script, json ? stderr : stdout);
    }
    count_cases(table, cases);
    if (json)
        complete = print_json(table, cases);
    else
        print_text(table, cases);
    if (table->count == 0)
        cli_wrong("the table of requirements was not found");
    if (!complete)
        cli_wrong("no memory");
    return cli_cases_wrong(cases) || table->count == 0 || !complete ? CLI_WRONG : CLI_OK;
}

int cli_coverage(int argc, char **argv)
{
    struct cli_options options;
    struct cli_cases cases;
    struct cli_requirements table;
    if (cli_help(argc, argv, help))
        return CLI_OK;
    if (!cli_options_read(&options, argc, argv, CLI_TAKES_FORMAT)) {
        cli_options_free(&options);
        return CLI_WRONG;
    }
    if (options.format != REPORT_TEXT && options.format != REPORT_JSON) {
        cli_options_free(&options);
        return cli_wrong("coverage knows the formats text and json");
    }
    cli_requirements_load(&table);
    cli_cases_find(&cases, options.paths, options.path_count, options.filter);
    int status = cover(&options, &table, &cases);
    cli_cases_free(&cases);
    cli_requirements_free(&table);
    cli_options_free(&options);
    return status;
}
