/* SPDX-License-Identifier: BSD-2-Clause */
/* Socket options: their values, defaults and limits, and what each changes in a TCB. */
#ifndef ANVIL_HOST_OPTIONS_H
#define ANVIL_HOST_OPTIONS_H

#include "host/state.h"

#define OPTION_SECOND_US 1000000u

/* What holds while the user has not set an option; 0 for all that are not listed. */
static inline int64_t option_default(const struct anvil_policy *policy, enum anvil_so option)
{
    if (option == ANVIL_SO_LINGER)
        return -1;
    if (option == ANVIL_SO_RCVBUF)
        return policy->receive_buffer;
    if (option == ANVIL_SO_SNDBUF)
        return policy->send_buffer;
    if (option == ANVIL_SO_NODELAY)
        return !policy->nagle;
    if (option == ANVIL_SO_KEEPIDLE)
        return (int64_t)(policy->keepalive_idle_us / OPTION_SECOND_US);
    if (option == ANVIL_SO_KEEPINTVL)
        return (int64_t)(policy->keepalive_interval_us / OPTION_SECOND_US);
    if (option == ANVIL_SO_KEEPCNT)
        return policy->keepalive_count;
    if (option == ANVIL_SO_SYNCNT)
        return policy->syn_r2_count;
    if (option == ANVIL_SO_TTL)
        return policy->ttl;
    if (option == ANVIL_SO_MTU_DISCOVER)
        return policy->path_mtu_discovery != 0;
    if (option == ANVIL_SO_LINGER2)
        return (int64_t)(policy->orphan_fin_wait_2_us / OPTION_SECOND_US);
    return 0;
}

/* The value that is in force: what the user has set, else the policy's. Not for the options that
 * are computed: ERROR, QUEUED_IN, QUEUED_OUT, AT_MARK.
 * Here, because every packet asks for some, and a known option costs one comparison then. */
static inline int64_t anvil_option_value(const struct anvil_policy *policy,
                                         const struct slot *slot, enum anvil_so option)
{
    int32_t value = slot->option[option];
    bool policy_again = option == ANVIL_SO_TTL && value == -1;
    if (value == OPTION_UNSET || policy_again)
        return option_default(policy, option);
    return value;
}

/* Tells the TCB of all options that the user has set; it keeps them through OPEN. The receive
 * buffer is left out, as OPEN says it. */
void anvil_options_tell(const struct anvil_turn *turn, struct slot *slot);

/* Tells the TCB how much the receive ring holds: what the user wants, or less if the pool has not
 * that much. */
void anvil_options_tell_buffer(const struct anvil_turn *turn, struct slot *slot);

/* Rounds the buffers of a connection whose MSS has become known to whole segments. */
void anvil_options_round(struct anvil_host *host, const struct anvil_turn *turn,
                         struct slot *slot);

#endif
