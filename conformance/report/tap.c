/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Test Anything Protocol, version 13 (readers of version 14 understand it, and Perl's `prove`
 * knows no later one). The plan comes last, and so fits what was run; a run that was cut off has
 * none, and fails.
 */
#include <string.h>

#include "report/internal.h"

static void begin(struct report *report)
{
    report_buffer_text(&report->scratch, "TAP version 13\n");
    report_flush(report);
}

static void add_run(struct report *report, const struct report_result *result)
{
    (void)report;
    (void)result;
}

/* One line of a description: '#' would begin a directive. */
static void add_words(struct report_buffer *buffer, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '#' || *text == '\\')
            report_buffer_text(buffer, "\\");
        report_buffer_add(buffer, (unsigned char)*text < 0x20 || *text == 0x7f ? " " : text, 1);
    }
}

static void add_key(struct report_buffer *buffer, const char *key, const char *value)
{
    if (value == NULL)
        return;
    report_buffer_format(buffer, "  %s: ", key);
    report_add_json(buffer, value); /* a JSON string is a string of YAML too */
    report_buffer_text(buffer, "\n");
}

/* The ladder as a list of lines: a block would depend on blanks that some readers drop. */
static void add_lines(struct report_buffer *buffer, const char *key, const char *text)
{
    struct report_buffer line = { .bytes = NULL };

    if (text == NULL || text[0] == '\0')
        return;
    report_buffer_format(buffer, "  %s:\n", key);
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        line.length = 0;
        report_buffer_add(&line, text, length);
        report_buffer_text(buffer, "    - ");
        report_add_json(buffer, line.failed ? "" : line.bytes);
        report_buffer_text(buffer, "\n");
        text += length + (text[length] == '\n');
    }
    report_buffer_free(&line);
}

/* What is known about a failure, as a block of YAML between its marks. */
static void add_details(struct report_buffer *buffer, const struct report_case *one)
{
    const struct report_result *result = &one->worst;

    report_buffer_text(buffer, "  ---\n");
    add_key(buffer, "message", report_message(result));
    add_key(buffer, "verdict", report_verdict_name(result->verdict));
    add_key(buffer, "file", result->file);
    if (result->line > 0)
        report_buffer_format(buffer, "  line: %d\n", result->line);
    add_key(buffer, "variants", one->bad_names.bytes);
    add_key(buffer, "reason", result->reason);
    add_key(buffer, "expected", result->expected);
    add_key(buffer, "actual", result->actual);
    add_key(buffer, "oracle", result->oracle);
    add_key(buffer, "check", result->check);
    add_key(buffer, "requirement", result->requirement);
    add_key(buffer, "requirement_text", result->requirement_text);
    add_lines(buffer, "ladder", result->ladder);
    report_buffer_text(buffer, "  ...\n");
}

static void add_case(struct report *report, const struct report_case *one)
{
    struct report_buffer *scratch = &report->scratch;
    const struct report_result *result = &one->worst;

    report_buffer_text(scratch, report_is_failure(result->verdict) ? "not ok " : "ok ");
    report_buffer_format(scratch, "%zu - ", report->done);
    add_words(scratch, result->case_name);
    if (report_is_skip(result->verdict)) {
        report_buffer_text(scratch, " # SKIP ");
        if (result->verdict == REPORT_KNOWN_DEVIATION)
            report_buffer_text(scratch, "known deviation: ");
        add_words(scratch, result->reason == NULL ? "no reason" : result->reason);
    }
    report_buffer_text(scratch, "\n");
    if (report_is_failure(result->verdict))
        add_details(scratch, one);
    report_flush(report);
}

static void end(struct report *report)
{
    report_buffer_format(&report->scratch, "1..%zu\n# ", report->done);
    report_add_summary(&report->scratch, &report->counts);
    report_buffer_text(&report->scratch, "\n");
}

const struct report_writer report_tap_writer = {
    REPORT_TAP, "tap", begin, add_run, add_case, end,
};
