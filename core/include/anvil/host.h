/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chapter 9: the host. Sockets over the machine: ports, listeners, buffers, options, ICMP errors.
 *
 *     void *memory = ...;                                 anvil_host_size(&config) octets
 *     struct anvil_host *host = anvil_host_open(memory, &config);
 *     int fd = anvil_host_socket(host, &turn, ANVIL_IPV4);
 *     anvil_host_connect(host, &turn, fd, &peer);         then send what lies in turn.output
 *
 * As pure as the machine: no clock, no allocation, no global. The host is one block of memory
 * without pointers, which may be moved, copied and stored. Time and policy come with every call,
 * and every call leaves the frames that it causes in the caller's output. What does not fit there
 * waits: anvil_host_deadline is then `now`, and anvil_host_poll puts out the next.
 *
 * No call blocks. Calls answer a number from 0 up, or minus a value of enum anvil_error.
 *
 * How the calls of RFC 9293 3.9.1 and their error strings are met here:
 *
 *     OPEN, passive    bind, listen, accept    "connection illegal"         EADDRINUSE
 *     OPEN, active     connect                 "insufficient resources"     ENOBUFS, ENFILE
 *                                              "remote socket unspecified"  EDESTADDRREQ
 *                                              "connection already exists"  EALREADY, EISCONN
 *     SEND             send                    "connection does not exist"  ENOTCONN
 *                                              "connection closing"         EPIPE
 *     RECEIVE          receive                 "connection does not exist"  ENOTCONN
 *                                              "connection closing"         0 octets: the end
 *     CLOSE            shutdown for writing, close
 *     ABORT            close with a linger time of 0
 *     STATUS           anvil_host_look
 *     "connection refused"              ECONNREFUSED from connect, or of ANVIL_SO_ERROR
 *     "connection reset"                ECONNRESET, once; after it the end, or EPIPE
 *     "connection aborted due to user timeout", or retransmissions used up
 *                                       ETIMEDOUT, or the last soft error
 *     "queued" (the call would wait)    EAGAIN; EINPROGRESS from connect and a lingering close
 */
#ifndef ANVIL_HOST_H
#define ANVIL_HOST_H

#include <anvil/frame.h>
#include <anvil/isn.h>
#include <anvil/step.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a call failed with: the names of POSIX <errno.h>. */
enum anvil_error {
    ANVIL_ENONE,
    ANVIL_EADDRINUSE,
    ANVIL_EADDRNOTAVAIL,
    ANVIL_EAFNOSUPPORT,
    ANVIL_EAGAIN,
    ANVIL_EALREADY,
    ANVIL_EBADF,
    ANVIL_ECONNABORTED,
    ANVIL_ECONNREFUSED,
    ANVIL_ECONNRESET,
    ANVIL_EDESTADDRREQ,
    ANVIL_EHOSTUNREACH,
    ANVIL_EINPROGRESS,
    ANVIL_EINVAL,
    ANVIL_EISCONN,
    ANVIL_EMFILE,
    ANVIL_EMSGSIZE,
    ANVIL_ENETUNREACH,
    ANVIL_ENFILE,
    ANVIL_ENOBUFS,
    ANVIL_ENOPROTOOPT,
    ANVIL_ENOTCONN,
    ANVIL_EOPNOTSUPP,
    ANVIL_EPIPE,
    ANVIL_EPROTO,
    ANVIL_ETIMEDOUT,
    ANVIL_ERROR_COUNT
};

/* Flags of send and receive. */
#define ANVIL_MSG_OOB 1u  /* urgent data: MUST-30 to MUST-33 */
#define ANVIL_MSG_PEEK 2u /* receive: the octets stay */
#define ANVIL_MSG_MORE 4u /* send: more follows at once, hold back what fills no segment */
#define ANVIL_MSG_END 8u  /* send: nothing follows, shut writing down after this */

/* Options of a socket; in brackets what the number counts. */
enum anvil_so {
    ANVIL_SO_REUSEADDR,    /* [switch] */
    ANVIL_SO_REUSEPORT,    /* [switch] */
    ANVIL_SO_LINGER,       /* [seconds; -1 = off] */
    ANVIL_SO_KEEPALIVE,    /* [switch] MUST-24 */
    ANVIL_SO_RCVBUF,       /* [octets] taken literally */
    ANVIL_SO_SNDBUF,       /* [octets] taken literally */
    ANVIL_SO_ERROR,        /* get only; takes the pending error [enum anvil_error] */
    ANVIL_SO_OOBINLINE,    /* [switch] */
    ANVIL_SO_NODELAY,      /* [switch] MUST-17 */
    ANVIL_SO_MAXSEG,       /* [octets] bounds the MSS of both directions */
    ANVIL_SO_KEEPIDLE,     /* [seconds] MUST-27 */
    ANVIL_SO_KEEPINTVL,    /* [seconds] */
    ANVIL_SO_KEEPCNT,      /* [probes] */
    ANVIL_SO_SYNCNT,       /* [retransmissions] MUST-21 */
    ANVIL_SO_USER_TIMEOUT, /* [milliseconds; 0 = policy] RFC 5482 */
    ANVIL_SO_LINGER2,      /* [seconds in FIN-WAIT-2 without a user; 0 = policy] */
    ANVIL_SO_DEFER_ACCEPT, /* [seconds; 0 = off] accept waits that long for data */
    ANVIL_SO_QUICKACK,     /* [switch] */
    ANVIL_SO_CORK,         /* [switch] hold back what fills no segment, for the override timeout */
    ANVIL_SO_NOOPT,        /* [switch] a SYN carries no option but MSS */
    ANVIL_SO_TOS,          /* [octet] Traffic Class of IPv6. MUST-48 */
    ANVIL_SO_TTL,          /* [hops; -1 = policy] MUST-49 */
    ANVIL_SO_MTU_DISCOVER, /* [switch] 0: DF is not set, too-big reports are ignored. 1191, 8201 */
    ANVIL_SO_RECVERR,      /* [switch] soft errors and trouble (R1) are told at once */
    ANVIL_SO_QUEUED_IN,    /* get only [octets] received and not read */
    ANVIL_SO_QUEUED_OUT,   /* get only [octets] sent by the user and not acknowledged */
    ANVIL_SO_AT_MARK,      /* get only [switch] the urgent octet is read next */
    ANVIL_SO_COUNT
};

/* Readiness of a descriptor. */
#define ANVIL_CAN_READ 1u         /* receive or accept would not answer EAGAIN */
#define ANVIL_CAN_WRITE 2u        /* send would not answer EAGAIN; a connect or close has ended */
#define ANVIL_URGENT_AHEAD 4u     /* urgent data lies ahead. MUST-32 */
#define ANVIL_ERROR_PENDING 8u    /* an error is pending */
#define ANVIL_IS_HUNG_UP 16u      /* both directions are shut down */
#define ANVIL_IS_READ_CLOSED 32u  /* nothing more will come */

/* Why a well-formed packet was not given to a connection. */
enum anvil_refusal {
    ANVIL_REFUSED_NOT,
    ANVIL_REFUSED_NOT_LOCAL,       /* not to an address of this host */
    ANVIL_REFUSED_BAD_OPTIONS,     /* policy.bad_option_length. MUST-7 */
    ANVIL_REFUSED_CLOSED_PORT,     /* policy.closed_port_silent */
    ANVIL_REFUSED_ACCEPT_QUEUE,    /* the listener's queue is full */
    ANVIL_REFUSED_HALF_OPEN,       /* too many half-open connections. 4987 */
    ANVIL_REFUSED_NO_SLOT,         /* no room for another connection */
    ANVIL_REFUSED_NO_MEMORY,       /* no buffer for another connection, or not the one offered */
    ANVIL_REFUSED_ICMP_NO_MATCH,   /* an ICMP error that quotes no connection of ours */
    ANVIL_REFUSED_ICMP_SEQUENCE,   /* it quotes nothing outstanding. 5927 4.1 */
    ANVIL_REFUSED_ICMP_MTU,        /* it reports no smaller MTU, one that IPv6 cannot have, or
                                    * discovery is off. 8201 4 */
    ANVIL_REFUSED_COUNT
};

/* One slot more takes at most so many octets of anvil_host_size(), buffers aside: they come from
 * the pool, and only a connection that the user opened, or that was ESTABLISHED, has any. */
#define ANVIL_HOST_SLOT_OCTETS 1264u

/* What a host is opened with. Kept by value. */
struct anvil_host_config {
    uint32_t slots;       /* sockets, connections and TIME-WAIT remnants at once: 1 or more */
    uint32_t descriptors; /* descriptors at once */
    uint32_t pool;        /* octets for buffers; rounded down to ANVIL_POOL_UNIT */
    uint32_t mtu;         /* of the interface, octets: 68 to 65535 */
    struct anvil_address local_v4, local_v6; /* this host's addresses; family 0: none */
    struct anvil_secret secret; /* for ISNs, ports, timestamps, hashing */
    bool iss_fixed;       /* every connection starts at `iss` (tests only) */
    anvil_seq iss;
};

/* Buffers come in power-of-two multiples of this many octets. */
#define ANVIL_POOL_UNIT 1024u

/* Frames that one call puts out at most: two a step, and five steps when a packet finds timers due,
 * held-back data and a reader who is gone. Nearly always it is one or none. */
#define ANVIL_OUTPUT_FRAMES 10u

/* Where a call leaves frames. The caller sets octets and capacity, which must be at least
 * ANVIL_OUTPUT_FRAMES times the MTU; every call starts by emptying it. */
struct anvil_output {
    uint8_t *octets;
    size_t capacity;
    size_t used;
    uint32_t count;
    struct anvil_output_frame {
        size_t at, length; /* octets [at, at + length) are one IP packet */
    } frame[ANVIL_OUTPUT_FRAMES];
};

/* What every call needs. Nothing of it is kept. `policy` is the same for a host's whole life. */
struct anvil_turn {
    const struct anvil_policy *policy;
    anvil_time now; /* never earlier than in the call before */
    struct anvil_output *output;
};

/* Counters; they only grow. */
struct anvil_host_counters {
    uint64_t frames_in, frames_out;
    uint64_t dropped[ANVIL_DROP_COUNT];     /* malformed packets, by reason */
    uint64_t refused[ANVIL_REFUSED_COUNT];  /* well-formed ones, by reason */
};

/* One socket, seen from outside; `tcb` is valid to the next call. */
struct anvil_host_view {
    int descriptor; /* -1: none (half-open, not accepted yet, or closed by its user) */
    struct anvil_four_tuple name;
    const struct anvil_tcb *tcb;
    uint32_t path_mtu;
    uint64_t unread, unsent; /* octets received and not read; written and never sent */
};

struct anvil_host;

/* The octets of memory that a host of this configuration needs; 0 if the configuration is not
 * valid. Pure. */
size_t anvil_host_size(const struct anvil_host_config *config);

/*
 * A fresh host in `memory`, which has anvil_host_size(config) octets, aligned for uint64_t. What is
 * in the memory does not matter, and most of it is not touched before it is needed; who wants to
 * compare hosts as octets zeroes it first. NULL if the configuration is not valid.
 */
struct anvil_host *anvil_host_open(void *memory, const struct anvil_host_config *config);

/* A new socket of ANVIL_IPV4 or ANVIL_IPV6: its descriptor, the lowest one that is free. An IPv6
 * socket speaks IPv4 with mapped addresses. EAFNOSUPPORT, EMFILE, ENFILE. */
int anvil_host_socket(struct anvil_host *host, const struct anvil_turn *turn, unsigned family);

/* Gives a socket its local address and port; port 0: one is chosen. EADDRINUSE (also for a port
 * in TIME-WAIT unless ANVIL_SO_REUSEADDR), EADDRNOTAVAIL, EAFNOSUPPORT, EINVAL, EBADF. */
int anvil_host_bind(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                    const struct anvil_endpoint *to);

/* Passive OPEN. At most `backlog` (at least 1) connections wait to be accepted, or for the data
 * that ANVIL_SO_DEFER_ACCEPT wants first. Again on a listener changes the backlog only. EADDRINUSE,
 * EINVAL, EBADF. RFC 9293 3.10.1, MUST-41, MUST-42. */
int anvil_host_listen(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                      int backlog);

/* Active OPEN; answers EINPROGRESS when it has begun. EALREADY, EISCONN, EADDRINUSE,
 * EADDRNOTAVAIL, EDESTADDRREQ, ENETUNREACH (MUST-46), EOPNOTSUPP (a listener), ENOBUFS,
 * EAFNOSUPPORT, EBADF, and the pending error of an attempt that failed. */
int anvil_host_connect(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                       const struct anvil_endpoint *to);

/* Takes the oldest established connection of a listener; `peer` (may be NULL) receives its
 * address. EAGAIN, EINVAL, EMFILE, EBADF. */
int anvil_host_accept(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                      struct anvil_endpoint *peer);

/* SEND: the octets that were taken. EAGAIN, EPIPE, ENOTCONN, ENOBUFS, the pending error, EBADF. */
int64_t anvil_host_send(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                        const uint8_t *data, size_t length, unsigned flags);

/* RECEIVE: the octets that were given; 0 at the end. Stops at the urgent octet; without
 * ANVIL_SO_OOBINLINE only ANVIL_MSG_OOB reads that one (EINVAL when there is none, EAGAIN when it
 * has not arrived). EAGAIN, ENOTCONN, the pending error, EBADF. */
int64_t anvil_host_receive(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                           uint8_t *buffer, size_t length, unsigned flags);

/* how = 0: what has come and will come is thrown away; 1: a FIN follows what was sent (CLOSE);
 * 2: both. ENOTCONN, EINVAL, EBADF. */
int anvil_host_shutdown(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                        int how);

/* Gives a descriptor up. The connection goes on without it until it has ended. With a linger time
 * above 0: EINPROGRESS, and the descriptor stays, until all is acknowledged or the time is over;
 * call again when it can write. With 0: ABORT. EBADF. */
int anvil_host_close(struct anvil_host *host, const struct anvil_turn *turn, int socket);

/* What an exiting process does: close for every descriptor, linger times above 0 left out. The
 * descriptors are gone at once; FINs and RSTs come out by anvil_host_poll. */
void anvil_host_exit(struct anvil_host *host, const struct anvil_turn *turn);

/* Sets an option. EINVAL (value out of range), ENOPROTOOPT (get only), ENOBUFS (a larger receive
 * buffer cannot be had), EBADF. */
int anvil_host_set_option(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                          enum anvil_so option, int64_t value);

/* Reads an option into *value. EINVAL, EBADF. */
int anvil_host_get_option(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                          enum anvil_so option, int64_t *value);

/* The local address (all zero when not bound). EBADF. */
int anvil_host_local_name(const struct anvil_host *host, int socket, struct anvil_endpoint *name);

/* The peer's address. ENOTCONN, EBADF. */
int anvil_host_peer_name(const struct anvil_host *host, int socket, struct anvil_endpoint *name);

/* A packet arrives. Any octets. `more`: another one waits behind it (MUST-59). */
void anvil_host_arrive(struct anvil_host *host, const struct anvil_turn *turn,
                       const uint8_t *packet, size_t length, bool more);

/* Does what is due for one socket. Call it when anvil_host_deadline has come. */
void anvil_host_poll(struct anvil_host *host, const struct anvil_turn *turn);

/* When anvil_host_poll is needed next; ANVIL_NEVER when it is not. */
anvil_time anvil_host_deadline(const struct anvil_host *host);

/* Bits ANVIL_CAN_READ to ANVIL_IS_READ_CLOSED; 0 for an unknown descriptor. */
unsigned anvil_host_ready(const struct anvil_host *host, const struct anvil_turn *turn,
                          int socket);

/* One more than the largest descriptor that was ever used. */
int anvil_host_descriptors(const struct anvil_host *host);

/* What occupies slot `index`, counted from 0: 1 and *view, or 0 when it is empty, or -1 past the
 * last slot that was ever used. */
int anvil_host_look(const struct anvil_host *host, uint32_t index, struct anvil_host_view *view);

/* The counters; valid as long as the host. */
const struct anvil_host_counters *anvil_host_counts(const struct anvil_host *host);

/* What ended the processing of the last packet: a drop, a refusal, or a check of 3.10.7. */
const char *anvil_host_verdict(const struct anvil_host *host);

/* Names for people: "EADDRINUSE"; "accept queue full". */
const char *anvil_error_name(enum anvil_error error);
const char *anvil_refusal_name(enum anvil_refusal refusal);

#ifdef __cplusplus
}
#endif

#endif
