/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A target that is another one, and writes down what is done to it: how it was opened, each call
 * and frame, what it sent, and when. So a script that is carried out becomes a list of events.
 */
#ifndef FUZZ_SPY_H
#define FUZZ_SPY_H

#include "target/target.h"
#include "world/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FUZZ_SPY_SETTINGS_MAX = 32, FUZZ_SPY_SOCKETS_MAX = 256 };

struct fuzz_spy {
    const struct anvil_target *target;        /* the one that it is */
    struct anvil_target table;                /* of the one that writes */
    struct world_record record;               /* side A is the target; freed by the caller */
    bool opened;
    struct anvil_target_config config;        /* without its settings */
    struct anvil_target_setting settings[FUZZ_SPY_SETTINGS_MAX]; /* names as they came */
    size_t setting_count;
    uint64_t now_us;
    struct anvil_target_address local;        /* where it binds a socket that nobody bound */
    bool bound[FUZZ_SPY_SOCKETS_MAX];
};

/* The table of the target that writes into `spy`, until it is asked for another one. */
const struct anvil_target *fuzz_spy_on(struct fuzz_spy *spy);

#endif
