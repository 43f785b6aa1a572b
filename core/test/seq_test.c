/* SPDX-License-Identifier: BSD-2-Clause */
/* Sequence numbers: arithmetic modulo 2^32, and order. RFC 9293 3.4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <anvil/seq.h>

/* How b stands to a, which is before it by `distance`. */
static const struct {
    uint32_t distance;
    bool lt, le, gt, ge;
} rows[] = {
    {0, false, true, false, true},
    {1, true, true, false, false},
    {0x7ffffffe, true, true, false, false},
    {0x7fffffff, true, true, false, false},
    {0x80000000, false, false, false, false}, /* neither is before the other */
    {0x80000001, false, false, true, true},
    {0x80000002, false, false, true, true},
    {0xffffffff, false, false, true, true},
};

static void numbers_are_ordered_over_half_the_space(void **state)
{
    static const uint32_t starts[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t k = 0; k < sizeof starts / sizeof starts[0]; k++) {
            anvil_seq a = anvil_seq_of(starts[k]), b = anvil_seq_add(a, rows[i].distance);

            assert_int_equal(anvil_seq_from(a, b), rows[i].distance);
            assert_int_equal(anvil_seq_lt(a, b), rows[i].lt);
            assert_int_equal(anvil_seq_le(a, b), rows[i].le);
            assert_int_equal(anvil_seq_lt(b, a), rows[i].gt);
            assert_int_equal(anvil_seq_le(b, a), rows[i].ge);
            assert_int_equal(anvil_seq_eq(a, b), rows[i].distance == 0);
            if (rows[i].lt) {
                assert_int_equal(anvil_seq_max(a, b).raw, b.raw);
                assert_int_equal(anvil_seq_min(a, b).raw, a.raw);
            } else if (rows[i].gt) {
                assert_int_equal(anvil_seq_max(a, b).raw, a.raw);
                assert_int_equal(anvil_seq_min(a, b).raw, b.raw);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_ordered_over_half_the_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
