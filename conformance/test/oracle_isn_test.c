/* SPDX-License-Identifier: BSD-2-Clause */
/* O17, isn: traces that it must accept, and traces that it must reject. The clock begins at
 * 1,000 s, which is 250,000,000 of its units. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define FIRST                                                                                     \
    "0 listen\n+0 < S 0:0(0) win 9\n+0 > S. 5000:5000(0)! ack 1 win 9\n"                          \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 9 snd_wnd 9\n"
#define RESET "+1 < R 1:1(0) win 0\n+0 = gone\n"
#define AGAIN "+0 < S 0:0(0) win 9\n"
#define LATER "+200 < S 0:0(0) win 9\n"
#define ON(port, number)                                                                          \
    "on " port "\n+0 < S 0:0(0) win 9\n+0 > S. " number ":" number "(0)! ack 1 win 9\n"           \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 9 snd_wnd 9\n"
#define WAIT "+1 = TIME-WAIT una 1 nxt 3001 rcv 2\n"

static const struct trace traces[] = {
    { "the number moves as the clock does", NULL,
      FIRST RESET AGAIN "+0 > S. 255000:255000(0)! ack 1 win 9\n" },
    { "the clock is read a unit later", NULL,
      FIRST RESET AGAIN "+0 > S. 255001:255001(0)! ack 1 win 9\n" },
    { "a SYN that is sent again", NULL,
      FIRST "+1 > S. 5000:5000(0)! ack 1 win 9\n" },
    { "connections of other names have others", NULL,
      FIRST ON("1", "77") ON("2", "4000000000") ON("3", "600000") },
    { "two of them have the same by chance", NULL,
      FIRST ON("1", "5000") ON("2", "9000") },
    { "one that takes the place of another in TIME-WAIT begins above it", NULL,
      FIRST "+0 > . 5001:8001(3000)! ack 1 win 9\n" WAIT
      "+0 < S 90000:90000(0) win 9\n+0 > S. 8002:8002(0)! ack 90001 win 9\n" },
    { "or by the clock", NULL,
      FIRST "+0 > . 5001:8001(3000)! ack 1 win 9\n" WAIT
      "+0 < S 90000:90000(0) win 9\n+0 > S. 255000:255000(0)! ack 90001 win 9\n" },
    { "a number that is prescribed", NULL,
      "fixed iss\n" FIRST RESET AGAIN "+0 > S. 5000:5000(0)! ack 1 win 9\n" },
    { "a stack that chooses has a faster clock", NULL,
      "chooses\n" FIRST RESET AGAIN "+0 > S. 9000000:9000000(0)! ack 1 win 9\n" },
    { "so fast that it is more than half around", NULL,
      "chooses\n" FIRST RESET LATER "+0 > S. 3000000000:3000000000(0)! ack 1 win 9\n" },

    { "no clock", "with 5000: the clock moved by 250000",
      FIRST RESET AGAIN "+0 > S. 5000:5000(0)! ack 1 win 9\n" },
    { "a clock that goes back", "the clock moved by 250000",
      "chooses\n" FIRST RESET AGAIN "+0 > S. 4000:4000(0)! ack 1 win 9\n" },
    { "a clock of half the speed", "1000000 us later with 130000",
      FIRST RESET AGAIN "+0 > S. 130000:130000(0)! ack 1 win 9\n" },
    { "one in the place of TIME-WAIT that begins below it", "the clock moved by",
      FIRST "+0 > . 5001:8001(3000)! ack 1 win 9\n" WAIT
      "+0 < S 90000:90000(0) win 9\n+0 > S. 8000:8000(0)! ack 90001 win 9\n" },
    { "a clock and no name", "differ by nothing but the clock",
      FIRST ON("1", "5000") "+1 = SYN-RECEIVED\n" ON("2", "255000") },
};

static void judges(void **state)
{
    (void)state;
    trace_check("O17", traces, sizeof traces / sizeof traces[0]);
}

static void is_silent_where_incarnations_are_guessed(void **state)
{
    (void)state;
    trace_check_silent("O17", "blind\n" FIRST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges),
        cmocka_unit_test(is_silent_where_incarnations_are_guessed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
