/* SPDX-License-Identifier: BSD-2-Clause */
/* Plans: one without any fault, and those that are drawn. */
#include "world/world.h"

#include <string.h>

#define SECOND UINT64_C(1000000)
#define PLAIN_CLOCK_US UINT64_C(1000000000)

#define LIFE_US (300 * SECOND)

enum { PIECE = 1000, MTU = 1500, SHARE = 65536, LEAST_MTU_V6 = 1280 };

void world_plan_plain(struct world_plan *plan)
{
    memset(plan, 0, sizeof *plan);
    plan->family = 4;
    plan->incarnations = 1;
    plan->clock_us = PLAIN_CLOCK_US;
    plan->mtu = MTU;
    plan->drains = true;
    for (int side = 0; side < WORLD_SIDES; side++) {
        plan->link[side].delay_us = 10000;
        plan->app[side] = (struct world_app){ .piece = PIECE, .reads = SHARE - 1,
                                              .reads_until = UINT64_MAX };
    }
}

/* One of a list of numbers. */
static uint64_t one_of(struct world_draw *draw, const uint64_t *list, size_t count)
{
    return list[world_draw(draw, count)];
}

#define ONE_OF(draw, ...) one_of(draw, (const uint64_t[]){ __VA_ARGS__ }, \
                                 sizeof (const uint64_t[]){ __VA_ARGS__ } / sizeof(uint64_t))

/* A sequence number near an edge as often as not. */
static uint32_t draw_iss(struct world_draw *draw)
{
    uint32_t edge = (uint32_t)ONE_OF(draw, 0, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffff000);
    if (world_draw(draw, 2) == 0)
        return edge;
    return (uint32_t)world_draw(draw, UINT64_C(1) << 32);
}

/* How bad one direction is. Half of them lose nothing at all. */
static void draw_link(struct world_link *link, struct world_draw *draw)
{
    link->delay_us = ONE_OF(draw, 10000, 0, 100, 1000, 50000, 250000, 1500000);
    link->jitter_us = ONE_OF(draw, 0, 0, 1000, 20000, 300000);
    link->loss = (uint32_t)ONE_OF(draw, 0, 0, 655, 3277, 6554, 13107, 19661);
    link->duplicate = (uint32_t)ONE_OF(draw, 0, 0, 655, 6554);
    link->reorder = (uint32_t)ONE_OF(draw, 0, 0, 3277, 19661);
    link->corrupt = (uint32_t)ONE_OF(draw, 0, 0, 655, 6554);
    link->icmp = (uint32_t)ONE_OF(draw, 0, 0, 0, 3277);
}

static void draw_cuts(struct world_plan *plan, struct world_draw *draw)
{
    for (int i = 0; i < WORLD_CUTS_MAX; i++) {
        if (world_draw(draw, 4) != 3)
            continue;
        struct world_cut *cut = &plan->cuts[i];
        cut->from_us = world_draw(draw, plan->faults_end_us);
        cut->until_us = cut->from_us + ONE_OF(draw, SECOND, 10 * SECOND, 70 * SECOND);
        uint64_t which = world_draw(draw, 3);
        cut->silent[WORLD_A] = which != 1;
        cut->silent[WORLD_B] = which != 2;
    }
}

static void draw_reader(struct world_app *app, struct world_draw *draw)
{
    app->reads = (uint32_t)ONE_OF(draw, SHARE - 1, 1000, 100, 7);
    switch (world_draw(draw, 6)) {
    case 4: /* slow */
        app->read_pause_us = ONE_OF(draw, 1000, 100000, 900000);
        app->reads = (uint32_t)ONE_OF(draw, 512, 2000, 20000);
        break;
    case 5: /* the window closes */
        app->read_from_us = ONE_OF(draw, 3 * SECOND, 30 * SECOND);
        break;
    default:
        break;
    }
    app->reads_until = world_draw(draw, 12) == 11 ? world_draw(draw, 70000) : UINT64_MAX;
}

static void draw_app(struct world_app *app, struct world_draw *draw)
{
    uint64_t size = ONE_OF(draw, 0, 1, 100, 3000, 20000, 70000);
    app->sends = size == 0 ? 0 : 1 + world_draw(draw, size);
    if (world_draw(draw, 64) == 63)
        app->sends *= 8;
    app->piece = (uint32_t)ONE_OF(draw, PIECE, 10, 1460, 8000, 40000);
    if (app->sends > 4000 && app->piece < 100)
        app->piece = 100;
    app->pause_us = ONE_OF(draw, 0, 0, 0, 1000, 200000);
    draw_reader(app, draw);
    app->ending = (enum world_ending)ONE_OF(
        draw, WORLD_ENDS_SHUTDOWN, WORLD_ENDS_SHUTDOWN, WORLD_ENDS_SHUTDOWN, WORLD_ENDS_LAST,
        WORLD_ENDS_LAST, WORLD_ENDS_CLOSE, WORLD_ENDS_ABORT, WORLD_ENDS_EXIT, WORLD_ENDS_NEVER);
    app->nodelay = world_draw(draw, 3) == 2;
    app->keepalive = world_draw(draw, 4) == 3;
    app->receive_buffer = (uint32_t)ONE_OF(draw, 0, 0, 128, 600, 4000, 30000, 300000, 4194304);
    app->send_buffer = (uint32_t)ONE_OF(draw, 0, 0, 1000, 20000, 300000);
    app->user_timeout_ms = world_draw(draw, 16) == 15 ? 30000 : 0;
}

/* Requests and answers in turn. */
static void draw_turns(struct world_plan *plan, struct world_draw *draw)
{
    struct world_app *asks = &plan->app[WORLD_A], *answers = &plan->app[WORLD_B];
    if (world_draw(draw, 5) != 4)
        return;
    uint64_t rounds = 1 + world_draw(draw, 20);
    asks->piece = 1 + (uint32_t)world_draw(draw, 3000);
    answers->piece = 1 + (uint32_t)world_draw(draw, 3000);
    asks->sends = rounds * asks->piece;
    answers->sends = rounds * answers->piece;
    asks->turn = answers->piece;
    answers->turn = asks->piece;
    answers->answers = true;
}

/* Choices of policy that both ends can differ in. */
static void draw_settings(struct world_plan *plan, enum world_side side, struct world_draw *draw)
{
    static const struct anvil_target_setting choices[] = {
        { "offer_timestamps", 0 }, { "offer_sack", 0 },       { "offer_window_scale", 0 },
        { "msl_us", 30000000 },    { "rfc1337", 1 },          { "delayed_ack_us", 0 },
        { "delayed_ack_us", 40000 }, { "rto_min_us", 200000 }, { "syn_repeat_synack", 1 },
        { "syn_received_challenge", 1 }, { "time_wait_reuse", 0 }, { "reset_on_unread", 0 },
        { "nagle", 0 },            { "ack_every", 1 },        { "keepalive_octet", 1 },
        { "window_follows_room", 1 }, { "initial_window", 2 }, { "abort_with_ack", 1 },
        { "dsack", 0 },            { "rfc5961_reset", 0 },    { "rfc5961_syn", 0 },
        { "rfc5961_ack", 0 },
    };
    uint64_t count = world_draw(draw, 3) == 2 ? 1 + world_draw(draw, 4) : 0;
    for (uint64_t i = 0; i < count; i++)
        plan->settings[side][plan->setting_count[side]++] =
            choices[world_draw(draw, sizeof choices / sizeof choices[0])];
}

/* A process may exit while the connection is made (what passes in three ways is enough), or at any
 * time in its life. One whose peer lives on could be answered by the next connection, of which it
 * knows nothing. */
static void draw_exit(struct world_plan *plan, enum world_side side, struct world_draw *draw)
{
    uint64_t way_us = plan->link[WORLD_A].delay_us + plan->link[WORLD_B].delay_us;
    if (plan->incarnations > 1 || world_draw(draw, 8) != 7)
        return;
    struct world_app *app = &plan->app[side];
    app->aborts = world_draw(draw, 2) == 1;
    app->exits_shut = world_draw(draw, 2) == 1;
    app->exits_us = 1 + world_draw(draw, ONE_OF(draw, way_us + way_us / 2 + 1, SECOND, 5 * SECOND,
                                                LIFE_US));
}

void world_plan_draw(struct world_plan *plan, struct world_draw *draw)
{
    world_plan_plain(plan);
    plan->family = world_draw(draw, 3) == 2 ? 6 : 4;
    plan->simultaneous = world_draw(draw, 4) == 3;
    plan->incarnations = world_draw(draw, 8) == 7 ? 2 : 1;
    plan->iss_fixed = plan->incarnations == 1;
    plan->clock_us = ONE_OF(draw, PLAIN_CLOCK_US, 0, (UINT64_C(1) << 32) - SECOND,
                            (UINT64_C(1) << 32) * 1000 - SECOND);
    plan->mtu = (uint32_t)ONE_OF(draw, MTU, 576, LEAST_MTU_V6);
    if (plan->family == 6 && plan->mtu < LEAST_MTU_V6)
        plan->mtu = LEAST_MTU_V6;
    plan->faults_end_us = ONE_OF(draw, 5, 1, 30, 120) * SECOND;
    plan->drains = world_draw(draw, 3) != 2;
    draw_cuts(plan, draw);
    for (int side = 0; side < WORLD_SIDES; side++) {
        plan->iss[side] = draw_iss(draw);
        draw_link(&plan->link[side], draw);
        draw_app(&plan->app[side], draw);
        draw_settings(plan, (enum world_side)side, draw);
    }
    draw_turns(plan, draw);
    for (int side = 0; side < WORLD_SIDES; side++)
        draw_exit(plan, (enum world_side)side, draw);
}
