/* SPDX-License-Identifier: BSD-2-Clause */
/* The user timeout, and the option by which two ends agree on it. RFC 9293 3.9.1.1, RFC 5482. */
#include "machine.h"

#define SECOND_US UINT64_C(1000000)
#define MINUTES 0x8000u /* the granularity bit */
#define VALUE_MAX 0x7fffu

/* How long nothing is heard before the first keep-alive. With a timeout agreed by the option it is
 * longer than that (RFC 5482 4.2). */
uint64_t anvil_keepalive_idle(const struct anvil_tcb *tcb, const struct anvil_policy *policy)
{
    uint64_t idle = tcb->keepalive_idle_us ? tcb->keepalive_idle_us : policy->keepalive_idle_us;

    if (policy->user_timeout_option && idle <= tcb->user_timeout_us)
        return tcb->user_timeout_us + 1;
    return idle;
}

/* The option for a segment that is sent now: seconds, or minutes when they do not fit. The reserved
 * value zero is never sent (RFC 5482 3.4). */
uint16_t anvil_user_timeout_field(const struct anvil_tcb *tcb)
{
    uint64_t seconds = (tcb->user_timeout_us + SECOND_US - 1) / SECOND_US;
    uint64_t minutes = (seconds + 59) / 60;

    if (seconds <= VALUE_MAX)
        return (uint16_t)seconds;
    return (uint16_t)(MINUTES | (minutes < VALUE_MAX ? minutes : VALUE_MAX));
}

/*
 * An option has arrived. Unless the user has set a timeout, ours becomes
 * min(U_LIMIT, max(ADV_UTO, REMOTE_UTO, L_LIMIT)), with L_LIMIT above the RTO. RFC 5482 3.1.
 */
void anvil_take_user_timeout(struct step *step, const struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;
    const struct anvil_policy *policy = step->policy;
    uint16_t field = segment->options.user_timeout;
    uint64_t timeout = (field & VALUE_MAX) * SECOND_US;

    if (!(segment->options.present & ANVIL_HAS_USER_TIMEOUT) || !policy->user_timeout_option ||
        timeout == 0 || tcb->state == ANVIL_TIME_WAIT)
        return;
    tcb->peer_user_timeout = field;
    if (tcb->user_timeout_set)
        return;
    if (field & MINUTES)
        timeout *= 60;
    if (timeout < policy->user_timeout_us)
        timeout = policy->user_timeout_us;
    if (timeout < policy->user_timeout_lower_us)
        timeout = policy->user_timeout_lower_us;
    if (timeout > policy->user_timeout_upper_us)
        timeout = policy->user_timeout_upper_us;
    if (timeout <= tcb->rto_us)
        timeout = tcb->rto_us + UINT64_C(1);
    tcb->user_timeout_us = timeout;
    tcb->user_deadline = ANVIL_NEVER;
}
