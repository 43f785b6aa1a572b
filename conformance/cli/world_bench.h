/* SPDX-License-Identifier: BSD-2-Clause */
/* How fast worlds run. */
#ifndef CLI_WORLD_BENCH_H
#define CLI_WORLD_BENCH_H

#include "oracle/oracle.h"

/* Segments a second of CPU time, in worlds of the core at both ends, under these rules; negative:
 * they cannot be run, or violate one. */
double cli_world_bench(oracle_mask oracles);

/* Worlds open two hosts a run and close them: the C library keeps their memory from now on. Without
 * this it is given back each time, and its pages are cleared and mapped again, which takes as long
 * as the runs themselves. */
void cli_world_keep_memory(void);

#endif
