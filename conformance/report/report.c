/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs are put together to cases here, and counted; how they look is the writers' business. */
#include "report/internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct report_writer *const writers[] = {
    &report_text_writer,
    &report_tap_writer,
    &report_junit_writer,
    &report_json_writer,
};

enum { WRITERS = sizeof writers / sizeof writers[0] };

const char *report_verdict_name(enum report_verdict verdict)
{
    switch (verdict) {
    case REPORT_PASSED:
        return "passed";
    case REPORT_FAILED:
        return "failed";
    case REPORT_SKIPPED:
        return "skipped";
    case REPORT_ERROR:
        return "error";
    case REPORT_KNOWN_DEVIATION:
        return "known-deviation";
    }
    return "unknown";
}

bool report_is_failure(enum report_verdict verdict)
{
    return verdict == REPORT_FAILED || verdict == REPORT_ERROR;
}

bool report_is_skip(enum report_verdict verdict)
{
    return verdict == REPORT_SKIPPED || verdict == REPORT_KNOWN_DEVIATION;
}

/* Of two verdicts of one case the higher one counts. A case passed if some variant of it passed and
 * none is worse; variants that were skipped are still named. */
static int badness(enum report_verdict verdict)
{
    switch (verdict) {
    case REPORT_SKIPPED:
        return 0;
    case REPORT_PASSED:
        return 1;
    case REPORT_KNOWN_DEVIATION:
        return 2;
    case REPORT_FAILED:
        return 3;
    case REPORT_ERROR:
        return 4;
    }
    return 4;
}

bool report_parse_format(enum report_format *format, const char *word)
{
    for (size_t i = 0; i < WRITERS; i++) {
        if (strcmp(writers[i]->word, word) == 0) {
            *format = writers[i]->format;
            return true;
        }
    }
    return false;
}

/* https://no-color.org: set and not empty means none. */
bool report_wants_colour(FILE *stream)
{
    const char *no_colour = getenv("NO_COLOR");

    return (no_colour == NULL || no_colour[0] == '\0') && report_wants_progress(stream);
}

bool report_wants_progress(FILE *stream)
{
    const char *terminal = getenv("TERM");

    return isatty(fileno(stream)) && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

size_t report_folder_length(const char *case_name)
{
    const char *slash = strrchr(case_name, '/');

    return slash == NULL ? 0 : (size_t)(slash - case_name);
}

struct report *report_open(const struct report_options *options)
{
    struct report *report = calloc(1, sizeof *report);

    if (report == NULL)
        return NULL;
    report->options = *options;
    report->writer = &report_text_writer;
    for (size_t i = 0; i < WRITERS; i++)
        if (writers[i]->format == options->format)
            report->writer = writers[i];
    return report;
}

void report_begin(struct report *report, size_t cases)
{
    report->cases = cases;
    report->writer->begin(report);
}

void report_flush(struct report *report)
{
    struct report_buffer *scratch = &report->scratch;

    if (scratch->failed)
        report->failed = true;
    if (scratch->length > 0)
        fwrite(scratch->bytes, 1, scratch->length, report->options.out);
    scratch->length = 0;
}

void report_add_summary(struct report_buffer *buffer, const struct report_counts *counts)
{
    report_buffer_format(buffer, "%zu passed, %zu failed, %zu skipped", counts->passed,
                         counts->failed, counts->skipped);
}

/* The places of all texts in a result, so that a copy cannot forget one. */
static const size_t texts[] = {
    offsetof(struct report_result, case_name),   offsetof(struct report_result, variant),
    offsetof(struct report_result, file),        offsetof(struct report_result, sentence),
    offsetof(struct report_result, reason),      offsetof(struct report_result, field),
    offsetof(struct report_result, expected),    offsetof(struct report_result, actual),
    offsetof(struct report_result, check),       offsetof(struct report_result, oracle),
    offsetof(struct report_result, requirement), offsetof(struct report_result, requirement_text),
    offsetof(struct report_result, target),      offsetof(struct report_result, profile),
    offsetof(struct report_result, ladder),
};

enum { TEXTS = sizeof texts / sizeof texts[0] };

static const char **text_of(struct report_result *result, size_t i)
{
    return (const char **)(void *)((char *)result + texts[i]);
}

/* Copies `from` to *next, and moves *next behind it. */
static const char *keep_text(char **next, const char *from)
{
    size_t count = strlen(from) + 1;
    char *kept = *next;

    memcpy(kept, from, count);
    *next += count;
    return kept;
}

/* Makes *one keep a copy of the result with all it points to. False, and nothing changed, when
 * there is no memory. */
static bool keep(struct report_case *one, const struct report_result *result)
{
    struct report_result copy = *result;
    const char **covers = calloc(result->covers_count + 1, sizeof *covers);
    size_t total = 1;
    char *store;
    char *next;

    for (size_t i = 0; i < TEXTS; i++)
        total += *text_of(&copy, i) == NULL ? 0 : strlen(*text_of(&copy, i)) + 1;
    for (size_t i = 0; i < result->covers_count; i++)
        total += strlen(result->covers[i]) + 1;
    store = malloc(total);
    if (store == NULL || covers == NULL) {
        free(store);
        free(covers);
        return false;
    }
    next = store;
    for (size_t i = 0; i < TEXTS; i++)
        if (*text_of(&copy, i) != NULL)
            *text_of(&copy, i) = keep_text(&next, *text_of(&copy, i));
    for (size_t i = 0; i < result->covers_count; i++)
        covers[i] = keep_text(&next, result->covers[i]);
    free(one->worst_texts);
    free(one->worst_covers);
    copy.covers = covers;
    one->worst = copy;
    one->worst_texts = store;
    one->worst_covers = covers;
    return true;
}

static void free_case(struct report_case *one)
{
    free(one->worst_texts);
    free(one->worst_covers);
    report_buffer_free(&one->bad_names);
    report_buffer_free(&one->skip_reason);
    *one = (struct report_case){ .cpu_ns = -1 };
}

/* Enters one variant. */
static void add_variant(struct report *report, const struct report_result *result)
{
    struct report_case *one = &report->current;
    bool first = one->variants == 0;

    if ((first || badness(result->verdict) > badness(one->worst.verdict)) && !keep(one, result))
        report->failed = true;
    one->variants++;
    if (result->cpu_ns >= 0)
        one->cpu_ns = (one->cpu_ns < 0 ? 0 : one->cpu_ns) + result->cpu_ns;
    if (report_is_failure(result->verdict)) {
        if (one->bad_variants++ > 0)
            report_buffer_text(&one->bad_names, ", ");
        report_buffer_text(&one->bad_names, result->variant == NULL ? "plain" : result->variant);
    }
    if (result->verdict == REPORT_SKIPPED && one->skipped_variants++ == 0)
        report_buffer_text(&one->skip_reason, result->reason == NULL ? "" : result->reason);
}

static void count_case(struct report_counts *counts, enum report_verdict verdict)
{
    counts->passed += verdict == REPORT_PASSED;
    counts->failed += report_is_failure(verdict);
    counts->skipped += report_is_skip(verdict);
    counts->errors += verdict == REPORT_ERROR;
    counts->known_deviations += verdict == REPORT_KNOWN_DEVIATION;
}

/* The case is complete. One that could not be kept for lack of memory is lost, and report_ok()
 * tells. */
static void finish_case(struct report *report)
{
    if (!report->current_used)
        return;
    report->current_used = false;
    report->done++;
    if (report->current.worst_texts != NULL) {
        count_case(&report->counts, report->current.worst.verdict);
        report->writer->add_case(report, &report->current);
    }
    free_case(&report->current);
}

void report_add(struct report *report, const struct report_result *result)
{
    const char *name = report->current.worst.case_name;

    if (report->current_used && (name == NULL || strcmp(name, result->case_name) != 0))
        finish_case(report);
    if (!report->current_used)
        free_case(&report->current);
    report->current_used = true;
    report->writer->add_run(report, result);
    add_variant(report, result);
}

struct report_counts report_end(struct report *report)
{
    finish_case(report);
    report->writer->end(report);
    report_flush(report);
    if (fflush(report->options.out) != 0)
        report->failed = true;
    return report->counts;
}

bool report_ok(const struct report *report)
{
    return !report->failed && !report->kept.failed && !ferror(report->options.out);
}

static void free_tallies(struct report_tallies *tallies)
{
    for (size_t i = 0; i < tallies->count; i++) {
        free(tallies->items[i].name);
        report_buffer_free(&tallies->items[i].names);
    }
    free(tallies->items);
}

void report_close(struct report *report)
{
    if (report == NULL)
        return;
    free_case(&report->current);
    free_tallies(&report->folders);
    free_tallies(&report->skipped);
    free_tallies(&report->in_part);
    free_tallies(&report->deviations);
    report_buffer_free(&report->scratch);
    report_buffer_free(&report->kept);
    free(report);
}

static bool make_room(struct report_tallies *tallies)
{
    size_t room = tallies->room == 0 ? 16 : tallies->room * 2;
    struct report_tally *items;

    if (tallies->count < tallies->room)
        return true;
    items = realloc(tallies->items, room * sizeof *items);
    if (items == NULL)
        return false;
    tallies->items = items;
    tallies->room = room;
    return true;
}

struct report_tally *report_tally(struct report *report, struct report_tallies *tallies,
                                  const char *name)
{
    char *kept;

    for (size_t i = 0; i < tallies->count; i++)
        if (strcmp(tallies->items[i].name, name) == 0)
            return &tallies->items[i];
    kept = strdup(name);
    if (kept == NULL || !make_room(tallies)) {
        free(kept);
        report->failed = true;
        return NULL;
    }
    tallies->items[tallies->count] = (struct report_tally){ .name = kept };
    return &tallies->items[tallies->count++];
}
