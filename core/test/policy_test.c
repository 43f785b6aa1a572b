/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of policy fields is whole, and the built-in profiles make sense by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <anvil/policy.h>

static const char *const profile_names[] = {"rfc9293", "linux", "freebsd"};

/* Shows what the compiler aligns a policy to: as much may be added behind the last field. */
struct aligned {
    char octet;
    struct anvil_policy policy;
};

static void fields_lie_side_by_side_in_order(void **state)
{
    size_t count, offset = 0;
    size_t unit = offsetof(struct aligned, policy);
    const struct anvil_policy_field *fields = anvil_policy_fields(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        if (fields[i].offset != offset || (fields[i].size != 4 && fields[i].size != 8))
            fail_msg("%s is out of place", fields[i].name);
        offset += fields[i].size;
    }
    assert_int_equal((offset + unit - 1) / unit * unit, sizeof(struct anvil_policy));
}

static void every_field_has_a_reference_and_sources(void **state)
{
    size_t count;
    const struct anvil_policy_field *fields = anvil_policy_fields(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(anvil_policy_find(fields[i].name), &fields[i]);
        if (strncmp(fields[i].reference, "RFC ", 4) != 0)
            fail_msg("%s has no reference", fields[i].name);
        for (unsigned p = 0; p < 3; p++)
            if (fields[i].sources[p] == NULL || fields[i].sources[p][0] == '\0')
                fail_msg("%s has no source for %s", fields[i].name, profile_names[p]);
    }
}

static void every_value_of_a_profile_is_one_that_may_be_set(void **state)
{
    size_t count;
    const struct anvil_policy_field *fields = anvil_policy_fields(&count);

    (void)state;
    for (unsigned p = 0; p < 3; p++) {
        struct anvil_policy policy = *anvil_policy_profile(profile_names[p]);
        for (size_t i = 0; i < count; i++)
            if (!anvil_policy_set(&policy, &fields[i], anvil_policy_get(&policy, &fields[i])))
                fail_msg("%s: %s is outside its limits", profile_names[p], fields[i].name);
        assert_memory_equal(&policy, anvil_policy_profile(profile_names[p]), sizeof policy);
        assert_true(policy.rto_min_us <= policy.rto_max_us);
        assert_true(policy.ephemeral_first <= policy.ephemeral_last);
        assert_true(policy.r2_us != 0 || policy.r2_count != 0);
        assert_true(policy.syn_r2_us != 0 || policy.syn_r2_count != 0);
    }
}

static void the_profiles_differ(void **state)
{
    (void)state;
    assert_memory_not_equal(&anvil_policy_rfc9293, &anvil_policy_linux,
                            sizeof(struct anvil_policy));
    assert_memory_not_equal(&anvil_policy_rfc9293, &anvil_policy_freebsd,
                            sizeof(struct anvil_policy));
    assert_memory_not_equal(&anvil_policy_linux, &anvil_policy_freebsd,
                            sizeof(struct anvil_policy));
}

/* The numbers that RFC 9293 and its companions give. */
static void rfc9293_is_within_the_requirements(void **state)
{
    const struct anvil_policy *policy = &anvil_policy_rfc9293;

    (void)state;
    assert_true(policy->msl_us == 120000000);
    assert_true(policy->r2_us >= 100000000);             /* SHLD-11 */
    assert_true(policy->syn_r2_us >= 180000000);         /* MUST-23 */
    assert_true(policy->r1_count >= 3);                  /* SHLD-10 */
    assert_true(policy->delayed_ack_us < 500000);        /* MUST-40 */
    assert_true(policy->keepalive_idle_us >= 7200000000); /* MUST-28 */
    assert_true(policy->rto_initial_us == 1000000);      /* RFC 6298 2.1 */
    assert_true(policy->rto_max_us >= 60000000);         /* RFC 6298 2.5 */
    assert_true(policy->timestamp_tick_us >= 1000 && policy->timestamp_tick_us <= 1000000);
    assert_true(policy->sws_override_us >= 100000 && policy->sws_override_us <= 1000000);
}

static void a_value_outside_the_limits_changes_nothing(void **state)
{
    struct anvil_policy policy = anvil_policy_rfc9293;
    const struct anvil_policy_field *ttl = anvil_policy_find("ttl");
    const struct anvil_policy_field *msl = anvil_policy_find("msl_us");

    (void)state;
    assert_non_null(ttl);
    assert_non_null(msl);
    assert_false(anvil_policy_set(&policy, ttl, 0));
    assert_false(anvil_policy_set(&policy, ttl, 256));
    assert_false(anvil_policy_set(&policy, ttl, UINT64_C(0x100000001)));
    assert_memory_equal(&policy, &anvil_policy_rfc9293, sizeof policy);
    assert_true(anvil_policy_set(&policy, ttl, 255));
    assert_int_equal(policy.ttl, 255);
    assert_true(anvil_policy_set(&policy, msl, 30000000));
    assert_true(policy.msl_us == 30000000 && anvil_policy_get(&policy, msl) == 30000000);
}

static void unknown_names_have_no_answer(void **state)
{
    (void)state;
    assert_null(anvil_policy_find("tt"));
    assert_null(anvil_policy_find("ttls"));
    assert_null(anvil_policy_find(""));
    assert_null(anvil_policy_profile("Linux"));
    assert_ptr_equal(anvil_policy_profile("linux"), &anvil_policy_linux);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_lie_side_by_side_in_order),
        cmocka_unit_test(every_field_has_a_reference_and_sources),
        cmocka_unit_test(every_value_of_a_profile_is_one_that_may_be_set),
        cmocka_unit_test(the_profiles_differ),
        cmocka_unit_test(rfc9293_is_within_the_requirements),
        cmocka_unit_test(a_value_outside_the_limits_changes_nothing),
        cmocka_unit_test(unknown_names_have_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
