/* SPDX-License-Identifier: BSD-2-Clause */
/* Loops over the core's machine alone, for tcpanvil bench. */
#ifndef CLI_CORE_BENCH_H
#define CLI_CORE_BENCH_H

#include <stddef.h>
#include <stdint.h>

/* What one loop feeds to the machine. */
enum cli_core_bench_loop {
    CORE_BENCH_IDLE,     /* POLL, with nothing to do: the floor of a step */
    CORE_BENCH_IN_ORDER, /* full data segments in order; every second one draws an ACK */
    CORE_BENCH_RELEASE,  /* ACKs of two segments, each releasing the next two */
    CORE_BENCH_RELEASE_ONE, /* ACKs of one segment, each releasing the next one */
    CORE_BENCH_LOOPS
};

/* "idle", "in-order", "release", "release-one". */
const char *cli_core_bench_name(enum cli_core_bench_loop loop);

/* Runs a loop of so many events, all at ESTABLISHED. The segments that came out. */
uint64_t cli_core_bench_run(enum cli_core_bench_loop loop, uint64_t events);

/* Octets of one connection's TCB, and of those the fast path touches. */
size_t cli_core_bench_tcb_octets(void);
size_t cli_core_bench_fast_path_octets(void);

#endif
