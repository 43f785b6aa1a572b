/* SPDX-License-Identifier: BSD-2-Clause */
/* The named worlds as cases: run, judged and shown. */
#include "cli/scenario.h"

#include "cli/cli.h"
#include "cli/target.h"
#include "run/run.h"
#include "world/record.h"
#include "world/scenario.h"

#include <stdlib.h>
#include <string.h>

enum { WHY_MAX = 256 };

/* One run, from the plan to its record. */
struct tried {
    struct world *world;
    struct world_plan plan;
    struct world_record record;
    const struct world_result *result; /* NULL: a target refuses */
    char why[WHY_MAX];
    int64_t cpu_ns;
};

const char *cli_scenario_variant(int way)
{
    return way == 0 ? NULL : "ipv6 iss=0xfffffffe";
}

/* What the call sets goes over the scenario's own settings. */
static void make_plan(struct tried *tried, const struct cli_case *one,
                      const struct cli_options *options, int way)
{
    struct world_plan *plan = &tried->plan;
    world_scenario_plan(one->scenario, way != 0, plan);
    for (int side = 0; side < WORLD_SIDES; side++) {
        plan->profile[side] = options->profile;
        for (size_t i = 0; i < options->setting_count; i++)
            if (plan->setting_count[side] < WORLD_SETTINGS_MAX)
                plan->settings[side][plan->setting_count[side]++] = options->settings[i];
    }
}

/* Runs the case, and leaves the world open for its result. */
static void try(struct tried *tried, const struct cli_case *one,
                const struct anvil_target *target, const struct cli_options *options, int way)
{
    world_policy_fn policy = cli_target_policy(target);
    struct world_setup setup = { .target = { target, target }, .policy = { policy, policy },
                                 .oracles = options->oracles };
    struct world_draw draw = world_draw_bytes((const uint8_t *)"", 0);
    int64_t began = run_cpu_ns();
    memset(tried, 0, sizeof *tried);
    make_plan(tried, one, options, way);
    bool able = way == 0 || (target->traits()->ipv6 && (target->traits()->fixes_iss ||
                                                        !tried->plan.iss_fixed));
    if (!able)
        snprintf(tried->why, sizeof tried->why, "the target has no IPv6, or no ISN to be chosen");
    else
        tried->world = world_open(&setup, tried->why);
    if (tried->world != NULL) {
        world_record_to(tried->world, &tried->record);
        tried->result = world_run(tried->world, &tried->plan, &draw, tried->why);
    }
    tried->cpu_ns = run_cpu_ns() - began;
}

static void done(struct tried *tried)
{
    world_record_free(&tried->record);
    world_close(tried->world);
}

/* The run as a ladder, to be freed; NULL: no memory. */
static char *ladder_of(const struct tried *tried)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (out == NULL)
        return NULL;
    world_tell_ladder(&tried->record, &tried->plan, out);
    return fclose(out) == 0 ? text : NULL;
}

static size_t count_covers(const struct world_scenario *scenario)
{
    size_t count = 0;
    while (count < WORLD_COVERS_MAX && scenario->covers[count] != NULL)
        count++;
    return count;
}

/* The verdict: what an oracle says comes first; with --oracles-only nothing else does. */
static void judge(struct tried *tried, const struct cli_case *one,
                  const struct cli_options *options, struct report_result *made)
{
    const struct world_result *result = tried->result;
    if (result == NULL) {
        made->verdict = REPORT_SKIPPED;
        made->reason = tried->why;
        return;
    }
    made->virtual_us = (int64_t)result->virtual_us;
    if (result->violated) {
        made->verdict = REPORT_FAILED;
        made->oracle = result->oracle;
        made->reason = result->reason;
    } else if (!options->oracles_only &&
               !world_scenario_judge(one->scenario, result, tried->why, sizeof tried->why)) {
        made->verdict = REPORT_FAILED;
        made->reason = tried->why;
    } else {
        made->verdict = REPORT_PASSED;
    }
}

bool cli_scenario_run(const struct cli_case *one, const struct anvil_target *target,
                      const struct cli_options *options, struct cli_requirements *requirements,
                      int way, FILE *capture, struct cli_outcome *outcome)
{
    struct tried tried;
    const struct world_scenario *scenario = one->scenario;
    struct report_result made = {
        .case_name = one->name, .variant = cli_scenario_variant(way), .file = one->name,
        .sentence = scenario->sentence, .requirement = scenario->covers[0],
        .covers = scenario->covers, .covers_count = count_covers(scenario),
        .target = options->target, .profile = options->profile, .virtual_us = -1,
    };
    try(&tried, one, target, options, way);
    made.cpu_ns = tried.cpu_ns;
    made.requirement_text = cli_requirement_text(requirements, scenario->covers[0]);
    judge(&tried, one, options, &made);
    char *ladder = made.verdict == REPORT_FAILED ? ladder_of(&tried) : NULL;
    made.ladder = ladder;
    bool complete = cli_outcome_keep(outcome, &made);
    if (capture != NULL && tried.result != NULL)
        complete = world_tell_capture(&tried.record, one->name, capture) && complete;
    free(ladder);
    done(&tried);
    return complete;
}

/* The words of a scenario as comments. */
static void print_words(const struct world_scenario *scenario)
{
    char words[WORLD_WORDS_MAX];
    world_scenario_words(scenario, words, sizeof words);
    printf("// %s\n//: covers", scenario->sentence);
    for (size_t i = 0; i < count_covers(scenario); i++)
        printf(" %s", scenario->covers[i]);
    putchar('\n');
    for (const char *at = words; *at != '\0'; at += strcspn(at, "\n") + 1)
        printf("// %.*s\n", (int)strcspn(at, "\n"), at);
    putchar('\n');
}

int cli_scenario_show(const struct cli_case *one, const struct cli_options *options)
{
    struct tried tried;
    print_words(one->scenario);
    try(&tried, one, cli_target_find("core"), options, 0);
    if (tried.result != NULL)
        world_tell_ladder(&tried.record, &tried.plan, stdout);
    int status = tried.result != NULL ? CLI_OK : cli_wrong("%s", tried.why);
    done(&tried);
    return status;
}
