/* SPDX-License-Identifier: BSD-2-Clause */
/* O19, ack-delay: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define OPEN_WITH(options)                                                                        \
    "0 listen\n+0 < S 0:0(0) win 9000\n+0 > S. 0:0(0) ack 1 win 9000 " options "\n"               \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 9000 snd_wnd 9000\n"                 \
    "+0.1 < . 1:1(0) ack 1 win 9000\n+0 = ESTABLISHED una 1\n+0 accept\n+0 = ESTABLISHED\n"
#define OPEN OPEN_WITH("<mss 1000>")
#define TEXT(numbers, next) "+0 < . " numbers " ack 1 win 9000\n+0 = ESTABLISHED rcv " next "\n"
#define ACK(next) "+0 > . 1:1(0) ack " next " win 9000\n+0 = ESTABLISHED\n"
#define CHOICES                                                                                   \
    "policy delayed_ack_us=40000\npolicy ack_every=2\npolicy quick_acks=0\n"                      \
    "policy ack_second_segment=0\n"
#define QUICK "policy quick_acks=1\n"
#define SECOND "policy ack_second_segment=1\n"

static const struct trace traces[] = {
    { "an ACK just before half a second is over", NULL,
      OPEN TEXT("1:101(100)", "101") "+0.499999 > . 1:1(0) ack 101 win 9000\n+0 = ESTABLISHED\n" },
    { "the delay counts from what was not acknowledged first", NULL,
      OPEN TEXT("1:101(100)", "101") "+0.4 > . 1:1(0) ack 101 win 9000\n+0 = ESTABLISHED\n"
      TEXT("101:201(100)", "201") "+0.4 > . 1:1(0) ack 201 win 9000\n+0 = ESTABLISHED\n" },
    { "it rides on text", NULL,
      OPEN TEXT("1:101(100)", "101") "+0.1 > . 1:11(10) ack 101 win 9000\n"
      "+0 = ESTABLISHED nxt 11\n+9 = ESTABLISHED\n" },
    { "more was asked for", NULL,
      "policy delayed_ack_us=600000\n" OPEN TEXT("1:101(100)", "101")
      "+0.6 > . 1:1(0) ack 101 win 9000\n+0 = ESTABLISHED\n" },
    { "one full segment and a short one", NULL,
      OPEN TEXT("1:1001(1000)", "1001") TEXT("1001:2000(999)", "2000") },
    { "two segments of a peer whose packets are small", NULL,
      OPEN TEXT("1:501(500)", "501") TEXT("501:1001(500)", "1001") TEXT("1001:1501(500)", "1501") },
    { "two segments longer than the default", NULL,
      OPEN_WITH("") TEXT("1:1401(1400)", "1401") },
    { "every fourth segment, when told so", NULL,
      "policy ack_every=4\n" OPEN TEXT("1:1001(1000)", "1001") TEXT("1001:2001(1000)", "2001")
      TEXT("2001:3001(1000)", "3001") },
    { "out of order, at once", NULL,
      "policy ack_out_of_order=1\n" OPEN "+0 < . 101:201(100) ack 1 win 9000\n" ACK("1") },
    { "out of order later, when told so", NULL,
      "policy ack_out_of_order=0\n" OPEN "+0 < . 101:201(100) ack 1 win 9000\n+0 = ESTABLISHED\n" },
    { "out of order later, when nothing is told", NULL,
      OPEN "+0 < . 101:201(100) ack 1 win 9000\n+0 = ESTABLISHED\n" },
    { "a stack that chooses delays the ACK of what fills a gap", NULL,
      "chooses\n" OPEN "+0 < . 101:201(100) ack 1 win 9000\n" ACK("1") TEXT("1:101(100)", "201") },
    { "a small segment as late as the policy says", NULL,
      CHOICES OPEN TEXT("1:101(100)", "101") "+0.04 > . 1:1(0) ack 101 win 9000\n"
      "+0 = ESTABLISHED\n" },
    { "few octets that are full segments of a small MSS", NULL,
      CHOICES OPEN_WITH("<mss 3>") TEXT("1:4(3)", "4") "+0 < . 4:7(3) ack 1 win 9000\n"
      "+0 > . 1:1(0) ack 7 win 9000\n+0 = ESTABLISHED rcv 7\n" },
    { "few octets that are full segments of what the user has set since", NULL,
      CHOICES OPEN "+0 set MAXSEG 3\n+0 = ESTABLISHED\n+0 < . 1:7(6) ack 1 win 9000\n"
      "+0 > . 1:1(0) ack 7 win 9000\n+0 = ESTABLISHED rcv 7\n" },
    { "one that comes as the ACK of the one before is due", NULL,
      CHOICES OPEN TEXT("1:101(100)", "101") "+0.04 < . 101:201(100) ack 1 win 9000\n"
      "+0 > . 1:1(0) ack 201 win 9000\n+0 = ESTABLISHED rcv 201\n" },
    { "one that text of our own answers", NULL,
      CHOICES OPEN "+0 < . 1:101(100) ack 1 win 9000\n+0 > . 1:11(10) ack 101 win 9000\n"
      "+0 = ESTABLISHED rcv 101 nxt 11\n" },
    { "one behind which others were held", NULL,
      CHOICES OPEN "+0 < . 101:201(100) ack 1 win 9000\n" ACK("1")
      "+0 < . 1:101(100) ack 1 win 9000\n+0 > . 1:1(0) ack 201 win 9000\n"
      "+0 = ESTABLISHED rcv 201\n" },
    { "one with urgent data", NULL,
      CHOICES OPEN "+0 < .U 1:101(100) ack 1 win 9000 urg 5\n+0 > . 1:1(0) ack 101 win 9000\n"
      "+0 = ESTABLISHED rcv 101\n" },
    { "the first segment at once, where that is wanted", NULL,
      CHOICES QUICK OPEN "+0 < . 1:101(100) ack 1 win 9000\n+0 > . 1:1(0) ack 101 win 9000\n"
      "+0 = ESTABLISHED rcv 101\n" TEXT("101:201(100)", "201") },
    { "the second segment at once, where that is wanted", NULL,
      CHOICES SECOND OPEN TEXT("1:101(100)", "101") "+0 < . 101:201(100) ack 1 win 9000\n"
      "+0 > . 1:1(0) ack 201 win 9000\n+0 = ESTABLISHED rcv 201\n" },
    { "a stack that chooses acknowledges each at once", NULL,
      "chooses\n" CHOICES OPEN "+0 < . 1:101(100) ack 1 win 9000\n"
      "+0 > . 1:1(0) ack 101 win 9000\n+0 = ESTABLISHED rcv 101\n" },
    { "an ACK of what was never sent need not be believed", NULL,
      "policy ack_out_of_order=1\n" OPEN "+0 < . 101:201(100) ack 99 win 9000\n"
      "+0 = ESTABLISHED\n" },
    { "it is reset", NULL,
      OPEN TEXT("1:101(100)", "101") "+0 > R 1:1(0) win 0\n+9 = gone\n" },

    { "half a second", "waits for an ACK for 500000 us",
      OPEN TEXT("1:101(100)", "101") "+0.5 > . 1:1(0) ack 101 win 9000\n+0 = ESTABLISHED\n" },
    { "never", "waits for an ACK for 3000000 us",
      OPEN TEXT("1:101(100)", "101") "+3 = ESTABLISHED\n" },
    { "a delay that starts again with each segment", "waits for an ACK for 600000 us",
      OPEN TEXT("1:101(100)", "101") "+0.3 < . 101:201(100) ack 1 win 9000\n"
      "+0 = ESTABLISHED rcv 201\n"
      "+0.3 > . 1:1(0) ack 201 win 9000\n" },
    { "longer than was asked for", "waits for an ACK for 600001 us",
      "policy delayed_ack_us=600000\n" OPEN TEXT("1:101(100)", "101")
      "+0.600001 > . 1:1(0) ack 101 win 9000\n+0 = ESTABLISHED\n" },
    { "two full segments", "2000 octets are not acknowledged, 2000 are two full segments",
      OPEN TEXT("1:1001(1000)", "1001") TEXT("1001:2001(1000)", "2001") },
    { "out of order", "text at 101 draws no ACK, 1 is expected",
      "policy ack_out_of_order=1\n" OPEN "+0 < . 101:201(100) ack 1 win 9000\n+0 = ESTABLISHED\n" },
    { "what came before", "text up to 101, which was taken before, draws no ACK",
      OPEN TEXT("1:101(100)", "101") ACK("101") TEXT("1:101(100)", "101") },
    { "what fills a gap", "text up to 101 moves RCV.NXT to 201, and draws no ACK",
      OPEN "+0 < . 101:201(100) ack 1 win 9000\n" ACK("1") TEXT("1:101(100)", "201") },
    { "less than a small MSS at once", "draws an ACK at once, 2 octets are to wait",
      CHOICES OPEN_WITH("<mss 3>") "+0 < . 1:3(2) ack 1 win 9000\n"
      "+0 > . 1:1(0) ack 3 win 9000\n+0 = ESTABLISHED rcv 3\n" },
    { "a small segment at once", "draws an ACK at once, 100 octets are to wait",
      CHOICES OPEN "+0 < . 1:101(100) ack 1 win 9000\n+0 > . 1:1(0) ack 101 win 9000\n"
      "+0 = ESTABLISHED rcv 101\n" },
    { "the second small one at once", "draws an ACK at once, 200 octets are to wait",
      CHOICES OPEN TEXT("1:101(100)", "101") "+0.01 < . 101:201(100) ack 1 win 9000\n"
      "+0 > . 1:1(0) ack 201 win 9000\n+0 = ESTABLISHED rcv 201\n" },
    { "at once for ever", "draws an ACK at once, 100 octets are to wait",
      CHOICES QUICK OPEN "+0 < . 1:101(100) ack 1 win 9000\n+0 > . 1:1(0) ack 101 win 9000\n"
      "+0 = ESTABLISHED rcv 101\n+0 < . 101:201(100) ack 1 win 9000\n"
      "+0 > . 1:1(0) ack 201 win 9000\n+0 = ESTABLISHED rcv 201\n" },
    { "later than the policy says", "waits for an ACK for 200000 us",
      CHOICES OPEN TEXT("1:101(100)", "101") "+0.2 > . 1:1(0) ack 101 win 9000\n" },
    { "the first one not at once", "draws no ACK, at the start of a connection",
      CHOICES QUICK OPEN TEXT("1:101(100)", "101") },
    { "the second one not at once", "draws no ACK, which is the second segment",
      CHOICES SECOND OPEN TEXT("1:101(100)", "101") TEXT("101:201(100)", "201") },
    { "every full segment, when told so", "1000 octets are not acknowledged",
      "policy ack_every=1\n" OPEN TEXT("1:1001(1000)", "1001") },
};

static void judges(void **state)
{
    (void)state;
    trace_check("O19", traces, sizeof traces / sizeof traces[0]);
}

static void is_silent_without_states(void **state)
{
    (void)state;
    trace_check_silent("O19", "blind\n" OPEN TEXT("1:101(100)", "101"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges),
        cmocka_unit_test(is_silent_without_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
