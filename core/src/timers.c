/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The timers, RFC 9293 3.10.8, in the order in which they fire when several are due:
 *
 *     user timeout      something is outstanding for too long; ends the connection
 *     retransmission    the front of the queue is sent again (RFC 6298), or, with a window of zero
 *                       and nothing in flight, a probe (3.8.6.1); R1 and R2 (3.8.3)
 *     TIME-WAIT         2MSL is over (MUST-13); also an orphan's stay in FIN-WAIT-2
 *     keep-alive        nothing was heard for long (3.8.4)
 *     delayed ACK       an ACK has waited long enough (3.8.6.3)
 *     override          data has waited long enough for a larger window (3.8.6.2.1)
 *
 * At most one of them sends a segment of its own.
 */
#include "machine.h"

/* Whether the peer has answered every probe of its closed window: until the next one is without an
 * answer the connection stays open (MUST-37), unless the user has set how long. */
static bool is_kept_by_answers(const struct anvil_tcb *tcb)
{
    return tcb->snd_wnd == 0 && tcb->syn_acked && tcb->probes == 0 && !tcb->user_timeout_set;
}

/* "error: connection aborted due to user timeout". RFC 9293 3.10.8, EP-TO-USER. */
static void fire_user_timeout(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    anvil_time since = is_kept_by_answers(tcb) ? tcb->rto_deadline : tcb->first_sent_us;
    anvil_time due = since + anvil_user_timeout(tcb, step->policy);

    if (due > step->now) {
        tcb->user_deadline = due;
        return;
    }
    if (tcb->state == ANVIL_SYN_RECEIVED)
        anvil_fail_half_open(step, ANVIL_SIGNAL_USER_TIMEOUT);
    else
        anvil_delete(step, ANVIL_SIGNAL_USER_TIMEOUT);
}

/* Retransmissions of the same octet in a row. A window probe that is answered starts the count
 * again (MUST-37). */
static uint32_t tries(const struct anvil_tcb *tcb)
{
    return tcb->snd_wnd == 0 && tcb->syn_acked ? tcb->probes : tcb->backoff;
}

/* Whether R2 is reached: by the user's count, else by the policy's count or time. RFC 9293
 * 3.8.3. */
static bool is_r2_reached(const struct step *step)
{
    const struct anvil_tcb *tcb = step->tcb;
    const struct anvil_policy *policy = step->policy;
    bool syn = !tcb->syn_acked;
    uint32_t user_count = syn ? tcb->syn_count : tcb->r2_count;
    uint32_t syn_count = tcb->state == ANVIL_SYN_SENT ? policy->syn_r2_count
                                                       : policy->syn_ack_r2_count;
    uint32_t count = syn ? syn_count : policy->r2_count;
    uint64_t time_us = syn ? policy->syn_r2_us : policy->r2_us;

    if (tries(tcb) == 0)
        return false; /* nothing that was sent again, or asked, is without an answer. MUST-37 */
    if (user_count != 0)
        return tries(tcb) >= user_count;
    if (!syn && tcb->user_timeout_us != 0)
        return false; /* the user timeout decides: RFC 5482 */
    if (count != 0 && tries(tcb) >= count)
        return true;
    return time_us != 0 && step->now - tcb->first_sent_us >= time_us;
}

/* Delivery has failed: R2. */
static void give_up(struct step *step)
{
    if (step->tcb->state == ANVIL_SYN_RECEIVED)
        anvil_fail_half_open(step, ANVIL_SIGNAL_R2);
    else
        anvil_delete(step, ANVIL_SIGNAL_R2);
}

/* What goes out next asks for a window; of those without an answer the first starts the clock of R2
 * and the default user timeout. */
static void count_probe(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;

    if (tcb->probes == 0 && !tcb->user_timeout_set)
        tcb->first_sent_us = step->now;
    if (tcb->probes < UINT8_MAX)
        tcb->probes++;
    tcb->probing = 1;
}

/* When the next retransmission or window probe is due. Probes keep policy.persist_min_us apart. */
static anvil_time next_try(const struct step *step)
{
    const struct anvil_tcb *tcb = step->tcb;
    bool probe = tcb->snd_wnd == 0 && tcb->syn_acked;

    if (probe && tcb->rto_us < step->policy->persist_min_us)
        return step->now + step->policy->persist_min_us;
    return step->now + tcb->rto_us;
}

/* A closed window and something waiting for it: one octet, or the FIN, asks for an ACK. MUST-36. */
static void probe_window(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;

    count_probe(step);
    anvil_rto_back_off(tcb, step->policy);
    anvil_send_forced(step);
    tcb->timing = 0; /* its round trip is the peer's window's, not the path's */
    tcb->rto_deadline = next_try(step);
}

/*
 * Retransmission timeout. RFC 6298 5.4 to 5.6: the front of the queue again, the timeout doubled.
 * SND.NXT goes back to SND.UNA; what lies behind follows as ACKs and windows allow.
 */
static void fire_retransmission(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;

    if (is_r2_reached(step)) {
        give_up(step);
        return;
    }
    if (tcb->persisting) {
        probe_window(step);
        return;
    }
    if (tcb->snd_wnd > 0)
        tcb->congestion = anvil_congestion_on_rto(tcb->congestion, tcb->snd_mss,
                                                  anvil_seq_from(tcb->snd_una, tcb->snd_max));
    else if (tcb->syn_acked)
        count_probe(step); /* the window shrank over what is in flight: MUST-35 */
    if (!tcb->syn_acked)
        tcb->syn_retransmitted = 1;
    anvil_rto_back_off(tcb, step->policy);
    if (tries(tcb) >= step->policy->r1_count && !tcb->r1_told) {
        tcb->r1_told = 1;
        step->effects->signals |= ANVIL_SIGNAL_R1;
    }
    tcb->snd_nxt = tcb->snd_una;
    anvil_send_forced(step);
    tcb->rto_deadline = next_try(step);
}

/*
 * Keep-alive: only with nothing in flight and nothing heard for the interval (MUST-26); it is a
 * segment before the window, which draws an ACK. What is heard does not set the timer: until a
 * probe is due it runs no longer than the idle time. RFC 9293 3.8.4.
 */
static void fire_keepalive(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    const struct anvil_policy *policy = step->policy;
    uint64_t idle = anvil_keepalive_idle(tcb, policy);
    uint64_t interval = tcb->keepalive_interval_us ? tcb->keepalive_interval_us
                                                   : policy->keepalive_interval_us;
    uint32_t count = tcb->keepalive_count ? tcb->keepalive_count : policy->keepalive_count;
    anvil_time due = tcb->heard_us + idle + tcb->probes * interval;
    struct anvil_sent *sent;

    if (in_flight(tcb) || anvil_waiting(tcb)) {
        tcb->keepalive_deadline = step->now + idle;
        return;
    }
    if (due > step->now) {
        tcb->keepalive_deadline = earlier(due, step->now + idle);
        return;
    }
    tcb->keepalive_deadline = step->now + interval;
    if (tcb->probes >= count) {
        anvil_delete(step, ANVIL_SIGNAL_R2);
        return;
    }
    tcb->probes++; /* which is at most the count, and that at most 255 */
    sent = anvil_build(step, anvil_seq_add(tcb->snd_max, UINT32_MAX), ANVIL_ACK);
    sent->offset = ANVIL_NO_OFFSET;
    sent->segment.length = policy->keepalive_octet ? 1 : 0;
}

/* Whether a timer with this deadline fires now. A step before may have deleted the TCB. */
static bool is_due(const struct step *step, anvil_time deadline)
{
    return step->tcb->state > ANVIL_LISTEN && deadline <= step->now;
}

/* Fires every timer that is due, in the order above. */
void anvil_fire_timers(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;

    if (is_due(step, tcb->user_deadline))
        fire_user_timeout(step);
    if (is_due(step, tcb->rto_deadline))
        fire_retransmission(step);
    if (is_due(step, tcb->time_wait_deadline))
        anvil_delete(step, 0);
    if (is_due(step, tcb->keepalive_deadline))
        fire_keepalive(step);
    if (is_due(step, tcb->ack_deadline)) {
        tcb->ack_deadline = ANVIL_NEVER;
        tcb->ack_now = 1;
    }
    if (is_due(step, tcb->sws_deadline)) {
        tcb->sws_deadline = ANVIL_NEVER;
        anvil_send_forced(step);
    }
}
