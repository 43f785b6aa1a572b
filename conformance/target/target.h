/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The seam that a TCP stack implements to be judged by tcpanvil.
 *
 * A target is one table of ten functions, none of which ever blocks. The runner builds everything
 * else over them: blocking calls, poll, epoll, readv, time-outs, matching.
 *
 * Time. The runner owns the clock: microseconds, starting at config.clock_us, moved only by
 * advance(). Between two calls of advance() no time passes for the target. A stack with a coarser
 * tick declares it in its traits, and the runner allows for it when it compares times.
 *
 * Ownership. Everything handed in is the runner's and valid for the call only; the target keeps
 * copies. Frames are raw IP packets (no Ethernet header), exactly as they would be on the wire,
 * checksums included.
 *
 * Threads. All calls on one instance come from one thread at a time. Different instances may be
 * used by different threads if traits.instances allows more than one.
 */
#ifndef ANVIL_TARGET_H
#define ANVIL_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ANVIL_TARGET_ABI 1u
#define ANVIL_TARGET_NEVER UINT64_MAX
#define ANVIL_TARGET_UNKNOWN INT64_MIN /* an observed number that the stack does not tell */
#define ANVIL_TARGET_FRAME_MAX 65575u  /* the longest frame: 40 octets of IPv6 and 65,535 */

/* An IP address and a TCP port. IPv4 uses the first four octets; octets in network order. */
struct anvil_target_address {
    uint8_t family; /* 4 or 6; 0 = not given */
    uint8_t octets[16];
    uint16_t port; /* host order */
};

/* One named setting of the stack, from `policy NAME=VALUE`, a mapped sysctl or a profile. */
struct anvil_target_setting {
    const char *name; /* a field of struct anvil_policy, say "msl_us" */
    uint64_t value;
};

/* What one instance starts from. */
struct anvil_target_config {
    const char *profile;                           /* "rfc9293", "linux", "freebsd" */
    const struct anvil_target_setting *settings;   /* applied over the profile, in order */
    size_t settings_count;
    struct anvil_target_address local_v4, local_v6; /* the stack's own addresses (port unused) */
    uint32_t mtu;                                  /* octets */
    uint64_t clock_us;                             /* the time when the instance starts */
    bool iss_fixed;                                /* every connection starts at `iss` */
    uint32_t iss;
    uint8_t secret[16];                            /* key for ISNs, ports, timestamp offsets */
};

/* What the target is, so that a case that needs more is skipped with that reason. */
struct anvil_target_traits {
    const char *name;         /* "core", "lwip" */
    const char *version;
    uint64_t granularity_us;  /* the stack's timer tick: 1 for the core */
    uint64_t tolerance_us;    /* how much later than due a timer may fire, beside the tick */
    uint64_t settle_us;       /* how long the runner waits before it says "no answer" */
    uint32_t instances;       /* instances that may live at once in a process; 0 = any number */
    bool real_time;           /* advance() sleeps */
    bool ipv6;
    bool timestamps, sack, window_scale, urgent, keepalive;
    bool observes;            /* observe() tells states and numbers */
    bool fixes_iss;           /* config.iss is honoured */
};

enum anvil_target_call_kind {
    ANVIL_CALL_SOCKET,      /* family -> descriptor */
    ANVIL_CALL_BIND,        /* address */
    ANVIL_CALL_LISTEN,      /* number = backlog */
    ANVIL_CALL_CONNECT,     /* address; EINPROGRESS, then readiness tells */
    ANVIL_CALL_ACCEPT,      /* -> descriptor, address = the peer; EAGAIN when none waits */
    ANVIL_CALL_SEND,        /* data, length, flags -> octets taken; EAGAIN when full */
    ANVIL_CALL_RECV,        /* buffer, length, flags -> octets given; 0 = end; EAGAIN when empty */
    ANVIL_CALL_SHUTDOWN,    /* number = 0 reading, 1 writing, 2 both */
    ANVIL_CALL_CLOSE,       /* EINPROGRESS = lingering: call again when writable */
    ANVIL_CALL_SET_OPTION,  /* option, number, number2 */
    ANVIL_CALL_GET_OPTION,  /* option -> number, number2 */
    ANVIL_CALL_SOCKET_NAME, /* -> address */
    ANVIL_CALL_PEER_NAME,   /* -> address */
};

/* Flags of SEND and RECV. */
enum anvil_target_message_flag {
    ANVIL_MESSAGE_OUT_OF_BAND = 1, /* MSG_OOB */
    ANVIL_MESSAGE_PEEK = 2,        /* MSG_PEEK */
    ANVIL_MESSAGE_MORE = 4,        /* MSG_MORE */
    ANVIL_MESSAGE_END = 8,         /* MSG_EOF: shut writing down after this (FreeBSD) */
};

/* Socket options; the unit of each number is the one of Linux's socket API unless said. */
enum anvil_target_option {
    ANVIL_OPTION_REUSEADDR,
    ANVIL_OPTION_REUSEPORT,
    ANVIL_OPTION_LINGER, /* number = on, number2 = seconds */
    ANVIL_OPTION_KEEPALIVE,
    ANVIL_OPTION_RCVBUF,
    ANVIL_OPTION_SNDBUF,
    ANVIL_OPTION_ERROR, /* get only: takes the pending error */
    ANVIL_OPTION_OOBINLINE,
    ANVIL_OPTION_NODELAY,
    ANVIL_OPTION_MAXSEG,
    ANVIL_OPTION_KEEPIDLE,     /* seconds */
    ANVIL_OPTION_KEEPINTVL,    /* seconds */
    ANVIL_OPTION_KEEPCNT,
    ANVIL_OPTION_SYNCNT,
    ANVIL_OPTION_USER_TIMEOUT, /* milliseconds */
    ANVIL_OPTION_LINGER2,      /* seconds in FIN-WAIT-2 as an orphan */
    ANVIL_OPTION_DEFER_ACCEPT, /* seconds */
    ANVIL_OPTION_QUICKACK,
    ANVIL_OPTION_CORK,         /* also TCP_NOPUSH */
    ANVIL_OPTION_NOOPT,
    ANVIL_OPTION_TOS,          /* IP_TOS, IPV6_TCLASS */
    ANVIL_OPTION_TTL,          /* IP_TTL, IPV6_UNICAST_HOPS */
    ANVIL_OPTION_MTU_DISCOVER, /* 0 = never set DF and ignore, 1 = follow */
    ANVIL_OPTION_RECVERR,      /* report soft errors */
    ANVIL_OPTION_QUEUED_IN,    /* get only: SIOCINQ */
    ANVIL_OPTION_QUEUED_OUT,   /* get only: SIOCOUTQ */
    ANVIL_OPTION_AT_MARK,      /* get only: SIOCATMARK */
    ANVIL_OPTION_COUNT
};

/* One socket call: the upper half goes in, the lower half comes back. */
struct anvil_target_call {
    enum anvil_target_call_kind kind;
    int socket;
    uint8_t family; /* SOCKET: 4 or 6 */
    uint32_t flags;
    enum anvil_target_option option;
    const uint8_t *data; /* SEND */
    uint8_t *buffer;     /* RECV */
    size_t length;

    int64_t number, number2;             /* in and out */
    struct anvil_target_address address; /* in and out */

    int64_t result; /* -1 = see error */
    int error;      /* an errno value of <errno.h>, 0 = none; ENOPROTOOPT = not supported here */
};

/* Readiness of a descriptor. */
enum anvil_target_ready {
    ANVIL_READY_READ = 1,   /* RECV or ACCEPT would not answer EAGAIN */
    ANVIL_READY_WRITE = 2,  /* SEND would not answer EAGAIN; a connect has ended */
    ANVIL_READY_URGENT = 4, /* urgent data: POLLPRI */
    ANVIL_READY_ERROR = 8,  /* a pending error: POLLERR */
    ANVIL_READY_HANGUP = 16,      /* both directions are shut down: POLLHUP */
    ANVIL_READY_READ_CLOSED = 32, /* the peer has closed its side: POLLRDHUP */
};

/* The states of RFC 9293 3.3.2. */
enum anvil_target_state {
    ANVIL_STATE_CLOSED,
    ANVIL_STATE_LISTEN,
    ANVIL_STATE_SYN_SENT,
    ANVIL_STATE_SYN_RECEIVED,
    ANVIL_STATE_ESTABLISHED,
    ANVIL_STATE_FIN_WAIT_1,
    ANVIL_STATE_FIN_WAIT_2,
    ANVIL_STATE_CLOSE_WAIT,
    ANVIL_STATE_CLOSING,
    ANVIL_STATE_LAST_ACK,
    ANVIL_STATE_TIME_WAIT,
    ANVIL_STATE_UNKNOWN
};

/*
 * What can be seen of one connection or listener. Numbers that the stack does not tell are
 * ANVIL_TARGET_UNKNOWN; sequence numbers are absolute.
 */
struct anvil_target_observation {
    int socket; /* -1: no descriptor (half-open, waiting to be accepted, or closed by its owner) */
    struct anvil_target_address local, remote;
    enum anvil_target_state state;
    int64_t iss, irs, snd_una, snd_nxt, snd_wnd, rcv_nxt, rcv_wnd;
    int64_t unacked_segments, lost_segments, retransmitted_segments, sacked_segments;
    int64_t retransmissions; /* of the oldest octet, so far */
    int64_t probes, backoff, total_retransmissions;
    int64_t cwnd_segments, ssthresh_segments, snd_mss, rcv_mss, advertised_mss, path_mtu;
    int64_t rto_us, srtt_us, rttvar_us, delayed_ack_timeout_us;
    int64_t snd_wscale, rcv_wscale;
    int64_t options; /* bits: 1 timestamps, 2 SACK, 4 window scale, 8 ECN */
    int64_t bytes_acked, bytes_received, unsent_bytes, unread_bytes;
};

/*
 * The ten functions. `self` is what open() returned.
 */
struct anvil_target {
    uint32_t abi; /* ANVIL_TARGET_ABI */

    /* Describes the target. Never fails; the answer lives as long as the program. */
    const struct anvil_target_traits *(*traits)(void);

    /* A fresh stack with one interface. NULL: `why` (at least 256 octets) says what is wrong, such
     * as an unknown setting; the runner then skips the case with that reason. */
    void *(*open)(const struct anvil_target_config *config, char *why, size_t why_size);

    /* Frees everything, whatever state it is in. */
    void (*close)(void *self);

    /* One socket call, now. Fills result and error. */
    void (*call)(void *self, struct anvil_target_call *call);

    /* Readiness of a descriptor, now: bits of enum anvil_target_ready; 0 for unknown ones. */
    uint32_t (*ready)(void *self, int socket);

    /* A frame arrives, now. Any octets: what is malformed the stack must drop. */
    void (*inject)(void *self, const uint8_t *frame, size_t length);

    /* The oldest frame not taken yet, copied to `buffer`; its length, or 0 when there is none.
     * `emitted_us`: when the stack sent it. */
    size_t (*take)(void *self, uint8_t *buffer, size_t capacity, uint64_t *emitted_us);

    /* Moves the clock to `until_us`, or less far: stops where a frame is emitted or a readiness
     * changes. The time reached. `until_us` is never in the past. */
    uint64_t (*advance)(void *self, uint64_t until_us);

    /* When the stack will next do something by itself; ANVIL_TARGET_NEVER when it will not. */
    uint64_t (*deadline)(void *self);

    /* Connection or listener number `index`, counted from 0 in any fixed order; false past the
     * last. */
    bool (*observe)(void *self, size_t index, struct anvil_target_observation *observation);

    /* Which check ended the processing of the last injected frame, say "3.10.7.4 first: sequence
     * number", or why it was dropped. Empty when the stack does not tell. Valid until the next
     * call. */
    const char *(*explain)(void *self);
};

/* What a shared object exports that is given to `tcpanvil run --target PATH.so`: its table. */
const struct anvil_target *anvil_target_entry(void);

#endif
