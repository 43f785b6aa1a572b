/* SPDX-License-Identifier: BSD-2-Clause */
/* Two machines and a bad network. */
#include "support/world.h"

#include <stdio.h>
#include <string.h>

#define MS UINT64_C(1000)
#define SECOND (1000 * MS)

/* Steps that a run may take, and steps that may pass without time passing. */
#define STEPS_MAX 400000u
#define IDLE_STEPS_MAX 2000u

uint64_t next_random(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random * UINT64_C(0x2545F4914F6CDD1D);
}

/* A number below `limit`. */
static uint64_t below(struct world *world, uint64_t limit)
{
    return (next_random(&world->random) >> 16) % limit;
}

static void fail(struct world *world, const char *what)
{
    if (!world->failure)
        world->failure = what;
}

/* The octet at an offset of the stream that an end sends. */
static uint8_t octet_at(unsigned end, uint64_t offset)
{
    return (uint8_t)((offset * 167 + (offset >> 8) * 13 + end * 89) & 0xff);
}

/* Prints a segment of a verbose run. */
static void show(const struct world *world, unsigned from, const struct anvil_sent *sent,
                 const char *fate)
{
    const struct anvil_segment *s = &sent->segment;

    if (!world->verbose)
        return;
    printf("%12llu %s %c%c%c%c%c%c %u:%u(%u) ack %u win %u %s [%s]\n",
           (unsigned long long)world->now, from ? "        B>" : "A>",
           (s->flags & ANVIL_SYN) ? 'S' : '-', (s->flags & ANVIL_FIN) ? 'F' : '-',
           (s->flags & ANVIL_RST) ? 'R' : '-', (s->flags & ANVIL_PSH) ? 'P' : '-',
           (s->flags & ANVIL_ACK) ? '.' : '-', (s->flags & ANVIL_URG) ? 'U' : '-',
           s->seq.raw - world->ends[from].iss.raw,
           s->seq.raw - world->ends[from].iss.raw + s->length, s->length,
           s->ack.raw - world->ends[!from].iss.raw, s->window, fate,
           anvil_state_name((enum anvil_state)world->ends[from].tcb.state));
}

/* Puts a segment on its way, once. */
static void launch(struct world *world, unsigned from, const struct anvil_sent *sent)
{
    struct world_packet *packet;

    if (world->packet_count == WORLD_FLIGHT_MAX)
        return;
    packet = &world->packets[world->packet_count++];
    packet->segment = sent->segment;
    packet->offset = sent->offset;
    packet->to = !from;
    packet->due = world->now + world->delay_us;
    if (world->jitter_us)
        packet->due += below(world, world->jitter_us);
}

/* What a segment that is sent has to obey: its place in the stream, and the other end's window,
 * which only a probe of one octet may pass by. */
static void check_sent(struct world *world, unsigned from, const struct anvil_sent *sent)
{
    const struct world_end *end = &world->ends[from];
    const struct anvil_segment *segment = &sent->segment;
    uint32_t edge = anvil_seq_from(end->tcb.snd_una, segment->seq) + segment->length;

    if (segment->length == 0 || sent->offset == ANVIL_NO_OFFSET)
        return;
    if ((uint32_t)sent->offset != segment->seq.raw - end->iss.raw - 1)
        fail(world, "a segment's stream offset does not fit its number");
    if (sent->offset + segment->length > end->sent)
        fail(world, "octets were sent that the user has not sent");
    if (end->tcb.state != ANVIL_CLOSED && edge > end->tcb.snd_wnd && segment->length > 1)
        fail(world, "a segment lies beyond the window");
}

/* Moves the accepted parts of a payload to where the stream is kept. */
static void take_parts(struct world *world, unsigned at, const struct anvil_effects *effects,
                       const struct world_packet *packet)
{
    struct world_end *end = &world->ends[at];

    for (unsigned i = 0; i < effects->accept_count; i++) {
        const struct anvil_accept *part = &effects->accept[i];
        if (!packet || part->from + part->length > packet->segment.length ||
            part->offset + part->length > WORLD_STREAM_MAX) {
            fail(world, "a part lies outside of the payload");
            return;
        }
        for (uint32_t k = 0; k < part->length; k++) {
            if (end->has[part->offset + k])
                fail(world, "an octet was accepted twice");
            end->has[part->offset + k] = 1;
            end->got[part->offset + k] = octet_at(!at, packet->offset + part->from + k);
        }
    }
}

/* Hands octets over to the user: the right ones. */
static void read_octets(struct world *world, unsigned at, uint64_t count)
{
    struct world_end *end = &world->ends[at];

    for (uint64_t i = 0; i < count; i++, end->read++) {
        if (!end->has[end->read] || end->got[end->read] != octet_at(!at, end->read))
            fail(world, "the stream that was read is not the stream that was sent");
    }
}

/* Notes states on the way, and what must not be signalled on a network that only loses. */
static void check_after(struct world *world, unsigned at, const struct anvil_effects *effects)
{
    struct world_end *end = &world->ends[at];
    const char *broken = "an invariant is broken";

    end->signals |= effects->signals;
    if (!anvil_invariant(&end->tcb, &broken))
        fail(world, broken);
    if (effects->signals & (ANVIL_SIGNAL_RESET | ANVIL_SIGNAL_REFUSED | ANVIL_SIGNAL_R2 |
                            ANVIL_SIGNAL_USER_TIMEOUT))
        fail(world, "a connection was reset or given up");
    if (effects->sent_count > ANVIL_SENT_MAX || effects->result == ANVIL_INVALID)
        fail(world, "a step was refused, or sent too much");
    if (end->tcb.state == ANVIL_TIME_WAIT && end->time_wait_since == 0)
        end->time_wait_since = world->now;
    if (effects->deadline < world->now && effects->state_after != ANVIL_CLOSED)
        fail(world, "a deadline has passed");
}

/* One step of one end. */
static void act(struct world *world, unsigned at, struct anvil_event *event,
                const struct world_packet *packet)
{
    struct world_end *end = &world->ends[at];
    struct anvil_effects effects;

    event->now = world->now;
    event->arrived = world->now;
    event->iss = end->iss;
    event->ts_offset = end->iss.raw * 3;
    anvil_step(&end->tcb, &end->policy, event, &effects);
    check_after(world, at, &effects);
    take_parts(world, at, &effects, packet);
    if (event->kind == ANVIL_RECEIVE)
        read_octets(world, at, effects.received);
    if (effects.signals & ANVIL_SIGNAL_DELETED)
        read_octets(world, at, end->arrived - end->read); /* what is left is the user's */
    else
        end->arrived = end->tcb.rcv_nxt_offset;
    for (unsigned i = 0; i < effects.sent_count; i++) {
        bool lost = below(world, 1000) < world->loss;
        check_sent(world, at, &effects.sent[i]);
        show(world, at, &effects.sent[i], lost ? "lost" : "");
        if (!lost)
            launch(world, at, &effects.sent[i]);
        if (!lost && below(world, 1000) < world->dup)
            launch(world, at, &effects.sent[i]);
    }
}

/* A step for a call with a length. */
static void call(struct world *world, unsigned at, enum anvil_event_kind kind, uint64_t length)
{
    struct anvil_event event = {.kind = kind, .length = length};

    event.urgent = kind == ANVIL_SEND && below(world, 40) == 0;
    event.full = kind == ANVIL_CLOSE && world->ends[at].full;
    act(world, at, &event, NULL);
}

/* Whether the user is through with both directions. */
static bool may_close(const struct world_end *end)
{
    bool heard_all = (end->signals & ANVIL_SIGNAL_CLOSING) != 0;

    if (end->closed || end->sent < end->to_send || end->tcb.state <= ANVIL_SYN_SENT)
        return false;
    if (end->full && anvil_unread(&end->tcb) > 0)
        return false;
    return end->close_early || heard_all;
}

/* The user does something: reads, sends, or closes. */
static void user_acts(struct world *world, unsigned at)
{
    struct world_end *end = &world->ends[at];

    end->acts = world->now + 1 + below(world, end->pause_us);
    if (anvil_unread(&end->tcb) > 0)
        call(world, at, ANVIL_RECEIVE, 1 + below(world, end->read_most));
    if (end->tcb.state == ANVIL_CLOSED || end->tcb.state == ANVIL_LISTEN)
        return;
    if (!end->closed && end->sent < end->to_send) {
        uint64_t rest = end->to_send - end->sent;
        uint64_t chunk = 1 + below(world, below(world, 4) ? 200 : 8000);
        chunk = chunk < rest ? chunk : rest;
        end->sent += chunk;
        call(world, at, ANVIL_SEND, chunk);
    } else if (may_close(end) && world->now >= end->not_before) {
        end->closed = true;
        call(world, at, ANVIL_CLOSE, 0);
    }
}

/* The packet that arrives next, or NULL. */
static struct world_packet *next_packet(struct world *world)
{
    struct world_packet *next = NULL;

    for (unsigned i = 0; i < world->packet_count; i++) {
        if (!next || world->packets[i].due < next->due)
            next = &world->packets[i];
    }
    return next;
}

static void deliver(struct world *world, struct world_packet *packet)
{
    struct world_packet copy = *packet;
    struct anvil_event event = {.kind = ANVIL_SEGMENT, .segment = &copy.segment};

    *packet = world->packets[--world->packet_count];
    event.more = below(world, 10) == 0;
    act(world, copy.to, &event, &copy);
}

static anvil_time least_time(anvil_time a, anvil_time b)
{
    return a < b ? a : b;
}

/* When the user of an end does something next. */
static anvil_time user_due(const struct world_end *end)
{
    bool sends = end->tcb.state > ANVIL_LISTEN && !end->closed && end->sent < end->to_send;

    if (sends || anvil_unread(&end->tcb) > 0)
        return end->acts;
    if (may_close(end))
        return end->acts > end->not_before ? end->acts : end->not_before;
    return ANVIL_NEVER;
}

/* Moves time to the next thing that happens, and lets it happen. False when nothing will. */
static bool advance(struct world *world)
{
    struct world_packet *packet = next_packet(world);
    anvil_time when = packet ? packet->due : ANVIL_NEVER;
    struct anvil_event poll = {.kind = ANVIL_POLL};

    for (unsigned i = 0; i < 2; i++) {
        when = least_time(when, anvil_deadline(&world->ends[i].tcb));
        when = least_time(when, user_due(&world->ends[i]));
    }
    if (when == ANVIL_NEVER)
        return false;
    world->idle_steps = when > world->now ? 0 : world->idle_steps + 1;
    if (when > world->now)
        world->now = when;
    for (unsigned i = 0; i < 2; i++) {
        if (anvil_deadline(&world->ends[i].tcb) <= world->now)
            act(world, i, &poll, NULL);
        if (user_due(&world->ends[i]) <= world->now)
            user_acts(world, i);
    }
    packet = next_packet(world);
    if (packet && packet->due <= world->now)
        deliver(world, packet);
    return true;
}

static bool both_closed(const struct world *world)
{
    return world->ends[0].tcb.state == ANVIL_CLOSED && world->ends[1].tcb.state == ANVIL_CLOSED;
}

/* What must be true when both ends have come to rest. */
static void check_end(struct world *world)
{
    for (unsigned i = 0; i < 2; i++) {
        struct world_end *end = &world->ends[i];
        if (end->tcb.state != ANVIL_CLOSED)
            fail(world, "an end did not reach CLOSED");
        if (end->read != world->ends[!i].to_send)
            fail(world, "a stream was not read to its end");
    }
    if (world->ends[0].time_wait_since == 0 && world->ends[1].time_wait_since == 0)
        fail(world, "nobody was in TIME-WAIT");
}

const char *world_run(struct world *world)
{
    while (!world->failure && !both_closed(world)) {
        if (!advance(world))
            break;
        if (++world->steps > STEPS_MAX)
            fail(world, "the run does not come to its end");
        if (world->idle_steps > IDLE_STEPS_MAX)
            fail(world, "steps without end at one moment");
    }
    if (!world->failure)
        check_end(world);
    return world->failure;
}

/* Initial numbers near where arithmetic wraps, as often as not. */
static anvil_seq some_iss(struct world *world)
{
    static const uint32_t edges[] = {0, 0xffffffff, 0xfffffffe, 0x7fffffff, 0x80000000, 0xffffd000};

    if (below(world, 2))
        return anvil_seq_of((uint32_t)next_random(&world->random));
    return anvil_seq_of(edges[below(world, sizeof edges / sizeof edges[0])]);
}

/* A profile that never gives up, varied. */
static struct anvil_policy some_policy(struct world *world)
{
    const char *const names[] = {"rfc9293", "linux", "freebsd"};
    struct anvil_policy policy = *anvil_policy_profile(names[below(world, 3)]);

    policy.r2_us = 0;
    policy.r2_count = 0;
    policy.syn_r2_us = 0;
    policy.syn_r2_count = 0;
    policy.syn_ack_r2_count = 0;
    policy.user_timeout_us = 0;
    policy.orphan_fin_wait_2_us = 0;
    policy.msl_us = 1800 * SECOND; /* longer than any streak of losses */
    policy.offer_timestamps = (uint32_t)below(world, 2);
    policy.offer_sack = (uint32_t)below(world, 2);
    policy.offer_window_scale = (uint32_t)below(world, 2);
    policy.ack_out_of_order = (uint32_t)below(world, 2);
    policy.rfc5961_reset = below(world, 5) ? 1 : 0;
    policy.rfc5961_syn = below(world, 5) ? 1 : 0;
    policy.rfc5961_ack = below(world, 5) ? 1 : 0;
    policy.nagle = (uint32_t)below(world, 2);
    policy.delayed_ack_us = below(world, 3) * 100 * MS;
    return policy;
}

/* One end, its user, its OPEN. */
static void start_end(struct world *world, unsigned at, bool active)
{
    static const uint32_t buffers[] = {1, 500, 3000, 20000, 100000, 3000000};
    struct world_end *end = &world->ends[at];
    struct anvil_event event = {.kind = active ? ANVIL_OPEN_ACTIVE : ANVIL_OPEN_PASSIVE};
    unsigned buffer = (unsigned)below(world, 40) ? 1 + (unsigned)below(world, 5) : 0;

    end->policy = some_policy(world);
    end->iss = some_iss(world);
    end->to_send = below(world, 4) ? below(world, 20000) : 0;
    end->read_most = below(world, 2) ? 100000 : 1 + (uint32_t)below(world, 2000);
    end->pause_us = below(world, 2) ? 10 * MS : 5 * MS + below(world, 3000 * MS);
    end->acts = world->now;
    end->not_before = world->now + below(world, 2 * SECOND);
    end->close_early = below(world, 2) != 0;
    event.open.receive_buffer = buffers[buffer];
    event.open.receive_mss = 1 + (uint32_t)below(world, 1460);
    if (event.open.receive_mss < 100)
        event.open.receive_mss = 1460;
    event.open.send_mss = 1460;
    event.open.ipv6 = (uint8_t)below(world, 2);
    act(world, at, &event, NULL);
}

void world_start(struct world *world, uint64_t seed)
{
    static const anvil_time clocks[] = {0, (UINT64_C(1) << 32) - 100 * MS, UINT64_C(1) << 50,
                                        (UINT64_C(1) << 32) * 1000 - 3 * SECOND};
    bool verbose = world->verbose;
    bool both_active;

    memset(world, 0, sizeof *world);
    world->verbose = verbose;
    world->random = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    for (unsigned i = 0; i < 8; i++)
        next_random(&world->random);
    world->now = clocks[below(world, 4)];
    world->loss = below(world, 3) ? (unsigned)below(world, 250) : 0;
    world->dup = below(world, 2) ? (unsigned)below(world, 100) : 0;
    world->delay_us = 1 + below(world, 200 * MS);
    world->jitter_us = below(world, 2) ? below(world, 400 * MS) : 0;
    both_active = below(world, 4) == 0;
    start_end(world, 1, both_active);
    start_end(world, 0, true);
    if (!world->ends[0].close_early && !world->ends[1].close_early)
        world->ends[0].close_early = true;
    for (unsigned i = 0; i < 2; i++) {
        if (world->ends[!i].tcb.rcv_buffer == 1) /* an octet a round trip */
            world->ends[i].to_send %= 300;
    }
}
