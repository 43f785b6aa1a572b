/* SPDX-License-Identifier: BSD-2-Clause */
/* A listener under many connections: what they may take, from it and from others. RFC 4987. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/state.h"
#include "support/packet.h"
#include "support/pair.h"

#define PEER_ISS 1000u
#define LISTENING 1 /* the host of the pair that listens */

/* A segment of peer number `peer`, as it starts. */
static struct anvil_frame from_peer(unsigned peer, uint8_t flags)
{
    struct anvil_frame frame = some_frame(ANVIL_IPV4);
    memset(&frame.segment, 0, sizeof frame.segment);
    frame.from.port = (uint16_t)(2000 + peer);
    frame.segment.flags = flags;
    frame.segment.seq.raw = PEER_ISS;
    frame.segment.window = 65535;
    return frame;
}

/* Lets a segment arrive at the listening host; its answer, if there is one, is pair->last. */
static uint32_t arrive(struct pair *pair, struct anvil_frame frame, size_t text)
{
    struct packet packet = encoded(frame, text);
    anvil_host_arrive(pair->host[LISTENING], pair_turn(pair, LISTENING), packet.bytes,
                      packet.length, false);
    uint32_t answers = pair->output.count;
    pair->cut = true;
    pair_send(pair, LISTENING);
    return answers;
}

/* A SYN: true, and the ISS of the SYN,ACK, if there was one. */
static bool syn(struct pair *pair, unsigned peer, uint32_t *iss)
{
    if (arrive(pair, from_peer(peer, ANVIL_SYN), 0) == 0)
        return false;
    assert_int_equal(pair->last.segment.flags, ANVIL_SYN | ANVIL_ACK);
    *iss = pair->last.segment.seq.raw;
    return true;
}

/* The last ACK of the handshake, with text or without. */
static void last_ack(struct pair *pair, unsigned peer, uint32_t iss, size_t text)
{
    struct anvil_frame frame = from_peer(peer, ANVIL_ACK);
    frame.segment.seq.raw = PEER_ISS + 1;
    frame.segment.ack.raw = iss + 1;
    (void)arrive(pair, frame, text);
}

/* A listener on port 80. */
static int listener(struct pair *pair, int backlog)
{
    int fd = pair_socket(pair, LISTENING, ANVIL_IPV4);
    assert_int_equal(pair_bind(pair, LISTENING, fd, 80), 0);
    assert_int_equal(pair_listen(pair, LISTENING, fd, backlog), 0);
    return fd;
}

/* How many connections accept gives. */
static int accepted(struct pair *pair, int fd)
{
    int count = 0;
    while (pair_accept(pair, LISTENING, fd) >= 0)
        count++;
    return count;
}

/* Refusals of one kind so far. */
static uint64_t refused(const struct pair *pair, enum anvil_refusal why)
{
    return anvil_host_counts(pair->host[LISTENING])->refused[why];
}

/* ANVIL_SO_DEFER_ACCEPT: who completes the handshake and is silent takes a place of the backlog,
 * and none beyond it can be had, not by data that comes later either. */
static void test_deferred_count_in_backlog(void **state)
{
    (void)state;
    struct pair *pair = pair_open_with(128, 1u << 23);
    int fd = listener(pair, 3);
    uint32_t iss[20] = { 0 };
    bool open[20];
    assert_int_equal(pair_set(pair, LISTENING, fd, ANVIL_SO_DEFER_ACCEPT, 60), 0);
    for (unsigned peer = 0; peer < 20; peer++) {
        open[peer] = syn(pair, peer, &iss[peer]);
        assert_int_equal(open[peer], peer < 3);
        if (open[peer])
            last_ack(pair, peer, iss[peer], 0);
    }
    assert_int_equal(refused(pair, ANVIL_REFUSED_ACCEPT_QUEUE), 17);
    assert_int_equal(pair_slots(pair, LISTENING), 1 + 3);
    assert_int_equal(accepted(pair, fd), 0);
    for (unsigned peer = 0; peer < 20; peer++)
        if (open[peer])
            last_ack(pair, peer, iss[peer], 10);
    assert_int_equal(accepted(pair, fd), 3);
    assert_true(syn(pair, 19, &iss[19]));
    pair_close(pair);
}

/* Handshakes that were begun before the backlog was full do not get past it either. */
static void test_deferred_wait_like_others(void **state)
{
    (void)state;
    struct pair *pair = pair_open_with(128, 1u << 23);
    int fd = listener(pair, 2);
    uint32_t iss[6];
    assert_int_equal(pair_set(pair, LISTENING, fd, ANVIL_SO_DEFER_ACCEPT, 60), 0);
    for (unsigned peer = 0; peer < 6; peer++)
        assert_true(syn(pair, peer, &iss[peer]));
    for (unsigned peer = 0; peer < 6; peer++)
        last_ack(pair, peer, iss[peer], 10);
    assert_int_equal(refused(pair, ANVIL_REFUSED_ACCEPT_QUEUE), 4);
    assert_int_equal(accepted(pair, fd), 2);
    last_ack(pair, 5, iss[5], 10);
    assert_int_equal(accepted(pair, fd), 1);
    pair_close(pair);
}

/* A handshake whose last segment repeats the SYN, as in a simultaneous open, waits for room. */
static void test_synack_instead_of_the_last_ack(void **state)
{
    (void)state;
    struct pair *pair = pair_open_with(128, 1u << 23);
    int fd = listener(pair, 2);
    uint32_t iss[6];
    for (unsigned peer = 0; peer < 6; peer++)
        assert_true(syn(pair, peer, &iss[peer]));
    for (unsigned peer = 0; peer < 6; peer++) {
        struct anvil_frame frame = from_peer(peer, ANVIL_SYN | ANVIL_ACK);
        frame.segment.ack.raw = iss[peer] + 1;
        (void)arrive(pair, frame, 10);
    }
    assert_true(accepted(pair, fd) <= 2);
    pair_close(pair);
}

/* Deferred connections do not use up the half-open limit, and cannot be pushed out by SYNs. */
static void test_half_open_limit_beside_deferred(void **state)
{
    (void)state;
    struct pair *pair = pair_open_with(128, 1u << 23);
    int fd = listener(pair, 16);
    uint32_t iss[40];
    pair->policy[LISTENING].half_open_max = 4;
    assert_int_equal(pair_set(pair, LISTENING, fd, ANVIL_SO_DEFER_ACCEPT, 60), 0);
    for (unsigned peer = 0; peer < 8; peer++) {
        assert_true(syn(pair, peer, &iss[peer]));
        last_ack(pair, peer, iss[peer], 0);
    }
    for (unsigned peer = 8; peer < 40; peer++)
        assert_true(syn(pair, peer, &iss[peer]));
    assert_int_equal(pair_slots(pair, LISTENING), 1 + 8 + 4);
    pair->policy[LISTENING].half_open_overflow = ANVIL_HALF_OPEN_DROP_NEW;
    assert_false(syn(pair, 1000, &iss[0]));
    assert_int_equal(refused(pair, ANVIL_REFUSED_HALF_OPEN), 1);
    pair_wait(pair, 61ull * SECOND); /* what is silent for too long can be accepted all the same */
    assert_int_equal(accepted(pair, fd), 8);
    pair_close(pair);
}

/* What is deferred when its listener is closed is aborted like the rest. */
static void test_closed_listener_ends_deferred(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    int fd = listener(pair, 4);
    uint32_t iss;
    assert_int_equal(pair_set(pair, LISTENING, fd, ANVIL_SO_DEFER_ACCEPT, 60), 0);
    assert_true(syn(pair, 0, &iss));
    last_ack(pair, 0, iss, 0);
    assert_int_equal(pair_close_socket(pair, LISTENING, fd), 0);
    pair_wait(pair, 1);
    assert_true(pair->last.segment.flags & ANVIL_RST);
    assert_int_equal(pair_slots(pair, LISTENING), 0);
    pair_close(pair);
}

/* SYNs alone take no buffers: who completes gets the window that the SYN,ACK has offered. */
static void test_half_open_takes_no_memory(void **state)
{
    (void)state;
    struct pair *pair = pair_open_with(128, 1u << 18); /* four buffers of 65,536 octets */
    int fd = listener(pair, 64);
    uint32_t iss[100];
    (void)fd;
    pair->policy[LISTENING].receive_buffer = 65535;
    for (unsigned peer = 0; peer < 100; peer++) {
        assert_true(syn(pair, peer, &iss[peer]));
        assert_int_equal(pair->last.segment.window, 65535);
        assert_int_equal(pair->host[LISTENING]->pool.used, 0);
    }
    last_ack(pair, 99, iss[99] + 1, 0); /* acknowledges nothing that was sent: refused */
    assert_true(pair->last.segment.flags & ANVIL_RST);
    assert_int_equal(pair->host[LISTENING]->pool.used, 0);
    last_ack(pair, 99, iss[99], 10);
    assert_int_equal(pair->host[LISTENING]->pool.used, 64);
    pair_close(pair);
}

/* Without the memory that was offered a connection stays half-open, and nothing is acknowledged;
 * when memory is free again it completes. */
static void test_completion_waits_for_memory(void **state)
{
    (void)state;
    struct pair *pair = pair_open_with(128, 1u << 16);
    int fd = listener(pair, 64);
    uint32_t iss[2];
    char text[64];
    pair->policy[LISTENING].receive_buffer = 65535;
    for (unsigned peer = 0; peer < 2; peer++)
        assert_true(syn(pair, peer, &iss[peer]));
    last_ack(pair, 0, iss[0], 10);
    last_ack(pair, 1, iss[1], 10);
    assert_int_equal(refused(pair, ANVIL_REFUSED_NO_MEMORY), 1);
    assert_int_equal(pair->output.count, 0);
    int first = pair_accept(pair, LISTENING, fd);
    assert_true(first >= 0);
    assert_int_equal(pair_accept(pair, LISTENING, fd), -ANVIL_EAGAIN);
    assert_false(syn(pair, 2, &iss[0])); /* and nothing can be offered to anybody */
    assert_int_equal(pair_set(pair, LISTENING, first, ANVIL_SO_LINGER, 0), 0);
    assert_int_equal(pair_close_socket(pair, LISTENING, first), 0);
    pair_wait(pair, 3 * SECOND);
    assert_int_equal(pair->last.segment.flags, ANVIL_SYN | ANVIL_ACK);
    last_ack(pair, 1, iss[1], 10);
    int second = pair_accept(pair, LISTENING, fd);
    assert_true(second >= 0);
    assert_int_equal(pair_read(pair, LISTENING, second, text, sizeof text, 0), 10);
    pair_close(pair);
}

/* An ICMP error that quotes number `seq` of the connection from `local` to `peer`. */
static void icmp_unreachable(struct pair *pair, unsigned peer, uint32_t seq)
{
    struct packet packet = { .length = 56 };
    struct anvil_frame quoted = from_peer(peer, ANVIL_ACK);
    struct anvil_endpoint local = quoted.to;
    quoted.to = quoted.from;
    quoted.from = local;
    quoted.segment.seq.raw = seq;
    struct packet inner = encoded(quoted, 0);
    uint8_t *ip = packet.bytes, *icmp = packet.bytes + 20;
    memcpy(ip, inner.bytes, 20);
    memcpy(ip + 12, inner.bytes + 16, 4); /* from the peer, to this host */
    memcpy(ip + 16, inner.bytes + 12, 4);
    put_number(ip + 2, 56);
    ip[9] = 1;
    icmp[0] = 3;
    icmp[1] = 3; /* port unreachable */
    memcpy(icmp + 8, inner.bytes, 28);
    repair(ip, icmp, 36, 2, 0);
    repair(ip, ip, 20, 10, 0);
    anvil_host_arrive(pair->host[LISTENING], pair_turn(pair, LISTENING), packet.bytes,
                      packet.length, false);
    pair->cut = true;
    pair_send(pair, LISTENING);
}

/* A connection whose listener is gone is aborted with a RST, even if an ICMP error is first. */
static void test_icmp_finds_a_doomed_connection(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    int fd = listener(pair, 4);
    uint32_t iss;
    assert_true(syn(pair, 0, &iss));
    assert_int_equal(pair_close_socket(pair, LISTENING, fd), 0);
    icmp_unreachable(pair, 0, iss);
    assert_int_equal(refused(pair, ANVIL_REFUSED_ICMP_NO_MATCH), 1);
    assert_true(pair->last.segment.flags & ANVIL_RST);
    assert_int_equal(pair_slots(pair, LISTENING), 0);
    pair_close(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deferred_count_in_backlog),
        cmocka_unit_test(test_deferred_wait_like_others),
        cmocka_unit_test(test_synack_instead_of_the_last_ack),
        cmocka_unit_test(test_half_open_limit_beside_deferred),
        cmocka_unit_test(test_closed_listener_ends_deferred),
        cmocka_unit_test(test_half_open_takes_no_memory),
        cmocka_unit_test(test_completion_waits_for_memory),
        cmocka_unit_test(test_icmp_finds_a_doomed_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
