/* SPDX-License-Identifier: BSD-2-Clause */
/* The variants of a case: which there are, and that the numbers on the wire really differ. */
#include "run/run.h"
#include "target/registry.h"
#include "wire/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char plain_script[] =
    "// A case.\n//: exact\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
    "+0 bind(3, ..., ...) = 0\n+0 listen(3, 1) = 0\n+0 < S 5:5(0) win 65535 <mss 1000>\n"
    "+0 > S. 0:0(0) ack 6 <mss 1460>\n+1 > S. 0:0(0) ack 6 <mss 1460>\n"
    "+1 < . 1:1(0) ack 1 win 65535\n"
    "+0 accept(3, ..., ...) = 4\n+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n"
    "+0 < P. 1:6(5) ack 11 win 65535\n+0 read(4, ..., 9) = 5\n+0~+.5 > . 11:11(0) ack 6\n";

static struct script *parse(const char *text)
{
    struct script_error error;
    struct script *script = script_parse_text("test", text, strlen(text), NULL, &error);
    if (script == NULL)
        fail_msg("%u:%u: %s", (unsigned)error.line, (unsigned)error.column, error.message);
    return script;
}

static size_t variants_of(const char *text, struct run_variant variants[RUN_VARIANTS_MAX])
{
    struct script *script = parse(text);
    size_t count = run_variants(script, target_find("core"), variants);
    script_free(script);
    return count;
}

static void every_pair_of_factors_comes_up(void **state)
{
    struct run_variant variants[RUN_VARIANTS_MAX];
    unsigned iss_clock = 0, iss_family = 0, clock_family = 0, peers = 0;
    static const uint32_t values[] = { 0, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff };
    (void)state;
    size_t count = variants_of(plain_script, variants);
    for (size_t i = 0; i < count; i++) {
        unsigned iss = 0, clock = variants[i].clock_us == 0 ? 0
                                  : variants[i].clock_us < UINT64_C(1) << 33 ? 1 : 2;
        unsigned family = variants[i].family == 6;
        while (values[iss] != variants[i].iss)
            iss++;
        for (unsigned p = 0; p < 5; p++)
            peers |= values[p] == variants[i].peer_shift ? 1u << p : 0;
        iss_clock |= 1u << (iss * 3 + clock);
        iss_family |= 1u << (iss * 2 + family);
        clock_family |= 1u << (clock * 2 + family);
    }
    assert_int_equal(iss_clock, 0x7fff);
    assert_int_equal(iss_family, 0x3ff);
    assert_int_equal(clock_family, 0x3f);
    assert_int_equal(peers, 0x1f);
}

static void what_the_script_pins_stays(void **state)
{
    struct run_variant variants[RUN_VARIANTS_MAX];
    char text[2048];
    (void)state;
    snprintf(text, sizeof text, "--ip_version=ipv6\n//: iss 9\n//: clock 3\n%s", plain_script);
    size_t count = variants_of(text, variants);
    assert_true(count >= 5);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(variants[i].family, 0);
        assert_false(variants[i].has_iss);
        assert_false(variants[i].has_clock);
    }
    snprintf(text, sizeof text, "//: iss own\n%s", plain_script);
    count = variants_of(text, variants);
    for (size_t i = 0; i < count; i++)
        assert_false(variants[i].has_iss);
    count = variants_of("//: 0 frame 4500\n0 < S 0:0(0) win 5\n", variants);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(variants[i].peer_shift, 0);
}

/* The first frame with SYN and ACK in a capture: searches the octets for a frame that decodes. */
static bool find_answer(const uint8_t *bytes, size_t count, struct wire_frame *frame)
{
    for (size_t at = 0; at + 40 < count; at += 4) {
        if (bytes[at] != 0x45 && bytes[at] >> 4 != 6)
            continue;
        if (wire_decode(frame, bytes + at, count - at) == WIRE_OK &&
            frame->kind == WIRE_KIND_TCP && frame->tcp.flags == (WIRE_SYN | WIRE_ACK))
            return true;
    }
    return false;
}

static void each_passes_with_its_own_numbers(void **state)
{
    struct run_variant variants[RUN_VARIANTS_MAX];
    (void)state;
    struct script *script = parse(plain_script);
    struct run *run = run_open();
    size_t count = run_variants(script, target_find("core"), variants);
    for (size_t i = 0; i < count; i++) {
        struct run_options options = { .variant = &variants[i] };
        struct wire_frame frame;
        uint8_t *bytes = malloc(65536);
        FILE *file = tmpfile();
        assert_non_null(file);
        assert_non_null(bytes);
        options.capture = file;
        const struct report_result *result = run_case(run, script, target_find("core"), &options);
        if (result->verdict != REPORT_PASSED)
            fail_msg("%s: %s\n%s", variants[i].name, result->reason, result->ladder);
        assert_string_equal(result->variant, variants[i].name);
        rewind(file);
        size_t length = fread(bytes, 1, 65536, file);
        assert_true(find_answer(bytes, length, &frame));
        assert_int_equal(frame.tcp.seq, variants[i].iss);
        assert_int_equal(frame.tcp.ack, variants[i].peer_shift + 6);
        assert_int_equal(frame.ip.version, variants[i].family);
        fclose(file);
        free(bytes);
    }
    run_close(run);
    script_free(script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_of_factors_comes_up),
        cmocka_unit_test(what_the_script_pins_stays),
        cmocka_unit_test(each_passes_with_its_own_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
