/* SPDX-License-Identifier: BSD-2-Clause */
/* lwIP as a target: socket calls over its raw API. Each function answers an errno value or 0. */
#include "target/lwip.h"

#include <errno.h>
#include <string.h>

/* lwIP's errors in the words of <errno.h>. */
static int errno_of(err_t error)
{
    switch ((err_enum_t)error) {
    case ERR_OK: return 0;
    case ERR_MEM: return ENOBUFS;
    case ERR_BUF: return EADDRNOTAVAIL; /* what tcp_connect() says when all ports are in use */
    case ERR_TIMEOUT: return ETIMEDOUT;
    case ERR_RTE: return ENETUNREACH;
    case ERR_INPROGRESS: return EINPROGRESS;
    case ERR_VAL: return EINVAL;
    case ERR_WOULDBLOCK: return EAGAIN;
    case ERR_USE: return EADDRINUSE;
    case ERR_ALREADY: return EALREADY;
    case ERR_ISCONN: return EISCONN;
    case ERR_CONN: return ENOTCONN;
    case ERR_IF: return ENETUNREACH;
    case ERR_ABRT: return ECONNABORTED;
    case ERR_RST: return ECONNRESET;
    case ERR_CLSD: return ENOTCONN;
    case ERR_ARG: return EINVAL;
    }
    return EINVAL;
}

static struct target_lwip_socket *find(struct target_lwip *lwip, int number)
{
    if (number < 0 || number >= lwip->used_sockets)
        return NULL;
    struct target_lwip_socket *socket = &lwip->sockets[number];
    bool shown = socket->kind != TARGET_LWIP_FREE && socket->owner < 0;
    return shown ? socket : NULL;
}

/* The connection that waits longest to be accepted by a listener, or NULL. */
static struct target_lwip_socket *first_waiting(struct target_lwip *lwip, int listener)
{
    struct target_lwip_socket *first = NULL;
    for (int i = 0; i < lwip->used_sockets; i++) {
        struct target_lwip_socket *socket = &lwip->sockets[i];
        if (socket->kind != TARGET_LWIP_FREE && socket->owner == listener &&
            (first == NULL || socket->order < first->order))
            first = socket;
    }
    return first;
}

static bool can_send(const struct target_lwip_socket *socket)
{
    return tcp_sndbuf(socket->pcb) > 0 && tcp_sndqueuelen(socket->pcb) < TCP_SND_QUEUELEN;
}

/* Whether a lingering close() can end. */
static bool has_lingered(const struct target_lwip *lwip, const struct target_lwip_socket *socket)
{
    return socket->pcb == NULL || lwip->now_us >= socket->lingers_until_us ||
           (socket->pcb->unacked == NULL && socket->pcb->unsent == NULL);
}

uint32_t target_lwip_ready(void *self, int number)
{
    struct target_lwip *lwip = self;
    struct target_lwip_socket *socket = find(lwip, number);
    if (socket == NULL)
        return 0;
    if (lwip->died)
        return ANVIL_READY_READ | ANVIL_READY_WRITE | ANVIL_READY_ERROR;
    if (socket->lingers)
        return has_lingered(lwip, socket) ? ANVIL_READY_WRITE : 0;
    uint32_t ready = socket->error != 0 ? ANVIL_READY_ERROR | ANVIL_READY_READ |
                                              ANVIL_READY_WRITE : 0;
    if (socket->kind == TARGET_LWIP_LISTENER)
        return first_waiting(lwip, number) != NULL ? ANVIL_READY_READ : 0;
    if (socket->kind == TARGET_LWIP_FRESH)
        return ready | ANVIL_READY_WRITE | ANVIL_READY_HANGUP;
    if (socket->kind != TARGET_LWIP_STREAM)
        return ready;
    bool over = socket->pcb == NULL;
    if (socket->queue != NULL || socket->heard_end || socket->reading_shut)
        ready |= ANVIL_READY_READ;
    if (over || socket->writing_shut || can_send(socket))
        ready |= ANVIL_READY_WRITE;
    if (socket->heard_end || socket->reading_shut)
        ready |= ANVIL_READY_READ_CLOSED;
    if (over || (socket->writing_shut && (socket->heard_end || socket->reading_shut)))
        ready |= ANVIL_READY_HANGUP;
    return ready;
}

static int do_socket(struct target_lwip *lwip, struct anvil_target_call *call)
{
    if (call->family != 4 && call->family != 6)
        return EAFNOSUPPORT;
    struct target_lwip_socket *socket = target_lwip_socket_new(lwip, call->family);
    if (socket == NULL)
        return EMFILE;
    call->result = target_lwip_number(lwip, socket);
    return 0;
}

static int do_bind(struct target_lwip *lwip, struct target_lwip_socket *socket,
                   const struct anvil_target_call *call)
{
    ip_addr_t ip = target_lwip_ip(&call->address);
    if (socket->kind != TARGET_LWIP_FRESH || socket->local.port != 0)
        return EINVAL;
    if (call->address.family != socket->family)
        return EAFNOSUPPORT;
    if (!ip_addr_isany(&ip) && !target_lwip_loops_back(lwip, &ip))
        return EADDRNOTAVAIL;
    if (!target_lwip_socket_prepare(socket))
        return ENOBUFS;
    int error = errno_of(tcp_bind(socket->pcb, &ip, call->address.port));
    if (error == 0)
        socket->local = target_lwip_address(&ip, socket->pcb->local_port);
    return error;
}

/* lwIP listens with a block of another kind, and without a limit for connections that wait. */
static int do_listen(struct target_lwip_socket *socket)
{
    err_t error = ERR_OK;
    if (socket->kind == TARGET_LWIP_LISTENER)
        return 0;
    if (socket->kind != TARGET_LWIP_FRESH)
        return EINVAL;
    if (!target_lwip_socket_prepare(socket))
        return ENOBUFS;
    if (socket->local.port == 0) {
        ip_addr_t any = target_lwip_ip(&(struct anvil_target_address){ .family = socket->family });
        error = tcp_bind(socket->pcb, &any, 0);
        if (error != ERR_OK)
            return errno_of(error);
        socket->local.port = socket->pcb->local_port;
    }
    struct tcp_pcb *listener = tcp_listen_with_backlog_and_err(socket->pcb, 0, &error);
    if (listener == NULL)
        return errno_of(error);
    socket->pcb = listener;
    socket->kind = TARGET_LWIP_LISTENER;
    tcp_accept(listener, target_lwip_on_accept);
    return 0;
}

static int take_error(struct target_lwip_socket *socket)
{
    int error = socket->error;
    socket->error = 0;
    return error;
}

/* lwIP sends the SYN; target_lwip_on_connected() or an error tells the rest. */
static int do_connect(struct target_lwip *lwip, struct target_lwip_socket *socket,
                      const struct anvil_target_call *call)
{
    ip_addr_t ip = target_lwip_ip(&call->address);
    if (socket->kind == TARGET_LWIP_CONNECTING)
        return EALREADY;
    if (socket->kind == TARGET_LWIP_LISTENER)
        return EOPNOTSUPP;
    if (socket->error != 0)
        return take_error(socket); /* of the attempt before */
    if (socket->kind != TARGET_LWIP_FRESH)
        return EISCONN;
    if (call->address.family != socket->family)
        return EAFNOSUPPORT;
    if (target_lwip_loops_back(lwip, &ip))
        return EADDRNOTAVAIL; /* it would need lwIP's thread */
    if (!target_lwip_socket_prepare(socket))
        return ENOBUFS;
    target_lwip_prime_iss(lwip, true);
    int error = errno_of(tcp_connect(socket->pcb, &ip, call->address.port,
                                     target_lwip_on_connected));
    if (error != 0)
        return error;
    socket->kind = TARGET_LWIP_CONNECTING;
    socket->error = 0;
    socket->iss = socket->pcb->lastack;
    socket->local = target_lwip_address(&socket->pcb->local_ip, socket->pcb->local_port);
    socket->peer = call->address;
    return EINPROGRESS;
}

static int do_accept(struct target_lwip *lwip, const struct target_lwip_socket *listener,
                     struct anvil_target_call *call)
{
    if (listener->kind != TARGET_LWIP_LISTENER)
        return EINVAL;
    struct target_lwip_socket *socket = first_waiting(lwip, call->socket);
    if (socket == NULL)
        return EAGAIN;
    socket->owner = -1;
    call->address = socket->peer;
    call->result = target_lwip_number(lwip, socket);
    return 0;
}

/* lwIP copies the data. It queues in SYN-SENT too, but a socket that connects is not writable. */
static int do_send(struct target_lwip_socket *socket, struct anvil_target_call *call)
{
    if ((call->flags & ANVIL_MESSAGE_OUT_OF_BAND) != 0)
        return EOPNOTSUPP;
    if (socket->error != 0)
        return take_error(socket);
    if (socket->kind == TARGET_LWIP_CONNECTING)
        return EAGAIN;
    if (socket->kind != TARGET_LWIP_STREAM)
        return ENOTCONN;
    if (socket->pcb == NULL || socket->writing_shut)
        return EPIPE;
    if (call->length == 0)
        return 0;
    if (!can_send(socket))
        return EAGAIN;
    size_t room = tcp_sndbuf(socket->pcb);
    u16_t length = (u16_t)(call->length < room ? call->length : room);
    bool held = (call->flags & ANVIL_MESSAGE_MORE) != 0;
    bool more = held || length < call->length;
    err_t error = tcp_write(socket->pcb, call->data, length,
                            TCP_WRITE_FLAG_COPY | (more ? TCP_WRITE_FLAG_MORE : 0));
    if (error != ERR_OK)
        return error == ERR_MEM ? EAGAIN : errno_of(error);
    if (!held)
        tcp_output(socket->pcb); /* without it lwIP waits for more, or for its timer */
    call->result = length;
    return 0;
}

/* Reading opens lwIP's window again. */
static int do_receive(struct target_lwip_socket *socket, struct anvil_target_call *call)
{
    if ((call->flags & ANVIL_MESSAGE_OUT_OF_BAND) != 0)
        return EOPNOTSUPP;
    if (socket->queue == NULL) {
        if (socket->error != 0)
            return take_error(socket);
        if (socket->kind != TARGET_LWIP_STREAM)
            return socket->kind == TARGET_LWIP_CONNECTING ? EAGAIN : ENOTCONN;
        return socket->heard_end || socket->reading_shut ? 0 : EAGAIN;
    }
    size_t queued = socket->queue->tot_len;
    u16_t length = (u16_t)(call->length < queued ? call->length : queued);
    call->result = pbuf_copy_partial(socket->queue, call->buffer, length, 0);
    if ((call->flags & ANVIL_MESSAGE_PEEK) != 0)
        return 0;
    socket->queue = pbuf_free_header(socket->queue, length);
    if (socket->pcb != NULL)
        tcp_recved(socket->pcb, length);
    return 0;
}

static int do_shutdown(struct target_lwip_socket *socket, const struct anvil_target_call *call)
{
    bool reading = call->number == 0 || call->number == 2;
    bool writing = call->number == 1 || call->number == 2;
    if (!reading && !writing)
        return EINVAL;
    if (socket->kind != TARGET_LWIP_STREAM || socket->pcb == NULL)
        return ENOTCONN;
    writing = writing && !socket->writing_shut;
    err_t error = tcp_shutdown(socket->pcb, reading, writing);
    if (error != ERR_OK)
        return errno_of(error);
    socket->reading_shut = socket->reading_shut || reading;
    socket->writing_shut = socket->writing_shut || writing;
    return 0;
}

/* Closes a listener, and the connections that nobody can accept any more. */
static void close_listener(struct target_lwip *lwip, struct target_lwip_socket *listener)
{
    int number = target_lwip_number(lwip, listener);
    for (int i = 0; i < lwip->used_sockets; i++) {
        struct target_lwip_socket *socket = &lwip->sockets[i];
        if (socket->kind == TARGET_LWIP_FREE || socket->owner != number)
            continue;
        struct tcp_pcb *pcb = socket->pcb;
        target_lwip_socket_release(socket);
        if (pcb != NULL)
            tcp_abort(pcb);
    }
    target_lwip_socket_destroy(listener);
}

/* The connection goes on by itself, unless the user lingers: then the socket stays with it. */
static int do_close(struct target_lwip *lwip, struct target_lwip_socket *socket)
{
    bool lingers = socket->options[ANVIL_OPTION_LINGER] != 0;
    struct tcp_pcb *pcb = socket->pcb;
    if (socket->kind == TARGET_LWIP_LISTENER) {
        close_listener(lwip, socket);
        return 0;
    }
    if (socket->lingers && !has_lingered(lwip, socket))
        return EINPROGRESS;
    if (pcb == NULL || socket->lingers) {
        target_lwip_socket_release(socket);
        return 0;
    }
    if (lingers && socket->linger_s > 0 && socket->kind == TARGET_LWIP_STREAM) {
        tcp_close(pcb);
        target_lwip_sweep(lwip);
        socket->lingers = true;
        socket->lingers_until_us = lwip->now_us + (uint64_t)socket->linger_s * 1000000u;
        return do_close(lwip, socket);
    }
    target_lwip_socket_release(socket);
    if (lingers && socket->linger_s == 0)
        tcp_abort(pcb);
    else
        tcp_close(pcb);
    return 0;
}

static int do_name(const struct target_lwip_socket *socket, struct anvil_target_call *call)
{
    bool own = call->kind == ANVIL_CALL_SOCKET_NAME;
    if (!own && socket->kind != TARGET_LWIP_STREAM)
        return ENOTCONN;
    call->address = own ? socket->local : socket->peer;
    return 0;
}

/* One call: an errno value or 0, with the result in `call`. */
static int answer(struct target_lwip *lwip, struct anvil_target_call *call)
{
    struct target_lwip_socket *socket = find(lwip, call->socket);
    call->result = 0;
    if (call->kind == ANVIL_CALL_SOCKET)
        return do_socket(lwip, call);
    if (socket == NULL || (socket->lingers && call->kind != ANVIL_CALL_CLOSE))
        return EBADF;
    switch (call->kind) {
    case ANVIL_CALL_SOCKET: break;
    case ANVIL_CALL_BIND: return do_bind(lwip, socket, call);
    case ANVIL_CALL_LISTEN: return do_listen(socket);
    case ANVIL_CALL_CONNECT: return do_connect(lwip, socket, call);
    case ANVIL_CALL_ACCEPT: return do_accept(lwip, socket, call);
    case ANVIL_CALL_SEND: return do_send(socket, call);
    case ANVIL_CALL_RECV: return do_receive(socket, call);
    case ANVIL_CALL_SHUTDOWN: return do_shutdown(socket, call);
    case ANVIL_CALL_CLOSE: return do_close(lwip, socket);
    case ANVIL_CALL_SET_OPTION: return target_lwip_option_set(socket, call);
    case ANVIL_CALL_GET_OPTION: return target_lwip_option_get(socket, call);
    case ANVIL_CALL_SOCKET_NAME:
    case ANVIL_CALL_PEER_NAME: return do_name(socket, call);
    }
    return EINVAL;
}

static void do_call(struct target_lwip *lwip, void *context)
{
    struct anvil_target_call *call = context;
    call->error = answer(lwip, call);
    target_lwip_sweep(lwip);
}

void target_lwip_call(void *self, struct anvil_target_call *call)
{
    if (!target_lwip_guard(self, do_call, call))
        call->error = EIO;
    if (call->error != 0)
        call->result = -1;
}
