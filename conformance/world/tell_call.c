/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls, in words. */
#include "world/tell.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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
        { EOPNOTSUPP, "EOPNOTSUPP" }, { EHOSTDOWN, "EHOSTDOWN" }, { EDOM, "EDOM" },
        { EALREADY, "EALREADY" }, { EDESTADDRREQ, "EDESTADDRREQ" }, { ENONET, "ENONET" },
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].number == error)
            return names[i].name;
    return "an error";
}

/* Level and name of a socket option; those of IPv6 have names of their own. */
static const char *option_name(enum anvil_target_option option, bool v6)
{
    switch (option) {
    case ANVIL_OPTION_REUSEADDR: return "SOL_SOCKET, SO_REUSEADDR";
    case ANVIL_OPTION_REUSEPORT: return "SOL_SOCKET, SO_REUSEPORT";
    case ANVIL_OPTION_LINGER: return "SOL_SOCKET, SO_LINGER";
    case ANVIL_OPTION_KEEPALIVE: return "SOL_SOCKET, SO_KEEPALIVE";
    case ANVIL_OPTION_RCVBUF: return "SOL_SOCKET, SO_RCVBUF";
    case ANVIL_OPTION_SNDBUF: return "SOL_SOCKET, SO_SNDBUF";
    case ANVIL_OPTION_ERROR: return "SOL_SOCKET, SO_ERROR";
    case ANVIL_OPTION_OOBINLINE: return "SOL_SOCKET, SO_OOBINLINE";
    case ANVIL_OPTION_NODELAY: return "IPPROTO_TCP, TCP_NODELAY";
    case ANVIL_OPTION_MAXSEG: return "IPPROTO_TCP, TCP_MAXSEG";
    case ANVIL_OPTION_KEEPIDLE: return "IPPROTO_TCP, TCP_KEEPIDLE";
    case ANVIL_OPTION_KEEPINTVL: return "IPPROTO_TCP, TCP_KEEPINTVL";
    case ANVIL_OPTION_KEEPCNT: return "IPPROTO_TCP, TCP_KEEPCNT";
    case ANVIL_OPTION_SYNCNT: return "IPPROTO_TCP, TCP_SYNCNT";
    case ANVIL_OPTION_USER_TIMEOUT: return "IPPROTO_TCP, TCP_USER_TIMEOUT";
    case ANVIL_OPTION_LINGER2: return "IPPROTO_TCP, TCP_LINGER2";
    case ANVIL_OPTION_DEFER_ACCEPT: return "IPPROTO_TCP, TCP_DEFER_ACCEPT";
    case ANVIL_OPTION_QUICKACK: return "IPPROTO_TCP, TCP_QUICKACK";
    case ANVIL_OPTION_CORK: return "IPPROTO_TCP, TCP_CORK";
    case ANVIL_OPTION_NOOPT: return "IPPROTO_TCP, TCP_NOOPT";
    case ANVIL_OPTION_TOS: return v6 ? "IPPROTO_IPV6, IPV6_TCLASS" : "IPPROTO_IP, IP_TOS";
    case ANVIL_OPTION_TTL: return v6 ? "IPPROTO_IPV6, IPV6_UNICAST_HOPS" : "IPPROTO_IP, IP_TTL";
    case ANVIL_OPTION_MTU_DISCOVER:
        return v6 ? "IPPROTO_IPV6, IPV6_MTU_DISCOVER" : "IPPROTO_IP, IP_MTU_DISCOVER";
    case ANVIL_OPTION_RECVERR: return v6 ? "IPPROTO_IPV6, IPV6_RECVERR" : "IPPROTO_IP, IP_RECVERR";
    case ANVIL_OPTION_QUEUED_IN:
    case ANVIL_OPTION_QUEUED_OUT:
    case ANVIL_OPTION_AT_MARK:
    case ANVIL_OPTION_COUNT: break;
    }
    return "?, ?";
}

/* Flags of SEND and RECV: "0", "MSG_OOB|MSG_MORE". */
static const char *flag_names(uint32_t flags, char *out, size_t size)
{
    static const char *const names[] = { "MSG_OOB", "MSG_PEEK", "MSG_MORE", "MSG_EOF" };
    out[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if ((flags >> i & 1u) != 0)
            snprintf(out + strlen(out), size - strlen(out), "%s%s", out[0] == '\0' ? "" : "|",
                     names[i]);
    return out[0] == '\0' ? "0" : out;
}

/* The call alone; its descriptor is `fd`. */
static void print_call(const struct anvil_target_call *call, int fd, char *out, size_t size)
{
    static const char *const hows[] = { "SHUT_RD", "SHUT_WR", "SHUT_RDWR" };
    bool v6 = call->family == 6;
    char flags[40];
    switch (call->kind) {
    case ANVIL_CALL_SOCKET:
        snprintf(out, size, "socket(..., SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_TCP)");
        break;
    case ANVIL_CALL_BIND: snprintf(out, size, "bind(%d, ..., ...)", fd); break;
    case ANVIL_CALL_LISTEN: snprintf(out, size, "listen(%d, %d)", fd, (int)call->number); break;
    case ANVIL_CALL_CONNECT: snprintf(out, size, "connect(%d, ..., ...)", fd); break;
    case ANVIL_CALL_ACCEPT: snprintf(out, size, "accept(%d, ..., ...)", fd); break;
    case ANVIL_CALL_SEND:
        snprintf(out, size, "send(%d, ..., %zu, %s)", fd, call->length,
                 flag_names(call->flags, flags, sizeof flags));
        break;
    case ANVIL_CALL_RECV:
        snprintf(out, size, "recv(%d, ..., %zu, %s)", fd, call->length,
                 flag_names(call->flags, flags, sizeof flags));
        break;
    case ANVIL_CALL_SHUTDOWN:
        snprintf(out, size, "shutdown(%d, %s)", fd, hows[call->number % 3]);
        break;
    case ANVIL_CALL_CLOSE: snprintf(out, size, "close(%d)", fd); break;
    case ANVIL_CALL_SET_OPTION:
        if (call->option == ANVIL_OPTION_LINGER)
            snprintf(out, size, "setsockopt(%d, SOL_SOCKET, SO_LINGER, {onoff=%d, linger=%d}, 8)",
                     fd, (int)call->number, (int)call->number2);
        else
            snprintf(out, size, "setsockopt(%d, %s, [%d], 4)", fd, option_name(call->option, v6),
                     (int)call->number);
        break;
    case ANVIL_CALL_GET_OPTION:
        snprintf(out, size, "getsockopt(%d, %s, [%d], [4])", fd, option_name(call->option, v6),
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
