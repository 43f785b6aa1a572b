/* SPDX-License-Identifier: BSD-2-Clause */
/* The user's descriptors: which connection each has, and what was set on it. */
#include "oracle/watch.h"

#include <errno.h>
#include <string.h>

static struct oracle_socket *find(struct oracle_watch *watch, int descriptor)
{
    for (size_t i = 0; i < watch->socket_limit; i++)
        if (watch->sockets[i].used && watch->sockets[i].descriptor == descriptor)
            return &watch->sockets[i];
    return NULL;
}

/* A descriptor that is new; NULL: too many, so calls on it are not judged. */
static struct oracle_socket *add(struct oracle_watch *watch, int descriptor)
{
    size_t at = 0;
    while (at < watch->socket_limit && watch->sockets[at].used)
        at++;
    if (at == ORACLE_SOCKETS_MAX)
        return NULL;
    if (at == watch->socket_limit)
        watch->socket_limit++;
    struct oracle_socket *socket = &watch->sockets[at];
    *socket = (struct oracle_socket){ .used = true, .descriptor = descriptor, .record = -1 };
    for (int i = 0; i < ANVIL_OPTION_COUNT; i++)
        socket->option[i] = ORACLE_UNKNOWN;
    return socket;
}

bool oracle_is_listening(const struct oracle_watch *watch, const struct oracle_name *name)
{
    static const struct wire_address any4 = { .version = 4 }, any6 = { .version = 6 };
    for (size_t i = 0; i < watch->listener_count; i++) {
        const struct oracle_listener *one = &watch->listeners[i];
        if (one->port == name->local_port && (wire_same_address(&one->address, &name->local) ||
                                              wire_same_address(&one->address, &any4) ||
                                              wire_same_address(&one->address, &any6)))
            return true;
    }
    return false;
}

/* Whether an address that was bound is this one, or any; it may be IPv4 mapped to IPv6. */
static bool is_bound_to(const struct anvil_target_address *own, const struct wire_address *address)
{
    static const uint8_t any[16], mapped[12] = { [10] = 0xff, [11] = 0xff };
    size_t octets = own->family == 4 ? 4 : 16;
    if (memcmp(own->octets, any, octets) == 0)
        return true;
    if (own->family == 6 && address->version == 4)
        return memcmp(own->octets, mapped, sizeof mapped) == 0 &&
               memcmp(own->octets + sizeof mapped, address->bytes, 4) == 0;
    return own->family == address->version && memcmp(own->octets, address->bytes, octets) == 0;
}

/* Whether this socket listens for a connection of that name. */
static bool listens_for(const struct oracle_socket *socket, const struct oracle_name *name)
{
    return socket->used && socket->listening && socket->port == name->local_port &&
           is_bound_to(&socket->address, &name->local);
}

/* Whether a connection that has ended was held back to its end, by TCP_DEFER_ACCEPT: nothing came
 * on it, and the time was not over. */
static bool was_deferred(const struct oracle_connection *facts)
{
    int64_t defer_s = facts->option[ANVIL_OPTION_DEFER_ACCEPT];
    bool empty = facts->seen.rcv_nxt < 0 || (uint32_t)facts->seen.rcv_nxt == facts->irs + 1;
    return defer_s > 0 && empty &&
           facts->over_us - facts->opened_us < (uint64_t)defer_s * 1000000;
}

/* Whether a connection may wait to be accepted, or will: one that was established and has ended
 * waits there as well. */
static bool may_wait(const struct oracle_watch *watch, const struct oracle_record *record)
{
    const struct oracle_connection *facts = &record->facts;
    bool ended_there = watch->setting->observes && facts->has_iss && !facts->active &&
                       facts->seen.state != ANVIL_STATE_SYN_RECEIVED && !was_deferred(facts);
    return !facts->has_socket && !facts->closed && (!record->over || ended_there);
}

/* How many connections to this local port nobody has accepted, but for the one that is asked. */
static uint32_t count_waiting(const struct oracle_watch *watch,
                              const struct oracle_connection *facts)
{
    uint32_t count = 0;
    for (size_t i = 0; i < watch->record_count; i++) {
        const struct oracle_record *other = &watch->records[i];
        count += may_wait(watch, other) && &other->facts != facts &&
                 other->facts.name.local_port == facts->name.local_port;
    }
    return count;
}

/* The record of a connection that accept() gives: of several of one name, the oldest that waits. */
static int accepted(const struct oracle_watch *watch, const struct oracle_name *name)
{
    for (size_t i = 0; i < watch->record_count; i++)
        if (oracle_same_name(&watch->records[i].facts.name, name) &&
            may_wait(watch, &watch->records[i]))
            return (int)i;
    return oracle_record_newest(watch, name);
}

/* A connection to a listener has its options until it is accepted. Of several that share a port
 * the shortest queue counts: which one has it is not told. */
void oracle_socket_inherit(const struct oracle_watch *watch, struct oracle_connection *facts)
{
    for (int i = 0; i < ANVIL_OPTION_COUNT; i++)
        facts->option[i] = ORACLE_UNKNOWN;
    facts->backlog = ORACLE_UNKNOWN;
    for (size_t i = 0; i < watch->socket_limit; i++) {
        const struct oracle_socket *socket = &watch->sockets[i];
        if (!listens_for(socket, &facts->name))
            continue;
        memcpy(facts->option, socket->option, sizeof facts->option);
        if (facts->backlog == ORACLE_UNKNOWN || socket->backlog < facts->backlog)
            facts->backlog = socket->backlog;
        if (facts->earlier < socket->records)
            facts->earlier = socket->records;
        facts->waiting = count_waiting(watch, facts);
    }
}

/* The descriptor has this connection from now on. */
static void join(struct oracle_watch *watch, struct oracle_socket *socket, int record)
{
    if (socket == NULL || record < 0)
        return;
    socket->record = record;
    struct oracle_connection *facts = &watch->records[record].facts;
    facts->has_socket = true;
    if (facts->earlier < socket->records)
        facts->earlier = socket->records;
    socket->records++;
    memcpy(facts->option, socket->option, sizeof facts->option);
}

/* A connect() that went well begins a connection, also where another had the four-tuple. */
static void connecting(struct oracle_watch *watch, struct oracle_socket *socket, uint64_t time_us,
                       const struct oracle_name *name)
{
    int live = oracle_record_live(watch, name);
    if (live >= 0 && watch->records[live].facts.has_iss)
        oracle_record_replace(watch, live, time_us);
    else if (live >= 0)
        watch->records[live].over = true;
    join(watch, socket, oracle_record_new(watch, name, time_us));
}

/* What accept() gives has the options that its listener had when the SYN came. */
static void accept_one(struct oracle_watch *watch, struct oracle_socket *socket, int record)
{
    if (record >= 0)
        memcpy(socket->option, watch->records[record].facts.option, sizeof socket->option);
    join(watch, socket, record);
}

/* What a call changes before the rules see it. */
static struct oracle_socket *before(struct oracle_watch *watch, uint64_t time_us,
                                    const struct anvil_target_call *call,
                                    const struct oracle_name *joined)
{
    struct oracle_socket *socket = find(watch, call->socket);
    struct oracle_socket *made;
    if (call->kind == ANVIL_CALL_SOCKET && call->result >= 0)
        return add(watch, (int)call->result);
    if (call->kind == ANVIL_CALL_CONNECT && joined != NULL)
        connecting(watch, socket, time_us, joined);
    if (call->kind == ANVIL_CALL_ACCEPT && call->result >= 0) {
        made = add(watch, (int)call->result);
        if (made != NULL && socket != NULL)
            memcpy(made->option, socket->option, sizeof made->option);
        if (made != NULL && joined != NULL)
            accept_one(watch, made, accepted(watch, joined));
        return made;
    }
    return socket;
}

static void set_option(struct oracle_watch *watch, struct oracle_socket *socket,
                       const struct anvil_target_call *call)
{
    int64_t value = call->number;
    if ((unsigned)call->option >= ANVIL_OPTION_COUNT)
        return;
    if (call->option == ANVIL_OPTION_LINGER)
        value = call->number != 0 ? call->number2 : -1;
    socket->option[call->option] = value;
    if (socket->record >= 0)
        watch->records[socket->record].facts.option[call->option] = value;
}

static void note_close(struct oracle_connection *facts)
{
    facts->closed = true;
    facts->lingered_zero = facts->option[ANVIL_OPTION_LINGER] == 0;
}

/* What a call that went well changes once the rules have seen it. */
static void after(struct oracle_watch *watch, struct oracle_socket *socket,
                  const struct anvil_target_call *call)
{
    struct oracle_connection *facts =
        socket->record >= 0 ? &watch->records[socket->record].facts : NULL;
    bool lingers = call->kind == ANVIL_CALL_CLOSE && call->error == EINPROGRESS;
    if (call->result < 0 && !lingers)
        return;
    switch (call->kind) {
    case ANVIL_CALL_BIND:
        socket->port = call->address.port;
        socket->address = call->address;
        break;
    case ANVIL_CALL_LISTEN:
        socket->listening = true;
        socket->backlog = call->number;
        break;
    case ANVIL_CALL_SET_OPTION: set_option(watch, socket, call); break;
    case ANVIL_CALL_SHUTDOWN:
        if (facts != NULL) {
            facts->shut_read = facts->shut_read || call->number != 1;
            facts->shut_write = facts->shut_write || call->number != 0;
        }
        break;
    case ANVIL_CALL_CLOSE:
        if (facts != NULL)
            note_close(facts);
        socket->used = lingers;
        break;
    case ANVIL_CALL_SOCKET:
    case ANVIL_CALL_SEND:
        if (facts != NULL && (call->flags & ANVIL_MESSAGE_END) != 0)
            facts->shut_write = true;
        break;
    case ANVIL_CALL_CONNECT:
    case ANVIL_CALL_ACCEPT:
    case ANVIL_CALL_RECV:
    case ANVIL_CALL_GET_OPTION:
    case ANVIL_CALL_SOCKET_NAME:
    case ANVIL_CALL_PEER_NAME: break;
    }
}

/* Whether another socket listens for such a connection, too. */
static bool is_shared(const struct oracle_watch *watch, const struct oracle_socket *socket,
                      const struct oracle_name *name)
{
    for (size_t i = 0; i < watch->socket_limit; i++)
        if (&watch->sockets[i] != socket && listens_for(&watch->sockets[i], name))
            return true;
    return false;
}

/* The connections that nobody has accepted go with their listener; of two that share a port it is
 * not told whose they are. */
static void show_unaccepted(struct oracle_watch *watch, const struct oracle_socket *socket,
                            const struct oracle_observation *what)
{
    for (size_t i = 0; i < watch->record_count; i++) {
        struct oracle_connection *facts = &watch->records[i].facts;
        if (facts->has_socket || !listens_for(socket, &facts->name))
            continue;
        if (!watch->records[i].over)
            oracle_show(watch, i, what);
        if (!is_shared(watch, socket, &facts->name))
            note_close(facts);
    }
}

void oracle_called(struct oracle_watch *watch, uint64_t time_us,
                   const struct anvil_target_call *call, const struct oracle_name *joined)
{
    struct oracle_socket *socket = before(watch, time_us, call, joined);
    struct oracle_observation what = { .kind = ORACLE_CALL, .time_us = time_us, .call = call };
    watch->rest_wanted = true;
    if (socket == NULL)
        return;
    if (socket->record >= 0)
        oracle_show(watch, (size_t)socket->record, &what);
    else if (call->kind == ANVIL_CALL_CLOSE && socket->listening)
        show_unaccepted(watch, socket, &what);
    after(watch, socket, call);
}
