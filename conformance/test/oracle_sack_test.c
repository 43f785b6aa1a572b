/* SPDX-License-Identifier: BSD-2-Clause */
/* O21, sack: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define OPEN_WITH(theirs, ours)                                                                   \
    "0 listen\n+0 < S 0:0(0) win 9000 " theirs "\n+0 > S. 0:0(0) ack 1 win 9000 " ours "\n"       \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 9000 snd_wnd 9000\n"                 \
    "+0.1 < . 1:1(0) ack 1 win 9000\n+0 = ESTABLISHED una 1\n+0 accept\n+0 = ESTABLISHED\n"
#define OPEN OPEN_WITH("<sackOK>", "<sackOK>")
/* Text arrives, and is answered at once; RCV.NXT then. */
#define GETS(text, ack, options)                                                                  \
    "+0 < . " text " ack 1 win 9000\n+0 > . 1:1(0) ack " ack " win 9000 " options "\n"            \
    "+0 = ESTABLISHED rcv " ack "\n"
#define TWO_HELD                                                                                  \
    OPEN GETS("101:201(100)", "1", "<sack 101:201>")                                              \
    GETS("301:401(100)", "1", "<sack 301:401 101:201>")
#define FOUR_HELD                                                                                 \
    TWO_HELD GETS("501:601(100)", "1", "<sack 501:601 301:401 101:201>")                          \
    GETS("701:801(100)", "1", "<sack 701:801 501:601 301:401 101:201>")

static const struct trace traces[] = {
    { "the newest first", NULL, FOUR_HELD },
    { "a fifth, for which there is no room", NULL,
      FOUR_HELD GETS("901:1001(100)", "1", "<sack 901:1001 701:801 501:601 301:401>") },
    { "any order behind the first", NULL,
      TWO_HELD GETS("501:601(100)", "1", "<sack 501:601 101:201 301:401>") },
    { "a block that grows comes first", NULL,
      TWO_HELD GETS("201:251(50)", "1", "<sack 101:251 301:401>") },
    { "an acknowledgment half the space away is none: the text is dropped", NULL,
      OPEN "+0 < . 101:201(100) ack 2147483649 win 9000\n+0 > . 1:1(0) ack 1 win 9000\n"
      "+0 = ESTABLISHED\n" },
    { "behind a timestamp that is half the space ahead, one that is old is dropped", NULL,
      OPEN_WITH("<sackOK,TS val 5000 ecr 0>", "<sackOK,TS val 1 ecr 5000>")
      "+0 < . 301:401(100) ack 1 win 9000 <TS val 2147484649 ecr 1>\n"
      "+0 > . 1:1(0) ack 1 win 9000 <TS val 1 ecr 5000,sack 301:401>\n+0 = ESTABLISHED\n"
      "+0 < . 101:201(100) ack 1 win 9000 <TS val 1 ecr 1>\n"
      "+0 > . 1:1(0) ack 1 win 9000 <TS val 1 ecr 5000,sack 301:401>\n+0 = ESTABLISHED\n" },
    { "two that become one", NULL,
      TWO_HELD GETS("201:301(100)", "1", "<sack 101:401>") },
    { "a gap that is filled", NULL, TWO_HELD GETS("1:101(100)", "201", "<sack 301:401>") },
    { "blocks on text of our own", NULL,
      TWO_HELD "+0 > . 1:11(10) ack 1 win 9000 <sack 301:401 101:201>\n" },
    { "a duplicate of what was acknowledged", NULL,
      OPEN GETS("1:101(100)", "101", "") GETS("51:101(50)", "101", "<sack 51:101>") },
    { "of one that began before the stream, what was received", NULL,
      OPEN GETS("1:101(100)", "101", "") GETS("4294967197:51(150)", "101", "<sack 1:51>") },
    { "what lies before the stream", "came again; it did not since the last ACK",
      OPEN GETS("1:101(100)", "101", "")
      GETS("4294967197:51(150)", "101", "<sack 4294967197:51>") },
    { "a part of one that is new from its middle", NULL,
      OPEN GETS("1:101(100)", "101", "") GETS("51:201(150)", "201", "<sack 51:101>") },
    { "a duplicate of what is held, and its block", NULL,
      TWO_HELD GETS("101:151(50)", "1", "<sack 101:151 101:201 301:401>") },
    { "one that came twice is told twice", NULL,
      OPEN GETS("1:101(100)", "101", "") GETS("1:101(100)", "101", "<sack 1:101>")
      GETS("1:101(100)", "101", "<sack 1:101>") },
    { "duplicates need not be told", NULL,
      OPEN GETS("1:101(100)", "101", "") GETS("1:101(100)", "101", "") },
    { "a FIN as part of a block", NULL,
      OPEN "+0 < F. 101:201(100) ack 1 win 9000\n+0 > . 1:1(0) ack 1 win 9000 <sack 101:202>\n" },
    { "or not", NULL,
      OPEN "+0 < F. 101:201(100) ack 1 win 9000\n+0 > . 1:1(0) ack 1 win 9000 <sack 101:201>\n"
      "+0 = ESTABLISHED\n" },
    { "text on a SYN", NULL,
      "0 listen\n+0 < S 0:100(100) win 9000 <sackOK>\n+0 > S. 0:0(0) ack 1 win 9000 <sackOK>\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 9000 snd_wnd 9000\n"
      "+0 < . 1:101(100) ack 1 win 9000\n+0 > . 1:1(0) ack 101 win 9000 <sack 1:101>\n" },
    { "what was told, and no room for it beside timestamps", NULL,
      OPEN_WITH("<sackOK,TS val 1 ecr 0>", "<sackOK,TS val 1 ecr 1>")
      GETS("101:201(100)", "1", "<TS val 1 ecr 1,sack 101:201>")
      GETS("301:401(100)", "1", "<TS val 1 ecr 1,sack 301:401 101:201>")
      GETS("501:601(100)", "1", "<TS val 1 ecr 1,sack 501:601 301:401 101:201>")
      GETS("701:801(100)", "1", "<TS val 1 ecr 1,sack 701:801 501:601 301:401>") },
    { "a stack that chooses holds no more than two pieces", NULL,
      "chooses\n" TWO_HELD GETS("501:601(100)", "1", "<sack 301:401 101:201>") },
    { "one that may be refused does not change the order", NULL,
      TWO_HELD "+0 < . 101:201(100) ack 99 win 9000\n"
      "+0 > . 1:1(0) ack 1 win 9000 <sack 301:401 101:201>\n" },
    { "a timer sends text before the segment is taken", NULL,
      TWO_HELD "+1 < . 501:601(100) ack 1 win 9000\n"
      "+0 > . 1:11(10) ack 1 win 9000 <sack 301:401 101:201>\n"
      "+0 > . 11:11(0) ack 1 win 9000 <sack 501:601 301:401 101:201>\n+0 = ESTABLISHED\n" },
    { "a stack that chooses forgets", NULL,
      "chooses\n" TWO_HELD "+0 > . 1:1(0) ack 1 win 9000\n" },
    { "no blocks where they are not agreed on", NULL,
      OPEN_WITH("<sackOK>", "") GETS("101:201(100)", "1", "") },

    { "nobody permitted them", "which the peer's SYN did not permit",
      OPEN_WITH("", "") GETS("101:201(100)", "1", "<sack 101:201>") },
    { "permission behind the SYN", "stands on a segment without SYN",
      OPEN "+0 > . 1:1(0) ack 1 win 9000 <sackOK>\n" },
    { "an octet too much", "block 101:202 has text that never arrived",
      OPEN GETS("101:201(100)", "1", "<sack 101:202>") },
    { "an octet too little", "101:201 was told before, and is in no block",
      TWO_HELD GETS("501:601(100)", "1", "<sack 501:601 301:401 101:200>") },
    { "one block over a hole", "block 101:401 has text that never arrived",
      OPEN GETS("101:201(100)", "1", "<sack 101:201>")
      GETS("301:401(100)", "1", "<sack 101:401>") },
    { "the lowest first", "301:401 came last, and is not in the first block",
      OPEN GETS("101:201(100)", "1", "<sack 101:201>")
      GETS("301:401(100)", "1", "<sack 101:201 301:401>") },
    { "no block", "101:201 lies behind a gap, and is in no block",
      OPEN GETS("101:201(100)", "1", "") },
    { "only the newest block", "101:201 was told before, and is in no block",
      OPEN GETS("101:201(100)", "1", "<sack 101:201>")
      GETS("301:401(100)", "1", "<sack 301:401>") },
    { "the newest in no block", "301:401 lies behind a gap, and is in no block",
      OPEN GETS("101:201(100)", "1", "<sack 101:201>")
      GETS("301:401(100)", "1", "<sack 101:201>") },
    { "none on text of our own", "301:401 was told before, and is in no block",
      TWO_HELD "+0 > . 1:11(10) ack 1 win 9000\n" },
    { "blocks that touch", "block 201:301 touches another",
      OPEN GETS("101:201(100)", "1", "<sack 101:201>")
      GETS("201:301(100)", "1", "<sack 201:301 101:201>") },
    { "a block that is acknowledged, and not in front", "is not behind the ACK of 201",
      TWO_HELD GETS("1:101(100)", "201", "<sack 301:401 101:201>") },
    { "one duplicate told twice", "1:101 came again; it did not since the last ACK",
      OPEN GETS("1:101(100)", "101", "") GETS("1:101(100)", "101", "<sack 1:101>")
      "+0 > . 1:11(10) ack 101 win 9000 <sack 1:101>\n" },
    { "a whole segment, of which only a part came again", "51:201 came again",
      OPEN GETS("1:101(100)", "101", "") GETS("51:201(150)", "201", "<sack 51:201>") },
    { "a block turned round", "block 1 is empty or turned round",
      OPEN GETS("101:201(100)", "1", "<sack 201:101>") },
};

static void judges(void **state)
{
    (void)state;
    trace_check("O21", traces, sizeof traces / sizeof traces[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(judges) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
