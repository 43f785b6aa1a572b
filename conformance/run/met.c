/* SPDX-License-Identifier: BSD-2-Clause */
/* What the target met in which state, for whoever counts states by events. */
#include "run/state.h"

#include <string.h>

/* Those that tell one class from another. */
enum { FLAGS = WIRE_FIN | WIRE_SYN | WIRE_RST | WIRE_ACK | WIRE_URG };

static const char *const names[RUN_MET_COUNT] = {
    [RUN_MET_SYN] = "SYN", [RUN_MET_SYN_ACK] = "SYN+ACK", [RUN_MET_ACK] = "ACK",
    [RUN_MET_DATA] = "data", [RUN_MET_FIN] = "FIN", [RUN_MET_FIN_ACK] = "FIN+ACK",
    [RUN_MET_SYN_FIN] = "SYN+FIN", [RUN_MET_RST] = "RST", [RUN_MET_RST_ACK] = "RST+ACK",
    [RUN_MET_URG] = "URG", [RUN_MET_NO_FLAGS] = "none", [RUN_MET_ALL_FLAGS] = "all",
    [RUN_MET_ICMP] = "ICMP", [RUN_MET_OPEN] = "OPEN", [RUN_MET_SEND] = "SEND",
    [RUN_MET_RECEIVE] = "RECEIVE", [RUN_MET_CLOSE] = "CLOSE", [RUN_MET_SHUTDOWN] = "SHUTDOWN",
    [RUN_MET_ABORT] = "ABORT", [RUN_MET_TIMEOUT] = "timeout",
};

const char *run_met_name(enum run_met met)
{
    return names[met];
}

/* The class of a segment: the first that fits; PSH and the ECN bits do not count. */
static enum run_met segment_class(const struct wire_frame *frame)
{
    static const struct {
        unsigned mask, flags;
        enum run_met met;
    } classes[] = {
        { FLAGS, 0, RUN_MET_NO_FLAGS },
        { FLAGS, FLAGS, RUN_MET_ALL_FLAGS },
        { WIRE_RST | WIRE_ACK, WIRE_RST | WIRE_ACK, RUN_MET_RST_ACK },
        { WIRE_RST, WIRE_RST, RUN_MET_RST },
        { WIRE_SYN | WIRE_FIN, WIRE_SYN | WIRE_FIN, RUN_MET_SYN_FIN },
        { WIRE_SYN | WIRE_ACK, WIRE_SYN | WIRE_ACK, RUN_MET_SYN_ACK },
        { WIRE_SYN, WIRE_SYN, RUN_MET_SYN },
        { WIRE_FIN | WIRE_ACK, WIRE_FIN | WIRE_ACK, RUN_MET_FIN_ACK },
        { WIRE_FIN, WIRE_FIN, RUN_MET_FIN },
        { WIRE_URG, WIRE_URG, RUN_MET_URG },
    };
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        if ((frame->tcp.flags & classes[i].mask) == classes[i].flags)
            return classes[i].met;
    return frame->payload_bytes > 0 ? RUN_MET_DATA : RUN_MET_ACK;
}

/* RUN_MET_COUNT: no class. */
static enum run_met frame_class(struct run *run, const struct run_frame *frame)
{
    struct wire_frame decoded;
    if (!run_frame_decode(run, frame, &decoded))
        return RUN_MET_COUNT;
    return decoded.kind == WIRE_KIND_TCP ? segment_class(&decoded) : RUN_MET_ICMP;
}

/* The user's call that a socket call makes; RUN_MET_COUNT: none. `aborts`: close() would reset. */
static enum run_met call_class(const char *name, bool aborts)
{
    static const struct {
        const char *name;
        enum run_met met;
    } calls[] = {
        { "connect", RUN_MET_OPEN }, { "listen", RUN_MET_OPEN }, { "shutdown", RUN_MET_SHUTDOWN },
        { "write", RUN_MET_SEND }, { "writev", RUN_MET_SEND }, { "send", RUN_MET_SEND },
        { "sendto", RUN_MET_SEND }, { "sendmsg", RUN_MET_SEND },
        { "read", RUN_MET_RECEIVE }, { "readv", RUN_MET_RECEIVE }, { "recv", RUN_MET_RECEIVE },
        { "recvfrom", RUN_MET_RECEIVE }, { "recvmsg", RUN_MET_RECEIVE },
    };
    if (strcmp(name, "close") == 0)
        return aborts ? RUN_MET_ABORT : RUN_MET_CLOSE;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (strcmp(calls[i].name, name) == 0)
            return calls[i].met;
    return RUN_MET_COUNT;
}

/* Whether a call sets SO_LINGER to no time, after which close() is an ABORT. */
static bool sets_abort(struct run *run, const struct run_log *entry)
{
    const char *line = run_line(run, entry->event);
    return strcmp(entry->event->call->name, "setsockopt") == 0 && entry->result == 0 &&
           strstr(line, "SO_LINGER") != NULL && strstr(line, "linger=0") != NULL &&
           strstr(line, "onoff=1") != NULL;
}

static void mark(uint32_t met[ANVIL_STATE_UNKNOWN], enum anvil_target_state state,
                 enum run_met what)
{
    if (state != ANVIL_STATE_UNKNOWN && what != RUN_MET_COUNT)
        met[state] |= UINT32_C(1) << what;
}

/* Enters what came from outside: a frame, or a call. */
static void mark_stimulus(struct run *run, const struct run_log *entry, bool aborts,
                          uint32_t met[ANVIL_STATE_UNKNOWN])
{
    if (entry->kind == RUN_LOG_FRAME)
        mark(met, entry->met_listener ? ANVIL_STATE_LISTEN : entry->before,
             frame_class(run, &run->frames[entry->frame]));
    else if (entry->on != RUN_ON_OTHER)
        mark(met, entry->on == RUN_ON_LISTENER ? ANVIL_STATE_LISTEN : entry->before,
             call_class(entry->event->call->name, aborts));
}

static size_t connections(const struct run *run)
{
    size_t count = 0;
    for (size_t i = 0; i < run->conn_count; i++)
        count += run->conns[i].phase == RUN_PHASE_OPEN;
    return count;
}

void run_met(struct run *run, uint32_t met[ANVIL_STATE_UNKNOWN])
{
    enum anvil_target_state state = ANVIL_STATE_CLOSED;
    uint64_t stimulus_us = run->start_us;
    bool aborts = false;
    memset(met, 0, ANVIL_STATE_UNKNOWN * sizeof *met);
    for (size_t i = 0; i < run->log_count; i++) {
        const struct run_log *entry = &run->log[i];
        bool sent = entry->kind == RUN_LOG_FRAME && run->frames[entry->frame].outbound;
        bool changed = !sent && entry->before != state;
        /* Nothing came from outside at this moment, and yet something was sent or has changed. */
        if (connections(run) == 1 && entry->time_us > stimulus_us && (sent || changed))
            mark(met, state, RUN_MET_TIMEOUT);
        state = entry->after;
        if (sent)
            continue;
        aborts = aborts || (entry->kind == RUN_LOG_CALL && sets_abort(run, entry));
        mark_stimulus(run, entry, aborts, met);
        stimulus_us = entry->time_us;
    }
}
