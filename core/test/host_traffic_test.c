/* SPDX-License-Identifier: BSD-2-Clause */
/* What an embedder is told of frames and packets: the output, verdicts and counters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/output.h"
#include "host/slots.h"
#include "support/packet.h"
#include "support/pair.h"

/* The socket behind a descriptor. */
static struct slot *slot_of(struct pair *pair, int host, int fd)
{
    struct slot *slot = anvil_slot_of(pair->host[host], fd);
    assert_non_null(slot);
    return slot;
}

/* A turn whose output has something in it that an earlier call left. */
static const struct anvil_turn *left_over(struct pair *pair, int host)
{
    const struct anvil_turn *turn = pair_turn(pair, host);
    pair->output.count = 3;
    pair->output.used = 77;
    return turn;
}

/* Nothing was put out, and what was there is gone. */
static void assert_empty(const struct pair *pair)
{
    assert_int_equal(pair->output.count, 0);
    assert_int_equal(pair->output.used, 0);
}

/* Every call starts by emptying the output, those that fail among them. */
static void test_calls_empty_the_output(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct anvil_host *host = pair->host[0];
    struct anvil_endpoint to = pair_endpoint(1, 80, ANVIL_IPV4);
    uint8_t octet = 0;
    assert_int_equal(anvil_host_connect(host, left_over(pair, 0), 9, &to), -ANVIL_EBADF);
    assert_empty(pair);
    assert_int_equal(anvil_host_send(host, left_over(pair, 0), 9, &octet, 1, 0), -ANVIL_EBADF);
    assert_empty(pair);
    assert_int_equal(anvil_host_receive(host, left_over(pair, 0), 9, &octet, 1, 0), -ANVIL_EBADF);
    assert_empty(pair);
    assert_int_equal(anvil_host_shutdown(host, left_over(pair, 0), 9, 1), -ANVIL_EBADF);
    assert_empty(pair);
    assert_int_equal(anvil_host_close(host, left_over(pair, 0), 9), -ANVIL_EBADF);
    assert_empty(pair);
    anvil_host_arrive(host, left_over(pair, 0), &octet, 0, false);
    assert_empty(pair);
    anvil_host_poll(host, left_over(pair, 0));
    assert_empty(pair);
    anvil_host_exit(host, left_over(pair, 0));
    assert_empty(pair);
    int fd = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(anvil_host_connect(host, left_over(pair, 0), fd, &to), -ANVIL_EINPROGRESS);
    assert_int_equal(pair->output.count, 1);
    assert_int_equal(pair->output.frame[0].at, 0);
    assert_int_equal(pair->output.frame[0].length, pair->output.used);
    pair_close(pair);
}

/* A descriptor whose close() waits is only good for close(). */
static void test_lingering_descriptor(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    char text[8];
    assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_LINGER, 10), 0);
    assert_int_equal(pair_close_socket(pair, 0, fd.client), -ANVIL_EINPROGRESS);
    assert_int_equal(pair_write(pair, 0, fd.client, "x", 0), -ANVIL_EBADF);
    assert_int_equal(pair_read(pair, 0, fd.client, text, sizeof text, 0), -ANVIL_EBADF);
    assert_int_equal(pair_connect(pair, 0, fd.client, 80), -ANVIL_EBADF);
    assert_int_equal(pair_shutdown(pair, 0, fd.client, 1), -ANVIL_EBADF);
    assert_int_equal(pair_close_socket(pair, 0, fd.client), -ANVIL_EINPROGRESS);
    assert_int_equal(pair_ready(pair, 0, fd.client), 0);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_ready(pair, 0, fd.client), ANVIL_CAN_WRITE);
    struct slot *slot = slot_of(pair, 0, fd.client);
    assert_int_not_equal(slot->receive.size, 0);
    assert_int_equal(pair_close_socket(pair, 0, fd.client), 0);
    assert_int_equal(slot->receive.size, 0);
    assert_int_equal(slot->lingering, LINGER_NOT);
    assert_int_equal(slot->linger_deadline, ANVIL_NEVER);
    assert_int_equal(pair_close_socket(pair, 0, fd.client), -ANVIL_EBADF);
    pair_close(pair);
}

/* Frames lie side by side; one for which there is no room, or no entry, is lost and not counted. */
static void test_output_is_bounded(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct anvil_frame frame = some_frame(ANVIL_IPV4);
    struct anvil_four_tuple name = { .local = frame.from, .remote = frame.to };
    struct anvil_effects effects;
    memset(&effects, 0, sizeof effects);
    effects.sent_count = 2;
    const struct anvil_turn *turn = pair_turn(pair, 0);
    anvil_output_begin(turn);
    for (unsigned i = 0; i < ANVIL_OUTPUT_FRAMES / 2 + 2; i++)
        anvil_output_put(pair->host[0], turn, &name, NULL, &effects);
    assert_int_equal(pair->output.count, ANVIL_OUTPUT_FRAMES);
    assert_int_equal(pair->output.used, 40 * ANVIL_OUTPUT_FRAMES);
    for (unsigned i = 0; i < ANVIL_OUTPUT_FRAMES; i++) {
        assert_int_equal(pair->output.frame[i].at, 40 * i);
        assert_int_equal(pair->output.frame[i].length, 40);
    }
    assert_int_equal(anvil_host_counts(pair->host[0])->frames_out, ANVIL_OUTPUT_FRAMES);
    turn = pair_turn(pair, 0);
    anvil_output_begin(turn);
    pair->output.capacity = 79;
    pair->octets[79] = 0xee;
    anvil_output_put(pair->host[0], turn, &name, NULL, &effects);
    assert_int_equal(pair->output.count, 1);
    assert_int_equal(pair->output.used, 40);
    assert_int_equal(pair->octets[79], 0xee);
    assert_int_equal(anvil_host_counts(pair->host[0])->frames_out, ANVIL_OUTPUT_FRAMES + 1);
    pair_close(pair);
}

/* The octet of a keep-alive is nobody's data: a socket that never sent has no ring. */
static void test_keepalive_octet(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    struct slot *slot = slot_of(pair, 0, fd.client);
    struct anvil_effects effects;
    memset(&effects, 0, sizeof effects);
    effects.sent_count = 1;
    effects.sent[0].offset = ANVIL_NO_OFFSET;
    effects.sent[0].segment.length = 1;
    const struct anvil_turn *turn = pair_turn(pair, 0);
    anvil_output_begin(turn);
    memset(pair->octets, 0xee, 64);
    anvil_output_put(pair->host[0], turn, &slot->name, slot, &effects);
    assert_int_equal(pair->output.used, 41);
    assert_int_equal(pair->octets[40], 0);
    pair_close(pair);
}

/* All packets that were refused so far. */
static uint64_t refused(const struct pair *pair, int host)
{
    const struct anvil_host_counters *counters = anvil_host_counts(pair->host[host]);
    uint64_t sum = 0;
    for (unsigned i = 0; i < ANVIL_REFUSED_COUNT; i++)
        sum += counters->refused[i];
    return sum;
}

/* A segment from port 49152 of host 0 arrives at a port of host 1. */
static void to_port(struct pair *pair, uint16_t port, uint16_t flags)
{
    struct anvil_frame frame = some_frame(ANVIL_IPV4);
    frame.to.port = port;
    frame.segment.flags = flags;
    struct packet packet = encoded(frame, 0);
    anvil_host_arrive(pair->host[1], left_over(pair, 1), packet.bytes, packet.length, false);
}

/* An ICMP error arrives at host 0, about the last segment that it sent: host unreachable, or one
 * that reports an MTU. */
static void unreachable(struct pair *pair, uint32_t mtu)
{
    struct anvil_frame frame = pair->last;
    frame.segment.length = 0;
    struct packet quoted = encoded(frame, 0), packet = { .length = 56 };
    uint8_t *ip = packet.bytes, *icmp = packet.bytes + 20;
    memcpy(ip, quoted.bytes, 20);
    memcpy(ip + 12, quoted.bytes + 16, 4);
    memcpy(ip + 16, quoted.bytes + 12, 4);
    put_number(ip + 2, 56);
    ip[9] = 1;
    icmp[0] = 3;
    icmp[1] = mtu == 0 ? 1 : 4;
    put_number(icmp + 6, mtu);
    memcpy(icmp + 8, quoted.bytes, 28);
    repair(ip, icmp, 36, 2, 0);
    repair(ip, ip, 20, 10, 0);
    anvil_host_arrive(pair->host[0], pair_turn(pair, 0), packet.bytes, packet.length, false);
}

static void assert_check(const struct pair *pair, int host, enum anvil_check check)
{
    assert_string_equal(anvil_host_verdict(pair->host[host]), anvil_check_name(check));
}

/* The verdict is what ended the last packet's processing; only what is refused is counted so. */
static void test_verdicts(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    assert_check(pair, 1, ANVIL_CHECK_NONE);
    to_port(pair, 81, ANVIL_ACK);
    assert_check(pair, 1, ANVIL_CHECK_CLOSED);
    assert_int_equal(pair->output.count, 1);
    to_port(pair, 80, ANVIL_ACK);
    assert_check(pair, 1, ANVIL_CHECK_LISTEN_ACK);
    assert_int_equal(pair->output.count, 1);
    to_port(pair, 80, ANVIL_RST);
    assert_check(pair, 1, ANVIL_CHECK_LISTEN_RST);
    assert_int_equal(pair->output.count, 0);
    assert_int_equal(refused(pair, 0) + refused(pair, 1), 0);
    pair->policy[1].closed_port_silent = 1;
    to_port(pair, 81, ANVIL_ACK);
    assert_string_equal(anvil_host_verdict(pair->host[1]),
                        anvil_refusal_name(ANVIL_REFUSED_CLOSED_PORT));
    assert_int_equal(anvil_host_counts(pair->host[1])->refused[ANVIL_REFUSED_CLOSED_PORT], 1);
    to_port(pair, 80, ANVIL_RST);
    assert_check(pair, 1, ANVIL_CHECK_LISTEN_RST);
    assert_int_equal(refused(pair, 1), 1);
    struct anvil_frame old = some_frame(ANVIL_IPV4);
    old.from.port = pair->last.from.port;

    struct packet outside = encoded(old, 0);
    anvil_host_arrive(pair->host[1], pair_turn(pair, 1), outside.bytes, outside.length, false);
    assert_check(pair, 1, ANVIL_CHECK_PAWS);
    assert_int_equal(refused(pair, 1), 1);
    struct packet stray = encoded(some_frame(ANVIL_IPV4), 0); /* to host 1: not host 0's */
    anvil_host_arrive(pair->host[0], pair_turn(pair, 0), stray.bytes, stray.length, false);
    assert_string_equal(anvil_host_verdict(pair->host[0]),
                        anvil_refusal_name(ANVIL_REFUSED_NOT_LOCAL));
    assert_int_equal(refused(pair, 0), 1);
    pair->cut = true;
    assert_int_equal(pair_write(pair, 0, fd.client, "x", 0), 1);
    unreachable(pair, 0);
    assert_check(pair, 0, ANVIL_CHECK_NONE);
    assert_int_equal(refused(pair, 0), 1);
    unreachable(pair, PAIR_MTU); /* is no news */
    assert_int_equal(anvil_host_counts(pair->host[0])->refused[ANVIL_REFUSED_ICMP_MTU], 1);
    pair_close(pair);
}

/* An ICMP error after a segment has no check of its own; nor has a packet that is dropped. */
static void test_verdict_of_icmp(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct anvil_frame frame = some_frame(ANVIL_IPV4);
    int fd = pair_socket(pair, 0, ANVIL_IPV4);
    pair->cut = true;
    assert_int_equal(pair_connect(pair, 0, fd, 80), -ANVIL_EINPROGRESS);
    struct anvil_frame syn = pair->last;
    struct anvil_endpoint from = frame.from;
    frame.from = frame.to;
    frame.to = from;
    struct packet packet = encoded(frame, 0);
    anvil_host_arrive(pair->host[0], pair_turn(pair, 0), packet.bytes, packet.length, false);
    assert_check(pair, 0, ANVIL_CHECK_CLOSED);
    pair->last = syn;
    unreachable(pair, 0);
    assert_check(pair, 0, ANVIL_CHECK_NONE);
    pair_close(pair);
}

/* With bad options a segment may be dropped by policy, and one that reopens TIME-WAIT is taken. */
static void test_verdicts_of_syns(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    struct packet packet = encoded(some_frame(ANVIL_IPV4), 8);
    packet.bytes[43] = 1;
    repair(packet.bytes, packet.bytes + 20, packet.length - 20, 16, 6);
    pair->policy[1].bad_option_length = ANVIL_BAD_OPTION_DROP;
    anvil_host_arrive(pair->host[1], pair_turn(pair, 1), packet.bytes, packet.length, false);
    assert_string_equal(anvil_host_verdict(pair->host[1]),
                        anvil_refusal_name(ANVIL_REFUSED_BAD_OPTIONS));
    assert_int_equal(anvil_host_counts(pair->host[1])->refused[ANVIL_REFUSED_BAD_OPTIONS], 1);
    int again = pair_reopen(pair, &fd, NULL);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_state(pair, 0, again), ANVIL_ESTABLISHED);
    assert_int_equal(refused(pair, 1), 1);
    pair_close(pair);
}

/* MUST-59. While another packet waits behind it, two segments draw no ACK; the last one does. */
static void test_more_waits_behind(void **state)
{
    (void)state;
    for (int more = 0; more < 2; more++) {
        struct pair *pair = pair_open();
        struct pair_sockets fd = pair_established(pair);
        uint8_t text[4000] = { 0 }, octets[3 * PAIR_MTU];
        const struct anvil_turn *turn = pair_turn(pair, 0);
        assert_int_equal(anvil_host_send(pair->host[0], turn, fd.client, text, sizeof text, 0),
                         sizeof text);
        struct anvil_output out = pair->output;
        assert_true(out.count == 2 && out.used <= sizeof octets);
        memcpy(octets, pair->octets, out.used);
        for (unsigned i = 0; i < 2; i++) {
            anvil_host_arrive(pair->host[1], pair_turn(pair, 1), octets + out.frame[i].at,
                              out.frame[i].length, more);
            assert_int_equal(pair->output.count, i == 1 && !more);
        }
        pair_close(pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls_empty_the_output),
        cmocka_unit_test(test_lingering_descriptor),
        cmocka_unit_test(test_output_is_bounded),
        cmocka_unit_test(test_keepalive_octet),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_verdict_of_icmp),
        cmocka_unit_test(test_verdicts_of_syns),
        cmocka_unit_test(test_more_waits_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
