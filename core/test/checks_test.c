/* SPDX-License-Identifier: BSD-2-Clause */
/* SEGMENT ARRIVES: sequence number, RST, SYN; and where each check ends. RFC 9293 3.10.7.4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* The window is 10,000: numbers 1 to 10,000 are in it. Table 6, row by row. */
static const struct sentence table_6[] = {
    {"An empty segment at the left edge is acceptable", ANVIL_ESTABLISHED, true,
     {{"< A 1:1(0) ack 1", "ESTABLISHED @ processed to the end"}}},
    {"An empty segment at the last number of the window is acceptable", ANVIL_ESTABLISHED, true,
     {{"< A 10000:10000(0) ack 1", "ESTABLISHED @ processed to the end"}}},
    {"RCV.NXT + RCV.WND itself is outside (AMBIG-18)", ANVIL_ESTABLISHED, true,
     {{"< A 10001:10001(0) ack 1",
       "ESTABLISHED > A 1:1(0) ack 1 @ 3.10.7.4 first: sequence number"}}},
    {"An empty segment before the window is answered", ANVIL_ESTABLISHED, true,
     {{"< A 0:0(0) ack 1", "ESTABLISHED > A 1:1(0) ack 1 @ 3.10.7.4 first: sequence number"}}},
    {"Text of which the first octet is in the window is accepted", ANVIL_ESTABLISHED, true,
     {{"< A 10000:10002(2) ack 1", "ESTABLISHED > A 1:1(0) ack 1 + 9999(1)"}}},
    {"Text of which the last octet is in the window is accepted", ANVIL_ESTABLISHED, true,
     {{"< A 0:2(2) ack 1", "ESTABLISHED + 0(1) ! READABLE"}}},
    {"Text before the window is answered and dropped", ANVIL_ESTABLISHED, true,
     {{"< A 0:1(1) ack 1", "ESTABLISHED > A 1:1(0) ack 1 @ 3.10.7.4 first: sequence number"}}},
    {"Text wider than the window on both sides is answered and dropped (AMBIG-25)",
     ANVIL_ESTABLISHED, true,
     {{"< A 0:10002(10002) ack 1",
       "ESTABLISHED > A 1:1(0) ack 1 @ 3.10.7.4 first: sequence number"}}},
    {"A number half the space away is outside", ANVIL_ESTABLISHED, true,
     {{"< A 2147483649:2147483659(10) ack 1",
       "ESTABLISHED > A 1:1(0) ack 1 @ 3.10.7.4 first: sequence number"}}},
};

/* The window is closed: 10,000 octets are unread. */
static const struct sentence zero_window[] = {
    {"At zero window an empty segment at RCV.NXT is acceptable, no other", ANVIL_ESTABLISHED, true,
     {{"< A 1:10001(10000) ack 1", NULL},
      {"< A 10001:10001(0) ack 1", "ESTABLISHED @ processed to the end"},
      {"< A 10002:10002(0) ack 1",
       "ESTABLISHED > A 1:1(0) ack 10001 win 0 @ 3.10.7.4 first: sequence number"}}},
    {"At zero window text is dropped and answered, its ACK counts (AMBIG-5)", ANVIL_ESTABLISHED,
     true,
     {{"< A 1:10001(10000) ack 1", NULL},
      {"send 10", NULL},
      {"< A 10001:10002(1) ack 11", "ESTABLISHED > A 11:11(0) ack 10001 win 0 ! ACKED"}}},
    {"At zero window a FIN is not consumed (AMBIG-26)", ANVIL_ESTABLISHED, true,
     {{"< A 1:10001(10000) ack 1", NULL},
      {"< FA 10001:10001(0) ack 1", "ESTABLISHED > A 1:1(0) ack 10001 win 0"},
      {"receive 10000", "ESTABLISHED = 10000 > A 1:1(0) ack 10001 win 10000"},
      {"< FA 10001:10001(0) ack 1", "CLOSE-WAIT > A 1:1(0) ack 10002 ! CLOSING PUSH"}}},
    {"At zero window a RST counts at RCV.NXT only (MUST-66)", ANVIL_ESTABLISHED, true,
     {{"< A 1:10001(10000) ack 1", NULL},
      {"< R 10002:10002(0)", "ESTABLISHED @ 3.10.7.4 first: sequence number"},
      {"< R 10001:10001(0)", "CLOSED ! RESET DELETED"}}},
    {"At zero window urgent data is announced (MUST-66)", ANVIL_ESTABLISHED, true,
     {{"< A 1:10001(10000) ack 1", NULL},
      {"< AU 10001:10002(1) ack 1 urg 5", "ESTABLISHED > A 1:1(0) ack 10001 ! URGENT"}}},
};

/* Second: RST. RFC 5961 3.2, EP-SA-2. */
static const struct sentence resets[] = {
    {"A RST at RCV.NXT ends ESTABLISHED", ANVIL_ESTABLISHED, true,
     {{"< R 1:1(0)", "CLOSED ! RESET DELETED @ 3.10.7.4 second: RST"}}},
    {"A RST elsewhere in the window is challenged", ANVIL_ESTABLISHED, true,
     {{"< R 2:2(0)", "ESTABLISHED > A 1:1(0) ack 1 @ 3.10.7.4 second: RST"}}},
    {"A RST at the last number of the window is challenged", ANVIL_ESTABLISHED, true,
     {{"< R 10000:10000(0)", "ESTABLISHED > A 1:1(0) ack 1"}}},
    {"A RST outside of the window is dropped silently", ANVIL_ESTABLISHED, true,
     {{"< R 10001:10001(0)", "ESTABLISHED @ 3.10.7.4 first: sequence number"},
      {"< R 0:0(0)", "ESTABLISHED @ 3.10.7.4 first: sequence number"}}},
    {"A RST with data is judged by its number alone (AMBIG-23)", ANVIL_ESTABLISHED, true,
     {{"< R 0:100(100)", "ESTABLISHED"},
      {"< R 2:100(98)", "ESTABLISHED > A 1:1(0) ack 1"},
      {"< R 1:100(99)", "CLOSED ! RESET DELETED"}}},
    {"A RST sends a passive SYN-RECEIVED back to LISTEN, silently", ANVIL_SYN_RECEIVED, true,
     {{"< R 1:1(0)", "LISTEN ! BACK_TO_LISTEN"},
      {"< S 50:50(0)", "SYN-RECEIVED > SA 0:0(0) ack 51"}}},
    {"A RST refuses an active SYN-RECEIVED", ANVIL_SYN_RECEIVED, false,
     {{"< R 1:1(0)", "CLOSED ! REFUSED DELETED"}}},
    {"A RST in the window challenges in SYN-RECEIVED, too", ANVIL_SYN_RECEIVED, true,
     {{"< R 2:2(0)", "SYN-RECEIVED > A 1:1(0) ack 1"}}},
    {"A RST ends FIN-WAIT-1", ANVIL_FIN_WAIT_1, true,
     {{"< R 1:1(0)", "CLOSED ! RESET DELETED"}}},
    {"A RST ends FIN-WAIT-2", ANVIL_FIN_WAIT_2, true,
     {{"< R 1:1(0)", "CLOSED ! RESET DELETED"}}},
    {"A RST ends CLOSE-WAIT", ANVIL_CLOSE_WAIT, true,
     {{"< R 2:2(0)", "CLOSED ! RESET DELETED"}}},
    {"A RST ends CLOSING without a word", ANVIL_CLOSING, true,
     {{"< R 2:2(0)", "CLOSED ! DELETED"}}},
    {"A RST ends LAST-ACK without a word", ANVIL_LAST_ACK, true,
     {{"< R 2:2(0)", "CLOSED ! DELETED"}}},
    {"A RST in LAST-ACK with data unacknowledged is told (AMBIG-41)", ANVIL_CLOSE_WAIT, true,
     {{"send 100", NULL}, {"close", NULL}, {"< R 2:2(0)", "CLOSED ! RESET DELETED"}}},
    {"A RST at RCV.NXT ends TIME-WAIT (AMBIG-8)", ANVIL_TIME_WAIT, true,
     {{"< R 1:1(0)", "TIME-WAIT"},
      {"< R 3:3(0)", "TIME-WAIT > A 2:2(0) ack 2"},
      {"< R 2:2(0)", "CLOSED ! DELETED"}}},
};

/* Fourth: SYN. RFC 5961 4.2, EP-SA-4. */
static const struct sentence syns[] = {
    {"A SYN in the window is challenged in ESTABLISHED", ANVIL_ESTABLISHED, true,
     {{"< S 5:5(0)", "ESTABLISHED > A 1:1(0) ack 1 @ 3.10.7.4 fourth: SYN"}}},
    {"A SYN outside of the window is challenged, too", ANVIL_ESTABLISHED, true,
     {{"< S 20000:20000(0)", "ESTABLISHED > A 1:1(0) ack 1"}}},
    {"A SYN,ACK that comes again is acknowledged", ANVIL_ESTABLISHED, false,
     {{"< SA 0:0(0) ack 1", "ESTABLISHED > A 1:1(0) ack 1"}}},
    {"A SYN in the window returns a passive SYN-RECEIVED to LISTEN (AMBIG-24)",
     ANVIL_SYN_RECEIVED, true, {{"< S 5:5(0)", "LISTEN ! BACK_TO_LISTEN"}}},
    {"A SYN in the window is challenged in an active SYN-RECEIVED", ANVIL_SYN_RECEIVED, false,
     {{"< S 5:5(0)", "SYN-RECEIVED > A 1:1(0) ack 1"}}},
    {"The SYN again in SYN-RECEIVED draws an ACK and changes nothing (AMBIG-24)",
     ANVIL_SYN_RECEIVED, true,
     {{"< S 0:0(0)", "SYN-RECEIVED > A 1:1(0) ack 1"},
      {"< A 1:1(0) ack 1", "ESTABLISHED ! OPEN"}}},
    {"A simultaneous open: the peer's SYN,ACK is acknowledged, its ACK establishes (AMBIG-3)",
     ANVIL_SYN_RECEIVED, false,
     {{"< SA 0:0(0) ack 1", "SYN-RECEIVED > A 1:1(0) ack 1"},
      {"< A 1:1(0) ack 1", "ESTABLISHED ! OPEN"}}},
    {"A SYN in CLOSE-WAIT is challenged", ANVIL_CLOSE_WAIT, true,
     {{"< S 5:5(0)", "CLOSE-WAIT > A 1:1(0) ack 2"}}},
    {"A SYN in LAST-ACK is challenged", ANVIL_LAST_ACK, true,
     {{"< S 5:5(0)", "LAST-ACK > A 2:2(0) ack 2"}}},
    {"A SYN with data is not taken for text", ANVIL_ESTABLISHED, true,
     {{"< SA 1:101(100) ack 1", "ESTABLISHED > A 1:1(0) ack 1"},
      {"receive 100", "ESTABLISHED = queued"}}},
};

/* RFC 793, where the policy leaves RFC 5961 out: section 3 and section 4 apart. */
static const struct sentence without_5961_reset[] = {
    {"Without RFC 5961 a RST anywhere in the window resets", ANVIL_ESTABLISHED, true,
     {{"< R 10001:10001(0)", "ESTABLISHED"}, {"< R 9000:9000(0)", "CLOSED ! RESET DELETED"}}},
    {"A SYN is challenged all the same", ANVIL_ESTABLISHED, true,
     {{"< S 5:5(0)", "ESTABLISHED > A 1:1(0) ack 1"}}},
    {"An ACK older than the largest window is refused all the same", ANVIL_ESTABLISHED, true,
     {{"< A 1:11(10) ack 4000000000", "ESTABLISHED > A 1:1(0) ack 1"}}},
};

static const struct sentence without_5961_syn[] = {
    {"A RST in the window is challenged all the same", ANVIL_ESTABLISHED, true,
     {{"< R 9000:9000(0)", "ESTABLISHED > A 1:1(0) ack 1"}}},
    {"An ACK older than the largest window is refused all the same", ANVIL_ESTABLISHED, true,
     {{"< A 1:11(10) ack 4000000000", "ESTABLISHED > A 1:1(0) ack 1"}}},
    {"Without RFC 5961 a SYN in the window resets, with a RST", ANVIL_ESTABLISHED, true,
     {{"< S 20000:20000(0)", "ESTABLISHED > A 1:1(0) ack 1"},
      {"< S 5:5(0)", "CLOSED > RA zero ack 6 ! RESET DELETED"}}},
    {"Without RFC 5961 a SYN,ACK in the window resets with the segment's ACK", ANVIL_ESTABLISHED,
     true, {{"< SA 5:5(0) ack 1", "CLOSED > R 1:1(0) ! RESET DELETED"}}},
    {"Without RFC 5961 a passive SYN-RECEIVED still returns to LISTEN", ANVIL_SYN_RECEIVED, true,
     {{"< S 5:5(0)", "LISTEN ! BACK_TO_LISTEN"}}},
    {"Without RFC 5961 an active SYN-RECEIVED is reset by a SYN", ANVIL_SYN_RECEIVED, false,
     {{"< S 5:5(0)", "CLOSED > RA zero ack 6 ! RESET DELETED"}}},
};

static const struct sentence with_repeated_syn_ack[] = {
    {"By policy the SYN again draws the SYN,ACK again", ANVIL_SYN_RECEIVED, true,
     {{"< S 0:0(0)", "SYN-RECEIVED > SA 0:0(0) ack 1"},
      {"< S 1:1(0)", "LISTEN ! BACK_TO_LISTEN"}}},
};

static const struct sentence with_challenge_in_syn_received[] = {
    {"By policy a SYN in the window of a passive SYN-RECEIVED is challenged", ANVIL_SYN_RECEIVED,
     true, {{"< S 5:5(0)", "SYN-RECEIVED > A 1:1(0) ack 1"}}},
};

static const struct sentence with_rfc1337[] = {
    {"By RFC 1337 a RST does not end TIME-WAIT", ANVIL_TIME_WAIT, true,
     {{"< R 2:2(0)", "TIME-WAIT"}, {"wait 240000", "CLOSED ! DELETED"}}},
};

static const struct sentence with_acks_past_the_window[] = {
    {"By policy an ACK past the window is acceptable, as far as 65,535 and a probe reach",
     ANVIL_ESTABLISHED, true,
     {{"< A 1:101(100) ack 1", NULL},
      {"< A 10001:10001(0) ack 1", "ESTABLISHED @ processed to the end"},
      {"< A 65637:65637(0) ack 1", "ESTABLISHED @ processed to the end"},
      {"< A 65638:65638(0) ack 1",
       "ESTABLISHED > A 1:1(0) ack 101 @ 3.10.7.4 first: sequence number"},
      {"< R 10001:10001(0) ack 1", "ESTABLISHED @ 3.10.7.4 first: sequence number"}}},
    {"In SYN-RECEIVED only the ACK of our SYN is", ANVIL_SYN_RECEIVED, true,
     {{"< A 10001:10001(0) ack 0",
       "SYN-RECEIVED > A 1:1(0) ack 1 @ 3.10.7.4 first: sequence number"},
      {"< A 10001:10001(0) ack 2",
       "SYN-RECEIVED > A 1:1(0) ack 1 @ 3.10.7.4 first: sequence number"},
      {"< A 10001:10001(0) ack 1", "ESTABLISHED ! OPEN @ processed to the end"}}},
};

static void refuse_acks_past_the_window(struct endpoint *end)
{
    end->policy.ack_past_window = 0;
}

static void no_5961_reset(struct endpoint *end)
{
    end->policy.rfc5961_reset = 0;
}

static void no_5961_syn(struct endpoint *end)
{
    end->policy.rfc5961_syn = 0;
}

static void repeat_syn_ack(struct endpoint *end)
{
    end->policy.syn_repeat_synack = 1;
}

static void challenge(struct endpoint *end)
{
    end->policy.syn_received_challenge = 1;
}

static void follow_1337(struct endpoint *end)
{
    end->policy.rfc1337 = 1;
}

static void the_first_check_is_table_6(void **state)
{
    (void)state;
    play_table_with(table_6, COUNT(table_6), refuse_acks_past_the_window);
    play_table_with(zero_window, COUNT(zero_window), refuse_acks_past_the_window);
    play_table(with_acks_past_the_window, COUNT(with_acks_past_the_window));
}

static void the_second_check_is_rst(void **state)
{
    (void)state;
    play_table(resets, COUNT(resets));
    play_table_with(with_rfc1337, COUNT(with_rfc1337), follow_1337);
}

static void the_fourth_check_is_syn(void **state)
{
    (void)state;
    play_table(syns, COUNT(syns));
    play_table_with(with_repeated_syn_ack, COUNT(with_repeated_syn_ack), repeat_syn_ack);
    play_table_with(with_challenge_in_syn_received, COUNT(with_challenge_in_syn_received),
                    challenge);
}

static void each_section_of_rfc_5961_is_one_field(void **state)
{
    (void)state;
    play_table_with(without_5961_reset, COUNT(without_5961_reset), no_5961_reset);
    play_table_with(without_5961_syn, COUNT(without_5961_syn), no_5961_syn);
}

/* RFC 5961 section 7: ten challenges in five seconds, then silence; text is answered all the same.
 */
static void challenges_are_throttled(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    for (int i = 0; i < 10; i++)
        endpoint_expect(&end, "within the limit", "< R 5:5(0)", "ESTABLISHED > A 1:1(0) ack 1");
    endpoint_expect(&end, "the limit is reached", "< S 5:5(0)", "ESTABLISHED");
    endpoint_expect(&end, "nor are empty segments answered", "< A 20000:20000(0) ack 1",
                    "ESTABLISHED");
    endpoint_expect(&end, "text is answered", "< A 20000:20001(1) ack 1",
                    "ESTABLISHED > A 1:1(0) ack 1");
    endpoint_expect(&end, "a keep-alive is answered", "< A 0:0(0) ack 1",
                    "ESTABLISHED > A 1:1(0) ack 1");
    end.now += 4999999;
    endpoint_expect(&end, "still the same interval", "< R 5:5(0)", "ESTABLISHED");
    end.now += 1;
    endpoint_expect(&end, "a new interval", "< R 5:5(0)", "ESTABLISHED > A 1:1(0) ack 1");
}

/* With a window of zero text and FIN are stripped: what is left, if its ACK is refused, is answered
 * as an empty segment, no more often than challenges are. */
static void what_is_stripped_is_throttled(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    end.open.receive_buffer = 10;
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "< A 1:11(10) ack 1");
    assert_int_equal(anvil_receive_window(&end.tcb), 0);
    endpoint_do(&end, "< A 11:12(1) ack 999");
    assert_int_equal(end.tcb.challenges, 1);
    endpoint_do(&end, "< FA 11:11(0) ack 999");
    assert_int_equal(end.tcb.challenges, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_check_is_table_6),
        cmocka_unit_test(the_second_check_is_rst),
        cmocka_unit_test(the_fourth_check_is_syn),
        cmocka_unit_test(each_section_of_rfc_5961_is_one_field),
        cmocka_unit_test(challenges_are_throttled),
        cmocka_unit_test(what_is_stripped_is_throttled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
