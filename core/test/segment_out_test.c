/* SPDX-License-Identifier: BSD-2-Clause */
/* How a segment is built: options, windows, replies. RFC 9293 3.5.2, RFC 7323, RFC 2018. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct sentence syn_options[] = {
    {"A SYN offers MSS, window scale, SACK and timestamps", ANVIL_CLOSED, false,
     {{"open active",
       "SYN-SENT > S 0:0(0) win 10000 <mss 1000,ws 0,sackok,ts 1000000 0,>"}}},
    {"Who asks for none sends the MSS alone", ANVIL_CLOSED, false,
     {{"no_options 1", NULL}, {"open active", "SYN-SENT > S 0:0(0) <mss 1000,>"}}},
    {"And takes none", ANVIL_CLOSED, false,
     {{"no_options 1", NULL},
      {"open active", NULL},
      {"< SA 0:0(0) ack 1 mss 500 ws 3 sackok ts 9 1000000",
       "ESTABLISHED > A 1:1(0) ack 1 <> ! OPEN"}}},
    {"A SYN,ACK answers what was offered, no more", ANVIL_LISTEN, true,
     {{"< S 0:0(0) mss 500 sackok", "SYN-RECEIVED > SA 0:0(0) ack 1 <mss 1000,sackok,>"}}},
    {"In a simultaneous open, too", ANVIL_SYN_SENT, false,
     {{"< S 0:0(0) ws 3", "SYN-RECEIVED > SA 0:0(0) ack 1 <mss 1000,ws 0,>"}}},
};

static const struct sentence with_timestamps[] = {
    {"Timestamps are on every segment, the echo with an ACK only", ANVIL_ESTABLISHED, false,
     {{"send 10", "ESTABLISHED > PA 1:11(10) ack 1 <ts 1000000 7,>"},
      {"abort", "CLOSED > R 11:11(0) <ts 1000000 0,> ! RESET DELETED"}}},
};

static const struct sentence scaled[] = {
    {"A buffer beyond the field is scaled, but not on the SYN,ACK", ANVIL_SYN_SENT, false,
     {{"< SA 0:0(0) ack 1 mss 1000 ws 2", "ESTABLISHED > A 1:1(0) ack 1 win 50000 ! OPEN"},
      {"< A 1:1(0) ack 1 win 100", "ESTABLISHED"},
      {"send 10000", "ESTABLISHED due 200"}}},
    {"Without the peer's offer nothing is scaled", ANVIL_SYN_SENT, false,
     {{"< SA 0:0(0) ack 1 mss 1000", "ESTABLISHED > A 1:1(0) ack 1 win 65535 ! OPEN"}}},
};

static void offer_nothing_but_timestamps(struct endpoint *end)
{
    end->syn_options = "mss 1000 ts 7 0";
}

static void large_buffer(struct endpoint *end)
{
    end->open.receive_buffer = 200000;
}

static void options_of_a_syn(void **state)
{
    (void)state;
    play_table(syn_options, COUNT(syn_options));
}

static void options_of_other_segments(void **state)
{
    (void)state;
    play_table_with(with_timestamps, COUNT(with_timestamps), offer_nothing_but_timestamps);
}

static void windows_are_scaled_by_agreement(void **state)
{
    (void)state;
    play_table_with(scaled, COUNT(scaled), large_buffer);
}

/* Options take their octets from the payload: a full segment fits the MSS. RFC 6691. */
static void options_take_from_the_payload(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    end.syn_options = "mss 1000 ts 7 0 sackok";
    endpoint_reach(&end, ANVIL_SYN_SENT, false);
    endpoint_do(&end, "< SA 0:0(0) ack 1 mss 1000 ts 7 1000000 sackok");
    endpoint_expect(&end, "timestamps take twelve", "send 5000",
                    "ESTABLISHED > A 1:989(988) ack 1 > A 989:1977(988) ack 1");
    endpoint_do(&end, "< A 101:102(1) ack 1 ts 7 1000000");
    assert_int_equal(anvil_effective_mss(&end.tcb), 1000 - 12 - 12);
}

/* Refused policies: each switch removes its option. */
static void each_offer_is_a_policy(void **state)
{
    static const struct {
        const char *field, *expected;
    } cases[] = {
        {"offer_timestamps", "SYN-SENT > S 0:0(0) <mss 1000,ws 0,sackok,>"},
        {"offer_sack", "SYN-SENT > S 0:0(0) <mss 1000,ws 0,ts 1000000 0,>"},
        {"offer_window_scale", "SYN-SENT > S 0:0(0) <mss 1000,sackok,ts 1000000 0,>"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct endpoint end;
        endpoint_start(&end);
        anvil_policy_set(&end.policy, anvil_policy_find(cases[i].field), 0);
        endpoint_expect(&end, cases[i].field, "open active", cases[i].expected);
    }
}

/* A window of zero lets text's ACK be owed in SYN-RECEIVED; the SYN,ACK, sent again, pays it. */
static void a_repeated_synack_pays_what_is_owed(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    end.open.receive_buffer = 0;
    endpoint_reach(&end, ANVIL_SYN_RECEIVED, true);
    endpoint_do(&end, "<< A 1:2(1) ack 0");
    assert_int_equal(end.tcb.ack_now, 1);
    end.now += 1000000;
    endpoint_expect(&end, "the timer", "poll", "SYN-RECEIVED > SA 0:0(0) ack 1");
    assert_int_equal(end.tcb.ack_now, 0);
}

/* What a segment does not have is zero in it, and nothing is written behind it: in a segment that
 * is made the short way, and in one that is not. */
static void what_it_does_not_have_is_zero(void **state)
{
    static const char *const events[] = {"send 3000", "< A 1:2(1) ack 1001"};

    (void)state;
    for (size_t i = 0; i < COUNT(events); i++) {
        const struct anvil_segment *sent;
        struct anvil_segment expected;
        struct anvil_sent behind;
        struct endpoint end;
        endpoint_start(&end);
        endpoint_reach(&end, ANVIL_ESTABLISHED, true);
        endpoint_do(&end, "quick_ack 1");
        if (i == 1)
            endpoint_do(&end, "send 1000");
        memset(&end.effects, 0xa5, sizeof end.effects);
        memset(&behind, 0xa5, sizeof behind);
        endpoint_do(&end, events[i]);
        sent = &end.effects.sent[0].segment;
        memset(&expected, 0, sizeof expected);
        expected.seq = sent->seq;
        expected.ack = sent->ack;
        expected.flags = sent->flags;
        expected.window = sent->window;
        expected.length = sent->length;
        assert_memory_equal(sent, &expected, sizeof expected);
        if (end.effects.sent_count == 1)
            assert_memory_equal(&end.effects.sent[1], &behind, sizeof behind);
        assert_int_equal(end.effects.sent_count, i == 0 ? 2 : 1);
    }
}

/* The MSS option has 16 bits. */
static void a_larger_mss_is_said_as_the_largest(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    end.open.receive_mss = 70000;
    endpoint_expect(&end, "70,000", "open active",
                    "SYN-SENT > S 0:0(0) <mss 65535,ws 0,sackok,ts 1000000 0,>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_of_a_syn),
        cmocka_unit_test(options_of_other_segments),
        cmocka_unit_test(windows_are_scaled_by_agreement),
        cmocka_unit_test(options_take_from_the_payload),
        cmocka_unit_test(each_offer_is_a_policy),
        cmocka_unit_test(a_repeated_synack_pays_what_is_owed),
        cmocka_unit_test(what_it_does_not_have_is_zero),
        cmocka_unit_test(a_larger_mss_is_said_as_the_largest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
