/* SPDX-License-Identifier: BSD-2-Clause */
/* SEGMENT ARRIVES in CLOSED, LISTEN and SYN-SENT. RFC 9293 3.10.7.1 to 3.10.7.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct sentence in_closed[] = {
    {"A RST to a closed port is discarded", ANVIL_CLOSED, true,
     {{"< R 5:5(0)", "CLOSED @ 3.10.7.1: no connection"}, {"< RA 5:5(0) ack 9", "CLOSED"}}},
    {"Without ACK, a closed port acknowledges SEQ + LEN with its RST", ANVIL_CLOSED, true,
     {{"< S 5:5(0)", "CLOSED > RA zero ack 6"},
      {"< F 5:105(100)", "CLOSED > RA zero ack 106"},
      {"< SF 5:105(100)", "CLOSED > RA zero ack 107"},
      {"< U 5:5(0) urg 3", "CLOSED > RA zero ack 5"}}},
    {"With ACK, the RST of a closed port takes its number from it", ANVIL_CLOSED, true,
     {{"< A 5:5(0) ack 77", "CLOSED > R 77:77(0)"},
      {"< SA 5:5(0) ack 78", "CLOSED > R 78:78(0)"},
      {"< FA 5:6(1) ack 79", "CLOSED > R 79:79(0)"}}},
    {"The RST echoes the segment's timestamp (RFC 7323 5.2)", ANVIL_CLOSED, true,
     {{"< A 5:5(0) ack 77 ts 123 456", "CLOSED > R 77:77(0) <ts 0 123,>"}}},
};

static const struct sentence in_listen[] = {
    {"LISTEN ignores a RST, first of all", ANVIL_LISTEN, true,
     {{"< R 5:5(0)", "LISTEN @ 3.10.7.2 first: RST"}, {"< SRA 5:5(0) ack 7", "LISTEN"}}},
    {"LISTEN answers any ACK by a RST, also SYN,ACK", ANVIL_LISTEN, true,
     {{"< A 5:5(0) ack 77", "LISTEN > R 77:77(0) @ 3.10.7.2 second: ACK"},
      {"< SA 5:5(0) ack 78", "LISTEN > R 78:78(0)"},
      {"< FA 5:5(0) ack 79", "LISTEN > R 79:79(0)"}}},
    {"A SYN makes SYN-RECEIVED and draws SYN,ACK (S1)", ANVIL_LISTEN, true,
     {{"< S 0:0(0) win 4000 mss 900",
       "SYN-RECEIVED > SA 0:0(0) ack 1 win 10000 <mss 1000,> @ 3.10.7.2 third: SYN due 1000"},
      {"< A 1:1(0) ack 1", "ESTABLISHED ! OPEN"}}},
    {"Options are offered only to who offers them", ANVIL_LISTEN, true,
     {{"< S 0:0(0) mss 900 ws 7 sackok ts 100 0",
       "SYN-RECEIVED > SA 0:0(0) ack 1 <mss 1000,ws 0,sackok,ts 1000000 100,>"}}},
    {"Text on a SYN is left to be sent again: only the SYN is acknowledged (AMBIG-9)",
     ANVIL_LISTEN, true,
     {{"< S 0:100(100)", "SYN-RECEIVED > SA 0:0(0) ack 1"},
      {"< A 1:101(100) ack 1", "ESTABLISHED + 0(100) ! OPEN READABLE"}}},
    {"A FIN on a SYN is not consumed either", ANVIL_LISTEN, true,
     {{"< SF 0:0(0)", "SYN-RECEIVED > SA 0:0(0) ack 1"},
      {"< FA 1:1(0) ack 1", "CLOSE-WAIT > A 1:1(0) ack 2 ! OPEN CLOSING PUSH"}}},
    {"A SYN with ECN bits or URG is a SYN", ANVIL_LISTEN, true,
     {{"< SPU 0:0(0) urg 9", "SYN-RECEIVED > SA 0:0(0) ack 1"}}},
    {"LISTEN drops whatever else comes", ANVIL_LISTEN, true,
     {{"< F 5:5(0)", "LISTEN @ 3.10.7.2 fourth: other data or control"},
      {"< P 5:9(4)", "LISTEN"}}},
};

static const struct sentence in_syn_sent[] = {
    {"An ACK of nothing that was sent draws a RST", ANVIL_SYN_SENT, false,
     {{"< A 5:5(0) ack 0", "SYN-SENT > R 0:0(0) @ 3.10.7.3 first: ACK"},
      {"< SA 0:0(0) ack 0", "SYN-SENT > R 0:0(0)"},
      {"< SA 0:0(0) ack 2", "SYN-SENT > R 2:2(0)"},
      {"< SA 0:0(0) ack 1", "ESTABLISHED > A 1:1(0) ack 1 ! OPEN"}}},
    {"But a RST with such an ACK is dropped", ANVIL_SYN_SENT, false,
     {{"< RA 5:5(0) ack 0", "SYN-SENT @ 3.10.7.3 first: ACK"},
      {"< RA 5:5(0) ack 2", "SYN-SENT"}}},
    {"A RST with an acceptable ACK resets, whatever its number (AMBIG-1)", ANVIL_SYN_SENT, false,
     {{"< RA 12345:12345(0) ack 1", "CLOSED ! RESET DELETED @ 3.10.7.3 second: RST"}}},
    {"A RST without ACK is dropped", ANVIL_SYN_SENT, false,
     {{"< R 0:0(0)", "SYN-SENT @ 3.10.7.3 second: RST"}}},
    {"SYN,ACK establishes and is acknowledged (S1)", ANVIL_SYN_SENT, false,
     {{"< SA 0:0(0) ack 1 mss 900", "ESTABLISHED > A 1:1(0) ack 1 win 10000 ! OPEN due never"}}},
    {"The window of the SYN,ACK counts (AMBIG-2), without scaling", ANVIL_SYN_SENT, false,
     {{"< SA 0:0(0) ack 1 win 150 mss 900 ws 7", "ESTABLISHED > A 1:1(0) ack 1 ! OPEN"},
      {"send 200", "ESTABLISHED > A 1:151(150) ack 1"}}},
    {"Data that waited rides along with the ACK", ANVIL_SYN_SENT, false,
     {{"send 50", "SYN-SENT"},
      {"< SA 0:0(0) ack 1", "ESTABLISHED > PA 1:51(50) ack 1 ! OPEN"}}},
    {"SYN,ACK with FIN ends in CLOSE-WAIT", ANVIL_SYN_SENT, false,
     {{"< FSA 0:0(0) ack 1", "CLOSE-WAIT > A 1:1(0) ack 2 ! OPEN CLOSING PUSH"}}},
    {"SYN,ACK with text delivers it", ANVIL_SYN_SENT, false,
     {{"< SA 0:10(10) ack 1", "ESTABLISHED > A 1:1(0) ack 11 + 0(10) ! OPEN READABLE"}}},
    {"SYN,ACK with urgent text: the pointer counts from the SYN (AMBIG-33)", ANVIL_SYN_SENT, false,
     {{"< SAU 0:10(10) ack 1 urg 6",
       "ESTABLISHED > A 1:1(0) ack 11 + 0(10) ! OPEN URGENT READABLE"}}},
    {"A SYN without ACK opens simultaneously: SYN,ACK with the same number (MUST-10)",
     ANVIL_SYN_SENT, false,
     {{"< S 0:0(0) mss 900", "SYN-RECEIVED > SA 0:0(0) ack 1 @ 3.10.7.3 fourth: SYN"},
      {"< A 1:1(0) ack 1", "ESTABLISHED ! OPEN"}}},
    {"A bare acceptable ACK or a FIN is dropped", ANVIL_SYN_SENT, false,
     {{"< A 5:5(0) ack 1", "SYN-SENT @ 3.10.7.3 fifth: neither SYN nor RST"},
      {"< FA 5:5(0) ack 1", "SYN-SENT"},
      {"< F 5:5(0)", "SYN-SENT"},
      {"< PU 5:9(4) urg 3", "SYN-SENT"}}},
};

/* The send MSS is bounded by the option, the path and the floor. MUST-14 to MUST-16, AMBIG-44. */
static const struct {
    const char *says, *options;
    uint8_t ipv6;
    uint32_t effective;
} sizes[] = {
    {"No MSS option: 536 over IPv4 (MUST-15)", "", 0, 536},
    {"No MSS option: 1220 over IPv6, within the path", "", 1, 1000},
    {"The option bounds", "mss 700", 0, 700},
    {"The path bounds", "mss 9000", 0, 1000},
    {"An MSS of zero is lifted to the floor (AMBIG-44)", "mss 0", 0, 64},
    {"An MSS of one likewise", "mss 1", 0, 64},
    {"Timestamps take their twelve octets", "mss 700 ts 1 0", 0, 688},
};

static void closed_answers_by_reset(void **state)
{
    (void)state;
    play_table(in_closed, COUNT(in_closed));
}

static void listen_has_four_checks(void **state)
{
    (void)state;
    play_table(in_listen, COUNT(in_listen));
}

static void syn_sent_has_five_checks(void **state)
{
    (void)state;
    play_table(in_syn_sent, COUNT(in_syn_sent));
}

static void the_send_mss_is_bounded(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct endpoint end;
        endpoint_start(&end);
        end.open.ipv6 = sizes[i].ipv6;
        end.syn_options = sizes[i].options;
        endpoint_reach(&end, ANVIL_ESTABLISHED, false);
        if (anvil_effective_mss(&end.tcb) != sizes[i].effective)
            fail_msg("%s: %u", sizes[i].says, anvil_effective_mss(&end.tcb));
    }
}

/* A SYN in LISTEN, with another segment waiting behind it. */
static void take_syn(struct endpoint *end, const char *text)
{
    struct anvil_segment segment = endpoint_segment(end, text);
    struct anvil_event event = {.kind = ANVIL_SEGMENT, .segment = &segment, .more = true,
                                .ts_offset = 77};

    end->now += 5000000;
    endpoint_step(end, &event);
    assert_int_equal(end->tcb.state, ANVIL_SYN_RECEIVED);
}

static void what_a_syn_brings_is_kept(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_LISTEN, true);
    take_syn(&end, "S 0:0(0) mss 300 sackok");
    assert_true(end.tcb.heard_us == end.now);
    assert_int_equal(end.tcb.peer_mss, 300);
    assert_int_equal(end.tcb.peer_offers, ANVIL_HAS_MSS | ANVIL_HAS_SACK_PERMITTED);
    assert_int_equal(end.tcb.ts_offset, 77);
    assert_true(anvil_seq_eq(end.tcb.last_ack_sent, end.tcb.rcv_nxt));
    assert_true(anvil_seq_eq(end.tcb.snd_wl2, end.iss));
    endpoint_start(&end);
    endpoint_do(&end, "no_options 1");
    endpoint_reach(&end, ANVIL_LISTEN, true);
    take_syn(&end, "S 0:0(0) mss 300 sackok");
    assert_int_equal(end.tcb.peer_offers, 0);
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_SYN_SENT, false);
    endpoint_do(&end, "<< SA 0:0(0) ack 1");
    assert_true(anvil_seq_eq(end.tcb.snd_wl2, anvil_seq_add(end.iss, 1)));
}

/* A segment that changes nothing else is heard, but not in LISTEN, where it is nobody's. */
static void what_is_refused_is_heard(void **state)
{
    struct endpoint end;
    struct anvil_tcb before;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_SYN_SENT, false);
    end.now += 5000;
    endpoint_do(&end, "< A 5:5(0) ack 1");
    assert_true(end.tcb.heard_us == end.now);
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_LISTEN, true);
    before = end.tcb;
    end.now += 5000;
    endpoint_do(&end, "< A 5:5(0) ack 1");
    before.now_us = end.now;
    assert_memory_equal(&end.tcb, &before, sizeof before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_answers_by_reset),
        cmocka_unit_test(listen_has_four_checks),
        cmocka_unit_test(syn_sent_has_five_checks),
        cmocka_unit_test(the_send_mss_is_bounded),
        cmocka_unit_test(what_a_syn_brings_is_kept),
        cmocka_unit_test(what_is_refused_is_heard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
