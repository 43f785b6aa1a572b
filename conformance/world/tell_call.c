/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls, in words. */
#include "world/tell.h"

#include <errno.h>
#include <stdio.h>

/* The errors that applications of a world meet. */
static const char *error_name(int error)
{
    static const struct { int number; const char *name; } names[] = {
        { EAGAIN, "EAGAIN" }, { EINPROGRESS, "EINPROGRESS" }, { ECONNRESET, "ECONNRESET" },
        { ECONNREFUSED, "ECONNREFUSED" }, { ECONNABORTED, "ECONNABORTED" }, { EPIPE, "EPIPE" },
        { ETIMEDOUT, "ETIMEDOUT" }, { ENOTCONN, "ENOTCONN" }, { EADDRINUSE, "EADDRINUSE" },
        { EADDRNOTAVAIL, "EADDRNOTAVAIL" }, { EHOSTUNREACH, "EHOSTUNREACH" },
        { ENETUNREACH, "ENETUNREACH" }, { EINVAL, "EINVAL" }, { ENOPROTOOPT, "ENOPROTOOPT" },
        { EBADF, "EBADF" }, { EISCONN, "EISCONN" }, { EMSGSIZE, "EMSGSIZE" },
        { EPROTO, "EPROTO" }, { ENOBUFS, "ENOBUFS" },
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].number == error)
            return names[i].name;
    return "an error";
}

/* Level and name of the options that applications of a world set. */
static const char *option_name(enum anvil_target_option option)
{
    switch ((int)option) {
    case ANVIL_OPTION_REUSEADDR: return "SOL_SOCKET, SO_REUSEADDR";
    case ANVIL_OPTION_LINGER: return "SOL_SOCKET, SO_LINGER";
    case ANVIL_OPTION_KEEPALIVE: return "SOL_SOCKET, SO_KEEPALIVE";
    case ANVIL_OPTION_RCVBUF: return "SOL_SOCKET, SO_RCVBUF";
    case ANVIL_OPTION_SNDBUF: return "SOL_SOCKET, SO_SNDBUF";
    case ANVIL_OPTION_ERROR: return "SOL_SOCKET, SO_ERROR";
    case ANVIL_OPTION_NODELAY: return "IPPROTO_TCP, TCP_NODELAY";
    case ANVIL_OPTION_KEEPIDLE: return "IPPROTO_TCP, TCP_KEEPIDLE";
    case ANVIL_OPTION_KEEPINTVL: return "IPPROTO_TCP, TCP_KEEPINTVL";
    case ANVIL_OPTION_KEEPCNT: return "IPPROTO_TCP, TCP_KEEPCNT";
    case ANVIL_OPTION_USER_TIMEOUT: return "IPPROTO_TCP, TCP_USER_TIMEOUT";
    default: return "?, ?";
    }
}

/* The call alone; its descriptor is `fd`. */
static void print_call(const struct anvil_target_call *call, int fd, char *out, size_t size)
{
    switch (call->kind) {
    case ANVIL_CALL_SOCKET:
        snprintf(out, size, "socket(..., SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_TCP)");
        break;
    case ANVIL_CALL_BIND: snprintf(out, size, "bind(%d, ..., ...)", fd); break;
    case ANVIL_CALL_LISTEN: snprintf(out, size, "listen(%d, %d)", fd, (int)call->number); break;
    case ANVIL_CALL_CONNECT: snprintf(out, size, "connect(%d, ..., ...)", fd); break;
    case ANVIL_CALL_ACCEPT: snprintf(out, size, "accept(%d, ..., ...)", fd); break;
    case ANVIL_CALL_SEND:
        snprintf(out, size, "send(%d, ..., %zu, 0)", fd, call->length);
        break;
    case ANVIL_CALL_RECV:
        snprintf(out, size, "recv(%d, ..., %zu, 0)", fd, call->length);
        break;
    case ANVIL_CALL_SHUTDOWN: snprintf(out, size, "shutdown(%d, SHUT_WR)", fd); break;
    case ANVIL_CALL_CLOSE: snprintf(out, size, "close(%d)", fd); break;
    case ANVIL_CALL_SET_OPTION:
        if (call->option == ANVIL_OPTION_LINGER)
            snprintf(out, size, "setsockopt(%d, SOL_SOCKET, SO_LINGER, {onoff=%d, linger=%d}, 8)",
                     fd, (int)call->number, (int)call->number2);
        else
            snprintf(out, size, "setsockopt(%d, %s, [%d], 4)", fd, option_name(call->option),
                     (int)call->number);
        break;
    case ANVIL_CALL_GET_OPTION:
        snprintf(out, size, "getsockopt(%d, %s, [%d], [4])", fd, option_name(call->option),
                 (int)call->number);
        break;
    case ANVIL_CALL_SOCKET_NAME:
    case ANVIL_CALL_PEER_NAME:
        snprintf(out, size, "getsockname(%d, ..., ...)", fd);
        break;
    }
}

void world_tell_call(const struct anvil_target_call *call, int fd, int64_t result, char *out,
                     size_t size)
{
    char text[128];
    print_call(call, fd, text, sizeof text);
    if (result < 0)
        snprintf(out, size, "%s = -1 %s", text, error_name(call->error));
    else
        snprintf(out, size, "%s = %lld", text, (long long)result);
}
