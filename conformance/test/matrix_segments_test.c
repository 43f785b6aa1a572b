/* SPDX-License-Identifier: BSD-2-Clause */
/* Which cases the matrix has: their number, that no cell is empty, and what goes together. */
#include "matrix/matrix.h"
#include "matrix/segments.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SEGMENT_CASES = 5034, FACTORS = 14, VALUES_MAX = 12 };

static size_t all_cases(const struct matrix *matrix)
{
    char name[MATRIX_NAME_MAX];
    size_t count = 0;
    for (size_t i = 0; i < matrix_count(matrix); i++) {
        matrix_name(matrix, i, name, sizeof name);
        count += strncmp(name, "matrix/", 7) == 0;
    }
    return count;
}

/* The product of the axes, less what the rules remove. */
static void the_number_of_cases_follows_from_the_axes(void **state)
{
    struct matrix *matrix = matrix_open();
    struct matrix_cell cell;
    struct matrix_removal rule;
    size_t kept = 0, removed = 0, fixed = 0, by_rules = 0;
    (void)state;
    assert_int_equal(matrix_cell_codes(), 11 * 12 * 6 * 8 * 2);
    for (uint32_t code = 0; code < matrix_cell_codes(); code++) {
        matrix_cell_decode(code, &cell);
        bool keep = matrix_cell_removed(&cell) == NULL;
        kept += keep;
        removed += !keep;
        for (unsigned i = 0; keep && matrix_cell_fixed(&cell, i) != NULL; i++)
            fixed++;
    }
    for (size_t i = 0; matrix_removal(matrix, i, &rule); i++)
        by_rules += strcmp(rule.part, "segments") == 0 ? rule.removed : 0;
    assert_int_equal(removed + fixed, by_rules);
    assert_int_equal(kept, matrix_cell_codes() - removed);
    assert_int_equal(kept, SEGMENT_CASES);
    assert_int_equal(all_cases(matrix), SEGMENT_CASES + 362 + 207); /* calls, timeouts */
    matrix_close(matrix);
}

static void every_rule_removes_something(void **state)
{
    struct matrix *matrix = matrix_open();
    struct matrix_removal rule;
    size_t rules = 0;
    (void)state;
    for (; matrix_removal(matrix, rules, &rule); rules++) {
        assert_true(rule.removed > 0);
        assert_int_equal(rule.sentence[strlen(rule.sentence) - 1], '.');
    }
    assert_true(rules >= 10);
    matrix_close(matrix);
}

static void every_state_meets_every_event(void **state)
{
    size_t cells[MATRIX_STATES][MATRIX_EVENTS] = { { 0 } };
    struct matrix_cell cell;
    (void)state;
    for (uint32_t code = 0; code < matrix_cell_codes(); code++) {
        matrix_cell_decode(code, &cell);
        if (matrix_cell_removed(&cell) == NULL)
            cells[cell.state][cell.event]++;
    }
    for (int s = 0; s < MATRIX_STATES; s++)
        for (int e = 0; e < MATRIX_EVENTS; e++)
            assert_true(cells[s][e] >= MATRIX_SEQ_PLACES);
}

static const struct { const char *name; unsigned values; } factors[FACTORS] = {
    { "state", MATRIX_STATES }, { "event", MATRIX_EVENTS }, { "seq", MATRIX_SEQ_PLACES },
    { "ack", MATRIX_ACK_PLACES }, { "window", 2 }, { "opening", 2 }, { "payload", 2 },
    { "family", 2 }, { "options", MATRIX_OPTIONS }, { "iss", MATRIX_ISNS },
    { "irs", MATRIX_ISNS }, { "clock", MATRIX_CLOCKS }, { "closes", 2 },
    { "stamp", MATRIX_STAMPS },
};

static void values_of(const struct matrix_cell *cell, unsigned values[FACTORS])
{
    const unsigned all[FACTORS] = { cell->state, cell->event, cell->seq, cell->ack,
        cell->zero_window, cell->passive, cell->payload, cell->ipv6, cell->options, cell->iss,
        cell->irs, cell->clock, cell->closes, cell->stamp };
    memcpy(values, all, sizeof all);
}

static bool before_data(unsigned state)
{
    return state <= MATRIX_SYN_RECEIVED;
}

/* Old stamps come on synchronized connections that have stamps. */
static bool stamp_meets(size_t a, unsigned x)
{
    return a == 0 ? x >= MATRIX_ESTABLISHED : a != 8 || x == MATRIX_TIMESTAMPS;
}

/* The pairs that no case can have. */
static bool cannot_meet(size_t a, unsigned x, size_t b, unsigned y)
{
    bool idle = x == MATRIX_CLOSED || x == MATRIX_LISTEN || x == MATRIX_FIN_WAIT_2 ||
                x == MATRIX_TIME_WAIT;
    if (a == 0 && b == 3)
        return (y == MATRIX_ACK_NXT && idle) ||
               (y == MATRIX_ACK_OLDEST && before_data(x)) ||
               (y == MATRIX_ACK_BETWEEN && (idle || before_data(x)));
    if (a == 0 && b == 4)
        return y == 1 && before_data(x);
    if (a == 0 && b == 5)
        return (x == MATRIX_LISTEN && y == 0) || (x == MATRIX_SYN_SENT && y == 1);
    if (b == 13)
        return y == MATRIX_STAMP_OLDER && !stamp_meets(a, x);
    if (a == 0 && b == 12)
        return y == 1 && x != MATRIX_SYN_SENT && x != MATRIX_SYN_RECEIVED &&
               x != MATRIX_ESTABLISHED && x != MATRIX_CLOSE_WAIT;
    if (a == 1 && b == 3)
        return !matrix_event_has_ack((enum matrix_event)x) && y != MATRIX_ACK_BELOW;
    if (a == 1 && b == 6)
        return (x == MATRIX_EVENT_ACK && y == 1) || (x == MATRIX_EVENT_DATA && y == 0);
    if (a == 2 && b == 4)
        return y == 1 && (x == MATRIX_SEQ_INSIDE || x == MATRIX_SEQ_RIGHT_EDGE);
    return false;
}

static void every_pair_of_values_comes_up(void **state)
{
    size_t (*met)[VALUES_MAX][FACTORS][VALUES_MAX] = calloc(FACTORS, sizeof *met);
    struct matrix_cell cell;
    unsigned values[FACTORS];
    (void)state;
    assert_non_null(met);
    for (uint32_t code = 0; code < matrix_cell_codes(); code++) {
        matrix_cell_decode(code, &cell);
        values_of(&cell, values);
        for (size_t a = 0; matrix_cell_removed(&cell) == NULL && a < FACTORS; a++)
            for (size_t b = a + 1; b < FACTORS; b++)
                met[a][values[a]][b][values[b]]++;
    }
    for (size_t i = 0; i < FACTORS * FACTORS * VALUES_MAX * VALUES_MAX; i++) {
        size_t a = i / FACTORS / VALUES_MAX / VALUES_MAX, b = i / VALUES_MAX / VALUES_MAX % FACTORS;
        unsigned x = (unsigned)(i / VALUES_MAX % VALUES_MAX), y = (unsigned)(i % VALUES_MAX);
        bool rare = b == 13 && y == MATRIX_STAMP_NEWER; /* only a SYN in TIME-WAIT asks for it */
        if (a >= b || x >= factors[a].values || y >= factors[b].values || rare)
            continue;
        if ((met[a][x][b][y] == 0) != cannot_meet(a, x, b, y))
            fail_msg("%s %u with %s %u: %zu cases", factors[a].name, x, factors[b].name, y,
                     met[a][x][b][y]);
    }
    assert_true(met[0][MATRIX_TIME_WAIT][13][MATRIX_STAMP_NEWER] > 0);
    free(met);
}

static int by_text(const void *a, const void *b)
{
    return strcmp((const char *)a, (const char *)b);
}

static void names_are_distinct_and_found(void **state)
{
    struct matrix *matrix = matrix_open();
    size_t count = matrix_count(matrix), index = 0;
    char (*names)[MATRIX_NAME_MAX] = malloc(count * sizeof *names);
    (void)state;
    assert_non_null(names);
    for (size_t i = 0; i < count; i++)
        assert_true(matrix_name(matrix, i, names[i], sizeof names[i]) < MATRIX_NAME_MAX);
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 1; i < count; i++)
        assert_string_not_equal(names[i - 1], names[i]);
    assert_true(matrix_find(matrix, "matrix/time-wait/rst/right-edge", &index));
    matrix_name(matrix, index, names[0], sizeof names[0]);
    assert_string_equal(names[0], "matrix/time-wait/rst/right-edge");
    assert_false(matrix_find(matrix, "matrix/time-wait/rst", &index));
    free(names);
    matrix_close(matrix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_number_of_cases_follows_from_the_axes),
        cmocka_unit_test(every_rule_removes_something),
        cmocka_unit_test(every_state_meets_every_event),
        cmocka_unit_test(every_pair_of_values_comes_up),
        cmocka_unit_test(names_are_distinct_and_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
