/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of `tcpanvil coverage` share. */
#ifndef CLI_COVERAGE_H
#define CLI_COVERAGE_H

#include "cli/cases.h"
#include "cli/mutants.h"
#include "cli/options.h"
#include "cli/requirements.h"
#include "report/buffer.h"
#include "run/run.h"

/* What is known of one requirement. */
struct cli_cover {
    size_t *cases;       /* of the list of cases, those that name it */
    size_t case_count, case_capacity;
    size_t mutant_count; /* that say they violate it */
    bool proven;         /* one of those mutants makes one of those cases fail */
};

struct cli_coverage {
    const struct cli_options *options;
    struct cli_cases *cases;
    struct cli_requirements *table;
    const struct cli_requirement **in_order; /* the table as its file has it */
    struct cli_mutants mutants;
    struct cli_cover *covers; /* as table->list */
    size_t met[ANVIL_STATE_UNKNOWN][RUN_MET_COUNT]; /* cases */
    size_t unknown;           /* times that a case names what is no requirement, or not built */
    size_t stale;             /* kills by cases that are not there, or do not name the id */
};

/* How many requirements of one kind there are, and how far they are shown. */
struct cli_tally {
    size_t ids, testable, with_case, proven, unit, untestable, unbuilt;
};

/* Reads the cases and the mutants, and brings all together; `with_states`: runs each case once on
 * the core, to see what it meets in which state. False: no memory. */
bool cli_coverage_collect(struct cli_coverage *coverage, bool with_states);
void cli_coverage_free(struct cli_coverage *coverage);

const struct cli_cover *cli_cover_of(const struct cli_coverage *coverage,
                                     const struct cli_requirement *one);
void cli_tally_add(struct cli_tally *tally, const struct cli_coverage *coverage,
                   const struct cli_requirement *one);

/* Levels that share a row: 0 is MUST and MUST NOT, and so on. */
enum { CLI_LEVELS = 7 };
extern const char *const cli_levels[CLI_LEVELS];
bool cli_is_level(const struct cli_requirement *one, size_t level);

/* Whether the mutant was killed by a case that names what it violates. */
bool cli_mutant_is_killed(const struct cli_coverage *coverage, const struct cli_mutant *mutant);

/* The case that killed the mutant for this requirement, or at all if it recreates this bug; NULL:
 * none. */
const char *cli_killer(const struct cli_coverage *coverage, const struct cli_mutant *mutant,
                       const char *id);

/* Whether it violates the requirement, recreates the bug, or was killed for it. */
bool cli_mutant_concerns(const struct cli_coverage *coverage, const struct cli_mutant *mutant,
                         const char *id);

/* "CLOSED" and so on, of an enum anvil_target_state. */
const char *cli_state_name(size_t state);

/* The parts of the text, and the text as JSON lines. */
void cli_coverage_table(const struct cli_coverage *coverage, struct report_buffer *out);
void cli_coverage_missing(const struct cli_coverage *coverage, struct report_buffer *out);
void cli_coverage_states(const struct cli_coverage *coverage, struct report_buffer *out);
void cli_coverage_areas(const struct cli_coverage *coverage, struct report_buffer *out);
void cli_coverage_mutants(const struct cli_coverage *coverage, struct report_buffer *out);
void cli_coverage_one(const struct cli_coverage *coverage, const struct cli_requirement *one,
                      struct report_buffer *out);
void cli_coverage_json(const struct cli_coverage *coverage, struct report_buffer *out);

#endif
