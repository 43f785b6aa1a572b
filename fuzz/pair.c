/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Target: two endpoints of the core and a bad network between them (world/world.h).
 * Input: choices: first those of the plan, then what the network does to each frame.
 * Oracle: all rules at each end; rest of both (O11) with the streams intact (O12).
 */
#include "fuzz/end.h"
#include "fuzz/finding.h"

#include "cli/target.h"
#include "target/registry.h"

#include <string.h>

/* More goes through a connection than a window holds, and no more than an engine has time for. */
enum { PAIR_OCTETS_MAX = 12000, PAIR_FRAMES_MAX = 40000, PAIR_WHY = 256 };

/* What the last step was, and the state that it found. */
struct pair {
    struct world *world;
    struct world_step step[WORLD_SIDES];
    enum world_side last;
    enum anvil_target_state before;
    enum fuzz_class event;
};

static enum fuzz_class class_of_call(enum anvil_target_call_kind call)
{
    switch (call) {
    case ANVIL_CALL_LISTEN:
    case ANVIL_CALL_CONNECT: return FUZZ_CLASS_OPEN;
    case ANVIL_CALL_ACCEPT: return FUZZ_CLASS_ACCEPT;
    case ANVIL_CALL_SEND: return FUZZ_CLASS_SEND;
    case ANVIL_CALL_RECV: return FUZZ_CLASS_RECEIVE;
    case ANVIL_CALL_SHUTDOWN: return FUZZ_CLASS_SHUTDOWN;
    case ANVIL_CALL_CLOSE: return FUZZ_CLASS_CLOSE;
    case ANVIL_CALL_SOCKET:
    case ANVIL_CALL_BIND:
    case ANVIL_CALL_SET_OPTION:
    case ANVIL_CALL_GET_OPTION:
    case ANVIL_CALL_SOCKET_NAME:
    case ANVIL_CALL_PEER_NAME: return FUZZ_CLASS_OPTION;
    }
    return FUZZ_CLASS_OPTION;
}

static enum fuzz_class class_of_frame(const struct world_step *step)
{
    struct wire_frame frame;
    if (wire_decode(&frame, step->bytes, step->length) != WIRE_OK || frame.kind != WIRE_KIND_TCP)
        return FUZZ_CLASS_OTHER;
    return fuzz_class_of(frame.tcp.flags, frame.payload_bytes > 0);
}

static void see_step(void *context, const struct world_step *step)
{
    struct pair *pair = context;
    pair->last = step->side;
    pair->before = pair->step[step->side].state;
    pair->step[step->side] = *step;
    pair->event = step->cause == WORLD_CAUSE_ARRIVAL ? class_of_frame(step)
                  : step->cause == WORLD_CAUSE_CALL  ? class_of_call(step->call)
                                                     : FUZZ_CLASS_TIMER;
    fuzz_reach(pair->before, pair->event, step->state);
}

/* The world is made once: an engine gives a harness no place to keep it, and each run clears it. */
static struct world *world_of_pair(void)
{
    static struct world *world;
    struct world_setup setup = { .oracles = ORACLE_ALL, .frames_most = PAIR_FRAMES_MAX };
    char why[PAIR_WHY];
    if (world != NULL)
        return world;
    for (int side = 0; side < WORLD_SIDES; side++) {
        setup.target[side] = fuzz_target();
        setup.policy[side] = cli_target_policy(target_find("core"));
    }
    world = world_open(&setup, why);
    return world;
}

static void draw_plan(struct world_plan *plan, struct world_draw *draw)
{
    static const char *const profiles[] = { "rfc9293", "rfc9293", "linux", "freebsd" };
    world_plan_draw(plan, draw);
    for (int side = 0; side < WORLD_SIDES; side++) {
        struct world_app *app = &plan->app[side];
        plan->profile[side] = profiles[world_draw(draw, 4)];
        app->sends = app->sends < PAIR_OCTETS_MAX ? app->sends : PAIR_OCTETS_MAX;
    }
}

static void keep(const struct pair *pair, const struct world_result *result,
                 struct fuzz_finding *finding)
{
    finding->found = result->violated;
    if (!finding->found)
        return;
    snprintf(finding->identity, sizeof finding->identity, "%s in %s at %s (%s)", result->oracle,
             oracle_state_name(pair->before), fuzz_class_name(pair->event),
             pair->step[pair->last].check);
    snprintf(finding->sentence, sizeof finding->sentence, "%s", result->reason);
}

/* Runs an input; false: no memory. */
static bool play(const uint8_t *data, size_t size, struct world_plan *plan,
                 struct world_record *record, struct fuzz_finding *finding)
{
    char why[PAIR_WHY];
    struct pair pair = { .world = world_of_pair() };
    struct world_draw draw = world_draw_bytes(data, size);
    if (pair.world == NULL)
        return false;
    for (int side = 0; side < WORLD_SIDES; side++) {
        pair.step[side].state = ANVIL_STATE_CLOSED;
        pair.step[side].check = "";
    }
    draw_plan(plan, &draw);
    world_steps_to(pair.world, see_step, &pair);
    world_record_to(pair.world, record);
    const struct world_result *result = world_run(pair.world, plan, &draw, why);
    if (result != NULL)
        keep(&pair, result, finding);
    return result != NULL;
}

int fuzz_pair(const uint8_t *data, size_t size)
{
    struct fuzz_finding finding = { .found = false };
    struct world_plan plan;
    if (!play(data, size, &plan, NULL, &finding))
        fuzz_find(&finding, "memory", "there is none");
    return fuzz_end_of_run(&finding);
}

void fuzz_pair_tell(const uint8_t *data, size_t size, struct fuzz_story *story)
{
    memset(story, 0, sizeof *story);
    story->two_ends = true;
    if (!play(data, size, &story->plan, &story->record, &story->finding))
        story->record.failed = true;
}
