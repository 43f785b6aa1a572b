/* SPDX-License-Identifier: BSD-2-Clause */
/* The runner shows each run to the oracles, and reports what they find. */
#include "cli/outcome.h"
#include "run/run.h"
#include "support/program.h"
#include "target/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HANDSHAKE                                                                                 \
    "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"                                               \
    "+0 bind(3, ..., ...) = 0\n"                                                                  \
    "+0 listen(3, 1) = 0\n"                                                                       \
    "+0 < S 0:0(0) win 1000\n"                                                                    \
    "+0 > S. 0:0(0) ack 1 <...>\n"                                                                \
    "+0 < . 1:1(0) ack 1 win 1000\n"

static bool observe_core(void *self, size_t index, struct anvil_target_observation *seen)
{
    return target_find("core")->observe(self, index, seen);
}

/* Tells a state to which there is no way. */
static bool observe_lying(void *self, size_t index, struct anvil_target_observation *seen)
{
    bool there = observe_core(self, index, seen);
    if (there && seen->state == ANVIL_STATE_ESTABLISHED)
        seen->state = ANVIL_STATE_SYN_SENT;
    return there;
}

/* Tells a FIN that nobody sent. */
static bool observe_closing(void *self, size_t index, struct anvil_target_observation *seen)
{
    bool there = observe_core(self, index, seen);
    if (there && seen->state == ANVIL_STATE_ESTABLISHED)
        seen->state = ANVIL_STATE_CLOSING;
    return there;
}

/* Tells that one more octet has come than did, once the user has sent something. */
static bool observe_counting(void *self, size_t index, struct anvil_target_observation *seen)
{
    bool there = observe_core(self, index, seen);
    if (there && seen->state == ANVIL_STATE_ESTABLISHED && seen->snd_nxt != seen->snd_una)
        seen->rcv_nxt = (int64_t)((uint32_t)seen->rcv_nxt + 1);
    return there;
}

struct expected {
    enum report_verdict verdict;
    const char *oracle, *reason, *actual; /* parts; NULL: none */
};

static void check_part(const char *text, const char *part)
{
    if (part == NULL)
        return;
    assert_non_null(text);
    assert_non_null(strstr(text, part));
}

static void check(bool (*observe)(void *, size_t, struct anvil_target_observation *),
                  const char *text, const char *oracles, const struct expected *expected)
{
    char why[128];
    struct script_error error;
    struct anvil_target target = *target_find("core");
    struct run_options options = { .own = false };
    struct run *run = run_open();
    struct script *script = script_parse_text("test", text, strlen(text), NULL, &error);
    target.observe = observe;
    assert_true(oracle_mask_read(oracles, &options.oracles, why, sizeof why));
    assert_non_null(run);
    assert_non_null(script);
    const struct report_result *result = run_case(run, script, &target, &options);
    assert_int_equal(result->verdict, expected->verdict);
    if (expected->oracle == NULL)
        assert_null(result->oracle);
    else
        assert_string_equal(result->oracle, expected->oracle);
    check_part(result->reason, expected->reason);
    check_part(result->actual, expected->actual);
    script_free(script);
    run_close(run);
}

static void a_right_run_passes(void **state)
{
    const struct expected passed = { REPORT_PASSED, NULL, NULL, NULL };
    (void)state;
    check(observe_core, HANDSHAKE, "all", &passed);
}

static void a_violated_rule_fails_the_case(void **state)
{
    const struct expected failed = {
        REPORT_FAILED, "O1", "a connection goes from state to state only by",
        "0.000000 the state goes from SYN-RECEIVED to SYN-SENT by ACK",
    };
    (void)state;
    check(observe_lying, HANDSHAKE, "O1,O2", &failed);
}

static void no_rule_judges_unless_it_is_chosen(void **state)
{
    const struct expected passed = { REPORT_PASSED, NULL, NULL, NULL };
    char why[128];
    oracle_mask mask;
    (void)state;
    check(observe_lying, HANDSHAKE, "none", &passed);
    check(observe_lying, HANDSHAKE, "O2,sequence-space", &passed);
    assert_true(oracle_mask_read("o1", &mask, why, sizeof why));
    assert_false(oracle_mask_read("O2,teapot", &mask, why, sizeof why));
    assert_non_null(strstr(why, "there is no oracle teapot"));
}

static void a_line_that_fails_first_stays_the_reason(void **state)
{
    const struct expected failed = { REPORT_FAILED, "O3", "the call gave another result", "= 10" };
    (void)state;
    check(observe_counting, HANDSHAKE "+0 accept(3, ..., ...) = 4\n+0 write(4, ..., 10) = 9\n",
          "O3", &failed);
}

/* Two rules at once are both named, and a report that is kept keeps their names. */
static void a_result_that_is_kept_names_all_rules(void **state)
{
    struct script_error error;
    struct cli_outcome kept;
    struct anvil_target target = *target_find("core");
    struct run_options options = { .own = false };
    struct run *run = run_open();
    struct script *script = script_parse_text("test", HANDSHAKE, strlen(HANDSHAKE), NULL, &error);
    char why[128];
    (void)state;
    target.observe = observe_closing;
    assert_true(oracle_mask_read("O1,O3", &options.oracles, why, sizeof why));
    const struct report_result *result = run_case(run, script, &target, &options);
    assert_true(cli_outcome_keep(&kept, result));
    assert_ptr_not_equal(kept.result.oracle, result->oracle);
    run_close(run);
    assert_string_equal(kept.result.oracle, "O1,O3");
    cli_outcome_free(&kept);
    script_free(script);
}

static void the_program_lists_and_chooses(void **state)
{
    (void)state;
    program_check("list --oracles", 0, "O2 sequence-space");
    program_check("list --oracles", 0, "RFC 9293 3.4");
    program_write_file("a.pkt", HANDSHAKE);
    program_check("run --oracles none a.pkt", 0, "1 passed, 0 failed");
    program_check("run --oracles O1,O7 a.pkt", 0, "1 passed, 0 failed");
    program_write_file("b.pkt", HANDSHAKE "+0 > . 1:1(0) ack 7\n+0 accept(3, ..., ...) = 9\n");
    program_check("run b.pkt", 1, "0 passed, 1 failed");
    program_check("run --oracles-only b.pkt", 0, "1 passed, 0 failed");
    program_check("run --oracles teapot a.pkt", 2, "there is no oracle teapot");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_right_run_passes),
        cmocka_unit_test(a_violated_rule_fails_the_case),
        cmocka_unit_test(no_rule_judges_unless_it_is_chosen),
        cmocka_unit_test(a_line_that_fails_first_stays_the_reason),
        cmocka_unit_test(a_result_that_is_kept_names_all_rules),
        cmocka_unit_test_setup_teardown(the_program_lists_and_chooses, program_enter_folder,
                                        program_leave_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
