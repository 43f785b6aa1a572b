/* SPDX-License-Identifier: BSD-2-Clause */
/* A SYN that finds TIME-WAIT: may it begin a new connection? RFC 6191 section 2, MAY-2. */
#include "machine.h"

/* SEG.SEQ is greater than the last number of the connection before, that of its FIN. */
static bool is_beyond(const struct anvil_tcb *tcb, const struct anvil_segment *segment)
{
    return anvil_seq_le(tcb->rcv_nxt, segment->seq);
}

/* The conditions of RFC 6191, line by line. */
static bool may_reopen(const struct step *step, const struct anvil_segment *segment)
{
    const struct anvil_tcb *tcb = step->tcb;
    bool timestamps = step->policy->offer_timestamps && !tcb->no_options &&
                      (segment->options.present & ANVIL_HAS_TIMESTAMPS);
    uint32_t newer = segment->options.ts_value - tcb->ts_recent;

    if (anvil_unread(tcb) > 0)
        return false; /* what the old connection brought has a reader still */
    if (!timestamps)
        return is_beyond(tcb, segment);
    if (!tcb->timestamps_on)
        return true;
    if (newer == 0)
        return is_beyond(tcb, segment);
    return newer < UINT32_C(0x80000000);
}

/* SYN-RECEIVED in place of TIME-WAIT, whose numbers are kept in case it has to come back. The new
 * ISS lies above every number of the old connection. */
static void reopen(struct step *step, const struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;
    anvil_seq iss = step->event->iss;
    const struct anvil_tcb old = *tcb;

    anvil_clear_for_listen(step);
    if (!anvil_seq_lt(old.snd_max, iss))
        iss = anvil_seq_add(old.snd_max, 1);
    anvil_take_connection(step, segment, iss);
    tcb->reused = (uint8_t)(1u + old.rcv_shift);
    tcb->old_snd_nxt = old.snd_max;
    tcb->old_rcv_nxt = old.rcv_nxt;
    tcb->old_rcv_adv = old.rcv_adv;
    tcb->old_time_wait_deadline = old.time_wait_deadline;
    tcb->old_agreed = (uint8_t)((old.timestamps_on ? ANVIL_HAS_TIMESTAMPS : 0) |
                                (old.sack_on ? ANVIL_HAS_SACK_PERMITTED : 0));
    tcb->old_ts_recent = old.ts_recent;
    tcb->old_ts_offset = old.ts_offset;
}

/* Before the first check, since an acceptable SYN lies beyond the old window more often than not. A
 * SYN that may not reopen is dropped silently, if the policy follows RFC 6191 to the letter, or
 * else goes on to be answered with an ACK. */
enum verdict anvil_check_reuse(struct step *step, struct anvil_segment *segment)
{
    uint16_t control = segment->flags & (ANVIL_SYN | ANVIL_ACK | ANVIL_RST);

    if (step->tcb->state != ANVIL_TIME_WAIT || control != ANVIL_SYN)
        return GO_ON;
    if (step->policy->time_wait_reuse == ANVIL_REUSE_RFC6191 && step->event->remote_specified &&
        may_reopen(step, segment)) {
        reopen(step, segment);
        return END;
    }
    return step->policy->time_wait_silent_syn ? END : GO_ON;
}
