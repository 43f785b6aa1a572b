/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two hosts under random calls, over a network that loses, doubles and damages packets. Nothing may
 * break, and when both processes exit and the network is silent, nothing may be left behind.
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

#define SEEDS 200u
#define CALLS 1500u
#define DESCRIPTORS 5u

/* The next random number below `limit`. */
static uint32_t pick(uint32_t *random, uint32_t limit)
{
    *random = *random * 1664525u + 1013904223u;
    return (*random >> 8) % limit;
}

/* One random call on one of the hosts. */
static void call(struct pair *pair, uint32_t *random)
{
    char text[3000];
    char buffer[2000];
    int host = (int)pick(random, 2), fd = (int)pick(random, DESCRIPTORS);
    uint32_t kind = pick(random, 60);
    uint32_t length = 1 + pick(random, pick(random, 3) ? 50 : sizeof text - 1);
    memset(text, 'x', sizeof text);
    text[length] = '\0';
    if (kind < 4)
        (void)pair_socket(pair, host, pick(random, 8) ? ANVIL_IPV4 : ANVIL_IPV6);
    else if (kind < 6)
        (void)pair_bind(pair, host, fd, (uint16_t)(80 + pick(random, 2)));
    else if (kind < 8)
        (void)pair_listen(pair, host, fd, (int)pick(random, 3));
    else if (kind < 12)
        (void)pair_connect(pair, host, fd, (uint16_t)(80 + pick(random, 2)));
    else if (kind < 16)
        (void)pair_accept(pair, host, fd);
    else if (kind < 36)
        (void)pair_write(pair, host, fd, text, pick(random, 4) ? 0 : pick(random, 8));
    else if (kind < 54)
        (void)pair_read(pair, host, fd, buffer, sizeof buffer, pick(random, 4) ? 0 : 1);
    else if (kind < 55)
        (void)pair_shutdown(pair, host, fd, (int)pick(random, 3));
    else if (kind < 57)
        (void)pair_close_socket(pair, host, fd);
    else if (kind < 58)
        (void)pair_set(pair, host, fd, (enum anvil_so)pick(random, ANVIL_SO_COUNT),
                       pick(random, 3));
    (void)pair_ready(pair, host, fd);
}

/* Something happens to the newest packet under way. */
static void disturb(struct pair *pair, uint32_t *random)
{
    if (pair->count == 0 || pick(random, 3) == 0)
        return;
    struct pair_packet *packet = &pair->queue[(pair->first + pair->count - 1) % PAIR_QUEUE];
    uint32_t kind = pick(random, 12);
    if (kind == 0) {
        pair->count--;
    } else if (kind == 1 && pair->count < PAIR_QUEUE / 2) {
        pair->queue[(pair->first + pair->count) % PAIR_QUEUE] = *packet;
        pair->count++;
    } else if (kind < 5 && packet->octets[0] == 0x45) { /* damaged, with a checksum that fits */
        size_t at = 24 + pick(random, (uint32_t)packet->length - 24);
        packet->octets[at] ^= (uint8_t)(1u << pick(random, 8));
        repair(packet->octets, packet->octets + 20, packet->length - 20, 16, 6);
    }
}

/* A pair whose policies depend on the seed. */
static struct pair *open_pair(uint32_t seed)
{
    struct pair *pair = pair_open_with(seed % 3 ? 32 : 7, seed % 2 ? 1u << 20 : 1u << 17);
    for (unsigned i = 0; i < 2; i++) {
        pair->policy[i] = seed % 5 == 1 ? anvil_policy_linux : anvil_policy_rfc9293;
        pair->policy[i].half_open_max = 1 + seed % 3;
        pair->policy[i].orphan_fin_wait_2_us = 60000000;
        pair->policy[i].user_timeout_us = 300000000;
        pair->policy[i].time_wait_connect = seed & 1;
        pair->policy[i].reset_on_unread = seed >> 1 & 1;
        pair->policy[i].half_open_overflow = seed >> 2 & 1;
    }
    return pair;
}

/* Random calls over a bad network. */
static void live(struct pair *pair, uint32_t seed)
{
    uint32_t random = seed * 2654435761u + 1;
    (void)pair_established(pair);
    for (unsigned i = 0; i < CALLS; i++) {
        call(pair, &random);
        disturb(pair, &random);
        if (pick(&random, 3) == 0)
            pair_wait(pair, pick(&random, pick(&random, 10) ? 3000 : 3000000));
    }
}

/* Both processes exit; what is left then has to end by itself. */
static void die(struct pair *pair)
{
    for (int host = 0; host < 2; host++) {
        anvil_host_exit(pair->host[host], pair_turn(pair, host));
        pair_send(pair, host);
    }
    pair_wait(pair, UINT64_C(3600000000));
    for (int host = 0; host < 2; host++) {
        assert_int_equal(pair_slots(pair, host), 0);
        assert_int_equal(pair->host[host]->pool.used, 0);
        assert_int_equal(pair->host[host]->heap_count, 0);
        assert_int_equal(pair->host[host]->descriptors_used, 0);
    }
}

/* Every seed is a life of its own. */
static void test_chaos_ends_in_order(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < SEEDS; seed++) {
        struct pair *pair = open_pair(seed);
        live(pair, seed);
        die(pair);
        pair_close(pair);
    }
}

/* The same calls and packets make the same octets, in the whole of a host's memory. */
static void test_same_in_same_out(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < SEEDS / 4; seed++) {
        struct pair *one = open_pair(seed), *other = open_pair(seed);
        live(one, seed);
        live(other, seed);
        for (int host = 0; host < 2; host++)
            assert_memory_equal(one->memory[host], other->memory[host], one->size);
        pair_close(one);
        pair_close(other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chaos_ends_in_order),
        cmocka_unit_test(test_same_in_same_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
