/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs cases on threads. Each thread has a runner of its own and takes the next case; a case's
 * results are kept until all before it have been reported.
 */
#include "cli/work.h"
#include "cli/cli.h"
#include "cli/outcome.h"
#include "cli/profile_symbol.h"
#include "cli/scenario.h"
#include "cli/target.h"
#include "run/run.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096, THREADS_MAX = 64 };

struct slot {
    struct cli_outcome outcomes[RUN_VARIANTS_MAX + 1];
    size_t count;
    bool done;
    bool failed;     /* no memory, or a file could not be written */
};

struct shared {
    struct cli_work *work;
    struct slot *slots;
    size_t next;     /* the next case that a thread takes */
    size_t reported; /* cases reported so far */
    size_t count;    /* cases that are to be run: all, or those up to the first that failed */
    bool failed;     /* so did one of them */
    pthread_mutex_t lock;
};

/* A case or variant name as part of a file name, of characters that no shell or system minds. */
static void add_file_name(char *out, size_t size, const char *name)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789._-";
    size_t length = strlen(out);
    for (; *name != '\0' && length + 1 < size; name++)
        out[length++] = strchr(plain, *name) != NULL ? *name : '-';
    out[length] = '\0';
}

/* The capture file of one run, or NULL: none is wanted, or it cannot be written. */
static FILE *open_capture(const struct shared *shared, struct slot *slot,
                          const struct cli_case *one, const char *variant)
{
    char path[PATH_SIZE];
    const char *folder = shared->work->options->pcap;
    if (folder == NULL)
        return NULL;
    int length = snprintf(path, sizeof path - 8, "%s/", folder);
    if (length < 0 || (size_t)length >= sizeof path - 8)
        return NULL;
    add_file_name(path, sizeof path - 8, one->name);
    if (variant != NULL) {
        add_file_name(path, sizeof path - 8, ".");
        add_file_name(path, sizeof path - 8, variant);
    }
    strcat(path, ".pcapng");
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        cli_wrong("%s: %s", path, strerror(errno));
        slot->failed = true;
    }
    return file;
}

static void keep(struct slot *slot, const struct report_result *result)
{
    struct cli_outcome *outcome = &slot->outcomes[slot->count++];
    if (!cli_outcome_keep(outcome, result))
        slot->failed = true;
}

/* The CPU time of this thread, if the report tells that of cases; else 0. */
static int64_t clock_of(const struct cli_work *work)
{
    enum report_format format = work->options->format;
    return format == REPORT_JSON || format == REPORT_JUNIT ? run_cpu_ns() : 0;
}

/* One run of a case, plain or in a variant; its outcome is kept. */
static void run_one(struct shared *shared, struct run *run, struct cli_case *one,
                    struct slot *slot, const struct run_variant *variant)
{
    const struct cli_work *work = shared->work;
    struct run_options options = {
        .case_name = one->name, .profile = work->options->profile, .exact = work->options->exact,
        .own = one->own, .symbol = cli_profile_symbol, .requirement = cli_requirement_text,
        .requirement_context = work->requirements, .variant = variant,
        .settings = work->options->settings, .setting_count = work->options->setting_count,
        .oracles = work->options->oracles, .oracles_only = work->options->oracles_only,
        .policy = cli_target_policy(work->target),
    };
    FILE *capture = open_capture(shared, slot, one,
                                 variant == NULL ? NULL : variant->name);
    options.capture = capture;
    options.began_ns = variant == NULL ? one->began_ns : clock_of(work);
    const struct report_result *result = run_case(run, one->script, work->target, &options);
    if (capture != NULL && fclose(capture) != 0)
        slot->failed = true;
    if (run_mistake(run) != NULL && one->problem == NULL)
        cli_case_wrong(one, run_mistake(run));
    keep(slot, result);
}

/* A named world in each of its ways. */
static void run_scenario(struct shared *shared, const struct cli_case *one, struct slot *slot)
{
    const struct cli_work *work = shared->work;
    for (int way = 0; way < CLI_SCENARIO_RUNS; way++) {
        FILE *capture = open_capture(shared, slot, one, cli_scenario_variant(way));
        if (!cli_scenario_run(one, work->target, work->options, work->requirements, way, capture,
                              &slot->outcomes[slot->count++]))
            slot->failed = true;
        if (capture != NULL && fclose(capture) != 0)
            slot->failed = true;
    }
}

/* A file that is no script is an error of its own. */
static void keep_problem(struct shared *shared, const struct cli_case *one, struct slot *slot)
{
    struct report_result result = { .case_name = one->name, .verdict = REPORT_ERROR,
                                    .virtual_us = -1, .cpu_ns = -1 };
    result.file = cli_case_file(one);
    result.line = (int)one->problem_line;
    result.reason = one->problem;
    result.target = shared->work->options->target;
    result.profile = shared->work->options->profile;
    keep(slot, &result);
}

/* The plain run, and for a script of our own its variants, unless the plain run was skipped. The
 * matrix has other numbers, clocks and IP versions in its cases already. */
static void run_all(struct shared *shared, struct run *run, struct cli_case *one,
                    struct slot *slot)
{
    struct run_variant variants[RUN_VARIANTS_MAX];
    const struct cli_work *work = shared->work;
    run_one(shared, run, one, slot, NULL);
    bool own = (one->own || one->script->own) && !one->generated;
    size_t count = 0;
    if (own && slot->outcomes[0].result.verdict != REPORT_SKIPPED)
        count = run_variants(one->script, work->target, variants);
    for (size_t i = 0; i < count; i++)
        run_one(shared, run, one, slot, &variants[i]);
}

/* Reads and runs a case of whatever kind. */
static void run_any(struct shared *shared, struct run *run, struct cli_case *one,
                    struct slot *slot)
{
    const struct cli_work *work = shared->work;
    one->began_ns = clock_of(work);
    cli_case_read(work->cases, one, work->options->defines, work->options->define_count);
    if (one->scenario == NULL && one->script == NULL) {
        keep_problem(shared, one, slot);
        return;
    }
    if (one->scenario != NULL)
        run_scenario(shared, one, slot);
    else
        run_all(shared, run, one, slot);
    if (!cli_deviations_apply(work->deviations, one->name, slot->outcomes, slot->count))
        slot->failed = true;
}

static bool has_failed(const struct slot *slot)
{
    bool failed = false;
    for (size_t i = 0; i < slot->count; i++) {
        enum report_verdict verdict = slot->outcomes[i].result.verdict;
        failed = failed || verdict == REPORT_FAILED || verdict == REPORT_ERROR;
    }
    return failed;
}

/* Frees what a case showed. */
static void drop(struct shared *shared, size_t index)
{
    struct slot *slot = &shared->slots[index];
    struct cli_case *one = &shared->work->cases->list[index];
    for (size_t i = 0; i < slot->count; i++)
        cli_outcome_free(&slot->outcomes[i]);
    slot->count = 0;
    script_free(one->script);
    one->script = NULL;
}

/* Reports what is done, up to the first case that is not. Called with the lock held. */
static void report_done(struct shared *shared)
{
    while (shared->reported < shared->count && shared->slots[shared->reported].done) {
        struct slot *slot = &shared->slots[shared->reported];
        for (size_t i = 0; i < slot->count; i++)
            report_add(shared->work->report, &slot->outcomes[i].result);
        drop(shared, shared->reported);
        shared->reported++;
    }
}

/* Runs one case after the other, as long as there are any. */
static void *worker(void *context)
{
    struct shared *shared = context;
    struct run *run = run_open();
    if (run == NULL)
        return NULL;
    pthread_mutex_lock(&shared->lock);
    while (shared->next < shared->count) {
        size_t index = shared->next++;
        pthread_mutex_unlock(&shared->lock);
        run_any(shared, run, &shared->work->cases->list[index], &shared->slots[index]);
        pthread_mutex_lock(&shared->lock);
        shared->slots[index].done = true;
        if (shared->work->options->stop_on_failure && has_failed(&shared->slots[index]) &&
            index < shared->count)
            shared->count = index + 1; /* those before it go on */
        shared->failed = shared->failed || shared->slots[index].failed;
        report_done(shared);
    }
    pthread_mutex_unlock(&shared->lock);
    run_close(run);
    return NULL;
}

bool cli_work(struct cli_work *work)
{
    struct shared shared = { .work = work, .count = work->cases->count };
    pthread_t threads[THREADS_MAX];
    unsigned jobs = work->options->jobs, started = 0;
    uint32_t instances = work->target->traits()->instances;
    if (instances != 0 && jobs > instances)
        jobs = instances;
    if (jobs > THREADS_MAX)
        jobs = THREADS_MAX;
    shared.slots = calloc(work->cases->count + 1, sizeof *shared.slots);
    if (shared.slots == NULL || pthread_mutex_init(&shared.lock, NULL) != 0) {
        free(shared.slots);
        return false;
    }
    while (started + 1 < jobs && pthread_create(&threads[started], NULL, worker, &shared) == 0)
        started++;
    worker(&shared);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&shared.lock);
    for (size_t i = shared.reported; i < work->cases->count; i++)
        drop(&shared, i); /* what other threads ran behind the last one */
    free(shared.slots);
    work->left = work->cases->count - shared.count;
    return !shared.failed && shared.reported == shared.count;
}
