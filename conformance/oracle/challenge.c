/* SPDX-License-Identifier: BSD-2-Clause */
/* When the throttle of RFC 5961 section 7 surely lets another challenge ACK pass. */
#include "oracle/challenge.h"

void oracle_throttle_note(struct oracle_throttle *throttle, uint64_t now_us)
{
    throttle->ack_us[throttle->count++ % ORACLE_ACKS_MAX] = now_us;
}

bool oracle_must_challenge(const struct oracle_view *view, const struct oracle_throttle *throttle)
{
    int64_t limit = oracle_policy(view, ORACLE_POLICY_challenge_count);
    int64_t interval = oracle_policy(view, ORACLE_POLICY_challenge_interval_us);
    if (limit == ORACLE_UNKNOWN || interval == ORACLE_UNKNOWN || view->connection->came_back)
        return false; /* what took its place may have used the throttle up */
    if (limit == 0)
        return true;
    uint32_t within = limit > ORACLE_ACKS_MAX ? ORACLE_ACKS_MAX : (uint32_t)limit;
    if (throttle->count < within)
        return true;
    uint64_t oldest = throttle->ack_us[(throttle->count - within) % ORACLE_ACKS_MAX];
    return view->now_us - oldest > (uint64_t)interval;
}
