/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Named worlds: each is a plan in which nothing is drawn, what is special about it, and what must
 * come of it. They are cases of the built-in suite, world/NAME.
 *
 *     world_scenario_plan(scenario, false, &plan);
 *     result = world_run(world, &plan, &draw, why);
 *     if (!world_scenario_judge(scenario, result, why, sizeof why)) ...
 */
#ifndef WORLD_SCENARIO_H
#define WORLD_SCENARIO_H

#include "world/world.h"

enum { WORLD_COVERS_MAX = 4, WORLD_SCENARIO_MARKS = 2, WORLD_SCENARIO_SETTINGS = 3,
       WORLD_WORDS_MAX = 4096 };

/* What must be so when both ends are at rest. */
struct world_expectation {
    enum anvil_target_state state[WORLD_SIDES];
    uint64_t delivered[WORLD_SIDES]; /* octets, in the last connection, to this side */
    int error[WORLD_SIDES];          /* errno that the application got; 0: none */
    bool eof[WORLD_SIDES];           /* it was told of the end of the stream */
    uint64_t frames_least, frames_most; /* of both ends; most 0: any number */
    uint64_t lasts_us;               /* something happens until then at least */
    uint64_t done_us;                /* and nothing any more after this; 0: no matter when */
    uint32_t late;                   /* held frames that arrived in a later connection */
};

struct world_scenario {
    const char *name;                /* world/... */
    const char *sentence;
    const char *covers[WORLD_COVERS_MAX];
    bool simultaneous;
    uint32_t incarnations;           /* 0: one */
    struct world_app app[WORLD_SIDES]; /* where 0 stands: as in the plain plan;
                                        * reads_until: one more than that */
    struct anvil_target_setting settings[WORLD_SCENARIO_SETTINGS]; /* of both; name NULL: none */
    struct world_mark marks[WORLD_SCENARIO_MARKS];
    size_t mark_count;
    struct world_expectation expected;
};

/* The scenarios; NULL behind the last one. */
const struct world_scenario *world_scenario_at(size_t index);

/* The plan; with `other`, over IPv6 and with sequence numbers that wrap at once. */
void world_scenario_plan(const struct world_scenario *scenario, bool other,
                         struct world_plan *plan);

/* Whether what came of it is what must; if not, `why` says in a sentence what is not. A violated
 * oracle is for the caller to see in *result. */
bool world_scenario_judge(const struct world_scenario *scenario,
                          const struct world_result *result, char *why, size_t size);

/* What the network and the applications do and what is expected, in words, a line each. */
void world_scenario_words(const struct world_scenario *scenario, char *out, size_t size);

#endif
