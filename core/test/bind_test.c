/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may have which local address and port: IPv6 beside IPv4, and which port is tried next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/bind.h"
#include "host/slots.h"
#include "support/pair.h"

#define FIRST_PORT 50000u
#define LAST_PORT 50009u

/* An address that a row of a table names; `mapped`: IPv4 in the form that an IPv6 socket gives. */
static struct anvil_address named(const char *name)
{
    uint8_t mapped[16] = { [10] = 0xff, [11] = 0xff, [12] = 192, [13] = 0, [14] = 2, [15] = 1 };
    if (strcmp(name, "v4 any") == 0)
        return (struct anvil_address){ .family = ANVIL_IPV4 };
    if (strcmp(name, "v6 any") == 0)
        return (struct anvil_address){ .family = ANVIL_IPV6 };
    if (strcmp(name, "mapped") == 0)
        return anvil_address_v6(mapped);
    memset(mapped + 12, 0, 4);
    if (strcmp(name, "mapped any") == 0)
        return anvil_address_v6(mapped);
    return pair_endpoint(0, 0, strcmp(name, "v6") == 0 ? ANVIL_IPV6 : ANVIL_IPV4).address;
}

/* bind() of a new socket of host 0 to a named address. */
static int bind_to(struct pair *pair, const char *name, uint16_t port)
{
    struct anvil_endpoint to = { named(name), port, 0 };
    int fd = pair_socket(pair, 0, to.address.family);
    return anvil_host_bind(pair->host[0], pair_turn(pair, 0), fd, &to);
}

/* Two sockets at one port, in either order: an IPv6 socket without an address takes IPv4 as well,
 * one with an IPv4-mapped address nothing else. */
static void test_families(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool conflict;
    } rows[] = {
        { "v4 any", "v4 any", true },  { "v4 any", "v4", true },      { "v4", "v4", true },
        { "v6 any", "v6 any", true },  { "v6 any", "v6", true },      { "v6", "v6", true },
        { "v6 any", "v4 any", true },  { "v6 any", "v4", true },      { "v6", "v4 any", false },
        { "v6", "v4", false },         { "mapped", "v4", true },      { "mapped", "v4 any", true },
        { "mapped", "v6", false },     { "mapped", "v6 any", true },  { "mapped", "mapped", true },
        { "mapped any", "v4", true },  { "mapped any", "v6", false },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pair *pair = pair_open();
        int second = rows[i].conflict ? -ANVIL_EADDRINUSE : 0;
        assert_int_equal(bind_to(pair, rows[i].a, 80), 0);
        assert_int_equal(bind_to(pair, rows[i].b, 80), second);
        assert_int_equal(bind_to(pair, rows[i].b, 81), 0);
        assert_int_equal(bind_to(pair, rows[i].a, 81), second);
        pair_close(pair);
    }
}

/* Two addresses of one family, which a host of one address cannot have: they do not meet. */
static void test_addresses_of_a_family(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct slot *slot[3];
    for (int i = 0; i < 3; i++)
        slot[i] = anvil_slot_of(pair->host[0], pair_socket(pair, 0, ANVIL_IPV4));
    for (int i = 0; i < 2; i++)
        assert_int_equal(anvil_bind_local(pair->host[0], pair_turn(pair, 0), slot[i],
                                          pair_endpoint(i, 80, ANVIL_IPV4)), 0);
    assert_int_equal(anvil_bind_local(pair->host[0], pair_turn(pair, 0), slot[2],
                                      pair_endpoint(1, 80, ANVIL_IPV4)), -ANVIL_EADDRINUSE);
    pair_close(pair);
}

/* An address of an IPv6 socket goes to the wire and comes back as it was. */
static void test_mapped_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *given;
        unsigned family, wire_family;
    } rows[] = {
        { "v4", ANVIL_IPV4, ANVIL_IPV4 },     { "v6", ANVIL_IPV6, ANVIL_IPV6 },
        { "mapped", ANVIL_IPV6, ANVIL_IPV4 }, { "v6 any", ANVIL_IPV6, ANVIL_IPV6 },
        { "v4 any", ANVIL_IPV4, ANVIL_IPV4 },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct slot slot = { .family = (uint8_t)rows[i].family };
        struct anvil_endpoint given = { named(rows[i].given), 0x1234, 0 }, wire, user;
        assert_true(anvil_bind_to_wire(&slot, &given, &wire));
        assert_int_equal(wire.address.family, rows[i].wire_family);
        assert_int_equal(wire.port, 0x1234);
        user = anvil_bind_to_user(&slot, &wire);
        assert_memory_equal(&user, &given, sizeof given);
        slot.family = (uint8_t)(rows[i].family == ANVIL_IPV6 ? ANVIL_IPV4 : ANVIL_IPV6);
        assert_false(anvil_bind_to_wire(&slot, &given, &wire));
    }
    struct slot slot = { .family = ANVIL_IPV6 };
    struct anvil_endpoint mapped = { named("mapped"), 80, 0 }, own, wire;
    own = pair_endpoint(0, 80, ANVIL_IPV4);
    assert_true(anvil_bind_to_wire(&slot, &mapped, &wire));
    assert_memory_equal(&wire, &own, sizeof own);
}

/* A mapped address comes back from every octet of the IPv4 address. */
static void test_names_of_mapped_sockets(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    struct anvil_endpoint name, to = { named("mapped"), 80, 0 };
    int fd = pair_socket(pair, 0, ANVIL_IPV6);
    assert_int_equal(anvil_host_local_name(pair->host[0], fd, &name), 0);
    assert_int_equal(name.address.family, ANVIL_IPV6);
    assert_int_equal(anvil_host_bind(pair->host[0], pair_turn(pair, 0), fd, &to), 0);
    assert_int_equal(anvil_host_local_name(pair->host[0], fd, &name), 0);
    assert_memory_equal(&name, &to, sizeof to);
    pair_close(pair);
}

/* The sum of the host's counters of ports: the numbers that were passed by so far. */
static uint32_t passed_by(const struct pair *pair)
{
    uint32_t sum = 0;
    for (unsigned i = 0; i < PORT_COUNTERS; i++)
        sum += pair->host[0]->port_counters[i];
    return sum;
}

/* bind() of a new socket to any port. The port that it got. */
static uint32_t bind_any(struct pair *pair)
{
    struct anvil_endpoint local, any = { .address.family = ANVIL_IPV4 };
    int fd = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(anvil_host_bind(pair->host[0], pair_turn(pair, 0), fd, &any), 0);
    assert_int_equal(anvil_host_local_name(pair->host[0], fd, &local), 0);
    return local.port;
}

/* The port after this one in the range, which closes in a ring. */
static uint32_t after(uint32_t port)
{
    return port == LAST_PORT ? FIRST_PORT : port + 1;
}

/* RFC 6056 3.3.4: from a start of its own a name takes one port after the other, leaves out those
 * that are taken, and counts each that it has passed by. */
static void test_next_port(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    pair->policy[0].ephemeral_first = FIRST_PORT;
    pair->policy[0].ephemeral_last = LAST_PORT;
    uint32_t port = bind_any(pair);
    assert_in_range(port, FIRST_PORT, LAST_PORT);
    assert_int_equal(passed_by(pair), 1);
    assert_int_equal(bind_any(pair), after(port));
    assert_int_equal(passed_by(pair), 2);
    port = after(after(port));
    assert_int_equal(bind_to(pair, "v4 any", (uint16_t)port), 0);
    assert_int_equal(bind_to(pair, "v4 any", (uint16_t)after(port)), 0);
    port = after(after(port));
    assert_int_equal(bind_any(pair), port);
    assert_int_equal(passed_by(pair), 5);
    for (unsigned i = 0; i < 5; i++) {
        port = after(port);
        assert_int_equal(bind_any(pair), port);
    }
    assert_int_equal(passed_by(pair), 10);
    int fd = pair_socket(pair, 0, ANVIL_IPV4);
    struct anvil_endpoint any = { .address.family = ANVIL_IPV4 };
    assert_int_equal(anvil_host_bind(pair->host[0], pair_turn(pair, 0), fd, &any),
                     -ANVIL_EADDRINUSE);
    assert_int_equal(passed_by(pair), 10);
    pair_close(pair);
}

/* With an end below its start the range has no port, and nothing is counted. */
static void test_no_ports(void **state)
{
    (void)state;
    struct pair *pair = pair_open();
    pair->policy[0].ephemeral_first = LAST_PORT;
    pair->policy[0].ephemeral_last = FIRST_PORT;
    assert_int_equal(bind_to(pair, "v4 any", 0), -ANVIL_EADDRINUSE);
    assert_int_equal(passed_by(pair), 0);
    pair->policy[0].ephemeral_last = LAST_PORT;
    assert_int_equal(bind_any(pair), LAST_PORT);
    pair_close(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_families),
        cmocka_unit_test(test_addresses_of_a_family),
        cmocka_unit_test(test_mapped_addresses),
        cmocka_unit_test(test_names_of_mapped_sockets),
        cmocka_unit_test(test_next_port),
        cmocka_unit_test(test_no_ports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
