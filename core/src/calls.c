/* SPDX-License-Identifier: BSD-2-Clause */
/* The user's calls: OPEN, SEND, RECEIVE, CLOSE, ABORT. RFC 9293 3.10.1 to 3.10.5. */
#include "machine.h"

/* The smaller of a limit that OPEN brings and one that the user has set before; 0 = not set. */
static uint32_t limited(uint32_t limit, uint32_t set)
{
    return set != 0 && set < limit ? set : limit;
}

/* A fresh TCB, keeping what the user has set before. */
static void start(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    const struct anvil_open *open = &step->event->open;

    anvil_timers_off(tcb);
    tcb->now_us = step->now;
    tcb->rcv_buffer = open->receive_buffer;
    tcb->rcv_mss_limit = limited(open->receive_mss, tcb->rcv_mss_limit);
    tcb->snd_mss_limit = limited(open->send_mss, tcb->snd_mss_limit);
    tcb->ipv6 = open->ipv6 != 0;
}

/* SYN-SENT: <SEQ=ISS><CTL=SYN>. */
static void open_active(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;

    anvil_timers_off(tcb);
    tcb->iss = step->event->iss;
    tcb->snd_una = tcb->iss;
    tcb->snd_nxt = tcb->iss;
    tcb->snd_max = tcb->iss;
    tcb->ts_offset = step->event->ts_offset;
    if (step->policy->offer_window_scale && !tcb->no_options)
        tcb->rcv_shift = anvil_window_scale(tcb, step->policy);
    anvil_rto_restore(tcb, step->policy);
    anvil_enter(step, ANVIL_SYN_SENT);
}

/* OPEN. RFC 9293 3.10.1. A second passive OPEN is refused, the LISTEN untouched (MUST-41). */
void anvil_call_open(struct step *step)
{
    bool active = step->event->kind == ANVIL_OPEN_ACTIVE;

    switch (state_of(step->tcb)) {
    case ANVIL_CLOSED:
        start(step);
        if (active)
            open_active(step);
        else
            anvil_enter(step, ANVIL_LISTEN);
        break;
    case ANVIL_LISTEN:
        if (!active)
            step->effects->result = ANVIL_ALREADY_EXISTS;
        else if (!step->event->remote_specified)
            step->effects->result = ANVIL_REMOTE_UNSPECIFIED;
        else
            open_active(step);
        break;
    case ANVIL_SYN_SENT:
    case ANVIL_SYN_RECEIVED:
    case ANVIL_ESTABLISHED:
    case ANVIL_FIN_WAIT_1:
    case ANVIL_FIN_WAIT_2:
    case ANVIL_CLOSE_WAIT:
    case ANVIL_CLOSING:
    case ANVIL_LAST_ACK:
    case ANVIL_TIME_WAIT:
        step->effects->result = ANVIL_ALREADY_EXISTS;
        break;
    }
}

/* Appends to the send queue. Urgent data ends with it: SND.UP is the octet after (MUST-62). */
static void queue(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;

    if (tcb->fin_queued) {
        step->effects->result = ANVIL_CONNECTION_CLOSING;
        return;
    }
    tcb->snd_end_offset += step->event->length;
    tcb->push_pending = step->event->push;
    if (step->event->urgent && step->event->length > 0) {
        tcb->snd_up_offset = tcb->snd_end_offset;
        tcb->urgent_send = 1;
    }
}

/* SEND. RFC 9293 3.10.2. Room is the owner's concern. */
void anvil_call_send(struct step *step)
{
    switch (state_of(step->tcb)) {
    case ANVIL_CLOSED:
        step->effects->result = ANVIL_DOES_NOT_EXIST;
        break;
    case ANVIL_LISTEN:
        if (!step->event->remote_specified) {
            step->effects->result = ANVIL_REMOTE_UNSPECIFIED;
            break;
        }
        open_active(step);
        queue(step);
        break;
    case ANVIL_SYN_SENT:
    case ANVIL_SYN_RECEIVED:
    case ANVIL_ESTABLISHED:
    case ANVIL_CLOSE_WAIT:
        queue(step);
        break;
    case ANVIL_FIN_WAIT_1:
    case ANVIL_FIN_WAIT_2:
    case ANVIL_CLOSING:
    case ANVIL_LAST_ACK:
    case ANVIL_TIME_WAIT:
        step->effects->result = ANVIL_CONNECTION_CLOSING;
        break;
    }
}

/* Hands `length` octets over, as far as they are there; a window that can grow may draw an ACK. */
static void deliver(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    uint64_t unread = anvil_unread(tcb);
    uint64_t length = step->event->length < unread ? step->event->length : unread;

    tcb->rcv_read_offset += length;
    step->effects->received = length;
    if (anvil_urgent_left(tcb) == 0) {
        tcb->urgent_received = 0;
        tcb->rcv_up = anvil_seq_of(0);
    }
    if (anvil_window_update_due(tcb))
        tcb->ack_now = 1;
}

/* RECEIVE. RFC 9293 3.10.3. It waits for data, before the connection is ESTABLISHED, too; after the
 * peer's FIN what is on hand is delivered first, in every state (3.9.1.4). */
void anvil_call_receive(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;

    switch (state_of(tcb)) {
    case ANVIL_CLOSED:
        step->effects->result = ANVIL_DOES_NOT_EXIST;
        break;
    case ANVIL_LISTEN:
    case ANVIL_SYN_SENT:
    case ANVIL_SYN_RECEIVED:
    case ANVIL_ESTABLISHED:
    case ANVIL_FIN_WAIT_1:
    case ANVIL_FIN_WAIT_2:
    case ANVIL_CLOSE_WAIT:
    case ANVIL_CLOSING:
    case ANVIL_LAST_ACK:
    case ANVIL_TIME_WAIT:
        if (anvil_unread(tcb) > 0)
            deliver(step);
        else
            step->effects->result = tcb->fin_received ? ANVIL_CONNECTION_CLOSING : ANVIL_QUEUED;
        break;
    }
}

/* The user reads no more and will not come back. SHLD-3, MAY-1. True if that resets. */
static bool give_up_reading(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;

    if (anvil_unread(tcb) > 0 && step->policy->reset_on_unread) {
        anvil_send_reset(step);
        anvil_delete(step, 0);
        return true;
    }
    tcb->reader_gone = 1;
    tcb->orphan = 1;
    anvil_arm_orphan(step);
    return false;
}

/* SYN-RECEIVED: with nothing to send the FIN goes at once, else the CLOSE waits for ESTABLISHED. */
static void close_half_open(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;

    tcb->reader_gone |= step->event->full;
    tcb->orphan |= step->event->full;
    if (tcb->fin_queued)
        step->effects->result = ANVIL_CONNECTION_CLOSING;
    tcb->fin_queued = 1;
    if (tcb->snd_end_offset == tcb->snd_una_offset)
        anvil_enter(step, ANVIL_FIN_WAIT_1);
}

/* CLOSE. RFC 9293 3.10.4. The FIN follows what is queued; in CLOSE-WAIT the state changes when it
 * goes out. */
void anvil_call_close(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    enum anvil_state state = state_of(tcb);

    if (step->event->full && state >= ANVIL_ESTABLISHED && state <= ANVIL_CLOSE_WAIT &&
        give_up_reading(step))
        return;
    switch (state) {
    case ANVIL_CLOSED:
        step->effects->result = ANVIL_DOES_NOT_EXIST;
        break;
    case ANVIL_LISTEN:
    case ANVIL_SYN_SENT:
        anvil_delete(step, 0);
        break;
    case ANVIL_SYN_RECEIVED:
        close_half_open(step);
        break;
    case ANVIL_ESTABLISHED:
        tcb->fin_queued = 1;
        anvil_enter(step, ANVIL_FIN_WAIT_1);
        break;
    case ANVIL_CLOSE_WAIT:
        if (tcb->fin_queued)
            step->effects->result = ANVIL_CONNECTION_CLOSING;
        tcb->fin_queued = 1;
        break;
    case ANVIL_FIN_WAIT_1:
    case ANVIL_FIN_WAIT_2:
    case ANVIL_CLOSING:
    case ANVIL_LAST_ACK:
    case ANVIL_TIME_WAIT:
        step->effects->result = ANVIL_CONNECTION_CLOSING;
        break;
    }
}

/* ABORT. RFC 9293 3.10.5. */
void anvil_call_abort(struct step *step)
{
    switch (state_of(step->tcb)) {
    case ANVIL_CLOSED:
        step->effects->result = ANVIL_DOES_NOT_EXIST;
        break;
    case ANVIL_SYN_RECEIVED:
    case ANVIL_ESTABLISHED:
    case ANVIL_FIN_WAIT_1:
    case ANVIL_FIN_WAIT_2:
    case ANVIL_CLOSE_WAIT:
        anvil_send_reset(step);
        anvil_delete(step, ANVIL_SIGNAL_RESET);
        break;
    case ANVIL_LISTEN:
    case ANVIL_SYN_SENT:
        anvil_delete(step, ANVIL_SIGNAL_RESET);
        break;
    case ANVIL_CLOSING:
    case ANVIL_LAST_ACK:
    case ANVIL_TIME_WAIT:
        anvil_delete(step, 0);
        break;
    }
}
