/* SPDX-License-Identifier: BSD-2-Clause */
/* Keyed hashes of a connection's name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <anvil/isn.h>

#include "host/name_hash.h"

/* The key of SipHash's published vectors: 0, 1, 2, ... 15. */
static struct anvil_secret counting_secret(void)
{
    struct anvil_secret secret;
    for (unsigned i = 0; i < sizeof secret.octets; i++)
        secret.octets[i] = (uint8_t)i;
    return secret;
}

static struct anvil_four_tuple some_name(void)
{
    static const uint8_t local[4] = {192, 0, 2, 1}, remote[4] = {198, 51, 100, 2};
    struct anvil_four_tuple name;

    memset(&name, 0, sizeof name);
    name.local.address = anvil_address_v4(local);
    name.remote.address = anvil_address_v4(remote);
    name.local.port = 49152;
    name.remote.port = 80;
    return name;
}

/* Messages 0, 1, 2, ... of the lengths given; 15 octets is the example of the paper, appendix A. */
static void siphash_gives_the_published_values(void **state)
{
    static const struct {
        size_t length;
        uint64_t hash;
    } vectors[] = {
        {0, UINT64_C(0x726fdb47dd0e0e31)},  {1, UINT64_C(0x74f839c593dc67fd)},
        {2, UINT64_C(0x0d6c8009d9a94f5a)},  {7, UINT64_C(0xab0200f58b01d137)},
        {8, UINT64_C(0x93f5f5799a932462)},  {15, UINT64_C(0xa129ca6149be45e5)},
        {63, UINT64_C(0x958a324ceb064572)},
    };
    struct anvil_secret secret = counting_secret();
    uint8_t message[64];

    (void)state;
    for (unsigned i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
        assert_true(anvil_siphash(&secret, message, vectors[i].length) == vectors[i].hash);
    assert_true(anvil_siphash(&secret, NULL, 0) == vectors[0].hash);
}

/* Values of another program that follows the paper, for the words that name_hash.h's function takes
 * in: they hold on machines of either byte order. */
static void the_hash_of_the_tables_is_siphash_1_3(void **state)
{
    struct anvil_secret secret = counting_secret();
    struct anvil_four_tuple name = some_name();

    (void)state;
    assert_true(anvil_name_hash(&secret, &name) == UINT64_C(0x6cc9e7c9f4523293));
    name.local.address.octets[0] = 193;
    name.remote.address.octets[0] = 199;
    assert_true(anvil_name_hash(&secret, &name) == UINT64_C(0x173e7044fc573d2b));
    name.local.address.family = name.remote.address.family = ANVIL_IPV6;
    for (unsigned i = 0; i < 16; i++) {
        name.local.address.octets[i] = (uint8_t)i;
        name.remote.address.octets[i] = (uint8_t)(16 + i);
    }
    assert_true(anvil_name_hash(&secret, &name) == UINT64_C(0x848be923f3de3725));
}

/* What is made of a name for each purpose: 1 the ISN, 2 the offset of timestamps, 3 a port, 4 the
 * counter of ports; for ports the local one is not known yet. */
static uint64_t hash_of(const struct anvil_secret *secret, const struct anvil_four_tuple *name,
                        uint8_t purpose)
{
    size_t octets = name->local.address.family == ANVIL_IPV4 ? 4 : 16, at = 0;
    uint8_t message[39];

    message[at++] = purpose;
    for (unsigned side = 0; side < 2; side++) {
        const struct anvil_endpoint *end = side == 0 ? &name->local : &name->remote;
        uint16_t port = side == 0 && purpose > 2 ? 0 : end->port;
        message[at++] = end->address.family;
        memcpy(message + at, end->address.octets, octets);
        at += octets;
        message[at++] = (uint8_t)(port >> 8);
        message[at++] = (uint8_t)port;
    }
    return anvil_siphash(secret, message, at);
}

static void the_numbers_are_hashes_of_the_name_and_their_purpose(void **state)
{
    struct anvil_secret secret = counting_secret();
    struct anvil_four_tuple name = some_name();

    (void)state;
    name.local.port = 0xc183;
    name.remote.port = 0x81d5;
    for (unsigned family = ANVIL_IPV4; family <= ANVIL_IPV6; family += 2) {
        name.local.address.family = name.remote.address.family = (uint8_t)family;
        for (unsigned i = 0; i < (family == ANVIL_IPV6 ? 16 : 0); i++)
            name.local.address.octets[i] = name.remote.address.octets[15 - i] = (uint8_t)(i + 1);
        assert_int_equal(anvil_isn(&secret, &name, 4000).raw,
                         (uint32_t)(hash_of(&secret, &name, 1) + 1000));
        assert_int_equal(anvil_ts_offset(&secret, &name), (uint32_t)hash_of(&secret, &name, 2));
        assert_int_equal(anvil_port(&secret, &name, 1, 65535, 7, 5),
                         1 + ((uint32_t)hash_of(&secret, &name, 3) + UINT64_C(12)) % 65535);
        assert_int_equal(anvil_port_slot(&secret, &name, 1000003),
                         hash_of(&secret, &name, 4) % 1000003);
    }
}

/* MUST-8. The clock alone moves the number, as the keyed part stays the same. */
static void the_isn_counts_four_microseconds(void **state)
{
    struct anvil_secret secret = counting_secret();
    struct anvil_four_tuple name = some_name();
    anvil_seq start = anvil_isn(&secret, &name, 0);

    (void)state;
    assert_int_equal(anvil_seq_from(start, anvil_isn(&secret, &name, 3)), 0);
    assert_int_equal(anvil_seq_from(start, anvil_isn(&secret, &name, 4)), 1);
    assert_int_equal(anvil_seq_from(start, anvil_isn(&secret, &name, 4000000)), 1000000);
    /* One turn of the sequence space is about 4.55 hours. RFC 9293 3.4.1. */
    assert_int_equal(anvil_seq_from(start, anvil_isn(&secret, &name, UINT64_C(4) << 32)), 0);
}

/* SHLD-1: each part of a name, and the secret, moves the number to another place. */
static void isn_and_offset_depend_on_every_part_of_the_name(void **state)
{
    struct anvil_secret secret = counting_secret(), other = counting_secret();
    struct anvil_four_tuple name = some_name(), six = some_name(), names[5];

    (void)state;
    for (unsigned i = 0; i < 5; i++)
        names[i] = name;
    names[0].local.port++;
    names[1].remote.port++;
    names[2].local.address.octets[3]++;
    names[3].remote.address.octets[3]++;
    names[4].local.address.family = ANVIL_IPV6;
    for (unsigned i = 0; i < 5; i++) {
        assert_false(anvil_seq_eq(anvil_isn(&secret, &name, 0), anvil_isn(&secret, &names[i], 0)));
        assert_true(anvil_ts_offset(&secret, &name) != anvil_ts_offset(&secret, &names[i]));
    }
    six.local.address.family = six.remote.address.family = ANVIL_IPV6;
    anvil_seq before = anvil_isn(&secret, &six, 0);
    six.remote.address.octets[15]++;
    assert_false(anvil_seq_eq(before, anvil_isn(&secret, &six, 0)));
    other.octets[7]++;
    assert_false(anvil_seq_eq(anvil_isn(&secret, &name, 0), anvil_isn(&other, &name, 0)));
    assert_true(anvil_ts_offset(&secret, &name) != anvil_isn(&secret, &name, 0).raw);
}

static void attempts_try_every_port_once(void **state)
{
    struct anvil_secret secret = counting_secret();
    struct anvil_four_tuple name = some_name();
    uint8_t seen[100] = {0};

    (void)state;
    for (uint32_t attempt = 0; attempt < 100; attempt++) {
        uint16_t port = anvil_port(&secret, &name, 50000, 50099, UINT32_MAX, attempt);
        assert_true(port >= 50000 && port <= 50099);
        assert_int_equal(seen[port - 50000]++, 0);
    }
    assert_int_equal(anvil_port(&secret, &name, 65535, 65535, 7, 9), 65535);
    assert_int_not_equal(anvil_port(&secret, &name, 1, 65535, 0, 0), 0);
}

static void the_counter_moves_on_where_an_attempt_ended(void **state)
{
    struct anvil_secret secret = counting_secret();
    struct anvil_four_tuple name = some_name(), other = some_name();

    (void)state;
    assert_int_equal(anvil_port(&secret, &name, 1024, 65535, 5, 3),
                     anvil_port(&secret, &name, 1024, 65535, 8, 0));
    other.local.port = 1;
    assert_int_equal(anvil_port(&secret, &name, 1024, 65535, 5, 3),
                     anvil_port(&secret, &other, 1024, 65535, 5, 3));
    other.remote.port++;
    assert_int_not_equal(anvil_port(&secret, &name, 1024, 65535, 5, 3),
                         anvil_port(&secret, &other, 1024, 65535, 5, 3));
    assert_true(anvil_port_slot(&secret, &name, 16) < 16);
    assert_int_equal(anvil_port_slot(&secret, &name, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(siphash_gives_the_published_values),
        cmocka_unit_test(the_hash_of_the_tables_is_siphash_1_3),
        cmocka_unit_test(the_numbers_are_hashes_of_the_name_and_their_purpose),
        cmocka_unit_test(the_isn_counts_four_microseconds),
        cmocka_unit_test(isn_and_offset_depend_on_every_part_of_the_name),
        cmocka_unit_test(attempts_try_every_port_once),
        cmocka_unit_test(the_counter_moves_on_where_an_attempt_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
