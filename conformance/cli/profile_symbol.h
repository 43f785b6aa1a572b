/* SPDX-License-Identifier: BSD-2-Clause */
/* Names that the times of a script may use, from the policy of the core. */
#ifndef CLI_PROFILE_SYMBOL_H
#define CLI_PROFILE_SYMBOL_H

#include "run/run.h"

/* Of type run_symbol_fn; `context` is not used. MSL is the field msl_us, DELAYED_ACK is
 * delayed_ack_us, and so on for every field that ends in _us; RTO is rto_initial_us. A value of 0
 * stands for "not by time". */
bool cli_profile_symbol(void *context, const struct run_symbol *symbol, int64_t *least_us,
                        int64_t *most_us);

/* Of type run_policy_fn; `context` is not used. It speaks of the core, whose profiles these are. */
bool cli_profile_policy(void *context, const char *profile, const char *name, uint64_t *value);

/* May a policy directive give this field this value? False: why not. */
bool cli_profile_takes(const char *name, const char *value, char *why, size_t size);

/* Is this a field of the policy, with a value that it may have? False: said on stderr. */
bool cli_profile_allows(const struct anvil_target_setting *setting);

#endif
