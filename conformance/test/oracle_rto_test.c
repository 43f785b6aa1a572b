/* SPDX-License-Identifier: BSD-2-Clause */
/* O18, rto: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define POLICY                                                                                    \
    "policy rto_initial_us=1000000\npolicy rto_min_us=1000000\npolicy rto_max_us=60000000\n"      \
    "policy rto_after_syn_us=3000000\npolicy fin_with_acks=0\npolicy user_timeout_us=0\n"         \
    "policy r2_us=0\npolicy r2_count=3\npolicy syn_r2_us=0\npolicy syn_r2_count=3\n"              \
    "policy syn_ack_r2_count=3\n"
#define SYN                                                                                       \
    "0 listen\n+0 < S 0:0(0) win 5000\n+0 > S. 0:0(0) ack 1 win 9000\n"                           \
    "+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 9000 snd_wnd 5000 rto 1000000\n"
#define OPEN                                                                                      \
    POLICY SYN "+0.1 < . 1:1(0) ack 1 win 5000\n+0 = ESTABLISHED una 1\n+0 accept\n"              \
    "+0 = ESTABLISHED\n"
#define TEXT "+0 send 100 = 100\n+0 > P. 1:101(100) ack 1 win 9000\n+0 = ESTABLISHED nxt 101\n"
#define SYN_AGAIN(wait, rto)                                                                      \
    "+" wait " > S. 0:0(0) ack 1 win 9000\n+0 = SYN-RECEIVED rto " rto "\n"
#define AGAIN(wait, rto)                                                                          \
    "+" wait " > P. 1:101(100) ack 1 win 9000\n+0 = ESTABLISHED rto " rto "\n"

static const struct trace traces[] = {
    { "a SYN after one second, and twice as long each time", NULL,
      POLICY SYN SYN_AGAIN("1", "2000000") SYN_AGAIN("2", "4000000") SYN_AGAIN("4", "8000000") },
    { "text after one RTO", NULL, OPEN TEXT AGAIN("1", "2000000") AGAIN("2", "4000000") },
    { "up to the bound", NULL,
      "policy rto_max_us=2000000\n" SYN SYN_AGAIN("1", "2000000") SYN_AGAIN("2", "2000000")
      SYN_AGAIN("2", "2000000") },
    { "an ACK of something new starts it again", NULL,
      OPEN TEXT "+0.9 < . 1:1(0) ack 51 win 5000\n+0 = ESTABLISHED una 51\n"
      "+1 > P. 51:101(50) ack 1 win 9000\n+0 = ESTABLISHED rto 2000000\n" },
    { "what an arrival sends again", NULL,
      OPEN TEXT "+0.1 < . 1:1(0) ack 1 win 5000\n+0 > P. 1:101(100) ack 1 win 9000\n"
      "+0 = ESTABLISHED\n" },
    { "probes of a closed window at one pace", NULL,
      OPEN TEXT "+0.1 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0\n"
      AGAIN("5", "1000000") AGAIN("5", "1000000") },
    { "R2 of a closed window begins with the first probe that has no answer", NULL,
      "policy r2_us=6000000\npolicy r2_count=0\n" SYN
      "+0.1 < . 1:1(0) ack 1 win 5000\n+0 = ESTABLISHED una 1\n+0 accept\n+0 = ESTABLISHED\n" TEXT
      "+0.1 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0\n"
      AGAIN("5", "1000000") AGAIN("5", "1000000") },
    { "a connection is given up at R2", NULL,
      OPEN TEXT AGAIN("1", "2000000") AGAIN("2", "4000000") AGAIN("4", "8000000") "+8 = gone\n" },
    { "R2 of the SYN counts as long as it is not acknowledged, after CLOSE, too", NULL,
      POLICY "policy r2_count=12\n0 connect\n+0 > S 0:0(0) win 9\n"
      "+0 = SYN-SENT iss 0 una 0 nxt 1 rto 1000000\n+0 < S 0:0(0) win 9\n"
      "+0 > S. 0:0(0) ack 1 win 9\n"
      "+0 = SYN-RECEIVED irs 0 rcv 1 rcv_wnd 9 snd_wnd 9 rto 1000000\n+0 close\n+0 = FIN-WAIT-1\n"
      "+1 > S. 0:0(0) ack 1 win 9\n+0 = FIN-WAIT-1 rto 2000000\n"
      "+2 > S. 0:0(0) ack 1 win 9\n+0 = FIN-WAIT-1 rto 4000000\n"
      "+4 > S. 0:0(0) ack 1 win 9\n+0 = FIN-WAIT-1 rto 8000000\n+8 = gone\n" },
    { "the user has set a timeout", NULL,
      OPEN "+0 set USER_TIMEOUT 500\n" TEXT "+0.5 = gone\n" },
    { "an ACK of what was sent once is a measurement", NULL,
      OPEN TEXT "+0.2 < . 1:1(0) ack 101 win 5000\n+0 = ESTABLISHED una 101 rto 1100000\n" },
    { "the RTO stays doubled behind an ACK of what was sent again", NULL,
      OPEN TEXT AGAIN("1", "2000000") "+0.2 < . 1:1(0) ack 101 win 5000\n"
      "+0 = ESTABLISHED una 101 rto 2000000\n" },
    { "three seconds behind a SYN that was repeated", NULL,
      POLICY SYN SYN_AGAIN("1", "2000000") "+0.1 < . 1:1(0) ack 1 win 5000\n"
      "+0 = ESTABLISHED una 1 rto 3000000\n+0 accept\n" TEXT AGAIN("3", "6000000") },
    { "what the least interval of probes is, nobody told", NULL,
      "chooses\n" SYN "+0.1 < . 1:1(0) ack 1 win 5000\n+0 = ESTABLISHED una 1\n+0 accept\n" TEXT
      "+0.1 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0\n"
      AGAIN("1", "1000000") AGAIN("1", "1000000") AGAIN("5", "1000000") },
    { "that it is none, somebody did",
      "sent again after 5000000 us, the time before after 1000000 us",
      "chooses\npolicy persist_min_us=0\n" SYN "+0.1 < . 1:1(0) ack 1 win 5000\n"
      "+0 = ESTABLISHED una 1\n+0 accept\n" TEXT
      "+0.1 < . 1:1(0) ack 1 win 0\n+0 = ESTABLISHED snd_wnd 0\n"
      AGAIN("1", "1000000") AGAIN("1", "1000000") AGAIN("5", "1000000") },
    { "a stack that chooses has its own estimate", NULL,
      "chooses\n" SYN SYN_AGAIN("3", "2000000") SYN_AGAIN("6", "4000000") },
    { "a FIN that goes with each ACK", NULL,
      OPEN "policy fin_with_acks=1\n+0 shutdown 1\n+0 > F. 1:1(0) ack 1 win 9000\n"
      "+0 = FIN-WAIT-1 nxt 2\n+0.1 > F. 1:1(0) ack 1 win 9000\n+0 = FIN-WAIT-1\n" },

    { "a SYN too early", "sent again after 500000 us, 1000000 us are the least",
      POLICY SYN SYN_AGAIN("0.5", "2000000") },
    { "a SYN too late", "a SYN is sent again after 3000000 us",
      POLICY SYN SYN_AGAIN("3", "2000000") },
    { "no doubling", "sent again after 1000000 us, the time before after 1000000 us",
      POLICY SYN SYN_AGAIN("1", "1000000") SYN_AGAIN("1", "1000000") },
    { "four times as long", "sent again after 4000000 us, the time before after 1000000 us",
      POLICY SYN SYN_AGAIN("1", "4000000") SYN_AGAIN("4", "4000000") },
    { "less than the least RTO", "sent again after 300000 us, 1000000 us are the least",
      OPEN "+0 = ESTABLISHED rto 300000\n" TEXT AGAIN("0.3", "600000") },
    { "earlier than the RTO", "sends again after 1000000 us, the RTO is 2000000 us",
      OPEN "+0 = ESTABLISHED rto 2000000\n" TEXT AGAIN("1", "4000000") },
    { "later than the RTO", "sends again only after 3000000 us, the RTO is 2000000 us",
      OPEN "+0 = ESTABLISHED rto 2000000\n" TEXT AGAIN("3", "4000000") },
    { "an ACK of something new does not start it again", "sends again after 100000 us",
      OPEN TEXT "+0.9 < . 1:1(0) ack 51 win 5000\n+0 = ESTABLISHED una 51\n"
      "+0.1 > P. 51:101(50) ack 1 win 9000\n" },
    { "any ACK does", "sends again only after 1900000 us",
      OPEN TEXT "+0.9 < . 1:1(0) ack 1 win 5000\n+0 = ESTABLISHED\n" AGAIN("1", "2000000") },
    { "less than three seconds behind a repeated SYN", "3000000 us are the least",
      POLICY SYN SYN_AGAIN("1", "2000000") "+0.1 < . 1:1(0) ack 1 win 5000\n"
      "+0 = ESTABLISHED una 1 rto 2000000\n+0 accept\n" TEXT AGAIN("2", "4000000") },
    { "what was sent again takes the RTO back", "takes the RTO from 2000000 us to 1000000 us",
      OPEN TEXT AGAIN("1", "2000000") "+0.2 < . 1:1(0) ack 101 win 5000\n"
      "+0 = ESTABLISHED una 101 rto 1000000\n" },
    { "it is sent again behind R2", "again for the 4th time, R2 is 3",
      OPEN TEXT AGAIN("1", "2000000") AGAIN("2", "4000000") AGAIN("4", "8000000")
      AGAIN("8", "16000000") },
    { "behind R2 by time", "7000000 us after the first time, R2 is 6000000 us",
      OPEN "policy r2_us=6000000\npolicy r2_count=0\n" TEXT AGAIN("1", "2000000")
      AGAIN("2", "4000000") AGAIN("4", "8000000") },
    { "given up before R2", "given up after 3100000 us and 1 retransmissions; R2 is 0 us or 3",
      OPEN "+0.1 = ESTABLISHED\n" TEXT AGAIN("1", "2000000") "+2 = gone\n" },
};

static void judges(void **state)
{
    (void)state;
    trace_check("O18", traces, sizeof traces / sizeof traces[0]);
}

static void is_silent_without_states(void **state)
{
    (void)state;
    trace_check_silent("O18", "blind\n" POLICY SYN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges),
        cmocka_unit_test(is_silent_without_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
