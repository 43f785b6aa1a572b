/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The variants of a case: other initial sequence numbers, another clock, another IP version. The
 * verdict may not depend on them; if it does, something compares sequence numbers or times wrongly.
 */
#include "run/run.h"

#include <string.h>

enum { ISS_VALUES = 5, CLOCKS = 3 };

static const uint32_t iss_values[ISS_VALUES] = { 0, 0x7fffffff, 0x80000000, 0xfffffffe,
                                                 0xffffffff };

/* Each wraps one second after the start: as 32 bits of microseconds, and of milliseconds. */
static const struct { const char *name; uint64_t us; } clocks[CLOCKS] = {
    { "0", 0 },
    { "2^32us-1s", (UINT64_C(1) << 32) - 1000000 },
    { "2^32ms-1s", (UINT64_C(1) << 32) * 1000 - 1000000 },
};

struct pins {
    bool family, iss, peer, clock; /* what must stay as it is */
    uint8_t fixed_family;
};

/* Lines that hold numbers as they are on the wire do not stand a change of those numbers. */
static void pin_for_packet(const struct script_packet *packet, struct pins *pins)
{
    if (packet->protocol == SCRIPT_ICMP || packet->ip.ip_given || packet->has_endpoints)
        pins->family = true; /* names, fields and addresses of one IP version */
    bool absolute = packet->seq.form == SCRIPT_SEQ_ABSOLUTE || packet->ack_absolute;
    pins->iss = pins->iss || absolute;
    pins->peer = pins->peer || absolute;
}

static bool sets_ip_option(const struct script_call *call)
{
    for (const struct script_expr *e = call->arguments; e != NULL; e = e->next)
        if (e->kind == SCRIPT_EXPR_SYMBOL &&
            (strncmp(e->text, "IP_", 3) == 0 || strncmp(e->text, "IPV6_", 5) == 0 ||
             strncmp(e->text, "AF_INET", 7) == 0))
            return true;
    return false;
}

static bool writes_address(const struct script_call *call)
{
    for (const struct script_expr *e = call->arguments; e != NULL; e = e->next)
        if (e->kind == SCRIPT_EXPR_STRUCT && script_expr_field(e, "sin_addr") != NULL)
            return true;
    return false;
}

/* What of a script, and of a target, stands in the way of variants. */
static struct pins find_pins(const struct script *script, const struct anvil_target *target)
{
    const struct anvil_target_traits *traits = target->traits();
    struct pins pins = { .family = script_option(script, "ip_version") != NULL ||
                                   script_option(script, "local_ip") != NULL ||
                                   script_option(script, "remote_ip") != NULL || !traits->ipv6 };
    pins.iss = script->has_iss || script->own_iss || !traits->fixes_iss;
    pins.peer = script->has_irs;
    pins.clock = script->has_clock || traits->real_time;
    for (const struct script_conn *conn = script->conns; conn != NULL; conn = conn->next)
        if (conn->local.address.family != 0 || conn->remote.address.family != 0)
            pins.family = true;
    for (const struct script_event *event = script->events; event != NULL; event = event->next) {
        if (event->kind == SCRIPT_EVENT_PACKET)
            pin_for_packet(event->packet, &pins);
        if (event->kind == SCRIPT_EVENT_FRAME)
            pins.family = pins.iss = pins.peer = true;
        if (event->kind == SCRIPT_EVENT_CALL &&
            (sets_ip_option(event->call) || writes_address(event->call)))
            pins.family = true;
    }
    const struct script_item *version = script_option(script, "ip_version");
    bool six = version != NULL && version->value != NULL && strcmp(version->value, "ipv6") == 0;
    pins.fixed_family = six ? 6 : 4;
    return pins;
}

static void describe(struct run_variant *variant, const struct pins *pins, int clock)
{
    char iss[24] = "", peer[24] = "", at[24] = "";
    if (variant->has_iss)
        snprintf(iss, sizeof iss, " iss=0x%x", (unsigned)variant->iss);
    if (!pins->peer)
        snprintf(peer, sizeof peer, " peer=0x%x", (unsigned)variant->peer_shift);
    if (variant->has_clock)
        snprintf(at, sizeof at, " clock=%s", clocks[clock].name);
    int family = pins->family ? pins->fixed_family : variant->family;
    snprintf(variant->name, sizeof variant->name, "ipv%d%s%s%s", family, iss, peer, at);
}

/*
 * Row (i, c): our ISN is value i, the peer's is value i + c + 1, the clock is number c, and the IP
 * version alternates. So each pair of (ISNs, clock), (ISNs, version), (clock, version) comes up.
 */
size_t run_variants(const struct script *script, const struct anvil_target *target,
                    struct run_variant variants[RUN_VARIANTS_MAX])
{
    struct pins pins = find_pins(script, target);
    size_t count = 0;
    int rows = pins.iss && pins.peer ? 2 : ISS_VALUES;
    int columns = pins.clock ? 2 : CLOCKS;
    for (int c = 0; c < columns; c++) {
        for (int i = 0; i < rows; i++) {
            struct run_variant *variant = &variants[count];
            memset(variant, 0, sizeof *variant);
            variant->family = pins.family ? 0 : (i + c) % 2 == 0 ? 6 : 4;
            variant->has_iss = !pins.iss;
            variant->iss = pins.iss ? 0 : iss_values[i];
            variant->peer_shift = pins.peer ? 0 : iss_values[(i + c + 1) % ISS_VALUES];
            variant->has_clock = !pins.clock;
            variant->clock_us = pins.clock ? 0 : clocks[c].us;
            describe(variant, &pins, c);
            bool known = false;
            for (size_t k = 0; k < count; k++)
                known = known || strcmp(variants[k].name, variant->name) == 0;
            count += !known;
        }
    }
    return count;
}
