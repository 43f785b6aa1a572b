/* SPDX-License-Identifier: BSD-2-Clause */
/* The runner's frame codec: frames written and read back, damage on request, and every reason why
 * bytes are no frame. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire/frame.h"

static struct wire_frame tcp_frame(uint8_t version)
{
    struct wire_frame frame;
    const char *source = version == 4 ? "192.0.2.1" : "2001:db8::1";
    const char *destination = version == 4 ? "192.168.0.1" : "fd3d:a0b:17d6::1";

    memset(&frame, 0, sizeof frame);
    frame.kind = WIRE_KIND_TCP;
    frame.ip.version = version;
    frame.ip.ttl = 64;
    assert_true(wire_parse_address(&frame.ip.source, source));
    assert_true(wire_parse_address(&frame.ip.destination, destination));
    frame.tcp.source_port = 40000;
    frame.tcp.destination_port = 8080;
    frame.tcp.seq = 0xfffffffe;
    frame.tcp.ack = 0x80000000;
    frame.tcp.flags = WIRE_PSH | WIRE_ACK;
    frame.tcp.window = 65535;
    return frame;
}

/* The example of RFC 1071 section 3, and an odd length. */
static void checksum_is_that_of_rfc_1071(void **state)
{
    static const uint8_t bytes[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };

    (void)state;
    assert_int_equal(wire_fold(wire_sum(0, bytes, sizeof bytes)), 0xffff - 0xddf2);
    assert_int_equal(wire_fold(wire_sum(0, bytes, 3)), 0xffff - 0xf201);
    assert_int_equal(wire_fold(wire_sum(0, bytes, 0)), 0xffff);
}

/* The bytes were checked with another tool. */
static void a_syn_has_these_bytes(void **state)
{
    static const uint8_t wanted[] = {
        0x45, 0x00, 0x00, 0x2c, 0x12, 0x34, 0x40, 0x00, 0x40, 0x06, 0xa5, 0xed, 0xc0, 0x00, 0x02,
        0x01, 0xc0, 0xa8, 0x00, 0x01, 0x9c, 0x40, 0x1f, 0x90, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x60, 0x02, 0xff, 0xff, 0x59, 0xab, 0x00, 0x00, 0x02, 0x04, 0x05, 0xb4,
    };
    static const uint8_t mss[] = { 0x05, 0xb4 };
    struct wire_frame frame = tcp_frame(4);
    uint8_t bytes[WIRE_HEADERS_MAX];

    (void)state;
    frame.ip.id = 0x1234;
    frame.ip.dont_fragment = true;
    frame.tcp.seq = 0;
    frame.tcp.ack = 0;
    frame.tcp.flags = WIRE_SYN;
    assert_true(wire_add_option(&frame.tcp, WIRE_OPTION_MSS, mss, sizeof mss));
    assert_int_equal(wire_encode(&frame, NULL, bytes, sizeof bytes), sizeof wanted);
    assert_memory_equal(bytes, wanted, sizeof wanted);
}

/* All fields of the IP header come back. */
static void ip_fields_return(void **state)
{
    for (uint8_t version = 4; version <= 6; version = (uint8_t)(version + 2)) {
        struct wire_frame frame = tcp_frame(version);
        struct wire_frame back;
        uint8_t bytes[WIRE_HEADERS_MAX];
        size_t count;

        (void)state;
        frame.ip.traffic_class = 0xb9;
        frame.ip.ttl = 3;
        frame.ip.flow_label = version == 6 ? 0xabcde : 0;
        frame.ip.id = version == 4 ? 0xbeef : 0;
        frame.ip.dont_fragment = version == 4;
        count = wire_encode(&frame, NULL, bytes, sizeof bytes);
        assert_int_equal(wire_decode(&back, bytes, count), WIRE_OK);
        assert_int_equal(back.kind, WIRE_KIND_TCP);
        assert_int_equal(back.ip.traffic_class, 0xb9);
        assert_int_equal(back.ip.ttl, 3);
        assert_int_equal(back.ip.flow_label, frame.ip.flow_label);
        assert_int_equal(back.ip.id, frame.ip.id);
        assert_int_equal(back.ip.dont_fragment, frame.ip.dont_fragment);
        assert_int_equal(back.ip.claimed_bytes, count);
        assert_true(wire_same_address(&back.ip.source, &frame.ip.source));
        assert_true(wire_same_address(&back.ip.destination, &frame.ip.destination));
        assert_true(back.ip.checksum_ok);
        assert_true(back.tcp.checksum_ok);
    }
}

/* So do those of TCP, with payload of an odd length. */
static void tcp_fields_return(void **state)
{
    static const uint8_t text[] = "seven b";
    struct wire_frame frame = tcp_frame(6);
    struct wire_frame back;
    uint8_t bytes[WIRE_HEADERS_MAX + 8];
    size_t count;

    (void)state;
    frame.tcp.flags = 0xfff;
    frame.tcp.urgent = 0x1234;
    frame.payload = text;
    frame.payload_bytes = 7;
    count = wire_encode(&frame, NULL, bytes, sizeof bytes);
    assert_int_equal(count, 67);
    assert_int_equal(wire_decode(&back, bytes, count), WIRE_OK);
    assert_int_equal(back.tcp.source_port, 40000);
    assert_int_equal(back.tcp.destination_port, 8080);
    assert_int_equal(back.tcp.seq, 0xfffffffe);
    assert_int_equal(back.tcp.ack, 0x80000000);
    assert_int_equal(back.tcp.flags, 0xfff);
    assert_int_equal(back.tcp.window, 65535);
    assert_int_equal(back.tcp.urgent, 0x1234);
    assert_int_equal(back.payload_bytes, 7);
    assert_memory_equal(back.payload, text, 7);
    assert_true(back.tcp.checksum_ok);
}

static void options_are_listed_in_order(void **state)
{
    static const uint8_t scale[] = { 7 };
    static const uint8_t stamps[] = { 0, 0, 0, 100, 0, 0, 2, 188 };
    static const uint8_t sack[] = { 0, 0, 0, 1, 0, 0, 0, 2 };
    struct wire_tcp tcp = { .source_port = 0 };

    (void)state;
    assert_true(wire_add_option(&tcp, WIRE_OPTION_SACK_PERMITTED, NULL, 0));
    assert_true(wire_add_option(&tcp, WIRE_OPTION_TIMESTAMPS, stamps, sizeof stamps));
    assert_true(wire_add_option(&tcp, WIRE_OPTION_NOP, NULL, 0));
    assert_true(wire_add_option(&tcp, WIRE_OPTION_WINDOW_SCALE, scale, sizeof scale));
    assert_true(wire_add_option(&tcp, WIRE_OPTION_SACK, sack, sizeof sack));
    assert_true(wire_add_option(&tcp, 99, sack, 3));
    assert_false(wire_add_option(&tcp, WIRE_OPTION_TIMESTAMPS, stamps, sizeof stamps));
    wire_parse_options(&tcp);
    assert_int_equal(tcp.option_count, 6);
    assert_int_equal(tcp.options[0].kind, WIRE_OPTION_SACK_PERMITTED);
    assert_int_equal(tcp.options[1].value.timestamps.value, 100);
    assert_int_equal(tcp.options[1].value.timestamps.echo, 700);
    assert_int_equal(tcp.options[2].length, 1);
    assert_int_equal(tcp.options[3].value.window_scale, 7);
    assert_int_equal(tcp.options[4].value.sack.count, 1);
    assert_int_equal(tcp.options[4].value.sack.blocks[0].right, 2);
    assert_int_equal(tcp.options[5].length, 5);
    assert_false(tcp.options[5].parsed);
    assert_ptr_equal(wire_find_option(&tcp, 99), &tcp.options[5]);
    assert_null(wire_find_option(&tcp, WIRE_OPTION_MSS));
}

struct bad_options {
    const char *what;
    uint8_t bytes[4];
    uint8_t count;
    uint8_t options;
    bool malformed; /* the last one */
    bool parsed;
};

static void broken_options_are_told_apart(void **state)
{
    static const struct bad_options rows[] = {
        { "length 0", { 2, 0, 0, 0 }, 4, 1, true, false },
        { "length 1", { 1, 2, 1, 0 }, 4, 2, true, false },
        { "length past the end", { 2, 5, 0, 0 }, 4, 1, true, false },
        { "no length at all", { 1, 1, 1, 8 }, 4, 4, true, false },
        { "mss of length 3", { 2, 3, 5, 1 }, 4, 2, false, true },
        { "end, then anything", { 0, 2, 0, 0 }, 4, 1, false, true },
        { "an unknown kind is whole", { 77, 4, 1, 2 }, 4, 1, false, false },
        { "none", { 0, 0, 0, 0 }, 0, 0, false, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wire_tcp tcp = { .option_bytes_count = rows[i].count };

        memcpy(tcp.option_bytes, rows[i].bytes, sizeof rows[i].bytes);
        wire_parse_options(&tcp);
        if (tcp.option_count != rows[i].options)
            fail_msg("%s: %u options", rows[i].what, (unsigned)tcp.option_count);
        if (tcp.option_count == 0)
            continue;
        if (tcp.options[tcp.option_count - 1].malformed != rows[i].malformed ||
            tcp.options[tcp.option_count - 1].parsed != rows[i].parsed)
            fail_msg("%s", rows[i].what);
    }
}

/* Each kind of damage leaves the rest as it is. */
static void damage_replaces_one_value(void **state)
{
    struct wire_frame frame = tcp_frame(4);
    struct wire_damage damage;
    struct wire_frame back;
    uint8_t bytes[WIRE_HEADERS_MAX];

    (void)state;
    damage = (struct wire_damage){ .set_transport_checksum = true, .transport_checksum = 0xdead };
    assert_int_equal(wire_encode(&frame, &damage, bytes, sizeof bytes), 40);
    assert_int_equal(wire_decode(&back, bytes, 40), WIRE_OK);
    assert_true(back.ip.checksum_ok);
    assert_false(back.tcp.checksum_ok);
    assert_int_equal(back.tcp.checksum, 0xdead);

    damage = (struct wire_damage){ .set_ip_checksum = true, .ip_checksum = 0xdead };
    wire_encode(&frame, &damage, bytes, sizeof bytes);
    assert_int_equal(wire_decode(&back, bytes, 40), WIRE_OK);
    assert_false(back.ip.checksum_ok);
    assert_true(back.tcp.checksum_ok);

    damage = (struct wire_damage){ .set_data_offset_words = true, .data_offset_words = 4 };
    wire_encode(&frame, &damage, bytes, sizeof bytes);
    assert_int_equal(wire_decode(&back, bytes, 40), WIRE_SMALL_DATA_OFFSET);
    assert_true(back.tcp.checksum_ok);

    damage = (struct wire_damage){ .set_total_length = true, .total_length = 39 };
    wire_encode(&frame, &damage, bytes, sizeof bytes);
    assert_int_equal(wire_decode(&back, bytes, 40), WIRE_SHORT_TCP_HEADER);
    assert_true(back.ip.checksum_ok);

    damage = (struct wire_damage){ .set_ip_header_words = true, .ip_header_words = 4 };
    wire_encode(&frame, &damage, bytes, sizeof bytes);
    assert_int_equal(wire_decode(&back, bytes, 40), WIRE_SMALL_IP_HEADER_LENGTH);
}

static void what_does_not_fit_is_not_written(void **state)
{
    struct wire_frame frame = tcp_frame(4);
    uint8_t *bytes = malloc(WIRE_FRAME_MAX + 1);
    uint8_t *text = calloc(1, 65536);

    (void)state;
    assert_non_null(bytes);
    assert_non_null(text);
    assert_int_equal(wire_encode(&frame, NULL, bytes, 39), 0);
    frame.payload = text;
    frame.payload_bytes = 65535 - 40;
    assert_int_equal(wire_encode(&frame, NULL, bytes, WIRE_FRAME_MAX), 65535);
    frame.payload_bytes++;
    assert_int_equal(wire_encode(&frame, NULL, bytes, WIRE_FRAME_MAX), 0);
    frame = tcp_frame(6);
    frame.payload = text;
    frame.payload_bytes = 65535 - 20;
    assert_int_equal(wire_encode(&frame, NULL, bytes, WIRE_FRAME_MAX), WIRE_FRAME_MAX);
    frame.payload_bytes++;
    assert_int_equal(wire_encode(&frame, NULL, bytes, WIRE_FRAME_MAX + 1), 0);
    frame.payload_bytes = 0;
    frame.tcp.option_bytes_count = 41;
    assert_int_equal(wire_encode(&frame, NULL, bytes, WIRE_FRAME_MAX), 0);
    frame = tcp_frame(6);
    frame.ip.source.version = 4;
    assert_int_equal(wire_encode(&frame, NULL, bytes, WIRE_FRAME_MAX), 0);
    frame = tcp_frame(6);
    frame.kind = WIRE_KIND_OTHER;
    assert_int_equal(wire_encode(&frame, NULL, bytes, WIRE_FRAME_MAX), 0);
    free(bytes);
    free(text);
}

struct no_frame {
    enum wire_reason reason;
    uint8_t version;
    size_t at;     /* of the byte to change */
    uint8_t value;
    size_t count;  /* bytes given */
};

/* From a sound frame, one byte changed or the end cut off. */
static void each_reason_is_found(void **state)
{
    static const struct no_frame rows[] = {
        { WIRE_OK, 4, 0, 0x45, 40 },
        { WIRE_EMPTY, 4, 0, 0x45, 0 },
        { WIRE_UNKNOWN_VERSION, 4, 0, 0x55, 40 },
        { WIRE_SHORT_IP_HEADER, 4, 0, 0x45, 19 },
        { WIRE_SHORT_IP_HEADER, 4, 0, 0x4f, 59 },
        { WIRE_SMALL_IP_HEADER_LENGTH, 4, 0, 0x44, 40 },
        { WIRE_SMALL_TOTAL_LENGTH, 4, 3, 19, 40 },
        { WIRE_SHORT_TCP_HEADER, 4, 0, 0x45, 39 },
        { WIRE_SMALL_DATA_OFFSET, 4, 32, 0x40, 40 },
        { WIRE_SHORT_TCP_OPTIONS, 4, 32, 0x60, 40 },
        { WIRE_SHORT_ICMP_HEADER, 4, 9, 1, 27 },
        { WIRE_OK, 6, 0, 0x60, 60 },
        { WIRE_SHORT_IP_HEADER, 6, 0, 0x60, 39 },
        { WIRE_SHORT_EXTENSION_HEADER, 6, 6, 0, 47 },
        { WIRE_SHORT_EXTENSION_HEADER, 6, 6, 60, 60 },
        { WIRE_SHORT_TCP_HEADER, 6, 5, 19, 60 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wire_frame frame = tcp_frame(rows[i].version);
        struct wire_frame back;
        uint8_t bytes[WIRE_HEADERS_MAX] = { 0 };
        uint8_t *exact = malloc(rows[i].count + 1);

        assert_non_null(exact);
        wire_encode(&frame, NULL, bytes, sizeof bytes);
        bytes[rows[i].at] = rows[i].value;
        memcpy(exact, bytes, rows[i].count);
        if (wire_decode(&back, exact, rows[i].count) != rows[i].reason)
            fail_msg("row %zu: %s", i, wire_reason_text(wire_decode(&back, exact, rows[i].count)));
        assert_non_null(wire_reason_text(rows[i].reason));
        free(exact);
    }
}

/* A hop-by-hop header stands between IPv6 and TCP; a later fragment has no TCP header. */
static void extension_headers_are_passed(void **state)
{
    struct wire_frame frame = tcp_frame(6);
    struct wire_frame back;
    uint8_t bytes[WIRE_HEADERS_MAX];

    (void)state;
    wire_encode(&frame, NULL, bytes, sizeof bytes);
    memmove(bytes + 48, bytes + 40, 20);
    memset(bytes + 40, 0, 8);
    bytes[40] = WIRE_PROTOCOL_TCP;
    bytes[6] = 0;
    bytes[5] = 28;
    assert_int_equal(wire_decode(&back, bytes, 68), WIRE_OK);
    assert_int_equal(back.kind, WIRE_KIND_TCP);
    assert_int_equal(back.ip.header_bytes, 48);
    assert_true(back.tcp.checksum_ok);
    bytes[6] = 44;
    bytes[43] = 0x08;
    assert_int_equal(wire_decode(&back, bytes, 68), WIRE_OK);
    assert_int_equal(back.kind, WIRE_KIND_OTHER);
    assert_int_equal(back.ip.fragment, 1);
    assert_int_equal(back.payload_bytes, 20);
}

static struct wire_frame icmp_frame(uint8_t version, uint8_t type, uint8_t code)
{
    struct wire_frame inner = tcp_frame(version);
    struct wire_frame frame;

    memset(&frame, 0, sizeof frame);
    frame.kind = WIRE_KIND_ICMP;
    frame.ip = inner.ip;
    frame.ip.source = inner.ip.destination;
    frame.ip.destination = inner.ip.source;
    frame.icmp.type = type;
    frame.icmp.code = code;
    frame.icmp.mtu = 1280;
    frame.icmp.quote.ip = inner.ip;
    frame.icmp.quote.source_port = 40000;
    frame.icmp.quote.destination_port = 8080;
    frame.icmp.quote.seq = 77;
    frame.icmp.quote.ack = 78;
    frame.icmp.quote.flags = WIRE_ACK;
    frame.icmp.quote.window = 79;
    frame.icmp.quote.text_bytes = 1460;
    return frame;
}

/* 8 bytes of TCP hold the ports and the sequence number; 20 the whole header. */
static void icmp_quotes_return(void **state)
{
    static const uint8_t quoted[] = { 4, 8, 20 };

    (void)state;
    for (size_t i = 0; i < sizeof quoted; i++) {
        struct wire_frame frame = i == 1 ? icmp_frame(6, 2, 0) : icmp_frame(4, 3, 4);
        struct wire_frame back;
        uint8_t bytes[200];
        size_t count;

        frame.icmp.quote_tcp_bytes = quoted[i];
        count = wire_encode(&frame, NULL, bytes, sizeof bytes);
        assert_int_equal(count, (i == 1 ? 80u : 40u) + 8u + quoted[i]);
        assert_int_equal(wire_decode(&back, bytes, count), WIRE_OK);
        assert_int_equal(back.kind, WIRE_KIND_ICMP);
        assert_true(back.icmp.checksum_ok);
        assert_int_equal(back.icmp.mtu, 1280);
        assert_true(back.icmp.quote.has_ip);
        assert_true(wire_same_address(&back.icmp.quote.ip.source, &frame.icmp.quote.ip.source));
        assert_int_equal(back.icmp.quote.source_port, 40000);
        assert_int_equal(back.icmp.quote.has_seq, quoted[i] >= 8);
        assert_int_equal(back.icmp.quote.seq, quoted[i] >= 8 ? 77 : 0);
        assert_int_equal(back.icmp.quote.has_header, quoted[i] == 20);
        assert_int_equal(back.icmp.quote.ack, quoted[i] == 20 ? 78 : 0);
        assert_int_equal(back.icmp.quote.text_bytes, 1460);
    }
}

/* What the quoted header claims of its length is not held against it. */
static void quoted_length_is_not_believed(void **state)
{
    static const uint8_t claims[] = { 6, 20, 24 };

    (void)state;
    for (size_t i = 0; i < sizeof claims; i++) {
        struct wire_frame frame = icmp_frame(4, 3, 4), back;
        uint8_t bytes[200];

        frame.icmp.quote_tcp_bytes = 8;
        size_t count = wire_encode(&frame, NULL, bytes, sizeof bytes);
        bytes[20 + 8 + 2] = 0;
        bytes[20 + 8 + 3] = claims[i];
        assert_int_equal(wire_decode(&back, bytes, count), WIRE_OK);
        assert_true(back.icmp.quote.has_ip);
        assert_int_equal(back.icmp.quote.source_port, 40000);
        assert_int_equal(back.icmp.quote.seq, 77);
    }
}

/* A quote given as bytes is quoted as it is, were it only half a header. */
static void icmp_quotes_given_bytes(void **state)
{
    static const uint8_t half[] = { 0x45, 0, 0, 40, 1, 2, 3, 4, 5, 6 };
    struct wire_frame frame = icmp_frame(4, 11, 0);
    struct wire_frame back;
    uint8_t bytes[100];

    (void)state;
    frame.icmp.mtu = 0;
    frame.icmp.rest = 0x01020304;
    frame.icmp.quoted = half;
    frame.icmp.quoted_bytes = sizeof half;
    assert_int_equal(wire_encode(&frame, NULL, bytes, sizeof bytes), 38);
    assert_int_equal(wire_decode(&back, bytes, 38), WIRE_OK);
    assert_int_equal(back.icmp.rest, 0x01020304);
    assert_int_equal(back.icmp.quoted_bytes, sizeof half);
    assert_memory_equal(back.icmp.quoted, half, sizeof half);
    assert_false(back.icmp.quote.has_ip);
    assert_false(back.icmp.quote.has_ports);
}

static void addresses_are_read_and_printed(void **state)
{
    static const char *const rows[] = { "0.0.0.0", "255.254.253.252", "::", "2001:db8::1" };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wire_address address;
        char text[46];

        assert_true(wire_parse_address(&address, rows[i]));
        assert_int_equal(address.version, i < 2 ? 4 : 6);
        assert_int_equal(wire_print_address(text, sizeof text, &address), strlen(rows[i]));
        assert_string_equal(text, rows[i]);
    }
    assert_false(wire_parse_address(&(struct wire_address){ 0 }, "1.2.3"));
    assert_false(wire_parse_address(&(struct wire_address){ 0 }, "1.2.3.4 "));
}

/* Bytes from a fixed series: sound frames with a few bytes changed, cut anywhere. Nothing is read
 * out of bounds (a sanitizer sees it), and what decodes stays inside its bytes. */
static void changed_frames_stay_in_bounds(void **state)
{
    uint32_t series = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct wire_frame frame = round % 2 ? icmp_frame(6, 2, 0) : tcp_frame(4);
        struct wire_frame back;
        char sentence[WIRE_SENTENCE_MAX];
        uint8_t bytes[200];
        size_t count = wire_encode(&frame, NULL, bytes, sizeof bytes);
        uint8_t *exact;

        for (int change = 0; change < 4; change++) {
            series = series * 1664525u + 1013904223u;
            bytes[(series >> 8) % count] = (uint8_t)(series >> 24);
        }
        count = (series >> 4) % (count + 1);
        exact = malloc(count + 1);
        assert_non_null(exact);
        memcpy(exact, bytes, count);
        if (wire_decode(&back, exact, count) == WIRE_OK) {
            assert_true(back.payload >= exact);
            assert_true(back.payload + back.payload_bytes <= exact + count);
            wire_fault(&back, sentence, sizeof sentence);
        }
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksum_is_that_of_rfc_1071),
        cmocka_unit_test(a_syn_has_these_bytes),
        cmocka_unit_test(ip_fields_return),
        cmocka_unit_test(tcp_fields_return),
        cmocka_unit_test(options_are_listed_in_order),
        cmocka_unit_test(broken_options_are_told_apart),
        cmocka_unit_test(damage_replaces_one_value),
        cmocka_unit_test(what_does_not_fit_is_not_written),
        cmocka_unit_test(each_reason_is_found),
        cmocka_unit_test(extension_headers_are_passed),
        cmocka_unit_test(icmp_quotes_return),
        cmocka_unit_test(quoted_length_is_not_believed),
        cmocka_unit_test(icmp_quotes_given_bytes),
        cmocka_unit_test(addresses_are_read_and_printed),
        cmocka_unit_test(changed_frames_stay_in_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
