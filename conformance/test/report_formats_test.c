/* SPDX-License-Identifier: BSD-2-Clause */
/* The four formats over the same runs: what they print, and what they count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/report.h"

static const char *const covers[] = { "RFC5961-RST-4", "S\"1" };

/* A case that passes, one that fails in its second variant, two skipped, a known deviation, an
 * error in a script, and a case that passes in one variant and is skipped in the other. */
static const struct report_result runs[] = {
    { .case_name = "close/four", .variant = "ipv4", .verdict = REPORT_PASSED, .covers = covers,
      .covers_count = 2, .target = "core", .profile = "rfc9293", .virtual_us = 60000000,
      .cpu_ns = 41000, .file = "suite/close/four.pkt" },
    { .case_name = "rst/a", .variant = "ipv4", .verdict = REPORT_PASSED, .virtual_us = -1,
      .cpu_ns = -1 },
    { .case_name = "rst/a", .variant = "iss=0x7fffffff", .verdict = REPORT_FAILED,
      .file = "suite/rst/a.pkt", .line = 12, .virtual_us = 5, .cpu_ns = -1,
      .sentence = "An RST inside the window draws a challenge ACK.",
      .reason = "the window differs",
      .expected = "+0 > . 1:1(0) ack 1 win 65535", .actual = "> . 1:1(0) ack 1 win 65534",
      .check = "3.10.7.4 second: RST", .requirement = "RFC5961-RST-4",
      .requirement_text = "It sends a challenge ACK & <nothing> else.",
      .ladder = "time | peer\n0.0 | S 0:0(0)\n" },
    { .case_name = "cc/b", .verdict = REPORT_SKIPPED, .reason = "not built: ECN # 1",
      .virtual_us = -1, .cpu_ns = -1 },
    { .case_name = "cc/c", .verdict = REPORT_SKIPPED, .reason = "not built: ECN # 1",
      .virtual_us = -1, .cpu_ns = -1 },
    { .case_name = "d", .verdict = REPORT_KNOWN_DEVIATION, .reason = "no 5961", .virtual_us = -1,
      .cpu_ns = -1 },
    { .case_name = "e", .verdict = REPORT_ERROR, .file = "e\x1b[1m.pkt", .line = 1,
      .reason = "e.pkt:1:3: no such flag\n+0 < X\n     ^", .virtual_us = -1, .cpu_ns = -1 },
    { .case_name = "v6/f", .variant = "ipv4", .verdict = REPORT_PASSED, .virtual_us = -1,
      .cpu_ns = 9 },
    { .case_name = "v6/f", .variant = "ipv6", .verdict = REPORT_SKIPPED, .reason = "no IPv6",
      .virtual_us = -1, .cpu_ns = 1 },
};

struct output {
    char out[8000];
    char err[200];
    struct report_counts counts;
};

static void read_back(FILE *file, char *text, size_t room)
{
    size_t count;

    rewind(file);
    count = fread(text, 1, room - 1, file);
    text[count] = '\0';
    fclose(file);
}

static void produce(struct output *output, struct report_options options)
{
    struct report *report;

    options.out = tmpfile();
    options.err = tmpfile();
    report = report_open(&options);
    assert_non_null(report);
    report_begin(report, 6);
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++)
        report_add(report, &runs[i]);
    output->counts = report_end(report);
    assert_true(report_ok(report));
    report_close(report);
    read_back(options.out, output->out, sizeof output->out);
    read_back(options.err, output->err, sizeof output->err);
}

static void cases_are_counted_once(void **state)
{
    struct output output;

    (void)state;
    for (int format = REPORT_TEXT; format <= REPORT_JSON; format++) {
        produce(&output, (struct report_options){ .format = (enum report_format)format });
        assert_int_equal(output.counts.passed, 2);
        assert_int_equal(output.counts.failed, 2);
        assert_int_equal(output.counts.skipped, 3);
        assert_int_equal(output.counts.errors, 1);
        assert_int_equal(output.counts.known_deviations, 1);
    }
}

static const char text_of_runs[] =
    "FAILED  rst/a  (iss=0x7fffffff)\n"
    "  An RST inside the window draws a challenge ACK.\n"
    "  suite/rst/a.pkt:12\n"
    "  variants    1 of 2 failed: iss=0x7fffffff\n"
    "  reason      the window differs\n"
    "  expected    +0 > . 1:1(0) ack 1 win 65535\n"
    "                                  ^~~~~~~~~\n"
    "  actual      > . 1:1(0) ack 1 win 65534\n"
    "                               ^~~~~~~~~ win\n"
    "  check       3.10.7.4 second: RST\n"
    "  requirement RFC5961-RST-4\n"
    "              It sends a challenge ACK & <nothing> else.\n"
    "\n"
    "time | peer\n"
    "0.0 | S 0:0(0)\n"
    "\n"
    "ERROR  e\n"
    "  e?[1m.pkt:1\n"
    "  e.pkt:1:3: no such flag\n"
    "  +0 < X\n"
    "       ^\n"
    "\n"
    "skipped\n"
    "    2  not built: ECN # 1\n"
    "         cc/b, cc/c\n"
    "\n"
    "passed, but not in all variants; skipped there\n"
    "    1  no IPv6\n"
    "         v6/f\n"
    "\n"
    "known deviations of the target\n"
    "    1  no 5961\n"
    "         d\n"
    "\n"
    "folder   passed  failed  skipped\n"
    "close         1       0        0\n"
    "rst           0       1        0\n"
    "cc            0       0        2\n"
    ".             0       1        1\n"
    "v6            1       0        0\n"
    "\n"
    "1 of the failed are errors in scripts\n"
    "2 passed, 2 failed, 3 skipped\n";

static void text_looks_like_this(void **state)
{
    struct output output;

    (void)state;
    produce(&output, (struct report_options){ .format = REPORT_TEXT });
    assert_string_equal(output.out, text_of_runs);
    assert_string_equal(output.err, "");
}

/* Colour and the progress line change nothing else: the last line stays plain. */
static void colour_is_an_option(void **state)
{
    struct output output;

    (void)state;
    produce(&output, (struct report_options){ .format = REPORT_TEXT, .colour = true,
                                              .progress = true, .verbose = true });
    assert_non_null(strstr(output.out, "\033[1;31mFAILED\033[0m  rst/a"));
    assert_non_null(strstr(output.out, "\033[1;31m^~~~~~~~~\033[0m win\n"));
    assert_non_null(strstr(output.out, "\033[32mpassed\033[0m  close/four\n"));
    assert_non_null(strstr(output.out, "\n2 passed, 2 failed, 3 skipped\n"));
    assert_string_equal(output.err + strlen(output.err) - 4, "\r\033[K");
}

static void tap_looks_like_this(void **state)
{
    static const char wanted[] =
        "TAP version 13\n"
        "ok 1 - close/four\n"
        "not ok 2 - rst/a\n"
        "  ---\n"
        "  message: \"An RST inside the window draws a challenge ACK.\"\n"
        "  verdict: \"failed\"\n"
        "  file: \"suite/rst/a.pkt\"\n"
        "  line: 12\n"
        "  variants: \"iss=0x7fffffff\"\n"
        "  reason: \"the window differs\"\n"
        "  expected: \"+0 > . 1:1(0) ack 1 win 65535\"\n"
        "  actual: \"> . 1:1(0) ack 1 win 65534\"\n"
        "  check: \"3.10.7.4 second: RST\"\n"
        "  requirement: \"RFC5961-RST-4\"\n"
        "  requirement_text: \"It sends a challenge ACK & <nothing> else.\"\n"
        "  ladder:\n"
        "    - \"time | peer\"\n"
        "    - \"0.0 | S 0:0(0)\"\n"
        "  ...\n"
        "ok 3 - cc/b # SKIP not built: ECN \\# 1\n"
        "ok 4 - cc/c # SKIP not built: ECN \\# 1\n"
        "ok 5 - d # SKIP known deviation: no 5961\n"
        "not ok 6 - e\n"
        "  ---\n"
        "  message: \"e.pkt:1:3: no such flag\\n+0 < X\\n     ^\"\n"
        "  verdict: \"error\"\n"
        "  file: \"e\\u001b[1m.pkt\"\n"
        "  line: 1\n"
        "  variants: \"plain\"\n"
        "  reason: \"e.pkt:1:3: no such flag\\n+0 < X\\n     ^\"\n"
        "  ...\n"
        "ok 7 - v6/f\n"
        "1..7\n"
        "# 2 passed, 2 failed, 3 skipped\n";
    struct output output;

    (void)state;
    produce(&output, (struct report_options){ .format = REPORT_TAP });
    assert_string_equal(output.out, wanted);
    assert_string_equal(output.err, "");
}

static void junit_looks_like_this(void **state)
{
    static const char begin[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites tests=\"7\" failures=\"1\" errors=\"1\">\n"
        "  <testsuite name=\"tcpanvil\" tests=\"7\" failures=\"1\" errors=\"1\" skipped=\"3\">\n"
        "    <testcase name=\"four\" classname=\"tcpanvil.close\" time=\"0.000041000\"/>\n"
        "    <testcase name=\"a\" classname=\"tcpanvil.rst\" time=\"0.000000000\"><failure message="
        "\"An RST inside the window draws a challenge ACK.\" type=\"RFC5961-RST-4\">";
    struct output output;

    (void)state;
    produce(&output, (struct report_options){ .format = REPORT_JUNIT });
    assert_memory_equal(output.out, begin, sizeof begin - 1);
    assert_non_null(strstr(output.out, "&amp; &lt;nothing&gt; else."));
    assert_non_null(strstr(output.out, "><skipped message=\"not built: ECN # 1\"/></testcase>\n"));
    assert_non_null(strstr(output.out, "<skipped message=\"known deviation: no 5961\"/>"));
    assert_non_null(strstr(output.out, "<error message=\"e.pkt:1:3: no such flag"));
    assert_non_null(strstr(output.out, "  </testsuite>\n</testsuites>\n"));
    assert_null(strchr(output.out, '\033'));
    assert_string_equal(output.err, "2 passed, 2 failed, 3 skipped\n");
}

static void json_looks_like_this(void **state)
{
    static const char first[] =
        "{\"schema\":1,\"case\":\"close/four\",\"variant\":\"ipv4\","
        "\"file\":\"suite/close/four.pkt\",\"line\":null,\"verdict\":\"passed\",\"reason\":null,"
        "\"expected\":null,\"actual\":null,"
        "\"check\":null,\"oracle\":null,\"requirement\":null,\"covers\":[\"RFC5961-RST-4\","
        "\"S\\\"1\"],\"target\":\"core\",\"profile\":\"rfc9293\",\"virtual_us\":60000000,"
        "\"cpu_ns\":41000}\n";
    struct output output;
    size_t lines = 0;

    (void)state;
    produce(&output, (struct report_options){ .format = REPORT_JSON });
    assert_memory_equal(output.out, first, sizeof first - 1);
    for (const char *at = output.out; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    assert_int_equal(lines, sizeof runs / sizeof runs[0]);
    assert_string_equal(output.err, "2 passed, 2 failed, 3 skipped\n");
}

/* Each line against the schema that is installed, if there is a Python. */
static void json_fits_its_schema(void **state)
{
    char command[1024];
    char name[] = "/tmp/tcpanvil-report-XXXXXX";
    struct output output;
    int descriptor = mkstemp(name);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");

    (void)state;
    assert_non_null(file);
    produce(&output, (struct report_options){ .format = REPORT_JSON });
    fputs(output.out, file);
    fclose(file);
    if (system("command -v python3 > /dev/null") != 0) {
        remove(name);
        skip();
    }
    snprintf(command, sizeof command, "python3 '%s/conformance/test/report_schema_check.py' "
             "'%s/conformance/report/tcpanvil-run.schema.json' '%s'",
             ANVIL_SOURCE_DIR, ANVIL_SOURCE_DIR, name);
    assert_int_equal(system(command), 0);
    remove(name);
}

/* Bytes that no format can hold: invalid UTF-8, control characters, quotes, markup. */
static void any_bytes_can_be_reported(void **state)
{
    char bytes[256];
    char out[4000];

    (void)state;
    for (int i = 1; i < 256; i++)
        bytes[i - 1] = (char)i;
    bytes[255] = '\0';
    for (int format = REPORT_TEXT; format <= REPORT_JSON; format++) {
        struct report_result result = { .case_name = bytes, .verdict = REPORT_FAILED,
                                        .sentence = bytes, .expected = bytes, .actual = bytes,
                                        .reason = bytes, .file = bytes, .ladder = bytes };
        struct report_options options = { .format = (enum report_format)format };
        struct report *report;

        options.out = tmpfile();
        options.err = tmpfile();
        report = report_open(&options);
        report_begin(report, 0);
        report_add(report, &result);
        report_end(report);
        assert_true(report_ok(report));
        report_close(report);
        fclose(options.err);
        read_back(options.out, out, sizeof out);
        for (const char *at = out; *at != '\0'; at++)
            assert_true(*at == '\n' || (unsigned char)*at >= 0x20);
    }
}

static void nothing_run_is_a_report_too(void **state)
{
    static const char *const wanted[] = {
        "0 passed, 0 failed, 0 skipped\n",
        "TAP version 13\n1..0\n# 0 passed, 0 failed, 0 skipped\n",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites tests=\"0\" failures=\"0\" errors=\"0\">\n"
        "  <testsuite name=\"tcpanvil\" tests=\"0\" failures=\"0\" errors=\"0\" skipped=\"0\">\n"
        "  </testsuite>\n</testsuites>\n",
        "",
    };

    (void)state;
    for (int format = REPORT_TEXT; format <= REPORT_JSON; format++) {
        struct report_options options = { .format = (enum report_format)format };
        char out[1000];
        struct report *report;

        options.out = tmpfile();
        options.err = tmpfile();
        report = report_open(&options);
        report_begin(report, 0);
        report_end(report);
        report_close(report);
        fclose(options.err);
        read_back(options.out, out, sizeof out);
        assert_string_equal(out, wanted[format]);
    }
}

static void words_are_formats(void **state)
{
    enum report_format format;

    (void)state;
    assert_true(report_parse_format(&format, "junit"));
    assert_int_equal(format, REPORT_JUNIT);
    assert_false(report_parse_format(&format, "xml"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_are_counted_once),
        cmocka_unit_test(text_looks_like_this),
        cmocka_unit_test(colour_is_an_option),
        cmocka_unit_test(tap_looks_like_this),
        cmocka_unit_test(junit_looks_like_this),
        cmocka_unit_test(json_looks_like_this),
        cmocka_unit_test(json_fits_its_schema),
        cmocka_unit_test(any_bytes_can_be_reported),
        cmocka_unit_test(nothing_run_is_a_report_too),
        cmocka_unit_test(words_are_formats),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
