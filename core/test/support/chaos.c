/* SPDX-License-Identifier: BSD-2-Clause */
/* Events without sense. */
#include "support/chaos.h"
#include "support/world.h"

#include <string.h>

static uint64_t below(struct chaos *chaos, uint64_t limit)
{
    return (next_random(&chaos->random) >> 16) % limit;
}

static uint32_t any32(struct chaos *chaos)
{
    return (uint32_t)(next_random(&chaos->random) >> 13);
}

struct chaos chaos_start(uint64_t seed, anvil_time now)
{
    struct chaos chaos;

    memset(&chaos, 0, sizeof chaos);
    chaos.random = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    chaos.now = now;
    for (unsigned i = 0; i < 8; i++)
        next_random(&chaos.random);
    return chaos;
}

/* A number near one of the edges that count from `origin`. */
static anvil_seq near_seq(struct chaos *chaos, anvil_seq origin, uint32_t span)
{
    const uint32_t edges[] = {0, 0, 0, 1, span, span / 2, UINT32_C(0x80000000), 0u - span, 1000};
    uint32_t edge = edges[below(chaos, sizeof edges / sizeof edges[0])];

    return anvil_seq_add(origin, edge + (uint32_t)below(chaos, 5) - 2u);
}

static void any_options(struct chaos *chaos, struct anvil_options *options)
{
    options->present = (uint16_t)(any32(chaos) & any32(chaos) & 0xff);
    options->mss = (uint16_t)(below(chaos, 2) ? any32(chaos) : below(chaos, 3));
    options->ts_value = any32(chaos);
    options->ts_echo = any32(chaos);
    options->user_timeout = (uint16_t)any32(chaos);
    options->window_scale = (uint8_t)below(chaos, 256);
    options->sack_count = (uint8_t)below(chaos, ANVIL_SACK_BLOCKS_MAX + 1);
    for (unsigned i = 0; i < options->sack_count; i++) {
        options->sack[i].left = anvil_seq_of(any32(chaos));
        options->sack[i].right = anvil_seq_of(any32(chaos));
    }
}

/* With timestamps on, most segments must carry believable ones, or nothing gets past PAWS. */
static void believable_timestamps(struct chaos *chaos, const struct anvil_tcb *tcb)
{
    struct anvil_options *options = &chaos->segment.options;

    if (!tcb->timestamps_on || below(chaos, 16) == 0)
        return;
    options->present |= ANVIL_HAS_TIMESTAMPS;
    options->ts_value = tcb->ts_recent + (uint32_t)below(chaos, 3);
}

static void any_segment(struct chaos *chaos, const struct anvil_tcb *tcb, unsigned wild)
{
    static const uint32_t lengths[] = {0, 0, 1, 2, 100, 1000, 65495, 3};
    static const uint16_t windows[] = {0, 1, 500, 10000, 65535};
    struct anvil_segment *segment = &chaos->segment;
    uint32_t flight = anvil_seq_from(tcb->snd_una, tcb->snd_max);
    bool anywhere = below(chaos, 256) < wild;

    memset(segment, 0, sizeof *segment);
    segment->seq = anywhere ? anvil_seq_of(any32(chaos))
                            : near_seq(chaos, tcb->rcv_nxt, anvil_receive_window(tcb));
    segment->ack = below(chaos, 8) == 0 ? anvil_seq_of(any32(chaos))
                                        : near_seq(chaos, tcb->snd_una, flight);
    segment->length = lengths[below(chaos, sizeof lengths / sizeof lengths[0])];
    segment->window = windows[below(chaos, sizeof windows / sizeof windows[0])];
    segment->urgent = (uint16_t)any32(chaos);
    segment->flags = (uint16_t)(any32(chaos) & 0xff);
    if (below(chaos, 4)) /* mostly without what ends connections */
        segment->flags &= (uint16_t)~(ANVIL_RST | ANVIL_SYN | (below(chaos, 3) ? ANVIL_FIN : 0));
    if (below(chaos, 4))
        segment->flags |= ANVIL_ACK;
    any_options(chaos, &segment->options);
    believable_timestamps(chaos, tcb);
}

/* Lengths and values: small, or at the ends of their type. */
static uint64_t any_value(struct chaos *chaos)
{
    static const uint64_t values[] = {0, 1, 2, 1000, 65536, UINT32_MAX, UINT64_C(1) << 40,
                                      UINT64_C(1) << 62, UINT64_MAX};

    if (below(chaos, 3))
        return below(chaos, 5000);
    return values[below(chaos, sizeof values / sizeof values[0])];
}

static void any_call(struct chaos *chaos, struct anvil_event *event)
{
    static const enum anvil_event_kind kinds[] = {
        ANVIL_OPEN_PASSIVE, ANVIL_OPEN_ACTIVE, ANVIL_SEND, ANVIL_SEND,  ANVIL_SEND, ANVIL_RECEIVE,
        ANVIL_RECEIVE,      ANVIL_CLOSE,       ANVIL_ICMP, ANVIL_ABORT, ANVIL_SET,  ANVIL_SET,
    };

    event->kind = kinds[below(chaos, sizeof kinds / sizeof kinds[0])];
    if ((event->kind == ANVIL_ABORT || event->kind == ANVIL_ICMP) && below(chaos, 4))
        event->kind = ANVIL_RECEIVE;
}

/* Time passes: mostly little, sometimes to just before, at or after the deadline, or far. */
static anvil_time some_time(struct chaos *chaos, const struct anvil_tcb *tcb)
{
    anvil_time deadline = anvil_deadline(tcb);
    anvil_time late = chaos->now + below(chaos, 2000);

    if (below(chaos, 4) == 0 && deadline != ANVIL_NEVER && deadline > chaos->now)
        late = deadline - 1 + below(chaos, 3);
    if (below(chaos, 200) == 0)
        late = chaos->now + below(chaos, UINT64_C(1) << 44);
    return late > chaos->now ? late : chaos->now;
}

void chaos_next(struct chaos *chaos, const struct anvil_tcb *tcb, unsigned wild)
{
    struct anvil_event *event = &chaos->event;
    uint64_t what = below(chaos, 16);

    memset(event, 0, sizeof *event);
    chaos->now = some_time(chaos, tcb);
    event->now = chaos->now;
    event->arrived = event->now - below(chaos, 2) * below(chaos, event->now + 1);
    event->iss = anvil_seq_of(any32(chaos));
    event->ts_offset = any32(chaos);
    event->more = below(chaos, 8) == 0;
    event->length = any_value(chaos);
    event->urgent = below(chaos, 8) == 0;
    event->push = below(chaos, 4) == 0;
    event->full = below(chaos, 2) != 0;
    event->remote_specified = below(chaos, 4) != 0;
    event->icmp = (enum anvil_icmp)below(chaos, 4);
    event->quoted = near_seq(chaos, tcb->snd_una, 1000);
    event->mss_limit = (uint32_t)any_value(chaos);
    event->set = (enum anvil_setting)below(chaos, ANVIL_SET_READER_GONE + 1);
    event->value = any_value(chaos);
    event->open.receive_buffer = (uint32_t)any_value(chaos);
    event->open.receive_mss = (uint32_t)any_value(chaos);
    event->open.send_mss = (uint32_t)any_value(chaos);
    event->open.ipv6 = (uint8_t)below(chaos, 2);
    event->kind = ANVIL_POLL;
    if (what < 3) {
        any_call(chaos, event);
    } else if (what < 14) {
        any_segment(chaos, tcb, wild);
        event->kind = ANVIL_SEGMENT;
        event->segment = &chaos->segment;
    }
}

/* The segment that fits where the TCB stands. */
static void fitting_segment(struct chaos *chaos, const struct anvil_tcb *tcb)
{
    struct anvil_segment *segment = &chaos->segment;

    memset(segment, 0, sizeof *segment);
    segment->flags = ANVIL_ACK;
    segment->seq = tcb->rcv_nxt;
    segment->ack = tcb->snd_max;
    segment->window = (uint16_t)below(chaos, 65536);
    if (tcb->state <= ANVIL_SYN_SENT) {
        segment->flags = tcb->state == ANVIL_SYN_SENT && below(chaos, 4) ? ANVIL_SYN | ANVIL_ACK
                                                                         : ANVIL_SYN;
        segment->seq = anvil_seq_of(any32(chaos));
        any_options(chaos, &segment->options);
    } else if (below(chaos, 12) == 0) {
        segment->flags |= ANVIL_FIN;
    } else {
        segment->length = (uint32_t)below(chaos, 3) * 700;
    }
    believable_timestamps(chaos, tcb);
}

void chaos_sensible(struct chaos *chaos, const struct anvil_tcb *tcb)
{
    chaos_next(chaos, tcb, 0);
    fitting_segment(chaos, tcb);
    chaos->event.kind = ANVIL_SEGMENT;
    chaos->event.segment = &chaos->segment;
    if (tcb->state != ANVIL_CLOSED)
        return;
    chaos->event.kind = below(chaos, 2) ? ANVIL_OPEN_ACTIVE : ANVIL_OPEN_PASSIVE;
    chaos->event.open.receive_buffer = (uint32_t)below(chaos, 200000);
    chaos->event.open.receive_mss = 1 + (uint32_t)below(chaos, 1460);
    chaos->event.open.send_mss = 1 + (uint32_t)below(chaos, 1460);
}

struct anvil_policy chaos_policy(struct chaos *chaos)
{
    struct anvil_policy policy = anvil_policy_rfc9293;
    size_t count;
    const struct anvil_policy_field *fields = anvil_policy_fields(&count);

    for (size_t i = 0; i < count; i++) {
        uint64_t span = fields[i].most - fields[i].least;
        uint64_t value = fields[i].least;
        if (below(chaos, 3) == 0)
            continue; /* as it is */
        if (span > 0 && span < UINT64_MAX)
            value += below(chaos, 3) ? below(chaos, span + 1) : below(chaos, 2) * span;
        anvil_policy_set(&policy, &fields[i], value);
    }
    return policy;
}
