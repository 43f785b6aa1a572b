/* SPDX-License-Identifier: BSD-2-Clause */
/* Worlds of two endpoints: they rest, they replay, and a stack that does wrong is caught. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "target/registry.h"
#include "world/record.h"
#include "world/world.h"

enum { SEEDS = 400, WHY_MAX = 256 };

/* ---- targets that do one thing wrong: the core with one function replaced ---- */

static const struct anvil_target *core(void)
{
    return target_find("core");
}

static size_t take_without_fin(void *self, uint8_t *buffer, size_t capacity, uint64_t *emitted_us)
{
    size_t length = core()->take(self, buffer, capacity, emitted_us);
    while (length > 33 && (buffer[0] >> 4) == 4 && (buffer[33] & 1) != 0)
        length = core()->take(self, buffer, capacity, emitted_us);
    return length;
}

static void receive_other_octets(void *self, struct anvil_target_call *call)
{
    core()->call(self, call);
    if (call->kind == ANVIL_CALL_RECV && call->result > 100)
        call->buffer[100] ^= 1;
}

static void receive_no_end(void *self, struct anvil_target_call *call)
{
    core()->call(self, call);
    if (call->kind == ANVIL_CALL_RECV && call->result == 0) {
        call->result = -1;
        call->error = 11; /* EAGAIN */
    }
}

static void receive_nothing(void *self, struct anvil_target_call *call)
{
    if (call->kind == ANVIL_CALL_RECV) {
        call->result = -1;
        call->error = 11; /* EAGAIN */
        return;
    }
    core()->call(self, call);
}

static void receive_end_early(void *self, struct anvil_target_call *call)
{
    if (call->kind == ANVIL_CALL_RECV) {
        call->result = 0;
        return;
    }
    core()->call(self, call);
}

static const struct anvil_target *with(struct anvil_target *faulty)
{
    if (faulty->call == NULL)
        faulty->call = core()->call;
    if (faulty->take == NULL)
        faulty->take = core()->take;
    struct anvil_target made = *core();
    made.call = faulty->call;
    made.take = faulty->take;
    *faulty = made;
    return faulty;
}

/* ---- running ---- */

static struct world *open_with(const struct anvil_target *a, const struct anvil_target *b,
                               oracle_mask oracles)
{
    char why[WHY_MAX] = "";
    struct world_setup setup = { .target = { a, b }, .oracles = oracles };
    struct world *world = world_open(&setup, why);
    if (world == NULL)
        fail_msg("%s", why);
    return world;
}

static struct world_result run_plan(struct world *world, const struct world_plan *plan,
                                    uint64_t seed)
{
    char why[WHY_MAX] = "";
    struct world_draw draw = world_draw_seed(seed);
    const struct world_result *result = world_run(world, plan, &draw, why);
    if (result == NULL)
        fail_msg("%s", why);
    return *result;
}

/* A transfer from A to B over a line that loses this share of frames in both directions. */
static struct world_plan transfer(uint64_t octets, uint32_t loss)
{
    struct world_plan plan;
    world_plan_plain(&plan);
    plan.faults_end_us = UINT64_C(3600000000) * 24;
    for (int side = 0; side < WORLD_SIDES; side++) {
        plan.link[side].loss = loss;
        plan.app[side].ending = WORLD_ENDS_LAST;
    }
    plan.app[WORLD_A].sends = octets;
    plan.app[WORLD_A].piece = 8192;
    plan.app[WORLD_A].ending = WORLD_ENDS_SHUTDOWN;
    return plan;
}

static void set(struct world_plan *plan, const char *name, uint64_t value)
{
    for (int side = 0; side < WORLD_SIDES; side++)
        plan->settings[side][plan->setting_count[side]++] =
            (struct anvil_target_setting){ name, value };
}

/* ---- tests ---- */

static void drawn_worlds_come_to_rest(void **state)
{
    (void)state;
    struct world *world = open_with(core(), core(), ORACLE_ALL);
    uint64_t frames = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct world_plan plan;
        struct world_draw draw = world_draw_seed(seed);
        char why[WHY_MAX] = "";
        world_plan_draw(&plan, &draw);
        const struct world_result *result = world_run(world, &plan, &draw, why);
        assert_non_null(result);
        if (result->violated)
            fail_msg("seed %llu: %s: %s", (unsigned long long)seed, result->oracle,
                     result->reason);
        frames += result->frames;
    }
    assert_true(frames > SEEDS * 20);
    world_close(world);
}

/* The record of a seed, to be freed. */
static struct world_record record_of(struct world *world, uint64_t seed)
{
    struct world_record record = { .count = 0 };
    struct world_plan plan;
    struct world_draw draw = world_draw_seed(seed);
    char why[WHY_MAX] = "";
    world_record_to(world, &record);
    world_plan_draw(&plan, &draw);
    assert_non_null(world_run(world, &plan, &draw, why));
    world_record_to(world, NULL);
    return record;
}

static void a_seed_replays_exactly(void **state)
{
    (void)state;
    struct world *world = open_with(core(), core(), ORACLE_ALL);
    struct world *other = open_with(core(), core(), ORACLE_ALL);
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct world_record first = record_of(world, seed);
        struct world_record again = record_of(other, seed);
        assert_int_equal(first.count, again.count);
        assert_int_equal(first.byte_count, again.byte_count);
        assert_memory_equal(first.bytes, again.bytes, first.byte_count);
        for (size_t i = 0; i < first.count; i++) {
            assert_int_equal(first.events[i].kind, again.events[i].kind);
            assert_int_equal(first.events[i].time_us, again.events[i].time_us);
        }
        world_record_free(&first);
        world_record_free(&again);
    }
    world_close(world);
    world_close(other);
}

/* RFC 9293 3.8.3, MUST-21: with R2 out of the way, loss only costs time. */
static void transfers_complete_over_lossy_lines(void **state)
{
    static const struct { uint64_t octets; uint32_t percent; bool patient; } lines[] = {
        { 1 << 20, 0, false }, { 1 << 20, 1, false }, { 1 << 20, 5, false },
        { 65536, 10, true },   { 65536, 20, true },   { 65536, 30, true },
    };
    (void)state;
    struct world *world = open_with(core(), core(), ORACLE_ALL);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct world_plan plan = transfer(lines[i].octets, lines[i].percent * 65536 / 100);
        if (lines[i].patient) {
            set(&plan, "r2_us", 0);
            set(&plan, "user_timeout_us", 0);
        }
        struct world_result result = run_plan(world, &plan, i + 1);
        if (result.violated)
            fail_msg("%u %%: %s: %s", (unsigned)lines[i].percent, result.oracle, result.reason);
        assert_int_equal(result.end[WORLD_B].delivered, lines[i].octets);
        assert_true(result.end[WORLD_B].eof);
        assert_int_equal(result.end[WORLD_A].state, ANVIL_STATE_CLOSED);
        assert_true(lines[i].percent == 0 || result.lost > 0);
    }
    world_close(world);
}

/* With the defaults nobody is patient for ever: either all octets come, or the sender is told that
 * the connection timed out, and what came is the beginning (O12 judges that in any case). */
static void transfers_complete_or_time_out(void **state)
{
    (void)state;
    unsigned completed = 0, given_up = 0;
    struct world *world = open_with(core(), core(), ORACLE_ALL);
    for (unsigned percent = 10; percent <= 30; percent += 10)
        for (uint64_t seed = 1; seed <= 20; seed++) {
            struct world_plan plan = transfer(65536, percent * 65536 / 100);
            struct world_result result = run_plan(world, &plan, seed);
            if (result.violated)
                fail_msg("%u %%, seed %u: %s: %s", percent, (unsigned)seed, result.oracle,
                         result.reason);
            assert_true(result.lost > 0);
            bool complete = result.end[WORLD_B].delivered == 65536 && result.end[WORLD_B].eof;
            completed += complete;
            given_up += result.end[WORLD_A].error == ETIMEDOUT;
            if (!complete && result.end[WORLD_A].error != ETIMEDOUT)
                fail_msg("%u %%, seed %u: %llu octets, error %d", percent, (unsigned)seed,
                         (unsigned long long)result.end[WORLD_B].delivered,
                         result.end[WORLD_A].error);
        }
    assert_true(completed >= 20);
    print_message("%u completed, %u timed out\n", completed, given_up);
    world_close(world);
}

/* Whatever the receiver has room for, the stream comes through, with segments lost and without. */
static void receive_windows_of_all_sizes_complete(void **state)
{
    static const uint32_t sizes[] = { 128, 256, 1000, 1460, 4096, 65535, 65536, 1 << 20, 4 << 20 };
    (void)state;
    struct world *world = open_with(core(), core(), ORACLE_ALL);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (uint32_t percent = 0; percent <= 2; percent += 2) {
            uint64_t octets = sizes[i] < 4096 ? 65536 : 1 << 20;
            struct world_plan plan = transfer(octets, percent * 65536 / 100);
            plan.app[WORLD_B].receive_buffer = sizes[i];
            plan.app[WORLD_A].send_buffer = 1 << 20;
            struct world_result result = run_plan(world, &plan, i + 1);
            if (result.violated)
                fail_msg("%u octets: %s: %s", (unsigned)sizes[i], result.oracle, result.reason);
            assert_int_equal(result.end[WORLD_B].delivered, octets);
            assert_true(result.end[WORLD_B].eof);
        }
    world_close(world);
}

/* Who reads octet by octet what has waited makes many calls at one moment, and comes to rest. */
static void a_full_buffer_is_read_octet_by_octet(void **state)
{
    enum { OCTETS = 65536 };
    (void)state;
    struct world *world = open_with(core(), core(), 0);
    struct world_plan plan = transfer(OCTETS, 0);
    plan.app[WORLD_B].receive_buffer = OCTETS;
    plan.app[WORLD_B].reads = 1;
    plan.app[WORLD_B].read_from_us = UINT64_C(20000000);
    struct world_result result = run_plan(world, &plan, 1);
    if (result.violated)
        fail_msg("%s: %s", result.oracle, result.reason);
    assert_int_equal(result.end[WORLD_B].delivered, OCTETS);
    world_close(world);
}

/* A stack at end A that does one thing wrong, and the oracle of the two ends that says so. */
static void catches(struct anvil_target faulty, const char *oracle, const char *words)
{
    struct world *world = open_with(with(&faulty), core(), 0);
    struct world_plan plan = transfer(20000, 0);
    plan.app[WORLD_B].sends = 20000;
    struct world_result result = run_plan(world, &plan, 1);
    assert_true(result.violated);
    if (strcmp(result.oracle, oracle) != 0 || strstr(result.reason, words) == NULL)
        fail_msg("%s: %s", result.oracle, result.reason);
    world_close(world);
}

static void a_stack_that_never_sends_its_fin_is_caught(void **state)
{
    (void)state;
    catches((struct anvil_target){ .take = take_without_fin }, "O18", "gave up");
}

static void octets_that_were_not_sent_are_caught(void **state)
{
    (void)state;
    catches((struct anvil_target){ .call = receive_other_octets }, "O12", "are not those sent");
}

static void an_end_that_is_never_told_is_caught(void **state)
{
    (void)state;
    catches((struct anvil_target){ .call = receive_no_end }, "O11", "never told");
}

static void text_that_is_never_given_is_caught(void **state)
{
    (void)state;
    catches((struct anvil_target){ .call = receive_nothing }, "O11", "was given 0 octets of");
}

static void an_end_that_comes_early_is_caught(void **state)
{
    (void)state;
    catches((struct anvil_target){ .call = receive_end_early }, "O12", "end of the stream");
}

static void a_short_input_is_a_quiet_world(void **state)
{
    (void)state;
    static const uint8_t nothing[1] = { 0 };
    struct world_plan plan;
    struct world_draw draw = world_draw_bytes(nothing, 0);
    world_plan_draw(&plan, &draw);
    for (int side = 0; side < WORLD_SIDES; side++) {
        assert_int_equal(plan.link[side].loss, 0);
        assert_int_equal(plan.link[side].corrupt, 0);
        assert_int_equal(plan.setting_count[side], 0);
    }
    assert_false(world_draw_is(&draw, 65535));
    assert_int_equal(world_draw(&draw, 1000), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drawn_worlds_come_to_rest),
        cmocka_unit_test(a_full_buffer_is_read_octet_by_octet),
        cmocka_unit_test(a_seed_replays_exactly),
        cmocka_unit_test(transfers_complete_over_lossy_lines),
        cmocka_unit_test(transfers_complete_or_time_out),
        cmocka_unit_test(receive_windows_of_all_sizes_complete),
        cmocka_unit_test(a_stack_that_never_sends_its_fin_is_caught),
        cmocka_unit_test(octets_that_were_not_sent_are_caught),
        cmocka_unit_test(an_end_that_is_never_told_is_caught),
        cmocka_unit_test(text_that_is_never_given_is_caught),
        cmocka_unit_test(an_end_that_comes_early_is_caught),
        cmocka_unit_test(a_short_input_is_a_quiet_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
