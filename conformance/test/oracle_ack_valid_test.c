/* SPDX-License-Identifier: BSD-2-Clause */
/* O6, ack-valid: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define OPEN                                                                                      \
    "0 listen\n+0 < S 0:0(0) win 1000\n+0 > S. 0:0(0) ack 1 win 1000\n"                           \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 1000\n"                 \
    "+0.1 < . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED una 1\n+0 accept\n"

static const struct trace traces[] = {
    { "an ACK of all, and one of a part", NULL,
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+0 < . 1:1(0) ack 51 win 9\n+0 = ESTABLISHED una 51\n+0 < . 1:1(0) ack 101 win 9\n"
      "+0 = ESTABLISHED una 101\n" },
    { "a duplicate and an old ACK change nothing", NULL,
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+0 < . 1:1(0) ack 101 win 9\n+0 = ESTABLISHED una 101\n+0 < . 1:1(0) ack 101 win 9\n"
      "+0 = ESTABLISHED\n+0 < . 1:1(0) ack 51 win 9\n+0 = ESTABLISHED\n" },
    { "an ACK of unsent data draws an ACK", NULL,
      "policy challenge_count=10\npolicy challenge_interval_us=5000000\n"
      "policy unsent_ack_silent=0\n"
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+0 < . 1:1(0) ack 102 win 9\n+0 > . 101:101(0) ack 1\n+0 = ESTABLISHED\n" },
    { "or nothing, by policy", NULL,
      "policy unsent_ack_silent=1\n"
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+0 < . 1:1(0) ack 102 win 9\n+0 = ESTABLISHED\n" },
    { "or nothing, where no policy is told", NULL,
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+0 < . 1:1(0) ack 102 win 9\n+0 = ESTABLISHED\n" },
    { "or nothing, half the number space away", NULL,
      "policy challenge_count=0\npolicy challenge_interval_us=5000000\n"
      "policy unsent_ack_silent=0\npolicy rfc5961_ack=0\n"
      OPEN "+0 < . 1:11(10) ack 2147483649 win 9\n+0 = ESTABLISHED rcv 11\n" },
    { "or nothing, once the throttle is used up", NULL,
      "policy challenge_count=1\npolicy challenge_interval_us=5000000\npolicy unsent_ack_silent=0\n"
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+0 < . 1:1(0) ack 102 win 9\n+0 > . 101:101(0) ack 1\n+0 = ESTABLISHED\n"
      "+1 < . 1:1(0) ack 102 win 9\n+0 = ESTABLISHED\n" },
    { "an answer that carries the FIN again", NULL,
      "policy challenge_count=10\npolicy challenge_interval_us=5000000\n"
      "policy unsent_ack_silent=0\n"
      OPEN "+0 shutdown 1\n+0 > F. 1:1(0) ack 1\n+0 = FIN-WAIT-1 nxt 2\n+0 < . 1:1(0) ack 3 win 9\n"
      "+0 > F. 1:1(0) ack 1\n+0 = FIN-WAIT-1\n" },
    { "the SYN,ACK is acknowledged", NULL,
      "0 listen\n+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1\n+0 < . 1:1(0) ack 1 win 9\n"
      "+0 = ESTABLISHED una 1\n" },
    { "after a timeout SND.NXT is less than what was sent", NULL,
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n+1 > . 1:51(50) ack 1\n"
      "+0 = ESTABLISHED nxt 51\n+0 < . 1:1(0) ack 101 win 9\n+0 = ESTABLISHED una 101 nxt 101\n" },
    { "with timestamps an ACK may be too old to count", NULL,
      "0 listen\n+0 < S 0:0(0) win 9 <TS val 5 ecr 0>\n+0 > S. 0:0(0) ack 1 <TS val 9 ecr 5>\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 9\n"
      "+0 < . 1:1(0) ack 1 win 9 <TS val 5 ecr 9>\n+0 = ESTABLISHED una 1\n"
      "+0 > . 1:11(10) ack 1 <TS val 9 ecr 5>\n+0 = ESTABLISHED nxt 11\n"
      "+0 < . 1:1(0) ack 11 win 9 <TS val 4 ecr 9>\n+0 > . 11:11(0) ack 1 <TS val 9 ecr 5>\n"
      "+0 = ESTABLISHED\n" },
    { "a segment outside the window acknowledges nothing", NULL,
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+0 < . 0:0(0) ack 101 win 9\n+0 > . 101:101(0) ack 1\n+0 = ESTABLISHED\n" },

    { "SND.UNA moves to what was never sent",
      "SND.UNA goes to 102, but no more than 101 has been sent",
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+0 < . 1:1(0) ack 102 win 9\n+0 = ESTABLISHED una 102\n" },
    { "SND.UNA moves beyond the ACK", "SND.UNA goes from 1 to 101 by an ACK of 51",
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+0 < . 1:1(0) ack 51 win 9\n+0 = ESTABLISHED una 101\n" },
    { "SND.UNA goes back", "SND.UNA goes back from 101 to 51",
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+0 < . 1:1(0) ack 101 win 9\n+0 = ESTABLISHED una 101\n+0 < . 1:1(0) ack 51 win 9\n"
      "+0 = ESTABLISHED una 51\n" },
    { "SND.UNA moves by itself", "SND.UNA goes from 1 to 101 without an ACK",
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+1 = ESTABLISHED una 101\n" },
    { "SND.UNA moves by a damaged segment", "without an ACK",
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+0 bad < . 1:1(0) ack 101 win 9\n+0 = ESTABLISHED una 101\n" },
    { "a RST moves SND.UNA", "without an ACK",
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+0 < R. 5:5(0) ack 101 win 9\n+0 = ESTABLISHED una 101\n" },
    { "SND.UNA does not move", "an ACK of 101 at RCV.NXT leaves SND.UNA at 1",
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+0 < . 1:1(0) ack 101 win 9\n+0 = ESTABLISHED\n" },
    { "SND.UNA does not move with text", "an ACK of 101 at RCV.NXT leaves",
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+0 < . 1:11(10) ack 101 win 9\n+0 = ESTABLISHED rcv 11\n" },
    { "an ACK of unsent data draws nothing",
      "an ACK of 102, where no more than 101 was sent, draws no ACK",
      "policy challenge_count=10\npolicy challenge_interval_us=5000000\n"
      "policy unsent_ack_silent=0\n"
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+0 < . 1:1(0) ack 102 win 9\n+0 = ESTABLISHED\n" },
    { "text is taken with an ACK of unsent data",
      "text at 1 is taken from a segment that acknowledges 102",
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+0 < . 1:11(10) ack 102 win 9\n+0 > . 101:101(0) ack 11\n+0 = ESTABLISHED rcv 11\n" },
    { "text is taken without ACK", "text at 1 is taken from a segment without ACK",
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n+0 < P 1:11(10) win 9\n"
      "+0 = ESTABLISHED rcv 11\n" },
};

static void ack_valid(void **state)
{
    (void)state;
    trace_check("O6", traces, sizeof traces / sizeof traces[0]);
}

static void silent(void **state)
{
    (void)state;
    trace_check_silent("O6", "blind\n" OPEN "+0 < . 1:1(0) ack 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(ack_valid), cmocka_unit_test(silent) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
