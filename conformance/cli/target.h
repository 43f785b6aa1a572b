/* SPDX-License-Identifier: BSD-2-Clause */
/* The target that a call names: built in, or loaded from a shared object. */
#ifndef CLI_TARGET_H
#define CLI_TARGET_H

#include "run/run.h"
#include "target/target.h"

/* The function that a shared object with a target exports. */
#define CLI_TARGET_ENTRY "anvil_target_entry"
typedef const struct anvil_target *(*cli_target_entry_fn)(void);

/* NULL: said on stderr why not. A loaded object stays until the program ends. */
const struct anvil_target *cli_target_find(const char *name);

/* What tells its policy by profile; NULL: the profiles say nothing about it. */
run_policy_fn cli_target_policy(const struct anvil_target *target);

#endif
