/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's tables: slots, descriptors, demultiplexing, the heap of deadlines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/demux.h"
#include "host/slots.h"
#include "host/timers.h"

#define SLOTS 64u

/* A host in memory that holds anything. */
static struct anvil_host *open_host(void)
{
    const struct anvil_host_config config = { .slots = SLOTS, .descriptors = 8, .pool = 65536,
                                              .mtu = 1500 };
    size_t size = anvil_host_size(&config);
    void *memory = malloc(size);
    assert_non_null(memory);
    memset(memory, 0xa5, size);
    return anvil_host_open(memory, &config);
}

/* A configuration that makes no sense is refused. */
static void test_bad_configurations(void **state)
{
    (void)state;
    const struct anvil_host_config good = { .slots = 4, .descriptors = 4, .pool = 4096,
                                            .mtu = 1500 };
    struct anvil_host_config bad[5];
    for (unsigned i = 0; i < 5; i++)
        bad[i] = good;
    bad[0].slots = 0;
    bad[1].descriptors = 5;
    bad[2].pool = 100;
    bad[3].mtu = 67;
    bad[4].mtu = 65536;
    assert_true(anvil_host_size(&good) > 0);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(anvil_host_size(&bad[i]), 0);
}

/* Slots run out and come back zeroed; descriptors are the lowest that is free. */
static void test_slots_and_descriptors(void **state)
{
    (void)state;
    struct anvil_host *host = open_host();
    struct slot *slots[SLOTS];
    for (unsigned i = 0; i < SLOTS; i++) {
        slots[i] = anvil_slot_take(host, ANVIL_IPV4);
        assert_non_null(slots[i]);
        assert_int_equal(anvil_descriptor_take(host, slots[i]), i < 8);
    }
    assert_null(anvil_slot_take(host, ANVIL_IPV4));
    anvil_slot_free(host, slots[3]);
    anvil_slot_free(host, slots[5]);
    assert_null(anvil_slot_of(host, 3));
    assert_null(anvil_slot_of(host, 99));
    assert_null(anvil_slot_of(host, -1));
    struct slot *again = anvil_slot_take(host, ANVIL_IPV6);
    assert_true(anvil_descriptor_take(host, again));
    assert_int_equal(again->descriptor, 3);
    assert_ptr_equal(anvil_slot_of(host, 3), again);
    free(host);
}

/* Connections are found by their whole name; a listener with an address goes first. */
static void test_demux(void **state)
{
    (void)state;
    struct anvil_host *host = open_host();
    const uint8_t mine[4] = { 192, 0, 2, 1 }, other[4] = { 192, 0, 2, 9 };
    struct anvil_four_tuple name = { .local = { anvil_address_v4(mine), 80, 0 },
                                     .remote = { anvil_address_v4(other), 1000, 0 } };
    struct slot *slots[40];
    for (unsigned i = 0; i < 40; i++) {
        slots[i] = anvil_slot_take(host, ANVIL_IPV4);
        slots[i]->name = name;
        slots[i]->name.remote.port = (uint16_t)(1000 + i);
        anvil_demux_add(host, slots[i]);
    }
    for (unsigned i = 0; i < 40; i++) {
        name.remote.port = (uint16_t)(1000 + i);
        assert_ptr_equal(anvil_demux_find(host, &name), slots[i]);
        anvil_demux_remove(host, slots[i]);
        assert_null(anvil_demux_find(host, &name));
    }
    assert_null(anvil_demux_listener(host, &name));
    slots[0]->name = (struct anvil_four_tuple){ .local = { { .family = ANVIL_IPV6 }, 80, 0 } };
    anvil_demux_add(host, slots[0]);
    assert_ptr_equal(anvil_demux_listener(host, &name), slots[0]);
    slots[1]->name = (struct anvil_four_tuple){ .local = { { .family = ANVIL_IPV4 }, 80, 0 } };
    anvil_demux_add(host, slots[1]);
    assert_ptr_equal(anvil_demux_listener(host, &name), slots[1]);
    slots[2]->name = (struct anvil_four_tuple){ .local = name.local };
    anvil_demux_add(host, slots[2]);
    assert_ptr_equal(anvil_demux_listener(host, &name), slots[2]);
    free(host);
}

/* Checks the chain of a port in both directions: it has `count` sockets. */
static void check_port_chain(const struct anvil_host *host, uint16_t port, unsigned count)
{
    uint32_t before = 0;
    for (uint32_t number = anvil_ports_first(host, port); number != 0; count--) {
        const struct slot *slot = host_slot(host, number);
        assert_true(count > 0 && slot->in_ports);
        assert_int_equal(slot->port_prev, before);
        before = number;
        number = slot->port_next;
    }
    assert_int_equal(count, 0);
}

/* A port's chain is linked both ways, so that leaving it takes no search: a server's connections
 * are all in one, and a RST must not cost a walk through them. */
static void test_ports_leave_in_any_order(void **state)
{
    (void)state;
    struct anvil_host *host = open_host();
    struct slot *slots[SLOTS];
    for (unsigned i = 0; i < SLOTS; i++) {
        slots[i] = anvil_slot_take(host, ANVIL_IPV4);
        slots[i]->name.local.port = 80;
        anvil_ports_add(host, slots[i]);
    }
    for (unsigned i = 0; i < SLOTS; i++) {
        check_port_chain(host, 80, SLOTS - i);
        for (unsigned gone = i + 1; gone-- > 0;) /* once more changes nothing */
            anvil_ports_remove(host, slots[gone * 37 % SLOTS]);
    }
    check_port_chain(host, 80, 0);
    free(host);
}

/* SO_REUSEPORT: each of several listeners has its share, and when one goes only its share moves. */
static void test_shared_port(void **state)
{
    (void)state;
    struct anvil_host *host = open_host();
    const uint8_t mine[4] = { 192, 0, 2, 1 }, other[4] = { 192, 0, 2, 9 };
    struct anvil_four_tuple name = { .local = { anvil_address_v4(mine), 80, 0 },
                                     .remote = { anvil_address_v4(other), 0, 0 } };
    struct slot *chosen[1000];
    unsigned share[8] = { 0 };
    for (unsigned i = 0; i < 8; i++) {
        struct slot *slot = anvil_slot_take(host, ANVIL_IPV4);
        slot->name.local = name.local;
        slot->option[ANVIL_SO_REUSEPORT] = 1;
        anvil_demux_add(host, slot);
    }
    for (unsigned i = 0; i < 1000; i++) {
        name.remote.port = (uint16_t)(1000 + i);
        chosen[i] = anvil_demux_listener(host, &name);
        share[chosen[i]->number - 1u]++;
    }
    for (unsigned i = 0; i < 8; i++)
        assert_in_range(share[i], 80, 170);
    anvil_demux_remove(host, host_slot(host, 3));
    for (unsigned i = 0; i < 1000; i++) {
        name.remote.port = (uint16_t)(1000 + i);
        struct slot *now = anvil_demux_listener(host, &name);
        assert_true(chosen[i]->number == 3 ? now->number != 3 : now == chosen[i]);
    }
    free(host);
}

/* Deadlines come out in order, whatever was set, changed and taken out before. */
static void test_heap_order(void **state)
{
    (void)state;
    struct anvil_host *host = open_host();
    struct slot *slots[SLOTS];
    uint32_t random = 7;
    for (unsigned i = 0; i < SLOTS; i++)
        slots[i] = anvil_slot_take(host, ANVIL_IPV4);
    for (unsigned round = 0; round < 2000; round++) {
        random = random * 1103515245u + 12345u;
        struct slot *slot = slots[random >> 16 & (SLOTS - 1)];
        anvil_timers_set(host, slot, random >> 24 & 7 ? random >> 20 & 63 : ANVIL_NEVER);
    }
    anvil_time last = 0;
    for (struct slot *slot; (slot = anvil_timers_first(host)) != NULL;) {
        assert_true(slot->deadline >= last);
        last = slot->deadline;
        anvil_timers_set(host, slot, ANVIL_NEVER);
        assert_int_equal(slot->heap_at, 0);
    }
    assert_int_equal(host->heap_count, 0);
    free(host);
}

/* Freeing a slot that is in every table leaves all of them consistent. */
static void test_free_leaves_no_trace(void **state)
{
    (void)state;
    struct anvil_host *host = open_host();
    struct slot *listener = anvil_slot_take(host, ANVIL_IPV4);
    struct slot *slot[3];
    for (unsigned i = 0; i < 3; i++) {
        slot[i] = anvil_slot_take(host, ANVIL_IPV4);
        slot[i]->name.local.port = 80;
        slot[i]->name.remote.port = (uint16_t)i;
        anvil_demux_add(host, slot[i]);
        anvil_ports_add(host, slot[i]);
        anvil_list_append(host, listener, slot[i], PLACE_HALF_OPEN);
        anvil_timers_set(host, slot[i], i);
        assert_true(anvil_buffer_reserve(host, &slot[i]->receive, 3000));
        assert_int_equal(slot[i]->receive.size, 4096);
    }
    anvil_slot_free(host, slot[1]);
    assert_int_equal(listener->half_open.count, 2);
    assert_int_equal(host_slot(host, listener->half_open.first)->list_next, slot[2]->number);
    anvil_slot_free(host, slot[0]);
    anvil_slot_free(host, slot[2]);
    assert_int_equal(listener->half_open.first | listener->half_open.last, 0);
    assert_int_equal(anvil_ports_first(host, 80), 0);
    assert_null(anvil_timers_first(host));
    assert_int_equal(host->pool.used, 0);
    free(host);
}

/* A ring that grows keeps what it held; a pool that is used up gives less, then nothing. */
static void test_buffers(void **state)
{
    (void)state;
    struct anvil_host *host = open_host();
    struct ring ring = { 0 }, more = { 0 }, none = { 0 };
    char out[8];
    assert_true(anvil_buffer_reserve(host, &ring, 1024));
    anvil_ring_write(host_area(host), ring, 1020, (const uint8_t *)"overlap", 7);
    assert_true(anvil_buffer_grow(host, &ring, 8192, 1000, 1027));
    assert_int_equal(ring.size, 8192);
    anvil_ring_read(host_area(host), ring, 1020, (uint8_t *)out, 7);
    assert_memory_equal(out, "overlap", 7);
    assert_true(anvil_buffer_reserve(host, &more, 65536));
    assert_int_equal(more.size, 32768);
    assert_false(anvil_buffer_grow(host, &ring, 65536, 1000, 1027));
    for (struct ring *last = &none;;) {
        uint32_t promised = anvil_buffer_promise(host, 16384);
        assert_int_equal(anvil_buffer_reserve(host, last, 16384), promised != 0);
        assert_int_equal(last->size, promised);
        if (promised == 0)
            break;
        *last = (struct ring){ 0 };
    }
    anvil_buffer_release(host, &ring);
    assert_int_equal(anvil_buffer_promise(host, 16384), 8192);
    free(host);
}

/* Every error, refusal and verdict has a name of its own. */
static void test_names(void **state)
{
    (void)state;
    for (int a = 0; a < ANVIL_ERROR_COUNT; a++)
        for (int b = 0; b < a; b++)
            assert_string_not_equal(anvil_error_name((enum anvil_error)a),
                                    anvil_error_name((enum anvil_error)b));
    for (int a = 0; a < ANVIL_REFUSED_COUNT; a++)
        for (int b = 0; b < a; b++)
            assert_string_not_equal(anvil_refusal_name((enum anvil_refusal)a),
                                    anvil_refusal_name((enum anvil_refusal)b));
    assert_string_equal(anvil_error_name(ANVIL_ERROR_COUNT), "unknown error");
    assert_string_equal(anvil_refusal_name(ANVIL_REFUSED_COUNT), "unknown refusal");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_configurations),
        cmocka_unit_test(test_slots_and_descriptors),
        cmocka_unit_test(test_demux),
        cmocka_unit_test(test_ports_leave_in_any_order),
        cmocka_unit_test(test_shared_port),
        cmocka_unit_test(test_heap_order),
        cmocka_unit_test(test_free_leaves_no_trace),
        cmocka_unit_test(test_buffers),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
