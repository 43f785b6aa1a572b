/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Oracle O11, quiescence: once the network does nothing wrong any more, both ends come to rest in
 * bounded time: R2 (of data and of SYNs), the user timeout, 2MSL and three times the largest RTO
 * after the last fault or the last time that an application got on. From then on only probes and
 * keep-alives, and their answers, may be seen; nothing is undelivered unless the reader refuses;
 * and the pair of states is one in which TCP may stay for ever.
 *
 * What it must accept: a connection whose other end is gone without this one knowing (RFC 9293
 * 3.5.1), where something happened that explains it: an abort, an exit, a timeout. FIN-WAIT-2 with
 * CLOSE-WAIT, for ever. A reader that refuses, with probes at intervals of the largest RTO.
 */
#include "world/internal.h"
#include "world/tell.h"

#include <errno.h>

/* For so many times the largest RTO it is watched whether all is at rest; in that time two ends may
 * each send so many probes, keep-alives and answers. */
enum { WATCH_RTOS = 4, WATCH_FRAMES_MAX = 24 };

static uint64_t bound(const struct world *world)
{
    const struct world_bounds *b = &world->bounds;
    return b->r2_us + b->syn_r2_us + b->user_timeout_us + 2 * b->msl_us + 3 * b->rto_max_us;
}

/* When watching begins. */
static uint64_t watch_begins(const struct world *world)
{
    uint64_t since = world->faults_end_us;
    if (world->progress_us > since)
        since = world->progress_us;
    return since + bound(world);
}

/* When a run that still shows something ends. */
uint64_t world_rest_limit(const struct world *world)
{
    return watch_begins(world) + WATCH_RTOS * world->bounds.rto_max_us;
}

/* A frame is sent: may it be, now? False: no, and the run ends. */
bool world_rest_watch(struct world *world, const uint8_t *bytes, size_t length)
{
    struct wire_frame frame;
    if (world->now_us < watch_begins(world))
        return true;
    if (wire_decode(&frame, bytes, length) != WIRE_OK || frame.kind != WIRE_KIND_TCP)
        return true;
    if ((frame.tcp.flags & (WIRE_SYN | WIRE_RST)) != 0 || frame.payload_bytes > 1)
        world_violate(world, "O11", "%s is still sent when all should be at rest",
                      (frame.tcp.flags & WIRE_SYN) ? "a SYN"
                      : (frame.tcp.flags & WIRE_RST) ? "a RST" : "text");
    else if (++world->watched[0] > 2 * WATCH_FRAMES_MAX)
        world_violate(world, "O11", "%u segments are sent in a time in which all should be at "
                      "rest", (unsigned)world->watched[0]);
    return !world->result.violated;
}

/*
 * Could an end have given up? With exponential backoff the time from the last fault to the next
 * retransmission is at most what has passed since the first, and an RTO; so faults that end before
 * a quarter of the least R2 cannot make anybody give up. An end whose application is gone gives up
 * without telling. A user timeout that was set may also end a connection whose reader refuses (RFC
 * 9293 3.8.6.1), a connection that is to follow one in TIME-WAIT may be refused while that lasts,
 * and with a forged segment everything may happen.
 */
static bool may_give_up(const struct world *world)
{
    for (int side = 0; side < WORLD_SIDES; side++)
        if (world->plan->app[side].user_timeout_ms != 0)
            return true;
    return world->incarnation > 0 || world->forged ||
           world->harm_us - world->start_us >= world->bounds.patience_us / 4;
}

/* Has an application left a connection that was not at its end? */
static bool has_left(const struct world *world)
{
    for (int side = 0; side < WORLD_SIDES; side++)
        if (world->end[side].aborted || world->end[side].unread)
            return true;
    return false;
}

/* Has something happened that may leave one end alone, or reset it? */
static bool is_excused(const struct world *world)
{
    return has_left(world) || may_give_up(world) || world->end[WORLD_A].error == ETIMEDOUT ||
           world->end[WORLD_B].error == ETIMEDOUT;
}

/* Does one end not read what the other has sent? */
static bool is_refused(const struct world *world)
{
    for (int side = 0; side < WORLD_SIDES; side++) {
        const struct world_end *reader = &world->end[side];
        const struct world_app *app = &world->plan->app[side];
        if (reader->phase == WORLD_APP_OPEN && !world_drains(world) &&
            reader->delivered >= app->reads_until)
            return true;
    }
    return false;
}

/* May two ends stay in these states for ever? */
static bool is_resting_pair(const struct world *world, enum anvil_target_state a,
                            enum anvil_target_state b)
{
    if (a == ANVIL_STATE_TIME_WAIT || b == ANVIL_STATE_TIME_WAIT)
        return false;
    if (a == b && (a == ANVIL_STATE_CLOSED || a == ANVIL_STATE_ESTABLISHED))
        return true;
    if (a == ANVIL_STATE_FIN_WAIT_2 && b == ANVIL_STATE_CLOSE_WAIT)
        return true;
    if (a == ANVIL_STATE_CLOSED && is_excused(world))
        return b == ANVIL_STATE_ESTABLISHED || b == ANVIL_STATE_CLOSE_WAIT ||
               b == ANVIL_STATE_FIN_WAIT_2;
    return is_refused(world) && a >= ANVIL_STATE_ESTABLISHED && b >= ANVIL_STATE_ESTABLISHED;
}

static void judge_states(struct world *world)
{
    enum anvil_target_state a = world->result.end[WORLD_A].state;
    enum anvil_target_state b = world->result.end[WORLD_B].state;
    if (a == ANVIL_STATE_UNKNOWN || b == ANVIL_STATE_UNKNOWN)
        return; /* cannot tell */
    if (!is_resting_pair(world, a, b) && !is_resting_pair(world, b, a))
        world_violate(world, "O11", "A rests in %s and B in %s", oracle_state_name(a),
                      oracle_state_name(b));
}

/* Has everything come that was sent? */
static void judge_delivery(struct world *world)
{
    for (int side = 0; side < WORLD_SIDES; side++) {
        const struct world_end *reader = &world->end[side], *sender = &world->end[1 - side];
        const char *name = side == WORLD_A ? "A" : "B";
        bool refuses = !world_drains(world) &&
                       reader->delivered >= world->plan->app[side].reads_until;
        if (refuses || reader->error != 0 || sender->error != 0 || is_excused(world))
            continue;
        if (reader->delivered != sender->sent)
            world_violate(world, "O11", "%s was given %llu octets of %llu", name,
                          (unsigned long long)reader->delivered,
                          (unsigned long long)sender->sent);
        else if (!reader->eof && (sender->shut || sender->phase == WORLD_APP_GONE))
            world_violate(world, "O11", "%s was never told of the end of the stream", name);
    }
}

/* A reset needs a cause (O7), and so has giving up (O18). */
static void judge_errors(struct world *world)
{
    for (int side = 0; side < WORLD_SIDES; side++) {
        const struct world_end *end = &world->end[side];
        bool reset = end->error == ECONNRESET || end->error == EPIPE ||
                     end->error == ECONNREFUSED || end->error == ECONNABORTED;
        if (reset && !is_excused(world))
            world_violate(world, "O7", "%s was reset, and nothing explains it",
                          side == WORLD_A ? "A" : "B");
        if (end->error == ETIMEDOUT && !may_give_up(world) && !has_left(world))
            world_violate(world, "O18", "%s gave up, though the network was bad for %.3f s only",
                          side == WORLD_A ? "A" : "B",
                          (double)(world->harm_us - world->start_us) / 1e6);
    }
}

/* All is at rest: is it a rest that may be? */
void world_rest_judge(struct world *world)
{
    judge_errors(world);
    judge_delivery(world);
    judge_states(world);
}
