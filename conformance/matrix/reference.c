/* SPDX-License-Identifier: BSD-2-Clause */
/* The walk over the rows, and what rows have in common. */
#include "matrix/rows.h"

#include <string.h>

static const struct { const char *name, *word; } states[MATRIX_STATES] = {
    [MATRIX_CLOSED] = { "CLOSED", "closed" },
    [MATRIX_LISTEN] = { "LISTEN", "listen" },
    [MATRIX_SYN_SENT] = { "SYN-SENT", "syn-sent" },
    [MATRIX_SYN_RECEIVED] = { "SYN-RECEIVED", "syn-received" },
    [MATRIX_ESTABLISHED] = { "ESTABLISHED", "established" },
    [MATRIX_FIN_WAIT_1] = { "FIN-WAIT-1", "fin-wait-1" },
    [MATRIX_FIN_WAIT_2] = { "FIN-WAIT-2", "fin-wait-2" },
    [MATRIX_CLOSE_WAIT] = { "CLOSE-WAIT", "close-wait" },
    [MATRIX_CLOSING] = { "CLOSING", "closing" },
    [MATRIX_LAST_ACK] = { "LAST-ACK", "last-ack" },
    [MATRIX_TIME_WAIT] = { "TIME-WAIT", "time-wait" },
};

const char *matrix_state_name(enum matrix_state state)
{
    return states[state].name;
}

const char *matrix_state_word(enum matrix_state state)
{
    return states[state].word;
}

uint32_t matrix_segment_length(const struct matrix_segment *segment)
{
    return segment->length + ((segment->flags & MATRIX_SYN) != 0) +
           ((segment->flags & MATRIX_FIN) != 0);
}

bool matrix_always(const struct matrix_walk *walk)
{
    (void)walk;
    return true;
}

bool matrix_has_rst(const struct matrix_walk *walk)
{
    return (walk->whole->flags & MATRIX_RST) != 0;
}

bool matrix_has_syn(const struct matrix_walk *walk)
{
    return (walk->whole->flags & MATRIX_SYN) != 0;
}

bool matrix_has_ack(const struct matrix_walk *walk)
{
    return (walk->whole->flags & MATRIX_ACK) != 0;
}

bool matrix_lacks_ack(const struct matrix_walk *walk)
{
    return !matrix_has_ack(walk);
}

bool matrix_has_more_than_syn(const struct matrix_walk *walk)
{
    return matrix_has_syn(walk) &&
           (walk->whole->length > 0 || (walk->whole->flags & MATRIX_FIN) != 0);
}

void matrix_reply_with(struct matrix_walk *walk, uint8_t flags, uint32_t seq, uint32_t ack)
{
    struct matrix_reply reply = { .flags = flags, .seq = seq, .ack = ack };
    walk->outcome->replies = true;
    walk->outcome->reply = reply;
}

enum matrix_flow matrix_note(struct matrix_walk *walk)
{
    (void)walk;
    return MATRIX_GO_ON;
}

enum matrix_flow matrix_drop(struct matrix_walk *walk)
{
    (void)walk;
    return MATRIX_RETURN;
}

enum matrix_flow matrix_answer_ack(struct matrix_walk *walk)
{
    walk->ack_now = true;
    return MATRIX_RETURN;
}

enum matrix_flow matrix_reset_at_ack(struct matrix_walk *walk)
{
    matrix_reply_with(walk, MATRIX_RST, walk->whole->ack, 0);
    return MATRIX_RETURN;
}

enum matrix_flow matrix_reset_from_zero(struct matrix_walk *walk)
{
    uint32_t ack = walk->whole->seq + matrix_segment_length(walk->whole);
    matrix_reply_with(walk, MATRIX_RST | MATRIX_ACK, 0, ack);
    return MATRIX_RETURN;
}

/* The half-open connection is gone; what it was opened from listens. AMBIG-21. */
enum matrix_flow matrix_to_listen(struct matrix_walk *walk)
{
    walk->now->state = MATRIX_LISTEN;
    walk->now->held_count = 0;
    walk->now->fin_held = false;
    return MATRIX_RETURN;
}

void matrix_take_window(struct matrix_walk *walk)
{
    const struct matrix_segment *segment = walk->whole;
    struct matrix_endpoint *now = walk->now;
    now->snd_wnd = segment->wnd;
    now->snd_wl1 = segment->seq;
    now->snd_wl2 = (segment->flags & MATRIX_ACK) != 0 ? segment->ack : now->iss;
    if (segment->wnd > now->max_snd_wnd)
        now->max_snd_wnd = segment->wnd;
}

void matrix_answer_syn(struct matrix_walk *walk, uint32_t iss)
{
    struct matrix_endpoint *now = walk->now;
    now->state = MATRIX_SYN_RECEIVED;
    now->iss = now->snd_una = iss;
    now->snd_nxt = iss + 1;
    now->fin_sent = false;
    now->irs = walk->whole->seq;
    now->rcv_nxt = now->rcv_up = walk->whole->seq + 1;
    now->rcv_wnd = now->next_wnd;
    now->timestamps = walk->whole->has_ts;
    now->ts_recent = walk->whole->ts_val;
    now->held_count = 0;
    now->fin_held = false;
    now->max_snd_wnd = 0;
    matrix_take_window(walk);
    matrix_reply_with(walk, MATRIX_SYN | MATRIX_ACK, iss, now->rcv_nxt);
}

void matrix_advance(struct matrix_endpoint *now, uint32_t to)
{
    uint32_t by = to - now->rcv_nxt;
    now->rcv_wnd = by > now->rcv_wnd ? 0 : now->rcv_wnd - by;
    now->rcv_nxt = to;
    if (matrix_before(now->rcv_up, to))
        now->rcv_up = to;
}

static void record(struct matrix_outcome *outcome, const struct matrix_row *row)
{
    if (outcome->applied_count == MATRIX_APPLIED_MAX)
        return;
    struct matrix_applied *applied = &outcome->applied[outcome->applied_count++];
    applied->row = row->id;
    applied->also = row->also;
}

static enum matrix_flow walk_rows(struct matrix_walk *walk, const struct matrix_row *row)
{
    for (; row->id != NULL; row++) {
        if ((row->states & (1U << walk->now->state)) == 0 || row->step < walk->step ||
            !row->when(walk))
            continue;
        record(walk->outcome, row);
        if (row->then(walk) == MATRIX_RETURN)
            return MATRIX_RETURN;
    }
    return MATRIX_GO_ON;
}

void matrix_reference(const struct matrix_endpoint *endpoint,
                      const struct matrix_segment *segment, struct matrix_outcome *outcome)
{
    memset(outcome, 0, sizeof *outcome);
    outcome->next = *endpoint;
    struct matrix_walk walk = { .began = endpoint->state, .now = &outcome->next,
                                .whole = segment, .rest = *segment, .outcome = outcome };
    if (walk_rows(&walk, matrix_rows_early) == MATRIX_GO_ON &&
        walk_rows(&walk, matrix_rows_arrival) == MATRIX_GO_ON)
        walk_rows(&walk, matrix_rows_acceptable);
    if ((!walk.ack_now && !walk.ack_soon) || outcome->next.state == MATRIX_CLOSED)
        return; /* what was owed by a connection that is gone by now is not sent */
    /* MUST-58: one ACK, of all that was processed. */
    matrix_reply_with(&walk, MATRIX_ACK, outcome->next.snd_nxt, outcome->next.rcv_nxt);
    outcome->reply.may_wait = !walk.ack_now;
}

bool matrix_reference_row(size_t index, const char **id, const char **section)
{
    const struct matrix_row *const tables[] = { matrix_rows_early, matrix_rows_arrival,
                                                matrix_rows_acceptable };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        for (const struct matrix_row *row = tables[i]; row->id != NULL; row++) {
            if (index-- > 0)
                continue;
            *id = row->id;
            *section = row->section;
            return true;
        }
    }
    return false;
}
