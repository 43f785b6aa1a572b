/* SPDX-License-Identifier: BSD-2-Clause */
/* The window we offer. RFC 9293 3.8.6.2.2, SHLD-14, MUST-39. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct sentence windows[] = {
    {"The window shrinks by what is unread, its edge stays", ANVIL_ESTABLISHED, true,
     {{"< A 1:1001(1000) ack 1", NULL},
      {"< A 1001:2001(1000) ack 1",
       "ESTABLISHED > A 1:1(0) ack 2001 win 8000 + 1000(1000) ! READABLE"}}},
    {"Reading a little draws nothing and moves nothing (MUST-39)", ANVIL_ESTABLISHED, true,
     {{"< A 1:1001(1000) ack 1", NULL},
      {"< A 1001:2001(1000) ack 1", NULL},
      {"receive 999", "ESTABLISHED = 999"},
      {"send 1", "ESTABLISHED > PA 1:2(1) ack 2001 win 8000"}}},
    {"Reading a segment moves the edge with what is sent next", ANVIL_ESTABLISHED, true,
     {{"< A 1:1001(1000) ack 1", NULL},
      {"< A 1001:2001(1000) ack 1", NULL},
      {"receive 1000", "ESTABLISHED = 1000"},
      {"send 1", "ESTABLISHED > PA 1:2(1) ack 2001 win 9000"}}},
    {"Reading two segments draws an ACK of its own", ANVIL_ESTABLISHED, true,
     {{"< A 1:1001(1000) ack 1", NULL},
      {"< A 1001:2001(1000) ack 1", NULL},
      {"receive 2000", "ESTABLISHED = 2000 > A 1:1(0) ack 2001 win 10000"}}},
    {"A closed window opens by one segment at least", ANVIL_ESTABLISHED, true,
     {{"< A 1:10001(10000) ack 1", "ESTABLISHED > A 1:1(0) ack 10001 win 0 + 0(10000) ! READABLE"},
      {"receive 999", "ESTABLISHED = 999"},
      {"receive 1", "ESTABLISHED = 1 > A 1:1(0) ack 10001 win 1000"}}},
    {"A smaller buffer does not take back what was offered (SHLD-14)", ANVIL_ESTABLISHED, true,
     {{"receive_buffer 100", NULL},
      {"< A 1:1001(1000) ack 1", NULL},
      {"< A 1001:2001(1000) ack 1",
       "ESTABLISHED > A 1:1(0) ack 2001 win 8000 + 1000(1000) ! READABLE"},
      {"< A 2001:10001(8000) ack 1",
       "ESTABLISHED > A 1:1(0) ack 10001 win 0 + 2000(8000) ! READABLE"}}},
    {"After the peer's FIN no window is told", ANVIL_ESTABLISHED, true,
     {{"< FA 1:5001(5000) ack 1", NULL}, {"receive 5000", "CLOSE-WAIT = 5000"}}},
};

/* The shift: the least that lets the field say the buffer, or what the policy asks for. */
static const struct {
    uint32_t buffer, least;
    uint8_t shift;
} shifts[] = {
    {1, 0, 0},      {65535, 0, 0},      {65536, 0, 1},           {200000, 0, 2},
    {65535, 7, 7},  {UINT32_MAX, 0, 14}, {UINT32_MAX, 14, 14},    {1, 7, 0},
    {127, 7, 6},    {128, 7, 7},
};

static void the_edge_moves_in_steps_worth_it(void **state)
{
    (void)state;
    play_table(windows, COUNT(windows));
}

static void the_shift_fits_the_buffer(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(shifts); i++) {
        struct endpoint end;
        endpoint_start(&end);
        end.open.receive_buffer = shifts[i].buffer;
        end.policy.window_scale_least = shifts[i].least;
        endpoint_do(&end, "open active");
        assert_int_equal(end.effects.sent[0].segment.options.window_scale, shifts[i].shift);
    }
}

/* What rounding to the scale hides from the peer is offered again as soon as the user reads. */
static void a_scaled_window_does_not_stall(void **state)
{
    struct endpoint end;
    uint32_t total = 1;

    (void)state;
    endpoint_start(&end);
    end.policy.window_scale_least = 7;
    end.policy.delayed_ack_us = 0;
    end.open.receive_buffer = 300;
    end.syn_options = "mss 1000 ws 7";
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    for (int i = 0; i < 50; i++) {
        char text[80];
        uint32_t length = 1 + (uint32_t)(i * 7 % 100);
        if (length > anvil_receive_window(&end.tcb))
            length = anvil_receive_window(&end.tcb);
        snprintf(text, sizeof text, "< A %u:%u(%u) ack 1", total, total + length, length);
        endpoint_do(&end, text);
        endpoint_do(&end, "receive 1000");
        total += length;
        assert_true(anvil_receive_window(&end.tcb) >= 128);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_edge_moves_in_steps_worth_it),
        cmocka_unit_test(the_shift_fits_the_buffer),
        cmocka_unit_test(a_scaled_window_does_not_stall),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
