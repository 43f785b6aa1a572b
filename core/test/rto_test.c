/* SPDX-License-Identifier: BSD-2-Clause */
/* Round trips and the retransmission timeout. RFC 6298. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "machine.h"
#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

#define MS UINT64_C(1000)
#define SECOND (1000 * MS)

/* A TCB that has measured nothing. */
static struct anvil_tcb unmeasured(const struct anvil_policy *policy)
{
    struct anvil_tcb tcb;

    memset(&tcb, 0, sizeof tcb);
    anvil_rto_restore(&tcb, policy);
    return tcb;
}

static void the_first_measurement_sets_srtt_and_half_as_variance(void **state)
{
    struct anvil_policy policy = anvil_policy_rfc9293;
    struct anvil_tcb tcb = unmeasured(&policy);

    (void)state;
    assert_int_equal(tcb.rto_us, SECOND);
    policy.rto_min_us = 0;
    anvil_rto_sample(&tcb, &policy, 400 * MS);
    assert_int_equal(tcb.srtt_us, 400 * MS);
    assert_int_equal(tcb.rttvar_us, 200 * MS);
    assert_int_equal(tcb.rto_us, 1200 * MS);
}

static void later_ones_are_smoothed_by_an_eighth_and_a_quarter(void **state)
{
    struct anvil_policy policy = anvil_policy_rfc9293;
    struct anvil_tcb tcb = unmeasured(&policy);

    (void)state;
    policy.rto_min_us = 0;
    anvil_rto_sample(&tcb, &policy, 400 * MS);
    anvil_rto_sample(&tcb, &policy, 800 * MS);
    assert_int_equal(tcb.rttvar_us, (3 * 200 * MS + 400 * MS) / 4);
    assert_int_equal(tcb.srtt_us, (7 * 400 * MS + 800 * MS) / 8);
    assert_int_equal(tcb.rto_us, tcb.srtt_us + 4 * tcb.rttvar_us);
}

static void the_timeout_keeps_to_its_bounds(void **state)
{
    const struct anvil_policy *policy = &anvil_policy_rfc9293;
    struct anvil_tcb tcb = unmeasured(policy);

    (void)state;
    anvil_rto_sample(&tcb, policy, 0); /* counts as a microsecond: 0 is "not measured" */
    assert_int_equal(tcb.srtt_us, 1);
    assert_int_equal(tcb.rto_us, policy->rto_min_us);
    anvil_rto_sample(&tcb, policy, UINT64_MAX);
    assert_int_equal(tcb.rto_us, policy->rto_max_us);
    tcb = unmeasured(policy);
    anvil_rto_sample(&tcb, policy, UINT64_MAX);
    assert_int_equal(tcb.srtt_us, UINT32_MAX);
}

static void backing_off_doubles_up_to_the_bound(void **state)
{
    const struct anvil_policy *policy = &anvil_policy_rfc9293;
    struct anvil_tcb tcb = unmeasured(policy);

    (void)state;
    for (unsigned i = 1; i <= 5; i++) {
        anvil_rto_back_off(&tcb, policy);
        assert_int_equal(tcb.rto_us, SECOND << i);
        assert_int_equal(tcb.backoff, i);
    }
    for (unsigned i = 0; i < 300; i++)
        anvil_rto_back_off(&tcb, policy);
    assert_int_equal(tcb.rto_us, policy->rto_max_us);
    assert_int_equal(tcb.backoff, UINT8_MAX);
    anvil_rto_restore(&tcb, policy);
    assert_int_equal(tcb.rto_us, SECOND);
}

/* A spread below the clock's granularity counts as it: max(G, 4 RTTVAR). 6298 2.2. */
static void the_granularity_is_the_least_spread(void **state)
{
    struct anvil_policy policy = anvil_policy_rfc9293;
    struct anvil_tcb tcb = unmeasured(&policy);

    (void)state;
    policy.rto_min_us = 0;
    policy.rto_granularity_us = 100 * MS;
    for (unsigned i = 0; i < 100; i++)
        anvil_rto_sample(&tcb, &policy, 10 * MS);
    assert_int_equal(tcb.rto_us, 110 * MS);
}

/* In the machine: what was sent twice is not timed without timestamps (Karn), and a lost SYN makes
 * the first timeout of data three seconds (5.7). */
static const struct sentence karn[] = {
    {"A round trip of 300 ms keeps the timeout at its least", ANVIL_ESTABLISHED, true,
     {{"send 10", NULL},
      {"wait 300", NULL},
      {"< A 1:1(0) ack 11", "ESTABLISHED ! ACKED due never"},
      {"send 10", "ESTABLISHED > PA 11:21(10) ack 1 due 1000"}}},
    {"A round trip of 900 ms moves it", ANVIL_ESTABLISHED, true,
     {{"send 10", NULL},
      {"wait 900", NULL},
      {"< A 1:1(0) ack 11", NULL},
      {"send 10", "ESTABLISHED > PA 11:21(10) ack 1 due 1012"}}},
    {"What was sent twice is not timed, the doubled timeout stays", ANVIL_ESTABLISHED, true,
     {{"send 10", NULL},
      {"wait 1000", "ESTABLISHED > PA 1:11(10) ack 1 due 2000"},
      {"wait 100", NULL},
      {"< A 1:1(0) ack 11", "ESTABLISHED ! ACKED due never"},
      {"send 10", "ESTABLISHED > PA 11:21(10) ack 1 due 2000"}}},
    {"A lost SYN makes the timeout of data three seconds", ANVIL_SYN_SENT, false,
     {{"wait 1000", "SYN-SENT > S 0:0(0)"},
      {"< SA 0:0(0) ack 1", NULL},
      {"send 10", "ESTABLISHED > PA 1:11(10) ack 1 due 3000"}}},
};

static void karn_and_the_lost_syn(void **state)
{
    (void)state;
    play_table(karn, COUNT(karn));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_measurement_sets_srtt_and_half_as_variance),
        cmocka_unit_test(later_ones_are_smoothed_by_an_eighth_and_a_quarter),
        cmocka_unit_test(the_timeout_keeps_to_its_bounds),
        cmocka_unit_test(backing_off_doubles_up_to_the_bound),
        cmocka_unit_test(the_granularity_is_the_least_spread),
        cmocka_unit_test(karn_and_the_lost_syn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
