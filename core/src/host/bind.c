/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Local addresses and ports: see bind.h.
 *
 *     the port is used by ...             bind() succeeds
 *     a listener                          both have SO_REUSEPORT; or both have SO_REUSEADDR and
 *                                         only one of them has an address
 *     a socket that is only bound         both have SO_REUSEPORT, or both have SO_REUSEADDR
 *     a connection, also in TIME-WAIT     the new one has SO_REUSEADDR
 *
 * and always if the two have different addresses.
 */
#include "host/bind.h"

#include "host/demux.h"
#include "host/output.h"
#include "host/slots.h"

#include <string.h>

/* The prefix of IPv4-mapped IPv6 addresses, RFC 4291 2.5.5.2. */
static const uint8_t mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };

bool anvil_bind_to_wire(const struct slot *slot, const struct anvil_endpoint *given,
                        struct anvil_endpoint *wire)
{
    if (given->address.family != slot->family)
        return false;
    *wire = (struct anvil_endpoint){ .address = given->address, .port = given->port };
    if (slot->family == ANVIL_IPV6 &&
        memcmp(given->address.octets, mapped_prefix, sizeof mapped_prefix) == 0)
        wire->address = anvil_address_v4(given->address.octets + sizeof mapped_prefix);
    return true;
}

struct anvil_endpoint anvil_bind_to_user(const struct slot *slot, const struct anvil_endpoint *wire)
{
    struct anvil_endpoint user = *wire;
    if (slot->family != ANVIL_IPV6 || wire->address.family != ANVIL_IPV4)
        return user;
    user.address.family = ANVIL_IPV6;
    memcpy(user.address.octets, mapped_prefix, sizeof mapped_prefix);
    memcpy(user.address.octets + sizeof mapped_prefix, wire->address.octets, 4);
    return user;
}

const struct anvil_address *anvil_bind_own_address(const struct anvil_host *host, unsigned family)
{
    return family == ANVIL_IPV6 ? &host->config.local_v6 : &host->config.local_v4;
}

/* True if a segment could be for both: same address, or one of them takes any. An IPv6 socket
 * without an address takes IPv4 as well. */
static bool overlap(const struct anvil_address *a, const struct anvil_address *b)
{
    bool any_a = anvil_address_is_any(a), any_b = anvil_address_is_any(b);
    if (a->family != b->family)
        return (any_a && a->family == ANVIL_IPV6) || (any_b && b->family == ANVIL_IPV6);
    return any_a || any_b || anvil_address_equal(a, b);
}

/* True if the user has set a switch. */
static bool has(const struct slot *slot, enum anvil_so option)
{
    return slot->option[option] == 1;
}

/* True if `other` keeps `slot` from binding its own port to this address: the table above. */
static bool forbids(const struct slot *other, const struct slot *slot,
                    const struct anvil_address *address)
{
    bool both_address = has(other, ANVIL_SO_REUSEADDR) && has(slot, ANVIL_SO_REUSEADDR);
    if (!overlap(&other->name.local.address, address))
        return false;
    if (has(other, ANVIL_SO_REUSEPORT) && has(slot, ANVIL_SO_REUSEPORT))
        return false;
    if (other->phase == PHASE_LISTENING)
        return !both_address || anvil_address_is_any(&other->name.local.address) ==
                                    anvil_address_is_any(address);
    if (other->tcb.state == ANVIL_CLOSED)
        return !both_address;
    return !has(slot, ANVIL_SO_REUSEADDR);
}

/* True if some other socket keeps `slot` from having this local end. */
static bool taken(const struct anvil_host *host, const struct slot *slot,
                  const struct anvil_endpoint *local)
{
    for (uint32_t number = anvil_ports_first(host, local->port); number != 0;) {
        const struct slot *other = host_slot(host, number);
        number = other->port_next;
        if (other != slot && other->name.local.port == local->port &&
            forbids(other, slot, &local->address))
            return true;
    }
    return false;
}

bool anvil_bind_listener_conflicts(const struct anvil_host *host, const struct slot *slot)
{
    for (uint32_t number = anvil_ports_first(host, slot->name.local.port); number != 0;) {
        const struct slot *other = host_slot(host, number);
        number = other->port_next;
        if (other != slot && other->name.local.port == slot->name.local.port &&
            other->phase == PHASE_LISTENING && forbids(other, slot, &slot->name.local.address))
            return true;
    }
    return false;
}

/* True if a connection of this name would meet a socket that waits at its port, or itself. */
static bool port_used(const struct anvil_host *host, const struct anvil_four_tuple *name)
{
    for (uint32_t number = anvil_ports_first(host, name->local.port); number != 0;) {
        const struct slot *other = host_slot(host, number);
        number = other->port_next;
        bool waits = other->phase == PHASE_LISTENING || other->tcb.state == ANVIL_CLOSED;
        if (waits && other->name.local.port == name->local.port &&
            overlap(&other->name.local.address, &name->local.address))
            return true;
    }
    return anvil_demux_find(host, name) != NULL;
}

/* Goes through the range until a port suits: `binder` NULL: for a connection of this name; else for
 * bind() of that socket. */
static uint16_t choose(struct anvil_host *host, const struct anvil_policy *policy,
                       const struct slot *binder, struct anvil_four_tuple name)
{
    const struct anvil_secret *secret = &host->config.secret;
    uint16_t first = (uint16_t)policy->ephemeral_first, last = (uint16_t)policy->ephemeral_last;
    if (first > last)
        return 0;
    uint32_t *counter = &host->port_counters[anvil_port_slot(secret, &name, PORT_COUNTERS)];
    for (uint32_t attempt = 0; attempt <= (uint32_t)(last - first); attempt++) {
        name.local.port = anvil_port(secret, &name, first, last, *counter, attempt);
        bool used = binder != NULL ? taken(host, binder, &name.local) : port_used(host, &name);
        if (!used) {
            *counter += attempt + 1u;
            return name.local.port;
        }
    }
    return 0;
}

uint16_t anvil_bind_port_for(struct anvil_host *host, const struct anvil_policy *policy,
                             const struct anvil_four_tuple *name)
{
    return choose(host, policy, NULL, *name);
}

int anvil_bind_local(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot,
                     struct anvil_endpoint local)
{
    if (local.port == 0) {
        struct anvil_four_tuple name = { .local = local };
        local.port = choose(host, turn->policy, slot, name);
        if (local.port == 0)
            return -ANVIL_EADDRINUSE;
    } else if (taken(host, slot, &local)) {
        return -ANVIL_EADDRINUSE;
    }
    slot->name.local = local;
    slot->bound = local;
    anvil_ports_add(host, slot);
    return 0;
}

int anvil_host_bind(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                    const struct anvil_endpoint *to)
{
    anvil_output_begin(turn);
    struct slot *slot = anvil_slot_of(host, socket);
    struct anvil_endpoint local;
    if (slot == NULL || slot->lingering)
        return -ANVIL_EBADF;
    if (!anvil_bind_to_wire(slot, to, &local))
        return -ANVIL_EAFNOSUPPORT;
    if (slot->phase != PHASE_FRESH || slot->in_ports)
        return -ANVIL_EINVAL;
    const struct anvil_address *own = anvil_bind_own_address(host, local.address.family);
    if (!anvil_address_is_any(&local.address) && !anvil_address_equal(&local.address, own))
        return -ANVIL_EADDRNOTAVAIL;
    return anvil_bind_local(host, turn, slot, local);
}

int anvil_host_local_name(const struct anvil_host *host, int socket, struct anvil_endpoint *name)
{
    const struct slot *slot = anvil_slot_of(host, socket);
    if (slot == NULL || slot->lingering)
        return -ANVIL_EBADF;
    *name = anvil_bind_to_user(slot, &slot->name.local);
    if (name->address.family == 0)
        name->address.family = slot->family;
    return 0;
}

int anvil_host_peer_name(const struct anvil_host *host, int socket, struct anvil_endpoint *name)
{
    const struct slot *slot = anvil_slot_of(host, socket);
    if (slot == NULL || slot->lingering)
        return -ANVIL_EBADF;
    if (slot->phase != PHASE_CONNECTED)
        return -ANVIL_ENOTCONN;
    *name = anvil_bind_to_user(slot, &slot->name.remote);
    return 0;
}
