/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What calls of the host do that no segment shows: a call begins with an empty output, knows which
 * sockets there are, and tells its embedder what has become of sockets and packets.
 */
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

/* Puts a host of these sizes in the place of host 1. */
static void resize(struct pair *pair, uint32_t slots, uint32_t descriptors, uint32_t pool)
{
    struct anvil_host_config config = pair->host[1]->config;
    config.slots = slots;
    config.descriptors = descriptors;
    config.pool = pool;
    free(pair->memory[1]);
    pair->size = anvil_host_size(&config);
    pair->memory[1] = malloc(pair->size);
    assert_non_null(pair->memory[1]);
    memset(pair->memory[1], 0xa5, pair->size);
    pair->host[1] = anvil_host_open(pair->memory[1], &config);
}

/* The calls that take a socket, by number; what each answers. */
#define CALLS 11
static int64_t call(struct anvil_host *host, const struct anvil_turn *turn, unsigned number, int fd)
{
    struct anvil_endpoint end = pair_endpoint(1, 7, ANVIL_IPV4);
    uint8_t octets[8] = { 0 };
    int64_t value;
    switch (number) {
    case 0: return anvil_host_bind(host, turn, fd, &end);
    case 1: return anvil_host_listen(host, turn, fd, 1);
    case 2: return anvil_host_accept(host, turn, fd, &end);
    case 3: return anvil_host_connect(host, turn, fd, &end);
    case 4: return anvil_host_send(host, turn, fd, octets, 1, 0);
    case 5: return anvil_host_receive(host, turn, fd, octets, 1, 0);
    case 6: return anvil_host_shutdown(host, turn, fd, 1);
    case 7: return anvil_host_set_option(host, turn, fd, ANVIL_SO_NODELAY, 1);
    case 8: return anvil_host_get_option(host, turn, fd, ANVIL_SO_NODELAY, &value);
    case 9: return anvil_host_local_name(host, fd, &end);
    case 10: return anvil_host_peer_name(host, fd, &end);
    default: return 0;
    }
}

/* A number that is no socket, one that was never used, and a socket whose close() waits. */
static void test_no_such_socket(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    pair->cut = true;
    assert_int_equal(pair_set(pair, 1, fd.server, ANVIL_SO_LINGER, 5), 0);
    assert_int_equal(pair_write(pair, 1, fd.server, "x", 0), 1);
    assert_int_equal(pair_close_socket(pair, 1, fd.server), -ANVIL_EINPROGRESS);
    const int sockets[] = { -1, 9, anvil_host_descriptors(pair->host[1]), fd.server };
    for (unsigned number = 0; number < CALLS; number++)
        for (unsigned i = 0; i < 4; i++)
            assert_int_equal(call(pair->host[1], pair_turn(pair, 1), number, sockets[i]),
                             -ANVIL_EBADF);
    pair_close(pair);
}

/* A turn whose output still has what a call before has left there. */
static const struct anvil_turn *used_turn(struct pair *pair)
{
    const struct anvil_turn *turn = pair_turn(pair, 1);
    pair->output.count = 3;
    pair->output.used = 99;
    return turn;
}

/* The call has emptied the output before it did anything else. */
static void check_empty(const struct pair *pair)
{
    assert_int_equal(pair->output.count, 0);
    assert_int_equal(pair->output.used, 0);
}

/* Frames that the caller did not take are gone with the next call, whatever comes of it. */
static void test_calls_empty_the_output(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    for (unsigned number = 0; number < 9; number++) { /* those that ask for a turn */
        assert_int_equal(call(pair->host[1], used_turn(pair), number, 9), -ANVIL_EBADF);
        check_empty(pair);
    }
    assert_int_equal(anvil_host_close(pair->host[1], used_turn(pair), 9), -ANVIL_EBADF);
    check_empty(pair);
    assert_int_equal(anvil_host_socket(pair->host[1], used_turn(pair), 5), -ANVIL_EAFNOSUPPORT);
    check_empty(pair);
    anvil_host_poll(pair->host[1], used_turn(pair));
    check_empty(pair);
    anvil_host_arrive(pair->host[1], used_turn(pair), NULL, 0, false);
    check_empty(pair);
    anvil_host_exit(pair->host[1], used_turn(pair));
    check_empty(pair);
    pair_close(pair);
}

/* A socket begins without options, whether its memory is fresh or was used. */
static void test_new_socket(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    for (unsigned round = 0; round < 2; round++) {
        int fd = pair_socket(pair, 1, ANVIL_IPV6);
        const struct slot *slot = host_slot(pair->host[1], 1);
        assert_int_equal(fd, 0);
        assert_int_equal(slot->descriptor, 0);
        for (unsigned i = 0; i < ANVIL_SO_COUNT; i++)
            assert_int_equal(slot->option[i], OPTION_UNSET);
        assert_int_equal(pair_set(pair, 1, fd, ANVIL_SO_REUSEADDR, 1), 0);
        assert_int_equal(pair_close_socket(pair, 1, fd), 0);
    }
    pair_close(pair);
}

/* With slots, but no descriptor left: EMFILE, and the slot is not lost; the connection waits on. */
static void test_descriptors_used_up(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct anvil_host_view view;
    resize(pair, 4, 2, 1u << 18);
    int listener = pair_socket(pair, 1, ANVIL_IPV4), other = pair_socket(pair, 1, ANVIL_IPV4);
    assert_int_equal(pair_bind(pair, 1, listener, 80), 0);
    assert_int_equal(pair_listen(pair, 1, listener, 5), 0);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(pair_socket(pair, 1, ANVIL_IPV4), -ANVIL_EMFILE);
    assert_int_equal(anvil_host_look(pair->host[1], 2, &view), 0);
    assert_int_equal(pair_connect(pair, 0, pair_socket(pair, 0, ANVIL_IPV4), 80),
                     -ANVIL_EINPROGRESS);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_accept(pair, 1, listener), -ANVIL_EMFILE);
    assert_int_equal(pair_close_socket(pair, 1, other), 0);
    assert_int_equal(pair_accept(pair, 1, listener), other);
    pair_close(pair);
}

/* When a process has exited, and its connections with it, their slots serve new sockets. */
static void test_slots_of_an_exited_process(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    for (unsigned round = 0; round < 3; round++) {
        pair->cut = true;
        for (unsigned i = 0; i < 3; i++) {
            int fd = pair_socket(pair, 0, ANVIL_IPV4);
            assert_int_equal(pair_bind(pair, 0, fd, (uint16_t)(80 + i)), 0);
            assert_int_equal(pair_set(pair, 0, fd, ANVIL_SO_LINGER, i == 2 ? 0 : -1), 0);
            if (i != 0)
                assert_int_equal(pair_connect(pair, 0, fd, 80), -ANVIL_EINPROGRESS);
            else
                assert_int_equal(pair_listen(pair, 0, fd, 1), 0);
        }
        anvil_host_exit(pair->host[0], pair_turn(pair, 0));
        pair_wait(pair, SECOND);
        assert_int_equal(pair_slots(pair, 0), 0);
        assert_true(anvil_host_deadline(pair->host[0]) == ANVIL_NEVER);
    }
    pair_close(pair);
}

/* What occupies a slot: a socket, nothing, or nothing ever. */
static void test_look_at_slots(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct anvil_host_view view;
    assert_int_equal(anvil_host_look(pair->host[1], 0, &view), -1);
    int fd = pair_socket(pair, 1, ANVIL_IPV4);
    assert_int_equal(anvil_host_look(pair->host[1], 0, &view), 1);
    assert_int_equal(view.descriptor, fd);
    assert_int_equal(view.path_mtu, PAIR_MTU);
    assert_int_equal(view.unread + view.unsent, 0);
    assert_int_equal(anvil_host_look(pair->host[1], 1, &view), -1);
    assert_int_equal(pair_close_socket(pair, 1, fd), 0);
    assert_int_equal(anvil_host_look(pair->host[1], 0, &view), 0);
    pair_close(pair);
}

/* Octets that wait, the MTU of the path, and no descriptor once close() was called. */
static void test_look_at_a_connection(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct anvil_host_view view;
    char text[3001] = { 0 };
    memset(text, 'x', sizeof text - 1);
    pair->policy[1].receive_buffer = 1000;
    struct pair_sockets fd = pair_established(pair);
    assert_int_equal(pair_write(pair, 0, fd.client, text, 0), 3000);
    assert_int_equal(anvil_host_look(pair->host[0], 0, &view), 1);
    assert_int_equal(view.unsent, 2000);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_read(pair, 1, fd.server, text, 301, 0), 300);
    assert_int_equal(anvil_host_look(pair->host[1], 1, &view), 1);
    assert_int_equal(view.unread, 700);
    host_slot(pair->host[1], 2)->path_mtu = 576;
    assert_int_equal(anvil_host_look(pair->host[1], 1, &view), 1);
    assert_int_equal(view.path_mtu, 576);
    pair->cut = true;
    while (pair_read(pair, 1, fd.server, text, sizeof text, 0) > 0)
        continue;
    assert_int_equal(pair_set(pair, 1, fd.server, ANVIL_SO_LINGER, 5), 0);
    assert_int_equal(pair_write(pair, 1, fd.server, "x", 0), 1);
    assert_int_equal(pair_close_socket(pair, 1, fd.server), -ANVIL_EINPROGRESS);
    assert_int_equal(anvil_host_look(pair->host[1], 1, &view), 1);
    assert_int_equal(view.descriptor, -1);
    assert_int_equal(view.unsent, 0); /* the FIN in flight is no octet of the user's */
    pair_close(pair);
}

/* Lets a segment arrive at host 1 for this port; `cut` octets short. What ended its processing. */
static const char *arrived(struct pair *pair, uint16_t flags, uint16_t port, size_t cut)
{
    struct anvil_frame frame = some_frame(ANVIL_IPV4);
    frame.from = pair_endpoint(0, 4000, ANVIL_IPV4);
    frame.to = pair_endpoint(1, port, ANVIL_IPV4);
    frame.segment.flags = flags;
    struct packet packet = encoded(frame, 0);
    anvil_host_arrive(pair->host[1], pair_turn(pair, 1), packet.bytes, packet.length - cut, false);
    return anvil_host_verdict(pair->host[1]);
}

/* A drop hides a refusal, and both hide the check. */
static void test_verdicts(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    int listener = pair_socket(pair, 1, ANVIL_IPV4);
    assert_int_equal(pair_bind(pair, 1, listener, 80), 0);
    assert_int_equal(pair_listen(pair, 1, listener, 1), 0);
    assert_string_equal(arrived(pair, ANVIL_ACK, 81, 0), anvil_check_name(ANVIL_CHECK_CLOSED));
    assert_string_equal(arrived(pair, ANVIL_ACK, 80, 40), anvil_drop_name(ANVIL_DROP_IP_SHORT));
    assert_string_equal(arrived(pair, ANVIL_ACK, 80, 0), anvil_check_name(ANVIL_CHECK_LISTEN_ACK));
    assert_string_equal(arrived(pair, ANVIL_SYN, 80, 0), anvil_check_name(ANVIL_CHECK_LISTEN_SYN));
    pair->policy[1].closed_port_silent = 1;
    assert_string_equal(arrived(pair, ANVIL_SYN, 81, 0),
                        anvil_refusal_name(ANVIL_REFUSED_CLOSED_PORT));
    struct packet packet = encoded(some_frame(ANVIL_IPV4), 0);
    packet.bytes[19] = 77; /* an address that is not this host's */
    repair(packet.bytes, packet.bytes, 20, 10, 0);
    repair(packet.bytes, packet.bytes + 20, packet.length - 20, 16, 6);
    anvil_host_arrive(pair->host[1], pair_turn(pair, 1), packet.bytes, packet.length, false);
    assert_string_equal(anvil_host_verdict(pair->host[1]),
                        anvil_refusal_name(ANVIL_REFUSED_NOT_LOCAL));
    pair_close(pair);
}

/* The last names of each list; behind them there are none. */
static void test_last_names(void **state)
{
    (void)state;
    assert_string_equal(anvil_error_name((enum anvil_error)(ANVIL_ERROR_COUNT - 1)), "ETIMEDOUT");
    assert_string_equal(anvil_error_name(ANVIL_ENONE), "no error");
    assert_string_equal(anvil_refusal_name((enum anvil_refusal)(ANVIL_REFUSED_COUNT - 1)),
                        "ICMP error that reports no smaller MTU to follow");
    assert_string_equal(anvil_refusal_name(ANVIL_REFUSED_NOT), "not refused");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_such_socket),
        cmocka_unit_test(test_calls_empty_the_output),
        cmocka_unit_test(test_new_socket),
        cmocka_unit_test(test_descriptors_used_up),
        cmocka_unit_test(test_slots_of_an_exited_process),
        cmocka_unit_test(test_look_at_slots),
        cmocka_unit_test(test_look_at_a_connection),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_last_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
