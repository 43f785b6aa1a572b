/* SPDX-License-Identifier: BSD-2-Clause */
/* Round trips and the retransmission timeout. RFC 6298. */
#include "machine.h"

/* A longer round trip or timeout than this is not told from it: about 71 minutes. */
#define MICROSECONDS_MAX UINT32_MAX

/* Rounds a timeout into the policy's bounds, which are at most an hour. RFC 6298 2.4, 2.5. */
static uint32_t bounded(uint64_t rto_us, const struct anvil_policy *policy)
{
    if (rto_us < policy->rto_min_us)
        rto_us = policy->rto_min_us;
    if (rto_us > policy->rto_max_us)
        rto_us = policy->rto_max_us;
    return (uint32_t)rto_us;
}

/* The timeout that the measurements say, not backed off. RFC 6298 2.1 to 2.3. */
void anvil_rto_restore(struct anvil_tcb *tcb, const struct anvil_policy *policy)
{
    uint64_t spread = UINT64_C(4) * tcb->rttvar_us;

    if (spread < policy->rto_granularity_us)
        spread = policy->rto_granularity_us;
    tcb->rto_us = tcb->srtt_us == 0 ? bounded(policy->rto_initial_us, policy)
                                    : bounded(tcb->srtt_us + spread, policy);
}

/*
 * A measurement. RFC 6298 2.2 and 2.3: RTTVAR first, with the old SRTT; alpha 1/8, beta 1/4. A
 * round trip of less than a microsecond counts as one, since srtt_us = 0 means "not measured".
 */
void anvil_rto_sample(struct anvil_tcb *tcb, const struct anvil_policy *policy, uint64_t rtt_us)
{
    uint32_t rtt = rtt_us > MICROSECONDS_MAX ? MICROSECONDS_MAX : (uint32_t)rtt_us;

    if (rtt == 0)
        rtt = 1;
    if (tcb->srtt_us == 0) {
        tcb->srtt_us = rtt;
        tcb->rttvar_us = rtt / 2;
    } else {
        uint32_t error = rtt > tcb->srtt_us ? rtt - tcb->srtt_us : tcb->srtt_us - rtt;
        tcb->rttvar_us = (uint32_t)((UINT64_C(3) * tcb->rttvar_us + error) / 4);
        tcb->srtt_us = (uint32_t)((UINT64_C(7) * tcb->srtt_us + rtt) / 8);
    }
    anvil_rto_restore(tcb, policy);
}

/* The timeout is at least this, of a policy that is at most an hour. RFC 6298 5.7. */
void anvil_rto_raise(struct anvil_tcb *tcb, uint64_t least_us)
{
    if (tcb->rto_us < least_us)
        tcb->rto_us = (uint32_t)least_us;
}

/* "Back off the timer": double it, up to the bound. RFC 6298 5.5. */
void anvil_rto_back_off(struct anvil_tcb *tcb, const struct anvil_policy *policy)
{
    tcb->rto_us = bounded(UINT64_C(2) * tcb->rto_us, policy);
    if (tcb->backoff < UINT8_MAX)
        tcb->backoff++;
}
