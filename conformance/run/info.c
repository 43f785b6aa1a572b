/* SPDX-License-Identifier: BSD-2-Clause */
/* What assertions can ask about a connection: the fields of Linux's and FreeBSD's tcp_info. */
#include "run/state.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    const char *name;
    size_t offset; /* in struct anvil_target_observation; the field is an int64_t */
};

#define FIELD(member) offsetof(struct anvil_target_observation, member)

/* Both systems' names stand for the same; where they differ both are here. Times are in us. */
static const struct entry entries[] = {
    { "tcpi_snd_cwnd", FIELD(cwnd_segments) },
    { "tcpi_snd_ssthresh", FIELD(ssthresh_segments) },
    { "tcpi_unacked", FIELD(unacked_segments) },
    { "tcpi_lost", FIELD(lost_segments) },
    { "tcpi_retrans", FIELD(retransmitted_segments) },
    { "tcpi_sacked", FIELD(sacked_segments) },
    { "tcpi_retransmits", FIELD(retransmissions) },
    { "tcpi_probes", FIELD(probes) },
    { "tcpi_backoff", FIELD(backoff) },
    { "tcpi_total_retrans", FIELD(total_retransmissions) },
    { "tcpi_snd_rexmitpack", FIELD(total_retransmissions) },
    { "tcpi_snd_mss", FIELD(snd_mss) },
    { "tcpi_rcv_mss", FIELD(rcv_mss) },
    { "tcpi_advmss", FIELD(advertised_mss) },
    { "tcpi_pmtu", FIELD(path_mtu) },
    { "tcpi_rto", FIELD(rto_us) },
    { "tcpi_ato", FIELD(delayed_ack_timeout_us) },
    { "tcpi_rtt", FIELD(srtt_us) },
    { "tcpi_rttvar", FIELD(rttvar_us) },
    { "tcpi_snd_wscale", FIELD(snd_wscale) },
    { "tcpi_rcv_wscale", FIELD(rcv_wscale) },
    { "tcpi_options", FIELD(options) },
    { "tcpi_bytes_acked", FIELD(bytes_acked) },
    { "tcpi_bytes_received", FIELD(bytes_received) },
    { "tcpi_notsent_bytes", FIELD(unsent_bytes) },
    { "tcpi_snd_wnd", FIELD(snd_wnd) },
    { "tcpi_rcv_wnd", FIELD(rcv_wnd) },
    { "tcpi_rcv_space", FIELD(rcv_wnd) },
};

/* Fields of tcp_info that no target tells: a case that asks for one is skipped. */
static const char *const not_told[] = {
    "tcpi_ca_state", "tcpi_delivered", "tcpi_delivered_ce", "tcpi_reordering", "tcpi_rwnd_limited",
    "tcpi_sndbuf_limited", "tcpi_busy_time", "tcpi_last_data_recv", "tcpi_last_data_sent",
    "tcpi_last_ack_recv", "tcpi_reord_seen", "tcpi_min_rtt", "tcpi_fackets", "tcpi_rcv_rtt",
    "tcpi_rcv_ssthresh", "tcpi_pacing_rate", "tcpi_max_pacing_rate", "tcpi_delivery_rate",
    "tcpi_segs_in", "tcpi_segs_out", "tcpi_data_segs_in", "tcpi_data_segs_out",
    "tcpi_dsack_dups", "tcpi_bytes_sent", "tcpi_bytes_retrans", "tcpi_rcv_ooopack",
    "tcpi_snd_zerowin", "tcpi_fastopen_client_fail", "tcpi_rehash",
};

enum { ENTRIES = sizeof entries / sizeof entries[0],
       NOT_TOLD = sizeof not_told / sizeof not_told[0] };

static const struct entry *find(const char *name)
{
    for (size_t i = 0; i < ENTRIES; i++)
        if (strcmp(entries[i].name, name) == 0)
            return &entries[i];
    return NULL;
}

/* Whether a name is one of the fields of tcp_info, whoever tells it. */
bool run_info_field(const char *name)
{
    if (strcmp(name, "tcpi_state") == 0 || find(name) != NULL)
        return true;
    for (size_t i = 0; i < NOT_TOLD; i++)
        if (strcmp(not_told[i], name) == 0)
            return true;
    return false;
}

/* Linux's numbers for the states; FreeBSD's names are mapped to them in constant.c. */
static const int64_t state_numbers[] = {
    [ANVIL_STATE_CLOSED] = 7,     [ANVIL_STATE_LISTEN] = 10,     [ANVIL_STATE_SYN_SENT] = 2,
    [ANVIL_STATE_SYN_RECEIVED] = 3, [ANVIL_STATE_ESTABLISHED] = 1, [ANVIL_STATE_FIN_WAIT_1] = 4,
    [ANVIL_STATE_FIN_WAIT_2] = 5, [ANVIL_STATE_CLOSE_WAIT] = 8,  [ANVIL_STATE_CLOSING] = 11,
    [ANVIL_STATE_LAST_ACK] = 9,   [ANVIL_STATE_TIME_WAIT] = 6,
    [ANVIL_STATE_UNKNOWN] = ANVIL_TARGET_UNKNOWN,
};

/* The name of the state with Linux's number, for messages. */
const char *run_state_by_number(int64_t number)
{
    for (int i = 0; i < ANVIL_STATE_UNKNOWN; i++)
        if (state_numbers[i] == number)
            return run_state_name((enum anvil_target_state)i);
    return "no state";
}

static bool same_address(const struct anvil_target_address *a, const struct wire_address *b,
                         uint16_t port)
{
    return a->port == port && a->family == b->version &&
           memcmp(a->octets, b->bytes, b->version == 4 ? 4 : 16) == 0;
}

void run_untell(struct run *run)
{
    run->told_count = 0;
    run->told_all = false;
}

static bool reserve_told(struct run *run)
{
    if (run->told_count < run->told_capacity)
        return true;
    size_t wanted = run->told_capacity * 2 + 8;
    struct anvil_target_observation *grown = realloc(run->told, wanted * sizeof *grown);
    if (grown == NULL)
        return false;
    run->told = grown;
    run->told_capacity = wanted;
    return true;
}

const struct anvil_target_observation *run_told(struct run *run, size_t index)
{
    if (run->traits->real_time && index == 0)
        run_untell(run); /* it may do something at any time */
    while (run->told_count <= index && !run->told_all) {
        if (!reserve_told(run)) {
            run_error(run, run->event, "no memory");
            return NULL;
        }
        if (run->target->observe(run->self, run->told_count, &run->told[run->told_count]))
            run->told_count++;
        else
            run->told_all = true;
    }
    return index < run->told_count ? &run->told[index] : NULL;
}

/* What the target tells about a descriptor of its own (not negative), or else about a four-tuple;
 * NULL: nothing, so there is no such connection. */
const struct anvil_target_observation *run_observe(struct run *run, const struct run_conn *conn,
                                                   int target_socket)
{
    const struct anvil_target_observation *seen;
    for (size_t i = 0; (seen = run_told(run, i)) != NULL; i++) {
        if (target_socket >= 0 && seen->socket == target_socket)
            return seen;
        if (conn != NULL && same_address(&seen->remote, &conn->remote, conn->remote_port) &&
            seen->local.port == conn->local_port)
            return seen;
    }
    return NULL;
}

/* The state of the connection that the script is about, for the ladder. */
enum anvil_target_state run_state_now(struct run *run)
{
    const struct run_conn *conn = run->current;
    if (!run->traits->observes || run->self == NULL)
        return ANVIL_STATE_UNKNOWN;
    if (conn != NULL && conn->phase == RUN_PHASE_OPEN) {
        const struct anvil_target_observation *seen = run_observe(run, conn, -1);
        return seen != NULL ? seen->state : ANVIL_STATE_CLOSED;
    }
    if (conn != NULL && conn->phase == RUN_PHASE_LISTENING)
        return ANVIL_STATE_LISTEN;
    return ANVIL_STATE_CLOSED;
}

/* FreeBSD's tcp_info tells the congestion window and its threshold in octets; Linux's does so in
 * segments. */
static bool is_told_in_octets(const struct run *run, const struct entry *entry)
{
    return strcmp(run->profile, "freebsd") == 0 &&
           (entry->offset == FIELD(cwnd_segments) || entry->offset == FIELD(ssthresh_segments));
}

/*
 * One field for the connection of a descriptor, or, without one, for the current connection.
 * A connection that is no more is CLOSED, and that is all: its numbers have no value (GONE).
 */
enum run_info run_info_value(struct run *run, const struct run_fd *fd, const char *name,
                             int64_t *value)
{
    if (!run_info_field(name))
        return RUN_INFO_UNKNOWN;
    if (!run->traits->observes)
        return RUN_INFO_NOT_TOLD;
    const struct anvil_target_observation *seen =
        run_observe(run, fd == NULL ? run->current : NULL, fd == NULL ? -1 : fd->target);
    if (strcmp(name, "tcpi_state") == 0) {
        *value = state_numbers[seen != NULL ? seen->state : ANVIL_STATE_CLOSED];
        return *value == ANVIL_TARGET_UNKNOWN ? RUN_INFO_NOT_TOLD : RUN_INFO_OK;
    }
    const struct entry *entry = find(name);
    if (entry == NULL)
        return RUN_INFO_NOT_TOLD;
    if (seen == NULL)
        return RUN_INFO_GONE;
    memcpy(value, (const char *)seen + entry->offset, sizeof *value);
    if (*value != ANVIL_TARGET_UNKNOWN && is_told_in_octets(run, entry))
        *value *= seen->snd_mss;
    return *value == ANVIL_TARGET_UNKNOWN ? RUN_INFO_NOT_TOLD : RUN_INFO_OK;
}

/* The same; false where there is no value, and the case has ended but for an unknown name. */
bool run_info_told(struct run *run, const struct run_fd *fd, const char *name, int64_t *value)
{
    switch (run_info_value(run, fd, name, value)) {
    case RUN_INFO_OK: return true;
    case RUN_INFO_UNKNOWN: return false;
    case RUN_INFO_NOT_TOLD:
        run_skip(run, run->event, run_text(run, "the target does not tell %s", name));
        return false;
    case RUN_INFO_GONE:
        run_fail(run, run->event, NULL, run_line(run, run->event),
                 run_text(run, "there is no connection, so %s has no value", name),
                 "the connection is gone: only its state can be asked for");
        return false;
    }
    return false;
}
