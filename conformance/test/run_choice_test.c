/* SPDX-License-Identifier: BSD-2-Clause */
/* What the standard leaves open is judged only where a stack can be told how to choose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/profile_symbol.h"
#include "run/run.h"
#include "target/target.h"

extern const struct anvil_target anvil_target_core;

/* The core, as a stack that makes its own choices, and has a coarser idea of two times. */
static const struct anvil_target_traits *traits(void)
{
    static const struct anvil_target_fact facts[] = {
        { "rto_initial_us", 500000, 2000000 }, { "msl_us", 30000000, 30000000 },
    };
    static const struct anvil_target_traits of_chooser = {
        .name = "chooser", .version = "1", .granularity_us = 1, .ipv6 = true, .timestamps = true,
        .sack = true, .window_scale = true, .urgent = true, .keepalive = true, .observes = true,
        .fixes_iss = true, .facts = facts, .fact_count = sizeof facts / sizeof facts[0],
    };
    return &of_chooser;
}

/* The verdict of a script on a target, and that its reason has these words (NULL: any). */
static void expect_with(const struct run_options *options, const struct anvil_target *target,
                        const char *text, enum report_verdict verdict, const char *reason)
{
    struct script_parse_options parse = { .define_count = 0 };
    struct script_error error;
    struct script *script = script_parse_text("test", text, strlen(text), &parse, &error);
    struct run *run = run_open();
    if (script == NULL)
        fail_msg("%u:%u: %s in %s", error.line, error.column, error.message, text);
    assert_non_null(run);
    const struct report_result *result = run_case(run, script, target, options);
    if (result->verdict != verdict ||
        (reason != NULL && (result->reason == NULL || strstr(result->reason, reason) == NULL)))
        fail_msg("%s: %s, %s", text, report_verdict_name(result->verdict),
                 result->reason == NULL ? "no reason" : result->reason);
    run_close(run);
    script_free(script);
}

static void expect(const struct anvil_target *target, const char *text,
                   enum report_verdict verdict, const char *reason)
{
    struct run_options options = { .exact = true, .symbol = cli_profile_symbol };
    expect_with(&options, target, text, verdict, reason);
}

#define LISTENING "//: own\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n" \
                  "+0 bind(3, ..., ...) = 0\n+0 listen(3, 1) = 0\n"
#define HALF_OPEN LISTENING "+0 < S 0:0(0) win 65535 <mss 1460>\n" \
                            "+0 > S. 0:0(0) ack 1 <mss 1460>\n"
#define OPEN HALF_OPEN "+0.1 < . 1:1(0) ack 1 win 65535\n+0 accept(3, ..., ...) = 4\n"
#define OUR_FIN "//: policy fin_with_acks=1\n" OPEN "+0 shutdown(4, SHUT_WR) = 0\n" \
                "+0 > F. 1:1(0) ack 1\n+0 < P. 1:11(10) ack 1 win 9\n"
#define CLOSED "0 < . 1:1(0) ack 9 win 9\n"
#define ABORT "+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0\n" \
              "+0 close(4) = 0\n"

/* Each script fails by `field` on the core, and passes on a stack that may choose. */
static void a_choice_is_free_for_a_stack_of_its_own(void **state)
{
    static const struct { const char *text, *reason; } rows[] = {
        { CLOSED "+0 > . 9:9(0) ack 1\n//: or > S 9:9(0)\n//: or > R 9:9(0)\n", "flags differs" },
        { OPEN "+0 %{ assert tcpi_state == TCP_LISTEN }%\n"
          "//: or %{ assert tcpi_state == TCP_CLOSE }%\n"
          "//: or %{ assert tcpi_state == TCP_ESTABLISHED }%\n", "does not hold" },
        { OPEN "+0 > . 1:1(0) ack 1\n//: or nothing\n+0 < R 1:1(0) win 0\n", "did not come" },
        { OPEN "+0 < P. 1:11(10) ack 1 win 9\n//: +0.2 may > . 1:1(0) ack 11\n//: +0 quiet 1s\n",
          "when all should be quiet" },
        { OPEN "+0 write(4, ..., 2920) = 2920\n//: pieces\n+0 > . 1:2921(2920) ack 1\n",
          "seq differs" },
        { OPEN "+0 write(4, ..., 10) = 10\n+0 > . 1:11(10) ack 1\n", "flags differs" },
        { LISTENING "+0 < S 0:0(0) win 65535 <mss 1460,nop,wscale 2>\n"
          "+0 > S. 0:0(0) ack 1 <nop,wscale 3,mss 1460>\n"
          "+0.1 < . 1:1(0) ack 1 win 65535\n+0 accept(3, ..., ...) = 4\n"
          "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1 win 9\n", "nop differs" },
        { "//: policy abort_with_ack=1\n" OPEN ABORT "+0 > R 1:1(0)\n", "flags differs" },
        { OUR_FIN "+0.2 > . 2:2(0) ack 11\n", "flags differs" },
    };
    struct anvil_target chooser = anvil_target_core;
    (void)state;
    chooser.traits = traits;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect(&anvil_target_core, rows[i].text, REPORT_FAILED, rows[i].reason);
        expect(&chooser, rows[i].text, REPORT_PASSED, NULL);
    }
}

/* An `or` line makes nothing free that it does not say. */
static void no_more_is_free_than_the_lines_say(void **state)
{
    static const struct { const char *text, *reason; } rows[] = {
        { CLOSED "+0 > . 9:9(0) ack 1\n//: or > R 8:8(0)\n", "flags differs" },
        { OPEN "+0 %{ assert tcpi_state == TCP_LISTEN }%\n"
          "//: or %{ assert tcpi_state == TCP_CLOSE }%\n", "does not hold" },
        { OPEN "+0 < R 2:2(0) win 0\n//: may > . 1:1(0) ack 2\n//: +0 quiet 1s\n",
          "when all should be quiet" },
        { OPEN "+0 < R 2:2(0) win 0\n+0 > . 1:1(0) ack 2\n//: or nothing\n//: +0 quiet 1s\n",
          "when all should be quiet" },
        { OPEN "+0 write(4, ..., 2920) = 2920\n//: pieces\n+0 > . 1:2922(2921) ack 1\n",
          "seq differs" },
        { OPEN "+0 write(4, ..., 2920) = 2920\n+0 > . 1:2921(2920) ack 1\n", "seq differs" },
        { OPEN "+0 < R 2:2(0) win 0\n+0 > R 1:1(0)\n", "flags differs" },
        { OPEN "+0 < S 0:0(0) win 9\n+0 > P. 1:1(0) ack 1\n", "flags differs" },
        { OPEN "+0 < S 0:0(0) win 9\n+0 > . 1:1(0) ack 1 win 9\n", "win differs" },
        { OUR_FIN "+0.2 > . 3:3(0) ack 11\n", "flags differs" },
        { OUR_FIN "+0.2 > . 2:2(0) ack 12\n", "ack differs" },
        { LISTENING "+0 < S 0:0(0) win 9 <mss 1460,nop,wscale 2>\n"
          "+0 > S. 0:0(0) ack 1 <mss 1460>\n", "options differs" },
    };
    struct anvil_target chooser = anvil_target_core;
    (void)state;
    chooser.traits = traits;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect(&chooser, rows[i].text, REPORT_FAILED, rows[i].reason);
}

/* A `may` line moves no time: what follows counts from the line before. */
static void an_optional_packet_moves_no_time(void **state)
{
    static const char text[] = OPEN "+0 < P. 1:11(10) ack 1 win 9\n"
        "//: +0.2 may > . 1:1(0) ack 11\n"
        "+0.3 %{ assert tcpi_state == TCP_ESTABLISHED }%\n"
        "+0 < P. 11:21(10) ack 1 win 9\n0.6 > . 1:1(0) ack 21\n";
    struct anvil_target chooser = anvil_target_core;
    (void)state;
    chooser.traits = traits;
    expect(&chooser, text, REPORT_PASSED, NULL);
}

static void a_case_about_a_choice_is_skipped(void **state)
{
    struct anvil_target chooser = anvil_target_core;
    (void)state;
    chooser.traits = traits;
    expect(&chooser, "//: choice\n" OPEN, REPORT_SKIPPED, "leaves to the stack");
    expect(&anvil_target_core, "//: choice\n" OPEN, REPORT_PASSED, NULL);
}

/* A case of the suite asks of a stack's window whether it is closed; any other script is exact. */
static void the_suite_leaves_a_stack_its_window(void **state)
{
    static const char other[] = OPEN "+0 < S 0:0(0) win 9\n+0 > . 1:1(0) ack 1 win 9\n";
    static const char none[] = OPEN "+0 < S 0:0(0) win 9\n+0 > . 1:1(0) ack 1 win 0\n";
    struct run_options options = { .exact = true, .symbol = cli_profile_symbol, .own = true };
    struct anvil_target chooser = anvil_target_core;
    (void)state;
    chooser.traits = traits;
    expect_with(&options, &chooser, other, REPORT_PASSED, NULL);
    expect_with(&options, &chooser, none, REPORT_FAILED, "win differs");
    expect_with(&options, &anvil_target_core, other, REPORT_FAILED, "win differs");
    options.own = false;
    expect_with(&options, &chooser, other, REPORT_FAILED, "win differs");
}

/* What a script prefers is set where all can be set, and no other stack is held to it. */
static void what_is_preferred_is_set_where_it_can_be(void **state)
{
    static const char text[] = "//: prefer abort_with_ack=1\n" OPEN ABORT "+0 > R. 1:1(0) ack 1\n";
    struct anvil_target_setting setting = { "abort_with_ack", 0 };
    struct run_options options = { .exact = true, .symbol = cli_profile_symbol,
                                   .settings = &setting, .setting_count = 1 };
    struct anvil_target chooser = anvil_target_core;
    (void)state;
    chooser.traits = traits;
    expect(&anvil_target_core, text, REPORT_PASSED, NULL);
    expect(&chooser, text, REPORT_FAILED, "flags differs");
    expect_with(&options, &anvil_target_core, text, REPORT_FAILED, "flags differs");
    expect(&anvil_target_core, "//: prefer abort_with_ack=x\n" OPEN, REPORT_ERROR,
           "prefer abort_with_ack needs a number");
}

/* A case of the suite holds a profile of another stack to no more than that stack. */
static void the_suite_leaves_profiles_their_choices(void **state)
{
    static const char text[] = OPEN "+0 < P. 1:11(10) ack 1 win 9\n"
                                    "+DELAYED_ACK > . 1:1(0) ack 11 win 9\n";
    struct run_options options = { .exact = true, .symbol = cli_profile_symbol,
                                   .profile = "linux" };
    (void)state;
    expect_with(&options, &anvil_target_core, text, REPORT_FAILED, "win differs");
    options.own = true;
    expect_with(&options, &anvil_target_core, text, REPORT_PASSED, NULL);
    expect_with(&options, &anvil_target_core, "//: prefer quick_acks=0\n"
                OPEN "+0 < P. 1:11(10) ack 1 win 9\n+0.04 > . 1:1(0) ack 11\n",
                REPORT_PASSED, NULL);
    options.profile = "rfc9293";
    expect_with(&options, &anvil_target_core, text, REPORT_FAILED, "win differs");
}

/* A name in a time lies where the target says, or where a setting says. */
static void names_of_times_are_the_targets_own(void **state)
{
    static const char again[] = "> S. 0:0(0) ack 1 <mss 1460>\n";
    char text[600];
    struct anvil_target chooser = anvil_target_core;
    (void)state;
    chooser.traits = traits;
    snprintf(text, sizeof text, "%s+RTO %s", HALF_OPEN, again);
    expect(&anvil_target_core, text, REPORT_PASSED, NULL);
    expect(&chooser, text, REPORT_PASSED, NULL); /* 1 s lies within 0.5 to 2 s */
    snprintf(text, sizeof text, "%s+3RTO %s", HALF_OPEN, again);
    expect(&chooser, text, REPORT_FAILED, "too early");
    snprintf(text, sizeof text, "//: policy rto_initial_us=3000000\n%s+RTO %s", HALF_OPEN, again);
    expect(&chooser, text, REPORT_PASSED, NULL);
    snprintf(text, sizeof text, "%s+MSL-28s %s", HALF_OPEN, again);
    expect(&chooser, text, REPORT_FAILED, "too early");
    snprintf(text, sizeof text, "%s+RTO_INITIAL+late %s", HALF_OPEN, again);
    expect(&anvil_target_core, text, REPORT_PASSED, NULL);
}

/* It dies of its first connection. */
static uint64_t deadline_of_the_dead(void *self)
{
    struct anvil_target_observation seen;
    return anvil_target_core.observe(self, 1, &seen) ? ANVIL_TARGET_DEAD
                                                     : anvil_target_core.deadline(self);
}

static const char *last_words(void *self)
{
    (void)self;
    return "an assertion failed";
}

/* Also where the next line would pass. */
static void a_stack_that_has_died_fails(void **state)
{
    struct anvil_target mortal = anvil_target_core;
    (void)state;
    mortal.deadline = deadline_of_the_dead;
    mortal.explain = last_words;
    expect(&mortal, LISTENING, REPORT_PASSED, NULL);
    expect(&mortal, HALF_OPEN, REPORT_FAILED, "the stack has died: an assertion failed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_choice_is_free_for_a_stack_of_its_own),
        cmocka_unit_test(no_more_is_free_than_the_lines_say),
        cmocka_unit_test(an_optional_packet_moves_no_time),
        cmocka_unit_test(a_case_about_a_choice_is_skipped),
        cmocka_unit_test(the_suite_leaves_a_stack_its_window),
        cmocka_unit_test(what_is_preferred_is_set_where_it_can_be),
        cmocka_unit_test(the_suite_leaves_profiles_their_choices),
        cmocka_unit_test(names_of_times_are_the_targets_own),
        cmocka_unit_test(a_stack_that_has_died_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
