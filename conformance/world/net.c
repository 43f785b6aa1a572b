/* SPDX-License-Identifier: BSD-2-Clause */
/* The network: frames on their way, and what happens to them. */
#include "world/internal.h"

#include <string.h>

static const char a_copy[] = "a copy", forged[] = "forged";

void world_net_clear(struct world_net *net)
{
    net->count = 0;
    net->order = 0;
    memset(net->last_due_us, 0, sizeof net->last_due_us);
    memset(net->mark_seen, 0, sizeof net->mark_seen);
    for (size_t i = 0; i < WORLD_FLIGHT_MAX; i++)
        net->heap[i] = (uint16_t)i;
}

/* Whether frame a arrives before frame b. */
static bool is_before(const struct world_net *net, uint16_t a, uint16_t b)
{
    const struct world_flight *x = &net->flight[a], *y = &net->flight[b];
    return x->due_us < y->due_us || (x->due_us == y->due_us && x->order < y->order);
}

static void swap(struct world_net *net, size_t a, size_t b)
{
    uint16_t slot = net->heap[a];
    net->heap[a] = net->heap[b];
    net->heap[b] = slot;
}

static void sift_up(struct world_net *net, size_t at)
{
    while (at > 0 && is_before(net, net->heap[at], net->heap[(at - 1) / 2])) {
        swap(net, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

static void sift_down(struct world_net *net)
{
    size_t at = 0;
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < net->count; child++)
            if (is_before(net, net->heap[child], net->heap[least]))
                least = child;
        if (least == at)
            return;
        swap(net, at, least);
        at = least;
    }
}

uint64_t world_net_due(const struct world_net *net)
{
    return net->count == 0 ? WORLD_NEVER : net->flight[net->heap[0]].due_us;
}

/* Puts a frame on its way. False: the network is full. */
static bool put(struct world *world, enum world_side to, const uint8_t *bytes, size_t length,
                uint64_t due_us)
{
    struct world_net *net = &world->net;
    if (net->count == WORLD_FLIGHT_MAX || length > WORLD_FRAME_MAX)
        return false;
    uint16_t slot = net->heap[net->count];
    net->flight[slot] = (struct world_flight){ due_us, net->order++, world->incarnation,
                                               (uint16_t)length, (uint8_t)to, net->holds };
    memcpy(net->bytes[slot], bytes, length);
    sift_up(net, net->count++);
    return true;
}

/* Whether an end may connect in TIME-WAIT, which is what keeps old frames out (RFC 9293 3.6.1). The
 * other end, which has no TIME-WAIT, may use its numbers again at once: RFC 6528 is a clock. */
static bool may_cut_time_wait(const struct world *world)
{
    bool may = false;
    for (int side = 0; side < WORLD_SIDES; side++)
        may = may || world->end[side].policy[ORACLE_POLICY_time_wait_connect] != 0;
    return may;
}

/* Whether an old frame may pass for one of this connection: one that was held back meets a
 * TIME-WAIT. By chance there may be none: after a reset, or since a RST ended it (RFC 1337). */
static bool may_stray(const struct world *world, const struct world_flight *flight)
{
    return flight->incarnation != world->incarnation &&
           (!flight->held || may_cut_time_wait(world));
}

/* The frame that is due first reaches its host. False: there is none. */
bool world_net_arrive(struct world *world)
{
    struct world_net *net = &world->net;
    if (net->count == 0)
        return false;
    uint16_t slot = net->heap[0];
    net->count--;
    swap(net, 0, net->count);
    sift_down(net);
    const struct world_flight *flight = &net->flight[slot];
    world->result.late += flight->held && flight->incarnation != world->incarnation;
    world->stray = world->stray || may_stray(world, flight);
    world_host_inject(world, &world->end[flight->to], net->bytes[slot], flight->length);
    return true;
}

static bool is_cut(const struct world *world, enum world_side from)
{
    uint64_t at = world->now_us - world->start_us;
    for (size_t i = 0; i < WORLD_CUTS_MAX; i++) {
        const struct world_cut *cut = &world->plan->cuts[i];
        if (cut->silent[from] && at >= cut->from_us && at < cut->until_us)
            return true;
    }
    return false;
}

/* The mark that this frame is the one for, or NULL. */
static const struct world_mark *find_mark(struct world *world, enum world_side from,
                                          const uint8_t *bytes, size_t length)
{
    const struct world_plan *plan = world->plan;
    struct wire_frame frame;
    const struct world_mark *found = NULL;
    if (plan->mark_count == 0 || wire_decode(&frame, bytes, length) != WIRE_OK ||
        frame.kind != WIRE_KIND_TCP)
        return NULL;
    for (size_t i = 0; i < plan->mark_count; i++) {
        const struct world_mark *mark = &plan->marks[i];
        bool fits = mark->from == from && (frame.tcp.flags & mark->mask) == mark->flags &&
                    (!mark->text || frame.payload_bytes > 0);
        if (fits && world->net.mark_seen[i]++ == mark->nth && found == NULL) {
            found = mark;
            world->result.marks_met |= 1u << i;
        }
    }
    return found;
}

/* When a frame sent now arrives, unless it is overtaken on purpose. */
static uint64_t arrival(struct world *world, enum world_side from)
{
    const struct world_link *link = &world->plan->link[from];
    uint64_t due = world->now_us + link->delay_us;
    bool calm = world_is_calm(world);
    if (!calm && link->jitter_us > 0)
        due += world_draw(world->draw, link->jitter_us + 1);
    if (!calm && link->jitter_us > 0 && world_draw_is(world->draw, link->reorder))
        return due + link->jitter_us + world_draw(world->draw, 3 * link->jitter_us + 1);
    if (due < world->net.last_due_us[from])
        due = world->net.last_due_us[from];
    world->net.last_due_us[from] = due;
    return due;
}

/* Notes what becomes of a frame, where that is recorded. */
static void note(struct world *world, enum world_side from, const uint8_t *bytes, size_t length,
                 const char *why, uint64_t due_us)
{
    if (world->record == NULL)
        return;
    struct world_event *event = world_record_add(world->record, WORLD_EVENT_SENT, bytes, length);
    if (event == NULL)
        return;
    event->side = from;
    event->time_us = world->now_us;
    event->why = why;
    event->copy = why == a_copy || why == forged;
    event->arrives_us = due_us;
}

static void lose(struct world *world, enum world_side from, const uint8_t *bytes, size_t length,
                 const char *why)
{
    world->lost++;
    world->harm_us = world->now_us;
    note(world, from, bytes, length, why, WORLD_NEVER);
}

/* A frame goes its way; `why` is what is special about it. */
static void carry(struct world *world, enum world_side from, const uint8_t *bytes, size_t length,
                  uint64_t due_us, const char *why)
{
    enum world_side to = from == WORLD_A ? WORLD_B : WORLD_A;
    if (put(world, to, bytes, length, due_us))
        note(world, from, bytes, length, why, due_us);
    else
        lose(world, from, bytes, length, "no room");
}

/* A router drops the frame and says so to its sender. */
static void bounce(struct world *world, enum world_side from, const uint8_t *bytes, size_t length)
{
    uint8_t error[WORLD_FRAME_MAX];
    size_t made = world_icmp_error(world, bytes, length, error, sizeof error);
    lose(world, from, bytes, length, "lost, with an ICMP error");
    if (made > 0)
        put(world, from, error, made, world->now_us + world->plan->link[from].delay_us);
}

/* One octet is not what it was. */
static void corrupt(struct world *world, enum world_side from, const uint8_t *bytes,
                    size_t length)
{
    uint8_t copy[WORLD_FRAME_MAX];
    if (length == 0 || length > sizeof copy)
        return;
    memcpy(copy, bytes, length);
    world->harm_us = world->now_us;
    copy[world_draw(world->draw, length)] ^= (uint8_t)(1 + world_draw(world->draw, 255));
    uint64_t due = arrival(world, from);
    if (put(world, from == WORLD_A ? WORLD_B : WORLD_A, copy, length, due))
        note(world, from, bytes, length, "corrupted", due);
    else
        lose(world, from, bytes, length, "no room");
}

/* A frame that comes later than it would. */
static void hold(struct world *world, enum world_side from, const uint8_t *bytes, size_t length,
                 const struct world_mark *mark, const char *why)
{
    world->net.holds = true;
    carry(world, from, bytes, length,
          world->now_us + world->plan->link[from].delay_us + mark->hold_us, why);
    world->net.holds = false;
}

/* Adds to a one's complement sum what `new` adds over `old`. RFC 1624, equation 3. */
static uint16_t sum_changed(uint16_t sum, uint16_t old, uint16_t new)
{
    uint32_t made = (uint32_t)(uint16_t)~sum + (uint16_t)~old + new;
    made = (made & 0xffff) + (made >> 16);
    made = (made & 0xffff) + (made >> 16);
    return (uint16_t)~made;
}

static uint16_t read16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static void write16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* Moves the sequence number of a segment; its checksum is right afterwards. RFC 9293 3.1. */
static void move_number(uint8_t *segment, uint32_t shift)
{
    uint8_t *number = segment + 4, *sum = segment + 16;
    uint32_t moved = ((uint32_t)read16(number) << 16 | read16(number + 2)) + shift;
    write16(sum, sum_changed(read16(sum), read16(number), (uint16_t)(moved >> 16)));
    write16(sum, sum_changed(read16(sum), read16(number + 2), (uint16_t)moved));
    write16(number, moved >> 16);
    write16(number + 2, moved);
}

/* Somebody else, who knows the connection, sends a segment like this one, with another number. */
static void forge(struct world *world, enum world_side from, const uint8_t *bytes, size_t length,
                  const struct world_mark *mark)
{
    uint8_t copy[WORLD_FRAME_MAX];
    size_t head = (bytes[0] >> 4) == 4 ? (size_t)(bytes[0] & 15) * 4 : 40;
    if (length > sizeof copy || length < head + 20)
        return;
    memcpy(copy, bytes, length);
    world->forged = true;
    move_number(copy + head, mark->shift);
    hold(world, from, copy, length, mark, forged);
}

/* A frame that a mark is for goes the way that the mark says. */
static void follow_mark(struct world *world, enum world_side from, const uint8_t *bytes,
                        size_t length, const struct world_mark *mark)
{
    uint64_t due = world->now_us + world->plan->link[from].delay_us;
    switch (mark->fate) {
    case WORLD_PASSES:
        carry(world, from, bytes, length, due, NULL);
        break;
    case WORLD_LOST:
        lose(world, from, bytes, length, "lost");
        break;
    case WORLD_DOUBLED:
        carry(world, from, bytes, length, due, NULL);
        hold(world, from, bytes, length, mark, a_copy);
        break;
    case WORLD_FORGED:
        carry(world, from, bytes, length, due, NULL);
        forge(world, from, bytes, length, mark);
        break;
    case WORLD_HELD:
        hold(world, from, bytes, length, mark, "held back");
        break;
    }
}

/* A host has sent a frame. */
void world_net_send(struct world *world, enum world_side from, const uint8_t *bytes,
                    size_t length)
{
    const struct world_link *link = &world->plan->link[from];
    const struct world_mark *mark = find_mark(world, from, bytes, length);
    world->frames++;
    world->end[from].frames++;
    if (!world_rest_watch(world, bytes, length))
        return;
    if (mark != NULL) {
        follow_mark(world, from, bytes, length, mark);
    } else if (world_is_calm(world)) {
        carry(world, from, bytes, length, arrival(world, from), NULL);
    } else if (is_cut(world, from)) {
        lose(world, from, bytes, length, "cut");
    } else if (world_draw_is(world->draw, link->loss)) {
        lose(world, from, bytes, length, "lost");
    } else if (world_draw_is(world->draw, link->icmp)) {
        bounce(world, from, bytes, length);
    } else if (world_draw_is(world->draw, link->corrupt)) {
        corrupt(world, from, bytes, length);
    } else {
        carry(world, from, bytes, length, arrival(world, from), NULL);
        if (world_draw_is(world->draw, link->duplicate))
            carry(world, from, bytes, length, arrival(world, from), a_copy);
    }
}
