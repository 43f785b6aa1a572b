/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpanvil coverage: requirements by cases by mutants, states by events, and what is missing. */
#include "cli/coverage.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: tcpanvil coverage [OPTION]... [PATH]...\n"
    "       tcpanvil coverage [OPTION]... ID\n\n"
    "Prints how many requirements of each RFC and level have a case, and how many are proven: a\n"
    "mutant of the core that violates one makes a case fail that names it. Then what is missing,\n"
    "not built or not testable; in how many cases each event met each state; the mutants by area.\n"
    "With the ID of a requirement: its text, its cases, its mutants.\n\n"
    "  --mutants            each mutant, and for each requirement the case that killed it\n"
    "  --check              exit status 1 unless every testable requirement has a case, every\n"
    "                       testable MUST is proven, and cases name only what is built\n"
    "  --filter GLOB        only cases whose name matches\n"
    "  --format text|json   json: one object a requirement, a cell of states by events, a mutant\n";

/* The totals that --check asks for. Whether they are as they should be. */
static bool add_totals(const struct cli_coverage *coverage, struct report_buffer *out)
{
    struct cli_tally all = { 0 }, must = { 0 };
    for (size_t i = 0; i < coverage->table->count; i++) {
        const struct cli_requirement *one = &coverage->table->list[i];
        cli_tally_add(&all, coverage, one);
        if (cli_is_level(one, 0))
            cli_tally_add(&must, coverage, one);
    }
    if (coverage->unknown > 0)
        report_buffer_format(out, "%zu times a case names what is no requirement, or not built\n",
                             coverage->unknown);
    if (coverage->stale > 0)
        report_buffer_format(out, "%zu kills by cases that are gone, or no longer name the id\n",
                             coverage->stale);
    report_buffer_format(out, "%zu cases; %zu of %zu testable requirements without a case\n",
                         coverage->cases->count, all.testable - all.with_case, all.testable);
    report_buffer_format(out, "%zu of %zu testable MUSTs without a mutant-proven case\n",
                         must.testable - must.proven, must.testable);
    return coverage->unknown == 0 && coverage->stale == 0 && all.testable > 0 &&
           all.with_case == all.testable && must.proven == must.testable;
}

static void add_text(const struct cli_coverage *coverage, struct report_buffer *out)
{
    cli_coverage_table(coverage, out);
    cli_coverage_missing(coverage, out);
    cli_coverage_states(coverage, out);
    cli_coverage_areas(coverage, out);
}

/* Prints what the call asks for; returns the exit status. */
static int print(const struct cli_coverage *coverage, const struct cli_requirement *one)
{
    struct report_buffer out = { .bytes = NULL }, totals = { .bytes = NULL };
    const struct cli_options *options = coverage->options;
    bool right = add_totals(coverage, &totals), json = options->format == REPORT_JSON;
    if (one != NULL)
        cli_coverage_one(coverage, one, &out);
    else if (json)
        cli_coverage_json(coverage, &out);
    else if (options->all_mutants)
        cli_coverage_mutants(coverage, &out);
    else
        add_text(coverage, &out);
    bool complete = !out.failed && !totals.failed && out.bytes != NULL;
    if (complete)
        fputs(out.bytes, stdout);
    if (complete && one == NULL)
        fputs(totals.bytes, json ? stderr : stdout);
    report_buffer_free(&out);
    report_buffer_free(&totals);
    if (!complete)
        return cli_wrong("no memory");
    return options->check && !right ? CLI_FAILED : CLI_OK;
}

/* The requirement that the call names instead of a path; NULL: it names none. */
static const struct cli_requirement *named(const struct cli_options *options,
                                           const struct cli_requirements *table)
{
    return options->path_count == 1 ? cli_requirement_find(table, options->paths[0]) : NULL;
}

static int cover(const struct cli_options *options, struct cli_requirements *table)
{
    struct cli_cases cases;
    const struct cli_requirement *one = named(options, table);
    struct cli_coverage coverage = { .options = options, .cases = &cases, .table = table };
    if (table->count == 0)
        return cli_wrong("the table of requirements was not found");
    cli_cases_find_all(&cases, options->paths, one == NULL ? options->path_count : 0,
                       options->filter);
    int status = CLI_WRONG;
    if (cli_coverage_collect(&coverage, one == NULL && !options->all_mutants))
        status = print(&coverage, one);
    else
        cli_wrong("no memory");
    if (cli_cases_wrong(&cases))
        status = CLI_WRONG;
    cli_coverage_free(&coverage);
    cli_cases_free(&cases);
    return status;
}

int cli_coverage(int argc, char **argv)
{
    struct cli_options options;
    struct cli_requirements table;
    int status = CLI_WRONG;
    if (cli_help(argc, argv, help))
        return CLI_OK;
    bool readable = cli_options_read(&options, argc, argv, CLI_TAKES_FORMAT | CLI_TAKES_COVERAGE);
    if (readable && options.format != REPORT_TEXT && options.format != REPORT_JSON)
        readable = cli_wrong("coverage knows the formats text and json") == CLI_OK;
    if (readable) {
        cli_requirements_load(&table);
        status = cover(&options, &table);
        cli_requirements_free(&table);
    }
    cli_options_free(&options);
    return status;
}
