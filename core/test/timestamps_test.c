/* SPDX-License-Identifier: BSD-2-Clause */
/* The Timestamps option: agreement, PAWS, TS.Recent. RFC 7323. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "machine.h"
#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct sentence agreed[] = {
    {"An older timestamp is answered and dropped (PAWS)", ANVIL_SYN_RECEIVED, true,
     {{"< A 1:1(0) ack 1 ts 100 0", "ESTABLISHED ! OPEN"},
      {"< A 1:11(10) ack 1 ts 99 0",
       "ESTABLISHED > A 1:1(0) ack 1 <ts 1000000 100,> @ RFC 7323 5.3 R1: old timestamp"},
      {"< A 1:11(10) ack 1 ts 100 0", "ESTABLISHED + 0(10) ! READABLE"}}},
    {"Less than half the space ahead is newer", ANVIL_SYN_RECEIVED, true,
     {{"< A 1:1(0) ack 1 ts 100 0", NULL},
      {"< A 1:11(10) ack 1 ts 2147483747 0", "ESTABLISHED + 0(10) ! READABLE"}}},
    {"It compares modulo 2^32", ANVIL_SYN_RECEIVED, true,
     {{"< A 1:1(0) ack 1 ts 2147483600 0", NULL},
      {"< A 1:1(0) ack 1 ts 4000000000 0", NULL},
      {"< A 1:11(10) ack 1 ts 3 0", "ESTABLISHED + 0(10) ! READABLE"},
      {"< A 11:21(10) ack 1 ts 4294967295 0", "ESTABLISHED > A 1:1(0) ack 11"}}},
    {"A RST is not held to it", ANVIL_SYN_RECEIVED, true,
     {{"< A 1:1(0) ack 1 ts 100 0", NULL}, {"< R 1:1(0) ts 5 0", "CLOSED ! RESET DELETED"}}},
    {"A segment without the option is dropped silently, a RST is not", ANVIL_SYN_RECEIVED, true,
     {{"< A 1:1(0) ack 1 ts 100 0", NULL},
      {"< A 1:11(10) ack 1", "ESTABLISHED @ RFC 7323 5.3 R1: old timestamp"},
      {"< R 1:1(0)", "CLOSED ! RESET DELETED"}}},
    {"TS.Recent is taken from the segment at the left edge, not from one beyond (4.3)",
     ANVIL_SYN_RECEIVED, true,
     {{"< A 1:1(0) ack 1 ts 100 0", NULL},
      {"< A 101:201(100) ack 1 ts 110 0",
       "ESTABLISHED > A 1:1(0) ack 1 <ts 1000000 100,> + 100(100)"},
      {"< A 1:101(100) ack 1 ts 105 0",
       "ESTABLISHED > A 1:1(0) ack 201 <ts 1000000 105,> + 0(100) ! READABLE"}}},
    {"A delayed ACK echoes the earliest segment (4.3)", ANVIL_SYN_RECEIVED, true,
     {{"< A 1:1(0) ack 1 ts 100 0", NULL},
      {"< A 1:901(900) ack 1 ts 110 0", NULL},
      {"< A 901:2001(1100) ack 1 ts 120 0",
       "ESTABLISHED > A 1:1(0) ack 2001 <ts 1000000 110,> + 900(1100) ! READABLE"}}},
    {"After 24 idle days TS.Recent is outdated (5.5)", ANVIL_SYN_RECEIVED, true,
     {{"< A 1:1(0) ack 1 ts 100 0", NULL},
      {"wait 2073600000", NULL},
      {"< A 1:11(10) ack 1 ts 99 0", "ESTABLISHED > A 1:1(0) ack 1"},
      {"wait 1", NULL},
      {"< A 1:11(10) ack 1 ts 99 0", "ESTABLISHED + 0(10) ! READABLE"}}},
    {"The clock ticks in milliseconds", ANVIL_SYN_RECEIVED, true,
     {{"< A 1:1(0) ack 1 ts 100 0", NULL},
      {"wait 5", NULL},
      {"send 1", "ESTABLISHED > PA 1:2(1) ack 1 <ts 1000005 100,>"}}},
    {"What was sent twice is timed by its echo (RFC 7323 4.1)", ANVIL_SYN_RECEIVED, true,
     {{"< A 1:1(0) ack 1 ts 100 0", NULL},
      {"send 10", NULL},
      {"wait 1000", "ESTABLISHED > PA 1:11(10) ack 1 due 2000"},
      {"wait 400", NULL},
      {"< A 1:1(0) ack 11 ts 101 1001000", NULL},
      {"send 10", "ESTABLISHED > PA 11:21(10) ack 1 due 1000"}}},
};

static const struct sentence not_agreed[] = {
    {"Without agreement timestamps mean nothing and none are sent", ANVIL_ESTABLISHED, true,
     {{"< A 1:11(10) ack 1 ts 100 0", "ESTABLISHED + 0(10) ! READABLE"},
      {"< A 11:21(10) ack 1 ts 50 0", "ESTABLISHED + 10(10) ! READABLE"},
      {"send 1", "ESTABLISHED > PA 1:2(1) ack 21 <>"}}},
};

static void offer(struct endpoint *end)
{
    end->syn_options = "mss 1000 ts 90 0";
}

static void paws_and_ts_recent(void **state)
{
    (void)state;
    play_table_with(agreed, COUNT(agreed), offer);
}

static void only_by_agreement(void **state)
{
    (void)state;
    play_table(not_agreed, COUNT(not_agreed));
}

/* A timestamp that was not agreed on is not kept. */
static void what_was_not_agreed_leaves_no_trace(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "< A 1:11(10) ack 1 ts 100 0");
    assert_int_equal(end.tcb.ts_recent, 0);
    assert_true(end.tcb.ts_recent_us == 0);
}

/* SRTT in microseconds after an ACK that came at 9 ms, echoes `echo` and ends the round trip of
 * what was first sent at `first_ms`; one tick is a millisecond. 0: none was taken. */
static uint32_t measured(uint32_t echo, anvil_time first_ms)
{
    struct anvil_tcb tcb = {.timestamps_on = 1, .ts_offset = UINT32_MAX};
    struct anvil_event event = {.kind = ANVIL_SEGMENT, .now = 20000, .arrived = 9000};
    struct anvil_segment segment = {.flags = ANVIL_ACK};
    struct step step = {.tcb = &tcb, .policy = &anvil_policy_rfc9293, .event = &event};

    segment.options.present = ANVIL_HAS_TIMESTAMPS;
    segment.options.ts_echo = echo;
    anvil_measure_by_timestamp(&step, &segment, first_ms * 1000);
    return tcb.srtt_us;
}

/* The clock of that end says -1 at 0 ms. RFC 7323 4.1. */
static void only_an_echo_of_what_was_sent_is_timed(void **state)
{
    (void)state;
    assert_int_equal(measured(3, 4), 5000);
    assert_int_equal(measured(2, 4), 0);
    assert_int_equal(measured(8, 4), 1); /* the same tick: less than a microsecond counts as one */
    assert_int_equal(measured(9, 4), 0);
    assert_int_equal(measured(UINT32_MAX, 0), 9000);
    assert_int_equal(measured(UINT32_MAX - 1, 0), 0);
    assert_int_equal(measured(8, 9), 1);
    assert_int_equal(measured(8, 10), 0); /* it came before that was sent */
    assert_int_equal(measured(9, 10), 0);
}

/* The clock of a connection has its own start. RFC 7323 7.1. */
static void the_clock_starts_where_the_connection_says(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    offer(&end);
    endpoint_reach(&end, ANVIL_SYN_RECEIVED, true);
    end.tcb.ts_offset = 77;
    endpoint_do(&end, "< A 1:1(0) ack 1 ts 100 0");
    endpoint_expect(&end, "an offset", "send 1", "ESTABLISHED > PA 1:2(1) ack 1 <ts 1000077 100,>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paws_and_ts_recent),
        cmocka_unit_test(only_by_agreement),
        cmocka_unit_test(what_was_not_agreed_leaves_no_trace),
        cmocka_unit_test(only_an_echo_of_what_was_sent_is_timed),
        cmocka_unit_test(the_clock_starts_where_the_connection_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
