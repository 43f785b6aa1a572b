/* SPDX-License-Identifier: BSD-2-Clause */
/* The ladder, line by line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/ladder.h"

/* A lane with nothing in it. */
#define LANE "                                                     "

static const struct report_row rows[] = {
    { REPORT_ROW_CALL, 0, "listen(3, 1) = 0", NULL, "LISTEN" },
    { REPORT_ROW_IN, 0, "S 0:0(0) win 65535 <mss 1460>", "LISTEN", "SYN-RECEIVED" },
    { REPORT_ROW_OUT, 0,
      "S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,TS val 100 ecr 200,nop,wscale 7>",
      "SYN-RECEIVED", "SYN-RECEIVED" },
    { REPORT_ROW_CALL, 100000, "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0", NULL, NULL },
    { REPORT_ROW_OUT, 7200000001, "F. 1:1(0) ack 1 win 65535", "ESTABLISHED", "FIN-WAIT-1" },
    { REPORT_ROW_NOTE, 7200000001, "expected here:\t> . 1:1(0) ack 2", NULL, NULL },
};

static void a_run_looks_like_this(void **state)
{
    static const char wanted[] =
        "       time   peer                                                  core\n"
        "   0.000000 |" LANE "| listen(3, 1) = 0\n"
        "   0.000000 |" LANE "| LISTEN\n"
        "   0.000000 | S 0:0(0) win 65535 <mss 1460> --------------------> | SYN-RECEIVED\n"
        "   0.000000 | <------------------------ S. 0:0(0) ack 1 win 65535 |\n"
        "            |   <mss 1460,sackOK,TS val 100 ecr 200,nop,wscale 7> |\n"
        "   0.100000 |" LANE "| setsockopt(3, SOL_SOCKET,\n"
        "            |" LANE "|   SO_REUSEADDR, [1], 4) = 0\n"
        "7200.000001 | <------------------------ F. 1:1(0) ack 1 win 65535 | "
        "ESTABLISHED -> FIN-WAIT-1\n"
        "7200.000001 | expected here:?> . 1:1(0) ack 2\n";
    char *text = report_ladder(rows, sizeof rows / sizeof rows[0], "peer", "core", 0);

    (void)state;
    assert_string_equal(text, wanted);
    free(text);
}

static void a_long_run_loses_its_middle(void **state)
{
    char *text = report_ladder(rows, sizeof rows / sizeof rows[0], "peer", "core", 3);

    (void)state;
    assert_non_null(strstr(text, "   3 rows are left out\n"));
    assert_non_null(strstr(text, "listen(3, 1) = 0"));
    assert_null(strstr(text, "setsockopt"));
    assert_non_null(strstr(text, "expected here:"));
    free(text);
    text = report_ladder(NULL, 0, "peer", "core", 0);
    assert_non_null(text);
    free(text);
}

/* Words of any width, arrows both ways: no line is wider than 100 columns. */
static void no_line_is_too_wide(void **state)
{
    char word[300];

    (void)state;
    for (size_t length = 0; length < sizeof word; length++) {
        memset(word, 'x', sizeof word);
        word[length] = '\0';
        if (length > 60)
            word[length / 2] = ' ';
        for (int kind = REPORT_ROW_IN; kind <= REPORT_ROW_NOTE; kind++) {
            struct report_row row = { (enum report_row_kind)kind, 1, word, NULL, "LISTEN" };
            char *text = report_ladder(&row, 1, "peer", "core", 0);

            assert_non_null(text);
            for (char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1)
                assert_true(strcspn(line, "\n") <= 100);
            free(text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_looks_like_this),
        cmocka_unit_test(a_long_run_loses_its_middle),
        cmocka_unit_test(no_line_is_too_wide),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
