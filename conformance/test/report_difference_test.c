/* SPDX-License-Identifier: BSD-2-Clause */
/* The field that differs between two lines: its name, and what is marked in each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "report/difference.h"

struct row {
    const char *expected;
    const char *actual;
    const char *named;          /* by the caller */
    const char *field;          /* NULL: no difference */
    const char *expected_mark;  /* the text that is marked; "" for none */
    const char *actual_mark;
};

static const struct row rows[] = {
    { "> . 1:1(0) ack 1", "> . 1:1(0) ack 1", NULL, NULL, "", "" },
    { "> . 1:1(0) ack 1", "> . 1:1(0) ack 2", NULL, "ack", "ack 1", "ack 2" },
    { "> . 1:1(0) ack 1", "> F. 1:1(0) ack 1", NULL, "flags", ".", "F." },
    { "> P. 1:101(100) ack 1", "> P. 1:201(200) ack 1", NULL, "seq", "1:101(100)", "1:201(200)" },
    { "+0.1 > . 1:1(0) ack 1 win 5", "> . 1:1(0) ack 1 win 6", NULL, "win", "win 5", "win 6" },
    { "+0.1 > . 1:1(0) ack 1", "0.3 > . 1:1(0) ack 1", "time", "time", "+0.1", "0.3" },
    { "+0.1 > . 1:1(0) ack 1", "0.3 > . 1:1(0) ack 1", NULL, NULL, "", "" },
    { "> . 1:1(0) ack 1 win 5", "> . 1:1(0) ack 2 win 6", "win", "win", "win 5", "win 6" },
    { "> . 1:1(0) ack 1", "> . 1:1(0) ack 1 win 6", NULL, NULL, "", "" },
    { "> . 1:1(0) ack 1", "> . 1:1(0) ack 1 win 6 <nop>", NULL, "nop", "", "nop" },
    { "> S. 0:0(0) ack 1 <...>", "> S. 0:0(0) ack 1 win 6 <nop>", NULL, NULL, "", "" },
    { "> S. 0:0(0) ack 1 <mss 1460>", "> S. 0:0(0) ack 1 win 1 <mss 536>", NULL, "mss",
      "mss 1460", "mss 536" },
    { "> S 0:0(0) <mss 1460,sackOK>", "> S 0:0(0) win 1 <mss 1460>", NULL, "sackOK", "sackOK",
      "" },
    { "> S 0:0(0) <mss 1460,nop,wscale 7>", "> S 0:0(0) win 1 <mss 1460,sackOK,nop,wscale 7>",
      NULL, "sackOK", "", "sackOK" },
    { "> . 1:1(0) ack 1 <nop,nop,TS val 1 ecr 2>", "> . 1:1(0) ack 1 <nop,nop,TS val 1 ecr 3>",
      NULL, "TS", "TS val 1 ecr 2", "TS val 1 ecr 3" },
    { "> . 1:1(0) ack 1 win 9 urg 3", "> . 1:1(0) ack 1 win 9", NULL, "urg", "urg 3", "" },
    { "< icmp unreachable frag_needed mtu 5 [1:2(1)]",
      "< icmp unreachable frag_needed mtu 6 [1:2(1)]", NULL, "mtu", "mtu 5", "mtu 6" },
    { "> . 1:1(0) ack 1 win 1 <sack 1:2>", "> . 1:1(0) ack 1 win 1 <sack 1:3>", "options", "sack",
      "sack 1:2", "sack 1:3" },
    { "close(3) = 0", "close(3) = -1 ENOTCONN", NULL, "", "0", "-1" },
    { "close(3) = 0", "close(3) = 0", NULL, NULL, "", "" },
    { "> [ect0] . 1:1(0) ack 1", "> [ce] . 1:1(0) ack 1", NULL, "ip", "[ect0]", "[ce]" },
    { "> 1.2.3.4:5 > 6.7.8.9:10 . 1:1(0)", "> 1.2.3.4:5 > 6.7.8.9:11 . 1:1(0)", NULL, "addresses",
      "1.2.3.4:5 > 6.7.8.9:10", "1.2.3.4:5 > 6.7.8.9:11" },
    { "> . 1:1(0) <nop,nop,sack 1:2>", "> . 1:1(0) <nop,sackOK,sack 1:2>", "nop", "nop", "nop",
      "sackOK" },
    { "> . 1:1(0) ack 1 <nop,nop>", "> . 1:1(0) ack 2 <nop,sackOK>", "nop", "nop", "nop", "" },
    { "> [ttl 3] . 1:1(0) ack 1", "> [ttl 4] . 1:1(0) ack 1", "ttl", "ttl", "[ttl 3]",
      "[ttl 4]" },
    { "> P. 1:2(1) ack 1", "> P. 1:2(1) ack 1", "text", "text", "1:2(1)", "1:2(1)" },
    { "", "", NULL, NULL, "", "" },
    { "", "> . 1:1(0)", NULL, "direction", "", ">" },
    { "> . 1:1(0) <", "> . 1:1(0) <a", NULL, "a", "", "a" },
};

static void the_first_difference_is_marked(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct report_difference found;
        char expected[64];
        char actual[64];

        if (report_difference(&found, row->expected, row->actual, row->named) !=
            (row->field != NULL))
            fail_msg("row %zu: %s", i, row->expected);
        if (row->field == NULL)
            continue;
        assert_string_equal(found.field, row->field);
        assert_true(found.expected_column + found.expected_width <= strlen(row->expected));
        assert_true(found.actual_column + found.actual_width <= strlen(row->actual));
        snprintf(expected, sizeof expected, "%.*s", (int)found.expected_width,
                 row->expected + found.expected_column);
        snprintf(actual, sizeof actual, "%.*s", (int)found.actual_width,
                 row->actual + found.actual_column);
        assert_string_equal(expected, row->expected_mark);
        assert_string_equal(actual, row->actual_mark);
    }
}

/* More fields than there is room for: nothing is written out of bounds. */
static void long_lines_are_no_danger(void **state)
{
    struct report_difference found;
    char a[2000];
    char b[2000];

    (void)state;
    for (size_t i = 0; i + 2 < sizeof a; i += 2)
        memcpy(a + i, "x ", 3);
    memcpy(b, a, sizeof b);
    b[1001 - 1] = 'y';
    assert_true(report_difference(&found, a, b, NULL));
    assert_false(report_difference(&found, a, a, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_difference_is_marked),
        cmocka_unit_test(long_lines_are_no_danger),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
