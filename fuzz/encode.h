/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events to records: for each event of a run, the record whose reading in the state that the
 * endpoint is in gives this very event; what no choice says is said by words in front of it.
 */
#ifndef FUZZ_ENCODE_H
#define FUZZ_ENCODE_H

#include "fuzz/end.h"
#include "fuzz/spy.h"
#include "fuzz/trace.h"

enum { FUZZ_ENCODED_MAX = FUZZ_HEAD_OCTETS + FUZZ_EVENTS_MAX * FUZZ_RECORD_OCTETS };

/* An input that is being written, and the endpoint that its events happen to. */
struct fuzz_pen {
    struct fuzz_end *end;
    uint8_t data[FUZZ_ENCODED_MAX];
    size_t size;
    const char *reason; /* why an event cannot be held; NULL: all could so far */
    size_t word_count;  /* words that wait for their event */
    uint8_t words[16][FUZZ_RECORD_OCTETS];
};

/* A word about the event that is written next, with this number; its record. */
uint8_t *fuzz_pen_word(struct fuzz_pen *pen, enum fuzz_word word, uint32_t number);

/* Writes a record, with the words that wait, and lets it happen. */
void fuzz_pen_put(struct fuzz_pen *pen, const uint8_t *record);

/* It cannot be held. The first reason counts. */
void fuzz_pen_refuse(struct fuzz_pen *pen, const char *reason);

/* encode_segment.c. A frame that arrives now. */
void fuzz_encode_segment(struct fuzz_pen *pen, const uint8_t *bytes, size_t length);

/* What a descriptor of the run is at the endpoint. */
enum fuzz_role {
    FUZZ_ROLE_NONE,
    FUZZ_ROLE_NEW,    /* a socket before its OPEN */
    FUZZ_ROLE_FAILED, /* one whose bind() failed */
    FUZZ_ROLE_LISTENER,
    FUZZ_ROLE_SOCKET,
    FUZZ_ROLE_LINGERS /* its close() goes on by itself */
};

/* encode_call.c. Calls, so far. */
struct fuzz_encode_calls {
    enum fuzz_role role[FUZZ_SPY_SOCKETS_MAX];
    bool reuse[FUZZ_SPY_SOCKETS_MAX];      /* of a new one: SO_REUSEADDR is set */
    size_t set_count;                      /* options set on the new one, before its OPEN */
    uint8_t set[4][FUZZ_RECORD_OCTETS];    /* as words */
};
void fuzz_encode_call(struct fuzz_pen *pen, struct fuzz_encode_calls *calls,
                      const struct anvil_target_call *call);

/* What a run of the core started from: a profile, and what the harness sets over it. */
struct fuzz_start {
    const char *profile;
    const struct anvil_target_setting *settings;
    size_t setting_count;
};

/* Writes what happened in a run as an input. NULL: it is in `data`, with room for FUZZ_ENCODED_MAX;
 * else why it cannot be held. */
const char *fuzz_encode(const struct fuzz_spy *spy, const struct fuzz_start *start, uint8_t *data,
                        size_t *size);

#endif
