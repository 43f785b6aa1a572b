/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The named worlds, in order of their names. Each way takes 10 ms, so A is established after 20 ms,
 * and B after 30. What is counted are the segments that RFC 9293 asks for in this world; a few more
 * are allowed where a stack may send an ACK of its own.
 */
#include "world/scenario.h"

#include "wire/frame.h"

#include <errno.h>

#define MS UINT64_C(1000)
#define SECOND UINT64_C(1000000)

#define SYN_MASK (WIRE_SYN | WIRE_ACK | WIRE_RST)

/* One of the segments that something happens to. */
#define MARK_SYN(side, n, ...) \
    { .from = (side), .mask = SYN_MASK, .flags = WIRE_SYN, .nth = (n), .fate = __VA_ARGS__ }
#define MARK_SYN_ACK(side, n, ...) \
    { .from = (side), .mask = SYN_MASK, .flags = WIRE_SYN | WIRE_ACK, .nth = (n), \
      .fate = __VA_ARGS__ }
#define MARK_FIN(side, n, ...) \
    { .from = (side), .mask = WIRE_FIN, .flags = WIRE_FIN, .nth = (n), .fate = __VA_ARGS__ }
#define MARK_RST(side, n, ...) \
    { .from = (side), .mask = WIRE_RST, .flags = WIRE_RST, .nth = (n), .fate = __VA_ARGS__ }
#define MARK_TEXT(side, n, ...) \
    { .from = (side), .text = true, .nth = (n), .fate = __VA_ARGS__ }
/* Of those without SYN, FIN and RST, with text or not. */
#define MARK_ACK(side, n, ...) \
    { .from = (side), .mask = WIRE_SYN | WIRE_FIN | WIRE_RST | WIRE_ACK, .flags = WIRE_ACK, \
      .nth = (n), .fate = __VA_ARGS__ }

/* What applications do. */
#define QUIET { .ending = WORLD_ENDS_SHUTDOWN }
#define WAITS { .ending = WORLD_ENDS_LAST }
#define SLOWLY(octets, how) \
    { .sends = (octets), .pause_us = 50 * MS, .nodelay = true, .ending = (how) }

/* What comes of a connection that both ends close, with all octets delivered. */
#define BOTH_ENDS(at_a, at_b, least, most) \
    .delivered = { (at_a), (at_b) }, .eof = { true, true }, .frames_least = (least), \
    .frames_most = (most)

/*
 * An old duplicate of the first connection arrives in the middle of the second, which it must not
 * disturb. The second begins after 10.13 s: at first A's port is still in use. B closes first, and
 * its TIME-WAIT ends with the new SYN (RFC 9293 3.10.7.4, RFC 6191).
 */
#define OLD_IN_NEW(what, text, ...) \
    { .name = "world/old-" what, .sentence = text, .covers = { "S6" }, .incarnations = 2, \
      .app = { SLOWLY(3000, WORLD_ENDS_LAST), SLOWLY(1000, WORLD_ENDS_SHUTDOWN) }, \
      .marks = { __VA_ARGS__ }, .mark_count = 1, \
      .expected = { BOTH_ENDS(1000, 3000, 24, 32), .late = 1 } }

/* A connection without text, in which one segment is lost: six or seven, and it once more. */
#define LOSES(what, text, id, other, both, most, ...) \
    { .name = "world/" what, .sentence = text, .covers = { id }, .simultaneous = both, \
      .app = { QUIET, other }, .marks = { __VA_ARGS__ }, .mark_count = 1, \
      .expected = { BOTH_ENDS(0, 0, 7, most) } }

/* A connection that A aborts as soon as it has sent, and one more after it. */
#define ABORTED(what, text, ids, marks_of_it, ...) \
    { .name = "world/" what, .sentence = text, .covers = { ids }, .incarnations = 2, \
      .app = { SLOWLY(1000, WORLD_ENDS_ABORT), WAITS }, .marks = { __VA_ARGS__ }, \
      .mark_count = marks_of_it, \
      .expected = { .delivered = { 0, 1000 }, .error = { 0, ECONNRESET }, .frames_least = 10, \
                    .frames_most = 18, .late = 1 } }

/* Applications that read nothing for a minute, and have much to send. */
#define LATE_READER \
    { .sends = 20000, .read_from_us = 60 * SECOND, .receive_buffer = 2000, \
      .ending = WORLD_ENDS_SHUTDOWN }

static const struct world_scenario scenarios[] = {
    LOSES("lost-syn", "A lost SYN is repeated.", "S7", WAITS, false, 9,
          MARK_SYN(WORLD_A, 0, WORLD_LOST)),
    LOSES("lost-syn-ack", "A lost SYN,ACK delays a connection and does not prevent it.", "S7",
          WAITS, false, 11, MARK_SYN_ACK(WORLD_B, 0, WORLD_LOST)),
    LOSES("lost-ack-of-syn-ack", "When the ACK of its SYN,ACK is lost, a listener's connection is "
          "established by what follows.", "S7", WAITS, false, 8,
          MARK_ACK(WORLD_A, 0, WORLD_LOST)),
    LOSES("lost-fin", "A lost FIN is repeated, and both ends close.", "S2", WAITS, false, 9,
          MARK_FIN(WORLD_A, 0, WORLD_LOST)),
    LOSES("lost-second-fin", "A lost FIN of the end that closes last is repeated.", "S2", WAITS,
          false, 9, MARK_FIN(WORLD_B, 0, WORLD_LOST)),
    LOSES("lost-last-ack", "When the last ACK is lost, the FIN is repeated, and TIME-WAIT answers.",
          "S5", WAITS, false, 9, MARK_ACK(WORLD_A, 1, WORLD_LOST)),
    LOSES("simultaneous-open", "Two ends that connect at once make one connection.", "S4", WAITS,
          true, 10, MARK_SYN(WORLD_A, 0, WORLD_PASSES)),
    LOSES("simultaneous-open-lost-syn", "Two ends connect at once, and a SYN is lost.", "S4",
          WAITS, true, 10, MARK_SYN(WORLD_A, 0, WORLD_LOST)),
    LOSES("simultaneous-open-lost-other-syn", "Two ends connect at once, and the other SYN is "
          "lost.", "S4", WAITS, true, 10, MARK_SYN(WORLD_B, 0, WORLD_LOST)),
    LOSES("simultaneous-open-lost-syn-ack", "Two ends connect at once, and a SYN,ACK is lost.",
          "S4", WAITS, true, 12, MARK_SYN_ACK(WORLD_A, 0, WORLD_LOST)),
    LOSES("simultaneous-open-lost-other-syn-ack", "Two ends connect at once, and the other SYN,ACK "
          "is lost.", "S4", WAITS, true, 12, MARK_SYN_ACK(WORLD_B, 0, WORLD_LOST)),
    LOSES("simultaneous-close", "Two ends that close at once both go through TIME-WAIT.", "S4",
          QUIET, false, 9, MARK_FIN(WORLD_A, 0, WORLD_PASSES)),
    LOSES("simultaneous-close-lost-fin", "Two ends close at once, and a FIN is lost.", "S4", QUIET,
          false, 11, MARK_FIN(WORLD_A, 0, WORLD_LOST)),
    LOSES("simultaneous-close-lost-other-fin", "Two ends close at once, and the other FIN is lost.",
          "S4", QUIET, false, 11, MARK_FIN(WORLD_B, 0, WORLD_LOST)),
    LOSES("simultaneous-close-lost-ack", "Two ends close at once, and the ACK of a FIN is lost.",
          "S4", QUIET, false, 11, MARK_ACK(WORLD_A, 1, WORLD_LOST)),
    LOSES("simultaneous-close-lost-other-ack", "Two ends close at once, and the ACK of the other "
          "FIN is lost.", "S4", QUIET, false, 11, MARK_ACK(WORLD_B, 0, WORLD_LOST)),
    { .name = "world/two-time-waits",
      .sentence = "An old ACK that reaches an end in TIME-WAIT, of two that are, is not answered "
                  "for ever.",
      .covers = { "BUG-82", "S5" }, .app = { QUIET, QUIET },
      .marks = { MARK_ACK(WORLD_A, 0, WORLD_DOUBLED, .hold_us = 30 * SECOND),
                 MARK_ACK(WORLD_B, 0, WORLD_DOUBLED, .hold_us = 30 * SECOND) },
      .mark_count = 2, .expected = { BOTH_ENDS(0, 0, 7, 11), .done_us = 241 * SECOND } },
    { .name = "world/desynchronised",
      .sentence = "Two ends whose numbers differ, for a third sent text to one, do not answer each "
                  "other for ever.",
      .covers = { "BUG-33" }, .settings = { { "quick_acks", 0 } }, /* the ACK comes too late */
      .app = { { .sends = 1000, .ending = WORLD_ENDS_NEVER, .user_timeout_ms = 60000 },
               { .reads_until = 1, .ending = WORLD_ENDS_NEVER } },
      .marks = { MARK_TEXT(WORLD_A, 0, WORLD_FORGED, .hold_us = 20 * MS, .shift = 1000) },
      .mark_count = 1,
      .expected = { .state = { ANVIL_STATE_CLOSED, ANVIL_STATE_ESTABLISHED },
                    .error = { ETIMEDOUT, 0 }, .frames_least = 10, .frames_most = 200 } },
    { .name = "world/closed-windows",
      .sentence = "Two ends that both refuse to read probe each other, and go on when they read.",
      .covers = { "AMBIG-37" }, .app = { LATE_READER, LATE_READER },
      .expected = { BOTH_ENDS(20000, 20000, 40, 200) } },
    OLD_IN_NEW("text", "Old text of an earlier connection does not reach this one.",
               MARK_TEXT(WORLD_A, 0, WORLD_DOUBLED, .hold_us = 10155 * MS)),
    OLD_IN_NEW("text-of-server", "Old text of the server does not reach the client's next "
               "connection.", MARK_TEXT(WORLD_B, 0, WORLD_DOUBLED, .hold_us = 10145 * MS)),
    OLD_IN_NEW("ack", "An old ACK of an earlier connection acknowledges nothing of this one.",
               MARK_ACK(WORLD_A, 0, WORLD_DOUBLED, .hold_us = 10155 * MS)),
    OLD_IN_NEW("fin", "An old FIN of an earlier connection does not end this one.",
               MARK_FIN(WORLD_A, 0, WORLD_DOUBLED, .hold_us = 10055 * MS)),
    OLD_IN_NEW("fin-of-server", "An old FIN of the server does not end the client's next "
               "connection.", MARK_FIN(WORLD_B, 0, WORLD_DOUBLED, .hold_us = 10145 * MS)),
    OLD_IN_NEW("syn", "An old SYN of an earlier connection does not disturb this one.",
               MARK_SYN(WORLD_A, 0, WORLD_DOUBLED, .hold_us = 10175 * MS)),
    { .name = "world/old-rst",
      .sentence = "An old RST of an earlier connection does not reset this one.",
      .covers = { "S6" }, .incarnations = 2,
      .app = { SLOWLY(3000, WORLD_ENDS_ABORT), WAITS },
      .marks = { MARK_RST(WORLD_A, 0, WORLD_DOUBLED, .hold_us = 70 * MS) }, .mark_count = 1,
      .expected = { .delivered = { 0, 3000 }, .error = { 0, ECONNRESET }, .frames_least = 14,
                    .frames_most = 30, .late = 1 } },
    { .name = "world/old-text-meets-time-wait",
      .sentence = "TIME-WAIT lasts until no text of the connection can be on its way any more.",
      .covers = { "S6", "S5" }, .incarnations = 2,
      .app = { SLOWLY(1000, WORLD_ENDS_SHUTDOWN), SLOWLY(1000, WORLD_ENDS_LAST) },
      .settings = { { "msl_us", 120 * SECOND }, { "rfc1337", 1 },
                    { "time_wait_connect", 0 } }, /* neither RST nor OPEN ends TIME-WAIT */
      .marks = { MARK_TEXT(WORLD_B, 0, WORLD_DOUBLED, .hold_us = 110 * SECOND) }, .mark_count = 1,
      .expected = { BOTH_ENDS(1000, 1000, 16, 26), .late = 1, .lasts_us = 480 * SECOND } },
    ABORTED("old-syn-ack", "An old SYN,ACK that comes while a new one is waited for is reset, and "
            "the new connection is made.", "S7", 1,
            MARK_SYN_ACK(WORLD_B, 0, WORLD_DOUBLED, .hold_us = 25 * MS)),
    ABORTED("old-syn-at-listener", "An old SYN that reaches a listener before the new one leads to "
            "no connection that one end alone believes in (RFC 9293 3.5, figure 8).", "S7", 2,
            MARK_SYN(WORLD_A, 0, WORLD_DOUBLED, .hold_us = 40 * MS),
            MARK_SYN(WORLD_A, 1, WORLD_HELD, .hold_us = 50 * MS)),
    { .name = "world/old-syn-after-all",
      .sentence = "An old SYN that comes when all is over makes no connection.",
      .covers = { "S7" }, .app = { QUIET, WAITS },
      .marks = { MARK_SYN(WORLD_A, 0, WORLD_DOUBLED, .hold_us = 5 * SECOND) }, .mark_count = 1,
      .expected = { BOTH_ENDS(0, 0, 7, 10) } },
};

const struct world_scenario *world_scenario_at(size_t index)
{
    return index < sizeof scenarios / sizeof scenarios[0] ? &scenarios[index] : NULL;
}
