/* SPDX-License-Identifier: BSD-2-Clause */
/* O8, pre-connection: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define LOUD "policy closed_port_silent=0\npolicy half_open_max=128\n"
#define SYN_SENT "0 connect\n+0 > S 0:0(0) win 9\n+0 = SYN-SENT iss 0 una 0 nxt 1\n"
#define DEFERRED                                                                                  \
    "policy half_open_max=1\n0 listen\n+0 set DEFER_ACCEPT 2\n+0 < S 0:0(0) win 9\n"              \
    "+0 > S. 0:0(0) ack 1\n+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1\n"                     \
    "+1 < . 1:1(0) ack 1 win 9\n+0 = ESTABLISHED una 1\n"
#define ANOTHER_IS_DROPPED "on 1\n+0 < S 0:0(0) win 9\n+0 = gone\n"

static const struct trace traces[] = {
    /* CLOSED. 3.10.7.1 */
    { "a RST to no connection draws nothing", NULL, LOUD "0 < R 7:7(0)\n+0 = gone\n" },
    { "an ACK to no connection draws a RST", NULL,
      LOUD "0 < . 7:17(10) ack 5 win 9\n+0 > R 5:5(0)\n+0 = gone\n" },
    { "a SYN to no connection draws a RST with ACK", NULL,
      LOUD "0 < S 7:7(0) win 9\n+0 > R. 0:0(0)! ack 8\n+0 = gone\n" },
    { "no flags at all draw one, too", NULL,
      LOUD "0 < - 7:17(10) win 9\n+0 > R. 0:0(0)! ack 17\n+0 = gone\n" },
    { "a closed port is silent by policy", NULL,
      "policy closed_port_silent=1\n0 < S 7:7(0) win 9\n+0 = gone\n" },
    { "a closed port is silent, and no policy is told", NULL,
      "0 < S 7:7(0) win 9\n+0 = gone\n" },
    { "what is doubtful may be dropped", NULL,
      LOUD "0 < S 7:7(0) win 9 <md5 000102030405060708090a0b0c0d0e0f>\n+0 = gone\n" },
    { "a segment for another address draws nothing", NULL,
      LOUD "0 < S 6:6(0) win 9\n+0 > R. 0:0(0)! ack 7\n+0 = gone\n"
      "+0 far < S 7:7(0) win 9\n+0 = gone\n" },
    { "a damaged segment is not judged", NULL, LOUD "0 bad < S 7:17(10) win 9\n+0 = gone\n" },

    /* LISTEN. 3.10.7.2 */
    { "a listener ignores a RST", NULL, LOUD "0 listen\n+0 < R 7:7(0)\n+0 = gone\n" },
    { "a listener ignores a RST with ACK", NULL,
      LOUD "0 listen\n+0 < R. 7:7(0) ack 5\n+0 = gone\n" },
    { "an ACK to a listener draws a RST", NULL,
      LOUD "0 listen\n+0 < . 7:7(0) ack 5\n+0 > R 5:5(0)\n+0 = gone\n" },
    { "a SYN,ACK to a listener draws a RST", NULL,
      LOUD "0 listen\n+0 < S. 7:7(0) ack 5\n+0 > R 5:5(0)\n+0 = gone\n" },
    { "a SYN to a listener draws a SYN,ACK", NULL,
      LOUD "0 listen\n+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1\n" },
    { "text and FIN of a SYN are left to be sent again", NULL,
      LOUD "0 listen\n+0 < SF 0:10(10) win 9\n+0 > S. 0:0(0) ack 1\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1\n" },
    { "or they are acknowledged with it", NULL,
      "chooses\n" LOUD "0 listen\n+0 < S 0:10(10) win 9\n+0 > S. 0:0(0) ack 11\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 11\n" },
    { "a listener ignores what has no flags, or FIN alone", NULL,
      LOUD "0 listen\n+0 < - 7:17(10)\n+0 = gone\n+0 < F 7:7(0)\n+0 = gone\n" },
    { "a backlog of one that is not known to be empty", NULL,
      "policy half_open_max=1\n0 listen\n+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1\non 1\n+0 < S 0:0(0) win 9\n+0 = gone\n" },
    { "one that text had come on before it was reset waits to be accepted, and takes room", NULL,
      DEFERRED "+0 < P. 1:2(1) ack 1 win 9\n+0 > . 1:1(0) ack 2\n+0 = ESTABLISHED rcv 2\n"
      "+1.5 < R 2:2(0)\n+0 = gone\n" ANOTHER_IS_DROPPED },
    { "so does one that was reset when the time of TCP_DEFER_ACCEPT was over", NULL,
      DEFERRED "+2.5 < R 1:1(0)\n+0 = gone\n" ANOTHER_IS_DROPPED },
    { "how many may be half-open is not told", NULL, "0 listen\n+0 < S 0:0(0)\n+0 = gone\n" },
    { "a stack that chooses refuses a SYN", NULL,
      "chooses\n0 listen\n+0 < S 0:0(0)\n+0 > R. 0:0(0)! ack 1\n+0 = gone\n" },
    { "a stack that chooses drops an ACK", NULL,
      "chooses\n0 listen\n+0 < . 7:7(0) ack 5\n+0 = gone\n" },

    /* SYN-SENT. 3.10.7.3 */
    { "an ACK of too much draws a RST", NULL,
      SYN_SENT "+0 < S. 0:0(0) ack 2\n+0 > R 2:2(0)\n+0 = SYN-SENT\n" },
    { "an ACK of nothing draws a RST", NULL,
      SYN_SENT "+0 < . 0:0(0) ack 0\n+0 > R 0:0(0)\n+0 = SYN-SENT\n" },
    { "a RST with such an ACK draws nothing", NULL,
      SYN_SENT "+0 < R. 0:0(0) ack 2\n+0 = SYN-SENT\n" },
    { "a RST without ACK draws nothing", NULL, SYN_SENT "+0 < R 0:0(0)\n+0 = SYN-SENT\n" },
    { "a RST that acknowledges the SYN ends the attempt", NULL,
      SYN_SENT "+0 < R. 77:77(0) ack 1\n+0 = gone\n" },
    { "a SYN,ACK is acknowledged", NULL,
      SYN_SENT "+0 < S. 0:0(0) ack 1 win 9\n+0 > . 1:1(0) ack 1\n"
      "+0 = ESTABLISHED irs 0 una 1 rcv 1\n" },
    { "text goes with that ACK", NULL,
      SYN_SENT "+0 < S. 0:0(0) ack 1 win 9\n+0 > P. 1:6(5) ack 1\n"
      "+0 = ESTABLISHED irs 0 una 1 rcv 1 nxt 6\n" },
    { "a SYN,ACK with text and FIN is acknowledged whole", NULL,
      SYN_SENT "+0 < SF. 0:5(5) ack 1 win 9\n+0 > . 1:1(0) ack 7\n"
      "+0 = CLOSE-WAIT irs 0 una 1 rcv 7\n" },
    { "or the SYN first", NULL,
      SYN_SENT "+0 < S. 0:5(5) ack 1 win 9\n+0 > . 1:1(0) ack 1\n+0 > . 1:1(0) ack 6\n"
      "+0 = ESTABLISHED irs 0 una 1 rcv 6\n" },
    { "its text comes too late", NULL,
      SYN_SENT "+0 shutdown 0\n+0 = SYN-SENT\n+0 < S. 0:5(5) ack 1 win 9\n+0 > R 1:1(0)\n"
      "+0 = gone\n" },
    { "a SYN crosses", NULL,
      SYN_SENT "+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1\n+0 = SYN-RECEIVED irs 0 rcv 1\n" },
    { "what has neither SYN nor RST draws nothing", NULL,
      SYN_SENT "+0 < . 5:5(0) ack 1\n+0 = SYN-SENT\n+0 < F. 5:15(10) ack 1\n+0 = SYN-SENT\n"
      "+0 < - 5:15(10)\n+0 = SYN-SENT\n" },
    { "the SYN is sent again by the timer", NULL,
      SYN_SENT "+1 > S 0:0(0) win 9\n+0 = SYN-SENT\n" },
    { "a stack that chooses delays the ACK, and repeats its SYN when an ACK is wrong", NULL,
      "chooses\n" SYN_SENT "+0 < . 0:0(0) ack 7\n+0 > R 7:7(0)\n+0 > S 0:0(0) win 9\n"
      "+0 = SYN-SENT\n"
      "+0 < S. 0:0(0) ack 1 win 9\n+0 = ESTABLISHED irs 0 una 1 rcv 1\n" },

    { "a RST to no connection draws a RST", "a segment with RST draws a RST in CLOSED, not nothing",
      "0 < R 7:7(0)\n+0 > R 0:0(0)\n+0 = gone\n" },
    { "a SYN to no connection draws nothing",
      "a segment with SYN draws nothing in CLOSED, not a RST,ACK",
      LOUD "0 < S 7:7(0) win 9\n+0 = gone\n" },
    { "a SYN to no connection draws a bare RST",
      "a segment with SYN draws a RST in CLOSED, not a RST,ACK",
      LOUD "0 < S 7:7(0) win 9\n+0 > R 0:0(0)!\n+0 = gone\n" },
    { "an ACK to no connection draws an ACK", "draws an ACK in CLOSED, not a RST",
      LOUD "0 < . 7:7(0) ack 5\n+0 > . 5:5(0) ack 7\n+0 = gone\n" },
    { "a segment draws two RST", "a segment draws 2 RST and 0 SYN,ACK in CLOSED",
      LOUD "0 < . 7:7(0) ack 5\n+0 > R 5:5(0)\n+0 > R 5:5(0)\n+0 = gone\n" },
    { "a SYN to a port where nobody listens opens a connection",
      "draws a SYN,ACK in CLOSED, not a RST,ACK",
      "0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1\n+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1\n" },
    { "a segment for another address is refused", "draws a RST,ACK in CLOSED, not nothing",
      LOUD "0 far < S 7:7(0) win 9\n+0 far > R. 0:0(0)! ack 8\n+0 = gone\n" },

    { "a RST to a listener draws a RST", "a segment with RST draws a RST in LISTEN, not nothing",
      "0 listen\n+0 < R 7:7(0)\n+0 > R 0:0(0)\n+0 = gone\n" },
    { "an ACK to a listener draws nothing", "a segment with ACK draws nothing in LISTEN, not a RST",
      "0 listen\n+0 < . 7:7(0) ack 5\n+0 = gone\n" },
    { "a SYN,ACK opens a connection", "a segment with SYN,ACK draws a SYN,ACK in LISTEN, not a RST",
      "0 listen\n+0 < S. 0:0(0) ack 5 win 9\n+0 > S. 0:0(0) ack 1\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1\n" },
    { "a SYN draws nothing", "a segment with SYN draws nothing in LISTEN, not a SYN,ACK",
      LOUD "0 listen\n+0 < S 0:0(0) win 9\n+0 = gone\n" },
    { "a SYN draws nothing, though the one before was reset while TCP_DEFER_ACCEPT held it back",
      "a segment with SYN draws nothing in LISTEN, not a SYN,ACK",
      DEFERRED "+1.5 < R 1:1(0)\n+0 = gone\n" ANOTHER_IS_DROPPED },
    { "a SYN is refused", "a segment with SYN draws a RST,ACK in LISTEN, not a SYN,ACK",
      LOUD "0 listen\n+0 < S 0:0(0) win 9\n+0 > R. 0:0(0)! ack 1\n+0 = gone\n" },
    { "a SYN,ACK acknowledges nothing", "is answered in LISTEN by an ACK of",
      LOUD "0 listen\n+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 0\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1\n" },
    { "a SYN,ACK acknowledges more than there is", "is answered in LISTEN by an ACK of",
      "chooses\n" LOUD "0 listen\n+0 < S 0:9(9) win 9\n+0 > S. 0:0(0) ack 11\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1\n" },
    { "FIN alone draws a RST", "a segment with FIN draws a RST,ACK in LISTEN, not nothing",
      "0 listen\n+0 < F 7:7(0)\n+0 > R. 0:0(0)! ack 8\n+0 = gone\n" },
    { "FIN alone opens a connection", "a segment with FIN leads from LISTEN to SYN-RECEIVED",
      "0 listen\n+0 < F 0:0(0)\n+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 0\n" },

    { "an unacceptable ACK draws nothing",
      "a segment with ACK (unacceptable) draws nothing in SYN-SENT, not a RST",
      SYN_SENT "+0 < . 0:0(0) ack 0\n+0 = SYN-SENT\n" },
    { "an unacceptable ACK ends the attempt",
      "a segment with ACK (unacceptable) leads from SYN-SENT to CLOSED",
      SYN_SENT "+0 < . 0:0(0) ack 2\n+0 > R 2:2(0)\n+0 = gone\n" },
    { "a RST with an unacceptable ACK draws a RST",
      "a segment with RST,ACK (unacceptable) draws a RST in SYN-SENT, not nothing",
      SYN_SENT "+0 < R. 0:0(0) ack 2\n+0 > R 2:2(0)\n+0 = SYN-SENT\n" },
    { "a RST with an unacceptable ACK ends the attempt",
      "a segment with RST,ACK (unacceptable) leads from SYN-SENT to CLOSED",
      SYN_SENT "+0 < R. 0:0(0) ack 2\n+0 = gone\n" },
    { "a RST without ACK ends the attempt", "a segment with RST leads from SYN-SENT to CLOSED",
      SYN_SENT "+0 < R 0:0(0)\n+0 = gone\n" },
    { "a RST that acknowledges the SYN changes nothing",
      "a segment with RST,ACK (acceptable) leads from SYN-SENT to SYN-SENT",
      SYN_SENT "+0 < R. 0:0(0) ack 1\n+0 = SYN-SENT\n" },
    { "a SYN,ACK draws nothing",
      "a segment with SYN,ACK (acceptable) draws nothing in SYN-SENT, not an ACK",
      SYN_SENT "+0 < S. 0:0(0) ack 1 win 9\n+0 = ESTABLISHED irs 0 una 1 rcv 1\n" },
    { "a SYN,ACK is acknowledged too far", "is answered in SYN-SENT by an ACK of",
      SYN_SENT "+0 < S. 0:0(0) ack 1 win 9\n+0 > . 1:1(0) ack 2\n"
      "+0 = ESTABLISHED irs 0 una 1 rcv 1\n" },
    { "a SYN,ACK is acknowledged, and changes nothing",
      "a segment with SYN,ACK (acceptable) leads from SYN-SENT to SYN-SENT",
      SYN_SENT "+0 < S. 0:0(0) ack 1 win 9\n+0 > . 1:1(0) ack 1\n+0 = SYN-SENT\n" },
    { "a crossing SYN draws nothing", "a segment with SYN draws nothing in SYN-SENT, not a SYN,ACK",
      SYN_SENT "+0 < S 0:0(0) win 9\n+0 = SYN-SENT\n" },
    { "a crossing SYN draws an ACK", "a segment with SYN draws an ACK in SYN-SENT, not a SYN,ACK",
      SYN_SENT "+0 < S 0:0(0) win 9\n+0 > . 1:1(0) ack 1\n+0 = SYN-RECEIVED irs 0 rcv 1\n" },
    { "a crossing SYN draws another number", "the SYN,ACK for a SYN that crossed has number",
      SYN_SENT "+0 < S 0:0(0) win 9\n+0 > S. 1:1(0) ack 1\n+0 = SYN-RECEIVED irs 0 rcv 1\n" },
    { "a crossing SYN establishes", "a segment with SYN leads from SYN-SENT to ESTABLISHED",
      SYN_SENT "+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1\n+0 = ESTABLISHED irs 0 rcv 1\n" },
    { "a bare ACK establishes",
      "a segment with ACK (acceptable) leads from SYN-SENT to ESTABLISHED",
      SYN_SENT "+0 < . 0:0(0) ack 1 win 9\n+0 = ESTABLISHED irs 0 una 1 rcv 0\n" },
    { "a bare ACK draws a RST",
      "a segment with ACK (acceptable) draws a RST in SYN-SENT, not nothing",
      SYN_SENT "+0 < . 0:0(0) ack 1 win 9\n+0 > R 1:1(0)\n+0 = SYN-SENT\n" },
};

static void pre_connection(void **state)
{
    (void)state;
    trace_check("O8", traces, sizeof traces / sizeof traces[0]);
}

static void silent(void **state)
{
    (void)state;
    trace_check_silent("O8", "blind\n0 listen\n+0 < S 0:0(0)\n");
    trace_check_silent("O8", "real time\n" SYN_SENT "+0 < . 0:0(0) ack 0\n+0 = SYN-SENT\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(pre_connection),
                                        cmocka_unit_test(silent) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
