/* SPDX-License-Identifier: BSD-2-Clause */
/* O7, reset-rule: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define OPEN                                                                                      \
    "0 listen\n+0 < S 0:0(0) win 1000\n+0 > S. 0:0(0) ack 1 win 1000\n"                           \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 1000\n"                 \
    "+0.1 < . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED una 1\n+0 accept\n"
#define BOTH "policy rfc5961_reset=1\npolicy rfc5961_syn=1\n"
#define STRICT BOTH "policy challenge_count=10\npolicy challenge_interval_us=5000000\n"
#define TIME_WAIT                                                                                 \
    OPEN "+0 close\n+0 > F. 1:1(0) ack 1 win 1000\n+0 = FIN-WAIT-1 nxt 2\n"                       \
    "+0 < F. 1:1(0) ack 2 win 9\n+0 > . 2:2(0) ack 2 win 999\n"                                  \
    "+0 = TIME-WAIT una 2 rcv 2 rcv_wnd 999\n"
#define SYN_RECEIVED                                                                              \
    STRICT "0 listen\n+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1 win 9\n"                          \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 9 snd_wnd 9\n"

static const struct trace traces[] = {
    { "a RST at RCV.NXT ends the connection", NULL,
      STRICT OPEN "+0 < R 1:1(0)\n+0 = gone\n" },
    { "a RST outside the window is dropped", NULL,
      STRICT OPEN "+0 < R 0:0(0)\n+0 = ESTABLISHED\n+0 < R 1001:1001(0)\n+0 = ESTABLISHED\n" },
    { "a RST in the window is challenged", NULL,
      STRICT OPEN "+0 < R 1000:1000(0)\n+0 > . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED\n" },
    { "the throttle may hold a challenge back", NULL,
      BOTH "policy challenge_count=1\npolicy challenge_interval_us=5000000\n"
      OPEN "+0 < R 2:2(0)\n+0 > . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED\n+4 < R 2:2(0)\n"
      "+0 = ESTABLISHED\n" },
    { "without the policy a RST in the window ends it", NULL,
      "policy rfc5961_reset=0\npolicy rfc5961_syn=1\n"
      OPEN "+0 < R 5:5(0)\n+0 = gone\n" },
    { "without the policy a SYN in the window ends it", NULL,
      "policy rfc5961_reset=1\npolicy rfc5961_syn=0\n"
      OPEN "+0 < S 5:5(0) win 9\n+0 > R. 0:0(0)! ack 6\n+0 = gone\n" },
    { "a SYN before the window may not end it", NULL,
      "policy rfc5961_syn=0\n" OPEN "+0 < S 0:10(10) win 9\n+0 > . 1:1(0) ack 1 win 1000\n"
      "+0 = ESTABLISHED\n" },
    { "where no policy is told either is right", NULL,
      OPEN "+0 < R 5:5(0)\n+0 = gone\n" },
    { "where no policy is told either is right", NULL,
      OPEN "+0 < R 5:5(0)\n+0 > . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED\n" },
    { "a SYN is challenged, wherever it stands", NULL,
      STRICT OPEN "+0 < S 77:77(0) win 9\n+0 > . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED\n"
      "+0 < S. 1:1(0) ack 1 win 9\n+0 > . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED\n" },
    { "a challenge ACK that carries the FIN again", NULL,
      STRICT OPEN "+0 shutdown 1\n+0 > F. 1:1(0) ack 1 win 1000\n+0 = FIN-WAIT-1 nxt 2\n"
      "+0 < R 5:5(0)\n+0 > F. 1:1(0) ack 1 win 1000\n+0 = FIN-WAIT-1\n" },
    { "a RST between the window that is told and the one that was offered", NULL,
      STRICT OPEN "+0 set RCVBUF 100\n+0 = ESTABLISHED rcv_wnd 100\n+0 < R 500:500(0)\n"
      "+0 = ESTABLISHED\n" },
    { "a RST with a closed window, at its edge", NULL,
      STRICT OPEN "+0 < . 1:1001(1000) ack 1 win 9\n+0 > . 1:1(0) ack 1001 win 0\n"
      "+0 = ESTABLISHED rcv 1001 rcv_wnd 0\n+0 < R 1002:1002(0)\n+0 = ESTABLISHED\n"
      "+0 < R 1001:1001(0)\n+0 = gone\n" },
    { "a RST ends TIME-WAIT", NULL,
      STRICT TIME_WAIT "+0 < R 2:2(0)\n+0 = gone\n" },
    { "or not, by RFC 1337", NULL,
      STRICT "policy rfc1337=1\n" TIME_WAIT "+0 < R 2:2(0)\n+0 = TIME-WAIT\n" },
    { "a SYN reopens TIME-WAIT", NULL,
      STRICT TIME_WAIT "+0 < S 500:500(0) win 9\n+0 > S. 900:900(0) ack 501\n"
      "+0 = SYN-RECEIVED iss 900 irs 500 una 900 nxt 901 rcv 501\n" },
    { "a segment to no connection draws a RST with its ACK as number", NULL,
      "0 < . 7:17(10) ack 5 win 9\n+0 > R 5:5(0) win 0\n+0 = gone\n" },
    { "without ACK the RST acknowledges it", NULL,
      "0 < S 7:17(10) win 9\n+0 > R. 0:0(0)! ack 18 win 0\n+0 = gone\n" },
    { "a RST to no connection draws nothing", NULL,
      "0 < R 7:7(0) win 9\n+0 = gone\n" },
    { "an ACK to a listener draws a RST", NULL,
      "0 listen\n+0 = gone\n+0 < . 7:7(0) ack 5 win 9\n+0 > R 5:5(0) win 0\n+0 = gone\n" },
    { "an ACK of another SYN draws a RST in SYN-SENT", NULL,
      "0 connect\n+0 > S 0:0(0) win 9\n+0 = SYN-SENT iss 0 una 0 nxt 1\n"
      "+0 < S. 0:0(0) ack 2 win 9\n+0 > R 2:2(0) win 0\n+0 = SYN-SENT\n" },
    { "an ACK of less than our SYN, or of more, draws a RST in SYN-RECEIVED", NULL,
      SYN_RECEIVED "+0 < . 1:1(0) ack 0 win 9\n+0 > R 0:0(0) win 0\n+0 = SYN-RECEIVED\n"
      "+0 < . 1:1(0) ack 2 win 9\n+0 > R 2:2(0) win 0\n+0 = SYN-RECEIVED\n" },
    { "text with the ACK of our SYN draws one, if its user reads no more", NULL,
      STRICT "0 connect\n+0 > S 0:0(0) win 9\n+0 = SYN-SENT iss 0 una 0 nxt 1\n+0 shutdown 0\n"
      "+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1 win 9\n"
      "+0 = SYN-RECEIVED irs 0 rcv 1 rcv_wnd 9 snd_wnd 9\n"
      "+0 < P. 1:6(5) ack 1 win 9\n+0 > R 1:1(0) win 0\n+0 = gone\n" },
    { "a SYN in the window may draw one there", NULL,
      SYN_RECEIVED "+0 < S 2:2(0) win 9\n+0 > R. 1:1(0) ack 3 win 0\n+0 = gone\n" },
    { "text after a full close draws a RST", NULL,
      STRICT OPEN "+0 close\n+0 > F. 1:1(0) ack 1 win 1000\n+0 = FIN-WAIT-1 nxt 2\n"
      "+0 < . 1:11(10) ack 2 win 9\n+0 > R 2:2(0)\n+0 = gone\n" },
    { "text after shutdown of both draws a RST", NULL,
      STRICT OPEN "+0 shutdown 2\n+0 > F. 1:1(0) ack 1 win 1000\n+0 = FIN-WAIT-1 nxt 2\n"
      "+0 < . 1:11(10) ack 2 win 9\n+0 > R 2:2(0)\n+0 = gone\n" },
    { "the user aborts right after a segment", NULL,
      STRICT OPEN "+0 < . 1:11(10) ack 1 win 9\n+0 = ESTABLISHED rcv 11\n+0 set LINGER 0\n"
      "+0 close\n+0 > R 1:1(0)\n+0 = gone\n" },

    { "ABORT after a timeout has any number of what was sent", NULL,
      STRICT OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+1 > . 1:51(50) ack 1 win 1000\n+0 = ESTABLISHED nxt 51\n+0 set LINGER 0\n+0 close\n"
      "+0 > R 101:101(0)\n+0 = gone\n" },
    { "ABORT has the number of SND.UNA", "a RST of ABORT has number 1, SND.NXT is 101",
      STRICT OPEN "+0 > . 1:101(100) ack 1 win 1000\n+0 = ESTABLISHED nxt 101\n"
      "+0 set LINGER 0\n+0 close\n+0 > R 1:1(0)\n+0 = gone\n" },
    { "a RST is answered with a RST", "is answered with a RST",
      STRICT OPEN "+0 < R 5:5(0)\n+0 > R 1:1(0)\n+0 = gone\n" },
    { "a RST outside the window ends the connection",
      "outside the window from 1 on 1000, ends the connection",
      STRICT OPEN "+0 < R 1001:1001(0)\n+0 = gone\n" },
    { "a RST left of the window ends the connection",
      "outside the window from 1 on 1000, ends the connection",
      STRICT OPEN "+0 < R 0:0(0)\n+0 = gone\n" },
    { "a RST outside the window is challenged", "outside the window from 1 on 1000, is answered",
      STRICT OPEN "+0 < R 1001:1001(0)\n+0 > . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED\n" },
    { "a RST in the window ends the connection", "a RST at 2 ends the connection, RCV.NXT is 1",
      STRICT OPEN "+0 < R 2:2(0)\n+0 = gone\n" },
    { "a RST in the window draws nothing",
      "a RST at 2 of the window from 1 on 1000 draws no challenge ACK",
      STRICT OPEN "+0 < R 2:2(0)\n+0 = ESTABLISHED\n" },
    { "a RST at RCV.NXT changes nothing", "a RST at RCV.NXT, 1, does not end the connection",
      STRICT OPEN "+0 < R 1:1(0)\n+0 > . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED\n" },
    { "a RST in the window does nothing, without the policy",
      "a RST at 5 in the window does not end the connection",
      "policy rfc5961_reset=0\npolicy rfc5961_syn=1\n"
      OPEN "+0 < R 5:5(0)\n+0 = ESTABLISHED\n" },
    { "a RST in the window ends the connection, where it is a SYN that may",
      "a RST at 2 ends the connection, RCV.NXT is 1",
      "policy rfc5961_reset=1\npolicy rfc5961_syn=0\n" OPEN "+0 < R 2:2(0)\n+0 = gone\n" },
    { "a SYN ends the connection, where it is a RST that may",
      "a SYN at 5 ends a connection in ESTABLISHED",
      "policy rfc5961_reset=0\npolicy rfc5961_syn=1\n"
      OPEN "+0 < S 5:5(0) win 9\n+0 > R. 0:0(0)! ack 6\n+0 = gone\n" },
    { "a SYN ends the connection", "a SYN at 5 ends a connection in ESTABLISHED",
      STRICT OPEN "+0 < S 5:5(0) win 9\n+0 > R. 1:1(0) ack 6\n+0 = gone\n" },
    { "a SYN draws a RST", "draws a RST from a connection in ESTABLISHED",
      STRICT OPEN "+0 < S 5:5(0) win 9\n+0 > R. 1:1(0) ack 6\n+0 = ESTABLISHED\n" },
    { "a SYN draws nothing", "a SYN at 5 of the window from 1 on 1000 draws no challenge ACK",
      STRICT OPEN "+0 < S 5:5(0) win 9\n+0 = ESTABLISHED\n" },
    { "the challenge acknowledges the SYN", "the challenge ACK for a SYN acknowledges 2, not 1",
      STRICT OPEN "+0 < S 1:1(0) win 9\n+0 > . 1:1(0) ack 2 win 1000\n+0 = ESTABLISHED\n" },
    { "the challenge has an old number", "the challenge ACK for a RST has number 1, SND.NXT is 11",
      STRICT OPEN "+0 > . 1:11(10) ack 1 win 1000\n+0 = ESTABLISHED nxt 11\n+0 < R 5:5(0)\n"
      "+0 > . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED\n" },
    { "the throttle is used up for good", "draws no challenge ACK",
      BOTH "policy challenge_count=1\npolicy challenge_interval_us=5000000\n"
      OPEN "+0 < R 2:2(0)\n+0 > . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED\n+5.1 < R 2:2(0)\n"
      "+0 = ESTABLISHED\n" },
    { "a RST in CLOSED with a number of its own", "a RST has number",
      "0 < . 7:17(10) ack 5 win 9\n+0 > R 6:6(0) win 0\n+0 = gone\n" },
    { "a RST for a SYN that acknowledges too little", "not 0 and",
      "0 < S 7:17(10) win 9\n+0 > R. 0:0(0)! ack 17 win 0\n+0 = gone\n" },
    { "text draws a RST though its user is there",
      "a segment at 1 draws a RST in ESTABLISHED, where none is sent",
      STRICT OPEN "+0 < . 1:11(10) ack 1 win 9\n+0 > R 1:1(0)\n+0 = gone\n" },
    { "an option of impossible length may draw one", NULL,
      STRICT OPEN "+0 < . 1:11(10) ack 1 win 9 <gen-2 05,nop>\n+0 > R 1:1(0)\n+0 = gone\n" },
    { "a RST in TIME-WAIT without RFC 1337", "a RST at RCV.NXT, 2, does not end the connection",
      STRICT "policy rfc1337=0\n" TIME_WAIT "+0 < R 2:2(0)\n+0 = TIME-WAIT\n" },
    { "a SYN before the window ends it",
      "a SYN at 0, before the window from 1 on, ends a connection",
      "policy rfc5961_syn=0\n" OPEN "+0 < S 0:10(10) win 9\n+0 > R. 0:0(0)! ack 11\n+0 = gone\n" },
    { "the ACK of our SYN draws a RST", "the ACK of 1 that ends the handshake draws a RST",
      SYN_RECEIVED "+0 < . 1:1(0) ack 1 win 9\n+0 > R 1:1(0)\n+0 = SYN-RECEIVED\n" },
    { "a RST for an ACK of more than our SYN has SND.NXT as its number", "a RST has number",
      SYN_RECEIVED "+0 < . 1:1(0) ack 2 win 9\n+0 > R 1:1(0)\n+0 = SYN-RECEIVED\n" },
    { "a timer sends a RST", "a timer sends a RST in ESTABLISHED",
      STRICT OPEN "+0 = ESTABLISHED\n+100 > R 1:1(0)\n+0 = gone\n" },
};

static void reset_rule(void **state)
{
    (void)state;
    trace_check("O7", traces, sizeof traces / sizeof traces[0]);
}

static void silent(void **state)
{
    (void)state;
    trace_check_silent("O7", "real time\n" OPEN "+0 < R 5:5(0)\n+0 > R 1:1(0)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(reset_rule), cmocka_unit_test(silent) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
