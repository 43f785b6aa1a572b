/* SPDX-License-Identifier: BSD-2-Clause */
/* Loops over the core's machine alone, for tcpanvil bench. */
#include "cli/core_bench.h"

#include <anvil/step.h>

#include <string.h>

enum { SEGMENT = 1448, WINDOW = 1 << 30, EVENT_US = 10 };

/* A machine in ESTABLISHED, and the event and effects that its steps use. */
struct bench {
    struct anvil_tcb tcb;
    struct anvil_event event;
    struct anvil_segment segment;
    struct anvil_effects effects;
    uint64_t sent; /* segments that came out */
};

static void step(struct bench *bench)
{
    bench->event.now += EVENT_US;
    bench->event.arrived = bench->event.now;
    anvil_step(&bench->tcb, &anvil_policy_rfc9293, &bench->event, &bench->effects);
    bench->sent += bench->effects.sent_count;
}

/* The timestamps of a segment that arrives now; ours are echoed as they came. */
static void stamp(struct bench *bench)
{
    bench->segment.options.ts_value = (uint32_t)(bench->event.now / 1000);
    bench->segment.options.ts_echo = (uint32_t)(bench->event.now / 1000);
}

/* A passive open with every option, as a peer of today asks for it. */
static void establish(struct bench *bench)
{
    memset(bench, 0, sizeof *bench);
    bench->event.kind = ANVIL_OPEN_PASSIVE;
    bench->event.open.receive_buffer = WINDOW;
    bench->event.open.receive_mss = 1460;
    bench->event.open.send_mss = 1460;
    step(bench);
    bench->event.kind = ANVIL_SEGMENT;
    bench->event.segment = &bench->segment;
    bench->event.iss = anvil_seq_of(1000);
    bench->segment.seq = anvil_seq_of(5000);
    bench->segment.flags = ANVIL_SYN;
    bench->segment.window = UINT16_MAX;
    bench->segment.options.present = ANVIL_HAS_MSS | ANVIL_HAS_WINDOW_SCALE |
                                     ANVIL_HAS_TIMESTAMPS | ANVIL_HAS_SACK_PERMITTED;
    bench->segment.options.mss = 1460;
    bench->segment.options.window_scale = 14;
    stamp(bench);
    step(bench);
    bench->segment.seq = anvil_seq_of(5001);
    bench->segment.ack = anvil_seq_of(1001);
    bench->segment.flags = ANVIL_ACK;
    bench->segment.options.present = ANVIL_HAS_TIMESTAMPS;
    stamp(bench);
    step(bench);
    bench->sent = 0;
}

static void idle(struct bench *bench, uint64_t events)
{
    bench->event.kind = ANVIL_POLL;
    for (uint64_t i = 0; i < events; i++)
        step(bench);
}

/* What has piled up is read now and then, so that the window stays open. */
static void read_all(struct bench *bench)
{
    bench->event.kind = ANVIL_RECEIVE;
    bench->event.length = UINT64_MAX;
    step(bench);
    bench->event.kind = ANVIL_SEGMENT;
}

static void in_order(struct bench *bench, uint64_t events)
{
    bench->segment.length = SEGMENT;
    for (uint64_t i = 0; i < events; i++) {
        stamp(bench);
        step(bench);
        bench->segment.seq = anvil_seq_add(bench->segment.seq, SEGMENT);
        if (i % 100000 == 99999)
            read_all(bench);
    }
}

/* ACKs of so many segments, each of which lets as many go. */
static void release(struct bench *bench, uint64_t events, uint32_t segments)
{
    bench->event.kind = ANVIL_SEND;
    bench->event.length = UINT64_C(1) << 60;
    step(bench);
    bench->event.kind = ANVIL_POLL;
    while (bench->effects.sent_count > 0)
        step(bench);
    bench->event.kind = ANVIL_SEGMENT;
    bench->sent = 0;
    for (uint64_t i = 0; i < events; i++) {
        bench->segment.ack = anvil_seq_add(bench->segment.ack, segments * SEGMENT);
        stamp(bench);
        step(bench);
    }
}

const char *cli_core_bench_name(enum cli_core_bench_loop loop)
{
    static const char *const names[CORE_BENCH_LOOPS] = {"idle", "in-order", "release",
                                                       "release-one"};
    return names[loop];
}

uint64_t cli_core_bench_run(enum cli_core_bench_loop loop, uint64_t events)
{
    struct bench bench;
    establish(&bench);
    switch (loop) {
    case CORE_BENCH_IDLE:
        idle(&bench, events);
        break;
    case CORE_BENCH_IN_ORDER:
        in_order(&bench, events);
        break;
    case CORE_BENCH_RELEASE:
        release(&bench, events, 2);
        break;
    case CORE_BENCH_RELEASE_ONE:
        release(&bench, events, 1);
        break;
    case CORE_BENCH_LOOPS:
        break;
    }
    return bench.sent;
}

size_t cli_core_bench_tcb_octets(void)
{
    return sizeof(struct anvil_tcb);
}

size_t cli_core_bench_fast_path_octets(void)
{
    return offsetof(struct anvil_tcb, congestion.state);
}
