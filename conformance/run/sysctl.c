/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sysctls of Linux and FreeBSD that real suites set, and what they mean for a target: a setting
 * of its policy, or nothing when the value is one that changes nothing for us. Any other is a
 * reason to skip the case. A new one is one line of the table.
 */
#include "run/state.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_OCTETS = 64, VALUE_MAX_OCTETS = 96 };

enum rule {
    SCALED,   /* field = value * scale */
    SWITCH,   /* field = 1 unless the value is 0 */
    INVERSE,  /* field = 0 unless the value is 0 */
    SECOND,   /* field = the second of three numbers */
    SHIFT,    /* field = the window scale that the third of three numbers, a buffer, needs */
    NO_OP     /* no field: `harmless` lists the values that change nothing; NULL: all */
};

struct entry {
    const char *name;
    enum rule rule;
    const char *field;
    uint64_t scale;
    const char *harmless; /* values, separated by "|"; "" is none */
};

#define SECONDS 1000000u
#define MILLISECONDS 1000u

static const struct entry entries[] = {
    /* Linux. */
    { "net.ipv4.tcp_timestamps", SWITCH, "offer_timestamps", 1, NULL },
    { "net.ipv4.tcp_sack", SWITCH, "offer_sack", 1, NULL },
    { "net.ipv4.tcp_dsack", SWITCH, "dsack", 1, NULL },
    { "net.ipv4.tcp_window_scaling", SWITCH, "offer_window_scale", 1, NULL },
    { "net.ipv4.tcp_syn_retries", SCALED, "syn_r2_count", 1, NULL },
    { "net.ipv4.tcp_synack_retries", SCALED, "syn_ack_r2_count", 1, NULL },
    { "net.ipv4.tcp_retries1", SCALED, "r1_count", 1, NULL },
    { "net.ipv4.tcp_retries2", SCALED, "r2_count", 1, NULL },
    { "net.ipv4.tcp_keepalive_time", SCALED, "keepalive_idle_us", SECONDS, NULL },
    { "net.ipv4.tcp_keepalive_intvl", SCALED, "keepalive_interval_us", SECONDS, NULL },
    { "net.ipv4.tcp_keepalive_probes", SCALED, "keepalive_count", 1, NULL },
    { "net.ipv4.tcp_fin_timeout", SCALED, "orphan_fin_wait_2_us", SECONDS, NULL },
    { "net.ipv4.tcp_rfc1337", SWITCH, "rfc1337", 1, NULL },
    { "net.ipv4.tcp_rmem", SECOND, "receive_buffer", 1, NULL },
    { "net.ipv4.tcp_rmem", SHIFT, "window_scale_least", 1, NULL },
    { "net.ipv4.tcp_wmem", SECOND, "send_buffer", 1, NULL },
    { "net.ipv4.ip_no_pmtu_disc", INVERSE, "path_mtu_discovery", 1, NULL },
    { "net.ipv4.ip_default_ttl", SCALED, "ttl", 1, NULL },
    { "net.ipv4.ip_local_reserved_ports", NO_OP, NULL, 0, NULL },
    { "net.ipv4.tcp_rto_max_ms", SCALED, "rto_max_us", MILLISECONDS, NULL },
    { "net.ipv4.tcp_rto_min_us", SCALED, "rto_min_us", 1, NULL },
    { "net.ipv4.tcp_min_snd_mss", SCALED, "mss_floor", 1, NULL },
    { "net.ipv4.tcp_frto", NO_OP, NULL, 0, "2" },
    { "net.ipv4.tcp_fack", NO_OP, NULL, 0, "0" },
    { "net.ipv4.tcp_reordering", NO_OP, NULL, 0, "3" },
    { "net.ipv4.tcp_congestion_control", NO_OP, NULL, 0, "" },
    { "net.ipv4.tcp_slow_start_after_idle", NO_OP, NULL, 0, "0|1" },
    { "net.ipv4.tcp_early_retrans", NO_OP, NULL, 0, "0|3|4" },
    { "net.ipv4.tcp_recovery", NO_OP, NULL, 0, "0|1" },
    { "net.ipv4.tcp_tso_win_divisor", NO_OP, NULL, 0, NULL },
    { "net.ipv4.tcp_min_tso_segs", NO_OP, NULL, 0, NULL },
    { "net.ipv4.tcp_ecn", NO_OP, NULL, 0, "0|2" },
    { "net.ipv4.tcp_ecn_option", NO_OP, NULL, 0, "0|1|2" },
    { "net.ipv4.tcp_pacing_ss_ratio", NO_OP, NULL, 0, NULL },
    { "net.ipv4.tcp_pacing_ca_ratio", NO_OP, NULL, 0, NULL },
    { "net.ipv4.tcp_notsent_lowat", NO_OP, NULL, 0, "4294967295|-1" },
    { "net.ipv4.tcp_fastopen", NO_OP, NULL, 0, "0|0x0|1|0x1" },
    { "net.ipv4.tcp_syncookies", NO_OP, NULL, 0, "0|1" },
    { "net.ipv4.tcp_no_metrics_save", NO_OP, NULL, 0, NULL },
    { "net.ipv4.tcp_mtu_probing", NO_OP, NULL, 0, "0" },
    { "net.ipv4.tcp_thin_linear_timeouts", NO_OP, NULL, 0, "0" },
    { "net.ipv4.tcp_abort_on_overflow", NO_OP, NULL, 0, "0" },
    { "net.ipv4.tcp_shrink_window", NO_OP, NULL, 0, "0" },
    { "net.ipv4.tcp_autocorking", NO_OP, NULL, 0, "0" },
    { "net.core.somaxconn", NO_OP, NULL, 0, "4096" },
    /* FreeBSD; times are in milliseconds. */
    { "net.inet.tcp.rfc1323", SWITCH, "offer_timestamps", 1, NULL },
    { "net.inet.tcp.rfc1323", SWITCH, "offer_window_scale", 1, NULL },
    { "net.inet.tcp.sack.enable", SWITCH, "offer_sack", 1, NULL },
    { "net.inet.tcp.blackhole", SWITCH, "closed_port_silent", 1, NULL },
    { "net.inet.tcp.recvspace", SCALED, "receive_buffer", 1, NULL },
    { "net.inet.tcp.sendspace", SCALED, "send_buffer", 1, NULL },
    { "net.inet.tcp.insecure_rst", INVERSE, "rfc5961_reset", 1, NULL },
    { "net.inet.tcp.insecure_syn", INVERSE, "rfc5961_syn", 1, NULL },
    { "net.inet.tcp.insecure_ack", INVERSE, "rfc5961_ack", 1, NULL },
    { "net.inet.tcp.msl", SCALED, "msl_us", MILLISECONDS, NULL },
    { "net.inet.tcp.rexmit_initial", SCALED, "rto_initial_us", MILLISECONDS, NULL },
    { "net.inet.tcp.rexmit_min", SCALED, "rto_min_us", MILLISECONDS, NULL },
    { "net.inet.tcp.keepinit", SCALED, "syn_r2_us", MILLISECONDS, NULL },
    { "net.inet.tcp.keepidle", SCALED, "keepalive_idle_us", MILLISECONDS, NULL },
    { "net.inet.tcp.keepintvl", SCALED, "keepalive_interval_us", MILLISECONDS, NULL },
    { "net.inet.tcp.keepcnt", SCALED, "keepalive_count", 1, NULL },
    { "net.inet.tcp.delacktime", SCALED, "delayed_ack_us", MILLISECONDS, NULL },
    { "net.inet.tcp.finwait2_timeout", SCALED, "orphan_fin_wait_2_us", MILLISECONDS, NULL },
    { "net.inet.tcp.icmp_may_rst", NO_OP, NULL, 0, "1" },
    { "net.inet.tcp.path_mtu_discovery", SWITCH, "path_mtu_discovery", 1, NULL },
    { "net.inet.tcp.minmss", SCALED, "mss_floor", 1, NULL },
    { "net.inet.tcp.initcwnd_segments", SCALED, "initial_window", 1, NULL },
    { "net.inet.tcp.ecn.enable", NO_OP, NULL, 0, "0|2" },
    { "net.inet.tcp.ecn.maxretries", NO_OP, NULL, 0, "1" },
    { "kern.ipc.maxsockbuf", NO_OP, NULL, 0, "2097152" },
    { "net.inet.tcp.hostcache.purgenow", NO_OP, NULL, 0, NULL },
    { "net.inet.tcp.drop_synfin", NO_OP, NULL, 0, "0" },
    { "net.inet.tcp.rexmit_drop_options", NO_OP, NULL, 0, "0" },
    { "net.inet.tcp.rexmit_slop", NO_OP, NULL, 0, "200" },
    { "net.inet.tcp.syncookies", NO_OP, NULL, 0, "1" },
    { "net.inet.tcp.syncookies_only", NO_OP, NULL, 0, "0" },
    { "net.inet.tcp.fastopen.client_enable", NO_OP, NULL, 0, "0|1" },
    { "net.inet.tcp.fastopen.server_enable", NO_OP, NULL, 0, "0" },
    { "net.inet.tcp.udp_tunneling_port", NO_OP, NULL, 0, "0" },
    { "net.inet.tcp.udp_tunneling_overhead", NO_OP, NULL, 0, NULL },
    { "net.inet.tcp.pmtud_blackhole_detection", NO_OP, NULL, 0, "0" },
    { "net.inet.tcp.mssdflt", NO_OP, NULL, 0, "536" },
    { "net.inet.tcp.v6mssdflt", NO_OP, NULL, 0, "1220" },
    { "net.inet.tcp.tolerate_missing_ts", NO_OP, NULL, 0, "0" },
    { "net.inet.tcp.delayed_ack", NO_OP, NULL, 0, "1" },
};

enum { ENTRIES = sizeof entries / sizeof entries[0] };

/* Is `value` one of the values in `list`? */
static bool is_listed(const char *list, const char *value)
{
    size_t length = strlen(value);
    while (list != NULL) {
        if (strncmp(list, value, length) == 0 && (list[length] == '|' || list[length] == '\0'))
            return true;
        list = strchr(list, '|');
        if (list != NULL)
            list++;
    }
    return false;
}

/* Number `index`, counted from 1, of several with white space between; false: there is none. */
static bool nth_number(const char *value, int index, uint64_t *number)
{
    char *end = NULL;
    for (; index > 0; index--) {
        *number = strtoull(value, &end, 0);
        if (end == value)
            return false;
        value = end;
    }
    return true;
}

/* The shift that lets a window field of 16 bits stand for `buffer` octets. RFC 7323 2.2. */
static uint64_t shift_for(uint64_t buffer)
{
    enum { WINDOW_MAX = 65535, SHIFT_MAX = 14 };
    uint64_t shift = 0;
    while (shift < SHIFT_MAX && buffer >> shift > WINDOW_MAX)
        shift++;
    return shift;
}

/* The number that a rule reads from a value; false: it is no number. */
static bool read_value(const struct entry *entry, const char *value, uint64_t *number)
{
    char *end = NULL;
    uint64_t first = strtoull(value, &end, 0);
    switch (entry->rule) {
    case SECOND: return nth_number(value, 2, number);
    case SHIFT:
        if (!nth_number(value, 3, number))
            return false;
        *number = shift_for(*number);
        return true;
    case SCALED: *number = first * entry->scale; break;
    case SWITCH: *number = first != 0; break;
    case INVERSE: *number = first == 0; break;
    case NO_OP: return false;
    }
    return end != value && *end == '\0' && value[0] != '-';
}

/* The setting of this field so far, or NULL. */
static struct anvil_target_setting *find_setting(struct run *run, const char *field)
{
    for (size_t i = run->setting_count; i-- > 0;)
        if (strcmp(run->settings[i].name, field) == 0)
            return &run->settings[i];
    return NULL;
}

static enum run_command set(struct run *run, const char *field, uint64_t value)
{
    struct anvil_target_setting *old = find_setting(run, field);
    if (old != NULL && old->value == value)
        return RUN_COMMAND_NOTHING;
    if (run->setting_count == RUN_SETTINGS_MAX)
        return RUN_COMMAND_UNSUPPORTED;
    run->settings[run->setting_count++] = (struct anvil_target_setting){ field, value };
    return RUN_COMMAND_SETTING;
}

static enum run_command apply(struct run *run, const struct entry *entry, const char *value)
{
    uint64_t number = 0;
    if (entry->rule == NO_OP)
        return entry->harmless == NULL || is_listed(entry->harmless, value)
                   ? RUN_COMMAND_NOTHING : RUN_COMMAND_UNSUPPORTED;
    if (!read_value(entry, value, &number))
        return RUN_COMMAND_UNSUPPORTED;
    return set(run, entry->field, number);
}

/* Applies "name=value", with dots or slashes in the name. UNSUPPORTED, with `why`: see above. */
enum run_command run_sysctl(struct run *run, const char *assignment, char *why, size_t size)
{
    char name[NAME_MAX_OCTETS], value[VALUE_MAX_OCTETS];
    const char *equals = strchr(assignment, '=');
    size_t length = equals == NULL ? 0 : (size_t)(equals - assignment);
    enum run_command result = RUN_COMMAND_UNSUPPORTED;
    bool known = false;
    snprintf(why, size, "unsupported sysctl %s", assignment);
    if (length == 0 || length >= sizeof name)
        return RUN_COMMAND_UNSUPPORTED;
    for (size_t i = 0; i < length; i++)
        name[i] = assignment[i] == '/' ? '.' : assignment[i];
    name[length] = '\0';
    snprintf(value, sizeof value, "%s", equals + 1);
    for (size_t i = 0; i < ENTRIES; i++) {
        if (strcmp(entries[i].name, name) != 0)
            continue;
        enum run_command one = apply(run, &entries[i], value);
        if (one == RUN_COMMAND_UNSUPPORTED)
            return one;
        result = known && one == RUN_COMMAND_NOTHING ? result : one;
        known = true;
    }
    return result;
}
