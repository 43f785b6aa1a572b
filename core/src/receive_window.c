/* SPDX-License-Identifier: BSD-2-Clause */
/* The window we offer, and the receiver's part in avoiding silly ones. RFC 9293 3.8.6.2.2. */
#include "flow.h"

/* The largest shift, RFC 7323 2.3. */
#define SHIFT_MAX 14

/* RCV.WND: what lies between RCV.NXT and the right edge. */
uint32_t anvil_receive_window(const struct anvil_tcb *tcb)
{
    return anvil_seq_from(tcb->rcv_nxt, tcb->rcv_adv);
}

/* The smallest shift with which the receive buffer fits the field, or the policy's, as long as the
 * field can still say the buffer's size. RFC 7323 2.3. */
uint8_t anvil_window_scale(const struct anvil_tcb *tcb, const struct anvil_policy *policy)
{
    uint8_t shift = 0;

    while (shift < SHIFT_MAX && ((tcb->rcv_buffer >> shift) > FIELD_MAX ||
                                 (shift < policy->window_scale_least &&
                                  tcb->rcv_buffer >> (shift + 1) > 0)))
        shift++;
    return shift;
}

/* Octets in order that the user has not consumed. */
uint64_t anvil_unread(const struct anvil_tcb *tcb)
{
    return tcb->rcv_nxt_offset - tcb->rcv_read_offset;
}

/* How far the right edge, as the field says it, could advance now. Never negative: the window does
 * not shrink (SHLD-14). */
static uint32_t possible_advance(const struct anvil_tcb *tcb)
{
    uint32_t offered = anvil_receive_window(tcb) >> tcb->rcv_shift << tcb->rcv_shift;
    uint32_t possible = receive_room(tcb);

    return possible > offered ? possible - offered : 0;
}

/*
 * Whether the user's reading is worth an ACK of its own: the edge can move by two segments or half
 * the buffer, or the window offered now is smaller than what may be sent into it.
 */
bool anvil_window_update_due(const struct anvil_tcb *tcb)
{
    uint32_t advance = possible_advance(tcb);
    uint32_t step = least_step(tcb);

    if (tcb->fin_received || advance < step)
        return false;
    if (anvil_receive_window(tcb) < step)
        return true;
    return advance >= 2 * tcb->rcv_mss_limit || advance >= tcb->rcv_buffer / 2;
}
