/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole connections over the seam of target.h, for tcpanvil bench: the same segments in the same
 * order for every target. */
#ifndef CLI_TARGET_BENCH_H
#define CLI_TARGET_BENCH_H

#include "target/target.h"

#include <stdbool.h>

/* CPU time of one run. */
struct cli_target_bench {
    double connection_us; /* SYN to accept(), data once each way, reset by the peer */
    double segment_us;    /* 1000 octets in, read, and their share of the ACKs */
    double life_us;       /* opening, closing by our side first, TIME-WAIT to its end */
};

/* Measures a target. False: it does not do what a peer expects, and `why` (of 128 octets) says at
 * which step. */
bool cli_target_bench(const struct anvil_target *target, struct cli_target_bench *bench, char *why);

#endif
