/* SPDX-License-Identifier: BSD-2-Clause */
/* The two hosts: opened, moved to the present, given frames and relieved of them. */
#include "world/internal.h"

#include <string.h>

enum { ROUNDS_MAX = 20000, CONNECTIONS_MAX = 64, WHY_MAX = 256 };

/* RFC 5737, RFC 3849. */
struct anvil_target_address world_address(uint8_t family, enum world_side side)
{
    struct anvil_target_address made = { .family = family };
    static const uint8_t v4[4] = { 192, 0, 2, 1 };
    static const uint8_t v6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
    memcpy(made.octets, family == 4 ? v4 : v6, family == 4 ? sizeof v4 : sizeof v6);
    made.octets[family == 4 ? 3 : 15] = (uint8_t)(1 + side);
    made.port = side == WORLD_A ? WORLD_CLIENT_PORT : WORLD_PORT;
    return made;
}

/* A fresh host for this plan. */
bool world_host_open(struct world *world, struct world_end *end, char *why)
{
    const struct world_plan *plan = world->plan;
    enum world_side side = end->side, other = side == WORLD_A ? WORLD_B : WORLD_A;
    end->listener = end->socket = -1;
    end->deadline_us = end->wake_us = WORLD_NEVER;
    end->phase = WORLD_APP_WAITS;
    end->step.cause = WORLD_CAUSE_TIME;
    end->frames = 0;
    world_app_start_over(end);
    struct anvil_target_config config = {
        .profile = plan->profile[side] == NULL ? "rfc9293" : plan->profile[side],
        .settings = plan->settings[side], .settings_count = plan->setting_count[side],
        .local_v4 = world_address(4, side), .local_v6 = world_address(6, side), .mtu = plan->mtu,
        .clock_us = plan->clock_us, .iss_fixed = plan->iss_fixed, .iss = plan->iss[side],
    };
    memset(config.secret, 0x5a + (int)side, sizeof config.secret);
    end->clock_us = plan->clock_us;
    end->self = end->target->open(&config, why, WHY_MAX);
    end->local = world_address(plan->family, side);
    end->remote = world_address(plan->family, other);
    return end->self != NULL;
}

/* What the host has sent goes out. */
static void take_all(struct world *world, struct world_end *end)
{
    uint64_t emitted;
    size_t length = end->target->take(end->self, world->scratch, sizeof world->scratch, &emitted);
    while (length > 0) {
        world_watch_frame(end, emitted, world->scratch, length, true);
        world_net_send(world, end->side, world->scratch, length);
        length = end->target->take(end->self, world->scratch, sizeof world->scratch, &emitted);
    }
}

/* Brings the host's clock to the present. Nothing of its own was due before that. */
void world_host_sync(struct world *world, struct world_end *end)
{
    if (end->watch != NULL && end->clock_us < world->now_us)
        oracle_passed(end->watch, end->clock_us, world->now_us);
    for (int round = 0; round < ROUNDS_MAX; round++) {
        end->clock_us = end->target->advance(end->self, world->now_us);
        take_all(world, end);
        if (end->clock_us >= world->now_us)
            return;
    }
    world_violate(world, "O13", "the clock of one end does not move");
}

/* The host does all that is due now. */
static void settle(struct world *world, struct world_end *end)
{
    take_all(world, end);
    end->deadline_us = end->target->deadline(end->self);
    for (int round = 0; round < ROUNDS_MAX && end->deadline_us <= world->now_us; round++) {
        world_host_sync(world, end);
        end->deadline_us = end->target->deadline(end->self);
        if (world->result.violated)
            return;
    }
    world_step_tell(world, end);
    if (end->deadline_us <= world->now_us)
        world_violate(world, "O11", "one end does not come to rest at one moment");
    else
        world_watch_rest(world, end);
}

/* Lets host and application do what they can now, until both rest. A reader of few octets makes as
 * many rounds as a large buffer has of them. */
void world_host_pump(struct world *world, struct world_end *end)
{
    settle(world, end);
    for (uint64_t round = 0; !world->result.violated && world_app_run(world, end); round++) {
        settle(world, end);
        if (round == ROUNDS_MAX + end->delivered)
            world_violate(world, "O11", "an application does not come to rest at one moment");
    }
}

void world_host_inject(struct world *world, struct world_end *end, const uint8_t *bytes,
                       size_t length)
{
    world_host_sync(world, end);
    if (world->record != NULL) {
        struct world_event *event = world_record_add(world->record, WORLD_EVENT_ARRIVED, bytes,
                                                     length);
        if (event != NULL) {
            event->side = end->side;
            event->time_us = world->now_us;
        }
    }
    world_watch_frame(end, world->now_us, bytes, length, false);
    end->step.cause = WORLD_CAUSE_ARRIVAL;
    end->step.bytes = bytes;
    end->step.length = length;
    end->target->inject(end->self, bytes, length);
    world_host_pump(world, end);
}

/* The connection between the two, as this end sees it; false: there is none, or it is not told. */
bool world_host_connection(const struct world_end *end,
                           struct anvil_target_observation *observation)
{
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        if (!end->target->observe(end->self, i, observation))
            return false;
        if (observation->state != ANVIL_STATE_LISTEN &&
            observation->state != ANVIL_STATE_CLOSED &&
            observation->remote.port == end->remote.port)
            return true;
    }
    return false;
}
