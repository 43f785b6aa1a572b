/* SPDX-License-Identifier: BSD-2-Clause */
/* Socket calls of the applications. */
#include "world/internal.h"

#include <stddef.h>

/* Makes a call, now, and records it. */
void world_call(struct world *world, struct world_end *end, struct anvil_target_call *call)
{
    struct anvil_target_observation seen;
    call->error = 0;
    end->target->call(end->self, call);
    world->calls++;
    end->step.cause = WORLD_CAUSE_CALL;
    end->step.call = call->kind;
    world_watch_call(world, end, call);
    if (world->record == NULL)
        return;
    struct world_event *event = world_record_add(world->record, WORLD_EVENT_CALL, NULL, 0);
    if (event == NULL)
        return;
    event->side = end->side;
    event->time_us = world->now_us;
    event->call = *call;
    event->call.data = NULL;
    event->call.buffer = NULL;
    event->state = world_host_connection(end, &seen) ? seen.state : ANVIL_STATE_UNKNOWN;
}

/* A new socket, or -1. */
int world_socket(struct world *world, struct world_end *end)
{
    struct anvil_target_call call = { .kind = ANVIL_CALL_SOCKET, .family = end->local.family };
    world_call(world, end, &call);
    return (int)call.result;
}

void world_set(struct world *world, struct world_end *end, int socket,
               enum anvil_target_option option, int64_t number, int64_t number2)
{
    struct anvil_target_call call = { .kind = ANVIL_CALL_SET_OPTION, .socket = socket,
                                      .option = option, .number = number, .number2 = number2 };
    world_call(world, end, &call);
}

static void close_one(struct world *world, struct world_end *end, int *socket)
{
    struct anvil_target_call call = { .kind = ANVIL_CALL_CLOSE, .socket = *socket };
    if (*socket >= 0)
        world_call(world, end, &call);
    *socket = -1;
}

/* The application is done with its socket; after the last connection a server listens no more. */
void world_close_socket(struct world *world, struct world_end *end)
{
    if (end->socket < 0)
        return;
    close_one(world, end, &end->socket);
    if (world->incarnation + 1 >= world->plan->incarnations)
        close_one(world, end, &end->listener);
    end->phase = WORLD_APP_GONE;
}

/* The process is gone, with whatever it had open. */
void world_exit(struct world *world, struct world_end *end)
{
    bool aborts = world->plan->app[end->side].aborts && end->socket >= 0;
    if (aborts)
        world_set(world, end, end->socket, ANVIL_OPTION_LINGER, 1, 0);
    close_one(world, end, &end->socket);
    close_one(world, end, &end->listener);
    end->phase = WORLD_APP_GONE;
    end->aborted = end->aborted || aborts;
    end->unread = !end->eof;
    world->progress_us = world->now_us;
}
