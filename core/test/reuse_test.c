/* SPDX-License-Identifier: BSD-2-Clause */
/* A SYN that finds TIME-WAIT. RFC 6191 section 2, MAY-2, RFC 9293 3.6.1; AMBIG-10, AMBIG-39. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct sentence without_timestamps[] = {
    {"A SYN above the FIN's number reopens, our number above all old ones", ANVIL_TIME_WAIT, true,
     {{"< S 2:2(0)", "SYN-RECEIVED > SA 3:3(0) ack 3 @ RFC 6191 section 2: SYN in TIME-WAIT"},
      {"< A 3:3(0) ack 4", "ESTABLISHED ! OPEN"}}},
    {"A SYN at or below it draws an ACK and stays (AMBIG-10)", ANVIL_TIME_WAIT, true,
     {{"< S 1:1(0)", "TIME-WAIT > A 2:2(0) ack 2 due 240000"}}},
    {"SYN,ACK does not reopen", ANVIL_TIME_WAIT, true,
     {{"< SA 50:50(0) ack 2", "TIME-WAIT > A 2:2(0) ack 2"}}},
    {"A RST of the SYN,ACK brings TIME-WAIT back, for the rest of its time (MAY-2)",
     ANVIL_TIME_WAIT, true,
     {{"wait 100000", NULL},
      {"< S 2:2(0)", "SYN-RECEIVED > SA 3:3(0) ack 3"},
      {"wait 500", NULL},
      {"< R 3:3(0)", "TIME-WAIT due 139500"},
      {"< FA 1:1(0) ack 2", "TIME-WAIT > A 2:2(0) ack 2 due 240000"}}},
    {"Established, the new connection knows nothing of the old one", ANVIL_TIME_WAIT, true,
     {{"< S 2:2(0)", NULL},
      {"< A 3:3(0) ack 4", "ESTABLISHED ! OPEN"},
      {"< R 3:3(0)", "CLOSED ! RESET DELETED"}}},
    {"Octets of the new stream count from zero (S6)", ANVIL_ESTABLISHED, true,
     {{"< A 1:101(100) ack 1", NULL},
      {"receive 100", NULL},
      {"close", NULL},
      {"< FA 101:101(0) ack 2", "TIME-WAIT > A 2:2(0) ack 102 ! CLOSING PUSH"},
      {"< S 5000:5000(0)", "SYN-RECEIVED > SA 3:3(0) ack 5001"},
      {"< A 102:202(100) ack 4", "SYN-RECEIVED > A 4:4(0) ack 5001"},
      {"< A 5001:5011(10) ack 4", "ESTABLISHED + 0(10) ! OPEN READABLE"}}},
    {"As long as octets of the old stream are unread, it stays", ANVIL_ESTABLISHED, true,
     {{"< A 1:101(100) ack 1", NULL},
      {"close", NULL},
      {"< FA 101:101(0) ack 2", NULL},
      {"< S 5000:5000(0)", "TIME-WAIT > A 2:2(0) ack 102"}}},
    {"Be it a single one", ANVIL_ESTABLISHED, true,
     {{"< A 1:101(100) ack 1", NULL},
      {"receive 99", NULL},
      {"close", NULL},
      {"< FA 101:101(0) ack 2", NULL},
      {"< S 5000:5000(0)", "TIME-WAIT > A 2:2(0) ack 102"}}},
};

/* The old connection used timestamps, the last one seen was 100. */
static const struct sentence with_timestamps[] = {
    {"A newer timestamp reopens whatever the number", ANVIL_TIME_WAIT, true,
     {{"< S 1:1(0) ts 101 0", "SYN-RECEIVED > SA 3:3(0) ack 2"}}},
    {"The same timestamp asks for a higher number", ANVIL_TIME_WAIT, true,
     {{"< S 1:1(0) ts 100 0", "TIME-WAIT > A 2:2(0) ack 2"},
      {"< S 2:2(0) ts 100 0", "SYN-RECEIVED > SA 3:3(0) ack 3"}}},
    {"An older timestamp does not reopen", ANVIL_TIME_WAIT, true,
     {{"< S 2:2(0) ts 99 0", "TIME-WAIT > A 2:2(0) ack 2"}}},
    {"Without a timestamp the number decides", ANVIL_TIME_WAIT, true,
     {{"< S 2:2(0)", "SYN-RECEIVED > SA 3:3(0) ack 3"}}},
};

static const struct sentence new_timestamps[] = {
    {"Timestamps where the old connection had none reopen", ANVIL_TIME_WAIT, true,
     {{"< S 1:1(0) ts 5 0", "SYN-RECEIVED > SA 3:3(0) ack 2"}}},
};

static const struct sentence never[] = {
    {"A policy that never reopens answers", ANVIL_TIME_WAIT, true,
     {{"< S 2:2(0)", "TIME-WAIT > A 2:2(0) ack 2 due 240000"}}},
};

static const struct sentence silent[] = {
    {"By the letter of RFC 6191 a SYN that cannot reopen is dropped silently", ANVIL_TIME_WAIT,
     true, {{"< S 1:1(0)", "TIME-WAIT"}}},
};

static void never_reopen(struct endpoint *end)
{
    end->policy.time_wait_reuse = ANVIL_REUSE_NEVER;
}

static void no_listener(struct endpoint *end)
{
    end->remote_specified = false;
}

static void be_silent(struct endpoint *end)
{
    end->policy.time_wait_silent_syn = 1;
}

static void the_number_decides(void **state)
{
    (void)state;
    play_table(without_timestamps, COUNT(without_timestamps));
    play_table_with(silent, COUNT(silent), be_silent);
}

/* The close under timestamps, by hand: the states' own segments carry none. */
static void reach_with_timestamps(struct endpoint *end)
{
    endpoint_start(end);
    end->syn_options = "mss 1000 ts 99 0";
    endpoint_reach(end, ANVIL_SYN_RECEIVED, true);
    endpoint_do(end, "< A 1:1(0) ack 1 ts 99 0");
    endpoint_do(end, "close");
    endpoint_do(end, "< A 1:1(0) ack 2 ts 99 0");
    endpoint_do(end, "< FA 1:1(0) ack 2 ts 100 0");
    assert_int_equal(end->tcb.state, ANVIL_TIME_WAIT);
}

static void timestamps_decide_first(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(with_timestamps); i++) {
        struct endpoint end;
        reach_with_timestamps(&end);
        endpoint_play(&end, with_timestamps[i].says, with_timestamps[i].lines);
    }
    play_table(new_timestamps, COUNT(new_timestamps));
}

static void reopening_needs_policy_and_a_listener(void **state)
{
    (void)state;
    play_table_with(never, COUNT(never), never_reopen);
    play_table_with(never, COUNT(never), no_listener);
}

/* TIME-WAIT that comes back has its own clock offset again. */
static void the_clock_of_the_old_connection_comes_back(void **state)
{
    struct endpoint end;

    (void)state;
    reach_with_timestamps(&end);
    end.tcb.ts_offset = 77;
    endpoint_do(&end, "< S 2:2(0) ts 101 0");
    assert_int_equal(end.tcb.state, ANVIL_SYN_RECEIVED);
    assert_int_equal(end.tcb.ts_offset, 0);
    endpoint_do(&end, "< R 3:3(0)");
    assert_int_equal(end.tcb.state, ANVIL_TIME_WAIT);
    assert_int_equal(end.tcb.ts_offset, 77);
}

/* TIME-WAIT that comes back says of itself what any other does, though nothing may ask. */
static void nothing_of_the_new_connection_is_left(void **state)
{
    const struct anvil_tcb *tcb;
    struct endpoint end;

    (void)state;
    reach_with_timestamps(&end);
    tcb = &end.tcb;
    assert_true(tcb->fin_queued == 1 && tcb->fin_acked == 1 && tcb->timing == 0);
    endpoint_do(&end, "< S 2:2(0) ts 101 0");
    assert_true(tcb->reused && tcb->timing && !tcb->fin_queued && !tcb->fin_acked);
    endpoint_do(&end, "< R 3:3(0)");
    assert_int_equal(tcb->state, ANVIL_TIME_WAIT);
    assert_true(tcb->fin_queued == 1 && tcb->fin_acked == 1 && tcb->timing == 0);
    assert_int_equal(tcb->reused, 0);
}

/* What SYN-RECEIVED owes for text that its window of zero refused is not paid by TIME-WAIT. */
static void an_owed_ack_ends_with_the_new_connection(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_TIME_WAIT, true);
    endpoint_do(&end, "receive_buffer 0");
    endpoint_do(&end, "< S 2:2(0)");
    endpoint_do(&end, "<< A 3:4(1) ack 3");
    assert_int_equal(end.tcb.state, ANVIL_SYN_RECEIVED);
    assert_int_equal(end.tcb.ack_now, 1);
    endpoint_expect(&end, "no ACK", "< R 3:3(0)", "TIME-WAIT due 240000");
    assert_int_equal(end.tcb.ack_now, 0);
}

/* Established, nothing is left that makes segments go the long way. */
static void nothing_unusual_is_left(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_TIME_WAIT, true);
    endpoint_do(&end, "< S 2:2(0)");
    endpoint_do(&end, "< A 3:3(0) ack 4");
    assert_int_equal(end.tcb.state, ANVIL_ESTABLISHED);
    assert_false(end.tcb.reused);
}

/* Of two timers that are due at once the first leads back; the other one was not TIME-WAIT's. */
static void the_new_connections_timers_end_with_it(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    end.policy.user_timeout_us = 3000000;
    endpoint_reach(&end, ANVIL_TIME_WAIT, true);
    endpoint_do(&end, "< S 2:2(0)");
    endpoint_expect(&end, "one timeout", "wait 1000", "SYN-RECEIVED > SA 3:3(0) ack 3");
    assert_int_equal(end.tcb.backoff, 1);
    endpoint_expect(&end, "both", "wait 2000", "TIME-WAIT due 237000");
    assert_int_equal(end.tcb.backoff, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_number_decides),
        cmocka_unit_test(timestamps_decide_first),
        cmocka_unit_test(reopening_needs_policy_and_a_listener),
        cmocka_unit_test(the_clock_of_the_old_connection_comes_back),
        cmocka_unit_test(nothing_of_the_new_connection_is_left),
        cmocka_unit_test(an_owed_ack_ends_with_the_new_connection),
        cmocka_unit_test(nothing_unusual_is_left),
        cmocka_unit_test(the_new_connections_timers_end_with_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
