/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's words for people. */
#include <anvil/host.h>

static const char *const error_names[ANVIL_ERROR_COUNT] = {
    [ANVIL_ENONE] = "no error",
    [ANVIL_EADDRINUSE] = "EADDRINUSE",
    [ANVIL_EADDRNOTAVAIL] = "EADDRNOTAVAIL",
    [ANVIL_EAFNOSUPPORT] = "EAFNOSUPPORT",
    [ANVIL_EAGAIN] = "EAGAIN",
    [ANVIL_EALREADY] = "EALREADY",
    [ANVIL_EBADF] = "EBADF",
    [ANVIL_ECONNABORTED] = "ECONNABORTED",
    [ANVIL_ECONNREFUSED] = "ECONNREFUSED",
    [ANVIL_ECONNRESET] = "ECONNRESET",
    [ANVIL_EDESTADDRREQ] = "EDESTADDRREQ",
    [ANVIL_EHOSTUNREACH] = "EHOSTUNREACH",
    [ANVIL_EINPROGRESS] = "EINPROGRESS",
    [ANVIL_EINVAL] = "EINVAL",
    [ANVIL_EISCONN] = "EISCONN",
    [ANVIL_EMFILE] = "EMFILE",
    [ANVIL_EMSGSIZE] = "EMSGSIZE",
    [ANVIL_ENETUNREACH] = "ENETUNREACH",
    [ANVIL_ENFILE] = "ENFILE",
    [ANVIL_ENOBUFS] = "ENOBUFS",
    [ANVIL_ENOPROTOOPT] = "ENOPROTOOPT",
    [ANVIL_ENOTCONN] = "ENOTCONN",
    [ANVIL_EOPNOTSUPP] = "EOPNOTSUPP",
    [ANVIL_EPIPE] = "EPIPE",
    [ANVIL_EPROTO] = "EPROTO",
    [ANVIL_ETIMEDOUT] = "ETIMEDOUT",
};

static const char *const refusal_names[ANVIL_REFUSED_COUNT] = {
    [ANVIL_REFUSED_NOT] = "not refused",
    [ANVIL_REFUSED_NOT_LOCAL] = "not to an address of this host",
    [ANVIL_REFUSED_BAD_OPTIONS] = "option of illegal length",
    [ANVIL_REFUSED_CLOSED_PORT] = "closed port, kept silent by policy",
    [ANVIL_REFUSED_ACCEPT_QUEUE] = "accept queue full",
    [ANVIL_REFUSED_HALF_OPEN] = "too many half-open connections",
    [ANVIL_REFUSED_NO_SLOT] = "no room for another connection",
    [ANVIL_REFUSED_NO_MEMORY] = "no buffer for another connection",
    [ANVIL_REFUSED_ICMP_NO_MATCH] = "ICMP error for no connection of this host",
    [ANVIL_REFUSED_ICMP_SEQUENCE] = "ICMP error for nothing outstanding",
    [ANVIL_REFUSED_ICMP_MTU] = "ICMP error that reports no smaller MTU to follow",
};

const char *anvil_error_name(enum anvil_error error)
{
    return (unsigned)error < ANVIL_ERROR_COUNT ? error_names[error] : "unknown error";
}

const char *anvil_refusal_name(enum anvil_refusal refusal)
{
    return (unsigned)refusal < ANVIL_REFUSED_COUNT ? refusal_names[refusal] : "unknown refusal";
}
