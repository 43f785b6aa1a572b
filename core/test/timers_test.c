/* SPDX-License-Identifier: BSD-2-Clause */
/* The timers, and which comes first. RFC 9293 3.10.8, 3.8.3, 3.8.4, 3.8.6.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct sentence retransmission[] = {
    {"The front of the queue goes again, the timeout doubles (6298 5.4 to 5.6)",
     ANVIL_ESTABLISHED, true,
     {{"nodelay 1", NULL},
      {"send 1000", "ESTABLISHED > PA 1:1001(1000) ack 1 due 1000"},
      {"send 500", "ESTABLISHED > PA 1001:1501(500) ack 1 due 1000"},
      {"wait 999", "ESTABLISHED due 1"},
      {"wait 1", "ESTABLISHED > A 1:1001(1000) ack 1 due 2000"},
      {"wait 2000", "ESTABLISHED > A 1:1001(1000) ack 1 due 4000"},
      {"< A 1:1(0) ack 1001", "ESTABLISHED > PA 1001:1501(500) ack 1 ! ACKED"}}},
    {"The FIN goes again with the number it had (S3)", ANVIL_FIN_WAIT_1, true,
     {{"wait 1000", "FIN-WAIT-1 > FA 1:1(0) ack 1 due 2000"},
      {"wait 2000", "FIN-WAIT-1 > FA 1:1(0) ack 1"}}},
    {"Also in CLOSING", ANVIL_CLOSING, true, {{"wait 1000", "CLOSING > FA 1:1(0) ack 2"}}},
    {"And in LAST-ACK", ANVIL_LAST_ACK, true, {{"wait 1000", "LAST-ACK > FA 1:1(0) ack 2"}}},
    {"The SYN goes again with the number it had", ANVIL_SYN_SENT, false,
     {{"wait 1000", "SYN-SENT > S 0:0(0) due 2000"},
      {"wait 2000", "SYN-SENT > S 0:0(0) due 4000"}}},
    {"So does the SYN,ACK", ANVIL_SYN_RECEIVED, true,
     {{"wait 1000", "SYN-RECEIVED > SA 0:0(0) ack 1 due 2000"}}},
    {"The timeout stops at its bound", ANVIL_ESTABLISHED, true,
     {{"send 10", NULL},
      {"wait 1000", NULL},
      {"wait 2000", NULL},
      {"wait 4000", "ESTABLISHED > PA 1:11(10) ack 1 ! R1"},
      {"wait 8000", "ESTABLISHED > PA 1:11(10) ack 1"},
      {"wait 16000", NULL},
      {"wait 32000", "ESTABLISHED > PA 1:11(10) ack 1 due 60000"},
      {"wait 60000", "CLOSED ! R2 DELETED"}}},
    {"FIN-WAIT-2 has nothing to send again", ANVIL_FIN_WAIT_2, true,
     {{"poll", "FIN-WAIT-2 due never"}}},
};

static const struct sentence giving_up[] = {
    {"A SYN is given up after three minutes at least (MUST-23)", ANVIL_SYN_SENT, false,
     {{"wait 1000", NULL},
      {"wait 2000", NULL},
      {"wait 4000", NULL},
      {"wait 8000", NULL},
      {"wait 16000", NULL},
      {"wait 32000", NULL},
      {"wait 60000", "SYN-SENT > S 0:0(0) due 60000"},
      {"wait 60000", "CLOSED ! R2 DELETED"}}},
    {"A passive SYN-RECEIVED that is given up vanishes silently (AMBIG-35)", ANVIL_SYN_RECEIVED,
     true, {{"syn_count 1", NULL}, {"wait 1000", NULL}, {"wait 2000", "LISTEN ! BACK_TO_LISTEN"}}},
    {"An active one gets the delivery failure", ANVIL_SYN_RECEIVED, false,
     {{"syn_count 1", NULL}, {"wait 1000", NULL}, {"wait 2000", "CLOSED ! R2 DELETED"}}},
    {"The user's count for data (MUST-21)", ANVIL_ESTABLISHED, true,
     {{"r2_count 2", NULL},
      {"send 10", NULL},
      {"wait 1000", "ESTABLISHED > PA 1:11(10) ack 1"},
      {"wait 2000", "ESTABLISHED > PA 1:11(10) ack 1"},
      {"wait 4000", "CLOSED ! R2 DELETED"}}},
    {"The user timeout ends what is outstanding for too long (EP-TO-USER)", ANVIL_ESTABLISHED, true,
     {{"user_timeout 1500000", NULL},
      {"send 10", NULL},
      {"wait 1000", "ESTABLISHED > PA 1:11(10) ack 1 due 500"},
      {"wait 500", "CLOSED ! USER_TIMEOUT DELETED"}}},
    {"Nothing outstanding, no user timeout (AMBIG-17)", ANVIL_ESTABLISHED, true,
     {{"user_timeout 1500000", "ESTABLISHED due never"}, {"wait 100000", "ESTABLISHED"}}},
    {"An ACK of something starts it anew", ANVIL_ESTABLISHED, true,
     {{"user_timeout 900000", NULL},
      {"send 10", NULL},
      {"wait 800", NULL},
      {"< A 1:1(0) ack 6", "ESTABLISHED ! ACKED due 900"}}},
};

static const struct sentence zero_window[] = {
    {"A closed window is probed, at growing intervals, by one octet (MUST-36)",
     ANVIL_ESTABLISHED, true,
     {{"< A 1:1(0) ack 1 win 0", NULL},
      {"send 100", "ESTABLISHED due 1000"},
      {"wait 1000", "ESTABLISHED > A 1:2(1) ack 1 due 2000"},
      {"wait 2000", "ESTABLISHED > A 1:2(1) ack 1 due 4000"},
      {"< A 1:1(0) ack 1 win 0", "ESTABLISHED"},
      {"wait 4000", "ESTABLISHED > A 1:2(1) ack 1 due 8000"},
      {"< A 1:1(0) ack 1 win 1000", "ESTABLISHED > PA 1:101(100) ack 1 due 1000"}}},
    {"A probe that is taken counts as sent (AMBIG-37)", ANVIL_ESTABLISHED, true,
     {{"< A 1:1(0) ack 1 win 0", NULL},
      {"send 100", NULL},
      {"wait 1000", "ESTABLISHED > A 1:2(1) ack 1"},
      {"< A 1:1(0) ack 2 win 0", "ESTABLISHED ! ACKED"},
      {"< A 1:1(0) ack 2 win 5000", "ESTABLISHED > PA 2:101(99) ack 1"}}},
    {"The FIN alone is a probe (AMBIG-26)", ANVIL_ESTABLISHED, true,
     {{"< A 1:1(0) ack 1 win 0", NULL},
      {"close", "FIN-WAIT-1 due 1000"},
      {"wait 1000", "FIN-WAIT-1 > FA 1:1(0) ack 1"}}},
    {"Answered probes keep the connection for ever (MUST-37, AMBIG-38)", ANVIL_ESTABLISHED, true,
     {{"r2_count 2", NULL},
      {"< A 1:1(0) ack 1 win 0", NULL},
      {"send 100", NULL},
      {"wait 1000", "ESTABLISHED > A 1:2(1) ack 1"},
      {"< A 1:1(0) ack 1 win 0", NULL},
      {"wait 2000", "ESTABLISHED > A 1:2(1) ack 1"},
      {"< A 1:1(0) ack 1 win 0", NULL},
      {"wait 4000", "ESTABLISHED > A 1:2(1) ack 1"},
      {"wait 8000", "ESTABLISHED > A 1:2(1) ack 1"},
      {"wait 16000", "CLOSED ! R2 DELETED"}}},
};

static const struct sentence keepalive[] = {
    {"An idle connection without keep-alive stays (S16)", ANVIL_ESTABLISHED, true,
     {{"wait 8000000", "ESTABLISHED due never"}}},
    {"Two idle hours draw a probe before the window, which is not outstanding (AMBIG-36)",
     ANVIL_ESTABLISHED, true,
     {{"keepalive 1", "ESTABLISHED due 7200000"},
      {"wait 7200000", "ESTABLISHED > A 0:0(0) ack 1 due 75000"},
      {"< A 1:1(0) ack 1", "ESTABLISHED due 75000"},
      {"wait 75000", "ESTABLISHED due 7125000"}}},
    {"Unanswered, the probes end the connection", ANVIL_ESTABLISHED, true,
     {{"keepalive_idle 1000000", NULL},
      {"keepalive_interval 500000", NULL},
      {"keepalive_count 2", NULL},
      {"keepalive 1", "ESTABLISHED due 1000"},
      {"wait 1000", "ESTABLISHED > A 0:0(0) ack 1 due 500"},
      {"wait 500", "ESTABLISHED > A 0:0(0) ack 1 due 500"},
      {"wait 500", "CLOSED ! R2 DELETED"}}},
    {"With something in flight there is no probe", ANVIL_ESTABLISHED, true,
     {{"keepalive_idle 500000", NULL},
      {"keepalive 1", NULL},
      {"send 10", NULL},
      {"wait 500", "ESTABLISHED"}}},
    {"An active opener heard the SYN,ACK", ANVIL_ESTABLISHED, false,
     {{"keepalive 1", "ESTABLISHED due 7200000"}}},
};

static const struct sentence order[] = {
    {"The user timeout wins over the retransmission", ANVIL_ESTABLISHED, true,
     {{"user_timeout 1000000", NULL},
      {"send 10", NULL},
      {"wait 1000", "CLOSED ! USER_TIMEOUT DELETED"}}},
    {"A timer wins over a segment at the same moment", ANVIL_TIME_WAIT, true,
     {{"wait_us 239999999", "TIME-WAIT"}, {"wait_us 1", "CLOSED ! DELETED"}}},
    {"A delayed ACK rides on the retransmission", ANVIL_ESTABLISHED, true,
     {{"send 10", NULL},
      {"wait 800", NULL},
      {"< A 1:11(10) ack 1", "ESTABLISHED + 0(10) ! READABLE due 200"},
      {"wait 200", "ESTABLISHED > PA 1:11(10) ack 11 due 2000"}}},
};

static const struct sentence orphan[] = {
    {"An orphan leaves FIN-WAIT-2 after a while, if the policy says so", ANVIL_ESTABLISHED, true,
     {{"close full", NULL},
      {"< A 1:1(0) ack 2", "FIN-WAIT-2 due 60000"},
      {"wait 60000", "CLOSED ! DELETED"}}},
    {"One who still reads does not", ANVIL_FIN_WAIT_2, true, {{"wait 100000", "FIN-WAIT-2"}}},
};

static void orphans_end(struct endpoint *end)
{
    end->policy.orphan_fin_wait_2_us = 60000000;
}

static void no_timestamps(struct endpoint *end)
{
    end->policy.offer_timestamps = 0;
}

static void with_octet(struct endpoint *end)
{
    end->policy.keepalive_octet = 1;
}

static void retransmission_timer(void **state)
{
    (void)state;
    play_table_with(retransmission, COUNT(retransmission), no_timestamps);
    play_table(giving_up, COUNT(giving_up));
}

static void persist_timer(void **state)
{
    (void)state;
    play_table(zero_window, COUNT(zero_window));
}

static void keepalive_timer(void **state)
{
    struct endpoint end;

    (void)state;
    play_table(keepalive, COUNT(keepalive));
    endpoint_start(&end);
    with_octet(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "keepalive 1");
    endpoint_expect(&end, "by policy the probe has an octet (MAY-6)", "wait 7200000",
                    "ESTABLISHED > A 0:1(1) ack 1");
    assert_true(end.effects.sent[0].offset == ANVIL_NO_OFFSET);
}

static void timers_have_an_order(void **state)
{
    (void)state;
    play_table(order, COUNT(order));
}

static void fin_wait_2_of_an_orphan(void **state)
{
    (void)state;
    play_table_with(orphan, COUNT(orphan), orphans_end);
}

/* The timer's SYN goes before the segment is looked at that comes at the same moment. */
static void a_syn_goes_again_before_its_answer(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_SYN_SENT, false);
    end.now += 1000000;
    endpoint_expect(&end, "at a tie", "< SA 0:0(0) ack 1",
                    "ESTABLISHED > S 0:0(0) > A 1:1(0) ack 1 ! OPEN");
}

static void retransmissions_are_counted(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "send 10");
    assert_int_equal(end.tcb.total_retransmits, 0);
    endpoint_do(&end, "wait 1000");
    endpoint_do(&end, "wait 2000");
    assert_int_equal(end.tcb.total_retransmits, 2);
    endpoint_do(&end, "< A 1:1(0) ack 11");
    endpoint_do(&end, "send 10");
    assert_int_equal(end.tcb.total_retransmits, 2);
}

/* A timer that has fired is off, whatever the segment does that comes at the same moment. */
static void a_timer_that_fired_is_off(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "< A 1:11(10) ack 1");
    end.now += 200000;
    endpoint_do(&end, "<< A 11:11(0) ack 1");
    assert_int_equal(end.tcb.ack_now, 1);
    assert_true(end.tcb.ack_deadline == ANVIL_NEVER);
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "< A 1:1(0) ack 1 win 400");
    endpoint_do(&end, "send 1500");
    end.now += 200000;
    endpoint_expect(&end, "the override starts anew", "< A 1:1(0) ack 401 win 400",
                    "ESTABLISHED > A 1:401(400) ack 1 ! ACKED due 200");
}

/* The count of probes stops at its largest value. */
static void probes_saturate(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    end.policy.r2_us = 0;
    end.policy.user_timeout_us = 0;
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "< A 1:1(0) ack 1 win 0");
    endpoint_do(&end, "send 10");
    endpoint_do(&end, "wait 1000");
    end.tcb.probes = UINT8_MAX - 1;
    endpoint_expect(&end, "the last that counts", "wait 2000",
                    "ESTABLISHED > A 1:2(1) ack 1 ! R1");
    assert_int_equal(end.tcb.probes, UINT8_MAX);
    endpoint_expect(&end, "one more", "wait 4000", "ESTABLISHED > A 1:2(1) ack 1");
    assert_int_equal(end.tcb.probes, UINT8_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retransmission_timer),
        cmocka_unit_test(persist_timer),
        cmocka_unit_test(keepalive_timer),
        cmocka_unit_test(timers_have_an_order),
        cmocka_unit_test(fin_wait_2_of_an_orphan),
        cmocka_unit_test(a_syn_goes_again_before_its_answer),
        cmocka_unit_test(retransmissions_are_counted),
        cmocka_unit_test(a_timer_that_fired_is_off),
        cmocka_unit_test(probes_saturate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
