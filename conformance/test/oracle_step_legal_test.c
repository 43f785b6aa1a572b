/* SPDX-License-Identifier: BSD-2-Clause */
/* O1, step-legal: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define OPEN                                                                                      \
    "0 listen\n+0 < S 0:0(0) win 1000\n+0 > S. 0:0(0) ack 1 win 1000\n"                           \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 1000\n"                 \
    "+0.1 < . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED una 1\n+0 accept\n"
#define FIN_WAIT_1 OPEN "+0 shutdown 1\n+0 > F. 1:1(0) ack 1 win 1000\n+0 = FIN-WAIT-1 nxt 2\n"
#define FIN_WAIT_2 FIN_WAIT_1 "+0 < . 1:1(0) ack 2 win 1000\n+0 = FIN-WAIT-2 una 2\n"
#define CLOSE_WAIT                                                                                \
    OPEN "+0 < F. 1:1(0) ack 1 win 1000\n+0 > . 1:1(0) ack 2 win 999\n+0 = CLOSE-WAIT rcv 2\n"
#define DEFERRED                                                                                  \
    "0 listen\n+0 set DEFER_ACCEPT 2\n+0 < S 0:0(0) win 1000\n+0 > S. 0:0(0) ack 1 win 1000\n"    \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1\n+1 < . 1:1(0) ack 1 win 1000\n"             \
    "+0 = ESTABLISHED una 1\n"
#define ANOTHER_IS_CLOSED                                                                         \
    "+0 < S 0:0(0) win 1000\n+0 > S. 0:0(0) ack 1 win 1000\n"                                     \
    "+0 = SYN-RECEIVED una 0 nxt 1 rcv 1\n+0 < P. 1:11(10) ack 1 win 1000\n"                      \
    "+0 = ESTABLISHED una 1 rcv 11\n+0 accept\n+0 = ESTABLISHED\n+0 close\n"                      \
    "+0 > F. 1:1(0) ack 11\n+0 = FIN-WAIT-1 nxt 2\n"

static const struct trace traces[] = {
    { "both ways to TIME-WAIT, and the timer ends it", NULL,
      FIN_WAIT_2 "+0 < F. 1:1(0) ack 2 win 9\n+0 > . 2:2(0) ack 2\n+0 = TIME-WAIT rcv 2\n"
      "+240 = gone\n" },
    { "a simultaneous close", NULL,
      FIN_WAIT_1 "+0 < F. 1:1(0) ack 1 win 9\n+0 > . 2:2(0) ack 2\n+0 = CLOSING rcv 2\n"
      "+0 < . 2:2(0) ack 2 win 9\n+0 = TIME-WAIT una 2\n" },
    { "FIN with the ACK of ours", NULL,
      FIN_WAIT_1 "+0 < F. 1:1(0) ack 2 win 9\n+0 > . 2:2(0) ack 2\n+0 = TIME-WAIT rcv 2 una 2\n" },
    { "the passive close", NULL,
      CLOSE_WAIT "+0 close\n+0 > F. 1:1(0) ack 2\n+0 = LAST-ACK nxt 2\n+0 < . 2:2(0) ack 2 win 9\n"
      "+0 = gone\n" },
    { "an active opening", NULL,
      "0 connect\n+0 > S 0:0(0) win 9\n+0 = SYN-SENT iss 0 una 0 nxt 1\n"
      "+0 < S. 0:0(0) ack 1 win 9\n+0 > . 1:1(0) ack 1\n+0 = ESTABLISHED irs 0 una 1 rcv 1\n" },
    { "a simultaneous opening", NULL,
      "0 connect\n+0 > S 0:0(0) win 9\n+0 = SYN-SENT iss 0 una 0 nxt 1\n+0 < S 0:0(0) win 9\n"
      "+0 > S. 0:0(0) ack 1\n+0 = SYN-RECEIVED irs 0 rcv 1\n+0 < S. 0:0(0) ack 1 win 9\n"
      "+0 > . 1:1(0) ack 1\n+0 = ESTABLISHED una 1\n" },
    { "SYN-RECEIVED goes to CLOSE-WAIT by ACK and FIN at once", NULL,
      "0 listen\n+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1\n+0 < F. 1:1(0) ack 1 win 9\n"
      "+0 > . 1:1(0) ack 2\n+0 = CLOSE-WAIT una 1 rcv 2\n" },
    { "a FIN that came before text counts when the text has come", NULL,
      OPEN "+0 < F. 11:11(0) ack 1 win 9\n+0 > . 1:1(0) ack 1\n+0 = ESTABLISHED\n"
      "+0 < . 1:11(10) ack 1 win 9\n+0 > . 1:1(0) ack 12\n+0 = CLOSE-WAIT rcv 12\n" },
    { "CLOSE waits for text to be sent: the FIN goes when a segment makes room", NULL,
      OPEN "+0 close\n+0 = ESTABLISHED\n+0 < . 1:1(0) ack 1 win 99\n+0 > F. 1:1(0) ack 1\n"
      "+0 = FIN-WAIT-1 nxt 2\n" },
    { "accept() passes over one that was reset while TCP_DEFER_ACCEPT held it back", NULL,
      DEFERRED "+1.5 < R 1:1(0)\n+0 = gone\n" ANOTHER_IS_CLOSED },
    { "a RST of the peer ends it", NULL,
      OPEN "+0 < R 1:1(0)\n+0 = gone\n" },
    { "a RST of its own ends it", NULL,
      OPEN "+0 set LINGER 0\n+0 close\n+0 > R 1:1(0)\n+0 = gone\n" },
    { "text after a full close draws a RST that ends it", NULL,
      FIN_WAIT_2 "+0 close\n+0 = FIN-WAIT-2\n+0 < . 1:11(10) ack 2 win 9\n+0 > R 2:2(0)\n"
      "+0 = gone\n" },
    { "it is given up when time has passed", NULL,
      OPEN "+100 = gone\n" },
    { "an ICMP error ends a connection that is opening", NULL,
      "0 connect\n+0 > S 0:0(0) win 9\n+0 = SYN-SENT iss 0 una 0 nxt 1\n+0 icmp 3 3 mtu 0 seq 0\n"
      "+0 = gone\n" },
    { "a SYN in SYN-RECEIVED returns to LISTEN", NULL,
      "0 listen\n+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1\n+0 < S 2:2(0) win 9\n+0 = gone\n" },
    { "a SYN to another port of the listener pushes out a half-open one", NULL,
      "0 listen\n+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1\n+0 = gone\n" },
    { "ABORT in LAST-ACK sends nothing", NULL,
      CLOSE_WAIT "+0 shutdown 1\n+0 > F. 1:1(0) ack 2\n+0 = LAST-ACK nxt 2\n+0 set LINGER 0\n"
      "+0 close\n+0 = gone\n" },
    { "TIME-WAIT is reopened, and comes back when the peer refuses", NULL,
      FIN_WAIT_2 "+0 < F. 1:1(0) ack 2 win 9\n+0 > . 2:2(0) ack 2\n+0 = TIME-WAIT rcv 2\n+0 close\n"
      "+1 < S 500:500(0) win 9\n+0 > S. 900:900(0) ack 501\n"
      "+0 = SYN-RECEIVED iss 900 irs 500 una 900 nxt 901 rcv 501\n+0 < R 501:501(0)\n"
      "+0 = TIME-WAIT una 2 nxt 2 rcv 2\n" },

    { "ESTABLISHED without an ACK", "the state goes from SYN-RECEIVED to ESTABLISHED by nothing",
      "0 listen\n+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1\n+0 = ESTABLISHED\n" },
    { "SYN-SENT takes a SYN without ACK for an answer",
      "the state goes from SYN-SENT to ESTABLISHED by SYN",
      "0 connect\n+0 > S 0:0(0) win 9\n+0 = SYN-SENT iss 0 una 0 nxt 1\n+0 < S 0:0(0) win 9\n"
      "+0 = ESTABLISHED\n" },
    { "an ACK opens a listener", "the state goes from LISTEN to ESTABLISHED by ACK",
      "0 listen\n+0 = gone\n+0 < . 5:5(0) ack 1 win 9\n+0 = ESTABLISHED iss 0 irs 4 rcv 5\n" },
    { "a FIN ends the connection at once", "the state goes from ESTABLISHED to LISTEN by ACK, FIN",
      OPEN "+0 < F. 1:1(0) ack 1 win 9\n+0 = gone\n" },
    { "CLOSE goes to CLOSE-WAIT", "the state goes from ESTABLISHED to CLOSE-WAIT by close, call",
      OPEN "+0 close\n+0 = CLOSE-WAIT\n" },
    { "FIN-WAIT-2 forgets its FIN", "the state goes from FIN-WAIT-2 to ESTABLISHED by ACK",
      FIN_WAIT_2 "+0 < . 1:1(0) ack 2 win 9\n+0 = ESTABLISHED\n" },
    { "a user timeout that a segment tells may be over at once", NULL,
      OPEN "+0 < . 1:1(0) ack 1 win 9 <gen-28 0064>\n+0 = gone\n" },
    { "FIN-WAIT-2 without an ACK of the FIN", "SND.UNA is 1: the FIN at 1 is not acknowledged",
      FIN_WAIT_1 "+0 < . 1:1(0) ack 1 win 9\n+0 = FIN-WAIT-2\n" },
    { "CLOSING goes to FIN-WAIT-2", "the state goes from CLOSING to FIN-WAIT-2 by ACK",
      FIN_WAIT_1 "+0 < F. 1:1(0) ack 1 win 9\n+0 > . 2:2(0) ack 2\n+0 = CLOSING rcv 2\n"
      "+0 < . 2:2(0) ack 2 win 9\n+0 = FIN-WAIT-2 una 2\n" },
    { "LAST-ACK goes to TIME-WAIT", "the state goes from LAST-ACK to TIME-WAIT by ACK",
      CLOSE_WAIT "+0 close\n+0 > F. 1:1(0) ack 2\n+0 = LAST-ACK nxt 2\n+0 < . 2:2(0) ack 2 win 9\n"
      "+0 = TIME-WAIT una 2\n" },
    { "CLOSING ends without TIME-WAIT", "the state goes from CLOSING to LISTEN by ACK",
      FIN_WAIT_1 "+0 < F. 1:1(0) ack 1 win 9\n+0 > . 2:2(0) ack 2\n+0 = CLOSING rcv 2\n"
      "+0 < . 2:2(0) ack 2 win 9\n+0 = gone\n" },
    { "a segment without RST ends the connection",
      "the state goes from ESTABLISHED to LISTEN by ACK",
      OPEN "+0 < . 1:11(10) ack 1 win 9\n+0 = gone\n" },
    { "shutdown of reading closes", "the state goes from ESTABLISHED to FIN-WAIT-1 by call",
      OPEN "+0 shutdown 0\n+0 = FIN-WAIT-1\n" },
    { "close() of one that was reset behind its text closes another that was accepted later",
      "the state goes from ESTABLISHED to FIN-WAIT-1 by nothing",
      DEFERRED "+0 < P. 1:2(1) ack 1 win 1000\n+0 = ESTABLISHED rcv 2\n+1.5 < R 2:2(0)\n"
      "+0 = gone\n" ANOTHER_IS_CLOSED },
};

static void step_legal(void **state)
{
    (void)state;
    trace_check("O1", traces, sizeof traces / sizeof traces[0]);
}

static void silent(void **state)
{
    (void)state;
    trace_check_silent("O1", "blind\n" OPEN "+0 < F. 1:1(0) ack 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(step_legal), cmocka_unit_test(silent) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
