/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compares two targets, case by case. Windows are left out of the comparison of frames: how much a
 * stack buffers is its own affair, and would make every frame differ.
 */
#include "cli/against.h"
#include "cli/cli.h"
#include "cli/profile_symbol.h"
#include "cli/target.h"

#include <stdlib.h>
#include <string.h>

/* The frames that one target sent in one case. */
struct trace {
    struct run_seen *list;
    size_t count;
};

static bool take_trace(struct run *run, struct trace *trace)
{
    struct run_seen seen;
    size_t capacity = 0;
    trace->list = NULL;
    for (trace->count = 0; run_seen(run, trace->count, &seen); trace->count++) {
        if (trace->count == capacity) {
            capacity = capacity * 2 + 16;
            struct run_seen *grown = realloc(trace->list, capacity * sizeof *grown);
            if (grown == NULL)
                return false;
            trace->list = grown;
        }
        trace->list[trace->count] = seen;
    }
    return true;
}

/* A frame's line without its window. */
static void without_window(char *out, size_t size, const char *line)
{
    const char *window = strstr(line, " win ");
    if (window == NULL) {
        snprintf(out, size, "%s", line);
        return;
    }
    size_t digits = 5 + strspn(window + 5, "0123456789");
    snprintf(out, size, "%.*s%s", (int)(window - line), line, window + digits);
}

/* How far apart in time two frames may be that are the same: the coarser ticks of both. */
static int64_t allowed_us(const struct cli_against *against)
{
    uint64_t us = 0;
    for (int i = 0; i < 2; i++) {
        const struct anvil_target_traits *traits = against->sides[i].target->traits();
        us += traits->tolerance_us + (traits->granularity_us > 0 ? traits->granularity_us - 1 : 0);
    }
    return (int64_t)us;
}

static bool same_frame(const struct cli_against *against, const struct run_seen *a,
                       const struct run_seen *b)
{
    char lines[2][sizeof a->line];
    int64_t apart = a->time_us > b->time_us ? a->time_us - b->time_us : b->time_us - a->time_us;
    without_window(lines[0], sizeof lines[0], a->line);
    without_window(lines[1], sizeof lines[1], b->line);
    return apart <= allowed_us(against) && strcmp(lines[0], lines[1]) == 0;
}

/* Finds the first frame that only one of them sent so. */
static void compare_frames(const struct cli_against *against, const struct trace traces[2],
                           struct cli_difference *difference)
{
    size_t i = 0;
    while (i < traces[0].count && i < traces[1].count &&
           same_frame(against, &traces[0].list[i], &traces[1].list[i]))
        i++;
    for (int side = 0; side < 2; side++) {
        difference->sent[side] = i < traces[side].count;
        if (difference->sent[side])
            difference->seen[side] = traces[side].list[i];
    }
    difference->frames_differ = difference->sent[0] || difference->sent[1];
}

/* Runs a case on one side. False: no memory. */
static bool run_side(struct cli_against *against, struct run *run, struct cli_case *one, int side,
                     struct cli_outcome *outcome, struct trace *trace)
{
    const struct cli_options *options = against->options;
    struct run_options how = {
        .case_name = one->name, .profile = options->profile, .exact = options->exact,
        .own = one->own, .symbol = cli_profile_symbol, .requirement = cli_requirement_text,
        .requirement_context = against->requirements,
        .settings = options->settings, .setting_count = options->setting_count,
        .oracles = options->oracles, .policy = cli_target_policy(against->sides[side].target),
    };
    const struct report_result *result =
        run_case(run, one->script, against->sides[side].target, &how);
    if (run_mistake(run) != NULL && one->problem == NULL)
        cli_case_wrong(one, run_mistake(run));
    bool complete = take_trace(run, trace);
    if (!cli_outcome_keep(outcome, result))
        complete = false;
    const char *known = result->verdict != REPORT_FAILED ? NULL :
        cli_deviations_reason(&against->sides[side].deviations, one->name, result);
    if (known != NULL)
        complete = cli_outcome_judge(outcome, REPORT_KNOWN_DEVIATION, known) && complete;
    return complete;
}

static bool add_uncompared(struct cli_against *against, const char *name, const char *target,
                           const char *reason)
{
    size_t count = against->uncompared_count;
    struct cli_uncompared *grown = realloc(against->uncompared, (count + 1) * sizeof *grown);
    if (grown == NULL)
        return false;
    against->uncompared = grown;
    grown[count] = (struct cli_uncompared){ name, target,
                                            strdup(reason == NULL ? "" : reason) };
    if (grown[count].reason == NULL)
        return false;
    against->uncompared_count++;
    return true;
}

static void release(struct cli_difference *difference)
{
    cli_outcome_free(&difference->outcomes[0]);
    cli_outcome_free(&difference->outcomes[1]);
}

/* A place for one more difference; NULL: no memory. */
static struct cli_difference *reserve(struct cli_against *against)
{
    if (against->count == against->capacity) {
        size_t capacity = against->capacity * 2 + 16;
        struct cli_difference *grown = realloc(against->differences, capacity * sizeof *grown);
        if (grown == NULL)
            return NULL;
        against->differences = grown;
        against->capacity = capacity;
    }
    struct cli_difference *made = &against->differences[against->count];
    memset(made, 0, sizeof *made);
    return made;
}

/* What neither run, or only one, could show is no difference. Else the case is counted as one or
 * the other. False: no memory. */
static bool settle(struct cli_against *against, struct cli_difference *made)
{
    for (int i = 0; i < 2; i++) {
        const struct report_result *result = &made->outcomes[i].result;
        bool cannot = result->verdict == REPORT_SKIPPED || result->verdict == REPORT_ERROR;
        if (!cannot)
            continue;
        bool added = add_uncompared(against, made->case_name, against->sides[i].name,
                                    result->reason);
        release(made);
        return added;
    }
    bool differs = made->frames_differ ||
                   made->outcomes[0].result.verdict != made->outcomes[1].result.verdict;
    against->count += differs;
    against->same += !differs;
    if (!differs)
        release(made);
    return true;
}

/* Reads a case, runs it on both sides, and files what came of it. False: no memory. */
static bool compare_case(struct cli_against *against, struct run *run, struct cli_case *one)
{
    struct trace traces[2] = { { NULL, 0 }, { NULL, 0 } };
    struct cli_difference *made = reserve(against);
    if (made == NULL)
        return false;
    cli_case_read(against->cases, one, against->options->defines, against->options->define_count);
    if (one->script == NULL)
        return add_uncompared(against, one->name, "", one->problem);
    made->case_name = one->name;
    made->file = cli_case_file(one);
    made->sentence = one->script->sentence;
    made->requirement = one->script->covers == NULL ? NULL : one->script->covers->name;
    bool complete = run_side(against, run, one, 0, &made->outcomes[0], &traces[0]) &&
                    run_side(against, run, one, 1, &made->outcomes[1], &traces[1]);
    if (complete)
        compare_frames(against, traces, made);
    free(traces[0].list);
    free(traces[1].list);
    if (complete)
        return settle(against, made);
    release(made);
    return false;
}

static void free_found(struct cli_against *against)
{
    for (size_t i = 0; i < against->count; i++)
        release(&against->differences[i]);
    for (size_t i = 0; i < against->uncompared_count; i++)
        free(against->uncompared[i].reason);
    free(against->differences);
    free(against->uncompared);
}

int cli_against_run(struct cli_against *against, FILE *out)
{
    struct run *run = run_open();
    bool complete = run != NULL;
    for (size_t i = 0; i < against->cases->count && complete; i++)
        complete = compare_case(against, run, &against->cases->list[i]);
    run_close(run);
    int status = against->count > 0 ? CLI_FAILED : CLI_OK;
    if (!complete)
        status = cli_wrong("no memory");
    else if (!cli_against_print(against, out))
        status = cli_wrong("the report could not be written");
    else if (cli_cases_wrong(against->cases))
        status = CLI_WRONG;
    free_found(against);
    return status;
}
