/* SPDX-License-Identifier: BSD-2-Clause */
/* The application's calls. */
#include "fuzz/application.h"

#include <errno.h>
#include <string.h>

/* BACKLOG: so small that a few SYNs fill it. */
enum { BACKLOG = 4, ROUNDS_MAX = 64, OCTETS_MAX = FUZZ_CALL_OCTETS_MAX };

static int64_t call(struct fuzz_application *application, enum anvil_target_call_kind kind,
                    int socket, const struct anvil_target_address *address, int64_t number)
{
    struct anvil_target_call made = { .kind = kind, .socket = socket, .number = number };
    if (address != NULL) {
        made.address = *address;
        made.family = address->family;
    }
    fuzz_end_call(application->end, &made);
    return made.error == EINPROGRESS ? 0 : made.result;
}

static void set(struct fuzz_application *application, int socket,
                enum anvil_target_option option)
{
    struct anvil_target_call made = { .kind = ANVIL_CALL_SET_OPTION, .socket = socket,
                                      .option = option, .number = 1 };
    fuzz_end_call(application->end, &made);
}

/* A socket that is bound to this address, or -1. It sends at once, as the capture shows it. */
static int bound(struct fuzz_application *application, const struct anvil_target_address *local)
{
    int socket = (int)call(application, ANVIL_CALL_SOCKET, -1, local, 0);
    if (socket < 0)
        return -1;
    set(application, socket, ANVIL_OPTION_REUSEADDR);
    set(application, socket, ANVIL_OPTION_NODELAY);
    if (call(application, ANVIL_CALL_BIND, socket, local, 0) == 0)
        return socket;
    call(application, ANVIL_CALL_CLOSE, socket, NULL, 0);
    return -1;
}

/* Where the listener of a version of IP is. */
static struct anvil_target_address listening(uint8_t family)
{
    struct anvil_target_address address = world_address(family, WORLD_A);
    address.port = FUZZ_LISTENING_PORT;
    return address;
}

static void listen(struct fuzz_application *application, uint8_t family)
{
    int *listener = &application->listener[family == 6];
    const struct anvil_target_address local = listening(family);
    if (*listener >= 0)
        return;
    *listener = bound(application, &local);
    if (*listener >= 0)
        call(application, ANVIL_CALL_LISTEN, *listener, NULL, BACKLOG);
}

void fuzz_application_begin(struct fuzz_application *application, struct fuzz_end *end, bool reads)
{
    application->end = end;
    application->reads = reads;
    application->listener[0] = application->listener[1] = -1;
    for (int i = 0; i < FUZZ_CONNECTIONS_MAX; i++)
        application->connections[i] = (struct fuzz_connection){ .socket = -1 };
}

static bool same(const struct anvil_target_address *a, const struct anvil_target_address *b)
{
    return a->family == b->family && a->port == b->port &&
           memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

/* The connection with these two ends, or NULL; with neither, a place for one. */
static struct fuzz_connection *find(struct fuzz_application *application,
                                    const struct anvil_target_address *local,
                                    const struct anvil_target_address *remote)
{
    for (int i = 0; i < FUZZ_CONNECTIONS_MAX; i++) {
        struct fuzz_connection *connection = &application->connections[i];
        bool free_place = local == NULL && connection->socket < 0;
        bool meant = local != NULL && connection->socket >= 0 &&
                     same(&connection->local, local) && same(&connection->remote, remote);
        if (free_place || meant)
            return connection;
    }
    return NULL;
}

static void drop(struct fuzz_application *application, struct fuzz_connection *connection)
{
    call(application, ANVIL_CALL_CLOSE, connection->socket, NULL, 0);
    connection->socket = -1;
}

/* Reads to the end of what there is. */
static void read_all(struct fuzz_application *application, struct fuzz_connection *connection)
{
    struct fuzz_end *end = application->end;
    for (int i = 0; i < ROUNDS_MAX && !connection->ended; i++) {
        if ((end->target->ready(end->self, connection->socket) & ANVIL_READY_READ) == 0)
            break;
        struct anvil_target_call made = { .kind = ANVIL_CALL_RECV, .socket = connection->socket,
                                          .buffer = application->octets, .length = OCTETS_MAX };
        fuzz_end_call(end, &made);
        connection->ended = made.result <= 0;
    }
}

/* Takes one connection; one for which there is no place is closed at once. False: none waits. */
static bool accept_one(struct fuzz_application *application, int listener, uint8_t family)
{
    struct fuzz_end *end = application->end;
    struct fuzz_connection *place = find(application, NULL, NULL);
    const struct anvil_target_address looked_at = end->local;
    if (listener < 0 || (end->target->ready(end->self, listener) & ANVIL_READY_READ) == 0)
        return false;
    struct anvil_target_call made = { .kind = ANVIL_CALL_ACCEPT, .socket = listener };
    end->local = listening(family); /* the name that the oracles are told */
    fuzz_end_call(end, &made);
    end->local = looked_at;
    if (made.result < 0)
        return false;
    int socket = (int)made.result;
    if (place == NULL) {
        call(application, ANVIL_CALL_CLOSE, socket, NULL, 0);
        return true;
    }
    *place = (struct fuzz_connection){ .socket = socket, .local = listening(family),
                                       .remote = made.address };
    return true;
}

void fuzz_application_serve(struct fuzz_application *application)
{
    for (int i = 0; i < 2; i++)
        while (accept_one(application, application->listener[i], i == 0 ? 4 : 6))
            continue;
    for (int i = 0; i < FUZZ_CONNECTIONS_MAX && application->reads; i++)
        if (application->connections[i].socket >= 0)
            read_all(application, &application->connections[i]);
}

static struct anvil_target_address address_of(const struct wire_address *from, uint16_t port)
{
    struct anvil_target_address address = { .family = from->version, .port = port };
    memcpy(address.octets, from->bytes, sizeof address.octets);
    return address;
}

static struct fuzz_connection *begin(struct fuzz_application *application,
                                     const struct anvil_target_address *local,
                                     const struct anvil_target_address *remote)
{
    struct fuzz_connection *place = find(application, NULL, NULL);
    int socket = place == NULL || local->port == FUZZ_LISTENING_PORT || local->port == 0
                     ? -1 : bound(application, local);
    if (socket < 0)
        return NULL;
    if (call(application, ANVIL_CALL_CONNECT, socket, remote, 0) != 0) {
        call(application, ANVIL_CALL_CLOSE, socket, NULL, 0);
        return NULL;
    }
    application->end->connections++;
    *place = (struct fuzz_connection){ .socket = socket, .local = *local, .remote = *remote };
    return place;
}

void fuzz_application_expect(struct fuzz_application *application, const struct wire_frame *frame)
{
    struct anvil_target_address local =
        address_of(&frame->ip.destination, frame->tcp.destination_port);
    struct anvil_target_address remote = address_of(&frame->ip.source, frame->tcp.source_port);
    if (local.port == FUZZ_LISTENING_PORT)
        listen(application, local.family);
    if (local.port == FUZZ_CONNECTING_PORT && find(application, &local, &remote) == NULL)
        begin(application, &local, &remote);
}

static void send_text(struct fuzz_application *application, int socket, size_t length)
{
    length = length < OCTETS_MAX ? length : OCTETS_MAX;
    struct anvil_target_call made = { .kind = ANVIL_CALL_SEND, .socket = socket,
                                      .data = application->octets, .length = length };
    memset(application->octets, 'a', length);
    fuzz_end_call(application->end, &made);
}

static void finish(struct fuzz_application *application, struct fuzz_connection *connection)
{
    if (connection->shut) {
        drop(application, connection);
        return;
    }
    call(application, ANVIL_CALL_SHUTDOWN, connection->socket, NULL, 1);
    connection->shut = true;
}

static void break_off(struct fuzz_application *application, struct fuzz_connection *connection)
{
    set(application, connection->socket, ANVIL_OPTION_LINGER);
    drop(application, connection);
}

/* How much text a segment had when it was sent; a capture may keep less of it. */
static size_t text_of(const struct wire_frame *frame)
{
    size_t heads = (size_t)frame->ip.header_bytes + frame->tcp.header_bytes;
    return frame->ip.claimed_bytes > heads ? frame->ip.claimed_bytes - heads : 0;
}

void fuzz_application_sends(struct fuzz_application *application, const struct wire_frame *frame)
{
    struct anvil_target_address local = address_of(&frame->ip.source, frame->tcp.source_port);
    struct anvil_target_address remote =
        address_of(&frame->ip.destination, frame->tcp.destination_port);
    struct fuzz_connection *connection = find(application, &local, &remote);
    uint16_t flags = frame->tcp.flags & (WIRE_SYN | WIRE_ACK | WIRE_FIN | WIRE_RST);
    if (flags == WIRE_SYN && connection == NULL)
        connection = begin(application, &local, &remote);
    if (connection == NULL)
        return;
    if (text_of(frame) > 0)
        send_text(application, connection->socket, text_of(frame));
    if ((flags & WIRE_RST) != 0)
        break_off(application, connection);
    else if ((flags & WIRE_FIN) != 0)
        finish(application, connection);
}
