/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls and timeouts in the matrix: each in every state, save what cannot be. */
#include "matrix/matrix.h"
#include "matrix/reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { CALL_CASES = 362, TIMER_CASES = 207 };

/* How many cases have names that begin so. */
static size_t count_of(const struct matrix *matrix, const char *start)
{
    char name[MATRIX_NAME_MAX];
    size_t count = 0;
    for (size_t i = 0; i < matrix_count(matrix); i++) {
        matrix_name(matrix, i, name, sizeof name);
        count += strncmp(name, start, strlen(start)) == 0;
    }
    return count;
}

static size_t in_state(const struct matrix *matrix, int state, const char *event)
{
    char start[MATRIX_NAME_MAX];
    snprintf(start, sizeof start, "matrix/%s/%s/", matrix_state_word((enum matrix_state)state),
             event);
    return count_of(matrix, start);
}

static void every_call_is_made_in_every_state(void **state)
{
    static const char *const calls[] = {
        "call-listen", "call-connect", "call-send", "call-send-urgent", "call-receive",
        "call-close", "call-abort", "call-shutdown-write", "call-shutdown-read",
        "call-shutdown-both", "call-status",
    };
    struct matrix *matrix = matrix_open();
    size_t all = 0;
    (void)state;
    for (int s = 0; s < MATRIX_STATES; s++) {
        for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
            size_t count = in_state(matrix, s, calls[i]);
            bool none = s == MATRIX_LISTEN && strcmp(calls[i], "call-status") == 0;
            assert_true(none ? count == 0 : count > 0);
            all += count;
        }
    }
    assert_int_equal(all, CALL_CASES);
    matrix_close(matrix);
}

/* Where a timer runs there are its three moments for each opening, elsewhere one case that waits,
 * and none where another timer hides it. */
static void every_timer_is_looked_for_in_every_state(void **state)
{
    static const char *const timers[] = { "timer-rto", "timer-r2", "timer-user", "timer-2msl",
                                          "timer-keepalive", "timer-persist" };
    static const char *const grid[MATRIX_STATES] = {
        "iiiiii", "iiiiii", "rrr---", "rrr---", "rrrirr", "rrr--r", "iiiiri", "rrrirr", "rrr--r",
        "rrr---", "iiirii",
    };
    struct matrix *matrix = matrix_open();
    size_t all = 0;
    (void)state;
    for (int s = 0; s < MATRIX_STATES; s++) {
        size_t openings = s == MATRIX_LISTEN || s == MATRIX_SYN_SENT ? 1 : 2;
        for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++) {
            size_t wanted = grid[s][i] == 'r' ? 3 : grid[s][i] == 'i' ? 1 : 0;
            assert_int_equal(in_state(matrix, s, timers[i]), wanted * openings);
            all += wanted * openings;
        }
    }
    assert_int_equal(all, TIMER_CASES);
    matrix_close(matrix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_is_made_in_every_state),
        cmocka_unit_test(every_timer_is_looked_for_in_every_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
