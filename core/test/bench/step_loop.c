/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two loops over anvil_step, to be measured: data in order with an ACK every second segment, and
 * ACKs that release the next segments. Options as is usual: timestamps, SACK, a scaled window.
 *
 *     step_loop receive|send EVENTS
 *
 * prints the events and what came of them; run it under callgrind, or time it.
 */
#include <anvil/step.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEGMENT_OCTETS 1448u

/* One machine, its peer's numbers, and the sums that show that work was done. */
struct loop {
    struct anvil_tcb tcb;
    struct anvil_effects effects;
    struct anvil_event event;
    struct anvil_segment segment;
    uint64_t events, segments_sent, octets;
};

static void step(struct loop *loop)
{
    anvil_step(&loop->tcb, &anvil_policy_rfc9293, &loop->event, &loop->effects);
    loop->events++;
    loop->segments_sent += loop->effects.sent_count;
}

/* A segment as a peer sends it that agreed on timestamps. */
static void arrive(struct loop *loop, uint16_t flags, uint32_t length)
{
    struct anvil_segment *segment = &loop->segment;

    segment->flags = flags;
    segment->seq = loop->tcb.rcv_nxt;
    segment->ack = loop->tcb.snd_max;
    segment->length = length;
    segment->window = 65535;
    segment->options.present = ANVIL_HAS_TIMESTAMPS;
    segment->options.ts_value = (uint32_t)(loop->event.now / 1000);
    segment->options.ts_echo = (uint32_t)(loop->event.now / 1000);
    loop->event.kind = ANVIL_SEGMENT;
    loop->event.segment = segment;
    loop->event.arrived = loop->event.now;
    step(loop);
}

/* An active open, answered by all the options there are. */
static void open_loop(struct loop *loop)
{
    memset(loop, 0, sizeof *loop);
    loop->event.now = 1000000;
    loop->event.kind = ANVIL_OPEN_ACTIVE;
    loop->event.open.receive_buffer = 1 << 20;
    loop->event.open.receive_mss = 1460;
    loop->event.open.send_mss = 1460;
    step(loop);
    loop->segment.seq = anvil_seq_of(1000);
    loop->segment.ack = loop->tcb.snd_max;
    loop->segment.flags = ANVIL_SYN | ANVIL_ACK;
    loop->segment.window = 65535;
    loop->segment.options.present = ANVIL_HAS_MSS | ANVIL_HAS_TIMESTAMPS |
                                    ANVIL_HAS_WINDOW_SCALE | ANVIL_HAS_SACK_PERMITTED;
    loop->segment.options.mss = 1460;
    loop->segment.options.window_scale = 7;
    loop->event.kind = ANVIL_SEGMENT;
    loop->event.segment = &loop->segment;
    loop->event.arrived = loop->event.now;
    step(loop);
    loop->events = 0;
    loop->segments_sent = 0;
}

/* Data in order, read as it comes without a call of its own: every second segment draws an ACK. */
static void receive_loop(struct loop *loop, uint64_t events)
{
    open_loop(loop);
    while (loop->events < events) {
        loop->event.now += 10;
        arrive(loop, ANVIL_ACK, SEGMENT_OCTETS);
        loop->octets += loop->effects.accept_count ? loop->effects.accept[0].length : 0;
        loop->tcb.rcv_read_offset = loop->tcb.rcv_nxt_offset;
    }
}

/* ACKs of two segments each; each releases the next two. */
static void send_loop(struct loop *loop, uint64_t events)
{
    anvil_seq acked;

    open_loop(loop);
    loop->event.kind = ANVIL_SEND;
    loop->event.length = UINT64_C(1) << 50;
    step(loop);
    acked = loop->tcb.snd_una;
    for (unsigned i = 0; i < 8; i++) {
        loop->event.kind = ANVIL_POLL;
        step(loop);
    }
    loop->events = 0;
    while (loop->events < events) {
        loop->event.now += 10;
        acked = anvil_seq_add(acked, 2 * SEGMENT_OCTETS);
        loop->segment.seq = loop->tcb.rcv_nxt;
        loop->segment.ack = acked;
        loop->segment.flags = ANVIL_ACK;
        loop->segment.options.present = ANVIL_HAS_TIMESTAMPS;
        loop->segment.options.ts_value = (uint32_t)(loop->event.now / 1000);
        loop->segment.options.ts_echo = loop->segment.options.ts_value;
        loop->event.kind = ANVIL_SEGMENT;
        loop->event.arrived = loop->event.now;
        step(loop);
        loop->octets = loop->effects.acked_to;
    }
}

int main(int argc, char **argv)
{
    struct loop loop;
    uint64_t events = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
    bool receives = argc > 1 && strcmp(argv[1], "receive") == 0;

    if (argc < 2 || (!receives && strcmp(argv[1], "send") != 0)) {
        fprintf(stderr, "usage: step_loop receive|send [EVENTS]\n");
        return 2;
    }
    if (receives)
        receive_loop(&loop, events);
    else
        send_loop(&loop, events);
    printf("%llu events, %llu segments sent, %llu octets\n", (unsigned long long)loop.events,
           (unsigned long long)loop.segments_sent, (unsigned long long)loop.octets);
    return 0;
}
