/* SPDX-License-Identifier: BSD-2-Clause */
/* O26, goes-on: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define OPEN                                                                                      \
    "policy persist_min_us=5000000\npolicy user_timeout_us=300000000\n"                           \
    "0 listen\n+0 < S 0:0(0) win 1000\n+0 > S. 0:0(0) ack 1 win 1000\n"                           \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 1000 rto 1000000\n"     \
    "+0.1 < . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED una 1 unsent 0\n+0 accept\n"
#define FLIGHT OPEN "+0 send 100 = 100\n+0 > P. 1:101(100) ack 1\n+0 = ESTABLISHED nxt 101\n"
#define CLOSED                                                                                    \
    OPEN "+0 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0\n+0 send 100 = 100\n"              \
    "+0 = ESTABLISHED unsent 100\n"
#define PROBED "+5 > . 1:2(1) ack 1\n+0 = ESTABLISHED nxt 2 unsent 99\n"
#define ANSWER "+0.1 = ESTABLISHED\n+0 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED\n"

static const struct trace traces[] = {
    { "text is sent again after one RTO, and after two", NULL,
      FLIGHT "+1 > P. 1:101(100) ack 1\n+0 = ESTABLISHED rto 2000000\n"
      "+2 > P. 1:101(100) ack 1\n+0 = ESTABLISHED rto 4000000\n+3.9 = ESTABLISHED\n" },
    { "new text while the timer runs", NULL,
      FLIGHT "+0.9 = ESTABLISHED\n+0 send 9 = 9\n+0 > P. 101:110(9) ack 1\n"
      "+0 = ESTABLISHED nxt 110\n+0.1 > P. 1:101(100) ack 1\n+0 = ESTABLISHED rto 2000000\n" },
    { "an ACK of something new starts it anew", NULL,
      FLIGHT "+0.9 = ESTABLISHED\n+0 < . 1:1(0) ack 51 win 1000\n+0 = ESTABLISHED una 51\n"
      "+0.999999 = ESTABLISHED\n" },
    { "so does a window that changes, or an ICMP error", NULL,
      FLIGHT "+0.9 = ESTABLISHED\n+0 < . 1:1(0) ack 1 win 900\n+0 = ESTABLISHED snd_wnd 900\n"
      "+0.9 = ESTABLISHED\n+0 icmp 3 4 mtu 1000 seq 1\n+0 = ESTABLISHED\n+0.9 = ESTABLISHED\n" },
    { "nothing waits, and nothing is sent", NULL, OPEN "+9000 = ESTABLISHED\n" },
    { "text that the user holds back needs no probe", NULL,
      OPEN "+0 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0\n+0 set CORK 1\n"
      "+0 send 100 = 100\n+0 = ESTABLISHED unsent 100\n+9 = ESTABLISHED\n" },
    { "a stack that chooses has its own time", NULL, "chooses\n" FLIGHT "+60 = ESTABLISHED\n" },
    { "a closed window is probed as late as the policy says", NULL, CLOSED PROBED },
    { "a connection whose probe has no answer may end", NULL,
      CLOSED PROBED ANSWER "+5 > . 1:2(1) ack 1\n+0 = ESTABLISHED\n+5 = gone\n" },
    { "a timeout that the user has set may end it", NULL,
      CLOSED "+0 set USER_TIMEOUT 7000\n" PROBED ANSWER "+2 = gone\n" },
    { "one that the peer has told may", NULL,
      CLOSED "+0 < . 1:1(0) ack 1 win 0 <gen-28 0007>\n+0 = ESTABLISHED\n" PROBED ANSWER
      "+2 = gone\n" },
    { "a RST of the peer does", NULL, CLOSED PROBED ANSWER "+2 < R 1:1(0)\n+0 = gone\n" },
    { "a user timeout that is over before the first probe counts from there", NULL,
      CLOSED "policy user_timeout_us=1000000\n+4.9 = ESTABLISHED\n" },

    { "text is not sent again", "something is in flight, and nothing is sent for 1000000 us",
      FLIGHT "+1 = ESTABLISHED\n" },
    { "nor the FIN, in LAST-ACK", "something is in flight, and nothing is sent for 3000000 us",
      OPEN "+0 < F. 1:1(0) ack 1 win 1000\n+0 > . 1:1(0) ack 2\n+0 = CLOSE-WAIT rcv 2\n+0 close\n"
      "+0 > F. 1:1(0) ack 2\n+0 = LAST-ACK nxt 2\n+3 = LAST-ACK\n" },
    { "new text starts a timer that runs", "nothing is sent for 1500000 us",
      FLIGHT "+0.9 = ESTABLISHED\n+0 send 9 = 9\n+0 > P. 101:110(9) ack 1\n"
      "+0 = ESTABLISHED nxt 110\n+0.6 = ESTABLISHED\n" },
    { "a window that shrank holds it back", "nothing is sent for 1000000 us, the RTO is 1000000",
      FLIGHT "+0 < . 1:1(0) ack 1 win 50\n+0 = ESTABLISHED snd_wnd 50\n+1 = ESTABLISHED\n" },
    { "a closed window is not probed", "text waits for a closed window, and nothing is sent for 5",
      CLOSED "+5 = ESTABLISHED\n" },
    { "a bare ACK is no probe", "text waits for a closed window, and nothing is sent for 5",
      CLOSED "+5 > . 1:1(0) ack 1\n+0 = ESTABLISHED\n+1 = ESTABLISHED\n" },
    { "a peer that answers is given up",
      "given up with a closed window, 2000000 us after the peer has answered",
      CLOSED PROBED ANSWER "+2 = gone\n" },
    { "the user timeout of the policy does not end it", "the user timeout is 300000000 us",
      FLIGHT "+1 > P. 1:101(100) ack 1\n+0 = ESTABLISHED rto 400000000\n+300.1 = ESTABLISHED\n" },
};

static void judges(void **state)
{
    (void)state;
    trace_check("O26", traces, sizeof traces / sizeof traces[0]);
}

static void is_silent_without_states(void **state)
{
    (void)state;
    trace_check_silent("O26", "blind\n" OPEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges),
        cmocka_unit_test(is_silent_without_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
