/* SPDX-License-Identifier: BSD-2-Clause */
/* Which socket a segment is for: see demux.h. Chained hash tables, keyed by the host's secret, so
 * that no peer can choose names that share a chain. */
#include "host/demux.h"

#include <string.h>

/* The keyed hash of a name. */
static uint64_t hash(const struct anvil_host *host, const struct anvil_four_tuple *name)
{
    return anvil_siphash(&host->config.secret, (const uint8_t *)name, sizeof *name);
}

/* Where the chain for this name starts. */
static uint32_t *chain(const struct anvil_host *host, const struct anvil_four_tuple *name)
{
    uint32_t *buckets = host_at(host, host->tuples_at);
    return &buckets[hash(host, name) & host->tuple_mask];
}

void anvil_demux_add(struct anvil_host *host, struct slot *slot)
{
    uint32_t *first = chain(host, &slot->name);
    slot->tuple_next = *first;
    slot->in_tuples = 1;
    *first = slot->number;
}

void anvil_demux_remove(struct anvil_host *host, struct slot *slot)
{
    if (!slot->in_tuples)
        return;
    uint32_t *link = chain(host, &slot->name);
    while (*link != slot->number)
        link = &host_slot(host, *link)->tuple_next;
    *link = slot->tuple_next;
    slot->tuple_next = 0;
    slot->in_tuples = 0;
}

/* The slot of this name after `skip` others of it. */
static struct slot *find(const struct anvil_host *host, const struct anvil_four_tuple *name,
                         uint32_t skip)
{
    for (uint32_t number = *chain(host, name); number != 0;) {
        struct slot *slot = host_slot(host, number);
        number = slot->tuple_next;
        if (memcmp(&slot->name, name, sizeof *name) == 0 && skip-- == 0)
            return slot;
    }
    return NULL;
}

struct slot *anvil_demux_find(const struct anvil_host *host, const struct anvil_four_tuple *name)
{
    return find(host, name, 0);
}

/* How many sockets have this name: more than one only with SO_REUSEPORT. */
static uint32_t count(const struct anvil_host *host, const struct anvil_four_tuple *name)
{
    uint32_t found = 0;
    while (find(host, name, found) != NULL)
        found++;
    return found;
}

/* The listener at this local end, for a SYN of this name. */
static struct slot *listener_at(const struct anvil_host *host, const struct anvil_endpoint *local,
                                const struct anvil_four_tuple *name)
{
    struct anvil_four_tuple key = { .local = *local };
    struct slot *first = find(host, &key, 0);
    if (first == NULL || first->option[ANVIL_SO_REUSEPORT] != 1)
        return first;
    return find(host, &key, (uint32_t)(hash(host, name) >> 32) % count(host, &key));
}

struct slot *anvil_demux_listener(const struct anvil_host *host,
                                  const struct anvil_four_tuple *name)
{
    struct slot *slot = listener_at(host, &name->local, name);
    if (slot != NULL)
        return slot;
    struct anvil_endpoint any = { .address.family = name->local.address.family,
                                  .port = name->local.port };
    slot = listener_at(host, &any, name);
    if (slot != NULL || any.address.family == ANVIL_IPV6)
        return slot;
    any.address.family = ANVIL_IPV6; /* an IPv6 listener without an address takes IPv4, too */
    return listener_at(host, &any, name);
}

/* Where the chain for this port starts. */
static uint32_t *port_chain(const struct anvil_host *host, uint16_t port)
{
    uint32_t *buckets = host_at(host, host->ports_at);
    return &buckets[port % PORT_BUCKETS];
}

void anvil_ports_add(struct anvil_host *host, struct slot *slot)
{
    uint32_t *first = port_chain(host, slot->name.local.port);
    slot->port_next = *first;
    slot->in_ports = 1;
    *first = slot->number;
}

void anvil_ports_remove(struct anvil_host *host, struct slot *slot)
{
    if (!slot->in_ports)
        return;
    uint32_t *link = port_chain(host, slot->name.local.port);
    while (*link != slot->number)
        link = &host_slot(host, *link)->port_next;
    *link = slot->port_next;
    slot->port_next = 0;
    slot->in_ports = 0;
}

uint32_t anvil_ports_first(const struct anvil_host *host, uint16_t port)
{
    return *port_chain(host, port);
}
