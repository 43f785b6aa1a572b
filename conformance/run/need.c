/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which larger feature a skipped case waits for: the names that real scripts use for what is not
 * built, so that a report can count skips by their cause.
 */
#include "run/state.h"

#include <string.h>

static const struct { const char *word, *feature; } needs[] = {
    { "FASTOPEN", "Fast Open" },
    { "fastopen", "Fast Open" },
    { "Fast Open", "Fast Open" },
    { "congestion_control", "congestion control" },
    { "TCP_CONGESTION", "congestion control" },
    { "tcpi_ca_state", "congestion control" },
    { "tcp_early_retrans", "loss recovery" },
    { "tcp_recovery", "loss recovery" },
    { "tcp_frto", "loss recovery" },
    { "tcp_reordering", "loss recovery" },
    { "tcpi_sacked", "loss recovery" },
    { "Explicit Congestion", "ECN" },
    { "tcp_ecn", "ECN" },
    { "tcp.ecn", "ECN" },
    { "ZEROCOPY", "zero copy" },
    { "TIMESTAMPING", "transmit timestamps" },
    { "NOTSENT_LOWAT", "a limit for unsent data" },
    { "notsent_lowat", "a limit for unsent data" },
    { "MSG_EOR", "record marks" },
    { "MD5", "MD5 signatures" },
    { "psp_", "PSP encryption" },
    { "mtu_probing", "path MTU probing" },
    { "command tc", "a queue that loses" },
    { "SCTP", "SCTP" },
    { "sctp", "SCTP" },
    { "UDP", "UDP" },
    { "SOCK_DGRAM", "UDP" },
};

/* The feature that a reason for a skip names, or NULL. */
const char *run_need(const char *reason)
{
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++)
        if (strstr(reason, needs[i].word) != NULL)
            return needs[i].feature;
    return NULL;
}
