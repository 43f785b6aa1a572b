/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JUnit XML, as Jenkins, GitLab and others read it: one testsuite, a testcase a case, the folder as
 * its class. The totals stand in the first tag, so the cases are kept until the end.
 */
#include <string.h>

#include "report/internal.h"

static void begin(struct report *report)
{
    (void)report;
}

static void add_run(struct report *report, const struct report_result *result)
{
    (void)report;
    (void)result;
}

static void add_attribute(struct report_buffer *buffer, const char *name, const char *value)
{
    report_buffer_format(buffer, " %s=\"", name);
    report_add_xml(buffer, value);
    report_buffer_text(buffer, "\"");
}

/* "rst/window/edge" is the case "edge" of the class "rst.window". */
static void add_names(struct report_buffer *buffer, const char *case_name)
{
    size_t length = report_folder_length(case_name);
    const char *name = case_name + (length == 0 ? 0 : length + 1);
    struct report_buffer class_name = { .bytes = NULL };

    report_buffer_text(&class_name, "tcpanvil");
    if (length > 0)
        report_buffer_text(&class_name, ".");
    for (size_t i = 0; i < length; i++)
        report_buffer_add(&class_name, case_name[i] == '/' ? "." : case_name + i, 1);
    if (class_name.failed)
        buffer->failed = true;
    add_attribute(buffer, "name", *name == '\0' ? case_name : name);
    add_attribute(buffer, "classname", class_name.failed ? "tcpanvil" : class_name.bytes);
    report_buffer_free(&class_name);
}

/* Seconds with 9 digits, without floating point. */
static void add_seconds(struct report_buffer *buffer, int64_t nanoseconds)
{
    uint64_t total = nanoseconds < 0 ? 0 : (uint64_t)nanoseconds;

    report_buffer_format(buffer, " time=\"%llu.%09llu\"",
                         (unsigned long long)(total / 1000000000u),
                         (unsigned long long)(total % 1000000000u));
}

static void add_skip(struct report_buffer *buffer, const struct report_result *result)
{
    const char *reason = result->reason == NULL ? "no reason" : result->reason;

    report_buffer_text(buffer, "<skipped message=\"");
    if (result->verdict == REPORT_KNOWN_DEVIATION)
        report_buffer_text(buffer, "known deviation: ");
    report_add_xml(buffer, reason);
    report_buffer_text(buffer, "\"/>");
}

static void add_failure(struct report_buffer *buffer, const struct report_case *one)
{
    const struct report_result *result = &one->worst;
    const char *tag = result->verdict == REPORT_ERROR ? "error" : "failure";
    struct report_buffer text = { .bytes = NULL };

    report_add_failure(&text, one, false);
    report_buffer_format(buffer, "<%s", tag);
    add_attribute(buffer, "message", report_message(result));
    add_attribute(buffer, "type", result->requirement == NULL ? tag : result->requirement);
    report_buffer_text(buffer, ">");
    if (text.bytes != NULL)
        report_add_xml(buffer, text.bytes);
    report_buffer_format(buffer, "</%s>", tag);
    if (text.failed)
        buffer->failed = true;
    report_buffer_free(&text);
}

static void add_case(struct report *report, const struct report_case *one)
{
    struct report_buffer *kept = &report->kept;
    bool passed = one->worst.verdict == REPORT_PASSED;

    report_buffer_text(kept, "    <testcase");
    add_names(kept, one->worst.case_name);
    add_seconds(kept, one->cpu_ns);
    report_buffer_text(kept, passed ? "/>\n" : ">");
    if (report_is_skip(one->worst.verdict))
        add_skip(kept, &one->worst);
    else if (!passed)
        add_failure(kept, one);
    if (!passed)
        report_buffer_text(kept, "</testcase>\n");
}

/* Only now are the totals known. They stand in both outer tags. */
static void end(struct report *report)
{
    const struct report_counts *counts = &report->counts;
    struct report_buffer totals = { .bytes = NULL };

    report_buffer_format(&totals, "tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"",
                         report->done, counts->failed - counts->errors, counts->errors);
    if (totals.bytes != NULL)
        report_buffer_format(&report->scratch,
                             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                             "<testsuites %s>\n"
                             "  <testsuite name=\"tcpanvil\" %s skipped=\"%zu\">\n",
                             totals.bytes, totals.bytes, counts->skipped);
    report_buffer_free(&totals);
    if (report->kept.bytes != NULL)
        report_buffer_add(&report->scratch, report->kept.bytes, report->kept.length);
    report_buffer_text(&report->scratch, "  </testsuite>\n</testsuites>\n");
    report_flush(report);
    report_add_summary(&report->scratch, counts);
    if (report->scratch.bytes != NULL)
        fprintf(report->options.err, "%s\n", report->scratch.bytes);
    report->scratch.length = 0;
}

const struct report_writer report_junit_writer = {
    REPORT_JUNIT, "junit", begin, add_run, add_case, end,
};
