/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timestamps (RFC 7323 3.2) in scripts. The target's clock starts anywhere, so the first outbound
 * TS val of a connection fixes the offset between the script's values and the target's; an
 * inbound TS ecr is then translated back. The peer's own values are on the wire as written.
 */
#include "run/state.h"

#include <stdlib.h>

/* What an inbound TS ecr is on the wire. */
uint32_t run_stamp_in(const struct run_conn *conn, const struct script_tcp_option *option)
{
    if (option->ts_ecr_absolute)
        return option->ts_ecr;
    uint32_t known = conn->stamp_count < RUN_STAMPS_MAX ? conn->stamp_count : RUN_STAMPS_MAX;
    for (uint32_t back = 1; back <= known; back++) {
        const struct run_stamp *stamp = &conn->stamps[(conn->stamp_count - back) % RUN_STAMPS_MAX];
        if (stamp->script == option->ts_ecr)
            return stamp->actual;
    }
    if (!conn->has_stamp)
        return option->ts_ecr;
    return option->ts_ecr - conn->first_stamp.script + conn->first_stamp.actual;
}

/* A line with this option has claimed a segment with this TS val. */
void run_stamp_said(struct run_conn *conn, const struct script_tcp_option *option, uint32_t actual)
{
    if (option->ts_val_any)
        return;
    struct run_stamp stamp = { option->ts_val, actual };
    if (!conn->has_stamp)
        conn->first_stamp = stamp;
    conn->has_stamp = true;
    conn->stamps[conn->stamp_count++ % RUN_STAMPS_MAX] = stamp;
}

/* Whether an outbound TS val is what the line says, within the tolerance of times and a tick. */
bool run_stamp_matches(const struct run *run, const struct run_conn *conn,
                       const struct script_tcp_option *option, uint32_t actual)
{
    if (option->ts_val_any || !conn->has_stamp || run->stamp_tick_us == 0)
        return true;
    uint32_t expected = option->ts_val - conn->first_stamp.script + conn->first_stamp.actual;
    int64_t away = llabs((long long)(int32_t)(actual - expected));
    uint64_t ticks = run->tolerance_us / run->stamp_tick_us;
    return (uint64_t)away <= (ticks > 1 ? ticks : 1);
}
