/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 9293 3.10.7.1 to 3.10.7.3: segments that find CLOSED, LISTEN or SYN-SENT. */
#include "matrix/rows.h"

/* Its number cannot be judged in these states, so a FIN is not processed. */
static bool has_fin_alone(const struct matrix_walk *walk)
{
    return (walk->whole->flags & MATRIX_FIN) != 0 && !matrix_has_syn(walk);
}

static bool acks_another_syn(const struct matrix_walk *walk)
{
    const struct matrix_endpoint *now = walk->now;
    uint32_t ack = walk->whole->ack;
    return matrix_has_ack(walk) &&
           !(matrix_before(now->snd_una, ack) && matrix_not_after(ack, now->snd_nxt));
}

static bool resets_another_syn(const struct matrix_walk *walk)
{
    return acks_another_syn(walk) && matrix_has_rst(walk);
}

static bool refuses_our_syn(const struct matrix_walk *walk)
{
    return matrix_has_rst(walk) && matrix_has_ack(walk);
}

static bool accepts_our_syn(const struct matrix_walk *walk)
{
    return matrix_has_syn(walk) && matrix_has_ack(walk);
}

/* SND.WND is set here too, so that the handshake's last ACK finds it. AMBIG-31. */
static enum matrix_flow open_passively(struct matrix_walk *walk)
{
    matrix_answer_syn(walk, walk->now->next_iss);
    walk->now->passive = true;
    return MATRIX_RETURN;
}

/* The SYN,ACK that we send is our SYN again: it has the same number. */
static enum matrix_flow open_simultaneously(struct matrix_walk *walk)
{
    matrix_answer_syn(walk, walk->now->iss);
    return MATRIX_RETURN;
}

static enum matrix_flow refuse(struct matrix_walk *walk)
{
    walk->now->state = MATRIX_CLOSED;
    walk->outcome->signals |= MATRIX_SIGNAL_REFUSED;
    return MATRIX_RETURN;
}

/* What stands behind the SYN goes on at the sixth step. RFC 1122 4.2.2.20(c): the window is set on
 * this branch as well. */
static enum matrix_flow establish(struct matrix_walk *walk)
{
    struct matrix_endpoint *now = walk->now;
    now->state = MATRIX_ESTABLISHED;
    now->irs = walk->whole->seq;
    now->rcv_nxt = now->rcv_up = walk->whole->seq + 1;
    now->timestamps = walk->whole->has_ts;
    now->ts_recent = walk->whole->ts_val;
    now->snd_una = walk->whole->ack;
    matrix_take_window(walk);
    walk->outcome->signals |= MATRIX_SIGNAL_OPEN;
    walk->ack_now = true;
    walk->rest.flags = (uint8_t)(walk->rest.flags & ~MATRIX_SYN);
    walk->rest.seq++;
    walk->step = 6;
    return MATRIX_GO_ON;
}

const struct matrix_row matrix_rows_early[] = {
    { "EP-SA-8-none", "3.10.7.4 eighth", NULL, 0,
      MATRIX_IN_CLOSED | MATRIX_IN_LISTEN | MATRIX_IN_SYN_SENT, has_fin_alone, matrix_note },

    { "EP-SA-CLOSED-RST", "3.10.7.1", "RFC9293-U-13", 0, MATRIX_IN_CLOSED, matrix_has_rst,
      matrix_drop },
    { "EP-SA-CLOSED-NOACK", "3.10.7.1", "RFC9293-U-13 RFC9293-U-10", 0, MATRIX_IN_CLOSED,
      matrix_lacks_ack, matrix_reset_from_zero },
    { "EP-SA-CLOSED-ACK", "3.10.7.1", "RFC9293-U-13", 0, MATRIX_IN_CLOSED, matrix_always,
      matrix_reset_at_ack },

    { "EP-SA-LISTEN-1", "3.10.7.2 first", "RFC9293-U-19", 0, MATRIX_IN_LISTEN, matrix_has_rst,
      matrix_drop },
    { "EP-SA-LISTEN-2", "3.10.7.2 second", "RFC9293-U-14", 0, MATRIX_IN_LISTEN, matrix_has_ack,
      matrix_reset_at_ack },
    { "EP-SA-LISTEN-3b", "3.10.7.2 third", "RFC9293-U-12 AMBIG-9 AMBIG-31", 0, MATRIX_IN_LISTEN,
      matrix_has_more_than_syn, open_passively },
    { "EP-SA-LISTEN-3b", "3.10.7.2 third", "S1 AMBIG-31", 0, MATRIX_IN_LISTEN, matrix_has_syn,
      open_passively },
    { "EP-SA-LISTEN-4", "3.10.7.2 fourth", NULL, 0, MATRIX_IN_LISTEN, matrix_always, matrix_drop },

    { "EP-SA-SYNSENT-1b", "3.10.7.3 first", "RFC5961-RST-6 RFC9293-U-18", 0, MATRIX_IN_SYN_SENT,
      resets_another_syn, matrix_drop },
    { "EP-SA-SYNSENT-1a", "3.10.7.3 first", "RFC9293-U-14 RFC9293-U-7", 0, MATRIX_IN_SYN_SENT,
      acks_another_syn, matrix_reset_at_ack },
    { "EP-SA-SYNSENT-2a", "3.10.7.3 second", "RFC5961-RST-6 RFC9293-U-18 AMBIG-1", 0,
      MATRIX_IN_SYN_SENT, refuses_our_syn, refuse },
    { "EP-SA-SYNSENT-2b", "3.10.7.3 second", "RFC5961-RST-6", 0, MATRIX_IN_SYN_SENT, matrix_has_rst,
      matrix_drop },
    { "EP-SA-SYNSENT-4a", "3.10.7.3 fourth", "S1 S3 AMBIG-2", 0, MATRIX_IN_SYN_SENT,
      accepts_our_syn, establish },
    { "EP-SA-SYNSENT-4b", "3.10.7.3 fourth", "MUST-10 RFC9293-U-12 AMBIG-9 AMBIG-31", 0,
      MATRIX_IN_SYN_SENT, matrix_has_more_than_syn, open_simultaneously },
    { "EP-SA-SYNSENT-4b", "3.10.7.3 fourth", "MUST-10 S3 AMBIG-31", 0, MATRIX_IN_SYN_SENT,
      matrix_has_syn, open_simultaneously },
    { "EP-SA-SYNSENT-5", "3.10.7.3 fifth", NULL, 0, MATRIX_IN_SYN_SENT, matrix_always,
      matrix_drop },
    { .id = NULL },
};
