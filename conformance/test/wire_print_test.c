/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames in packetdrill's notation, flags and ICMP names, there and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/print.h"

static const uint8_t text[2000];

struct row {
    const char *line;
    bool outbound;
    uint16_t flags;
    uint32_t seq;
    uint32_t ack;
    uint16_t window;
    uint16_t urgent;
    size_t payload;
    uint8_t options[28];
    uint8_t option_bytes;
};

/* The target began at 1000, the peer at 0xffffffff; timestamps at 50 and 500. */
static const struct row rows[] = {
    { "< S 0:0(0) win 65535", false, WIRE_SYN, 0xffffffff, 0, 65535, 0, 0, { 0 }, 0 },
    { "> S. 0:0(0) ack 1 win 100 <mss 1460,sackOK,TS val 100 ecr 200,nop,wscale 7>", true,
      WIRE_SYN | WIRE_ACK, 1000, 0, 100, 0, 0,
      { 2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 150, 0, 0, 2, 188, 1, 3, 3, 7 }, 20 },
    { "> P. 1:1461(1460) ack 101 win 0", true, WIRE_PSH | WIRE_ACK, 1001, 100, 0, 0, 1460, { 0 },
      0 },
    { "< . 1:1(0) ack 1 win 9 <nop,nop,sack 11:21 31:41>", false, WIRE_ACK, 0, 1001, 9, 0, 0,
      { 1, 1, 5, 18, 0, 0, 3, 243, 0, 0, 3, 253, 0, 0, 4, 7, 0, 0, 4, 17 }, 20 },
    { "< FPU 2:12(10) win 1 urg 10", false, WIRE_FIN | WIRE_PSH | WIRE_URG, 1, 55, 1, 10, 10,
      { 0 }, 0 },
    { "> SEWA 0:0(0) win 1", true, WIRE_SYN | WIRE_ECE | WIRE_CWR | WIRE_AE, 1000, 0, 1, 0, 0,
      { 0 }, 0 },
    { "> R 4294966296:4294966296(0) win 0", true, WIRE_RST, 0, 0, 0, 0, 0, { 0 }, 0 },
    { "> - 0:0(0) win 0", true, 0, 1000, 0, 0, 0, 0, { 0 }, 0 },
    { "< S 0:0(0) win 1 <TS val 100 ecr 0,FO,eol>", false, WIRE_SYN, 0xffffffff, 0, 1, 0, 0,
      { 8, 10, 0, 0, 2, 88, 0, 0, 0, 0, 34, 2, 0, 0, 0, 0 }, 16 },
    { "< S 0:0(0) win 1 <FO abcd,FOEXP 0102,gen-99 07>", false, WIRE_SYN, 0xffffffff, 0, 1, 0, 0,
      { 34, 4, 0xab, 0xcd, 254, 6, 0xf9, 0x89, 1, 2, 99, 3, 7 }, 13 },
    { "< . 1:1(0) ack 1 win 1 <nop,nop,md5 000102030405060708090a0b0c0d0e0f>", false, WIRE_ACK, 0,
      1001, 1, 0, 0, { 1, 1, 19, 18, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 }, 20 },
    { "< S 0:0(0) win 1 <mss 1,gen-2 length 9 01>", false, WIRE_SYN, 0xffffffff, 0, 1, 0, 0,
      { 2, 4, 0, 1, 2, 9, 1 }, 7 },
};

static struct wire_frame frame_of(const struct row *row)
{
    struct wire_frame frame;

    memset(&frame, 0, sizeof frame);
    frame.kind = WIRE_KIND_TCP;
    frame.ip.version = 4;
    frame.ip.ttl = 64;
    wire_parse_address(&frame.ip.source, "192.0.2.1");
    wire_parse_address(&frame.ip.destination, "192.168.0.1");
    frame.tcp.source_port = 40000;
    frame.tcp.destination_port = 80;
    frame.tcp.flags = row->flags;
    frame.tcp.seq = row->seq;
    frame.tcp.ack = row->ack;
    frame.tcp.window = row->window;
    frame.tcp.urgent = row->urgent;
    frame.payload = text;
    frame.payload_bytes = row->payload;
    frame.tcp.option_bytes_count = row->option_bytes;
    memcpy(frame.tcp.option_bytes, row->options, sizeof row->options);
    wire_parse_options(&frame.tcp);
    return frame;
}

static struct wire_print how_of(bool outbound)
{
    return (struct wire_print){ .outbound = outbound, .isn_target = 1000, .isn_peer = 0xffffffff,
                                .timestamp_target = 50, .timestamp_peer = 500 };
}

static void segments_are_printed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wire_frame frame = frame_of(&rows[i]);
        struct wire_print how = how_of(rows[i].outbound);
        char line[WIRE_LINE_MAX];

        assert_int_equal(wire_print_segment(line, sizeof line, &frame, &how),
                         strlen(rows[i].line));
        assert_string_equal(line, rows[i].line);
    }
}

static void the_ip_header_is_printed_on_request(void **state)
{
    struct wire_frame frame = frame_of(&rows[0]);
    struct wire_print how = how_of(false);
    char line[WIRE_LINE_MAX];

    (void)state;
    how.bare = true;
    how.show_ip = true;
    how.show_addresses = true;
    wire_print_segment(line, sizeof line, &frame, &how);
    assert_string_equal(line, "192.0.2.1:40000 > 192.168.0.1:80 S 0:0(0) win 65535");
    frame.ip.traffic_class = 2;
    frame.ip.ttl = 3;
    how.show_addresses = false;
    wire_print_segment(line, sizeof line, &frame, &how);
    assert_string_equal(line, "[ect0, ttl 3] S 0:0(0) win 65535");
}

static void long_lines_are_cut(void **state)
{
    struct wire_frame frame = frame_of(&rows[1]);
    struct wire_print how = how_of(true);
    char line[20];

    (void)state;
    for (size_t room = 1; room <= sizeof line; room++) {
        assert_int_equal(wire_print_segment(line, room, &frame, &how), room - 1);
        assert_memory_equal(line, rows[1].line, room - 1);
        assert_int_equal(line[room - 1], '\0');
    }
}

struct icmp_row {
    const char *line;
    uint8_t version;
    const char *type_name;
    const char *code_name;
    uint32_t mtu;
    uint8_t type;
    uint8_t code;
};

static const struct icmp_row icmp_rows[] = {
    { "< icmp unreachable frag_needed mtu 1200 [1:1461(1460)]", 4, "unreachable", "frag_needed",
      1200, 3, 4 },
    { "< icmp unreachable host_unreachable [1:1461(1460)]", 4, "unreachable", "host_unreachable",
      0, 3, 1 },
    { "< icmp source_quench [1:1461(1460)]", 4, "source_quench", NULL, 0, 4, 0 },
    { "< icmp time_exceeded code_7 [1:1461(1460)]", 4, "time_exceeded", "code_7", 0, 11, 7 },
    { "< icmp packet_too_big mtu 1280 [1:1461(1460)]", 6, "packet_too_big", "", 1280, 2, 0 },
    { "< icmp unreachable address_unreachable [1:1461(1460)]", 6, "unreachable", "3", 0, 1, 3 },
    { "< icmp unreachable no_route [1:1461(1460)]", 6, "unreachable", "net_unreachable", 0, 1, 0 },
    { "< icmp type_99 [1:1461(1460)]", 6, "type_99", NULL, 0, 99, 0 },
};

static void icmp_messages_are_named_and_printed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof icmp_rows / sizeof icmp_rows[0]; i++) {
        const struct icmp_row *row = &icmp_rows[i];
        struct wire_print how = how_of(false);
        char line[WIRE_LINE_MAX];
        struct wire_frame frame;
        uint8_t type;
        uint8_t code;

        assert_true(wire_icmp_from_names(row->version, row->type_name, row->code_name, &type,
                                         &code));
        assert_int_equal(type, row->type);
        assert_int_equal(code, row->code);
        memset(&frame, 0, sizeof frame);
        frame.kind = WIRE_KIND_ICMP;
        frame.ip.version = row->version;
        frame.icmp.type = type;
        frame.icmp.code = code;
        frame.icmp.mtu = row->mtu;
        frame.icmp.quote.has_seq = true;
        frame.icmp.quote.seq = 1001;
        frame.icmp.quote.text_bytes = 1460;
        wire_print_segment(line, sizeof line, &frame, &how);
        assert_string_equal(line, row->line);
    }
}

static void unknown_icmp_names_are_refused(void **state)
{
    uint8_t type;
    uint8_t code;

    (void)state;
    assert_false(wire_icmp_from_names(4, "unreachably", NULL, &type, &code));
    assert_false(wire_icmp_from_names(6, "source_quench", NULL, &type, &code));
    assert_false(wire_icmp_from_names(4, "unreachable", "no_route", &type, &code));
    assert_false(wire_icmp_from_names(4, "256", NULL, &type, &code));
    assert_false(wire_icmp_from_names(4, "type_3x", NULL, &type, &code));
    assert_false(wire_icmp_from_names(4, "type_", NULL, &type, &code));
}

static void flags_alone(void **state)
{
    char line[16];

    (void)state;
    wire_print_flags(line, sizeof line, WIRE_ACK | WIRE_FIN);
    assert_string_equal(line, "F.");
    wire_print_flags(line, sizeof line, 0);
    assert_string_equal(line, "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_are_printed),
        cmocka_unit_test(the_ip_header_is_printed_on_request),
        cmocka_unit_test(long_lines_are_cut),
        cmocka_unit_test(icmp_messages_are_named_and_printed),
        cmocka_unit_test(unknown_icmp_names_are_refused),
        cmocka_unit_test(flags_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
