/* SPDX-License-Identifier: BSD-2-Clause */
/* O4, window-in: traces that it must accept, and traces that it must reject. */
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
    { "text up to the right edge", NULL,
      OPEN "+0 < . 1:1001(1000) ack 1 win 9\n+0 > . 1:1(0) ack 1001 win 0\n"
      "+0 = ESTABLISHED rcv 1001 rcv_wnd 0\n" },
    { "the window of a SYN is all that is told, or what the field holds", NULL,
      "0 connect\n+0 > S 0:0(0) win 1000 <wscale 4>\n+0 = SYN-SENT rcv_wnd 1000 unread 0\n"
      "0 connect\n+0 > S 0:0(0) win 65535 <wscale 4>\n+0 = SYN-SENT rcv_wnd 99999 unread 0\n" },
    { "or any in a stack that chooses", NULL,
      "chooses\n0 connect\n+0 > S 0:0(0) win 62 <wscale 4>\n"
      "+0 = SYN-SENT rcv_wnd 1000 unread 0\n" },
    { "what lies beyond the right edge is left", NULL,
      OPEN "+0 < . 1:1011(1010) ack 1 win 9\n+0 > . 1:1(0) ack 1001 win 0\n"
      "+0 = ESTABLISHED rcv 1001 rcv_wnd 0\n" },
    { "a window that was taken back still counts", NULL,
      OPEN "+0 > . 1:1(0) ack 1 win 500\n+0 = ESTABLISHED rcv_wnd 500\n"
      "+0 < . 1:1001(1000) ack 1 win 9\n+0 > . 1:1(0) ack 1001 win 0\n"
      "+0 = ESTABLISHED rcv 1001 rcv_wnd 0\n" },
    { "a window that has opened without having said so", NULL,
      OPEN "+0 < . 1:1001(1000) ack 1 win 9\n+0 > . 1:1(0) ack 1001 win 0\n"
      "+0 = ESTABLISHED rcv 1001 rcv_wnd 0\n+0 recv 100 = 100\n+0 = ESTABLISHED rcv_wnd 100\n"
      "+0 < . 1001:1101(100) ack 1 win 9\n+0 > . 1:1(0) ack 1101 win 0\n"
      "+0 = ESTABLISHED rcv 1101 rcv_wnd 0\n" },
    { "a scaled window", NULL,
      "0 listen\n+0 < S 0:0(0) win 9 <wscale 0>\n+0 > S. 0:0(0) ack 1 win 1000 <wscale 4>\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000\n+0 < . 1:1(0) ack 1 win 9\n"
      "+0 > . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED una 1 rcv_wnd 1000\n"
      "+0 < . 1:16001(16000) ack 1 win 9\n+0 > . 1:1(0) ack 16001 win 0\n" },
    { "a block inside the window, and one that reports a duplicate", NULL,
      OPEN "+0 < . 501:1001(500) ack 1 win 9\n+0 > . 1:1(0) ack 1 win 1000 <sack 501:1001>\n"
      "+0 < . 501:1001(500) ack 1 win 9\n+0 > . 1:1(0) ack 1 win 1000 <sack 501:1001 501:1001>\n" },

    { "one octet beyond the right edge is taken",
      "what ends at 1002 was taken in, the window ends at 1001",
      OPEN "+0 < . 1:1002(1001) ack 1 win 9\n+0 > . 1:1(0) ack 1002 win 0\n" },
    { "text is taken though the window is closed", "what ends at 1002 was taken in",
      OPEN "+0 < . 1:1001(1000) ack 1 win 9\n+0 > . 1:1(0) ack 1001 win 0\n"
      "+0 = ESTABLISHED rcv 1001 rcv_wnd 0\n+0 < . 1001:1002(1) ack 1 win 9\n"
      "+0 = ESTABLISHED rcv 1002 rcv_wnd 0\n" },
    { "a FIN beyond the right edge counts", "what ends at 1002 was taken in",
      OPEN "+0 < F. 1:1001(1000) ack 1 win 9\n+0 > . 1:1(0) ack 1002 win 0\n" },
    { "the window of a SYN is not scaled", "what ends at 1002 was taken in",
      "0 listen\n+0 < S 0:0(0) win 9 <wscale 0>\n+0 > S. 0:0(0) ack 1 win 1000 <wscale 4>\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000\n"
      "+0 < . 1:1002(1001) ack 1 win 9\n+0 > . 1:1(0) ack 1002 win 0\n" },
    { "the window of a SYN is scaled", "a SYN has the window 62, and RCV.WND is 1000",
      "0 connect\n+0 > S 0:0(0) win 62 <wscale 4>\n+0 = SYN-SENT rcv_wnd 1000 unread 0\n" },
    { "a block reports what lies beyond the window",
      "a SACK block up to 1101 reports what lies beyond",
      OPEN "+0 < . 901:1101(200) ack 1 win 9\n+0 > . 1:1(0) ack 1 win 1000 <sack 901:1101>\n" },
    { "one that tells nothing takes too much", "what ends at 12 was taken in",
      "blind\n0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1 win 10\n+0 < . 1:12(11) ack 1 win 9\n"
      "+0 > . 1:1(0) ack 12 win 10\n" },
};

static void window_in(void **state)
{
    (void)state;
    trace_check("O4", traces, sizeof traces / sizeof traces[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(window_in) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
