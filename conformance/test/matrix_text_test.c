/* SPDX-License-Identifier: BSD-2-Clause */
/* The texts of the matrix: each is a script, what `show` prints of it says the same, and between
 * them they use every row of the table. */
#include "cli/profile_symbol.h"
#include "matrix/matrix.h"
#include "matrix/reference.h"
#include "run/run.h"
#include "script/script_print.h"
#include "script/script_equal.h"
#include "target/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STRIDE = 7, COVERED_MAX = 256 };

static struct script *parse(const char *name, const char *text)
{
    struct script_error error;
    struct script *script = script_parse_text(name, text, strlen(text), NULL, &error);
    if (script == NULL)
        fail_msg("%s:%u:%u: %s", name, (unsigned)error.line, (unsigned)error.column,
                 error.message);
    return script;
}

/* Times as numbers, as `show` prints them for the core: a tick is a microsecond. */
static bool print_symbol(void *context, const char *name, int64_t *us)
{
    struct run_symbol wanted = { .name = name, .profile = "rfc9293" };
    int64_t most_us;
    (void)context;
    *us = 1;
    return strcmp(name, "tick") == 0 || cli_profile_symbol(NULL, &wanted, us, &most_us);
}

static enum report_verdict verdict_of(struct run *run, const struct script *script,
                                      const char *name)
{
    struct run_options options = { .case_name = name, .own = true, .symbol = cli_profile_symbol };
    const struct report_result *result = run_case(run, script, target_find("core"), &options);
    if (result->verdict != REPORT_PASSED)
        print_message("%s:%d: %s\n", name, result->line, result->reason);
    return result->verdict;
}

static void what_is_printed_of_a_case_has_its_verdict(void **state)
{
    struct matrix *matrix = matrix_open();
    struct script_print_options how = { .lookup = print_symbol };
    struct run *run = run_open();
    char name[MATRIX_NAME_MAX], text[MATRIX_TEXT_MAX], printed[2 * MATRIX_TEXT_MAX];
    (void)state;
    for (size_t i = 0; i < matrix_count(matrix); i += STRIDE) {
        matrix_name(matrix, i, name, sizeof name);
        assert_true(matrix_text(matrix, i, text, sizeof text) < sizeof text);
        struct script *script = parse(name, text);
        assert_true(script_print(script, &how, printed, sizeof printed) < sizeof printed);
        struct script *again = parse(name, printed);
        assert_string_equal(script->sentence, again->sentence);
        assert_int_equal(verdict_of(run, script, name), REPORT_PASSED);
        assert_int_equal(verdict_of(run, again, name), REPORT_PASSED);
        script_free(again);
        script_free(script);
    }
    run_close(run);
    matrix_close(matrix);
}

static void every_row_of_the_table_is_used(void **state)
{
    struct matrix *matrix = matrix_open();
    char text[MATRIX_TEXT_MAX], word[64];
    const char *ids[COVERED_MAX], *section;
    bool used[COVERED_MAX] = { false };
    size_t rows = 0;
    (void)state;
    while (matrix_reference_row(rows, &ids[rows], &section))
        assert_true(++rows < COVERED_MAX);
    for (size_t i = 0; i < matrix_count(matrix); i++) {
        matrix_text(matrix, i, text, sizeof text);
        const char *covers = strstr(text, "//: covers ");
        *strchr(covers, '\n') = '\0';
        for (size_t row = 0; row < rows; row++) {
            snprintf(word, sizeof word, " %s", ids[row]);
            used[row] = used[row] || strstr(covers, word) != NULL;
        }
    }
    for (size_t row = 0; row < rows; row++)
        if (!used[row])
            fail_msg("no case uses %s", ids[row]);
    matrix_close(matrix);
}

/* A case is its code: written alone or among others, once or twice. */
static void a_text_is_always_the_same(void **state)
{
    struct matrix *one = matrix_open(), *other = matrix_open();
    char first[MATRIX_TEXT_MAX], second[MATRIX_TEXT_MAX];
    (void)state;
    for (size_t i = 0; i < matrix_count(one); i += STRIDE) {
        size_t length = matrix_text(one, i, first, sizeof first);
        memset(second, 'x', sizeof second);
        assert_int_equal(matrix_text(other, i, second, sizeof second), length);
        assert_string_equal(first, second);
    }
    matrix_close(one);
    matrix_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_printed_of_a_case_has_its_verdict),
        cmocka_unit_test(every_row_of_the_table_is_used),
        cmocka_unit_test(a_text_is_always_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
