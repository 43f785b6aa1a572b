/* SPDX-License-Identifier: BSD-2-Clause */
/* Events that are socket calls. */
#include "fuzz/end.h"

#include <errno.h>
#include <string.h>

enum { SMALL_BUFFER = 2000, USER_TIMEOUT_MS = 5000, IDLE_S = 10, INTERVAL_S = 3, PROBES = 2 };

static int64_t call(struct fuzz_end *end, enum anvil_target_call_kind kind, int socket,
                    int64_t number)
{
    struct anvil_target_call made = { .kind = kind, .socket = socket, .number = number,
                                      .family = end->local.family };
    if (kind == ANVIL_CALL_BIND)
        made.address = end->local;
    if (kind == ANVIL_CALL_CONNECT || kind == ANVIL_CALL_ACCEPT)
        made.address = end->remote;
    fuzz_end_call(end, &made);
    if (kind == ANVIL_CALL_CONNECT && made.error == EINPROGRESS)
        return 0;
    return made.result;
}

static void set(struct fuzz_end *end, int socket, enum anvil_target_option option, int64_t number)
{
    struct anvil_target_call made = { .kind = ANVIL_CALL_SET_OPTION, .socket = socket,
                                      .option = option, .number = number };
    fuzz_end_call(end, &made);
}

/* A bound socket, or -1. */
static int bound(struct fuzz_end *end, const struct fuzz_event *event)
{
    int socket = (int)call(end, ANVIL_CALL_SOCKET, -1, 0);
    if (socket < 0)
        return -1;
    if (event->option % 2 == 1)
        set(end, socket, ANVIL_OPTION_REUSEADDR, 1);
    if (call(end, ANVIL_CALL_BIND, socket, 0) == 0)
        return socket;
    call(end, ANVIL_CALL_CLOSE, socket, 0);
    return -1;
}

static void open_passive(struct fuzz_end *end, const struct fuzz_event *event)
{
    if (end->listener >= 0)
        return;
    int socket = bound(end, event);
    if (socket >= 0 && call(end, ANVIL_CALL_LISTEN, socket, 1 + event->option / 2 % 4) == 0)
        end->listener = socket;
    else if (socket >= 0)
        call(end, ANVIL_CALL_CLOSE, socket, 0);
}

static void open_active(struct fuzz_end *end, const struct fuzz_event *event)
{
    if (end->socket >= 0)
        return;
    int socket = bound(end, event);
    if (socket < 0)
        return;
    if (call(end, ANVIL_CALL_CONNECT, socket, 0) == 0) {
        end->socket = socket;
        end->connections++;
    } else {
        call(end, ANVIL_CALL_CLOSE, socket, 0);
    }
}

/* SEND or RECEIVE of so many octets. */
static void move(struct fuzz_end *end, enum anvil_target_call_kind kind, uint32_t size)
{
    struct anvil_target_call made = { .kind = kind, .socket = end->socket, .length = size,
                                      .data = fuzz_text(), .buffer = fuzz_octets_room() };
    fuzz_end_call(end, &made);
}

static void close_socket(struct fuzz_end *end, int *socket)
{
    if (*socket >= 0)
        call(end, ANVIL_CALL_CLOSE, *socket, 0);
    *socket = -1;
}

/* A socket option; those that world_tell_call() can write. */
static void set_option(struct fuzz_end *end, const struct fuzz_event *event)
{
    static const struct { enum anvil_target_option option; int64_t number; } settings[] = {
        { ANVIL_OPTION_NODELAY, 1 }, { ANVIL_OPTION_KEEPALIVE, 1 },
        { ANVIL_OPTION_RCVBUF, SMALL_BUFFER }, { ANVIL_OPTION_SNDBUF, SMALL_BUFFER },
        { ANVIL_OPTION_USER_TIMEOUT, USER_TIMEOUT_MS }, { ANVIL_OPTION_KEEPALIVE, 0 },
        { ANVIL_OPTION_RCVBUF, FUZZ_OCTETS_MAX }, { ANVIL_OPTION_KEEPIDLE, IDLE_S },
        { ANVIL_OPTION_KEEPINTVL, INTERVAL_S }, { ANVIL_OPTION_KEEPCNT, PROBES },
    };
    int socket = end->socket >= 0 ? end->socket : end->listener;
    size_t index = event->option % (sizeof settings / sizeof settings[0]);
    if (socket >= 0)
        set(end, socket, settings[index].option, settings[index].number);
}

static void abort_socket(struct fuzz_end *end)
{
    if (end->socket >= 0)
        set(end, end->socket, ANVIL_OPTION_LINGER, 1); /* for 0 seconds */
    close_socket(end, &end->socket);
}

/* accept() gives the socket that later calls are on; one that is held already is closed first. */
static void accept_one(struct fuzz_end *end)
{
    if (end->listener < 0)
        return;
    struct anvil_target_call made = { .kind = ANVIL_CALL_ACCEPT, .socket = end->listener,
                                      .family = end->local.family, .address = end->remote };
    fuzz_end_call(end, &made);
    if (made.result < 0)
        return;
    end = fuzz_end_with(end, end->local.family, end->local.port, made.address.port);
    close_socket(end, &end->socket);
    end->socket = (int)made.result;
}

void fuzz_calls(struct fuzz_end *end, const struct fuzz_event *event)
{
    switch (event->call) {
    case FUZZ_OPEN_PASSIVE: open_passive(end, event); break;
    case FUZZ_OPEN_ACTIVE: open_active(end, event); break;
    case FUZZ_ACCEPT: accept_one(end); break;
    case FUZZ_SEND:
        if (end->socket >= 0)
            move(end, ANVIL_CALL_SEND, event->size);
        break;
    case FUZZ_RECEIVE:
        if (end->socket >= 0)
            move(end, ANVIL_CALL_RECV, event->size);
        break;
    case FUZZ_SHUTDOWN:
        if (end->socket >= 0)
            call(end, ANVIL_CALL_SHUTDOWN, end->socket, 1);
        break;
    case FUZZ_CLOSE: close_socket(end, &end->socket); break;
    case FUZZ_ABORT: abort_socket(end); break;
    case FUZZ_CLOSE_LISTENER: close_socket(end, &end->listener); break;
    case FUZZ_SET_OPTION: set_option(end, event); break;
    case FUZZ_CALLS: break;
    }
}
