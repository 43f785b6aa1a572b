/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpanvil coverage: how many cases of the suite name each requirement. */
#include "cli/cases.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/requirements.h"

#include <stdio.h>

static const char help[] =
    "usage: tcpanvil coverage [PATH]...\n\n"
    "Prints each requirement with the number of cases that name it, those without one last, and\n"
    "then the ids that cases name and the table does not have. Not built yet: the columns for\n"
    "mutants, and states x events.\n";

static void count_case(struct cli_requirements *table, const struct script *script)
{
    for (const struct script_item *item = script->covers; item != NULL; item = item->next) {
        struct cli_requirement *found = cli_requirement_find(table, item->name);
        if (found != NULL)
            found->cases++;
        else
            printf("not a requirement: %s (%s:%u)\n", item->name, script->file,
                   (unsigned)item->pos.line);
    }
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

int cli_coverage(int argc, char **argv)
{
    struct cli_options options;
    struct cli_cases cases;
    struct cli_requirements table;
    if (cli_help(argc, argv, help))
        return CLI_OK;
    if (!cli_options_read(&options, argc, argv, 0)) {
        cli_options_free(&options);
        return CLI_WRONG;
    }
    cli_requirements_load(&table);
    cli_cases_find(&cases, options.paths, options.path_count, NULL);
    for (size_t i = 0; i < cases.count; i++) {
        cli_case_read(&cases, &cases.list[i], NULL, 0);
        if (cases.list[i].script != NULL)
            count_case(&table, cases.list[i].script);
    }
    size_t covered = print_rows(&table, true);
    size_t missing = print_rows(&table, false);
    printf("%zu requirements named by a case, %zu by none; %zu cases\n", covered, missing,
           cases.count);
    int status = cli_cases_wrong(&cases) || table.count == 0 ? CLI_WRONG : CLI_OK;
    cli_cases_free(&cases);
    cli_requirements_free(&table);
    cli_options_free(&options);
    return status;
}
