/* SPDX-License-Identifier: BSD-2-Clause */
/* Options as conformance/wire reads them, put into the core's structure. */
#include "fuzz/options_read.h"

#include "fuzz/kinds.h"
#include "wire/frame.h"

#include <string.h>

void fuzz_options_kinds(void)
{
    static const char *const names[FUZZ_OPTION_KINDS] = {
        "mss", "window scale", "SACK permitted", "SACK", "timestamps", "user timeout", "fast open",
        "an unknown option", "mss of a wrong length", "window scale of a wrong length",
        "SACK permitted of a wrong length", "SACK of a wrong length",
        "timestamps of a wrong length", "user timeout of a wrong length",
        "fast open of a wrong length", "end of options", "no operation", "an impossible length",
        "an option twice", "encoded as Linux does", "encoded as BSD does",
        "more than 40 octets hold",
    };
    fuzz_kinds_are(names, FUZZ_OPTION_KINDS);
}

bool fuzz_cookie_is_legal(unsigned length)
{
    return length == 0 || (length >= 4 && length <= ANVIL_COOKIE_MAX && length % 2 == 0);
}

/* The kinds that both codecs know. */
struct known {
    uint8_t kind;
    uint16_t bit;
    enum fuzz_option_kind good, bad;
};

/* NULL: another kind. */
static const struct known *find(uint8_t kind)
{
    static const struct known all[] = {
        { WIRE_OPTION_MSS, ANVIL_HAS_MSS, FUZZ_OPTION_MSS, FUZZ_OPTION_BAD_MSS },
        { WIRE_OPTION_WINDOW_SCALE, ANVIL_HAS_WINDOW_SCALE, FUZZ_OPTION_WINDOW_SCALE,
          FUZZ_OPTION_BAD_WINDOW_SCALE },
        { WIRE_OPTION_SACK_PERMITTED, ANVIL_HAS_SACK_PERMITTED, FUZZ_OPTION_SACK_PERMITTED,
          FUZZ_OPTION_BAD_SACK_PERMITTED },
        { WIRE_OPTION_SACK, ANVIL_HAS_SACK, FUZZ_OPTION_SACK, FUZZ_OPTION_BAD_SACK },
        { WIRE_OPTION_TIMESTAMPS, ANVIL_HAS_TIMESTAMPS, FUZZ_OPTION_TIMESTAMPS,
          FUZZ_OPTION_BAD_TIMESTAMPS },
        { WIRE_OPTION_USER_TIMEOUT, ANVIL_HAS_USER_TIMEOUT, FUZZ_OPTION_USER_TIMEOUT,
          FUZZ_OPTION_BAD_USER_TIMEOUT },
        { WIRE_OPTION_FAST_OPEN, ANVIL_HAS_FAST_OPEN, FUZZ_OPTION_FAST_OPEN,
          FUZZ_OPTION_BAD_FAST_OPEN },
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i].kind == kind)
            return &all[i];
    return NULL;
}

static void take_sack(const struct wire_option *option, struct anvil_options *options)
{
    memset(options->sack, 0, sizeof options->sack);
    options->sack_count = option->value.sack.count;
    for (unsigned i = 0; i < options->sack_count; i++) {
        options->sack[i].left = anvil_seq_of(option->value.sack.blocks[i].left);
        options->sack[i].right = anvil_seq_of(option->value.sack.blocks[i].right);
    }
}

/* The value of a well-formed option. */
static void take_value(const struct wire_tcp *tcp, const struct wire_option *option,
                       struct anvil_options *options)
{
    unsigned minutes = 0;
    if (option->kind == WIRE_OPTION_MSS) {
        options->mss = option->value.mss;
    } else if (option->kind == WIRE_OPTION_WINDOW_SCALE) {
        options->window_scale = option->value.window_scale;
    } else if (option->kind == WIRE_OPTION_SACK) {
        take_sack(option, options);
    } else if (option->kind == WIRE_OPTION_TIMESTAMPS) {
        options->ts_value = option->value.timestamps.value;
        options->ts_echo = option->value.timestamps.echo;
    } else if (option->kind == WIRE_OPTION_USER_TIMEOUT) {
        minutes = option->value.user_timeout.minutes ? 0x8000 : 0;
        options->user_timeout = (uint16_t)(minutes | option->value.user_timeout.value);
    } else if (option->kind == WIRE_OPTION_FAST_OPEN) {
        memset(options->cookie, 0, sizeof options->cookie);
        options->cookie_length = option->value.fast_open.count;
        memcpy(options->cookie, tcp->option_bytes + option->value.fast_open.offset,
               options->cookie_length);
    }
}

/* One option, neither NOP nor end; false: its length is not its kind's. */
static bool take(const struct wire_tcp *tcp, const struct wire_option *option,
                 struct anvil_options *options)
{
    const struct known *known = find(option->kind);
    if (known == NULL) {
        fuzz_kind(FUZZ_OPTION_UNKNOWN);
        options->present |= ANVIL_HAS_UNKNOWN;
        return true;
    }
    bool cookie = known->bit == ANVIL_HAS_FAST_OPEN;
    bool legal = option->parsed &&
                 (!cookie || fuzz_cookie_is_legal(option->value.fast_open.count));
    fuzz_kind(legal ? known->good : known->bad);
    if (!legal)
        return cookie;
    if ((options->present & known->bit) != 0)
        fuzz_kind(FUZZ_OPTION_REPEATED);
    options->present |= known->bit;
    take_value(tcp, option, options);
    return true;
}

enum anvil_options_result fuzz_options_by_wire(const uint8_t *bytes, size_t length,
                                               struct anvil_options *options)
{
    struct wire_tcp tcp = { .option_bytes_count = (uint8_t)length };
    bool good = true;
    memset(options, 0, sizeof *options);
    memcpy(tcp.option_bytes, bytes, length);
    wire_parse_options(&tcp);
    for (unsigned i = 0; i < tcp.option_count; i++) {
        const struct wire_option *option = &tcp.options[i];
        if (option->malformed) {
            fuzz_kind(FUZZ_OPTION_CUT);
            good = false;
        } else if (option->kind == WIRE_OPTION_EOL) {
            fuzz_kind(FUZZ_OPTION_END);
        } else if (option->kind == WIRE_OPTION_NOP) {
            fuzz_kind(FUZZ_OPTION_NOP);
        } else {
            good = take(&tcp, option, options) && good;
        }
    }
    return good ? ANVIL_OPTIONS_OK : ANVIL_OPTIONS_BAD_LENGTH;
}

bool fuzz_options_fault(const uint8_t *bytes, size_t length, char *sentence)
{
    struct wire_frame frame = { .kind = WIRE_KIND_TCP,
                                .ip = { .version = 4, .source.version = 4,
                                        .destination.version = 4, .ttl = 64 },
                                .tcp = { .flags = WIRE_SYN,
                                         .option_bytes_count = (uint8_t)length } };
    uint8_t out[WIRE_HEADERS_MAX];
    memcpy(frame.tcp.option_bytes, bytes, length);
    size_t octets = wire_encode(&frame, NULL, out, sizeof out);
    wire_decode(&frame, out, octets);
    return wire_fault(&frame, sentence, WIRE_SENTENCE_MAX);
}

void fuzz_options_clear(struct anvil_options *options)
{
    struct anvil_options clear = { .present = options->present };
    if ((options->present & ANVIL_HAS_MSS) != 0)
        clear.mss = options->mss;
    if ((options->present & ANVIL_HAS_WINDOW_SCALE) != 0)
        clear.window_scale = options->window_scale;
    if ((options->present & ANVIL_HAS_TIMESTAMPS) != 0) {
        clear.ts_value = options->ts_value;
        clear.ts_echo = options->ts_echo;
    }
    if ((options->present & ANVIL_HAS_USER_TIMEOUT) != 0)
        clear.user_timeout = options->user_timeout;
    if ((options->present & ANVIL_HAS_SACK) != 0) {
        clear.sack_count = options->sack_count;
        memcpy(clear.sack, options->sack, options->sack_count * sizeof options->sack[0]);
    }
    if ((options->present & ANVIL_HAS_FAST_OPEN) != 0) {
        clear.cookie_length = options->cookie_length;
        memcpy(clear.cookie, options->cookie, options->cookie_length);
    }
    *options = clear;
}

const char *fuzz_options_difference(const struct anvil_options *a, const struct anvil_options *b)
{
    if (a->present != b->present)
        return "which options are there";
    if (a->mss != b->mss)
        return "the MSS";
    if (a->window_scale != b->window_scale)
        return "the window scale";
    if (a->ts_value != b->ts_value || a->ts_echo != b->ts_echo)
        return "a timestamp";
    if (a->user_timeout != b->user_timeout)
        return "the user timeout";
    if (a->sack_count != b->sack_count || memcmp(a->sack, b->sack, sizeof a->sack) != 0)
        return "a SACK block";
    if (a->cookie_length != b->cookie_length ||
        memcmp(a->cookie, b->cookie, sizeof a->cookie) != 0)
        return "the cookie";
    return NULL;
}
