/* SPDX-License-Identifier: BSD-2-Clause */
/* O23, round-trip: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define POLICY                                                                                    \
    "policy rto_min_us=1000\npolicy rto_max_us=60000000\npolicy rto_granularity_us=1000\n"        \
    "policy timestamp_tick_us=1000\n"
#define SYN(options)                                                                              \
    "0 listen\n+0 < S 0:0(0) win 5000 <" options ">\n+0 > S. 0:0(0) ack 1 win 9000 <" options     \
    ">\n+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 9000 snd_wnd 5000 "               \
    "srtt 0 rttvar 0 rto 1000000\n"
/* The SYN,ACK measures 100 ms. */
#define OPENS(options)                                                                            \
    SYN(options) "+0.1 < . 1:1(0) ack 1 win 5000\n"                                               \
    "+0 = ESTABLISHED una 1 srtt 100000 rttvar 50000 rto 300000\n+0 accept\n+0 = ESTABLISHED\n"
#define OPEN POLICY OPENS("mss 1000")
#define TEXT "+0 send 100 = 100\n+0 > P. 1:101(100) ack 1 win 9000\n+0 = ESTABLISHED nxt 101\n"
#define MORE "+0 send 100 = 100\n+0 > P. 101:201(100) ack 1 win 9000\n+0 = ESTABLISHED nxt 201\n"
#define ACKED(wait, una, told)                                                                    \
    "+" wait " < . 1:1(0) ack " una " win 5000\n+0 = ESTABLISHED una " una " " told "\n"

static const struct trace traces[] = {
    { "the first round trip, and a later one", NULL,
      OPEN TEXT ACKED("0.18", "101", "srtt 110000 rttvar 57500 rto 340000") },
    { "one below SRTT is a deviation as well", NULL,
      OPEN TEXT ACKED("0.02", "101", "srtt 90000 rttvar 57500 rto 320000") },
    { "a round trip of no time is one microsecond", NULL,
      POLICY SYN("mss 1000") ACKED("0", "1", "srtt 1 rttvar 0 rto 1001") },
    { "what was sent again measures nothing", NULL,
      OPEN TEXT "+0.3 > P. 1:101(100) ack 1 win 9000\n+0 = ESTABLISHED rto 600000\n"
      ACKED("0.1", "101", "") },
    { "of several segments one is measured, or another", NULL,
      OPEN TEXT "+0.1 send 100 = 100\n+0 > P. 101:201(100) ack 1 win 9000\n"
      "+0 = ESTABLISHED nxt 201\n" ACKED("0.08", "201", "srtt 110000 rttvar 57500 rto 340000") },
    { "an ACK of a part measures nothing", NULL, OPEN TEXT ACKED("0.18", "51", "") },
    { "timestamps are as coarse as their clock", NULL,
      POLICY OPENS("mss 1000,TS val 1 ecr 0") TEXT
      ACKED("0.18", "101", "srtt 109900 rttvar 57300 rto 339100") },
    { "the RTO has bounds", NULL,
      POLICY "policy rto_min_us=1000000\npolicy rto_max_us=2000000\n" SYN("mss 1000")
      ACKED("0.1", "1", "srtt 100000 rttvar 50000 rto 1000000") },
    { "three seconds behind a SYN that was repeated", NULL,
      POLICY SYN("mss 1000,TS val 1 ecr 0")
      "+1 > S. 0:0(0) ack 1 win 9000 <mss 1000,TS val 1001 ecr 0>\n"
      "+0 = SYN-RECEIVED rto 2000000\n"
      ACKED("0.1", "1", "srtt 100000 rttvar 50000 rto 3000000") },
    { "a probe of a closed window is not timed", NULL,
      OPEN "+0.1 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0\n+0 send 100 = 100\n"
      "+0 = ESTABLISHED\n+1 > . 1:2(1) ack 1 win 9000\n+0 = ESTABLISHED nxt 2\n"
      ACKED("0.1", "2", "snd_wnd 5000") },
    { "a stack that chooses has its own estimate", NULL,
      "chooses\n" OPEN TEXT ACKED("0.18", "101", "srtt 120000 rttvar 80000 rto 1000000") },
    { "what is not told", NULL,
      "0 listen\n+0 < S 0:0(0) win 5000\n+0 > S. 0:0(0) ack 1 win 9000\n"
      "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 9000 snd_wnd 5000\n"
      ACKED("0.1", "1", "") },

    { "the first variance", "no round trip takes SRTT and RTTVAR from 0 and 0",
      POLICY SYN("mss 1000") ACKED("0.1", "1", "srtt 100000 rttvar 100000 rto 500000") },
    { "a quarter of it", "no round trip takes",
      OPEN TEXT ACKED("0.18", "101", "srtt 120000 rttvar 57500 rto 350000") },
    { "SRTT before RTTVAR", "no round trip takes",
      OPEN TEXT ACKED("0.18", "101", "srtt 110000 rttvar 55000 rto 330000") },
    { "a deviation without its sign", "no round trip takes",
      OPEN TEXT ACKED("0.02", "101", "srtt 90000 rttvar 37500 rto 240000") },
    { "twice the variance", "the RTO is 225000 us behind a measurement",
      OPEN TEXT ACKED("0.18", "101", "srtt 110000 rttvar 57500 rto 225000") },
    { "no granularity", "the RTO is 100000 us behind a measurement",
      "policy rto_min_us=1000\npolicy rto_max_us=60000000\npolicy rto_granularity_us=300000\n"
      SYN("mss 1000") ACKED("0.1", "1", "srtt 100000 rttvar 50000 rto 400000") "+0 accept\n" TEXT
      ACKED("0.1", "101", "srtt 100000 rttvar 37500 rto 100000") },
    { "longer than it can have been", "a round trip of 900000 us is measured",
      OPEN TEXT MORE ACKED("0.18", "201", "srtt 200000 rttvar 237500 rto 1150000") },
    { "another one than it was", "a segment is acknowledged after 180000 us",
      OPEN TEXT ACKED("0.18", "101", "srtt 90000 rttvar 57500 rto 320000") },
    { "none at all", "a segment is acknowledged after 180000 us",
      OPEN TEXT ACKED("0.18", "101", "") },
    { "by a duplicate", "SRTT goes from 100000 to 110000 us, and nothing new was acknowledged",
      OPEN TEXT "+0.18 < . 1:1(0) ack 1 win 5000\n"
      "+0 = ESTABLISHED srtt 110000 rttvar 57500 rto 340000\n" },
    { "forgotten", "SRTT goes from 100000 to 0 us",
      OPEN TEXT "+0.3 > P. 1:101(100) ack 1 win 9000\n+0 = ESTABLISHED rto 600000 srtt 0\n" },
};

static void judges_traces(void **state)
{
    (void)state;
    trace_check("O23", traces, sizeof traces / sizeof traces[0]);
}

static void needs_states(void **state)
{
    (void)state;
    trace_check_silent("O23", "blind\n" OPEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_traces),
        cmocka_unit_test(needs_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
