/* SPDX-License-Identifier: BSD-2-Clause */
/* Fifth check: the ACK field and the window that comes with it. RFC 9293 3.10.7.4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct sentence syn_received[] = {
    {"An acceptable ACK establishes", ANVIL_SYN_RECEIVED, true,
     {{"< A 1:1(0) ack 1", "ESTABLISHED ! OPEN @ processed to the end"}}},
    {"An ACK of less draws a RST, the state stays (AMBIG-16)", ANVIL_SYN_RECEIVED, true,
     {{"< A 1:1(0) ack 0", "SYN-RECEIVED > R 0:0(0) @ 3.10.7.4 fifth: ACK"},
      {"< A 1:101(100) ack 2", "SYN-RECEIVED > R 2:2(0)"},
      {"< A 1:1(0) ack 1", "ESTABLISHED ! OPEN"}}},
    {"Without ACK a segment is dropped", ANVIL_SYN_RECEIVED, true,
     {{"< P 1:101(100)", "SYN-RECEIVED @ 3.10.7.4 fifth: ACK"}}},
    {"Text and FIN go on behind the ACK", ANVIL_SYN_RECEIVED, true,
     {{"< FA 1:11(10) ack 1",
       "CLOSE-WAIT > A 1:1(0) ack 12 + 0(10) ! OPEN CLOSING READABLE PUSH"}}},
    {"The window of that ACK counts", ANVIL_SYN_RECEIVED, true,
     {{"send 100", NULL},
      {"< A 1:1(0) ack 1 win 60", "ESTABLISHED ! OPEN due 200"},
      {"wait 200", "ESTABLISHED > A 1:61(60) ack 1"}}},
};

static const struct sentence established[] = {
    {"Without ACK a segment is dropped, text and all", ANVIL_ESTABLISHED, true,
     {{"< P 1:101(100)", "ESTABLISHED @ 3.10.7.4 fifth: ACK"},
      {"receive 1", "ESTABLISHED = queued"}}},
    {"An ACK of new data moves SND.UNA", ANVIL_ESTABLISHED, true,
     {{"send 100", NULL},
      {"< A 1:1(0) ack 51", "ESTABLISHED ! ACKED due 1000"},
      {"< A 1:1(0) ack 101", "ESTABLISHED ! ACKED due never"}}},
    {"An old ACK is a duplicate; the text behind it is taken", ANVIL_ESTABLISHED, true,
     {{"send 100", NULL},
      {"< A 1:1(0) ack 101", NULL},
      {"< A 1:11(10) ack 50", "ESTABLISHED + 0(10) ! READABLE"}}},
    {"An ACK of what was never sent is answered and dropped with its text (EP-SA-5-EST-new2)",
     ANVIL_ESTABLISHED, true,
     {{"< A 1:11(10) ack 2", "ESTABLISHED > A 1:1(0) ack 1 @ 3.10.7.4 fifth: ACK"}}},
    {"An ACK older than the largest window is dropped with its text (RFC 5961 5.2)",
     ANVIL_ESTABLISHED, true,
     {{"< A 1:11(10) ack 4294957297", "ESTABLISHED + 0(10) ! READABLE"},
      {"< A 11:21(10) ack 4294957296",
       "ESTABLISHED > A 1:1(0) ack 11 @ 3.10.7.4 fifth: ACK"}}},
    {"After going back, SND.NXT is the highest number ever sent", ANVIL_ESTABLISHED, true,
     {{"nodelay 1", NULL},
      {"send 1000", NULL},
      {"send 1000", NULL},
      {"wait 1000", "ESTABLISHED > A 1:1001(1000) ack 1"},
      {"< A 1:1(0) ack 2001", "ESTABLISHED ! ACKED due never"}}},
};

/* SND.WL1 and SND.WL2 keep old segments from setting the window. */
static const struct sentence windows[] = {
    {"A newer segment sets the window", ANVIL_ESTABLISHED, true,
     {{"< A 1:11(10) ack 1 win 50", NULL},
      {"send 100", NULL},
      {"wait 200", "ESTABLISHED > A 1:51(50) ack 11"}}},
    {"An older segment with an old ACK does not", ANVIL_ESTABLISHED, true,
     {{"< A 11:21(10) ack 1 win 50", "ESTABLISHED > A 1:1(0) ack 1 + 10(10)"},
      {"<< A 1:11(10) ack 1 win 9000", NULL},
      {"send 100", "ESTABLISHED > A 1:1(0) ack 21 due 200"},
      {"wait 200", "ESTABLISHED > A 1:51(50) ack 21"}}},
    {"The same numbers with another window do, also a smaller one (AMBIG-32)", ANVIL_ESTABLISHED,
     true,
     {{"< A 1:1(0) ack 1 win 50", NULL},
      {"send 100", NULL},
      {"wait 200", "ESTABLISHED > A 1:51(50) ack 1"}}},
    {"A window that shrinks takes back nothing, and stops sending (MUST-34)", ANVIL_ESTABLISHED,
     true,
     {{"send 1000", "ESTABLISHED > PA 1:1001(1000) ack 1"},
      {"< A 1:1(0) ack 1 win 100", "ESTABLISHED"},
      {"send 1000", "ESTABLISHED"},
      {"< A 1:1(0) ack 1001 win 100", "ESTABLISHED ! ACKED due 200"},
      {"wait 200", "ESTABLISHED > A 1001:1101(100) ack 1"}}},
};

static const struct sentence closing_states[] = {
    {"The ACK of our FIN makes FIN-WAIT-2 of FIN-WAIT-1 (S2)", ANVIL_FIN_WAIT_1, true,
     {{"< A 1:1(0) ack 1", "FIN-WAIT-1"}, {"< A 1:1(0) ack 2", "FIN-WAIT-2 due never"}}},
    {"An ACK of data alone does not", ANVIL_ESTABLISHED, true,
     {{"send 10", NULL},
      {"close", "FIN-WAIT-1 > FA 11:11(0) ack 1"},
      {"< A 1:1(0) ack 11", "FIN-WAIT-1 ! ACKED"},
      {"< A 1:1(0) ack 12", "FIN-WAIT-2"}}},
    {"The ACK of our FIN makes TIME-WAIT of CLOSING", ANVIL_CLOSING, true,
     {{"< A 2:2(0) ack 1", "CLOSING"}, {"< A 2:2(0) ack 2", "TIME-WAIT due 240000"}}},
    {"In CLOSING the peer's FIN again is acknowledged again (AMBIG-29)", ANVIL_CLOSING, true,
     {{"< FA 1:1(0) ack 2", "CLOSING > A 2:2(0) ack 2"},
      {"< A 2:2(0) ack 2", "TIME-WAIT due 240000"}}},
    {"The ACK of our FIN ends LAST-ACK", ANVIL_LAST_ACK, true,
     {{"< A 2:2(0) ack 1", "LAST-ACK"}, {"< A 2:2(0) ack 2", "CLOSED ! DELETED"}}},
    {"In LAST-ACK earlier data may still be acknowledged (AMBIG-30)", ANVIL_CLOSE_WAIT, true,
     {{"send 10", NULL},
      {"close", "LAST-ACK > FA 11:11(0) ack 2"},
      {"< A 2:2(0) ack 11", "LAST-ACK ! ACKED"},
      {"< A 2:2(0) ack 12", "CLOSED ! DELETED"}}},
    {"TIME-WAIT says nothing to a bare ACK (AMBIG-28)", ANVIL_TIME_WAIT, true,
     {{"wait 1000", NULL}, {"< A 2:2(0) ack 2", "TIME-WAIT due 239000"}}},
    {"TIME-WAIT answers an ACK of what was never sent", ANVIL_TIME_WAIT, true,
     {{"< A 2:2(0) ack 3", "TIME-WAIT > A 2:2(0) ack 2"}}},
    {"A FIN sent in SYN-RECEIVED is not acknowledged by the ACK of the SYN (AMBIG-31)",
     ANVIL_SYN_RECEIVED, true,
     {{"close", "FIN-WAIT-1 > FA 1:1(0) ack 1"},
      {"< A 1:1(0) ack 1", "FIN-WAIT-1 ! OPEN"},
      {"< FA 1:1(0) ack 2", "TIME-WAIT > A 2:2(0) ack 2 ! CLOSING PUSH"}}},
};

static const struct sentence without_5961[] = {
    {"Without RFC 5961 any old ACK is a duplicate and its text is taken", ANVIL_ESTABLISHED, true,
     {{"< A 1:11(10) ack 4000000000", "ESTABLISHED + 0(10) ! READABLE"},
      {"< A 11:21(10) ack 2", "ESTABLISHED > A 1:1(0) ack 11"}}},
    {"A RST and a SYN in the window are challenged all the same", ANVIL_ESTABLISHED, true,
     {{"< R 5:5(0)", "ESTABLISHED > A 1:1(0) ack 1"},
      {"< S 5:5(0)", "ESTABLISHED > A 1:1(0) ack 1"}}},
};

static void no_range(struct endpoint *end)
{
    end->policy.rfc5961_ack = 0;
}

static void in_syn_received(void **state)
{
    (void)state;
    play_table(syn_received, COUNT(syn_received));
}

static void in_established(void **state)
{
    (void)state;
    play_table(established, COUNT(established));
    play_table_with(without_5961, COUNT(without_5961), no_range);
}

static void the_window_follows_wl1_and_wl2(void **state)
{
    (void)state;
    play_table(windows, COUNT(windows));
}

static void our_fin_is_acknowledged(void **state)
{
    (void)state;
    play_table(closing_states, COUNT(closing_states));
}

/* Both ways that an ACK can take: as was to be expected (predict.h); and, with URG, each check. */
static const char *const ways[] = {"A", "AU"};

/* Steps a segment, its flags put in front. */
static void do_by(struct endpoint *end, const char *flags, const char *rest)
{
    char text[80];

    snprintf(text, sizeof text, "< %s %s", flags, rest);
    endpoint_do(end, text);
}

/* A duplicate: it acknowledges nothing new while something is in flight, and has no text. */
static void duplicate_acks_are_counted(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ways); i++) {
        struct endpoint end;
        endpoint_start(&end);
        endpoint_reach(&end, ANVIL_ESTABLISHED, true);
        do_by(&end, ways[i], "1:1(0) ack 1");
        assert_int_equal(end.tcb.duplicate_acks, 0);
        endpoint_do(&end, "send 1000");
        do_by(&end, ways[i], "1:1(0) ack 1");
        do_by(&end, ways[i], "1:1(0) ack 1");
        assert_int_equal(end.tcb.duplicate_acks, 2);
        do_by(&end, ways[i], "1:2(1) ack 1");
        do_by(&end, ways[i], "2:12(10) ack 1");
        assert_int_equal(end.tcb.duplicate_acks, 2);
        end.tcb.duplicate_acks = UINT32_MAX - 1;
        do_by(&end, ways[i], "12:12(0) ack 1");
        assert_true(end.tcb.duplicate_acks == UINT32_MAX);
        do_by(&end, ways[i], "12:12(0) ack 1");
        assert_true(end.tcb.duplicate_acks == UINT32_MAX);
        do_by(&end, ways[i], "12:12(0) ack 1001");
        assert_int_equal(end.tcb.duplicate_acks, 0);
    }
}

/* What is told and kept of an ACK of new data: how far the stream has come, SND.WL1 and SND.WL2,
 * and the user timeout, which counts from now for what is still in flight. */
static void an_ack_moves_what_it_should(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ways); i++) {
        struct endpoint end;
        endpoint_start(&end);
        endpoint_reach(&end, ANVIL_ESTABLISHED, true);
        assert_true(anvil_seq_eq(end.tcb.snd_wl2, end.tcb.snd_una));
        endpoint_do(&end, "send 2000");
        end.now += 100000;
        do_by(&end, ways[i], "1:1(0) ack 1001");
        assert_true(end.effects.acked_to == 1000);
        assert_true(anvil_seq_eq(end.tcb.snd_wl1, end.tcb.rcv_nxt));
        assert_true(anvil_seq_eq(end.tcb.snd_wl2, end.tcb.snd_una));
        assert_true(end.tcb.user_deadline == end.now + end.policy.user_timeout_us);
        do_by(&end, ways[i], "1:1(0) ack 2001 win 500");
        assert_true(end.effects.acked_to == 2000);
        assert_true(anvil_seq_eq(end.tcb.snd_wl2, end.tcb.snd_una));
    }
}

/* An open window is asked for no more. */
static void an_open_window_ends_probing(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "< A 1:1(0) ack 1 win 0");
    endpoint_do(&end, "send 10");
    endpoint_do(&end, "wait 1000");
    assert_int_equal(end.tcb.probes, 1);
    endpoint_do(&end, "< A 1:1(0) ack 1 win 1000");
    assert_int_equal(end.tcb.probes, 0);
    assert_int_equal(end.tcb.probing, 0);
}

/* Urgent data is none any more when all of it is acknowledged, and not before. */
static void acknowledged_urgent_data_is_forgotten(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "send 10 urgent");
    endpoint_do(&end, "< A 1:1(0) ack 10");
    assert_int_equal(end.tcb.urgent_send, 1);
    endpoint_do(&end, "< A 1:1(0) ack 11");
    assert_int_equal(end.tcb.urgent_send, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_syn_received),
        cmocka_unit_test(in_established),
        cmocka_unit_test(the_window_follows_wl1_and_wl2),
        cmocka_unit_test(our_fin_is_acknowledged),
        cmocka_unit_test(duplicate_acks_are_counted),
        cmocka_unit_test(an_ack_moves_what_it_should),
        cmocka_unit_test(an_open_window_ends_probing),
        cmocka_unit_test(acknowledged_urgent_data_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
