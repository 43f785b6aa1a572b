/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames: TCP segments there and back, and the name of everything that is dropped; ICMP has a test
 * of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "host/checksum.h"
#include "support/packet.h"

static void the_fast_sum_is_the_plain_sum(void **state)
{
    static const uint8_t example[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    uint8_t bytes[200], sum[2];

    (void)state;
    assert_int_equal(plain_sum(0, example, sizeof example), 0xddf2); /* RFC 1071 section 3 */
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i < 100 ? 255 - i % 3 : i * 37);
    for (size_t from = 0; from < 9; from++) {
        for (size_t length = 0; from + length <= sizeof bytes; length++) {
            uint16_t word = sum_fold(anvil_sum_octets(0, bytes + from, length));
            memcpy(sum, &word, sizeof word);
            assert_int_equal((uint32_t)sum[0] << 8 | sum[1],
                             plain_sum(0, bytes + from, length));
        }
    }
}

static void a_segment_comes_back_as_it_was_sent(void **state)
{
    (void)state;
    for (unsigned family = ANVIL_IPV4; family <= ANVIL_IPV6; family += 2) {
        for (size_t text = 0; text < 70; text++) {
            struct anvil_frame sent = some_frame(family), frame;
            struct packet packet = encoded(sent, text);
            size_t offset;

            sent.segment.length = (uint32_t)text;
            assert_int_equal(anvil_frame_decode(packet.bytes, packet.length, &frame),
                             ANVIL_DROP_NONE);
            offset = (size_t)(frame.payload - packet.bytes);
            assert_int_equal(offset + text, packet.length);
            frame.payload = NULL;
            assert_memory_equal(&frame.from, &sent.from, sizeof sent.from);
            assert_memory_equal(&frame.to, &sent.to, sizeof sent.to);
            assert_memory_equal(&frame.segment, &sent.segment, sizeof sent.segment);
            assert_int_equal(frame.ttl, 64);
            assert_int_equal(frame.traffic_class, 0x2d);
            assert_true(frame.dont_fragment && !frame.bad_options);
        }
    }
}

/* A SYN of a kernel, as octets of which nothing was made by this code. */
static void a_known_packet_is_made(void **state)
{
    static const uint8_t expected[] = {
        0x45, 0,    0,    44,   0, 0, 0x40, 0, 64, 6, 0xb6, 0xca, 192, 0, 2, 1, 192, 0, 2, 2,
        0xc0, 0,    0,    80,   0, 0, 0,    1, 0,  0, 0,    0,    0x60, 2, 0xff, 0xff, 0, 0, 0, 0,
        2,    4,    5,    180};
    struct anvil_frame frame = some_frame(ANVIL_IPV4);
    struct packet packet, wanted;

    (void)state;
    frame.traffic_class = 0;
    frame.segment.seq.raw = 1;
    frame.segment.flags = ANVIL_SYN; /* so neither acknowledgment nor urgent pointer is sent */
    frame.segment.options.present = ANVIL_HAS_MSS;
    frame.segment.options.mss = 1460;
    packet = encoded(frame, 0);
    memset(&wanted, 0, sizeof wanted);
    memcpy(wanted.bytes, expected, sizeof expected);
    repair(wanted.bytes, wanted.bytes, 20, 10, 0);
    repair(wanted.bytes, wanted.bytes + 20, 24, 16, 6);
    assert_int_equal(packet.length, sizeof expected);
    assert_memory_equal(packet.bytes, wanted.bytes, sizeof expected);
}

/* The same over IPv6: no flow label, no extension header. */
static void a_known_ipv6_packet_is_made(void **state)
{
    static const uint8_t expected[] = {
        0x62, 0xd0, 0, 0, 0, 24, 6, 64, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
        0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
        0xc0, 0, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x60, 2, 0xff, 0xff, 0, 0, 0, 0, 2, 4, 5, 180};
    struct anvil_frame frame = some_frame(ANVIL_IPV6);
    struct packet packet, wanted;

    (void)state;
    frame.segment.seq.raw = 1;
    frame.segment.flags = ANVIL_SYN;
    frame.segment.options.present = ANVIL_HAS_MSS;
    frame.segment.options.mss = 1460;
    packet = encoded(frame, 0);
    memset(&wanted, 0, sizeof wanted);
    memcpy(wanted.bytes, expected, sizeof expected);
    repair(wanted.bytes, wanted.bytes + 40, 24, 16, 6);
    assert_int_equal(packet.length, sizeof expected);
    assert_memory_equal(packet.bytes, wanted.bytes, sizeof expected);
}

/* What a frame does not have is zero in the value, whatever was there before; padding aside. */
static void a_frame_is_wholly_written(void **state)
{
    static const struct anvil_address nowhere;
    static const struct anvil_four_tuple nobody;
    struct packet packet = encoded(some_frame(ANVIL_IPV4), 3);
    struct anvil_segment plain = some_frame(ANVIL_IPV4).segment, nothing;
    struct anvil_frame frame;

    (void)state;
    memset(&nothing, 0, sizeof nothing);
    for (unsigned whole = 0; whole < 2; whole++) {
        memset(&frame, 0xa5, sizeof frame);
        plain.length = 3;
        assert_int_equal(decoded(&packet, whole ? packet.length : 19, &frame),
                         whole ? ANVIL_DROP_NONE : ANVIL_DROP_IP_SHORT);
        assert_int_equal(frame.kind, ANVIL_FRAME_TCP);
        assert_memory_equal(&frame.segment, whole ? &plain : &nothing, sizeof plain);
        assert_int_equal(frame.ttl, whole ? 64 : 0);
        assert_int_equal(frame.traffic_class, whole ? 0x2d : 0);
        assert_int_equal(frame.dont_fragment, whole);
        assert_int_equal(frame.bad_options, 0);
        assert_int_equal(frame.icmp, ANVIL_ICMP_SOFT);
        assert_int_equal(frame.reason, ANVIL_REASON_NONE);
        assert_int_equal(frame.mtu, 0);
        assert_memory_equal(&frame.quoted, &nobody, sizeof nobody);
        assert_int_equal(frame.quoted_seq.raw, 0);
        if (whole)
            continue;
        assert_null(frame.payload);
        assert_memory_equal(&frame.from.address, &nowhere, sizeof nowhere);
        assert_memory_equal(&frame.to.address, &nowhere, sizeof nowhere);
        assert_int_equal(frame.from.port | frame.to.port | frame.from.spare | frame.to.spare, 0);
    }
}

static void a_bare_segment_is_forty_octets(void **state)
{
    struct anvil_frame frame = some_frame(ANVIL_IPV4);
    struct packet packet;

    (void)state;
    frame.segment.options.present = 0;
    packet = encoded(frame, 0);
    assert_int_equal(packet.length, 40);
    assert_int_equal(decoded(&packet, packet.length, &frame), ANVIL_DROP_NONE);
    assert_int_equal(frame.segment.length, 0);
    assert_int_equal(frame.segment.options.present, 0);
}

static void dont_fragment_is_a_choice_for_ipv4(void **state)
{
    struct anvil_frame frame = some_frame(ANVIL_IPV4);
    struct packet packet;

    (void)state;
    frame.dont_fragment = false;
    packet = encoded(frame, 0);
    assert_int_equal(decoded(&packet, packet.length, &frame), ANVIL_DROP_NONE);
    assert_false(frame.dont_fragment);
}

static void the_payload_may_come_in_two_pieces(void **state)
{
    static const uint8_t text[] = "abcdefghijklmnopqrstuvwxyz";
    struct anvil_frame frame = some_frame(ANVIL_IPV6);
    uint8_t whole[PACKET_MAX], parts[PACKET_MAX];

    (void)state;
    frame.segment.length = 26;
    for (size_t cut = 0; cut <= 26; cut++) {
        struct anvil_span all = {text, 26}, none = {NULL, 0};
        struct anvil_span first = {text, cut}, second = {text + cut, 26 - cut};
        size_t length = anvil_frame_encode(&frame, all, none, whole, sizeof whole);

        assert_int_equal(anvil_frame_encode(&frame, first, second, parts, sizeof parts), length);
        assert_memory_equal(whole, parts, length);
    }
}

static void what_cannot_be_encoded_is_refused(void **state)
{
    struct anvil_span none = {NULL, 0}, one = {(const uint8_t *)"x", 1};
    struct anvil_frame frame = some_frame(ANVIL_IPV4), other;
    uint8_t bytes[52];

    (void)state;
    assert_int_equal(anvil_frame_encode(&frame, none, none, bytes, 51), 0);
    assert_int_equal(anvil_frame_encode(&frame, none, none, NULL, 0), 0);
    assert_int_equal(anvil_frame_encode(&frame, none, none, bytes, 52), 52);
    assert_int_equal(anvil_frame_encode(&frame, one, none, bytes, 52), 0);
    frame.segment.length = 1;
    assert_int_equal(anvil_frame_encode(&frame, none, none, bytes, 52), 0);
    frame.segment.length = 65536 - 52;
    assert_int_equal(anvil_frame_size(&frame), 0);
    frame.segment.length = 65535 - 52;
    assert_int_equal(anvil_frame_size(&frame), 65535);
    frame.segment.length = UINT32_MAX;
    assert_int_equal(anvil_frame_size(&frame), 0);
    frame.segment.length = 0;
    other = frame;
    other.to.address = some_v6(2);
    assert_int_equal(anvil_frame_size(&other), 0);
    memset(bytes, 0xee, sizeof bytes);
    assert_int_equal(anvil_frame_encode(&other, none, none, bytes, 52), 0);
    for (unsigned i = 0; i < sizeof bytes; i++)
        assert_int_equal(bytes[i], 0xee); /* nothing changed */
    other = some_frame(ANVIL_IPV6);
    other.segment.length = 65535 - 32; /* the field of IPv6 does not count its header */
    assert_int_equal(anvil_frame_size(&other), 40 + 65535);
    other.segment.length++;
    assert_int_equal(anvil_frame_size(&other), 0);
    other = frame;
    other.kind = ANVIL_FRAME_ICMP;
    assert_int_equal(anvil_frame_size(&other), 0);
    other = frame;
    other.from.address.family = other.to.address.family = 0;
    assert_int_equal(anvil_frame_size(&other), 0);
}

/* One octet of a good packet is replaced; `sums`: then the checksums are made right again. */
struct damage {
    const char *sentence;
    unsigned family;
    size_t at;
    uint8_t octet;
    bool sums;
    enum anvil_drop drop;
};

static const struct damage damages[] = {
    {"IP version 5", 4, 0, 0x55, true, ANVIL_DROP_IP_VERSION},
    {"IHL of 4", 4, 0, 0x44, true, ANVIL_DROP_IP_HEADER_LENGTH},
    {"total length past the end", 4, 2, 1, true, ANVIL_DROP_IP_TOTAL_LENGTH},
    {"total length within the header", 4, 3, 19, true, ANVIL_DROP_IP_TOTAL_LENGTH},
    {"total length of the header alone", 4, 3, 20, true, ANVIL_DROP_TCP_SHORT},
    {"a TTL that the checksum does not cover", 4, 8, 63, false, ANVIL_DROP_IP_CHECKSUM},
    {"more fragments", 4, 6, 0x20, true, ANVIL_DROP_FRAGMENT},
    {"a later fragment", 4, 7, 1, true, ANVIL_DROP_FRAGMENT},
    {"the reserved flag of IPv4 is ignored", 4, 6, 0x80, true, ANVIL_DROP_NONE},
    {"UDP", 4, 9, 17, true, ANVIL_DROP_PROTOCOL},
    {"ICMPv6 over IPv4", 4, 9, 58, true, ANVIL_DROP_PROTOCOL},
    {"from a multicast address", 4, 12, 224, true, ANVIL_DROP_SOURCE},
    {"from 0.0.0.0/8", 4, 12, 0, true, ANVIL_DROP_SOURCE},
    {"from class E", 4, 12, 240, true, ANVIL_DROP_SOURCE},
    {"from the last of class C", 4, 12, 223, true, ANVIL_DROP_NONE},
    {"to a multicast address", 4, 16, 239, true, ANVIL_DROP_DESTINATION},
    {"to class E and broadcast", 4, 16, 255, true, ANVIL_DROP_DESTINATION},
    {"from a loopback address", 4, 12, 127, true, ANVIL_DROP_NONE},
    {"a TTL of 0", 4, 8, 0, true, ANVIL_DROP_NONE},
    {"a TCP checksum one off", 4, 36, 0, false, ANVIL_DROP_TCP_CHECKSUM},
    {"a data offset of 4", 4, 32, 0x40, true, ANVIL_DROP_TCP_DATA_OFFSET},
    {"a data offset past the end", 4, 32, 0xf0, true, ANVIL_DROP_TCP_DATA_OFFSET},
    {"reserved control bits are ignored", 4, 32, 0x8f, true, ANVIL_DROP_NONE},
    {"port 0", 4, 20, 0, true, ANVIL_DROP_NONE},
    {"payload length past the end", 6, 4, 1, true, ANVIL_DROP_IP_TOTAL_LENGTH},
    {"payload length below a TCP header", 6, 5, 19, true, ANVIL_DROP_TCP_SHORT},
    {"no next header", 6, 6, 59, true, ANVIL_DROP_PROTOCOL},
    {"ICMP over IPv6", 6, 6, 1, true, ANVIL_DROP_PROTOCOL},
    {"IPv6 fragment", 6, 6, 44, true, ANVIL_DROP_FRAGMENT},
    {"from an IPv6 multicast address", 6, 8, 0xff, true, ANVIL_DROP_SOURCE},
    {"to an IPv6 multicast address", 6, 24, 0xff, true, ANVIL_DROP_DESTINATION},
    {"an IPv6 TCP checksum one off", 6, 40, 0, false, ANVIL_DROP_TCP_CHECKSUM},
};

static void every_damage_has_its_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        const struct damage *d = &damages[i];
        struct packet packet = encoded(some_frame(d->family), 8);
        size_t ip = d->family == 4 ? 20 : 40;
        struct anvil_frame frame;

        packet.bytes[d->at] = d->octet;
        if (d->sums) {
            if (d->family == 4)
                repair(packet.bytes, packet.bytes, 20, 10, 0);
            repair(packet.bytes, packet.bytes + ip, packet.length - ip, 16, 6);
        }
        if (decoded(&packet, packet.length, &frame) != d->drop)
            fail_msg("%s", d->sentence);
    }
}

static void a_packet_that_is_cut_off_is_dropped_at_every_length(void **state)
{
    (void)state;
    for (unsigned family = ANVIL_IPV4; family <= ANVIL_IPV6; family += 2) {
        struct packet packet = encoded(some_frame(family), 8);
        size_t ip = family == ANVIL_IPV4 ? 20 : 40;
        struct anvil_frame frame;

        for (size_t length = 0; length < packet.length; length++)
            assert_int_equal(decoded(&packet, length, &frame),
                             length < ip ? ANVIL_DROP_IP_SHORT : ANVIL_DROP_IP_TOTAL_LENGTH);
        packet.length += 6; /* what a link layer adds to short packets is not the segment's */
        assert_int_equal(decoded(&packet, packet.length, &frame), ANVIL_DROP_NONE);
        assert_int_equal(frame.segment.length, 8);
    }
}

static void a_bad_option_length_is_a_flag(void **state)
{
    struct packet packet = encoded(some_frame(ANVIL_IPV4), 8);
    struct anvil_frame frame;

    (void)state;
    packet.bytes[43] = 1;
    repair(packet.bytes, packet.bytes + 20, packet.length - 20, 16, 6);
    assert_int_equal(decoded(&packet, packet.length, &frame), ANVIL_DROP_NONE);
    assert_true(frame.bad_options);
    assert_int_equal(frame.segment.length, 8);
}

static void ipv4_options_are_passed_over(void **state)
{
    struct packet packet = encoded(some_frame(ANVIL_IPV4), 8);
    struct anvil_frame frame;

    (void)state;
    memmove(packet.bytes + 24, packet.bytes + 20, packet.length - 20);
    memcpy(packet.bytes + 20, "\x99\x00\xff\x01", 4); /* not even well formed */
    packet.length += 4;
    packet.bytes[0] = 0x46;
    put_number(packet.bytes + 2, (uint32_t)packet.length);
    repair(packet.bytes, packet.bytes, 24, 10, 0);
    assert_int_equal(decoded(&packet, packet.length, &frame), ANVIL_DROP_NONE);
    assert_int_equal(frame.to.port, 80);
    packet.bytes[0] = 0x4f;
    assert_int_equal(decoded(&packet, 59, &frame), ANVIL_DROP_IP_HEADER_LENGTH);
    packet = encoded(some_frame(ANVIL_IPV4), 8);
    memmove(packet.bytes + 40, packet.bytes + 20, packet.length - 20);
    for (unsigned i = 0; i < 20; i++)
        packet.bytes[20 + i] = (uint8_t)(0x99 + i); /* as long as the header of IPv6 */
    packet.length += 20;
    packet.bytes[0] = 0x4a;
    put_number(packet.bytes + 2, (uint32_t)packet.length);
    repair(packet.bytes, packet.bytes, 40, 10, 0);
    assert_int_equal(decoded(&packet, packet.length, &frame), ANVIL_DROP_NONE);
}

/* An IPv6 TCP packet with extension headers put in front of TCP. */
static struct packet extended(const uint8_t *headers, size_t length, uint8_t first)
{
    struct packet packet = encoded(some_frame(ANVIL_IPV6), 8);

    memmove(packet.bytes + 40 + length, packet.bytes + 40, packet.length - 40);
    memcpy(packet.bytes + 40, headers, length);
    packet.bytes[6] = first;
    packet.length += length;
    put_number(packet.bytes + 4, (uint32_t)(packet.length - 40));
    return packet;
}

struct extension_case {
    const char *sentence;
    uint8_t first;
    size_t length;
    uint8_t headers[80];
    enum anvil_drop drop;
};

static const struct extension_case extension_cases[] = {
    {"hop-by-hop with padding", 0, 8, {6, 0, 1, 4, 0, 0, 0, 0}, ANVIL_DROP_NONE},
    {"hop-by-hop, routing, destination",
     0,
     24,
     {43, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0},
     ANVIL_DROP_NONE},
    {"an unknown option that may be skipped", 60, 8, {6, 0, 5, 2, 9, 9, 0, 0}, ANVIL_DROP_NONE},
    {"an option of two octets at the end", 60, 8, {6, 0, 1, 2, 0, 0, 1, 0}, ANVIL_DROP_NONE},
    {"an unknown option that may not", 60, 8, {6, 0, 0x85, 2, 9, 9, 0, 0}, ANVIL_DROP_EXTENSION},
    {"an option past the end", 60, 8, {6, 0, 5, 5, 0, 0, 0, 0}, ANVIL_DROP_EXTENSION},
    {"an option without a length", 60, 8, {6, 0, 0, 0, 0, 0, 0, 5}, ANVIL_DROP_EXTENSION},
    {"a header past the end", 60, 8, {6, 200, 1, 4, 0, 0, 0, 0}, ANVIL_DROP_EXTENSION},
    {"hop-by-hop that does not come first",
     60,
     16,
     {0, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0},
     ANVIL_DROP_EXTENSION},
    {"a routing header that is not at its end", 43, 8, {6, 0, 0, 1}, ANVIL_DROP_ROUTING},
    {"eight headers",
     60,
     64,
     {60, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0,
      0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 6},
     ANVIL_DROP_NONE},
    {"nine headers",
     60,
     72,
     {60, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0,
      0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0,
      0, 0, 0, 0, 6},
     ANVIL_DROP_EXTENSION},
};

static void extension_headers_are_walked_over(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof extension_cases / sizeof extension_cases[0]; i++) {
        const struct extension_case *c = &extension_cases[i];
        struct packet packet = extended(c->headers, c->length, c->first);
        struct anvil_frame frame;

        if (decoded(&packet, packet.length, &frame) != c->drop)
            fail_msg("%s", c->sentence);
    }
}

static void extension_headers_may_be_all_there_is(void **state)
{
    static const uint8_t header[] = {6, 0, 1, 4, 0, 0, 0, 0};
    struct packet packet = extended(header, sizeof header, 60);
    struct anvil_frame frame;

    (void)state;
    put_number(packet.bytes + 4, 8);
    assert_int_equal(decoded(&packet, 48, &frame), ANVIL_DROP_TCP_SHORT);
    packet.bytes[47] = 5; /* an option without a length, where memory ends */
    memset(packet.bytes + 42, 0, 5);
    assert_int_equal(decoded(&packet, 48, &frame), ANVIL_DROP_EXTENSION);
    put_number(packet.bytes + 4, 7);
    assert_int_equal(decoded(&packet, 47, &frame), ANVIL_DROP_EXTENSION);
    put_number(packet.bytes + 4, 0);
    assert_int_equal(decoded(&packet, 40, &frame), ANVIL_DROP_EXTENSION);
}

static void addresses_are_told_apart(void **state)
{
    static const uint8_t zero[16] = {0};
    static const uint8_t loopback[16] = {[15] = 1};
    static const uint8_t mapped[16] = {[10] = 0xff, 0xff, 192, 0, 2, 1};
    struct anvil_address address = anvil_address_v4(zero), other = some_v4(1);

    (void)state;
    assert_true(anvil_address_is_any(&address) && !anvil_address_is_unicast(&address));
    assert_true(!anvil_address_is_any(&other) && anvil_address_is_unicast(&other));
    assert_false(anvil_address_equal(&address, &other));
    address = anvil_address_v6(zero);
    assert_true(anvil_address_is_any(&address) && !anvil_address_is_unicast(&address));
    address = anvil_address_v6(loopback);
    assert_true(anvil_address_is_unicast(&address));
    address = anvil_address_v6(mapped);
    assert_false(anvil_address_is_unicast(&address));
    memset(&address, 0, sizeof address);
    assert_true(anvil_address_is_any(&address) && !anvil_address_is_unicast(&address));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fast_sum_is_the_plain_sum),
        cmocka_unit_test(a_segment_comes_back_as_it_was_sent),
        cmocka_unit_test(a_known_packet_is_made),
        cmocka_unit_test(a_known_ipv6_packet_is_made),
        cmocka_unit_test(a_frame_is_wholly_written),
        cmocka_unit_test(a_bare_segment_is_forty_octets),
        cmocka_unit_test(dont_fragment_is_a_choice_for_ipv4),
        cmocka_unit_test(the_payload_may_come_in_two_pieces),
        cmocka_unit_test(what_cannot_be_encoded_is_refused),
        cmocka_unit_test(every_damage_has_its_name),
        cmocka_unit_test(a_packet_that_is_cut_off_is_dropped_at_every_length),
        cmocka_unit_test(a_bad_option_length_is_a_flag),
        cmocka_unit_test(ipv4_options_are_passed_over),
        cmocka_unit_test(extension_headers_are_walked_over),
        cmocka_unit_test(extension_headers_may_be_all_there_is),
        cmocka_unit_test(addresses_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
