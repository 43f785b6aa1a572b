/* SPDX-License-Identifier: BSD-2-Clause */
/* Ranges of sent data, with the time of their first transmission and the count of all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "flow.h"
#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* A TCB that has sent nothing since `start`. */
static struct anvil_tcb fresh(uint32_t start)
{
    struct anvil_tcb tcb;

    memset(&tcb, 0, sizeof tcb);
    tcb.snd_una = anvil_seq_of(start);
    tcb.snd_nxt = tcb.snd_una;
    tcb.snd_max = tcb.snd_una;
    return tcb;
}

/* Sends [from, to), counted from SND.UNA, as output.c does. */
static void send_range(struct anvil_tcb *tcb, uint32_t from, uint32_t to, anvil_time now)
{
    anvil_seq left = anvil_seq_add(tcb->snd_una, from);
    anvil_seq right = anvil_seq_add(tcb->snd_una, to);

    anvil_note_sent(tcb, left, right, now);
    tcb->snd_max = anvil_seq_max(tcb->snd_max, right);
}

/* Range `index` ends at `end` from SND.UNA, was sent `count` times, first at `when`. */
static void expect_range(const struct anvil_tcb *tcb, unsigned index, uint32_t end, unsigned count,
                         anvil_time when)
{
    struct anvil_tcb copy = *tcb;
    const struct anvil_send_range *range = sent_range(&copy, index);

    assert_true(index < tcb->sent_count);
    assert_int_equal(anvil_seq_from(tcb->snd_una, range->end), end);
    assert_int_equal(range->count, count);
    assert_true(range->sent_us == when);
}

static void what_is_sent_at_once_is_one_range(void **state)
{
    struct anvil_tcb tcb = fresh(0xfffffff0);

    (void)state;
    send_range(&tcb, 0, 100, 5);
    send_range(&tcb, 100, 200, 5);
    send_range(&tcb, 200, 300, 6);
    assert_int_equal(tcb.sent_count, 2);
    expect_range(&tcb, 0, 200, 1, 5);
    expect_range(&tcb, 1, 300, 1, 6);
}

static void what_is_sent_again_is_cut_out_and_counted(void **state)
{
    struct anvil_tcb tcb = fresh(0xffffffff);

    (void)state;
    send_range(&tcb, 0, 300, 1);
    send_range(&tcb, 100, 200, 7);
    assert_int_equal(tcb.sent_count, 3);
    expect_range(&tcb, 0, 100, 1, 1);
    expect_range(&tcb, 1, 200, 2, 1);
    expect_range(&tcb, 2, 300, 1, 1);
    send_range(&tcb, 150, 400, 9);
    assert_int_equal(tcb.sent_count, 5);
    expect_range(&tcb, 1, 150, 2, 1);
    expect_range(&tcb, 2, 200, 3, 1);
    expect_range(&tcb, 3, 300, 2, 1);
    expect_range(&tcb, 4, 400, 1, 9);
}

/* The 17th range: the two oldest become one, with the earlier time and the higher count. */
static void the_range_too_many_merges_the_oldest(void **state)
{
    struct anvil_tcb tcb = fresh(100);

    (void)state;
    for (uint32_t i = 0; i < ANVIL_SEND_RANGES_MAX; i++)
        send_range(&tcb, i * 10, i * 10 + 10, i + 1);
    assert_int_equal(tcb.sent_count, ANVIL_SEND_RANGES_MAX);
    send_range(&tcb, 160, 170, 50);
    assert_int_equal(tcb.sent_count, ANVIL_SEND_RANGES_MAX);
    expect_range(&tcb, 0, 20, 1, 1);
    expect_range(&tcb, 1, 30, 1, 3);
    expect_range(&tcb, ANVIL_SEND_RANGES_MAX - 1, 170, 1, 50);
    send_range(&tcb, 0, 5, 60);
    assert_int_equal(tcb.sent_count, ANVIL_SEND_RANGES_MAX);
    expect_range(&tcb, 0, 5, 2, 1);
    expect_range(&tcb, 1, 30, 1, 1);
}

static void an_ack_forgets_ranges_and_tells_since_when_it_is_ambiguous(void **state)
{
    struct anvil_tcb tcb = fresh(0x7fffffff);

    (void)state;
    send_range(&tcb, 0, 100, 1);
    send_range(&tcb, 100, 200, 2);
    send_range(&tcb, 200, 300, 3);
    send_range(&tcb, 200, 300, 4);
    assert_true(anvil_forget_sent(&tcb, anvil_seq_add(tcb.snd_una, 150)) == ANVIL_NEVER);
    assert_int_equal(tcb.sent_count, 2);
    tcb.snd_una = anvil_seq_add(tcb.snd_una, 150);
    expect_range(&tcb, 0, 50, 1, 2);
    assert_true(anvil_forget_sent(&tcb, anvil_seq_add(tcb.snd_una, 60)) == 2);
    tcb.snd_una = anvil_seq_add(tcb.snd_una, 60);
    assert_int_equal(tcb.sent_count, 1);
    assert_true(anvil_forget_sent(&tcb, tcb.snd_max) == 3);
    assert_int_equal(tcb.sent_count, 0);
}

/* The places of ranges are used in turn, and those that are free are zero. */
static void places_are_used_in_turn(void **state)
{
    static const struct anvil_send_range none = {{0}, 0, 0, 0};
    struct anvil_tcb tcb = fresh(0xfffffe00);

    (void)state;
    for (uint32_t i = 1; i <= 3 * ANVIL_SEND_RANGES_MAX; i++) {
        send_range(&tcb, 0, 10, 2 * i);
        send_range(&tcb, 10, 20, 2 * i + 1);
        expect_range(&tcb, 0, 10, 1, 2 * i);
        expect_range(&tcb, 1, 20, 1, 2 * i + 1);
        assert_true(anvil_forget_sent(&tcb, tcb.snd_max) == ANVIL_NEVER);
        tcb.snd_una = tcb.snd_max;
        assert_int_equal(tcb.sent_count, 0);
        for (unsigned place = 0; place < ANVIL_SEND_RANGES_MAX; place++)
            assert_memory_equal(&tcb.sent[place], &none, sizeof none);
    }
}

/* Counts stop at their largest value. */
static void counts_saturate(void **state)
{
    struct anvil_tcb tcb = fresh(1);

    (void)state;
    for (anvil_time i = 0; i < 70000; i++)
        send_range(&tcb, 0, 1, i);
    expect_range(&tcb, 0, 1, UINT16_MAX, 0);
}

/* All places used by ranges of ten octets, range `again` of which was sent again at time 100. */
static struct anvil_tcb with_all_places_used(unsigned again)
{
    struct anvil_tcb tcb = fresh(100);

    for (uint32_t i = 0; i < ANVIL_SEND_RANGES_MAX; i++)
        send_range(&tcb, i * 10, i * 10 + 10, i + 1);
    send_range(&tcb, again * 10, again * 10 + 10, 100);
    return tcb;
}

/* Of two ranges that become one the higher count stays, whichever has it, and the earlier time. */
static void a_merged_range_keeps_the_higher_count(void **state)
{
    (void)state;
    for (unsigned again = 0; again < 3; again++) {
        struct anvil_tcb tcb = with_all_places_used(again);
        assert_int_equal(tcb.sent_count, ANVIL_SEND_RANGES_MAX);
        send_range(&tcb, 160, 170, 200);
        expect_range(&tcb, 0, 20, again < 2 ? 2 : 1, 1);
        expect_range(&tcb, 1, 30, again < 2 ? 1 : 2, 3);
    }
}

/* A cut that needs a place merges the two oldest, which moves the range that is cut. */
static void a_cut_finds_its_range_after_a_merge(void **state)
{
    (void)state;
    for (unsigned index = 1; index < ANVIL_SEND_RANGES_MAX; index++) {
        struct anvil_tcb tcb = with_all_places_used(0);
        send_range(&tcb, index * 10, index * 10 + 5, 300);
        assert_int_equal(tcb.sent_count, ANVIL_SEND_RANGES_MAX);
        if (index == 1) { /* its own front half was merged away */
            expect_range(&tcb, 0, 15, 3, 1);
            expect_range(&tcb, 1, 20, 2, 1);
        } else {
            expect_range(&tcb, 0, 20, 2, 1);
            expect_range(&tcb, index - 1, index * 10 + 5, 2, index + 1);
            expect_range(&tcb, index, index * 10 + 10, 1, index + 1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_at_once_is_one_range),
        cmocka_unit_test(what_is_sent_again_is_cut_out_and_counted),
        cmocka_unit_test(the_range_too_many_merges_the_oldest),
        cmocka_unit_test(an_ack_forgets_ranges_and_tells_since_when_it_is_ambiguous),
        cmocka_unit_test(places_are_used_in_turn),
        cmocka_unit_test(counts_saturate),
        cmocka_unit_test(a_merged_range_keeps_the_higher_count),
        cmocka_unit_test(a_cut_finds_its_range_after_a_merge),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
