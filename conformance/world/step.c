/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells whoever wants to know what each end does, and where that leads. */
#include "world/internal.h"

void world_steps_to(struct world *world, world_step_fn fn, void *context)
{
    world->tell_step = fn;
    world->step_context = context;
}

/* The last thing that was recorded led to this state. */
static void note_state(const struct world *world, const struct world_end *end,
                       enum anvil_target_state state)
{
    const struct world_record *record = world->record;
    struct world_event *last = record->count > 0 ? &record->events[record->count - 1] : NULL;
    if (last != NULL && last->side == end->side && last->kind != WORLD_EVENT_CALM &&
        last->state == ANVIL_STATE_UNKNOWN)
        last->state = state;
}

/* One end rests. What it does next by itself, time does. */
void world_step_tell(struct world *world, struct world_end *end)
{
    struct anvil_target_observation seen;
    bool there = (world->tell_step != NULL || world->record != NULL) &&
                 world_host_connection(end, &seen);
    if (world->record != NULL && there)
        note_state(world, end, seen.state);
    if (world->tell_step != NULL) {
        struct world_step step = end->step;
        step.side = end->side;
        step.state = there ? seen.state
                     : end->listener >= 0 ? ANVIL_STATE_LISTEN : ANVIL_STATE_CLOSED;
        step.check = end->target->explain(end->self);
        world->tell_step(world->step_context, &step);
    }
    end->step.cause = WORLD_CAUSE_TIME;
}
