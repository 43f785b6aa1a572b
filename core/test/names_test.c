/* SPDX-License-Identifier: BSD-2-Clause */
/* Every state, check, result, drop and reason has a name of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <anvil/frame.h>

static const char *state_name(int value)
{
    return anvil_state_name((enum anvil_state)value);
}

static const char *check_name(int value)
{
    return anvil_check_name((enum anvil_check)value);
}

static const char *result_name(int value)
{
    return anvil_result_name((enum anvil_result)value);
}

static const char *drop_name(int value)
{
    return anvil_drop_name((enum anvil_drop)value);
}

static const char *reason_name(int value)
{
    return anvil_icmp_reason_name((enum anvil_icmp_reason)value);
}

/* The names of 0 to count - 1 are there, no two alike, and `count` is named as unknown. */
static void check_names(const char *(*name)(int), int count)
{
    for (int i = 0; i < count; i++) {
        assert_non_null(name(i));
        assert_true(name(i)[0] != '\0');
        assert_true(strncmp(name(i), "unknown", 7) != 0);
        for (int other = 0; other < i; other++)
            assert_string_not_equal(name(i), name(other));
    }
    assert_true(strncmp(name(count), "unknown", 7) == 0);
    assert_true(strncmp(name(-1), "unknown", 7) == 0);
}

static void every_value_has_its_own_name(void **state)
{
    (void)state;
    check_names(state_name, ANVIL_TIME_WAIT + 1);
    check_names(check_name, ANVIL_CHECK_COUNT);
    check_names(result_name, ANVIL_REMOTE_UNSPECIFIED + 1);
    check_names(drop_name, ANVIL_DROP_COUNT);
    check_names(reason_name, ANVIL_REASON_QUENCH + 1);
}

static void names_are_those_of_the_rfc(void **state)
{
    (void)state;
    assert_string_equal(anvil_state_name(ANVIL_SYN_RECEIVED), "SYN-RECEIVED");
    assert_string_equal(anvil_check_name(ANVIL_CHECK_SEQUENCE), "3.10.7.4 first: sequence number");
    assert_string_equal(anvil_result_name(ANVIL_CONNECTION_CLOSING), "connection closing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_has_its_own_name),
        cmocka_unit_test(names_are_those_of_the_rfc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
