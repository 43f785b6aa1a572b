/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lwIP as a target, as Debian packages it (liblwip-dev), in process and in virtual time.
 *
 * lwip.c is the instance: opening, time, frames. lwip_memory.c makes each case start from the same
 * library, lwip_guard.c survives its assertions. lwip_socket.c is what lwIP calls back, lwip_call.c
 * the socket calls over its raw API, lwip_option.c their options, lwip_setting.c its traits and the
 * policy that it follows, lwip_observe.c what can be seen of a connection.
 */
#ifndef TARGET_LWIP_H
#define TARGET_LWIP_H

#include "target/target.h"

#include <lwip/ip.h>
#include <lwip/netif.h>
#include <lwip/pbuf.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcp.h>

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>

enum {
    TARGET_LWIP_SOCKETS = 1024,
    TARGET_LWIP_TICK_US = 250000, /* from one tcp_tmr() to the next; every other one is slow */
    TARGET_LWIP_SPAN_MAX = 65536, /* octets of the library's variables; they take about 3,500 */
};

enum target_lwip_kind {
    TARGET_LWIP_FREE,
    TARGET_LWIP_FRESH,      /* neither connected nor listening, perhaps not any more */
    TARGET_LWIP_LISTENER,
    TARGET_LWIP_CONNECTING,
    TARGET_LWIP_STREAM,     /* has been connected */
};

/* One descriptor, or a connection that waits to be accepted. */
struct target_lwip_socket {
    enum target_lwip_kind kind;
    uint8_t family;
    struct tcp_pcb *pcb;      /* a struct tcp_pcb_listen for a listener; NULL: it is gone */
    struct pbuf *queue;       /* received, not read */
    struct anvil_target_address local, peer;
    int error;                /* pending, as of <errno.h> */
    bool heard_end;           /* the peer's FIN has come, or all is over */
    bool reading_shut, writing_shut;
    bool lingers;             /* close() waits until lingers_until_us */
    uint64_t lingers_until_us;
    int owner;                /* the listener that will accept this; -1: none */
    uint64_t order;           /* of arrival, for accept() */
    uint32_t iss, irs;
    bool knows_irs;
    enum tcp_state state;     /* when last looked at */
    uint32_t ready;           /* when last looked at */
    int64_t options[ANVIL_OPTION_COUNT];
    int64_t linger_s;
};

struct target_lwip_frame {
    uint64_t emitted_us;
    size_t at, length;
};

struct target_lwip_queue {
    struct target_lwip_frame *frames;
    size_t first, count, frames_capacity;
    uint8_t *store;
    size_t used, store_capacity;
};

/* Where the library keeps its variables. */
struct target_lwip_span {
    uint8_t *start;
    size_t size;
};

/*
 * The one instance of the process. Its first member is lwIP's network interface, which stays in
 * lwIP's list of interfaces, so that the next open() finds it there.
 */
struct target_lwip {
    struct netif netif;
    struct netif netif_image;                /* as it is when no case runs */
    struct target_lwip_span span;
    uint8_t span_image[TARGET_LWIP_SPAN_MAX]; /* the same of the library's variables */
    bool is_open;

    bool inside, died;          /* within lwIP; one of its assertions has failed */
    sigjmp_buf way_out;         /* from there */
    struct sigaction before;    /* what SIGABRT did before open() */
    FILE *words, *output;       /* stdout within lwIP, and outside it */
    char last_words[256];       /* what it has printed there: the assertion */

    uint64_t now_us, tick_us; /* tick_us: the next call of tcp_tmr() */
    bool in_timer;
    bool iss_fixed;
    uint32_t iss;
    uint64_t arrivals;
    const char *verdict;
    uint8_t nodelay_default;
    struct target_lwip_queue queue;
    int used_sockets; /* descriptors from here on have never been used */
    struct target_lwip_socket sockets[TARGET_LWIP_SOCKETS];
};

/*
 * Does `act`, which calls lwIP. False: an assertion of lwIP's has failed, now or before, and the
 * instance can only be closed. start and end belong to open() and close().
 */
typedef void (*target_lwip_act_fn)(struct target_lwip *lwip, void *context);
bool target_lwip_guard(struct target_lwip *lwip, target_lwip_act_fn act, void *context);
void target_lwip_guard_start(struct target_lwip *lwip);
void target_lwip_guard_end(struct target_lwip *lwip);

/* The library's writable variables; false: they cannot be found, or are too many. */
bool target_lwip_span_find(struct target_lwip_span *span);

/* A socket's number. */
int target_lwip_number(const struct target_lwip *lwip, const struct target_lwip_socket *socket);

/* A free socket, reset; NULL: none is left. */
struct target_lwip_socket *target_lwip_socket_new(struct target_lwip *lwip, uint8_t family);

/* Gives a fresh socket a block of lwIP's if it has none; false: no memory. */
bool target_lwip_socket_prepare(struct target_lwip_socket *socket);

/* Takes the socket from its block, which lives on by itself, and frees the socket. */
void target_lwip_socket_release(struct target_lwip_socket *socket);

/* Frees a socket and all that lwIP holds for it, without a word to the peer. */
void target_lwip_socket_destroy(struct target_lwip_socket *socket);

/* The functions that lwIP calls. The argument of a block is its socket, that of a listener too. */
void target_lwip_socket_attach(struct target_lwip_socket *socket, struct tcp_pcb *pcb);
err_t target_lwip_on_accept(void *argument, struct tcp_pcb *pcb, err_t error);
err_t target_lwip_on_connected(void *argument, struct tcp_pcb *pcb, err_t error);

/* Notes which connections lwIP has dropped without telling. To be called after each event. */
void target_lwip_sweep(struct target_lwip *lwip);

/* Makes lwIP's next initial sequence number the wanted one, if one is. */
void target_lwip_prime_iss(const struct target_lwip *lwip, bool active);

/* Whether lwIP sends packets for this address to itself: its own ones, and 127.0.0.0/8. */
bool target_lwip_loops_back(const struct target_lwip *lwip, const ip_addr_t *address);

/* Addresses of the seam and of lwIP. */
ip_addr_t target_lwip_ip(const struct anvil_target_address *address);
struct anvil_target_address target_lwip_address(const ip_addr_t *ip, uint16_t port);

/* Takes a setting of the policy; false: lwIP does otherwise and cannot be told. */
bool target_lwip_setting(struct target_lwip *lwip, const struct anvil_target_setting *setting);

/* The octets of data that the peer has not acknowledged, sent or not. */
int64_t target_lwip_unacknowledged(const struct tcp_pcb *pcb);

/* Options; the result is an errno value or 0. */
void target_lwip_options_default(const struct target_lwip *lwip,
                                 struct target_lwip_socket *socket);
void target_lwip_options_apply(const struct target_lwip_socket *socket);
int target_lwip_option_set(struct target_lwip_socket *socket,
                           const struct anvil_target_call *call);
int target_lwip_option_get(struct target_lwip_socket *socket, struct anvil_target_call *call);

/* The functions of the target that have a file of their own. */
const struct anvil_target_traits *target_lwip_traits(void);
void target_lwip_call(void *self, struct anvil_target_call *call);
uint32_t target_lwip_ready(void *self, int socket);
bool target_lwip_observe(void *self, size_t index, struct anvil_target_observation *observation);

#endif
