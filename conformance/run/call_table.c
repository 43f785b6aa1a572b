/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls that a script may make, what they take, and the names in them that we cannot serve. */
#include "run/calls.h"

#include <errno.h>
#include <string.h>

enum argument { NO_SOCKET, SOCKET, ANY_DESCRIPTOR }; /* what the first argument is */

struct entry {
    const char *name;
    enum argument first;
    bool (*handle)(struct run *run, struct run_call *call);
    enum run_shape shapes[RUN_ARGUMENTS_MAX + 1];
    uint32_t optional; /* so many of the last arguments may be left out */
};

#define NUMBER RUN_SHAPE_NUMBER
#define BUFFER RUN_SHAPE_BUFFER
#define ADDRESS RUN_SHAPE_ADDRESS
#define UNFILLED RUN_SHAPE_UNFILLED
#define CELL RUN_SHAPE_CELL
#define LENGTH_IN RUN_SHAPE_LENGTH_IN
#define LENGTH_OUT RUN_SHAPE_LENGTH_OUT
#define OPTION RUN_SHAPE_OPTION
#define VECTORS RUN_SHAPE_VECTORS
#define MESSAGE RUN_SHAPE_MESSAGE

static const struct entry entries[] = {
    { "socket", NO_SOCKET, run_do_socket, { RUN_SHAPE_NUMBER_OR_ANY, NUMBER, NUMBER }, 0 },
    { "bind", SOCKET, run_do_bind, { NUMBER, ADDRESS, LENGTH_IN }, 0 },
    { "listen", SOCKET, run_do_listen, { NUMBER, NUMBER }, 0 },
    { "accept", SOCKET, run_do_accept, { NUMBER, ADDRESS, LENGTH_OUT }, 0 },
    { "accept4", SOCKET, run_do_accept, { NUMBER, ADDRESS, LENGTH_OUT, NUMBER }, 0 },
    { "connect", SOCKET, run_do_connect, { NUMBER, ADDRESS, LENGTH_IN }, 0 },
    { "getsockname", SOCKET, run_do_name, { NUMBER, ADDRESS, LENGTH_OUT }, 0 },
    { "getpeername", SOCKET, run_do_name, { NUMBER, ADDRESS, LENGTH_OUT }, 0 },
    { "shutdown", SOCKET, run_do_shutdown, { NUMBER, NUMBER }, 0 },
    { "close", ANY_DESCRIPTOR, run_do_close, { NUMBER }, 0 },
    { "read", SOCKET, run_do_receive, { NUMBER, BUFFER, NUMBER }, 0 },
    { "readv", SOCKET, run_do_receive, { NUMBER, VECTORS, NUMBER }, 0 },
    { "recv", SOCKET, run_do_receive, { NUMBER, BUFFER, NUMBER, NUMBER }, 0 },
    { "recvfrom", SOCKET, run_do_receive, { NUMBER, BUFFER, NUMBER, NUMBER, UNFILLED, UNFILLED },
      0 },
    { "recvmsg", SOCKET, run_do_receive, { NUMBER, MESSAGE, NUMBER }, 0 },
    { "write", SOCKET, run_do_send, { NUMBER, BUFFER, NUMBER }, 0 },
    { "writev", SOCKET, run_do_send, { NUMBER, VECTORS, NUMBER }, 0 },
    { "send", SOCKET, run_do_send, { NUMBER, BUFFER, NUMBER, NUMBER }, 0 },
    { "sendto", SOCKET, run_do_send, { NUMBER, BUFFER, NUMBER, NUMBER, UNFILLED, LENGTH_IN }, 0 },
    { "sendmsg", SOCKET, run_do_send, { NUMBER, MESSAGE, NUMBER }, 0 },
    { "getsockopt", SOCKET, run_do_get_option, { NUMBER, NUMBER, NUMBER, OPTION, LENGTH_OUT }, 0 },
    { "setsockopt", SOCKET, run_do_set_option, { NUMBER, NUMBER, NUMBER, OPTION, LENGTH_IN }, 0 },
    { "fcntl", ANY_DESCRIPTOR, run_do_fcntl, { NUMBER, NUMBER, NUMBER }, 1 },
    { "ioctl", SOCKET, run_do_ioctl, { NUMBER, NUMBER, CELL }, 1 },
    { "poll", NO_SOCKET, run_do_poll, { RUN_SHAPE_POLL, NUMBER, NUMBER }, 0 },
    { "epoll_create", NO_SOCKET, run_do_epoll_create, { NUMBER }, 0 },
    { "epoll_create1", NO_SOCKET, run_do_epoll_create, { NUMBER }, 0 },
    { "epoll_ctl", ANY_DESCRIPTOR, run_do_epoll_ctl, { NUMBER, NUMBER, NUMBER, RUN_SHAPE_EVENT },
      0 },
    { "epoll_wait", ANY_DESCRIPTOR, run_do_epoll_wait,
      { NUMBER, RUN_SHAPE_EVENTS, NUMBER, NUMBER }, 0 },
};

enum { ENTRIES = sizeof entries / sizeof entries[0] };

/* Names that we know and cannot serve. */
static const char *const unsupported[] = {
    "MSG_FASTOPEN", "MSG_ZEROCOPY", "MSG_ERRQUEUE", "MSG_TRUNC", "MSG_EOR", "SOCK_DGRAM",
    "SOCK_RAW", "SOCK_SEQPACKET", "IPPROTO_UDP", "IPPROTO_ICMP", "IPPROTO_ICMPV6",
    "IPPROTO_SCTP", "IPPROTO_MPTCP", "AF_UNSPEC", "EPOLLEXCLUSIVE", "F_DUPFD", "SIOCOUTQNSD",
};

/* Calls that other packetdrills know. With another name than these and ours, a script is wrong. */
static const char *const elsewhere[] = {
    "cap_set", "open", "pipe", "psp_rx_assoc", "psp_tx_assoc", "sendfile", "splice",
};

static const struct entry *find(const char *name)
{
    for (size_t i = 0; i < ENTRIES; i++)
        if (entries[i].name[0] == name[0] && strcmp(entries[i].name, name) == 0)
            return &entries[i];
    return NULL;
}

/* Whether some packetdrill knows the call of a line; else the case ends. */
bool run_call_is_known(struct run *run, const struct script_event *event)
{
    const char *name = event->call->name;
    if (find(name) != NULL || strncmp(name, "sctp_", 5) == 0)
        return true;
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
        if (strcmp(elsewhere[i], name) == 0)
            return true;
    struct script_pos pos = event->pos;
    const char *line = run_line(run, event);
    const char *place = strstr(line, name);
    if (place != NULL)
        pos.column += (uint32_t)(place - line);
    run_error_at(run, event, &pos, run_text(run, "there is no call %s()", name));
    return false;
}

/* The first name in the expressions of a list that we do not serve, or NULL. */
static const char *unserved_name(const struct script_expr *expr)
{
    int64_t value;
    for (; expr != NULL; expr = expr->next) {
        const char *below = expr->items != NULL ? unserved_name(expr->items) : NULL;
        if (below == NULL && expr->left != NULL && expr->op != SCRIPT_OP_ASSIGN)
            below = unserved_name(expr->left);
        if (below == NULL && expr->right != NULL)
            below = unserved_name(expr->right);
        if (below != NULL)
            return below;
        if (expr->kind != SCRIPT_EXPR_SYMBOL)
            continue;
        for (size_t i = 0; i < sizeof unsupported / sizeof unsupported[0]; i++)
            if (unsupported[i][0] == expr->text[0] && strcmp(unsupported[i], expr->text) == 0)
                return expr->text;
        if (!run_constant(expr->text, &value))
            return expr->text;
    }
    return NULL;
}

static bool has_field(const struct script_expr *expr, const char *field)
{
    for (; expr != NULL; expr = expr->next)
        if (expr->kind == SCRIPT_EXPR_STRUCT && script_expr_field(expr, field) != NULL)
            return true;
    return false;
}

/* Why we cannot make this call, written to `room`, or NULL: we can. */
const char *run_call_unsupported(const struct script_call *call, char *room, size_t size)
{
    if (find(call->name) == NULL) {
        snprintf(room, size, "unsupported call %s", call->name);
        return room;
    }
    bool is_option = strstr(call->name, "sockopt") != NULL;
    if (is_option && run_option_unsupported(call, room, size) != NULL)
        return room;
    const char *name = is_option ? NULL : unserved_name(call->arguments);
    if (name != NULL) {
        snprintf(room, size, "unsupported %s in %s()", name, call->name);
        return room;
    }
    if (has_field(call->arguments, "msg_control")) {
        snprintf(room, size, "unsupported ancillary data in %s()", call->name);
        return room;
    }
    if (call->errno_name != NULL && run_errno_value(call->errno_name) == 0) {
        snprintf(room, size, "unknown error name %s", call->errno_name);
        return room;
    }
    return NULL;
}

/* Whether the arguments of a line that we can serve are those which its call takes; else the case
 * ends. */
bool run_call_fits(struct run *run, const struct script_event *event)
{
    const struct entry *entry = find(event->call->name);
    return entry == NULL || run_shapes_fit(run, event, entry->shapes, entry->optional);
}

/* Finds the descriptor of a call. False: the call is over, or the case has ended. */
static bool find_descriptor(struct run *run, struct run_call *call, enum argument first)
{
    int64_t number;
    if (first == NO_SOCKET || call->fd != NULL)
        return true;
    if (!run_argument_value(run, call, 0, &number))
        return false;
    call->fd = run_fd_find(run, number);
    if (call->fd == NULL)
        run_call_fails(call, EBADF);
    else if (first == SOCKET && call->fd->kind != RUN_FD_SOCKET)
        run_call_fails(call, ENOTSOCK);
    else
        call->may_wait = !call->fd->nonblocking;
    return call->error == 0;
}

/* Asks the handler of a call once. True: the call is over. */
bool run_handle(struct run *run, struct run_call *call)
{
    const struct entry *entry = find(call->line->name);
    if (entry == NULL) {
        run_skip(run, call->event, run_text(run, "unsupported call %s", call->line->name));
        return true;
    }
    if (!call->begun && !find_descriptor(run, call, entry->first))
        return true;
    if (!call->begun && call->fd != NULL && call->fd->listening)
        call->on = RUN_ON_LISTENER;
    else if (!call->begun && call->fd != NULL && call->fd->conn != NULL)
        call->on = call->fd->conn == run->current ? RUN_ON_CURRENT : RUN_ON_OTHER;
    return entry->handle(run, call);
}
