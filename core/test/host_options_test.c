/* SPDX-License-Identifier: BSD-2-Clause */
/* Socket options where no case can look: options that do not exist, defaults in the host's own
 * terms, and the memory that a buffer takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/state.h"
#include "support/pair.h"

/* An option that there is not, or that cannot be set, is refused whatever its value. */
static void test_no_such_option(void **state)
{
    (void)state;
    static const int64_t values[] = { INT64_MIN, -1, 0, 1, 255, INT32_MAX, INT64_MAX };
    static const int unknown[] = { ANVIL_SO_COUNT, ANVIL_SO_COUNT + 1, -1, INT32_MAX };
    static const int told[] = { ANVIL_SO_ERROR, ANVIL_SO_QUEUED_IN, ANVIL_SO_QUEUED_OUT,
                                ANVIL_SO_AT_MARK };
    struct pair *pair = pair_open();
    int fd = pair_socket(pair, 0, ANVIL_IPV4);
    for (unsigned i = 0; i < 4; i++) {
        int64_t value = 77;
        assert_int_equal(anvil_host_get_option(pair->host[0], pair_turn(pair, 0), fd,
                                               (enum anvil_so)unknown[i], &value),
                         -ANVIL_ENOPROTOOPT);
        assert_int_equal(value, 77);
        for (unsigned j = 0; j < sizeof values / sizeof values[0]; j++) {
            assert_int_equal(pair_set(pair, 0, fd, (enum anvil_so)unknown[i], values[j]),
                             -ANVIL_ENOPROTOOPT);
            assert_int_equal(pair_set(pair, 0, fd, (enum anvil_so)told[i], values[j]),
                             -ANVIL_ENOPROTOOPT);
        }
    }
    pair_close(pair);
}

/* What holds while nobody has set anything. */
static void test_defaults(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct anvil_policy *policy = &pair->policy[0];
    int fd = pair_socket(pair, 0, ANVIL_IPV4);
    policy->nagle = 0;
    policy->syn_r2_count = 7;
    policy->ttl = 99;
    const struct {
        enum anvil_so option;
        int64_t value;
    } rows[] = {
        { ANVIL_SO_REUSEADDR, 0 },
        { ANVIL_SO_REUSEPORT, 0 },
        { ANVIL_SO_LINGER, -1 },
        { ANVIL_SO_KEEPALIVE, 0 },
        { ANVIL_SO_RCVBUF, policy->receive_buffer },
        { ANVIL_SO_SNDBUF, policy->send_buffer },
        { ANVIL_SO_ERROR, ANVIL_ENONE },
        { ANVIL_SO_OOBINLINE, 0 },
        { ANVIL_SO_NODELAY, 1 },
        { ANVIL_SO_MAXSEG, 0 },
        { ANVIL_SO_KEEPIDLE, (int64_t)(policy->keepalive_idle_us / SECOND) },
        { ANVIL_SO_KEEPINTVL, (int64_t)(policy->keepalive_interval_us / SECOND) },
        { ANVIL_SO_KEEPCNT, policy->keepalive_count },
        { ANVIL_SO_SYNCNT, 7 },
        { ANVIL_SO_USER_TIMEOUT, 0 },
        { ANVIL_SO_LINGER2, (int64_t)(policy->orphan_fin_wait_2_us / SECOND) },
        { ANVIL_SO_DEFER_ACCEPT, 0 },
        { ANVIL_SO_QUICKACK, 0 },
        { ANVIL_SO_CORK, 0 },
        { ANVIL_SO_NOOPT, 0 },
        { ANVIL_SO_TOS, 0 },
        { ANVIL_SO_TTL, 99 },
        { ANVIL_SO_MTU_DISCOVER, policy->path_mtu_discovery != 0 },
        { ANVIL_SO_RECVERR, 0 },
        { ANVIL_SO_QUEUED_IN, 0 },
        { ANVIL_SO_QUEUED_OUT, 0 },
        { ANVIL_SO_AT_MARK, 0 },
    };
    assert_int_equal(sizeof rows / sizeof rows[0], ANVIL_SO_COUNT);
    for (unsigned i = 0; i < ANVIL_SO_COUNT; i++) {
        int64_t value = 77;
        assert_int_equal(anvil_host_get_option(pair->host[0], pair_turn(pair, 0), fd,
                                               rows[i].option, &value), 0);
        assert_int_equal(value, rows[i].value);
    }
    pair_close(pair);
}

/* A larger buffer takes memory where there is one already, and only there. */
static void test_memory_of_buffers(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    const struct pool *pool = &pair->host[0]->pool;
    pair->policy[0].receive_buffer = 2048;
    pair->policy[0].send_buffer = 1024;
    struct pair_sockets fd = pair_established(pair);
    assert_int_equal(pool->used, 2);
    assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_SNDBUF, 4096), 0);
    assert_int_equal(pool->used, 2);
    assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_RCVBUF, 8192), 0);
    assert_int_equal(pool->used, 8);
    pair->cut = true;
    assert_int_equal(pair_write(pair, 0, fd.client, "x", 0), 1);
    assert_int_equal(pool->used, 8 + 4);
    assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_RCVBUF, 16384), 0);
    assert_int_equal(pool->used, 16 + 4);
    assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_SNDBUF, 32768), 0);
    assert_int_equal(pool->used, 16 + 32);
    assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_LINGER, 65535), 0);
    assert_int_equal(pool->used, 16 + 32);
    pair_close(pair);
}

/* An option that the machine does not know makes no step: what waits for more packets waits on. */
static void test_no_step(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    assert_int_equal(pair_set(pair, 1, fd.server, ANVIL_SO_QUICKACK, 1), 0);
    assert_int_equal(pair_write(pair, 0, fd.client, "x", 0), 1);
    struct pair_packet packet = pair->queue[pair->first];
    pair->now = packet.at;
    anvil_host_arrive(pair->host[1], pair_turn(pair, 1), packet.octets, packet.length, true);
    assert_int_equal(pair->output.count, 0);
    uint32_t sent = pair->sent;
    assert_int_equal(pair_set(pair, 1, fd.server, ANVIL_SO_REUSEADDR, 1), 0);
    assert_int_equal(pair->sent, sent);
    assert_int_equal(pair_set(pair, 1, fd.server, ANVIL_SO_NODELAY, 1), 0);
    assert_int_equal(pair->sent, sent + 1);
    pair_close(pair);
}

/* A buffer that is a whole segment already is none that was set. */
static void test_whole_segments(void **state)
{
    (void)state;
    for (uint32_t more = 0; more < 2; more++) {
        struct pair *pair = pair_open();
        pair->policy[0].buffer_whole_segments = 1;
        pair->policy[0].offer_timestamps = 0;
        pair->policy[0].receive_buffer = 1460 + more;
        (void)pair_established(pair);
        assert_int_equal(host_slot(pair->host[0], 1)->option[ANVIL_SO_RCVBUF],
                         more ? 2920 : OPTION_UNSET);
        pair_close(pair);
    }
}

/* A buffer that cannot grow to whole segments stays what its memory is, and so does the window. */
static void test_no_memory_for_whole_segments(void **state)
{
    (void)state;
    struct pair *pair = pair_open_with(8, 8192);
    pair->policy[0].receive_buffer = 1024;
    pair->policy[1].buffer_whole_segments = 1;
    (void)pair_established(pair);
    const struct slot *slot = host_slot(pair->host[1], 2);
    assert_int_equal(slot->receive.size, 8192);
    assert_int_equal(slot->tcb.rcv_buffer, 8192);
    pair_close(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_such_option),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_memory_of_buffers),
        cmocka_unit_test(test_no_step),
        cmocka_unit_test(test_whole_segments),
        cmocka_unit_test(test_no_memory_for_whole_segments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
