/* SPDX-License-Identifier: BSD-2-Clause */
/* One step: the deadline, its bounds, its order. Contract, points 3, 5 and 8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

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

/* Events at the limits of what is proper, in ESTABLISHED with ten octets in flight. Fields that a
 * kind does not use say anything. */
static const struct {
    const char *says;
    struct anvil_event event; /* with the time that is added to the last one's */
    enum anvil_result result;
} limits[] = {
    {"POLL uses nothing but the time",
     {.kind = ANVIL_POLL, .length = UINT64_MAX, .icmp = (enum anvil_icmp)9}, ANVIL_OK},
    {"RECEIVE may ask for any length", {.kind = ANVIL_RECEIVE, .length = UINT64_MAX}, ANVIL_QUEUED},
    {"OPEN may be refused, but is proper",
     {.kind = ANVIL_OPEN_PASSIVE, .length = UINT64_MAX}, ANVIL_ALREADY_EXISTS},
    {"An active one, too", {.kind = ANVIL_OPEN_ACTIVE, .length = UINT64_MAX}, ANVIL_ALREADY_EXISTS},
    {"CLOSE has no length", {.kind = ANVIL_CLOSE, .length = UINT64_MAX}, ANVIL_OK},
    {"ABORT has none", {.kind = ANVIL_ABORT, .length = UINT64_MAX}, ANVIL_OK},
    {"SEND looks at no setting",
     {.kind = ANVIL_SEND, .length = 1, .set = (enum anvil_setting)99}, ANVIL_OK},
    {"A setting looks at no ICMP error and at no length",
     {.kind = ANVIL_SET, .length = UINT64_MAX, .icmp = (enum anvil_icmp)9}, ANVIL_OK},
    {"The last setting is one", {.kind = ANVIL_SET, .set = ANVIL_SET_READER_GONE}, ANVIL_OK},
    {"The next is none",
     {.kind = ANVIL_SET, .set = (enum anvil_setting)(ANVIL_SET_READER_GONE + 1)}, ANVIL_INVALID},
    {"The last ICMP error is one", {.kind = ANVIL_ICMP, .icmp = ANVIL_ICMP_QUENCH}, ANVIL_OK},
    {"The next is none",
     {.kind = ANVIL_ICMP, .icmp = (enum anvil_icmp)(ANVIL_ICMP_QUENCH + 1)}, ANVIL_INVALID},
    {"Behind the last kind there is none",
     {.kind = (enum anvil_event_kind)(ANVIL_SET + 1)}, ANVIL_INVALID},
    {"A segment has to be there", {.kind = ANVIL_SEGMENT}, ANVIL_INVALID},
    {"The queue takes 2^62 octets",
     {.kind = ANVIL_SEND, .length = (UINT64_C(1) << 62) - 10}, ANVIL_OK},
    {"And not one more", {.kind = ANVIL_SEND, .length = (UINT64_C(1) << 62) - 9}, ANVIL_INVALID},
};

/* What is not proper is refused with the deadline as it was, and changes nothing. */
static void events_are_proper_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(limits); i++) {
        struct endpoint end;
        struct anvil_event event = limits[i].event;
        struct anvil_tcb before;
        endpoint_start(&end);
        endpoint_reach(&end, ANVIL_ESTABLISHED, true);
        endpoint_do(&end, "send 100");
        endpoint_do(&end, "< A 1:1(0) ack 101");
        endpoint_do(&end, "send 10");
        before = end.tcb;
        memset(&end.effects, 0xa5, sizeof end.effects);
        endpoint_step(&end, &event);
        if (end.effects.result != limits[i].result)
            fail_msg("%s: %s", limits[i].says, anvil_result_name(end.effects.result));
        if (limits[i].result == ANVIL_INVALID) {
            assert_memory_equal(&end.tcb, &before, sizeof before);
            assert_true(end.effects.deadline == anvil_deadline(&before));
        }
    }
}

/* No clock comes to 2^63; a segment cannot arrive later than it is handed in. */
static void time_has_its_limits(void **state)
{
    const anvil_time last = UINT64_C(1) << 63;
    struct anvil_segment segment = {.flags = ANVIL_RST};
    struct anvil_event event = {.kind = ANVIL_POLL, .now = last};
    struct anvil_tcb tcb = {0};
    struct anvil_effects effects;

    (void)state;
    anvil_step(&tcb, &anvil_policy_rfc9293, &event, &effects);
    assert_int_equal(effects.result, ANVIL_OK);
    event.now = last + 1;
    anvil_step(&tcb, &anvil_policy_rfc9293, &event, &effects);
    assert_int_equal(effects.result, ANVIL_INVALID);
    event = (struct anvil_event){.kind = ANVIL_SEGMENT, .segment = &segment, .now = 7,
                                 .arrived = 7};
    anvil_step(&tcb, &anvil_policy_rfc9293, &event, &effects);
    assert_int_equal(effects.result, ANVIL_OK);
    event.arrived = 8;
    anvil_step(&tcb, &anvil_policy_rfc9293, &event, &effects);
    assert_int_equal(effects.result, ANVIL_INVALID);
}

/* Whatever is done, and be it nothing, no event can be earlier after it; but in CLOSED there is no
 * clock. */
static void time_does_not_go_back(void **state)
{
    static const struct {
        enum anvil_state at;
        const char *event;
    } steps[] = {
        {ANVIL_LISTEN, "< A 1:1(0) ack 1"},      {ANVIL_LISTEN, "nodelay 1"},
        {ANVIL_ESTABLISHED, "poll"},             {ANVIL_ESTABLISHED, "nodelay 1"},
        {ANVIL_ESTABLISHED, "< A 1:1(0) ack 1"}, {ANVIL_ESTABLISHED, "< AU 1:1(0) ack 1"},
        {ANVIL_ESTABLISHED, "send 1"},           {ANVIL_TIME_WAIT, "poll"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct endpoint end;
        endpoint_start(&end);
        endpoint_reach(&end, steps[i].at, true);
        end.now += 10;
        endpoint_do(&end, steps[i].event);
        end.now -= 1;
        endpoint_do(&end, "poll");
        if (end.effects.result != ANVIL_INVALID)
            fail_msg("%s: time goes back after it", steps[i].event);
    }
}

/* The fields that every step writes, whatever it does, over effects that hold anything. */
static void effects_are_written(void **state)
{
    static const struct {
        enum anvil_state at;
        const char *event;
    } steps[] = {
        {ANVIL_CLOSED, "poll"},           {ANVIL_CLOSED, "< A 1:1(0) ack 1"},
        {ANVIL_LISTEN, "poll"},           {ANVIL_SYN_SENT, "poll"},
        {ANVIL_ESTABLISHED, "poll"},      {ANVIL_ESTABLISHED, "< A 1:1(0) ack 1"},
        {ANVIL_ESTABLISHED, "nodelay 1"}, {ANVIL_ESTABLISHED, "receive 1"},
        {ANVIL_TIME_WAIT, "poll"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct endpoint end;
        endpoint_start(&end);
        endpoint_reach(&end, steps[i].at, steps[i].at != ANVIL_SYN_SENT);
        memset(&end.effects, 0xa5, sizeof end.effects);
        endpoint_do(&end, steps[i].event);
        assert_int_equal(end.effects.state_before, steps[i].at);
        assert_int_equal(end.effects.state_after, steps[i].at);
        assert_int_equal(end.effects.signals, 0);
        assert_int_equal(end.effects.accept_count, 0);
        assert_true(end.effects.received == 0);
        assert_true(end.effects.acked_to == 0);
        assert_true(end.effects.deadline == anvil_deadline(&end.tcb));
    }
}

/* The segment that was to be expected, too, comes after the timer that is due with it; and while
 * more segments wait, nothing goes but replies. */
static void the_short_way_keeps_the_order(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "send 10");
    end.now += 1000000;
    endpoint_expect(&end, "at a tie", "< A 1:1(0) ack 11",
                    "ESTABLISHED > PA 1:11(10) ack 1 ! ACKED due never");
    endpoint_do(&end, "send 9000");
    endpoint_expect(&end, "more waits", "<< A 1:1(0) ack 1011", "ESTABLISHED ! ACKED due now");
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_SYN_SENT, false);
    endpoint_do(&end, "<< S 0:0(0) mss 1000");
    endpoint_expect(&end, "nothing is left to send", "< A 1:1(0) ack 1",
                    "ESTABLISHED ! OPEN due never");
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
        cmocka_unit_test(events_are_proper_or_refused),
        cmocka_unit_test(time_has_its_limits),
        cmocka_unit_test(time_does_not_go_back),
        cmocka_unit_test(effects_are_written),
        cmocka_unit_test(the_short_way_keeps_the_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
