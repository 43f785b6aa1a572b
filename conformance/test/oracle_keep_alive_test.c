/* SPDX-License-Identifier: BSD-2-Clause */
/* O24, keep-alive: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define POLICY                                                                                    \
    "policy keepalive_idle_us=7200000000\npolicy keepalive_interval_us=75000000\n"                \
    "policy keepalive_count=2\npolicy keepalive_octet=0\n"
#define UNASKED                                                                                   \
    POLICY "0 listen\n+0 < S 0:0(0) win 5000\n+0 > S. 0:0(0) ack 1 win 9000\n"                    \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 9000 snd_wnd 5000 unsent 0 "         \
    "deadline 1\n+0 < . 1:1(0) ack 1 win 5000\n+0 = ESTABLISHED una 1\n+0 accept\n"               \
    "+0 = ESTABLISHED\n"
#define OPEN UNASKED "+0 set KEEPALIVE 1\n+0 = ESTABLISHED deadline 7200\n"
#define PROBE(wait) "+" wait " > . 0:0(0) ack 1 win 9000\n+0 = ESTABLISHED deadline 75\n"
#define ANSWER "+0 < . 1:1(0) ack 1 win 5000\n+0 = ESTABLISHED deadline 7200\n"
#define TEXT                                                                                      \
    "+0 send 100 = 100\n+0 > P. 1:101(100) ack 1 win 9000\n+0 = ESTABLISHED nxt 101 deadline 1\n"

static const struct trace traces[] = {
    { "nobody asks, and nobody is asked", NULL, UNASKED "+90000 = ESTABLISHED\n" },
    { "after two hours, and again", NULL, OPEN PROBE("7200") PROBE("75") },
    { "an answer begins the time anew", NULL,
      OPEN PROBE("7200") ANSWER PROBE("7200") PROBE("75") "+75 = gone\n" },
    { "the end comes when as many as were wanted have no answer", NULL,
      OPEN PROBE("7200") PROBE("75") "+75 = gone\n" },
    { "times that the user has set", NULL,
      OPEN "+0 set KEEPIDLE 10\n+0 set KEEPINTVL 5\n+0 set KEEPCNT 1\n"
      "+0 = ESTABLISHED deadline 10\n+10 > . 0:0(0) ack 1 win 9000\n+0 = ESTABLISHED deadline 5\n"
      "+5 = gone\n" },
    { "a shorter interval, while the timer runs", NULL,
      OPEN PROBE("7200") "+0 set KEEPINTVL 5\n+0 = ESTABLISHED deadline 75\n" },
    { "a shorter interval, behind a longer one", NULL,
      OPEN "+0 set KEEPIDLE 10\n+0 = ESTABLISHED deadline 10\n" PROBE("10")
      "+0 set KEEPINTVL 5\n+0 = ESTABLISHED deadline 75\n+75 > . 0:0(0) ack 1 win 9000\n"
      "+0 = ESTABLISHED deadline 5\n" },
    { "a shorter time, between two, that is over already", NULL,
      OPEN PROBE("7200") "+0 set KEEPIDLE 10\n+0 > . 0:0(0) ack 1 win 9000\n"
      "+0 = ESTABLISHED deadline 75\n" },
    { "a time so long that another may be as long", NULL,
      OPEN "+0 set KEEPIDLE 1879048195\n+0 = ESTABLISHED deadline 281474976\n"
      PROBE("281474976") },
    { "an octet where one is wanted", NULL,
      OPEN "policy keepalive_octet=1\n+7200 > . 0:1(1) ack 1 win 9000\n"
      "+0 = ESTABLISHED deadline 75\n" },
    { "what may have been refused may count, or not", NULL,
      OPEN "+3600 < . 9001:9001(0) ack 1 win 5000\n+0 > . 1:1(0) ack 1 win 9000\n"
      "+0 = ESTABLISHED deadline 3600\n" PROBE("3600") },
    { "a probe of the peer draws an ACK", NULL,
      UNASKED "+0 < . 0:0(0) ack 1 win 5000\n+0 > . 1:1(0) ack 1 win 9000\n+0 = ESTABLISHED\n"
      "+0 < . 0:1(1) ack 1 win 5000\n+0 > . 1:1(0) ack 1 win 9000\n+0 = ESTABLISHED\n" },
    { "or none, in a stack that chooses", NULL,
      "chooses\n" UNASKED "+0 < . 0:0(0) ack 1 win 5000\n+0 = ESTABLISHED\n" },
    { "or if what it acknowledges was never sent", NULL,
      UNASKED "+0 < . 0:0(0) ack 9 win 5000\n+0 = ESTABLISHED\n" },
    { "a retransmission is none", NULL,
      UNASKED TEXT "+1 > P. 1:101(100) ack 1 win 9000\n+0 = ESTABLISHED deadline 2\n" },
    { "an ACK behind a timeout", NULL,
      UNASKED "+0 send 1 = 1\n+0 > P. 1:2(1) ack 1 win 9000\n+0 = ESTABLISHED nxt 2 deadline 1\n"
      "+1 > P. 1:2(1) ack 1 win 9000\n+0 = ESTABLISHED nxt 1 deadline 2\n"
      "+0.1 > . 1:1(0) ack 1 win 9000\n+0 = ESTABLISHED deadline 2\n" },
    { "what is in flight may end it", NULL, UNASKED TEXT "+100 = gone\n" },
    { "a FIN that waits for the window may end it", NULL,
      UNASKED "+0 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0\n"
      "+0 shutdown 1\n+0 = ESTABLISHED deadline 5\n+5 = gone\n" },
    { "switched on when it is due already", NULL,
      UNASKED "+9000 = ESTABLISHED\n+0 set KEEPALIVE 1\n+0 > . 0:0(0) ack 1 win 9000\n"
      "+0 = ESTABLISHED deadline 75\n" },
    { "a timeout of the peer's", NULL,
      OPEN "+0 < . 1:1(0) ack 1 win 5000 <gen-28 0064>\n+0 = ESTABLISHED deadline 9000\n" },
    { "a stack that chooses probes a closed window with what was acknowledged", NULL,
      "chooses\n" UNASKED "+0 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0\n"
      "+5 > . 0:1(1) ack 1 win 9000\n+0 = ESTABLISHED\n" },

    { "nobody has asked", "SO_KEEPALIVE is off", UNASKED PROBE("7200") },
    { "it is switched off", "SO_KEEPALIVE is off",
      OPEN "+0 set KEEPALIVE 0\n+0 = ESTABLISHED deadline 7200\n" PROBE("7200") },
    { "half an hour", "5400000000 us before it is due", OPEN PROBE("1800") },
    { "too soon after an answer", "3600000000 us before it is due",
      OPEN "+3600 < . 1:1(0) ack 1 win 5000\n+0 = ESTABLISHED deadline 3600\n" PROBE("3600") },
    { "too soon after the one before", "keep-alive goes out 74000000 us before it is due",
      OPEN PROBE("7200") PROBE("1") },
    { "something is in flight", "and 1 is not acknowledged",
      OPEN TEXT "+7200 > . 100:100(0) ack 1 win 9000\n+0 = ESTABLISHED\n" },
    { "an octet", "a keep-alive has 1 octets", OPEN "+7200 > . 0:1(1) ack 1 win 9000\n" },
    { "one too many", "keep-alive 3 goes out, the count is 2",
      OPEN PROBE("7200") PROBE("75") PROBE("75") },
    { "one is enough", "ends after 1 keep-alives without an answer, the count is 2",
      OPEN PROBE("7200") "+75 = gone\n" },
    { "a timer ends what is idle", "on which nothing is outstanding", UNASKED "+300 = gone\n" },
    { "no timer at all", "and no timer asks", OPEN "+1 = ESTABLISHED deadline 9000\n" },
    { "a probe of the peer draws nothing", "a segment at one before RCV.NXT, 1, draws no ACK",
      UNASKED "+0 < . 0:0(0) ack 1 win 5000\n+0 = ESTABLISHED\n" },
};

static void judges_traces(void **state)
{
    (void)state;
    trace_check("O24", traces, sizeof traces / sizeof traces[0]);
}

static void needs_states(void **state)
{
    (void)state;
    trace_check_silent("O24", "blind\n" UNASKED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_traces),
        cmocka_unit_test(needs_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
