/* SPDX-License-Identifier: BSD-2-Clause */
/* Shows each end to the oracles, and reads off its policy how long anything may take. */
#include "world/internal.h"

#include <errno.h>
#include <string.h>

/* What holds where nobody tells: RFC 9293 3.4.2, 3.8.3, 3.9.1.1; RFC 6298 2.5. */
static const struct world_bounds usual = {
    .msl_us = 120000000, .r2_us = 100000000, .syn_r2_us = 180000000, .rto_max_us = 60000000,
    .user_timeout_us = 300000000, .patience_us = 100000000,
};

/* What a profile says, looked up once as long as it stays the same. */
static void read_profile(struct world *world, struct world_end *end, const char *profile)
{
    world_policy_fn policy = world->setup.policy[end->side];
    if (end->known != NULL && strcmp(end->known, profile) == 0)
        return;
    for (int i = 0; i < ORACLE_POLICY_COUNT; i++) {
        uint64_t value;
        bool told = policy != NULL && policy(world->setup.policy_context, profile,
                                             oracle_policy_name((enum oracle_policy)i), &value);
        end->profiled[i] = told ? (int64_t)value : ORACLE_UNKNOWN;
    }
    end->known = profile;
}

static void set_policy(struct world_end *end, const char *name, uint64_t value)
{
    enum oracle_policy policy = oracle_policy_find(name);
    if (policy != ORACLE_POLICY_COUNT)
        end->policy[policy] = (int64_t)value;
}

/* The profile, what the stack says of itself, and the plan's settings over both. */
static void read_policy(struct world *world, struct world_end *end)
{
    const struct world_plan *plan = world->plan;
    const struct anvil_target_traits *traits = end->target->traits();
    const char *profile = plan->profile[end->side];
    read_profile(world, end, profile == NULL ? "rfc9293" : profile);
    memcpy(end->policy, end->profiled, sizeof end->policy);
    for (size_t i = 0; i < traits->fact_count; i++)
        if (traits->facts[i].least == traits->facts[i].most)
            set_policy(end, traits->facts[i].name, traits->facts[i].least);
    for (size_t i = 0; i < plan->setting_count[end->side]; i++)
        set_policy(end, plan->settings[end->side][i].name, plan->settings[end->side][i].value);
}

/* The longer of two times, where the second is known. */
static void at_least(uint64_t *bound, const struct world_end *end, enum oracle_policy policy)
{
    int64_t told = end->policy[policy];
    if (told != ORACLE_UNKNOWN && (uint64_t)told > *bound)
        *bound = (uint64_t)told;
}

/* How long so many retransmissions take, with backoff; 0: they are not what counts. RFC 6298 5.5 */
static uint64_t by_count(const struct world_end *end, enum oracle_policy count,
                         enum oracle_policy rto)
{
    int64_t most_us = end->policy[ORACLE_POLICY_rto_max_us], rto_us = end->policy[rto];
    uint64_t lasts_us = 0;
    if (end->policy[count] == ORACLE_UNKNOWN || end->policy[count] == 0 ||
        most_us == ORACLE_UNKNOWN || rto_us == ORACLE_UNKNOWN)
        return 0;
    for (int64_t sent = 0; sent <= end->policy[count]; sent++) {
        rto_us = rto_us < most_us ? rto_us : most_us;
        lasts_us += (uint64_t)rto_us;
        rto_us *= 2;
    }
    return lasts_us;
}

/* R2 of an end, where it counts retransmissions. */
static void count_r2(struct world_bounds *bounds, const struct world_end *end)
{
    uint64_t least_us[] = {
        by_count(end, ORACLE_POLICY_r2_count, ORACLE_POLICY_rto_min_us),
        by_count(end, ORACLE_POLICY_syn_r2_count, ORACLE_POLICY_rto_initial_us),
        by_count(end, ORACLE_POLICY_syn_ack_r2_count, ORACLE_POLICY_rto_initial_us),
    };
    uint64_t most_us = by_count(end, ORACLE_POLICY_r2_count, ORACLE_POLICY_rto_initial_us);
    if (most_us > bounds->r2_us)
        bounds->r2_us = most_us;
    for (size_t i = 0; i < sizeof least_us / sizeof least_us[0]; i++)
        if (least_us[i] > 0 && least_us[i] < bounds->patience_us)
            bounds->patience_us = least_us[i];
}

static void copy_address(struct wire_address *out, const struct anvil_target_address *from)
{
    memset(out, 0, sizeof *out);
    out->version = from->family;
    memcpy(out->bytes, from->octets, from->family == 4 ? 4 : 16);
}

static void begin_watch(struct world *world, struct world_end *end)
{
    const struct anvil_target_traits *traits = end->target->traits();
    end->setting = (struct oracle_setting){
        .start_us = world->start_us,
        .granularity_us = traits->granularity_us == 0 ? 1 : traits->granularity_us,
        .tolerance_us = traits->tolerance_us, .observes = traits->observes,
        .iss_fixed = world->plan->iss_fixed,
        .mtu = world->plan->mtu, .policy = end->policy,
    };
    copy_address(&end->setting.local, &end->local);
    if (end->watch != NULL)
        oracle_begin(end->watch, &end->setting, world->setup.oracles);
}

/* A run begins: both hosts are open. */
void world_watch_begin(struct world *world)
{
    world->bounds = usual;
    for (int side = 0; side < WORLD_SIDES; side++) {
        struct world_end *end = &world->end[side];
        read_policy(world, end);
        begin_watch(world, end);
        at_least(&world->bounds.msl_us, end, ORACLE_POLICY_msl_us);
        at_least(&world->bounds.r2_us, end, ORACLE_POLICY_r2_us);
        at_least(&world->bounds.syn_r2_us, end, ORACLE_POLICY_syn_r2_us);
        at_least(&world->bounds.rto_max_us, end, ORACLE_POLICY_rto_max_us);
        at_least(&world->bounds.user_timeout_us, end, ORACLE_POLICY_user_timeout_us);
        count_r2(&world->bounds, end);
    }
}

void world_watch_frame(struct world_end *end, uint64_t time_us, const uint8_t *bytes,
                       size_t length, bool sent)
{
    struct wire_frame frame;
    if (end->watch == NULL || wire_decode(&frame, bytes, length) != WIRE_OK)
        return;
    if (sent)
        oracle_sent(end->watch, time_us, &frame);
    else
        oracle_arrived(end->watch, time_us, &frame);
}

static void copy_name(struct wire_address *out, uint16_t *port,
                      const struct anvil_target_address *from)
{
    copy_address(out, from);
    *port = from->port;
}

/* There is but one connection, so every connect() and accept() that went well has that one. */
void world_watch_call(struct world *world, struct world_end *end,
                      const struct anvil_target_call *call)
{
    struct oracle_name name;
    bool joined = (call->kind == ANVIL_CALL_ACCEPT && call->result >= 0) ||
                  (call->kind == ANVIL_CALL_CONNECT &&
                   (call->result == 0 || call->error == EINPROGRESS));
    if (end->watch == NULL)
        return;
    if (joined) {
        copy_name(&name.local, &name.local_port, &end->local);
        copy_name(&name.remote, &name.remote_port, &end->remote);
    }
    oracle_called(end->watch, world->now_us, call, joined ? &name : NULL);
}

static void keep_finding(struct world *world, const struct world_end *end)
{
    const struct oracle_finding *found = oracle_found(end->watch);
    if (found == NULL || world->result.violated)
        return;
    world_violate(world, found->rule->id, "%s: %s", end->side == WORLD_A ? "A" : "B",
                  found->sentence);
    world->result.rule = found->rule->rule;
}

/* One end is at rest: it tells what it has, and rules judge what has happened. */
void world_watch_rest(struct world *world, struct world_end *end)
{
    struct anvil_target_observation seen;
    if (end->watch == NULL || !oracle_rest_wanted(end->watch))
        return;
    oracle_rest(end->watch, world->now_us, end->deadline_us);
    for (size_t i = 0; end->setting.observes && end->target->observe(end->self, i, &seen); i++)
        if (!oracle_rest_told(end->watch, &seen))
            break;
    oracle_rest_end(end->watch);
    keep_finding(world, end);
}

/* The last word. */
void world_watch_end(struct world *world)
{
    for (int side = 0; side < WORLD_SIDES; side++) {
        struct world_end *end = &world->end[side];
        if (end->watch == NULL || world->result.violated)
            continue;
        oracle_end(end->watch, world->now_us);
        keep_finding(world, end);
    }
}
