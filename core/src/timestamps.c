/* SPDX-License-Identifier: BSD-2-Clause */
/* The Timestamps option: the clock, PAWS, TS.Recent. RFC 7323 sections 4 and 5. */
#include "machine.h"

/* Whether TS.Recent is too old to compare with. RFC 7323 5.5. */
static bool is_outdated(const struct step *step)
{
    return step->now - step->tcb->ts_recent_us > step->policy->paws_idle_us;
}

/*
 * Protection Against Wrapped Sequences, before the first check, for every segment but RST. RFC 7323
 * 5.3 R1. A segment without the option is dropped silently (3.2, SHOULD); an older timestamp draws
 * an ACK.
 */
enum verdict anvil_check_paws(struct step *step, struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;

    if (!tcb->timestamps_on || (segment->flags & ANVIL_RST))
        return GO_ON;
    if (!(segment->options.present & ANVIL_HAS_TIMESTAMPS))
        return END;
    if (!ts_before(segment->options.ts_value, tcb->ts_recent) || is_outdated(step))
        return GO_ON;
    anvil_answer_unacceptable(step, segment);
    return END;
}

/* TS.Recent, for an acceptable segment, whose timestamp PAWS has let pass. RFC 7323 5.3 R3, 4.3
 * (2). */
void anvil_update_ts_recent(struct step *step, const struct anvil_segment *segment)
{
    struct anvil_tcb *tcb = step->tcb;

    if (!tcb->timestamps_on || !(segment->options.present & ANVIL_HAS_TIMESTAMPS))
        return;
    if (!anvil_seq_le(segment->seq, tcb->last_ack_sent))
        return;
    tcb->ts_recent = segment->options.ts_value;
    tcb->ts_recent_us = step->now;
}
