/* SPDX-License-Identifier: BSD-2-Clause */
/* The named worlds pass with the core; each fails if any part of what it expects is false. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/requirements.h"
#include "target/registry.h"
#include "world/scenario.h"

enum { WHY_MAX = 256 };

static struct world_result run_scenario(const struct world_scenario *scenario, bool other)
{
    char why[WHY_MAX] = "";
    struct world_setup setup = { .target = { target_find("core"), target_find("core") },
                                 .oracles = ORACLE_ALL };
    struct world_draw draw = world_draw_bytes((const uint8_t *)"", 0);
    struct world_plan plan;
    struct world *world = world_open(&setup, why);
    assert_non_null(world);
    world_scenario_plan(scenario, other, &plan);
    const struct world_result *result = world_run(world, &plan, &draw, why);
    if (result == NULL)
        fail_msg("%s: %s", scenario->name, why);
    struct world_result kept = *result;
    world_close(world);
    return kept;
}

static void each_passes(void **state)
{
    (void)state;
    char why[WHY_MAX] = "";
    const struct world_scenario *scenario;
    size_t i;
    for (i = 0; (scenario = world_scenario_at(i)) != NULL; i++)
        for (int other = 0; other < 2; other++) {
            struct world_result result = run_scenario(scenario, other != 0);
            if (result.violated)
                fail_msg("%s: %s: %s", scenario->name, result.oracle, result.reason);
            if (!world_scenario_judge(scenario, &result, why, sizeof why))
                fail_msg("%s: %s", scenario->name, why);
        }
    assert_true(i >= 30);
}

/* The same scenario with this expectation must fail, and say why. */
static void must_fail(const struct world_scenario *scenario, const struct world_result *result,
                      const struct world_expectation *false_one, const char *what)
{
    char why[WHY_MAX] = "";
    struct world_scenario changed = *scenario;
    changed.expected = *false_one;
    if (world_scenario_judge(&changed, result, why, sizeof why) || why[0] == '\0')
        fail_msg("%s passes with another %s", scenario->name, what);
}

static void perturb_end(const struct world_scenario *scenario, const struct world_result *result,
                        int side)
{
    struct world_expectation made = scenario->expected;
    made.state[side] = ANVIL_STATE_FIN_WAIT_2;
    must_fail(scenario, result, &made, "state");
    made = scenario->expected;
    made.delivered[side]++;
    must_fail(scenario, result, &made, "number of octets");
    made = scenario->expected;
    made.error[side] = made.error[side] == 0 ? 104 : 0;
    must_fail(scenario, result, &made, "error");
    made = scenario->expected;
    made.eof[side] = !made.eof[side];
    must_fail(scenario, result, &made, "end of the stream");
}

static void each_fails_if_its_expectation_is_false(void **state)
{
    (void)state;
    const struct world_scenario *scenario;
    for (size_t i = 0; (scenario = world_scenario_at(i)) != NULL; i++) {
        struct world_result result = run_scenario(scenario, false);
        struct world_expectation made = scenario->expected;
        perturb_end(scenario, &result, 0);
        perturb_end(scenario, &result, 1);
        made.late++;
        must_fail(scenario, &result, &made, "number of old segments");
        made = scenario->expected;
        made.frames_least = result.frames + 1;
        must_fail(scenario, &result, &made, "least number of segments");
        made = scenario->expected;
        made.frames_least = 0;
        made.frames_most = result.frames - 1;
        must_fail(scenario, &result, &made, "greatest number of segments");
        made = scenario->expected;
        made.done_us = result.virtual_us - 1;
        must_fail(scenario, &result, &made, "end");
        made = scenario->expected;
        made.lasts_us = result.virtual_us + 1;
        must_fail(scenario, &result, &made, "time that it lasts");
    }
}

/* Nothing happens to a segment that is never sent, and that is no pass. */
static void each_fails_if_a_mark_meets_nothing(void **state)
{
    (void)state;
    char why[WHY_MAX];
    const struct world_scenario *scenario;
    for (size_t i = 0; (scenario = world_scenario_at(i)) != NULL; i++)
        for (size_t mark = 0; mark < scenario->mark_count; mark++) {
            struct world_scenario changed = *scenario;
            changed.marks[mark].nth = 1000000;
            struct world_result result = run_scenario(&changed, false);
            assert_false(world_scenario_judge(&changed, &result, why, sizeof why));
        }
}

static void each_covers_what_is_required_and_is_told(void **state)
{
    (void)state;
    char words[WORLD_WORDS_MAX];
    struct cli_requirements table;
    const struct world_scenario *scenario;
    cli_requirements_load(&table);
    assert_true(table.count > 0);
    for (size_t i = 0; (scenario = world_scenario_at(i)) != NULL; i++) {
        assert_int_equal(strncmp(scenario->name, "world/", 6), 0);
        assert_non_null(scenario->covers[0]);
        for (size_t j = 0; j < WORLD_COVERS_MAX && scenario->covers[j] != NULL; j++) {
            const struct cli_requirement *found =
                cli_requirement_find(&table, scenario->covers[j]);
            if (found == NULL || found->observed != CLI_OBSERVED_BY_CASES)
                fail_msg("%s: %s", scenario->name, scenario->covers[j]);
        }
        world_scenario_words(scenario, words, sizeof words);
        assert_non_null(strstr(words, "expected of both"));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(scenario->name, world_scenario_at(j)->name);
    }
    cli_requirements_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_passes),
        cmocka_unit_test(each_fails_if_its_expectation_is_false),
        cmocka_unit_test(each_fails_if_a_mark_meets_nothing),
        cmocka_unit_test(each_covers_what_is_required_and_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
