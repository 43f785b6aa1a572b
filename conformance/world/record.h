/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happened in a run, in order: kept only where it is to be told. A run is replayed exactly, so
 * a finding is run once more with a record.
 */
#ifndef WORLD_RECORD_H
#define WORLD_RECORD_H

#include "target/target.h"
#include "world/world.h"

#include <stdio.h>

enum world_event_kind {
    WORLD_EVENT_SENT,     /* `side` sent a frame; fate and arrives_us say what became of it */
    WORLD_EVENT_ARRIVED,  /* a frame reached `side` */
    WORLD_EVENT_CALL,     /* `side`'s application made a call */
    WORLD_EVENT_CALM      /* the second phase begins */
};

struct world_event {
    enum world_event_kind kind;
    enum world_side side;
    uint64_t time_us;        /* the hosts' clock */
    uint64_t arrives_us;     /* SENT: when; WORLD_NEVER-like UINT64_MAX: it is lost */
    const char *why;         /* SENT: "lost", "cut", "corrupted", ...; NULL: nothing */
    bool copy;               /* SENT: the network made it, not the host */
    size_t offset, length;   /* of the frame in record->bytes */
    struct anvil_target_call call; /* CALL, as it came back; data and buffer are NULL */
    enum anvil_target_state state; /* of the connection at this end, afterwards */
};

struct world_record {
    struct world_event *events;
    size_t count, capacity;
    uint8_t *bytes;
    size_t byte_count, byte_capacity;
    bool failed;             /* no memory: something is missing */
};

void world_record_clear(struct world_record *record);
void world_record_free(struct world_record *record);

/* Adds an event; its frame, if it has one, is copied. The event is valid until the next one. NULL:
 * no memory. */
struct world_event *world_record_add(struct world_record *record, enum world_event_kind kind,
                                     const uint8_t *bytes, size_t length);

/* tell_ladder.c: the run as two columns, A on the left. */
void world_tell_ladder(const struct world_record *record, const struct world_plan *plan,
                       FILE *out);

/* tell_capture.c: a pcapng with one interface an end, each frame as it left or arrived. */
bool world_tell_capture(const struct world_record *record, const char *comment, FILE *out);

/* tell_script.c: what one end saw and did, as a script that the runner carries out. */
void world_tell_script(const struct world_record *record, const struct world_plan *plan,
                       enum world_side side, const char *sentence, FILE *out);

#endif
