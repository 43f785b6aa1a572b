/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of requirements by RFC and level. */
#include "cli/coverage.h"

#include <string.h>

const char *const cli_levels[CLI_LEVELS] = { "MUST", "SHOULD", "MAY", "ROW", "POSITION",
                                             "BEHAVIOUR", "BUG" };

bool cli_is_level(const struct cli_requirement *one, size_t level)
{
    return strncmp(one->level, cli_levels[level], strlen(cli_levels[level])) == 0;
}

static void add_row(struct report_buffer *out, const char *name, const struct cli_tally *tally)
{
    report_buffer_format(out, "%-24s%5zu%10zu%11zu%8zu%6zu%12zu%11zu%9zu\n", name, tally->ids,
                         tally->testable, tally->with_case, tally->proven, tally->unit,
                         tally->untestable, tally->unbuilt, tally->testable - tally->with_case);
}

/* The row of what has the RFC and the level of `first`. */
static void add_group(const struct cli_coverage *coverage, struct report_buffer *out,
                      const struct cli_requirement *first, size_t level)
{
    static const char *const names[CLI_LEVELS] = {
        [3] = "rows of RFC 9293 3.10", [4] = "positions (AMBIG)", [5] = "behaviours (S)",
        [6] = "bugs of real stacks",
    };
    char name[40];
    struct cli_tally tally = { 0 };
    for (size_t i = 0; i < coverage->table->count; i++) {
        const struct cli_requirement *one = &coverage->table->list[i];
        if (cli_is_level(one, level) && strcmp(one->rfc, first->rfc) == 0)
            cli_tally_add(&tally, coverage, one);
    }
    snprintf(name, sizeof name, "RFC %.8s %s", first->rfc, cli_levels[level]);
    add_row(out, names[level] != NULL ? names[level] : name, &tally);
}

/* Whether an entry stands before all others of its RFC and level. */
static bool is_first(const struct cli_coverage *coverage, size_t place, size_t level)
{
    if (!cli_is_level(coverage->in_order[place], level))
        return false;
    for (size_t i = 0; i < place; i++)
        if (cli_is_level(coverage->in_order[i], level) &&
            strcmp(coverage->in_order[i]->rfc, coverage->in_order[place]->rfc) == 0)
            return false;
    return true;
}

void cli_coverage_table(const struct cli_coverage *coverage, struct report_buffer *out)
{
    struct cli_tally all = { 0 };
    report_buffer_format(out, "%-24s%5s%10s%11s%8s%6s%12s%11s%9s\n", "requirements", "ids",
                         "testable", "with case", "proven", "unit", "untestable", "not built",
                         "missing");
    for (size_t level = 0; level < CLI_LEVELS; level++)
        for (size_t i = 0; i < coverage->table->count; i++)
            if (is_first(coverage, i, level))
                add_group(coverage, out, coverage->in_order[i], level);
    for (size_t i = 0; i < coverage->table->count; i++)
        cli_tally_add(&all, coverage, &coverage->table->list[i]);
    add_row(out, "all", &all);
    report_buffer_text(out, "\n");
}
