/* SPDX-License-Identifier: BSD-2-Clause */
/* What changes a connection from outside its peer: settings, ICMP errors. RFC 9293 3.9. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct sentence icmp[] = {
    {"A soft error is told and ends nothing (MUST-56, MUST-47)", ANVIL_ESTABLISHED, true,
     {{"send 10", NULL}, {"soft 1", "ESTABLISHED ! SOFT_ERROR"}}},
    {"A hard error ends the connection (SHLD-26)", ANVIL_ESTABLISHED, true,
     {{"send 10", NULL}, {"hard 1", "CLOSED ! HARD_ERROR DELETED"}}},
    {"A source quench is discarded (MUST-55)", ANVIL_ESTABLISHED, true,
     {{"send 10", NULL}, {"quench 1", "ESTABLISHED"}}},
    {"What quotes nothing in flight is ignored (RFC 5927 4.1)", ANVIL_ESTABLISHED, true,
     {{"send 10", NULL},
      {"hard 0", "ESTABLISHED"},
      {"hard 11", "ESTABLISHED"},
      {"soft 11", "ESTABLISHED"},
      {"hard 10", "CLOSED ! HARD_ERROR DELETED"}}},
    {"A SYN that meets a hard error is given up", ANVIL_SYN_SENT, false,
     {{"hard 0", "CLOSED ! HARD_ERROR DELETED"}}},
    {"A passive SYN-RECEIVED returns to LISTEN", ANVIL_SYN_RECEIVED, true,
     {{"hard 0", "LISTEN ! BACK_TO_LISTEN"}}},
    {"A smaller path sends again in smaller pieces (RFC 1191)", ANVIL_ESTABLISHED, true,
     {{"send 1000", "ESTABLISHED > PA 1:1001(1000) ack 1"},
      {"tobig 1 500", "ESTABLISHED > A 1:501(500) ack 1 > PA 501:1001(500) ack 1"}}},
    {"Not below the floor", ANVIL_ESTABLISHED, true,
     {{"send 100", NULL}, {"tobig 1 3", "ESTABLISHED > A 1:65(64) ack 1 > PA 65:101(36) ack 1"}}},
    {"A path that is no smaller changes nothing", ANVIL_ESTABLISHED, true,
     {{"send 100", NULL}, {"tobig 1 1000", "ESTABLISHED"}, {"tobig 1 5000", "ESTABLISHED"}}},
    {"Without a connection an error says nothing", ANVIL_CLOSED, true, {{"hard 0", "CLOSED"}}},
};

static const struct sentence hard_is_soft[] = {
    {"By policy a hard error is soft once synchronized (RFC 5927 5.2)", ANVIL_ESTABLISHED, true,
     {{"send 10", NULL}, {"hard 1", "ESTABLISHED ! SOFT_ERROR"}}},
    {"But it still ends a SYN-SENT", ANVIL_SYN_SENT, false,
     {{"hard 0", "CLOSED ! HARD_ERROR DELETED"}}},
};

static const struct sentence settings[] = {
    {"An MSS limit bounds what is sent", ANVIL_ESTABLISHED, true,
     {{"mss_limit 400", NULL},
      {"send 1000", "ESTABLISHED > A 1:401(400) ack 1 > A 401:801(400) ack 1"}}},
    {"And, before OPEN, what a SYN says", ANVIL_CLOSED, true,
     {{"mss_limit 400", NULL},
      {"open active", "SYN-SENT > S 0:0(0) <mss 400,ws 0,sackok,ts 1000000 0,>"}}},
    {"A limit of zero is one of one", ANVIL_CLOSED, true,
     {{"mss_limit 0", NULL},
      {"open active", "SYN-SENT > S 0:0(0) <mss 1,ws 0,sackok,ts 1000000 0,>"}}},
    {"A user timeout that is set counts from when data was sent, and asks for no step before",
     ANVIL_ESTABLISHED, true,
     {{"send 10", "ESTABLISHED > PA 1:11(10) ack 1 due 1000"},
      {"wait 100", NULL},
      {"user_timeout 600000", "ESTABLISHED due 500"},
      {"user_timeout 5000000", "ESTABLISHED due 900"}}},
    {"Immediate ACKs release one that waits", ANVIL_ESTABLISHED, true,
     {{"< A 1:11(10) ack 1", "ESTABLISHED + 0(10) ! READABLE"},
      {"quick_ack 1", "ESTABLISHED > A 1:1(0) ack 11"},
      {"< A 11:21(10) ack 1", "ESTABLISHED > A 1:1(0) ack 21 + 10(10) ! READABLE"},
      {"quick_ack 0", "ESTABLISHED"},
      {"< A 21:31(10) ack 1", "ESTABLISHED + 20(10) ! READABLE due 200"}}},
    {"Keep-alive before OPEN starts with ESTABLISHED", ANVIL_CLOSED, false,
     {{"keepalive 1", "CLOSED"},
      {"open active", NULL},
      {"< SA 0:0(0) ack 1", "ESTABLISHED > A 1:1(0) ack 1 ! OPEN due 7200000"},
      {"keepalive 0", "ESTABLISHED due never"}}},
    {"A reader who gave up resets on new data (SHLD-3)", ANVIL_ESTABLISHED, true,
     {{"reader_gone 1", NULL}, {"< A 1:11(10) ack 1", "CLOSED > R 1:1(0) ! RESET DELETED"}}},
    {"Behind that text nothing is looked at", ANVIL_ESTABLISHED, true,
     {{"reader_gone 1", NULL},
      {"< FA 1:11(10) ack 1",
       "CLOSED > R 1:1(0) ! RESET DELETED @ 3.10.7.4 seventh: segment text"}}},
    {"The longest times there are do no harm", ANVIL_ESTABLISHED, true,
     {{"keepalive_idle 18446744073709551615", NULL},
      {"keepalive_interval 18446744073709551615", NULL},
      {"keepalive 1", NULL},
      {"user_timeout 18446744073709551615", NULL},
      {"send 10", "ESTABLISHED > PA 1:11(10) ack 1"},
      {"wait 1000", "ESTABLISHED > PA 1:11(10) ack 1"}}},
};

static void hard_as_soft(struct endpoint *end)
{
    end->policy.hard_errors_abort = 0;
}

static void icmp_errors(void **state)
{
    (void)state;
    play_table(icmp, COUNT(icmp));
    play_table_with(hard_is_soft, COUNT(hard_is_soft), hard_as_soft);
}

static void what_the_user_sets(void **state)
{
    (void)state;
    play_table(settings, COUNT(settings));
}

/* The path is as wide as was found out, whatever wider one is told of. */
static void a_wider_path_is_not_believed(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "send 100");
    endpoint_do(&end, "tobig 1 500");
    assert_int_equal(end.tcb.snd_mss_limit, 500);
    endpoint_do(&end, "tobig 1 900");
    assert_int_equal(end.tcb.snd_mss_limit, 500);
}

/* What does not fit its field is taken as the largest value that does. */
static void values_have_their_limits(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_do(&end, "syn_count 256");
    assert_int_equal(end.tcb.syn_count, 255);
    endpoint_do(&end, "syn_count 255");
    assert_int_equal(end.tcb.syn_count, 255);
    endpoint_do(&end, "orphan_timeout 4294967296");
    assert_true(end.tcb.orphan_fin_wait_2_us == UINT32_MAX);
    endpoint_do(&end, "keepalive_interval 281474976710657");
    assert_true(end.tcb.keepalive_interval_us == UINT64_C(1) << 48);
    endpoint_do(&end, "keepalive_interval 281474976710655");
    assert_true(end.tcb.keepalive_interval_us == (UINT64_C(1) << 48) - 1);
}

/* A setting changes its own field and no other. */
static void each_setting_sets_one_thing(void **state)
{
    struct endpoint end;
    struct anvil_tcb expected;

    (void)state;
    endpoint_start(&end);
    memset(&expected, 0, sizeof expected);
    endpoint_do(&end, "keepalive_interval 7");
    expected.keepalive_interval_us = 7;
    assert_memory_equal(&end.tcb, &expected, sizeof expected);
    endpoint_do(&end, "keepalive_count 3");
    expected.keepalive_count = 3;
    assert_memory_equal(&end.tcb, &expected, sizeof expected);
    endpoint_do(&end, "syn_count 4");
    expected.syn_count = 4;
    assert_memory_equal(&end.tcb, &expected, sizeof expected);
    endpoint_do(&end, "r2_count 5");
    expected.r2_count = 5;
    assert_memory_equal(&end.tcb, &expected, sizeof expected);
    endpoint_do(&end, "orphan_timeout 6");
    expected.orphan_fin_wait_2_us = 6;
    assert_memory_equal(&end.tcb, &expected, sizeof expected);
    endpoint_do(&end, "no_options 1");
    expected.no_options = 1;
    assert_memory_equal(&end.tcb, &expected, sizeof expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(icmp_errors),
        cmocka_unit_test(what_the_user_sets),
        cmocka_unit_test(a_wider_path_is_not_believed),
        cmocka_unit_test(values_have_their_limits),
        cmocka_unit_test(each_setting_sets_one_thing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
