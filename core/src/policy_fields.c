/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of policy fields: the RFC that leaves each of them open, where the three profiles take
 * their values from, and which values make sense. In the order of struct anvil_policy.
 *
 * "rfc9293" gives the RFC that sets the value, or "our choice" within what the RFC allows. "linux"
 * gives sysctl names and constants of Linux 6.1, "freebsd" those of FreeBSD 14. "About" marks a
 * value that only comes near to what that stack does.
 */
#include <anvil/policy.h>

#include <string.h>

#define MS UINT64_C(1000)
#define SECOND (1000 * MS)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)

/* What every field may be at most: enough for any script, and sums of times stay far below 2^63. */
#define LONGEST (30 * DAY)

#define FIELD(name, least, most, reference, rfc9293, linux, freebsd)                               \
    {                                                                                              \
        #name, reference, {rfc9293, linux, freebsd}, offsetof(struct anvil_policy, name),          \
            sizeof(((const struct anvil_policy *)0)->name), least, most                            \
    }

#define SWITCH(name, reference, rfc9293, linux, freebsd)                                           \
    FIELD(name, 0, 1, reference, rfc9293, linux, freebsd)

static const struct anvil_policy_field fields[] = {
    /* Timers. */
    FIELD(msl_us, 1, DAY, "RFC 9293 3.4.2, MUST-13", "RFC 9293 3.4.2: 2 minutes",
          "TCP_TIMEWAIT_LEN: 60 s is 2MSL, fixed", "net.inet.tcp.msl, TCPTV_MSL"),
    FIELD(rto_initial_us, 1, HOUR, "RFC 6298 2.1, MUST-19", "RFC 6298 2.1", "TCP_TIMEOUT_INIT",
          "net.inet.tcp.rexmit_initial, TCPTV_RTOBASE"),
    FIELD(rto_min_us, 1, HOUR, "RFC 6298 2.4", "RFC 6298 2.4", "TCP_RTO_MIN",
          "about: net.inet.tcp.rexmit_min 30 ms, then rexmit_slop 200 ms on top"),
    FIELD(rto_max_us, 1, HOUR, "RFC 6298 2.5", "RFC 6298 2.5: 60 s at least", "TCP_RTO_MAX",
          "TCPTV_REXMTMAX"),
    FIELD(rto_granularity_us, 0, HOUR, "RFC 6298 2.2", "our choice: one timestamp tick",
          "tcp_rtt_estimator(): 4 RTTVAR is at least TCP_RTO_MIN",
          "about: net.inet.tcp.rexmit_slop, which is added and not a floor"),
    FIELD(rto_after_syn_us, 0, HOUR, "RFC 6298 5.7", "RFC 6298 5.7", "TCP_TIMEOUT_FALLBACK",
          "about: no such rule; net.inet.tcp.rexmit_initial"),
    FIELD(r2_us, 0, LONGEST, "RFC 9293 3.8.3, MUST-20, SHLD-11", "SHLD-11: 100 s at least",
          "none: by count", "none: by count"),
    FIELD(syn_r2_us, 0, LONGEST, "RFC 9293 3.8.3, MUST-23", "MUST-23: 3 minutes at least",
          "none: by count", "about: net.inet.tcp.keepinit, looked at when a SYN is due again"),
    FIELD(user_timeout_us, 0, LONGEST, "RFC 9293 3.9.1.1", "RFC 9293 3.9.1.1: 5 minutes",
          "none unless TCP_USER_TIMEOUT is set", "none: net.inet.tcp.maxunacktime is 0"),
    FIELD(user_timeout_lower_us, 0, LONGEST, "RFC 5482 3.1, L_LIMIT", "RFC 5482 3.1: 100 s",
          "not in Linux; as rfc9293", "not in FreeBSD; as rfc9293"),
    FIELD(user_timeout_upper_us, 0, LONGEST, "RFC 5482 3.1, U_LIMIT",
          "our choice: RFC 5482 3.1 names no number", "not in Linux; as rfc9293",
          "not in FreeBSD; as rfc9293"),
    FIELD(delayed_ack_us, 0, SECOND / 2 - 1, "RFC 9293 3.8.6.3, MUST-40",
          "our choice below the 0.5 s of MUST-40",
          "about: TCP_DELACK_MIN; adapts up to TCP_DELACK_MAX 200 ms",
          "net.inet.tcp.delacktime"),
    FIELD(keepalive_idle_us, MS, LONGEST, "RFC 9293 3.8.4, MUST-28", "MUST-28: 2 hours at least",
          "net.ipv4.tcp_keepalive_time", "net.inet.tcp.keepidle"),
    FIELD(keepalive_interval_us, MS, LONGEST, "RFC 9293 3.8.4, SHLD-12",
          "our choice: what common stacks do", "net.ipv4.tcp_keepalive_intvl",
          "net.inet.tcp.keepintvl"),
    FIELD(persist_min_us, 0, HOUR, "RFC 9293 3.8.6.1, SHLD-29",
          "SHLD-29: the first probe after one RTO", "tcp_probe0_base(): TCP_RTO_MIN at least",
          "net.inet.tcp.persmin, TCPTV_PERSMIN"),
    FIELD(orphan_fin_wait_2_us, 0, HOUR, "RFC 9293 3.6.1", "RFC 9293 knows no such timeout",
          "net.ipv4.tcp_fin_timeout", "net.inet.tcp.finwait2_timeout"),
    FIELD(sws_override_us, 0, HOUR, "RFC 9293 3.8.6.2.1", "3.8.6.2.1: 0.1 to 1 s",
          "tcp_check_probe_timer(), tcp_probe0_base(): the RTO",
          "about: the persist timer, net.inet.tcp.persmin"),
    FIELD(timestamp_tick_us, 1, SECOND, "RFC 7323 5.4", "RFC 7323 5.4: 1 ms to 1 s",
          "TCP_TS_HZ: 1 ms", "tcp_ts_getticks(): 1 ms"),
    FIELD(paws_idle_us, 0, LONGEST, "RFC 7323 5.5", "RFC 7323 5.5: 24 days", "TCP_PAWS_24DAYS",
          "TCP_PAWS_IDLE"),
    FIELD(challenge_interval_us, 0, HOUR, "RFC 5961 section 7", "RFC 5961 section 7: 5 s",
          "net.ipv4.tcp_invalid_ratelimit", "net.inet.tcp.ack_war_timewindow"),

    /* Counts. */
    FIELD(r1_count, 0, 255, "RFC 9293 3.8.3, SHLD-10", "SHLD-10: 3 at least",
          "net.ipv4.tcp_retries1", "TCP_MAXRXTSHIFT / 4, where in_losing() is told"),
    FIELD(r2_count, 0, 255, "RFC 9293 3.8.3, MUST-20", "none: by time",
          "net.ipv4.tcp_retries2; about: Linux turns it into a time",
          "net.inet.tcp.retries, TCP_MAXRXTSHIFT"),
    FIELD(syn_r2_count, 0, 255, "RFC 9293 3.8.3, MUST-23", "none: by time",
          "net.ipv4.tcp_syn_retries",
          "net.inet.tcp.retries"),
    FIELD(syn_ack_r2_count, 0, 255, "RFC 9293 3.8.3, MUST-23", "none: by time",
          "net.ipv4.tcp_synack_retries", "net.inet.tcp.syncache.rexmtlimit"),
    FIELD(keepalive_count, 1, 255, "RFC 9293 3.8.4, MUST-29", "our choice: what Linux does",
          "net.ipv4.tcp_keepalive_probes", "net.inet.tcp.keepcnt"),
    FIELD(challenge_count, 0, 1000000, "RFC 5961 section 7", "RFC 5961 section 7: 10",
          "about: one per tcp_invalid_ratelimit, pure ACKs only", "net.inet.tcp.ack_war_cnt"),
    FIELD(ack_every, 1, 255, "RFC 9293 3.8.6.3, SHLD-19", "SHLD-19: 2",
          "__tcp_ack_snd_check(): more than one full segment", "DELAY_ACK(): every second segment"),
    FIELD(quick_acks, 0, 1000000, "RFC 9293 3.8.6.3", "our choice: none",
          "TCP_MAX_QUICKACKS; about: at most half the window in segments", "none"),
    FIELD(initial_window, 1, 65535, "RFC 6928 section 2", "RFC 6928 section 2: 10",
          "TCP_INIT_CWND", "net.inet.tcp.initcwnd_segments"),
    FIELD(mss_floor, 41, 65495, "RFC 9293 3.7.1, MUST-16", "our choice: positive with all options",
          "net.ipv4.tcp_min_snd_mss", "net.inet.tcp.minmss"),

    /* Options on the SYN. */
    SWITCH(offer_timestamps, "RFC 7323 3.2", "our choice: RFC 7323 is recommended",
           "net.ipv4.tcp_timestamps", "net.inet.tcp.rfc1323"),
    SWITCH(offer_sack, "RFC 2018 section 2", "our choice: RFC 9293 section 3.2 lists it",
           "net.ipv4.tcp_sack", "net.inet.tcp.sack.enable"),
    SWITCH(offer_window_scale, "RFC 7323 2.2", "our choice: RFC 7323 is recommended",
           "net.ipv4.tcp_window_scaling", "net.inet.tcp.rfc1323"),
    FIELD(window_scale_least, 0, 14, "RFC 7323 2.2", "our choice: what the buffer needs",
          "tcp_select_initial_window(): for net.ipv4.tcp_rmem[2] of 6 MB",
          "syncache_add(): for kern.ipc.maxsockbuf of 2 MB"),
    FIELD(option_layout, 0, 1, "RFC 9293 3.2: any order", "our choice: the commonest on the wire",
          "tcp_options_write()", "tcp_addoptions()"),
    SWITCH(noopt_mss, "RFC 9293 3.7.1, SHLD-5", "SHLD-5", "TCP_NOOPT is not in Linux; as rfc9293",
           "tcp_output(): TF_NOOPT leaves out all options"),
    SWITCH(dsack, "RFC 2883 section 4", "our choice: RFC 2883 is a standard",
           "net.ipv4.tcp_dsack", "tcp_update_dsack_list()"),
    SWITCH(user_timeout_option, "RFC 5482 section 3", "our choice: on, so that it can be tested",
           "not in Linux", "not in FreeBSD"),

    /* Choices at segment arrival. */
    SWITCH(rfc5961_reset, "RFC 5961 section 3, RFC 9293 3.10.7.4 second",
           "RFC 9293 3.10.7.4 second: SHOULD of RFC 5961 3.2",
           "tcp_validate_incoming(), tcp_send_challenge_ack()", "net.inet.tcp.insecure_rst is 0"),
    SWITCH(rfc5961_syn, "RFC 5961 section 4, RFC 9293 3.10.7.4 fourth",
           "RFC 9293 3.10.7.4 fourth: SHOULD of RFC 5961 4.2",
           "tcp_validate_incoming(), tcp_send_challenge_ack()", "net.inet.tcp.insecure_syn is 0"),
    SWITCH(rfc5961_ack, "RFC 5961 section 5, RFC 9293 3.10.7.4 fifth, MAY-12",
           "our choice under MAY-12", "tcp_ack(): prior_snd_una - tp->max_window",
           "net.inet.tcp.insecure_ack is 0; about: not in the first 14.x"),
    SWITCH(rfc1337, "RFC 1337 section 3, F1", "RFC 9293 3.10.7.4 second: RST ends TIME-WAIT",
           "net.ipv4.tcp_rfc1337", "tcp_twcheck() drops every RST"),
    SWITCH(syn_repeat_synack, "RFC 9293 3.10.7.4 first", "RFC 9293 3.10.7.4 first: a bare ACK",
           "tcp_check_req() repeats the SYN,ACK", "syncache_add() repeats the SYN,ACK"),
    SWITCH(syn_received_challenge, "RFC 9293 3.10.7.4 fourth, RFC 5961 4.2",
           "RFC 9293 3.10.7.4 fourth: to LISTEN", "about: tcp_check_req() also sends RST",
           "about: syncache_add() repeats the SYN,ACK"),
    SWITCH(ack_out_of_order, "RFC 9293 3.10.7.4 seventh, MAY-13; RFC 5681 4.2",
           "RFC 5681 4.2: SHOULD", "__tcp_ack_snd_check()", "tcp_do_segment()"),
    FIELD(time_wait_reuse, ANVIL_REUSE_NEVER, ANVIL_REUSE_RFC6191, "RFC 6191 section 2, MAY-2",
          "RFC 6191 section 2", "tcp_timewait_state_process()",
          "about: tcp_twcheck() looks at sequence numbers only"),
    SWITCH(time_wait_answers, "RFC 9293 3.10.7.4 fifth",
           "3.10.7.4 fifth: only the FIN can come", "about: tcp_timewait_state_process(): not so",
           "tcp_twcheck(): unless it is a duplicate ACK"),
    SWITCH(time_wait_silent_syn, "RFC 6191 section 2", "RFC 9293 3.10.7.4 fourth: an ACK",
           "tcp_timewait_state_process() sends an ACK", "tcp_twcheck() drops a SYN without ACK"),
    SWITCH(ack_second_segment, "RFC 9293 3.8.6.3, SHLD-18; RFC 5681 4.2",
           "RFC 5681 4.2: only full segments count", "about: __tcp_ack_snd_check() counts octets",
           "DELAY_ACK(): or when it is longer than the MSS"),
    SWITCH(fin_with_acks, "RFC 9293 3.10.7.4 eighth", "3.10.7.4 eighth: a bare ACK",
           "tcp_send_ack(): a bare ACK", "tcp_output(): tcp_outflags, TF_SENTFIN"),
    SWITCH(window_follows_room, "RFC 9293 3.8.6.2.2, MUST-39", "3.8.6.2.2: one segment at least",
           "about: __tcp_select_window() moves the edge in steps of one segment or of the scale",
           "tcp_output(): recwin is sbspace()"),
    SWITCH(unsent_ack_silent, "RFC 9293 3.10.7.4 fifth, RFC 5961 5.2",
           "RFC 9293 3.10.7.4 fifth: an ACK", "tcp_ack(), tcp_rcv_established(): dropped",
           "tcp_do_segment(): an ACK"),
    SWITCH(ack_past_window, "RFC 9293 3.10.7.4 first, A.2",
           "our choice under A.2: the allowance of 3.10.7.4 first for any window",
           "about: tcp_sequence() takes it at the right edge only; it counts no probe of its own",
           "about: tcp_do_segment() does at the right edge only; it counts no probe of its own"),
    FIELD(window_update, ANVIL_WINDOW_BY_NUMBERS, ANVIL_WINDOW_BY_EDGE,
          "RFC 9293 3.10.7.4 fifth", "3.10.7.4 fifth: SND.WL1 and SND.WL2",
          "tcp_may_update_window()",
          "about: tcp_do_segment(), step 6; its header prediction takes nothing off snd_wnd"),
    SWITCH(ts_recent_after_ack, "RFC 7323 5.3 R3", "RFC 7323 appendix D: with the first check",
           "tcp_ack(): tcp_replace_ts_recent() after the ACK was checked",
           "tcp_do_segment(): before the ACK is checked"),
    FIELD(bad_option_length, ANVIL_BAD_OPTION_DROP, ANVIL_BAD_OPTION_IGNORE,
          "RFC 9293 3.2, MUST-7", "our choice under MUST-7", "tcp_parse_options()",
          "tcp_dooptions()"),
    SWITCH(hard_errors_abort, "RFC 9293 3.9.2.2, SHLD-26", "SHLD-26",
           "about: tcp_v4_err() aborts in SYN-SENT only, unless IP_RECVERR is set",
           "about: tcp_drop_syn_sent() aborts in SYN-SENT only"),

    /* Choices at calls. */
    SWITCH(reset_on_unread, "RFC 9293 3.6.1, SHLD-3", "SHLD-3", "__tcp_close()",
           "tcp_disconnect() sends FIN and flushes the buffer"),
    SWITCH(reset_on_late_data, "RFC 9293 3.6.1, SHLD-3", "SHLD-3", "tcp_rcv_state_process()",
           "tcp_do_segment() after SS_NOFDREF"),
    SWITCH(abort_with_ack, "RFC 9293 3.10.5", "RFC 9293 3.10.5: <SEQ=SND.NXT><CTL=RST>",
           "tcp_send_active_reset()", "tcp_outflags[TCPS_CLOSED]"),
    SWITCH(nagle, "RFC 9293 3.7.4, SHLD-7", "SHLD-7", "on unless TCP_NODELAY is set",
           "on unless TCP_NODELAY is set"),
    SWITCH(keepalive_octet, "RFC 9293 3.8.4, MAY-6", "SHLD-12: without data",
           "tcp_xmit_probe_skb()", "tcp_timer_keep(): without data"),

    /* The host. */
    SWITCH(closed_port_silent, "RFC 9293 3.10.7.1", "RFC 9293 3.10.7.1: RST", "always RST",
           "net.inet.tcp.blackhole"),
    SWITCH(time_wait_connect, "RFC 9293 3.10.1, MUST-13",
           "RFC 9293 3.10.1: OPEN in TIME-WAIT finds that the connection exists",
           "tcp_twsk_unique() for a bound port; about: only after timestamps",
           "in_pcbconnect(): EADDRINUSE"),
    FIELD(ephemeral_first, 1, 65535, "RFC 6056 3.2", "RFC 6335 section 6: dynamic ports",
          "net.ipv4.ip_local_port_range", "net.inet.ip.portrange.first"),
    FIELD(ephemeral_last, 1, 65535, "RFC 6056 3.2", "RFC 6335 section 6: dynamic ports",
          "net.ipv4.ip_local_port_range", "net.inet.ip.portrange.last"),
    FIELD(half_open_max, 1, 65535, "RFC 4987 3.2", "our choice",
          "net.ipv4.tcp_max_syn_backlog, its least; grows with memory",
          "net.inet.tcp.syncache.cachelimit; about: for all listeners"),
    FIELD(half_open_overflow, ANVIL_HALF_OPEN_DROP_NEW, ANVIL_HALF_OPEN_DROP_OLDEST, "RFC 4987 3.4",
          "our choice: RFC 4987 3.4", "about: tcp_conn_request(), which sends SYN cookies first",
          "about: syncache_insert(), which sends SYN cookies too"),
    FIELD(receive_buffer, 1, UINT32_C(1) << 30, "RFC 9293 3.8.6, RFC 7323 2.3",
          "our choice: the largest window without scaling",
          "net.ipv4.tcp_rmem[1]: a window of 65535; about: no auto-tuning",
          "net.inet.tcp.recvspace; about: no auto-tuning"),
    FIELD(send_buffer, 1, UINT32_C(1) << 30, "RFC 9293 3.8.6", "our choice: as receive_buffer",
          "about: net.ipv4.tcp_wmem[1] as tcp_sndbuf_expand() leaves it after the handshake",
          "net.inet.tcp.sendspace; about: no auto-tuning"),
    SWITCH(buffer_twice, "RFC 9293 3.9.1: has no such option", "our choice: as set",
           "sk_setsockopt(); about: what keeping the data costs is not counted",
           "sbreserve_locked(): as set"),
    SWITCH(buffer_whole_segments, "RFC 9293 3.9.1: has no such option", "our choice: as set",
           "as set", "tcp_mss(): both are rounded up to a multiple of the MSS"),
    SWITCH(shutdown_discards, "RFC 9293 3.9.1: has no such call",
           "our choice: POSIX has shutdown() disable further receiving",
           "tcp_shutdown() does nothing for SHUT_RD: what comes can be read",
           "tcp_do_segment(): SBS_CANTRCVMORE frees what comes"),
    FIELD(ttl, 1, 255, "RFC 9293 3.9.2, MUST-49", "RFC 1700: 64", "net.ipv4.ip_default_ttl",
          "net.inet.ip.ttl"),
    SWITCH(path_mtu_discovery, "RFC 1191, RFC 8201", "RFC 9293 3.7.2",
           "net.ipv4.ip_no_pmtu_disc is 0", "net.inet.tcp.path_mtu_discovery"),
    FIELD(path_mtu_min, 68, 65535, "RFC 1191 section 3, RFC 5927 section 7",
          "RFC 1191 section 3: 68", "net.ipv4.route.min_pmtu",
          "net.inet.tcp.minmss and 40 octets of headers"),
};

#define FIELD_COUNT (sizeof fields / sizeof fields[0])

const struct anvil_policy_field *anvil_policy_fields(size_t *count)
{
    *count = FIELD_COUNT;
    return fields;
}

/* strcmp would be the only function of string.h that the library needs beside mem*. */
static bool same_text(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

const struct anvil_policy_field *anvil_policy_find(const char *name)
{
    const struct anvil_policy_field *end = fields + sizeof fields / sizeof fields[0];

    for (const struct anvil_policy_field *field = fields; field != end; field++)
        if (same_text(field->name, name))
            return field;
    return NULL;
}

uint64_t anvil_policy_get(const struct anvil_policy *policy, const struct anvil_policy_field *field)
{
    const uint8_t *at = (const uint8_t *)policy + field->offset;
    uint64_t wide;
    uint32_t narrow;

    if (field->size == sizeof wide) {
        memcpy(&wide, at, sizeof wide);
        return wide;
    }
    memcpy(&narrow, at, sizeof narrow);
    return narrow;
}

bool anvil_policy_set(struct anvil_policy *policy, const struct anvil_policy_field *field,
                      uint64_t value)
{
    uint8_t *at = (uint8_t *)policy + field->offset;
    uint32_t narrow = (uint32_t)value;

    if (value < field->least || value > field->most)
        return false;
    if (field->size == sizeof value)
        memcpy(at, &value, sizeof value);
    else
        memcpy(at, &narrow, sizeof narrow);
    return true;
}

const struct anvil_policy *anvil_policy_profile(const char *name)
{
    static const struct {
        const char *name;
        const struct anvil_policy *policy;
    } profiles[] = {
        {"rfc9293", &anvil_policy_rfc9293},
        {"linux", &anvil_policy_linux},
        {"freebsd", &anvil_policy_freebsd},
    };

    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++)
        if (same_text(profiles[i].name, name))
            return profiles[i].policy;
    return NULL;
}
