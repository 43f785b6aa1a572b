/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls that make and end sockets and connections. */
#include "run/calls.h"

#include <errno.h>
#include <string.h>

enum { NONBLOCK_BIT = 2048, CLOEXEC_BIT = 524288, STREAM = 1, FAMILY_4 = 2, FAMILY_6 = 10, TCP = 6,
       TYPE_MASK = 15, NAME_4_OCTETS = 16, NAME_6_OCTETS = 28 };

static void to_target(struct anvil_target_address *out, const struct wire_address *address,
                      uint16_t port)
{
    out->family = address->version;
    memcpy(out->octets, address->bytes, sizeof out->octets);
    out->port = port;
}

static void to_wire(struct wire_address *out, const struct anvil_target_address *address)
{
    memset(out, 0, sizeof *out);
    out->version = address->family;
    memcpy(out->bytes, address->octets, address->family == 4 ? 4 : 16);
}

/* A number for a new descriptor: the one that the script expects, else the lowest free one. */
static int64_t wanted_number(const struct run_call *call)
{
    int64_t wanted;
    if (call->line->result == NULL || !run_value(call->line->result, &wanted) || wanted < 0)
        return -1;
    return wanted;
}

static struct run_fd *new_descriptor(struct run *run, struct run_call *call, int target)
{
    struct run_fd *fd = run_fd_add(run, wanted_number(call), RUN_FD_SOCKET);
    if (fd == NULL) {
        run_error(run, call->event, "this descriptor number is in use, or too large");
        return NULL;
    }
    fd->target = target;
    call->result = run_fd_number(run, fd);
    return fd;
}

/* The family that socket() asks for: 4, 6, or 0 = none of ours. */
static uint8_t socket_family(const struct run *run, int64_t domain)
{
    if (domain == FAMILY_4)
        return 4;
    if (domain == FAMILY_6)
        return run->mapped ? 4 : 6;
    return 0;
}

bool run_do_socket(struct run *run, struct run_call *call)
{
    struct anvil_target_call ask = { .kind = ANVIL_CALL_SOCKET, .family = run->family };
    int64_t domain, type = STREAM, protocol = TCP;
    const struct script_expr *first = run_argument(call, 0);
    if (first->kind != SCRIPT_EXPR_ELLIPSIS) {
        if (!run_argument_value(run, call, 0, &domain))
            return true;
        ask.family = socket_family(run, domain);
    }
    if (!run_argument_value(run, call, 1, &type) || !run_argument_value(run, call, 2, &protocol))
        return true;
    if ((type & ~(TYPE_MASK | NONBLOCK_BIT | CLOEXEC_BIT)) != 0) {
        run_call_fails(call, EINVAL);
        return true;
    }
    if (ask.family == 0 || (protocol != TCP && protocol != 0) || (type & TYPE_MASK) != STREAM) {
        run_skip(run, call->event, "unsupported kind of socket");
        return true;
    }
    call->result = run_ask(run, call, &ask);
    call->error = ask.error;
    if (call->result < 0)
        return true;
    struct run_fd *fd = new_descriptor(run, call, (int)call->result);
    struct run_conn *conn = fd == NULL ? NULL : run_conn_new(run);
    if (conn == NULL)
        return true;
    fd->nonblocking = (type & NONBLOCK_BIT) != 0;
    fd->family = ask.family;
    fd->conn = conn;
    run->current = conn;
    return true;
}

/* Whether the length of an address that goes in is enough for its family; `...` is. */
static bool has_name_octets(struct run *run, struct run_call *call,
                            const struct anvil_target_address *address)
{
    int64_t octets = NAME_6_OCTETS;
    if (run_argument(call, 2)->kind != SCRIPT_EXPR_ELLIPSIS &&
        !run_argument_value(run, call, 2, &octets))
        return false;
    bool enough = octets >= (address->family == 4 ? NAME_4_OCTETS : NAME_6_OCTETS);
    if (!enough)
        run_call_fails(call, EINVAL);
    return enough;
}

/* An address that comes back must be the one in the line, as far as that tells it. */
static void compare_name(struct run *run, const struct run_call *call,
                         const struct anvil_target_address *found)
{
    const struct script_expr *line = run_argument(call, 1);
    struct anvil_target_address expected = *found;
    bool v4 = found->family == 4;
    if (!run_address_value(line, &expected)) {
        run_error_at(run, call->event, &line->pos, "this address cannot be read");
        return;
    }
    if (expected.family == found->family && expected.port == found->port &&
        memcmp(expected.octets, found->octets, v4 ? 4 : 16) == 0) {
        run_length_matches(run, call, 2, v4 ? NAME_4_OCTETS : NAME_6_OCTETS);
        return;
    }
    char text[64];
    struct wire_address wire;
    to_wire(&wire, found);
    wire_print_address(text, sizeof text, &wire);
    run_fail(run, call->event, NULL, run_line(run, call->event),
             run_text(run, "%s() gave %s port %u", call->line->name, text,
                      (unsigned)found->port), "the call gave another address");
}

/* The connection that `on NAME` puts above this line, or NULL. */
static struct run_conn *named_conn(struct run *run, const struct run_call *call)
{
    return call->event->conn == NULL ? NULL : run_conn_named(run, call->event->conn);
}

bool run_do_bind(struct run *run, struct run_call *call)
{
    struct anvil_target_call ask = { .kind = ANVIL_CALL_BIND };
    const struct run_conn *named = named_conn(run, call);
    to_target(&ask.address, named != NULL ? &named->local : &run->local,
              named != NULL ? named->local_port : run->bind_port);
    if (!run_address_value(run_argument(call, 1), &ask.address) ||
        !has_name_octets(run, call, &ask.address))
        return true;
    call->result = run_ask(run, call, &ask);
    call->error = ask.error;
    if (call->result == 0) {
        call->fd->conn->local_port = ask.address.port;
        struct wire_address any = { .version = ask.address.family, .bytes = { 0 } };
        struct wire_address bound;
        to_wire(&bound, &ask.address);
        if (!wire_same_address(&any, &bound))
            call->fd->conn->local = bound;
    }
    return true;
}

bool run_do_listen(struct run *run, struct run_call *call)
{
    struct anvil_target_call ask = { .kind = ANVIL_CALL_LISTEN };
    if (!run_argument_value(run, call, 1, &ask.number))
        return true;
    call->result = run_ask(run, call, &ask);
    call->error = ask.error;
    if (call->result < 0)
        return true;
    call->fd->listening = true;
    call->fd->conn->phase = RUN_PHASE_LISTENING;
    run->current = call->fd->conn;
    return true;
}

bool run_do_accept(struct run *run, struct run_call *call)
{
    struct anvil_target_call ask = { .kind = ANVIL_CALL_ACCEPT };
    int64_t flags = 0;
    if (call->line->argument_count > 3 && !run_argument_value(run, call, 3, &flags))
        return true;
    if ((flags & ~(NONBLOCK_BIT | CLOEXEC_BIT)) != 0) {
        run_call_fails(call, EINVAL);
        return true;
    }
    if (!call->begun && call->fd->receive_timeout_us != RUN_NO_TIMEOUT)
        call->timeout_us = run->now_us + call->fd->receive_timeout_us;
    call->result = run_ask(run, call, &ask);
    call->error = ask.error;
    if (call->result < 0)
        return call->error != EAGAIN;
    uint8_t family = call->fd->family;
    uint16_t port = call->fd->conn->local_port;
    struct run_fd *fd = new_descriptor(run, call, (int)call->result);
    if (fd == NULL)
        return true;
    fd->nonblocking = (flags & NONBLOCK_BIT) != 0;
    fd->family = family;
    fd->conn = run_conn_by_peer(run, &ask.address, port);
    if (fd->conn == NULL)
        fd->conn = run_conn_new(run);
    compare_name(run, call, &ask.address);
    return true;
}

/* A new connection on this descriptor: the default address, the line's, or that of `on NAME`. */
static bool choose_peer(struct run *run, struct run_call *call, struct anvil_target_call *ask)
{
    struct run_conn *named = named_conn(run, call);
    struct run_conn *conn = named != NULL ? named : call->fd->conn;
    uint16_t bound = conn->port_learned ? 0 : call->fd->conn->local_port;
    if (named == NULL && conn->phase != RUN_PHASE_NEW) {
        conn = run_conn_new(run);
        if (conn == NULL)
            return false;
        conn->local = call->fd->conn->local;
        conn->local_port = bound;
    }
    to_target(&ask->address, named != NULL ? &named->remote : &run->remote,
              named != NULL ? named->remote_port : run->connect_port);
    if (!run_address_value(run_argument(call, 1), &ask->address) ||
        !has_name_octets(run, call, &ask->address))
        return false;
    if (named != NULL)
        conn->local_port = bound;
    to_wire(&conn->remote, &ask->address);
    conn->remote_port = ask->address.port;
    conn->phase = RUN_PHASE_OPEN;
    call->fd->conn = conn;
    run->current = conn;
    return true;
}

/* A connect() that waits is over when the descriptor can be written, or has an error. */
static bool connect_is_over(struct run *run, struct run_call *call)
{
    const uint32_t over = ANVIL_READY_WRITE | ANVIL_READY_ERROR | ANVIL_READY_HANGUP;
    if ((run->target->ready(run->self, call->fd->target) & over) == 0)
        return false;
    struct anvil_target_call ask = { .kind = ANVIL_CALL_GET_OPTION,
                                     .option = ANVIL_OPTION_ERROR };
    run_ask(run, call, &ask);
    if (ask.error == 0 && ask.number == 0)
        call->result = call->error = 0;
    else
        run_call_fails(call, ask.error != 0 ? ask.error : (int)ask.number);
    return true;
}

bool run_do_connect(struct run *run, struct run_call *call)
{
    struct anvil_target_call ask = { .kind = ANVIL_CALL_CONNECT };
    if (call->begun)
        return connect_is_over(run, call);
    const struct anvil_target_observation *seen =
        run->traits->observes ? run_observe(run, NULL, call->fd->target) : NULL;
    bool fresh = call->fd->conn->phase == RUN_PHASE_NEW ||
                 (run->traits->observes && (seen == NULL || seen->state == ANVIL_STATE_CLOSED));
    if (fresh && !choose_peer(run, call, &ask))
        return true;
    if (!fresh)
        to_target(&ask.address, &call->fd->conn->remote, call->fd->conn->remote_port);
    if (call->fd->send_timeout_us != RUN_NO_TIMEOUT)
        call->timeout_us = run->now_us + call->fd->send_timeout_us;
    call->result = run_ask(run, call, &ask);
    call->error = ask.error;
    return call->result == 0 || call->error != EINPROGRESS;
}

/* getsockname() and getpeername(): an address in the line must be the one that comes back. */
bool run_do_name(struct run *run, struct run_call *call)
{
    bool own = strcmp(call->line->name, "getsockname") == 0;
    struct anvil_target_call ask = { .kind = own ? ANVIL_CALL_SOCKET_NAME
                                                 : ANVIL_CALL_PEER_NAME };
    call->result = run_ask(run, call, &ask);
    call->error = ask.error;
    if (call->result < 0)
        return true;
    compare_name(run, call, &ask.address);
    return true;
}

bool run_do_shutdown(struct run *run, struct run_call *call)
{
    struct anvil_target_call ask = { .kind = ANVIL_CALL_SHUTDOWN };
    if (!run_argument_value(run, call, 1, &ask.number))
        return true;
    call->result = run_ask(run, call, &ask);
    call->error = ask.error;
    return true;
}

/* close() lingers whether or not the descriptor blocks; one that is expected to fail with
 * EINPROGRESS goes on by itself. */
bool run_do_close(struct run *run, struct run_call *call)
{
    struct anvil_target_call ask = { .kind = ANVIL_CALL_CLOSE };
    const char *expected = call->line->errno_name;
    bool leaves = expected != NULL && run_errno_value(expected) == EINPROGRESS;
    call->may_wait = true;
    if (call->fd->kind == RUN_FD_SOCKET) {
        if (call->begun &&
            (run->target->ready(run->self, call->fd->target) & ANVIL_READY_WRITE) == 0)
            return false;
        call->result = run_ask(run, call, &ask);
        call->error = ask.error;
        if (call->result < 0 && call->error == EINPROGRESS && !leaves)
            return false;
    }
    run_fd_free(run, call->fd);
    return true;
}
