/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The congestion window, as pure functions over a small value. Built is one kind: the fixed initial
 * window of RFC 6928, which falls to one segment on a timeout and grows back to it, but not
 * further. RFC 5681 and what follows it are not built; they will be other kinds of the same value.
 */
#include "machine.h"

/* Initial window: `segments`, at most 14,600 octets or two segments. RFC 6928 section 2. */
static uint32_t initial_window(uint32_t mss, uint32_t segments)
{
    uint32_t wanted = segments * mss;
    uint32_t ceiling = 2 * mss > segments * 1460u ? 2 * mss : segments * 1460u;

    return least(wanted, ceiling);
}

/* The start of a connection. A lost SYN leaves one segment. RFC 6928 section 2, RFC 5681 3.1. */
struct anvil_congestion anvil_congestion_start(uint32_t mss, uint32_t segments, bool syn_lost)
{
    uint32_t window = initial_window(mss, segments);

    return (struct anvil_congestion){.cwnd = syn_lost ? mss : window, .ssthresh = window};
}

/* A loss that was not found by a timeout; loss recovery is not built, so nothing calls for less. */
struct anvil_congestion anvil_congestion_on_loss(struct anvil_congestion congestion, uint32_t mss,
                                                 uint32_t flight)
{
    (void)mss;
    (void)flight;
    return congestion;
}

/* A retransmission timeout: one segment. RFC 5681 3.1 (the loss window). */
struct anvil_congestion anvil_congestion_on_rto(struct anvil_congestion congestion, uint32_t mss,
                                                uint32_t flight)
{
    (void)flight;
    congestion.cwnd = mss;
    return congestion;
}
