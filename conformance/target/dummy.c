/* SPDX-License-Identifier: BSD-2-Clause */
/* The socket layer of the dummy targets: it keeps what it is told and never sends. */
#include "target/dummy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *target_dummy_open(const struct anvil_target_config *config, char *why, size_t why_size)
{
    struct target_dummy *dummy = calloc(1, sizeof *dummy);
    if (dummy == NULL) {
        snprintf(why, why_size, "no memory");
        return NULL;
    }
    dummy->config = *config;
    dummy->config.settings = NULL;
    dummy->config.settings_count = 0;
    dummy->config.profile = NULL;
    dummy->now_us = config->clock_us;
    return dummy;
}

void target_dummy_close(void *self)
{
    free(self);
}

/* The socket with this descriptor, or NULL. */
static struct target_dummy_socket *find(struct target_dummy *dummy, int socket)
{
    if (socket < 0 || socket >= DUMMY_SOCKETS_MAX || !dummy->sockets[socket].used)
        return NULL;
    return &dummy->sockets[socket];
}

static void fail(struct anvil_target_call *call, int error)
{
    call->result = -1;
    call->error = error;
}

/* A new descriptor, or -1. */
static int make_socket(struct target_dummy *dummy, uint8_t family)
{
    for (int i = 0; i < DUMMY_SOCKETS_MAX; i++) {
        if (dummy->sockets[i].used)
            continue;
        memset(&dummy->sockets[i], 0, sizeof dummy->sockets[i]);
        dummy->sockets[i].used = true;
        dummy->sockets[i].family = family;
        return i;
    }
    return -1;
}

static void call_socket(struct target_dummy *dummy, struct anvil_target_call *call)
{
    int made = make_socket(dummy, call->family);
    if (made < 0)
        fail(call, EMFILE);
    else
        call->result = made;
}

static void call_accept(struct target_dummy *dummy, struct target_dummy_socket *socket,
                        struct anvil_target_call *call)
{
    if (!socket->listening) {
        fail(call, EINVAL);
        return;
    }
    int made = dummy->waiting_count > 0 ? make_socket(dummy, socket->family) : -1;
    if (made < 0) {
        fail(call, EAGAIN);
        return;
    }
    dummy->sockets[made].connected = true;
    dummy->sockets[made].local = socket->local;
    dummy->sockets[made].peer = call->address = dummy->waiting[0];
    dummy->waiting_count--;
    memmove(dummy->waiting, dummy->waiting + 1, dummy->waiting_count * sizeof dummy->waiting[0]);
    call->result = made;
}

static void call_connect(struct target_dummy_socket *socket, struct anvil_target_call *call)
{
    int error = socket->connected ? EISCONN : socket->connecting ? EALREADY : EINPROGRESS;
    socket->connecting = true;
    socket->peer = call->address;
    fail(call, error);
}

/* SEND, RECV and SHUTDOWN: taken where there is a connection, though nothing happens. */
static void call_stream(struct target_dummy_socket *socket, struct anvil_target_call *call)
{
    if (!socket->connected)
        fail(call, socket->connecting ? EAGAIN : ENOTCONN);
    else if (call->kind == ANVIL_CALL_RECV)
        fail(call, EAGAIN);
    else
        call->result = call->kind == ANVIL_CALL_SEND ? (int64_t)call->length : 0;
}

static void call_option(struct target_dummy_socket *socket, struct anvil_target_call *call)
{
    if ((unsigned)call->option >= ANVIL_OPTION_COUNT) {
        fail(call, ENOPROTOOPT);
        return;
    }
    if (call->kind == ANVIL_CALL_SET_OPTION) {
        socket->options[call->option] = call->number;
        socket->options2[call->option] = call->number2;
    }
    call->number = socket->options[call->option];
    call->number2 = socket->options2[call->option];
}

void target_dummy_call(void *self, struct anvil_target_call *call)
{
    struct target_dummy *dummy = self;
    struct target_dummy_socket *socket = find(dummy, call->socket);
    call->result = 0;
    call->error = 0;
    if (socket == NULL && call->kind != ANVIL_CALL_SOCKET) {
        fail(call, EBADF);
        return;
    }
    switch (call->kind) {
    case ANVIL_CALL_SOCKET: call_socket(dummy, call); break;
    case ANVIL_CALL_BIND: socket->local = call->address; break;
    case ANVIL_CALL_LISTEN: socket->listening = true; break;
    case ANVIL_CALL_CONNECT: call_connect(socket, call); break;
    case ANVIL_CALL_ACCEPT: call_accept(dummy, socket, call); break;
    case ANVIL_CALL_SEND:
    case ANVIL_CALL_RECV:
    case ANVIL_CALL_SHUTDOWN: call_stream(socket, call); break;
    case ANVIL_CALL_CLOSE: socket->used = false; break;
    case ANVIL_CALL_SET_OPTION:
    case ANVIL_CALL_GET_OPTION: call_option(socket, call); break;
    case ANVIL_CALL_SOCKET_NAME: call->address = socket->local; break;
    case ANVIL_CALL_PEER_NAME:
        call->address = socket->peer;
        if (!socket->connected)
            fail(call, ENOTCONN);
        break;
    }
}

uint32_t target_dummy_ready(void *self, int socket)
{
    struct target_dummy *dummy = self;
    const struct target_dummy_socket *found = find(dummy, socket);
    if (found == NULL)
        return 0;
    if (found->listening)
        return dummy->waiting_count > 0 ? ANVIL_READY_READ : 0;
    return found->connected ? ANVIL_READY_WRITE : 0;
}

void target_dummy_emit(struct target_dummy *dummy, const uint8_t *bytes, size_t length)
{
    if (length > DUMMY_FRAME_BYTES_MAX || dummy->frames_count == DUMMY_FRAMES_MAX)
        return;
    size_t at = (dummy->frames_first + dummy->frames_count++) % DUMMY_FRAMES_MAX;
    dummy->frames[at].emitted_us = dummy->now_us;
    dummy->frames[at].length = length;
    memcpy(dummy->frames[at].bytes, bytes, length);
}

size_t target_dummy_take(void *self, uint8_t *buffer, size_t capacity, uint64_t *emitted_us)
{
    struct target_dummy *dummy = self;
    if (dummy->frames_count == 0)
        return 0;
    const struct target_dummy_frame *frame = &dummy->frames[dummy->frames_first];
    dummy->frames_first = (dummy->frames_first + 1) % DUMMY_FRAMES_MAX;
    dummy->frames_count--;
    if (frame->length > capacity)
        return 0;
    memcpy(buffer, frame->bytes, frame->length);
    *emitted_us = frame->emitted_us;
    return frame->length;
}

uint64_t target_dummy_advance(void *self, uint64_t until_us)
{
    struct target_dummy *dummy = self;
    dummy->now_us = until_us;
    return until_us;
}

uint64_t target_dummy_deadline(void *self)
{
    (void)self;
    return ANVIL_TARGET_NEVER;
}

bool target_dummy_observe(void *self, size_t index, struct anvil_target_observation *observation)
{
    (void)self;
    (void)index;
    (void)observation;
    return false;
}
