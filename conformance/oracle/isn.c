/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O17: initial sequence numbers are ISN = M + F(four-tuple, secret), where M counts 4 microseconds.
 * Between two incarnations of one connection the number moves as the clock does, and no three
 * connections have the same F. RFC 9293 3.4.1 (MUST-8, SHLD-1), RFC 6528 section 3.
 *
 * F is known by what is left of a number when the clock is taken off. Two connections of unlike
 * names may have the same F by chance, once in 2^32; that of three does not occur.
 *
 * Accepted oddities: a number that the setting prescribes; a connection that takes the place of one
 * in TIME-WAIT begins above what that one has sent, whatever the clock says (MAY-2, RFC 6191); a
 * clock that is read a tick early or late. A stack that chooses may have a faster clock, or one
 * that stands for the length of its tick; its numbers go forward, which shows until they are half
 * around: a clock of 64 ns is that in 137 s. Where it is only guessed that a
 * connection is another one than before, nothing is judged.
 */
#include "oracle/rule.h"

#include <inttypes.h>

enum { NAMES = 48, FORWARD_US = 100000000 };

struct isn_name {
    struct oracle_name name;
    uint32_t offset;  /* F: the number less the clock */
    uint32_t isn;
    uint64_t time_us; /* when it was sent */
    bool waited;      /* it was replaced in TIME-WAIT, */
    uint32_t max;     /* when it had sent up to here */
};

struct isn_state {
    uint32_t count;
    struct isn_name names[NAMES];
};

/* The clock of RFC 9293 3.4.1 in its own unit. */
static uint32_t clock_of(uint64_t time_us)
{
    return (uint32_t)(time_us / 4);
}

static struct isn_name *find(struct isn_state *state, const struct oracle_name *name)
{
    for (uint32_t i = 0; i < state->count; i++)
        if (oracle_same_name(&state->names[i].name, name))
            return &state->names[i];
    return NULL;
}

/* How far two readings of the clock may be from the time between them. */
static uint32_t slack(const struct oracle_setting *setting)
{
    return (uint32_t)((setting->granularity_us + setting->tolerance_us) / 4) + 1;
}

static bool is_near(uint32_t a, uint32_t b, uint32_t distance)
{
    return a - b <= distance || b - a <= distance;
}

/* The next incarnation of a connection that was there before. */
static void judge_again(struct oracle_view *view, const struct isn_name *before, uint32_t isn)
{
    uint64_t elapsed = view->now_us - before->time_us;
    uint32_t expected = before->isn + clock_of(view->now_us) - clock_of(before->time_us);
    bool forward = oracle_before(before->isn, isn) || elapsed < view->setting->granularity_us ||
                   elapsed > FORWARD_US;
    if (is_near(isn, expected, slack(view->setting)) ||
        (before->waited && oracle_before(before->max, isn)) ||
        (view->setting->chooses && forward))
        return;
    oracle_violated(view, "the same connection begins with %" PRIu32 ", and %" PRIu64
                    " us later with %" PRIu32 ": the clock moved by %" PRIu32, before->isn, elapsed,
                    isn, expected - before->isn);
}

/* A name that is new, against all others. */
static void judge_other(struct oracle_view *view, const struct isn_state *state, uint32_t offset)
{
    uint32_t alike = 0;
    for (uint32_t i = 0; i < state->count; i++)
        alike += is_near(state->names[i].offset, offset, slack(view->setting));
    if (alike >= 2)
        oracle_violated(view, "three connections have initial numbers that differ by nothing but "
                        "the clock, %" PRIu32 " before it", offset);
}

/* The first SYN of a connection. */
static void note_syn(struct oracle_view *view, struct isn_state *state,
                     const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    struct isn_name *one = find(state, &facts->name);
    uint32_t offset = sent->seq - clock_of(view->now_us);
    if (one != NULL) {
        judge_again(view, one, sent->seq);
    } else {
        if (!view->setting->chooses)
            judge_other(view, state, offset);
        if (state->count == NAMES)
            return;
        one = &state->names[state->count++];
        one->name = facts->name;
    }
    one->offset = offset;
    one->isn = sent->seq;
    one->time_us = view->now_us;
    one->waited = false;
}

/* The next connection of this name may begin above this one. */
static void note_replaced(const struct oracle_connection *facts, struct isn_state *state)
{
    struct isn_name *one = find(state, &facts->name);
    if (one == NULL)
        return;
    one->waited = true;
    one->max = facts->snd_max;
}

/* The first SYN of each connection against all those before it. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct isn_state *state = memory;
    if (view->setting->iss_fixed || view->connection->guessed) {
        oracle_cannot_tell(view);
        return;
    }
    if (what->kind == ORACLE_REPLACED)
        note_replaced(view->connection, state);
    else if (oracle_has(what->segment, WIRE_SYN) && !oracle_has(what->segment, WIRE_RST) &&
             !view->connection->has_iss)
        note_syn(view, state, what->segment);
}

const struct oracle_rule oracle_rule_isn = {
    .id = "O17",
    .name = "isn",
    .rule = "initial sequence numbers are a clock of 4 us and what only the connection's name and "
            "a secret tell",
    .reference = "RFC 9293 3.4.1, RFC 6528 3",
    .needs = ORACLE_NEEDS_PROMPT,
    .wants = 1u << ORACLE_SENT | 1u << ORACLE_REPLACED,
    .whole_case = true,
    .state_bytes = sizeof(struct isn_state),
    .see = see,
};
