/* SPDX-License-Identifier: BSD-2-Clause */
/* How fast worlds run. */
#ifndef CLI_WORLD_BENCH_H
#define CLI_WORLD_BENCH_H

#include "oracle/oracle.h"

/* Segments a second of CPU time, in worlds of the core at both ends, under these rules; negative:
 * they cannot be run, or violate one. */
double cli_world_bench(oracle_mask oracles);

#endif
