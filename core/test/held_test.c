/* SPDX-License-Identifier: BSD-2-Clause */
/* Data out of order, SACK and D-SACK. RFC 9293 SHLD-31, RFC 2018, RFC 2883. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* SACK was agreed on. */
static const struct sentence sack[] = {
    {"The latest range comes first (RFC 2018 section 4)", ANVIL_ESTABLISHED, true,
     {{"< A 101:201(100) ack 1", "ESTABLISHED > A 1:1(0) ack 1 <sack 101:201,> + 100(100)"},
      {"< A 301:401(100) ack 1",
       "ESTABLISHED > A 1:1(0) ack 1 <sack 301:401,sack 101:201,> + 300(100)"},
      {"< A 201:251(50) ack 1",
       "ESTABLISHED > A 1:1(0) ack 1 <sack 101:251,sack 301:401,> + 200(50)"},
      {"< A 1:101(100) ack 1",
       "ESTABLISHED > A 1:1(0) ack 251 <sack 301:401,> + 0(100) ! READABLE"},
      {"< A 251:301(50) ack 1", "ESTABLISHED > A 1:1(0) ack 401 <> + 250(50) ! READABLE"}}},
    {"Ranges that meet become one", ANVIL_ESTABLISHED, true,
     {{"< A 101:201(100) ack 1", NULL},
      {"< A 301:401(100) ack 1", NULL},
      {"< A 201:301(100) ack 1", "ESTABLISHED > A 1:1(0) ack 1 <sack 101:401,> + 200(100)"}}},
    {"Four blocks fit", ANVIL_ESTABLISHED, true,
     {{"< A 101:102(1) ack 1", NULL},
      {"< A 201:202(1) ack 1", NULL},
      {"< A 301:302(1) ack 1", NULL},
      {"< A 401:402(1) ack 1", NULL},
      {"< A 501:502(1) ack 1",
       "ESTABLISHED > A 1:1(0) ack 1 <sack 501:502,sack 401:402,sack 301:302,sack 201:202,>"
       " + 500(1)"}}},
    {"Text received before is reported once (RFC 2883 4.1)", ANVIL_ESTABLISHED, true,
     {{"< A 1:101(100) ack 1", NULL},
      {"< A 1:101(100) ack 1", "ESTABLISHED > A 1:1(0) ack 101 <sack 1:101,>"},
      {"send 1", "ESTABLISHED > PA 1:2(1) ack 101 <>"}}},
    {"A duplicate of a held range: its whole range is the second block (RFC 2883 4.2)",
     ANVIL_ESTABLISHED, true,
     {{"< A 101:201(100) ack 1", NULL},
      {"< A 201:301(100) ack 1", NULL},
      {"< A 151:201(50) ack 1",
       "ESTABLISHED > A 1:1(0) ack 1 <sack 151:201,sack 101:301,>"}}},
    {"Text from before the stream was never received", ANVIL_ESTABLISHED, true,
     {{"< A 4294960000:4294961000(1000) ack 1", "ESTABLISHED > A 1:1(0) ack 1 <>"},
      {"< A 1:101(100) ack 1", NULL},
      {"< A 4294967197:51(150) ack 1", "ESTABLISHED > A 1:1(0) ack 101 <sack 1:51,>"},
      {"< A 4294967197:151(250) ack 1",
       "ESTABLISHED > A 1:1(0) ack 151 <sack 1:101,> + 100(50) ! READABLE"}}},
    {"A segment that is partly old reports the old part", ANVIL_ESTABLISHED, true,
     {{"< A 1:101(100) ack 1", NULL},
      {"< A 51:151(100) ack 1",
       "ESTABLISHED > A 1:1(0) ack 151 <sack 51:101,> + 100(50) ! READABLE"}}},
};

static const struct sentence no_dsack[] = {
    {"Without D-SACK duplicates are acknowledged, not reported", ANVIL_ESTABLISHED, true,
     {{"< A 1:101(100) ack 1", NULL},
      {"< A 1:101(100) ack 1", "ESTABLISHED > A 1:1(0) ack 101 <>"}}},
};

static const struct sentence no_sack[] = {
    {"Without agreement there is no SACK option", ANVIL_ESTABLISHED, true,
     {{"< A 101:201(100) ack 1", "ESTABLISHED > A 1:1(0) ack 1 <> + 100(100)"}}},
};

static void agree_on_sack(struct endpoint *end)
{
    end->syn_options = "mss 1000 sackok";
}

static void agree_without_dsack(struct endpoint *end)
{
    agree_on_sack(end);
    end->policy.dsack = 0;
}

static void blocks_tell_what_is_held(void **state)
{
    (void)state;
    play_table_with(sack, COUNT(sack), agree_on_sack);
    play_table_with(no_dsack, COUNT(no_dsack), agree_without_dsack);
    play_table(no_sack, COUNT(no_sack));
}

/* ESTABLISHED, and so many octets have been received and read. */
static void after_stream(struct endpoint *end, uint64_t octets)
{
    endpoint_start(end);
    agree_on_sack(end);
    endpoint_reach(end, ANVIL_ESTABLISHED, true);
    end->tcb.rcv_nxt_offset = end->tcb.rcv_read_offset = octets;
}

/* No window is larger than 2^30: text from further back says nothing. */
static void duplicates_lie_a_window_back_at_most(void **state)
{
    struct endpoint end;

    (void)state;
    after_stream(&end, (UINT64_C(1) << 30) + 1000);
    endpoint_expect(&end, "a long stream", "< A 3221225423:3221225523(100) ack 1",
                    "ESTABLISHED > A 1:1(0) ack 1 <sack -1073741823:-1073741773,>");
    after_stream(&end, (UINT64_C(1) << 30) - 1);
    endpoint_expect(&end, "one octet short", "< A 3221225423:3221225523(100) ack 1",
                    "ESTABLISHED > A 1:1(0) ack 1 <sack -1073741822:-1073741773,>");
}

/* One octet in every hundred: range `index`. */
static void hold_one(struct endpoint *end, unsigned index)
{
    char text[80];

    snprintf(text, sizeof text, "< A %u:%u(1) ack 1", 101 + index * 100, 102 + index * 100);
    endpoint_do(end, text);
}

static void with_all_ranges_used(struct endpoint *end)
{
    endpoint_start(end);
    endpoint_reach(end, ANVIL_ESTABLISHED, true);
    for (unsigned i = 0; i < ANVIL_HELD_RANGES_MAX; i++) {
        hold_one(end, i);
        assert_int_equal(end->effects.accept_count, 1);
    }
}

/* The 17th range is dropped; what joins a range, or is in order, is not. */
static void the_range_too_many_is_dropped(void **state)
{
    struct endpoint end;

    (void)state;
    with_all_ranges_used(&end);
    endpoint_expect(&end, "the 17th", "< A 1701:1702(1) ack 1",
                    "ESTABLISHED > A 1:1(0) ack 1 ! DROPPED_TEXT");
    endpoint_expect(&end, "behind a held range", "< A 102:103(1) ack 1",
                    "ESTABLISHED > A 1:1(0) ack 1 + 101(1)");
    endpoint_expect(&end, "in order", "< A 1:2(1) ack 1",
                    "ESTABLISHED > A 1:1(0) ack 2 + 0(1) ! READABLE");
    endpoint_expect(&end, "up to the first range", "< A 2:101(99) ack 1",
                    "ESTABLISHED > A 1:1(0) ack 103 + 1(99) ! READABLE");
    endpoint_expect(&end, "and now there is a place", "< A 1701:1702(1) ack 1",
                    "ESTABLISHED > A 1:1(0) ack 103 + 1700(1)");
}

/* A segment over all ranges is taken in one part more than there are ranges: the bound. */
static void parts_are_one_more_than_ranges_at_most(void **state)
{
    struct endpoint end;

    (void)state;
    with_all_ranges_used(&end);
    endpoint_do(&end, "< A 1:2001(2000) ack 1");
    assert_int_equal(end.effects.accept_count, ANVIL_HELD_RANGES_MAX + 1);
    assert_int_equal(end.tcb.held_count, 0);
    assert_int_equal(anvil_unread(&end.tcb), 2000);
}

/* Beside timestamps there is room for three blocks. */
static void timestamps_take_the_room_of_a_block(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_SYN_SENT, false);
    endpoint_do(&end, "< SA 0:0(0) ack 1 mss 1000 ts 7 1000000 sackok");
    for (unsigned i = 0; i < 4; i++) {
        char text[80];
        snprintf(text, sizeof text, "< A %u:%u(1) ack 1 ts 7 1000000", 101 + i * 100,
                 102 + i * 100);
        endpoint_do(&end, text);
    }
    assert_int_equal(end.effects.sent[0].segment.options.sack_count, 3);
}

/* A duplicate is reported once, and then forgotten to the octet. */
static void a_reported_duplicate_leaves_no_trace(void **state)
{
    const struct anvil_sack_block none = {{0}, {0}};
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    agree_on_sack(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "< A 1:101(100) ack 1");
    endpoint_do(&end, "< A 1:51(50) ack 1");
    assert_int_equal(end.effects.sent[0].segment.options.sack_count, 1);
    assert_memory_equal(&end.tcb.dsack, &none, sizeof none);
}

/* The clock of the blocks' order counts up to its end. */
static void the_last_ranges_of_the_clock_are_told(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    agree_on_sack(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    end.tcb.held_clock = UINT32_MAX - 2;
    endpoint_expect(&end, "the last but one", "< A 101:201(100) ack 1",
                    "ESTABLISHED > A 1:1(0) ack 1 <sack 101:201,> + 100(100)");
}

/* Octet `number` of our stream goes, and is acknowledged. */
static void send_and_acknowledge(struct endpoint *end, unsigned number)
{
    char text[80];

    endpoint_do(end, "send 1");
    snprintf(text, sizeof text, "< A 1:1(0) ack %u", number + 1);
    endpoint_do(end, text);
}

/* Behind the ranges in use there are none, be it free places, or, if all are used, something else.
 * Numbers go through zero, which is what a free place holds. */
static void places_behind_the_ranges_are_not_looked_at(void **state)
{
    struct endpoint end;

    (void)state;
    for (unsigned used = 0; used <= ANVIL_HELD_RANGES_MAX; used += ANVIL_HELD_RANGES_MAX) {
        endpoint_start(&end);
        agree_on_sack(&end);
        end.irs = anvil_seq_of(UINT32_C(0xfffffff0));
        end.iss = anvil_seq_of(UINT32_C(0xfffffff1) - ANVIL_SEND_RANGES_MAX);
        endpoint_reach(&end, ANVIL_ESTABLISHED, true);
        for (unsigned i = 1; i < ANVIL_SEND_RANGES_MAX; i++)
            send_and_acknowledge(&end, i);
        endpoint_do(&end, "send 1"); /* in the place next to the ranges that are held */
        for (unsigned i = 0; i < used; i++)
            hold_one(&end, i);
        endpoint_do(&end, "< A 1:101(100) ack 1");
        assert_int_equal(end.effects.accept_count, 1);
        assert_int_equal(end.effects.accept[0].length, 100);
        assert_true(anvil_seq_eq(end.tcb.dsack.left, end.tcb.dsack.right));
        if (used > 0)
            assert_true(anvil_seq_lt(end.tcb.rcv_nxt,
                                     end.effects.sent[0].segment.options.sack[0].left));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_tell_what_is_held),
        cmocka_unit_test(duplicates_lie_a_window_back_at_most),
        cmocka_unit_test(the_range_too_many_is_dropped),
        cmocka_unit_test(parts_are_one_more_than_ranges_at_most),
        cmocka_unit_test(timestamps_take_the_room_of_a_block),
        cmocka_unit_test(a_reported_duplicate_leaves_no_trace),
        cmocka_unit_test(the_last_ranges_of_the_clock_are_told),
        cmocka_unit_test(places_behind_the_ranges_are_not_looked_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
