/* SPDX-License-Identifier: BSD-2-Clause */
/* The buddy pool and the rings on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/pool.h"
#include "host/ring.h"

#define SECONDS_MAX 10u
#define UNITS 37u /* not a power of two, on purpose */

/* A pool's entries start as anything: here as what looks like free blocks. */
static struct pool_unit *fresh_units(struct pool *pool)
{
    struct pool_unit *units = malloc(UNITS * sizeof *units);
    assert_non_null(units);
    memset(units, 0, UNITS * sizeof *units);
    anvil_pool_open(pool, UNITS);
    return units;
}

/* A block starts at a multiple of its size, and blocks do not overlap. */
static void test_blocks_are_aligned_and_apart(void **state)
{
    (void)state;
    struct pool pool;
    struct pool_unit *units = fresh_units(&pool);
    uint8_t owner[UNITS] = { 0 };
    static const uint32_t orders[] = { 0, 2, 1, 3, 0, 0, 2, 1 };
    for (unsigned i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        uint32_t size = 1u << orders[i];
        uint32_t unit = anvil_pool_take(&pool, units, orders[i]);
        assert_true(unit != POOL_NONE && unit % size == 0 && unit + size <= UNITS);
        for (uint32_t n = 0; n < size; n++) {
            assert_int_equal(owner[unit + n], 0);
            owner[unit + n] = 1;
        }
    }
    free(units);
}

/* What is given back joins into one large block again. */
static void test_given_blocks_join(void **state)
{
    (void)state;
    struct pool pool;
    struct pool_unit *units = fresh_units(&pool);
    uint32_t taken[32];
    for (unsigned i = 0; i < 32; i++)
        taken[i] = anvil_pool_take(&pool, units, 0);
    for (unsigned i = 0; i < 32; i++)
        anvil_pool_give(&pool, units, taken[(i * 7) % 32]);
    assert_int_equal(pool.used, 0);
    assert_int_equal(anvil_pool_take(&pool, units, 5), 0);
    free(units);
}

/* The end of the pool is an answer; smaller blocks can still be had. */
static void test_used_up(void **state)
{
    (void)state;
    struct pool pool;
    struct pool_unit *units = fresh_units(&pool);
    assert_int_equal(anvil_pool_take(&pool, units, 6), POOL_NONE);
    assert_int_equal(anvil_pool_take(&pool, units, 5), 0);
    assert_int_equal(anvil_pool_take(&pool, units, 3), POOL_NONE);
    assert_int_equal(anvil_pool_take(&pool, units, 2), 32);
    assert_int_equal(anvil_pool_take(&pool, units, 0), 36);
    assert_int_equal(anvil_pool_take(&pool, units, 0), POOL_NONE);
    anvil_pool_give(&pool, units, 32);
    assert_int_equal(anvil_pool_take(&pool, units, 1), 32);
    free(units);
}

/* Many rounds of taking and giving leave nothing behind, and what there is, is known before. */
static void test_churn(void **state)
{
    (void)state;
    struct pool pool;
    struct pool_unit *units = fresh_units(&pool);
    uint32_t held[8], orders[8] = { 0 };
    uint32_t random = 1;
    for (unsigned i = 0; i < 8; i++)
        held[i] = POOL_NONE;
    for (unsigned round = 0; round < 5000; round++) {
        random = random * 1103515245u + 12345u;
        unsigned i = random >> 16 & 7;
        if (held[i] != POOL_NONE)
            anvil_pool_give(&pool, units, held[i]);
        orders[i] = random >> 24 & 3;
        bool has = anvil_pool_has(&pool, orders[i]);
        held[i] = anvil_pool_take(&pool, units, orders[i]);
        assert_int_equal(held[i] != POOL_NONE, has);
        uint32_t used = 0;
        for (unsigned n = 0; n < 8; n++)
            used += held[n] != POOL_NONE ? 1u << orders[n] : 0;
        assert_int_equal(pool.used, used);
    }
    for (unsigned i = 0; i < 8; i++)
        if (held[i] != POOL_NONE)
            anvil_pool_give(&pool, units, held[i]);
    assert_int_equal(anvil_pool_take(&pool, units, 5), 0);
    free(units);
}

/* Opening sets all of the pool, whatever was in its memory, and nothing behind it. */
static void test_open(void **state)
{
    (void)state;
    struct {
        struct pool pool;
        uint32_t behind;
    } memory;
    memset(&memory, 0xa5, sizeof memory);
    anvil_pool_open(&memory.pool, UNITS);
    assert_int_equal(memory.pool.count, UNITS);
    assert_int_equal(memory.pool.fresh | memory.pool.used, 0);
    for (unsigned order = 0; order < POOL_ORDERS; order++)
        assert_int_equal(memory.pool.free[order], POOL_NONE);
    assert_int_equal(memory.behind, 0xa5a5a5a5);
}

/* What alignment leaves out is free, all of it and none of it twice. */
static void test_gaps(void **state)
{
    (void)state;
    static const uint32_t rows[][2] = { { 0, 0 },  { 4, 16 }, { 0, 1 },  { 1, 2 },  { 2, 4 },
                                        { 3, 8 },  { 0, 32 }, { 1, 34 }, { 0, 33 }, { 0, 36 },
                                        { 0, POOL_NONE } };
    struct pool pool;
    struct pool_unit *units = fresh_units(&pool);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(anvil_pool_take(&pool, units, rows[i][0]), rows[i][1]);
    assert_int_equal(pool.used, UNITS);
    free(units);
}

/* The last block that was ever taken joins with its buddy, and with nothing behind it: memory that
 * was never used only looks like a free block. */
static void test_joins_at_the_end(void **state)
{
    (void)state;
    struct pool pool;
    struct pool_unit *units = fresh_units(&pool);
    assert_int_equal(anvil_pool_take(&pool, units, 0), 0);
    anvil_pool_give(&pool, units, 0);
    assert_int_equal(pool.free[0], 0);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(anvil_pool_take(&pool, units, 0), i);
    for (uint32_t i = 4; i-- > 0;)
        anvil_pool_give(&pool, units, i);
    assert_int_equal(pool.free[2], 0);
    for (uint32_t order = 0; order < POOL_ORDERS; order++)
        assert_true(order == 2 || pool.free[order] == POOL_NONE);
    free(units);
}

/* The largest blocks of the largest pool; entries of units that are not touched cost nothing. */
static void test_largest_blocks(void **state)
{
    (void)state;
    const uint32_t half = UINT32_C(1) << (POOL_ORDERS - 1);
    struct pool pool;
    struct pool_unit *units = calloc(2 * half - 1, sizeof *units);
    assert_non_null(units);
    anvil_pool_open(&pool, 2 * half - 1);
    for (unsigned round = 0; round < 2; round++) {
        assert_int_equal(anvil_pool_take(&pool, units, POOL_ORDERS - 2), 0);
        assert_int_equal(anvil_pool_take(&pool, units, POOL_ORDERS - 2), half / 2);
        anvil_pool_give(&pool, units, 0);
        anvil_pool_give(&pool, units, half / 2);
        assert_int_equal(anvil_pool_take(&pool, units, POOL_ORDERS - 1), 0);
        assert_int_equal(anvil_pool_take(&pool, units, POOL_ORDERS - 1), POOL_NONE);
        anvil_pool_give(&pool, units, 0);
        assert_int_equal(pool.free[POOL_ORDERS - 1], 0);
        assert_true(anvil_pool_has(&pool, POOL_ORDERS - 1));
        assert_int_equal(pool.fresh, half);
    }
    free(units);
}

/* A ring's octets wrap around its end, at any stream offset. */
static void test_ring_wraps(void **state)
{
    (void)state;
    uint8_t area[64] = { 0 }, out[16];
    struct ring ring = { .at = 16, .size = 16 };
    struct anvil_span spans[2];
    const uint8_t in[16] = "0123456789abcdef";
    for (uint64_t offset = UINT64_MAX - 20; offset != 20; offset++) {
        anvil_ring_write(area, ring, offset, in, 16);
        anvil_ring_read(area, ring, offset, out, 16);
        assert_memory_equal(in, out, 16);
        anvil_ring_read(area, ring, offset + 3, out, 4);
        assert_memory_equal(in + 3, out, 4);
        anvil_ring_spans(area, ring, offset, 16, spans);
        assert_int_equal(spans[0].length + spans[1].length, 16);
    }
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(area[i] | area[32 + i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_are_aligned_and_apart),
        cmocka_unit_test(test_given_blocks_join),
        cmocka_unit_test(test_used_up),
        cmocka_unit_test(test_churn),
        cmocka_unit_test(test_open),
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_joins_at_the_end),
        cmocka_unit_test(test_largest_blocks),
        cmocka_unit_test(test_ring_wraps),
    };
    alarm(SECONDS_MAX); /* a search that goes in circles is a failure */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
