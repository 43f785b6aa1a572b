/* SPDX-License-Identifier: BSD-2-Clause */
/* One step: the deadline, its bounds, its order. Contract, points 3, 5 and 8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* The whole value, and the fields of the fast path. */
static void a_tcb_is_small_and_has_its_fast_path_first(void **state)
{
    (void)state;
    assert_true(sizeof(struct anvil_tcb) <= 1024);
    assert_true(offsetof(struct anvil_tcb, congestion.state) <= 256);
    assert_true(offsetof(struct anvil_tcb, sws_deadline) < 256);
}

/* More to send than a step may: the deadline is now, and each POLL sends the next two. */
static void a_step_sends_two_segments_at_most(void **state)
{
    struct endpoint end;
    unsigned sent = 0;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "send 9000");
    while (end.effects.deadline == end.now) {
        assert_int_equal(end.effects.sent_count, ANVIL_SENT_MAX);
        sent += end.effects.sent_count;
        endpoint_do(&end, "poll");
    }
    sent += end.effects.sent_count;
    assert_int_equal(sent, 9);
}

/* At a tie the timer wins over the segment; the direct reply still finds its place. */
static void timers_fire_before_the_event(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "send 10");
    end.now += 1000000;
    endpoint_expect(&end, "the reply is in its own step, beside the retransmission",
                    "< R 5:5(0)", "ESTABLISHED > PA 1:11(10) ack 1 > A 11:11(0) ack 1");
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_TIME_WAIT, true);
    end.now += 240000000;
    endpoint_expect(&end, "TIME-WAIT is over when a segment arrives at its last moment",
                    "< FA 1:1(0) ack 2", "CLOSED > R 2:2(0) ! DELETED");
}

/* Any event is legal while something is still to be sent. */
static void events_may_come_between_polls(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "send 9000");
    endpoint_expect(&end, "data in between", "< A 1:101(100) ack 1",
                    "ESTABLISHED > A 2001:3001(1000) ack 101 > A 3001:4001(1000) ack 101"
                    " + 0(100) ! READABLE due now");
    endpoint_expect(&end, "CLOSE in between", "close",
                    "FIN-WAIT-1 > A 4001:5001(1000) ack 101 > A 5001:6001(1000) ack 101 due now");
}

/* The deadline is what anvil_deadline says, and never where nothing runs. */
static void the_deadline_is_told(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    assert_true(anvil_deadline(&end.tcb) == ANVIL_NEVER);
    endpoint_do(&end, "open passive");
    assert_true(end.effects.deadline == ANVIL_NEVER);
    endpoint_do(&end, "< S 0:0(0)");
    assert_true(end.effects.deadline == end.now + 1000000);
    assert_true(anvil_deadline(&end.tcb) == end.effects.deadline);
}

/* A sequence number is a type of its own: compared by name, modulo 2^32. */
static void sequence_numbers_compare_modulo_2_32(void **state)
{
    anvil_seq low = anvil_seq_of(5), high = anvil_seq_of(UINT32_C(0xfffffffb));
    anvil_seq half = anvil_seq_of(5 + UINT32_C(0x80000000));

    (void)state;
    assert_true(anvil_seq_lt(high, low));
    assert_false(anvil_seq_lt(low, high));
    assert_true(anvil_seq_le(low, low));
    assert_false(anvil_seq_lt(low, low));
    assert_false(anvil_seq_lt(low, half));
    assert_false(anvil_seq_lt(half, low));
    assert_int_equal(anvil_seq_from(high, low), 10);
    assert_int_equal(anvil_seq_max(high, low).raw, 5);
    assert_int_equal(anvil_seq_min(high, low).raw, 0xfffffffb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tcb_is_small_and_has_its_fast_path_first),
        cmocka_unit_test(a_step_sends_two_segments_at_most),
        cmocka_unit_test(timers_fire_before_the_event),
        cmocka_unit_test(events_may_come_between_polls),
        cmocka_unit_test(the_deadline_is_told),
        cmocka_unit_test(sequence_numbers_compare_modulo_2_32),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
