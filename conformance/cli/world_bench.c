/* SPDX-License-Identifier: BSD-2-Clause */
/* Times worlds of the first seeds. */
#include "cli/world_bench.h"

#include "cli/target.h"
#include "run/run.h"
#include "world/world.h"

enum { SEEDS = 500, WHY_MAX = 256 };

double cli_world_bench(oracle_mask oracles)
{
    char why[WHY_MAX];
    const struct anvil_target *core = cli_target_find("core");
    struct world_setup setup = { .target = { core, core }, .oracles = oracles };
    uint64_t segments = 0;
    bool good = true;
    setup.policy[WORLD_A] = setup.policy[WORLD_B] = cli_target_policy(core);
    struct world *world = world_open(&setup, why);
    int64_t began = run_cpu_ns();
    for (uint64_t seed = 1; seed <= SEEDS && world != NULL && good; seed++) {
        struct world_plan plan;
        struct world_draw draw = world_draw_seed(seed);
        world_plan_draw(&plan, &draw);
        const struct world_result *result = world_run(world, &plan, &draw, why);
        good = result != NULL && !result->violated;
        segments += good ? result->frames : 0;
    }
    double taken = (double)(run_cpu_ns() - began) / 1e9;
    good = good && world != NULL && taken > 0;
    world_close(world);
    return good ? (double)segments / taken : -1;
}
