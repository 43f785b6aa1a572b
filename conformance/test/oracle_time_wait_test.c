/* SPDX-License-Identifier: BSD-2-Clause */
/* O10, time-wait: traces that it must accept, and traces that it must reject. MSL is 10 s. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define WAIT_BY(syn, policies)                                                                    \
    policies "policy msl_us=10000000\n0 listen\n+0 < S 0:0(0) win 1000" syn                       \
    "\n+0 > S. 0:0(0) ack 1 win 1000" syn                                                         \
    "\n+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 1000\n"               \
    "+0.1 < . 1:1(0) ack 1 win 1000\n+0 = ESTABLISHED una 1\n+0 accept\n"                         \
    "+0 shutdown 1\n+0 > F. 1:1(0) ack 1 win 1000\n+0 = FIN-WAIT-1 nxt 2\n"                       \
    "+0 < F. 1:1(0) ack 2 win 9\n+0 > . 2:2(0) ack 2\n+0 = TIME-WAIT una 2 rcv 2\n"
#define WAIT WAIT_BY("", "")
#define WAIT_CHOOSES WAIT_BY("", "chooses\n")
#define WAIT_STAMPS WAIT_BY(" <TS val 1 ecr 0>", "")
#define REUSE(how) "policy time_wait_reuse=" how "\n" WAIT "+0 = TIME-WAIT\n"
#define BACK                                                                                      \
    WAIT "+0 = TIME-WAIT deadline 20\n+4 < S 100:100(0) win 9\n+0 > S. 900:900(0) ack 101\n"      \
    "+0 = SYN-RECEIVED iss 900 irs 100 una 900 nxt 901 rcv 101 deadline 1\n"                      \
    "+0 < R 101:101(0)\n+0 = TIME-WAIT iss 0 irs 0 una 2 nxt 2 rcv 2 deadline "
#define SYN "+0 < S 100:100(0) win 9\n"
#define FIN_AGAIN "+4 < F. 1:1(0) ack 2 win 9\n+0 > . 2:2(0) ack 2\n+0 = TIME-WAIT\n"

static const struct trace traces[] = {
    { "2MSL, to the microsecond", NULL, WAIT "+19.999999 = TIME-WAIT\n+0.000001 = gone\n" },
    { "the FIN came again: 2MSL from there", NULL,
      WAIT FIN_AGAIN "+19.999999 = TIME-WAIT\n+0.000001 = gone\n" },
    { "a bare ACK restarts nothing", NULL,
      WAIT "+4 < . 2:2(0) ack 2 win 9\n+0 = TIME-WAIT\n+16 = gone\n" },
    { "a RST ends it", NULL, WAIT "+4 < R 2:2(0) win 0\n+0 = gone\n" },
    { "a SYN ends it, in favour of another connection", NULL,
      WAIT "+4 < S 100:100(0) win 9\n+0 = gone\n" },
    { "the user ends it", NULL, WAIT "+4 close\n+0 = gone\n" },
    { "a FIN with timestamps may be refused by PAWS: from the first FIN", NULL,
      WAIT_STAMPS FIN_AGAIN "+16 = gone\n" },
    { "or taken: from the second", NULL, WAIT_STAMPS FIN_AGAIN "+20 = gone\n" },
    { "a stack that chooses may keep the first deadline", NULL,
      WAIT_CHOOSES FIN_AGAIN "+16 = gone\n" },
    { "or restart", NULL, WAIT_CHOOSES FIN_AGAIN "+20 = gone\n" },
    { "a second FIN in the window, which is consumed never but restarts, may count", NULL,
      WAIT "+4 < F. 2:2(0) ack 2 win 9\n+0 > . 2:2(0) ack 2\n+0 = TIME-WAIT\n+20 = gone\n" },

    { "a SYN reopens it, where the policy lets it", NULL,
      REUSE("1") SYN "+0 > S. 9:9(0) ack 101\n+0 = gone\n" },
    { "it comes back, and ends when it would have", NULL, BACK "16\n" },
    { "or is answered with an ACK", NULL,
      REUSE("0") SYN "+0 > . 2:2(0) ack 2\n+0 = TIME-WAIT\n" },
    { "or with nothing", NULL,
      REUSE("0") "policy time_wait_silent_syn=1\n" SYN "+0 = TIME-WAIT\n" },

    { "it comes back, and ends later", "TIME-WAIT that came back ends 4000000 us later",
      BACK "20\n" },
    { "it is answered, though the policy wants silence",
      "a SYN that does not reopen TIME-WAIT is answered with an ACK",
      REUSE("1") "policy time_wait_silent_syn=1\n" SYN "+0 > . 2:2(0) ack 2\n+0 = TIME-WAIT\n" },
    { "it is reopened, which the policy forbids",
      "a SYN reopens TIME-WAIT, which the policy forbids",
      REUSE("0") SYN "+0 > S. 9:9(0) ack 101\n+0 = gone\n" },
    { "one microsecond less", "TIME-WAIT has ended 19999999 us after", WAIT "+19.999999 = gone\n" },
    { "one microsecond more", "TIME-WAIT lasts 20000001 us", WAIT "+20.000001 = TIME-WAIT\n" },
    { "one MSL", "TIME-WAIT has ended 10000000 us after", WAIT "+10 = gone\n" },
    { "the FIN that came again does not restart", "TIME-WAIT has ended 16000000 us after",
      WAIT FIN_AGAIN "+16 = gone\n" },
    { "a bare ACK restarts", "TIME-WAIT lasts 24000000 us",
      WAIT "+4 < . 2:2(0) ack 2 win 9\n+0 = TIME-WAIT\n+20 = TIME-WAIT\n" },
    { "it never ends", "TIME-WAIT lasts 3600000000 us", WAIT "+3600 = TIME-WAIT\n" },
    { "it does not begin: the end of FIN-WAIT-1 is no matter of this rule, an early end is",
      "TIME-WAIT has ended 0 us after", WAIT "+0 < . 2:2(0) ack 2 win 9\n+0 = gone\n" },
};

static void time_wait(void **state)
{
    (void)state;
    trace_check("O10", traces, sizeof traces / sizeof traces[0]);
}

static void silent(void **state)
{
    (void)state;
    trace_check_silent("O10", "blind\n0 listen\n+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(time_wait), cmocka_unit_test(silent) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
