/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets call by call: bind rules, options, urgent data, errors, ICMP, shortage. */
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

/* What the last packet carried, in octets. */
static uint32_t last_length(const struct pair *pair)
{
    return pair->last.segment.length;
}

/* S17. Calls on what is no socket, and in a state that does not fit. */
static void test_misplaced_calls(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    char text[8];
    int fd = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(pair_socket(pair, 0, 5), -ANVIL_EAFNOSUPPORT);
    assert_int_equal(pair_bind(pair, 0, 7, 80), -ANVIL_EBADF);
    assert_int_equal(pair_write(pair, 0, 7, "x", 0), -ANVIL_EBADF);
    assert_int_equal(pair_close_socket(pair, 0, -1), -ANVIL_EBADF);
    assert_int_equal(pair_write(pair, 0, fd, "x", 0), -ANVIL_ENOTCONN);
    assert_int_equal(pair_read(pair, 0, fd, text, sizeof text, 0), -ANVIL_ENOTCONN);
    assert_int_equal(pair_shutdown(pair, 0, fd, 1), -ANVIL_ENOTCONN);
    assert_int_equal(pair_accept(pair, 0, fd), -ANVIL_EINVAL);
    assert_int_equal(anvil_host_peer_name(pair->host[0], fd, NULL), -ANVIL_ENOTCONN);
    assert_int_equal(pair_listen(pair, 0, fd, 1), 0);
    assert_int_equal(pair_connect(pair, 0, fd, 80), -ANVIL_EOPNOTSUPP);
    assert_int_equal(pair_write(pair, 0, fd, "x", 0), -ANVIL_ENOTCONN);
    assert_int_equal(pair_accept(pair, 0, fd), -ANVIL_EAGAIN);
    pair_close(pair);
}

/* MUST-46, and other addresses to which nothing can be opened. */
static void test_connect_addresses(void **state)
{
    (void)state;
    static const struct {
        uint8_t octets[4];
        uint16_t port;
        enum anvil_error error;
    } rows[] = {
        { { 255, 255, 255, 255 }, 80, ANVIL_ENETUNREACH },
        { { 224, 0, 0, 1 }, 80, ANVIL_ENETUNREACH },
        { { 0, 0, 0, 0 }, 80, ANVIL_EDESTADDRREQ },
        { { 192, 0, 2, 2 }, 0, ANVIL_EDESTADDRREQ },
        { { 192, 0, 2, 2 }, 80, ANVIL_EINPROGRESS },
    };
    struct pair *pair = pair_open();
    int fd = pair_socket(pair, 0, ANVIL_IPV4);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct anvil_endpoint to = { anvil_address_v4(rows[i].octets), rows[i].port, 0 };
        assert_int_equal(anvil_host_connect(pair->host[0], pair_turn(pair, 0), fd, &to),
                         -(int)rows[i].error);
    }
    struct anvil_endpoint v6 = pair_endpoint(1, 80, ANVIL_IPV6);
    fd = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(anvil_host_connect(pair->host[0], pair_turn(pair, 0), fd, &v6),
                     -ANVIL_EAFNOSUPPORT);
    pair_close(pair);
}

/* S13. The table of bind.c: the first socket's options, whether it listens, the second's. */
static void test_bind_table(void **state)
{
    (void)state;
    static const struct {
        int first_address, first_port, listens, second_address, second_port, result;
    } rows[] = {
        { 0, 0, 0, 0, 0, -ANVIL_EADDRINUSE }, { 1, 0, 0, 0, 0, -ANVIL_EADDRINUSE },
        { 0, 0, 0, 1, 0, -ANVIL_EADDRINUSE }, { 1, 0, 0, 1, 0, 0 },
        { 1, 0, 1, 1, 0, -ANVIL_EADDRINUSE }, { 0, 1, 1, 0, 1, 0 },
        { 0, 1, 1, 0, 0, -ANVIL_EADDRINUSE },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pair *pair = pair_open();
        int a = pair_socket(pair, 0, ANVIL_IPV4), b = pair_socket(pair, 0, ANVIL_IPV4);
        assert_int_equal(pair_set(pair, 0, a, ANVIL_SO_REUSEADDR, rows[i].first_address), 0);
        assert_int_equal(pair_set(pair, 0, a, ANVIL_SO_REUSEPORT, rows[i].first_port), 0);
        assert_int_equal(pair_set(pair, 0, b, ANVIL_SO_REUSEADDR, rows[i].second_address), 0);
        assert_int_equal(pair_set(pair, 0, b, ANVIL_SO_REUSEPORT, rows[i].second_port), 0);
        assert_int_equal(pair_bind(pair, 0, a, 80), 0);
        assert_int_equal(pair_bind(pair, 0, a, 81), -ANVIL_EINVAL);
        if (rows[i].listens)
            assert_int_equal(pair_listen(pair, 0, a, 1), 0);
        assert_int_equal(pair_bind(pair, 0, b, 80), rows[i].result);
        assert_int_equal(pair_bind(pair, 0, b, 81), rows[i].result ? 0 : -ANVIL_EINVAL);
        pair_close(pair);
    }
}

/* Two sockets bound with SO_REUSEADDR: only one of them may listen. */
static void test_two_listeners(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    int fd[2];
    for (int i = 0; i < 2; i++) {
        fd[i] = pair_socket(pair, 0, ANVIL_IPV4);
        assert_int_equal(pair_set(pair, 0, fd[i], ANVIL_SO_REUSEADDR, 1), 0);
        assert_int_equal(pair_bind(pair, 0, fd[i], 80), 0);
    }
    assert_int_equal(pair_listen(pair, 0, fd[0], 1), 0);
    assert_int_equal(pair_listen(pair, 0, fd[0], 2), 0);
    assert_int_equal(pair_listen(pair, 0, fd[1], 1), -ANVIL_EADDRINUSE);
    pair_close(pair);
}

/* Ports are chosen from the policy's range, each once; then there are none. */
static void test_ephemeral_ports(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    pair->policy[0].ephemeral_first = 50000;
    pair->policy[0].ephemeral_last = 50003;
    unsigned seen = 0;
    for (int i = 0; i < 4; i++) {
        struct anvil_endpoint local;
        int fd = pair_socket(pair, 0, ANVIL_IPV4);
        assert_int_equal(pair_connect(pair, 0, fd, 80), -ANVIL_EINPROGRESS);
        assert_int_equal(anvil_host_local_name(pair->host[0], fd, &local), 0);
        assert_true(local.port >= 50000 && local.port <= 50003);
        seen |= 1u << (local.port - 50000);
    }
    assert_int_equal(seen, 15);
    int fd = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(pair_connect(pair, 0, fd, 80), -ANVIL_EADDRNOTAVAIL);
    assert_int_equal(pair_bind(pair, 0, fd, 0), -ANVIL_EADDRINUSE);
    pair_close(pair);
}

/* Descriptors and slots run out with errors of their own. */
static void test_descriptors_run_out(void **state)
{
    (void)state;
    struct pair *pair = pair_open_with(3, 65536);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pair_socket(pair, 0, ANVIL_IPV4), i);
    assert_int_equal(pair_socket(pair, 0, ANVIL_IPV4), -ANVIL_ENFILE);
    assert_int_equal(pair_close_socket(pair, 0, 1), 0);
    assert_int_equal(pair_socket(pair, 0, ANVIL_IPV6), 1);
    pair_close(pair);
}

/* Urgent data, out of band: the octet is left out of the stream, reading stops before it. */
static void test_urgent_out_of_band(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    char text[64];
    assert_int_equal(pair_read(pair, 1, fd.server, text, 8, ANVIL_MSG_OOB), -ANVIL_EINVAL);
    assert_int_equal(pair_write(pair, 0, fd.client, "ab", 0), 2);
    assert_int_equal(pair_write(pair, 0, fd.client, "!", ANVIL_MSG_OOB), 1);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_write(pair, 0, fd.client, "cd", 0), 2);
    pair_wait(pair, SECOND);
    assert_true(pair_ready(pair, 1, fd.server) & ANVIL_URGENT_AHEAD);
    assert_int_equal(pair_get(pair, 1, fd.server, ANVIL_SO_AT_MARK), 0);
    assert_int_equal(pair_read(pair, 1, fd.server, text, sizeof text, 0), 2);
    assert_string_equal(text, "ab");
    assert_int_equal(pair_get(pair, 1, fd.server, ANVIL_SO_AT_MARK), 1);
    assert_int_equal(pair_read(pair, 1, fd.server, text, sizeof text, ANVIL_MSG_PEEK), 2);
    assert_string_equal(text, "cd");
    assert_int_equal(pair_read(pair, 1, fd.server, text, 8, ANVIL_MSG_OOB), 1);
    assert_string_equal(text, "!");
    assert_int_equal(pair_read(pair, 1, fd.server, text, 8, ANVIL_MSG_OOB), -ANVIL_EINVAL);
    assert_int_equal(pair_read(pair, 1, fd.server, text, sizeof text, 0), 2);
    assert_string_equal(text, "cd");
    assert_int_equal(pair_read(pair, 1, fd.server, text, sizeof text, 0), -ANVIL_EAGAIN);
    pair_close(pair);
}

/* Urgent data in line: part of the stream, and the mark can be found. */
static void test_urgent_in_line(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    char text[64];
    assert_int_equal(pair_set(pair, 1, fd.server, ANVIL_SO_OOBINLINE, 1), 0);
    assert_int_equal(pair_write(pair, 0, fd.client, "ab!", ANVIL_MSG_OOB), 3);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_read(pair, 1, fd.server, text, sizeof text, 0), 2);
    assert_int_equal(pair_get(pair, 1, fd.server, ANVIL_SO_AT_MARK), 1);
    assert_int_equal(pair_read(pair, 1, fd.server, text, 8, ANVIL_MSG_OOB), -ANVIL_EINVAL);
    assert_int_equal(pair_read(pair, 1, fd.server, text, sizeof text, 0), 1);
    assert_string_equal(text, "!");
    assert_int_equal(pair_ready(pair, 1, fd.server), ANVIL_CAN_WRITE);
    pair_close(pair);
}

/* TCP_CORK and MSG_MORE hold back what fills no segment: until uncorked, or for 200 ms. */
static void test_cork(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    uint32_t sent = pair->sent;
    assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_CORK, 1), 0);
    assert_int_equal(pair_write(pair, 0, fd.client, "one", 0), 3);
    assert_int_equal(pair_write(pair, 0, fd.client, "two", 0), 3);
    assert_int_equal(pair->sent, sent);
    assert_int_equal(pair_get(pair, 0, fd.client, ANVIL_SO_QUEUED_OUT), 6);
    assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_CORK, 0), 0);
    assert_int_equal(pair->sent, sent + 1);
    assert_int_equal(last_length(pair), 6);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_get(pair, 0, fd.client, ANVIL_SO_QUEUED_OUT), 0);

    sent = pair->sent;
    assert_int_equal(pair_write(pair, 0, fd.client, "late", ANVIL_MSG_MORE), 4);
    pair_wait(pair, 199999);
    assert_int_equal(pair->sent, sent);
    pair_wait(pair, 1);
    assert_int_equal(pair->sent, sent + 1);

    pair_wait(pair, SECOND);
    assert_int_equal(pair_write(pair, 0, fd.client, "a", ANVIL_MSG_MORE), 1);
    assert_int_equal(pair_write(pair, 0, fd.client, "b", ANVIL_MSG_END), 1);
    assert_true(pair->last.segment.flags & ANVIL_FIN);
    assert_int_equal(pair_write(pair, 0, fd.client, "c", 0), -ANVIL_EPIPE);
    pair_close(pair);
}

/* The send buffer bounds what is taken; acknowledged data makes room. */
static void test_send_buffer(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    char big[4001];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_SNDBUF, 3000), 0);
    assert_int_equal(pair_get(pair, 0, fd.client, ANVIL_SO_SNDBUF), 3000);
    assert_int_equal(pair_write(pair, 0, fd.client, big, 0), 3000);
    assert_int_equal(pair_ready(pair, 0, fd.client), 0);
    assert_int_equal(pair_write(pair, 0, fd.client, big, 0), -ANVIL_EAGAIN);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_ready(pair, 0, fd.client), ANVIL_CAN_WRITE);
    assert_int_equal(pair_write(pair, 0, fd.client, big, 0), 3000);
    pair_close(pair);
}

/* A stream of many buffers' length arrives unchanged, with loss on the way. */
static void test_stream(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    uint8_t out[777], in[1234];
    uint64_t written = 0, read = 0;
    for (unsigned round = 0; read < 300000; round++) {
        assert_true(round < 100000);
        for (unsigned i = 0; i < sizeof out; i++)
            out[i] = (uint8_t)((written + i) * 7 % 251);
        int64_t count = anvil_host_send(pair->host[0], pair_turn(pair, 0), fd.client, out,
                                        sizeof out, 0);
        pair_send(pair, 0);
        written += count > 0 ? (uint64_t)count : 0;
        pair->cut = round % 37 == 5;
        pair_wait(pair, 700);
        count = anvil_host_receive(pair->host[1], pair_turn(pair, 1), fd.server, in, sizeof in, 0);
        pair_send(pair, 1);
        for (int64_t i = 0; i < count; i++)
            assert_int_equal(in[i], (uint8_t)((read + (uint64_t)i) * 7 % 251));
        read += count > 0 ? (uint64_t)count : 0;
    }
    pair_close(pair);
}

/* A pool that is used up: a call gets an error, a peer a smaller window; no data is lost. */
static void test_pool_used_up(void **state)
{
    (void)state;
    struct pair *pair = pair_open_with(8, 4096);
    int listener = pair_socket(pair, 1, ANVIL_IPV4), client = pair_socket(pair, 0, ANVIL_IPV4);
    char text[64];
    assert_int_equal(pair_bind(pair, 1, listener, 80), 0);
    assert_int_equal(pair_listen(pair, 1, listener, 5), 0);
    assert_int_equal(pair_set(pair, 0, client, ANVIL_SO_RCVBUF, 2048), 0);
    assert_int_equal(pair_connect(pair, 0, client, 80), -ANVIL_EINPROGRESS);
    pair_wait(pair, 10000);
    int server = pair_accept(pair, 1, listener);
    struct anvil_host_view view;
    assert_int_equal(anvil_host_look(pair->host[1], 1, &view), 1);
    assert_int_equal(anvil_receive_window(view.tcb), 4096);
    assert_int_equal(pair_write(pair, 1, server, "x", 0), -ANVIL_ENOBUFS);
    assert_int_equal(pair_write(pair, 0, client, "fits", 0), 4);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_read(pair, 1, server, text, sizeof text, 0), 4);
    int more = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(pair_connect(pair, 0, more, 80), -ANVIL_ENOBUFS);
    assert_int_equal(pair_set(pair, 0, client, ANVIL_SO_RCVBUF, 4000), -ANVIL_ENOBUFS);
    pair_close(pair);
}

/* SO_KEEPALIVE finds a dead peer. S16. */
static void test_keepalive(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_KEEPIDLE, 10), 0);
    assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_KEEPINTVL, 2), 0);
    assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_KEEPCNT, 3), 0);
    assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_KEEPALIVE, 1), 0);
    pair->cut = true;
    pair_wait(pair, 15 * SECOND);
    assert_int_equal(pair_state(pair, 0, fd.client), ANVIL_ESTABLISHED);
    pair_wait(pair, 5 * SECOND);
    assert_int_equal(pair_get(pair, 0, fd.client, ANVIL_SO_ERROR), ANVIL_ETIMEDOUT);
    assert_int_equal(pair_state(pair, 1, fd.server), ANVIL_ESTABLISHED);
    pair_close(pair);
}

/* TCP_DEFER_ACCEPT: accept waits for data, or for its time. */
static void test_defer_accept(void **state)
{
    (void)state;
    for (int data = 0; data < 2; data++) {
        struct pair *pair = pair_open();
        int listener = pair_socket(pair, 1, ANVIL_IPV4), client = pair_socket(pair, 0, ANVIL_IPV4);
        assert_int_equal(pair_set(pair, 1, listener, ANVIL_SO_DEFER_ACCEPT, 5), 0);
        assert_int_equal(pair_bind(pair, 1, listener, 80), 0);
        assert_int_equal(pair_listen(pair, 1, listener, 5), 0);
        assert_int_equal(pair_connect(pair, 0, client, 80), -ANVIL_EINPROGRESS);
        pair_wait(pair, SECOND);
        assert_int_equal(pair_accept(pair, 1, listener), -ANVIL_EAGAIN);
        if (data)
            assert_int_equal(pair_write(pair, 0, client, "x", 0), 1);
        else
            pair_wait(pair, 5 * SECOND);
        pair_wait(pair, 2000);
        assert_true(pair_accept(pair, 1, listener) >= 0);
        pair_close(pair);
    }
}

/* Options that show on the wire. */
static void test_options_on_the_wire(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    int fd = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(pair_set(pair, 0, fd, ANVIL_SO_TTL, 5), 0);
    assert_int_equal(pair_set(pair, 0, fd, ANVIL_SO_TOS, 0x10), 0);
    assert_int_equal(pair_set(pair, 0, fd, ANVIL_SO_MTU_DISCOVER, 0), 0);
    assert_int_equal(pair_set(pair, 0, fd, ANVIL_SO_MAXSEG, 1000), 0);
    assert_int_equal(pair_set(pair, 0, fd, ANVIL_SO_NOOPT, 1), 0);
    assert_int_equal(pair_connect(pair, 0, fd, 80), -ANVIL_EINPROGRESS);
    assert_int_equal(pair->last.ttl, 5);
    assert_int_equal(pair->last.traffic_class, 0x10);
    assert_false(pair->last.dont_fragment);
    assert_int_equal(pair->last.segment.options.mss, 1000);
    assert_int_equal(pair->last.segment.options.present, ANVIL_HAS_MSS);
    assert_int_equal(pair_set(pair, 0, fd, ANVIL_SO_TTL, 256), -ANVIL_EINVAL);
    assert_int_equal(pair_set(pair, 0, fd, ANVIL_SO_ERROR, 1), -ANVIL_ENOPROTOOPT);
    assert_int_equal(pair_set(pair, 0, fd, ANVIL_SO_COUNT, 1), -ANVIL_ENOPROTOOPT);
    pair_close(pair);
}

/* TCP_SYNCNT and TCP_USER_TIMEOUT end an attempt and a connection early. */
static void test_early_timeouts(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    pair->cut = true;
    assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_USER_TIMEOUT, 4000), 0);
    assert_int_equal(pair_write(pair, 0, fd.client, "x", 0), 1);
    int syn = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(pair_set(pair, 0, syn, ANVIL_SO_SYNCNT, 1), 0);
    assert_int_equal(pair_connect(pair, 0, syn, 80), -ANVIL_EINPROGRESS);
    pair_wait(pair, 3999999);
    assert_int_equal(pair_get(pair, 0, fd.client, ANVIL_SO_ERROR), ANVIL_ENONE);
    pair_wait(pair, 1);
    assert_int_equal(pair_get(pair, 0, fd.client, ANVIL_SO_ERROR), ANVIL_ETIMEDOUT);
    assert_int_equal(pair_get(pair, 0, syn, ANVIL_SO_ERROR), ANVIL_ETIMEDOUT);
    pair_close(pair);
}

/* An ICMP error for the last packet that host 0 sent: `type` and `code`, `mtu` in its place. */
static void send_icmp(struct pair *pair, uint8_t type, uint8_t code, uint16_t mtu, uint32_t ahead)
{
    struct anvil_frame frame = pair->last;
    uint8_t quoted[PAIR_MTU], icmp[20 + 8 + 28] = { 0x45 };
    frame.segment.length = 0;
    frame.segment.seq.raw += ahead;
    struct anvil_span none = { 0 };
    assert_true(anvil_frame_encode(&frame, none, none, quoted, sizeof quoted) >= 28);
    icmp[3] = sizeof icmp;
    icmp[8] = 64;
    icmp[9] = 1;
    memcpy(icmp + 12, (const uint8_t[]){ 192, 0, 2, 254, 192, 0, 2, 1 }, 8);
    icmp[20] = type;
    icmp[21] = code;
    put_number(icmp + 26, mtu);
    memcpy(icmp + 28, quoted, 28);
    repair(icmp, icmp, 20, 10, 0);
    repair(icmp, icmp + 20, sizeof icmp - 20, 2, 0);
    anvil_host_arrive(pair->host[0], pair_turn(pair, 0), icmp, sizeof icmp, false);
    pair_send(pair, 0);
}

/* Soft errors are kept for the failure, or told at once with IP_RECVERR; a hard error ends a
 * connect. RFC 9293 3.9.2.2. */
static void test_icmp_errors(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    const struct anvil_host_counters *counters = anvil_host_counts(pair->host[0]);
    pair->cut = true;
    int fd = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(pair_connect(pair, 0, fd, 80), -ANVIL_EINPROGRESS);
    send_icmp(pair, 3, 1, 0, 0);
    assert_int_equal(pair_get(pair, 0, fd, ANVIL_SO_ERROR), ANVIL_ENONE);
    assert_int_equal(pair_set(pair, 0, fd, ANVIL_SO_RECVERR, 1), 0);
    send_icmp(pair, 3, 0, 0, 0);
    assert_int_equal(pair_get(pair, 0, fd, ANVIL_SO_ERROR), ANVIL_ENETUNREACH);
    send_icmp(pair, 4, 0, 0, 0); /* a source quench stands for no error. MUST-55 */
    assert_int_equal(host_slot(pair->host[0], 1)->icmp_error, ANVIL_ENONE);
    send_icmp(pair, 3, 3, 0, 1);
    assert_int_equal(counters->refused[ANVIL_REFUSED_ICMP_SEQUENCE], 1);
    assert_int_equal(pair_state(pair, 0, fd), ANVIL_SYN_SENT);
    pair_wait(pair, 1000ull * SECOND);
    assert_int_equal(pair_get(pair, 0, fd, ANVIL_SO_ERROR), ANVIL_ENETUNREACH);
    fd = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(pair_connect(pair, 0, fd, 80), -ANVIL_EINPROGRESS);
    send_icmp(pair, 3, 3, 0, 0);
    assert_int_equal(pair_get(pair, 0, fd, ANVIL_SO_ERROR), ANVIL_ECONNREFUSED);
    send_icmp(pair, 3, 3, 0, 0);
    assert_int_equal(counters->refused[ANVIL_REFUSED_ICMP_NO_MATCH], 1);
    pair_close(pair);
}

/* A smaller path MTU is followed, down to the policy's least, and without IP_MTU_DISCOVER not. */
static void test_path_mtu(void **state)
{
    (void)state;
    for (int discover = 0; discover < 2; discover++) {
        struct pair *pair = pair_open();
        struct pair_sockets fd = pair_established(pair);
        char big[1201];
        pair->policy[0].path_mtu_min = 500;
        memset(big, 'x', 1200);
        big[1200] = '\0';
        assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_MTU_DISCOVER, discover), 0);
        pair->cut = true;
        assert_int_equal(pair_write(pair, 0, fd.client, big, 0), 1200);
        assert_int_equal(last_length(pair), 1200);
        send_icmp(pair, 3, 4, 100, 0);
        int64_t mss = pair_get(pair, 0, fd.client, ANVIL_SO_MAXSEG);
        if (discover)
            assert_in_range(mss, 440, 460);
        else
            assert_in_range(mss, 1440, 1460);
        assert_int_equal(anvil_host_counts(pair->host[0])->refused[ANVIL_REFUSED_ICMP_MTU],
                         !discover);
        pair_close(pair);
    }
}

/* An IPv6 listener takes IPv6 and, with mapped addresses, IPv4. */
static void test_ipv6_and_mapped(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    int listener = pair_socket(pair, 1, ANVIL_IPV6);
    struct anvil_endpoint any = { .address = { .family = ANVIL_IPV6 }, .port = 80 }, name;
    assert_int_equal(anvil_host_bind(pair->host[1], pair_turn(pair, 1), listener, &any), 0);
    assert_int_equal(pair_listen(pair, 1, listener, 5), 0);
    for (unsigned family = ANVIL_IPV4; family <= ANVIL_IPV6; family += 2) {
        int client = pair_socket(pair, 0, family);
        struct anvil_endpoint to = pair_endpoint(1, 80, family);
        assert_int_equal(anvil_host_connect(pair->host[0], pair_turn(pair, 0), client, &to),
                         -ANVIL_EINPROGRESS);
        pair_send(pair, 0);
        pair_wait(pair, SECOND);
        assert_int_equal(pair_state(pair, 0, client), ANVIL_ESTABLISHED);
        int server = anvil_host_accept(pair->host[1], pair_turn(pair, 1), listener, &name);
        assert_true(server >= 0);
        assert_int_equal(name.address.family, ANVIL_IPV6);
        assert_int_equal(name.address.octets[10], family == ANVIL_IPV4 ? 0xff : 0);
        assert_int_equal(pair_write(pair, 1, server, "six", 0), 3);
        assert_int_equal(pair->last.from.address.family, family);
    }
    pair_close(pair);
}

/* Nothing that is malformed or not for this host gets further than a counter. */
static void test_drops_are_counted(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    const struct anvil_host_counters *counters = anvil_host_counts(pair->host[0]);
    uint8_t junk[64];
    memset(junk, 0xff, sizeof junk);
    anvil_host_arrive(pair->host[0], pair_turn(pair, 0), junk, sizeof junk, false);
    assert_int_equal(counters->dropped[ANVIL_DROP_IP_VERSION], 1);
    assert_string_equal(anvil_host_verdict(pair->host[0]),
                        anvil_drop_name(ANVIL_DROP_IP_VERSION));
    anvil_host_arrive(pair->host[0], pair_turn(pair, 0), junk, 0, false);
    assert_int_equal(counters->dropped[ANVIL_DROP_IP_SHORT], 1);
    struct packet packet = encoded(some_frame(ANVIL_IPV4), 10);
    anvil_host_arrive(pair->host[0], pair_turn(pair, 0), packet.bytes, packet.length, false);
    assert_int_equal(counters->refused[ANVIL_REFUSED_NOT_LOCAL], 1);
    assert_int_equal(pair->output.count, 0);
    assert_int_equal(counters->frames_in, 3);
    pair_close(pair);
}

/* shutdown(SHUT_RD): the end at once, and what comes is thrown away with the window kept open. */
static void test_shutdown_reading(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    char text[8], big[40001];
    memset(big, 'x', 40000);
    big[40000] = '\0';
    assert_int_equal(pair_shutdown(pair, 1, fd.server, 3), -ANVIL_EINVAL);
    assert_int_equal(pair_shutdown(pair, 1, fd.server, 0), 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pair_write(pair, 0, fd.client, big, 0), 40000);
        pair_wait(pair, 10 * SECOND);
    }
    assert_int_equal(pair_get(pair, 0, fd.client, ANVIL_SO_QUEUED_OUT), 0);
    assert_int_equal(pair_read(pair, 1, fd.server, text, sizeof text, 0), 0);
    assert_int_equal(pair_write(pair, 1, fd.server, "still", 0), 5);
    pair_close(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_misplaced_calls),
        cmocka_unit_test(test_connect_addresses),
        cmocka_unit_test(test_bind_table),
        cmocka_unit_test(test_two_listeners),
        cmocka_unit_test(test_ephemeral_ports),
        cmocka_unit_test(test_descriptors_run_out),
        cmocka_unit_test(test_urgent_out_of_band),
        cmocka_unit_test(test_urgent_in_line),
        cmocka_unit_test(test_cork),
        cmocka_unit_test(test_send_buffer),
        cmocka_unit_test(test_stream),
        cmocka_unit_test(test_pool_used_up),
        cmocka_unit_test(test_keepalive),
        cmocka_unit_test(test_defer_accept),
        cmocka_unit_test(test_options_on_the_wire),
        cmocka_unit_test(test_early_timeouts),
        cmocka_unit_test(test_icmp_errors),
        cmocka_unit_test(test_path_mtu),
        cmocka_unit_test(test_ipv6_and_mapped),
        cmocka_unit_test(test_drops_are_counted),
        cmocka_unit_test(test_shutdown_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
