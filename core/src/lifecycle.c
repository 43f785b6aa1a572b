/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection's life: entering states, and the end of a TCB. RFC 9293 3.3.2. */
#include "machine.h"

/* Switches every timer off. */
void anvil_timers_off(struct anvil_tcb *tcb)
{
    tcb->timer_us = ANVIL_NEVER;
    tcb->ack_deadline = ANVIL_NEVER;
    tcb->rto_deadline = ANVIL_NEVER;
    tcb->user_deadline = ANVIL_NEVER;
    tcb->keepalive_deadline = ANVIL_NEVER;
    tcb->time_wait_deadline = ANVIL_NEVER;
    tcb->sws_deadline = ANVIL_NEVER;
}

/* Changes the state; everything that belongs to a transition is in the caller. */
void anvil_enter(struct step *step, enum anvil_state state)
{
    step->tcb->state = (uint8_t)state;
}

/*
 * ESTABLISHED. RFC 9293 3.10.7.3 and 3.10.7.4. A CLOSE that was queued in SYN-RECEIVED takes effect
 * now (3.10.4). The congestion window starts at one segment if a SYN was lost (RFC 5681 3.1).
 */
void anvil_establish(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;

    anvil_enter(step, tcb->fin_queued ? ANVIL_FIN_WAIT_1 : ANVIL_ESTABLISHED);
    step->effects->signals |= ANVIL_SIGNAL_OPEN;
    tcb->congestion = anvil_congestion_start(tcb->snd_mss, step->policy->initial_window,
                                             tcb->syn_retransmitted);
    tcb->quick_acks = step->policy->quick_acks;
    tcb->reused = 0;
    if (tcb->keepalive_on)
        tcb->keepalive_deadline = step->now + anvil_keepalive_idle(tcb, step->policy);
}

/* TIME-WAIT: the 2MSL timer starts, the others stop. RFC 9293 3.10.7.4 eighth, MUST-13. */
void anvil_enter_time_wait(struct step *step)
{
    anvil_timers_off(step->tcb);
    step->tcb->send_due = 0;
    anvil_enter(step, ANVIL_TIME_WAIT);
    step->tcb->time_wait_deadline = step->now + 2 * step->policy->msl_us;
}

/* An orphan does not stay in FIN-WAIT-2 for ever, if the policy says so. */
void anvil_arm_orphan(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    uint64_t limit = tcb->orphan_fin_wait_2_us ? tcb->orphan_fin_wait_2_us
                                               : step->policy->orphan_fin_wait_2_us;
    if (tcb->state == ANVIL_FIN_WAIT_2 && tcb->orphan && limit != 0)
        tcb->time_wait_deadline = step->now + limit;
}

/* The TCB is gone: all zero, which is CLOSED. */
void anvil_delete(struct step *step, uint32_t signals)
{
    memset(step->tcb, 0, sizeof *step->tcb);
    step->effects->signals |= signals | ANVIL_SIGNAL_DELETED;
}

void anvil_copy_settings(struct anvil_tcb *tcb, const struct anvil_tcb *from)
{
    tcb->nodelay = from->nodelay;
    tcb->rcv_buffer = from->rcv_buffer;
    tcb->rcv_mss_limit = from->rcv_mss_limit;
    tcb->snd_mss_limit = from->snd_mss_limit;
    tcb->ipv6 = from->ipv6;
    tcb->keepalive_on = from->keepalive_on;
    tcb->keepalive_idle_us = from->keepalive_idle_us;
    tcb->keepalive_interval_us = from->keepalive_interval_us;
    tcb->keepalive_count = from->keepalive_count;
    tcb->user_timeout_set = from->user_timeout_set;
    tcb->user_timeout_us = from->user_timeout_set ? from->user_timeout_us : 0;
    tcb->syn_count = from->syn_count;
    tcb->r2_count = from->r2_count;
    tcb->orphan_fin_wait_2_us = from->orphan_fin_wait_2_us;
    tcb->no_options = from->no_options;
    tcb->quick_ack_on = from->quick_ack_on;
}

/* LISTEN, with what the user had set and nothing else. */
void anvil_clear_for_listen(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    const struct anvil_tcb old = *tcb;

    memset(tcb, 0, sizeof *tcb);
    anvil_timers_off(tcb);
    tcb->state = ANVIL_LISTEN;
    tcb->now_us = old.now_us;
    anvil_copy_settings(tcb, &old);
    tcb->user_timeout_due = old.user_timeout_set && step->policy->user_timeout_option;
}

/* A connection that replaced one in TIME-WAIT and failed gives it back. MAY-2 (2). */
static void return_to_time_wait(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;

    anvil_timers_off(tcb);
    anvil_enter(step, ANVIL_TIME_WAIT);
    tcb->time_wait_deadline = tcb->old_time_wait_deadline;
    tcb->rcv_nxt = tcb->old_rcv_nxt;
    tcb->rcv_adv = tcb->old_rcv_adv;
    tcb->last_ack_sent = tcb->old_rcv_nxt; /* the ACK of its FIN */
    tcb->timestamps_on = (tcb->old_agreed & ANVIL_HAS_TIMESTAMPS) != 0;
    tcb->sack_on = (tcb->old_agreed & ANVIL_HAS_SACK_PERMITTED) != 0;
    tcb->ts_recent = tcb->old_ts_recent;
    tcb->ts_recent_us = step->now; /* its age is not kept; it is as good as new */
    tcb->ts_offset = tcb->old_ts_offset;
    tcb->snd_una = tcb->old_snd_nxt;
    tcb->snd_nxt = tcb->old_snd_nxt;
    tcb->snd_max = tcb->old_snd_nxt;
    tcb->sent_count = 0; /* it began at the first place, and nothing of it was acknowledged */
    memset(tcb->sent, 0, sizeof tcb->sent);
    tcb->syn_acked = 1;
    tcb->fin_queued = 1;
    tcb->fin_acked = 1;
    tcb->fin_received = 1;
    tcb->rcv_shift = (uint8_t)(tcb->reused - 1u); /* as its peer reads what we say. 7323 2.3 */
    tcb->reused = 0;
    tcb->timing = 0;
    tcb->ack_now = 0;
}

/*
 * SYN-RECEIVED fails: a passive open returns to LISTEN without a word (AMBIG-21 there: the embedder
 * may drop the TCB), one that replaced TIME-WAIT returns to it, an active one ends with `signals`.
 * RFC 9293 3.10.7.4 second and fourth.
 */
void anvil_fail_half_open(struct step *step, uint32_t signals)
{
    if (step->tcb->reused) {
        return_to_time_wait(step);
    } else if (step->tcb->opened_passive) {
        anvil_clear_for_listen(step);
        step->effects->signals |= ANVIL_SIGNAL_BACK_TO_LISTEN;
    } else {
        anvil_delete(step, signals);
    }
}
