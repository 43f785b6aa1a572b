/* SPDX-License-Identifier: BSD-2-Clause */
/* O3, receive-monotonic: traces that it must accept, and traces that it must reject. */
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
    { "text in order", NULL,
      OPEN "+0 < . 1:11(10) ack 1 win 9\n+0 > . 1:1(0) ack 11\n+0 = ESTABLISHED rcv 11\n" },
    { "a stack that chooses leaves text in order to come again", NULL,
      "chooses\n" OPEN "+0 = ESTABLISHED\n+0 < . 1:11(10) ack 1 win 9\n+0 = ESTABLISHED\n" },
    { "or for an old one", NULL,
      OPEN "+0 = ESTABLISHED\n+0 < . 1:11(10) ack 0 win 9\n+0 > . 1:1(0) ack 1\n"
      "+0 = ESTABLISHED\n" },
    { "or for an old one that the range of RFC 5961 leaves out", NULL,
      "policy rfc5961_ack=1\n" OPEN "+0 = ESTABLISHED\n+0 < . 1:11(10) ack 0 win 9\n"
      "+0 > . 1:1(0) ack 1\n+0 = ESTABLISHED\n" },
    { "without that range it may be refused for an ACK of what was not sent", NULL,
      "policy rfc5961_ack=0\n" OPEN "+0 = ESTABLISHED\n+0 < . 1:11(10) ack 9 win 9\n"
      "+0 > . 1:1(0) ack 1\n+0 = ESTABLISHED\n" },
    { "and is taken with an old one", NULL,
      "policy rfc5961_ack=0\n" OPEN "+0 = ESTABLISHED\n+0 < . 1:11(10) ack 0 win 9\n"
      "+0 > . 1:1(0) ack 11\n+0 = ESTABLISHED rcv 11\n" },
    { "it may be refused for its ACK", NULL,
      OPEN "+0 = ESTABLISHED\n+0 < . 1:11(10) ack 9 win 9\n+0 > . 1:1(0) ack 1\n"
      "+0 = ESTABLISHED\n" },
    { "an ACK that waits", NULL,
      OPEN "+0 < . 1:11(10) ack 1 win 9\n+0 = ESTABLISHED rcv 11\n+0.2 > . 1:1(0) ack 11\n" },
    { "a stack that chooses sends a segment again as it was", NULL,
      "chooses\n" OPEN "+0 > . 1:11(10) ack 1 win 1000\n+0 = ESTABLISHED nxt 11\n"
      "+0 < . 1:11(10) ack 1 win 9\n+0 > . 11:11(0) ack 11\n+0 = ESTABLISHED rcv 11\n"
      "+1 > . 1:11(10) ack 1 win 1000\n" },
    { "text out of order is held until the gap is filled", NULL,
      OPEN "+0 < . 11:21(10) ack 1 win 9\n+0 > . 1:1(0) ack 1\n+0 = ESTABLISHED\n"
      "+0 < . 31:41(10) ack 1 win 9\n+0 > . 1:1(0) ack 1\n+0 < . 1:31(30) ack 1 win 9\n"
      "+0 > . 1:1(0) ack 41\n+0 = ESTABLISHED rcv 41\n" },
    { "text out of order is not held at all", NULL,
      OPEN "+0 < . 11:21(10) ack 1 win 9\n+0 < . 1:11(10) ack 1 win 9\n+0 > . 1:1(0) ack 11\n"
      "+0 = ESTABLISHED rcv 11\n" },
    { "old and new text in one segment", NULL,
      OPEN "+0 < . 1:11(10) ack 1 win 9\n+0 > . 1:1(0) ack 11\n+0 = ESTABLISHED rcv 11\n"
      "+0 < . 6:16(10) ack 1 win 9\n+0 > . 1:1(0) ack 16\n+0 = ESTABLISHED rcv 16\n" },
    { "a SYN with text, which is taken", NULL,
      "0 listen\n+0 < S 0:10(10) win 9\n+0 > S. 0:0(0) ack 11\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 11\n" },
    { "a FIN of a SYN that was refused, at the number of the SYN that was not", NULL,
      "0 connect\n+0 > S 0:0(0) win 9\n+0 = SYN-SENT iss 0 una 0 nxt 1\n"
      "+0 < SF 4294967294:4294967295(1) win 9\n+0 = SYN-SENT\n+0 < S 0:0(0) win 9\n"
      "+0 > S. 0:0(0) ack 1 win 9\n+0 = SYN-RECEIVED irs 0 rcv 1\n" },
    { "a SYN with text, which is left", NULL,
      "0 listen\n+0 < S 0:10(10) win 9\n+0 > S. 0:0(0) ack 1\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1\n" },
    { "a FIN ahead of text, and again", NULL,
      OPEN "+0 < F. 11:11(0) ack 1 win 9\n+0 > . 1:1(0) ack 1\n+0 = ESTABLISHED\n"
      "+0 < . 1:11(10) ack 1 win 9\n+0 > . 1:1(0) ack 12\n+0 = CLOSE-WAIT rcv 12\n"
      "+0 < F. 11:11(0) ack 1 win 9\n+0 > . 1:1(0) ack 12\n+0 = CLOSE-WAIT\n" },
    { "text behind a FIN that has not counted yet takes its number", NULL,
      OPEN "+0 < F. 5:5(0) ack 1 win 9\n+0 > . 1:1(0) ack 1\n+0 < . 1:11(10) ack 1 win 9\n"
      "+0 > . 1:1(0) ack 11\n+0 = ESTABLISHED rcv 11\n" },
    { "a RST acknowledges what it answers", NULL,
      OPEN "+0 < . 1:11(10) ack 1 win 9\n+0 > . 1:1(0) ack 11\n+0 = ESTABLISHED rcv 11\n"
      "+0 > R. 1:1(0) ack 5\n" },
    { "the answer to a SYN,ACK", NULL,
      "0 connect\n+0 > S 0:0(0) win 9\n+0 = SYN-SENT iss 0 una 0 nxt 1\n"
      "+0 < S. 0:0(0) ack 1 win 9\n+0 > . 1:1(0) ack 1\n+0 = ESTABLISHED irs 0 una 1 rcv 1\n" },
    { "a RST to a SYN that came to no connection", NULL,
      "0 < S 0:0(0) win 9\n+0 > R. 0:0(0) ack 1\n" },

    { "a FIN where the SYN will stand counts nothing", NULL,
      "0 connect\n+0 > S 0:0(0) win 9\n+0 = SYN-SENT iss 0 una 0 nxt 1\n+0 < F 0:0(0) win 9\n"
      "+0 = SYN-SENT\n+0 < S. 0:0(0) ack 1 win 9\n+0 > . 1:1(0) ack 1\n"
      "+0 = ESTABLISHED irs 0 una 1 rcv 1\n" },
    { "an ACK runs ahead of what arrived",
      "what is acknowledged is 21, but not all from 1 on has arrived",
      OPEN "+0 < . 1:11(10) ack 1 win 9\n+0 > . 1:1(0) ack 21\n" },
    { "RCV.NXT runs over a gap", "RCV.NXT is 21, but not all from 1 on has arrived",
      OPEN "+0 < . 11:21(10) ack 1 win 9\n+0 = ESTABLISHED rcv 21\n" },
    { "RCV.NXT moves by nothing", "RCV.NXT is 2, but not all from 1 on",
      OPEN "+1 = ESTABLISHED rcv 2\n" },
    { "RCV.NXT goes back", "RCV.NXT goes back from 11 to 1",
      OPEN "+0 < . 1:11(10) ack 1 win 9\n+0 = ESTABLISHED rcv 11\n+1 = ESTABLISHED rcv 1\n" },
    { "an ACK goes back", "an ACK goes back from 11 to 1",
      OPEN "+0 < . 1:11(10) ack 1 win 9\n+0 > . 1:1(0) ack 11\n+0 > . 1:1(0) ack 1\n" },
    { "an ACK says less than RCV.NXT", "1 is acknowledged, but RCV.NXT was 11 already",
      OPEN "+0 < . 1:11(10) ack 1 win 9\n+0 = ESTABLISHED rcv 11\n+0 > . 1:1(0) ack 1\n" },
    { "the SYN counts twice", "what is acknowledged is",
      "0 listen\n+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 2\n" },
    { "the SYN counts nothing", "what is acknowledged is",
      "0 connect\n+0 > S 0:0(0) win 9\n+0 < S. 0:0(0) ack 1 win 9\n+0 > . 1:1(0) ack 0\n" },
    { "the FIN counts twice", "but the FIN had 1",
      OPEN "+0 < F. 1:1(0) ack 1 win 9\n+0 > . 1:1(0) ack 2\n+0 = CLOSE-WAIT rcv 2\n"
      "+0 < F. 2:2(0) ack 1 win 9\n+0 > . 1:1(0) ack 3\n" },
    { "text behind the FIN is taken", "but the FIN had 1",
      OPEN "+0 < F. 1:1(0) ack 1 win 9\n+0 > . 1:1(0) ack 2\n+0 = CLOSE-WAIT rcv 2\n"
      "+0 < . 2:12(10) ack 1 win 9\n+0 = CLOSE-WAIT rcv 12\n" },
    { "the FIN counts nothing", "RCV.NXT is 1, not behind a FIN",
      OPEN "+0 < F. 1:1(0) ack 1 win 9\n+0 = CLOSE-WAIT\n" },
    { "the FIN counts, and the state does not show it",
      "the FIN at 1 was passed, but the state is ESTABLISHED",
      OPEN "+0 < F. 1:1(0) ack 1 win 9\n+0 > . 1:1(0) ack 2\n+0 = ESTABLISHED rcv 2\n" },
    { "a FIN ahead of text is passed at once", "RCV.NXT is 1, not behind a FIN",
      OPEN "+0 < F. 11:11(0) ack 1 win 9\n+0 = CLOSE-WAIT\n" },
    { "text in order is not taken", "text at RCV.NXT, 1, is not taken",
      OPEN "+0 = ESTABLISHED\n+0 < . 1:11(10) ack 1 win 9\n+0 > . 1:1(0) ack 1\n"
      "+0 = ESTABLISHED\n" },
    { "nor is it with an old ACK, which no range forbids", "text at RCV.NXT, 1, is not taken",
      "policy rfc5961_ack=0\n" OPEN "+0 = ESTABLISHED\n+0 < . 1:11(10) ack 0 win 9\n"
      "+0 > . 1:1(0) ack 1\n+0 = ESTABLISHED\n" },
    { "text from a damaged segment is taken", "RCV.NXT is 11, but not all",
      OPEN "+0 bad < . 1:11(10) ack 1 win 9\n+0 = ESTABLISHED rcv 11\n" },
    { "one that tells nothing acknowledges what did not arrive", "what is acknowledged is 12",
      "blind\n0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1\n+0 < . 1:11(10) ack 1 win 9\n"
      "+0 > . 1:1(0) ack 12\n" },
};

static void receive_monotonic(void **state)
{
    (void)state;
    trace_check("O3", traces, sizeof traces / sizeof traces[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(receive_monotonic) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
