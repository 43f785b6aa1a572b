/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Target: the core's option codec, anvil_options_decode() and anvil_options_encode().
 * Input: one octet (bit 0: the layout; bit 1: what follows), then an option area of up to 40
 *     octets, or the fields of options that are to be encoded.
 * Oracle: decoded, encoded and decoded again they are the same, as far as 40 octets hold them; the
 *     codec of conformance/wire reads the same from the same octets, and finds no fault in those
 *     that were encoded.
 */
#include "fuzz/finding.h"
#include "fuzz/kinds.h"
#include "fuzz/options_read.h"

#include "wire/print.h"

#include <anvil/options.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 2, WINDOW_SCALE_MAX = 14 };

/* The next octets of an input, high one first; zeros past its end. */
struct octets {
    const uint8_t *at;
    size_t left;
};

static uint32_t next(struct octets *octets, unsigned count)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < count; i++) {
        value = value << 8 | (octets->left > 0 ? *octets->at : 0u);
        octets->at += octets->left > 0;
        octets->left -= octets->left > 0;
    }
    return value;
}

/* Options from the fields that an input gives; what is not present is zero, as in decoded ones. */
static void draw(struct anvil_options *options, struct octets *octets)
{
    options->present = (uint16_t)(next(octets, 1) & 0x7f);
    if ((options->present & ANVIL_HAS_MSS) != 0)
        options->mss = (uint16_t)next(octets, 2);
    if ((options->present & ANVIL_HAS_WINDOW_SCALE) != 0)
        options->window_scale = (uint8_t)next(octets, 1);
    if ((options->present & ANVIL_HAS_TIMESTAMPS) != 0) {
        options->ts_value = next(octets, 4);
        options->ts_echo = next(octets, 4);
    }
    if ((options->present & ANVIL_HAS_USER_TIMEOUT) != 0)
        options->user_timeout = (uint16_t)next(octets, 2);
    if ((options->present & ANVIL_HAS_SACK) != 0)
        options->sack_count = (uint8_t)(next(octets, 1) % (ANVIL_SACK_BLOCKS_MAX + 1));
    for (unsigned i = 0; i < options->sack_count; i++) {
        options->sack[i].left = anvil_seq_of(next(octets, 4));
        options->sack[i].right = anvil_seq_of(next(octets, 4));
    }
    if ((options->present & ANVIL_HAS_FAST_OPEN) != 0)
        options->cookie_length = (uint8_t)(next(octets, 1) % (ANVIL_COOKIE_MAX + 1));
    for (unsigned i = 0; i < options->cookie_length; i++)
        options->cookie[i] = (uint8_t)next(octets, 1);
}

/* More room than options take at most, with the NOPs of either layout. */
static size_t room_for(const struct anvil_options *options)
{
    size_t room = 0;
    room += (options->present & ANVIL_HAS_MSS) != 0 ? 4 : 0;
    room += (options->present & ANVIL_HAS_WINDOW_SCALE) != 0 ? 4 : 0;
    room += (options->present & ANVIL_HAS_SACK_PERMITTED) != 0 ? 4 : 0;
    room += (options->present & ANVIL_HAS_TIMESTAMPS) != 0 ? 12 : 0;
    room += (options->present & ANVIL_HAS_USER_TIMEOUT) != 0 ? 4 : 0;
    room += (options->present & ANVIL_HAS_SACK) != 0 ? 4 + 8 * (size_t)options->sack_count : 0;
    room += (options->present & ANVIL_HAS_FAST_OPEN) != 0
                ? (2 + (size_t)options->cookie_length + 3) / 4 * 4 : 0;
    return room;
}

/* What of `options` need not come back: what has no place on the wire (a SACK without blocks, a
 * cookie of an illegal length), what no codec sends, and, if there are too many, any that did not
 * fit; and of SACK blocks the last. */
static void leave_out(struct anvil_options *options, const struct anvil_options *back)
{
    bool fits = room_for(options) <= ANVIL_OPTIONS_MAX;
    uint16_t lost = ANVIL_HAS_UNKNOWN;
    if (options->sack_count == 0)
        lost |= ANVIL_HAS_SACK;
    if (!fuzz_cookie_is_legal(options->cookie_length))
        lost |= ANVIL_HAS_FAST_OPEN;
    if (!fits) {
        fuzz_kind(FUZZ_OPTION_LEFT_OUT);
        lost |= (uint16_t)(options->present & ~back->present);
        if (back->sack_count < options->sack_count && back->sack_count > 0)
            options->sack_count = back->sack_count;
    }
    options->present &= (uint16_t)~lost;
    fuzz_options_clear(options);
}

/* Encodes, and looks at the octets with both codecs. */
static void check_encoding(const struct anvil_options *options, uint8_t layout,
                           struct fuzz_finding *finding)
{
    struct anvil_options wanted = *options, back, wire;
    uint8_t bytes[ANVIL_OPTIONS_MAX], again[ANVIL_OPTIONS_MAX];
    char fault[WIRE_SENTENCE_MAX];
    wanted.layout = layout;
    size_t length = anvil_options_encode(&wanted, bytes);
    if (length % 4 != 0 || length > sizeof bytes || length != anvil_options_size(&wanted))
        fuzz_find(finding, "options: length", "%zu octets are encoded, and %zu foretold", length,
                  anvil_options_size(&wanted));
    if (anvil_options_decode(bytes, length, &back) != ANVIL_OPTIONS_OK)
        fuzz_find(finding, "options: own encoding", "what was encoded is not decoded");
    leave_out(&wanted, &back);
    const char *difference = fuzz_options_difference(&wanted, &back);
    if (difference != NULL)
        fuzz_find(finding, "options: round trip", "%s comes back changed", difference);
    if (fuzz_options_by_wire(bytes, length, &wire) != ANVIL_OPTIONS_OK ||
        fuzz_options_difference(&wire, &back) != NULL)
        fuzz_find(finding, "options: encoding for others", "the other codec reads something else");
    if (back.window_scale <= WINDOW_SCALE_MAX && fuzz_options_fault(bytes, length, fault))
        fuzz_find(finding, "options: fault", "%s", fault);
    back.layout = layout;
    if (anvil_options_encode(&back, again) != length || memcmp(again, bytes, length) != 0)
        fuzz_find(finding, "options: not the same again", "encoded again, the octets differ");
}

/* Both codecs on the same octets. */
static void check_decoding(const uint8_t *bytes, size_t length, struct anvil_options *options,
                           struct fuzz_finding *finding)
{
    struct anvil_options wire;
    enum anvil_options_result own = anvil_options_decode(bytes, length, options);
    enum anvil_options_result other = fuzz_options_by_wire(bytes, length, &wire);
    const char *difference = fuzz_options_difference(&wire, options);
    if (own != other)
        fuzz_find(finding, "options: codecs disagree on lengths", "the core says %s, the other %s",
                  own == ANVIL_OPTIONS_OK ? "good" : "bad",
                  other == ANVIL_OPTIONS_OK ? "good" : "bad");
    if (difference != NULL)
        fuzz_find(finding, "options: codecs disagree", "%s differs", difference);
}

/* Runs an input. */
static void play(const uint8_t *data, size_t size, struct anvil_options *options,
                 struct fuzz_finding *finding)
{
    fuzz_options_kinds();
    memset(options, 0, sizeof *options);
    if (size == 0)
        return;
    struct octets octets = { data + 1, size - 1 };
    uint8_t layout = data[0] & 1 ? ANVIL_LAYOUT_BSD : ANVIL_LAYOUT_LINUX;
    fuzz_kind(layout == ANVIL_LAYOUT_BSD ? FUZZ_OPTION_BSD : FUZZ_OPTION_LINUX);
    if ((data[0] & FIELDS) != 0)
        draw(options, &octets);
    else
        check_decoding(octets.at, octets.left < ANVIL_OPTIONS_MAX ? octets.left
                                                                  : ANVIL_OPTIONS_MAX,
                       options, finding);
    check_encoding(options, layout, finding);
}

int fuzz_options(const uint8_t *data, size_t size)
{
    struct fuzz_finding finding = { .found = false };
    struct anvil_options options;
    play(data, size, &options, &finding);
    return fuzz_end_of_run(&finding);
}

/* The options of an input in packetdrill's words, as the other codec reads them, and what becomes
 * of them. */
static void tell(const uint8_t *data, size_t size, const struct anvil_options *options, FILE *out)
{
    struct wire_tcp tcp = { .source_port = 0 };
    struct wire_print how = { .outbound = false };
    struct anvil_options made = *options;
    char text[WIRE_LINE_MAX];
    if (size > 1 && (data[0] & FIELDS) == 0) {
        tcp.option_bytes_count =
            (uint8_t)(size - 1 < ANVIL_OPTIONS_MAX ? size - 1 : ANVIL_OPTIONS_MAX);
        memcpy(tcp.option_bytes, data + 1, tcp.option_bytes_count);
        wire_parse_options(&tcp);
        wire_print_options(text, sizeof text, &tcp, &how);
        fprintf(out, "decoded  <%s>\n", text);
    }
    made.layout = size > 0 && (data[0] & 1) != 0 ? ANVIL_LAYOUT_BSD : ANVIL_LAYOUT_LINUX;
    tcp.option_bytes_count = (uint8_t)anvil_options_encode(&made, tcp.option_bytes);
    wire_parse_options(&tcp);
    wire_print_options(text, sizeof text, &tcp, &how);
    fprintf(out, "encoded  <%s>\n", text);
}

void fuzz_options_tell(const uint8_t *data, size_t size, struct fuzz_story *story)
{
    struct anvil_options options;
    size_t length = 0;
    memset(story, 0, sizeof *story);
    play(data, size, &options, &story->finding);
    FILE *out = open_memstream(&story->text, &length);
    if (out != NULL) {
        tell(data, size, &options, out);
        fclose(out);
    }
    story->record.failed = story->text == NULL;
}
