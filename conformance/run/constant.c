/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names that scripts use for numbers, with Linux's values. FreeBSD's names for the same things map
 * to the same numbers, so that a script of either system can be compared with what we answer.
 */
#include "run/state.h"

#include <stdlib.h>
#include <string.h>

struct entry { const char *name; int64_t value; };

/* In the order of strcmp(): they are searched by halving. */
static const struct entry entries[] = {
    { "AF_INET", 2 }, { "AF_INET6", 10 }, { "AF_UNSPEC", 0 }, { "EPOLLERR", 8 },
    { "EPOLLET", 0x80000000 }, { "EPOLLEXCLUSIVE", 0x10000000 }, { "EPOLLHUP", 16 },
    { "EPOLLIN", 1 }, { "EPOLLONESHOT", 0x40000000 }, { "EPOLLOUT", 4 }, { "EPOLLPRI", 2 },
    { "EPOLLRDBAND", 128 }, { "EPOLLRDHUP", 0x2000 }, { "EPOLLRDNORM", 64 },
    { "EPOLLWAKEUP", 0x20000000 }, { "EPOLLWRBAND", 512 }, { "EPOLLWRNORM", 256 },
    { "EPOLL_CLOEXEC", 524288 }, { "EPOLL_CTL_ADD", 1 }, { "EPOLL_CTL_DEL", 2 },
    { "EPOLL_CTL_MOD", 3 }, { "FD_CLOEXEC", 1 }, { "FIONBIO", 0x5421 }, { "FIONREAD", 0x541b },
    { "FIONWRITE", 0x5411 }, { "F_DUPFD", 0 }, { "F_GETFD", 1 }, { "F_GETFL", 3 },
    { "F_SETFD", 2 }, { "F_SETFL", 4 }, { "False", 0 }, { "INADDR_ANY", 0 },
    { "INADDR_LOOPBACK", 0x7f000001 }, { "IPPROTO_ICMP", 1 }, { "IPPROTO_ICMPV6", 58 },
    { "IPPROTO_IP", 0 }, { "IPPROTO_IPV6", 41 }, { "IPPROTO_MPTCP", 262 },
    { "IPPROTO_SCTP", 132 }, { "IPPROTO_TCP", 6 }, { "IPPROTO_UDP", 17 },
    { "IPTOS_DSCP_AF11", 0x28 }, { "IPTOS_DSCP_AF12", 0x30 }, { "IPTOS_DSCP_AF13", 0x38 },
    { "IPTOS_DSCP_AF21", 0x48 }, { "IPTOS_DSCP_AF22", 0x50 }, { "IPTOS_DSCP_AF23", 0x58 },
    { "IPTOS_DSCP_AF31", 0x68 }, { "IPTOS_DSCP_AF32", 0x70 }, { "IPTOS_DSCP_AF33", 0x78 },
    { "IPTOS_DSCP_AF41", 0x88 }, { "IPTOS_DSCP_AF42", 0x90 }, { "IPTOS_DSCP_AF43", 0x98 },
    { "IPTOS_DSCP_CS0", 0x0 }, { "IPTOS_DSCP_CS1", 0x20 }, { "IPTOS_DSCP_CS2", 0x40 },
    { "IPTOS_DSCP_CS3", 0x60 }, { "IPTOS_DSCP_CS4", 0x80 }, { "IPTOS_DSCP_CS5", 0xa0 },
    { "IPTOS_DSCP_CS6", 0xc0 }, { "IPTOS_DSCP_CS7", 0xe0 }, { "IPTOS_DSCP_EF", 0xb8 },
    { "IPTOS_ECN_CE", 3 }, { "IPTOS_ECN_ECT0", 2 }, { "IPTOS_ECN_ECT1", 1 },
    { "IPTOS_ECN_NOTECT", 0 }, { "IPTOS_LOWDELAY", 0x10 }, { "IPTOS_MINCOST", 0x02 },
    { "IPTOS_RELIABILITY", 0x04 }, { "IPTOS_THROUGHPUT", 0x08 }, { "IPV6_MTU", 24 },
    { "IPV6_MTU_DISCOVER", 23 }, { "IPV6_PMTUDISC_DO", 2 }, { "IPV6_PMTUDISC_DONT", 0 },
    { "IPV6_PMTUDISC_WANT", 1 }, { "IPV6_RECVERR", 25 }, { "IPV6_TCLASS", 67 },
    { "IPV6_UNICAST_HOPS", 16 }, { "IPV6_V6ONLY", 26 }, { "IP_FREEBIND", 15 }, { "IP_MTU", 14 },
    { "IP_MTU_DISCOVER", 10 }, { "IP_OPTIONS", 4 }, { "IP_PMTUDISC_DO", 2 },
    { "IP_PMTUDISC_DONT", 0 }, { "IP_PMTUDISC_PROBE", 3 }, { "IP_PMTUDISC_WANT", 1 },
    { "IP_RECVERR", 11 }, { "IP_TOS", 1 }, { "IP_TTL", 2 }, { "MSG_CMSG_CLOEXEC", 0x40000000 },
    { "MSG_CTRUNC", 8 }, { "MSG_DONTROUTE", 4 }, { "MSG_DONTWAIT", 0x40 }, { "MSG_EOF", 0x10000 },
    { "MSG_EOR", 0x80 }, { "MSG_ERRQUEUE", 0x2000 }, { "MSG_FASTOPEN", 0x20000000 },
    { "MSG_MORE", 0x8000 }, { "MSG_NOSIGNAL", 0x4000 }, { "MSG_OOB", 1 }, { "MSG_PEEK", 2 },
    { "MSG_TRUNC", 0x20 }, { "MSG_WAITALL", 0x100 }, { "MSG_WAITFORONE", 0x10000 },
    { "MSG_ZEROCOPY", 0x4000000 }, { "NULL", 0 }, { "O_APPEND", 1024 }, { "O_CLOEXEC", 524288 },
    { "O_NDELAY", 2048 }, { "O_NONBLOCK", 2048 }, { "O_RDONLY", 0 }, { "O_RDWR", 2 },
    { "O_WRONLY", 1 }, { "PF_INET", 2 }, { "PF_INET6", 10 }, { "POLLERR", 8 }, { "POLLHUP", 16 },
    { "POLLIN", 1 }, { "POLLNVAL", 32 }, { "POLLOUT", 4 }, { "POLLPRI", 2 },
    { "POLLRDBAND", 128 }, { "POLLRDHUP", 0x2000 }, { "POLLRDNORM", 64 }, { "POLLWRBAND", 512 },
    { "POLLWRNORM", 256 }, { "SHUT_RD", 0 }, { "SHUT_RDWR", 2 }, { "SHUT_WR", 1 },
    { "SIOCATMARK", 0x8905 }, { "SIOCINQ", 0x541b }, { "SIOCOUTQ", 0x5411 },
    { "SIOCOUTQNSD", 0x894b }, { "SOCK_CLOEXEC", 524288 }, { "SOCK_DGRAM", 2 },
    { "SOCK_NONBLOCK", 2048 }, { "SOCK_RAW", 3 }, { "SOCK_STREAM", 1 }, { "SOL_IP", 0 },
    { "SOL_IPV6", 41 }, { "SOL_SOCKET", 1 }, { "SOL_TCP", 6 }, { "SOL_UDP", 17 },
    { "SO_ACCEPTCONN", 30 }, { "SO_BROADCAST", 6 }, { "SO_BUSY_POLL", 46 }, { "SO_DEBUG", 1 },
    { "SO_DOMAIN", 39 }, { "SO_DONTROUTE", 5 }, { "SO_ERROR", 4 }, { "SO_KEEPALIVE", 9 },
    { "SO_LINGER", 13 }, { "SO_MARK", 36 }, { "SO_MAX_PACING_RATE", 47 }, { "SO_OOBINLINE", 10 },
    { "SO_PRIORITY", 12 }, { "SO_PROTOCOL", 38 }, { "SO_RCVBUF", 8 }, { "SO_RCVBUFFORCE", 33 },
    { "SO_RCVLOWAT", 18 }, { "SO_RCVTIMEO", 20 }, { "SO_REUSEADDR", 2 }, { "SO_REUSEPORT", 15 },
    { "SO_SNDBUF", 7 }, { "SO_SNDBUFFORCE", 32 }, { "SO_SNDLOWAT", 19 }, { "SO_SNDTIMEO", 21 },
    { "SO_TIMESTAMPING", 37 }, { "SO_TYPE", 3 }, { "SO_ZEROCOPY", 60 }, { "TCPI_CLOSED", 7 },
    { "TCPI_CLOSE_WAIT", 8 }, { "TCPI_CLOSING", 11 }, { "TCPI_ESTABLISHED", 1 },
    { "TCPI_FIN_WAIT_1", 4 }, { "TCPI_FIN_WAIT_2", 5 }, { "TCPI_LAST_ACK", 9 },
    { "TCPI_LISTEN", 10 }, { "TCPI_OPT_ECN", 8 }, { "TCPI_OPT_ECN_SEEN", 16 },
    { "TCPI_OPT_SACK", 2 }, { "TCPI_OPT_SYN_DATA", 32 }, { "TCPI_OPT_TIMESTAMPS", 1 },
    { "TCPI_OPT_WSCALE", 4 }, { "TCPI_SYN_RECEIVED", 3 }, { "TCPI_SYN_SENT", 2 },
    { "TCPI_TIME_WAIT", 6 }, { "TCPS_CLOSED", 7 }, { "TCPS_CLOSE_WAIT", 8 },
    { "TCPS_CLOSING", 11 }, { "TCPS_ESTABLISHED", 1 }, { "TCPS_FIN_WAIT_1", 4 },
    { "TCPS_FIN_WAIT_2", 5 }, { "TCPS_LAST_ACK", 9 }, { "TCPS_LISTEN", 10 },
    { "TCPS_SYN_RECEIVED", 3 }, { "TCPS_SYN_SENT", 2 }, { "TCPS_TIME_WAIT", 6 },
    { "TCP_CA_CWR", 2 }, { "TCP_CA_Disorder", 1 }, { "TCP_CA_Loss", 4 }, { "TCP_CA_Open", 0 },
    { "TCP_CA_Recovery", 3 }, { "TCP_CC_INFO", 26 }, { "TCP_CLOSE", 7 }, { "TCP_CLOSE_WAIT", 8 },
    { "TCP_CLOSING", 11 }, { "TCP_CM_INQ", 36 }, { "TCP_CONGESTION", 13 }, { "TCP_CORK", 3 },
    { "TCP_DEFER_ACCEPT", 9 }, { "TCP_ESTABLISHED", 1 }, { "TCP_FASTOPEN", 23 },
    { "TCP_FASTOPEN_CONNECT", 30 }, { "TCP_FASTOPEN_KEY", 33 }, { "TCP_FASTOPEN_NO_COOKIE", 34 },
    { "TCP_FIN_WAIT1", 4 }, { "TCP_FIN_WAIT2", 5 }, { "TCP_INFINITE_SSTHRESH", 0x7fffffff },
    { "TCP_INFO", 11 }, { "TCP_INQ", 36 }, { "TCP_KEEPCNT", 6 }, { "TCP_KEEPIDLE", 4 },
    { "TCP_KEEPINIT", 128 }, { "TCP_KEEPINTVL", 5 }, { "TCP_LAST_ACK", 9 }, { "TCP_LINGER2", 8 },
    { "TCP_LISTEN", 10 }, { "TCP_MAXSEG", 2 }, { "TCP_MD5SIG", 14 }, { "TCP_NAGLE_CORK", 2 },
    { "TCP_NAGLE_OFF", 1 }, { "TCP_NEW_SYN_RECV", 12 }, { "TCP_NODELAY", 1 }, { "TCP_NOOPT", 8 },
    { "TCP_NOPUSH", 3 }, { "TCP_NOTSENT_LOWAT", 25 }, { "TCP_QUICKACK", 12 },
    { "TCP_REPAIR", 19 }, { "TCP_SAVED_SYN", 28 }, { "TCP_SAVE_SYN", 27 }, { "TCP_SYNCNT", 7 },
    { "TCP_SYN_RECV", 3 }, { "TCP_SYN_SENT", 2 }, { "TCP_THIN_DUPACK", 17 },
    { "TCP_THIN_LINEAR_TIMEOUTS", 16 }, { "TCP_TIMESTAMP", 24 }, { "TCP_TIME_WAIT", 6 },
    { "TCP_USER_TIMEOUT", 18 }, { "TCP_WINDOW_CLAMP", 10 }, { "TIOCOUTQ", 0x5411 }, { "True", 1 },
};

enum { ENTRIES = sizeof entries / sizeof entries[0] };

static int compare(const void *key, const void *entry)
{
    return strcmp(key, ((const struct entry *)entry)->name);
}

/* The value of a name, errors included. False: not known. */
bool run_constant(const char *name, int64_t *value)
{
    const struct entry *found = bsearch(name, entries, ENTRIES, sizeof entries[0], compare);
    if (found != NULL)
        *value = found->value;
    else
        *value = name[0] == 'E' ? run_errno_value(name) : 0;
    return found != NULL || *value != 0;
}
