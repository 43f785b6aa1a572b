/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The input of the event harnesses, version 1: a head of 12 octets, then records of 12 octets. Any
 * bytes are an input: each field is reduced modulo the number of its values, and what is cut short
 * is filled with zeros. 0 is the plain choice of every field.
 *
 *     head    version, family, profile, clock, ISS, MTU, scene, who is left out, the peer's ISS (4)
 *     record  kind, four to six choices, whose it is (of the harness host), raw (4)
 *       segment (kind 0-3)  flags, sequence, acknowledgment, window, length, options
 *       call    (kind 4-5)  call, size, option
 *       time    (kind 6-7)  how far
 *
 * Numbers are relative to the state of the endpoint when the event comes (RCV.NXT, SND.UNA,
 * SND.NXT, its windows, its next deadline), so that random bytes go deep; `raw` is the way out.
 */
#ifndef FUZZ_EVENT_H
#define FUZZ_EVENT_H

#include "target/target.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FUZZ_VERSION = 1, FUZZ_HEAD_OCTETS = 12, FUZZ_RECORD_OCTETS = 12, FUZZ_EVENTS_MAX = 128 };
enum { FUZZ_HEAD_SCENE = 6, FUZZ_HEAD_TWIN = 7, FUZZ_SCENES = 16, FUZZ_SCENE_MAX = 6 };

/* How an endpoint starts. */
struct fuzz_opening {
    uint8_t family; /* 4 or 6 */
    const char *profile;
    uint64_t clock_us;
    uint32_t iss, peer_iss, mtu;
    const struct anvil_target_setting *settings; /* of a harness, not of the input */
    size_t setting_count;
    bool ruled;                                  /* the rules of conformance/oracle judge it */
    uint8_t scene; /* below FUZZ_SCENES */
};

enum fuzz_kind { FUZZ_SEGMENT, FUZZ_CALL, FUZZ_TIME };

/* Where a number lies: so far from what it is relative to. */
enum fuzz_edge {
    FUZZ_AT,
    FUZZ_ONE_BELOW,
    FUZZ_ONE_ABOVE,
    FUZZ_WINDOW_LESS_ONE,
    FUZZ_WINDOW,
    FUZZ_WINDOW_AND_ONE,
    FUZZ_HALF, /* 2^31 */
    FUZZ_RAW,  /* the raw number itself */
    FUZZ_EDGES
};

enum fuzz_length {
    FUZZ_NO_TEXT, FUZZ_ONE_OCTET, FUZZ_TEN_OCTETS, FUZZ_FULL_SEGMENT, FUZZ_TO_THE_EDGE,
    FUZZ_PAST_THE_EDGE, FUZZ_RAW_LENGTH, FUZZ_NO_TEXT_AGAIN, FUZZ_LENGTHS
};

enum fuzz_options {
    FUZZ_AS_AGREED,      /* on a SYN all offers, else timestamps where they are agreed on */
    FUZZ_NO_OPTIONS,
    FUZZ_MSS_ONLY,
    FUZZ_OLD_STAMP,      /* PAWS */
    FUZZ_FAR_STAMP,
    FUZZ_SACK_OF_FLIGHT,
    FUZZ_RAW_SACK,
    FUZZ_ZERO_LENGTH,    /* an option whose length octet is 0 */
    FUZZ_UNKNOWN_OPTION,
    FUZZ_LARGE_SHIFT,    /* window scale above 14 */
    FUZZ_RAW_MSS,
    FUZZ_USER_TIMEOUT,
    FUZZ_OLD_ECHO,       /* of a timestamp from before the last one */
    FUZZ_RAW_ECHO,
    FUZZ_OPTIONS
};

enum fuzz_call {
    FUZZ_OPEN_PASSIVE, FUZZ_OPEN_ACTIVE, FUZZ_ACCEPT, FUZZ_SEND, FUZZ_RECEIVE, FUZZ_SHUTDOWN,
    FUZZ_CLOSE, FUZZ_ABORT, FUZZ_CLOSE_LISTENER, FUZZ_SET_OPTION, FUZZ_CALLS
};

enum fuzz_time {
    FUZZ_DEADLINE, FUZZ_BEFORE_DEADLINE, FUZZ_AFTER_DEADLINE, FUZZ_1_US, FUZZ_1_MS, FUZZ_40_MS,
    FUZZ_500_MS, FUZZ_1_S, FUZZ_10_S, FUZZ_60_S, FUZZ_1_H, FUZZ_25_DAYS, FUZZ_RAW_US, FUZZ_TIMES
};

struct fuzz_event {
    enum fuzz_kind kind;
    uint16_t flags;             /* of enum wire_flag */
    enum fuzz_edge seq, ack;
    int ack_from_una;           /* the acknowledgment is relative to SND.UNA, not SND.NXT */
    uint16_t window;
    enum fuzz_length length;
    enum fuzz_options options;
    enum fuzz_call call;
    uint32_t size;              /* of a call */
    unsigned option;            /* of FUZZ_SET_OPTION, and of an open: odd = SO_REUSEADDR first */
    enum fuzz_time time;
    uint64_t until_us;          /* of a time: 0, or exactly this one */
    unsigned who;
    uint32_t raw;
};

/* Reads the head of an input. */
void fuzz_read_opening(struct fuzz_opening *opening, const uint8_t *data, size_t size);

/* scene.c. The records of a scene, which come before those of the input; how many, up to
 * FUZZ_SCENE_MAX. */
size_t fuzz_scene(const struct fuzz_opening *opening, uint8_t *records);

/* How many records there are, and one of them. `data` begins with the head. */
size_t fuzz_event_count(size_t size);
void fuzz_read_event(struct fuzz_event *event, const uint8_t *data, size_t size, size_t index);

#endif
