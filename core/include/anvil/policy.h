/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chapter 4: policy. Whatever the RFCs leave open, or real stacks do differently, is a field here;
 * no behaviour is chosen when the library is compiled.
 *
 * A policy is constant for the life of a connection, handed in by pointer with every step and
 * never kept. What a user changes during a connection's life is part of the TCB (see ANVIL_SET in
 * step.h). Fields named _us are microseconds; a field described as a switch is 0 or 1.
 */
#ifndef ANVIL_POLICY_H
#define ANVIL_POLICY_H

#include <anvil/seq.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Value of anvil_policy.sws_override_us: as long as the retransmission timeout. */
#define ANVIL_OVERRIDE_RTO 0u

/* Values of anvil_policy.time_wait_reuse. */
#define ANVIL_REUSE_NEVER 0u   /* TIME-WAIT lasts 2MSL whatever arrives */
#define ANVIL_REUSE_RFC6191 1u /* a new SYN may reopen: RFC 6191 section 2, MAY-2 */

/* Values of anvil_policy.bad_option_length. */
#define ANVIL_BAD_OPTION_DROP 0u   /* drop the segment, count it */
#define ANVIL_BAD_OPTION_IGNORE 1u /* use what could be decoded before it */

/* Values of anvil_policy.half_open_overflow. */
#define ANVIL_HALF_OPEN_DROP_NEW 0u    /* the new SYN is ignored */
#define ANVIL_HALF_OPEN_DROP_OLDEST 1u /* the oldest half-open connection gives way */

/* Values of anvil_policy.window_update: of which segment SND.WND is taken. 9293 3.10.7.4 fifth */
#define ANVIL_WINDOW_BY_NUMBERS 0u /* SND.WL1 and SND.WL2 alone say which is the newest */
#define ANVIL_WINDOW_BY_ACK 1u     /* a newer ACK is newer, whatever SEG.SEQ is; with the numbers of
                                      the last one, only a larger window or one of zero */
#define ANVIL_WINDOW_BY_EDGE 2u    /* as the numbers say, and with those of the last one, only a
                                      larger one; what is old of the text counts not as SEG.SEQ,
                                      and what is acknowledged is taken off SND.WND before, so that
                                      the right edge stays */

struct anvil_policy {
    /* Timers. */
    uint64_t msl_us;             /* maximum segment lifetime; TIME-WAIT is twice this. 9293 3.4.2 */
    uint64_t rto_initial_us;     /* RTO before the first measurement. 6298 2.1 */
    uint64_t rto_min_us;         /* a computed RTO is at least this. 6298 2.4 */
    uint64_t rto_max_us;         /* and at most this. 6298 2.5: 60 s or more */
    uint64_t rto_granularity_us; /* G in SRTT + max(G, 4 RTTVAR). 6298 2.2 */
    uint64_t rto_after_syn_us;   /* least RTO for data when the SYN had to be repeated. 6298 5.7 */
    uint64_t r2_us;              /* give up after this long without an answer; 0 = by count only */
    uint64_t syn_r2_us;          /* the same for SYN and SYN,ACK. MUST-23: 3 minutes or more */
    uint64_t user_timeout_us;    /* default user timeout; 0 = none. 9293 3.9.1.1: 5 minutes */
    uint64_t user_timeout_lower_us; /* L_LIMIT for a timeout adopted from the peer. 5482 3.1 */
    uint64_t user_timeout_upper_us; /* U_LIMIT, likewise */
    uint64_t delayed_ack_us;     /* how long an ACK may wait; 0 = never. MUST-40: below 0.5 s */
    uint64_t keepalive_idle_us;  /* idle time before the first probe. MUST-28: 2 hours or more */
    uint64_t keepalive_interval_us; /* between probes */
    uint64_t persist_min_us;     /* least interval between zero-window probes */
    uint64_t orphan_fin_wait_2_us; /* FIN-WAIT-2 of a closed socket ends after this; 0 = never */
    uint64_t sws_override_us;    /* sender's silly-window override timeout, or ANVIL_OVERRIDE_RTO;
                                    bounds a cork, too. 9293 3.8.6.2.1 */
    uint64_t timestamp_tick_us;  /* one tick of TSval: 1 ms to 1 s. 7323 5.4 */
    uint64_t paws_idle_us;       /* TS.Recent is invalid after this much idling. 7323 5.5 */
    uint64_t challenge_interval_us; /* window of the challenge ACK throttle. 5961 section 7 */

    /* Counts. */
    uint32_t r1_count;         /* retransmissions until the user is warned. SHLD-10: 3 or more */
    uint32_t r2_count;         /* retransmissions until the connection is given up; 0 = by time */
    uint32_t syn_r2_count;     /* the same for a SYN */
    uint32_t syn_ack_r2_count; /* the same for a SYN,ACK */
    uint32_t keepalive_count;  /* unanswered probes before giving up. MUST-29: 2 or more */
    uint32_t challenge_count;  /* challenge ACKs in one interval, and ACKs for empty segments that
                                  are not acceptable; 0 = no limit. 5961 section 7 */
    uint32_t ack_every;        /* full segments per ACK. SHLD-19: 2 */
    uint32_t quick_acks;       /* data segments acknowledged at once at a connection's start */
    uint32_t initial_window;   /* segments of the fixed congestion window. 6928 section 2 */
    uint32_t mss_floor;        /* least send MSS, whatever the peer asks for */

    /* Options on the SYN. */
    uint32_t offer_timestamps;   /* switch. 7323 3.2 */
    uint32_t offer_sack;         /* switch. 2018 section 2 */
    uint32_t offer_window_scale; /* switch. 7323 2.2 */
    uint32_t window_scale_least; /* offer at least this shift, 0 to 14 */
    uint32_t option_layout;      /* ANVIL_LAYOUT_..., segment.h */
    uint32_t noopt_mss;          /* switch: a SYN of TCP_NOOPT still carries the MSS. SHLD-5 */
    uint32_t dsack;              /* switch: report duplicates. 2883 */
    uint32_t user_timeout_option; /* switch: send and adopt the User Timeout option. 5482 */

    /* Choices at segment arrival. */
    uint32_t rfc5961_reset;        /* switch: a RST elsewhere in the window than at RCV.NXT is
                                      challenged; off: it ends the connection. 5961 section 3 */
    uint32_t rfc5961_syn;          /* switch: a SYN for a synchronized connection is challenged;
                                      off: in the window it draws a RST, and ends it. Section 4 */
    uint32_t rfc5961_ack;          /* switch: an ACK older than the largest window is refused, with
                                      the text beside it. 5961 section 5, MAY-12 */
    uint32_t rfc1337;              /* switch: a RST does not end TIME-WAIT. 1337 section 3, F1 */
    uint32_t syn_repeat_synack;    /* switch: a repeated SYN draws SYN,ACK again, not a bare ACK */
    uint32_t syn_received_challenge; /* switch: a SYN in the window in SYN-RECEIVED is challenged
                                        instead of returning to LISTEN */
    uint32_t ack_out_of_order;     /* switch: out-of-order data is answered at once. MAY-13 */
    uint32_t time_wait_reuse;      /* ANVIL_REUSE_... */
    uint32_t time_wait_answers;    /* switch: in TIME-WAIT all but an exact ACK draws an ACK */
    uint32_t time_wait_silent_syn; /* switch: a SYN that cannot reopen draws nothing. 6191 */
    uint32_t ack_second_segment;   /* switch: a segment draws the ACK that waits, however small */
    uint32_t fin_with_acks;        /* switch: each ACK carries our FIN again until that is
                                      acknowledged */
    uint32_t window_follows_room;  /* switch: a segment that goes anyway tells all the room, unless
                                      it is silly; off: the right edge moves in large steps only */
    uint32_t unsent_ack_silent;    /* switch: in ESTABLISHED an ACK of what was never sent draws
                                      nothing */
    uint32_t ack_past_window;      /* switch: an ACK without text from past the window is taken, as
                                      far as the largest window reaches. 9293 A.2 */
    uint32_t window_update;        /* ANVIL_WINDOW_... */
    uint32_t ts_recent_after_ack;  /* switch: TS.Recent waits for the ACK check. 7323 5.3 R3 */
    uint32_t bad_option_length;    /* ANVIL_BAD_OPTION_... MUST-7 */
    uint32_t hard_errors_abort;    /* switch: hard ICMP errors end a connection. SHLD-26 */

    /* Choices at calls. */
    uint32_t reset_on_unread;    /* switch: close with unread data sends RST. SHLD-3 */
    uint32_t reset_on_late_data; /* switch: data after a full close draws RST. SHLD-3 */
    uint32_t abort_with_ack;     /* switch: the RST of ABORT carries an ACK */
    uint32_t nagle;              /* switch: default of the Nagle algorithm. SHLD-7 */
    uint32_t keepalive_octet;    /* switch: a keep-alive carries one garbage octet. MAY-6 */

    /* The host (host.h). */
    uint32_t closed_port_silent;   /* switch: segments to nowhere draw no RST ("blackhole") */
    uint32_t time_wait_connect;    /* switch: connect() may reuse a port in TIME-WAIT (S14) */
    uint32_t ephemeral_first;      /* port range for connect() without bind(). 6056 */
    uint32_t ephemeral_last;
    uint32_t half_open_max;        /* half-open connections of one listener. 4987 */
    uint32_t half_open_overflow;   /* ANVIL_HALF_OPEN_... 4987 3.4 */
    uint32_t receive_buffer;       /* default SO_RCVBUF, octets */
    uint32_t send_buffer;          /* default SO_SNDBUF, octets */
    uint32_t buffer_twice;         /* switch: SO_SNDBUF takes, and SO_SNDBUF and SO_RCVBUF tell,
                                      twice what was set */
    uint32_t buffer_whole_segments; /* switch: buffers of a connection grow to whole segments */
    uint32_t shutdown_discards;    /* switch: what comes after shutdown of reading is thrown away */
    uint32_t ttl;                  /* TTL or hop limit. MUST-49 */
    uint32_t path_mtu_discovery;   /* switch: set DF and follow ICMP. 1191, 8201 */
    uint32_t path_mtu_min;         /* reports below this are taken as this. 1191 3, 5927 7 */
};

/* The built-in profiles. */
extern const struct anvil_policy anvil_policy_rfc9293; /* what RFC 9293 and its companions say */
extern const struct anvil_policy anvil_policy_linux;   /* what Linux 6 does, where it differs */
extern const struct anvil_policy anvil_policy_freebsd; /* what FreeBSD 14 does, likewise */

/* One field, for tools that name them. */
struct anvil_policy_field {
    const char *name;      /* as in struct anvil_policy */
    const char *reference; /* RFC and section, or the requirement */
    const char *sources[3]; /* where the value of rfc9293, linux and freebsd comes from */
    size_t offset;
    size_t size; /* 4 or 8 octets */
    uint64_t least, most; /* values that make sense */
};

/* Every field, in the order of the structure. `*count` receives their number. */
const struct anvil_policy_field *anvil_policy_fields(size_t *count);

/* The field with this name, or NULL. */
const struct anvil_policy_field *anvil_policy_find(const char *name);

/* Reads a field. */
uint64_t anvil_policy_get(const struct anvil_policy *policy,
                          const struct anvil_policy_field *field);

/* Sets a field; false, and no change, if the value is outside [least, most]. */
bool anvil_policy_set(struct anvil_policy *policy, const struct anvil_policy_field *field,
                      uint64_t value);

/* The profile "rfc9293", "linux" or "freebsd"; NULL for any other name. */
const struct anvil_policy *anvil_policy_profile(const char *name);

#ifdef __cplusplus
}
#endif

#endif
