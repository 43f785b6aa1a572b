/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints where two targets differ: as text, grouped by requirement, or as JSON lines. The keys of
 * those are described by tcpanvil-against.schema.json.
 */
#include "cli/against.h"
#include "report/buffer.h"

#include <stdlib.h>
#include <string.h>

enum { SCHEMA = 1, NAME_COLUMNS = 8, TEXT_INDENT = 4, NAMES_INDENT = 7 };

/* By requirement, those without one last; then by case. */
static int by_requirement(const void *a, const void *b)
{
    const struct cli_difference *one = a, *other = b;
    int order = 0;
    if (one->requirement != NULL && other->requirement != NULL)
        order = strcmp(one->requirement, other->requirement);
    else
        order = (one->requirement == NULL) - (other->requirement == NULL);
    return order != 0 ? order : strcmp(one->case_name, other->case_name);
}

static bool starts_group(const struct cli_against *against, size_t index)
{
    if (index == 0)
        return true;
    const char *now = against->differences[index].requirement;
    const char *before = against->differences[index - 1].requirement;
    return now == NULL ? before != NULL : before == NULL || strcmp(now, before) != 0;
}

/* "    core      passed", or what failed and how. */
static void add_verdict(struct report_buffer *buffer, const char *name,
                        const struct report_result *result)
{
    report_buffer_format(buffer, "    %-*s  %s", (int)NAME_COLUMNS, name,
                         report_verdict_name(result->verdict));
    if (result->verdict != REPORT_PASSED && result->reason != NULL) {
        report_buffer_text(buffer, ": ");
        report_add_plain(buffer, result->reason);
    }
    report_buffer_text(buffer, "\n");
}

static void add_frames(struct report_buffer *buffer, const struct cli_against *against,
                       const struct cli_difference *one)
{
    report_buffer_text(buffer, "    the first frame that differs:\n");
    for (int i = 0; i < 2; i++) {
        report_buffer_format(buffer, "    %-*s  ", (int)NAME_COLUMNS, against->sides[i].name);
        if (one->sent[i])
            report_buffer_format(buffer, "%.6f %s\n", (double)one->seen[i].time_us / 1e6,
                                 one->seen[i].line);
        else
            report_buffer_text(buffer, "sends nothing more\n");
    }
}

static void add_requirement(struct report_buffer *buffer, const struct cli_against *against,
                            const char *id)
{
    const char *text = id == NULL ? NULL : cli_requirement_text(against->requirements, id);
    report_buffer_text(buffer, id == NULL ? "(covers nothing)" : id);
    report_buffer_text(buffer, "\n");
    if (text != NULL) {
        report_buffer_fill(buffer, ' ', TEXT_INDENT);
        report_add_paragraph(buffer, TEXT_INDENT, text);
    }
    report_buffer_text(buffer, "\n");
}

static void add_text(struct report_buffer *buffer, const struct cli_against *against, size_t index)
{
    const struct cli_difference *one = &against->differences[index];
    if (starts_group(against, index))
        add_requirement(buffer, against, one->requirement);
    report_buffer_text(buffer, "  ");
    report_add_plain(buffer, one->case_name);
    report_buffer_text(buffer, "\n");
    if (one->sentence != NULL) {
        report_buffer_fill(buffer, ' ', TEXT_INDENT);
        report_add_paragraph(buffer, TEXT_INDENT, one->sentence);
    }
    for (int i = 0; i < 2; i++)
        add_verdict(buffer, against->sides[i].name, &one->outcomes[i].result);
    if (one->frames_differ)
        add_frames(buffer, against, one);
    report_buffer_text(buffer, "\n");
}

/* By target and reason, then by case. */
static int by_reason(const void *a, const void *b)
{
    const struct cli_uncompared *one = a, *other = b;
    int order = strcmp(one->target, other->target);
    if (order == 0)
        order = strcmp(one->reason, other->reason);
    return order != 0 ? order : strcmp(one->case_name, other->case_name);
}

/* The cases from `first` on that share its target and reason; how many they are. */
static size_t add_group(struct report_buffer *buffer, const struct cli_uncompared *first,
                        size_t most)
{
    struct report_buffer names;
    size_t count = 0;
    memset(&names, 0, sizeof names);
    for (; count < most && strcmp(first[count].target, first->target) == 0 &&
           strcmp(first[count].reason, first->reason) == 0; count++) {
        report_buffer_text(&names, count == 0 ? "" : ", ");
        report_buffer_text(&names, first[count].case_name);
    }
    report_buffer_format(buffer, "%5zu  %s%s", count, first->target,
                         first->target[0] == '\0' ? "" : ": ");
    report_add_plain(buffer, first->reason);
    report_buffer_text(buffer, "\n");
    report_buffer_fill(buffer, ' ', NAMES_INDENT);
    report_add_paragraph(buffer, NAMES_INDENT, names.bytes == NULL ? "" : names.bytes);
    report_buffer_free(&names);
    return count;
}

static void add_uncompared(struct report_buffer *buffer, const struct cli_against *against)
{
    size_t count = against->uncompared_count;
    if (count == 0)
        return;
    qsort(against->uncompared, count, sizeof *against->uncompared, by_reason);
    report_buffer_text(buffer, "not compared\n");
    for (size_t i = 0; i < count;)
        i += add_group(buffer, &against->uncompared[i], count - i);
    report_buffer_text(buffer, "\n");
}

/* ,"KEY":["A","B"], the values of both sides. */
static void add_pair(struct report_buffer *buffer, const char *key, const char *a, const char *b)
{
    report_buffer_format(buffer, ",\"%s\":[", key);
    report_add_json(buffer, a);
    report_buffer_text(buffer, ",");
    report_add_json(buffer, b);
    report_buffer_text(buffer, "]");
}

static void add_key(struct report_buffer *buffer, const char *key, const char *value)
{
    report_buffer_format(buffer, ",\"%s\":", key);
    report_add_json(buffer, value);
}

/* One line, with the keys in the order of the schema. */
static void add_json(struct report_buffer *buffer, const struct cli_against *against, size_t index)
{
    const struct cli_difference *one = &against->differences[index];
    const struct report_result *a = &one->outcomes[0].result, *b = &one->outcomes[1].result;
    report_buffer_format(buffer, "{\"schema\":%d", (int)SCHEMA);
    add_key(buffer, "requirement", one->requirement);
    add_key(buffer, "case", one->case_name);
    add_key(buffer, "file", one->file);
    add_pair(buffer, "targets", against->sides[0].name, against->sides[1].name);
    add_pair(buffer, "verdicts", report_verdict_name(a->verdict), report_verdict_name(b->verdict));
    add_pair(buffer, "reasons", a->reason, b->reason);
    add_pair(buffer, "frames", one->sent[0] ? one->seen[0].line : NULL,
             one->sent[1] ? one->seen[1].line : NULL);
    report_buffer_text(buffer, ",\"frame_us\":[");
    for (int i = 0; i < 2; i++) {
        report_buffer_text(buffer, i == 0 ? "" : ",");
        if (one->sent[i])
            report_buffer_format(buffer, "%lld", (long long)one->seen[i].time_us);
        else
            report_buffer_text(buffer, "null");
    }
    report_buffer_text(buffer, "]}\n");
}

bool cli_against_print(struct cli_against *against, FILE *out)
{
    struct report_buffer buffer;
    bool json = against->options->format == REPORT_JSON;
    memset(&buffer, 0, sizeof buffer);
    if (against->count > 0)
        qsort(against->differences, against->count, sizeof *against->differences, by_requirement);
    for (size_t i = 0; i < against->count; i++) {
        if (json)
            add_json(&buffer, against, i);
        else
            add_text(&buffer, against, i);
    }
    if (!json)
        add_uncompared(&buffer, against);
    bool written = !buffer.failed &&
                   fwrite(buffer.bytes == NULL ? "" : buffer.bytes, 1, buffer.length, out) ==
                       buffer.length;
    report_buffer_free(&buffer);
    fprintf(json ? stderr : out, "%zu same, %zu differ, %zu not compared\n", against->same,
            against->count, against->uncompared_count);
    return written && fflush(out) == 0 && ferror(out) == 0;
}
