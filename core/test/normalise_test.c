/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contract: a TCB is a value. A copy goes on like the original; two runs that differ only in
 * where numbers and clock begin have equal octets once normalised; and a normalised TCB goes on
 * like the one it was made from. Shown over random runs through all states.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/chaos.h"
#include "support/shift.h"
#include "support/world.h"

#define SEEDS 300u
#define STEPS 300u

/* The next event of a run: more often sensible than not, so that runs get somewhere. */
static void next_event(struct chaos *chaos, const struct anvil_tcb *tcb)
{
    if ((next_random(&chaos->random) >> 20) % 8 < 3)
        chaos_sensible(chaos, tcb);
    else
        chaos_next(chaos, tcb, 4);
}

static void expect_alike(const char *says, uint64_t seed, unsigned step, const char *difference,
                         const struct anvil_effects *effects)
{
    if (difference)
        fail_msg("%s: seed %llu, step %u, %s: different %s", says, (unsigned long long)seed, step,
                 anvil_state_name((enum anvil_state)effects->state_before), difference);
}

static void a_copy_goes_on_like_the_original(void **state)
{
    const struct shift none = {0};

    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct chaos chaos = chaos_start(seed, 1000);
        struct anvil_policy policy = chaos_policy(&chaos);
        struct anvil_tcb tcb, copy;
        memset(&tcb, 0, sizeof tcb);
        for (unsigned i = 0; i < STEPS; i++) {
            struct anvil_effects first, second;
            memcpy(&copy, &tcb, sizeof copy);
            next_event(&chaos, &tcb);
            anvil_step(&tcb, &policy, &chaos.event, &first);
            anvil_step(&copy, &policy, &chaos.event, &second);
            expect_alike("copy", seed, i, shift_difference(&none, &first, &second), &first);
            assert_memory_equal(&tcb, &copy, sizeof tcb);
        }
    }
}

/* The first octet in which two TCBs differ, or -1. */
static long first_difference(const struct anvil_tcb *a, const struct anvil_tcb *b)
{
    const unsigned char *left = (const unsigned char *)a, *right = (const unsigned char *)b;

    for (size_t i = 0; i < sizeof *a; i++) {
        if (left[i] != right[i])
            return (long)i;
    }
    return -1;
}

static void expect_equal_once_normalised(const struct anvil_tcb *first, anvil_time now,
                                         const struct anvil_tcb *second, anvil_time later,
                                         uint64_t seed)
{
    struct anvil_tcb a = *first, b = *second;
    long where;

    anvil_normalise(&a, now);
    anvil_normalise(&b, later);
    where = first_difference(&a, &b);
    if (where >= 0)
        fail_msg("seed %llu, %s: octet %ld of the TCB differs", (unsigned long long)seed,
                 anvil_state_name((enum anvil_state)first->state), where);
}

static struct shift some_shift(struct chaos *chaos, const struct anvil_policy *policy)
{
    struct shift shift = {0};

    shift.send = (uint32_t)(next_random(&chaos->random) >> 11);
    shift.receive = (uint32_t)(next_random(&chaos->random) >> 11);
    shift.ticks = (uint32_t)(next_random(&chaos->random) >> 44);
    shift.time = shift.ticks * policy->timestamp_tick_us;
    return shift;
}

static void shifted_runs_are_equal_once_normalised(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct chaos chaos = chaos_start(seed, 1000);
        struct anvil_policy policy = chaos_policy(&chaos);
        struct shift shift = some_shift(&chaos, &policy);
        struct anvil_tcb tcb, other;
        memset(&tcb, 0, sizeof tcb);
        memset(&other, 0, sizeof other);
        for (unsigned i = 0; i < STEPS; i++) {
            struct anvil_effects first, second;
            struct anvil_segment segment;
            struct anvil_event event;
            next_event(&chaos, &tcb);
            event = shift_event(&shift, &chaos.event, &segment);
            anvil_step(&tcb, &policy, &chaos.event, &first);
            anvil_step(&other, &policy, &event, &second);
            expect_alike("shifted", seed, i, shift_difference(&shift, &first, &second), &first);
            expect_equal_once_normalised(&tcb, chaos.now, &other, event.now, seed);
        }
    }
}

/* How a TCB differs from its normalised form. */
static struct shift shift_to(const struct anvil_tcb *tcb, const struct anvil_tcb *normal,
                             anvil_time now)
{
    struct shift shift = {0};

    shift.send = normal->snd_una.raw - tcb->snd_una.raw;
    shift.receive = normal->rcv_nxt.raw - tcb->rcv_nxt.raw;
    shift.time = normal->now_us - now;
    shift.send_offset = normal->snd_una_offset - tcb->snd_una_offset;
    shift.receive_offset = normal->rcv_read_offset - tcb->rcv_read_offset;
    return shift;
}

/* Goes on for a while from a TCB and from its normalised form, until a connection begins anew. */
static void go_on_from(const struct chaos *at, const struct anvil_tcb *start,
                       const struct anvil_policy *policy, uint64_t seed)
{
    struct chaos chaos = *at;
    struct anvil_tcb tcb = *start, normal = *start;
    struct shift shift;

    anvil_normalise(&normal, chaos.now);
    assert_true(anvil_invariant(&normal, NULL));
    shift = shift_to(&tcb, &normal, chaos.now);
    for (unsigned i = 0; i < 12 && tcb.state > ANVIL_LISTEN; i++) {
        struct anvil_effects first, second;
        struct anvil_segment segment;
        struct anvil_event event;
        next_event(&chaos, &tcb);
        event = shift_event(&shift, &chaos.event, &segment);
        anvil_step(&tcb, policy, &chaos.event, &first);
        anvil_step(&normal, policy, &event, &second);
        if (tcb.state <= ANVIL_LISTEN || (first.signals & ANVIL_SIGNAL_DELETED) ||
            (tcb.reused && !start->reused))
            break; /* offsets count from zero again */
        expect_alike("normalised", seed, i, shift_difference(&shift, &first, &second), &first);
    }
}

static void a_normalised_tcb_goes_on_like_the_original(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct chaos chaos = chaos_start(seed, 1000);
        struct anvil_policy policy = chaos_policy(&chaos);
        struct anvil_tcb tcb;
        memset(&tcb, 0, sizeof tcb);
        policy.offer_timestamps = 0; /* the value of that clock is the one thing that differs */
        for (unsigned i = 0; i < STEPS; i++) {
            struct anvil_effects effects;
            next_event(&chaos, &tcb);
            anvil_step(&tcb, &policy, &chaos.event, &effects);
            if (tcb.state > ANVIL_LISTEN && i % 5 == 0)
                go_on_from(&chaos, &tcb, &policy, seed);
        }
    }
}

/* What `now` becomes. */
#define MIDDLE (UINT64_C(1) << 62)

/* A TCB in ESTABLISHED at time 1000 with everything that may no longer count set to something. */
static struct anvil_tcb some_tcb(void)
{
    struct anvil_tcb tcb;

    memset(&tcb, 0, sizeof tcb);
    tcb.state = ANVIL_ESTABLISHED;
    tcb.syn_acked = 1;
    tcb.now_us = 1000;
    tcb.heard_us = 900;
    tcb.first_sent_us = 800;
    tcb.user_deadline = ANVIL_NEVER;
    tcb.iss = anvil_seq_of(90);
    tcb.snd_una = anvil_seq_of(100);
    tcb.snd_nxt = tcb.snd_max = anvil_seq_of(300);
    tcb.sent_count = 1;
    tcb.sent[0] = (struct anvil_send_range){tcb.snd_max, 1, 0, 800};
    tcb.irs = anvil_seq_of(60);
    tcb.rcv_nxt = tcb.rcv_adv = anvil_seq_of(70);
    tcb.snd_up_offset = 55;
    tcb.old_ts_recent = 5;
    tcb.old_ts_offset = 6;
    tcb.old_agreed = 1;
    tcb.total_retransmits = 7;
    tcb.duplicate_acks = 8;
    return tcb;
}

static void what_no_longer_counts_becomes_plain(void **state)
{
    struct anvil_tcb tcb = some_tcb();

    (void)state;
    anvil_normalise(&tcb, 1000);
    assert_int_equal(tcb.iss.raw, 0);
    assert_int_equal(tcb.irs.raw, 0);
    assert_true(tcb.snd_up_offset == 0);
    assert_int_equal(tcb.old_ts_recent, 0);
    assert_int_equal(tcb.old_ts_offset, 0);
    assert_int_equal(tcb.old_agreed, 0);
    assert_int_equal(tcb.total_retransmits, 0);
    assert_int_equal(tcb.duplicate_acks, 0);
}

/* Ages and numbers that count keep their distance. */
static void what_counts_keeps_its_distance(void **state)
{
    struct anvil_tcb tcb = some_tcb();

    (void)state;
    anvil_normalise(&tcb, 1000);
    assert_true(tcb.first_sent_us == MIDDLE - 200);
    assert_true(tcb.heard_us == MIDDLE - 100);
    tcb = some_tcb();
    tcb.state = ANVIL_SYN_RECEIVED;
    tcb.syn_acked = 0;
    tcb.reused = 1;
    anvil_normalise(&tcb, 1000);
    assert_true(tcb.heard_us == MIDDLE - 100);
    assert_int_equal(tcb.iss.raw, (uint32_t)-10);
    assert_int_equal(tcb.irs.raw, (uint32_t)-10);
    assert_int_equal(tcb.old_ts_recent, 5);
    assert_int_equal(tcb.old_ts_offset, 6);
    assert_int_equal(tcb.old_agreed, 1);
}

/* Held ranges are ranked by when they were touched; a place that is free stays zero. */
static void held_ranges_are_ranked(void **state)
{
    static const uint32_t touched[] = {7, 3, 9}, ranks[] = {2, 1, 3};
    const struct anvil_held_range none = {{0}, {0}, 0};
    struct anvil_tcb tcb = some_tcb();

    (void)state;
    for (uint32_t i = 0; i < 3; i++)
        tcb.held[i] = (struct anvil_held_range){anvil_seq_of(80 + 10 * i),
                                                anvil_seq_of(85 + 10 * i), touched[i]};
    tcb.held_count = 3;
    tcb.held_clock = 9;
    anvil_normalise(&tcb, 1000);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(tcb.held[i].touched, ranks[i]);
    assert_int_equal(tcb.held_clock, 3);
    assert_memory_equal(&tcb.held[3], &none, sizeof none);
}

/* With SACK, 2^30 octets back of what was received count; without, none do. */
static void the_stream_counts_from_where_it_is_looked_at(void **state)
{
    const uint64_t back = UINT64_C(1) << 30;
    const struct {
        uint64_t read, kept;
        uint8_t sack;
    } cases[] = {{5, 5, 1},        {back - 1, back - 1, 1}, {back, back, 1},
                 {back + 1, back, 1}, {5 * back, back, 1},  {5, 0, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct anvil_tcb tcb = some_tcb();
        tcb.sack_on = cases[i].sack;
        tcb.rcv_read_offset = cases[i].read;
        tcb.rcv_nxt_offset = cases[i].read + 4;
        anvil_normalise(&tcb, 1000);
        assert_true(tcb.rcv_read_offset == cases[i].kept);
        assert_true(tcb.rcv_nxt_offset == cases[i].kept + 4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_goes_on_like_the_original),
        cmocka_unit_test(shifted_runs_are_equal_once_normalised),
        cmocka_unit_test(a_normalised_tcb_goes_on_like_the_original),
        cmocka_unit_test(what_no_longer_counts_becomes_plain),
        cmocka_unit_test(what_counts_keeps_its_distance),
        cmocka_unit_test(held_ranges_are_ranked),
        cmocka_unit_test(the_stream_counts_from_where_it_is_looked_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
