/* SPDX-License-Identifier: BSD-2-Clause */
/* O9, timer-live: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define SYN_SENT "policy rto_max_us=60000000\npolicy msl_us=10000000\n0 connect\n"                \
                 "+0 > S 0:0(0) win 9\n"
#define OPEN                                                                                      \
    SYN_SENT "+0 = SYN-SENT iss 0 una 0 nxt 1 deadline 1\n+0 < S. 0:0(0) ack 1 win 1000\n"        \
    "+0 > . 1:1(0) ack 1\n+0 = ESTABLISHED irs 0 una 1 rcv 1 snd_wnd 1000\n"

static const struct trace traces[] = {
    { "a connection that has nothing to do has no deadline", NULL, OPEN "+0 = ESTABLISHED\n" },
    { "text in flight has one", NULL,
      OPEN "+0 > . 1:101(100) ack 1\n+0 = ESTABLISHED nxt 101 deadline 1\n" },
    { "and it may be the largest RTO away", NULL,
      OPEN "+0 > . 1:101(100) ack 1\n+0 = ESTABLISHED nxt 101 deadline 60\n" },
    { "a probe may be further away, where the policy says so", NULL,
      "policy persist_min_us=90000000\n"
      OPEN "+0 > . 1:2(1) ack 1\n+0 = ESTABLISHED snd_wnd 0 nxt 2 unsent 9 deadline 90\n" },
    { "a keep-alive may be far away when nothing is in flight", NULL,
      OPEN "+0 = ESTABLISHED deadline 7200\n" },
    { "a probe is due though nothing is in flight", NULL,
      OPEN "+0 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0 unsent 10 deadline 5\n" },
    { "a closed window without text waits for nothing", NULL,
      OPEN "+0 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0 unsent 0\n" },
    { "text that the silly-window rules hold back", NULL,
      OPEN "+0 send 10 = 10\n+0 = ESTABLISHED unsent 10 deadline 0.2\n" },
    { "TIME-WAIT has its end", NULL, OPEN "+0 = TIME-WAIT deadline 20\n" },

    { "a SYN without a timer", "something is in flight, and there is no deadline",
      SYN_SENT "+0 = SYN-SENT iss 0 una 0 nxt 1\n" },
    { "text without a timer", "something is in flight, and there is no deadline",
      OPEN "+0 > . 1:101(100) ack 1\n+0 = ESTABLISHED nxt 101\n" },
    { "a timer beyond the largest RTO", "the deadline is 60000001 us away",
      OPEN "+0 > . 1:101(100) ack 1\n+0 = ESTABLISHED nxt 101 deadline 60.000001\n" },
    { "no persist timer", "text waits for a closed window, and there is no deadline",
      OPEN "+0 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0 unsent 10\n" },
    { "text that waits for nothing",
      "text waits, and nothing is in flight, and there is no deadline",
      OPEN "+0 send 10 = 10\n+0 = ESTABLISHED unsent 10\n" },
    { "TIME-WAIT without an end", "TIME-WAIT, and there is no deadline", OPEN "+0 = TIME-WAIT\n" },
    { "TIME-WAIT with an end that is too far", "TIME-WAIT, and the deadline is 20000001 us away",
      OPEN "+0 = TIME-WAIT deadline 20.000001\n" },
};

static void timer_live(void **state)
{
    (void)state;
    trace_check("O9", traces, sizeof traces / sizeof traces[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(timer_live) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
