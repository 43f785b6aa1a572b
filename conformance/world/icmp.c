/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP errors that a router on the way makes about a frame. RFC 792, RFC 4443. */
#include "world/internal.h"

enum { QUOTED_MAX = 128, UNREACHABLE = 3, TIME_EXCEEDED = 11, TOO_BIG_CODE = 4 };
enum { UNREACHABLE_V6 = 1, TOO_BIG_V6 = 2, TIME_EXCEEDED_V6 = 3 };
enum { LEAST_MTU_V4 = 576, LEAST_MTU_V6 = 1280 };

/* Type, code and MTU: soft errors, and reports of a smaller MTU that is true of no later frame. */
static void choose(struct world *world, bool v6, struct wire_icmp *icmp)
{
    uint32_t least = v6 ? LEAST_MTU_V6 : LEAST_MTU_V4;
    uint32_t mtu = world->plan->mtu > least ? world->plan->mtu : least;
    switch (world_draw(world->draw, 3)) {
    case 0:
        icmp->type = v6 ? UNREACHABLE_V6 : UNREACHABLE;
        icmp->code = v6 ? 0 : 1; /* no route; host unreachable */
        break;
    case 1:
        icmp->type = v6 ? TIME_EXCEEDED_V6 : TIME_EXCEEDED;
        break;
    default:
        icmp->type = v6 ? TOO_BIG_V6 : UNREACHABLE;
        icmp->code = v6 ? 0 : TOO_BIG_CODE;
        icmp->mtu = least + (uint32_t)world_draw(world->draw, mtu - least + 1);
        icmp->rest = icmp->mtu;
        break;
    }
}

/* The error, as a frame to the sender of `bytes`; 0: none can be made. */
size_t world_icmp_error(struct world *world, const uint8_t *bytes, size_t length, uint8_t *out,
                        size_t room)
{
    struct wire_frame about;
    if (wire_decode(&about, bytes, length) != WIRE_OK || about.kind != WIRE_KIND_TCP)
        return 0;
    struct wire_frame error = { .kind = WIRE_KIND_ICMP };
    bool v6 = about.ip.version == 6;
    error.ip.version = about.ip.version;
    error.ip.source = about.ip.destination;
    error.ip.destination = about.ip.source;
    error.ip.ttl = 64;
    choose(world, v6, &error.icmp);
    error.icmp.quoted = bytes;
    error.icmp.quoted_bytes = length < QUOTED_MAX ? length : QUOTED_MAX;
    return wire_encode(&error, NULL, out, room);
}
