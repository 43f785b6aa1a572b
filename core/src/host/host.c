/* SPDX-License-Identifier: BSD-2-Clause */
/* The host as a whole: its block of memory, its sockets seen from outside. */
#include "host/options.h"
#include "host/output.h"
#include "host/slots.h"

#include <assert.h>
#include <string.h>

/* The least MTU that every IPv4 link has. RFC 791 3.2. */
#define MTU_LEAST 68u
#define MTU_MOST 65535u

#define SLOTS_MOST 0x1000000u

static_assert(sizeof(struct slot) + 6 * sizeof(uint32_t) <= ANVIL_HOST_SLOT_OCTETS,
              "a slot, its two to four chains of names, its place in the heap, a descriptor");

/* Where the tables lie, and how long the block is. */
struct layout {
    size_t tuples, ports, heap, descriptors, slots, units, area, size;
    uint32_t tuple_count, unit_count;
};

/* Appends a table of `count` entries of `size` octets to the block; where it starts. The tables of
 * the largest configuration are far from 2^64 octets. */
static size_t append(uint64_t *end, uint32_t count, size_t size)
{
    uint64_t start = (*end + 15u) & ~UINT64_C(15);
    *end = start + (uint64_t)count * size;
    return (size_t)start;
}

/* The layout of a host's block; false if the configuration is not valid, or so large that a size_t
 * cannot tell the block's length. */
static bool lay_out(const struct anvil_host_config *config, struct layout *layout)
{
    bool limits = config->slots <= SLOTS_MOST && config->descriptors >= 1 &&
                  config->descriptors <= config->slots && config->mtu >= MTU_LEAST &&
                  config->mtu <= MTU_MOST && config->pool >= ANVIL_POOL_UNIT;
    if (!limits)
        return false;
    layout->tuple_count = 16;
    while (layout->tuple_count < 2u * config->slots)
        layout->tuple_count *= 2u;
    layout->unit_count = config->pool / ANVIL_POOL_UNIT;
    uint64_t end = sizeof(struct anvil_host);
    layout->tuples = append(&end, layout->tuple_count, sizeof(uint32_t));
    layout->ports = append(&end, PORT_BUCKETS, sizeof(uint32_t));
    layout->heap = append(&end, config->slots, sizeof(uint32_t));
    layout->descriptors = append(&end, config->descriptors, sizeof(uint32_t));
    layout->slots = append(&end, config->slots, sizeof(struct slot));
    layout->units = append(&end, layout->unit_count, sizeof(struct pool_unit));
    layout->area = append(&end, layout->unit_count, ANVIL_POOL_UNIT);
    layout->size = (size_t)end;
    return end <= PTRDIFF_MAX;
}

size_t anvil_host_size(const struct anvil_host_config *config)
{
    struct layout layout;
    return lay_out(config, &layout) ? layout.size : 0;
}

/* A key of its own for the tables: SipHash-1-3 and 2-4 do not share one. Its octets are the hash's,
 * the lowest first, on every machine. */
static struct anvil_secret make_table_secret(const struct anvil_secret *secret)
{
    struct anvil_secret made;
    for (unsigned i = 0; i < ANVIL_SECRET_SIZE; i++) {
        uint8_t half = (uint8_t)(i / 8u); /* a message of one octet; those of isn.c are longer */
        made.octets[i] = (uint8_t)(anvil_siphash(secret, &half, 1) >> 8u * (i % 8u));
    }
    return made;
}

struct anvil_host *anvil_host_open(void *memory, const struct anvil_host_config *config)
{
    struct layout layout;
    struct anvil_host *host = memory;
    if (!lay_out(config, &layout))
        return NULL;
    memset(host, 0, sizeof *host);
    memcpy(&host->config, config, sizeof *config);
    host->table_secret = make_table_secret(&config->secret);
    anvil_pool_open(&host->pool, layout.unit_count);
    host->tuples_at = layout.tuples;
    host->ports_at = layout.ports;
    host->heap_at = layout.heap;
    host->descriptors_at = layout.descriptors;
    host->slots_at = layout.slots;
    host->units_at = layout.units;
    host->area_at = layout.area;
    host->tuple_mask = layout.tuple_count - 1u;
    memset(host_at(host, layout.tuples), 0, layout.tuple_count * sizeof(uint32_t));
    memset(host_at(host, layout.ports), 0, PORT_BUCKETS * sizeof(uint32_t));
    return host;
}

int anvil_host_socket(struct anvil_host *host, const struct anvil_turn *turn, unsigned family)
{
    anvil_output_begin(turn);
    if (family != ANVIL_IPV4 && family != ANVIL_IPV6)
        return -ANVIL_EAFNOSUPPORT;
    struct slot *slot = anvil_slot_take(host, (uint8_t)family);
    if (slot == NULL)
        return -ANVIL_ENFILE;
    if (!anvil_descriptor_take(host, slot)) {
        anvil_slot_free(host, slot);
        return -ANVIL_EMFILE;
    }
    for (unsigned option = 0; option < ANVIL_SO_COUNT; option++)
        slot->option[option] = OPTION_UNSET;
    return slot->descriptor;
}

int anvil_host_descriptors(const struct anvil_host *host)
{
    return (int)host->descriptors_fresh;
}

int anvil_host_look(const struct anvil_host *host, uint32_t index, struct anvil_host_view *view)
{
    if (index >= host->slots_fresh)
        return -1;
    const struct slot *slot = host_slot(host, index + 1u);
    if (!slot->used)
        return 0;
    *view = (struct anvil_host_view){
        .descriptor = slot->lingering ? -1 : slot->descriptor,
        .name = slot->name,
        .tcb = &slot->tcb,
        .path_mtu = slot->path_mtu != 0 ? slot->path_mtu : host->config.mtu,
        .unread = slot->read_to - slot->read_from,
        .unsent = slot->written - slot->acked,
    };
    uint32_t flight = anvil_seq_from(slot->tcb.snd_una, slot->tcb.snd_max);
    view->unsent -= flight < view->unsent ? flight : view->unsent;
    return 1;
}

const struct anvil_host_counters *anvil_host_counts(const struct anvil_host *host)
{
    return &host->counters;
}

const char *anvil_host_verdict(const struct anvil_host *host)
{
    if (host->verdict_drop != ANVIL_DROP_NONE)
        return anvil_drop_name((enum anvil_drop)host->verdict_drop);
    if (host->verdict_refusal != ANVIL_REFUSED_NOT)
        return anvil_refusal_name((enum anvil_refusal)host->verdict_refusal);
    return anvil_check_name((enum anvil_check)host->verdict_check);
}
