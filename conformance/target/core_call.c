/* SPDX-License-Identifier: BSD-2-Clause */
/* The core as a target: socket calls, in the words of <errno.h>. */
#include "target/core.h"

#include <errno.h>
#include <string.h>

static const int errno_of[ANVIL_ERROR_COUNT] = {
    [ANVIL_EADDRINUSE] = EADDRINUSE,
    [ANVIL_EADDRNOTAVAIL] = EADDRNOTAVAIL,
    [ANVIL_EAFNOSUPPORT] = EAFNOSUPPORT,
    [ANVIL_EAGAIN] = EAGAIN,
    [ANVIL_EALREADY] = EALREADY,
    [ANVIL_EBADF] = EBADF,
    [ANVIL_ECONNABORTED] = ECONNABORTED,
    [ANVIL_ECONNREFUSED] = ECONNREFUSED,
    [ANVIL_ECONNRESET] = ECONNRESET,
    [ANVIL_EDESTADDRREQ] = EDESTADDRREQ,
    [ANVIL_EHOSTUNREACH] = EHOSTUNREACH,
    [ANVIL_EINPROGRESS] = EINPROGRESS,
    [ANVIL_EINVAL] = EINVAL,
    [ANVIL_EISCONN] = EISCONN,
    [ANVIL_EMFILE] = EMFILE,
    [ANVIL_EMSGSIZE] = EMSGSIZE,
    [ANVIL_ENETUNREACH] = ENETUNREACH,
    [ANVIL_ENFILE] = ENFILE,
    [ANVIL_ENOBUFS] = ENOBUFS,
    [ANVIL_ENOPROTOOPT] = ENOPROTOOPT,
    [ANVIL_ENOTCONN] = ENOTCONN,
    [ANVIL_EOPNOTSUPP] = EOPNOTSUPP,
    [ANVIL_EPIPE] = EPIPE,
    [ANVIL_EPROTO] = EPROTO,
    [ANVIL_ETIMEDOUT] = ETIMEDOUT,
};

static const enum anvil_so so_of[ANVIL_OPTION_COUNT] = {
    [ANVIL_OPTION_REUSEADDR] = ANVIL_SO_REUSEADDR,
    [ANVIL_OPTION_REUSEPORT] = ANVIL_SO_REUSEPORT,
    [ANVIL_OPTION_LINGER] = ANVIL_SO_LINGER,
    [ANVIL_OPTION_KEEPALIVE] = ANVIL_SO_KEEPALIVE,
    [ANVIL_OPTION_RCVBUF] = ANVIL_SO_RCVBUF,
    [ANVIL_OPTION_SNDBUF] = ANVIL_SO_SNDBUF,
    [ANVIL_OPTION_ERROR] = ANVIL_SO_ERROR,
    [ANVIL_OPTION_OOBINLINE] = ANVIL_SO_OOBINLINE,
    [ANVIL_OPTION_NODELAY] = ANVIL_SO_NODELAY,
    [ANVIL_OPTION_MAXSEG] = ANVIL_SO_MAXSEG,
    [ANVIL_OPTION_KEEPIDLE] = ANVIL_SO_KEEPIDLE,
    [ANVIL_OPTION_KEEPINTVL] = ANVIL_SO_KEEPINTVL,
    [ANVIL_OPTION_KEEPCNT] = ANVIL_SO_KEEPCNT,
    [ANVIL_OPTION_SYNCNT] = ANVIL_SO_SYNCNT,
    [ANVIL_OPTION_USER_TIMEOUT] = ANVIL_SO_USER_TIMEOUT,
    [ANVIL_OPTION_LINGER2] = ANVIL_SO_LINGER2,
    [ANVIL_OPTION_DEFER_ACCEPT] = ANVIL_SO_DEFER_ACCEPT,
    [ANVIL_OPTION_QUICKACK] = ANVIL_SO_QUICKACK,
    [ANVIL_OPTION_CORK] = ANVIL_SO_CORK,
    [ANVIL_OPTION_NOOPT] = ANVIL_SO_NOOPT,
    [ANVIL_OPTION_TOS] = ANVIL_SO_TOS,
    [ANVIL_OPTION_TTL] = ANVIL_SO_TTL,
    [ANVIL_OPTION_MTU_DISCOVER] = ANVIL_SO_MTU_DISCOVER,
    [ANVIL_OPTION_RECVERR] = ANVIL_SO_RECVERR,
    [ANVIL_OPTION_QUEUED_IN] = ANVIL_SO_QUEUED_IN,
    [ANVIL_OPTION_QUEUED_OUT] = ANVIL_SO_QUEUED_OUT,
    [ANVIL_OPTION_AT_MARK] = ANVIL_SO_AT_MARK,
};

struct anvil_endpoint target_core_endpoint(const struct anvil_target_address *address)
{
    struct anvil_endpoint endpoint = { .port = address->port };
    if (address->family == 4)
        endpoint.address = anvil_address_v4(address->octets);
    else if (address->family == 6)
        endpoint.address = anvil_address_v6(address->octets);
    return endpoint;
}

void target_core_address(struct anvil_target_address *out, const struct anvil_endpoint *endpoint)
{
    out->family = endpoint->address.family;
    out->port = endpoint->port;
    memcpy(out->octets, endpoint->address.octets, sizeof out->octets);
}

/* Options that are switches to the user: any number but 0 is on. */
static bool is_switch(enum anvil_target_option option)
{
    return option == ANVIL_OPTION_REUSEADDR || option == ANVIL_OPTION_REUSEPORT ||
           option == ANVIL_OPTION_KEEPALIVE || option == ANVIL_OPTION_OOBINLINE ||
           option == ANVIL_OPTION_NODELAY || option == ANVIL_OPTION_QUICKACK ||
           option == ANVIL_OPTION_CORK || option == ANVIL_OPTION_NOOPT ||
           option == ANVIL_OPTION_RECVERR;
}

static int64_t set_option(struct core *core, const struct anvil_target_call *call)
{
    int64_t value = call->number;
    if ((unsigned)call->option >= ANVIL_OPTION_COUNT)
        return -ANVIL_ENOPROTOOPT;
    if (call->option == ANVIL_OPTION_LINGER)
        value = call->number ? call->number2 : -1;
    else if (is_switch(call->option))
        value = call->number != 0;
    return anvil_host_set_option(core->host, target_core_turn(core), call->socket,
                                 so_of[call->option], value);
}

static int64_t get_option(struct core *core, struct anvil_target_call *call)
{
    int64_t value = 0;
    if ((unsigned)call->option >= ANVIL_OPTION_COUNT)
        return -ANVIL_ENOPROTOOPT;
    int result = anvil_host_get_option(core->host, target_core_turn(core), call->socket,
                                       so_of[call->option], &value);
    if (result < 0)
        return result;
    call->number = value;
    if (call->option == ANVIL_OPTION_ERROR) {
        call->number = errno_of[value];
    } else if (call->option == ANVIL_OPTION_LINGER) {
        call->number = value >= 0;
        call->number2 = value >= 0 ? value : 0;
    }
    return 0;
}

/* The calls that answer an address. */
static int64_t name(struct core *core, struct anvil_target_call *call)
{
    struct anvil_endpoint endpoint = { 0 };
    int64_t result;
    if (call->kind == ANVIL_CALL_ACCEPT)
        result = anvil_host_accept(core->host, target_core_turn(core), call->socket, &endpoint);
    else if (call->kind == ANVIL_CALL_SOCKET_NAME)
        result = anvil_host_local_name(core->host, call->socket, &endpoint);
    else
        result = anvil_host_peer_name(core->host, call->socket, &endpoint);
    if (result >= 0)
        target_core_address(&call->address, &endpoint);
    return result;
}

/* The host's answer: a number from 0 up, or minus an enum anvil_error. */
static int64_t answer(struct core *core, struct anvil_target_call *call)
{
    _Static_assert(ANVIL_MESSAGE_OUT_OF_BAND == (int)ANVIL_MSG_OOB &&
                       ANVIL_MESSAGE_PEEK == (int)ANVIL_MSG_PEEK &&
                       ANVIL_MESSAGE_MORE == (int)ANVIL_MSG_MORE &&
                       ANVIL_MESSAGE_END == (int)ANVIL_MSG_END,
                   "the seam and the host use the same flags");
    struct anvil_host *host = core->host;
    const struct anvil_turn *turn = target_core_turn(core);
    struct anvil_endpoint to;
    int number = call->number > INT32_MAX || call->number < INT32_MIN ? -1 : (int)call->number;
    switch (call->kind) {
    case ANVIL_CALL_SOCKET: return anvil_host_socket(host, turn, call->family);
    case ANVIL_CALL_BIND:
        to = target_core_endpoint(&call->address);
        return anvil_host_bind(host, turn, call->socket, &to);
    case ANVIL_CALL_LISTEN: return anvil_host_listen(host, turn, call->socket, number);
    case ANVIL_CALL_CONNECT:
        to = target_core_endpoint(&call->address);
        return anvil_host_connect(host, turn, call->socket, &to);
    case ANVIL_CALL_SEND:
        return anvil_host_send(host, turn, call->socket, call->data, call->length, call->flags);
    case ANVIL_CALL_RECV:
        return anvil_host_receive(host, turn, call->socket, call->buffer, call->length,
                                  call->flags);
    case ANVIL_CALL_SHUTDOWN: return anvil_host_shutdown(host, turn, call->socket, number);
    case ANVIL_CALL_CLOSE: return anvil_host_close(host, turn, call->socket);
    case ANVIL_CALL_SET_OPTION: return set_option(core, call);
    case ANVIL_CALL_GET_OPTION: return get_option(core, call);
    case ANVIL_CALL_ACCEPT:
    case ANVIL_CALL_SOCKET_NAME:
    case ANVIL_CALL_PEER_NAME: return name(core, call);
    }
    return -ANVIL_EINVAL;
}

void target_core_call(void *self, struct anvil_target_call *call)
{
    struct core *core = self;
    core->output.count = 0;
    int64_t result = answer(core, call);
    call->result = result < 0 ? -1 : result;
    call->error = result < 0 ? errno_of[-result] : 0;
    target_core_settle(core);
}
