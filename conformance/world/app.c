/* SPDX-License-Identifier: BSD-2-Clause */
/* The applications: each opens its end, sends, reads and closes as the plan says. */
#include "world/internal.h"

#include <errno.h>
#include <string.h>

/* How long an application waits before it tries again to open. */
#define AGAIN_US UINT64_C(10000000)

static const struct world_app *app_of(const struct world *world, const struct world_end *end)
{
    return &world->plan->app[end->side];
}

/* The application has something to do at `at_us`. */
static void wake_at(struct world_end *end, uint64_t at_us)
{
    if (at_us < end->wake_us)
        end->wake_us = at_us;
}

static void set_options(struct world *world, struct world_end *end, int socket)
{
    const struct world_app *app = app_of(world, end);
    world_set(world, end, socket, ANVIL_OPTION_REUSEADDR, 1, 0);
    if (app->receive_buffer != 0)
        world_set(world, end, socket, ANVIL_OPTION_RCVBUF, app->receive_buffer, 0);
    if (app->send_buffer != 0)
        world_set(world, end, socket, ANVIL_OPTION_SNDBUF, app->send_buffer, 0);
    if (app->nodelay)
        world_set(world, end, socket, ANVIL_OPTION_NODELAY, 1, 0);
    if (app->keepalive)
        world_set(world, end, socket, ANVIL_OPTION_KEEPALIVE, 1, 0);
    if (app->user_timeout_ms != 0)
        world_set(world, end, socket, ANVIL_OPTION_USER_TIMEOUT, app->user_timeout_ms, 0);
}

static int64_t name_call(struct world *world, struct world_end *end,
                         enum anvil_target_call_kind kind, int socket,
                         const struct anvil_target_address *address, int *error)
{
    struct anvil_target_call call = { .kind = kind, .socket = socket, .address = *address,
                                      .number = 4 };
    world_call(world, end, &call);
    *error = call.error;
    return call.result;
}

/* Nothing of an earlier connection counts any more. */
void world_app_start_over(struct world_end *end)
{
    end->sent = end->delivered = 0;
    end->send_at_us = end->read_at_us = 0;
    end->shut = end->eof = end->aborted = end->unread = false;
    end->error = 0;
}

static void listen_there(struct world *world, struct world_end *end)
{
    int error = 0;
    world_app_start_over(end);
    end->phase = WORLD_APP_LISTENS;
    if (end->listener >= 0)
        return;
    end->listener = world_socket(world, end);
    set_options(world, end, end->listener);
    name_call(world, end, ANVIL_CALL_BIND, end->listener, &end->local, &error);
    name_call(world, end, ANVIL_CALL_LISTEN, end->listener, &end->local, &error);
}

/* Opens actively; where TIME-WAIT or the like stands in the way, it tries again later. */
static void connect_there(struct world *world, struct world_end *end)
{
    int error = 0;
    world_app_start_over(end);
    end->socket = world_socket(world, end);
    set_options(world, end, end->socket);
    int64_t result = name_call(world, end, ANVIL_CALL_BIND, end->socket, &end->local, &error);
    if (result == 0)
        result = name_call(world, end, ANVIL_CALL_CONNECT, end->socket, &end->remote, &error);
    end->phase = WORLD_APP_CONNECTS;
    if (result == 0 || error == EINPROGRESS)
        return;
    world_close_socket(world, end);
    world_app_start_over(end);
    end->phase = WORLD_APP_WAITS;
    end->send_at_us = world->now_us + AGAIN_US;
}

static bool begin(struct world *world, struct world_end *end)
{
    if (end->send_at_us > world->now_us) {
        wake_at(end, end->send_at_us);
        return false;
    }
    if (end->side == WORLD_B && !world->plan->simultaneous)
        listen_there(world, end);
    else
        connect_there(world, end);
    return true;
}

/* The application hears of an error, and gives its socket up. */
static bool fail(struct world *world, struct world_end *end, int error)
{
    end->error = error;
    world_close_socket(world, end);
    world->progress_us = world->now_us;
    return true;
}

/* Takes the pending error; 0: there is none. */
static int pending_error(struct world *world, struct world_end *end)
{
    struct anvil_target_call call = { .kind = ANVIL_CALL_GET_OPTION, .socket = end->socket,
                                      .option = ANVIL_OPTION_ERROR };
    world_call(world, end, &call);
    return (int)call.number;
}

static void now_open(struct world *world, struct world_end *end)
{
    end->phase = WORLD_APP_OPEN;
    end->open_us = world->now_us;
    world->progress_us = world->now_us;
}

static bool try_connected(struct world *world, struct world_end *end)
{
    uint32_t ready = end->target->ready(end->self, end->socket);
    if ((ready & (ANVIL_READY_WRITE | ANVIL_READY_ERROR)) == 0)
        return false;
    int error = pending_error(world, end);
    if (error != 0)
        return fail(world, end, error);
    now_open(world, end);
    return true;
}

static bool try_accept(struct world *world, struct world_end *end)
{
    struct anvil_target_call call = { .kind = ANVIL_CALL_ACCEPT, .socket = end->listener };
    if ((end->target->ready(end->self, end->listener) & ANVIL_READY_READ) == 0)
        return false;
    world_call(world, end, &call);
    if (call.result < 0)
        return false;
    end->socket = (int)call.result;
    now_open(world, end);
    return true;
}

/* What was delivered must be what the other end sent, in order. O12. Where no TIME-WAIT was kept, a
 * stray frame may pass for one of this connection. */
static void check_stream(struct world *world, struct world_end *end, size_t length)
{
    enum world_side other = end->side == WORLD_A ? WORLD_B : WORLD_A;
    const struct world_end *sender = &world->end[other];
    if (world->stray)
        return;
    if (end->delivered + length > sender->sent)
        world_violate(world, "O12", "%s was given octet %llu of %llu that were sent",
                      end->side == WORLD_A ? "A" : "B",
                      (unsigned long long)(end->delivered + length),
                      (unsigned long long)sender->sent);
    else if (memcmp(world->inbox, world_stream(world, other, end->delivered), length) != 0)
        world_violate(world, "O12", "octets from %llu on that %s was given are not those sent",
                      (unsigned long long)end->delivered, end->side == WORLD_A ? "A" : "B");
}

/* The end of the stream means that all of it has come. O12. */
static void check_end(struct world *world, const struct world_end *end)
{
    const struct world_end *sender = &world->end[end->side == WORLD_A ? WORLD_B : WORLD_A];
    if (!world->stray &&
        (end->delivered != sender->sent || (!sender->shut && sender->phase != WORLD_APP_GONE)))
        world_violate(world, "O12", "%s was told of the end of the stream at octet %llu, but %llu "
                      "were sent%s", end->side == WORLD_A ? "A" : "B",
                      (unsigned long long)end->delivered, (unsigned long long)sender->sent,
                      sender->phase == WORLD_APP_GONE || sender->shut ? "" : " and more may come");
}

/* Reads, if there is something and the plan lets it. */
static bool read_some(struct world *world, struct world_end *end, uint32_t ready)
{
    const struct world_app *app = app_of(world, end);
    bool drains = world_drains(world);
    uint64_t from = end->open_us + app->read_from_us;
    uint64_t at = end->read_at_us > from ? end->read_at_us : from;
    if (end->eof || (ready & ANVIL_READY_READ) == 0)
        return false;
    if (!drains && end->delivered >= app->reads_until)
        return false;
    if (!drains && at > world->now_us) {
        wake_at(end, at);
        return false;
    }
    struct anvil_target_call call = { .kind = ANVIL_CALL_RECV, .socket = end->socket,
                                      .buffer = world->inbox, .length = app->reads };
    world_call(world, end, &call);
    if (call.result < 0)
        return call.error == EAGAIN ? false : fail(world, end, call.error);
    world->progress_us = world->now_us;
    end->read_at_us = world->now_us + app->read_pause_us;
    end->eof = call.result == 0;
    if (end->eof)
        check_end(world, end);
    else
        check_stream(world, end, (size_t)call.result);
    end->delivered += (uint64_t)call.result;
    return true;
}

/* How much may be sent now: a piece, if it is this end's turn. */
static size_t next_piece(const struct world *world, const struct world_end *end)
{
    const struct world_app *app = app_of(world, end);
    uint64_t left = app->sends - end->sent;
    uint64_t piece = app->piece - end->sent % app->piece;
    uint64_t due = (end->sent / app->piece + (app->answers ? 1 : 0)) * app->turn;
    if (end->delivered < due && !end->eof && !world_drains(world))
        return 0;
    return (size_t)(piece < left ? piece : left);
}

/* Sends the next piece, if it may. */
static bool send_some(struct world *world, struct world_end *end, uint32_t ready)
{
    const struct world_app *app = app_of(world, end);
    if (end->shut || end->sent >= app->sends || (ready & ANVIL_READY_WRITE) == 0)
        return false;
    if (end->send_at_us > world->now_us) {
        wake_at(end, end->send_at_us);
        return false;
    }
    struct anvil_target_call call = { .kind = ANVIL_CALL_SEND, .socket = end->socket,
                                      .data = world_stream(world, end->side, end->sent),
                                      .length = next_piece(world, end) };
    if (call.length == 0)
        return false;
    world_call(world, end, &call);
    if (call.result < 0)
        return call.error == EAGAIN ? false : fail(world, end, call.error);
    world->progress_us = world->now_us;
    end->sent += (uint64_t)call.result;
    end->send_at_us = app->pause_us == 0 ? 0 : world->now_us + app->pause_us;
    return true;
}

static bool shut_down(struct world *world, struct world_end *end)
{
    struct anvil_target_call call = { .kind = ANVIL_CALL_SHUTDOWN, .socket = end->socket,
                                      .number = 1 };
    world_call(world, end, &call);
    end->shut = true;
    end->shut_us = world->now_us;
    world->progress_us = world->now_us;
    return true;
}

static bool close_if(struct world *world, struct world_end *end, bool due)
{
    if (!due)
        return false;
    end->unread = !end->eof;
    world_close_socket(world, end);
    world->progress_us = world->now_us;
    return true;
}

/* Ends this side when the plan says so. */
static bool end_side(struct world *world, struct world_end *end)
{
    const struct world_app *app = app_of(world, end);
    bool all = end->sent >= app->sends;
    enum world_ending ending = app->ending;
    if (world_drains(world) && (ending == WORLD_ENDS_NEVER || ending == WORLD_ENDS_LAST))
        ending = WORLD_ENDS_SHUTDOWN;
    switch (ending) {
    case WORLD_ENDS_SHUTDOWN:
        if (all && !end->shut)
            return shut_down(world, end);
        return close_if(world, end, all && end->eof && app->exits_us == 0);
    case WORLD_ENDS_CLOSE:
        return close_if(world, end, all);
    case WORLD_ENDS_LAST:
        return close_if(world, end, all && end->eof);
    case WORLD_ENDS_ABORT:
        if (all)
            world_set(world, end, end->socket, ANVIL_OPTION_LINGER, 1, 0);
        end->aborted = all;
        return close_if(world, end, all);
    case WORLD_ENDS_EXIT:
        return close_if(world, end, end->sent >= app->sends / 2);
    case WORLD_ENDS_NEVER:
    case WORLD_ENDINGS:
        return false;
    }
    return false;
}

static bool go_on(struct world *world, struct world_end *end)
{
    uint32_t ready = end->target->ready(end->self, end->socket);
    if ((ready & ANVIL_READY_ERROR) != 0) {
        int error = pending_error(world, end);
        if (error != 0)
            return fail(world, end, error);
    }
    if (read_some(world, end, ready))
        return true;
    if (end->phase == WORLD_APP_OPEN && send_some(world, end, ready))
        return true;
    return end->phase == WORLD_APP_OPEN && end_side(world, end);
}

/* Is it time for the process to exit? Only its first connection meets that. */
static bool exits(struct world *world, struct world_end *end)
{
    const struct world_app *app = app_of(world, end);
    uint64_t at = (app->exits_shut ? end->shut_us : world->start_us) + app->exits_us;
    if (app->exits_us == 0 || world->incarnation > 0 || end->phase == WORLD_APP_GONE ||
        (app->exits_shut && !end->shut))
        return false;
    if (world->now_us < at)
        wake_at(end, at);
    return world->now_us >= at;
}

/* One thing that the application can do now; false: there is none. */
bool world_app_run(struct world *world, struct world_end *end)
{
    end->wake_us = WORLD_NEVER;
    if (exits(world, end)) {
        world_exit(world, end);
        return true;
    }
    switch (end->phase) {
    case WORLD_APP_WAITS:
        return begin(world, end);
    case WORLD_APP_LISTENS:
        return try_accept(world, end);
    case WORLD_APP_CONNECTS:
        return try_connected(world, end);
    case WORLD_APP_OPEN:
        return go_on(world, end);
    case WORLD_APP_GONE:
        return false;
    }
    return false;
}
