/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults of frames as sent: each is found and told in a sentence, and a sound frame has none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "wire/frame.h"

/* A frame with these flags and options, changed in up to two bytes after its checksums were made,
 * which are made again if `mend` is set. */
struct row {
    const char *sentence; /* NULL: nothing is wrong */
    uint16_t flags;
    uint8_t options[12];
    uint8_t option_bytes;
    struct wire_damage damage;
    uint8_t ttl;
    size_t extra; /* bytes behind the frame */
};

static const struct row rows[] = {
    { NULL, WIRE_SYN, { 2, 4, 5, 180, 1, 3, 3, 14, 4, 2, 0, 0 }, 12, { .ip_checksum = 0 }, 64, 0 },
    { NULL, WIRE_ACK, { 1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2 }, 12, { .ip_checksum = 0 }, 64, 0 },
    { NULL, WIRE_RST, { 0 }, 0, { .ip_checksum = 0 }, 1, 0 },
    { "the IP header checksum 0xdead is wrong", WIRE_ACK, { 0 }, 0,
      { .set_ip_checksum = true, .ip_checksum = 0xdead }, 64, 0 },
    { "the TCP checksum 0xdead is wrong", WIRE_ACK, { 0 }, 0,
      { .set_transport_checksum = true, .transport_checksum = 0xdead }, 64, 0 },
    { "the frame has 41 bytes, but its IP header says 40", WIRE_ACK, { 0 }, 0,
      { .ip_checksum = 0 }, 64, 1 },
    { "the frame has 40 bytes, but its IP header says 50", WIRE_ACK, { 0 }, 0,
      { .set_total_length = true, .total_length = 50 }, 64, 0 },
    { "the time to live is 0", WIRE_ACK, { 0 }, 0, { .ip_checksum = 0 }, 0, 0 },
    { "reserved bits of the TCP header are set", WIRE_ACK | 0x400, { 0 }, 0, { .ip_checksum = 0 },
      64, 0 },
    { "the mss option is on a segment without SYN", WIRE_ACK, { 2, 4, 5, 180 }, 4,
      { .ip_checksum = 0 }, 64, 0 },
    { "the wscale option is on a segment without SYN", WIRE_ACK, { 1, 3, 3, 7 }, 4,
      { .ip_checksum = 0 }, 64, 0 },
    { "the sackOK option is on a segment without SYN", WIRE_ACK, { 1, 1, 4, 2 }, 4,
      { .ip_checksum = 0 }, 64, 0 },
    { "the wscale option shifts by 15, but 14 is the most", WIRE_SYN, { 1, 3, 3, 15 }, 4,
      { .ip_checksum = 0 }, 64, 0 },
    { "the mss option has length 3, but must have 4", WIRE_SYN, { 2, 3, 5, 1 }, 4,
      { .ip_checksum = 0 }, 64, 0 },
    { "the sack option has length 2, but must have 10, 18, 26 or 34", WIRE_ACK, { 1, 1, 5, 2 }, 4,
      { .ip_checksum = 0 }, 64, 0 },
    { "option kind 8 ends the header and has no length", WIRE_ACK, { 1, 1, 1, 8 }, 4,
      { .ip_checksum = 0 }, 64, 0 },
    { "option kind 9 has the impossible length 1", WIRE_ACK, { 9, 1, 1, 1 }, 4,
      { .ip_checksum = 0 }, 64, 0 },
    { "option kind 9 has the impossible length 5", WIRE_ACK, { 9, 5, 1, 1 }, 4,
      { .ip_checksum = 0 }, 64, 0 },
    { "the padding after the end of the options is not zero", WIRE_ACK, { 1, 0, 0, 1 }, 4,
      { .ip_checksum = 0 }, 64, 0 },
};

static size_t make(const struct row *row, uint8_t *bytes, size_t room)
{
    struct wire_frame frame;

    memset(&frame, 0, sizeof frame);
    frame.kind = WIRE_KIND_TCP;
    frame.ip.version = 4;
    frame.ip.ttl = row->ttl;
    assert_true(wire_parse_address(&frame.ip.source, "192.0.2.1"));
    assert_true(wire_parse_address(&frame.ip.destination, "192.168.0.1"));
    frame.tcp.flags = row->flags;
    frame.tcp.option_bytes_count = row->option_bytes;
    memcpy(frame.tcp.option_bytes, row->options, row->option_bytes);
    return wire_encode(&frame, &row->damage, bytes, room) + row->extra;
}

static void faults_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t bytes[100] = { 0 };
        size_t count = make(&rows[i], bytes, sizeof bytes);
        char sentence[WIRE_SENTENCE_MAX] = "";
        struct wire_frame frame;

        assert_int_equal(wire_decode(&frame, bytes, count), WIRE_OK);
        if (wire_fault(&frame, sentence, sizeof sentence) != (rows[i].sentence != NULL))
            fail_msg("row %zu: %s", i, sentence);
        assert_string_equal(sentence, rows[i].sentence == NULL ? "" : rows[i].sentence);
    }
}

/* Bits that the encoder has fields for. */
static void ip_flags_are_judged(void **state)
{
    char sentence[WIRE_SENTENCE_MAX];
    uint8_t bytes[100] = { 0 };
    struct wire_frame frame;
    size_t count = make(&rows[2], bytes, sizeof bytes);

    (void)state;
    wire_decode(&frame, bytes, count);
    frame.ip.reserved_bit = true;
    assert_true(wire_fault(&frame, sentence, sizeof sentence));
    assert_string_equal(sentence, "the reserved bit of the IPv4 flags is set");
    frame.ip.reserved_bit = false;
    frame.ip.dont_fragment = true;
    frame.ip.more_fragments = true;
    assert_true(wire_fault(&frame, sentence, sizeof sentence));
    assert_string_equal(sentence, "the IPv4 flags DF and MF are both set");
}

/* The sentence is cut to the room that there is. */
static void a_short_room_is_respected(void **state)
{
    uint8_t bytes[100] = { 0 };
    char sentence[8];
    struct wire_frame frame;
    size_t count = make(&rows[3], bytes, sizeof bytes);

    (void)state;
    wire_decode(&frame, bytes, count);
    assert_true(wire_fault(&frame, sentence, sizeof sentence));
    assert_string_equal(sentence, "the IP ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_told),
        cmocka_unit_test(ip_flags_are_judged),
        cmocka_unit_test(a_short_room_is_respected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
