/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two machines over a network that loses, doubles and reorders, from many seeds: both streams
 * arrive whole, both ends come to rest in CLOSED, one of them by way of TIME-WAIT.
 *
 * ANVIL_SOAK_SEEDS=FIRST:COUNT runs other seeds than the built-in ones; with ANVIL_SOAK_SHOW set,
 * segments are printed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/world.h"

#define SEEDS 1500ul

static void every_seed_comes_to_rest(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    const char *range = getenv("ANVIL_SOAK_SEEDS");
    unsigned long first = 1, count = SEEDS, failed = 0;

    (void)state;
    assert_non_null(world);
    if (range && sscanf(range, "%lu:%lu", &first, &count) != 2)
        fail_msg("ANVIL_SOAK_SEEDS is FIRST:COUNT");
    world->verbose = getenv("ANVIL_SOAK_SHOW") != NULL;
    for (unsigned long seed = first; seed - first < count && failed < 10; seed++) {
        const char *failure;
        world_start(world, seed);
        failure = world_run(world);
        if (failure)
            print_error("seed %lu: %s (%s, %s)\n", seed, failure,
                        anvil_state_name((enum anvil_state)world->ends[0].tcb.state),
                        anvil_state_name((enum anvil_state)world->ends[1].tcb.state));
        failed += failure ? 1 : 0;
    }
    free(world);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_seed_comes_to_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
