/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of ids: without a case, not proven, and with a reason why there is none. */
#include "cli/coverage.h"

#include <string.h>

enum { INDENT = 4 };

/* A heading with the number of the ids that are listed below it. */
static void add_list(struct report_buffer *out, const char *title,
                     const struct report_buffer *ids, size_t count)
{
    if (count == 0)
        return;
    report_buffer_format(out, "%zu %s", count, title);
    report_buffer_text(out, "\n");
    report_buffer_fill(out, ' ', INDENT);
    report_add_paragraph(out, INDENT, ids->bytes == NULL ? "" : ids->bytes);
}

typedef bool (*chosen_fn)(const struct cli_coverage *coverage, const struct cli_requirement *one,
                          const void *context);

/* Lists the ids that `chosen` says, in the order of the file. */
static void list(const struct cli_coverage *coverage, struct report_buffer *out, const char *title,
                 chosen_fn chosen, const void *context)
{
    struct report_buffer ids = { .bytes = NULL };
    size_t count = 0;
    for (size_t place = 0; place < coverage->table->count; place++) {
        const struct cli_requirement *one = coverage->in_order[place];
        if (!chosen(coverage, one, context))
            continue;
        report_buffer_text(&ids, count++ == 0 ? "" : " ");
        report_buffer_text(&ids, one->id);
    }
    add_list(out, title, &ids, count);
    out->failed = out->failed || ids.failed;
    report_buffer_free(&ids);
}

static bool has_no_case(const struct cli_coverage *coverage, const struct cli_requirement *one,
                        const void *context)
{
    (void)context;
    return one->observed == CLI_OBSERVED_BY_CASES && cli_cover_of(coverage, one)->case_count == 0;
}

/* `context` is the level. */
static bool is_unproven(const struct cli_coverage *coverage, const struct cli_requirement *one,
                        const void *context)
{
    const struct cli_cover *cover = cli_cover_of(coverage, one);
    return one->observed == CLI_OBSERVED_BY_CASES && cover->case_count > 0 && !cover->proven &&
           cli_is_level(one, *(const size_t *)context);
}

/* `context` is a text of the column observed_by. */
static bool has_reason(const struct cli_coverage *coverage, const struct cli_requirement *one,
                       const void *context)
{
    (void)coverage;
    return strcmp(one->observed_by, context) == 0;
}

/* Once for each reason of a kind, in the order of the file. */
static void list_reasons(const struct cli_coverage *coverage, struct report_buffer *out,
                         enum cli_observed kind)
{
    for (size_t i = 0; i < coverage->table->count; i++) {
        const struct cli_requirement *one = coverage->in_order[i];
        bool first = one->observed == kind;
        for (size_t j = 0; first && j < i; j++)
            first = strcmp(coverage->in_order[j]->observed_by, one->observed_by) != 0;
        if (first)
            list(coverage, out, one->observed_by, has_reason, one->observed_by);
    }
}

void cli_coverage_missing(const struct cli_coverage *coverage, struct report_buffer *out)
{
    char title[80];
    list(coverage, out, "testable, without a case", has_no_case, NULL);
    for (size_t level = 0; level < CLI_LEVELS && coverage->mutants.has_kills; level++) {
        snprintf(title, sizeof title, "%s not proven by a mutant", cli_levels[level]);
        list(coverage, out, title, is_unproven, &level);
    }
    list_reasons(coverage, out, CLI_NOT_BUILT);
    list_reasons(coverage, out, CLI_NOT_TESTABLE);
    list_reasons(coverage, out, CLI_OBSERVED_BY_UNIT_TEST);
    report_buffer_text(out, "\n");
}
