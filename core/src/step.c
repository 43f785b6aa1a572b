/* SPDX-License-Identifier: BSD-2-Clause */
/* One step of the machine: timers, the event, what may be sent. */
#include "predict.h"

/* More than any send queue will ever hold; a SEND beyond it is misuse. */
#define STREAM_MAX (UINT64_C(1) << 62)

/* No clock comes here; sums of times cannot overflow below it. */
#define TIME_MAX (UINT64_C(1) << 63)

/* Whether the embedder keeps to the contract; RFC errors are not its concern. */
static bool is_proper(const struct anvil_tcb *tcb, const struct anvil_event *event)
{
    if (event->now < tcb->now_us || event->now > TIME_MAX)
        return false;
    if (event->kind == ANVIL_SEGMENT)
        return event->segment != NULL && event->arrived <= event->now;
    switch (event->kind) {
    case ANVIL_SEND:
        return event->length <= STREAM_MAX - (tcb->snd_end_offset - tcb->snd_una_offset);
    case ANVIL_SET:
        return (unsigned)event->set <= ANVIL_SET_READER_GONE;
    case ANVIL_ICMP:
        return (unsigned)event->icmp <= ANVIL_ICMP_QUENCH;
    case ANVIL_POLL:
    case ANVIL_SEGMENT:
    case ANVIL_OPEN_PASSIVE:
    case ANVIL_OPEN_ACTIVE:
    case ANVIL_RECEIVE:
    case ANVIL_CLOSE:
    case ANVIL_ABORT:
        return true;
    }
    return false;
}

/* Any event but a segment. RFC 9293 3.10. */
static void process(struct step *step)
{
    switch (step->event->kind) {
    case ANVIL_POLL:
    case ANVIL_SEGMENT:
        break;
    case ANVIL_OPEN_PASSIVE:
    case ANVIL_OPEN_ACTIVE:
        anvil_call_open(step);
        break;
    case ANVIL_SEND:
        anvil_call_send(step);
        break;
    case ANVIL_RECEIVE:
        anvil_call_receive(step);
        break;
    case ANVIL_CLOSE:
        anvil_call_close(step);
        break;
    case ANVIL_ABORT:
        anvil_call_abort(step);
        break;
    case ANVIL_ICMP:
        anvil_apply_icmp(step);
        break;
    case ANVIL_SET:
        anvil_apply_setting(step);
        break;
    }
}

/* The fields of the effects that are always written. */
static void start_effects(const struct anvil_tcb *tcb, struct anvil_effects *effects)
{
    effects->result = ANVIL_OK;
    effects->signals = 0;
    effects->check = ANVIL_CHECK_NONE;
    effects->state_before = tcb->state;
    effects->state_after = tcb->state;
    effects->sent_count = 0;
    effects->accept_count = 0;
    effects->received = 0;
    effects->acked_to = tcb->snd_una_offset;
}

/* Our SYN is acknowledged, there is no FIN, nothing is in flight, and nothing waits: so it mostly
 * is with a connection that only receives. */
static bool is_at_rest(const struct anvil_tcb *tcb)
{
    return !in_flight(tcb) && tcb->snd_una_offset == tcb->snd_end_offset && tcb->syn_acked &&
           !tcb->fin_queued;
}

/* What anvil_send_due() comes to at rest: an ACK that is owed; no timer of the sender runs. */
static void end_at_rest(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;

    tcb->send_due = 0;
    sender_timers_off(tcb);
    if (tcb->ack_now && !holds_back(step) && anvil_can_send(step))
        anvil_build_ack(step, tcb->snd_max);
}

/* The step before left nothing to do until the first timer is due, and nothing but time passes. */
static bool is_settled(const struct step *step)
{
    const struct anvil_tcb *tcb = step->tcb;

    return step->event->kind == ANVIL_POLL && tcb->state > ANVIL_LISTEN &&
           step->now < tcb->timer_us && !(tcb->ack_now | tcb->send_due);
}

/* Timers that are due, the event, what may be sent. */
static void take_event(struct anvil_tcb *tcb, const struct anvil_policy *policy,
                       const struct anvil_event *event, struct anvil_effects *effects)
{
    struct step in_progress = {tcb, policy, event, effects, event->now};
    struct step *step = &in_progress;

    if (tcb->state != ANVIL_CLOSED)
        tcb->now_us = step->now;
    if (tcb->state > ANVIL_LISTEN && tcb->timer_us <= step->now)
        anvil_fire_timers(step);
    if (step->event->kind == ANVIL_SEGMENT)
        anvil_segment_arrives(step);
    else
        process(step);
    if (is_at_rest(tcb))
        end_at_rest(step);
    else
        anvil_send_due(step);
    end_step(step);
}

void anvil_step(struct anvil_tcb *tcb, const struct anvil_policy *policy,
                const struct anvil_event *event, struct anvil_effects *effects)
{
    const struct step step = {tcb, policy, event, effects, event->now};

    assert(anvil_invariant(tcb, NULL));
    start_effects(tcb, effects);
    if (!is_proper(tcb, event)) {
        effects->result = ANVIL_INVALID;
        effects->deadline = deadline_of(tcb);
    } else if (is_settled(&step)) {
        tcb->now_us = event->now;
        effects->deadline = tcb->timer_us;
    } else if (event->kind != ANVIL_SEGMENT || !take_expected(&step)) {
        take_event(tcb, policy, event, effects); /* the other is for speed: see predict.h */
    }
    assert(anvil_invariant(tcb, NULL));
}

anvil_time anvil_deadline(const struct anvil_tcb *tcb)
{
    return deadline_of(tcb);
}
