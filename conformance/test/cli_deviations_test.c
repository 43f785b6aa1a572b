/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of known deviations, and the comparison of two targets, as users call them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/deviations.h"
#include "support/program.h"

static const char passing[] =
    "// Answers a segment to nowhere.\n0 < S 0:0(0) win 100\n+0 > R. 0:0(0) ack 1\n";
static const char failing[] = "// Answers it wrongly.\n//: covers MUST-1\n//: exact\n"
                              "0 < S 0:0(0) win 100\n+0 > R. 0:0(0) ack 2\n";
static const char wrong[] = "0 < Q 0:0(0) win 100\n";

static int enter(void **state)
{
    if (program_enter_folder(state) != 0)
        return -1;
    program_write_file("good.pkt", passing);
    program_write_file("bad.pkt", failing);
    return 0;
}

static void a_listed_failure_is_a_known_deviation(void **state)
{
    (void)state;
    program_write_file("list", "# what it does\n\n"
                       "  bad   acknowledges too little, known since 1.0 \n");
    program_check("run --deviations list .", 0, "\n1 passed, 0 failed, 1 skipped\n");
    program_check("run --deviations list .", 0, "known deviations of the target");
    program_check("run --deviations list .", 0, "acknowledges too little, known since 1.0");
    program_check("run --deviations list --format json .", 0,
                  "\"verdict\":\"known-deviation\",\"reason\":\"acknowledges too little, known ");
    program_check("run --deviations list --format tap .", 0, "known deviation: acknowledges");
    program_check("run --deviations list --format junit .", 0, "known deviation: acknowledges");
    program_check("run --deviations none .", 1, "1 passed, 1 failed");
    program_check("run .", 1, "1 passed, 1 failed");
}

static void a_listed_case_that_passes_is_a_failure(void **state)
{
    (void)state;
    program_write_file("list", "good out of date\nbad known\n");
    program_check("run --deviations list .", 1, "\n0 passed, 1 failed, 1 skipped\n");
    program_check("run --deviations list .", 1, "listed as a deviation, but passes");
    program_check("run --deviations list --format tap .", 1, "\nnot ok 2 - good\n");
    program_check("run --deviations list --format tap .", 1,
                  "\n  reason: \"listed as a deviation, but passes\"\n");
    program_check("run --deviations list --format junit .", 1,
                  "<failure message=\"Answers a segment to nowhere.\"");
    program_check("run --deviations list --format junit .", 1, "listed as a deviation, but passes");
    program_check("run --deviations list --format json .", 1,
                  "\"case\":\"good\",\"variant\":null,\"file\":\"./good.pkt\",\"line\":null,"
                  "\"verdict\":\"failed\",\"reason\":\"listed as a deviation, but passes\"");
}

static void a_listed_case_that_passes_in_all_variants_is_one_too(void **state)
{
    (void)state;
    program_write_file("good.pkt", "// Answers with any first numbers.\n//: unclaimed fail\n"
                       "0 < S 0:0(0) win 100\n+0 > R. 0:0(0) ack 1\n");
    program_write_file("list", "good out of date\n");
    program_check("run --deviations list good.pkt", 1, "\n0 passed, 1 failed, 0 skipped\n");
    program_check("run --deviations list --format json good.pkt", 1,
                  "\"verdict\":\"failed\",\"reason\":\"listed as a deviation, but passes\"");
    program_check("run --deviations list --format tap good.pkt", 1, "\nnot ok 1 - good\n");
}

/* What becomes of two runs of a listed case. */
static void check_runs(enum report_verdict plain, enum report_verdict variant,
                       enum report_verdict plain_then, enum report_verdict variant_then)
{
    struct cli_deviation entry = { .pattern = "x/*", .reason = "known", .line = 1 };
    struct cli_deviations list = { .list = &entry, .count = 1 };
    struct report_result runs[2] = { { .case_name = "x/y", .verdict = plain },
                                     { .case_name = "x/y", .verdict = variant } };
    struct cli_outcome outcomes[2];
    memset(outcomes, 0, sizeof outcomes);
    for (size_t i = 0; i < 2; i++)
        assert_true(cli_outcome_keep(&outcomes[i], &runs[i]));
    assert_true(cli_deviations_apply(&list, "x/y", outcomes, 2));
    assert_int_equal(outcomes[0].result.verdict, plain_then);
    assert_int_equal(outcomes[1].result.verdict, variant_then);
    for (size_t i = 0; i < 2; i++)
        cli_outcome_free(&outcomes[i]);
}

/* One variant that still fails is the deviation; only when all pass does the list lie. */
static void one_failing_variant_is_the_deviation(void **state)
{
    (void)state;
    check_runs(REPORT_PASSED, REPORT_FAILED, REPORT_PASSED, REPORT_KNOWN_DEVIATION);
    check_runs(REPORT_FAILED, REPORT_PASSED, REPORT_KNOWN_DEVIATION, REPORT_PASSED);
    check_runs(REPORT_PASSED, REPORT_PASSED, REPORT_FAILED, REPORT_PASSED);
    check_runs(REPORT_SKIPPED, REPORT_SKIPPED, REPORT_SKIPPED, REPORT_SKIPPED);
    check_runs(REPORT_PASSED, REPORT_SKIPPED, REPORT_FAILED, REPORT_SKIPPED);
    check_runs(REPORT_ERROR, REPORT_PASSED, REPORT_ERROR, REPORT_PASSED);
}

/* The first entry that matches gives the reason. */
static void a_glob_lists_many_cases(void **state)
{
    (void)state;
    program_write_file("worse.pkt", failing);
    program_write_file("list", "wor* one of its kind\n*[ds]e* another\nbad bad\n");
    program_check("run --deviations list --filter '[bw]*' .", 0, "0 passed, 0 failed, 2 skipped");
    program_check("run --deviations list --filter '[bw]*' .", 0, "one of its kind");
    program_check_absent("run --deviations list --filter '[bw]*' .", "another");
}

/* What a failure shows picks the entry; a case that shows nothing of it may pass, or fail. */
static void an_entry_can_ask_for_what_the_failure_shows(void **state)
{
    (void)state;
    program_write_file("list", "* \"> S.\" of another kind\n"
                       "* \"> R. 0:0(0) ack 1\" by one\n");
    program_check("run --deviations list .", 0, "\n1 passed, 0 failed, 1 skipped\n");
    program_check("run --deviations list --format json .", 0, "\"reason\":\"by one\"");
    program_check("run --against core --deviations list .", 1,
                  "core      known-deviation: by one\n");
    program_write_file("list", "bad \"ack differs\"");
    program_check("run --deviations list .", 2, "list:1: bad has no reason behind it");
    program_write_file("list", "bad \"ack is the same\" known\n");
    program_check("run --deviations list .", 1, "\n1 passed, 1 failed, 0 skipped\n");
    program_write_file("list", "bad \"ack differs known\n");
    program_check("run --deviations list .", 0, "\"ack differs known");
}

static void an_entry_without_a_case_is_reported(void **state)
{
    (void)state;
    program_write_file("list", "bad known\n# gone\nbda a slip of the pen\n");
    program_check("run --deviations list .", 2, "list:3: no case is called bda");
    program_check("run --deviations list .", 2, "\n1 passed, 0 failed, 1 skipped\n");
    program_check("run --deviations list --filter 'b*' .", 0, "0 passed, 0 failed, 1 skipped");
}

static void a_list_that_cannot_be_read_is_reported(void **state)
{
    (void)state;
    program_write_file("list", "\nbad\n");
    program_check("run --deviations list .", 2, "list:2: bad has no reason behind it");
    program_check("run --deviations missing .", 2, "missing: No such file or directory");
    program_check("run --deviations . .", 2, "directory");
}

/* A script that is wrong is no behaviour of the target. */
static void an_error_is_no_deviation(void **state)
{
    (void)state;
    program_write_file("bad.pkt", wrong);
    program_write_file("list", "bad known\n");
    program_check("run --deviations list .", 2, "1 passed, 1 failed, 0 skipped");
}

/* One variant that fails is enough, as with the verdict itself. */
static void variants_of_a_case_count_together(void **state)
{
    (void)state;
    program_write_file("bad.pkt", "// Fails with some initial sequence numbers only.\n"
                       "//: unclaimed fail\n0 < S 0:0(0) win 100\n+0 > R. 0:0(0) ack 2\n");
    program_write_file("list", "bad known\n");
    program_check("run --deviations list .", 0, "1 passed, 0 failed, 1 skipped");
}

/* Beside an installed program lies its suite, and the lists of its targets. */
static void a_built_in_target_brings_its_list(void **state)
{
    static const char program[] = "bin/tcpanvil";
    (void)state;
    assert_int_equal(system("mkdir -p bin share/tcpanvil/suite/x share/tcpanvil/target && "
                            "cp " ANVIL_PROGRAM " bin/tcpanvil && cp good.pkt "
                            "share/tcpanvil/suite/x/"), 0);
    program_write_file("share/tcpanvil/target/mute.deviations", "x/good   never sends\n");
    program_check_other(program, "run --target mute --filter 'x/*'", 0,
                        "\n0 passed, 0 failed, 1 skipped\n");
    program_check_other(program, "run --target mute --filter 'x/*'", 0, "never sends");
    program_check_other(program, "run --target mute --deviations none --filter 'x/*'", 1,
                        "0 passed, 1 failed");
    program_check_other(program, "run --target ackall --filter 'x/*'", 1,
                        "0 passed, 1 failed, 0 skipped");
    program_check_other(program, "run --filter 'x/*'", 0, "1 passed, 0 failed, 0 skipped");
    program_write_file("share/tcpanvil/target/mute.deviations", "x/good dumb\nx/gone dumb\n");
    program_check_other(program, "run --target mute --output report", 2,
                        "mute.deviations:2: no case is called x/gone");
    program_check_other(program, "run --target mute good.pkt", 1, "0 passed, 1 failed, 0 skipped");
}

static void equal_targets(void **state)
{
    (void)state;
    program_check("run --against core .", 0, "2 same, 0 differ, 0 not compared\n");
    program_check("run --against core", 0, " same, 0 differ, 0 not compared\n");
    program_check("run --against core --format json .", 0, "2 same, 0 differ, 0 not compared\n");
}

static void targets_that_differ(void **state)
{
    static const char words[] = "run --target core --against ackall .";
    static const char json[] = "run --target core --against ackall --format json .";
    (void)state;
    program_check(words, 1, "0 same, 2 differ, 0 not compared\n");
    program_check(words, 1, "MUST-1\n    Window field is interpreted");
    program_check(words, 1, "    core      failed: ack differs\n    ackall    failed: ");
    program_check(words, 1, "core      0.000000 > R. 0:0(0) ack 1 win 0\n"
                            "    ackall    0.000000 > S. ");
    program_check(words, 1, "(covers nothing)\n\n  good\n");
    program_check(json, 1, "\"requirement\":\"MUST-1\",\"case\":\"bad\"");
    program_check(json, 1, "\"targets\":[\"core\",\"ackall\"],"
                           "\"verdicts\":[\"passed\",\"failed\"]");
    program_check("run --against mute .", 1, "mute      sends nothing more");
}

static void what_cannot_be_compared_is_named(void **state)
{
    (void)state;
    program_write_file("bad.pkt", "0 `insmod new.ko`\n0 < S 0:0(0) win 100\n");
    program_check("run --against core .", 0, "not compared\n    1  core: ");
    program_check("run --against core .", 0, "\n       bad\n");
    program_check("run --against core .", 0, "1 same, 0 differ, 1 not compared\n");
    program_write_file("bad.pkt", wrong);
    program_check("run --against core .", 2, "1 same, 0 differ, 1 not compared\n");
}

static void known_deviations_are_said_beside_a_difference(void **state)
{
    (void)state;
    program_write_file("list", "bad known since 1.0\n");
    program_check("run --against ackall --deviations list .", 1,
                  "    core      known-deviation: known since 1.0\n");
}

static void calls_that_are_wrong(void **state)
{
    (void)state;
    program_check("run --against teapot .", 2, "there is no target teapot");
    program_check("run --against core --format tap .", 2, "formats text and json");
    program_check("run --against core --pcap folder .", 2, "--against writes no captures");
    program_check("run --against", 2, "--against needs a value");
    program_check("run --deviations", 2, "--deviations needs a value");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, program_leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_listed_failure_is_a_known_deviation),
        TEST(a_listed_case_that_passes_is_a_failure),
        TEST(a_listed_case_that_passes_in_all_variants_is_one_too),
        cmocka_unit_test(one_failing_variant_is_the_deviation),
        TEST(a_glob_lists_many_cases),
        TEST(an_entry_can_ask_for_what_the_failure_shows),
        TEST(an_entry_without_a_case_is_reported),
        TEST(a_list_that_cannot_be_read_is_reported),
        TEST(an_error_is_no_deviation),
        TEST(variants_of_a_case_count_together),
        TEST(a_built_in_target_brings_its_list),
        TEST(equal_targets),
        TEST(targets_that_differ),
        TEST(what_cannot_be_compared_is_named),
        TEST(known_deviations_are_said_beside_a_difference),
        TEST(calls_that_are_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
