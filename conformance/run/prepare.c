/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is settled before the first line runs: options, addresses, settings, and whether the runner
 * and the target can do what the script needs. A case that needs more is skipped before it starts,
 * so that it cannot seem to fail for another reason first.
 */
#include "run/state.h"

#include <stdlib.h>
#include <string.h>

enum {
    WHY_MAX = 256,
    DEFAULT_PORT = 8080,       /* as upstream, for bind() and connect() */
    DEFAULT_MTU = 1500,
    IPV6_EXTRA = 20,           /* how much longer the header of IPv6 is */
    DEFAULT_STAMP_TICK_US = 1000
};

/* The clock of a plain run, in microseconds: an unremarkable time, 1,000 seconds after start. */
#define PLAIN_CLOCK_US UINT64_C(1000000000)

static bool choose_family(struct run *run)
{
    const struct script_item *item = script_option(run->script, "ip_version");
    const struct run_variant *variant = run->options->variant;
    const char *wanted = item == NULL || item->value == NULL ? "ipv4" : item->value;
    run->mapped = strcmp(wanted, "ipv4-mapped-ipv6") == 0;
    run->family = strcmp(wanted, "ipv6") == 0 ? 6 : 4;
    if (item == NULL && variant != NULL && variant->family != 0)
        run->family = variant->family;
    if (run->family == 6 && !run->traits->ipv6) {
        run_skip(run, NULL, "the target has no IPv6");
        return false;
    }
    return true;
}

/* Reads the addresses of targets and peers that no option says otherwise. */
bool run_addresses_make(struct run *run)
{
    return wire_parse_address(&run->usual_local[0], "192.168.0.1") &&
           wire_parse_address(&run->usual_local[1], "fd3d:fa7b:d17d::1") &&
           wire_parse_address(&run->usual_remote[0], "192.0.2.1") &&
           wire_parse_address(&run->usual_remote[1], "2001:db8::1");
}

/* An address option of the script, or the usual one. */
static bool choose_address(struct run *run, const char *name, const struct wire_address *usual,
                           struct wire_address *address)
{
    const struct script_item *item = script_option(run->script, name);
    char text[64];
    *address = *usual;
    if (item == NULL || item->value == NULL)
        return true;
    snprintf(text, sizeof text, "%s", item->value);
    text[strcspn(text, "/")] = '\0'; /* 192.0.2.1/24: the prefix does not matter here */
    if (wire_parse_address(address, text) && address->version == run->family)
        return true;
    run_error(run, NULL, run_text(run, "--%s=%s is no address of this IP version", name, text));
    return false;
}

static bool choose_addresses(struct run *run)
{
    bool v6 = run->family == 6;
    return choose_address(run, "local_ip", &run->usual_local[v6], &run->local) &&
           choose_address(run, "remote_ip", &run->usual_remote[v6], &run->remote);
}

/* Tolerances, ports, MTU, and how closely timestamps are judged. */
static void choose_numbers(struct run *run)
{
    const struct run_variant *variant = run->options->variant;
    bool shifted = script_option(run->script, "ip_version") == NULL && variant != NULL &&
                   run->family == 6;
    run->exact = run->script->exact || run->options->exact;
    run->tolerance_us =
        run->exact ? 0 : run_option_number(run, "tolerance_usecs", RUN_DEFAULT_TOLERANCE_US);
    uint64_t granularity = run->traits->granularity_us > 0 ? run->traits->granularity_us : 1;
    run->early_us = granularity - 1;
    run->late_us = granularity - 1 + run->traits->tolerance_us;
    run->bind_port = (uint16_t)run_option_number(run, "bind_port", DEFAULT_PORT);
    run->connect_port = (uint16_t)run_option_number(run, "connect_port", DEFAULT_PORT);
    run->stamp_tick_us = run_option_number(run, "tcp_ts_tick_usecs",
                                           run->strict ? DEFAULT_STAMP_TICK_US : 0);
    run->mtu = (uint32_t)run_option_number(run, "mtu", DEFAULT_MTU);
    run->mtu += shifted ? IPV6_EXTRA : 0; /* the same MSS in both versions */
}

/* Settings that the script names. False: one is wrong. */
static bool add_settings(struct run *run, const struct script_item *item, const char *directive)
{
    for (; item != NULL; item = item->next) {
        char *end = NULL;
        uint64_t value = item->value == NULL ? 0 : strtoull(item->value, &end, 0);
        if (item->value == NULL || end == item->value || *end != '\0') {
            run_error(run, NULL, run_text(run, "%s %s needs a number", directive, item->name));
            run->result.line = (int)item->pos.line;
            return false;
        }
        if (run->setting_count == RUN_SETTINGS_MAX) {
            run_error(run, NULL, "too many policy and prefer directives");
            return false;
        }
        run->settings[run->setting_count++] = (struct anvil_target_setting){ item->name, value };
    }
    return true;
}

/* Of several settings for one field the last counts: what the script would like, what the caller
 * says, what the script is about. A stack with ways of its own is not asked for the first. */
static bool add_policies(struct run *run)
{
    if (run->traits->follows_policy && !add_settings(run, run->script->prefers, "prefer"))
        return false;
    for (size_t i = 0; i < run->options->setting_count && run->setting_count < RUN_SETTINGS_MAX;
         i++)
        run->settings[run->setting_count++] = run->options->settings[i];
    return add_settings(run, run->script->policies, "policy");
}

/* The commands before the first event that is none: they set up the machine. */
static bool apply_commands(struct run *run)
{
    char why[WHY_MAX];
    for (const struct script_item *item = run->script->init; item != NULL; item = item->next) {
        if (run_command_prepare(run, item->name, why, sizeof why) == RUN_COMMAND_UNSUPPORTED) {
            run_skip(run, NULL, run_text(run, "%s", why));
            run->result.line = (int)item->pos.line;
            return false;
        }
    }
    const struct script_event *event = run->script->events;
    for (; event != NULL && event->kind == SCRIPT_EVENT_COMMAND; event = event->next) {
        if (run_command_prepare(run, event->text, why, sizeof why) == RUN_COMMAND_UNSUPPORTED) {
            run_skip(run, event, run_text(run, "%s", why));
            return false;
        }
    }
    return true;
}

/* Why the runner cannot play this packet, or NULL. */
static const char *packet_unsupported(const struct run *run, const struct script_packet *packet)
{
    if (packet->protocol == SCRIPT_UDP)
        return "unsupported: UDP packets";
    if (packet->protocol == SCRIPT_OTHER)
        return "unsupported: packets of another protocol";
    if (packet->has_udp_encap)
        return "unsupported: TCP in UDP";
    if (packet->encap != NULL)
        return "unsupported: encapsulated packets";
    const struct script_item *joined = script_option(run->script, "mss");
    if (joined != NULL && joined->value != NULL && !packet->outbound &&
        packet->seq.length > strtoul(joined->value, NULL, 10))
        return "unsupported: segments joined by receive offload (--mss)";
    if (packet->outbound && !run->strict && (packet->flags & SCRIPT_SYN) != 0 &&
        (packet->flags & (SCRIPT_ECE | SCRIPT_CWR)) != 0)
        return "unsupported: Explicit Congestion Notification";
    const struct script_tcp_option *option = packet->options;
    for (; option != NULL; option = option->next) {
        bool fast_open = option->kind == SCRIPT_OPT_FASTOPEN ||
                         option->kind == SCRIPT_OPT_FASTOPEN_EXP;
        if (fast_open && (packet->outbound || !run->strict)) /* ours may show what is ignored */
            return "unsupported: TCP Fast Open";
        if (option->kind == SCRIPT_OPT_MD5)
            return "unsupported: TCP MD5 signatures";
    }
    return NULL;
}

static const char *code_unsupported(struct run *run, const struct script_event *event)
{
    const struct script_statement *statement = event->statements;
    for (; statement != NULL; statement = statement->next)
        if (statement->kind == SCRIPT_STATEMENT_UNKNOWN)
            return run_text(run, "unsupported Python: %s", statement->reason);
    return NULL;
}

static const char *event_unsupported(struct run *run, const struct script_event *event)
{
    char why[WHY_MAX];
    const char *found = NULL;
    switch (event->kind) {
    case SCRIPT_EVENT_PACKET: return packet_unsupported(run, event->packet);
    case SCRIPT_EVENT_CALL:
        found = run_call_unsupported(event->call, why, sizeof why);
        return found == NULL ? NULL : run_text(run, "%s", why);
    case SCRIPT_EVENT_CODE: return code_unsupported(run, event);
    case SCRIPT_EVENT_STEP:
        if (strcmp(event->text, "exit") == 0)
            return NULL;
        return run_text(run, "no target can do the step \"%s\"", event->text);
    case SCRIPT_EVENT_COMMAND:
    case SCRIPT_EVENT_FRAME:
    case SCRIPT_EVENT_QUIET: return NULL;
    }
    return NULL;
}

/* Commands further down are judged as well, with the settings as they will be then. */
static const char *late_command_unsupported(struct run *run, const struct script_event *event)
{
    char why[WHY_MAX];
    size_t before = run->setting_count;
    enum run_command result = run_command_prepare(run, event->text, why, sizeof why);
    run->setting_count = before;
    return result == RUN_COMMAND_UNSUPPORTED ? run_text(run, "%s", why) : NULL;
}

/* Whether a line makes sense by itself; else the case ends. */
static bool event_fits(struct run *run, const struct script_event *event)
{
    if (event->kind == SCRIPT_EVENT_CALL)
        return run_call_fits(run, event);
    if (event->kind != SCRIPT_EVENT_CODE)
        return true;
    bool fits = run_code_fits(run, event);
    for (const struct script_event *other = event->others; other != NULL; other = other->next)
        fits = fits && run_code_fits(run, other);
    return fits;
}

/* Every line, before any runs: what cannot be served skips the case, what is wrong ends it. */
static bool check_events(struct run *run)
{
    bool started = false;
    const struct script_event *event = run->script->events;
    for (; event != NULL; event = event->next) {
        const char *why = event_unsupported(run, event);
        if (why != NULL && event->kind == SCRIPT_EVENT_CALL && !run_call_is_known(run, event))
            return false;
        if (event->kind == SCRIPT_EVENT_COMMAND && started)
            why = late_command_unsupported(run, event);
        if (event->kind != SCRIPT_EVENT_COMMAND)
            started = true;
        if (why == NULL && !event_fits(run, event))
            return false;
        if (why == NULL)
            why = run_incapable(run, event);
        if (why == NULL)
            continue;
        run_skip(run, event, why);
        return false;
    }
    return true;
}

static bool choose_clock(struct run *run)
{
    const struct run_variant *variant = run->options->variant;
    int64_t clock_us;
    run->start_us = PLAIN_CLOCK_US;
    if (run->script->has_clock) {
        if (!run_amount(run, &run->script->clock, &clock_us))
            return false;
        run->start_us = (uint64_t)clock_us;
    } else if (variant != NULL && variant->has_clock) {
        run->start_us = variant->clock_us;
    }
    run->now_us = run->reference_us = run->start_us;
    return true;
}

/* Everything before the target is opened. False: the case has ended. */
bool run_prepare(struct run *run)
{
    if (!run_options_fit(run) || !choose_family(run) || !choose_addresses(run))
        return false;
    choose_numbers(run);
    if (run->script->choice && !run->traits->follows_policy) {
        run_skip(run, NULL, "it asks for what the standard leaves to the stack");
        return false;
    }
    return add_policies(run) && apply_commands(run) && check_events(run) && choose_clock(run);
}

static void set_address(struct anvil_target_address *out, const struct wire_address *address)
{
    out->family = address->version;
    memcpy(out->octets, address->bytes, sizeof out->octets);
}

/* A connection of the other version of IP has its own end there: the first one says which. */
static void name_other(const struct run *run, struct anvil_target_config *config)
{
    const struct script_conn *conn = run->script->conns;
    while (conn != NULL && (conn->local.address.family == 0 ||
                            conn->local.address.family == run->family))
        conn = conn->next;
    if (conn != NULL)
        memcpy(run->family == 4 ? config->local_v6.octets : config->local_v4.octets,
               conn->local.address.bytes, sizeof config->local_v6.octets);
}

/* Opens the target. False: the case has ended. */
bool run_open_target(struct run *run)
{
    static const uint8_t secret[16] = { 't', 'c', 'p', 'a', 'n', 'v', 'i', 'l', 0, 1, 2, 3, 4, 5,
                                        6, 7 };
    char why[WHY_MAX] = "the target could not be opened";
    const struct run_variant *variant = run->options->variant;
    struct anvil_target_config config = { .profile = run->profile, .settings = run->settings,
                                          .settings_count = run->setting_count };
    config.mtu = run->mtu;
    config.sockets = run_sockets_most(run->script);
    config.clock_us = run->start_us;
    config.iss_fixed = run->script->has_iss || (variant != NULL && variant->has_iss);
    run->iss_fixed = config.iss_fixed;
    config.iss = run->script->has_iss ? run->script->iss : variant != NULL ? variant->iss : 0;
    memcpy(config.secret, secret, sizeof secret);
    set_address(&config.local_v4, &run->usual_local[0]);
    set_address(&config.local_v6, &run->usual_local[1]);
    name_other(run, &config);
    struct anvil_target_address *local = run->family == 4 ? &config.local_v4 : &config.local_v6;
    memcpy(local->octets, run->local.bytes, sizeof local->octets);
    if (run->script->has_iss && !run->traits->fixes_iss) {
        run_skip(run, NULL, "the target chooses its initial sequence numbers itself");
        return false;
    }
    run->self = run->target->open(&config, why, sizeof why);
    if (run->self == NULL)
        run_skip(run, NULL, run_text(run, "%s", why));
    return run->self != NULL;
}
