/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP errors: what they say, what they quote, and which of them are dropped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/packet.h"

/* An ICMP error from 9 to 8 about a segment that 2 sent to 1: whether 8 and 2 are one host is not
 * the codec's question. */
static struct packet icmp_error(unsigned family, uint8_t type, uint8_t code, uint32_t word)
{
    struct anvil_frame frame = some_frame(family);
    struct packet quoted, packet;
    size_t ip = family == ANVIL_IPV4 ? 20 : 40, quote;
    struct anvil_endpoint from = some_frame(family).from;

    frame.from.address.octets[family == ANVIL_IPV4 ? 3 : 15] = 9;
    frame.to.address.octets[family == ANVIL_IPV4 ? 3 : 15] = 8;
    packet = encoded(frame, 0);
    frame = some_frame(family);
    frame.from = frame.to;
    frame.to = from;
    quoted = encoded(frame, 8);
    quote = family == ANVIL_IPV4 ? 28 : quoted.length;
    packet.bytes[ip] = type;
    packet.bytes[ip + 1] = code;
    put_number(packet.bytes + ip + 4, word >> 16);
    put_number(packet.bytes + ip + 6, word);
    memcpy(packet.bytes + ip + 8, quoted.bytes, quote);
    packet.length = ip + 8 + quote;
    packet.bytes[family == ANVIL_IPV4 ? 9 : 6] = family == ANVIL_IPV4 ? 1 : 58;
    return packet;
}

/* Makes the lengths and checksums of an ICMP packet right. */
static void finish_icmp(struct packet *packet)
{
    uint8_t *ip = packet->bytes;

    if (ip[0] >> 4 == 4) {
        put_number(ip + 2, (uint32_t)packet->length);
        repair(ip, ip, 20, 10, 0);
        repair(ip, ip + 20, packet->length - 20, 2, 0);
    } else {
        put_number(ip + 4, (uint32_t)(packet->length - 40));
        repair(ip, ip + 40, packet->length - 40, 2, 58);
    }
}

struct icmp_case {
    unsigned family;
    uint8_t type, code;
    uint32_t word;
    enum anvil_icmp icmp;
    enum anvil_icmp_reason reason;
    uint32_t mtu;
};

static const struct icmp_case icmp_cases[] = {
    {4, 3, 0, 0, ANVIL_ICMP_SOFT, ANVIL_REASON_NET_UNREACHABLE, 0},
    {4, 3, 1, 0, ANVIL_ICMP_SOFT, ANVIL_REASON_HOST_UNREACHABLE, 0},
    {4, 3, 2, 0, ANVIL_ICMP_HARD, ANVIL_REASON_PROTOCOL_UNREACHABLE, 0},
    {4, 3, 3, 0, ANVIL_ICMP_HARD, ANVIL_REASON_PORT_UNREACHABLE, 0},
    {4, 3, 4, 1280, ANVIL_ICMP_TOO_BIG, ANVIL_REASON_TOO_BIG, 1280},
    {4, 3, 4, 0, ANVIL_ICMP_TOO_BIG, ANVIL_REASON_TOO_BIG, 0},
    {4, 3, 4, 0x00ff0240, ANVIL_ICMP_TOO_BIG, ANVIL_REASON_TOO_BIG, 0x240},
    {4, 3, 5, 0, ANVIL_ICMP_SOFT, ANVIL_REASON_SOURCE_ROUTE_FAILED, 0},
    {4, 3, 10, 0, ANVIL_ICMP_SOFT, ANVIL_REASON_HOST_UNREACHABLE, 0},
    {4, 3, 11, 0, ANVIL_ICMP_SOFT, ANVIL_REASON_NET_UNREACHABLE, 0},
    {4, 3, 13, 0, ANVIL_ICMP_SOFT, ANVIL_REASON_PROHIBITED, 0},
    {4, 3, 255, 0, ANVIL_ICMP_SOFT, ANVIL_REASON_HOST_UNREACHABLE, 0},
    {4, 4, 0, 0, ANVIL_ICMP_QUENCH, ANVIL_REASON_QUENCH, 0},
    {4, 11, 0, 0, ANVIL_ICMP_SOFT, ANVIL_REASON_TIME_EXCEEDED, 0},
    {4, 12, 0, 0, ANVIL_ICMP_SOFT, ANVIL_REASON_PARAMETER_PROBLEM, 0},
    {6, 1, 0, 0, ANVIL_ICMP_SOFT, ANVIL_REASON_NET_UNREACHABLE, 0},
    {6, 1, 1, 0, ANVIL_ICMP_HARD, ANVIL_REASON_PROHIBITED, 0},
    {6, 1, 3, 0, ANVIL_ICMP_SOFT, ANVIL_REASON_HOST_UNREACHABLE, 0},
    {6, 1, 4, 0, ANVIL_ICMP_HARD, ANVIL_REASON_PORT_UNREACHABLE, 0},
    {6, 2, 0, 0x00012345, ANVIL_ICMP_TOO_BIG, ANVIL_REASON_TOO_BIG, 0x12345},
    {6, 3, 1, 0, ANVIL_ICMP_SOFT, ANVIL_REASON_TIME_EXCEEDED, 0},
    {6, 4, 0, 0, ANVIL_ICMP_SOFT, ANVIL_REASON_PARAMETER_PROBLEM, 0},
    {6, 4, 1, 0, ANVIL_ICMP_SOFT, ANVIL_REASON_PROTOCOL_UNREACHABLE, 0},
};

static void icmp_errors_are_classified(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof icmp_cases / sizeof icmp_cases[0]; i++) {
        const struct icmp_case *c = &icmp_cases[i];
        struct packet packet = icmp_error(c->family, c->type, c->code, c->word);
        struct anvil_frame frame, plain = some_frame(c->family);

        finish_icmp(&packet);
        if (decoded(&packet, packet.length, &frame) != ANVIL_DROP_NONE || frame.icmp != c->icmp ||
            frame.reason != c->reason || frame.mtu != c->mtu)
            fail_msg("ICMPv%u type %u code %u", c->family, c->type, c->code);
        assert_int_equal(frame.kind, ANVIL_FRAME_ICMP);
        assert_true(anvil_endpoint_equal(&frame.quoted.local, &plain.to));
        assert_true(anvil_endpoint_equal(&frame.quoted.remote, &plain.from));
        assert_int_equal(frame.quoted_seq.raw, 0x01020304);
    }
}

/* What is wrong with an ICMP packet: `cut` octets off its end, then an octet replaced. */
struct icmp_damage {
    const char *sentence;
    unsigned family;
    uint8_t type;
    size_t cut, at;
    uint8_t octet;
    enum anvil_drop drop;
};

static const struct icmp_damage icmp_damages[] = {
    {"an echo request", 4, 8, 0, 20, 8, ANVIL_DROP_ICMP_NOT_AN_ERROR},
    {"a redirect", 4, 5, 0, 20, 5, ANVIL_DROP_ICMP_NOT_AN_ERROR},
    {"neighbour discovery", 6, 135, 0, 40, 135, ANVIL_DROP_ICMP_NOT_AN_ERROR},
    {"half a header", 4, 3, 32, 20, 3, ANVIL_DROP_ICMP_SHORT},
    {"a header but for its last octet", 4, 3, 29, 20, 3, ANVIL_DROP_ICMP_SHORT},
    {"no quote", 4, 3, 28, 20, 3, ANVIL_DROP_ICMP_QUOTE_SHORT},
    {"a quote without a sequence number", 4, 3, 1, 20, 3, ANVIL_DROP_ICMP_QUOTE_SHORT},
    {"a quote whose options are cut off", 4, 3, 0, 28, 0x4f, ANVIL_DROP_ICMP_QUOTE_SHORT},
    {"a short quote of IPv6 in ICMPv4", 4, 3, 1, 28, 0x65, ANVIL_DROP_ICMP_QUOTE_SHORT},
    {"a quote of IPv6 in ICMPv4", 4, 3, 0, 28, 0x65, ANVIL_DROP_ICMP_QUOTE_BAD},
    {"a quote with an IHL of 4", 4, 3, 0, 28, 0x44, ANVIL_DROP_ICMP_QUOTE_BAD},
    {"a quote of UDP", 4, 3, 0, 37, 17, ANVIL_DROP_ICMP_QUOTE_OTHER},
    {"a quote of a later fragment", 4, 3, 0, 35, 1, ANVIL_DROP_ICMP_QUOTE_OTHER},
    {"a quote of IPv6 without a sequence number", 6, 1, 33, 40, 1, ANVIL_DROP_ICMP_QUOTE_SHORT},
    {"a quote of IPv6 up to the sequence number", 6, 1, 32, 40, 1, ANVIL_DROP_NONE},
    {"no quote in ICMPv6", 6, 1, 60, 40, 1, ANVIL_DROP_ICMP_QUOTE_SHORT},
    {"a quote of IPv4 in ICMPv6", 6, 1, 0, 48, 0x45, ANVIL_DROP_ICMP_QUOTE_BAD},
    {"a quote of ICMPv6", 6, 1, 0, 54, 58, ANVIL_DROP_ICMP_QUOTE_OTHER},
};

static void every_bad_icmp_message_has_its_name(void **state)
{
    struct packet packet;
    struct anvil_frame frame;

    (void)state;
    for (size_t i = 0; i < sizeof icmp_damages / sizeof icmp_damages[0]; i++) {
        const struct icmp_damage *d = &icmp_damages[i];
        struct packet bad = icmp_error(d->family, d->type, 0, 0);

        bad.length -= d->cut;
        bad.bytes[d->at] = d->octet;
        finish_icmp(&bad);
        if (decoded(&bad, bad.length, &frame) != d->drop)
            fail_msg("%s", d->sentence);
    }
    packet = icmp_error(ANVIL_IPV4, 3, 0, 0);
    packet.bytes[28] = 0x46; /* with four octets of options */
    for (unsigned more = 3; more <= 4; more++) {
        packet.length += more == 3 ? 3 : 1;
        finish_icmp(&packet);
        assert_int_equal(decoded(&packet, packet.length, &frame),
                         more == 3 ? ANVIL_DROP_ICMP_QUOTE_SHORT : ANVIL_DROP_NONE);
    }
    packet = icmp_error(ANVIL_IPV6, 1, 0, 0);
    finish_icmp(&packet);
    packet.bytes[43] ^= 1;
    assert_int_equal(decoded(&packet, packet.length, &frame), ANVIL_DROP_ICMP_CHECKSUM);
    packet = icmp_error(ANVIL_IPV4, 3, 0, 0);
    finish_icmp(&packet);
    packet.bytes[23] ^= 1;
    assert_int_equal(decoded(&packet, packet.length, &frame), ANVIL_DROP_ICMP_CHECKSUM);
}

/* Packets with random damage, half of them with right checksums: an outcome, and no octet read
 * beyond the end (run with a sanitizer). */
static void any_octets_have_an_outcome(void **state)
{
    uint32_t seed = 7;

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        unsigned family = round & 1 ? ANVIL_IPV4 : ANVIL_IPV6;
        struct packet packet =
            round & 2 ? encoded(some_frame(family), 30) : icmp_error(family, 3, 1, 0);
        size_t header = family == ANVIL_IPV4 ? 20 : 40;
        struct anvil_frame frame;

        for (unsigned i = 0; i < 3; i++) {
            seed = seed * 1664525u + 1013904223u;
            packet.bytes[(seed >> 8) % packet.length] = (uint8_t)(seed >> 24);
        }
        if (!(round & 2))
            finish_icmp(&packet);
        else if (round & 4)
            repair(packet.bytes, packet.bytes + header, packet.length - header, 16, 6);
        assert_true(decoded(&packet, packet.length, &frame) < ANVIL_DROP_COUNT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(icmp_errors_are_classified),
        cmocka_unit_test(every_bad_icmp_message_has_its_name),
        cmocka_unit_test(any_octets_have_an_outcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
