/* SPDX-License-Identifier: BSD-2-Clause */
/* Capture files: pcapng byte by byte, and classic pcap whole and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire/capture.h"

static void a_capture_has_these_bytes(void **state)
{
    static const uint8_t wanted[] = {
        0x0a, 0x0d, 0x0d, 0x0a, 40, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, /* section */
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        1, 0, 2, 0, 'h', 'i', 0, 0, 0, 0, 0, 0, 40, 0, 0, 0,
        1, 0, 0, 0, 40, 0, 0, 0, 101, 0, 0, 0, 0, 0, 0, 0,                        /* interface */
        2, 0, 4, 0, 'c', 'o', 'r', 'e', 9, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0,
        6, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0,              /* packet */
        5, 0, 0, 0, 5, 0, 0, 0, 'b', 'y', 't', 'e', 's', 0, 0, 0,
        1, 0, 1, 0, '!', 0, 0, 0, 2, 0, 4, 0, 2, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0,
    };
    uint8_t found[sizeof wanted + 1];
    struct wire_capture capture;
    FILE *file = tmpfile();

    (void)state;
    assert_non_null(file);
    assert_true(wire_capture_begin(&capture, file, "hi"));
    assert_false(wire_capture_packet(&capture, 0, 0, WIRE_INBOUND, wanted, 1, NULL));
    assert_true(wire_capture_interface(&capture, "core"));
    assert_true(wire_capture_packet(&capture, 0, 0x200000001, WIRE_OUTBOUND,
                                    (const uint8_t *)"bytes", 5, "!"));
    rewind(file);
    assert_int_equal(fread(found, 1, sizeof found, file), sizeof wanted);
    assert_memory_equal(found, wanted, sizeof wanted);
    fclose(file);
}

/* A full disk is noticed. */
static void a_failed_write_stays_failed(void **state)
{
    struct wire_capture capture;
    FILE *file = fopen("/dev/full", "wb");

    (void)state;
    if (file == NULL)
        skip();
    setvbuf(file, NULL, _IONBF, 0);
    assert_false(wire_capture_begin(&capture, file, NULL));
    assert_false(wire_capture_interface(&capture, "core"));
    fclose(file);
}

/* Two packets: 3 bytes at 1.000002 s, 2 bytes at 3 s. Little-endian microseconds. */
static const uint8_t little[] = {
    0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 101, 0, 0, 0,
    1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 'o', 'n', 'e',
    3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 'n', 'o',
};

/* One packet of big-endian nanoseconds. */
static const uint8_t big[] = {
    0xa1, 0xb2, 0x3c, 0x4d, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 228,
    0, 0, 0, 1, 0, 0, 0x07, 0xd0, 0, 0, 0, 1, 0, 0, 0, 1, 'x',
};

static void packets_are_read(void **state)
{
    struct wire_pcap_packet packet;
    struct wire_pcap pcap;

    (void)state;
    assert_true(wire_pcap_open(&pcap, little, sizeof little));
    assert_true(wire_pcap_is_raw_ip(&pcap));
    assert_true(wire_pcap_next(&pcap, &packet));
    assert_int_equal(packet.time_us, 1000002);
    assert_int_equal(packet.count, 3);
    assert_memory_equal(packet.bytes, "one", 3);
    assert_true(wire_pcap_next(&pcap, &packet));
    assert_int_equal(packet.time_us, 3000000);
    assert_memory_equal(packet.bytes, "no", 2);
    assert_false(wire_pcap_next(&pcap, &packet));
    assert_false(wire_pcap_next(&pcap, &packet));
    assert_false(pcap.damaged);
}

static void the_other_byte_order_and_resolution_are_read(void **state)
{
    struct wire_pcap_packet packet;
    struct wire_pcap pcap;

    (void)state;
    assert_true(wire_pcap_open(&pcap, big, sizeof big));
    assert_int_equal(pcap.link_type, WIRE_LINK_IPV4);
    assert_true(wire_pcap_next(&pcap, &packet));
    assert_int_equal(packet.time_us, 1000002);
    assert_memory_equal(packet.bytes, "x", 1);
    assert_false(pcap.damaged);
}

/* Cut at any length, and with any byte set to 0xff: packets stay inside, and the end is reached. */
static void damage_is_survived(void **state)
{
    (void)state;
    for (size_t count = 0; count <= sizeof little; count++) {
        for (size_t at = 0; at < count; at++) {
            uint8_t *bytes = malloc(count);
            struct wire_pcap_packet packet;
            struct wire_pcap pcap;
            size_t packets = 0;

            assert_non_null(bytes);
            memcpy(bytes, little, count);
            bytes[at] = 0xff;
            wire_pcap_open(&pcap, bytes, count);
            while (wire_pcap_next(&pcap, &packet)) {
                assert_true(packet.bytes + packet.count <= bytes + count);
                packets++;
            }
            assert_true(packets <= 3);
            free(bytes);
        }
    }
}

static void damage_is_told(void **state)
{
    uint8_t bytes[sizeof little];
    struct wire_pcap_packet packet;
    struct wire_pcap pcap;

    (void)state;
    assert_false(wire_pcap_open(&pcap, little, 23));
    assert_true(pcap.damaged);
    assert_false(wire_pcap_next(&pcap, &packet));
    memcpy(bytes, little, sizeof bytes);
    bytes[0] = 0;
    assert_false(wire_pcap_open(&pcap, bytes, sizeof bytes));
    assert_true(wire_pcap_next(&pcap, &packet));
    assert_int_equal(packet.count, 3);
    assert_true(wire_pcap_open(&pcap, little, sizeof little - 1));
    assert_true(wire_pcap_next(&pcap, &packet));
    assert_false(pcap.damaged);
    assert_true(wire_pcap_next(&pcap, &packet));
    assert_int_equal(packet.count, 1);
    assert_true(pcap.damaged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_capture_has_these_bytes),
        cmocka_unit_test(a_failed_write_stays_failed),
        cmocka_unit_test(packets_are_read),
        cmocka_unit_test(the_other_byte_order_and_resolution_are_read),
        cmocka_unit_test(damage_is_survived),
        cmocka_unit_test(damage_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
