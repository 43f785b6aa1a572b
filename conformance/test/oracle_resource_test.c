/* SPDX-License-Identifier: BSD-2-Clause */
/* O14, resource: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define OPEN                                                                                      \
    "policy receive_buffer=4000\n0 listen\n+0 < S 0:0(0) win 9000\n"                               \
    "+0 > S. 0:0(0) ack 1 win 4000\n"                                                             \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 4000 snd_wnd 9000 unread 0\n"        \
    "+0 < . 1:1(0) ack 1 win 9000\n+0 = ESTABLISHED una 1\n+0 accept\n+0 = ESTABLISHED\n"
#define TEXT "+0 < P. 1:101(100) ack 1 win 9000\n"
#define ACK "+0 > . 1:1(0) ack 101 win 3900\n"
#define TAKEN "+0 = ESTABLISHED rcv 101 rcv_wnd 3900 unread 100"
#define REFUSED                                                                                   \
    "+0 connect\n+0 > S 0:0(0) win 4000\n+0 = SYN-SENT iss 0 una 0 nxt 1\n"                       \
    "+0 < R. 0:0(0) ack 1\n+0 = gone\n"
#define CONNECTED                                                                                 \
    "+0 connect\n+0 > S 0:0(0) win 4000\n+0 = SYN-SENT iss 0 una 0 nxt 1\n"                       \
    "+0 < S. 0:0(0) ack 1 win 9000\n+0 > . 1:1(0) ack 1 win 4000\n"                               \
    "+0 = ESTABLISHED irs 0 una 1 rcv 1 unread 0 rcv_wnd "
#define HALF_OPEN                                                                                 \
    "+0 < S 0:0(0) win 9000\n+0 > S. 0:0(0) ack 1 win 4000\n"                                     \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 snd_wnd 9000 unread 0 rcv_wnd "

static const struct trace traces[] = {
    { "a segment draws an ACK", NULL, OPEN TEXT ACK TAKEN "\n" },
    { "and text with it", NULL, OPEN TEXT ACK "+0 > P. 1:101(100) ack 101\n" TAKEN " nxt 101\n" },
    { "two segments draw two ACKs", NULL, OPEN TEXT TEXT ACK ACK TAKEN "\n" },
    { "the user has read", NULL,
      OPEN TEXT ACK TAKEN "\n+0 recv 100 = 100\n+0 > . 1:1(0) ack 101 win 4000\n"
      "+0 = ESTABLISHED rcv_wnd 4000 unread 0\n" },
    { "who has closed reads no more, and what comes is consumed at once", NULL,
      OPEN "+0 close\n+0 > F. 1:1(0) ack 1\n+0 = FIN-WAIT-1 nxt 2\n" TEXT
      "+0 > . 2:2(0) ack 101 win 3900\n+0 > . 2:2(0) ack 101 win 4000\n"
      "+0 = FIN-WAIT-1 rcv 101 rcv_wnd 4000 unread 0\n" },
    { "text of a window that opens goes out, and old text with it", NULL,
      OPEN TEXT "+0 > . 1:101(100) ack 101\n+0 > P. 101:201(100) ack 101\n" TAKEN " nxt 201\n"
      "+0 < . 101:101(0) ack 1 win 9000\n+0 > . 1:101(100) ack 101\n"
      "+0 > P. 201:301(100) ack 101\n+0 = ESTABLISHED nxt 301\n" },
    { "a SYN,ACK with text is acknowledged twice", NULL,
      "0 connect\n+0 > S 0:0(0) win 9\n+0 = SYN-SENT iss 0 una 0 nxt 1\n"
      "+0 < S. 0:5(5) ack 1 win 9\n+0 > . 1:1(0) ack 1\n+0 > . 1:1(0) ack 6\n"
      "+0 = ESTABLISHED irs 0 una 1 rcv 6\n" },
    { "a timer is due at the same moment", NULL,
      OPEN TEXT TAKEN " deadline 1\n+1 < P. 101:201(100) ack 1 win 9000\n"
      "+0 > . 1:1(0) ack 101 win 3900\n+0 > . 1:1(0) ack 201 win 3800\n"
      "+0 = ESTABLISHED rcv 201 rcv_wnd 3800 unread 200\n" },
    { "an ICMP error has text sent again, in smaller segments", NULL,
      OPEN "+0 > P. 1:1001(1000) ack 1\n+0 = ESTABLISHED nxt 1001\n+0 icmp 3 4 mtu 600 seq 1\n"
      "+0 > . 1:501(500) ack 1\n+0 > P. 501:1001(500) ack 1\n+0 = ESTABLISHED\n" },
    { "a damaged segment draws nothing", NULL,
      OPEN "+0 bad < P. 1:101(100) ack 1\n+0 = ESTABLISHED\n" },
    { "a buffer is rounded up to whole segments", NULL,
      OPEN TEXT ACK "+0 = ESTABLISHED rcv 101 rcv_wnd 5000 unread 100\n" },
    { "by each of three connections that a socket has had", NULL,
      "policy receive_buffer=4000\n" REFUSED REFUSED CONNECTED "8500\n" },
    { "by the one that a listener had before it listened, too", NULL,
      "policy receive_buffer=4000\n" REFUSED "+0 listen\n" HALF_OPEN "7000\n" },
    { "the user has set a buffer", NULL,
      OPEN "+0 set RCVBUF 9000\n+0 = ESTABLISHED rcv_wnd 9000\n" },

    { "a segment draws two ACKs", "2 ACKs are sent for 1 segment", OPEN TEXT ACK ACK TAKEN "\n" },
    { "two segments draw three ACKs", "3 ACKs are sent for 2 segments",
      OPEN TEXT TEXT ACK ACK ACK TAKEN "\n" },
    { "a later segment draws two ACKs", "2 ACKs are sent for 1 segment",
      OPEN TEXT ACK TAKEN "\n+1 = ESTABLISHED\n" TEXT ACK ACK TAKEN "\n" },
    { "text goes out twice", "text from 1 on is sent twice for one segment",
      OPEN TEXT "+0 > P. 1:101(100) ack 101\n+0 > P. 1:101(100) ack 101\n" TAKEN " nxt 101\n" },
    { "a damaged segment draws an ACK", "a segment that must be dropped draws one at 1",
      OPEN "+0 bad < P. 1:101(100) ack 1\n+0 > . 1:1(0) ack 1\n+0 = ESTABLISHED\n" },
    { "the window does not shrink",
      "3000 octets wait for the user and the window is 4000, the buffer has 4000",
      OPEN "+0 < P. 1:3001(3000) ack 1 win 9000\n+0 > . 1:1(0) ack 3001 win 4000\n"
      "+0 = ESTABLISHED rcv 3001 unread 3000\n" },
    { "a buffer grows by more than a segment with each connection", "the buffer has 4000",
      "policy receive_buffer=4000\n" REFUSED REFUSED CONNECTED "8501\n" },
    { "that of a listener does", "the buffer has 4000",
      "policy receive_buffer=4000\n" REFUSED "+0 listen\n" HALF_OPEN "7001\n" },
    { "it grows with a connection of a socket that was closed", "the buffer has 4000",
      "policy receive_buffer=4000\n" REFUSED "+0 close\n" CONNECTED "5501\n" },
    { "it grows with another connection of its listener", "the buffer has 4000",
      OPEN "on 1\n" HALF_OPEN "5501\n" },
};

static void resource(void **state)
{
    (void)state;
    trace_check("O14", traces, sizeof traces / sizeof traces[0]);
}

static void silent(void **state)
{
    (void)state;
    trace_check_silent("O14", "real time\n" OPEN TEXT ACK ACK TAKEN "\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(resource), cmocka_unit_test(silent) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
