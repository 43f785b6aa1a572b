/* SPDX-License-Identifier: BSD-2-Clause */
/* A run from its first event to its verdict. */
#include "world/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES_MAX = 2000000, WHY_MAX = 256 };

/* Streams differ between connections of the same four-tuple by so many octets. */
enum { INCARNATION_SHIFT = 10007 };

void world_violate(struct world *world, const char *oracle, const char *format, ...)
{
    va_list list;
    if (world->result.violated)
        return;
    world->result.violated = true;
    world->result.oracle = oracle;
    va_start(list, format);
    vsnprintf(world->result.reason, sizeof world->result.reason, format, list);
    va_end(list);
}

/* Both streams: one period of noise each, and the longest piece behind it. */
static bool make_streams(struct world *world)
{
    uint32_t noise = 1442695041u; /* xorshift, by Marsaglia: any state but 0 */
    for (int side = 0; side < WORLD_SIDES; side++) {
        uint8_t *octets = malloc((size_t)WORLD_PERIOD + WORLD_LONGEST);
        if (octets == NULL)
            return false;
        world->stream[side] = octets;
        for (int i = 0; i < WORLD_PERIOD; i++) {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            octets[i] = (uint8_t)noise;
        }
        for (int i = WORLD_PERIOD; i < WORLD_PERIOD + WORLD_LONGEST; i++)
            octets[i] = octets[i - WORLD_PERIOD];
    }
    return true;
}

const uint8_t *world_stream(const struct world *world, enum world_side side, uint64_t offset)
{
    offset += (uint64_t)world->incarnation * INCARNATION_SHIFT;
    return world->stream[side] + offset % WORLD_PERIOD;
}

/* Can two instances of this target be in one process, in virtual time? */
static bool is_usable(const struct anvil_target *target, char *why)
{
    const struct anvil_target_traits *traits = target->traits();
    const char *reason = traits->real_time ? "works in real time"
                         : traits->instances == 1 ? "allows one instance in a process" : NULL;
    if (reason != NULL)
        snprintf(why, WHY_MAX, "the target %s %s", traits->name, reason);
    return reason == NULL;
}

static bool make_end(struct world *world, enum world_side side)
{
    struct world_end *end = &world->end[side];
    end->side = side;
    end->target = world->setup.target[side];
    end->watch = world->setup.oracles == 0 ? NULL : oracle_watch_open();
    return end->watch != NULL || world->setup.oracles == 0;
}

struct world *world_open(const struct world_setup *setup, char *why)
{
    if (!is_usable(setup->target[WORLD_A], why) || !is_usable(setup->target[WORLD_B], why))
        return NULL;
    struct world *world = calloc(1, sizeof *world);
    if (world != NULL)
        world->setup = *setup;
    if (world == NULL || !make_streams(world) || !make_end(world, WORLD_A) ||
        !make_end(world, WORLD_B)) {
        world_close(world);
        snprintf(why, WHY_MAX, "no memory");
        return NULL;
    }
    return world;
}

void world_close(struct world *world)
{
    if (world == NULL)
        return;
    for (int side = 0; side < WORLD_SIDES; side++) {
        free(world->stream[side]);
        if (world->end[side].watch != NULL)
            oracle_watch_close(world->end[side].watch);
    }
    free(world);
}

void world_record_to(struct world *world, struct world_record *record)
{
    world->record = record;
}

/* Sets everything back, and opens both hosts. False: one refuses; `why` says so. */
static bool start(struct world *world, char *why)
{
    const struct world_plan *plan = world->plan;
    memset(&world->result, 0, sizeof world->result);
    world_net_clear(&world->net);
    world->start_us = world->now_us = world->progress_us = plan->clock_us;
    world->harm_us = plan->clock_us;
    world->faults_end_us = plan->clock_us + plan->faults_end_us;
    world->incarnation = 0;
    world->forged = world->stray = false;
    world->frames = world->lost = world->calls = 0;
    world->watched[WORLD_A] = world->watched[WORLD_B] = 0;
    if (world->record != NULL)
        world_record_clear(world->record);
    for (int side = 0; side < WORLD_SIDES; side++)
        world->end[side].self = NULL;
    for (int side = 0; side < WORLD_SIDES; side++)
        if (!world_host_open(world, &world->end[side], why))
            return false;
    world_watch_begin(world);
    return true;
}

static void stop(struct world *world)
{
    for (int side = 0; side < WORLD_SIDES; side++)
        if (world->end[side].self != NULL)
            world->end[side].target->close(world->end[side].self);
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* When the next thing happens. */
static uint64_t next_event(const struct world *world)
{
    uint64_t next = world_net_due(&world->net);
    for (int side = 0; side < WORLD_SIDES; side++)
        next = least(next, least(world->end[side].deadline_us, world->end[side].wake_us));
    if (world->now_us < world->faults_end_us)
        next = least(next, world->faults_end_us);
    return next;
}

/* The network is good from now on; applications may see their work differently. */
static void calm_down(struct world *world)
{
    if (world->record != NULL) {
        struct world_event *event = world_record_add(world->record, WORLD_EVENT_CALM, NULL, 0);
        if (event != NULL)
            event->time_us = world->now_us;
    }
    for (int side = 0; side < WORLD_SIDES; side++) {
        world_host_sync(world, &world->end[side]);
        world_host_pump(world, &world->end[side]);
    }
}

/* Both applications are done with one connection; the next of the same four-tuple begins. */
static void begin_again(struct world *world)
{
    if (world->incarnation + 1 >= world->plan->incarnations ||
        world->end[WORLD_A].phase != WORLD_APP_GONE || world->end[WORLD_B].phase != WORLD_APP_GONE)
        return;
    world->incarnation++;
    for (int side = WORLD_SIDES - 1; side >= 0; side--) {
        world->end[side].phase = WORLD_APP_WAITS;
        world->end[side].send_at_us = 0;
        world_host_sync(world, &world->end[side]);
        world_host_pump(world, &world->end[side]);
    }
}

static uint32_t frames_most(const struct world *world)
{
    return world->setup.frames_most == 0 ? FRAMES_MAX : world->setup.frames_most;
}

/* Something is violated, or there are too many frames: at one moment, where none takes time. */
static bool is_over(const struct world *world)
{
    return world->result.violated || world->frames > frames_most(world);
}

/* Everything that happens at one moment: timers first, then arrivals, then applications. */
static void happen(struct world *world)
{
    bool calms = world->now_us == world->faults_end_us && world->faults_end_us > world->start_us;
    for (int side = 0; side < WORLD_SIDES; side++) {
        struct world_end *end = &world->end[side];
        if (end->deadline_us > world->now_us && end->wake_us > world->now_us)
            continue;
        world_host_sync(world, end);
        world_host_pump(world, end);
    }
    if (calms)
        calm_down(world);
    while (world_net_due(&world->net) <= world->now_us && !is_over(world))
        world_net_arrive(world);
    begin_again(world);
}

static void run_all(struct world *world)
{
    for (int side = WORLD_SIDES - 1; side >= 0; side--) {
        world_host_sync(world, &world->end[side]);
        world_host_pump(world, &world->end[side]);
    }
    while (!world->result.violated) {
        uint64_t next = next_event(world);
        if (next > world_rest_limit(world))
            return;
        world->result.at_rest_us = world->now_us - world->start_us;
        world->now_us = next;
        happen(world);
        if (world->frames > frames_most(world))
            world_violate(world, "O11", "more than %u segments, and no rest",
                          (unsigned)frames_most(world));
    }
}

static void keep_result(struct world *world)
{
    struct world_result *result = &world->result;
    for (int side = 0; side < WORLD_SIDES; side++) {
        struct world_end *end = &world->end[side];
        struct anvil_target_observation seen;
        bool tells = end->target->traits()->observes;
        bool there = world_host_connection(end, &seen);
        result->end[side] = (struct world_end_result){
            .state = !tells ? ANVIL_STATE_UNKNOWN : there ? seen.state : ANVIL_STATE_CLOSED,
            .sent = end->sent, .delivered = end->delivered, .eof = end->eof,
            .error = end->error, .frames = end->frames,
        };
    }
    result->frames = world->frames;
    result->lost = world->lost;
    result->virtual_us = world->now_us - world->start_us;
}

const struct world_result *world_run(struct world *world, const struct world_plan *plan,
                                     struct world_draw *draw, char *why)
{
    world->plan = plan;
    world->draw = draw;
    bool ready = start(world, why);
    if (ready) {
        run_all(world);
        world_watch_end(world);
        keep_result(world);
        if (!world->result.violated)
            world_rest_judge(world);
    }
    stop(world);
    return ready ? &world->result : NULL;
}
