/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs the named worlds (world/scenario.h) as cases. */
#ifndef CLI_SCENARIO_H
#define CLI_SCENARIO_H

#include "cli/cases.h"
#include "cli/options.h"
#include "cli/outcome.h"
#include "cli/requirements.h"
#include "target/target.h"

#include <stdio.h>

/* The runs of a case: plain, and over IPv6 with numbers that wrap. */
enum { CLI_SCENARIO_RUNS = 2 };

/* Runs a case whose scenario is not NULL, in one of the ways. `capture`: a file for what was sent,
 * or NULL. False: no memory, or the file could not be written. */
bool cli_scenario_run(const struct cli_case *one, const struct anvil_target *target,
                      const struct cli_options *options, struct cli_requirements *requirements,
                      int way, FILE *capture, struct cli_outcome *outcome);

/* "ipv6 iss=0xfffffffe"; NULL: the plain run. */
const char *cli_scenario_variant(int way);

/* Prints what the case does, and its ladder with the core at both ends. Returns the exit status. */
int cli_scenario_show(const struct cli_case *one, const struct cli_options *options);

#endif
