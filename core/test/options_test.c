/* SPDX-License-Identifier: BSD-2-Clause */
/* The option codec: what is decoded, what is refused, how options are laid out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <anvil/options.h>

#include "support/edge.h"

/* One decoding: octets, the answer, which options are there, and what is in them. */
struct decode_case {
    const char *sentence;
    uint8_t bytes[40];
    size_t length;
    enum anvil_options_result result;
    struct anvil_options options;
};

static const struct decode_case decode_cases[] = {
    {"nothing at all", {0}, 0, ANVIL_OPTIONS_OK, {0}},
    {"MSS", {2, 4, 5, 180}, 4, ANVIL_OPTIONS_OK, {.present = ANVIL_HAS_MSS, .mss = 1460}},
    {"window scale above 14 is kept as it came",
     {1, 3, 3, 15},
     4,
     ANVIL_OPTIONS_OK,
     {.present = ANVIL_HAS_WINDOW_SCALE, .window_scale = 15}},
    {"user timeout",
     {28, 4, 0x80, 5},
     4,
     ANVIL_OPTIONS_OK,
     {.present = ANVIL_HAS_USER_TIMEOUT, .user_timeout = 0x8005}},
    {"a SYN of Linux",
     {2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 1, 0, 0, 0, 0, 2, 1, 3, 3, 7},
     20,
     ANVIL_OPTIONS_OK,
     {.present = ANVIL_HAS_MSS | ANVIL_HAS_SACK_PERMITTED | ANVIL_HAS_TIMESTAMPS |
                 ANVIL_HAS_WINDOW_SCALE,
      .mss = 1460,
      .ts_value = 256,
      .ts_echo = 2,
      .window_scale = 7}},
    {"timestamps laid out as RFC 7323 appendix A says",
     {1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8},
     12,
     ANVIL_OPTIONS_OK,
     {.present = ANVIL_HAS_TIMESTAMPS, .ts_value = 0x01020304, .ts_echo = 0x05060708}},
    {"timestamps without NOPs",
     {8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0},
     12,
     ANVIL_OPTIONS_OK,
     {.present = ANVIL_HAS_TIMESTAMPS, .ts_value = 0x01020304, .ts_echo = 0x05060708}},
    {"SACK with one block",
     {1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 9},
     12,
     ANVIL_OPTIONS_OK,
     {.present = ANVIL_HAS_SACK, .sack_count = 1, .sack = {{{1}, {9}}}}},
    {"of a repeated SACK the last counts, wholly",
     {5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 5, 10, 0, 0, 0, 5, 0, 0, 0, 6},
     28,
     ANVIL_OPTIONS_OK,
     {.present = ANVIL_HAS_SACK, .sack_count = 1, .sack = {{{5}, {6}}}}},
    {"SACK with four blocks",
     {1, 1, 5, 34, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6,
      0, 0, 0, 7, 0, 0, 0, 8},
     36,
     ANVIL_OPTIONS_OK,
     {.present = ANVIL_HAS_SACK,
      .sack_count = 4,
      .sack = {{{1}, {2}}, {{3}, {4}}, {{5}, {6}}, {{7}, {8}}}}},
    {"of a repeated cookie the last counts, wholly",
     {34, 8, 1, 2, 3, 4, 5, 6, 34, 6, 9, 8, 7, 6, 1, 1},
     16,
     ANVIL_OPTIONS_OK,
     {.present = ANVIL_HAS_FAST_OPEN, .cookie_length = 4, .cookie = {9, 8, 7, 6}}},
    {"a Fast Open request",
     {34, 2, 1, 1},
     4,
     ANVIL_OPTIONS_OK,
     {.present = ANVIL_HAS_FAST_OPEN}},
    {"a Fast Open cookie",
     {34, 6, 1, 2, 3, 4, 1, 1},
     8,
     ANVIL_OPTIONS_OK,
     {.present = ANVIL_HAS_FAST_OPEN, .cookie_length = 4, .cookie = {1, 2, 3, 4}}},
    {"the longest Fast Open cookie",
     {34, 18, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 1, 1},
     20,
     ANVIL_OPTIONS_OK,
     {.present = ANVIL_HAS_FAST_OPEN,
      .cookie_length = 16,
      .cookie = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}}},
    {"a Fast Open cookie that is too long is ignored",
     {34, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18},
     20,
     ANVIL_OPTIONS_OK,
     {0}},
    {"a Fast Open cookie that is too short is ignored",
     {34, 4, 1, 2},
     4,
     ANVIL_OPTIONS_OK,
     {0}},
    {"an odd Fast Open cookie is ignored without an error",
     {34, 7, 1, 2, 3, 4, 5, 1, 2, 4, 5, 180},
     12,
     ANVIL_OPTIONS_OK,
     {.present = ANVIL_HAS_MSS, .mss = 1460}},
    {"an unknown option is skipped by its length",
     {254, 4, 2, 4, 2, 4, 5, 180},
     8,
     ANVIL_OPTIONS_OK,
     {.present = ANVIL_HAS_UNKNOWN | ANVIL_HAS_MSS, .mss = 1460}},
    {"nothing counts after End of Option List",
     {0, 2, 4, 5, 180, 0, 0, 0},
     8,
     ANVIL_OPTIONS_OK,
     {0}},
    {"a length of 0 ends decoding",
     {2, 4, 5, 180, 254, 0, 3, 3},
     8,
     ANVIL_OPTIONS_BAD_LENGTH,
     {.present = ANVIL_HAS_MSS, .mss = 1460}},
    {"a length of 1 ends decoding", {254, 1, 2, 4}, 4, ANVIL_OPTIONS_BAD_LENGTH, {0}},
    {"a length past the end ends decoding", {1, 2, 4, 5}, 4, ANVIL_OPTIONS_BAD_LENGTH, {0}},
    {"a kind without a length at the end", {1, 1, 1, 2}, 4, ANVIL_OPTIONS_BAD_LENGTH, {0}},
    {"a known kind of a wrong length is skipped",
     {2, 3, 5, 3, 3, 7, 1, 1},
     8,
     ANVIL_OPTIONS_BAD_LENGTH,
     {.present = ANVIL_HAS_WINDOW_SCALE, .window_scale = 7}},
    {"a SACK option without a block", {5, 2, 1, 1}, 4, ANVIL_OPTIONS_BAD_LENGTH, {0}},
    {"a SACK option with half a block",
     {5, 6, 0, 0, 0, 1, 1, 1},
     8,
     ANVIL_OPTIONS_BAD_LENGTH,
     {0}},
};

static void octets_are_decoded(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof decode_cases / sizeof decode_cases[0]; i++) {
        const struct decode_case *c = &decode_cases[i];
        struct anvil_options options;

        const uint8_t *bytes = edge_copy(c->bytes, c->length);
        memset(&options, 0xff, sizeof options);
        if (anvil_options_decode(bytes, c->length, &options) != c->result ||
            memcmp(&options, &c->options, sizeof options) != 0)
            fail_msg("%s", c->sentence);
        edge_free(bytes, c->length);
    }
}

/* A header has room for 40 octets of options; what stands behind them is not looked at. */
static void forty_octets_are_decoded(void **state)
{
    static const struct {
        size_t length, at; /* where octets other than NOPs stand */
        uint8_t octets[4];
        enum anvil_options_result result;
        uint16_t mss;
    } rows[] = {
        {36, 32, {2, 4, 5, 180}, ANVIL_OPTIONS_OK, 1460},
        {40, 36, {2, 4, 5, 180}, ANVIL_OPTIONS_OK, 1460},
        {44, 36, {2, 4, 5, 180}, ANVIL_OPTIONS_OK, 1460},
        {44, 40, {2, 4, 5, 180}, ANVIL_OPTIONS_OK, 0},
        {44, 39, {2, 4, 5, 180}, ANVIL_OPTIONS_BAD_LENGTH, 0},
        {40, 39, {2}, ANVIL_OPTIONS_BAD_LENGTH, 0},
        {39, 39, {2}, ANVIL_OPTIONS_OK, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t bytes[44];
        struct anvil_options options;

        memset(bytes, 1, sizeof bytes);
        memcpy(bytes + rows[i].at, rows[i].octets, sizeof rows[i].octets);
        assert_int_equal(anvil_options_decode(bytes, rows[i].length, &options), rows[i].result);
        assert_int_equal(options.mss, rows[i].mss);
    }
}

/* One layout: options, and the octets that common stacks make of them. */
struct encode_case {
    const char *sentence;
    struct anvil_options options;
    size_t length;
    uint8_t bytes[40];
};

static const struct encode_case encode_cases[] = {
    {"nothing", {0}, 0, {0}},
    {"an unknown option is not sent", {.present = ANVIL_HAS_UNKNOWN}, 0, {0}},
    {"mss,sackOK,TS,nop,wscale",
     {.present = ANVIL_HAS_MSS | ANVIL_HAS_SACK_PERMITTED | ANVIL_HAS_TIMESTAMPS |
                 ANVIL_HAS_WINDOW_SCALE,
      .mss = 1460,
      .ts_value = 256,
      .ts_echo = 2,
      .window_scale = 7},
     20,
     {2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 1, 0, 0, 0, 0, 2, 1, 3, 3, 7}},
    {"mss,nop,nop,sackOK,nop,wscale",
     {.present = ANVIL_HAS_MSS | ANVIL_HAS_SACK_PERMITTED | ANVIL_HAS_WINDOW_SCALE,
      .mss = 1460,
      .window_scale = 8},
     12,
     {2, 4, 5, 180, 1, 1, 4, 2, 1, 3, 3, 8}},
    {"mss,nop,nop,TS,nop,wscale",
     {.present = ANVIL_HAS_MSS | ANVIL_HAS_TIMESTAMPS | ANVIL_HAS_WINDOW_SCALE, .mss = 536},
     20,
     {2, 4, 2, 24, 1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 0}},
    {"mss,nop,wscale,sackOK,TS as BSD does",
     {.present = ANVIL_HAS_MSS | ANVIL_HAS_SACK_PERMITTED | ANVIL_HAS_TIMESTAMPS |
                 ANVIL_HAS_WINDOW_SCALE,
      .mss = 1460,
      .ts_value = 256,
      .ts_echo = 2,
      .window_scale = 6,
      .layout = ANVIL_LAYOUT_BSD},
     20,
     {2, 4, 5, 180, 1, 3, 3, 6, 4, 2, 8, 10, 0, 0, 1, 0, 0, 0, 0, 2}},
    {"mss,sackOK,eol,eol as BSD does",
     {.present = ANVIL_HAS_MSS | ANVIL_HAS_SACK_PERMITTED,
      .mss = 1460,
      .layout = ANVIL_LAYOUT_BSD},
     8,
     {2, 4, 5, 180, 4, 2, 0, 0}},
    {"nop,nop,TS",
     {.present = ANVIL_HAS_TIMESTAMPS, .ts_value = 1, .ts_echo = 2},
     12,
     {1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2}},
    {"nop,nop,TS,nop,nop,sack",
     {.present = ANVIL_HAS_TIMESTAMPS | ANVIL_HAS_SACK,
      .ts_value = 1,
      .ts_echo = 2,
      .sack_count = 1,
      .sack = {{{3}, {4}}}},
     24,
     {1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1, 5, 10, 0, 0, 0, 3, 0, 0, 0, 4}},
    {"four SACK blocks fit alone",
     {.present = ANVIL_HAS_SACK, .sack_count = 4, .sack = {{{1}, {2}}, {{3}, {4}}}},
     36,
     {1, 1, 5, 34, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4}},
    {"beside timestamps the fourth block is left out",
     {.present = ANVIL_HAS_TIMESTAMPS | ANVIL_HAS_SACK,
      .sack_count = 4,
      .sack = {{{1}, {2}}, {{3}, {4}}, {{5}, {6}}, {{7}, {8}}}},
     40,
     {1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 5, 26, 0, 0, 0, 1,
      0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6}},
    {"four SACK blocks fit beside an MSS",
     {.present = ANVIL_HAS_MSS | ANVIL_HAS_SACK,
      .mss = 1460,
      .sack_count = 4,
      .sack = {{{1}, {2}}, {{3}, {4}}, {{5}, {6}}, {{7}, {8}}}},
     40,
     {2, 4, 5, 180, 1, 1, 5, 34, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3,
      0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 7, 0, 0, 0, 8}},
    {"beside MSS and scale the fourth block is left out",
     {.present = ANVIL_HAS_MSS | ANVIL_HAS_WINDOW_SCALE | ANVIL_HAS_SACK,
      .mss = 1460,
      .window_scale = 7,
      .sack_count = 4,
      .sack = {{{1}, {2}}, {{3}, {4}}, {{5}, {6}}, {{7}, {8}}}},
     36,
     {2, 4, 5, 180, 1, 3, 3, 7, 1, 1, 5, 26, 0, 0, 0, 1,
      0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6}},
    {"beside all other options one block is left",
     {.present = ANVIL_HAS_MSS | ANVIL_HAS_SACK_PERMITTED | ANVIL_HAS_TIMESTAMPS |
                 ANVIL_HAS_WINDOW_SCALE | ANVIL_HAS_USER_TIMEOUT | ANVIL_HAS_SACK,
      .mss = 1460,
      .sack_count = 4,
      .sack = {{{1}, {2}}, {{3}, {4}}}},
     36,
     {2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 0,
      28, 4, 0, 0, 1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2}},
    {"more SACK blocks than there can be",
     {.present = ANVIL_HAS_SACK, .sack_count = 200, .sack = {{{1}, {2}}}},
     36,
     {1, 1, 5, 34, 0, 0, 0, 1, 0, 0, 0, 2}},
    {"a Fast Open cookie as BSD does",
     {.present = ANVIL_HAS_FAST_OPEN,
      .cookie_length = 4,
      .cookie = {1, 2, 3, 4},
      .layout = ANVIL_LAYOUT_BSD},
     8,
     {34, 6, 1, 2, 3, 4, 0, 0}},
    {"a SACK option without blocks is left out", {.present = ANVIL_HAS_SACK}, 0, {0}},
    {"user timeout",
     {.present = ANVIL_HAS_USER_TIMEOUT, .user_timeout = 0x8005},
     4,
     {28, 4, 0x80, 5}},
    {"a Fast Open cookie is padded behind it",
     {.present = ANVIL_HAS_MSS | ANVIL_HAS_FAST_OPEN,
      .mss = 1460,
      .cookie_length = 8,
      .cookie = {1, 2, 3, 4, 5, 6, 7, 8}},
     16,
     {2, 4, 5, 180, 34, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1}},
    {"a cookie that does not fit is left out",
     {.present = ANVIL_HAS_SACK | ANVIL_HAS_FAST_OPEN, .sack_count = 4, .cookie_length = 4},
     36,
     {1, 1, 5, 34}},
    {"a cookie that fits to the last octet",
     {.present = ANVIL_HAS_SACK | ANVIL_HAS_FAST_OPEN, .sack_count = 3, .cookie_length = 8},
     40,
     {1, 1, 5, 26, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 34, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1}},
    {"an illegal cookie is left out",
     {.present = ANVIL_HAS_FAST_OPEN, .cookie_length = 200},
     0,
     {0}},
};

static void options_are_laid_out_as_common_stacks_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof encode_cases / sizeof encode_cases[0]; i++) {
        const struct encode_case *c = &encode_cases[i];
        uint8_t bytes[48], beyond[48];

        memset(bytes, 0xee, sizeof bytes); /* no octet may be left as it was */
        memset(beyond, 0xee, sizeof beyond);
        if (anvil_options_encode(&c->options, bytes) != c->length ||
            anvil_options_size(&c->options) != c->length ||
            memcmp(bytes, c->bytes, c->length) != 0 ||
            memcmp(bytes + c->length, beyond, sizeof bytes - c->length) != 0)
            fail_msg("%s", c->sentence);
    }
}

/* A small generator, so that a failure can be repeated. */
static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Whatever arrives: decoding ends, and what was understood survives encoding and decoding. */
static void any_octets_have_an_outcome(void **state)
{
    uint32_t seed = 1;

    (void)state;
    for (unsigned round = 0; round < 200000; round++) {
        uint8_t bytes[40], again[40];
        size_t length = next_random(&seed) % 41, size;
        struct anvil_options options, copy;

        for (size_t i = 0; i < length; i++) {
            uint32_t r = next_random(&seed);
            bytes[i] = (uint8_t)(r & 0x100 ? r % 12 : r);
        }
        anvil_options_decode(bytes, length, &options);
        assert_true(options.sack_count <= ANVIL_SACK_BLOCKS_MAX);
        assert_true(options.cookie_length <= ANVIL_COOKIE_MAX);
        options.present &= (uint16_t)~(ANVIL_HAS_UNKNOWN | ANVIL_HAS_FAST_OPEN);
        memset(options.cookie, 0, sizeof options.cookie);
        options.cookie_length = 0;
        size = anvil_options_encode(&options, again);
        assert_true(size <= 40 && size % 4 == 0);
        assert_int_equal(size, anvil_options_size(&options));
        assert_int_equal(anvil_options_decode(again, size, &copy), ANVIL_OPTIONS_OK);
        if (copy.sack_count == options.sack_count)
            assert_memory_equal(&copy, &options, sizeof copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(octets_are_decoded),
        cmocka_unit_test(forty_octets_are_decoded),
        cmocka_unit_test(options_are_laid_out_as_common_stacks_do),
        cmocka_unit_test(any_octets_have_an_outcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
