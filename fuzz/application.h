/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The application of the harness `frame`: it listens over IPv4 and IPv6, accepts and reads all that
 * comes, and makes those calls that would send what a capture shows the endpoint sending. A socket
 * is opened when the first segment for it turns up: what nobody asks for is not in the way.
 */
#ifndef FUZZ_APPLICATION_H
#define FUZZ_APPLICATION_H

#include "fuzz/end.h"

enum {
    FUZZ_LISTENING_PORT = 40001,  /* of both listeners */
    FUZZ_CONNECTING_PORT = 40002, /* what is heard there finds a socket that connects to it */
    FUZZ_CONNECTIONS_MAX = 8,
    FUZZ_CALL_OCTETS_MAX = 65536
};

/* One socket that is connected, or connecting. */
struct fuzz_connection {
    int socket; /* -1: none */
    struct anvil_target_address local, remote;
    bool shut;  /* writing is shut down */
    bool ended; /* all was read, to the peer's end or an error */
};

struct fuzz_application {
    struct fuzz_end *end;
    int listener[2]; /* over IPv4, over IPv6; -1: none */
    bool reads; /* at once, whatever there is; else never */
    struct fuzz_connection connections[FUZZ_CONNECTIONS_MAX];
    uint8_t octets[FUZZ_CALL_OCTETS_MAX]; /* of one call */
};

void fuzz_application_begin(struct fuzz_application *application, struct fuzz_end *end, bool reads);

/* Accepts and reads what there is. */
void fuzz_application_serve(struct fuzz_application *application);

/* A segment comes, for a socket that has to listen or to connect by now. */
void fuzz_application_expect(struct fuzz_application *application, const struct wire_frame *frame);

/* The capture shows this segment as sent: a SYN stands for connect(), text for send(), a FIN for
 * shutdown() of writing, and once more for close(), a RST for close() with SO_LINGER of 0. */
void fuzz_application_sends(struct fuzz_application *application, const struct wire_frame *frame);

#endif
