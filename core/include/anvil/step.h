/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chapter 6: the machine. An event goes in, effects come out, and nothing else happens.
 *
 *     struct anvil_tcb tcb = {0};                       a connection in CLOSED
 *     anvil_step(&tcb, policy, &event, &effects);
 *
 * then send effects.sent[0 .. sent_count), copy the payload parts effects.accept[..] to where the
 * stream is kept, tell the user of effects.signals, and call again with ANVIL_POLL no later than
 * effects.deadline.
 */
#ifndef ANVIL_STEP_H
#define ANVIL_STEP_H

#include <anvil/policy.h>
#include <anvil/tcb.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Segments that one step emits at most. */
#define ANVIL_SENT_MAX 2u

enum anvil_event_kind {
    ANVIL_POLL,         /* nothing happens but time */
    ANVIL_OPEN_PASSIVE, /* OPEN, 3.10.1: uses open */
    ANVIL_OPEN_ACTIVE,  /* OPEN, 3.10.1: uses open, iss, ts_offset */
    ANVIL_SEND,         /* SEND, 3.10.2: uses length, urgent, push; in LISTEN as OPEN */
    ANVIL_RECEIVE,      /* RECEIVE, 3.10.3: uses length; consumes what is there, up to it */
    ANVIL_CLOSE,        /* CLOSE, 3.10.4: uses full */
    ANVIL_ABORT,        /* ABORT, 3.10.5 */
    ANVIL_SEGMENT,      /* SEGMENT ARRIVES, 3.10.7: uses segment, arrived, more, iss, ts_offset */
    ANVIL_ICMP,         /* an ICMP error for it, 3.9.2.2: uses icmp, quoted, mss_limit */
    ANVIL_SET           /* the user changes a value: uses set, value */
};

/* Classes of ICMP errors. RFC 9293 3.9.2.2. */
enum anvil_icmp {
    ANVIL_ICMP_SOFT,    /* unreachable 0, 1, 5; time exceeded; parameter problem. MUST-56 */
    ANVIL_ICMP_HARD,    /* unreachable 2 to 4 without path MTU discovery. SHLD-26 */
    ANVIL_ICMP_TOO_BIG, /* fragmentation needed, packet too big: uses mss_limit. 1191, 8201 */
    ANVIL_ICMP_QUENCH   /* source quench: discarded. MUST-55 */
};

/* What ANVIL_SET changes. Times above 2^48 microseconds (nine years) count as that. */
enum anvil_setting {
    ANVIL_SET_NODELAY,            /* switch: Nagle off. MUST-17 */
    ANVIL_SET_KEEPALIVE,          /* switch. MUST-24 */
    ANVIL_SET_KEEPALIVE_IDLE,     /* microseconds. MUST-27 */
    ANVIL_SET_KEEPALIVE_INTERVAL, /* microseconds */
    ANVIL_SET_KEEPALIVE_COUNT,    /* probes */
    ANVIL_SET_USER_TIMEOUT,       /* microseconds, 0 = policy. 9293 3.9.1.1, 5482 */
    ANVIL_SET_SYN_COUNT,          /* retransmissions of the SYN, 0 = policy. MUST-21 */
    ANVIL_SET_R2_COUNT,           /* retransmissions of data, 0 = policy. MUST-21 */
    ANVIL_SET_RECEIVE_BUFFER,     /* octets; the advertised window never shrinks by it */
    ANVIL_SET_MSS_LIMIT,          /* octets: bounds the send MSS and what a SYN advertises */
    ANVIL_SET_QUICK_ACK,          /* switch: acknowledge at once */
    ANVIL_SET_ORPHAN_TIMEOUT,     /* microseconds in FIN-WAIT-2 without a user, 0 = policy */
    ANVIL_SET_NO_OPTIONS,         /* switch: SYNs sent later have no options but MSS */
    ANVIL_SET_READER_GONE         /* switch: the user reads no more (shutdown for reading) */
};

/* What OPEN needs to know about where it stands. */
struct anvil_open {
    uint32_t receive_buffer; /* octets that the owner will hold */
    uint32_t receive_mss;    /* goes into the MSS option: MMS_R less 20. MUST-67 */
    uint32_t send_mss;       /* bound of the path: MMS_S less 20. MUST-16 */
    uint8_t ipv6;            /* decides the default send MSS. MUST-15 */
};

/* One event. Fields that its kind does not use are ignored. */
struct anvil_event {
    enum anvil_event_kind kind;
    anvil_time now; /* never earlier than in the step before */

    const struct anvil_segment *segment; /* not kept */
    anvil_time arrived;                  /* when it reached this host, at most `now`; for RTTs */
    anvil_seq iss;      /* the initial sequence number, if one is needed now */
    uint32_t ts_offset; /* offset of the timestamp clock, likewise */
    bool more;          /* another segment is waiting: hold ordinary ACKs back. MUST-59 */

    uint64_t length;       /* octets */
    bool urgent;           /* SEND: urgent data ends here */
    bool push;             /* SEND: PSH goes with the last octet. MAY-15 */
    bool full;             /* CLOSE: the user gives up reading, too (half-duplex, MAY-1) */
    bool remote_specified; /* SEND and OPEN in LISTEN: the remote socket is known; SEGMENT in
                              TIME-WAIT: a LISTEN would take this SYN, so it may reopen. MAY-2 */

    enum anvil_icmp icmp;
    anvil_seq quoted;   /* the sequence number in the quoted segment. 5927 4.1 */
    uint32_t mss_limit; /* what the reported MTU leaves for a segment's payload */

    enum anvil_setting set;
    uint64_t value;

    struct anvil_open open;
};

/* How a call ended: the strings of RFC 9293 3.10. */
enum anvil_result {
    ANVIL_OK,
    ANVIL_QUEUED,              /* not yet: the call would wait */
    ANVIL_INVALID,             /* misuse by the embedder; nothing changed */
    ANVIL_DOES_NOT_EXIST,      /* "connection does not exist" */
    ANVIL_ALREADY_EXISTS,      /* "connection already exists" */
    ANVIL_CONNECTION_CLOSING,  /* "connection closing" */
    ANVIL_REMOTE_UNSPECIFIED   /* "remote socket unspecified" */
};

/* Bits of anvil_effects.signals: what the user is told. */
#define ANVIL_SIGNAL_OPEN 0x0001u        /* the connection is ESTABLISHED */
#define ANVIL_SIGNAL_CLOSING 0x0002u     /* the peer's FIN was reached: "connection closing" */
#define ANVIL_SIGNAL_RESET 0x0004u       /* "connection reset" */
#define ANVIL_SIGNAL_REFUSED 0x0008u     /* "connection refused" */
#define ANVIL_SIGNAL_USER_TIMEOUT 0x0010u /* "connection aborted due to user timeout" */
#define ANVIL_SIGNAL_R1 0x0020u          /* delivery is in trouble. SHLD-9 */
#define ANVIL_SIGNAL_R2 0x0040u          /* delivery failed: retransmissions or probes ran out */
#define ANVIL_SIGNAL_URGENT 0x0080u      /* urgent data lies ahead, or more of it. MUST-32 */
#define ANVIL_SIGNAL_READABLE 0x0100u    /* RCV.NXT has moved over data */
#define ANVIL_SIGNAL_PUSH 0x0200u        /* and some of it was pushed. MAY-17 */
#define ANVIL_SIGNAL_ACKED 0x0400u       /* sent data was acknowledged: see acked_to */
#define ANVIL_SIGNAL_SOFT_ERROR 0x0800u  /* an ICMP soft error. MUST-47 */
#define ANVIL_SIGNAL_HARD_ERROR 0x1000u  /* an ICMP hard error ended the connection. SHLD-26 */
#define ANVIL_SIGNAL_DELETED 0x2000u     /* the TCB is gone, unread counts too: CLOSED */
#define ANVIL_SIGNAL_BACK_TO_LISTEN 0x4000u /* a passive open that failed: state is LISTEN */
#define ANVIL_SIGNAL_DROPPED_TEXT 0x8000u /* an out-of-order range did not fit and was dropped */

/* The numbered check of RFC 9293 3.10.7 at which processing of a segment ended. */
enum anvil_check {
    ANVIL_CHECK_NONE,           /* no segment, or processed to the end */
    ANVIL_CHECK_CLOSED,         /* 3.10.7.1 */
    ANVIL_CHECK_LISTEN_RST,     /* 3.10.7.2 first */
    ANVIL_CHECK_LISTEN_ACK,     /* second */
    ANVIL_CHECK_LISTEN_SYN,     /* third */
    ANVIL_CHECK_LISTEN_OTHER,   /* fourth */
    ANVIL_CHECK_SYN_SENT_ACK,   /* 3.10.7.3 first */
    ANVIL_CHECK_SYN_SENT_RST,   /* second */
    ANVIL_CHECK_SYN_SENT_SYN,   /* fourth */
    ANVIL_CHECK_SYN_SENT_OTHER, /* fifth */
    ANVIL_CHECK_REUSE,          /* RFC 6191, before the first check in TIME-WAIT */
    ANVIL_CHECK_PAWS,           /* RFC 7323 5.3 R1, before the first check */
    ANVIL_CHECK_SEQUENCE,       /* 3.10.7.4 first */
    ANVIL_CHECK_RST,            /* second */
    ANVIL_CHECK_SYN,            /* fourth */
    ANVIL_CHECK_ACK,            /* fifth */
    ANVIL_CHECK_URGENT,         /* sixth */
    ANVIL_CHECK_TEXT,           /* seventh */
    ANVIL_CHECK_FIN,            /* eighth */
    ANVIL_CHECK_COUNT
};

/* A segment to be sent: its payload is the stream's octets [offset, offset + segment.length). A
 * keep-alive's garbage octet (policy.keepalive_octet) has an offset of ANVIL_NO_OFFSET. */
#define ANVIL_NO_OFFSET UINT64_MAX
struct anvil_sent {
    struct anvil_segment segment;
    uint64_t offset;
};

/* Part of the arrived payload to be kept: copy payload[from, from + length) to the stream's octets
 * [offset, offset + length). */
struct anvil_accept {
    uint64_t offset;
    uint32_t from, length;
};

/* What came of an event. Entries of arrays beyond their count are not written. */
struct anvil_effects {
    enum anvil_result result;
    uint32_t signals; /* ANVIL_SIGNAL_... */
    enum anvil_check check;
    uint8_t state_before, state_after; /* enum anvil_state */
    uint8_t sent_count, accept_count;
    uint64_t received; /* RECEIVE: octets handed to the user, in order */
    uint64_t acked_to; /* stream octets before this need not be kept for retransmission */
    anvil_time deadline; /* call with ANVIL_POLL then, or earlier; ANVIL_NEVER: no need */
    struct anvil_sent sent[ANVIL_SENT_MAX];
    struct anvil_accept accept[ANVIL_HELD_RANGES_MAX + 1u];
};

/*
 * One step of the machine. RFC 9293 3.10.
 *
 * Reads: *tcb, *policy, *event and the segment it points to. Changes: *tcb, *effects. Keeps no
 * pointer. Timers that are due at event->now fire first, in the order: user timeout,
 * retransmission or persist, TIME-WAIT, keep-alive, delayed ACK, silly-window override; then the
 * event is processed; then what may be sent is sent, two segments at most in all. If more could be
 * sent, deadline is `now`.
 *
 * Any event is legal in any state; a call that 3.10 refuses answers with the result it prescribes.
 * Time going backwards or past 2^63, an unknown kind, a missing segment, or a SEND that
 * would queue more than 2^62 octets answer ANVIL_INVALID and change nothing.
 */
void anvil_step(struct anvil_tcb *tcb, const struct anvil_policy *policy,
                const struct anvil_event *event, struct anvil_effects *effects);

/* When the TCB needs an ANVIL_POLL next; ANVIL_NEVER when it does not. What anvil_step put into
 * effects.deadline. */
anvil_time anvil_deadline(const struct anvil_tcb *tcb);

/* RCV.WND: the octets that the peer may still send. */
uint32_t anvil_receive_window(const struct anvil_tcb *tcb);

/* Octets in order that the user has not consumed. */
uint64_t anvil_unread(const struct anvil_tcb *tcb);

/* Urgent octets that the user has not consumed, 0 when there are none ahead. MUST-33. */
uint64_t anvil_urgent_left(const struct anvil_tcb *tcb);

/* Stream offset of the octet after the urgent data; means something while urgent_received. */
uint64_t anvil_urgent_offset(const struct anvil_tcb *tcb);

/* The most payload one segment may carry now, options and path counted. MUST-16. */
uint32_t anvil_effective_mss(const struct anvil_tcb *tcb);

/* Gives a TCB what OPEN and ANVIL_SET have set in another one. For a TCB in TIME-WAIT that a SYN is
 * to reopen: the new connection has the settings of its listener, not those of the old user. */
void anvil_copy_settings(struct anvil_tcb *tcb, const struct anvil_tcb *from);

/*
 * Rebases a TCB to where it stands: send numbers so that SND.UNA is 0, receive numbers so that
 * RCV.NXT is 0, stream offsets from the first octet that is not acknowledged or not consumed (with
 * SACK as many stay consumed as were, up to 2^30: D-SACK tells by them where the stream began),
 * times so that `now` is 2^62 (deadlines and ages keep their distance to it), counters that only
 * order things to their ranks, statistics to 0; what no longer counts to 0. Two TCBs that will
 * behave alike from `now` on, but for the value of the timestamp clock, have equal octets
 * afterwards. The result may be stepped on. `now` is at least the latest time that it has seen.
 */
void anvil_normalise(struct anvil_tcb *tcb, anvil_time now);

/* Names for people: "ESTABLISHED"; "3.10.7.4 first: sequence number"; "connection closing". */
const char *anvil_state_name(enum anvil_state state);
const char *anvil_check_name(enum anvil_check check);
const char *anvil_result_name(enum anvil_result result);

/* True if every invariant of the TCB holds; else *broken, unless NULL, names the first that does
 * not. Builds with
 * ANVIL_ASSERT check it at entry and exit of every step. */
bool anvil_invariant(const struct anvil_tcb *tcb, const char **broken);

#ifdef __cplusplus
}
#endif

#endif
