/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of this folder share. A format is one table of four functions. */
#ifndef CONFORMANCE_REPORT_INTERNAL_H
#define CONFORMANCE_REPORT_INTERNAL_H

#include "report/buffer.h"
#include "report/report.h"

/* A case: the runs of its variants put together. Keeps copies. */
struct report_case {
    struct report_result worst;       /* the first run of the worst verdict */
    char *worst_texts;                /* where its texts are kept */
    const char **worst_covers;        /* and the list of its covers */
    size_t variants;
    size_t bad_variants;              /* failed or in error */
    struct report_buffer bad_names;   /* their names: "a, b" */
    struct report_buffer skip_reason; /* of the first variant that was skipped */
    size_t skipped_variants;
    int64_t cpu_ns;                   /* all variants together; -1: not known */
};

/* Things counted under one name: a folder, or a reason. */
struct report_tally {
    char *name;
    size_t passed;
    size_t failed;
    size_t skipped;
    struct report_buffer names; /* "case, case" */
};

struct report_tallies {
    struct report_tally *items;
    size_t count;
    size_t room;
};

struct report_writer {
    enum report_format format;
    const char *word;
    void (*begin)(struct report *report);
    void (*add_run)(struct report *report, const struct report_result *result);
    void (*add_case)(struct report *report, const struct report_case *one);
    void (*end)(struct report *report);
};

struct report {
    struct report_options options;
    const struct report_writer *writer;
    struct report_counts counts;
    size_t cases; /* announced */
    size_t done;
    bool failed;  /* no memory */
    bool current_used;
    struct report_case current;
    struct report_buffer scratch;     /* one piece of output being made */
    struct report_buffer kept;        /* JUnit: the cases so far */
    struct report_tallies folders;    /* text */
    struct report_tallies skipped;    /* text: by reason */
    struct report_tallies in_part;    /* text: cases that passed, some variants skipped */
    struct report_tallies deviations; /* text: by reason */
};

extern const struct report_writer report_text_writer;
extern const struct report_writer report_tap_writer;
extern const struct report_writer report_junit_writer;
extern const struct report_writer report_json_writer;

/* Writes the scratch buffer to the report and empties it. */
void report_flush(struct report *report);

/* "3 passed, 0 failed, 1 skipped" */
void report_add_summary(struct report_buffer *buffer, const struct report_counts *counts);

/* The tally of this name, made if there is none; NULL when there is no memory. */
struct report_tally *report_tally(struct report *report, struct report_tallies *tallies,
                                  const char *name);

/* Length of the folder in front of a case's name, without its slash; 0 if it has none. */
size_t report_folder_length(const char *case_name);

/* What stands for a failure: the sentence that the case shows, or else why it failed. */
const char *report_message(const struct report_result *result);

/* All that is known about the worst run of a case that did not pass, as lines of text. */
void report_add_failure(struct report_buffer *buffer, const struct report_case *one, bool colour);

/* Whether the verdict counts as failed, or as skipped. */
bool report_is_failure(enum report_verdict verdict);
bool report_is_skip(enum report_verdict verdict);

#endif
