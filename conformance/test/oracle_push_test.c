/* SPDX-License-Identifier: BSD-2-Clause */
/* O28, push: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define OPEN                                                                                      \
    "0 listen\n+0 < S 0:0(0) win 1000\n+0 > S. 0:0(0) ack 1 win 1000\n"                           \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 1000\n"                 \
    "+0.1 < . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED una 1 unsent 0\n+0 accept\n"
#define BARE "+0 > . 1:101(100) ack 1\n+0 = ESTABLISHED nxt 101\n"

static const struct trace traces[] = {
    { "the last of two segments has it", NULL,
      OPEN "+0 send 200 = 200\n+0 > . 1:101(100) ack 1\n+0 > P. 101:201(100) ack 1\n"
      "+0 = ESTABLISHED nxt 201\n" },
    { "more waits behind it", NULL,
      OPEN "+0 send 200 = 200\n+0 > . 1:101(100) ack 1\n+0 = ESTABLISHED nxt 101 unsent 100\n" },
    { "a FIN says it", NULL,
      OPEN "+0 send 200 = 200\n+0 > F. 1:201(200) ack 1\n+0 = FIN-WAIT-1 nxt 202\n" },
    { "what is sent again", NULL,
      OPEN "+0 send 100 = 100\n+0 > P. 1:101(100) ack 1\n+0 = ESTABLISHED nxt 101\n"
      "+1 > . 1:101(100) ack 1\n+0 = ESTABLISHED\n" },
    { "the user holds text back, and is about to send more", NULL,
      OPEN "+0 set CORK 1\n+0 send 100 = 100\n" BARE },
    { "a stack that chooses", NULL, "chooses\n" OPEN "+0 send 100 = 100\n" BARE },

    { "no PSH", "nothing is queued behind the text at 1, and it has no PSH",
      OPEN "+0 send 100 = 100\n" BARE },
    { "PSH in the first of two", "nothing is queued behind the text at 101",
      OPEN "+0 send 200 = 200\n+0 > P. 1:101(100) ack 1\n+0 > . 101:201(100) ack 1\n"
      "+0 = ESTABLISHED nxt 201\n" },
};

static void judges(void **state)
{
    (void)state;
    trace_check("O28", traces, sizeof traces / sizeof traces[0]);
}

static void is_silent_without_states(void **state)
{
    (void)state;
    trace_check_silent("O28", "blind\n" OPEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges),
        cmocka_unit_test(is_silent_without_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
