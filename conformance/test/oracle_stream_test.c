/* SPDX-License-Identifier: BSD-2-Clause */
/* O12, stream: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define OPEN                                                                                      \
    "0 listen\n+0 < S 0:0(0) win 1000\n+0 > S. 0:0(0) ack 1 win 1000\n"                           \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 1000\n"                 \
    "+0.1 < . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED una 1\n+0 accept\n"
#define TEXT OPEN "+0 < . 1:201(200) ack 1 win 9\n+0 > . 1:1(0) ack 201\n+0 = ESTABLISHED rcv 201\n"
#define END TEXT "+0 < F. 201:201(0) ack 1 win 9\n+0 > . 1:1(0) ack 202\n+0 = CLOSE-WAIT rcv 202\n"
#define SYN_WITH_TEXT                                                                             \
    "0 listen\n+0 < S 0:100(100) win 1000\n+0 > S. 0:0(0) ack 101 win 1000\n"                     \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 101\n+0 < . 101:101(0) ack 1 win 1000\n"       \
    "+0 = ESTABLISHED una 1\n+0 accept\n"
#define OTHER_TEXT_IN_ITS_PLACE                                                                   \
    "0 listen\n+0 odd < S 0:100(100) win 1000\n+0 > S. 0:0(0) ack 1 win 1000\n"                   \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1\n+0 < . 1:101(100) ack 1 win 1000\n"         \
    "+0 > . 1:1(0) ack 101\n+0 = ESTABLISHED una 1 rcv 101\n+0 accept\n"
#define SYN_SENT "0 connect\n+0 > S 0:0(0) win 1000\n+0 = SYN-SENT iss 0 una 0 nxt 1\n"
#define SENT OPEN "+0 send 100 = 100\n+0 > P. 1:101(100) ack 1\n+0 = ESTABLISHED nxt 101\n"

static const struct trace traces[] = {
    { "text, in pieces", NULL,
      TEXT "+0 recv 150 = 150\n+0 = ESTABLISHED\n+0 recv 150 = 50\n+0 = ESTABLISHED\n"
      "+0 recv 150 = EAGAIN\n+0 = ESTABLISHED\n" },
    { "all of it, and then the end, again and again", NULL,
      END "+0 recv 300 = 200\n+0 = CLOSE-WAIT\n+0 recv 300 = 0\n+0 = CLOSE-WAIT\n"
      "+0 recv 300 = 0\n+0 = CLOSE-WAIT\n" },
    { "a call that waits is told of text before the next rest", NULL,
      OPEN "+0 < . 1:201(200) ack 1 win 9\n+0 recv 200 = 200\n+0 = ESTABLISHED rcv 201\n" },
    { "text that was sent twice is given once", NULL,
      TEXT "+0 < . 1:201(200) ack 1 win 9\n+0 > . 1:1(0) ack 201\n+0 = ESTABLISHED\n"
      "+0 recv 300 = 200\n+0 = ESTABLISHED\n" },
    { "text that stands before the stream begins there", NULL,
      OPEN "+0 < . 0:201(201) ack 1 win 9\n+0 > . 1:1(0) ack 201\n+0 = ESTABLISHED rcv 201\n"
      "+0 recv 300 = 200\n+0 = ESTABLISHED\n" },
    { "the text of a SYN is given", NULL,
      SYN_WITH_TEXT "+0 recv 100 = 100\n+0 = ESTABLISHED\n" },
    { "or the other text that came in its place", NULL,
      OTHER_TEXT_IN_ITS_PLACE "+0 recv 100 = 100\n+0 = ESTABLISHED\n" },
    { "where other text came in its place, that of the SYN may be given", NULL,
      OTHER_TEXT_IN_ITS_PLACE "+0 recv 100 = 100 at 1\n+0 = ESTABLISHED\n" },
    { "an error, and then anything", NULL,
      TEXT "+0 < R 201:201(0) win 0\n+0 = gone\n+0 recv 300 = ECONNRESET\n+0 recv 300 = 0\n" },
    { "nothing counts once the user has shut down reading", NULL,
      TEXT "+0 shutdown 0\n+0 = ESTABLISHED\n+0 recv 300 = 0\n+0 = ESTABLISHED\n" },
    { "one that tells nothing gives what has arrived", NULL,
      "blind\n0 listen\n0 < S 0:0(0) win 100\n+0 > S. 0:0(0) ack 1 win 100\n"
      "+0 < . 1:1(0) ack 1 win 100\n+0 accept\n+0 < . 1:101(100) ack 1 win 100\n"
      "+0 > . 1:1(0) ack 101\n+0 = ESTABLISHED\n+0 recv 100 = 100\n+0 = ESTABLISHED\n" },
    { "what is left is told", NULL,
      TEXT "+0 recv 150 = 150\n+0 = ESTABLISHED unread 50\n+0 recv 50 = 50\n"
      "+0 = ESTABLISHED unread 0\n" },
    { "of a stack that chooses that is not judged", NULL,
      "chooses\n" TEXT "+0 recv 150 = 150\n+0 = ESTABLISHED unread 0\n" },
    { "text goes out as the user gives it, and again", NULL,
      OPEN "+0 send 200 = 100\n+0 > P. 1:101(100) ack 1\n+0 send 100 = 100\n"
      "+0 > P. 101:201(100) ack 1\n+0 = ESTABLISHED nxt 201\n+1 > . 1:201(200) ack 1\n"
      "+0 = ESTABLISHED\n" },
    { "a SYN that is sent again takes text along", NULL,
      SYN_SENT "+0 send 100 = 100\n+0 = SYN-SENT\n+1 > S 0:100(100) win 1000\n"
      "+0 = SYN-SENT nxt 101\n" },
    { "a single octet may be anything", NULL, SENT "+1 odd > . 1:2(1) ack 1\n+0 = ESTABLISHED\n" },
    { "so may the text of a RST", NULL, SENT "+0 odd > R. 1:101(100) ack 1\n+0 = gone\n" },

    { "the text of a SYN is not given as it came", "the user is given 0x",
      SYN_WITH_TEXT "+0 recv 100 = 100 at 3\n+0 = ESTABLISHED\n" },
    { "text of another place, though other text came before the peer's SYN", "the user is given 0x",
      SYN_SENT "+0 < . 1:101(100) ack 1 win 9\n+0 = SYN-SENT\n+0 < S. 0:0(0) ack 1 win 9\n"
      "+0 > . 1:1(0) ack 1\n+0 = ESTABLISHED irs 0 una 1 rcv 1\n+0 < . 1:101(100) ack 1 win 9\n"
      "+0 > . 1:1(0) ack 101\n+0 = ESTABLISHED rcv 101\n+0 recv 100 = 100 at 3\n" },
    { "a SYN takes other text along than the user's",
      "octet 0 of what the user gives is not sent as it is",
      SYN_SENT "+0 send 100 = 100\n+0 = SYN-SENT\n+1 odd > S 0:100(100) win 1000\n" },
    { "it goes out behind the SYN, when more was given than samples are kept of",
      "octet 0 of what the user gives is not sent as it is",
      SYN_SENT "+0 send 4000 = 4000\n+0 = SYN-SENT\n+0 < S. 0:0(0) ack 1 win 9000\n"
      "+0 odd > . 1:51(50) ack 1\n" },
    { "two octets that are not the user's", "octet 0 of what the user gives is not sent as it is",
      SENT "+1 odd > . 1:3(2) ack 1\n" },
    { "text that is not the user's", "octet 0 of what the user gives is not sent as it is",
      OPEN "+0 send 200 = 200 at 3\n+0 > P. 1:201(200) ack 1\n" },
    { "nor of a call that tells of it later", "octet 0 of what the user gives is not sent as it is",
      OPEN "+0 > P. 1:201(200) ack 1\n+0 send 200 = 200 at 3\n" },
    { "some of it is lost", "the user has taken 150, and 0 are left",
      TEXT "+0 recv 150 = 150\n+0 = ESTABLISHED unread 0\n" },
    { "some of it stays", "200 octets have come in order, the user has taken 200, and 9 are left",
      END "+0 recv 200 = 200\n+0 = CLOSE-WAIT unread 9\n" },
    { "octets of another place", "the user is given 0x", TEXT "+0 recv 200 = 200 at 3\n" },
    { "more than has come in order", "given octets up to 201, only 200 have come in order",
      TEXT "+0 recv 300 = 201\n+0 = ESTABLISHED\n" },
    { "text that came behind a hole", "given octets up to 10, only 0 have come in order",
      OPEN "+0 < . 11:21(10) ack 1 win 9\n+0 > . 1:1(0) ack 1\n+0 = ESTABLISHED\n"
      "+0 recv 10 = 10 at 10\n+0 = ESTABLISHED\n" },
    { "text twice", "given octets up to 250, only 200 have come in order",
      TEXT "+0 recv 200 = 200\n+0 = ESTABLISHED\n+0 recv 200 = 50 at 0\n+0 = ESTABLISHED\n" },
    { "the end without a FIN", "told of the end of the stream, but no FIN was taken",
      TEXT "+0 recv 200 = 200\n+0 = ESTABLISHED\n+0 recv 200 = 0\n+0 = ESTABLISHED\n" },
    { "the end before all was given", "at octet 0, the FIN stands at 200",
      END "+0 recv 300 = 0\n+0 = CLOSE-WAIT\n" },
    { "a reset that is told as the end", "but a RST came, and no FIN",
      TEXT "+0 recv 200 = 200\n+0 = ESTABLISHED\n+0 < R 201:201(0) win 0\n+0 = gone\n"
      "+0 recv 300 = 0\n+0 = gone\n" },
    { "one that tells nothing gives more than has arrived", "only 100 have come in order",
      "blind\n0 listen\n0 < S 0:0(0) win 100\n+0 > S. 0:0(0) ack 1 win 100\n"
      "+0 < . 1:1(0) ack 1 win 100\n+0 accept\n+0 < . 1:101(100) ack 1 win 100\n"
      "+0 > . 1:1(0) ack 101\n+0 = ESTABLISHED\n+0 recv 200 = 200\n+0 = ESTABLISHED\n" },
};

static void stream(void **state)
{
    (void)state;
    trace_check("O12", traces, sizeof traces / sizeof traces[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(stream) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
