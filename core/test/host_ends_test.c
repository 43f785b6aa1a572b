/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of sockets that go, and of calls that fail: buffers given back, deadlines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/connection.h"
#include "host/demux.h"
#include "host/slots.h"
#include "host/timers.h"
#include "support/packet.h"
#include "support/pair.h"

/* The socket behind a descriptor. */
static struct slot *slot_of(struct pair *pair, int host, int fd)
{
    struct slot *slot = anvil_slot_of(pair->host[host], fd);
    assert_non_null(slot);
    return slot;
}

/* Buffers go back to the pool as soon as nobody needs them. */
static void test_buffers_are_given_back(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    struct slot *client = slot_of(pair, 0, fd.client), *server = slot_of(pair, 1, fd.server);
    char text[8];
    assert_int_equal(pair_write(pair, 0, fd.client, "abc", 0), 3);
    pair_wait(pair, SECOND);
    assert_int_not_equal(client->send.size, 0); /* all is acknowledged, but more may follow */
    assert_int_equal(pair_shutdown(pair, 0, fd.client, 1), 0);
    pair_wait(pair, SECOND);
    assert_int_equal(client->send.size, 0);
    assert_int_not_equal(client->receive.size, 0);
    assert_int_equal(pair_write(pair, 1, fd.server, "def", 0), 3);
    assert_int_equal(pair_shutdown(pair, 1, fd.server, 1), 0);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_state(pair, 1, fd.server), ANVIL_CLOSED);
    assert_int_not_equal(server->receive.size, 0);
    assert_int_equal(pair_read(pair, 1, fd.server, text, 3, 0), 2);
    assert_int_not_equal(server->receive.size, 0);
    assert_int_equal(pair_read(pair, 1, fd.server, text, 8, 0), 1);
    assert_int_equal(server->receive.size, 0);
    assert_int_equal(pair_read(pair, 0, fd.client, text, 8, 0), 3);
    pair_wait(pair, 2 * pair->policy[0].msl_us);
    assert_int_equal(pair_state(pair, 0, fd.client), ANVIL_CLOSED);
    assert_int_equal(client->receive.size, 0);
    pair_close(pair);
}

/* The same after a reset, and without a user. */
static void test_buffers_of_aborted_and_orphans(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    struct slot *client = slot_of(pair, 0, fd.client), *server = slot_of(pair, 1, fd.server);
    assert_int_equal(pair_write(pair, 0, fd.client, "abc", 0), 3);
    assert_int_equal(pair_set(pair, 1, fd.server, ANVIL_SO_LINGER, 0), 0);
    assert_int_equal(pair_close_socket(pair, 1, fd.server), 0);
    assert_false(server->used);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_get(pair, 0, fd.client, ANVIL_SO_ERROR), ANVIL_ECONNRESET);
    assert_int_equal(client->send.size, 0);
    assert_int_equal(client->receive.size, 0);
    int orphan = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(pair_connect(pair, 0, orphan, 80), -ANVIL_EINPROGRESS);
    pair_wait(pair, SECOND);
    client = slot_of(pair, 0, orphan);
    assert_int_not_equal(client->receive.size, 0);
    assert_int_equal(pair_close_socket(pair, 0, orphan), 0);
    assert_true(client->used);
    assert_int_equal(client->receive.size, 0);
    pair_close(pair);
}

/* A connect() that fails keeps no buffer; nor does a SYN that could not reopen TIME-WAIT. */
static void test_buffers_of_failures(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    struct anvil_endpoint local;
    assert_int_equal(anvil_host_local_name(pair->host[0], fd.client, &local), 0);
    assert_int_equal(pair_set(pair, 0, fd.client, ANVIL_SO_REUSEADDR, 1), 0);
    int again = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(pair_set(pair, 0, again, ANVIL_SO_REUSEADDR, 1), 0);
    assert_int_equal(pair_bind(pair, 0, again, local.port), 0);
    assert_int_equal(pair_connect(pair, 0, again, 80), -ANVIL_EADDRINUSE);
    assert_int_equal(slot_of(pair, 0, again)->receive.size, 0);
    pair_close(pair);
}

/* A segment of `client`'s name arrives at host 1. */
static void arrives(struct pair *pair, const struct anvil_four_tuple *name, uint16_t flags,
                    anvil_seq seq, anvil_seq ack)
{
    struct anvil_frame frame = { .kind = ANVIL_FRAME_TCP, .from = name->remote,
                                 .to = name->local };
    frame.segment.flags = flags;
    frame.segment.seq = seq;
    frame.segment.ack = ack;
    frame.segment.window = 65535;
    struct packet packet = encoded(frame, 0);
    anvil_host_arrive(pair->host[1], pair_turn(pair, 1), packet.bytes, packet.length, false);
}

/* A SYN that reopened TIME-WAIT and came to nothing leaves no buffer behind, even if the segment
 * that showed it looked like the one that completes a connection. */
static void test_buffer_of_a_failed_reuse(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    pair->policy[1].rfc5961_syn = 0; /* a SYN in the window undoes a passive open */
    struct pair_sockets fd = pair_established(pair);
    struct slot *slot = slot_of(pair, 1, fd.server);
    struct anvil_four_tuple name = slot->name;
    assert_int_equal(pair_shutdown(pair, 1, fd.server, 1), 0);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_close_socket(pair, 0, fd.client), 0);
    pair_wait(pair, SECOND);
    assert_int_equal(slot->tcb.state, ANVIL_TIME_WAIT);
    anvil_seq seq = anvil_seq_add(slot->tcb.rcv_nxt, 1000);
    arrives(pair, &name, ANVIL_SYN, seq, seq);
    slot = anvil_demux_find(pair->host[1], &name);
    assert_non_null(slot);
    assert_int_equal(slot->tcb.state, ANVIL_SYN_RECEIVED);
    arrives(pair, &name, ANVIL_SYN | ANVIL_ACK, anvil_seq_add(seq, 5), slot->tcb.snd_nxt);
    slot = anvil_demux_find(pair->host[1], &name);
    assert_non_null(slot);
    assert_int_equal(slot->tcb.state, ANVIL_TIME_WAIT);
    assert_int_equal(slot->place, PLACE_NONE);
    assert_int_equal(slot->receive.size, 0);
    pair_close(pair);
}

/* One that connects over its own TIME-WAIT takes its place; one that lingered to the end goes. */
static void test_slots_are_given_back(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    pair->policy[0].time_wait_connect = 1;
    struct pair_sockets fd = pair_established(pair);
    struct anvil_endpoint local;
    assert_int_equal(anvil_host_local_name(pair->host[0], fd.client, &local), 0);
    assert_int_equal(pair_close_socket(pair, 0, fd.client), 0);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_set(pair, 1, fd.server, ANVIL_SO_LINGER, 10), 0);
    assert_int_equal(pair_close_socket(pair, 1, fd.server), -ANVIL_EINPROGRESS);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_slots(pair, 1), 2);
    assert_int_equal(anvil_host_deadline(pair->host[1]), ANVIL_NEVER);
    assert_int_equal(pair_close_socket(pair, 1, fd.server), 0);
    assert_int_equal(pair_slots(pair, 1), 1);
    int again = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(pair_set(pair, 0, again, ANVIL_SO_REUSEADDR, 1), 0);
    assert_int_equal(pair_bind(pair, 0, again, local.port), 0);
    assert_int_equal(pair_slots(pair, 0), 2);
    assert_int_equal(pair_connect(pair, 0, again, 80), -ANVIL_EINPROGRESS);
    assert_int_equal(pair_slots(pair, 0), 1);
    pair_close(pair);
}

/* What the machine did not write into its effects is not looked at. */
static void test_effects_hold_anything(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    struct anvil_effects effects;
    struct anvil_event event = { .kind = ANVIL_POLL };
    uint32_t sent = pair->sent;
    memset(&effects, 0xff, sizeof effects);
    anvil_connection_step(pair->host[1], pair_turn(pair, 1), slot_of(pair, 1, fd.server), &event,
                          NULL, &effects);
    pair_send(pair, 1);
    assert_int_equal(pair->sent, sent);
    pair_close(pair);
}

/* A connection that waits to be accepted and has ended goes with its listener, at once. */
static void test_dead_child_of_a_listener(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    int client = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(pair_connect(pair, 0, client, 80), -ANVIL_EINPROGRESS);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_set(pair, 0, client, ANVIL_SO_LINGER, 0), 0);
    assert_int_equal(pair_close_socket(pair, 0, client), 0);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_slots(pair, 1), 3);
    assert_int_equal(pair_close_socket(pair, 1, fd.listener), 0);
    assert_int_equal(pair_slots(pair, 1), 1);
    assert_int_equal(anvil_host_deadline(pair->host[1]), ANVIL_NEVER);
    pair_close(pair);
}

/* What a connection without a reader is sent, where the policy lets it, is nobody else's. */
static void test_orphan_stores_nothing(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    pair->policy[1].reset_on_late_data = 0;
    struct pair_sockets fd = pair_established(pair);
    int client = pair_socket(pair, 0, ANVIL_IPV4);
    char text[16];
    assert_int_equal(pair_connect(pair, 0, client, 80), -ANVIL_EINPROGRESS);
    pair_wait(pair, SECOND);
    int server = pair_accept(pair, 1, fd.listener);
    assert_int_equal(pair_write(pair, 0, fd.client, "precious", 0), 8);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_close_socket(pair, 1, server), 0);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_write(pair, 0, client, "xxxxxxxxxxxx", 0), 12);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_get(pair, 0, client, ANVIL_SO_QUEUED_OUT), 0);
    assert_int_equal(pair_read(pair, 1, fd.server, text, sizeof text, 0), 8);
    assert_string_equal(text, "precious");
    pair_close(pair);
}

/* A socket of host 0 with a linger time, connected to port 80 of host 1; *server is its peer. */
static int connected(struct pair *pair, int listener, int64_t linger, int *server)
{
    int fd = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(pair_set(pair, 0, fd, ANVIL_SO_LINGER, linger), 0);
    assert_int_equal(pair_connect(pair, 0, fd, 80), -ANVIL_EINPROGRESS);
    pair_wait(pair, SECOND);
    *server = pair_accept(pair, 1, listener);
    assert_true(*server >= 0);
    return fd;
}

/* S11. The end of a process: what is connected is closed or, without linger time, reset; what is
 * not goes at once, and nothing waits any more. */
static void test_exit_of_many(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    int reset, second, waits;
    (void)connected(pair, fd.listener, 0, &reset);
    (void)connected(pair, fd.listener, 1, &second);
    int lingers = connected(pair, fd.listener, 20, &waits);
    (void)pair_socket(pair, 0, ANVIL_IPV4);
    int listener = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(pair_bind(pair, 0, listener, 81), 0);
    assert_int_equal(pair_listen(pair, 0, listener, 1), 0);
    struct slot *slot = slot_of(pair, 0, lingers);
    pair->cut = true;
    assert_int_equal(pair_close_socket(pair, 0, lingers), -ANVIL_EINPROGRESS);
    assert_int_equal(pair_slots(pair, 0), 6);
    anvil_host_exit(pair->host[0], pair_turn(pair, 0));
    assert_int_equal(pair->output.count, 0);
    assert_int_equal(pair_slots(pair, 0), 4);
    assert_int_equal(slot->lingering, LINGER_NOT);
    assert_int_equal(slot->linger_deadline, ANVIL_NEVER);
    assert_int_equal(anvil_host_deadline(pair->host[0]), pair->now);
    pair->cut = false;
    pair_wait(pair, 2 * SECOND);
    assert_int_equal(slot->close_due, 0);
    assert_int_equal(pair_state(pair, 1, fd.server), ANVIL_CLOSE_WAIT);
    assert_int_equal(pair_get(pair, 1, reset, ANVIL_SO_ERROR), ANVIL_ECONNRESET);
    assert_int_equal(pair_state(pair, 1, second), ANVIL_CLOSE_WAIT);
    assert_int_equal(pair_state(pair, 1, waits), ANVIL_CLOSE_WAIT);
    assert_int_equal(pair_slots(pair, 0), 3);
    pair_close(pair);
}

/* Where nothing can be opened to: no address of that family here, or a socket of the other one. */
static void test_connect_needs_an_address(void **state)
{
    (void)state;
    struct anvil_host_config config = { .slots = 4, .descriptors = 4, .pool = 65536, .mtu = 1500,
                                        .local_v4 = some_v4(1) };
    struct anvil_endpoint v6 = { some_v6(2), 80, 0 }, mine = { some_v6(1), 0, 0 };
    const uint8_t mapped[16] = { [10] = 0xff, 0xff, 192, 0, 2, 2 };
    struct anvil_endpoint v4 = { anvil_address_v6(mapped), 80, 0 };
    struct pair *pair = pair_open();
    const struct anvil_turn *turn = pair_turn(pair, 0);
    void *memory = malloc(anvil_host_size(&config));
    struct anvil_host *host = anvil_host_open(memory, &config);
    int fd = anvil_host_socket(host, turn, ANVIL_IPV6);
    assert_int_equal(anvil_host_connect(host, turn, fd, &v6), -ANVIL_ENETUNREACH);
    assert_int_equal(anvil_host_connect(host, turn, fd, &v4), -ANVIL_EINPROGRESS);
    free(memory);
    fd = anvil_host_socket(pair->host[0], turn, ANVIL_IPV6);
    assert_int_equal(anvil_host_bind(pair->host[0], turn, fd, &mine), 0);
    assert_int_equal(anvil_host_connect(pair->host[0], turn, fd, &v4), -ANVIL_EADDRNOTAVAIL);
    assert_int_equal(anvil_host_connect(pair->host[0], turn, fd, &v6), -ANVIL_EINPROGRESS);
    fd = anvil_host_socket(pair->host[0], turn, ANVIL_IPV4);
    pair->turn.now = UINT64_MAX; /* there is no such time */
    v4 = pair_endpoint(1, 80, ANVIL_IPV4);
    assert_int_equal(anvil_host_connect(pair->host[0], turn, fd, &v4), -ANVIL_EINVAL);
    pair_close(pair);
}

/* A pool that has less than the send buffer asks for bounds what is taken. */
static void test_small_pool_bounds_send(void **state)
{
    (void)state;
    struct pair *pair = pair_open_with(8, 8192);
    int listener = pair_socket(pair, 1, ANVIL_IPV4), client = pair_socket(pair, 0, ANVIL_IPV4);
    uint8_t text[8192] = { 0 };
    assert_int_equal(pair_bind(pair, 1, listener, 80), 0);
    assert_int_equal(pair_listen(pair, 1, listener, 5), 0);
    assert_int_equal(pair_set(pair, 0, client, ANVIL_SO_RCVBUF, 2048), 0);
    assert_int_equal(pair_connect(pair, 0, client, 80), -ANVIL_EINPROGRESS);
    pair_wait(pair, SECOND);
    pair->cut = true;
    assert_int_equal(pair_ready(pair, 0, client), ANVIL_CAN_WRITE);
    int64_t taken = anvil_host_send(pair->host[0], pair_turn(pair, 0), client, text, sizeof text,
                                    0);
    assert_int_equal(taken, 4096);
    assert_int_equal(slot_of(pair, 0, client)->send.size, 4096);
    assert_int_equal(pair_ready(pair, 0, client), 0);
    pair_close(pair);
}

/* MSG_END shuts writing down, and no more than that. */
static void test_end_keeps_reading(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    char text[8];
    assert_int_equal(pair_write(pair, 0, fd.client, "ask", ANVIL_MSG_END), 3);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_write(pair, 1, fd.server, "answer", 0), 6);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_read(pair, 0, fd.client, text, sizeof text, 0), 6);
    assert_string_equal(text, "answer");
    pair_close(pair);
}

/* One urgent octet is one octet: neither the user's memory nor the socket's beside it changes. */
static void test_urgent_octet_is_one(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct pair_sockets fd = pair_established(pair);
    struct slot *slot = slot_of(pair, 1, fd.server);
    uint8_t text[4] = { 1, 2, 3, 4 };
    assert_int_equal(pair_write(pair, 0, fd.client, "!", ANVIL_MSG_OOB), 1);
    assert_int_equal(pair_write(pair, 0, fd.client, "later", 0), 5);
    pair_wait(pair, SECOND);
    assert_int_equal(anvil_host_receive(pair->host[1], pair_turn(pair, 1), fd.server, text, 4,
                                        ANVIL_MSG_OOB | ANVIL_MSG_PEEK), 1);
    assert_memory_equal(text, "!\2\3\4", 4);
    assert_int_equal(slot->held_push, 0);
    assert_int_equal(anvil_host_receive(pair->host[1], pair_turn(pair, 1), fd.server, text, 1, 0),
                     1);
    assert_int_equal(text[0], 'l');
    assert_int_equal(slot->urgent_octet, '!');
    assert_int_equal(slot->held_push, 0);
    pair_close(pair);
}

/* The entry that is due first, found the slow way: the lowest number at a tie. */
static struct slot *first_due(struct slot *const *slots, unsigned count)
{
    struct slot *first = NULL;
    for (unsigned i = 0; i < count; i++)
        if (slots[i]->deadline != ANVIL_NEVER &&
            (first == NULL || slots[i]->deadline < first->deadline))
            first = slots[i];
    return first;
}

/* Every slot of the heap is due no earlier than the one above it; at a tie lower numbers first. */
static void assert_heap(const struct anvil_host *host)
{
    const uint32_t *numbers = host_at(host, host->heap_at);
    for (uint32_t i = 0; i < host->heap_count; i++) {
        const struct slot *slot = host_slot(host, numbers[i]);
        const struct slot *above = host_slot(host, numbers[i == 0 ? 0 : (i + 1) / 2 - 1]);
        assert_int_equal(slot->heap_at, i + 1);
        assert_true(above->deadline < slot->deadline ||
                    (above->deadline == slot->deadline && above->number <= slot->number));
    }
}

/* The heap of deadlines: whatever is set, moved and taken out, the first is first, and the table
 * behind the heap is not touched when the heap is full. */
static void test_deadlines(void **state)
{
    (void)state;
    enum { SLOTS = 32 };
    struct pair *pair = pair_open_with(SLOTS, 65536);
    struct anvil_host *host = pair->host[0];
    struct slot *slots[SLOTS];
    uint32_t seed = 5;
    for (unsigned i = 0; i < SLOTS; i++) {
        assert_int_equal(pair_socket(pair, 0, ANVIL_IPV4), i);
        slots[i] = slot_of(pair, 0, (int)i);
    }
    for (unsigned i = 0; i < SLOTS; i++)
        anvil_timers_set(host, slots[i], 1000 - i / 2);
    for (unsigned i = 0; i < SLOTS; i++)
        assert_ptr_equal(anvil_slot_of(host, (int)i), slots[i]);
    for (unsigned round = 0; round < 20000; round++) {
        seed = seed * 1664525u + 1013904223u;
        struct slot *slot = slots[(seed >> 24) % SLOTS];
        seed = seed * 1664525u + 1013904223u;
        anvil_time due = seed >> 30 == 0 ? ANVIL_NEVER : (seed >> 16) % 40;
        anvil_timers_set(host, slot, due);
        assert_int_equal(slot->deadline, due);
        assert_heap(host);
        assert_ptr_equal(anvil_timers_first(host), first_due(slots, SLOTS));
    }
    pair_close(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buffers_are_given_back),
        cmocka_unit_test(test_buffers_of_aborted_and_orphans),
        cmocka_unit_test(test_buffers_of_failures),
        cmocka_unit_test(test_buffer_of_a_failed_reuse),
        cmocka_unit_test(test_slots_are_given_back),
        cmocka_unit_test(test_effects_hold_anything),
        cmocka_unit_test(test_dead_child_of_a_listener),
        cmocka_unit_test(test_orphan_stores_nothing),
        cmocka_unit_test(test_exit_of_many),
        cmocka_unit_test(test_connect_needs_an_address),
        cmocka_unit_test(test_small_pool_bounds_send),
        cmocka_unit_test(test_end_keeps_reading),
        cmocka_unit_test(test_urgent_octet_is_one),
        cmocka_unit_test(test_deadlines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
