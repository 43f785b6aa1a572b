/* SPDX-License-Identifier: BSD-2-Clause */
/* The congestion window, as pure functions. RFC 6928; what follows RFC 5681 is not built. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "machine.h"
#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void the_initial_window_is_ten_segments_with_a_ceiling(void **state)
{
    (void)state;
    assert_int_equal(anvil_congestion_start(1000, 10, false).cwnd, 10000);
    assert_int_equal(anvil_congestion_start(1460, 10, false).cwnd, 14600);
    assert_int_equal(anvil_congestion_start(2000, 10, false).cwnd, 14600);
    assert_int_equal(anvil_congestion_start(9000, 10, false).cwnd, 18000);
    assert_int_equal(anvil_congestion_start(1000, 1, false).cwnd, 1000);
}

static void a_lost_syn_leaves_one_segment(void **state)
{
    (void)state;
    assert_int_equal(anvil_congestion_start(1000, 10, true).cwnd, 1000);
}

static void a_timeout_leaves_one_segment_and_acks_grow_it_back(void **state)
{
    struct anvil_congestion value = anvil_congestion_start(1000, 10, false);

    (void)state;
    value = anvil_congestion_on_rto(value, 1000, 10000);
    assert_int_equal(value.cwnd, 1000);
    value = anvil_congestion_on_ack(value, 1000, 5000);
    assert_int_equal(value.cwnd, 2000);
    value = anvil_congestion_on_ack(value, 1000, 300);
    assert_int_equal(value.cwnd, 2300);
    for (unsigned i = 0; i < 20; i++)
        value = anvil_congestion_on_ack(value, 1000, 1000);
    assert_int_equal(value.cwnd, 10000);
}

static void a_loss_changes_nothing_yet(void **state)
{
    struct anvil_congestion value = anvil_congestion_start(1000, 10, false);
    struct anvil_congestion after = anvil_congestion_on_loss(value, 1000, 5000);

    (void)state;
    assert_memory_equal(&value, &after, sizeof value);
}

/* Where the ceiling changes from 14,600 octets to two segments. */
static void the_ceiling_is_the_larger_of_two(void **state)
{
    (void)state;
    assert_int_equal(anvil_congestion_start(5000, 10, false).cwnd, 14600);
    assert_int_equal(anvil_congestion_start(7298, 10, false).cwnd, 14600);
    assert_int_equal(anvil_congestion_start(7300, 10, false).cwnd, 14600);
    assert_int_equal(anvil_congestion_start(7303, 10, false).cwnd, 14606);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_initial_window_is_ten_segments_with_a_ceiling),
        cmocka_unit_test(a_lost_syn_leaves_one_segment),
        cmocka_unit_test(a_timeout_leaves_one_segment_and_acks_grow_it_back),
        cmocka_unit_test(a_loss_changes_nothing_yet),
        cmocka_unit_test(the_ceiling_is_the_larger_of_two),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
