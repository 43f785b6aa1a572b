/* SPDX-License-Identifier: BSD-2-Clause */
/* Moves the reference beside the endpoint. */
#include "fuzz/mirror.h"

#include <errno.h>
#include <string.h>

_Static_assert((int)MATRIX_TIME_WAIT == (int)ANVIL_STATE_TIME_WAIT &&
                   (int)MATRIX_SYN_SENT == (int)ANVIL_STATE_SYN_SENT,
               "the states of the table are in the order of those of a target");

static uint32_t known(int64_t number)
{
    return number == ANVIL_TARGET_UNKNOWN ? 0 : (uint32_t)number;
}

void fuzz_mirror_segment(const struct fuzz_end *end, const struct wire_frame *frame,
                         struct matrix_segment *segment)
{
    const struct wire_option *stamps = wire_find_option(&frame->tcp, WIRE_OPTION_TIMESTAMPS);
    bool scaled = (frame->tcp.flags & WIRE_SYN) == 0 && end->state >= ANVIL_STATE_SYN_RECEIVED;
    memset(segment, 0, sizeof *segment);
    segment->flags = (uint8_t)(frame->tcp.flags & 0x3f);
    segment->seq = frame->tcp.seq;
    segment->ack = frame->tcp.ack;
    segment->length = (uint32_t)frame->payload_bytes;
    segment->wnd = (uint32_t)frame->tcp.window << (scaled ? known(end->seen.snd_wscale) : 0);
    segment->up = frame->tcp.urgent;
    segment->has_ts = stamps != NULL && stamps->parsed;
    segment->ts_val = segment->has_ts ? stamps->value.timestamps.value : 0;
}

/* What has been sent since `from` tells SND.NXT, the highest number ever sent, plus one. */
static void note_sent(struct fuzz_mirror *mirror, const struct fuzz_end *end, size_t from)
{
    struct matrix_endpoint *now = &mirror->now;
    struct wire_frame frame;
    for (size_t i = from; i < end->record->count; i++) {
        const struct world_event *event = &end->record->events[i];
        if (event->kind != WORLD_EVENT_SENT || event->side != WORLD_A ||
            wire_decode(&frame, end->record->bytes + event->offset, event->length) != WIRE_OK ||
            (frame.tcp.flags & WIRE_RST) != 0)
            continue;
        bool fin = (frame.tcp.flags & WIRE_FIN) != 0;
        uint32_t last = frame.tcp.seq + (uint32_t)frame.payload_bytes + fin +
                        ((frame.tcp.flags & WIRE_SYN) != 0);
        if (matrix_before(now->snd_nxt, last))
            now->snd_nxt = last;
        now->fin_sent = now->fin_sent || fin;
        if ((frame.tcp.flags & WIRE_ACK) != 0)
            mirror->last_ack = frame.tcp.ack;
    }
}

/* SO_LINGER: a CLOSE since `from` waits, and so it has a time of its own, which the host keeps.
 * TCP_NOOPT, of whichever socket. */
static void note_calls(struct fuzz_mirror *mirror, const struct fuzz_end *end, size_t from)
{
    for (size_t i = from; i < end->record->count; i++) {
        const struct world_event *event = &end->record->events[i];
        if (event->kind == WORLD_EVENT_CALL && event->call.kind == ANVIL_CALL_CLOSE &&
            event->call.error == EINPROGRESS)
            mirror->lingers = true;
        if (event->kind == WORLD_EVENT_CALL && event->call.kind == ANVIL_CALL_SET_OPTION &&
            event->call.option == ANVIL_OPTION_NOOPT)
            mirror->no_options = mirror->lost = true;
    }
}

/* What the endpoint alone knows: how much of its window a reader has given back, say. */
static void copy_facts(struct fuzz_mirror *mirror, const struct fuzz_end *end)
{
    struct matrix_endpoint *now = &mirror->now;
    now->listener = end->listener >= 0;
    now->rcv_wnd = known(end->seen.rcv_wnd);
    mirror->unread = end->seen.unread_bytes;
    /* CLOSE in SYN-RECEIVED: the table has no FIN-WAIT-1 whose SYN is not acknowledged. */
    if (end->state > ANVIL_STATE_SYN_RECEIVED && now->snd_una == now->iss)
        mirror->lost = true;
}

/* Nothing is left of a connection. */
static void clear(struct fuzz_mirror *mirror, const struct fuzz_end *end)
{
    bool no_options = mirror->no_options;
    memset(mirror, 0, sizeof *mirror);
    mirror->no_options = mirror->lost = no_options;
    mirror->now.listener = end->listener >= 0;
    mirror->now.state = mirror->now.listener ? MATRIX_LISTEN : MATRIX_CLOSED;
}

void fuzz_mirror_follow(struct fuzz_mirror *mirror, const struct fuzz_end *end, size_t from)
{
    struct matrix_endpoint *now = &mirror->now;
    bool begins = end->state == ANVIL_STATE_SYN_SENT && now->state < MATRIX_SYN_SENT;
    note_calls(mirror, end, from);
    if (end->state < ANVIL_STATE_SYN_SENT) {
        clear(mirror, end);
        return;
    }
    if (begins) {
        clear(mirror, end);
        now->state = MATRIX_SYN_SENT;
        now->iss = now->snd_una = now->snd_nxt = known(end->seen.iss);
        now->next_wnd = known(end->seen.rcv_wnd);
    }
    /* A reuse of TIME-WAIT that came to nothing gives it back: MAY-2. */
    if (now->state < MATRIX_SYN_SENT ||
        (now->state == MATRIX_SYN_RECEIVED && end->state == ANVIL_STATE_TIME_WAIT))
        mirror->lost = true;
    now->state = (enum matrix_state)end->state;
    note_sent(mirror, end, from);
    copy_facts(mirror, end);
}

/* RFC 9293 3.4, Table 6; at a window of zero what begins at RCV.NXT counts but for its text, unless
 * it is a SYN (MUST-66 names ACK, URG and RST). */
static bool is_acceptable(const struct matrix_endpoint *now, const struct matrix_segment *segment)
{
    uint32_t length = matrix_segment_length(segment);
    if (now->rcv_wnd == 0)
        return segment->seq == now->rcv_nxt && (segment->flags & MATRIX_SYN) == 0;
    return segment->seq - now->rcv_nxt < now->rcv_wnd ||
           (length > 0 && segment->seq + length - 1 - now->rcv_nxt < now->rcv_wnd);
}

/* RFC 7323 4.3 (2), 5.3 R3: TSval is taken from an acceptable segment that begins at or before
 * Last.ACK.sent. The table leaves that out, but for SYNs that begin a connection. */
static void move_ts_recent(const struct fuzz_mirror *before, const struct matrix_segment *segment,
                           struct matrix_outcome *outcome)
{
    const struct matrix_endpoint *now = &before->now;
    bool begins = now->state < MATRIX_SYN_RECEIVED || now->iss != outcome->next.iss ||
                  now->irs != outcome->next.irs;
    if (!begins && segment->has_ts && (segment->flags & MATRIX_RST) == 0 &&
        is_acceptable(now, segment) && matrix_not_after(now->ts_recent, segment->ts_val) &&
        matrix_not_after(segment->seq, before->last_ack))
        outcome->next.ts_recent = segment->ts_val;
}

/* Whether the peer says of its stream's end what it has denied before: a FIN elsewhere than one
 * that is held or before text that came, text behind a FIN. Whom to believe is not in the
 * standard. */
static bool contradicts(const struct matrix_endpoint *now, const struct matrix_segment *segment)
{
    uint32_t syn = (segment->flags & MATRIX_SYN) != 0;
    uint32_t end = segment->seq + syn + segment->length;
    uint32_t last = now->held_count > 0 ? now->held[now->held_count - 1].end : now->rcv_nxt;
    bool fin = (segment->flags & MATRIX_FIN) != 0;
    if (now->state < MATRIX_ESTABLISHED || now->state > MATRIX_FIN_WAIT_2)
        return false;
    if (now->fin_held && (matrix_before(now->fin_at, end) || (fin && end != now->fin_at)))
        return true;
    return fin && now->held_count > 0 && matrix_before(end, last) &&
           matrix_not_after(now->rcv_nxt, end);
}

void fuzz_mirror_arrival(struct fuzz_mirror *mirror, struct fuzz_end *end,
                         const struct matrix_segment *segment, size_t from)
{
    struct fuzz_mirror before = *mirror;
    struct matrix_outcome outcome;
    struct fuzz_sent sent;
    if (contradicts(&before.now, segment)) {
        mirror->lost = true;
        return;
    }
    before.now.next_iss = known(end->seen.iss);
    if (end->state == ANVIL_STATE_SYN_RECEIVED)
        before.now.next_wnd = known(end->seen.rcv_wnd);
    matrix_reference(&before.now, segment, &outcome);
    move_ts_recent(&before, segment, &outcome);
    fuzz_answer_collect(end, from, &sent);
    fuzz_answer_judge(end, &before, &outcome, &sent);
    if (end->state < ANVIL_STATE_SYN_SENT) {
        clear(mirror, end);
        return;
    }
    bool back = end->state == ANVIL_STATE_TIME_WAIT && outcome.next.state < MATRIX_SYN_SENT;
    mirror->lost = mirror->lost || back || outcome.next.held_count == MATRIX_HELD_MAX;
    mirror->now = outcome.next;
    mirror->now.state = (enum matrix_state)end->state;
    mirror->time_wait_us = fuzz_answer_time_wait(end, &before, &outcome);
    mirror->reopened = outcome.next.state == MATRIX_SYN_RECEIVED &&
                       (before.reopened || before.now.state == MATRIX_TIME_WAIT);
    note_sent(mirror, end, from);
    copy_facts(mirror, end);
}
