/* SPDX-License-Identifier: BSD-2-Clause */
/* O27, abort: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define UNREAD_BY(policies)                                                                       \
    policies "0 listen\n+0 < S 0:0(0) win 1000\n+0 > S. 0:0(0) ack 1 win 1000\n"                  \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 1000 unread 0\n"        \
    "+0.1 < . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED una 1\n+0 accept\n+0 = ESTABLISHED\n"
#define OPEN UNREAD_BY("policy reset_on_unread=1\npolicy reset_on_late_data=1\n")
#define LENIENT UNREAD_BY("policy reset_on_unread=0\npolicy reset_on_late_data=0\n")
#define TEXT "+0 < P. 1:11(10) ack 1 win 1000\n+0 > . 1:1(0) ack 11\n"                            \
             "+0 = ESTABLISHED rcv 11 unread 10\n"
#define LINGER "+0 set LINGER 0\n+0 = ESTABLISHED\n"
#define SHUT "+0 shutdown 1\n+0 > F. 1:1(0) ack 1\n+0 = FIN-WAIT-1 nxt 2\n"
#define CLOSING                                                                                   \
    SHUT "+0 < F. 1:1(0) ack 1 win 9\n+0 > . 2:2(0) ack 2\n+0 = CLOSING rcv 2\n"
#define CLOSED "+0 close\n+0 > F. 1:1(0) ack 1\n+0 = FIN-WAIT-1 nxt 2\n"
#define LATE "+0 < P. 1:11(10) ack 1 win 1000\n"

static const struct trace traces[] = {
    { "close() sends a FIN", NULL, OPEN CLOSED },
    { "without lingering it sends a RST", NULL,
      OPEN LINGER "+0 close\n+0 > R 1:1(0)\n+0 = gone\n" },
    { "with a time to linger it does not", NULL,
      OPEN "+0 set LINGER 9\n+0 = ESTABLISHED\n" CLOSED },
    { "without lingering in FIN-WAIT-1, too", NULL,
      OPEN LINGER SHUT "+0 close\n+0 > R 2:2(0)\n+0 = gone\n" },
    { "in CLOSING the connection just ends", NULL, OPEN LINGER CLOSING "+0 close\n+0 = gone\n" },
    { "in SYN-SENT, too", NULL,
      "0 connect\n+0 > S 0:0(0) win 9\n+0 = SYN-SENT iss 0 una 0 nxt 1\n+0 set LINGER 0\n"
      "+0 = SYN-SENT\n+0 close\n+0 = gone\n" },
    { "unread text draws a RST", NULL, OPEN TEXT "+0 close\n+0 > R 1:1(0)\n+0 = gone\n" },
    { "or not, where the policy says so", NULL,
      LENIENT TEXT "+0 close\n+0 > F. 1:1(0) ack 11\n+0 = FIN-WAIT-1 nxt 2\n" },
    { "nothing is unread for a user who has shut down reading", NULL,
      OPEN TEXT "+0 shutdown 0\n+0 = ESTABLISHED\n+0 close\n+0 > F. 1:1(0) ack 11\n"
      "+0 = FIN-WAIT-1 nxt 2\n" },
    { "shutdown() of writing sends a FIN, unread text or not", NULL,
      OPEN TEXT "+0 shutdown 1\n+0 > F. 1:1(0) ack 11\n+0 = FIN-WAIT-1 nxt 2\n" },
    { "late text draws a RST", NULL, OPEN CLOSED LATE "+0 > R 2:2(0)\n+0 = gone\n" },
    { "or not, where the policy says so", NULL,
      LENIENT CLOSED LATE "+0 > . 2:2(0) ack 11\n+0 = FIN-WAIT-1 rcv 11\n" },
    { "late text behind a hole may not", NULL,
      OPEN CLOSED "+0 < P. 2:11(9) ack 1 win 1000\n+0 > . 2:2(0) ack 1\n+0 = FIN-WAIT-1\n" },
    { "a stack that chooses does as it likes", NULL, "chooses\n" OPEN LINGER CLOSED },

    { "a FIN where nobody lingers", "close() without lingering in ESTABLISHED sends a FIN",
      OPEN LINGER CLOSED },
    { "nothing", "close() without lingering in ESTABLISHED sends no RST",
      OPEN LINGER "+0 close\n+0 = gone\n" },
    { "a RST, and the connection stays", "in ESTABLISHED does not end the connection",
      OPEN LINGER "+0 close\n+0 > R 1:1(0)\n+0 = ESTABLISHED\n" },
    { "a RST in CLOSING", "close() without lingering in CLOSING sends a RST",
      OPEN LINGER CLOSING "+0 close\n+0 > R 2:2(0)\n+0 = gone\n" },
    { "a RST in SYN-SENT", "close() without lingering in SYN-SENT sends a RST",
      "0 connect\n+0 > S 0:0(0) win 9\n+0 = SYN-SENT iss 0 una 0 nxt 1\n+0 set LINGER 0\n"
      "+0 = SYN-SENT\n+0 close\n+0 > R 1:1(0)\n+0 = gone\n" },
    { "CLOSING goes on", "in CLOSING does not end the connection",
      OPEN LINGER CLOSING "+0 close\n+0 = CLOSING\n" },
    { "a FIN with unread text", "close() with unread text in ESTABLISHED sends a FIN",
      OPEN TEXT "+0 close\n+0 > F. 1:1(0) ack 11\n+0 = FIN-WAIT-1 nxt 2\n" },
    { "a RST though all was read", "close() with nothing unread in ESTABLISHED sends a RST",
      OPEN TEXT "+0 recv 10 = 10\n+0 = ESTABLISHED unread 0\n+0 close\n+0 > R 1:1(0)\n"
      "+0 = gone\n" },
    { "shutdown() sends a RST", "shutdown() of writing in ESTABLISHED sends a RST",
      OPEN TEXT "+0 shutdown 1\n+0 > R 1:1(0)\n+0 = gone\n" },
    { "late text is taken", "text after close() in FIN-WAIT-1 sends no RST",
      OPEN CLOSED LATE "+0 > . 2:2(0) ack 11\n+0 = FIN-WAIT-1 rcv 11\n" },
};

static void judges(void **state)
{
    (void)state;
    trace_check("O27", traces, sizeof traces / sizeof traces[0]);
}

static void is_silent_without_states(void **state)
{
    (void)state;
    trace_check_silent("O27", "blind\n" OPEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges),
        cmocka_unit_test(is_silent_without_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
