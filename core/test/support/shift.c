/* SPDX-License-Identifier: BSD-2-Clause */
/* Two runs that are alike but for where sequence numbers and the clock begin. */
#include "support/shift.h"

struct anvil_event shift_event(const struct shift *shift, const struct anvil_event *event,
                               struct anvil_segment *segment)
{
    struct anvil_event shifted = *event;

    shifted.now += shift->time;
    shifted.arrived += shift->time;
    shifted.iss = anvil_seq_add(event->iss, shift->send);
    shifted.quoted = anvil_seq_add(event->quoted, shift->send);
    if (!event->segment)
        return shifted;
    *segment = *event->segment;
    segment->seq = anvil_seq_add(segment->seq, shift->receive);
    segment->ack = anvil_seq_add(segment->ack, shift->send);
    segment->options.ts_echo += shift->ticks;
    shifted.segment = segment;
    return shifted;
}

static bool same_options(const struct shift *shift, const struct anvil_options *first,
                         const struct anvil_options *second)
{
    if (first->present != second->present || first->mss != second->mss ||
        first->window_scale != second->window_scale || first->ts_echo != second->ts_echo ||
        first->user_timeout != second->user_timeout || first->sack_count != second->sack_count)
        return false;
    for (unsigned i = 0; i < first->sack_count; i++) {
        if (first->sack[i].left.raw + shift->receive != second->sack[i].left.raw ||
            first->sack[i].right.raw + shift->receive != second->sack[i].right.raw)
            return false;
    }
    return true;
}

/* A reset without a number of its own has number zero in both runs. */
static bool same_numbers(const struct shift *shift, const struct anvil_segment *first,
                         const struct anvil_segment *second)
{
    bool zero = (first->flags & ANVIL_RST) && first->seq.raw == 0 && second->seq.raw == 0;

    if (!zero && first->seq.raw + shift->send != second->seq.raw)
        return false;
    return !(first->flags & ANVIL_ACK) || first->ack.raw + shift->receive == second->ack.raw;
}

static bool same_sent(const struct shift *shift, const struct anvil_sent *first,
                      const struct anvil_sent *second)
{
    const struct anvil_segment *a = &first->segment, *b = &second->segment;

    if (a->length > 0 && first->offset != ANVIL_NO_OFFSET &&
        first->offset + shift->send_offset != second->offset)
        return false;
    return a->flags == b->flags && a->length == b->length && a->window == b->window &&
           a->urgent == b->urgent && same_numbers(shift, a, b) &&
           same_options(shift, &a->options, &b->options);
}

static bool same_parts(const struct shift *shift, const struct anvil_effects *first,
                       const struct anvil_effects *second)
{
    for (unsigned i = 0; i < first->accept_count; i++) {
        const struct anvil_accept *a = &first->accept[i], *b = &second->accept[i];
        if (a->offset + shift->receive_offset != b->offset || a->from != b->from ||
            a->length != b->length)
            return false;
    }
    return true;
}

const char *shift_difference(const struct shift *shift, const struct anvil_effects *first,
                             const struct anvil_effects *second)
{
    if (first->result != second->result || first->received != second->received)
        return "result";
    if (first->signals != second->signals)
        return "signals";
    if (first->check != second->check || first->state_after != second->state_after)
        return "check or state";
    if (first->sent_count != second->sent_count || first->accept_count != second->accept_count)
        return "number of segments or parts";
    for (unsigned i = 0; i < first->sent_count; i++) {
        if (!same_sent(shift, &first->sent[i], &second->sent[i]))
            return "a segment";
    }
    if (!same_parts(shift, first, second))
        return "an accepted part";
    if (first->deadline == ANVIL_NEVER || second->deadline == ANVIL_NEVER)
        return first->deadline == second->deadline ? NULL : "deadline";
    return first->deadline + shift->time == second->deadline ? NULL : "deadline";
}
