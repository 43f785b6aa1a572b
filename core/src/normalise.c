/* SPDX-License-Identifier: BSD-2-Clause */
/* A TCB up to where it stands: numbers, offsets and times counted from here. */
#include "machine.h"

/* What `now` becomes: far from both ends, so that ages and deadlines fit around it. */
#define MIDDLE (UINT64_C(1) << 62)

/* A deadline or a past time, relative to now. */
static void rebase_time(anvil_time *time, anvil_time now)
{
    if (*time != ANVIL_NEVER)
        *time = MIDDLE + (*time - now);
}

/* A sequence number, relative to an origin. */
static void rebase_seq(anvil_seq *seq, anvil_seq origin)
{
    *seq = anvil_seq_of(anvil_seq_from(origin, *seq));
}

/* Every time in the TCB; those that no longer count become `now`. */
static void rebase_times(struct anvil_tcb *tcb, anvil_time now)
{
    anvil_time *times[] = {
        &tcb->ack_deadline,       &tcb->rto_deadline,
        &tcb->user_deadline,      &tcb->keepalive_deadline,
        &tcb->time_wait_deadline, &tcb->sws_deadline,
        &tcb->heard_us,           &tcb->first_sent_us,
        &tcb->ts_recent_us,       &tcb->challenge_us,
        &tcb->rtt_us,             &tcb->old_time_wait_deadline,
    };

    if (!tcb->timing)
        tcb->rtt_us = now;
    if (!tcb->reused)
        tcb->old_time_wait_deadline = now;
    if (tcb->challenges == 0)
        tcb->challenge_us = now;
    if (!tcb->timestamps_on)
        tcb->ts_recent_us = now;
    if (!in_flight(tcb) && !tcb->persisting && tcb->probes == 0 &&
        tcb->user_deadline == ANVIL_NEVER)
        tcb->first_sent_us = now;
    if (tcb->state <= ANVIL_SYN_SENT)
        tcb->heard_us = now;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        rebase_time(times[i], now);
    for (unsigned i = 0; i < tcb->sent_count; i++)
        rebase_time(&tcb->sent[i].sent_us, now);
    tcb->timer_us = earliest_timer(tcb);
    tcb->now_us = MIDDLE;
}

/* Send numbers from SND.UNA, receive numbers from RCV.NXT; what no longer counts becomes zero. */
static void rebase_seqs(struct anvil_tcb *tcb)
{
    anvil_seq una = tcb->snd_una;
    anvil_seq next = tcb->rcv_nxt;
    anvil_seq *send[] = {&tcb->snd_nxt, &tcb->snd_max, &tcb->snd_wl2, &tcb->rtt_seq,
                         &tcb->iss,     &tcb->snd_una, &tcb->old_snd_nxt};
    anvil_seq *receive[] = {&tcb->rcv_adv,       &tcb->last_ack_sent, &tcb->snd_wl1,
                            &tcb->rcv_up,        &tcb->fin_held_seq,  &tcb->irs,
                            &tcb->rcv_nxt,       &tcb->old_rcv_nxt,   &tcb->old_rcv_adv,
                            &tcb->dsack.left,    &tcb->dsack.right};

    if (!tcb->timing)
        tcb->rtt_seq = una;
    if (tcb->state == ANVIL_SYN_SENT)
        tcb->snd_wl2 = una;
    if (tcb->syn_acked)
        tcb->iss = una;
    if (!tcb->urgent_received)
        tcb->rcv_up = next;
    if (!tcb->fin_held)
        tcb->fin_held_seq = next;
    if (tcb->state != ANVIL_SYN_RECEIVED)
        tcb->irs = next;
    if (!tcb->reused) {
        tcb->old_snd_nxt = una;
        tcb->old_rcv_nxt = next;
        tcb->old_rcv_adv = next;
        tcb->old_ts_recent = 0;
        tcb->old_ts_offset = 0;
        tcb->old_agreed = 0;
    }
    if (anvil_seq_eq(tcb->dsack.left, tcb->dsack.right)) {
        tcb->dsack.left = next;
        tcb->dsack.right = next;
    }
    for (size_t i = 0; i < sizeof send / sizeof send[0]; i++)
        rebase_seq(send[i], una);
    for (size_t i = 0; i < sizeof receive / sizeof receive[0]; i++)
        rebase_seq(receive[i], next);
    for (unsigned i = 0; i < tcb->sent_count; i++)
        rebase_seq(&tcb->sent[i].end, una);
    for (unsigned i = 0; i < tcb->held_count; i++) {
        rebase_seq(&tcb->held[i].left, next);
        rebase_seq(&tcb->held[i].right, next);
    }
}

/* The ring of what was sent begins at the first place. */
static void turn_sent(struct anvil_tcb *tcb)
{
    const struct anvil_tcb old = *tcb;

    for (unsigned i = 0; i < ANVIL_SEND_RANGES_MAX; i++)
        tcb->sent[i] = old.sent[(old.sent_first + i) % ANVIL_SEND_RANGES_MAX];
    tcb->sent_first = 0;
}

/* Held ranges keep only the order in which they were touched: 1 is the oldest. */
static void rank_held(struct anvil_tcb *tcb)
{
    const struct anvil_tcb old = *tcb;

    for (unsigned i = 0; i < tcb->held_count; i++) {
        tcb->held[i].touched = 1;
        for (unsigned j = 0; j < tcb->held_count; j++)
            tcb->held[i].touched += old.held[j].touched < old.held[i].touched ? 1u : 0u;
    }
    tcb->held_clock = tcb->held_count;
}

/* Received offsets count from the first octet that is not consumed; but with SACK they tell old
 * text from what lies before the stream, as far back as that is looked at. */
static void rebase_stream(struct anvil_tcb *tcb)
{
    uint64_t kept = 0;

    if (tcb->sack_on)
        kept = tcb->rcv_read_offset < STREAM_BACK ? tcb->rcv_read_offset : STREAM_BACK;
    tcb->rcv_nxt_offset -= tcb->rcv_read_offset - kept;
    tcb->rcv_read_offset = kept;
}

void anvil_normalise(struct anvil_tcb *tcb, anvil_time now)
{
    if (tcb->state == ANVIL_CLOSED)
        return;
    turn_sent(tcb);
    rebase_times(tcb, now);
    rebase_seqs(tcb);
    rank_held(tcb);
    tcb->snd_end_offset -= tcb->snd_una_offset;
    tcb->snd_up_offset = tcb->urgent_send ? tcb->snd_up_offset - tcb->snd_una_offset : 0;
    tcb->snd_una_offset = 0;
    rebase_stream(tcb);
    tcb->total_retransmits = 0;
    tcb->duplicate_acks = 0;
}
