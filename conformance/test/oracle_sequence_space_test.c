/* SPDX-License-Identifier: BSD-2-Clause */
/* O2, sequence-space: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define OPEN                                                                                      \
    "0 listen\n+0 < S 0:0(0) win 100\n+0 > S. 0:0(0) ack 1 win 100\n"                             \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1\n"                                           \
    "+0.1 < . 1:1(0) ack 1 win 100\n+0 = ESTABLISHED una 1\n+0 accept\n"

#define ACKED                                                                                     \
    OPEN "+0 > F. 1:1(0) ack 1\n+0 = FIN-WAIT-1 nxt 2\n+0 < . 1:1(0) ack 2 win 9\n"              \
    "+0 = FIN-WAIT-2 una 2\n"

static const struct trace traces[] = {
    { "text follows the SYN by one number", NULL, OPEN "+0 > . 1:11(10) ack 1\n" },
    { "a SYN,ACK is sent again as it was", NULL,
      "0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1\n+1 > S. 0:0(0) ack 1\n" },
    { "a simultaneous opening: SYN, then SYN,ACK with its number", NULL,
      "0 connect\n+0 > S 0:0(0) win 9\n+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1\n" },
    { "a SYN with text", NULL,
      "0 connect\n+0 > S 0:10(10) win 9\n+0 < S. 0:0(0) ack 11 win 9\n+0 > . 11:11(0) ack 1\n" },
    { "text is cut anew when it is sent again, and the FIN joins it", NULL,
      OPEN "+0 > . 1:11(10) ack 1\n+0 > . 11:21(10) ack 1\n+0 > F. 21:21(0) ack 1\n"
      "+1 > F. 6:21(15) ack 1\n+1 > . 1:6(5) ack 1\n+1 > F. 21:21(0) ack 1\n" },
    { "an ACK behind the FIN", NULL, OPEN "+0 > F. 1:1(0) ack 1\n+0 > . 2:2(0) ack 1\n" },
    { "keep-alives one number back, with an octet and without", NULL,
      OPEN "+0 > . 0:0(0) ack 1\n+0 > . 0:1(1) ack 1\n+0 > . 1:11(10) ack 1\n"
      "+0 > . 10:11(1) ack 1\n" },
    { "a keep-alive with an octet where the FIN stands", NULL,
      OPEN "+0 > F. 1:1(0) ack 1\n+9 > . 1:2(1) ack 1\n" },
    { "an ACK with an old number", NULL,
      OPEN "+0 > . 1:11(10) ack 1\n+0 > . 11:21(10) ack 1\n+0 > . 11:11(0) ack 2\n" },
    { "a RST has any number", NULL, OPEN "+0 > R 77:77(0)\n" },
    { "the next connection of the same ports has another ISN", NULL,
      "0 connect\n+0 > S 0:0(0) win 9\n+0 = SYN-SENT iss 0 una 0 nxt 1\n"
      "+0 < R. 0:0(0) ack 1\n+0 = gone\n+0 connect\n+0 > S 700:700(0) win 9\n" },
    { "TIME-WAIT is reopened with another ISN", NULL,
      OPEN "+0 close\n+0 > F. 1:1(0) ack 1\n+0 = FIN-WAIT-1 nxt 2\n+0 < F. 1:1(0) ack 2 win 9\n"
      "+0 > . 2:2(0) ack 2\n+0 = TIME-WAIT una 2 rcv 2\n+1 < S 500:500(0) win 9\n"
      "+0 > S. 900:900(0) ack 501\n+0 = SYN-RECEIVED iss 900 irs 500 una 900 nxt 901 rcv 501\n"
      "+1 > S. 900:900(0) ack 501\n+0 < . 501:501(0) ack 901 win 9\n+0 = ESTABLISHED\n"
      "+0 > . 901:911(10) ack 501\n" },
    { "a FIN that was acknowledged comes with an ACK, by policy", NULL,
      "policy fin_with_acks=1\n" ACKED "+1 > F. 1:1(0) ack 1\n" },
    { "or in a stack that chooses", NULL,
      "policy fin_with_acks=0\nchooses\n" ACKED "+1 > F. 1:1(0) ack 1\n" },
    { "SND.NXT goes back when a timer sends again", NULL,
      OPEN "+0 > . 1:11(10) ack 1\n+0 > . 11:21(10) ack 1\n+0 = ESTABLISHED nxt 21\n"
      "+1 > . 1:11(10) ack 1\n+0 = ESTABLISHED nxt 11\n" },
    { "nothing is known of a connection whose SYN was not seen", NULL, "0 > . 7:17(10) ack 9\n" },

    { "a SYN,ACK is sent again with another number", "a SYN is sent again with number",
      "0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1\n+1 > S. 1:1(0) ack 1\n" },
    { "a SYN is sent again with another number", "a SYN is sent again with number",
      "0 connect\n+0 > S 0:0(0) win 9\n+1 > S 4:4(0) win 9\n" },
    { "the SYN takes no number", "a segment without SYN has number",
      OPEN "+0 > . 0:10(10) ack 1\n" },
    { "the SYN takes two numbers", "number 2 follows, but 1 is the next one",
      OPEN "+0 > . 2:12(10) ack 1\n" },
    { "the FIN takes no number", "number 3 follows, but 2 is the next one",
      OPEN "+0 > F. 1:1(0) ack 1\n+0 > . 3:3(0) ack 1\n" },
    { "a FIN is sent again though it was acknowledged",
      "numbers up to 2 are sent again, SND.UNA is 2",
      "policy fin_with_acks=0\n" ACKED "+1 > F. 1:1(0) ack 1\n" },
    { "text is", "numbers up to 11 are sent again, SND.UNA is 11",
      "policy fin_with_acks=0\n" OPEN "+0 > . 1:11(10) ack 1\n+0 < . 1:1(0) ack 11 win 9\n"
      "+0 = ESTABLISHED una 11 nxt 11\n+1 > . 1:11(10) ack 1\n" },
    { "a FIN behind text takes no number", "SND.NXT is 11, but numbers up to 12 were sent",
      OPEN "+0 > F. 1:11(10) ack 1\n+0 = FIN-WAIT-1 nxt 11\n" },
    { "a gap in the text", "number 12 follows, but 11 is the next one",
      OPEN "+0 > . 1:11(10) ack 1\n+0 > . 12:22(10) ack 1\n" },
    { "the FIN is sent again one number on", "a FIN is sent with number 2, the first had 1",
      OPEN "+0 > F. 1:1(0) ack 1\n+1 > F. 2:2(0) ack 1\n" },
    { "the FIN is sent again one number back", "a FIN is sent with number 10, the first had 11",
      OPEN "+0 > F. 1:11(10) ack 1\n+1 > F. 1:10(9) ack 1\n" },
    { "text behind the FIN", "text up to number 11 is sent, but the FIN had 1",
      OPEN "+0 > F. 1:1(0) ack 1\n+1 > . 2:12(10) ack 1\n" },
};

static void sequence_space(void **state)
{
    (void)state;
    trace_check("O2", traces, sizeof traces / sizeof traces[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(sequence_space) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
