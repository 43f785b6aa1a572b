/* SPDX-License-Identifier: BSD-2-Clause */
/* Two hosts joined back to back, in virtual time, for the tests of the socket layer. */
#ifndef SUPPORT_PAIR_H
#define SUPPORT_PAIR_H

#include <anvil/host.h>

#define PAIR_QUEUE 256u
#define PAIR_MTU 1500u
#define PAIR_DELAY_US 1000u
#define SECOND 1000000u

/* A packet under way. */
struct pair_packet {
    anvil_time at;
    int to; /* 0 or 1 */
    size_t length;
    uint8_t octets[PAIR_MTU];
};

/* Hosts 0 (192.0.2.1, 2001:db8::1) and 1 (192.0.2.2, 2001:db8::2). */
struct pair {
    struct anvil_policy policy[2];
    void *memory[2];
    size_t size; /* octets of each host */
    struct anvil_host *host[2];
    anvil_time now;
    bool cut; /* packets are lost */
    struct anvil_output output;
    struct anvil_turn turn;
    uint8_t octets[ANVIL_OUTPUT_FRAMES * PAIR_MTU];
    uint32_t first, count; /* the queue, a ring */
    struct pair_packet queue[PAIR_QUEUE];
    struct anvil_frame last; /* the last packet that was sent, decoded; its payload is not kept */
    uint32_t sent;           /* packets sent so far */
};

/* Two fresh hosts; the policy may still be changed before they are used. */
struct pair *pair_open(void);
struct pair *pair_open_with(uint32_t slots, uint32_t pool);
void pair_close(struct pair *pair);

/* The turn for a call on a host; after the call, pair_send takes what it put out. */
const struct anvil_turn *pair_turn(struct pair *pair, int host);
void pair_send(struct pair *pair, int from);

/* Lets time pass up to `until`, with all that happens in it. */
void pair_run(struct pair *pair, anvil_time until);

/* The same, relative to now. */
void pair_wait(struct pair *pair, anvil_time us);

/* Address and port of a host. */
struct anvil_endpoint pair_endpoint(int host, uint16_t port, unsigned family);

/* The calls of host.h on one of the hosts, with what they send put on the wire. */
int pair_socket(struct pair *pair, int host, unsigned family);
int pair_bind(struct pair *pair, int host, int socket, uint16_t port);
int pair_listen(struct pair *pair, int host, int socket, int backlog);
int pair_connect(struct pair *pair, int host, int socket, uint16_t port);
int pair_accept(struct pair *pair, int host, int socket);
int64_t pair_write(struct pair *pair, int host, int socket, const char *text, unsigned flags);
int64_t pair_read(struct pair *pair, int host, int socket, char *text, size_t size,
                  unsigned flags);
int pair_shutdown(struct pair *pair, int host, int socket, int how);
int pair_close_socket(struct pair *pair, int host, int socket);
int pair_set(struct pair *pair, int host, int socket, enum anvil_so option, int64_t value);
int64_t pair_get(struct pair *pair, int host, int socket, enum anvil_so option);
unsigned pair_ready(struct pair *pair, int host, int socket);

/* The state of the socket, or of the `index`th slot in use. */
enum anvil_state pair_state(struct pair *pair, int host, int socket);
int pair_slots(struct pair *pair, int host);

/* A listener on port 80 of host 1 and a connection to it from host 0, ESTABLISHED: descriptors. */
struct pair_sockets {
    int listener, client, server;
};
struct pair_sockets pair_established(struct pair *pair);

/* Closes that connection, host 1 first, which is in TIME-WAIT then and has not read `text` (NULL:
 * none); and connects once more from the same port: the new descriptor of host 0. */
int pair_reopen(struct pair *pair, const struct pair_sockets *sockets, const char *text);

#endif
