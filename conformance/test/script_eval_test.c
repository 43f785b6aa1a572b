/* SPDX-License-Identifier: BSD-2-Clause */
/* Assertions: what code means, and what its expressions are worth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "script/script.h"
#include "script/script_eval.h"

/* a is 7, b is 2.5, name is "reno"; nothing else is known. */
static bool look_up(void *context, const char *name, struct script_value *value)
{
    (void)context;
    memset(value, 0, sizeof *value);
    if (strcmp(name, "a") == 0) {
        value->kind = SCRIPT_VALUE_INTEGER;
        value->integer = 7;
    } else if (strcmp(name, "b") == 0) {
        value->kind = SCRIPT_VALUE_FLOAT;
        value->number = 2.5;
    } else if (strcmp(name, "name") == 0) {
        value->kind = SCRIPT_VALUE_STRING;
        value->text = "reno";
    } else {
        return false;
    }
    return true;
}

static struct script *parse_code(const char *code)
{
    struct script_error error;
    struct script *script;
    char text[512];

    snprintf(text, sizeof text, "+0 %%{ %s }%%\n", code);
    script = script_parse_text("t", text, strlen(text), NULL, &error);
    assert_non_null(script);
    return script;
}

/* The value of an expression as text, or "error: why". */
static void evaluate(const char *expression, char *out, size_t size)
{
    char code[400];
    struct script *script;
    const struct script_statement *statement;
    struct script_eval_error error;
    struct script_value value;

    snprintf(code, sizeof code, "assert %s", expression);
    script = parse_code(code);
    statement = script->events->statements;
    if (statement->kind != SCRIPT_STATEMENT_ASSERT)
        snprintf(out, size, "not understood: %s", statement->reason);
    else if (!script_eval(statement->value, look_up, NULL, &value, &error))
        snprintf(out, size, "error: %s", error.message);
    else
        script_value_format(&value, out, size);
    script_free(script);
}

struct sum {
    const char *expression, *value;
};

static void expressions_follow_python(void **state)
{
    static const struct sum sums[] = {
        { "1 + 2 * 3", "7" }, { "(1 + 2) * 3", "9" }, { "10 - 3 - 2", "5" }, { "-2 * -3", "6" },
        { "7 // 2", "3" }, { "-7 // 2", "-4" }, { "-7 % 3", "2" }, { "7 % -3", "-2" },
        { "7 / 2", "3.5" }, { "6 / 2 == 3", "1" }, { "1 << 10", "1024" }, { "-8 >> 1", "-4" },
        { "0xff & 0x0f | 0x30 ^ 0x11", "47" }, { "~0", "-1" }, { "1 | 2 == 3", "1" },
        { "(a & 4) != 0", "1" }, { "a == 7", "1" }, { "a != 7", "0" }, { "a < 7", "0" },
        { "a <= 7 and a >= 7", "1" }, { "not a == 7", "0" }, { "not (a == 8)", "1" },
        { "5 <= a <= 9", "1" }, { "5 <= a <= 6", "0" }, { "1 < 2 < 3 < 3", "0" },
        { "1 < 3 > 2", "1" }, { "a or zzz", "7" }, { "0 and zzz", "0" }, { "0 or 3", "3" },
        { "True", "1" }, { "False == 0", "1" }, { "not None", "1" }, { "b * 2", "5" },
        { "b > 2 and b < 3", "1" }, { "b // 1", "2" }, { "-b // 1", "-3" }, { "b % 2", "0.5" },
        { "name == 'reno'", "1" }, { "name != \"cubic\"", "1" }, { "name < 'z'", "1" },
        { "name == 3", "0" }, { "abs(-3)", "3" }, { "min(3, 1, 2)", "1" }, { "max(3, a)", "7" },
        { "int(b)", "2" }, { "float(3)", "3" }, { "(a)", "7" }, { "1 +\\\n 2", "3" },
        { "(1 + # one\n 2)", "3" }, { "0x7fffffff", "2147483647" }, { "- - 1", "1" },
        { "2 * (3 + (4))", "14" }, { "1 if a else 2", "not understood: expected the end of the "
          "statement, found 'if'" },
        { "zzz", "error: unknown name zzz" }, { "1 / 0", "error: division by zero" },
        { "1 // 0", "error: division by zero" }, { "b % 0", "error: division by zero" },
        { "9223372036854775807 + 1", "error: the result does not fit into 64 bits" },
        { "1 << 63", "error: the result does not fit into 64 bits" },
        { "1 << -1", "error: negative shift count" },
        { "-9223372036854775807 - 1 // 1", "-9223372036854775808" },
        { "(-9223372036854775807 - 1) // -1", "error: the result does not fit into 64 bits" },
        { "'a' + 1", "error: this operator does not apply to a string and a number" },
        { "'a' + 'b'", "error: this operator does not apply to strings" },
        { "b & 1", "error: this operator does not apply to numbers with a fraction" },
        { "foo(1)", "error: foo() is not known" }, { "[1]", "error: lists have no value here" },
        { "a.b", "not understood: attributes, indices and methods are not supported" },
        { "a[0]", "not understood: attributes, indices and methods are not supported" },
        { "1 +", "not understood: expected a value, found the end of the file" },
        { "(1", "not understood: expected ')', found the end of the file" },
        { "f'x'", "not understood: strings with a prefix are not supported" },
    };
    char value[256];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        evaluate(sums[i].expression, value, sizeof value);
        if (strcmp(value, sums[i].value) != 0)
            print_error("%s\n", sums[i].expression);
        assert_string_equal(value, sums[i].value);
    }
}

static void statements_are_told_apart(void **state)
{
    struct script *script = parse_code("print(a); cwnd += 10; x = 0x7f # why\n\n"
                                       "  assert a == 1, 'a is %d' % a; \\\n assert b\nif a: b");
    const struct script_statement *statement = script->events->statements;

    (void)state;
    assert_int_equal(statement->kind, SCRIPT_STATEMENT_PRINT);
    statement = statement->next;
    assert_int_equal(statement->kind, SCRIPT_STATEMENT_ASSIGN);
    assert_string_equal(statement->name, "cwnd");
    assert_int_equal(statement->op, SCRIPT_OP_ADD);
    statement = statement->next;
    assert_int_equal(statement->op, SCRIPT_OP_NONE);
    assert_int_equal(statement->value->integer, 0x7f);
    assert_string_equal(statement->text, "x = 0x7f");
    statement = statement->next;
    assert_int_equal(statement->kind, SCRIPT_STATEMENT_ASSERT);
    assert_non_null(statement->message);
    assert_int_equal(statement->pos.line, 3);
    assert_int_equal(statement->pos.column, 3);
    assert_int_equal(statement->value->pos.column, 10);
    statement = statement->next;
    assert_int_equal(statement->pos.line, 4);
    statement = statement->next;
    assert_int_equal(statement->kind, SCRIPT_STATEMENT_UNKNOWN);
    assert_string_equal(statement->reason, "general Python is not supported");
    assert_string_equal(statement->text, "if a: b");
    assert_null(statement->next);
    script_free(script);
}

static void a_message_that_is_not_understood_does_not_matter(void **state)
{
    struct script *script = parse_code("assert a == 7, f'{a}'.join()");

    (void)state;
    assert_int_equal(script->events->statements->kind, SCRIPT_STATEMENT_ASSERT);
    assert_null(script->events->statements->message);
    script_free(script);
}

static void messages_are_formatted(void **state)
{
    static const struct sum messages[] = {
        { "a", "7" }, { "'x'", "x" }, { "(a, b, 'x')", "7, 2.5, x" },
        { "'a=%d b=%5.1f' % (a, b)", "a=7 b=2.5" }, { "'100%% %d' % a", "100% 7" },
        { "'%d %d' % a", "7 %d" }, { "zzz", "<unknown name zzz>" }, { "'%q' % a", "%q" },
    };
    char code[200], out[100];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        struct script *script;

        snprintf(code, sizeof code, "assert 0, %s", messages[i].expression);
        script = parse_code(code);
        script_eval_text(script->events->statements->message, look_up, NULL, out, sizeof out);
        assert_string_equal(out, messages[i].value);
        script_eval_text(script->events->statements->message, look_up, NULL, out, 2);
        assert_int_equal(strlen(out), 1);
        script_free(script);
    }
}

static void an_unknown_name_is_reported_as_such(void **state)
{
    struct script *script = parse_code("assert a == 7 and tcpi_nothing > 3");
    struct script_eval_error error;
    struct script_value value;

    (void)state;
    assert_false(script_eval(script->events->statements->value, look_up, NULL, &value, &error));
    assert_true(error.unknown_name);
    assert_string_equal(error.name, "tcpi_nothing");
    assert_int_equal(error.pos.column, 25);
    script_free(script);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_follow_python),
        cmocka_unit_test(statements_are_told_apart),
        cmocka_unit_test(a_message_that_is_not_understood_does_not_matter),
        cmocka_unit_test(messages_are_formatted),
        cmocka_unit_test(an_unknown_name_is_reported_as_such),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
