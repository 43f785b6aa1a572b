/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One machine, driven and judged by lines of text, so that a unit test is a table of sentences.
 *
 * An event:
 *     < FA 1:101(100) ack 1 win 500 urg 7 mss 1000 ws 7 ts 5 9 sackok   a segment arrives
 *     << A ...                        the same, with another one waiting behind it
 *     open passive    open active     send 100 [urgent] [nopush]    receive 100
 *     close [full]    abort
 *     poll            wait 1000       (milliseconds pass, then POLL)
 *     soft|hard|quench SEQ            tobig SEQ LIMIT      (ICMP errors)
 *     nodelay 1 ...                   (ANVIL_SET, by name)
 *
 * Numbers count from the initial sequence numbers, as packetdrill's do: a SYN is 0:0(0), the first
 * octet 1. Flags are F S R P A U. What comes of it:
 *     ESTABLISHED > A 1:1(0) ack 101 + 0(100) ! READABLE
 * is the state, "= result" unless OK, the segments sent, the parts accepted, the signals; and, only
 * if the expected text has it, "win N" and options of the segments, "@ check", "due MS".
 */
#ifndef TEST_ENDPOINT_H
#define TEST_ENDPOINT_H

#include <anvil/step.h>

#define ENDPOINT_ISS UINT32_C(0xfffffe00)
#define ENDPOINT_IRS UINT32_C(0x7ffffe00)

/* Room for the text of one step. */
#define ENDPOINT_TEXT 512u

struct endpoint {
    struct anvil_tcb tcb;
    struct anvil_policy policy;
    struct anvil_open open; /* what OPEN will say */
    anvil_time now;
    bool remote_specified;
    const char *syn_options; /* of the peer's SYN when a state is reached: "mss 1000" */
    anvil_seq iss, irs;
    struct anvil_effects effects; /* of the last step */
};

/* One event and what has to come of it; NULL: anything. */
struct line {
    const char *event, *expected;
};

/* Events that one case of a table has at most. */
#define CASE_LINES_MAX 14u

/* One sentence of a table: from a state, these events. */
struct sentence {
    const char *says;
    enum anvil_state state;
    bool passive; /* how the state is reached */
    struct line lines[CASE_LINES_MAX];
};

/* CLOSED, with the rfc9293 policy, a receive buffer of 10,000 octets, an MSS of 1000. */
void endpoint_start(struct endpoint *end);

/* Brings an endpoint to a state, by an active or a passive open. */
void endpoint_reach(struct endpoint *end, enum anvil_state state, bool passive);

/* Steps an event that is filled in but for `now`. */
void endpoint_step(struct endpoint *end, struct anvil_event *event);

/* Steps the event of a line of text. */
void endpoint_do(struct endpoint *end, const char *text);

/* Steps it, and fails the test if something else comes of it. */
void endpoint_expect(struct endpoint *end, const char *says, const char *event,
                     const char *expected);

/* Plays the lines of one case. */
void endpoint_play(struct endpoint *end, const char *says, const struct line *lines);

/* Plays a table with the policy as it is; each case starts afresh. */
void play_table(const struct sentence *table, size_t count);

/* The same, each case after `prepare` has changed the endpoint. */
void play_table_with(const struct sentence *table, size_t count,
                     void (*prepare)(struct endpoint *end));

/* Reads a segment from text; numbers are made absolute. */
struct anvil_segment endpoint_segment(const struct endpoint *end, const char *text);

/* What came of the last step, as text, with what `like` asks for. */
void endpoint_effects(const struct endpoint *end, const char *like, char *text);

#endif
