/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lwIP as a target: descriptors, and what lwIP tells about their connections.
 *
 * lwIP frees a block when its connection is over. It says so through the error function in some
 * cases, but not at the end of TIME-WAIT, for example: target_lwip_sweep() finds those.
 */
#include "target/lwip.h"

#include <errno.h>
#include <string.h>

/* The instance that a socket belongs to: there is but one. */
static struct target_lwip *instance(void)
{
    return netif_list->state;
}

struct target_lwip_socket *target_lwip_socket_new(struct target_lwip *lwip, uint8_t family)
{
    int at = 0;
    while (at < lwip->used_sockets && lwip->sockets[at].kind != TARGET_LWIP_FREE)
        at++;
    if (at == TARGET_LWIP_SOCKETS)
        return NULL;
    if (at == lwip->used_sockets)
        lwip->used_sockets++;
    struct target_lwip_socket *socket = &lwip->sockets[at];
    memset(socket, 0, sizeof *socket);
    socket->kind = TARGET_LWIP_FRESH;
    socket->family = family;
    socket->local.family = socket->peer.family = family;
    socket->owner = -1;
    target_lwip_options_default(lwip, socket);
    return socket;
}

bool target_lwip_socket_prepare(struct target_lwip_socket *socket)
{
    if (socket->pcb != NULL)
        return true;
    struct tcp_pcb *pcb = tcp_new_ip_type(socket->family == 6 ? IPADDR_TYPE_V6 : IPADDR_TYPE_V4);
    if (pcb == NULL)
        return false;
    target_lwip_socket_attach(socket, pcb);
    target_lwip_options_apply(socket);
    return true;
}

static void drop_queue(struct target_lwip_socket *socket)
{
    if (socket->queue != NULL)
        pbuf_free(socket->queue);
    socket->queue = NULL;
}

/* What lwIP tells no more: the block is gone. */
static void detach(struct target_lwip_socket *socket, int error)
{
    socket->pcb = NULL;
    socket->heard_end = true;
    if (socket->kind == TARGET_LWIP_CONNECTING) {
        socket->kind = TARGET_LWIP_FRESH; /* connect() may try again */
        socket->heard_end = false;
        socket->local.port = 0;
    }
    if (error != 0)
        socket->error = error;
}

/* Whether a reset is no news to the user, who has had all answers: both sides have closed, and only
 * our FIN is not acknowledged (RFC 9293 3.10.7.4 second). lwIP frees the block after this. */
static bool is_answered(const struct target_lwip_socket *socket)
{
    return (socket->state == CLOSING || socket->state == LAST_ACK) && socket->pcb != NULL &&
           target_lwip_unacknowledged(socket->pcb) == 0;
}

/* The last words about a connection. */
static void on_error(void *argument, err_t error)
{
    struct target_lwip_socket *socket = argument;
    const struct target_lwip *lwip = instance();
    if (socket == NULL)
        return;
    if (error == ERR_CLSD || (error == ERR_RST && is_answered(socket))) {
        detach(socket, 0);
        return;
    }
    drop_queue(socket);
    if (error == ERR_RST)
        detach(socket, socket->kind == TARGET_LWIP_CONNECTING ? ECONNREFUSED : ECONNRESET);
    else
        detach(socket, lwip->in_timer ? ETIMEDOUT : ECONNABORTED);
}

/* Data, or NULL for the peer's FIN. */
static err_t on_receive(void *argument, struct tcp_pcb *pcb, struct pbuf *data, err_t error)
{
    struct target_lwip_socket *socket = argument;
    (void)error;
    if (socket == NULL)
        return tcp_recv_null(argument, pcb, data, error);
    if (data == NULL)
        socket->heard_end = true;
    else if (socket->queue == NULL)
        socket->queue = data;
    else
        pbuf_cat(socket->queue, data);
    return ERR_OK;
}

void target_lwip_socket_attach(struct target_lwip_socket *socket, struct tcp_pcb *pcb)
{
    socket->pcb = pcb;
    tcp_arg(pcb, socket);
    tcp_recv(pcb, on_receive);
    tcp_err(pcb, on_error);
}

/* lwIP has completed a connection of a listener: it waits to be accepted. */
err_t target_lwip_on_accept(void *argument, struct tcp_pcb *pcb, err_t error)
{
    struct target_lwip_socket *listener = argument;
    struct target_lwip *lwip = instance();
    struct target_lwip_socket *socket =
        error == ERR_OK && pcb != NULL ? target_lwip_socket_new(lwip, listener->family) : NULL;
    if (socket == NULL)
        return ERR_MEM; /* lwIP aborts it */
    socket->kind = TARGET_LWIP_STREAM;
    socket->owner = target_lwip_number(lwip, listener);
    socket->order = lwip->arrivals++;
    memcpy(socket->options, listener->options, sizeof socket->options);
    socket->linger_s = listener->linger_s;
    socket->local = target_lwip_address(&pcb->local_ip, pcb->local_port);
    socket->peer = target_lwip_address(&pcb->remote_ip, pcb->remote_port);
    socket->iss = pcb->lastack;
    socket->irs = pcb->rcv_nxt - 1;
    socket->knows_irs = true;
    target_lwip_socket_attach(socket, pcb);
    target_lwip_options_apply(socket);
    return ERR_OK;
}

err_t target_lwip_on_connected(void *argument, struct tcp_pcb *pcb, err_t error)
{
    struct target_lwip_socket *socket = argument;
    (void)error;
    if (socket == NULL)
        return ERR_OK;
    socket->kind = TARGET_LWIP_STREAM;
    socket->irs = pcb->rcv_nxt - 1;
    socket->knows_irs = true;
    return ERR_OK;
}

/* Whether a block is in one of lwIP's lists, and not another one at the same place. */
static bool is_listed(const struct target_lwip_socket *socket)
{
    for (size_t list = 0; list < NUM_TCP_PCB_LISTS; list++)
        for (const struct tcp_pcb *pcb = *tcp_pcb_lists[list]; pcb != NULL; pcb = pcb->next)
            if (pcb == socket->pcb)
                return pcb->callback_arg == socket;
    return false;
}

void target_lwip_sweep(struct target_lwip *lwip)
{
    for (int i = 0; i < lwip->used_sockets; i++) {
        struct target_lwip_socket *socket = &lwip->sockets[i];
        bool connected = socket->kind == TARGET_LWIP_CONNECTING ||
                         socket->kind == TARGET_LWIP_STREAM;
        if (!connected || socket->pcb == NULL)
            continue;
        if (is_listed(socket))
            socket->state = socket->pcb->state;
        else
            detach(socket, 0);
    }
}

static void forget(struct target_lwip_socket *socket)
{
    drop_queue(socket);
    socket->pcb = NULL;
    socket->kind = TARGET_LWIP_FREE;
    socket->lingers = false;
}

/* Without functions and argument lwIP looks after a block by itself. */
void target_lwip_socket_release(struct target_lwip_socket *socket)
{
    struct tcp_pcb *pcb = socket->pcb;
    if (pcb != NULL) {
        tcp_arg(pcb, NULL);
        tcp_recv(pcb, NULL);
        tcp_err(pcb, NULL);
        pcb->connected = NULL;
    }
    forget(socket);
}

void target_lwip_socket_destroy(struct target_lwip_socket *socket)
{
    struct tcp_pcb *pcb = socket->pcb;
    bool listens = socket->kind == TARGET_LWIP_LISTENER;
    if (pcb == NULL || listens) {
        forget(socket);
        if (pcb != NULL)
            tcp_close(pcb);
        return;
    }
    target_lwip_socket_release(socket);
    tcp_abandon(pcb, 0);
}
