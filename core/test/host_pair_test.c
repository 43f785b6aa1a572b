/* SPDX-License-Identifier: BSD-2-Clause */
/* Two hosts back to back: what sockets promise, from the handshake to TIME-WAIT. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/pair.h"

/* S1. The three-way handshake, seen from both ends' sockets. */
static void test_handshake(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    assert_int_equal(pair->sent, 3);
    assert_int_equal(pair_ready(pair, 0, fd.client), ANVIL_CAN_WRITE);
    assert_int_equal(pair_ready(pair, 1, fd.listener), 0);
    assert_int_equal(pair_accept(pair, 1, fd.listener), -ANVIL_EAGAIN);
    assert_int_equal(pair_connect(pair, 0, fd.client, 80), -ANVIL_EISCONN);
    pair_close(pair);
}

/* Data goes both ways, and the end of each direction is seen on its own. S2, S9. */
static void test_data_and_half_close(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    char text[64];
    assert_int_equal(pair_read(pair, 1, fd.server, text, sizeof text, 0), -ANVIL_EAGAIN);
    assert_int_equal(pair_write(pair, 0, fd.client, "hello", 0), 5);
    assert_int_equal(pair_shutdown(pair, 0, fd.client, 1), 0);
    assert_int_equal(pair_write(pair, 0, fd.client, "x", 0), -ANVIL_EPIPE);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_state(pair, 0, fd.client), ANVIL_FIN_WAIT_2);
    assert_int_equal(pair_state(pair, 1, fd.server), ANVIL_CLOSE_WAIT);
    assert_int_equal(pair_read(pair, 1, fd.server, text, sizeof text, ANVIL_MSG_PEEK), 5);
    assert_int_equal(pair_read(pair, 1, fd.server, text, 4, 0), 3);
    assert_string_equal(text, "hel");
    assert_int_equal(pair_read(pair, 1, fd.server, text, sizeof text, 0), 2);
    assert_int_equal(pair_read(pair, 1, fd.server, text, sizeof text, 0), 0);
    assert_int_equal(pair_write(pair, 1, fd.server, "good day", 0), 8);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_read(pair, 0, fd.client, text, sizeof text, 0), 8);
    assert_string_equal(text, "good day");
    pair_close(pair);
}

/* S2, S5. The four-segment close; TIME-WAIT lasts 2MSL to the microsecond, then it is gone. */
static void test_close_and_time_wait(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    assert_int_equal(pair_close_socket(pair, 0, fd.client), 0);
    pair_wait(pair, 100000);
    assert_int_equal(pair_ready(pair, 1, fd.server),
                     ANVIL_CAN_READ | ANVIL_CAN_WRITE | ANVIL_IS_READ_CLOSED);
    assert_int_equal(pair_close_socket(pair, 1, fd.server), 0);
    anvil_time entered = pair->now + PAIR_DELAY_US;
    pair_wait(pair, 100000);
    assert_int_equal(pair_slots(pair, 1), 1); /* the listener */
    assert_int_equal(pair_slots(pair, 0), 1);
    assert_int_equal(pair_state(pair, 0, -1), ANVIL_TIME_WAIT);
    pair_run(pair, entered + 2 * pair->policy[0].msl_us - 1);
    assert_int_equal(pair_slots(pair, 0), 1);
    pair_run(pair, entered + 2 * pair->policy[0].msl_us);
    assert_int_equal(pair_slots(pair, 0), 0);
    pair_close(pair);
}

/* What was received stays readable when the TCB is gone. */
static void test_data_outlives_tcb(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    char text[64];
    assert_int_equal(pair_write(pair, 1, fd.server, "late", 0), 4);
    assert_int_equal(pair_shutdown(pair, 0, fd.client, 1), 0);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_close_socket(pair, 1, fd.server), 0);
    pair_wait(pair, 3 * pair->policy[0].msl_us);
    assert_int_equal(pair_state(pair, 0, fd.client), ANVIL_CLOSED);
    assert_int_equal(pair_get(pair, 0, fd.client, ANVIL_SO_QUEUED_IN), 4);
    assert_int_equal(pair_read(pair, 0, fd.client, text, sizeof text, 0), 4);
    assert_string_equal(text, "late");
    assert_int_equal(pair_read(pair, 0, fd.client, text, sizeof text, 0), 0);
    pair_close(pair);
}

/* A SYN to a port without a listener is refused. */
static void test_refused(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    int fd = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(pair_connect(pair, 0, fd, 80), -ANVIL_EINPROGRESS);
    assert_int_equal(pair_connect(pair, 0, fd, 80), -ANVIL_EALREADY);
    assert_int_equal(pair_ready(pair, 0, fd), 0);
    pair_wait(pair, SECOND);
    assert_true(pair_ready(pair, 0, fd) & ANVIL_ERROR_PENDING);
    assert_int_equal(pair_get(pair, 0, fd, ANVIL_SO_ERROR), ANVIL_ECONNREFUSED);
    assert_int_equal(pair_get(pair, 0, fd, ANVIL_SO_ERROR), ANVIL_ENONE);
    assert_int_equal(pair_connect(pair, 0, fd, 80), -ANVIL_EINPROGRESS);
    pair_close(pair);
}

/* A silent port lets the SYN time out. */
static void test_silent_port_times_out(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    pair->policy[1].closed_port_silent = 1;
    int fd = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(pair_connect(pair, 0, fd, 80), -ANVIL_EINPROGRESS);
    pair_wait(pair, 1000ull * SECOND);
    assert_int_equal(pair_get(pair, 0, fd, ANVIL_SO_ERROR), ANVIL_ETIMEDOUT);
    assert_true(anvil_host_counts(pair->host[1])->refused[ANVIL_REFUSED_CLOSED_PORT] > 2);
    pair_close(pair);
}

/* S15. A linger time of 0 aborts; the peer is told once, then reads the end. */
static void test_abort(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    char text[64];
    assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_LINGER, 0), 0);
    assert_int_equal(pair_close_socket(pair, 0, fd.client), 0);
    assert_true(pair->last.segment.flags & ANVIL_RST);
    assert_int_equal(pair_slots(pair, 0), 0);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_read(pair, 1, fd.server, text, sizeof text, 0), -ANVIL_ECONNRESET);
    assert_int_equal(pair_read(pair, 1, fd.server, text, sizeof text, 0), 0);
    assert_int_equal(pair_write(pair, 1, fd.server, "x", 0), -ANVIL_EPIPE);
    pair_close(pair);
}

/* SO_LINGER with a time: close() waits until all is acknowledged, or the time is over. */
static void test_linger(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_LINGER, 3), 0);
    assert_int_equal(pair_close_socket(pair, 0, fd.client), -ANVIL_EINPROGRESS);
    assert_int_equal(pair_ready(pair, 0, fd.client), 0);
    pair_wait(pair, 100000);
    assert_int_equal(pair_ready(pair, 0, fd.client), ANVIL_CAN_WRITE);
    assert_int_equal(pair_close_socket(pair, 0, fd.client), 0);
    assert_int_equal(pair_close_socket(pair, 0, fd.client), -ANVIL_EBADF);

    assert_int_equal(pair_set(pair, 1, fd.server, ANVIL_SO_LINGER, 3), 0);
    pair->cut = true;
    assert_int_equal(pair_close_socket(pair, 1, fd.server), -ANVIL_EINPROGRESS);
    pair_wait(pair, 3 * SECOND - 1);
    assert_int_equal(pair_close_socket(pair, 1, fd.server), -ANVIL_EINPROGRESS);
    pair_wait(pair, 1);
    assert_int_equal(pair_ready(pair, 1, fd.server), ANVIL_CAN_WRITE);
    assert_int_equal(pair_close_socket(pair, 1, fd.server), 0);
    pair_close(pair);
}

/* close() with unread data resets, as SHLD-3 wants; the policy can have a FIN instead. AMBIG-42. */
static void test_close_with_unread_data(void **state)
{
    (void)state;
    for (uint32_t reset = 0; reset < 2; reset++) {
        struct pair *pair = pair_open();
        pair->policy[1].reset_on_unread = reset;
        struct pair_sockets fd = pair_established(pair);
        assert_int_equal(pair_write(pair, 0, fd.client, "unread", 0), 6);
        pair_wait(pair, SECOND);
        assert_int_equal(pair_close_socket(pair, 1, fd.server), 0);
        assert_int_equal(pair->last.segment.flags & ANVIL_RST, reset ? ANVIL_RST : 0);
        pair_wait(pair, SECOND);
        assert_int_equal(pair_state(pair, 0, fd.client), reset ? ANVIL_CLOSED : ANVIL_CLOSE_WAIT);
        pair_close(pair);
    }
}

/* The accept queue holds `backlog` connections; who comes later finds room when one is accepted. */
static void test_backlog(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    int listener = pair_socket(pair, 1, ANVIL_IPV4), fd[3];
    assert_int_equal(pair_bind(pair, 1, listener, 80), 0);
    assert_int_equal(pair_listen(pair, 1, listener, 2), 0);
    for (int i = 0; i < 3; i++) {
        fd[i] = pair_socket(pair, 0, ANVIL_IPV4);
        assert_int_equal(pair_connect(pair, 0, fd[i], 80), -ANVIL_EINPROGRESS);
        pair_wait(pair, 100000);
    }
    assert_int_equal(pair_state(pair, 0, fd[1]), ANVIL_ESTABLISHED);
    assert_int_equal(pair_state(pair, 0, fd[2]), ANVIL_SYN_SENT);
    assert_int_equal(anvil_host_counts(pair->host[1])->refused[ANVIL_REFUSED_ACCEPT_QUEUE], 1);
    assert_int_equal(pair_ready(pair, 1, listener), ANVIL_CAN_READ);
    assert_true(pair_accept(pair, 1, listener) >= 0);
    pair_wait(pair, 5 * SECOND);
    assert_int_equal(pair_state(pair, 0, fd[2]), ANVIL_ESTABLISHED);
    pair_close(pair);
}

/* Half-open connections are bounded; by policy the newest or the oldest gives way. RFC 4987. */
static void test_half_open_limit(void **state)
{
    (void)state;
    for (uint32_t overflow = 0; overflow < 2; overflow++) {
        struct pair *pair = pair_open();
        pair->policy[1].half_open_max = 2;
        pair->policy[1].half_open_overflow = overflow;
        int listener = pair_socket(pair, 1, ANVIL_IPV4);
        assert_int_equal(pair_bind(pair, 1, listener, 80), 0);
        assert_int_equal(pair_listen(pair, 1, listener, 8), 0);
        for (int i = 0; i < 3; i++) {
            int fd = pair_socket(pair, 0, ANVIL_IPV4);
            assert_int_equal(pair_connect(pair, 0, fd, 80), -ANVIL_EINPROGRESS);
            /* The SYN,ACK never reaches host 0. */
            struct pair_packet *syn = &pair->queue[(pair->first + pair->count - 1) % PAIR_QUEUE];
            anvil_host_arrive(pair->host[1], pair_turn(pair, 1), syn->octets, syn->length, false);
            pair->count = 0;
        }
        const struct anvil_host_counters *counters = anvil_host_counts(pair->host[1]);
        assert_int_equal(counters->refused[ANVIL_REFUSED_HALF_OPEN], overflow ? 0 : 1);
        assert_int_equal(pair_slots(pair, 1), 3);
        pair_close(pair);
    }
}

/* Closing a listener aborts what nobody accepted. */
static void test_listener_close_aborts(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    int other = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(pair_connect(pair, 0, other, 80), -ANVIL_EINPROGRESS);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_close_socket(pair, 1, fd.listener), 0);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_get(pair, 0, other, ANVIL_SO_ERROR), ANVIL_ECONNRESET);
    assert_int_equal(pair_state(pair, 1, fd.server), ANVIL_ESTABLISHED);
    assert_int_equal(pair_slots(pair, 1), 1);
    pair_close(pair);
}

/* S11. The end of a process closes what it had. */
static void test_exit(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    anvil_host_exit(pair->host[0], pair_turn(pair, 0));
    assert_int_equal(pair_ready(pair, 0, fd.client), 0);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_state(pair, 1, fd.server), ANVIL_CLOSE_WAIT);
    anvil_host_exit(pair->host[1], pair_turn(pair, 1));
    pair_wait(pair, SECOND);
    assert_int_equal(pair_slots(pair, 1), 0);
    pair_wait(pair, 2 * pair->policy[0].msl_us);
    assert_int_equal(pair_slots(pair, 0), 0);
    pair_close(pair);
}

/* S13. A port in TIME-WAIT can be bound with SO_REUSEADDR only. */
static void test_bind_in_time_wait(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    assert_int_equal(pair_close_socket(pair, 1, fd.server), 0);
    assert_int_equal(pair_close_socket(pair, 1, fd.listener), 0);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_close_socket(pair, 0, fd.client), 0);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_state(pair, 1, -1), ANVIL_TIME_WAIT);
    int listener = pair_socket(pair, 1, ANVIL_IPV4);
    assert_int_equal(pair_bind(pair, 1, listener, 80), -ANVIL_EADDRINUSE);
    assert_int_equal(pair_set(pair, 1, listener, ANVIL_SO_REUSEADDR, 1), 0);
    assert_int_equal(pair_bind(pair, 1, listener, 80), 0);
    assert_int_equal(pair_listen(pair, 1, listener, 1), 0);
    pair_close(pair);
}

/* S14, MAY-2. A client that binds a fixed port and reconnects within 2MSL: by policy refused or
 * allowed; the server's TIME-WAIT is on the client's side here. */
static void test_reconnect_in_time_wait(void **state)
{
    (void)state;
    for (uint32_t allowed = 0; allowed < 2; allowed++) {
        struct pair *pair = pair_open();
        pair->policy[0].time_wait_connect = allowed;
        struct pair_sockets fd = pair_established(pair);
        struct anvil_endpoint local;
        assert_int_equal(anvil_host_local_name(pair->host[0], fd.client, &local), 0);
        assert_int_equal(pair_close_socket(pair, 0, fd.client), 0);
        pair_wait(pair, SECOND);
        assert_int_equal(pair_close_socket(pair, 1, fd.server), 0);
        pair_wait(pair, SECOND);
        int again = pair_socket(pair, 0, ANVIL_IPV4);
        assert_int_equal(pair_set(pair, 0, again, ANVIL_SO_REUSEADDR, 1), 0);
        assert_int_equal(pair_bind(pair, 0, again, local.port), 0);
        assert_int_equal(pair_connect(pair, 0, again, 80),
                         allowed ? -ANVIL_EINPROGRESS : -ANVIL_EADDRINUSE);
        pair_wait(pair, SECOND);
        assert_int_equal(pair_state(pair, 0, again),
                         allowed ? ANVIL_ESTABLISHED : ANVIL_CLOSED);
        pair_close(pair);
    }
}

/* MAY-2, AMBIG-39. A SYN above the old numbers reopens TIME-WAIT at the server, and only if it
 * listens; the connection goes to the accept queue. */
static void test_time_wait_reopened(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    char text[8];
    int again = pair_reopen(pair, &fd, NULL);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_state(pair, 0, again), ANVIL_ESTABLISHED);
    int server = pair_accept(pair, 1, fd.listener);
    assert_true(server >= 0 && server != fd.server);
    assert_int_equal(pair_read(pair, 1, fd.server, text, sizeof text, 0), 0);
    assert_int_equal(pair_write(pair, 0, again, "new", 0), 3);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_read(pair, 1, server, text, sizeof text, 0), 3);
    assert_string_equal(text, "new");
    pair_close(pair);
}

/* A new connection from TIME-WAIT leaves to the old descriptor what it has not read. S6. */
static void test_reopening_keeps_unread_data(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    char text[8];
    int again = pair_reopen(pair, &fd, "old");
    assert_int_equal(pair_write(pair, 0, again, "new", 0), -ANVIL_EAGAIN);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_write(pair, 0, again, "new", 0), 3);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_read(pair, 1, fd.server, text, sizeof text, 0), 3);
    assert_string_equal(text, "old");
    int server = pair_accept(pair, 1, fd.listener);
    assert_int_equal(pair_read(pair, 1, server, text, sizeof text, 0), 3);
    assert_string_equal(text, "new");
    pair_close(pair);
}

/* Listeners that share a port with SO_REUSEPORT share its connections. */
static void test_listeners_share_a_port(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    int listener[2], accepted[2] = { 0 };
    for (int i = 0; i < 2; i++) {
        listener[i] = pair_socket(pair, 1, ANVIL_IPV4);
        assert_int_equal(pair_set(pair, 1, listener[i], ANVIL_SO_REUSEPORT, 1), 0);
        assert_int_equal(pair_bind(pair, 1, listener[i], 80), 0);
        assert_int_equal(pair_listen(pair, 1, listener[i], 20), 0);
    }
    for (int i = 0; i < 12; i++)
        assert_int_equal(pair_connect(pair, 0, pair_socket(pair, 0, ANVIL_IPV4), 80),
                         -ANVIL_EINPROGRESS);
    pair_wait(pair, SECOND);
    for (int i = 0; i < 2; i++)
        while (pair_accept(pair, 1, listener[i]) >= 0)
            accepted[i]++;
    assert_int_equal(accepted[0] + accepted[1], 12);
    assert_true(accepted[0] > 0 && accepted[1] > 0);
    pair_close(pair);
}

/* SHLD-9. Who asked for soft errors is told of trouble at R1, while the connection goes on. */
static void test_trouble_is_told(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_RECVERR, 1), 0);
    pair->cut = true;
    assert_int_equal(pair_write(pair, 0, fd.client, "x", 0), 1);
    pair_wait(pair, 60 * SECOND);
    assert_int_equal(pair_get(pair, 0, fd.client, ANVIL_SO_ERROR), ANVIL_ETIMEDOUT);
    assert_int_equal(pair_state(pair, 0, fd.client), ANVIL_ESTABLISHED);
    pair_close(pair);
}

/* A host is a block without pointers: it may be moved in the middle of everything. */
static void test_hosts_may_be_moved(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    char text[8];
    assert_int_equal(pair_write(pair, 0, fd.client, "moved", 0), 5);
    for (int i = 0; i < 2; i++) {
        void *there = malloc(pair->size);
        assert_non_null(there);
        memcpy(there, pair->memory[i], pair->size);
        memset(pair->memory[i], 0, pair->size);
        free(pair->memory[i]);
        pair->memory[i] = there;
        pair->host[i] = there;
    }
    pair_wait(pair, SECOND);
    assert_int_equal(pair_read(pair, 1, fd.server, text, sizeof text, 0), 5);
    assert_string_equal(text, "moved");
    assert_int_equal(pair_close_socket(pair, 0, fd.client), 0);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_state(pair, 1, fd.server), ANVIL_CLOSE_WAIT);
    pair_close(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_handshake),
        cmocka_unit_test(test_data_and_half_close),
        cmocka_unit_test(test_close_and_time_wait),
        cmocka_unit_test(test_data_outlives_tcb),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_silent_port_times_out),
        cmocka_unit_test(test_abort),
        cmocka_unit_test(test_linger),
        cmocka_unit_test(test_close_with_unread_data),
        cmocka_unit_test(test_backlog),
        cmocka_unit_test(test_half_open_limit),
        cmocka_unit_test(test_listener_close_aborts),
        cmocka_unit_test(test_exit),
        cmocka_unit_test(test_bind_in_time_wait),
        cmocka_unit_test(test_reconnect_in_time_wait),
        cmocka_unit_test(test_time_wait_reopened),
        cmocka_unit_test(test_reopening_keeps_unread_data),
        cmocka_unit_test(test_listeners_share_a_port),
        cmocka_unit_test(test_trouble_is_told),
        cmocka_unit_test(test_hosts_may_be_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
