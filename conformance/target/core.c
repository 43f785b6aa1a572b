/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The core as a target, in virtual time: an instance is one host in memory of its own. Its calls
 * are in core_call.c, what can be seen of it in core_observe.c.
 */
#include "target/core.h"
#include "target/core_room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for sockets and buffers at most. All of an instance, tables included, stays below the 32 MiB
 * up to which the C library keeps freed memory for the next instance. Untouched memory costs
 * nothing, but for a sanitizer that marks all of it: whoever knows how little a run needs says so
 * (config.sockets). */
#define CORE_SLOTS 2048u
#define CORE_DESCRIPTORS 1024u
#define CORE_POOL (24u << 20)

/* The host polls that one moment may take; far more than any case needs. */
#define CORE_POLLS_MAX 4096u

extern const struct anvil_target anvil_target_core;

/* Doubles the room for frames' octets; when there is no memory it stays as it is. */
static void grow_store(struct core_queue *queue, size_t wanted)
{
    size_t capacity = 2 * (queue->store_capacity + wanted);
    uint8_t *store = realloc(queue->store, capacity);
    if (store == NULL)
        return;
    queue->store = store;
    queue->store_capacity = capacity;
}

/* What the host puts out goes to the end of the store at once. A frame for which it has no room is
 * lost, as on a wire. */
const struct anvil_turn *target_core_turn(struct core *core)
{
    struct core_queue *queue = &core->queue;
    core->look.index = core->look.slot = 0;
    if (queue->first == queue->count)
        queue->first = queue->count = queue->used = 0;
    if (queue->store_capacity - queue->used < core->output_most)
        grow_store(queue, core->output_most);
    core->output.octets = queue->store + queue->used;
    core->output.capacity = queue->store_capacity - queue->used;
    core->turn = (struct anvil_turn){ &core->policy, core->now, &core->output };
    return &core->turn;
}

/* Makes room for one more frame; false when there is no memory. */
static bool make_room(struct core_queue *queue)
{
    if (queue->count < queue->frames_capacity)
        return true;
    size_t capacity = 2 * queue->frames_capacity + 32;
    struct core_frame *frames = realloc(queue->frames, capacity * sizeof *frames);
    if (frames == NULL)
        return false;
    queue->frames = frames;
    queue->frames_capacity = capacity;
    return true;
}

/* Notes the frames that a call has put out. */
static void collect(struct core *core)
{
    struct core_queue *queue = &core->queue;
    size_t end = queue->used;
    for (uint32_t i = 0; i < core->output.count && make_room(queue); i++) {
        const struct anvil_output_frame *frame = &core->output.frame[i];
        queue->frames[queue->count++] =
            (struct core_frame){ core->now, queue->used + frame->at, frame->length };
        end = queue->used + frame->at + frame->length;
    }
    queue->used = end;
    core->output.count = 0;
}

void target_core_settle(struct core *core)
{
    if (core->output.count != 0)
        collect(core);
    uint32_t most = core->restless ? 1 : CORE_POLLS_MAX;
    for (uint32_t polls = 0; polls < most; polls++) {
        if (anvil_host_deadline(core->host) > core->now)
            return;
        anvil_host_poll(core->host, target_core_turn(core));
        collect(core);
    }
    core->restless = true;
}

uint32_t target_core_ready(struct core *core, int socket)
{
    _Static_assert(ANVIL_READY_READ == (int)ANVIL_CAN_READ &&
                       ANVIL_READY_WRITE == (int)ANVIL_CAN_WRITE &&
                       ANVIL_READY_URGENT == (int)ANVIL_URGENT_AHEAD &&
                       ANVIL_READY_ERROR == (int)ANVIL_ERROR_PENDING &&
                       ANVIL_READY_HANGUP == (int)ANVIL_IS_HUNG_UP &&
                       ANVIL_READY_READ_CLOSED == (int)ANVIL_IS_READ_CLOSED,
                   "the seam and the host use the same bits");
    return anvil_host_ready(core->host, target_core_turn(core), socket);
}

/* Looks at the readiness of all descriptors; true if one is not as it was last time. */
static bool look(struct core *core)
{
    bool changed = false;
    int count = anvil_host_descriptors(core->host);
    for (int socket = 0; socket < count; socket++) {
        uint8_t ready = (uint8_t)target_core_ready(core, socket);
        changed = changed || ready != core->ready[socket];
        core->ready[socket] = ready;
    }
    return changed;
}

static const struct anvil_target_traits *core_traits(void)
{
    static const struct anvil_target_traits traits = {
        .name = "core",
        .version = "built in",
        .granularity_us = 1,
        .ipv6 = true,
        .timestamps = true,
        .sack = true,
        .window_scale = true,
        .urgent = true,
        .keepalive = true,
        .observes = true,
        .fixes_iss = true,
        .follows_policy = true,
        .connection_octets = ANVIL_HOST_SLOT_OCTETS,
    };
    return &traits;
}

/* Makes the policy: a profile and the settings over it. False, and why, if that cannot be. */
static bool make_policy(struct anvil_policy *policy, const struct anvil_target_config *config,
                        char *why, size_t why_size)
{
    const char *name = config->profile ? config->profile : "rfc9293";
    const struct anvil_policy *profile = anvil_policy_profile(name);
    if (profile == NULL) {
        snprintf(why, why_size, "unknown profile \"%s\"", name);
        return false;
    }
    *policy = *profile;
    for (size_t i = 0; i < config->settings_count; i++) {
        const struct anvil_target_setting *setting = &config->settings[i];
        const struct anvil_policy_field *field = anvil_policy_find(setting->name);
        if (field == NULL) {
            snprintf(why, why_size, "unknown policy \"%s\"", setting->name);
            return false;
        }
        if (!anvil_policy_set(policy, field, setting->value)) {
            snprintf(why, why_size, "policy %s=%llu is not within %llu to %llu", setting->name,
                     (unsigned long long)setting->value, (unsigned long long)field->least,
                     (unsigned long long)field->most);
            return false;
        }
    }
    return true;
}

static uint32_t least(uint64_t a, uint64_t b)
{
    return (uint32_t)(a < b ? a : b);
}

/* The octets of both buffers of so many sockets: each a power of two, and each once more, for one
 * that moves. */
static uint32_t pool_for(const struct anvil_policy *policy, uint32_t sockets)
{
    uint64_t most = policy->receive_buffer > policy->send_buffer ? policy->receive_buffer
                                                                 : policy->send_buffer;
    uint64_t size = ANVIL_POOL_UNIT;
    while (size < most)
        size *= 2;
    return least(2 * size * ((uint64_t)sockets + 1), CORE_POOL);
}

/* The host's configuration. */
static struct anvil_host_config make_config(const struct anvil_target_config *config,
                                            const struct anvil_policy *policy)
{
    bool known = config->sockets != 0;
    struct anvil_host_config made = {
        .slots = known ? least(config->sockets, CORE_SLOTS) : CORE_SLOTS,
        .descriptors = known ? least(config->sockets, CORE_DESCRIPTORS) : CORE_DESCRIPTORS,
        .pool = known ? pool_for(policy, config->sockets) : CORE_POOL,
        .mtu = config->mtu ? config->mtu : 1500,
        .local_v4 = target_core_endpoint(&config->local_v4).address,
        .local_v6 = target_core_endpoint(&config->local_v6).address,
        .iss_fixed = config->iss_fixed,
        .iss = anvil_seq_of(config->iss),
    };
    memcpy(made.secret.octets, config->secret, sizeof made.secret.octets);
    return made;
}

/* All of an instance in one piece of memory: struct core, readiness, host. */
void *target_core_open_in(struct core_room *room, const struct anvil_target_config *config,
                          char *why, size_t why_size)
{
    struct anvil_policy policy;
    if (!make_policy(&policy, config, why, why_size))
        return NULL;
    struct anvil_host_config made = make_config(config, &policy);
    size_t host_size = anvil_host_size(&made);
    if (host_size == 0) {
        snprintf(why, why_size, "an MTU of %u octets is not possible", (unsigned)made.mtu);
        return NULL;
    }
    size_t head = (sizeof(struct core) + made.descriptors + 15u) & ~(size_t)15u;
    uint8_t *memory = room != NULL ? target_core_room_take(room, head + host_size)
                                   : malloc(head + host_size);
    if (memory == NULL) {
        snprintf(why, why_size, "no memory");
        return NULL;
    }
    struct core *core = (struct core *)(void *)memory;
    *core = (struct core){ .policy = policy, .now = config->clock_us, .room = room };
    if (room != NULL)
        core->queue = (struct core_queue){
            .frames = room->frames, .frames_capacity = room->frames_capacity,
            .store = room->store, .store_capacity = room->store_capacity,
        };
    core->ready = memory + sizeof *core;
    memset(core->ready, 0, made.descriptors);
    core->output_most = (size_t)ANVIL_OUTPUT_FRAMES * made.mtu;
    core->host = anvil_host_open(memory + head, &made);
    return core;
}

static void *core_open(const struct anvil_target_config *config, char *why, size_t why_size)
{
    return target_core_open_in(NULL, config, why, why_size);
}

static void core_close(void *self)
{
    struct core *core = self;
    if (core == NULL)
        return;
    if (core->room != NULL) {
        target_core_room_leave(core->room, core);
        return;
    }
    free(core->queue.frames);
    free(core->queue.store);
    free(core);
}

static uint32_t core_ready(void *self, int socket)
{
    return target_core_ready(self, socket);
}

static void core_inject(void *self, const uint8_t *frame, size_t length)
{
    struct core *core = self;
    anvil_host_arrive(core->host, target_core_turn(core), frame, length, false);
    target_core_settle(core);
}

static size_t core_take(void *self, uint8_t *buffer, size_t capacity, uint64_t *emitted_us)
{
    struct core *core = self;
    struct core_queue *queue = &core->queue;
    if (queue->first == queue->count)
        return 0;
    const struct core_frame *frame = &queue->frames[queue->first++];
    size_t length = frame->length < capacity ? frame->length : capacity;
    memcpy(buffer, queue->store + frame->at, length);
    *emitted_us = frame->emitted_us;
    return length;
}

static uint64_t core_deadline(void *self)
{
    struct core *core = self;
    uint64_t deadline = anvil_host_deadline(core->host);
    return deadline < core->now ? core->now : deadline;
}

static uint64_t core_advance(void *self, uint64_t until_us)
{
    struct core *core = self;
    (void)look(core);
    while (core_deadline(core) <= until_us) {
        core->now = core_deadline(core);
        target_core_settle(core);
        bool emitted = core->queue.first != core->queue.count;
        if (look(core) || emitted || core->restless)
            return core->now;
    }
    core->now = until_us;
    return until_us;
}

static const char *core_explain(void *self)
{
    const struct core *core = self;
    return anvil_host_verdict(core->host);
}

const struct anvil_target anvil_target_core = {
    .abi = ANVIL_TARGET_ABI,
    .traits = core_traits,
    .open = core_open,
    .close = core_close,
    .call = target_core_call,
    .ready = core_ready,
    .inject = core_inject,
    .take = core_take,
    .advance = core_advance,
    .deadline = core_deadline,
    .observe = target_core_observe,
    .explain = core_explain,
};
