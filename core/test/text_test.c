/* SPDX-License-Identifier: BSD-2-Clause */
/* Sixth to eighth check: URG, text, FIN. RFC 9293 3.10.7.4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct sentence urgent[] = {
    {"Urgent data ahead is announced, text or not (AMBIG-33)", ANVIL_ESTABLISHED, true,
     {{"< AU 1:1(0) ack 1 urg 20", "ESTABLISHED ! URGENT"},
      {"< AU 1:11(10) ack 1 urg 20", "ESTABLISHED + 0(10) ! READABLE"},
      {"< AU 11:21(10) ack 1 urg 10", NULL}}},
    {"Each advance is announced (MUST-32), a step back is not", ANVIL_ESTABLISHED, true,
     {{"< AU 1:1(0) ack 1 urg 20", "ESTABLISHED ! URGENT"},
      {"< AU 1:1(0) ack 1 urg 21", "ESTABLISHED ! URGENT"},
      {"< AU 1:1(0) ack 1 urg 5", "ESTABLISHED"}}},
    {"A pointer at what was consumed changes nothing", ANVIL_ESTABLISHED, true,
     {{"< A 1:11(10) ack 1", NULL},
      {"receive 10", NULL},
      {"< AU 11:11(0) ack 1 urg 0", "ESTABLISHED"}}},
    {"A pointer beyond the window is a promise", ANVIL_ESTABLISHED, true,
     {{"< AU 1:2(1) ack 1 urg 65535", "ESTABLISHED + 0(1) ! URGENT READABLE"}}},
    {"URG is ignored after the peer's FIN", ANVIL_CLOSE_WAIT, true,
     {{"< AU 2:2(0) ack 1 urg 9", "CLOSE-WAIT"}}},
    {"The same pointer again is no news, and be it one octet ahead", ANVIL_ESTABLISHED, true,
     {{"< AU 1:2(1) ack 1 urg 1", "ESTABLISHED + 0(1) ! URGENT READABLE"},
      {"< AU 2:2(0) ack 1 urg 0", "ESTABLISHED"}}},
};

static const struct sentence text[] = {
    {"The first segment's ACK is delayed (MUST-40), the second's is sent (SHLD-19)",
     ANVIL_ESTABLISHED, true,
     {{"< A 1:1001(1000) ack 1", "ESTABLISHED + 0(1000) ! READABLE due 200"},
      {"< A 1001:2001(1000) ack 1",
       "ESTABLISHED > A 1:1(0) ack 2001 win 8000 + 1000(1000) ! READABLE due never"}}},
    {"A delayed ACK goes when its time is over", ANVIL_ESTABLISHED, true,
     {{"< A 1:101(100) ack 1", "ESTABLISHED + 0(100) ! READABLE due 200"},
      {"wait 199", "ESTABLISHED due 1"},
      {"wait 1", "ESTABLISHED > A 1:1(0) ack 101"}}},
    {"It rides on data that is sent", ANVIL_ESTABLISHED, true,
     {{"< A 1:101(100) ack 1", NULL}, {"send 10", "ESTABLISHED > PA 1:11(10) ack 101"}}},
    {"With more segments waiting it is held back (MUST-59)", ANVIL_ESTABLISHED, true,
     {{"<< A 1:1001(1000) ack 1", NULL},
      {"<< A 1001:2001(1000) ack 1", "ESTABLISHED + 1000(1000) ! READABLE due now"},
      {"< A 2001:3001(1000) ack 1", "ESTABLISHED > A 1:1(0) ack 3001 + 2000(1000) ! READABLE"}}},
    {"Out of order: held, and answered at once (MAY-13)", ANVIL_ESTABLISHED, true,
     {{"< A 101:201(100) ack 1", "ESTABLISHED > A 1:1(0) ack 1 + 100(100)"},
      {"< A 1:101(100) ack 1", "ESTABLISHED > A 1:1(0) ack 201 + 0(100) ! READABLE"}}},
    {"Text wider than a hole: only what is new is taken", ANVIL_ESTABLISHED, true,
     {{"< A 101:201(100) ack 1", NULL},
      {"< A 1:301(300) ack 1",
       "ESTABLISHED > A 1:1(0) ack 301 + 0(100) + 200(100) ! READABLE"}}},
    {"Text over the left edge: the old part is not taken again", ANVIL_ESTABLISHED, true,
     {{"< A 1:101(100) ack 1", NULL},
      {"< A 51:151(100) ack 1", "ESTABLISHED + 100(50) ! READABLE"}}},
    {"PSH is told with the text (MAY-17)", ANVIL_ESTABLISHED, true,
     {{"< PA 1:101(100) ack 1", "ESTABLISHED + 0(100) ! READABLE PUSH"}}},
    {"FIN-WAIT-1 still takes text (S9)", ANVIL_FIN_WAIT_1, true,
     {{"< A 1:101(100) ack 1", "FIN-WAIT-1 + 0(100) ! READABLE"}}},
    {"FIN-WAIT-2 still takes text", ANVIL_FIN_WAIT_2, true,
     {{"< A 1:101(100) ack 2", "FIN-WAIT-2 + 0(100) ! READABLE"}}},
    {"Text after the peer's FIN is ignored (AMBIG-20)", ANVIL_CLOSE_WAIT, true,
     {{"< A 2:102(100) ack 1", "CLOSE-WAIT"}, {"receive 1", "CLOSE-WAIT = connection closing"}}},
};

static const struct sentence fin[] = {
    {"A FIN consumes one number and closes the window's reading side (S3)", ANVIL_ESTABLISHED, true,
     {{"< FA 1:1(0) ack 1", "CLOSE-WAIT > A 1:1(0) ack 2 ! CLOSING PUSH"}}},
    {"A FIN again is acknowledged again, and moves nothing", ANVIL_CLOSE_WAIT, true,
     {{"< FA 1:1(0) ack 1", "CLOSE-WAIT > A 1:1(0) ack 2"},
      {"< FA 1:1(0) ack 1", "CLOSE-WAIT > A 1:1(0) ack 2"}}},
    {"A second FIN behind the first moves nothing (AMBIG-27)", ANVIL_CLOSE_WAIT, true,
     {{"< FA 2:2(0) ack 1", "CLOSE-WAIT > A 1:1(0) ack 2"}}},
    {"A FIN out of order waits for the hole to be filled", ANVIL_ESTABLISHED, true,
     {{"< FA 101:101(0) ack 1", "ESTABLISHED > A 1:1(0) ack 1"},
      {"< A 1:101(100) ack 1",
       "CLOSE-WAIT > A 1:1(0) ack 102 + 0(100) ! CLOSING READABLE PUSH"}}},
    {"Text behind a FIN that is known is none", ANVIL_ESTABLISHED, true,
     {{"< FA 101:101(0) ack 1", NULL},
      {"< A 1:201(200) ack 1",
       "CLOSE-WAIT > A 1:1(0) ack 102 + 0(100) ! CLOSING READABLE PUSH"}}},
    {"A FIN before text that came already is not believed", ANVIL_ESTABLISHED, true,
     {{"< A 101:201(100) ack 1", NULL},
      {"< FA 51:51(0) ack 1", "ESTABLISHED > A 1:1(0) ack 1"},
      {"< A 1:101(100) ack 1", "ESTABLISHED > A 1:1(0) ack 201 + 0(100) ! READABLE"}}},
    {"A FIN just beyond the window is left to be sent again (AMBIG-26)", ANVIL_ESTABLISHED, true,
     {{"< FA 1:10001(10000) ack 1",
       "ESTABLISHED > A 1:1(0) ack 10001 win 0 + 0(10000) ! READABLE"}}},
    {"FIN-WAIT-1, our FIN not acknowledged: CLOSING (S4)", ANVIL_FIN_WAIT_1, true,
     {{"< FA 1:1(0) ack 1", "CLOSING > A 2:2(0) ack 2 ! CLOSING PUSH"}}},
    {"FIN-WAIT-1, our FIN acknowledged with it: TIME-WAIT (AMBIG-29)", ANVIL_FIN_WAIT_1, true,
     {{"< FA 1:1(0) ack 2", "TIME-WAIT > A 2:2(0) ack 2 ! CLOSING PUSH due 240000"}}},
    {"FIN-WAIT-2: TIME-WAIT", ANVIL_FIN_WAIT_2, true,
     {{"< FA 1:1(0) ack 2", "TIME-WAIT > A 2:2(0) ack 2 ! CLOSING PUSH due 240000"}}},
    {"TIME-WAIT lasts 2MSL: not a microsecond less or more (S5)", ANVIL_TIME_WAIT, true,
     {{"wait_us 239999999", "TIME-WAIT"}, {"wait_us 1", "CLOSED ! DELETED"}}},
    {"The FIN again restarts 2MSL (S5, AMBIG-4)", ANVIL_TIME_WAIT, true,
     {{"wait 100000", "TIME-WAIT due 140000"},
      {"< FA 1:1(0) ack 2", "TIME-WAIT > A 2:2(0) ack 2 due 240000"}}},
    {"A FIN elsewhere before the window is answered, but restarts nothing", ANVIL_TIME_WAIT, true,
     {{"wait 100000", NULL},
      {"< FA 0:0(0) ack 2", "TIME-WAIT > A 2:2(0) ack 2 due 140000"},
      {"< A 1:1(0) ack 2", "TIME-WAIT > A 2:2(0) ack 2 due 140000"}}},
    {"A new FIN in the window restarts 2MSL (AMBIG-27)", ANVIL_TIME_WAIT, true,
     {{"wait 100000", NULL}, {"< FA 2:2(0) ack 2", "TIME-WAIT > A 2:2(0) ack 2 due 240000"}}},
};

static const struct sentence not_at_once[] = {
    {"By policy the ACK of text out of order is delayed", ANVIL_ESTABLISHED, true,
     {{"< A 101:201(100) ack 1", "ESTABLISHED + 100(100) due 200"}}},
};

static const struct sentence never_delayed[] = {
    {"A delay of zero acknowledges every segment", ANVIL_ESTABLISHED, true,
     {{"< A 1:11(10) ack 1", "ESTABLISHED > A 1:1(0) ack 11 + 0(10) ! READABLE"}}},
};

static const struct sentence quick_start[] = {
    {"Quick ACKs at the start are used up one by one", ANVIL_ESTABLISHED, true,
     {{"< A 1:11(10) ack 1", "ESTABLISHED > A 1:1(0) ack 11 + 0(10) ! READABLE"},
      {"< A 11:21(10) ack 1", "ESTABLISHED + 10(10) ! READABLE due 200"}}},
};

static void delay_out_of_order(struct endpoint *end)
{
    end->policy.ack_out_of_order = 0;
}

static void never_delay(struct endpoint *end)
{
    end->policy.delayed_ack_us = 0;
}

static void one_quick_ack(struct endpoint *end)
{
    end->policy.quick_acks = 1;
}

static void the_sixth_check_is_urgent(void **state)
{
    (void)state;
    play_table(urgent, COUNT(urgent));
}

static void urgent_data_is_counted_down(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "< AU 1:11(10) ack 1 urg 25");
    assert_int_equal(anvil_urgent_left(&end.tcb), 25);
    assert_int_equal(anvil_urgent_offset(&end.tcb), 25);
    endpoint_do(&end, "receive 10");
    assert_int_equal(anvil_urgent_left(&end.tcb), 15);
    endpoint_do(&end, "< A 11:31(20) ack 1");
    endpoint_do(&end, "receive 15");
    assert_int_equal(anvil_urgent_left(&end.tcb), 0);
}

static void the_seventh_check_is_text(void **state)
{
    (void)state;
    play_table(text, COUNT(text));
    play_table_with(not_at_once, COUNT(not_at_once), delay_out_of_order);
    play_table_with(never_delayed, COUNT(never_delayed), never_delay);
    play_table_with(quick_start, COUNT(quick_start), one_quick_ack);
}

static void the_eighth_check_is_fin(void **state)
{
    (void)state;
    play_table(fin, COUNT(fin));
}

/* The FIN has a number, but is no octet that the user consumes. */
static void urgent_data_is_counted_behind_a_fin(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "< AU 1:5(4) ack 1 urg 3");
    assert_true(anvil_urgent_left(&end.tcb) == 3);
    endpoint_do(&end, "< FA 5:5(0) ack 1");
    assert_true(anvil_urgent_left(&end.tcb) == 3);
    endpoint_do(&end, "receive 2");
    assert_true(anvil_urgent_left(&end.tcb) == 1);
    assert_true(anvil_urgent_offset(&end.tcb) == 3);
}

/* A FIN that was held leaves no number behind. */
static void a_fin_that_was_held_is_forgotten(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "< FA 11:11(0) ack 1");
    endpoint_do(&end, "< A 1:11(10) ack 1");
    assert_int_equal(end.tcb.fin_received, 1);
    assert_int_equal(end.tcb.fin_held_seq.raw, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sixth_check_is_urgent),
        cmocka_unit_test(urgent_data_is_counted_down),
        cmocka_unit_test(the_seventh_check_is_text),
        cmocka_unit_test(the_eighth_check_is_fin),
        cmocka_unit_test(urgent_data_is_counted_behind_a_fin),
        cmocka_unit_test(a_fin_that_was_held_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
