/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's block of memory, to the octet: where its tables lie, what a slot holds when it is
 * taken, which chain a name is in, where a buffer lies. What is looked at here shows in no segment
 * and no call; but a table that lies wrong is memory that is not ours.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/demux.h"
#include "host/name_hash.h"
#include "host/slots.h"
#include "support/packet.h"

#define SECONDS_MAX 10u

/* A host in memory that holds anything. */
static struct anvil_host *open_host(uint32_t slots, uint32_t descriptors, uint32_t pool)
{
    struct anvil_host_config config = { .slots = slots, .descriptors = descriptors, .pool = pool,
                                        .mtu = 1500 };
    for (unsigned i = 0; i < ANVIL_SECRET_SIZE; i++)
        config.secret.octets[i] = (uint8_t)(i * 37 + 11);
    size_t size = anvil_host_size(&config);
    void *memory = malloc(size);
    assert_non_null(memory);
    memset(memory, 0xa5, size);
    struct anvil_host *host = anvil_host_open(memory, &config);
    assert_non_null(host);
    return host;
}

/* Limits of a configuration, each at its edge. */
static void test_limits(void **state)
{
    (void)state;
    static const struct {
        uint32_t slots, descriptors, pool, mtu;
        bool valid;
    } rows[] = {
        { 1, 1, 1024, 68, true },        { 0, 0, 1024, 68, false },
        { 1, 0, 1024, 68, false },       { 0, 1, 1024, 68, false },
        { 2, 2, 1024, 68, true },        { 2, 3, 1024, 68, false },
        { 2, 1, 1023, 68, false },       { 2, 1, 1025, 68, true },
        { 2, 1, 1024, 67, false },       { 2, 1, 1024, 65535, true },
        { 2, 1, 1024, 65536, false },    { 0x1000001, 1, 1024, 1500, false },
        { UINT32_MAX, 1, 1024, 1500, false },
        /* The largest block has more octets than 32 bits can tell. */
        { 0x1000000, 0x1000000, 1024, 1500, sizeof(size_t) > 4 },
        { 1, 1, UINT32_MAX, 1500, sizeof(size_t) > 4 },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct anvil_host_config config = { .slots = rows[i].slots, .mtu = rows[i].mtu,
                                                  .descriptors = rows[i].descriptors,
                                                  .pool = rows[i].pool };
        struct anvil_host host;
        assert_int_equal(anvil_host_size(&config) != 0, rows[i].valid);
        if (!rows[i].valid)
            assert_null(anvil_host_open(&host, &config));
    }
}

/* A table starts at the first multiple of 16 behind the one before. */
static void check_table(size_t *end, size_t at, size_t octets)
{
    while (*end % 16 != 0)
        (*end)++;
    assert_int_equal(at, *end);
    *end += octets;
}

/* All tables, one behind the other, and the block ends with the last. The table of names has the
 * least power of two of chains, 16 or more, that is twice as many as there are slots or more. */
static void test_layout(void **state)
{
    (void)state;
    static const struct {
        uint32_t slots, descriptors, pool, chains;
    } rows[] = {
        { 1, 1, 1024, 16 },         { 7, 3, 5000, 16 },    { 8, 8, 4096, 16 },
        { 9, 5, 1024 * 1023, 32 },  { 64, 8, 65536, 128 }, { 65, 1, 2047, 256 },
        { 96, 95, 3000000, 256 },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct anvil_host *host = open_host(rows[i].slots, rows[i].descriptors, rows[i].pool);
        uint32_t units = rows[i].pool / 1024;
        size_t end = sizeof *host;
        assert_int_equal(host->tuple_mask, rows[i].chains - 1);
        assert_int_equal(host->pool.count, units);
        check_table(&end, host->tuples_at, rows[i].chains * sizeof(uint32_t));
        check_table(&end, host->ports_at, PORT_BUCKETS * sizeof(uint32_t));
        check_table(&end, host->heap_at, rows[i].slots * sizeof(uint32_t));
        check_table(&end, host->descriptors_at, rows[i].descriptors * sizeof(uint32_t));
        check_table(&end, host->slots_at, rows[i].slots * sizeof(struct slot));
        check_table(&end, host->units_at, units * sizeof(struct pool_unit));
        check_table(&end, host->area_at, (size_t)units * 1024);
        assert_int_equal(anvil_host_size(&host->config), end);
        assert_ptr_equal(host_at(host, host->units_at), (uint8_t *)host + host->units_at);
        assert_ptr_equal(host_area(host), (uint8_t *)host + host->area_at);
        assert_ptr_equal(host_slot(host, 1), (uint8_t *)host + host->slots_at);
        assert_int_equal((uint8_t *)host_slot(host, 2) - (uint8_t *)host_slot(host, 1),
                         sizeof(struct slot));
        free(host);
    }
}

/* A host that was just opened holds nothing, and its tables are empty. */
static void test_fresh_host(void **state)
{
    (void)state;
    struct anvil_host *host = open_host(8, 4, 8192);
    const uint32_t *names = host_at(host, host->tuples_at), *ports = host_at(host, host->ports_at);
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(names[i], 0);
    for (unsigned i = 0; i < PORT_BUCKETS; i++)
        assert_int_equal(ports[i], 0);
    assert_int_equal(host->slots_fresh | host->slots_free | host->descriptors_fresh, 0);
    assert_int_equal(host->pool.fresh | host->pool.used | host->heap_count | host->last_found, 0);
    assert_int_equal(anvil_host_descriptors(host), 0);
    assert_null(anvil_slot_of(host, 0));
    free(host);
}

/* The tables' key is made of two hashes of one octet each, under the host's key. */
static void test_table_key(void **state)
{
    (void)state;
    struct anvil_host *host = open_host(8, 4, 8192);
    for (uint8_t half = 0; half < 2; half++) {
        uint64_t value = anvil_siphash(&host->config.secret, &half, 1);
        for (unsigned i = 0; i < 8; i++, value /= 256)
            assert_int_equal(host->table_secret.octets[8 * half + i], value % 256);
    }
    free(host);
}

/* A slot that is taken is the same whether it is fresh or was used before. */
static void check_taken(const struct slot *slot, uint32_t number)
{
    assert_non_null(slot);
    assert_int_equal(slot->number, number);
    assert_int_equal(slot->used, 1);
    assert_int_equal(slot->family, ANVIL_IPV6);
    assert_int_equal(slot->descriptor, -1);
    assert_true(slot->deadline == ANVIL_NEVER && slot->linger_deadline == ANVIL_NEVER);
    assert_true(slot->cork_deadline == ANVIL_NEVER && slot->defer_deadline == ANVIL_NEVER);
    assert_int_equal(slot->tcb.state, ANVIL_CLOSED);
    assert_int_equal(slot->phase | slot->place | slot->in_tuples | slot->in_ports, 0);
    assert_int_equal(slot->send.size | slot->receive.size | slot->heap_at, 0);
}

/* Slots come fresh, one after the other; then those that were freed last come first. */
static void test_slots(void **state)
{
    (void)state;
    struct anvil_host *host = open_host(4, 4, 16384);
    const struct anvil_four_tuple name = { .local = { .port = 80 }, .remote = { .port = 7 } };
    static const uint32_t freed[] = { 3, 1, 4 };
    for (uint32_t i = 1; i <= 4; i++) {
        struct slot *slot = anvil_slot_take(host, ANVIL_IPV6);
        check_taken(slot, i);
        slot->name = name;
        anvil_demux_add(host, slot);
        assert_true(anvil_buffer_reserve(host, &slot->send, 1000));
        assert_true(anvil_buffer_reserve(host, &slot->receive, 2000));
        assert_int_equal(host->pool.used, 3 * i);
    }
    assert_null(anvil_slot_take(host, ANVIL_IPV6));
    for (unsigned i = 0; i < 3; i++) {
        anvil_slot_free(host, host_slot(host, freed[i]));
        assert_int_equal(host->pool.used, 9 - 3 * i);
    }
    assert_ptr_equal(anvil_demux_find(host, &name), host_slot(host, 2));
    anvil_demux_remove(host, host_slot(host, 2));
    assert_null(anvil_demux_find(host, &name));
    for (unsigned i = 3; i-- > 0;)
        check_taken(anvil_slot_take(host, ANVIL_IPV6), freed[i]);
    assert_null(anvil_slot_take(host, ANVIL_IPV6));
    free(host);
}

/* A descriptor behind the last that was ever used is none, whatever the memory there holds. */
static void test_descriptors(void **state)
{
    (void)state;
    struct anvil_host *host = open_host(4, 3, 1024);
    for (int i = 0; i < 3; i++) {
        struct slot *slot = anvil_slot_take(host, ANVIL_IPV4);
        assert_null(anvil_slot_of(host, i));
        assert_int_equal(anvil_host_descriptors(host), i);
        assert_true(anvil_descriptor_take(host, slot));
        assert_ptr_equal(anvil_slot_of(host, i), slot);
        assert_int_equal(anvil_host_descriptors(host), i + 1);
    }
    assert_null(anvil_slot_of(host, 3));
    free(host);
}

/* Checks one of a listener's lists, in both directions: these slots, in this order. */
static void check_list(struct anvil_host *host, const struct list *list, const uint32_t *numbers,
                       uint32_t count)
{
    uint32_t before = 0, at = list->first;
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(at, numbers[i]);
        assert_int_equal(host_slot(host, at)->list_prev, before);
        before = at;
        at = host_slot(host, at)->list_next;
    }
    assert_int_equal(at, 0);
    assert_int_equal(list->last, before);
    assert_int_equal(list->count, count);
}

/* A slot leaves a list from its front, middle and end, and enters another one at its end. */
static void test_lists(void **state)
{
    (void)state;
    struct anvil_host *host = open_host(8, 1, 1024);
    struct slot *listener = anvil_slot_take(host, ANVIL_IPV4);
    for (unsigned i = 2; i <= 6; i++)
        anvil_list_append(host, listener, anvil_slot_take(host, ANVIL_IPV4), PLACE_HALF_OPEN);
    check_list(host, &listener->half_open, (const uint32_t[]){ 2, 3, 4, 5, 6 }, 5);
    static const uint32_t moved[] = { 4, 2, 6, 3 };
    for (unsigned i = 0; i < 4; i++) {
        struct slot *slot = host_slot(host, moved[i]);
        anvil_list_remove(host, slot);
        assert_int_equal(slot->place, PLACE_NONE);
        anvil_list_append(host, listener, slot, i < 3 ? PLACE_ACCEPT : PLACE_DEFERRED);
        assert_int_equal(slot->parent, 1);
    }
    check_list(host, &listener->half_open, (const uint32_t[]){ 5 }, 1);
    check_list(host, &listener->accept, (const uint32_t[]){ 4, 2, 6 }, 3);
    check_list(host, &listener->deferred, (const uint32_t[]){ 3 }, 1);
    for (unsigned i = 2; i <= 6; i++) {
        anvil_list_remove(host, host_slot(host, i));
        anvil_list_remove(host, host_slot(host, i)); /* once more changes nothing */
    }
    check_list(host, &listener->half_open, NULL, 0);
    check_list(host, &listener->accept, NULL, 0);
    check_list(host, &listener->deferred, NULL, 0);
    free(host);
}

/* Slots whose names share a chain, which is that of the name's hash; each is found, in whatever
 * order they come and go. */
static void test_chains_of_names(void **state)
{
    (void)state;
    struct anvil_host *host = open_host(8, 1, 1024);
    struct anvil_four_tuple name = { .local = { .address.family = ANVIL_IPV4, .port = 80 },
                                     .remote = { .address.family = ANVIL_IPV4 } };
    const uint32_t *starts = (const uint32_t *)(void *)((uint8_t *)host + host->tuples_at);
    uint32_t chain = 15, found = 0;
    while (found < 5) {
        name.remote.port++;
        if ((anvil_name_hash(&host->table_secret, &name) & 15u) != chain)
            continue;
        struct slot *slot = anvil_slot_take(host, ANVIL_IPV4);
        slot->name = name;
        anvil_demux_add(host, slot);
        assert_int_equal(slot->tuple_chain, chain);
        assert_int_equal(slot->tuple_next, found);
        found = slot->number;
        assert_int_equal(starts[chain], found);
        assert_int_equal(host->last_found, found);
    }
    static const uint32_t gone[] = { 3, 5, 1, 2, 4 };
    for (unsigned i = 0; i < 5; i++) {
        struct slot *slot = host_slot(host, gone[i]);
        assert_ptr_equal(anvil_demux_segment(host, &slot->name), slot);
        assert_int_equal(host->last_found, gone[i]);
        anvil_demux_remove(host, slot);
        assert_int_equal(host->last_found, 0);
        assert_null(anvil_demux_segment(host, &slot->name));
        for (unsigned j = i + 1; j < 5; j++)
            assert_ptr_equal(anvil_demux_find(host, &host_slot(host, gone[j])->name),
                             host_slot(host, gone[j]));
    }
    assert_int_equal(starts[chain], 0);
    free(host);
}

/* A listener's chain is that of its port, whatever its address. */
static void test_chains_of_listeners(void **state)
{
    (void)state;
    struct anvil_host *host = open_host(8, 1, 1024);
    const uint32_t *starts = (const uint32_t *)(void *)((uint8_t *)host + host->tuples_at);
    for (uint32_t i = 1; i <= 5; i++) {
        struct slot *slot = anvil_slot_take(host, ANVIL_IPV4);
        slot->name.local.address = some_v4((uint8_t)i);
        slot->name.local.port = (uint16_t)(77 + 16 * i);
        anvil_demux_add(host, slot);
        assert_int_equal(starts[77 % 16], i);
        assert_int_equal(slot->tuple_next, i - 1);
    }
    free(host);
}

/* Ports share a chain with those that are 256 apart. */
static void test_chains_of_ports(void **state)
{
    (void)state;
    struct anvil_host *host = open_host(8, 1, 1024);
    const uint32_t *starts = (const uint32_t *)(void *)((uint8_t *)host + host->ports_at);
    static const uint16_t ports[] = { 0, 17, 255, 256 + 17, 65535, 16 };
    static const unsigned chains[] = { 0, 17, 255, 17, 255, 16 };
    for (uint32_t i = 0; i < 6; i++) {
        struct slot *slot = anvil_slot_take(host, ANVIL_IPV4);
        slot->name.local.port = ports[i];
        anvil_ports_add(host, slot);
        assert_int_equal(starts[chains[i]], slot->number);
        assert_int_equal(anvil_ports_first(host, ports[i]), slot->number);
    }
    assert_int_equal(host_slot(host, 4)->port_next, 2);
    assert_int_equal(host_slot(host, 5)->port_next, 3);
    anvil_ports_remove(host, host_slot(host, 2)); /* behind slot 4; now it goes before it */
    anvil_ports_add(host, host_slot(host, 2));
    assert_int_equal(host_slot(host, 2)->port_prev, 0);
    assert_int_equal(host_slot(host, 2)->port_next, 4);
    assert_int_equal(host_slot(host, 4)->port_prev, 2);
    assert_int_equal(host_slot(host, 4)->port_next, 0);
    free(host);
}

/* Of several listeners at a port a flow goes to the one with the greatest weight: the steps
 * of SplitMix64 over the flow's hash plus a multiple of the listener's number. */
static void test_weights_of_listeners(void **state)
{
    (void)state;
    struct anvil_host *host = open_host(8, 1, 1024);
    struct anvil_four_tuple name = { .local = { .address.family = ANVIL_IPV4, .port = 80 } };
    for (unsigned i = 0; i < 8; i++) {
        struct slot *slot = anvil_slot_take(host, ANVIL_IPV4);
        slot->name = name;
        slot->option[ANVIL_SO_REUSEPORT] = 1;
        anvil_demux_add(host, slot);
    }
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t most = 0;
        uint32_t best = 0;
        name.remote = (struct anvil_endpoint){ some_v4(9), (uint16_t)(1000 + i), 0 };
        for (uint32_t number = 1; number <= 8; number++) {
            uint64_t weight = anvil_name_hash(&host->table_secret, &name);
            weight += number * UINT64_C(11400714819323198485); /* 2^64 / the golden ratio */
            weight = (weight ^ weight >> 30) * UINT64_C(13787848793156543929);
            weight = (weight ^ weight >> 27) * UINT64_C(10723151780598845931);
            if (weight > most) {
                most = weight;
                best = number;
            }
        }
        assert_int_equal(anvil_demux_listener(host, &name)->number, best);
    }
    free(host);
}

/* A buffer has the least power of two of KiB that holds what is wanted; less, if there is less. */
static void test_buffer_sizes(void **state)
{
    (void)state;
    static const uint32_t rows[][2] = {
        { 1, 1024 },    { 1024, 1024 }, { 1025, 2048 },  { 2048, 2048 },
        { 2049, 4096 }, { 4097, 8192 }, { 8192, 8192 },  { 16384, 16384 },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct anvil_host *host = open_host(1, 1, 16384);
        struct ring ring = { 0 };
        assert_int_equal(anvil_buffer_promise(host, rows[i][0]), rows[i][1]);
        assert_int_equal(host->pool.used, 0);
        assert_true(anvil_buffer_reserve(host, &ring, rows[i][0]));
        assert_int_equal(ring.size, rows[i][1]);
        assert_int_equal(ring.at, 0);
        assert_int_equal(host->pool.used, rows[i][1] / 1024);
        anvil_buffer_release(host, &ring);
        assert_int_equal(ring.at | ring.size | host->pool.used, 0);
        free(host);
    }
    struct anvil_host *host = open_host(1, 1, 7 * 1024);
    static const uint32_t given[][2] = { { 0, 4096 }, { 4096, 2048 }, { 6144, 1024 } };
    for (unsigned i = 0; i < 3; i++) {
        struct ring ring = { 0 };
        assert_int_equal(anvil_buffer_promise(host, 1u << 30), given[i][1]);
        assert_true(anvil_buffer_reserve(host, &ring, 1u << 30));
        assert_int_equal(ring.at, given[i][0]);
        assert_int_equal(ring.size, given[i][1]);
    }
    assert_int_equal(anvil_buffer_promise(host, 1), 0);
    assert_false(anvil_buffer_reserve(host, &(struct ring){ 0 }, 1));
    free(host);
}

/* A buffer that grows moves, and leaves nothing behind; one that is large enough stays. */
static void test_buffer_moves(void **state)
{
    (void)state;
    struct anvil_host *host = open_host(1, 1, 2u << 20);
    struct ring first = { 0 }, ring = { 0 };
    assert_true(anvil_buffer_reserve(host, &first, 1u << 20));
    assert_true(anvil_buffer_reserve(host, &ring, 1024));
    assert_int_equal(ring.at, 1u << 20);
    assert_true(anvil_buffer_grow(host, &ring, 1024, 0, 0));
    assert_int_equal(ring.at, 1u << 20);
    assert_int_equal(host->pool.used, 1025);
    assert_true(anvil_buffer_grow(host, &ring, 2048, 0, 0));
    assert_int_equal(ring.at, (1u << 20) + 2048);
    assert_int_equal(host->pool.used, 1026);
    assert_false(anvil_buffer_grow(host, &ring, 1u << 20, 0, 0));
    assert_int_equal(ring.at, (1u << 20) + 2048);
    assert_int_equal(ring.size, 2048);
    anvil_buffer_release(host, &ring);
    assert_int_equal(host->pool.used, 1024);
    assert_true(anvil_buffer_reserve(host, &ring, 4096)); /* its pieces are together again */
    assert_int_equal(ring.at, 1u << 20);
    free(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_fresh_host),
        cmocka_unit_test(test_table_key),
        cmocka_unit_test(test_slots),
        cmocka_unit_test(test_descriptors),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_chains_of_names),
        cmocka_unit_test(test_chains_of_listeners),
        cmocka_unit_test(test_chains_of_ports),
        cmocka_unit_test(test_weights_of_listeners),
        cmocka_unit_test(test_buffer_sizes),
        cmocka_unit_test(test_buffer_moves),
    };
    alarm(SECONDS_MAX); /* a search that goes in circles is a failure */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
