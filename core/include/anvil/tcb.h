/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chapter 5: the transmission control block. One TCP endpoint, as a value.
 *
 * It has a fixed size, no pointers and no padding, and unused slots are zero, so that it can be
 * copied, stored, compared and hashed as octets. All zero is a connection in CLOSED.
 *
 * Names are those of RFC 9293 3.3.1: SND.UNA is snd_una. The stream of each direction is counted
 * in 64-bit offsets beside the sequence numbers: offset 0 is the first octet after the SYN.
 */
#ifndef ANVIL_TCB_H
#define ANVIL_TCB_H

#include <anvil/segment.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The states of RFC 9293 3.3.2. */
enum anvil_state {
    ANVIL_CLOSED,
    ANVIL_LISTEN,
    ANVIL_SYN_SENT,
    ANVIL_SYN_RECEIVED,
    ANVIL_ESTABLISHED,
    ANVIL_FIN_WAIT_1,
    ANVIL_FIN_WAIT_2,
    ANVIL_CLOSE_WAIT,
    ANVIL_CLOSING,
    ANVIL_LAST_ACK,
    ANVIL_TIME_WAIT
};

/* Ranges of data received out of order that are held; the newest is dropped beyond that. */
#define ANVIL_HELD_RANGES_MAX 16u

/* Ranges of sent data with a time of their own; neighbours are merged beyond that. */
#define ANVIL_SEND_RANGES_MAX 16u

/* A range of received data beyond RCV.NXT. */
struct anvil_held_range {
    anvil_seq left, right; /* octets [left, right) */
    uint32_t touched;      /* tcb.held_clock when last extended: the order of SACK blocks */
};

/* A range of sent, unacknowledged sequence space. It starts where the one before it ends, the first
 * one at SND.UNA. */
struct anvil_send_range {
    anvil_seq end;
    uint16_t count; /* how often the most often sent octet was sent; saturates */
    uint16_t marks; /* zero; loss recovery will use it (RFC 2018, RFC 8985) */
    anvil_time sent_us; /* when the earliest octet was first sent */
};

/* Congestion control: a tagged value of fixed size behind on_ack, on_loss and on_rto. */
struct anvil_congestion {
    uint32_t kind; /* 0: the fixed initial window of RFC 6928 */
    uint32_t cwnd; /* octets */
    uint32_t ssthresh;
    uint32_t state[5];
};

struct anvil_tcb {
    /* The fast path: what every segment touches. */
    uint8_t state;         /* enum anvil_state */
    uint8_t timestamps_on; /* both sides offered them. 7323 */
    uint8_t snd_shift;     /* Snd.Wind.Shift */
    uint8_t rcv_shift;     /* Rcv.Wind.Shift */
    uint8_t syn_acked;     /* SND.UNA is past our SYN */
    uint8_t timing;        /* a round trip is being timed, from rtt_seq */
    uint8_t ack_now;       /* an ACK is owed at once */
    uint8_t send_due;      /* more may be sent at once: the next deadline is now */
    /* Sixteen marks, held_count to spare: all zero while ESTABLISHED and nothing is unusual. */
    uint8_t held_count;       /* used entries of held[] */
    uint8_t fin_held;         /* fin_held_seq counts */
    uint8_t fin_received;     /* the peer's FIN was passed by RCV.NXT */
    uint8_t fin_queued;       /* CLOSE was called: a FIN follows the last octet */
    uint8_t fin_acked;        /* SND.UNA is past our FIN */
    uint8_t reader_gone;      /* the user gave up reading: late data draws a RST. SHLD-3 */
    uint8_t urgent_send;      /* urgent data is in the queue */
    uint8_t user_timeout_due; /* the option goes into the next segment. 5482 section 3 */
    uint8_t persisting;       /* the retransmission timer runs for the window, not for data */
    uint8_t probing;          /* the octet in flight is a zero-window probe */
    uint8_t probes;           /* unanswered keep-alive or window probes, saturates */
    uint8_t backoff;          /* retransmissions of SND.UNA in a row, saturates */
    uint8_t r1_told;          /* delivery trouble was reported. SHLD-9 */
    uint8_t reused; /* SYN-RECEIVED replaced TIME-WAIT, which a RST restores: 1 + Rcv.Wind.Shift of
                       that one. MAY-2 */
    uint8_t spare[2];         /* zero */
    uint8_t sent_first;     /* the first used entry of sent[] */
    uint8_t sent_count;     /* used entries of sent[] */
    uint8_t quick_ack_on;   /* the user asked for immediate ACKs */
    uint8_t push_pending;   /* the end of the queue was pushed: PSH goes with it */
    uint8_t nodelay;        /* 0: Nagle as the policy says; 1: off; 2: on. MUST-17 */
    uint8_t opened_passive; /* SYN-RECEIVED came from LISTEN. MUST-11 */
    uint8_t sack_on;        /* both sides offered it. 2018 */
    uint8_t keepalive_on;
    anvil_seq snd_una, snd_nxt;
    anvil_seq snd_max; /* highest ever sent, plus 1: snd_nxt goes back when retransmitting */
    anvil_seq snd_wl1, snd_wl2;
    uint32_t snd_wnd; /* octets, scaled */
    uint32_t snd_mss; /* largest payload without options, by peer and path. MUST-16 */
    anvil_seq rtt_seq; /* acknowledged: the timed round trip is over */
    anvil_seq rcv_nxt;
    anvil_seq rcv_adv;       /* right edge of the advertised window */
    anvil_seq last_ack_sent; /* Last.ACK.sent. 7323 4.3 */
    uint32_t ts_recent;      /* TS.Recent */
    uint32_t ts_offset;      /* added to the clock for TSval. 7323 7.1 */
    uint32_t rcv_buffer;     /* octets the owner can hold, read or not */
    uint32_t rcv_mss;        /* largest payload seen, for acknowledging every second segment */
    uint32_t rcv_mss_limit;  /* advertised in the MSS option. MUST-67 */
    uint32_t quick_acks;     /* immediate ACKs left */
    uint32_t duplicate_acks; /* counter, saturates */
    uint32_t srtt_us, rto_us; /* 6298; srtt_us = 0: not measured */
    uint64_t snd_una_offset; /* stream offset of the first unacknowledged octet */
    uint64_t snd_end_offset; /* end of what the user has sent */
    uint64_t rcv_nxt_offset; /* stream offset of RCV.NXT */
    uint64_t rcv_read_offset; /* what the user has consumed */
    uint64_t user_timeout_us; /* asked for by the user or the peer; 0 = policy */
    anvil_time ts_recent_us; /* when ts_recent was set */
    anvil_time heard_us;     /* when the last segment arrived */
    anvil_time now_us;       /* latest time seen */
    anvil_time first_sent_us; /* when SND.UNA was first sent: the clock of R2 and user timeout */
    anvil_time timer_us; /* the earliest of the six deadlines, as the last step left them */
    /* Deadlines; ANVIL_NEVER when off (all off in CLOSED are 0 and not looked at). */
    anvil_time ack_deadline;
    anvil_time rto_deadline; /* retransmission or persist */
    anvil_time user_deadline; /* user timeout */
    anvil_time keepalive_deadline;
    anvil_time sws_deadline; /* sender's override timeout */
    struct anvil_congestion congestion;

    /* Less often used. */
    anvil_time time_wait_deadline; /* 2MSL, or the orphan's FIN-WAIT-2 */
    anvil_time rtt_us;        /* when rtt_seq was sent */
    anvil_seq iss, irs;
    anvil_seq rcv_up;         /* RCV.UP */
    anvil_seq fin_held_seq;   /* number of a FIN that is held beyond RCV.NXT */
    anvil_seq old_snd_nxt, old_rcv_nxt; /* of the connection in TIME-WAIT that this one replaced */
    anvil_seq old_rcv_adv;
    uint32_t old_ts_recent, old_ts_offset;
    uint32_t rttvar_us;       /* 6298 */
    uint32_t snd_wnd_max;     /* MAX.SND.WND. 5961 5.2 */
    uint32_t held_clock;
    anvil_time old_time_wait_deadline; /* its 2MSL, should it have to come back. MAY-2 */
    anvil_time challenge_us;  /* start of the throttle's interval. 5961 section 7 */
    uint64_t snd_up_offset;   /* SND.UP: stream offset of the octet after the urgent data */
    uint64_t keepalive_idle_us, keepalive_interval_us;
    uint32_t keepalive_count; /* probes allowed */
    uint32_t syn_count;       /* SYN retransmissions allowed by the user; 0 = policy. MUST-21 */
    uint32_t r2_count;        /* retransmissions allowed by the user; 0 = policy. MUST-21 */
    uint32_t snd_mss_limit;   /* of the path: MMS_S less the TCP header */
    uint32_t challenges;      /* challenge ACKs in the interval */
    uint32_t orphan_fin_wait_2_us; /* set by the user, 0 = policy */
    uint32_t total_retransmits;    /* counter */
    struct anvil_sack_block dsack; /* duplicate to be reported next; empty: none. 2883 */
    uint16_t peer_mss;        /* of the peer's SYN; 0 = none came */
    uint16_t peer_user_timeout; /* last User Timeout option received, as on the wire */
    uint8_t orphan;           /* no user is left */
    uint8_t ipv6;             /* default send MSS 1220 instead of 536. MUST-15 */
    uint8_t urgent_received;  /* rcv_up is ahead of what was read */
    uint8_t syn_retransmitted; /* and nothing behind it is acknowledged yet: RFC 6298 5.7 */
    uint8_t peer_offers;      /* ANVIL_HAS_... bits of the peer's SYN, low 8 */
    uint8_t no_options;       /* the user asked for a SYN without options (TCP_NOOPT) */
    uint8_t user_timeout_set; /* CHANGEABLE is false. 5482 3.1 */
    uint8_t old_agreed;       /* ANVIL_HAS_... bits of what the connection in TIME-WAIT used that
                                 this one replaced: timestamps, SACK */
    struct anvil_held_range held[ANVIL_HELD_RANGES_MAX]; /* sorted, disjoint, beyond RCV.NXT */
    /* From SND.UNA to SND.MAX, no gaps: a ring that begins at sent_first. */
    struct anvil_send_range sent[ANVIL_SEND_RANGES_MAX];
};

#ifdef __cplusplus
}
#endif

#endif
