/* SPDX-License-Identifier: BSD-2-Clause */
/* O20, small-segments: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define OPEN_OF(policies, window, options)                                                        \
    policies "0 listen\n+0 < S 0:0(0) win 5000 <mss 1000>\n"                                      \
    "+0 > S. 0:0(0) ack 1 win " window " " options "\n"                                           \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 9000 snd_wnd 5000 snd_mss 1000\n"    \
    "+0.1 < . 1:1(0) ack 1 win 5000\n+0 = ESTABLISHED una 1\n+0 accept\n+0 = ESTABLISHED\n"
#define OPEN OPEN_OF("policy nagle=1\npolicy window_follows_room=0\n", "9000", "<mss 1000>")
#define FILLED                                                                                    \
    OPEN "+0 > . 1:1(0) ack 1 win 9000\n+0 < P. 1:9001(9000) ack 1 win 5000\n"                   \
    "+0 > . 1:1(0) ack 9001 win 0\n+0 = ESTABLISHED rcv 9001 unread 9000\n"
#define SENT_10 "+0 send 10 = 10\n+0 > P. 1:11(10) ack 1 win 9000\n+0 = ESTABLISHED nxt 11\n"

static const struct trace traces[] = {
    { "when all was read a window tells it", NULL,
      FILLED "+0 recv 9000 = 9000\n+0 > . 1:1(0) ack 9001 win 9000\n+0 = ESTABLISHED unread 0\n" },
    { "less than a step need not be told", NULL,
      OPEN "+0 < P. 1:901(900) ack 1 win 5000\n+0 > . 1:1(0) ack 901 win 8100\n"
      "+0 = ESTABLISHED rcv 901 unread 900\n+0 recv 900 = 900\n+0 = ESTABLISHED unread 0\n" },
    { "nor is what the user leaves", NULL,
      FILLED "+0 recv 10 = 10\n+0 = ESTABLISHED unread 8990\n" },
    { "nor in a smaller buffer", NULL,
      FILLED "+0 set RCVBUF 100\n+0 = ESTABLISHED\n+0 recv 9000 = 9000\n"
      "+0 = ESTABLISHED unread 0\n" },
    { "short text with nothing in flight", NULL, OPEN SENT_10 },
    { "more once that is acknowledged", NULL,
      OPEN SENT_10 "+0 send 10 = 10\n+0.1 = ESTABLISHED\n+0 < . 1:1(0) ack 11 win 5000\n"
      "+0 > P. 11:21(10) ack 1 win 9000\n+0 = ESTABLISHED una 11 nxt 21\n" },
    { "full segments at any time, with room for options", NULL,
      OPEN SENT_10 "+0 send 1960 = 1960\n+0 > . 11:1011(1000) ack 1 win 9000\n"
      "+0 > . 1011:1971(960) ack 1 win 9000\n+0 = ESTABLISHED nxt 1971\n" },
    { "the user has switched Nagle off", NULL,
      OPEN "+0 set NODELAY 1\n+0 = ESTABLISHED\n" SENT_10
      "+0 send 10 = 10\n+0 > P. 11:21(10) ack 1 win 9000\n+0 = ESTABLISHED nxt 21\n" },
    { "the policy has", NULL,
      OPEN_OF("policy nagle=0\n", "9000", "<mss 1000>") SENT_10
      "+0 send 10 = 10\n+0 > P. 11:21(10) ack 1 win 9000\n+0 = ESTABLISHED nxt 21\n" },
    { "nobody tells", NULL,
      OPEN_OF("", "9000", "<mss 1000>") SENT_10
      "+0 send 10 = 10\n+0 > P. 11:21(10) ack 1 win 9000\n+0 = ESTABLISHED nxt 21\n" },
    { "Minshall: a short segment behind full ones", NULL,
      "chooses\n" OPEN "+0 send 1010 = 1010\n+0 > . 1:1001(1000) ack 1 win 9000\n"
      "+0 > P. 1001:1011(10) ack 1 win 9000\n+0 = ESTABLISHED nxt 1011\n" },
    { "urgent text", NULL,
      OPEN SENT_10 "+0 send 10 = 10\n+0 > PU. 11:21(10) ack 1 win 9000 urg 10\n"
      "+0 = ESTABLISHED nxt 21\n" },
    { "the last text, and the FIN behind it", NULL,
      OPEN SENT_10 "+0 send 10 = 10\n+0 = ESTABLISHED\n+0 shutdown 1\n"
      "+0 > P. 11:21(10) ack 1 win 9000\n+0 > F. 21:21(0) ack 1 win 9000\n" },
    { "what is sent again", NULL,
      OPEN SENT_10 "+0 < . 1:1(0) ack 1 win 5000\n+0 > P. 1:11(10) ack 1 win 9000\n"
      "+0 = ESTABLISHED\n" },
    { "what a timer sends, less than waits", NULL,
      OPEN "+0 < . 1:1(0) ack 1 win 100\n+0 = ESTABLISHED snd_wnd 100\n+0 send 900 = 900\n"
      "+0 = ESTABLISHED unsent 900\n+0.2 > . 1:101(100) ack 1 win 9000\n"
      "+0 = ESTABLISHED nxt 101 unsent 800\n" },
    { "half of the largest window, while more waits", NULL,
      OPEN_OF("policy nagle=1\n", "9000", "<mss 1000>")
      "+0 = ESTABLISHED snd_mss 4000\n+0 < . 1:1(0) ack 1 win 2500\n+0 = ESTABLISHED snd_wnd 2500\n"
      "+0 send 4000 = 4000\n+0 > . 1:2501(2500) ack 1 win 9000\n"
      "+0 = ESTABLISHED nxt 2501 unsent 1500\n" },
    { "the window opens by a segment", NULL,
      OPEN "+0 < . 1:1001(1000) ack 1 win 5000\n+0 > . 1:1(0) ack 1001 win 8000\n"
      "+0 = ESTABLISHED rcv 1001\n+0 recv 1000 = 1000\n+0 > . 1:1(0) ack 1001 win 9000\n" },
    { "by half of a small buffer", NULL,
      OPEN_OF("policy window_follows_room=0\n", "200", "<mss 1000>")
      "+0 < . 1:101(100) ack 1 win 5000\n+0 > . 1:1(0) ack 101 win 100\n"
      "+0 = ESTABLISHED rcv 101\n+0 recv 100 = 100\n+0 > . 1:1(0) ack 101 win 200\n" },
    { "by less, when told so", NULL,
      OPEN_OF("policy window_follows_room=1\n", "9000", "<mss 1000>")
      "+0 < . 1:101(100) ack 1 win 5000\n+0 > . 1:1(0) ack 101 win 8900\n"
      "+0 > . 1:1(0) ack 101 win 8950\n" },
    { "by less, and nobody tells", NULL,
      OPEN_OF("", "9000", "<mss 1000>") "+0 < . 1:101(100) ack 1 win 5000\n"
      "+0 > . 1:1(0) ack 101 win 8900\n+0 > . 1:1(0) ack 101 win 8950\n" },
    { "the field says no more, and its edge follows each octet", NULL,
      OPEN "+0 > . 1:1(0) ack 1 win 65535\n+0 < . 1:101(100) ack 1 win 5000\n"
      "+0 > . 1:1(0) ack 101 win 65535\n" },

    { "short text while some is in flight",
      "10 octets of new text are sent, a full segment has 1000, and 10 are not acknowledged",
      OPEN SENT_10 "+0 send 10 = 10\n+0 > P. 11:21(10) ack 1 win 9000\n+0 = ESTABLISHED nxt 21\n" },
    { "an ACK of a part releases more", "and 6 are not acknowledged",
      OPEN SENT_10 "+0 send 10 = 10\n+0.1 = ESTABLISHED\n+0 < . 1:1(0) ack 5 win 5000\n"
      "+0 > P. 11:21(10) ack 1 win 9000\n" },
    { "two short segments in a stack that chooses", "and 10 are not acknowledged",
      "chooses\n" OPEN SENT_10 "+0 send 10 = 10\n+0 > P. 11:21(10) ack 1 win 9000\n" },
    { "Nagle was switched on again", "and 10 are not acknowledged",
      OPEN "+0 set NODELAY 1\n+0 set NODELAY 0\n" SENT_10
      "+0 send 10 = 10\n+0 > P. 11:21(10) ack 1 win 9000\n" },
    { "a small window is filled at once",
      "100 octets of new text are sent, while 800 more wait; the largest window was 5000",
      OPEN "+0 < . 1:1(0) ack 1 win 100\n+0 = ESTABLISHED snd_wnd 100\n+0 send 900 = 900\n"
      "+0 > . 1:101(100) ack 1 win 9000\n+0 = ESTABLISHED nxt 101 unsent 800\n" },
    { "the window opens octet by octet", "moves by 50, 960 is the least",
      OPEN "+0 < . 1:101(100) ack 1 win 5000\n+0 > . 1:1(0) ack 101 win 8900\n"
      "+0 > . 1:1(0) ack 101 win 8950\n" },
    { "by less than half of a small buffer", "moves by 90, 100 is the least",
      OPEN_OF("policy window_follows_room=0\n", "200", "<mss 1000>")
      "+0 > . 1:1(0) ack 1 win 200\n+0 < . 1:101(100) ack 1 win 5000\n"
      "+0 > . 1:1(0) ack 101 win 100\n"
      "+0 = ESTABLISHED rcv 101\n+0 recv 90 = 90\n+0 > . 1:1(0) ack 101 win 190\n" },
    { "no window tells that all was read",
      "the user has read all, and the window that is offered is 0",
      FILLED "+0 recv 9000 = 9000\n+0 = ESTABLISHED unread 0\n" },
};

static void judges(void **state)
{
    (void)state;
    trace_check("O20", traces, sizeof traces / sizeof traces[0]);
}

static void is_silent_without_states(void **state)
{
    (void)state;
    trace_check_silent("O20", "blind\n" OPEN SENT_10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges),
        cmocka_unit_test(is_silent_without_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
