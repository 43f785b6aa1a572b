/* SPDX-License-Identifier: BSD-2-Clause */
/* What an endpoint did with a segment, against what the table says. */
#include "fuzz/mirror.h"

#include <string.h>

/* One segment that went out. */
static void add(struct fuzz_sent *sent, const struct wire_frame *frame)
{
    const struct wire_tcp *tcp = &frame->tcp;
    if ((tcp->flags & WIRE_RST) != 0) {
        sent->resets++;
        sent->reset = *tcp;
        return;
    }
    if ((tcp->flags & WIRE_ACK) != 0) {
        sent->acks = true;
        sent->acked = tcp->ack;
    }
    if ((tcp->flags & WIRE_SYN) != 0)
        sent->syn = *tcp;
    sent->fin = sent->fin || (tcp->flags & WIRE_FIN) != 0;
    if (frame->payload_bytes > 0 || (tcp->flags & (WIRE_SYN | WIRE_FIN)) != 0) {
        sent->others++;
        return;
    }
    sent->pure++;
    sent->ack = *tcp;
}

void fuzz_answer_collect(const struct fuzz_end *end, size_t from, struct fuzz_sent *sent)
{
    struct wire_frame frame;
    memset(sent, 0, sizeof *sent);
    for (size_t i = from; i < end->record->count; i++) {
        const struct world_event *event = &end->record->events[i];
        if (event->kind == WORLD_EVENT_SENT && event->side == WORLD_A &&
            wire_decode(&frame, end->record->bytes + event->offset, event->length) == WIRE_OK)
            add(sent, &frame);
    }
}

static void judge_reset(struct fuzz_end *end, const struct matrix_reply *reply,
                        const struct fuzz_sent *sent)
{
    bool acks = (reply->flags & MATRIX_ACK) != 0;
    if (sent->resets != 1 || sent->pure + sent->others > 0)
        fuzz_end_find(end, "table", "a RST is due, and %zu go out", sent->resets);
    else if (sent->reset.seq != reply->seq || acks != ((sent->reset.flags & WIRE_ACK) != 0) ||
             (acks && sent->reset.ack != reply->ack))
        fuzz_end_find(end, "table", "a RST at %u with ack %u is due, not at %u with %u",
                      (unsigned)reply->seq, (unsigned)reply->ack, (unsigned)sent->reset.seq,
                      (unsigned)sent->reset.ack);
}

static void judge_syn(struct fuzz_end *end, const struct matrix_reply *reply,
                      const struct fuzz_sent *sent)
{
    if ((sent->syn.flags & (WIRE_SYN | WIRE_ACK)) != (WIRE_SYN | WIRE_ACK) ||
        sent->syn.seq != reply->seq || sent->syn.ack != reply->ack)
        fuzz_end_find(end, "table", "a SYN,ACK at %u with ack %u is due", (unsigned)reply->seq,
                      (unsigned)reply->ack);
}

/* An ACK may ride on what else is sent. By itself it comes once. */
static void judge_ack(struct fuzz_end *end, const struct matrix_reply *reply,
                      const struct fuzz_sent *sent)
{
    bool here = sent->ack.seq == reply->seq || sent->ack.seq == (uint32_t)end->seen.snd_nxt;
    bool reads = end->seen.socket >= 0; /* else the host does, which may open the window */
    if (sent->pure > 1 && reads)
        fuzz_end_find(end, "table", "%zu ACKs go out for one segment", sent->pure);
    else if (!sent->acks && !reply->may_wait)
        fuzz_end_find(end, "table", "an ACK of %u is due at once", (unsigned)reply->ack);
    else if (sent->acks && sent->acked != reply->ack)
        fuzz_end_find(end, "table", "an ACK of %u is due, not of %u", (unsigned)reply->ack,
                      (unsigned)sent->acked);
    else if (sent->pure > 0 && end->state > ANVIL_STATE_LISTEN && !here)
        fuzz_end_find(end, "table", "the ACK is due at %u, not at %u", (unsigned)reply->seq,
                      (unsigned)sent->ack.seq);
}

static void judge_reply(struct fuzz_end *end, const struct matrix_outcome *outcome,
                        const struct fuzz_sent *sent)
{
    const struct matrix_reply *reply = &outcome->reply;
    if (outcome->replies && (reply->flags & MATRIX_RST) != 0)
        judge_reset(end, reply, sent);
    else if (sent->resets > 0)
        fuzz_end_find(end, "table", "a RST at %u goes out, and none is due",
                      (unsigned)sent->reset.seq);
    else if (outcome->replies && (reply->flags & MATRIX_SYN) != 0)
        judge_syn(end, reply, sent);
    else if (outcome->replies)
        judge_ack(end, reply, sent);
    else if (sent->pure > 0)
        fuzz_end_find(end, "table", "an ACK of %u goes out, and nothing is due",
                      (unsigned)sent->acked);
}

/* CLOSED and LISTEN differ by a listener beside the connection alone. A CLOSE that waited in
 * CLOSE-WAIT for the window is done when its FIN goes out. */
static enum anvil_target_state state_due(const struct fuzz_end *end,
                                         const struct fuzz_mirror *before,
                                         const struct matrix_outcome *outcome,
                                         const struct fuzz_sent *sent)
{
    if (outcome->next.state == MATRIX_CLOSE_WAIT && sent->fin)
        return ANVIL_STATE_LAST_ACK;
    if (outcome->next.state >= MATRIX_SYN_SENT)
        return (enum anvil_target_state)outcome->next.state;
    if (before->reopened && before->now.state == MATRIX_SYN_RECEIVED &&
        end->now_us < before->time_wait_us)
        return ANVIL_STATE_TIME_WAIT; /* MAY-2: it comes back, if it has not ended by now */
    return end->listener >= 0 ? ANVIL_STATE_LISTEN : ANVIL_STATE_CLOSED;
}

static void judge_number(struct fuzz_end *end, const char *name, int64_t seen, uint32_t due)
{
    if (seen != ANVIL_TARGET_UNKNOWN && (uint32_t)seen != due)
        fuzz_end_find(end, "table", "%s is %u, not %u", name, (unsigned)due,
                      (unsigned)(uint32_t)seen);
}

static void judge_numbers(struct fuzz_end *end, const struct fuzz_mirror *before,
                          const struct matrix_outcome *outcome)
{
    const struct matrix_endpoint *next = &outcome->next;
    if (next->state < MATRIX_SYN_RECEIVED || end->state < ANVIL_STATE_SYN_RECEIVED)
        return;
    judge_number(end, "SND.UNA", end->seen.snd_una, next->snd_una);
    judge_number(end, "RCV.NXT", end->seen.rcv_nxt, next->rcv_nxt);
    judge_number(end, "SND.WND", end->seen.snd_wnd, next->snd_wnd);
    /* What the user has read since may open the window further, when an ACK goes out. */
    if (end->seen.rcv_wnd != ANVIL_TARGET_UNKNOWN && (uint32_t)end->seen.rcv_wnd < next->rcv_wnd)
        judge_number(end, "RCV.WND", end->seen.rcv_wnd, next->rcv_wnd);
    if (before->now.state >= MATRIX_ESTABLISHED && end->seen.socket >= 0 &&
        next->iss == before->now.iss)
        judge_number(end, "what waits for the user", end->seen.unread_bytes,
                     (uint32_t)before->unread + outcome->delivered);
}

/* 2MSL begins when the table says so, and goes on otherwise. MUST-13. */
uint64_t fuzz_answer_time_wait(const struct fuzz_end *end, const struct fuzz_mirror *before,
                               const struct matrix_outcome *outcome)
{
    bool starts = (outcome->signals & MATRIX_TIMER_2MSL_STARTS) != 0;
    return starts ? end->now_us + 2 * (uint64_t)end->policy[ORACLE_POLICY_msl_us]
                  : before->time_wait_us;
}

/* The host's next deadline is that of TIME-WAIT; that of a CLOSE that waits may be before it. */
static void judge_time_wait(struct fuzz_end *end, const struct fuzz_mirror *before,
                            const struct matrix_outcome *outcome)
{
    uint64_t due = fuzz_answer_time_wait(end, before, outcome);
    uint64_t deadline = end->target->deadline(end->self);
    if (end->state == ANVIL_STATE_TIME_WAIT && outcome->next.state == MATRIX_TIME_WAIT &&
        (deadline > due || (deadline < due && !before->lingers)))
        fuzz_end_find(end, "table", "TIME-WAIT ends at %llu us, not at %llu us",
                      (unsigned long long)due, (unsigned long long)deadline);
}

void fuzz_answer_judge(struct fuzz_end *end, const struct fuzz_mirror *before,
                       const struct matrix_outcome *outcome, const struct fuzz_sent *sent)
{
    enum anvil_target_state due = state_due(end, before, outcome, sent);
    if (end->state != due)
        fuzz_end_find(end, "table", "the state is %s, not %s", oracle_state_name(due),
                      oracle_state_name(end->state));
    judge_reply(end, outcome, sent);
    judge_numbers(end, before, outcome);
    judge_time_wait(end, before, outcome);
}
