/* SPDX-License-Identifier: BSD-2-Clause */
/* Socket options: their values, defaults and limits, and what each changes in a TCB. */
#ifndef ANVIL_HOST_OPTIONS_H
#define ANVIL_HOST_OPTIONS_H

#include "host/state.h"

/* The value that is in force: what the user has set, else the policy's. Not for the options that
 * are computed: ERROR, QUEUED_IN, QUEUED_OUT, AT_MARK. */
int64_t anvil_option_value(const struct anvil_policy *policy, const struct slot *slot,
                           enum anvil_so option);

/* Tells the TCB of all options that the user has set; it keeps them through OPEN. The receive
 * buffer is left out, as OPEN says it. */
void anvil_options_tell(const struct anvil_turn *turn, struct slot *slot);

/* Tells the TCB how much the receive ring holds: what the user wants, or less if the pool has not
 * that much. */
void anvil_options_tell_buffer(const struct anvil_turn *turn, struct slot *slot);

/* Rounds the buffers of a connection whose MSS has become known, if the policy says so. */
void anvil_options_round(struct anvil_host *host, const struct anvil_turn *turn,
                         struct slot *slot);

#endif
