/* SPDX-License-Identifier: BSD-2-Clause */
/* The window we offer, and the receiver's part in avoiding silly ones. RFC 9293 3.8.6.2.2. */
#include "machine.h"

/* The largest window the field can say without a scale. */
#define FIELD_MAX 65535u

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

/* The room left in the owner's buffer, beyond RCV.NXT. */
static uint32_t room(const struct anvil_tcb *tcb)
{
    uint64_t unread = anvil_unread(tcb);
    uint32_t most = FIELD_MAX << tcb->rcv_shift;
    uint32_t buffer = tcb->rcv_buffer;

    if (buffer != 0 && buffer >> tcb->rcv_shift == 0)
        buffer = UINT32_C(1) << tcb->rcv_shift; /* less cannot be said, and is no window */
    if (unread >= buffer)
        return 0;
    return least(buffer - (uint32_t)unread, most);
}

/* The least step by which the right edge may advance: min(Fr * RCV.BUFF, MSS), Fr = 1/2. */
static uint32_t least_step(const struct anvil_tcb *tcb)
{
    uint32_t step = least(tcb->rcv_buffer / 2, tcb->rcv_mss_limit);
    return step ? step : 1;
}

/* How far the right edge, as the field says it, could advance now. Never negative: the window does
 * not shrink (SHLD-14). */
static uint32_t possible_advance(const struct anvil_tcb *tcb)
{
    uint32_t offered = anvil_receive_window(tcb) >> tcb->rcv_shift << tcb->rcv_shift;
    uint32_t possible = room(tcb);

    return possible > offered ? possible - offered : 0;
}

/* Less than one segment and than a quarter of the buffer is not worth telling. */
static bool is_silly(const struct anvil_tcb *tcb, uint32_t window)
{
    return window < tcb->rcv_mss_limit && window < tcb->rcv_buffer / 4;
}

/*
 * The window field of a segment that is sent now; moves the right edge if it may move (MUST-39). On
 * a SYN the field is never scaled (RFC 7323 2.2).
 */
uint16_t anvil_advertise(struct anvil_tcb *tcb, const struct anvil_policy *policy, bool syn)
{
    uint8_t shift = syn ? 0 : tcb->rcv_shift;
    uint32_t window = anvil_receive_window(tcb);
    uint32_t offered = window >> tcb->rcv_shift << tcb->rcv_shift;
    uint32_t possible = room(tcb);

    if (possible > offered && (possible - offered >= least_step(tcb) ||
                               (policy->window_follows_room && !is_silly(tcb, possible))))
        window = possible;
    window >>= shift;
    if (window > FIELD_MAX)
        window = FIELD_MAX;
    tcb->rcv_adv = anvil_seq_max(tcb->rcv_adv, anvil_seq_add(tcb->rcv_nxt, window << shift));
    return (uint16_t)window;
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
