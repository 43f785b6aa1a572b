/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The seam that a TCP stack implements to be judged by tcpanvil. Whoever brings a stack reads this
 * file and nothing else; it is installed as <anvil/target.h>, for C and C++.
 *
 * A target is one table: a description of itself, traits(), and ten functions, none of which ever
 * blocks. The runner builds everything else over them: blocking calls, poll, epoll, readv,
 * time-outs, matching. All of them must be there; what a stack does not have it says in its traits
 * or answers with an error (ENOPROTOOPT for an option, EOPNOTSUPP for a call).
 *
 * How to bring one. Write a file that defines anvil_target_entry() (the last line of this header),
 * build it as a shared object, and name it by its path:
 *
 *     cc -shared -fPIC -o mystack.so mystack.c
 *     tcpanvil check-target ./mystack.so         says in words what is wrong with it
 *     tcpanvil run --target ./mystack.so
 *
 * Under share/doc/tcpanvil/target of an installation lie rst.c, a whole target in under 100 lines,
 * and template.c, which has every function with a comment of what to fill in.
 *
 * Order of calls. traits() may come at any time, and often. For each case:
 *
 *     open      once. A case may run again with another clock, initial sequence number and IP
 *               version: each time is an open() of its own.
 *     then, for each line of the script, in any mixture:
 *       inject, explain      a segment of the script arrives; at once it is asked how that went
 *       call                 a socket call; one that would block (EAGAIN) is made again after each
 *                            thing that has happened, so it must be cheap
 *       ready                while connect(), close() or poll() waits
 *       advance              time passes
 *       observe              only if traits.observes: before and after a frame or call, and where a
 *                            script asks for tcp_info; from 0 up, not always to the end
 *     and after each inject, call and advance the target is brought to rest:
 *       take                 until it returns 0
 *       deadline             if that is now or earlier: advance(now), take ... again
 *     close     once, wherever the case ended: connections may be open, frames not taken.
 *
 * Time. The runner owns the clock: microseconds, starting at config.clock_us (which may be 0, or
 * close to where 32 bits of microseconds or milliseconds wrap), moved only by advance(). Between
 * two calls of advance() no time passes for the target, and it never asks the machine's clock. A
 * stack with a coarser tick declares it in its traits, and the runner allows for it when it
 * compares times.
 *
 * Ownership. Everything handed in is the runner's and valid for the call only; the target keeps
 * copies. What open() returned is the target's, and the runner never looks inside.
 *
 * Frames are raw IP packets (no Ethernet header), exactly as they would be on the wire, checksums
 * included: TCP over IPv4 or IPv6, and ICMP errors about them. A frame that the target sends with a
 * wrong checksum or length fails the case, whatever the case is about.
 *
 * Determinism. The same config and the same calls give the same frames at the same times. Whatever
 * is random in a stack (initial sequence numbers, ports, timestamp offsets) is drawn from
 * config.secret.
 *
 * Isolation. An instance knows nothing of one that was closed before it: no TIME-WAIT, no port in
 * use, no cache of routes or metrics. A stack with global state resets it in open().
 *
 * Threads. All calls on one instance come from one thread at a time. Different instances may be
 * used by different threads at once if traits.instances allows more than one (`run --jobs`).
 *
 * Versions. ANVIL_TARGET_ABI grows when a target must be compiled anew; the program says so when it
 * is given one of another number. Enumerations grow at their end without that: a target answers an
 * option it does not know with ENOPROTOOPT, and a call it does not know with EOPNOTSUPP.
 */
#ifndef ANVIL_TARGET_H
#define ANVIL_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ANVIL_TARGET_ABI 3u
#define ANVIL_TARGET_NEVER UINT64_MAX
#define ANVIL_TARGET_DEAD (UINT64_MAX - 1) /* a deadline: the stack has died, see there */
#define ANVIL_TARGET_UNKNOWN INT64_MIN /* an observed number that the stack does not tell */
#define ANVIL_TARGET_FRAME_MAX 65575u  /* the longest frame: 40 octets of IPv6 and 65,535 */

/* Makes the entry visible in a shared object, whatever the compiler was told to hide. */
#if defined(__GNUC__)
#define ANVIL_TARGET_EXPORT __attribute__((visibility("default")))
#else
#define ANVIL_TARGET_EXPORT
#endif

/* An IP address and a TCP port. IPv4 uses the first four octets; octets in network order. */
struct anvil_target_address {
    uint8_t family; /* 4 or 6; 0 = not given */
    uint8_t octets[16];
    uint16_t port; /* host order */
};

/*
 * One named setting of the stack, from `policy NAME=VALUE`, a mapped sysctl or `run --set`. A stack
 * honours those that it has; for any other open() fails and says which, and the case is skipped.
 * `tcpanvil profile` lists the names.
 */
struct anvil_target_setting {
    const char *name; /* a field of struct anvil_policy, say "msl_us" */
    uint64_t value;
};

/*
 * What a stack does where the policy has a field: "msl_us" is 60 s. A number that is not always the
 * same, as a round trip time-out that has a coarse estimate in it, lies from `least` to `most`.
 */
struct anvil_target_fact {
    const char *name; /* a field of struct anvil_policy */
    uint64_t least, most;
};

/* What one instance starts from. Its pointers are valid during open() only. */
struct anvil_target_config {
    const char *profile; /* "rfc9293", "linux", "freebsd": for a stack that can imitate others */
    const struct anvil_target_setting *settings;    /* applied over the profile, in order */
    size_t settings_count;
    struct anvil_target_address local_v4, local_v6; /* the stack's own addresses (port unused) */
    uint32_t mtu;                                   /* octets of an IP packet */
    uint64_t clock_us;                              /* the time when the instance starts */
    bool iss_fixed;                                 /* every connection starts at `iss`; asked for
                                                       only if traits.fixes_iss */
    uint32_t iss;
    uint8_t secret[16];                             /* the only source of randomness */
    uint32_t sockets; /* a hint: so many sockets and connections at once at most, with buffers of
                         the default sizes. A stack may take less memory for few. 0: not known */
};

/*
 * What the target is and can do. It is constant: the same at each call. A case that needs what the
 * target does not have is skipped with that reason, so false costs nothing but those cases.
 */
struct anvil_target_traits {
    const char *name;         /* a word, as reports show it: "core", "lwip" */
    const char *version;      /* of the stack, for reports */
    uint64_t granularity_us;  /* the stack's timer tick, 1 or more: 1 for the core. A timer may fire
                                 up to a tick less one earlier or later than a script says, and
                                 "tick" in a script's time is this number */
    uint64_t tolerance_us;    /* how much later than due a timer may fire, beside the tick */
    uint64_t settle_us;       /* for real_time: how long silence lasts before it counts as "no
                                 answer". 0 in virtual time */
    uint32_t instances;       /* instances that may live at once in a process; 0 = any number */
    bool real_time;           /* advance() sleeps; cases do not run with other clocks */
    bool ipv6;                /* IPv6 beside IPv4 */
    bool timestamps, sack, window_scale; /* the stack sends that option. If not, a case is skipped
                                 that expects one from it; the peer may offer it all the same */
    bool urgent;              /* it sends urgent data, and has MSG_OOB */
    bool keepalive;           /* it has SO_KEEPALIVE */
    bool observes;            /* observe() tells states and numbers */
    bool fixes_iss;           /* config.iss is honoured */
    bool follows_policy;      /* it does all that a policy can say, whatever the profile. Where the
                                 standard leaves a choice, a case then holds it to the one that is
                                 set; any other stack may choose (`//: or`, `//: may`, `//: choice`
                                 in scripts) */
    const struct anvil_target_fact *facts; /* what it does by itself. The names in a script's times
                                 (MSL, RTO, DELAYED_ACK) mean these; without one, the profile's */
    size_t fact_count;
    uint32_t connection_octets; /* memory that a connection takes, without its buffers, for
                                   tcpanvil bench; 0 = not told */
};

/*
 * The socket calls: what goes in, and "->" what comes back beside `result`, which is 0 where
 * nothing else is said, or -1 with `error` set.
 */
enum anvil_target_call_kind {
    ANVIL_CALL_SOCKET,      /* family -> result = a descriptor: any number from 0 up that is free */
    ANVIL_CALL_BIND,        /* address; port 0 = any. The address 0.0.0.0 or :: = all */
    ANVIL_CALL_LISTEN,      /* number = backlog */
    ANVIL_CALL_CONNECT,     /* address. The SYN goes out and the call fails with EINPROGRESS; that
                               it is over shows as READY_WRITE, or READY_ERROR with the reason in
                               OPTION_ERROR */
    ANVIL_CALL_ACCEPT,      /* -> result = a descriptor, address = the peer; EAGAIN: none waits */
    ANVIL_CALL_SEND,        /* data, length, flags -> result = octets taken; EAGAIN when full */
    ANVIL_CALL_RECV,        /* length, flags -> buffer, result = octets given; 0 = the peer has
                               closed, EAGAIN when empty */
    ANVIL_CALL_SHUTDOWN,    /* number = 0 reading, 1 writing, 2 both */
    ANVIL_CALL_CLOSE,       /* frees the descriptor; the connection goes on by itself. EINPROGRESS =
                               lingering (SO_LINGER): the descriptor stays, and close is called
                               again when it is READY_WRITE */
    ANVIL_CALL_SET_OPTION,  /* option, number, number2 */
    ANVIL_CALL_GET_OPTION,  /* option -> number, number2 */
    ANVIL_CALL_SOCKET_NAME, /* -> address */
    ANVIL_CALL_PEER_NAME,   /* -> address; ENOTCONN where there is none */
};

/* Flags of SEND and RECV. */
enum anvil_target_message_flag {
    ANVIL_MESSAGE_OUT_OF_BAND = 1, /* MSG_OOB */
    ANVIL_MESSAGE_PEEK = 2,        /* MSG_PEEK */
    ANVIL_MESSAGE_MORE = 4,        /* MSG_MORE */
    ANVIL_MESSAGE_END = 8,         /* MSG_EOF: shut writing down after this (FreeBSD) */
};

/* Socket options; the unit of each number is the one of Linux's socket API unless said. A stack
 * that does not have one fails with ENOPROTOOPT, and a case that sets it is skipped. */
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
    int error;      /* an errno value of <errno.h>, 0 = none */
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
 * ANVIL_TARGET_UNKNOWN (not 0), and a state that it does not tell is ANVIL_STATE_UNKNOWN; sequence
 * numbers are absolute. Scripts ask for them in the words of Linux's tcp_info. What every stack can
 * tell, and what is worth most: socket, local, remote, state.
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
 * The table. `self` is what open() returned.
 */
struct anvil_target {
    uint32_t abi; /* ANVIL_TARGET_ABI; stays the first field for ever */

    /* Describes the target. Never fails; the answer lives as long as the program, and may be asked
     * for before open() and by any thread. */
    const struct anvil_target_traits *(*traits)(void);

    /* A fresh stack with one interface that is up, holds both local addresses, and has a route to
     * everywhere. NULL: `why` (why_size octets, at least 256) says what is wrong, such as an
     * unknown setting; the runner then skips the case with that reason. */
    void *(*open)(const struct anvil_target_config *config, char *why, size_t why_size);

    /* Frees everything, whatever state it is in. Nothing is sent any more. */
    void (*close)(void *self);

    /* One socket call, now. Fills result and error, and what else the kind gives back. A call on a
     * descriptor that is not open fails with EBADF. */
    void (*call)(void *self, struct anvil_target_call *call);

    /* Readiness of a descriptor, now: bits of enum anvil_target_ready; 0 for one that is not open.
     * It changes nothing. */
    uint32_t (*ready)(void *self, int socket);

    /* A frame arrives, now; the answer can be taken at once. Any octets, none included: what is
     * malformed, or meant for somebody else, the stack must drop. */
    void (*inject)(void *self, const uint8_t *frame, size_t length);

    /* The oldest frame not taken yet, copied to `buffer`, which has room for the longest there is
     * (ANVIL_TARGET_FRAME_MAX); its length, or 0 when there is none. `emitted_us`: when the stack
     * sent it, which is never later than now nor earlier than the frame before. */
    size_t (*take)(void *self, uint8_t *buffer, size_t capacity, uint64_t *emitted_us);

    /* Moves the clock to `until_us`, or less far: stops where a frame is emitted or a readiness
     * changes. Does all that is due up to there. Returns the time reached, which is neither before
     * the present nor after `until_us`. `until_us` is never in the past; it may be the present, for
     * what is due now. */
    uint64_t (*advance)(void *self, uint64_t until_us);

    /* When the stack will next do something by itself, if nobody disturbs it: advance() to there
     * does it, or comes to a later deadline. Too early is allowed, too late is not. The present or
     * the past means now; ANVIL_TARGET_NEVER that it waits for nothing. It changes nothing.
     * ANVIL_TARGET_DEAD: the stack has ended by an error of its own (an assertion, say), explain()
     * says which, and nothing is asked of it any more but close(). The case fails. */
    uint64_t (*deadline)(void *self);

    /* Connection or listener number `index`, counted from 0 in any fixed order; false past the
     * last. Fills the whole observation, and changes nothing. False at once if the stack does not
     * tell (traits.observes). A connection in TIME-WAIT is still there, one that is CLOSED need not
     * be. */
    bool (*observe)(void *self, size_t index, struct anvil_target_observation *observation);

    /* Which check ended the processing of the last injected frame, say "3.10.7.4 first: sequence
     * number", or why it was dropped. "" when the stack does not tell. Valid until the next
     * call. */
    const char *(*explain)(void *self);
};

/* What a shared object exports that is given as --target PATH.so: its table, which lives as long
 * as the object is loaded. Called once. */
ANVIL_TARGET_EXPORT const struct anvil_target *anvil_target_entry(void);

#ifdef __cplusplus
}
#endif

#endif
