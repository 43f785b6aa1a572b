/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A run as two columns, A on the left: a line for each frame as it leaves, with its fate, for each
 * call, and for each state that is entered. Sequence numbers count from each side's first SYN.
 */
#include "wire/print.h"
#include "world/internal.h"
#include "world/tell.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 36, TEXT_MAX = WIRE_LINE_MAX + 64 };

struct teller {
    const struct world_record *record;
    FILE *out;
    uint64_t start_us;
    uint32_t isn[WORLD_SIDES];
    enum anvil_target_state state[WORLD_SIDES];
};

/* One line: the time, and both columns. */
static void line(const struct teller *teller, uint64_t time_us, const char *left,
                 const char *right)
{
    fprintf(teller->out, "%12.6f | %-*s | %s\n", (double)(time_us - teller->start_us) / 1e6, WIDTH,
            left, right);
}

/* A frame as packetdrill writes it; a SYN sets what its side's numbers count from. */
static void print_frame(struct teller *teller, const struct world_event *event, char *text,
                        size_t size)
{
    struct wire_frame frame;
    const uint8_t *bytes = teller->record->bytes + event->offset;
    if (wire_decode(&frame, bytes, event->length) != WIRE_OK) {
        snprintf(text, size, "(no frame: %zu octets)", event->length);
        return;
    }
    if (frame.kind == WIRE_KIND_TCP && (frame.tcp.flags & WIRE_SYN) != 0)
        teller->isn[event->side] = frame.tcp.seq;
    struct wire_print how = { .outbound = true, .bare = true,
                              .isn_target = teller->isn[event->side],
                              .isn_peer = teller->isn[1 - event->side] };
    wire_print_segment(text, size, &frame, &how);
}

static void tell_sent(struct teller *teller, const struct world_event *event)
{
    char text[WIRE_LINE_MAX], fate[64], all[TEXT_MAX + 64];
    print_frame(teller, event, text, sizeof text);
    if (event->arrives_us == UINT64_MAX)
        snprintf(fate, sizeof fate, "x %s", event->why == NULL ? "lost" : event->why);
    else
        snprintf(fate, sizeof fate, "%s%s%+.6f", event->why == NULL ? "" : event->why,
                 event->why == NULL ? "" : " ",
                 (double)(event->arrives_us - event->time_us) / 1e6);
    if (event->side == WORLD_A) {
        snprintf(all, sizeof all, "%s --> [%s]", text, fate);
        line(teller, event->time_us, all, "");
    } else {
        snprintf(all, sizeof all, "[%s] <-- %s", fate, text);
        line(teller, event->time_us, "", all);
    }
}

static void tell_call(struct teller *teller, const struct world_event *event)
{
    char call[160];
    world_tell_call(&event->call, event->call.socket, event->call.result, call, sizeof call);
    line(teller, event->time_us, event->side == WORLD_A ? call : "",
         event->side == WORLD_B ? call : "");
}

/* A state that is new at its end. */
static void tell_state(struct teller *teller, const struct world_event *event)
{
    const char *name = oracle_state_name(event->state);
    if (event->state == ANVIL_STATE_UNKNOWN || event->state == teller->state[event->side])
        return;
    teller->state[event->side] = event->state;
    line(teller, event->time_us, event->side == WORLD_A ? name : "",
         event->side == WORLD_B ? name : "");
}

void world_tell_ladder(const struct world_record *record, const struct world_plan *plan,
                       FILE *out)
{
    struct teller teller = { .record = record, .out = out, .start_us = plan->clock_us };
    teller.state[WORLD_A] = teller.state[WORLD_B] = ANVIL_STATE_UNKNOWN;
    fprintf(out, "%12s | %-*s | %s\n", "time", WIDTH, "A", "B");
    for (size_t i = 0; i < record->count; i++) {
        const struct world_event *event = &record->events[i];
        switch (event->kind) {
        case WORLD_EVENT_SENT:
            tell_sent(&teller, event);
            break;
        case WORLD_EVENT_ARRIVED:
            break; /* the line of its sending says when */
        case WORLD_EVENT_CALL:
            tell_call(&teller, event);
            break;
        case WORLD_EVENT_CALM:
            line(&teller, event->time_us, "(the network is good now)", "");
            break;
        }
        tell_state(&teller, event);
    }
    if (record->failed)
        fputs("(no memory: something is missing)\n", out);
}
