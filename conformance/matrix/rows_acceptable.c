/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 9293 3.10.7.4, fifth to eighth: what an acceptable segment does. */
#include "matrix/rows.h"

/* ---- fifth: ACK ---- */

/* RFC 5961 5.2: SND.UNA - MAX.SND.WND =< SEG.ACK =< SND.NXT. */
static bool acks_out_of_range(const struct matrix_walk *walk)
{
    const struct matrix_endpoint *now = walk->now;
    uint32_t least = now->snd_una - now->max_snd_wnd;
    return walk->whole->ack - least > now->snd_nxt - least;
}

static bool acks_unsent(const struct matrix_walk *walk)
{
    return matrix_before(walk->now->snd_nxt, walk->whole->ack);
}

static bool acks_new(const struct matrix_walk *walk)
{
    return matrix_before(walk->now->snd_una, walk->whole->ack) && !acks_unsent(walk);
}

static bool acks_nothing(const struct matrix_walk *walk)
{
    return matrix_not_after(walk->whole->ack, walk->now->snd_una);
}

/* SND.UNA is the value after this ACK. Old segments do not change the window: AMBIG-32. */
static bool updates_window(const struct matrix_walk *walk)
{
    const struct matrix_endpoint *now = walk->now;
    const struct matrix_segment *segment = walk->whole;
    return segment->ack == now->snd_una &&
           (matrix_before(now->snd_wl1, segment->seq) ||
            (now->snd_wl1 == segment->seq && matrix_not_after(now->snd_wl2, segment->ack)));
}

static bool our_fin_is_acked(const struct matrix_walk *walk)
{
    return walk->now->fin_sent && walk->now->snd_una == walk->now->snd_nxt;
}

static bool all_is_acked(const struct matrix_walk *walk)
{
    return walk->now->snd_una == walk->now->snd_nxt;
}

static bool our_fin_is_not_acked(const struct matrix_walk *walk)
{
    return !our_fin_is_acked(walk);
}

static enum matrix_flow become_established(struct matrix_walk *walk)
{
    walk->now->state = walk->now->fin_sent ? MATRIX_FIN_WAIT_1 : MATRIX_ESTABLISHED;
    matrix_take_window(walk);
    walk->outcome->signals |= MATRIX_SIGNAL_OPEN;
    return MATRIX_GO_ON;
}

static enum matrix_flow advance_una(struct matrix_walk *walk)
{
    walk->now->snd_una = walk->whole->ack;
    return MATRIX_GO_ON;
}

static enum matrix_flow update_window(struct matrix_walk *walk)
{
    matrix_take_window(walk);
    return MATRIX_GO_ON;
}

static enum matrix_flow to_fin_wait_2(struct matrix_walk *walk)
{
    walk->now->state = MATRIX_FIN_WAIT_2;
    return MATRIX_GO_ON;
}

/* MUST-13: 2MSL from here. */
static enum matrix_flow to_time_wait(struct matrix_walk *walk)
{
    walk->now->state = MATRIX_TIME_WAIT;
    walk->outcome->signals |= MATRIX_TIMER_2MSL_STARTS;
    return MATRIX_GO_ON;
}

static enum matrix_flow to_closed(struct matrix_walk *walk)
{
    walk->now->state = MATRIX_CLOSED;
    return MATRIX_RETURN;
}

/* ---- sixth: URG ---- */

static bool has_urg(const struct matrix_walk *walk)
{
    return (walk->whole->flags & MATRIX_URG) != 0;
}

/* AMBIG-33: the point is SEG.SEQ plus the field. AMBIG-34: each advance is told. */
static enum matrix_flow take_urgent(struct matrix_walk *walk)
{
    uint32_t up = walk->whole->seq + walk->whole->up;
    if (!matrix_before(walk->now->rcv_up, up) || !matrix_before(walk->now->rcv_nxt, up))
        return MATRIX_GO_ON;
    walk->now->rcv_up = up;
    walk->outcome->signals |= MATRIX_SIGNAL_URGENT;
    return MATRIX_GO_ON;
}

/* ---- seventh: text ---- */

static bool has_text(const struct matrix_walk *walk)
{
    return walk->rest.length > 0;
}

static bool has_text_in_order(const struct matrix_walk *walk)
{
    return has_text(walk) && walk->rest.seq == walk->now->rcv_nxt;
}

static bool has_text_behind_gap(const struct matrix_walk *walk)
{
    return has_text(walk) && walk->rest.seq != walk->now->rcv_nxt;
}

/* Forgets held range number `index`. */
static void unhold(struct matrix_endpoint *now, size_t index)
{
    now->held_count--;
    for (size_t i = index; i < now->held_count; i++)
        now->held[i] = now->held[i + 1];
}

static void hold(struct matrix_endpoint *now, struct matrix_range range)
{
    for (size_t i = 0; i < now->held_count;) {
        const struct matrix_range *held = &now->held[i];
        if (matrix_before(range.end, held->start) || matrix_before(held->end, range.start)) {
            i++;
            continue;
        }
        range.start = matrix_before(held->start, range.start) ? held->start : range.start;
        range.end = matrix_before(range.end, held->end) ? held->end : range.end;
        unhold(now, i);
    }
    if (now->held_count == MATRIX_HELD_MAX)
        return;
    size_t at = now->held_count++;
    for (; at > 0 && matrix_before(range.start, now->held[at - 1].start); at--)
        now->held[at] = now->held[at - 1];
    now->held[at] = range;
}

/* A segment that fills a gap is answered at once (RFC 5681 4.2), others may wait. */
static enum matrix_flow take_text(struct matrix_walk *walk)
{
    struct matrix_endpoint *now = walk->now;
    uint32_t end = walk->rest.seq + walk->rest.length;
    uint32_t before = now->rcv_nxt;
    bool gap = now->held_count > 0 || now->fin_held;
    while (now->held_count > 0 && matrix_not_after(now->held[0].start, end)) {
        end = matrix_before(end, now->held[0].end) ? now->held[0].end : end;
        unhold(now, 0);
    }
    matrix_advance(now, end);
    walk->outcome->delivered = end - before;
    walk->ack_now = walk->ack_now || gap;
    walk->ack_soon = true;
    return MATRIX_GO_ON;
}

static enum matrix_flow hold_text(struct matrix_walk *walk)
{
    struct matrix_range range = { walk->rest.seq, walk->rest.seq + walk->rest.length };
    hold(walk->now, range);
    walk->ack_now = true;
    return MATRIX_GO_ON;
}

/* ---- eighth: FIN ---- */

static bool has_fin(const struct matrix_walk *walk)
{
    return (walk->rest.flags & MATRIX_FIN) != 0;
}

static uint32_t fin_number(const struct matrix_walk *walk)
{
    return walk->rest.seq + walk->rest.length;
}

static bool reaches_fin(const struct matrix_walk *walk)
{
    const struct matrix_endpoint *now = walk->now;
    return (has_fin(walk) && fin_number(walk) == now->rcv_nxt) ||
           (now->fin_held && now->fin_at == now->rcv_nxt);
}

/* Our FIN was acknowledged by this very segment: the fifth step has led to FIN-WAIT-2. */
static bool reaches_fin_from_fin_wait_1(const struct matrix_walk *walk)
{
    return reaches_fin(walk) && walk->began == MATRIX_FIN_WAIT_1;
}

static bool has_fin_behind_gap(const struct matrix_walk *walk)
{
    return has_fin(walk) && fin_number(walk) != walk->now->rcv_nxt;
}

static enum matrix_flow hold_fin(struct matrix_walk *walk)
{
    walk->now->fin_held = true;
    walk->now->fin_at = fin_number(walk);
    walk->ack_now = true;
    return MATRIX_RETURN;
}

static enum matrix_flow take_fin(struct matrix_walk *walk, enum matrix_state state)
{
    matrix_advance(walk->now, walk->now->rcv_nxt + 1);
    walk->now->fin_held = false;
    walk->now->held_count = 0;
    walk->now->state = state;
    walk->outcome->signals |= MATRIX_SIGNAL_CLOSING;
    if (state == MATRIX_TIME_WAIT)
        walk->outcome->signals |= MATRIX_TIMER_2MSL_STARTS;
    walk->ack_now = true;
    return MATRIX_RETURN;
}

static enum matrix_flow fin_to_close_wait(struct matrix_walk *walk)
{
    return take_fin(walk, MATRIX_CLOSE_WAIT);
}

static enum matrix_flow fin_to_closing(struct matrix_walk *walk)
{
    return take_fin(walk, MATRIX_CLOSING);
}

static enum matrix_flow fin_to_time_wait(struct matrix_walk *walk)
{
    return take_fin(walk, MATRIX_TIME_WAIT);
}

/* AMBIG-27: a FIN behind the FIN draws an ACK of the unchanged RCV.NXT, and restarts 2MSL. */
static enum matrix_flow answer_and_restart(struct matrix_walk *walk)
{
    walk->outcome->signals |= MATRIX_TIMER_2MSL_STARTS;
    return matrix_answer_ack(walk);
}

const struct matrix_row matrix_rows_acceptable[] = {
    { "EP-SA-5-noack", "3.10.7.4 fifth", "RFC9293-U-3", 5, MATRIX_SEQUENCED, matrix_lacks_ack,
      matrix_drop },
    { "EP-SA-5-SR-ok", "3.10.7.4 fifth", "RFC9293-U-7 S1 AMBIG-31", 5, MATRIX_IN_SYN_RECEIVED,
      acks_new, become_established },
    { "EP-SA-5-SR-bad", "3.10.7.4 fifth; 3.5.2", "RFC9293-U-7 RFC9293-U-14 AMBIG-16", 5,
      MATRIX_IN_SYN_RECEIVED, matrix_always, matrix_reset_at_ack },
    { "EP-SA-5-5961", "3.10.7.4 fifth; RFC 5961 5.2", "RFC9293-U-16", 5, MATRIX_SYNCHRONIZED,
      acks_out_of_range, matrix_note },
    { "EP-SA-5-LATW-bad", "3.5.2", "RFC9293-U-15", 5, MATRIX_IN_LAST_ACK | MATRIX_IN_TIME_WAIT,
      acks_unsent, matrix_answer_ack },
    { "EP-SA-5-EST-new2", "3.10.7.4 fifth", "RFC9293-U-7 RFC5961-ACK-3", 5, MATRIX_SYNCHRONIZED,
      acks_unsent, matrix_answer_ack },
    { "EP-SA-5-5961", "3.10.7.4 fifth; RFC 5961 5.2",
      "RFC5961-ACK-2 RFC5961-ACK-3 RFC5961-ACK-6 MAY-12", 5, MATRIX_SYNCHRONIZED, acks_out_of_range,
      matrix_answer_ack },
    { "EP-SA-5-CW", "3.10.7.4 fifth", NULL, 5, MATRIX_IN_CLOSE_WAIT, matrix_always, matrix_note },
    { "EP-SA-5-EST-dup", "3.10.7.4 fifth", NULL, 5,
      MATRIX_SYNCHRONIZED & ~(unsigned)MATRIX_IN_TIME_WAIT, acks_nothing, matrix_note },
    { "EP-SA-5-EST-new", "3.10.7.4 fifth", "RFC9293-U-7 RFC9293-U-8", 5, MATRIX_SYNCHRONIZED,
      acks_new, advance_una },
    { "EP-SA-5-EST-wnd", "3.10.7.4 fifth", "RFC9293-U-30 AMBIG-32", 5, MATRIX_SYNCHRONIZED,
      updates_window, update_window },
    { "EP-SA-5-FW1", "3.10.7.4 fifth", NULL, 5, MATRIX_IN_FIN_WAIT_1, our_fin_is_acked,
      to_fin_wait_2 },
    { "EP-SA-5-FW2", "3.10.7.4 fifth", NULL, 5, MATRIX_IN_FIN_WAIT_2, all_is_acked, matrix_note },
    { "EP-SA-5-CLOSING", "3.10.7.4 fifth", NULL, 5, MATRIX_IN_CLOSING, our_fin_is_acked,
      to_time_wait },
    { "EP-SA-5-LA", "3.10.7.4 fifth", NULL, 5, MATRIX_IN_LAST_ACK, our_fin_is_acked, to_closed },
    { "EP-SA-5-LA", "3.10.7.4 fifth", "AMBIG-30", 5, MATRIX_IN_LAST_ACK, our_fin_is_not_acked,
      matrix_note },
    { "EP-SA-5-TW", "3.10.7.4 fifth", "MUST-13 S5 AMBIG-28", 5, MATRIX_IN_TIME_WAIT, matrix_always,
      matrix_note },

    { "EP-SA-6-EST", "3.10.7.4 sixth", "MUST-32 RFC9293-U-2 AMBIG-33 AMBIG-34", 6,
      MATRIX_OPEN_FOR_TEXT, has_urg, take_urgent },
    { "EP-SA-6-CW", "3.10.7.4 sixth", NULL, 6, MATRIX_AFTER_FIN, has_urg, matrix_note },

    { "EP-SA-7-OOO", "3.10.7.4 seventh", "SHLD-31 MAY-13 AMBIG-32", 7, MATRIX_OPEN_FOR_TEXT,
      has_text_behind_gap, hold_text },
    { "EP-SA-7-EST", "3.10.7.4 seventh", "SHLD-14", 7, MATRIX_OPEN_FOR_TEXT, has_text_in_order,
      take_text },
    { "EP-SA-7-CW", "3.10.7.4 seventh", "AMBIG-20", 7, MATRIX_AFTER_FIN, has_text, matrix_note },

    { "EP-SA-8-EST", "3.10.7.4 eighth", "MUST-12 RFC9293-U-21 RFC9293-U-23 S3", 8,
      MATRIX_IN_ESTABLISHED, reaches_fin, fin_to_close_wait },
    { "EP-SA-8-FW1a", "3.10.7.4 eighth", "RFC9293-U-23 MUST-13 AMBIG-29", 8, MATRIX_IN_FIN_WAIT_2,
      reaches_fin_from_fin_wait_1, fin_to_time_wait },
    { "EP-SA-8-FW1b", "3.10.7.4 eighth", "RFC9293-U-23", 8, MATRIX_IN_FIN_WAIT_1, reaches_fin,
      fin_to_closing },
    { "EP-SA-8-FW2", "3.10.7.4 eighth", "RFC9293-U-23 MUST-13 S2", 8, MATRIX_IN_FIN_WAIT_2,
      reaches_fin, fin_to_time_wait },
    { "EP-SA-7-OOO", "3.10.7.4 first", "SHLD-31 AMBIG-32", 8, MATRIX_OPEN_FOR_TEXT,
      has_fin_behind_gap, hold_fin },
    { "EP-SA-8-CW", "3.10.7.4 eighth", "RFC9293-U-23 AMBIG-27", 8,
      MATRIX_IN_CLOSE_WAIT | MATRIX_IN_CLOSING | MATRIX_IN_LAST_ACK, has_fin, matrix_answer_ack },
    { "EP-SA-8-TW", "3.10.7.4 eighth", "MUST-13 S5 AMBIG-27", 8, MATRIX_IN_TIME_WAIT, has_fin,
      answer_and_restart },
    { .id = NULL },
};
