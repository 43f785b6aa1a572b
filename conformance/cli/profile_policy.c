/* SPDX-License-Identifier: BSD-2-Clause */
/* What profiles say, by name. It needs nothing else of this folder: fuzz harnesses have it, too. */
#include "cli/profile_symbol.h"
#include "cli/target.h"
#include "target/registry.h"

#include <anvil/policy.h>

bool cli_profile_policy(void *context, const char *profile, const char *name, uint64_t *value)
{
    (void)context;
    const struct anvil_policy_field *found = anvil_policy_find(name);
    const struct anvil_policy *policy = anvil_policy_profile(profile);
    if (found == NULL || policy == NULL)
        return false;
    *value = anvil_policy_get(policy, found);
    return true;
}

run_policy_fn cli_target_policy(const struct anvil_target *target)
{
    return target == target_find("core") ? cli_profile_policy : NULL;
}
