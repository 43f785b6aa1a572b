/* SPDX-License-Identifier: BSD-2-Clause */
/* O25, icmp-error: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define POLICY                                                                                    \
    "policy hard_errors_abort=1\npolicy path_mtu_discovery=1\npolicy path_mtu_min=68\n"
#define OPEN                                                                                      \
    POLICY "0 listen\n+0 < S 0:0(0) win 5000\n+0 > S. 0:0(0) ack 1 win 9000\n"                    \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 9000 snd_wnd 5000 path_mtu 1500 "    \
    "snd_mss 1460 cwnd 10\n+0 < . 1:1(0) ack 1 win 5000\n+0 = ESTABLISHED una 1\n+0 accept\n"     \
    "+0 = ESTABLISHED\n"
#define FLIGHT                                                                                    \
    OPEN "+0 send 1000 = 1000\n+0 > P. 1:1001(1000) ack 1 win 9000\n+0 = ESTABLISHED nxt 1001\n"
#define ERROR(words) "+0 icmp " words " mtu 0 seq 1\n"
#define REPORT(mtu) "+0 icmp 3 4 mtu " mtu " seq 1\n"
#define AGAIN "+0 > . 1:961(960) ack 1 win 9000\n"

static const struct trace traces[] = {
    { "soft errors end nothing", NULL,
      FLIGHT ERROR("3 0") "+0 = ESTABLISHED\n" ERROR("11 0") "+0 = ESTABLISHED\n" },
    { "a hard one does", NULL, FLIGHT ERROR("3 3") "+0 = gone\n" },
    { "or does not, by policy", NULL,
      FLIGHT "policy hard_errors_abort=0\n" ERROR("3 3") "+0 = ESTABLISHED\n" },
    { "nor about what is not in flight", NULL, OPEN ERROR("3 3") "+0 = ESTABLISHED\n" },
    { "a code that says nothing may", NULL, FLIGHT ERROR("3 13") "+0 = gone\n" },
    { "a report is followed, and what was lost is sent again", NULL,
      FLIGHT REPORT("1000") AGAIN "+0 = ESTABLISHED path_mtu 1000 snd_mss 960\n" },
    { "one of a larger MTU is not", NULL, FLIGHT REPORT("2000") "+0 = ESTABLISHED\n" },
    { "one that names none is guessed at", NULL,
      FLIGHT REPORT("0") AGAIN "+0 = ESTABLISHED path_mtu 1492 snd_mss 1452\n" },
    { "no further than the policy allows", NULL,
      FLIGHT "policy path_mtu_min=552\n" REPORT("100") AGAIN
      "+0 = ESTABLISHED path_mtu 552 snd_mss 512\n" },
    { "it ends what may be fragmented", NULL,
      FLIGHT "policy path_mtu_discovery=0\n" REPORT("1000") "+0 = gone\n" },
    { "a quench changes nothing", NULL, FLIGHT ERROR("4 0") "+0 = ESTABLISHED\n" },
    { "for another host it is not heard", NULL,
      FLIGHT "+0 far icmp 3 4 mtu 1000 seq 1\n+0 = ESTABLISHED\n" },
    { "something else came as well", NULL,
      FLIGHT ERROR("3 0") "+0 < R 1:1(0)\n+0 = gone\n" },
    { "a stack that chooses does as it likes with hard errors and reports", NULL,
      "chooses\n" FLIGHT ERROR("3 3") "+0 = ESTABLISHED\n" REPORT("1000") "+0 = ESTABLISHED\n" },

    { "a soft one ends it", "of type 3, code 1 ends the connection",
      FLIGHT ERROR("3 1") "+0 = gone\n" },
    { "by a stack that chooses", "of type 11, code 0 ends the connection",
      "chooses\n" FLIGHT ERROR("11 0") "+0 = gone\n" },
    { "nothing is in flight", "which is not in flight, ends", OPEN ERROR("3 3") "+0 = gone\n" },
    { "a hard one as a soft one", "of type 3, code 3 does not end the connection",
      FLIGHT ERROR("3 3") "+0 = ESTABLISHED\n" },
    { "a soft one by policy", "and the policy takes it for a soft one",
      FLIGHT "policy hard_errors_abort=0\n" ERROR("3 2") "+0 = gone\n" },
    { "what may be fragmented stays", "of type 3, code 4 does not end the connection",
      FLIGHT "policy path_mtu_discovery=0\n" REPORT("1000") "+0 = ESTABLISHED\n" },
    { "a report is ignored", "takes that of the path from 1500 to 1500, not to 1000",
      FLIGHT REPORT("1000") "+0 = ESTABLISHED\n" },
    { "a report of a larger MTU is followed", "from 1500 to 2000, not to 1500",
      FLIGHT REPORT("2000") "+0 = ESTABLISHED path_mtu 2000\n" },
    { "one that names none is ignored", "of 0 takes that of the path from 1500 to 1500",
      FLIGHT REPORT("0") "+0 = ESTABLISHED\n" },
    { "segments stay as large", "segments have 1460 octets",
      FLIGHT REPORT("1000") AGAIN "+0 = ESTABLISHED path_mtu 1000\n" },
    { "nothing is sent again", "what was lost is not sent again",
      FLIGHT REPORT("1000") "+0 = ESTABLISHED path_mtu 1000 snd_mss 960\n" },
    { "each report sends again", "which changes nothing, draws a segment",
      FLIGHT REPORT("1500") "+0 > . 1:1001(1000) ack 1 win 9000\n+0 = ESTABLISHED\n" },
    { "a quench slows down", "takes the congestion window from 10 to 1 segments",
      FLIGHT ERROR("4 0") "+0 = ESTABLISHED cwnd 1\n" },
};

static void judges_traces(void **state)
{
    (void)state;
    trace_check("O25", traces, sizeof traces / sizeof traces[0]);
}

static void needs_states(void **state)
{
    (void)state;
    trace_check_silent("O25", "blind\n" OPEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_traces),
        cmocka_unit_test(needs_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
