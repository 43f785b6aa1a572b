/* SPDX-License-Identifier: BSD-2-Clause */
/* Compares what happened. */
#include "fuzz/trace.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool fuzz_trace_counts(const struct anvil_target_call *call)
{
    bool well = call->result >= 0;
    if (call->error == EAGAIN)
        return false;
    switch (call->kind) {
    case ANVIL_CALL_SOCKET:
    case ANVIL_CALL_SOCKET_NAME:
    case ANVIL_CALL_PEER_NAME: return false;
    case ANVIL_CALL_BIND: return !well;
    case ANVIL_CALL_SET_OPTION: return !well || call->option != ANVIL_OPTION_REUSEADDR;
    case ANVIL_CALL_GET_OPTION: return call->option == ANVIL_OPTION_ERROR && call->number != 0;
    case ANVIL_CALL_LISTEN:
    case ANVIL_CALL_CONNECT:
    case ANVIL_CALL_ACCEPT:
    case ANVIL_CALL_SEND:
    case ANVIL_CALL_RECV:
    case ANVIL_CALL_SHUTDOWN:
    case ANVIL_CALL_CLOSE: return true;
    }
    return true;
}

static const char *compare_tcp(const struct wire_frame *one, const struct wire_frame *other)
{
    const struct wire_tcp *a = &one->tcp, *b = &other->tcp;
    if (a->flags != b->flags)
        return "flags";
    if (a->seq != b->seq)
        return "sequence number";
    if (a->ack != b->ack)
        return "acknowledgment";
    if (a->window != b->window)
        return "window";
    if (a->urgent != b->urgent)
        return "urgent pointer";
    if (one->payload_bytes != other->payload_bytes)
        return "length of text";
    if (a->option_bytes_count != b->option_bytes_count ||
        memcmp(a->option_bytes, b->option_bytes, a->option_bytes_count) != 0)
        return "options";
    return NULL;
}

static const char *compare_icmp(const struct wire_icmp *a, const struct wire_icmp *b)
{
    if (a->type != b->type || a->code != b->code)
        return "type or code";
    if (a->rest != b->rest)
        return "number of the error";
    return a->quote.seq != b->quote.seq ? "quoted sequence number" : NULL;
}

const char *fuzz_trace_frames(const struct wire_frame *one, const struct wire_frame *other)
{
    if (one->kind != other->kind)
        return "protocol";
    switch (one->kind) {
    case WIRE_KIND_TCP: return compare_tcp(one, other);
    case WIRE_KIND_ICMP: return compare_icmp(&one->icmp, &other->icmp);
    case WIRE_KIND_OTHER: return "protocol";
    }
    return NULL;
}

static const char *compare_bytes(const struct world_record *one, const struct world_event *a,
                                 const struct world_record *other, const struct world_event *b)
{
    struct wire_frame first, second;
    enum wire_reason reason = wire_decode(&first, one->bytes + a->offset, a->length);
    if (reason != wire_decode(&second, other->bytes + b->offset, b->length))
        return "frame";
    return reason == WIRE_OK ? fuzz_trace_frames(&first, &second) : NULL;
}

static const char *compare_calls(const struct anvil_target_call *a,
                                 const struct anvil_target_call *b)
{
    bool makes = a->kind == ANVIL_CALL_ACCEPT && a->result >= 0 && b->result >= 0;
    if (a->kind != b->kind)
        return "call";
    if (a->error != b->error || (a->result != b->result && !makes))
        return "result";
    if ((a->kind == ANVIL_CALL_SHUTDOWN || a->kind == ANVIL_CALL_SET_OPTION) &&
        a->number != b->number)
        return "number of the call";
    if (a->kind == ANVIL_CALL_SET_OPTION && (a->option != b->option || a->number2 != b->number2))
        return "socket option";
    if ((a->kind == ANVIL_CALL_SEND && a->length != b->length) || a->flags != b->flags)
        return "length or flags of the call";
    return NULL;
}

/* The next event of side A that counts, from *at on; NULL: there is none. */
static const struct world_event *next(const struct world_record *record, size_t *at)
{
    while (*at < record->count) {
        const struct world_event *event = &record->events[(*at)++];
        if (event->side == WORLD_A && event->kind != WORLD_EVENT_CALM &&
            (event->kind != WORLD_EVENT_CALL || fuzz_trace_counts(&event->call)))
            return event;
    }
    return NULL;
}

bool fuzz_trace_same(const struct world_record *one, const struct world_record *other, char *why,
                     size_t size)
{
    static const char *const kinds[] = { "what is sent", "what arrives", "a call", "the end" };
    size_t i = 0, k = 0, number = 0;
    for (;; number++) {
        const struct world_event *a = next(one, &i), *b = next(other, &k);
        if (a == NULL && b == NULL)
            return true;
        const char *what = NULL;
        if (a == NULL || b == NULL || a->kind != b->kind)
            what = "what it is";
        else if (a->time_us != b->time_us)
            what = "time";
        else if (a->kind == WORLD_EVENT_CALL)
            what = compare_calls(&a->call, &b->call);
        else
            what = compare_bytes(one, a, other, b);
        if (what == NULL)
            continue;
        snprintf(why, size, "event %zu, %s: %s", number + 1, kinds[a == NULL ? 3 : a->kind], what);
        return false;
    }
}
