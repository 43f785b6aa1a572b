/* SPDX-License-Identifier: BSD-2-Clause */
/* Bad scripts: the message, and the place it points to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "script/script.h"

#define SCRIPTS ANVIL_SOURCE_DIR "/conformance/test/scripts/"

struct bad {
    const char *text;
    const char *message;               /* line:column: message */
};

static const struct bad bad_lines[] = {
    { "", "1:1: the script is empty" },
    { " \n\t\n", "1:1: the script is empty" },
    { "// x\n--mtu=3\n", "1:1: the script has no events" },
    { "hello", "1:1: expected an event, which begins with a time, found 'hello'" },
    { "+0", "1:3: expected a packet, a call, a command or code, found the end of the file" },
    { "+0 \xff", "1:4: expected a packet, a call, a command or code, found the byte 0xff" },
    { "+x! f() = 0", "1:3: expected a packet, a call, a command or code, found '!'" },
    { "-1 f() = 0", "1:1: expected an event, which begins with a time, found '-'" },
    { "0-1 f() = 0", "1:1: a time cannot be negative" },
    { "99999999999999 f() = 0", "1:1: this time is out of range" },
    { "+9999999999h f() = 0", "1:2: this time is out of range" },
    { "+1a+1b+1c+1d+1e+1f+1g+1i+1j f() = 0", "1:26: more than 8 symbols in a time" },
    { "+2~+1 > . 1:1(0)", "1:1: this time range is backwards" },
    { "+0~0.1 > . 1:1(0)", "1:4: expected '+', found '0'" },
    { "+1...0.5 f() = 0", "1:1: this call would end before it begins" },
    { "* < . 1:1(0)", "1:1: the time * is for outbound packets only" },
    { "+0 f() = 0\n* f() = 0", "2:1: the time * is for outbound packets only" },
    { "0~1 f() = 0", "1:1: a time range is for outbound packets only" },
    { "+0...1 > . 1:1(0)", "1:1: only a call can have an end time" },
    { "+0 < X 1:1(0)", "1:6: not a TCP flag: one of S F R P . U E W A, an ACE digit, or -" },
    { "+0 < SE5 1:1(0)", "1:8: ECN flags and an ACE digit exclude each other" },
    { "+0 < 1:1(0)", "1:6: not an address: 1:1" },
    { "+0 < . 1:5(3)", "1:8: 1:5 is not 3 bytes long" },
    { "+0 < . 1:1", "1:11: expected '(', found the end of the file" },
    { "+0 < . 4294967296:0(0)", "1:8: a sequence number is out of range: at most 4294967295" },
    { "+0 < . 0:65536(65536)", "1:16: the length of the segment's text is out of range: at most "
      "65535" },
    { "+0 < . 1:1(0) win 65536", "1:19: the window is out of range: at most 65535" },
    { "+0 < . 1:1(0) ack -1", "1:19: expected the acknowledgment number, found '-'" },
    { "+0 < . 1:1(0) ack 1x", "1:19: expected the acknowledgment number, found '1x'" },
    { "+0 < . 1:1(0) <...>", "1:15: <...> can stand in an outbound packet only" },
    { "+0 < . 1:1(0) <mss>", "1:19: expected the mss, found '>'" },
    { "+0 < . 1:1(0) <mss 65536>", "1:20: the mss is out of range: at most 65535" },
    { "+0 < . 1:1(0) <foo>", "1:16: expected a TCP option, found 'foo'" },
    { "+0 < . 1:1(0) <mss 1 nop>", "1:22: expected '>', found 'nop'" },
    { "+0 < . 1:1(0) <FO abc>", "1:19: an odd number of hexadecimal digits" },
    { "+0 < . 1:1(0) <FO abxd>", "1:21: not a hexadecimal digit" },
    { "+0 < . 1:1(0) <sack 1:2 3:4 5:6 7:8 9:10>", "1:37: more than 4 SACK blocks" },
    { "+0 < . 1:1(0) <TS 1>", "1:19: expected 'val', found '1'" },
    { "+0 < [foo] . 1:1(0)",
      "1:7: expected an ECN mark, tos, dscp, ttl or flowlabel, found 'foo'" },
    { "+0 < [ect0, ce] . 1:1(0)", "1:15: the traffic class is given twice" },
    { "+0 < [ect01] . 1:1(0)", "1:6: [ect01] can stand in an outbound packet only" },
    { "+0 < 70000 > 1 . 1:1(0)", "1:6: a port is out of range: at most 65535" },
    { "+0 < 1.2.3.999:1 > 1 . 1:1(0)", "1:6: not an address: 1.2.3.999" },
    { "+0 < icmp", "1:10: expected an ICMP type, found the end of the file" },
    { "+0 < icmp unreachable [1:2(3)]", "1:24: 1:2 is not 3 bytes long" },
    { "+0 f(1,) = 0", "1:8: expected a value, found ')'" },
    { "+0 f(1 2) = 0", "1:8: expected ')', found '2'" },
    { "+0 f(1 = 0", "1:8: expected ')', found '='" },
    { "+0 f = 0", "1:6: expected '(', found '='" },
    { "+0 f()", "1:7: expected '=', found the end of the file" },
    { "+0 f() =\n", "2:1: expected a value, found the end of the file" },
    { "+0 f(9223372036854775808) = 0", "1:6: this number is out of range" },
    { "+0 f(0x10000000000000000) = 0", "1:6: this number is out of range" },
    { "+0 f(12ab) = 0", "1:6: not a number" },
    { "+0 f(1.2.3) = 0", "1:6: not a number" },
    { "+0 f(\"abc) = 0", "1:6: this string is not closed by \"" },
    { "+0 f(\"a\\q\") = 0", "1:8: unknown escape in a string" },
    { "+0 f({a=}) = 0", "1:9: expected a value, found '}'" },
    { "+0 f() = -1 EAGAIN (x\n", "1:21: this note is not closed by )" },
    { "+0 f() = 0 $", "1:12: expected an event, which begins with a time, found '$'" },
    { "+0 `abc", "1:4: this command is not closed by `" },
    { "+0 %{ assert 1", "1:4: this code is not closed by }%" },
    { "/* abc", "1:1: this comment is not closed by */" },
    { "+0 f() = 0\n--mtu=3", "2:1: options must stand before the first event" },
    { "+0 f() = 0\n`a`\n+0 f() = 0", "2:1: a command behind the first event needs a time" },
    { "--=3", "1:3: expected the name of an option, found '='" },
    { "--a=\n", "1:5: expected a value, found the end of the line" },
    { "#ifdef A\n+0 f() = 0\n", "1:1: this #ifdef has no #endif" },
    { "#endif\n", "1:1: #endif without #ifdef" },
    { "#else\n", "1:1: #else without #ifdef" },
    { "#ifdef\n", "1:7: expected a name after #ifdef, found the end of the line" },
    { "#ifndef A\n#else\n#else\n#endif\n", "3:1: a second #else" },
    { "#include <x>\n", "1:1: #include is not supported" },
    { "//: foo\n", "1:5: expected a directive: covers, given, iss, irs, clock, exact, conn, on, "
      "policy, prefer, unclaimed, own, choice, pieces, or, may, quiet, or a time, found 'foo'" },
    { "//: or > R 1:1(0)\n", "1:7: 'or' needs an outbound packet or an assertion in front of it" },
    { "+0 < R 1:1(0)\n//: or > R 1:1(0)\n",
      "2:7: 'or' needs an outbound packet or an assertion in front of it" },
    { "+0 > R 1:1(0)\n//: or\n",
      "2:7: expected a packet, an assertion or 'nothing', found the end of the line" },
    { "+0 > R 1:1(0)\n//: or < R 1:1(0)\n",
      "2:8: this is of another kind than what it stands for" },
    { "+0 > R 1:1(0)\n//: or > R 1:2(0)\n", "2:12: 1:2 is not 0 bytes long" },
    { "+0 > R 1:1(0)\n//: or > R 1:1(0) 7\n", "2:19: expected the end of the line, found '7'" },
    { "//: may < R 1:1(0)\n", "1:5: 'may' needs an outbound packet" },
    { "//: * may > R 1:1(0)\n", "1:5: only an absolute or relative time can stand here" },
    { "//: exact no\n", "1:11: expected the end of the line, found 'no'" },
    { "//: iss 4294967296\n", "1:9: a sequence number is out of range: at most 4294967295" },
    { "//: iss\n3", "1:8: expected a sequence number, found the end of the line" },
    { "//: covers\n", "1:11: expected an id, found the end of the line" },
    { "//: policy a\n", "1:13: expected '=', found the end of the line" },
    { "//: on x\n", "1:8: no connection is named x" },
    { "//: conn a 1 > 2\n//: conn a 1 > 2\n", "2:10: the connection a is named twice" },
    { "//: conn a 1\n", "1:13: expected '>', found the end of the line" },
    { "//: given x\n", "1:11: there is no folder of preambles to take x from" },
    { "//: given ../x\n", "1:11: the name of a preamble has letters, digits, _ and - only" },
    { "//: +0 frame 4\n", "1:14: an odd number of hexadecimal digits" },
    { "--define=A=\"\n5\"\n//: +0 frame A\n", "3:14: an odd number of hexadecimal digits" },
    { "--define=ZZ=/**/ZZ\n//: +0 frame ZZ\n", "2:18: not a hexadecimal digit" },
    { "//: +0 frame\n", "1:13: expected hexadecimal digits, found the end of the line" },
    { "//: +0 frame 0x\n", "1:5: the frame has no bytes; a name in it may have no value" },
    { "--define=ZERO=\n//: +0 frame ZERO\n",
      "2:5: the frame has no bytes; a name in it may have no value" },
    { "//: +0 stop\n", "1:8: expected frame, step, quiet or may, found 'stop'" },
    { "//: * frame 00\n", "1:5: only an absolute or relative time can stand here" },
    { "+0 > PP. 1:2(1) ack 1\n", "1:7: this flag stands here twice" },
    { "+0 < F. . 1:1(0) ack 1\n", "1:9: this flag stands here twice" },
    { "+0 > P 1:2(1) ack 1\n", "1:15: ack needs the flag . before it" },
    { "+0 > P. 1:2(1) ack 1 urg 1\n", "1:22: urg needs the flag U before it" },
    { "//: quiet\n", "1:10: expected a time, found the end of the line" },
    { "//: unclaimed maybe\n", "1:15: expected 'fail' or 'ignore', found 'maybe'" },
    { "//: exact\n+0 < S 0:0(0) <mss MSS>\n", "2:20: MSS is not defined" },
    { "+0 f(1 //: exact\n) = 0", "1:8: expected ')', found a directive" },
};

static void check(const char *text, size_t length, const char *expected)
{
    struct script_error error;
    struct script *script = script_parse_text("t", text, length, NULL, &error);
    char message[sizeof error.message + 32];

    assert_null(script);
    snprintf(message, sizeof message, "%lu:%lu: %s", (unsigned long)error.line,
             (unsigned long)error.column, error.message);
    assert_string_equal(message, expected);
}

static void each_mistake_has_its_message_and_place(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad_lines / sizeof bad_lines[0]; i++)
        check(bad_lines[i].text, strlen(bad_lines[i].text), bad_lines[i].message);
    check("+0 f()\0 = 0", 11, "1:7: the byte 0x00: this is no text file");
}

static void a_message_shows_the_line_and_a_caret(void **state)
{
    static const char text[] = "// A case.\n+0\tf(1 2) = 0\n";
    struct script_error error;
    char message[256];
    size_t length;

    (void)state;
    assert_null(script_parse_text("dir/t.pkt", text, sizeof text - 1, NULL, &error));
    length = script_error_format(&error, message, sizeof message);
    assert_string_equal(message, "dir/t.pkt:2:8: expected ')', found '2'\n"
                                 "+0 f(1 2) = 0\n"
                                 "       ^\n");
    assert_int_equal(length, strlen(message));
}

static void a_long_line_is_shown_around_the_caret(void **state)
{
    char text[5000];
    struct script_error error;

    (void)state;
    memset(text, ' ', sizeof text);
    memcpy(text, "+0", 2);
    text[4000] = '!';
    assert_null(script_parse_text("t", text, sizeof text, NULL, &error));
    assert_int_equal(error.column, 4001);
    assert_int_equal(error.source[error.caret], '!');
    assert_true(strlen(error.source) <= SCRIPT_SOURCE_LINE_MAX);
}

struct bad_file {
    const char *name;
    const char *message;
};

static void bad_files_have_messages_too(void **state)
{
    static const struct bad_file files[] = {
        { "bad/empty.pkt", "the script is empty" },
        { "bad/no_events.pkt", "the script has no events" },
        { "bad/binary.pkt", "the byte 0x00: this is no text file" },
        { "bad/arguments.pkt", "expected ')', found '='" },
        { "bad/open_comment.pkt", "this comment is not closed by */" },
        { "bad/open_string.pkt", "this string is not closed by \"" },
        { "bad/unknown_directive.pkt", NULL },
        { "bad/window_too_large.pkt", "the window is out of range: at most 65535" },
        { "bad/wrong_length.pkt", "1:10 is not 5 bytes long" },
        { "bad", "is a directory" },
        { "bad/there_is_no_such_file.pkt", "No such file or directory" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct script_error error;
        char path[1024];

        snprintf(path, sizeof path, "%s%s", SCRIPTS, files[i].name);
        assert_null(script_parse_file(path, NULL, &error));
        if (files[i].message)
            assert_string_equal(error.message, files[i].message);
    }
}

/* ---- preambles ---- */

static struct script *parse_given(const char *text, struct script_error *error)
{
    static const struct script_parse_options options = { .given_path = SCRIPTS "given" };

    return script_parse_text("t", text, strlen(text), &options, error);
}

static void a_preamble_comes_in_place_of_its_line(void **state)
{
    struct script_error error;
    struct script *script = parse_given("// A case.\n//: given nested\n--mtu=3\n`init`\n"
                                        "+1 f() = 0\n", &error);
    const struct script_event *event;

    (void)state;
    assert_non_null(script);
    assert_int_equal(script->event_count, 4);
    event = script->events;
    assert_string_equal(event->call->name, "socket");
    assert_string_equal(event->given, "two_events");
    assert_string_equal(event->next->next->call->name, "listen");
    assert_string_equal(event->next->next->given, "nested");
    assert_null(event->next->next->next->given);
    assert_string_equal(script->sentence, "A case.");
    assert_null(script->covers);
    assert_string_equal(script->policies->name, "a");
    assert_string_equal(script->given->name, "nested");
    assert_string_equal(script->given->next->name, "two_events");
    script_free(script);
}

static void preambles_that_cannot_be_included_are_errors(void **state)
{
    static const struct { const char *text, *file, *message; } cases[] = {
        { "//: given itself\n", "itself.pkt", "itself includes itself" },
        { "//: given ping\n", "pong.pkt", "ping includes itself" },
        { "//: given mistaken\n", "mistaken.pkt", "expected ')', found '='" },
    };
    struct script_error error;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_null(parse_given(cases[i].text, &error));
        assert_string_equal(error.message, cases[i].message);
        assert_string_equal(strrchr(error.file, '/') + 1, cases[i].file);
    }
    assert_null(parse_given("//: given nowhere\n", &error));
    assert_non_null(strstr(error.message, "the preamble nowhere cannot be read: "));
    assert_int_equal(error.column, 11);
}

static void a_file_that_includes_itself_is_an_error(void **state)
{
    static const struct script_parse_options options = { .given_path = SCRIPTS "given" };
    struct script_error error;

    (void)state;
    assert_null(script_parse_file(SCRIPTS "given/itself.pkt", &options, &error));
    assert_string_equal(error.message, "itself includes itself");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_has_its_message_and_place),
        cmocka_unit_test(a_message_shows_the_line_and_a_caret),
        cmocka_unit_test(a_long_line_is_shown_around_the_caret),
        cmocka_unit_test(bad_files_have_messages_too),
        cmocka_unit_test(a_preamble_comes_in_place_of_its_line),
        cmocka_unit_test(preambles_that_cannot_be_included_are_errors),
        cmocka_unit_test(a_file_that_includes_itself_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
