/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The segment that was to be expected: predict.h leaves what the checks in RFC order and the end of
 * a step leave, to the octet, and does nothing with any other segment. Both run on copies of many
 * connections, which random traffic brings to where they are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "predict.h"
#include "support/chaos.h"
#include "support/world.h"

#define SEEDS 240u
#define STEPS 600u

/* How many segments of each kind were taken past the checks. */
struct taken {
    unsigned long all, text, acks, both, released;
};

static uint32_t below(struct chaos *chaos, uint32_t limit)
{
    return (uint32_t)((next_random(&chaos->random) >> 16) % limit);
}

static const struct anvil_send_range *some_range(struct chaos *chaos, const struct anvil_tcb *tcb)
{
    uint32_t index = tcb->sent_first + below(chaos, tcb->sent_count);
    return &tcb->sent[index % ANVIL_SEND_RANGES_MAX];
}

/* An ACK of nothing new, of part of what is in flight, of a range of it, or of everything. */
static anvil_seq some_ack(struct chaos *chaos, const struct anvil_tcb *tcb)
{
    uint32_t flight = anvil_seq_from(tcb->snd_una, tcb->snd_max);

    switch (below(chaos, 4)) {
    case 0:
        return tcb->snd_una;
    case 1:
        return anvil_seq_add(tcb->snd_una, below(chaos, flight + 1));
    case 2:
        return tcb->sent_count ? some_range(chaos, tcb)->end : tcb->snd_max;
    default:
        return tcb->snd_max;
    }
}

/* What a peer sends while nothing is lost, and what differs from it in one respect. */
static void traffic(struct chaos *chaos, const struct anvil_tcb *tcb)
{
    static const uint32_t lengths[] = {0, 0, 0, 1448, 1448, 1460, 536, 1, 100, 65000};
    struct anvil_segment *segment = &chaos->segment;

    segment->flags = ANVIL_ACK | (below(chaos, 4) ? 0 : ANVIL_PSH);
    segment->length = lengths[below(chaos, sizeof lengths / sizeof lengths[0])];
    segment->ack = some_ack(chaos, tcb);
    if (below(chaos, 4))
        segment->window = (uint16_t)(tcb->snd_wnd >> tcb->snd_shift);
    segment->options.present = tcb->timestamps_on ? ANVIL_HAS_TIMESTAMPS : 0;
    segment->options.ts_value = tcb->ts_recent + below(chaos, 3) - (below(chaos, 20) ? 0 : 1);
    if (below(chaos, 40) == 0)
        segment->options.present ^= ANVIL_HAS_TIMESTAMPS;
    if (below(chaos, 20) == 0)
        segment->seq = anvil_seq_add(segment->seq, below(chaos, 6000) - 3000u);
    if (below(chaos, 40) == 0)
        segment->ack = anvil_seq_add(segment->ack, below(chaos, 3000) - 1500u);
    if (below(chaos, 40) == 0)
        segment->flags ^= (uint16_t)(1u << below(chaos, 9));
}

/* Keep-alives, and soon, so that some are unanswered when a segment comes. */
static void set_keepalive(struct chaos *chaos)
{
    bool idle = below(chaos, 2) != 0;

    chaos->event.kind = ANVIL_SET;
    chaos->event.set = idle ? ANVIL_SET_KEEPALIVE_IDLE : ANVIL_SET_KEEPALIVE;
    chaos->event.value = idle ? 1500 : 1;
}

/* The next event of a connection that is mostly in ESTABLISHED. */
static void next_event(struct chaos *chaos, const struct anvil_tcb *tcb)
{
    if (below(chaos, 32) == 0) {
        chaos_next(chaos, tcb, 0);
        return;
    }
    chaos_sensible(chaos, tcb);
    if (tcb->state < ANVIL_ESTABLISHED)
        return;
    traffic(chaos, tcb);
    if (below(chaos, 50) == 0)
        set_keepalive(chaos);
    else if (below(chaos, 6) == 0)
        chaos->event.kind = below(chaos, 3) ? ANVIL_SEND : ANVIL_RECEIVE;
    chaos->event.length = below(chaos, 4) ? below(chaos, 40000) : UINT32_MAX;
}

/* Runs the segment both ways, on copies. */
static void compare(const struct anvil_tcb *tcb, const struct anvil_policy *policy,
                    const struct anvil_event *event, struct taken *taken)
{
    struct anvil_effects before, fast, slow;
    struct anvil_tcb fast_tcb = *tcb, slow_tcb = *tcb;
    struct step fast_step = {&fast_tcb, policy, event, &fast, event->now};
    struct step slow_step = {&slow_tcb, policy, event, &slow, event->now};

    memset(&before, 0xa5, sizeof before);
    before.signals = 0;
    before.check = ANVIL_CHECK_NONE;
    before.sent_count = 0;
    before.accept_count = 0;
    before.acked_to = tcb->snd_una_offset;
    before.state_after = tcb->state;
    fast = before;
    slow = before;
    if (!take_expected(&fast_step)) {
        assert_memory_equal(&fast_tcb, tcb, sizeof *tcb);
        assert_memory_equal(&fast, &before, sizeof before);
        return;
    }
    slow_tcb.now_us = event->now;
    anvil_segment_arrives(&slow_step);
    anvil_send_due(&slow_step);
    end_step(&slow_step);
    assert_memory_equal(&fast_tcb, &slow_tcb, sizeof fast_tcb);
    assert_memory_equal(&fast, &slow, sizeof fast);
    taken->all++;
    taken->text += fast.accept_count > 0;
    taken->acks += (fast.signals & ANVIL_SIGNAL_ACKED) != 0;
    taken->both += fast.accept_count > 0 && (fast.signals & ANVIL_SIGNAL_ACKED);
    taken->released += fast.sent_count > 0 && fast.sent[0].segment.length > 0;
}

/* One connection after another from a seed, each segment both ways. */
static void play(uint64_t seed, struct taken *taken)
{
    static const struct anvil_policy *const profiles[] = {
        &anvil_policy_rfc9293, &anvil_policy_linux, &anvil_policy_freebsd};
    struct anvil_effects effects;
    struct chaos chaos = chaos_start(seed, seed % 2 ? 1000 : UINT64_C(1) << 40);
    struct anvil_policy policy = seed % 4 == 3 ? chaos_policy(&chaos) : *profiles[seed % 4];
    struct anvil_tcb tcb;

    if (seed % 3 == 0)
        policy.ack_out_of_order = 0; /* duplicates are reported later than at once */
    memset(&tcb, 0, sizeof tcb);
    for (unsigned i = 0; i < STEPS; i++) {
        next_event(&chaos, &tcb);
        if (chaos.event.kind == ANVIL_SEGMENT)
            compare(&tcb, &policy, &chaos.event, taken);
        anvil_step(&tcb, &policy, &chaos.event, &effects);
    }
}

static void expected_segments_leave_what_the_checks_leave(void **state)
{
    struct taken taken = {0, 0, 0, 0, 0};

    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        play(seed, &taken);
    /* Of each kind many were compared, or the test would say nothing. */
    assert_true(taken.all > 10000);
    assert_true(taken.text > 4000);
    assert_true(taken.acks > 2000);
    assert_true(taken.both > 1000);
    assert_true(taken.released > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expected_segments_leave_what_the_checks_leave),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
