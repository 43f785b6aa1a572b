/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets for the tests of the frame codec. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "edge.h"
#include "packet.h"

uint32_t plain_sum(uint32_t sum, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

void put_number(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

void repair(const uint8_t *ip, uint8_t *at, size_t length, size_t field, uint32_t protocol)
{
    uint32_t sum = 0;

    put_number(at + field, 0);
    if (protocol != 0) {
        sum = ip[0] >> 4 == 4 ? plain_sum(0, ip + 12, 8) : plain_sum(0, ip + 8, 32);
        sum += protocol + (uint32_t)length;
    }
    put_number(at + field, ~plain_sum(sum, at, length));
}

struct anvil_address some_v4(uint8_t last)
{
    const uint8_t octets[4] = {192, 0, 2, last};
    return anvil_address_v4(octets);
}

struct anvil_address some_v6(uint8_t last)
{
    const uint8_t octets[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = last};
    return anvil_address_v6(octets);
}

struct anvil_frame some_frame(unsigned family)
{
    struct anvil_frame frame;

    memset(&frame, 0, sizeof frame);
    frame.kind = ANVIL_FRAME_TCP;
    frame.from.address = family == ANVIL_IPV4 ? some_v4(1) : some_v6(1);
    frame.to.address = family == ANVIL_IPV4 ? some_v4(2) : some_v6(2);
    frame.from.port = 49152;
    frame.to.port = 80;
    frame.ttl = 64;
    frame.traffic_class = 0x2d;
    frame.dont_fragment = true;
    frame.segment.seq.raw = 0x01020304;
    frame.segment.ack.raw = 0xfffefdfc;
    frame.segment.flags = ANVIL_ACK | ANVIL_PSH | ANVIL_URG | ANVIL_CWR;
    frame.segment.window = 65535;
    frame.segment.urgent = 7;
    frame.segment.options.present = ANVIL_HAS_TIMESTAMPS;
    frame.segment.options.ts_value = 1000;
    frame.segment.options.ts_echo = 2000;
    return frame;
}

struct packet encoded(struct anvil_frame frame, size_t text)
{
    static const uint8_t octets[1500] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct anvil_span first = {octets, text}, second = {NULL, 0};
    struct packet packet;

    memset(&packet, 0xee, sizeof packet); /* no field may be left as it was */
    frame.segment.length = (uint32_t)text;
    packet.length = anvil_frame_encode(&frame, first, second, packet.bytes, sizeof packet.bytes);
    assert_true(packet.length > 0);
    assert_int_equal(packet.length, anvil_frame_size(&frame));
    return packet;
}

enum anvil_drop decoded(const struct packet *packet, size_t length, struct anvil_frame *frame)
{
    const uint8_t *exact = edge_copy(packet->bytes, length);
    enum anvil_drop drop = anvil_frame_decode(exact, length, frame);

    edge_free(exact, length);
    return drop;
}
