/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes are a script or an error, in time that grows with their number only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "script/script.h"
#include "script/script_eval.h"
#include "script/script_print.h"
#include "script/script_equal.h"

#define EVERYTHING ANVIL_SOURCE_DIR "/conformance/test/scripts/good/everything.pkt"

enum { LARGE = 10 * 1024 * 1024, SECONDS_MAX = 20, MUTANTS = 4000, TEXT_MAX = 16384 };

/* ---- large inputs ---- */

struct large {
    const char *head, *repeated, *tail;
};

static void large_inputs_take_linear_time(void **state)
{
    static const struct large inputs[] = {
        { "", "x", "" }, { "+0 f(", "a|", "a)=0" }, { "+0 f(", "{", "" }, { "+0 f(", "{a(", "" },
        { "+0 f(\"", "a", "" }, { "/*", "*", "" }, { "+0 %{", "(", "" }, { "+0 %{", "(", "}%" },
        { "+0 %{ assert ", "not ", "1 }%" }, { "+0 %{ assert 1", "+1", " }%" },
        { "", "9", "" }, { "+0", "+1a", " f()=0" }, { "", "\n", "" }, { "", "//\n", "" },
        { "", "#\n", "" }, { "", "#ifdef A\n", "" }, { "", "#ifdef A\n#endif\n", "" },
        { "+0 f(", "\"\" ", ")=0" }, { "+0 < S 0:0(0) <", "nop,", "nop>" }, { "", "--a\n", "" },
        { "//: covers ", "a ", "" }, { "//: +0 frame ", "00", "\n" }, { "+0 > sctp: ", "[", "" },
        { "+0 > sctp: ", ";\n", "" }, { "", "`a`", "" }, { "+0 f()=0 (", "a", "" },
        { "", "+0 f()=0 ", "" }, { "", "+0 < icmp a [1:1(0)] ", "" }, { "", "\xff\xfe", "" },
        { "", "+0 < [", "" }, { "+0 < ", "ipv4 1.1.1.1 > 1.1.1.1: ", ". 1:1(0)" },
    };
    char *text = malloc(LARGE + 100);
    size_t i;

    (void)state;
    assert_non_null(text);
    for (i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        size_t length = strlen(inputs[i].head), step = strlen(inputs[i].repeated);
        struct script_error error;
        clock_t start = clock();

        memcpy(text, inputs[i].head, length);
        for (; length + step < LARGE; length += step)
            memcpy(text + length, inputs[i].repeated, step);
        memcpy(text + length, inputs[i].tail, strlen(inputs[i].tail) + 1);
        script_free(script_parse_text("t", text, length + strlen(inputs[i].tail), NULL, &error));
        if ((clock() - start) / CLOCKS_PER_SEC > SECONDS_MAX)
            fail_msg("%s%s... takes too long", inputs[i].head, inputs[i].repeated);
    }
    free(text);
}

static void too_many_bytes_are_refused(void **state)
{
    struct script_error error;
    char *text = calloc(1, (size_t)SCRIPT_FILE_BYTES_MAX + 1);

    (void)state;
    assert_non_null(text);
    assert_null(script_parse_text("t", text, (size_t)SCRIPT_FILE_BYTES_MAX + 1, NULL, &error));
    assert_string_equal(error.message, "the file is too large for a script");
    free(text);
}

/* ---- mutants of a script that uses the whole language ---- */

static uint32_t next_random(uint64_t *random)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*random >> 33);
}

static size_t insert(char *text, size_t length, size_t at, const char *piece, size_t piece_length)
{
    memmove(text + at + piece_length, text + at, length - at);
    memcpy(text + at, piece, piece_length);
    return length + piece_length;
}

/* Changes, removes, repeats or inserts a few bytes, or cuts the text. */
static size_t mutate(char *text, size_t length, uint64_t *random)
{
    static const char *const pieces[] = {
        "{", "}", "[", "]", "(", ")", "...", "<", ">", "`", "%{", "}%", "\"", "'", "//", "/*", "*/",
        "#ifdef X\n", "#else\n", "#endif\n", "//: on a\n", "0x", "-", "|", "=", ",", "+0", "~+1",
        "\n", "99999999999999999999", "\\", "{a(", "not ", "1<2<3 and ", "!", "/udp(1 > 2)",
    };
    uint32_t kind = next_random(random) % 16;
    size_t at = next_random(random) % length;
    char copy[32];
    size_t n = next_random(random) % sizeof copy;
    const char *piece = pieces[next_random(random) % (sizeof pieces / sizeof pieces[0])];

    if (kind == 0)
        return at + 1;
    if (kind < 4) {
        text[at] = (char)next_random(random);
        return length;
    }
    n = n < length - at ? n : length - at - 1;
    if (kind < 7) {
        memmove(text + at, text + at + n, length - at - n);
        return length - n;
    }
    if (kind < 10) {
        memcpy(copy, text + at, n);
        return insert(text, length, next_random(random) % length, copy, n);
    }
    return insert(text, length, at, piece, strlen(piece));
}

static void check_error(const struct script_error *error)
{
    char message[1024];

    assert_true(error->message[0] != '\0' && error->file[0] != '\0');
    assert_true(error->caret <= strlen(error->source));
    assert_true(script_error_format(error, message, sizeof message) < sizeof message);
}

/* A mutant that is a script must print, and read back as the same. */
static void check_script(const struct script *script)
{
    size_t length = script_print(script, NULL, NULL, 0);
    char *text = malloc(length + 1);
    struct script_error error;
    const char *difference;
    struct script *again;
    uint32_t event;

    assert_non_null(text);
    script_print(script, NULL, text, length + 1);
    again = script_parse_text("again", text, length, NULL, &error);
    if (!again)
        fail_msg("%u:%u: %s\n%s", error.line, error.column, error.message, text);
    difference = script_difference(script, again, &event);
    if (difference)
        fail_msg("event %u: %s\n%s", event, difference, text);
    script_free(again);
    free(text);
}

static void evaluate_all(const struct script *script)
{
    const struct script_event *event;
    const struct script_statement *statement;
    struct script_eval_error error;
    struct script_value value;
    char text[100];

    for (event = script->events; event; event = event->next) {
        for (statement = event->statements; statement; statement = statement->next) {
            if (!statement->value)
                continue;
            script_eval(statement->value, NULL, NULL, &value, &error);
            script_eval_text(statement->value, NULL, NULL, text, sizeof text);
        }
    }
}

static void mutants_are_scripts_or_errors(void **state)
{
    char whole[TEXT_MAX], text[TEXT_MAX];
    FILE *file = fopen(EVERYTHING, "rb");
    uint64_t random = 1;
    size_t whole_length;
    int i, changes, scripts = 0;

    (void)state;
    assert_non_null(file);
    whole_length = fread(whole, 1, TEXT_MAX / 2, file);
    fclose(file);
    for (i = 0; i < MUTANTS; i++) {
        size_t length = whole_length;
        struct script_error error;
        struct script *script;

        memcpy(text, whole, length);
        for (changes = 1 + (int)(next_random(&random) % 4); changes > 0; changes--)
            length = mutate(text, length, &random);
        script = script_parse_text("t", text, length, NULL, &error);
        scripts += script != NULL;
        if (!script) {
            check_error(&error);
            continue;
        }
        evaluate_all(script);
        if (!script->undefined)
            check_script(script);
        script_free(script);
    }
    assert_true(scripts > MUTANTS / 100);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_inputs_take_linear_time),
        cmocka_unit_test(too_many_bytes_are_refused),
        cmocka_unit_test(mutants_are_scripts_or_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
