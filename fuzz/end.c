/* SPDX-License-Identifier: BSD-2-Clause */
/* The endpoint: moved through time, relieved of its frames, and shown to the oracles. */
#include "fuzz/end.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

/* A listener, a socket, and what is left of the connection before: they share one four-tuple. */
enum { SOCKETS_MOST = 8 };
enum { ROUNDS_MAX = 20000, STOPS_MAX = 100, WHY_MAX = 256 };

void fuzz_end_find(struct fuzz_end *end, const char *oracle, const char *format, ...)
{
    struct fuzz_finding *finding = end->finding;
    va_list list;
    if (finding->found)
        return;
    finding->found = true;
    snprintf(finding->identity, sizeof finding->identity, "%s in %s at %s (%s)", oracle,
             oracle_state_name(end->before), fuzz_class_name(end->event),
             end->target->explain(end->self));
    va_start(list, format);
    vsnprintf(finding->sentence, sizeof finding->sentence, format, list);
    va_end(list);
}

/* What the profile says; the core tells all of it. */
static void read_policy(struct fuzz_end *end)
{
    memcpy(end->policy, fuzz_policy(end->opening.profile), sizeof end->policy);
    for (size_t i = 0; i < end->opening.setting_count; i++) {
        enum oracle_policy set = oracle_policy_find(end->opening.settings[i].name);
        if (set != ORACLE_POLICY_COUNT)
            end->policy[set] = (int64_t)end->opening.settings[i].value;
    }
}

bool fuzz_end_open(struct fuzz_end *end, const struct fuzz_opening *opening)
{
    char why[WHY_MAX];
    end->target = fuzz_target();
    end->watch = fuzz_watch();
    const struct anvil_target_traits *traits = end->target->traits();
    struct anvil_target_config config = {
        .profile = opening->profile, .settings = opening->settings,
        .settings_count = opening->setting_count, .local_v4 = world_address(4, WORLD_A),
        .local_v6 = world_address(6, WORLD_A), .mtu = opening->mtu,
        .clock_us = opening->clock_us, .iss_fixed = true, .iss = opening->iss,
        .sockets = end->sockets != 0 ? end->sockets : SOCKETS_MOST,
        .secret = { 't', 'c', 'p', 'a', 'n', 'v', 'i', 'l', 0, 1, 2, 3, 4, 5, 6, 7 },
    };
    end->opening = *opening;
    end->local = world_address(opening->family, WORLD_A);
    end->remote = world_address(opening->family, WORLD_B);
    end->now_us = opening->clock_us;
    end->listener = end->socket = -1;
    end->self = end->watch == NULL ? NULL : end->target->open(&config, why, sizeof why);
    if (end->self == NULL)
        return false;
    read_policy(end);
    end->setting = (struct oracle_setting){
        .start_us = opening->clock_us, .granularity_us = traits->granularity_us,
        .observes = true, .iss_fixed = true, .mtu = opening->mtu,
        .policy = end->policy,
    };
    oracle_begin(end->watch, &end->setting, opening->ruled ? ORACLE_ALL : 0);
    return true;
}

void fuzz_end_close(struct fuzz_end *end)
{
    oracle_end(end->watch, end->now_us);
    const struct oracle_finding *found = oracle_found(end->watch);
    if (found != NULL)
        fuzz_end_find(end, found->rule->id, "%s", found->sentence);
    end->target->close(end->self);
}

/* Adds what happened to the record, if there is one. */
static struct world_event *add(struct fuzz_end *end, enum world_event_kind kind,
                               enum world_side side, uint64_t time_us, const uint8_t *bytes,
                               size_t length)
{
    if (end->record == NULL)
        return NULL;
    struct world_event *event = world_record_add(end->record, kind, bytes, length);
    if (event == NULL)
        return NULL;
    event->side = side;
    event->time_us = event->arrives_us = time_us;
    return event;
}

struct fuzz_end *fuzz_end_with(struct fuzz_end *end, uint8_t family, uint16_t local_port,
                               uint16_t remote_port)
{
    for (size_t i = 0; i < end->other_count; i++) {
        struct fuzz_end *other = &end->others[i];
        if (other->local.port == local_port && other->remote.port == remote_port &&
            other->local.family == family)
            return other;
    }
    return end;
}

/* FNV-1a, over time and octets. */
static void digest(struct fuzz_end *end, uint64_t time_us, const uint8_t *bytes, size_t length)
{
    uint64_t sum = (end->digest ^ time_us) * UINT64_C(0x100000001b3);
    for (size_t i = 0; i < length; i++)
        sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
    end->digest = sum;
}

/* Remembers the timestamp that the peer will echo. */
static void note_sent(struct fuzz_end *end, const struct wire_frame *frame)
{
    const struct wire_option *stamps = wire_find_option(&frame->tcp, WIRE_OPTION_TIMESTAMPS);
    if (stamps == NULL || !stamps->parsed || (frame->tcp.flags & WIRE_RST) != 0)
        return;
    end->stamped = true;
    end->stamp = stamps->value.timestamps.value;
}

/* Whose frame it is: of those that share a host each has its own. */
static void note_frame(struct fuzz_end *end, uint64_t time_us, const struct wire_frame *frame,
                       const uint8_t *bytes, size_t length)
{
    if (frame->kind != WIRE_KIND_TCP)
        return;
    struct fuzz_end *owner = fuzz_end_with(end, frame->ip.version, frame->tcp.source_port,
                                           frame->tcp.destination_port);
    note_sent(owner, frame);
    if (end->others != NULL && frame->tcp.destination_port == owner->remote.port)
        digest(owner, time_us, bytes, length);
}

/* What the endpoint has sent goes out. */
static void take_all(struct fuzz_end *end)
{
    uint8_t *bytes = fuzz_frame_room();
    char fault[WIRE_SENTENCE_MAX];
    struct wire_frame frame;
    uint64_t emitted;
    size_t length = end->target->take(end->self, bytes, ANVIL_TARGET_FRAME_MAX, &emitted);
    while (length > 0) {
        end->sent++;
        add(end, WORLD_EVENT_SENT, WORLD_A, emitted, bytes, length);
        enum wire_reason reason = wire_decode(&frame, bytes, length);
        if (reason != WIRE_OK)
            fuzz_end_find(end, "wire", "a frame went out that is none: %s",
                          wire_reason_text(reason));
        else if (wire_fault(&frame, fault, sizeof fault))
            fuzz_end_find(end, "wire", "a frame went out with a fault: %s", fault);
        if (reason == WIRE_OK) {
            oracle_sent(end->watch, emitted, &frame);
            note_frame(end, emitted, &frame, bytes, length);
        }
        length = end->target->take(end->self, bytes, ANVIL_TARGET_FRAME_MAX, &emitted);
    }
}

static bool is_listening(const struct fuzz_end *end)
{
    bool listening = end->listener >= 0;
    for (size_t i = 0; i < end->other_count; i++)
        listening = listening || (end->others[i].listener >= 0 &&
                                  end->others[i].local.port == end->local.port &&
                                  end->others[i].local.family == end->local.family);
    return listening;
}

/* Looks for the connection, and tells the oracles all that there is. */
static void observe(struct fuzz_end *end, bool tells)
{
    struct anvil_target_observation seen;
    end->state = is_listening(end) ? ANVIL_STATE_LISTEN : ANVIL_STATE_CLOSED;
    for (size_t i = 0; end->target->observe(end->self, i, &seen); i++) {
        if (tells)
            tells = oracle_rest_told(end->watch, &seen);
        if (seen.remote.port != end->remote.port || seen.state == ANVIL_STATE_CLOSED ||
            seen.state == ANVIL_STATE_LISTEN ||
            (end->others != NULL && (seen.local.port != end->local.port ||
                                     seen.local.family != end->local.family)))
            continue;
        end->seen = seen;
        end->state = seen.state;
    }
}

void fuzz_end_look(struct fuzz_end *end)
{
    observe(end, false);
}

/* All that is due is done; the oracles judge. */
static void rest(struct fuzz_end *end)
{
    bool wanted = oracle_rest_wanted(end->watch);
    if (wanted)
        oracle_rest(end->watch, end->now_us, end->target->deadline(end->self));
    observe(end, wanted);
    if (wanted)
        oracle_rest_end(end->watch);
    const struct oracle_finding *found = oracle_found(end->watch);
    if (found != NULL)
        fuzz_end_find(end, found->rule->id, "%s", found->sentence);
    if (end->record != NULL && end->record->count > 0) {
        struct world_event *last = &end->record->events[end->record->count - 1];
        if (last->side == WORLD_A && last->state == ANVIL_STATE_UNKNOWN)
            last->state = end->state;
    }
}

/* Moves the clock, to at most the next deadline. */
static void step_to(struct fuzz_end *end, uint64_t until_us)
{
    if (end->now_us < until_us)
        oracle_passed(end->watch, end->now_us, until_us);
    for (int round = 0; round < ROUNDS_MAX; round++) {
        end->now_us = end->target->advance(end->self, until_us);
        take_all(end);
        if (end->now_us >= until_us)
            return;
    }
    fuzz_end_find(end, "O13", "the clock does not move");
}

/* The endpoint does all that is due now. */
static void settle(struct fuzz_end *end)
{
    take_all(end);
    for (int round = 0; end->target->deadline(end->self) <= end->now_us; round++) {
        step_to(end, end->now_us);
        if (round == ROUNDS_MAX || end->finding->found) {
            fuzz_end_find(end, "O13", "no rest at one moment");
            return;
        }
    }
    rest(end);
}

void fuzz_end_advance(struct fuzz_end *end, uint64_t until_us)
{
    end->done++;
    for (int stop = 0; stop < STOPS_MAX && end->now_us < until_us; stop++) {
        uint64_t deadline = end->target->deadline(end->self);
        step_to(end, deadline < until_us ? deadline : until_us);
        settle(end);
        if (end->finding->found)
            return;
    }
}

static void copy_name(struct wire_address *out, uint16_t *port,
                      const struct anvil_target_address *from)
{
    memset(out, 0, sizeof *out);
    out->version = from->family;
    memcpy(out->bytes, from->octets, from->family == 4 ? 4 : 16);
    *port = from->port;
}

void fuzz_end_inject(struct fuzz_end *end, const uint8_t *bytes, size_t length)
{
    struct wire_frame frame;
    struct anvil_target_address own;
    uint16_t port;
    end->done++;
    add(end, WORLD_EVENT_SENT, WORLD_B, end->now_us, bytes, length);
    add(end, WORLD_EVENT_ARRIVED, WORLD_A, end->now_us, bytes, length);
    if (wire_decode(&frame, bytes, length) == WIRE_OK) {
        own = world_address(frame.ip.version, WORLD_A);
        copy_name(&end->setting.local, &port, &own);
        oracle_arrived(end->watch, end->now_us, &frame);
    }
    end->target->inject(end->self, bytes, length);
    settle(end);
}

void fuzz_end_call(struct fuzz_end *end, struct anvil_target_call *call)
{
    struct oracle_name name;
    end->done++;
    call->error = 0;
    end->target->call(end->self, call);
    bool joined = (call->kind == ANVIL_CALL_ACCEPT && call->result >= 0) ||
                  (call->kind == ANVIL_CALL_CONNECT && call->error == EINPROGRESS);
    if (joined) {
        copy_name(&name.local, &name.local_port, &end->local);
        copy_name(&name.remote, &name.remote_port,
                  call->kind == ANVIL_CALL_ACCEPT ? &call->address : &end->remote);
    }
    oracle_called(end->watch, end->now_us, call, joined ? &name : NULL);
    struct world_event *event = add(end, WORLD_EVENT_CALL, WORLD_A, end->now_us, NULL, 0);
    if (event != NULL) {
        event->call = *call;
        event->call.data = NULL;
        event->call.buffer = NULL;
    }
    settle(end);
}

void fuzz_end_plan(const struct fuzz_end *end, struct world_plan *plan)
{
    world_plan_plain(plan);
    plan->family = end->opening.family;
    plan->clock_us = end->opening.clock_us;
    plan->iss_fixed = true;
    plan->iss[WORLD_A] = end->opening.iss;
    plan->mtu = end->opening.mtu;
    plan->profile[WORLD_A] = end->opening.profile;
    for (size_t i = 0; i < end->opening.setting_count && i < WORLD_SETTINGS_MAX; i++)
        plan->settings[WORLD_A][plan->setting_count[WORLD_A]++] = end->opening.settings[i];
    plan->any_order = true;
}
