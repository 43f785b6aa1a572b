/* SPDX-License-Identifier: BSD-2-Clause */
/* What is always true of a TCB: each invariant, broken, is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* ESTABLISHED, with data in flight and data held. */
static struct anvil_tcb sound(void)
{
    struct endpoint end;

    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "send 100");
    endpoint_do(&end, "< A 101:201(100) ack 1");
    endpoint_do(&end, "< A 301:401(100) ack 1");
    return end.tcb;
}

static void next_behind_max(struct anvil_tcb *tcb)
{
    tcb->snd_nxt = anvil_seq_add(tcb->snd_max, 1);
}

static void next_before_una(struct anvil_tcb *tcb)
{
    tcb->snd_nxt = anvil_seq_add(tcb->snd_una, UINT32_MAX);
}

static void no_timer(struct anvil_tcb *tcb)
{
    tcb->rto_deadline = ANVIL_NEVER;
    tcb->timer_us = ANVIL_NEVER;
}

static void time_wait_without_timer(struct anvil_tcb *tcb)
{
    tcb->state = ANVIL_TIME_WAIT;
    tcb->fin_received = 1;
    tcb->time_wait_deadline = ANVIL_NEVER;
}

static void timer_not_kept(struct anvil_tcb *tcb)
{
    tcb->timer_us++;
}

static void sent_gap(struct anvil_tcb *tcb)
{
    struct anvil_send_range *oldest = &tcb->sent[tcb->sent_first];

    oldest->end = anvil_seq_add(oldest->end, UINT32_MAX);
}

static void sent_never(struct anvil_tcb *tcb)
{
    tcb->sent[tcb->sent_first].count = 0;
}

static void held_in_order(struct anvil_tcb *tcb)
{
    tcb->held[0].left = tcb->rcv_nxt;
}

static void held_unsorted(struct anvil_tcb *tcb)
{
    struct anvil_held_range first = tcb->held[0];

    tcb->held[0] = tcb->held[1];
    tcb->held[1] = first;
}

static void held_touching(struct anvil_tcb *tcb)
{
    tcb->held[1].left = tcb->held[0].right;
}

static void held_beyond(struct anvil_tcb *tcb)
{
    tcb->held[1].right = anvil_seq_add(tcb->rcv_adv, 1);
}

static void acknowledged_too_much(struct anvil_tcb *tcb)
{
    tcb->snd_una_offset = tcb->snd_end_offset + 1;
}

static void read_too_much(struct anvil_tcb *tcb)
{
    tcb->rcv_read_offset = tcb->rcv_nxt_offset + 1;
}

static void fin_in_established(struct anvil_tcb *tcb)
{
    tcb->fin_received = 1;
}

static void no_fin_in_close_wait(struct anvil_tcb *tcb)
{
    tcb->state = ANVIL_CLOSE_WAIT;
}

static void rubbish_in_a_free_place(struct anvil_tcb *tcb)
{
    tcb->held[5].touched = 1;
}

static void rubbish_in_the_ring(struct anvil_tcb *tcb)
{
    tcb->sent[(tcb->sent_first + tcb->sent_count) % ANVIL_SEND_RANGES_MAX].marks = 1;
}

static const struct {
    const char *says;
    void (*breaks)(struct anvil_tcb *tcb);
} breakages[] = {
    {"SND.NXT beyond SND.MAX", next_behind_max},
    {"SND.NXT before SND.UNA", next_before_una},
    {"in flight without a timer", no_timer},
    {"TIME-WAIT without a timer", time_wait_without_timer},
    {"an earliest deadline that is none", timer_not_kept},
    {"a gap in what was sent", sent_gap},
    {"a range that was never sent", sent_never},
    {"a held range at RCV.NXT", held_in_order},
    {"held ranges out of order", held_unsorted},
    {"held ranges that touch", held_touching},
    {"a held range beyond the window", held_beyond},
    {"acknowledged more than sent", acknowledged_too_much},
    {"read more than received", read_too_much},
    {"a FIN received in ESTABLISHED", fin_in_established},
    {"no FIN received in CLOSE-WAIT", no_fin_in_close_wait},
    {"rubbish in a free place", rubbish_in_a_free_place},
    {"rubbish in a free place of the ring", rubbish_in_the_ring},
};

static void what_is_broken_is_noticed_and_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(breakages); i++) {
        struct anvil_tcb tcb = sound();
        const char *broken = NULL;
        assert_true(anvil_invariant(&tcb, &broken));
        breakages[i].breaks(&tcb);
        if (anvil_invariant(&tcb, &broken) || broken == NULL)
            fail_msg("not noticed: %s", breakages[i].says);
        assert_false(anvil_invariant(&tcb, NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_broken_is_noticed_and_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
