/* SPDX-License-Identifier: BSD-2-Clause */
/* O22, timestamps: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define OPEN_WITH(ours, theirs)                                                                   \
    "0 listen\n+0 < S 0:0(0) win 1000" theirs "\n+0 > S. 0:0(0) ack 1 win 1000" ours              \
    "\n+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 1000\n"               \
    "+0.1 < . 1:1(0) ack 1 win 1000" theirs "\n+0 = ESTABLISHED una 1\n+0 accept\n"
#define STAMPED OPEN_WITH(" <TS val 50 ecr 7>", " <TS val 7 ecr 0>")
#define PLAIN OPEN_WITH("", "")
#define TAKEN(val) "+0 < . 1:11(10) ack 1 win 9 <TS val " val " ecr 50>\n"                         \
                   "+0 > . 1:1(0) ack 11 <TS val 60 ecr " val ">\n+0 = ESTABLISHED rcv 11\n"

#define TICK "policy timestamp_tick_us=1000\n"

static const struct trace traces[] = {
    { "each segment has them, and echoes the last one that was taken", NULL, STAMPED TAKEN("9") },
    { "TSval stands still", NULL, STAMPED TAKEN("9") "+0 > . 1:2(1) ack 11 <TS val 60 ecr 9>\n" },
    { "TSval wraps", NULL,
      OPEN_WITH(" <TS val 4294967290 ecr 7>", " <TS val 7 ecr 0>")
      "+1 > . 1:2(1) ack 1 <TS val 5 ecr 7>\n" },
    { "a delayed ACK echoes the earlier of two segments", NULL,
      STAMPED "+0 < . 1:11(10) ack 1 win 9 <TS val 9 ecr 50>\n+0 = ESTABLISHED rcv 11\n"
      "+0 < . 11:21(10) ack 1 win 9 <TS val 12 ecr 50>\n+0 > . 1:1(0) ack 21 <TS val 60 ecr 9>\n"
      "+0 = ESTABLISHED rcv 21\n" },
    { "a segment behind a hole is not echoed", NULL,
      STAMPED "+0 < . 11:21(10) ack 1 win 9 <TS val 12 ecr 50>\n"
      "+0 > . 1:1(0) ack 1 <TS val 60 ecr 7>\n+0 = ESTABLISHED\n" },
    { "a segment without them is dropped in silence", NULL,
      STAMPED "+0 = ESTABLISHED\n+0 < . 1:11(10) ack 1 win 9\n+0 = ESTABLISHED\n" },
    { "but for a RST, and for a SYN, which is challenged", NULL,
      STAMPED "+0 = ESTABLISHED\n+0 < S 1:1(0) win 9\n+0 > . 1:1(0) ack 1 <TS val 50 ecr 7>\n"
      "+0 = ESTABLISHED\n+0 < R 1:1(0)\n+0 = gone\n" },
    { "a stack that chooses may take it", NULL,
      "chooses\n" STAMPED "+0 = ESTABLISHED\n+0 < . 1:11(10) ack 1 win 9\n"
      "+0 > . 1:1(0) ack 11 <TS val 50 ecr 7>\n+0 = ESTABLISHED rcv 11\n" },
    { "an old one moves nothing and draws an ACK", NULL,
      STAMPED TAKEN("9") "+0 < . 11:21(10) ack 1 win 9 <TS val 8 ecr 50>\n"
      "+0 > . 1:1(0) ack 11 <TS val 60 ecr 9>\n+0 = ESTABLISHED\n" },
    { "after 24 days an old one is new", NULL,
      STAMPED TAKEN("9") "+2073601 < . 11:21(10) ack 1 win 9 <TS val 8 ecr 50>\n"
      "+0 > . 1:1(0) ack 21 <TS val 70 ecr 8>\n+0 = ESTABLISHED rcv 21\n" },
    { "unless it is refused for its number", NULL,
      STAMPED TAKEN("9") "+2073601 < . 1:11(10) ack 1 win 9 <TS val 8 ecr 50>\n"
      "+0 > . 1:1(0) ack 11 <TS val 70 ecr 9>\n+0 = ESTABLISHED\n" },
    { "two that are refused lie half the space apart", NULL, STAMPED TAKEN("9")
      "+0 < . 1:11(10) ack 1 win 9 <TS val 2147483656 ecr 50>\n"
      "+0 > . 1:1(0) ack 11 <TS val 60 ecr 9>\n+0 = ESTABLISHED\n"
      "+0 < . 1:11(10) ack 1 win 9 <TS val 5 ecr 50>\n"
      "+0 > . 1:1(0) ack 11 <TS val 60 ecr 9>\n+0 = ESTABLISHED\n" },
    { "half the space ahead is not old", NULL, STAMPED TAKEN("9")
      "+0 < . 11:21(10) ack 1 win 9 <TS val 2147483657 ecr 50>\n"
      "+0 > . 1:1(0) ack 21 <TS val 60 ecr 2147483657>\n+0 = ESTABLISHED rcv 21\n" },
    { "what stands behind an option of a wrong length may be taken, or not", NULL,
      STAMPED "+0 < . 1:11(10) ack 1 win 9 <gen-2 01,TS val 9 ecr 50>\n"
      "+0 > . 1:1(0) ack 11 <TS val 60 ecr 9>\n+0 = ESTABLISHED rcv 11\n" },
    { "of two the last counts", NULL,
      STAMPED "+0 < . 1:11(10) ack 1 win 9 <TS val 8 ecr 50,TS val 9 ecr 50>\n"
      "+0 > . 1:1(0) ack 11 <TS val 60 ecr 9>\n+0 = ESTABLISHED rcv 11\n" },
    { "nobody has them", NULL, PLAIN "+0 > . 1:2(1) ack 1\n" },
    { "the peer has not, and neither have we", NULL,
      OPEN_WITH("", " <TS val 7 ecr 0>") "+0 > . 1:2(1) ack 1\n" },
    { "the first SYN echoes nothing", NULL, "0 connect\n+0 > S 0:0(0) win 9 <TS val 5 ecr 0>\n" },
    { "SYNs cross, and the peer's has no stamp to echo", NULL,
      "0 connect\n+0 > S 0:0(0) win 9 <TS val 5 ecr 0>\n+0 = SYN-SENT iss 0 una 0 nxt 1\n"
      "+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1 win 9 <TS val 5 ecr 0>\n" },
    { "one SYN reopens TIME-WAIT twice, with a later stamp the second time", NULL,
      STAMPED "+0 close\n+0 > F. 1:1(0) ack 1 <TS val 50 ecr 7>\n+0 = FIN-WAIT-1 nxt 2\n"
      "+0 < F. 1:1(0) ack 2 win 9 <TS val 7 ecr 50>\n+0 > . 2:2(0) ack 2 <TS val 50 ecr 7>\n"
      "+0 = TIME-WAIT una 2 rcv 2\n+1 < S 500:500(0) win 9 <TS val 20 ecr 0>\n"
      "+0 > S. 900:900(0) ack 501 <TS val 60 ecr 20>\n"
      "+0 = SYN-RECEIVED iss 900 irs 500 una 900 nxt 901 rcv 501\n+0 < R 501:501(0)\n"
      "+0 = TIME-WAIT iss 0 irs 0 una 2 nxt 2 rcv 2\n+1 < S 500:500(0) win 9 <TS val 30 ecr 0>\n"
      "+0 > S. 2000:2000(0) ack 501 <TS val 70 ecr 30>\n"
      "+0 = SYN-RECEIVED iss 2000 irs 500 una 2000 nxt 2001 rcv 501\n" },
    { "a RST may have none, or others", NULL,
      STAMPED "+0 close\n+0 > R 1:1(0)\n+0 > R 1:1(0) <TS val 0 ecr 3>\n" },
    { "TSval goes on with the clock, read a tick early or late", NULL,
      TICK STAMPED "+0.01 > . 1:2(1) ack 1 <TS val 160 ecr 7>\n"
      "+0.0105 > . 2:3(1) ack 1 <TS val 171 ecr 7>\n" },
    { "a stack that chooses has its own clock", NULL,
      "chooses\n" TICK STAMPED "+0.01 > . 1:2(1) ack 1 <TS val 51 ecr 7>\n" },

    { "a segment without them", "a segment at 1 has no timestamps, which both SYNs had",
      STAMPED "+0 > . 1:2(1) ack 1\n" },
    { "a segment with them, though the peer never had them", "which not both SYNs had",
      PLAIN "+0 > . 1:2(1) ack 1 <TS val 51 ecr 0>\n" },
    { "TSval goes back", "TSval goes back from 60 to 59",
      STAMPED TAKEN("9") "+0 > . 1:2(1) ack 11 <TS val 59 ecr 9>\n" },
    { "its clock is slower than its tick", "TSval goes from 50 to 51 in 110000 us",
      TICK STAMPED "+0.01 > . 1:2(1) ack 1 <TS val 51 ecr 7>\n" },
    { "its clock is faster than its tick", "TSval goes from 50 to 170 in 110000 us",
      TICK STAMPED "+0.01 > . 1:2(1) ack 1 <TS val 170 ecr 7>\n" },
    { "its clock begins anew", "TSval goes back from 65535 to 9",
      TICK OPEN_WITH(" <TS val 65535 ecr 7>", " <TS val 7 ecr 0>")
      "+0.01 > . 1:2(1) ack 1 <TS val 9 ecr 7>\n" },
    { "TSecr is made up", "TSecr is 8, which was never received",
      STAMPED "+0 > . 1:2(1) ack 1 <TS val 51 ecr 8>\n" },
    { "TSecr never changes", "TSecr is 7, but 9 was taken since",
      STAMPED TAKEN("9") "+0 > . 1:2(1) ack 11 <TS val 61 ecr 7>\n" },
    { "TSecr is that of a segment behind a hole", "TSecr is 12, which stood behind the last ACK",
      STAMPED "+0 < . 11:21(10) ack 1 win 9 <TS val 12 ecr 50>\n"
      "+0 > . 1:1(0) ack 1 <TS val 60 ecr 12>\n" },
    { "an old one is taken", "a segment with TSval 8 is taken, TS.Recent is 9 at least",
      STAMPED TAKEN("9") "+0 < . 11:21(10) ack 1 win 9 <TS val 8 ecr 50>\n"
      "+0 = ESTABLISHED rcv 21\n" },
    { "a segment without them is taken",
      "a segment without timestamps, which both SYNs had, is taken",
      STAMPED "+0 = ESTABLISHED\n+0 < . 1:11(10) ack 1 win 9\n+0 = ESTABLISHED rcv 11\n" },
    { "or its ACK is", "a segment without timestamps, which both SYNs had, is taken",
      STAMPED "+0 > . 1:11(10) ack 1 <TS val 50 ecr 7>\n+0 = ESTABLISHED nxt 11\n"
      "+0 < . 1:1(0) ack 11 win 9\n+0 = ESTABLISHED una 11\n" },
    { "or its FIN is", "a segment without timestamps leads from ESTABLISHED to CLOSE-WAIT",
      STAMPED "+0 = ESTABLISHED\n+0 < F. 1:1(0) ack 1 win 9\n+0 = CLOSE-WAIT rcv 2\n" },
    { "or it is answered", "a segment without timestamps, which both SYNs had, is answered",
      STAMPED "+0 = ESTABLISHED\n+0 < . 1:11(10) ack 1 win 9\n"
      "+0 > . 1:1(0) ack 1 <TS val 50 ecr 7>\n+0 = ESTABLISHED\n" },
    { "an echo without an ACK", "TSecr is 3 in a segment without ACK",
      "0 connect\n+0 > S 0:0(0) win 9 <TS val 5 ecr 3>\n" },
};

static void timestamps(void **state)
{
    (void)state;
    trace_check("O22", traces, sizeof traces / sizeof traces[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(timestamps) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
