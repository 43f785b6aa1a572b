/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Results of cases, and the four ways to report them: text, TAP, JUnit XML, JSON lines.
 *
 * A case runs in one or more variants; each run is one struct report_result. The variants of a case
 * are reported one after the other. Text, TAP, JUnit and the counts are per case; JSON is per case
 * and variant. A case has the worst verdict of its variants.
 *
 *     struct report *report = report_open(&(struct report_options){ REPORT_TEXT, stdout, stderr });
 *     report_begin(report, cases);
 *     report_add(report, &result);                 for each run; nothing of it is kept
 *     struct report_counts counts = report_end(report);
 *     report_close(report);
 */
#ifndef CONFORMANCE_REPORT_REPORT_H
#define CONFORMANCE_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum report_verdict {
    REPORT_PASSED,
    REPORT_FAILED,
    REPORT_SKIPPED,
    REPORT_ERROR,           /* the script is wrong */
    REPORT_KNOWN_DEVIATION  /* fails, and the target's profile says so */
};

enum report_format { REPORT_TEXT, REPORT_TAP, REPORT_JUNIT, REPORT_JSON };

/*
 * One run of one case. A text that does not apply is NULL; a number that does not is -1, a line 0.
 * The texts are the caller's, and need to live only until report_add() returns.
 *
 * `expected` and `actual` are one line each, in packetdrill's notation. Where they differ is found
 * by report_difference() (difference.h) and marked beneath; `field` names it if the caller knows.
 */
struct report_result {
    const char *case_name;      /* folder/name; must not be NULL */
    const char *variant;        /* "ipv4 iss=0x7fffffff"; NULL for the plain run */
    const char *file;
    int line;                   /* where it was decided */
    const char *sentence;       /* the case in one sentence */
    enum report_verdict verdict;
    const char *reason;
    const char *field;          /* the field that differs: "win", "time" */
    const char *expected;
    const char *actual;
    const char *check;          /* the RFC check that ended processing */
    const char *oracle;
    const char *requirement;
    const char *requirement_text;
    const char *const *covers;
    size_t covers_count;
    const char *target;
    const char *profile;
    int64_t virtual_us;
    int64_t cpu_ns;
    const char *ladder;         /* what happened so far, from report_ladder() */
};

struct report_options {
    enum report_format format;
    FILE *out;             /* the report; stays the caller's */
    FILE *err;             /* the summary of JUnit and JSON, and the progress line */
    bool colour;           /* see report_wants_colour() */
    bool progress;         /* a progress line on err, text format only; for a terminal */
    bool verbose;          /* text: name the cases that passed too */
};

struct report_counts {
    size_t passed;
    size_t failed;   /* errors included */
    size_t skipped;  /* known deviations included */
    size_t errors;
    size_t known_deviations;
};

struct report;

/* NULL when there is no memory. Later lack of memory is seen in report_ok(). */
struct report *report_open(const struct report_options *options);
void report_begin(struct report *report, size_t cases); /* 0: not known beforehand */
void report_add(struct report *report, const struct report_result *result);
struct report_counts report_end(struct report *report);
bool report_ok(const struct report *report); /* everything was kept and written */
void report_close(struct report *report);    /* NULL is allowed */

/* Colour or progress on this stream: it is a terminal, TERM is not "dumb", NO_COLOR is not set. */
bool report_wants_colour(FILE *stream);
bool report_wants_progress(FILE *stream);

/* "failed", "known-deviation", ... */
const char *report_verdict_name(enum report_verdict verdict);

/* "text", "tap", "junit", "json" to a format; false for another word. */
bool report_parse_format(enum report_format *format, const char *word);

#endif
