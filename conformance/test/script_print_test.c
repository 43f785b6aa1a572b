/* SPDX-License-Identifier: BSD-2-Clause */
/* What is printed is read back as the same script; and who else could run it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "script/script.h"
#include "script/script_print.h"
#include "script/script_equal.h"

#define SCRIPTS ANVIL_SOURCE_DIR "/conformance/test/scripts/"

static const struct script_parse_options parse_options = { .given_path = SCRIPTS "given" };

static struct script *parse(const char *text)
{
    struct script_error error;
    struct script *script = script_parse_text("t", text, strlen(text), &parse_options, &error);

    if (!script)
        fail_msg("%u:%u: %s in %s", error.line, error.column, error.message, text);
    return script;
}

static char *print(const struct script *script, const struct script_print_options *options)
{
    size_t length = script_print(script, options, NULL, 0);
    char *text = malloc(length + 1);

    assert_non_null(text);
    assert_int_equal(script_print(script, options, text, length + 1), length);
    assert_int_equal(strlen(text), length);
    return text;
}

static void check_round_trip(struct script *script)
{
    char *text = print(script, NULL);
    struct script *again = parse(text);
    uint32_t event;
    const char *difference = script_difference(script, again, &event);

    if (difference)
        fail_msg("event %u: %s", event, difference);
    script_free(again);
    script_free(script);
    free(text);
}

static void every_form_is_read_back(void **state)
{
    struct script_error error;
    struct script *script = script_parse_file(SCRIPTS "good/everything.pkt", &parse_options,
                                              &error);

    (void)state;
    if (!script)
        fail_msg("%u:%u: %s", error.line, error.column, error.message);
    assert_int_equal(script->event_count, 37);
    check_round_trip(script);
}

static void odd_scripts_are_read_back(void **state)
{
    static const char *const scripts[] = {
        "//: given two_events\n+0 f() = 0\n",
        "// : odd.\n+0 f() = 0\n",
        "//\n// SPDX-odd\n// More.\n+0 f() = 0\n",
        "//\r\r odd.\n+0 f() = 0\n",
        "--a=\"x \\\" y\"\n--b=c=\"d e\"\n--c=\"\"\n+0 f() = 0\n",
        "+0 %{}%\n",
        "+0 %{\n\n}%\n",
        "+0 %{ a }} }%\n",
        "+0 ``\n",
        "0-1tick+2 > . 1:1(0)\n",
        "+0 f(-0x1, a=b=c|d, {a=b=c}) = -1 (x)\n",
        "+0 > . 1:1(0) <0x>\n",
        "//: on default\n+0 f() = 0\n",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
        check_round_trip(parse(scripts[i]));
}

static bool profile(void *context, const char *symbol, int64_t *us)
{
    (void)context;
    *us = strcmp(symbol, "MSL") == 0 ? 30000000 : 1;
    return strcmp(symbol, "RTO") != 0;
}

static void preambles_and_symbols_are_resolved(void **state)
{
    static const struct script_print_options options = { .lookup = profile };
    struct script *script = parse("// A case.\n//: given two_events\n--mtu=3\n#ifdef A\nx\n#endif\n"
                                  "+2MSL-1tick > . 1:1(0)\n+RTO f() = 0\n");
    char *text = print(script, &options);

    (void)state;
    assert_string_equal(text, "// A case.\n//: policy a=b\n--mtu=3\n\n"
                              "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 close(3) = 0\n"
                              "+59.999999 > . 1:1(0)\n+RTO f() = 0\n");
    free(text);
    script_free(script);
}

static void text_is_cut_at_the_end_of_the_buffer(void **state)
{
    struct script *script = parse("+0 > S. 0:0(0) ack 1 <mss 1460>\n");
    char whole[100], cut[100];
    size_t length = script_print(script, NULL, whole, sizeof whole);
    size_t size;

    (void)state;
    assert_int_equal(length, strlen(whole));
    for (size = 1; size <= length; size++) {
        memset(cut, 'x', sizeof cut);
        assert_int_equal(script_print(script, NULL, cut, size), length);
        assert_int_equal(strlen(cut), size - 1);
        assert_memory_equal(cut, whole, size - 1);
        assert_int_equal(cut[size], 'x');
    }
    script_free(script);
}

static void a_segment_made_by_a_program_is_printed(void **state)
{
    struct script_tcp_option mss = { .kind = SCRIPT_OPT_MSS, .number = 1460 };
    struct script_packet packet = {
        .outbound = true, .flags = SCRIPT_SYN | SCRIPT_ACK | SCRIPT_PSH,
        .seq = { .start = 1, .end = 3, .length = 2 }, .has_ack = true, .ack = 9, .has_win = true,
        .options = &mss, .option_count = 1,
    };
    char out[100];

    (void)state;
    script_print_packet(&packet, out, sizeof out);
    assert_string_equal(out, "> SP. 1:3(2) ack 9 win 0 <mss 1460>");
    packet.flags = 0;
    packet.options = NULL;
    script_print_packet(&packet, out, sizeof out);
    assert_string_equal(out, "> - 1:3(2) ack 9 win 0");
}

struct case_of_others {
    const char *text;
    unsigned runs;
    const char *problems;
};

static void join(void *context, const struct script_pos *pos, const char *what, unsigned lacks)
{
    char *problems = context;

    (void)lacks;
    assert_true(pos->line > 0);
    strncat(problems, what, 200);
    strncat(problems, ";", 2);
}

static void it_is_known_who_could_run_a_script(void **state)
{
    enum { GOOGLE = SCRIPT_UPSTREAM_GOOGLE, NPLAB = SCRIPT_UPSTREAM_NPLAB };
    static const struct case_of_others cases[] = {
        { "+0 f() = 0\n//: exact\n//: covers MUST-1\n", GOOGLE | NPLAB, "" },
        { "//: iss 3\n//: irs 4\n//: clock 3\n//: policy a=b\n//: prefer c=d\n+0 f() = 0\n", 0,
          "iss;irs;clock;policy;prefer;" },
        { "//: iss own\n+0 f() = 0\n", GOOGLE | NPLAB, "" },
        { "//: conn a 1 > 2\n//: on a\n+0 f() = 0\n+0 f() = 0\n", 0,
          "conn;several connections (on);" },
        { "+2MSL > . 1:1(0)\n", 0, "symbolic times;" },
        { "//: +0 frame 00\n//: +0 step x\n//: quiet 3\n", 0, "frame;step;quiet;" },
        { "+0 > . 1:1(0)!\n", NPLAB, "absolute sequence numbers;" },
        { "+0 > . 1:1(0) <FOEXP>\n", GOOGLE, "FOEXP;" },
        { "+0 > . 1:1(0) <gen-7 00>\n", NPLAB, "options by number;" },
        { "+0 > 1.2.3.4:5 > 6 . 1:1(0)\n", 0, "addresses in front of the flags;" },
        { "+0 > . 1:1(0) <mss MSS>\n", 0, "names without a value;" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct script *script = parse(cases[i].text);
        char problems[300] = "";

        assert_int_equal(script_upstream(script, NULL, join, problems), cases[i].runs);
        assert_string_equal(problems, cases[i].problems);
        script_free(script);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_read_back),
        cmocka_unit_test(odd_scripts_are_read_back),
        cmocka_unit_test(preambles_and_symbols_are_resolved),
        cmocka_unit_test(text_is_cut_at_the_end_of_the_buffer),
        cmocka_unit_test(a_segment_made_by_a_program_is_printed),
        cmocka_unit_test(it_is_known_who_could_run_a_script),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
