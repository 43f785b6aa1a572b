/* SPDX-License-Identifier: BSD-2-Clause */
/* Good scripts and the fields they give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "script/script.h"
#include "script/script_print.h"

/* Parses text that must be a script; fails the test with the message otherwise. */
static struct script *parse(const char *text)
{
    struct script_error error;
    struct script *script = script_parse_text("t.pkt", text, strlen(text), NULL, &error);
    char message[1024];

    if (script)
        return script;
    script_error_format(&error, message, sizeof message);
    fail_msg("%s", message);
    return NULL;
}

struct line {
    const char *sentence;
    const char *written;
    const char *printed;             /* NULL: as written */
};

/* What a line means shows in how it is printed; the fields of a few are looked at below. */
static const struct line lines[] = {
    { "relative time without a zero", "+.1 < . 1:1(0) ack 1", "+0.1 < . 1:1(0) ack 1" },
    { "absolute time", "0.500 > . 1:1(0) ack 1", "0.5 > . 1:1(0) ack 1" },
    { "any time", "* > F. 1:1(0) ack 1", NULL },
    { "a range", "+.3~+.310 > . 1:1(0)", "+0.3~+0.31 > . 1:1(0)" },
    { "an absolute range", "1~2 > . 1:1(0)", NULL },
    { "a blocking call", "+0...0.300 write(4, ..., 61000) = 61000",
      "+0...0.3 write(4, ..., 61000) = 61000" },
    { "a symbol with a coefficient", "+2MSL > . 1:1(0)", NULL },
    { "a symbol without one", "+RTO-tick > . 1:1(0)", NULL },
    { "a fraction of a symbol", "+0.5RTO+3ms > . 1:1(0)", "+0.003+0.5RTO > . 1:1(0)" },
    { "units", "+2min+1s-1us close(3) = 0", "+120.999999 close(3) = 0" },
    { "blanks inside a time", "+ 0.1 ~ + 0.2 > . 1:1(0)", "+0.1~+0.2 > . 1:1(0)" },
    { "no flags", "+0 < - 0:0(0) win 5", NULL },
    { "flags in any order", "+0 < .FPU 1:1(0) ack 1 urg 3", NULL },
    { "a dot that stands apart", "+0 < F . 1:1(0) ack 1", NULL },
    { "an ACE number", "+0 < P.5 1:2(1) ack 1", NULL },
    { "options with blanks", "+0 < S 0:0(0) win 1 <mss 1460 ,  sackOK,nop>",
      "+0 < S 0:0(0) win 1 <mss 1460,sackOK,nop>" },
    { "SACK blocks", "+0 > . 1:1(0) ack 1 <nop,nop,sack 11:21 31:41>", NULL },
    { "cookies", "+0 < S 0:0(0) <FO 0011aAbB,FO,FOEXP abcd>",
      "+0 < S 0:0(0) <FO 0011aabb,FO,FOEXP abcd>" },
    { "numbered options", "+0 < S 0:0(0) <gen-254 f989,exp-f98 00,exp-tarr 3>",
      "+0 < S 0:0(0) <gen-254 f989,gen-254 0f9800,gen-254 00ac06>" },
    { "accurate ECN", "+0 < S 0:0(0) <ECN e0b 1 ceb 2 e1b 3,AccECN1>",
      "+0 < S 0:0(0) <gen-172 000001000002000003,gen-174>" },
    { "ports", "+0 < 8080 > 9090 . 1:1(0) ack 1", NULL },
    { "addresses", "+0 < 10.0.0.1:80 > [2001:db8::1]:90 . 1:1(0) ack 1", NULL },
    { "an address that looks like an ECN mark", "+0 < [ce::]:1 > [::1]:2 . 1:1(0)", NULL },
    { "ECN", "+0 > (ect01) . 1:1(0)", "+0 > [ect01] . 1:1(0)" },
    { "DSCP and ECN", "+0 > [dscp ef, ecn ce] . 1:1(0)", "+0 > [tos 0xbb] . 1:1(0)" },
    { "a hop limit", "+0 > [hlim 3] . 1:1(0)", "+0 > [ttl 3] . 1:1(0)" },
    { "sequence numbers that wrap", "+0 < . 4294967295:0(1) ack 1", NULL },
    { "absolute numbers", "+0 < . 7:7(0)! ack 9! <TS val ... ecr 3!>", NULL },
    { "any sequence number", "+0 > . ...(10) ack 1", NULL },
    { "the older form of a quote", "+0 < [1:2(1)] icmp unreachable frag_needed mtu 9",
      "+0 < icmp unreachable frag_needed mtu 9 [1:2(1)]" },
    { "a quoted segment in UDP", "+0 < icmp unreachable port_unreachable [1:2(1)/udp(3 > 4)]",
      NULL },
    { "ICMP without a code", "+0 < icmp packet_too_big mtu 1400 [0:10(10)]", NULL },
    { "another protocol", "+0 > sctp: A[b,\n c];\n D[]", NULL },
    { "hexadecimal results", "+0 fcntl(3, F_GETFL) = 0x2 (flags O_RDWR)", NULL },
    { "a symbol and a note", "+0 fcntl(3, F_GETFL) = O_RDWR (flags)", NULL },
    { "an error and its text", "+0 f() = -1 EAGAIN (try  again )",
      "+0 f() = -1 EAGAIN (try  again)" },
    { "an error alone", "+0 f() = -1 EAGAIN", NULL },
    { "numbers", "+0 f(-1, 0xffffffffffffffff, -0.5, .5) = ...", NULL },
    { "the largest and smallest", "+0 f(9223372036854775807, -9223372036854775808) = 0", NULL },
    { "escapes", "+0 f(\"\\x41\\n\\\"\\\\\\x01\") = 0", "+0 f(\"A\\n\\\"\\\\\\x01\") = 0" },
    { "structures in lists", "+0 f([{a=1,b={c=[]}},{}]) = 0",
      "+0 f([{a=1, b={c=[]}}, {}]) = 0" },
    { "fields with an argument", "+0 f({msg_iov(2)=[{..., 1}]}) = 0", NULL },
    { "flags that are joined", "+0 f(A | B|0x4) = 0", "+0 f(A|B|0x4) = 0" },
    { "functions", "+0 f({sin_port=htons(80), sin_addr=inet_addr(\"1.2.3.4\")}) = 0", NULL },
    { "a call over two lines", "+0 f(1, // one\n 2) = 0", "+0 f(1, 2) = 0" },
    { "a command", "+0 `echo \\`x\\` // not a comment`", NULL },
    { "a frame", "//: +1 frame 45 00\t0a", "//: +1 frame 45000a" },
    { "a frame of names", "--define=ZZ=4500000000\n//: +1 frame ZZ ZZ 0x01 ZZ",
      "//: +1 frame 45000000004500000000014500000000" },
    { "a step", "//: +1 step  drop  all ", "//: +1 step drop  all" },
    { "quiet without a time", "//: quiet 3MSL", "//: +0 quiet 3MSL" },
};

/* Prints a script of one event, which stands behind the first empty line. */
static const char *print_event(const struct script *script, char *out, size_t size)
{
    size_t length = script_print(script, NULL, out, size);
    const char *empty = out[0] == '\n' ? out : strstr(out, "\n\n") + 1;

    assert_true(length > 0 && length < size);
    out[length - 1] = '\0';
    return empty + 1;
}

static void prints_each_line_in_its_plain_form(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct script *script = parse(lines[i].written);
        char out[512];
        const char *expected = lines[i].printed ? lines[i].printed : lines[i].written;
        const char *printed = print_event(script, out, sizeof out);

        if (strcmp(printed, expected) != 0)
            print_error("%s\n", lines[i].sentence);
        assert_string_equal(printed, expected);
        assert_int_equal(script->event_count, 1);
        script_free(script);
    }
}

static void a_segment_has_its_fields(void **state)
{
    struct script *script = parse("+0 < [ect0] S.E 5:105(100) ack 7 win 8 urg 9 "
                                  "<mss 1460,sack 1:2,TS val 3 ecr 4,gen-77 0102>");
    const struct script_packet *packet = script->events->packet;
    const struct script_tcp_option *option = packet->options;

    (void)state;
    assert_false(packet->outbound);
    assert_int_equal(packet->flags, SCRIPT_SYN | SCRIPT_ACK | SCRIPT_ECE);
    assert_int_equal(packet->seq.start, 5);
    assert_int_equal(packet->seq.end, 105);
    assert_int_equal(packet->seq.length, 100);
    assert_true(packet->has_ack && packet->has_win && packet->has_urg);
    assert_int_equal(packet->ack, 7);
    assert_int_equal(packet->win, 8);
    assert_int_equal(packet->urg, 9);
    assert_int_equal(packet->ip.tos_check, SCRIPT_TOS_ECN);
    assert_int_equal(packet->ip.tos, 2);
    assert_int_equal(packet->option_count, 4);
    assert_int_equal(option->number, 1460);
    assert_int_equal(option->next->sack[0].right, 2);
    assert_int_equal(option->next->next->ts_ecr, 4);
    assert_int_equal(option->next->next->next->kind, SCRIPT_OPT_RAW);
    assert_int_equal(option->next->next->next->bytes[1], 2);
    script_free(script);
}

static void the_ace_number_sets_its_three_flags(void **state)
{
    struct script *script = parse("+0 < .5 1:1(0) ack 1");

    (void)state;
    assert_true(script->events->packet->has_ace);
    assert_int_equal(script->events->packet->ace, 5);
    assert_int_equal(script->events->packet->flags, SCRIPT_ACK | SCRIPT_AE | SCRIPT_ECE);
    script_free(script);
}

static void no_window_and_no_ack_are_told_apart_from_zero(void **state)
{
    struct script *script = parse("+0 > R 0:0(0)\n+0 > R. 0:0(0) ack 0 win 0");
    const struct script_event *event = script->events;

    (void)state;
    assert_false(event->packet->has_ack || event->packet->has_win);
    assert_true(event->next->packet->has_ack && event->next->packet->has_win);
    script_free(script);
}

static void a_call_has_its_fields(void **state)
{
    struct script *script = parse("+0...0.2 recvmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 9}]"
                                  ", msg_flags=MSG_PEEK|MSG_OOB}, 0) = -1 EAGAIN (Try again)");
    const struct script_call *call = script->events->call;
    const struct script_expr *message = call->arguments->next;
    const struct script_expr *iov = script_expr_field(message, "msg_iov");

    (void)state;
    assert_true(script->events->time.blocking);
    assert_int_equal(script->events->time.block_end.us, 200000);
    assert_string_equal(call->name, "recvmsg");
    assert_int_equal(call->argument_count, 3);
    assert_int_equal(message->kind, SCRIPT_EXPR_STRUCT);
    assert_int_equal(iov->kind, SCRIPT_EXPR_LIST);
    assert_int_equal(iov->argument->integer, 1);
    assert_int_equal(iov->items->items->next->integer, 9);
    assert_int_equal(script_expr_field(message, "msg_flags")->op, SCRIPT_OP_OR_BITS);
    assert_null(script_expr_field(message, "msg_control"));
    assert_int_equal(call->result->integer, -1);
    assert_string_equal(call->errno_name, "EAGAIN");
    assert_string_equal(call->note, "Try again");
    script_free(script);
}

static void strings_may_contain_zeros_and_be_open(void **state)
{
    struct script *script = parse("+0 f(\"a\\x00b\" \"c\"...) = 0");
    const struct script_expr *text = script->events->call->arguments;

    (void)state;
    assert_int_equal(text->length, 4);
    assert_memory_equal(text->text, "a\0bc", 5);
    assert_true(text->open);
    script_free(script);
}

static void times_are_exact(void **state)
{
    static const struct { const char *written; int64_t us; } times[] = {
        { "0.29", 290000 }, { "0.000001", 1 }, { "0.0000019", 1 }, { "1", 1000000 },
        { "9000000000.000001", 9000000000000001 }, { "10ms", 10000 }, { "2h", 7200000000 },
        { "1.5us", 1 }, { "1.5s", 1500000 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof times / sizeof times[0]; i++) {
        char line[64];
        struct script *script;

        snprintf(line, sizeof line, "%s close(3) = 0", times[i].written);
        script = parse(line);
        assert_int_equal(script->events->time.start.us, times[i].us);
        script_free(script);
    }
}

static bool msl_is_a_minute(void *context, const char *symbol, int64_t *us)
{
    (void)context;
    *us = strcmp(symbol, "MSL") == 0 ? 60000000 : 1;
    return strcmp(symbol, "MSL") == 0 || strcmp(symbol, "tick") == 0;
}

static void symbols_of_times_are_resolved_by_the_caller(void **state)
{
    struct script *script = parse("+2MSL-1tick > . 1:1(0)\n+0.5RTO > . 1:1(0)");
    const struct script_event *event = script->events;
    const char *unknown = NULL;
    int64_t us = 0;

    (void)state;
    assert_true(script_amount_resolve(&event->time.start, msl_is_a_minute, NULL, &us, &unknown));
    assert_int_equal(us, 119999999);
    event = event->next;
    assert_false(script_amount_resolve(&event->time.start, msl_is_a_minute, NULL, &us, &unknown));
    assert_string_equal(unknown, "RTO");
    script_free(script);
}

static void events_know_where_they_stand(void **state)
{
    struct script *script = parse("// A case.\n\n  +0 close(3) = 0 \r\n/* x\n */ +1 close(4) = 0");
    const struct script_event *event = script->events;

    (void)state;
    assert_int_equal(event->pos.line, 3);
    assert_int_equal(event->pos.column, 3);
    assert_int_equal(event->source_length, 15);
    assert_memory_equal(event->source, "+0 close(3) = 0", 15);
    assert_int_equal(event->next->pos.line, 5);
    assert_int_equal(event->next->pos.column, 5);
    assert_string_equal(event->pos.file, "t.pkt");
    script_free(script);
}

static void the_first_comment_is_the_sentence(void **state)
{
    static const char *const scripts[][2] = {
        { "// One. Two.\n", "One." },
        { "// SPDX-License-Identifier: MIT\n// One goes\n//   on.\n// Two.\n", "One goes on." },
        { "//\n// One goes\n// on\n//\n// Two.\n", "One goes on" },
        { "/* One\n * goes on. Two. */\n", "One goes on." },
        { "# One with 0.5 s\n", "One with 0.5 s" },
        { "// Is it?\n//: exact\n", "Is it?" },
        { "//: exact\n// After a directive.\n", "After a directive." },
        { "", "" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        char text[256];
        struct script *script;

        snprintf(text, sizeof text, "%s+0 close(3) = 0\n// Late.\n", scripts[i][0]);
        script = parse(text);
        assert_string_equal(script->sentence, scripts[i][1]);
        script_free(script);
    }
}

static void the_target_may_choose_its_numbers(void **state)
{
    struct script *script = parse("//: iss 7\n//: iss own\n+0 > . 1:1(0)\n");

    (void)state;
    assert_true(script->own && script->own_iss && !script->has_iss);
    script_free(script);
    script = parse("//: iss own\n//: iss 7\n+0 > . 1:1(0)\n");
    assert_true(!script->own_iss && script->has_iss);
    script_free(script);
}

static void directives_fill_the_script(void **state)
{
    struct script *script = parse("//: covers MUST-1, S2\n//: iss 0xffffffff\n//: clock 2MSL\n"
                                  "//: exact\n//: irs 7\n//: policy a.b=c\n//: prefer d=e\n"
                                  "//: unclaimed ignore\n"
                                  "//: conn x 1.2.3.4:80 > 90\n//: on x\n+0 > . 1:1(0)\n"
                                  "//: on default\n+0 > . 1:1(0)\n");

    (void)state;
    assert_true(script->own && script->exact && script->has_iss && script->has_clock);
    assert_string_equal(script->covers->next->name, "S2");
    assert_int_equal(script->iss, 0xffffffff);
    assert_true(script->has_irs && script->irs == 7);
    assert_false(script->own_iss);
    assert_int_equal(script->clock.term_count, 1);
    assert_string_equal(script->policies->name, "a.b");
    assert_string_equal(script->policies->value, "c");
    assert_string_equal(script->prefers->name, "d");
    assert_string_equal(script->prefers->value, "e");
    assert_int_equal(script->unclaimed, SCRIPT_UNCLAIMED_IGNORE);
    assert_int_equal(script_conn(script, "x")->local.port, 80);
    assert_int_equal(script_conn(script, "x")->remote.address.family, 0);
    assert_string_equal(script->events->conn, "x");
    assert_null(script->events->next->conn);
    script_free(script);
}

static void a_comment_that_resembles_a_directive_stays_a_comment(void **state)
{
    struct script *script = parse("//::: covers MUST-1\n//:-)\n+0 close(3) = 0\n");

    (void)state;
    assert_false(script->own);
    script_free(script);
}

static void timed_directives_are_events(void **state)
{
    struct script *script = parse("//: +0.5 frame 4500\n//: 2 step drop it\n//: quiet 3\n");
    const struct script_event *event = script->events;

    (void)state;
    assert_int_equal(event->kind, SCRIPT_EVENT_FRAME);
    assert_int_equal(event->frame_length, 2);
    assert_int_equal(event->frame[0], 0x45);
    assert_int_equal(event->next->kind, SCRIPT_EVENT_STEP);
    assert_int_equal(event->next->time.kind, SCRIPT_TIME_ABSOLUTE);
    assert_string_equal(event->next->text, "drop it");
    assert_int_equal(event->next->next->quiet.us, 3000000);
    script_free(script);
}

static void options_and_untimed_commands_are_kept(void **state)
{
    struct script *script = parse("--mtu=1\n--mtu = 2\n--flag\n--x=\"a b\"\n`one\ntwo`\n`three`\n"
                                  "+0 close(3) = 0\n`after`\n");

    (void)state;
    assert_string_equal(script_option(script, "mtu")->value, "2");
    assert_null(script_option(script, "flag")->value);
    assert_string_equal(script_option(script, "x")->value, "a b");
    assert_null(script_option(script, "none"));
    assert_string_equal(script->init->name, "one\ntwo");
    assert_string_equal(script->init->next->name, "three");
    assert_string_equal(script->cleanup, "after");
    script_free(script);
}

static void conditions_choose_lines(void **state)
{
    static const char text[] = "#ifdef A\n+1 a() = 0\n#ifdef B\n+2 b() = 0\n#else\n+3 c() = 0\n"
                               "#endif\n#else\n#ifdef A\n#endif\nnonsense\n#endif\n"
                               "#ifndef A\nnonsense\n#endif\n";
    static const struct script_define defines[] = { { "A", NULL } };
    static const struct script_parse_options options = { .defines = defines, .define_count = 1 };
    struct script_error error;
    struct script *script = script_parse_text("t", text, sizeof text - 1, &options, &error);

    (void)state;
    assert_non_null(script);
    assert_int_equal(script->event_count, 2);
    assert_string_equal(script->events->call->name, "a");
    assert_string_equal(script->events->next->call->name, "c");
    script_free(script);
}

static void defined_names_stand_for_values(void **state)
{
    static const char text[] = "--define=TWO=2\n+0 f(TWO, TEXT, NAME) = 0\n+0 CLEAN\n"
                               "+0 < S 0:0(0) win TWO <mss MSS,FO COOKIE>\n+0 < icmp KIND\n";
    static const struct script_define defines[] = {
        { "MSS", "1460" }, { "COOKIE", "abcd" }, { "TEXT", "\"x\"" }, { "NAME", "OTHER" },
        { "CLEAN", "`rm`" }, { "KIND", "redirect" },
    };
    static const struct script_parse_options options = { .defines = defines, .define_count = 6 };
    struct script_error error;
    struct script *script = script_parse_text("t", text, sizeof text - 1, &options, &error);
    char out[512];

    (void)state;
    assert_non_null(script);
    assert_null(script->undefined);
    script_print(script, NULL, out, sizeof out);
    assert_string_equal(out, "\n+0 f(2, \"x\", OTHER) = 0\n+0 `rm`\n"
                             "+0 < S 0:0(0) win 2 <mss 1460,FO abcd>\n+0 < icmp redirect\n");
    script_free(script);
}

/* Suites pass such values on the command line; without them the case can only be skipped. */
static void names_without_a_value_are_noted(void **state)
{
    struct script *script = parse("+0 < S 0:0(0) <mss MSS,FO TFO_COOKIE>\n");

    (void)state;
    assert_string_equal(script->undefined->name, "MSS");
    assert_string_equal(script->undefined->next->name, "TFO_COOKIE");
    assert_int_equal(script->undefined->pos.column, 20);
    script_free(script);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_each_line_in_its_plain_form),
        cmocka_unit_test(a_segment_has_its_fields),
        cmocka_unit_test(the_ace_number_sets_its_three_flags),
        cmocka_unit_test(no_window_and_no_ack_are_told_apart_from_zero),
        cmocka_unit_test(a_call_has_its_fields),
        cmocka_unit_test(strings_may_contain_zeros_and_be_open),
        cmocka_unit_test(times_are_exact),
        cmocka_unit_test(symbols_of_times_are_resolved_by_the_caller),
        cmocka_unit_test(events_know_where_they_stand),
        cmocka_unit_test(the_first_comment_is_the_sentence),
        cmocka_unit_test(the_target_may_choose_its_numbers),
        cmocka_unit_test(directives_fill_the_script),
        cmocka_unit_test(a_comment_that_resembles_a_directive_stays_a_comment),
        cmocka_unit_test(timed_directives_are_events),
        cmocka_unit_test(options_and_untimed_commands_are_kept),
        cmocka_unit_test(conditions_choose_lines),
        cmocka_unit_test(defined_names_stand_for_values),
        cmocka_unit_test(names_without_a_value_are_noted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
