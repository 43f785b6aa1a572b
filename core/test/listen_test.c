/* SPDX-License-Identifier: BSD-2-Clause */
/* What a listener does that no case shows: with IPv4 on an IPv6 socket, at the end of what the host
 * has, to the octet of a TCB. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/slots.h"
#include "support/pair.h"

/* Two hosts, the second with a listener at port 80 whose descriptor is 0. */
static struct pair *pair_listening(uint32_t slots, uint32_t pool)
{
    struct pair *pair = pair_open_with(slots, pool);
    struct anvil_endpoint any = { .address.family = ANVIL_IPV6, .port = 80 };
    assert_int_equal(pair_socket(pair, 1, ANVIL_IPV6), 0);
    assert_int_equal(anvil_host_bind(pair->host[1], pair_turn(pair, 1), 0, &any), 0);
    assert_int_equal(pair_listen(pair, 1, 0, 10), 0);
    return pair;
}

/* Host 0 sends a SYN of this family, which arrives at host 1; what that answers is on its way. The
 * descriptor of host 0. */
static int send_syn(struct pair *pair, unsigned family)
{
    struct anvil_endpoint to = pair_endpoint(1, 80, family);
    int fd = pair_socket(pair, 0, family);
    assert_int_equal(anvil_host_connect(pair->host[0], pair_turn(pair, 0), fd, &to),
                     -ANVIL_EINPROGRESS);
    pair_send(pair, 0);
    pair_wait(pair, PAIR_DELAY_US);
    return fd;
}

/* The newest connection of host 1 that is half-open. */
static const struct slot *half_open(const struct pair *pair)
{
    const struct slot *listener = host_slot(pair->host[1], 1);
    assert_int_not_equal(listener->half_open.last, 0);
    return host_slot(pair->host[1], listener->half_open.last);
}

/* The MSS that is offered is that of the SYN's family, not that of the listener's. */
static void test_segment_size_of_either_family(void **state)
{
    (void)state;
    static const unsigned families[] = { ANVIL_IPV4, ANVIL_IPV6, ANVIL_IPV4 };
    struct pair *pair = pair_listening(8, 1u << 20);
    for (unsigned i = 0; i < 3; i++) {
        (void)send_syn(pair, families[i]);
        assert_int_equal(pair->last.segment.flags, ANVIL_SYN | ANVIL_ACK);
        assert_int_equal(pair->last.from.address.family, families[i]);
        assert_int_equal(pair->last.segment.options.mss, families[i] == ANVIL_IPV4 ? 1460 : 1440);
        assert_int_equal(half_open(pair)->tcb.ipv6, families[i] == ANVIL_IPV6);
    }
    pair_close(pair);
}

/* A half-open connection is one that is being opened, has no memory, and the clock of its name only
 * if the SYN has a timestamp, whatever else it has. */
static void test_half_open(void **state)
{
    (void)state;
    struct pair *pair = pair_listening(8, 1u << 20);
    for (uint32_t row = 0; row < 4; row++) {
        pair->policy[0].offer_timestamps = row & 1;
        pair->policy[0].offer_sack = row >> 1;
        (void)send_syn(pair, ANVIL_IPV6);
        const struct slot *child = half_open(pair);
        const struct anvil_secret *secret = &pair->host[1]->config.secret;
        assert_int_equal(child->phase, PHASE_CONNECTING);
        assert_int_equal(child->tcb.ts_offset,
                         row & 1 ? anvil_ts_offset(secret, &child->name) : 0);
        assert_int_equal(child->receive.size | child->receive.at, 0);
        assert_int_equal(pair->host[1]->pool.used, 0);
        pair->count = 0; /* the answer is lost */
        assert_string_equal(anvil_host_verdict(pair->host[1]),
                            anvil_check_name(ANVIL_CHECK_LISTEN_SYN));
    }
    for (unsigned i = 0; i < ANVIL_REFUSED_COUNT; i++)
        assert_int_equal(pair->host[1]->counters.refused[i], 0);
    pair_close(pair);
}

/* Why a SYN got no answer: the last one is refused for this reason, and for no other. */
static void check_refused(const struct pair *pair, enum anvil_refusal reason)
{
    const struct anvil_host_counters *counters = anvil_host_counts(pair->host[1]);
    for (unsigned i = 0; i < ANVIL_REFUSED_COUNT; i++)
        assert_int_equal(counters->refused[i], i == reason);
    assert_string_equal(anvil_host_verdict(pair->host[1]), anvil_refusal_name(reason));
}

/* No slot, no memory, no room, as the policy has none: each is counted as what it is. */
static void test_shortage(void **state)
{
    (void)state;
    struct pair *pair = pair_listening(2, 1u << 20);
    (void)send_syn(pair, ANVIL_IPV4);
    (void)send_syn(pair, ANVIL_IPV4);
    check_refused(pair, ANVIL_REFUSED_NO_SLOT);
    pair_close(pair);

    pair = pair_listening(4, 4096);
    struct ring ring = { 0 };
    assert_true(anvil_buffer_reserve(pair->host[1], &ring, 4096));
    pair->policy[0].receive_buffer = 1024;
    (void)send_syn(pair, ANVIL_IPV4);
    check_refused(pair, ANVIL_REFUSED_NO_MEMORY);
    pair_close(pair);

    pair = pair_listening(4, 1u << 20);
    pair->policy[1].half_open_max = 0; /* less than a policy's limits allow */
    pair->policy[1].half_open_overflow = ANVIL_HALF_OPEN_DROP_OLDEST;
    (void)send_syn(pair, ANVIL_IPV4);
    check_refused(pair, ANVIL_REFUSED_HALF_OPEN);
    pair_close(pair);
}

/* With more packets waiting, the answer to a SYN is left to a later step. MUST-59. */
static void test_more_waits(void **state)
{
    (void)state;
    struct pair *pair = pair_listening(4, 1u << 20);
    struct anvil_endpoint to = pair_endpoint(1, 80, ANVIL_IPV4);
    int fd = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(anvil_host_connect(pair->host[0], pair_turn(pair, 0), fd, &to),
                     -ANVIL_EINPROGRESS);
    pair_send(pair, 0);
    struct pair_packet syn = pair->queue[pair->first];
    anvil_host_arrive(pair->host[1], pair_turn(pair, 1), syn.octets, syn.length, true);
    assert_int_equal(pair->output.count, 0);
    assert_true(anvil_host_deadline(pair->host[1]) <= pair->now);
    anvil_host_poll(pair->host[1], pair_turn(pair, 1));
    assert_int_equal(pair->output.count, 1);
    pair_close(pair);
}

/* Host 1 is in TIME-WAIT after a connection with host 0, whose port may be used again; its slot. */
static const struct slot *in_time_wait(struct pair *pair)
{
    for (int i = 0; i < 2; i++) {
        pair->policy[i].time_wait_reuse = ANVIL_REUSE_RFC6191;
        pair->policy[i].time_wait_connect = 1;
    }
    pair->policy[0].ephemeral_first = pair->policy[0].ephemeral_last = 50000;
    int client = send_syn(pair, ANVIL_IPV4);
    pair_wait(pair, SECOND);
    int server = pair_accept(pair, 1, 0);
    assert_true(server > 0);
    assert_int_equal(pair_close_socket(pair, 1, server), 0);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_close_socket(pair, 0, client), 0);
    pair_wait(pair, SECOND);
    const struct slot *slot = host_slot(pair->host[1], 2);
    assert_int_equal(slot->tcb.state, ANVIL_TIME_WAIT);
    return slot;
}

/* A connection that takes the place of one in TIME-WAIT begins as any other at this listener; only
 * its numbers go on. */
static void test_reopened(void **state)
{
    (void)state;
    struct pair *pair = pair_listening(8, 1u << 20);
    (void)in_time_wait(pair);
    (void)send_syn(pair, ANVIL_IPV4);
    const struct slot *heir = half_open(pair);
    assert_string_equal(anvil_host_verdict(pair->host[1]), anvil_check_name(ANVIL_CHECK_REUSE));
    assert_int_equal(heir->phase, PHASE_CONNECTING);
    assert_int_equal(heir->tcb.state, ANVIL_SYN_RECEIVED);
    assert_int_equal(heir->receive.size | heir->receive.at | pair->host[1]->pool.used, 0);
    assert_int_equal(heir->tcb.rcv_buffer, pair->policy[1].receive_buffer);
    assert_int_equal(pair->last.segment.options.mss, 1460);
    pair_close(pair);
}

/* Without memory for it there is no new connection, and TIME-WAIT stays. With less than the
 * listener wants, the window is what there is. */
static void test_reopened_in_shortage(void **state)
{
    (void)state;
    for (uint32_t left = 0; left < 3; left += 2) {
        struct pair *pair = pair_listening(8, 1u << 20);
        const struct slot *old = in_time_wait(pair);
        assert_int_equal(pair->host[1]->pool.used, 0);
        anvil_pool_open(&pair->host[1]->pool, left);
        (void)send_syn(pair, ANVIL_IPV4);
        if (left == 0) {
            assert_int_equal(old->tcb.state, ANVIL_TIME_WAIT);
            assert_int_equal(host_slot(pair->host[1], 1)->half_open.count, 0);
            assert_int_equal(pair_slots(pair, 1), 2);
        } else {
            assert_int_equal(half_open(pair)->tcb.rcv_buffer, 2048);
            assert_int_equal(pair->last.segment.window, 2048);
        }
        pair_close(pair);
    }
}

/* All that OPEN and ANVIL_SET set, and nothing else, goes from one TCB to another. */
static void test_settings_are_copied(void **state)
{
    (void)state;
    struct anvil_tcb from, to, wanted;
    memset(&from, 0x11, sizeof from);
    for (unsigned set = 0; set < 2; set++) {
        memset(&to, 0x77, sizeof to);
        from.user_timeout_set = (uint8_t)set;
        wanted = to;
        wanted.nodelay = from.nodelay;
        wanted.rcv_buffer = from.rcv_buffer;
        wanted.rcv_mss_limit = from.rcv_mss_limit;
        wanted.snd_mss_limit = from.snd_mss_limit;
        wanted.ipv6 = from.ipv6;
        wanted.keepalive_on = from.keepalive_on;
        wanted.keepalive_idle_us = from.keepalive_idle_us;
        wanted.keepalive_interval_us = from.keepalive_interval_us;
        wanted.keepalive_count = from.keepalive_count;
        wanted.user_timeout_set = (uint8_t)set;
        wanted.user_timeout_us = set ? from.user_timeout_us : 0;
        wanted.syn_count = from.syn_count;
        wanted.r2_count = from.r2_count;
        wanted.orphan_fin_wait_2_us = from.orphan_fin_wait_2_us;
        wanted.no_options = from.no_options;
        wanted.quick_ack_on = from.quick_ack_on;
        anvil_copy_settings(&to, &from);
        assert_memory_equal(&to, &wanted, sizeof to);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_segment_size_of_either_family),
        cmocka_unit_test(test_half_open),
        cmocka_unit_test(test_shortage),
        cmocka_unit_test(test_more_waits),
        cmocka_unit_test(test_reopened),
        cmocka_unit_test(test_reopened_in_shortage),
        cmocka_unit_test(test_settings_are_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
