/* SPDX-License-Identifier: BSD-2-Clause */
/* O15, pure: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define OPEN                                                                                      \
    "+0 < S 0:0(0) win 1000\n+0 > S. 0:0(0) ack 1 win 1000\n"                                     \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 1000\n"                 \
    "+0 < . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED una 1\n"
#define TWO "0 listen\n" OPEN "on 1\n" OPEN
#define TEXT "+0 < P. 1:11(10) ack 1 win 1000\n"
#define TEXT_ACKED TEXT "+0 > . 1:1(0) ack 11 win 990\n"

static const struct trace traces[] = {
    { "each answers for itself", NULL,
      TWO TEXT_ACKED "+0 = ESTABLISHED rcv 11\non 0\n" TEXT_ACKED "+0 = ESTABLISHED rcv 11\n" },
    { "a SYN costs another half-open connection its place", NULL,
      "0 listen\n+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1\n+0 = gone\non 1\n" OPEN },
    { "a timer of the other is due", NULL,
      TWO "on 0\n" TEXT "+0 = ESTABLISHED rcv 11 deadline 1\non 1\n"
      "+1 < P. 1:11(10) ack 1 win 1000\non 0\n+0 > . 1:1(0) ack 11\n"
      "on 1\n+0 = ESTABLISHED rcv 11\n" },
    { "the other one's user sends", NULL,
      TWO TEXT_ACKED "+0 = ESTABLISHED rcv 11\non 0\n+0 accept\n+0 send 10 = 10\n"
      "+0 > P. 1:11(10) ack 1\n+0 = ESTABLISHED nxt 11\n" },
    { "an ICMP error is of use to the other, too", NULL,
      TWO "+0 icmp 3 4 mtu 1000 seq 1\non 0\n+0 > . 1:1(0) ack 1\n+0 = ESTABLISHED\n" },
    { "a stack that chooses shares with what comes from the same host", NULL,
      "chooses\n" TWO TEXT "on 0\n+0 > . 1:1(0) ack 1\n+0 = ESTABLISHED\n" },
    { "a segment to no connection", NULL,
      TWO "on 2\n+0 < . 7:7(0) ack 5\n+0 > R 5:5(0)\n+0 = gone\n" },

    { "the other one answers",
      "a segment from port 50001 draws one at 1 from the connection with port 50000",
      TWO TEXT "on 0\n+0 > . 1:1(0) ack 1\n+0 = ESTABLISHED\n" },
    { "a SYN draws an answer of another connection",
      "a segment from port 50001 draws one at 1 from the connection with port 50000",
      "0 listen\n" OPEN "on 1\n+0 < S 0:0(0) win 9\non 0\n+0 > . 1:1(0) ack 1\n"
      "+0 = ESTABLISHED\n" },
    { "a damaged segment wakes the other",
      "a segment from port 50001 draws one at 1 from the connection with port 50000",
      TWO "+0 bad < P. 1:11(10) ack 1\non 0\n+0 > . 1:1(0) ack 1\n+0 = ESTABLISHED\n" },
    { "a RST ends the other",
      "a segment from port 50001 takes the connection with port 50000 from ESTABLISHED to LISTEN",
      TWO "+0 < R 1:1(0)\non 0\n+0 = gone\n" },
    { "text arrives at the other",
      "a segment from port 50001 moves numbers of the connection with port 50000",
      TWO TEXT "on 0\n+0 = ESTABLISHED rcv 11\n" },
    { "an ACK frees what the other has sent",
      "a segment from port 50001 moves numbers of the connection with port 50000",
      TWO "on 0\n+0 > P. 1:11(10) ack 1\n+0 = ESTABLISHED nxt 11\non 1\n"
      "+0 < . 1:1(0) ack 1 win 1000\non 0\n+0 = ESTABLISHED una 11\n" },
};

static void pure(void **state)
{
    (void)state;
    trace_check("O15", traces, sizeof traces / sizeof traces[0]);
}

static void silent(void **state)
{
    (void)state;
    trace_check_silent("O15", "blind\n" TWO TEXT "on 0\n+0 > . 1:1(0) ack 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(pure), cmocka_unit_test(silent) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
