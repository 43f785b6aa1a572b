/* SPDX-License-Identifier: BSD-2-Clause */
/* JSON lines: an object for each case and variant, written at once. The keys are described by
 * tcpanvil-run.schema.json beside this file; a change of their meaning changes SCHEMA. */
#include "report/internal.h"

enum { SCHEMA = 1 };

static void begin(struct report *report)
{
    (void)report;
}

static void add_key(struct report_buffer *buffer, const char *key, const char *value)
{
    report_buffer_format(buffer, ",\"%s\":", key);
    report_add_json(buffer, value);
}

static void add_number(struct report_buffer *buffer, const char *key, int64_t value)
{
    if (value < 0)
        report_buffer_format(buffer, ",\"%s\":null", key);
    else
        report_buffer_format(buffer, ",\"%s\":%lld", key, (long long)value);
}

static void add_covers(struct report_buffer *buffer, const struct report_result *result)
{
    report_buffer_text(buffer, ",\"covers\":[");
    for (size_t i = 0; i < result->covers_count; i++) {
        if (i > 0)
            report_buffer_text(buffer, ",");
        report_add_json(buffer, result->covers[i]);
    }
    report_buffer_text(buffer, "]");
}

/* One line, with the keys in the order of the schema. */
static void add_run(struct report *report, const struct report_result *result)
{
    struct report_buffer *line = &report->scratch;

    report_buffer_format(line, "{\"schema\":%d", (int)SCHEMA);
    add_key(line, "case", result->case_name);
    add_key(line, "variant", result->variant);
    add_key(line, "file", result->file);
    add_number(line, "line", result->line > 0 ? result->line : -1);
    add_key(line, "verdict", report_verdict_name(result->verdict));
    add_key(line, "reason", result->reason);
    add_key(line, "expected", result->expected);
    add_key(line, "actual", result->actual);
    add_key(line, "check", result->check);
    add_key(line, "oracle", result->oracle);
    add_key(line, "requirement", result->requirement);
    add_covers(line, result);
    add_key(line, "target", result->target);
    add_key(line, "profile", result->profile);
    add_number(line, "virtual_us", result->virtual_us);
    add_number(line, "cpu_ns", result->cpu_ns);
    report_buffer_text(line, "}\n");
    report_flush(report);
}

static void add_case(struct report *report, const struct report_case *one)
{
    (void)report;
    (void)one;
}

static void end(struct report *report)
{
    report_add_summary(&report->scratch, &report->counts);
    if (report->scratch.bytes != NULL)
        fprintf(report->options.err, "%s\n", report->scratch.bytes);
    report->scratch.length = 0;
}

const struct report_writer report_json_writer = {
    REPORT_JSON, "json", begin, add_run, add_case, end,
};
