/* SPDX-License-Identifier: BSD-2-Clause */
/* Which socket a segment is for: see demux.h. Chained hash tables, keyed by the host's secret, so
 * that no peer can choose names that share a chain. */
#include "host/demux.h"

#include "host/name_hash.h"

#include <string.h>

/* The keyed hash of a name. */
static uint64_t hash(const struct anvil_host *host, const struct anvil_four_tuple *name)
{
    return anvil_name_hash(&host->table_secret, name);
}

/* Where a chain starts. */
static uint32_t *start_of(const struct anvil_host *host, uint32_t chain)
{
    uint32_t *starts = host_at(host, host->tuples_at);
    return &starts[chain];
}

/* The chain for this name. A listener's, whose remote end is all zero, goes by its port alone: the
 * user chose it, not a peer. */
static uint32_t chain_for(const struct anvil_host *host, const struct anvil_four_tuple *name)
{
    bool listens = name->remote.address.family == 0;
    return (listens ? name->local.port : (uint32_t)hash(host, name)) & host->tuple_mask;
}

void anvil_demux_add(struct anvil_host *host, struct slot *slot)
{
    slot->tuple_chain = chain_for(host, &slot->name);
    uint32_t *first = start_of(host, slot->tuple_chain);
    slot->tuple_next = *first;
    slot->in_tuples = 1;
    *first = slot->number;
    host->last_found = slot->number;
}

void anvil_demux_remove(struct anvil_host *host, struct slot *slot)
{
    if (!slot->in_tuples)
        return;
    uint32_t *link = start_of(host, slot->tuple_chain);
    while (*link != slot->number)
        link = &host_slot(host, *link)->tuple_next;
    *link = slot->tuple_next;
    if (host->last_found == slot->number)
        host->last_found = 0;
    slot->in_tuples = 0;
}

/* The first slot of this name from `number` on in its chain, or NULL. */
static struct slot *find_from(const struct anvil_host *host, uint32_t number,
                              const struct anvil_four_tuple *name)
{
    while (number != 0) {
        struct slot *slot = host_slot(host, number);
        if (memcmp(&slot->name, name, sizeof *name) == 0)
            return slot;
        number = slot->tuple_next;
    }
    return NULL;
}

struct slot *anvil_demux_segment(struct anvil_host *host, const struct anvil_four_tuple *name)
{
    if (host->last_found != 0) {
        struct slot *last = host_slot(host, host->last_found);
        if (memcmp(&last->name, name, sizeof *name) == 0)
            return last;
    }
    struct slot *slot = anvil_demux_find(host, name);
    if (slot != NULL)
        host->last_found = slot->number;
    return slot;
}

struct slot *anvil_demux_find(const struct anvil_host *host, const struct anvil_four_tuple *name)
{
    return find_from(host, *start_of(host, chain_for(host, name)), name);
}

/* A number that mixes well a flow's hash with a listener's number: SplitMix64's last steps, but for
 * the very last, which leaves the upper half as it is. */
static uint64_t weight(uint64_t flow, uint32_t number)
{
    uint64_t mixed = flow + number * UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed;
}

/* The listener at this local end, for a SYN of this name: of several, the one with the greatest
 * weight, so that one pass decides and a listener that comes or goes moves only its own share. */
static struct slot *listener_at(const struct anvil_host *host, const struct anvil_endpoint *local,
                                const struct anvil_four_tuple *name)
{
    struct anvil_four_tuple key = { .local = *local };
    struct slot *best = anvil_demux_find(host, &key);
    if (best == NULL || best->option[ANVIL_SO_REUSEPORT] != 1)
        return best;
    uint64_t flow = hash(host, name), most = weight(flow, best->number);
    for (struct slot *other = best; (other = find_from(host, other->tuple_next, &key)) != NULL;) {
        uint64_t other_weight = weight(flow, other->number);
        if (other_weight > most) {
            best = other;
            most = other_weight;
        }
    }
    return best;
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
    slot->port_prev = 0;
    slot->in_ports = 1;
    if (*first != 0)
        host_slot(host, *first)->port_prev = slot->number;
    *first = slot->number;
}

void anvil_ports_remove(struct anvil_host *host, struct slot *slot)
{
    if (!slot->in_ports)
        return;
    if (slot->port_prev == 0)
        *port_chain(host, slot->name.local.port) = slot->port_next;
    else
        host_slot(host, slot->port_prev)->port_next = slot->port_next;
    if (slot->port_next != 0)
        host_slot(host, slot->port_next)->port_prev = slot->port_prev;
    slot->in_ports = 0;
}

uint32_t anvil_ports_first(const struct anvil_host *host, uint16_t port)
{
    return *port_chain(host, port);
}
