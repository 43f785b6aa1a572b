/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contract: any event in any state has a defined outcome. Hundreds of thousands of events
 * without sense, in all states, under random policies: no assertion fails, no invariant breaks,
 * every bound holds. ANVIL_CHAOS_SEEDS=FIRST:COUNT runs other seeds than the built-in ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/chaos.h"
#include "support/world.h"

#define SEEDS 400ul
#define STEPS 800u

/* What every step has to keep to, whatever the event. */
static void check_bounds(const struct chaos *chaos, const struct anvil_tcb *before,
                         const struct anvil_tcb *after, const struct anvil_effects *effects)
{
    const char *broken = "";

    if (!anvil_invariant(after, &broken))
        fail_msg("broken: %s", broken);
    assert_true(effects->sent_count <= ANVIL_SENT_MAX);
    assert_true(effects->accept_count <= ANVIL_HELD_RANGES_MAX + 1);
    assert_true(effects->check < ANVIL_CHECK_COUNT);
    assert_int_equal(effects->state_before, before->state);
    assert_int_equal(effects->state_after, after->state);
    if (effects->deadline < chaos->now && effects->result != ANVIL_INVALID)
        fail_msg("after event %d at %llu in %s the deadline is %llu", (int)chaos->event.kind,
                 (unsigned long long)chaos->now, anvil_state_name((enum anvil_state)before->state),
                 (unsigned long long)effects->deadline);
    if (effects->result == ANVIL_INVALID)
        assert_memory_equal(before, after, sizeof *after);
    if ((effects->signals & ANVIL_SIGNAL_DELETED) && chaos->event.kind != ANVIL_OPEN_ACTIVE &&
        chaos->event.kind != ANVIL_OPEN_PASSIVE)
        assert_int_equal(after->state, ANVIL_CLOSED);
}

/* Accepted parts lie in the payload, do not overlap, and lie in the window as it was. */
static void check_parts(const struct chaos *chaos, const struct anvil_effects *effects)
{
    for (unsigned i = 0; i < effects->accept_count; i++) {
        const struct anvil_accept *part = &effects->accept[i];
        assert_int_equal(chaos->event.kind, ANVIL_SEGMENT);
        assert_true(part->length > 0);
        assert_true(part->from + part->length <= chaos->segment.length);
        if (i > 0)
            assert_true(effects->accept[i - 1].offset + effects->accept[i - 1].length <
                        part->offset);
    }
}

/* Polls whatever is due, as an embedder does: it must come to an end. */
static void poll_what_is_due(struct anvil_tcb *tcb, const struct anvil_policy *policy,
                             anvil_time now)
{
    struct anvil_event poll = {.kind = ANVIL_POLL, .now = now};
    struct anvil_effects effects;
    unsigned polls = 0;

    while (anvil_deadline(tcb) <= now) {
        anvil_step(tcb, policy, &poll, &effects);
        if (++polls > 100000)
            fail_msg("polls without end in %s",
                     anvil_state_name((enum anvil_state)tcb->state));
    }
}

static void run_seed(uint64_t seed, bool visited[ANVIL_TIME_WAIT + 1])
{
    static const anvil_time clocks[] = {0, 1000, UINT64_C(1) << 32, UINT64_C(1) << 61};
    struct chaos chaos = chaos_start(seed, clocks[seed % 4]);
    struct anvil_policy policy = chaos_policy(&chaos);
    struct anvil_tcb tcb;

    memset(&tcb, 0, sizeof tcb);
    /* With a large one polling may rightly go on for long. */
    policy.initial_window = policy.initial_window % 100 + 1;
    for (unsigned i = 0; i < STEPS; i++) {
        struct anvil_tcb before = tcb;
        struct anvil_effects effects;
        if ((next_random(&chaos.random) >> 20) % 8 < 2)
            chaos_sensible(&chaos, &tcb);
        else
            chaos_next(&chaos, &tcb, 16);
        anvil_step(&tcb, &policy, &chaos.event, &effects);
        check_bounds(&chaos, &before, &tcb, &effects);
        check_parts(&chaos, &effects);
        visited[tcb.state] = true;
        if (i % 4 == 0 && effects.deadline <= chaos.now)
            poll_what_is_due(&tcb, &policy, chaos.now);
    }
}

static void any_event_in_any_state_has_a_defined_outcome(void **state)
{
    const char *range = getenv("ANVIL_CHAOS_SEEDS");
    unsigned long first = 1, count = SEEDS;
    bool visited[ANVIL_TIME_WAIT + 1] = {false};

    (void)state;
    if (range && sscanf(range, "%lu:%lu", &first, &count) != 2)
        fail_msg("ANVIL_CHAOS_SEEDS is FIRST:COUNT");
    for (unsigned long seed = first; seed - first < count; seed++) {
        if (range)
            fprintf(stderr, "seed %lu\r", seed);
        run_seed(seed, visited);
    }
    for (unsigned i = 0; i <= ANVIL_TIME_WAIT; i++) {
        if (!visited[i])
            fail_msg("%s was never reached", anvil_state_name((enum anvil_state)i));
    }
}

/* Misuse by the embedder: refused, and nothing changes. */
static void misuse_is_refused_and_changes_nothing(void **state)
{
    struct anvil_segment segment;
    struct anvil_event bad[] = {
        {.kind = ANVIL_POLL, .now = 999},
        {.kind = ANVIL_POLL, .now = ANVIL_NEVER},
        {.kind = (enum anvil_event_kind)77, .now = 1000},
        {.kind = ANVIL_SEGMENT, .now = 1000, .segment = NULL},
        {.kind = ANVIL_SEGMENT, .now = 1000, .arrived = 1001, .segment = &segment},
        {.kind = ANVIL_SEND, .now = 1000, .length = (UINT64_C(1) << 62) + 1},
        {.kind = ANVIL_SET, .now = 1000, .set = (enum anvil_setting)99},
        {.kind = ANVIL_ICMP, .now = 1000, .icmp = (enum anvil_icmp)9},
    };
    struct anvil_event open = {.kind = ANVIL_OPEN_ACTIVE, .now = 1000};
    struct anvil_tcb tcb, before;
    struct anvil_effects effects;

    (void)state;
    memset(&segment, 0, sizeof segment);
    memset(&tcb, 0, sizeof tcb);
    anvil_step(&tcb, &anvil_policy_rfc9293, &open, &effects);
    before = tcb;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        anvil_step(&tcb, &anvil_policy_rfc9293, &bad[i], &effects);
        assert_int_equal(effects.result, ANVIL_INVALID);
        assert_int_equal(effects.sent_count, 0);
        assert_int_equal(effects.signals, 0);
        assert_memory_equal(&tcb, &before, sizeof tcb);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_event_in_any_state_has_a_defined_outcome),
        cmocka_unit_test(misuse_is_refused_and_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
