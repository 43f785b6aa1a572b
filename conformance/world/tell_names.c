/* SPDX-License-Identifier: BSD-2-Clause */
/* The connections of a run by their four-tuples, for those that have more than the world's own. */
#include "world/internal.h"
#include "world/tell.h"

#include <string.h>

static bool same(const struct anvil_target_address *a, const struct anvil_target_address *b)
{
    return a->family == b->family && a->port == b->port &&
           memcmp(a->octets, b->octets, a->family == 4 ? 4 : 16) == 0;
}

static void copy(struct anvil_target_address *out, const struct wire_address *from, uint16_t port)
{
    memset(out, 0, sizeof *out);
    out->family = from->version;
    out->port = port;
    memcpy(out->octets, from->bytes, from->version == 4 ? 4 : 16);
}

bool world_tell_tuple(const struct wire_frame *frame, bool sent, struct world_tell_tuple *tuple)
{
    const struct wire_quote *quote = &frame->icmp.quote;
    switch (frame->kind) {
    case WIRE_KIND_TCP:
        copy(sent ? &tuple->local : &tuple->remote, &frame->ip.source, frame->tcp.source_port);
        copy(sent ? &tuple->remote : &tuple->local, &frame->ip.destination,
             frame->tcp.destination_port);
        return true;
    case WIRE_KIND_ICMP:
        copy(&tuple->local, &quote->ip.source, quote->source_port);
        copy(&tuple->remote, &quote->ip.destination, quote->destination_port);
        return quote->has_ip && quote->has_ports && !sent;
    case WIRE_KIND_OTHER: break;
    }
    return false;
}

uint32_t world_tell_number(struct world_tell_names *names, const struct world_tell_tuple *tuple)
{
    for (size_t i = 0; i < names->count; i++)
        if (same(&names->tuple[i].local, &tuple->local) &&
            same(&names->tuple[i].remote, &tuple->remote))
            return (uint32_t)i + 1;
    if (names->count == WORLD_TELL_NAMES_MAX)
        return 0;
    names->tuple[names->count++] = *tuple;
    return (uint32_t)names->count;
}

uint32_t world_tell_bound(struct world_tell_names *names,
                          const struct anvil_target_address *local, enum world_side side)
{
    struct world_tell_tuple tuple = { .local = *local };
    for (size_t i = 0; i < names->count; i++)
        if (same(&names->tuple[i].local, local))
            return (uint32_t)i + 1;
    tuple.remote = world_address(local->family, side == WORLD_A ? WORLD_B : WORLD_A);
    return world_tell_number(names, &tuple);
}

bool world_tell_is_many(const struct world_record *record, const struct world_plan *plan,
                        enum world_side side)
{
    struct world_tell_tuple own = {
        .local = world_address(plan->family, side),
        .remote = world_address(plan->family, side == WORLD_A ? WORLD_B : WORLD_A)
    };
    for (size_t i = 0; i < record->count; i++) {
        const struct world_event *event = &record->events[i];
        struct world_tell_tuple tuple;
        struct wire_frame frame;
        bool sent = event->kind == WORLD_EVENT_SENT;
        if (event->side == side && event->kind == WORLD_EVENT_CALL &&
            event->call.kind == ANVIL_CALL_BIND && !same(&event->call.address, &own.local))
            return true;
        if (event->side != side || (!sent && event->kind != WORLD_EVENT_ARRIVED) ||
            wire_decode(&frame, record->bytes + event->offset, event->length) != WIRE_OK)
            continue;
        if (frame.kind == WIRE_KIND_TCP && world_tell_tuple(&frame, sent, &tuple) &&
            !(same(&tuple.local, &own.local) && same(&tuple.remote, &own.remote)))
            return true;
    }
    return false;
}

/* "192.0.2.1:80", "[2001:db8::1]:80". */
static void put_address(const struct anvil_target_address *address, FILE *out)
{
    struct wire_address wire = { .version = address->family };
    char text[64];
    memcpy(wire.bytes, address->octets, sizeof wire.bytes);
    wire_print_address(text, sizeof text, &wire);
    fprintf(out, address->family == 6 ? "[%s]:%u" : "%s:%u", text, (unsigned)address->port);
}

void world_tell_names(const struct world_tell_names *names, FILE *out)
{
    for (size_t i = 0; i < names->count; i++) {
        fprintf(out, "//: conn c%zu ", i + 1);
        put_address(&names->tuple[i].local, out);
        fputs(" > ", out);
        put_address(&names->tuple[i].remote, out);
        fputc('\n', out);
    }
}
