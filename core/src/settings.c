/* SPDX-License-Identifier: BSD-2-Clause */
/* What changes a connection from outside its peer: the user's settings, and ICMP errors. */
#include "machine.h"

/* The timer of keep-alives, anew. They run in states that a peer can leave unfinished. */
static void restart_keepalive(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    uint64_t idle = anvil_keepalive_idle(tcb, step->policy);

    if (!is_synchronized(tcb) || tcb->state == ANVIL_TIME_WAIT)
        return;
    tcb->keepalive_deadline = tcb->keepalive_on ? tcb->heard_us + idle : ANVIL_NEVER;
}

/* Keep-alives go on or off; where they are on, to switch them on is no cause to ask. MUST-24. */
static void set_keepalive(struct step *step, bool on)
{
    if (step->tcb->keepalive_on == on)
        return;
    step->tcb->keepalive_on = on;
    restart_keepalive(step);
}

/* How long nothing is heard before the first probe. MUST-27. */
static void set_keepalive_idle(struct step *step, uint64_t idle_us)
{
    step->tcb->keepalive_idle_us = idle_us;
    restart_keepalive(step);
}

/* The user timeout. RFC 9293 3.9.1.1; set by the user it is not CHANGEABLE, and it is told to the
 * peer if the policy uses the option (RFC 5482 3). */
static void set_user_timeout(struct step *step, uint64_t value)
{
    struct anvil_tcb *tcb = step->tcb;

    tcb->user_timeout_us = value;
    tcb->user_timeout_set = value != 0;
    tcb->user_timeout_due = value != 0 && step->policy->user_timeout_option;
    tcb->user_deadline = ANVIL_NEVER;
}

/* Bounds segments in both directions. */
static void set_mss_limit(struct anvil_tcb *tcb, uint32_t limit)
{
    tcb->snd_mss_limit = tcb->snd_mss_limit ? least(tcb->snd_mss_limit, limit) : limit;
    tcb->rcv_mss_limit = tcb->rcv_mss_limit ? least(tcb->rcv_mss_limit, limit) : limit;
    if (tcb->snd_mss > limit)
        tcb->snd_mss = limit;
}

/* The receive buffer changes; a window of zero that opens by it is told to the peer. */
static void set_receive_buffer(struct anvil_tcb *tcb, uint32_t octets)
{
    tcb->rcv_buffer = octets;
    if (is_synchronized(tcb) && anvil_receive_window(tcb) == 0 && anvil_window_update_due(tcb))
        tcb->ack_now = 1;
}

/* What does not fit the field is taken as the largest value that does. */
static uint32_t narrow(uint64_t value)
{
    return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

/* Counts are compared with counters that stop at 255. */
static uint32_t narrow_count(uint64_t value)
{
    return value > UINT8_MAX ? UINT8_MAX : (uint32_t)value;
}

/* TCP_QUICKACK: an ACK that waits goes at once. */
static void set_quick_ack(struct anvil_tcb *tcb, bool on)
{
    tcb->quick_ack_on = on;
    if (on && tcb->state > ANVIL_LISTEN && tcb->ack_deadline != ANVIL_NEVER)
        tcb->ack_now = 1;
}

/* The longest time that may be set: its sums with the clock do not overflow. */
static uint64_t bounded_time(uint64_t time_us)
{
    const uint64_t longest_us = UINT64_C(1) << 48;

    return time_us > longest_us ? longest_us : time_us;
}

/* For a SYN that is sent later: what one has offered stays offered, and what both sides have agreed
 * stays agreed. RFC 7323 3.2. */
static void set_no_options(struct anvil_tcb *tcb, bool on)
{
    if (tcb->state == ANVIL_CLOSED || tcb->state == ANVIL_LISTEN)
        tcb->no_options = on;
}

/* ANVIL_SET: in CLOSED, too, before OPEN. */
void anvil_apply_setting(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    uint64_t value = step->event->value;

    switch (step->event->set) {
    case ANVIL_SET_NODELAY:
        tcb->nodelay = value ? 1 : 2;
        break;
    case ANVIL_SET_KEEPALIVE:
        set_keepalive(step, value != 0);
        break;
    case ANVIL_SET_KEEPALIVE_IDLE:
        set_keepalive_idle(step, bounded_time(value));
        break;
    case ANVIL_SET_KEEPALIVE_INTERVAL:
        tcb->keepalive_interval_us = bounded_time(value);
        break;
    case ANVIL_SET_KEEPALIVE_COUNT:
        tcb->keepalive_count = narrow_count(value);
        break;
    case ANVIL_SET_USER_TIMEOUT:
        set_user_timeout(step, bounded_time(value));
        break;
    case ANVIL_SET_SYN_COUNT:
        tcb->syn_count = narrow_count(value);
        break;
    case ANVIL_SET_R2_COUNT:
        tcb->r2_count = narrow_count(value);
        break;
    case ANVIL_SET_RECEIVE_BUFFER:
        set_receive_buffer(tcb, narrow(value));
        break;
    case ANVIL_SET_MSS_LIMIT:
        set_mss_limit(tcb, value ? narrow(value) : 1);
        break;
    case ANVIL_SET_QUICK_ACK:
        set_quick_ack(tcb, value != 0);
        break;
    case ANVIL_SET_ORPHAN_TIMEOUT:
        tcb->orphan_fin_wait_2_us = narrow(value);
        break;
    case ANVIL_SET_NO_OPTIONS:
        set_no_options(tcb, value != 0);
        break;
    case ANVIL_SET_READER_GONE:
        tcb->reader_gone = value != 0;
        break;
    }
}

/* The path carries less than we sent: smaller segments from now on, and what was lost again, at
 * once. RFC 1191 6.4, RFC 8201 5.4. */
static void path_shrank(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    uint32_t limit = step->event->mss_limit;

    if (limit < step->policy->mss_floor)
        limit = step->policy->mss_floor;
    if (limit >= tcb->snd_mss_limit)
        return;
    tcb->snd_mss_limit = limit;
    if (tcb->snd_mss <= limit)
        return;
    tcb->snd_mss = limit;
    if (tcb->syn_acked && in_flight(tcb))
        tcb->snd_nxt = tcb->snd_una;
}

/*
 * An ICMP error. RFC 9293 3.9.2.2. One that quotes nothing in flight is ignored (RFC 5927 4.1).
 * Without policy.hard_errors_abort a hard error ends only a connection that is not synchronized yet
 * (RFC 5927 5.2).
 */
void anvil_apply_icmp(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    anvil_seq quoted = step->event->quoted;

    if (!anvil_seq_le(tcb->snd_una, quoted) || !anvil_seq_lt(quoted, tcb->snd_max))
        return;
    switch (step->event->icmp) {
    case ANVIL_ICMP_SOFT:
        step->effects->signals |= ANVIL_SIGNAL_SOFT_ERROR;
        break;
    case ANVIL_ICMP_HARD:
        if (tcb->state == ANVIL_SYN_RECEIVED)
            anvil_fail_half_open(step, ANVIL_SIGNAL_HARD_ERROR);
        else if (tcb->state == ANVIL_SYN_SENT || step->policy->hard_errors_abort)
            anvil_delete(step, ANVIL_SIGNAL_HARD_ERROR);
        else
            step->effects->signals |= ANVIL_SIGNAL_SOFT_ERROR;
        break;
    case ANVIL_ICMP_TOO_BIG:
        path_shrank(step);
        break;
    case ANVIL_ICMP_QUENCH:
        break;
    }
}
