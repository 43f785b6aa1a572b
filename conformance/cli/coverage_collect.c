/* SPDX-License-Identifier: BSD-2-Clause */
/* Brings requirements, cases and mutants together. */
#include "cli/coverage.h"

#include "cli/cli.h"
#include "cli/profile_symbol.h"
#include "cli/target.h"
#include "world/scenario.h"

#include <stdlib.h>
#include <string.h>

const struct cli_cover *cli_cover_of(const struct cli_coverage *coverage,
                                     const struct cli_requirement *one)
{
    return &coverage->covers[one - coverage->table->list];
}

static struct cli_cover *cover_of(struct cli_coverage *coverage, const char *id)
{
    const struct cli_requirement *found = cli_requirement_find(coverage->table, id);
    return found == NULL ? NULL : &coverage->covers[found - coverage->table->list];
}

/* Enters a case; one that names an id twice counts once. */
static bool add_case(struct cli_cover *cover, size_t index)
{
    if (cover->case_count > 0 && cover->cases[cover->case_count - 1] == index)
        return true;
    if (cover->case_count == cover->case_capacity) {
        size_t wanted = cover->case_capacity * 2 + 4;
        size_t *grown = realloc(cover->cases, wanted * sizeof *grown);
        if (grown == NULL)
            return false;
        cover->cases = grown;
        cover->case_capacity = wanted;
    }
    cover->cases[cover->case_count++] = index;
    return true;
}

/* Says on stderr what is wrong with an id that a case names, and counts it. */
static void count_unknown(struct cli_coverage *coverage, const struct script_item *item,
                          const struct cli_requirement *found)
{
    coverage->unknown++;
    cli_wrong("%s:%u: %s %s%s", item->pos.file, (unsigned)item->pos.line, item->name,
              found == NULL ? "is not a requirement" : "is ",
              found == NULL ? "" : found->observed_by);
}

/* Enters what a case says that it covers. False: no memory. */
static bool enter_covers(struct cli_coverage *coverage, size_t index)
{
    const struct cli_case *one = &coverage->cases->list[index];
    for (const struct script_item *item = one->script->covers; item != NULL; item = item->next) {
        const struct cli_requirement *found = cli_requirement_find(coverage->table, item->name);
        if (found == NULL || found->observed == CLI_NOT_BUILT)
            count_unknown(coverage, item, found);
        else if (!add_case(cover_of(coverage, item->name), index))
            return false;
    }
    return true;
}

/* The same for a named world. */
static bool enter_scenario(struct cli_coverage *coverage, size_t index)
{
    const char *const *covers = coverage->cases->list[index].scenario->covers;
    for (size_t i = 0; i < WORLD_COVERS_MAX && covers[i] != NULL; i++) {
        struct cli_cover *cover = cover_of(coverage, covers[i]);
        coverage->unknown += cover == NULL;
        if (cover == NULL)
            cli_wrong("%s: %s is not a requirement", coverage->cases->list[index].name, covers[i]);
        else if (!add_case(cover, index))
            return false;
    }
    return true;
}

/* Runs a case on the core, and counts what it met in which state. */
static void enter_meetings(struct cli_coverage *coverage, const struct cli_case *one,
                           struct run *run, const struct anvil_target *target)
{
    struct run_options how = { .case_name = one->name, .own = one->own,
                               .symbol = cli_profile_symbol };
    uint32_t met[ANVIL_STATE_UNKNOWN];
    run_case(run, one->script, target, &how);
    run_met(run, met);
    for (size_t state = 0; state < ANVIL_STATE_UNKNOWN; state++)
        for (size_t event = 0; event < RUN_MET_COUNT; event++)
            coverage->met[state][event] += met[state] >> event & 1;
}

/* Reads each case, and runs it unless `run` is NULL; keeps no script. False: no memory. */
static bool enter_cases(struct cli_coverage *coverage, struct run *run)
{
    const struct anvil_target *target = cli_target_find("core");
    bool complete = true;
    for (size_t i = 0; i < coverage->cases->count && complete; i++) {
        struct cli_case *one = &coverage->cases->list[i];
        cli_case_read(coverage->cases, one, NULL, 0);
        if (one->scenario != NULL)
            complete = enter_scenario(coverage, i);
        if (one->script == NULL)
            continue;
        complete = enter_covers(coverage, i);
        if (run != NULL && target != NULL)
            enter_meetings(coverage, one, run, target);
        script_free(one->script);
        one->script = NULL;
    }
    return complete;
}

/* Whether a case of this name covers what `cover` stands for. */
static bool is_covered_by(const struct cli_coverage *coverage, const struct cli_cover *cover,
                          const char *case_name)
{
    for (size_t i = 0; i < cover->case_count; i++)
        if (strcmp(coverage->cases->list[cover->cases[i]].name, case_name) == 0)
            return true;
    return false;
}

/* A kill is stale if its case is gone; part of the suite is no reason to say so. */
static void enter_kills(struct cli_coverage *coverage)
{
    bool whole = coverage->options->filter == NULL && coverage->options->path_count == 0;
    for (size_t i = 0; i < coverage->mutants.kill_count; i++) {
        const struct cli_kill *kill = &coverage->mutants.kills[i];
        struct cli_cover *cover = cover_of(coverage, kill->requirement);
        if (cover != NULL && is_covered_by(coverage, cover, kill->case_name))
            cover->proven = true;
        else
            coverage->stale += whole;
    }
}

/* Counts the mutants of each id. A bug is proven when a mutant that recreates it is killed for what
 * it breaks, and a case names the bug. */
static void enter_mutants(struct cli_coverage *coverage)
{
    for (size_t i = 0; i < coverage->table->count; i++) {
        struct cli_cover *cover = &coverage->covers[i];
        const char *id = coverage->table->list[i].id;
        for (size_t j = 0; j < coverage->mutants.count; j++) {
            const struct cli_mutant *mutant = &coverage->mutants.list[j];
            bool recreates = cli_mutant_recreates(mutant, id);
            cover->mutant_count += recreates || cli_mutant_breaks(mutant, id);
            if (recreates && cover->case_count > 0 && cli_mutant_is_killed(coverage, mutant))
                cover->proven = true;
        }
    }
}

bool cli_coverage_collect(struct cli_coverage *coverage, bool with_states)
{
    struct run *run = with_states ? run_open() : NULL;
    coverage->covers = calloc(coverage->table->count + 1, sizeof *coverage->covers);
    coverage->in_order = calloc(coverage->table->count + 1, sizeof *coverage->in_order);
    bool complete = coverage->covers != NULL && coverage->in_order != NULL &&
                    cli_mutants_load(&coverage->mutants) && (run != NULL || !with_states) &&
                    enter_cases(coverage, run);
    run_close(run);
    if (!complete)
        return false;
    for (size_t i = 0; i < coverage->table->count; i++)
        coverage->in_order[coverage->table->list[i].place] = &coverage->table->list[i];
    enter_mutants(coverage);
    enter_kills(coverage);
    return true;
}

void cli_coverage_free(struct cli_coverage *coverage)
{
    for (size_t i = 0; coverage->covers != NULL && i < coverage->table->count; i++)
        free(coverage->covers[i].cases);
    free(coverage->covers);
    free(coverage->in_order);
    cli_mutants_free(&coverage->mutants);
}

bool cli_mutant_is_killed(const struct cli_coverage *coverage, const struct cli_mutant *mutant)
{
    for (size_t i = 0; i < coverage->mutants.kill_count; i++)
        if (strcmp(coverage->mutants.kills[i].mutant, mutant->name) == 0 &&
            coverage->mutants.kills[i].case_name[0] != '\0')
            return true;
    return false;
}

void cli_tally_add(struct cli_tally *tally, const struct cli_coverage *coverage,
                   const struct cli_requirement *one)
{
    const struct cli_cover *cover = cli_cover_of(coverage, one);
    bool testable = one->observed == CLI_OBSERVED_BY_CASES;
    tally->ids++;
    tally->testable += testable;
    tally->with_case += testable && cover->case_count > 0;
    tally->proven += testable && cover->proven;
    tally->unit += one->observed == CLI_OBSERVED_BY_UNIT_TEST;
    tally->untestable += one->observed == CLI_NOT_TESTABLE;
    tally->unbuilt += one->observed == CLI_NOT_BUILT;
}
