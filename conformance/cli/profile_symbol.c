/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks names of times up in the core's table of policy fields. */
#include "cli/profile_symbol.h"
#include "cli/cli.h"

#include <anvil/policy.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELD_MAX = 64, WHY_MAX = 256, SECOND_US = 1000000 };

/* "DELAYED_ACK" to "delayed_ack_us". */
static void field_name(const char *symbol, char out[FIELD_MAX])
{
    size_t length = 0;
    if (strcmp(symbol, "RTO") == 0)
        symbol = "RTO_INITIAL";
    for (; symbol[length] != '\0' && length < FIELD_MAX - 4; length++) {
        char c = symbol[length];
        out[length] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    memcpy(out + length, "_us", 4);
}

/* What a target says of itself about a field, or NULL. */
static const struct anvil_target_fact *find_fact(const struct anvil_target_traits *traits,
                                                 const char *field)
{
    for (size_t i = 0; traits != NULL && i < traits->fact_count; i++)
        if (strcmp(traits->facts[i].name, field) == 0)
            return &traits->facts[i];
    return NULL;
}

/* What the run sets a field to, or NULL. Of several the last counts. */
static const struct anvil_target_setting *find_setting(const struct run_symbol *symbol,
                                                       const char *field)
{
    const struct anvil_target_setting *found = NULL;
    for (size_t i = 0; i < symbol->setting_count; i++)
        if (strcmp(symbol->settings[i].name, field) == 0)
            found = &symbol->settings[i];
    return found;
}

/*
 * Where a profile's number is not all: the first ACKs are not delayed; and a minimum below a second
 * may be less than what the estimate makes of the round trips of our scripts, which are shorter.
 */
static void widen(const char *field, const struct run_symbol *symbol,
                  const struct anvil_policy *policy, int64_t *least_us, int64_t *most_us)
{
    const struct anvil_target_setting *quick_acks = find_setting(symbol, "quick_acks");
    if (strcmp(field, "delayed_ack_us") == 0 && policy->quick_acks > 0 &&
        (quick_acks == NULL || quick_acks->value > 0))
        *least_us = 0;
    if (strcmp(field, "rto_min_us") == 0 && *most_us < SECOND_US)
        *most_us = SECOND_US;
}

bool cli_profile_symbol(void *context, const struct run_symbol *symbol, int64_t *least_us,
                        int64_t *most_us)
{
    char field[FIELD_MAX];
    (void)context;
    field_name(symbol->name, field);
    const struct anvil_policy_field *found = anvil_policy_find(field);
    const struct anvil_policy *policy = anvil_policy_profile(symbol->profile);
    const struct anvil_target_fact *fact = find_fact(symbol->traits, field);
    if (found == NULL || policy == NULL)
        return false;
    const struct anvil_target_setting *set = find_setting(symbol, field);
    *least_us = *most_us = (int64_t)(set != NULL ? set->value : anvil_policy_get(policy, found));
    if (fact != NULL && set == NULL) {
        *least_us = (int64_t)fact->least;
        *most_us = (int64_t)fact->most;
    } else if (set == NULL) {
        widen(field, symbol, policy, least_us, most_us);
    }
    return true;
}

/* Whether a field of this name may have this value; if not, why. */
static bool field_takes(const char *name, uint64_t value, char *why, size_t size)
{
    const struct anvil_policy_field *field = anvil_policy_find(name);
    struct anvil_policy policy = anvil_policy_rfc9293;
    if (field == NULL)
        snprintf(why, size, "there is no policy field %.60s; tcpanvil profile lists them", name);
    else if (!anvil_policy_set(&policy, field, value))
        snprintf(why, size, "%s may be %" PRIu64 " to %" PRIu64 ", not %" PRIu64, name,
                 field->least, field->most, value);
    else
        return true;
    return false;
}

bool cli_profile_takes(const char *name, const char *value, char *why, size_t size)
{
    char *end = NULL;
    errno = 0;
    uint64_t number = strtoull(value, &end, 0);
    if (value[0] >= '0' && value[0] <= '9' && *end == '\0' && errno == 0)
        return field_takes(name, number, why, size);
    snprintf(why, size, "policy %.60s needs a number, not %.60s", name, value);
    return false;
}

bool cli_profile_allows(const struct anvil_target_setting *setting)
{
    char why[WHY_MAX];
    if (field_takes(setting->name, setting->value, why, sizeof why))
        return true;
    cli_wrong("%s", why);
    return false;
}
