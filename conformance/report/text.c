/* SPDX-License-Identifier: BSD-2-Clause */
/* The report for people. What passed is only counted; what failed is told in full; what was skipped
 * is listed by reason. The last line is the summary, alone. */
#include <string.h>

#include "report/internal.h"

/* Colours of a terminal, or nothing. */
static const char *paint(const struct report *report, const char *code)
{
    return report->options.colour ? code : "";
}

static void heading(struct report *report, const char *code, const char *word)
{
    report_buffer_format(&report->scratch, "%s%s%s", paint(report, code), word,
                         paint(report, "\033[0m"));
}

/* The progress line: written over itself. Cleared before anything else is written, in case both
 * streams are one terminal. */
static void clear_progress(struct report *report)
{
    if (!report->options.progress)
        return;
    fputs("\r\033[K", report->options.err);
    fflush(report->options.err);
}

/* Not for each case: they take microseconds, and a terminal is slow. */
static void show_progress(struct report *report)
{
    if (!report->options.progress || report->done % 16 != 0)
        return;
    if (report->cases > 0)
        fprintf(report->options.err, "\r%zu of %zu cases, %zu failed\033[K", report->done,
                report->cases, report->counts.failed);
    else
        fprintf(report->options.err, "\r%zu cases, %zu failed\033[K", report->done,
                report->counts.failed);
    fflush(report->options.err);
}

static void begin(struct report *report)
{
    (void)report;
}

static void add_run(struct report *report, const struct report_result *result)
{
    (void)report;
    (void)result;
}

/* Puts a case on the list of its reason. */
static void list_under_reason(struct report *report, struct report_tallies *tallies,
                              const char *name, const char *reason)
{
    struct report_tally *tally =
        report_tally(report, tallies, reason == NULL || *reason == '\0' ? "no reason" : reason);

    if (tally == NULL)
        return;
    if (tally->skipped++ > 0)
        report_buffer_text(&tally->names, ", ");
    report_buffer_text(&tally->names, name);
}

/* The part of a name that has a row: its folder, of the matrix the state. */
static size_t row_length(const char *case_name)
{
    static const char matrix[] = "matrix/";
    size_t length = report_folder_length(case_name);
    if (strncmp(case_name, matrix, sizeof matrix - 1) != 0)
        return length;
    size_t state = sizeof matrix - 1 + strcspn(case_name + sizeof matrix - 1, "/");
    return state < length ? state : length;
}

static void count_in_folder(struct report *report, const struct report_result *result)
{
    struct report_buffer name = { .bytes = NULL };
    size_t length = row_length(result->case_name);
    struct report_tally *tally;

    if (length == 0)
        report_buffer_text(&name, ".");
    report_buffer_add(&name, result->case_name, length);
    tally = name.failed ? NULL : report_tally(report, &report->folders, name.bytes);
    report_buffer_free(&name);
    if (tally == NULL)
        return;
    tally->passed += result->verdict == REPORT_PASSED;
    tally->failed += report_is_failure(result->verdict);
    tally->skipped += report_is_skip(result->verdict);
}

/* "FAILED  rst/challenge  (ipv4 iss=0)", and in which other variants. */
static void tell_failure(struct report *report, const struct report_case *one)
{
    struct report_buffer *scratch = &report->scratch;

    clear_progress(report);
    heading(report, "\033[1;31m", one->worst.verdict == REPORT_ERROR ? "ERROR" : "FAILED");
    report_buffer_text(scratch, "  ");
    report_add_plain(scratch, one->worst.case_name);
    if (one->worst.variant != NULL) {
        report_buffer_text(scratch, "  (");
        report_add_plain(scratch, one->worst.variant);
        report_buffer_text(scratch, ")");
    }
    report_buffer_text(scratch, "\n");
    report_add_failure(scratch, one, report->options.colour);
    report_buffer_text(scratch, "\n");
}

/* Tells a failure at once; the rest is put on lists for the end. */
static void add_case(struct report *report, const struct report_case *one)
{
    const struct report_result *result = &one->worst;

    count_in_folder(report, result);
    switch (result->verdict) {
    case REPORT_PASSED:
        if (report->options.verbose) {
            heading(report, "\033[32m", "passed");
            report_buffer_text(&report->scratch, "  ");
            report_add_plain(&report->scratch, result->case_name);
            report_buffer_text(&report->scratch, "\n");
        }
        if (one->skipped_variants > 0)
            list_under_reason(report, &report->in_part, result->case_name,
                              one->skip_reason.bytes);
        break;
    case REPORT_SKIPPED:
        list_under_reason(report, &report->skipped, result->case_name, result->reason);
        break;
    case REPORT_KNOWN_DEVIATION:
        list_under_reason(report, &report->deviations, result->case_name, result->reason);
        break;
    case REPORT_FAILED:
    case REPORT_ERROR:
        tell_failure(report, one);
        break;
    }
    report_flush(report);
    show_progress(report);
}

/* A heading, and for each reason the cases it stopped. */
static void add_reasons(struct report *report, const char *title,
                        const struct report_tallies *tallies)
{
    struct report_buffer *scratch = &report->scratch;

    if (tallies->count == 0)
        return;
    heading(report, "\033[1;33m", title);
    report_buffer_text(scratch, "\n");
    for (size_t i = 0; i < tallies->count; i++) {
        report_buffer_format(scratch, "%5zu  ", tallies->items[i].skipped);
        report_add_paragraph(scratch, 7, tallies->items[i].name);
        report_buffer_fill(scratch, ' ', 9);
        report_add_paragraph(scratch, 9, tallies->items[i].names.bytes);
    }
    report_buffer_text(scratch, "\n");
}

/* The table of folders, in the order in which they were met. */
static void add_folders(struct report *report)
{
    struct report_buffer *scratch = &report->scratch;
    size_t width = strlen("folder");

    if (report->folders.count == 0)
        return;
    for (size_t i = 0; i < report->folders.count; i++)
        if (strlen(report->folders.items[i].name) > width)
            width = strlen(report->folders.items[i].name);
    report_buffer_format(scratch, "%-*s  %7s %7s %8s\n", (int)width, "folder", "passed", "failed",
                         "skipped");
    for (size_t i = 0; i < report->folders.count; i++) {
        const struct report_tally *folder = &report->folders.items[i];

        report_add_plain(scratch, folder->name);
        report_buffer_fill(scratch, ' ', width - strlen(folder->name));
        report_buffer_format(scratch, "  %7zu %7zu %8zu\n", folder->passed, folder->failed,
                             folder->skipped);
    }
    report_buffer_text(scratch, "\n");
}

static void end(struct report *report)
{
    clear_progress(report);
    add_reasons(report, "skipped", &report->skipped);
    add_reasons(report, "passed, but not in all variants; skipped there", &report->in_part);
    add_reasons(report, "known deviations of the target", &report->deviations);
    add_folders(report);
    if (report->counts.errors > 0)
        report_buffer_format(&report->scratch, "%zu of the failed are errors in scripts\n",
                             report->counts.errors);
    report_add_summary(&report->scratch, &report->counts);
    report_buffer_text(&report->scratch, "\n");
}

const struct report_writer report_text_writer = {
    REPORT_TEXT, "text", begin, add_run, add_case, end,
};
