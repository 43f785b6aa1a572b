/* SPDX-License-Identifier: BSD-2-Clause */
/* O5, window-out: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define OPEN_BY(window_update)                                                                     \
    "policy window_update=" window_update "\n"                                                     \
    "0 listen\n+0 < S 0:0(0) win 1000\n+0 > S. 0:0(0) ack 1 win 1000\n"                           \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 1000\n"                 \
    "+0.1 < . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED una 1\n+0 accept\n"
#define OPEN OPEN_BY("0")
#define OPEN_SCALED                                                                               \
    "0 listen\n+0 < S 0:0(0) win 100 <wscale 3>\n+0 > S. 0:0(0) ack 1 win 1000 <wscale 4>\n"      \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 100\n"
#define OLDER_WITH_NEWER_ACK(by)                                                                   \
    OPEN_BY(by) "+0 > . 1:11(10) ack 1 win 1000\n+0 < . 1:101(100) ack 1 win 1000\n"              \
    "+0 = ESTABLISHED nxt 11 rcv 101\n+0 < . 101:111(10) ack 1 win 9\n"                          \
    "+0 = ESTABLISHED rcv 111 snd_wnd 9\n+0 < . 1:101(100) ack 11 win 5000\n"                    \
    "+0 = ESTABLISHED una 11 snd_wnd 5000\n"
#define GAP_FILLED(by)                                                                             \
    OPEN_BY(by) "+0 > . 1:11(10) ack 1 win 1000\n+0 < . 201:211(10) ack 1 win 900\n"              \
    "+0 > . 11:11(0) ack 1 win 1000\n+0 = ESTABLISHED nxt 11 snd_wnd 900\n"                       \
    "+0 < . 1:101(100) ack 11 win 5000\n+0 > . 11:11(0) ack 101 win 900\n"

static const struct trace traces[] = {
    { "one that lies in what the scale has rounded off sets the window, and an older one does not",
      NULL, "0 connect\n+0 > S 0:0(0) win 1005 <wscale 4>\n+0 = SYN-SENT iss 0 una 0 nxt 1\n"
      "+0 < S. 0:0(0) ack 1 win 1000 <wscale 3>\n+0 > . 1:1(0) ack 1 win 62\n"
      "+0 = ESTABLISHED una 1 irs 0 rcv 1 rcv_wnd 1005 snd_wnd 1000\n"
      "+0 < . 1005:1005(0) ack 1 win 200\n+0 = ESTABLISHED snd_wnd 1600\n"
      "+0 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED\n" },
    { "one that does not even acknowledge our SYN sets none", NULL,
      "0 connect\n+0 > S 0:0(0) win 1000\n+0 = SYN-SENT iss 0 una 0 nxt 1\n"
      "+0 < S 0:0(0) win 0\n+0 > S. 0:0(0) ack 1 win 1000\n"
      "+0 = SYN-RECEIVED irs 0 rcv 1 rcv_wnd 1000 snd_wnd 0\n+0 close\n"
      "+0 > F. 1:1(0) ack 1 win 1000\n+0 = FIN-WAIT-1 nxt 2\n"
      "+0 < F. 1:1(0) ack 0 win 1000\n+0 > R 0:0(0) win 0\n+0 = FIN-WAIT-1\n" },
    { "text up to the edge of the window", NULL,
      OPEN "+0 > . 1:1001(1000) ack 1 win 1000\n" },
    { "the window opens and text follows at once", NULL,
      OPEN "+0 > . 1:1001(1000) ack 1 win 1000\n+0 = ESTABLISHED nxt 1001\n"
      "+0 < . 1:1(0) ack 1001 win 2000\n+0 > . 1001:3001(2000) ack 1 win 1000\n" },
    { "what was sent is sent again beyond a window that has shrunk", NULL,
      OPEN "+0 > . 1:1001(1000) ack 1 win 1000\n+0 = ESTABLISHED nxt 1001\n"
      "+0 < . 1:1(0) ack 1 win 100\n+0 = ESTABLISHED snd_wnd 100\n"
      "+1 > . 1:1001(1000) ack 1 win 1000\n" },
    { "the ACK of an older segment counts, its window does not", NULL,
      OPEN "+0 > . 1:1001(1000) ack 1 win 1000\n+0 = ESTABLISHED nxt 1001\n"
      "+0 < . 11:11(0) ack 501 win 1000\n+0 = ESTABLISHED una 501 snd_wnd 1000\n"
      "+0 < . 1:11(10) ack 1001 win 400\n+0 > . 1001:2001(1000) ack 11 win 1000\n" },
    { "a window of 0 from the edge stands, though numbers half the space away come between", NULL,
      OPEN "+0 < . 900:900(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0\n"
      "+0 < . 2147483649:2147483649(0) ack 1 win 1000\n+0 > . 1:1(0) ack 1 win 1000\n"
      "+0 = ESTABLISHED\n+0 < . 1:1(0) ack 2147483649 win 1000\n+0 > . 1:1(0) ack 1 win 1000\n"
      "+0 = ESTABLISHED\n+0 < . 1:11(10) ack 1 win 1000\n+0 = ESTABLISHED rcv 11\n" },
    { "one inside what was offered makes older ones old, though the window that is told is less",
      NULL, OPEN "+0 set RCVBUF 100\n+0 = ESTABLISHED rcv_wnd 100\n"
      "+0 < . 500:500(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0\n"
      "+0 < . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED\n" },
    { "a probe of a closed window: one octet", NULL,
      OPEN "+0 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0\n"
      "+1 > . 1:2(1) ack 1 win 1000\n" },
    { "a probe of more octets, sent by a timer", NULL,
      OPEN "+0 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0\n"
      "+1 > . 1:101(100) ack 1 win 1000\n" },
    { "a FIN behind text that fills the window", NULL,
      OPEN "+0 > F. 1:1001(1000) ack 1 win 1000\n" },
    { "a scaled window", NULL,
      "0 listen\n+0 < S 0:0(0) win 100 <wscale 3>\n+0 > S. 0:0(0) ack 1 win 1000 <wscale 4>\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 100\n"
      "+0 < . 1:1(0) ack 1 win 100\n+0 > . 1:801(800) ack 1 win 1000\n" },
    { "the own right edge stays where it is while text comes", NULL,
      OPEN "+0 < . 1:101(100) ack 1 win 9\n+0 > . 1:1(0) ack 101 win 900\n" },
    { "it retracts by less than the unit of the scale", NULL,
      "0 listen\n+0 < S 0:0(0) win 100 <wscale 3>\n+0 > S. 0:0(0) ack 1 win 1000 <wscale 4>\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 100\n"
      "+0 < . 1:1(0) ack 1 win 9\n+0 > . 1:1(0) ack 1 win 100\n+0 < . 1:6(5) ack 1 win 9\n"
      "+0 > . 1:1(0) ack 6 win 99\n" },
    { "SND.WND is the window of the newest segment", NULL,
      OPEN "+0 < . 1:1(0) ack 1 win 500\n+0 = ESTABLISHED snd_wnd 500\n"
      "+0 < . 1:11(10) ack 1 win 2000\n+0 = ESTABLISHED snd_wnd 2000 rcv 11\n" },
    { "one out of order may set it, and one that fills the gap not any more", NULL,
      OPEN "+0 < . 101:201(100) ack 1 win 460\n+0 > . 1:1(0) ack 1 win 1000\n"
      "+0 = ESTABLISHED snd_wnd 460\n+0 < . 1:101(100) ack 1 win 5000\n"
      "+0 > . 1:1(0) ack 201 win 800\n+0 = ESTABLISHED rcv 201 rcv_wnd 800\n" },
    { "with timestamps a segment may be too old to set it", NULL,
      "0 listen\n+0 < S 0:0(0) win 9 <TS val 5 ecr 0>\n+0 > S. 0:0(0) ack 1 <TS val 9 ecr 5>\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 9 snd_wnd 9\n"
      "+0 < . 1:1(0) ack 1 win 9 <TS val 5 ecr 9>\n+0 = ESTABLISHED una 1\n"
      "+0 < . 1:1(0) ack 1 win 7 <TS val 4 ecr 9>\n+0 = ESTABLISHED\n" },
    { "it retracts once nobody reads", NULL,
      OPEN "+0 close\n+0 > F. 1:1(0) ack 1 win 0\n" },
    { "TIME-WAIT comes back, with the window of what failed to take its place", NULL,
      OPEN "+0 close\n+0 > F. 1:1(0) ack 1 win 1000\n+0 = FIN-WAIT-1 nxt 2\n"
      "+0 < F. 1:1(0) ack 2 win 1000\n+0 > . 2:2(0) ack 2 win 999\n+0 = TIME-WAIT una 2 rcv 2\n"
      "+1 < S 500:500(0) win 70\n+0 > S. 1000:1000(0) ack 501 win 1000\n"
      "+0 = SYN-RECEIVED iss 1000 irs 500 una 1000 nxt 1001 rcv 501 snd_wnd 70\n"
      "+0 < R 501:501(0)\n+0 = TIME-WAIT iss 0 irs 0 una 2 nxt 2 rcv 2 snd_wnd 70\n" },
    { "a RST has no window", NULL,
      OPEN "+0 > R. 1:1(0) ack 1 win 0\n" },

    { "one octet beyond the edge", "new text up to 1002 is sent, the window ends at 1001",
      OPEN "+0 > . 1:1002(1001) ack 1 win 1000\n" },
    { "text for a closed window, at once", "new text up to 11 is sent, the window ends at 1",
      OPEN "+0 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0\n"
      "+0 > . 1:11(10) ack 1 win 1000\n" },
    { "a window that has shrunk is not heeded",
      "new text up to 1001 is sent, the window ends at 501",
      OPEN "+0 < . 1:1(0) ack 1 win 500\n+0 = ESTABLISHED snd_wnd 500\n"
      "+0 > . 1:1001(1000) ack 1 win 1000\n" },
    { "more than fits, sent by a timer, into a window that is open", "new text up to 1501 is sent",
      OPEN "+1 > . 1:1501(1500) ack 1 win 1000\n" },
    { "the window of a SYN is taken as scaled",
      "new text up to 801 is sent, the window ends at 100",
      OPEN_SCALED "+0 > . 1:801(800) ack 1 win 1000\n" },
    { "the window is scaled though only one side offered", "new text up to 801 is sent",
      "0 listen\n+0 < S 0:0(0) win 100 <wscale 3>\n+0 > S. 0:0(0) ack 1 win 1000\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 100\n"
      "+0 < . 1:1(0) ack 1 win 100\n+0 > . 1:801(800) ack 1 win 1000\n" },
    { "the own right edge goes back by one",
      "the right edge of the own window goes back from 1001 to 1000",
      OPEN "+0 > . 1:1(0) ack 1 win 999\n" },
    { "the own right edge does not move on with what is read", "goes back from 1601 to 1505",
      "0 listen\n+0 < S 0:0(0) win 100 <wscale 3>\n+0 > S. 0:0(0) ack 1 win 1000 <wscale 4>\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 100\n"
      "+0 < . 1:1(0) ack 1 win 9\n+0 > . 1:1(0) ack 1 win 100\n+0 < . 1:2(1) ack 1 win 9\n"
      "+0 > . 1:1(0) ack 1 win 94\n" },
    { "the own right edge goes back when the user sets a smaller buffer",
      "the right edge of the own window goes back from 1001 to 101",
      OPEN "+0 set RCVBUF 100\n+0 > . 1:1(0) ack 1 win 100\n" },
    { "SND.WND stays when the window closes", "SND.WND is 1000 after a segment at RCV.NXT",
      OPEN "+0 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED\n" },
    { "it stays behind one from past the window, which makes none old",
      "SND.WND is 1000 after a segment at RCV.NXT with a window of 500",
      OPEN "+0 < . 1002:1002(0) ack 1 win 9\n+0 > . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED\n"
      "+0 < . 1:1(0) ack 1 win 500\n+0 = ESTABLISHED\n" },
    { "it stays behind one half the space past a window of zero",
      "SND.WND is 1000 after a segment at RCV.NXT with a window of 500",
      OPEN "+0 < . 1:1001(1000) ack 1 win 1000\n+0 > . 1:1(0) ack 1001 win 0\n"
      "+0 = ESTABLISHED rcv 1001 rcv_wnd 0\n+0 < . 1001:1001(0) ack 1 win 1000\n"
      "+0 = ESTABLISHED\n+0 < . 2147484649:2147484649(0) ack 1 win 9\n"
      "+0 > . 1:1(0) ack 1001 win 0\n+0 = ESTABLISHED\n"
      "+0 < . 1001:1001(0) ack 1 win 500\n+0 = ESTABLISHED\n" },
    { "SND.WND is not scaled", "SND.WND is 100 after a segment at RCV.NXT with a window of 800",
      OPEN_SCALED "+0 < . 1:1(0) ack 1 win 100\n+0 = ESTABLISHED una 1 snd_wnd 800\n"
      "+0 < . 1:1(0) ack 1 win 100\n+0 = ESTABLISHED snd_wnd 100\n" },
    { "an older segment sets SND.WND", "SND.WND goes from 9 to 5000 by no segment that may set it",
      OPEN "+0 < . 1:101(100) ack 1 win 9\n+0 = ESTABLISHED rcv 101 snd_wnd 9\n"
      "+0 < . 101:111(10) ack 1 win 9\n+0 = ESTABLISHED rcv 111\n"
      "+0 < . 1:101(100) ack 1 win 5000\n+0 = ESTABLISHED snd_wnd 5000\n" },
    { "one with a newer ACK does, too", "by no segment that may set it",
      OLDER_WITH_NEWER_ACK("0") },
    { "which a stack that chooses may do", NULL, "chooses\n" OLDER_WITH_NEWER_ACK("0") },
    { "which a newer ACK may do by its policy", NULL,
      OLDER_WITH_NEWER_ACK("1") },
    { "and lets in what lies behind its number", NULL,
      GAP_FILLED("1") "+0 = ESTABLISHED una 11 rcv 101 snd_wnd 5000\n"
      "+0 < . 101:111(10) ack 11 win 400\n+0 = ESTABLISHED rcv 111 snd_wnd 400\n" },
    { "which no other policy does", "by no segment that may set it",
      GAP_FILLED("2") "+0 = ESTABLISHED una 11 rcv 101 snd_wnd 5000\n" },
    { "a newer ACK must set it by its policy",
      "SND.WND is 900 after a segment at RCV.NXT with a window of 5000",
      GAP_FILLED("1") "+0 = ESTABLISHED una 11 rcv 101\n" },
    { "and one behind its number as well",
      "SND.WND is 900 after a segment at RCV.NXT with a window of 5000",
      OPEN_BY("1") "+0 > . 1:11(10) ack 1 win 1000\n"
      "+0 < . 201:201(0) ack 1 win 900\n+0 = ESTABLISHED nxt 11 snd_wnd 900\n"
      "+0 < . 1:1(0) ack 11 win 900\n+0 = ESTABLISHED una 11\n"
      "+0 < . 1:1(0) ack 11 win 5000\n+0 = ESTABLISHED\n" },
    { "what lies behind its number is newer, and may not be passed over",
      "SND.WND is 900 after a segment at RCV.NXT with a window of 500",
      OPEN_BY("1") "+0 > . 1:11(10) ack 1 win 1000\n"
      "+0 < . 201:201(0) ack 1 win 900\n+0 = ESTABLISHED nxt 11 snd_wnd 900\n"
      "+0 < . 1:11(10) ack 11 win 900\n+0 = ESTABLISHED una 11 rcv 11\n"
      "+0 < . 11:11(0) ack 11 win 500\n+0 = ESTABLISHED\n" },
    { "what is acknowledged is taken off by its policy", NULL,
      GAP_FILLED("2") "+0 = ESTABLISHED una 11 rcv 101 snd_wnd 890\n" },
    { "which a stack that chooses may do, too", NULL,
      "chooses\n" GAP_FILLED("0") "+0 = ESTABLISHED una 11 rcv 101 snd_wnd 890\n" },
    { "and no other", "SND.WND goes from 900 to 890 by no segment that may set it",
      GAP_FILLED("0") "+0 = ESTABLISHED una 11 rcv 101 snd_wnd 890\n" },
    { "it is not taken off", "SND.WND stays 900, and 10 octets of it are used up",
      GAP_FILLED("2") "+0 = ESTABLISHED una 11 rcv 101\n" },
    { "a FIN that is acknowledged takes nothing off", NULL,
      OPEN_BY("2") "+0 close\n+0 > F. 1:1(0) ack 1 win 1000\n"
      "+0 = FIN-WAIT-1 nxt 2\n+0 < . 201:211(10) ack 1 win 900\n+0 > . 2:2(0) ack 1 win 1000\n"
      "+0 = FIN-WAIT-1 snd_wnd 900\n+0 < . 1:1(0) ack 2 win 500\n+0 = FIN-WAIT-2 una 2\n" },
    { "more than there is is taken off, by a smaller window and a higher number", NULL,
      OPEN_BY("2") "+0 > . 1:11(10) ack 1 win 1000\n"
      "+0 < . 201:211(10) ack 1 win 9\n+0 > . 11:11(0) ack 1 win 1000\n"
      "+0 = ESTABLISHED nxt 11 snd_wnd 9\n+0 < . 1:1(0) ack 11 win 900\n"
      "+0 = ESTABLISHED una 11 snd_wnd 0\n" },
    { "a smaller window with the same numbers is passed over by two policies", NULL,
      OPEN_BY("1") "+0 < . 1:1(0) ack 1 win 500\n+0 = ESTABLISHED\n" },
    { "one of zero by one of them", NULL,
      OPEN_BY("2") "+0 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED\n" },
    { "and not by the other", "SND.WND is 1000 after a segment at RCV.NXT with a window of 0",
      OPEN_BY("1") "+0 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED\n" },
    { "and none may be taken", "from 1000 to 500 by a segment with the numbers of the last one",
      OPEN_BY("1") "+0 < . 1:1(0) ack 1 win 500\n"
      "+0 = ESTABLISHED snd_wnd 500\n" },
    { "not even one of zero", "from 1000 to 0 by a segment with the numbers of the last one",
      OPEN_BY("2") "+0 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0\n" },
    { "where a newer ACK sets it, one of zero is", NULL,
      OPEN_BY("1") "+0 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0\n" },
    { "whether a segment out of order had other numbers is not known", NULL,
      OPEN_BY("1") "+0 < . 11:21(10) ack 1 win 1000\n+0 = ESTABLISHED\n"
      "+0 < . 1:1(0) ack 1 win 500\n+0 = ESTABLISHED\n" },
    { "and none behind one past the window, which is older than what comes in it",
      "SND.WND is 2000 after a segment at RCV.NXT with a window of 9",
      OPEN_BY("2") "+0 < . 3001:3001(0) ack 1 win 2000\n+0 = ESTABLISHED snd_wnd 2000\n"
      "+0 < . 1:11(10) ack 1 win 2000\n+0 = ESTABLISHED rcv 11\n"
      "+0 < . 3001:3001(0) ack 1 win 3000\n+0 = ESTABLISHED snd_wnd 3000\n"
      "+0 < . 11:11(0) ack 1 win 9\n+0 = ESTABLISHED snd_wnd 9\n"
      "+0 < . 11:21(10) ack 1 win 2000\n+0 = ESTABLISHED rcv 21 snd_wnd 2000\n"
      "+0 < . 21:21(0) ack 1 win 9\n+0 = ESTABLISHED\n" },
    { "text that is old in part counts as at RCV.NXT by the right edge", NULL,
      OPEN_BY("2") "+0 < . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED rcv 101\n"
      "+0 < . 101:201(100) ack 1 win 800\n+0 = ESTABLISHED rcv 201 snd_wnd 800\n"
      "+0 < . 1:301(300) ack 1 win 5000\n+0 = ESTABLISHED rcv 301 snd_wnd 5000\n" },
    { "and by its number else", "SND.WND goes from 800 to 5000 by no segment that may set it",
      OPEN_BY("1") "+0 < . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED rcv 101\n"
      "+0 < . 101:201(100) ack 1 win 800\n+0 = ESTABLISHED rcv 201 snd_wnd 800\n"
      "+0 < . 1:301(300) ack 1 win 5000\n+0 = ESTABLISHED rcv 301 snd_wnd 5000\n" },
    { "a SYN that is acknowledged takes nothing off", "from 1000 to 999 by a segment with a window",
      "policy window_update=2\n0 listen\n+0 < S 0:0(0) win 1000\n+0 > S. 0:0(0) ack 1 win 1000\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 1000\n"
      "+0 < . 5:5(0) ack 1 win 600\n+0 = ESTABLISHED una 1 snd_wnd 999\n" },
    { "by what scale a window counts is not known behind two SYNs that differ", NULL,
      "policy window_update=2\n0 listen\n+0 < S 0:0(0) win 1000 <wscale 3>\n"
      "+0 < S 0:0(0) win 1000 <wscale 2>\n+0 > S. 0:0(0) ack 1 win 1000 <wscale 0>\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 1000\n"
      "+0 < . 1:1(0) ack 1 win 125\n+0 > . 1:11(10) ack 1 win 1000\n+0 = ESTABLISHED una 1 nxt 11\n"
      "+0 < . 1:1(0) ack 11 win 125\n+0 = ESTABLISHED una 11\n" },
    { "of a policy that nobody told any way will do", NULL,
      "0 listen\n+0 < S 0:0(0) win 1000\n+0 > S. 0:0(0) ack 1 win 1000\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 1000\n"
      "+0 < . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED una 1\n"
      "+0 < . 1:1(0) ack 1 win 500\n+0 = ESTABLISHED\n" },
    { "and none with a higher number", "SND.WND is 1000 after a segment at RCV.NXT with a window",
      OPEN_BY("2") "+0 < . 1:11(10) ack 1 win 1000\n+0 = ESTABLISHED rcv 11\n"
      "+0 < . 11:11(0) ack 1 win 500\n+0 = ESTABLISHED\n" },
    { "so does one that is older than one out of order", "by no segment that may set it",
      OPEN "+0 < . 101:201(100) ack 1 win 460\n+0 > . 1:1(0) ack 1 win 1000\n"
      "+0 = ESTABLISHED snd_wnd 460\n+0 < . 1:101(100) ack 1 win 5000\n"
      "+0 > . 1:1(0) ack 201 win 800\n+0 = ESTABLISHED rcv 201 snd_wnd 5000\n" },
    { "an old ACK sets SND.WND", "by no segment that may set it",
      OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+0 < . 1:1(0) ack 101 win 9\n+0 = ESTABLISHED una 101 snd_wnd 9\n"
      "+0 < . 1:1(0) ack 51 win 5000\n+0 = ESTABLISHED snd_wnd 5000\n" },
    { "an ACK of unsent data sets SND.WND", "by no segment that may set it",
      OPEN "+0 < . 1:1(0) ack 2 win 5000\n+0 = ESTABLISHED snd_wnd 5000\n" },
    { "SND.WND is kept in 16 bits", "SND.WND is 0 after a segment at RCV.NXT with a window of",
      OPEN_SCALED "+0 < . 1:1(0) ack 1 win 8192\n+0 = ESTABLISHED una 1 snd_wnd 0\n" },
    { "SND.WND moves by itself", "by no segment that may set it",
      OPEN "+1 = ESTABLISHED snd_wnd 5000\n" },
    { "one that tells nothing sends too much", "new text up to 102 is sent, the window ends at 101",
      "blind\n0 < S 0:0(0) win 100\n+0 > S. 0:0(0) ack 1 win 100\n+0 < . 1:1(0) ack 1 win 100\n"
      "+0 > . 1:102(101) ack 1 win 100\n" },
    { "SND.WND is no window that came", "from 1000 to 77 by a segment with a window of 9",
      OPEN "+0 = ESTABLISHED\n+0 < . 11:21(10) ack 1 win 9\n+0 = ESTABLISHED snd_wnd 77\n" },
};

static void window_out(void **state)
{
    (void)state;
    trace_check("O5", traces, sizeof traces / sizeof traces[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(window_out) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
