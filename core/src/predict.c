/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A departure from RFC order, for speed: the segment that was to be expected. While a connection is
 * ESTABLISHED and nothing is lost, nearly all segments are the next text in order, or acknowledge
 * what is in flight, or move the window, or all of that. For those, most checks of checks.c have
 * nothing to say:
 *
 *     RFC 6191   not in TIME-WAIT
 *     RFC 7323   timestamps exactly as negotiated, and not before TS.Recent: PAWS lets it pass
 *     first      SEG.SEQ is RCV.NXT and all text lies in the window: acceptable
 *     second     no RST
 *     fourth     no SYN
 *     fifth      SND.UNA =< SEG.ACK =< SND.MAX: in the range of RFC 5961, too
 *     sixth      no URG
 *     seventh    nothing is held: all of the text is new; and where a duplicate waits to be
 *                reported, an ACK is owed at once as it is
 *     eighth     no FIN, now or held
 *
 * What the others do is done here in their order. checks.c stays the rule: the outcome is the same
 * to the octet, and core/test/predict_test.c compares.
 */
#include "machine.h"

/* Whether it is such a segment. */
static bool is_expected(const struct anvil_tcb *tcb, const struct anvil_segment *segment)
{
    uint16_t options = tcb->timestamps_on ? ANVIL_HAS_TIMESTAMPS : 0;

    return tcb->state == ANVIL_ESTABLISHED && (segment->flags & ~ANVIL_PSH) == ANVIL_ACK &&
           segment->options.present == options && anvil_seq_eq(segment->seq, tcb->rcv_nxt) &&
           segment->length <= anvil_seq_from(tcb->rcv_nxt, tcb->rcv_adv) &&
           anvil_seq_from(tcb->snd_una, segment->ack) <=
               anvil_seq_from(tcb->snd_una, tcb->snd_max) &&
           (tcb->held_count | tcb->fin_held | tcb->reader_gone) == 0 &&
           !(options && ts_before(segment->options.ts_value, tcb->ts_recent));
}

/* A window that brings nothing new; nobody waits for it, as only a window of zero is probed. */
static bool is_window_as_it_was(const struct anvil_tcb *tcb, const struct anvil_segment *segment)
{
    return (uint32_t)segment->window << tcb->snd_shift == tcb->snd_wnd && tcb->snd_wnd > 0;
}

/* If the segment is one that was to be expected, does all that the checks would do, and answers
 * true; else does nothing. */
bool anvil_take_expected(struct step *step)
{
    struct anvil_tcb *tcb = step->tcb;
    const struct anvil_segment *segment = step->event->segment;

    if (!is_expected(tcb, segment))
        return false;
    assert(tcb->snd_wnd == 0 || !(tcb->probing | tcb->persisting));
    assert(!has_dsack(tcb) || tcb->ack_now);
    tcb->heard_us = step->now;
    anvil_peer_answers(tcb);
    if (tcb->timestamps_on && anvil_seq_le(segment->seq, tcb->last_ack_sent)) {
        tcb->ts_recent = segment->options.ts_value;
        tcb->ts_recent_us = step->now;
    }
    if (!anvil_seq_eq(segment->ack, tcb->snd_una))
        anvil_acknowledged(step, segment);
    else
        anvil_count_duplicate(tcb, segment);
    if (!is_window_as_it_was(tcb, segment))
        anvil_take_window(step, segment);
    else if (is_window_newer(tcb, segment)) {
        tcb->snd_wl1 = segment->seq;
        tcb->snd_wl2 = segment->ack;
    }
    if (segment->length > 0)
        anvil_take_next_text(step, segment);
    return true;
}
