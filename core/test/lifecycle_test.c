/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection's life, and the end of a TCB. RFC 9293 3.3.2, 3.6. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct sentence lives[] = {
    {"A four-segment close by the one who closes first (S2)", ANVIL_ESTABLISHED, true,
     {{"close", "FIN-WAIT-1 > FA 1:1(0) ack 1"},
      {"< A 1:1(0) ack 2", "FIN-WAIT-2"},
      {"< FA 1:1(0) ack 2", "TIME-WAIT > A 2:2(0) ack 2 ! CLOSING PUSH"},
      {"wait 240000", "CLOSED ! DELETED"}}},
    {"A four-segment close by the other (S2)", ANVIL_ESTABLISHED, true,
     {{"< FA 1:1(0) ack 1", "CLOSE-WAIT > A 1:1(0) ack 2 ! CLOSING PUSH"},
      {"close", "LAST-ACK > FA 1:1(0) ack 2"},
      {"< A 2:2(0) ack 2", "CLOSED ! DELETED"}}},
    {"A simultaneous close (S4)", ANVIL_ESTABLISHED, true,
     {{"close", "FIN-WAIT-1 > FA 1:1(0) ack 1"},
      {"< FA 1:1(0) ack 1", "CLOSING > A 2:2(0) ack 2 ! CLOSING PUSH"},
      {"< A 2:2(0) ack 2", "TIME-WAIT due 240000"}}},
    {"A three-segment close: the FIN acknowledges ours (S4)", ANVIL_FIN_WAIT_1, true,
     {{"< FA 1:1(0) ack 2", "TIME-WAIT > A 2:2(0) ack 2 ! CLOSING PUSH"}}},
    {"Who never closes rests in CLOSE-WAIT (S10)", ANVIL_CLOSE_WAIT, true,
     {{"wait 100000000", "CLOSE-WAIT due never"}}},
    {"Who waits for the other's FIN rests in FIN-WAIT-2 (S10)", ANVIL_FIN_WAIT_2, true,
     {{"wait 100000000", "FIN-WAIT-2 due never"}}},
    {"A queued CLOSE takes effect when SYN-RECEIVED ends", ANVIL_SYN_RECEIVED, true,
     {{"send 5", NULL},
      {"close", "SYN-RECEIVED"},
      {"< A 1:1(0) ack 1", "FIN-WAIT-1 > FPA 1:6(5) ack 1 ! OPEN"}}},
    {"A connection that went back to LISTEN can be opened again", ANVIL_SYN_RECEIVED, true,
     {{"< R 1:1(0)", "LISTEN ! BACK_TO_LISTEN due never"},
      {"< S 70:70(0) mss 400", "SYN-RECEIVED > SA 0:0(0) ack 71"},
      {"< A 71:71(0) ack 1", "ESTABLISHED ! OPEN"}}},
};

static void connections_live_and_end(void **state)
{
    (void)state;
    play_table(lives, COUNT(lives));
}

/* CLOSED is all zero, whatever was there before. */
static void a_deleted_tcb_is_all_zero(void **state)
{
    const struct anvil_tcb zero = {0};

    (void)state;
    for (int i = ANVIL_SYN_SENT; i <= ANVIL_TIME_WAIT; i++) {
        struct endpoint end;
        endpoint_start(&end);
        endpoint_reach(&end, (enum anvil_state)i, i != ANVIL_SYN_SENT);
        endpoint_do(&end, "keepalive 1");
        endpoint_do(&end, "user_timeout 5000");
        endpoint_do(&end, "abort");
        assert_int_equal(end.tcb.state, ANVIL_CLOSED);
        assert_memory_equal(&end.tcb, &zero, sizeof zero);
    }
}

/* Back in LISTEN, what the user had set is kept, what the peer had brought is gone. */
static void listen_again_keeps_the_users_settings(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_do(&end, "open passive");
    endpoint_do(&end, "nodelay 1");
    endpoint_do(&end, "keepalive 1");
    endpoint_do(&end, "user_timeout 7000000");
    endpoint_do(&end, "< S 0:0(0) mss 300 ts 9 0 sackok ws 3");
    endpoint_do(&end, "< R 1:1(0)");
    assert_int_equal(end.tcb.state, ANVIL_LISTEN);
    assert_int_equal(end.tcb.nodelay, 1);
    assert_int_equal(end.tcb.keepalive_on, 1);
    assert_true(end.tcb.user_timeout_us == 7000000);
    assert_int_equal(end.tcb.peer_mss, 0);
    assert_int_equal(end.tcb.timestamps_on, 0);
    assert_int_equal(end.tcb.sack_on, 0);
    assert_int_equal(end.tcb.sent_count, 0);
}

/* All that a user can set before a SYN comes, or nothing. */
static void set_everything(struct endpoint *end)
{
    static const char *const settings[] = {
        "nodelay 1",        "keepalive 1",          "keepalive_idle 11000000",
        "keepalive_count 3", "keepalive_interval 12000000", "user_timeout 7000000",
        "syn_count 4",      "r2_count 5",           "orphan_timeout 13000000",
        "no_options 1",     "quick_ack 1",          "mss_limit 700",
        "receive_buffer 5000",
    };

    for (size_t i = 0; i < COUNT(settings); i++)
        endpoint_do(end, settings[i]);
}

/* A LISTEN that comes back is the LISTEN that was, but for the time. */
static void listen_comes_back_to_the_octet(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        bool set = i % 2 != 0;
        struct endpoint end;
        struct anvil_tcb before;
        endpoint_start(&end);
        end.policy.user_timeout_option = i / 2;
        end.open.ipv6 = 1;
        endpoint_do(&end, "open passive");
        if (set)
            set_everything(&end);
        before = end.tcb;
        assert_true(before.sws_deadline == ANVIL_NEVER);
        endpoint_do(&end, "wait 10");
        endpoint_do(&end, "< S 0:0(0) mss 300 ts 9 0 sackok ws 3");
        endpoint_do(&end, "wait 10");
        endpoint_do(&end, "< R 1:1(0)");
        before.now_us = end.now;
        assert_memory_equal(&end.tcb, &before, sizeof before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_live_and_end),
        cmocka_unit_test(a_deleted_tcb_is_all_zero),
        cmocka_unit_test(listen_again_keeps_the_users_settings),
        cmocka_unit_test(listen_comes_back_to_the_octet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
