/* SPDX-License-Identifier: BSD-2-Clause */
/* O16, options: traces that it must accept, and traces that it must reject. */
#include "support/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define OPEN_WITH(ours, theirs)                                                                   \
    "policy mss_floor=64\n0 listen\n+0 < S 0:0(0) win 9000" theirs                                \
    "\n+0 > S. 0:0(0) ack 1 win 1000" ours                                                        \
    "\n+0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 rcv 1 rcv_wnd 1000 snd_wnd 1000\n"               \
    "+0.1 < . 1:1(0) ack 1 win 9000\n+0 = ESTABLISHED una 1\n+0 accept\n"
#define PLAIN OPEN_WITH("", "")

#define OFFERS                                                                                    \
    "policy offer_timestamps=1\npolicy offer_sack=1\npolicy offer_window_scale=1\n"               \
    "policy noopt_mss=1\n"
#define CONNECT(options) OFFERS "0 connect\n+0 > S 0:0(0) win 9 <" options ">\n"

static const struct trace traces[] = {
    { "all that policies say is offered", NULL,
      CONNECT("mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 0") },
    { "and answered where it was asked for", NULL,
      OFFERS OPEN_WITH(" <mss 1460,sackOK>", " <mss 1460,sackOK>") },
    { "a stack that chooses offers what it likes", NULL, "chooses\n" CONNECT("mss 1460") },
    { "a timeout of the user's, rounded up", NULL,
      PLAIN "+0 set USER_TIMEOUT 1500\n+0 > . 1:1(0) ack 1 <gen-28 0002>\n" },
    { "in minutes", NULL,
      PLAIN "+0 set USER_TIMEOUT 40000000\n+0 > . 1:1(0) ack 1 <gen-28 829b>\n" },
    { "one longer than can be told", NULL,
      PLAIN "+0 set USER_TIMEOUT 2147483647\n+0 > . 1:1(0) ack 1 <gen-28 ffff>\n" },

    { "all of them, agreed on", NULL,
      OPEN_WITH(" <mss 1460,sackOK,TS val 1 ecr 1,nop,wscale 14>",
                " <mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 2>")
      "+0 > . 1:1(0) ack 1 <nop,nop,TS val 1 ecr 1,nop,nop,sack 5:6>\n" },
    { "the MSS is answered though the SYN had none", NULL, OPEN_WITH(" <mss 1460>", "") },
    { "text up to the peer's MSS", NULL,
      OPEN_WITH("", " <mss 100>") "+0 > . 1:101(100) ack 1\n" },
    { "text up to the default", NULL, PLAIN "+0 > . 1:537(536) ack 1\n" },
    { "an MSS without a SYN is passed over", NULL,
      PLAIN "+0 = ESTABLISHED snd_mss 536\n+0 < . 1:1(0) ack 1 win 9000 <mss 100>\n"
      "+0 = ESTABLISHED\n" },
    { "an ICMP error makes segments smaller", NULL,
      PLAIN "+0 = ESTABLISHED snd_mss 536\n+0 < . 1:1(0) ack 1 win 9000 <mss 100>\n"
      "+0 icmp 3 4 mtu 200 seq 1\n+0 = ESTABLISHED snd_mss 160\n" },
    { "an MSS below the floor is raised to it", NULL,
      OPEN_WITH("", " <mss 1>") "+0 > . 1:65(64) ack 1\n" },
    { "where the floor is not known, to the default", NULL,
      "0 listen\n+0 < S 0:0(0) win 9000 <mss 1>\n+0 > S. 0:0(0) ack 1 win 1000\n"
      "+0 < . 1:1(0) ack 1 win 9000\n+0 > . 1:537(536) ack 1\n" },
    { "SYNs that crossed: the SYN,ACK has what the own SYN had", NULL,
      "0 connect\n+0 > S 0:0(0) win 9 <mss 1460,TS val 1 ecr 0,wscale 7>\n"
      "+0 = SYN-SENT iss 0 una 0 nxt 1\n+0 < S 0:0(0) win 9\n"
      "+0 > S. 0:0(0) ack 1 <mss 1460,TS val 1 ecr 0,wscale 7>\n" },

    { "an MSS outside of a SYN", "without SYN has the option MSS",
      PLAIN "+0 > . 1:1(0) ack 1 <mss 1460>\n" },
    { "a window scale outside of a SYN", "without SYN has the option window scale",
      PLAIN "+0 > . 1:1(0) ack 1 <nop,wscale 2>\n" },
    { "SACK-permitted outside of a SYN", "without SYN has the option SACK-permitted",
      PLAIN "+0 > . 1:1(0) ack 1 <nop,nop,sackOK>\n" },
    { "a shift of 15", "the window scale offered is 15",
      "0 connect\n+0 > S 0:0(0) win 9 <wscale 15>\n" },
    { "an MSS of 0", "the MSS offered is 0", "0 connect\n+0 > S 0:0(0) win 9 <mss 0>\n" },
    { "a window scale that nobody asked for", "the SYN,ACK has a window scale, the SYN had none",
      OPEN_WITH(" <nop,wscale 2>", "") },
    { "timestamps that nobody asked for", "the SYN,ACK has timestamps, the SYN had none",
      OPEN_WITH(" <TS val 1 ecr 0>", "") },
    { "SACK blocks that nobody permitted", "the peer never permitted SACK",
      OPEN_WITH(" <nop,nop,sackOK>", "") "+0 > . 1:1(0) ack 1 <nop,nop,sack 5:6>\n" },
    { "one octet more than the peer's MSS", "has 101 octets of text and options, the peer's MSS is "
      "100", OPEN_WITH("", " <mss 100>") "+0 > . 1:102(101) ack 1\n" },
    { "options are not counted", "has 112 octets of text and options, the peer's MSS is 100",
      OPEN_WITH(" <TS val 1 ecr 1>", " <mss 100,TS val 1 ecr 0>")
      "+0 > . 1:101(100) ack 1 <nop,nop,TS val 1 ecr 1>\n" },
    { "more than the default", "has 537 octets of text and options, the peer's MSS is 536",
      PLAIN "+0 > . 1:538(537) ack 1\n" },
    { "timestamps are not offered", "a SYN is without the option timestamps",
      CONNECT("mss 1460,sackOK,nop,wscale 0") },
    { "nor SACK", "a SYN is without the option SACK-permitted",
      CONNECT("mss 1460,TS val 1 ecr 0,nop,wscale 0") },
    { "nor window scale", "a SYN is without the option window scale",
      CONNECT("mss 1460,sackOK,TS val 1 ecr 0") },
    { "SACK is not answered", "a SYN is without the option SACK-permitted",
      OFFERS OPEN_WITH(" <mss 1460>", " <mss 1460,sackOK>") },
    { "no MSS", "a SYN names no MSS, and it is 1460",
      CONNECT("sackOK,TS val 1 ecr 0,nop,wscale 0") },
    { "an MSS below the floor is believed", "the send MSS is 1, the least is 64",
      OPEN_WITH(" <mss 1460>", " <mss 1> ") "+0 = SYN-RECEIVED snd_mss 24\n"
      "+0 < . 1:1(0) ack 1 win 9000\n+0 = ESTABLISHED snd_mss 1\n" },
    { "an MSS without a SYN is believed", "takes that of the connection from 536 to 100",
      PLAIN "+0 = ESTABLISHED snd_mss 536\n+0 < . 1:1(0) ack 1 win 9000 <mss 100>\n"
      "+0 = ESTABLISHED snd_mss 100\n" },
    { "a timeout of 0", "the user timeout that is told is 0",
      PLAIN "+0 > . 1:1(0) ack 1 <gen-28 0000>\n" },
    { "minutes as seconds", "told is 667000 ms, the user has set 40000000 ms",
      PLAIN "+0 set USER_TIMEOUT 40000000\n+0 > . 1:1(0) ack 1 <gen-28 029b>\n" },
    { "an MSS with the options taken off", "a SYN names an MSS of 1448, and it is 1460",
      CONNECT("mss 1448,sackOK,TS val 1 ecr 0,nop,wscale 0") },
};

static void options_used(void **state)
{
    (void)state;
    trace_check("O16", traces, sizeof traces / sizeof traces[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(options_used) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
