/* SPDX-License-Identifier: BSD-2-Clause */
/* One run that did not pass, told so that no other tool is needed to understand it. */
#include <string.h>

#include "report/difference.h"
#include "report/internal.h"

enum { LABEL_WIDTH = 14 };

/* "  label       " */
static void add_label(struct report_buffer *buffer, const char *label)
{
    report_buffer_format(buffer, "  %-*s", (int)LABEL_WIDTH - 2, label);
}

static void add_paragraph(struct report_buffer *buffer, const char *label, const char *text)
{
    if (text == NULL)
        return;
    add_label(buffer, label);
    report_add_paragraph(buffer, LABEL_WIDTH, text);
}

/* The first line beside the label; a caller's further lines (a source line and its caret) as they
 * are, beneath. */
static void add_reason(struct report_buffer *buffer, const char *reason)
{
    size_t length;

    if (reason == NULL)
        return;
    length = strcspn(reason, "\n");
    if (reason[length] == '\0') {
        add_paragraph(buffer, "reason", reason);
        return;
    }
    report_add_indented(buffer, 2, reason);
}

static void add_line(struct report_buffer *buffer, const char *label, const char *line)
{
    if (line == NULL)
        return;
    add_label(buffer, label);
    report_add_plain(buffer, line);
    report_buffer_text(buffer, "\n");
}

/* "^~~~~ win" beneath the field; a caret alone where the field is missing. */
static void add_mark(struct report_buffer *buffer, size_t column, size_t width, const char *name,
                     bool colour)
{
    report_buffer_fill(buffer, ' ', LABEL_WIDTH + column);
    report_buffer_text(buffer, colour ? "\033[1;31m^" : "^");
    if (width > 1)
        report_buffer_fill(buffer, '~', width - 1);
    report_buffer_format(buffer, "%s%s%s\n", colour ? "\033[0m" : "", name[0] == '\0' ? "" : " ",
                         name);
}

/* Only single lines are compared: the columns of others mean nothing. */
static bool is_single_line(const char *line)
{
    return line != NULL && strchr(line, '\n') == NULL;
}

static void add_comparison(struct report_buffer *buffer, const struct report_result *result,
                           bool colour)
{
    struct report_difference difference;
    bool marked = is_single_line(result->expected) && is_single_line(result->actual) &&
                  report_difference(&difference, result->expected, result->actual, result->field);

    add_line(buffer, "expected", result->expected);
    if (marked)
        add_mark(buffer, difference.expected_column, difference.expected_width, "", colour);
    add_line(buffer, "actual", result->actual);
    if (marked)
        add_mark(buffer, difference.actual_column, difference.actual_width, difference.field,
                 colour);
}

static void add_requirement(struct report_buffer *buffer, const struct report_result *result)
{
    if (result->requirement == NULL)
        return;
    if (result->requirement_text == NULL) {
        add_paragraph(buffer, "requirement", result->requirement);
        return;
    }
    add_label(buffer, "requirement");
    report_add_plain(buffer, result->requirement);
    report_buffer_text(buffer, "\n");
    report_buffer_fill(buffer, ' ', LABEL_WIDTH);
    report_add_paragraph(buffer, LABEL_WIDTH, result->requirement_text);
}

/* Which variants failed, when there are several. */
static void add_variants(struct report_buffer *buffer, const struct report_case *one)
{
    struct report_buffer text = { .bytes = NULL };

    if (one->variants < 2 || one->bad_names.bytes == NULL)
        return;
    if (one->bad_variants == one->variants)
        report_buffer_format(&text, "all %zu failed", one->variants);
    else
        report_buffer_format(&text, "%zu of %zu failed: %s", one->bad_variants, one->variants,
                             one->bad_names.bytes);
    add_paragraph(buffer, "variants", text.bytes);
    buffer->failed = buffer->failed || text.failed;
    report_buffer_free(&text);
}

const char *report_message(const struct report_result *result)
{
    if (result->sentence != NULL && result->sentence[0] != '\0')
        return result->sentence;
    if (result->reason != NULL && result->reason[0] != '\0')
        return result->reason;
    return report_verdict_name(result->verdict);
}

void report_add_failure(struct report_buffer *buffer, const struct report_case *one, bool colour)
{
    const struct report_result *result = &one->worst;

    if (result->sentence != NULL && result->sentence[0] != '\0') {
        report_buffer_text(buffer, "  ");
        report_add_paragraph(buffer, 2, result->sentence);
    }
    if (result->file != NULL) {
        report_buffer_text(buffer, "  ");
        report_add_plain(buffer, result->file);
        if (result->line > 0)
            report_buffer_format(buffer, ":%d", result->line);
        report_buffer_text(buffer, "\n");
    }
    add_variants(buffer, one);
    add_reason(buffer, result->reason);
    add_comparison(buffer, result, colour);
    add_paragraph(buffer, "oracle", result->oracle);
    add_paragraph(buffer, "check", result->check);
    add_requirement(buffer, result);
    if (result->ladder != NULL && result->ladder[0] != '\0') {
        report_buffer_text(buffer, "\n");
        report_add_indented(buffer, 0, result->ladder);
    }
}
