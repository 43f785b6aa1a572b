/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The input of the event harnesses, version 2: a head of 12 octets, then records of 12 octets. Any
 * bytes are an input: each field is reduced modulo the number of its values, and what is cut short
 * is filled with zeros. 0 is the plain choice of every field.
 *
 *     head    version, family, profile, clock, ISS, MTU, scene, who is left out, the peer's ISS (4)
 *     record  kind, four to six choices, whose it is (of the harness host), raw (4)
 *       segment (kind 0-3)  flags, sequence, acknowledgment, window, length, options
 *       call    (kind 4-5)  call, size, option
 *       time    (kind 6-7)  how far
 *       word    (from 240 on)  about the next event, which has no choice that says it: which word,
 *                              then what it says (enum fuzz_word)
 *
 * A call makes no flight of thousands of segments: fuzz_send_most(), fuzz_maxseg_least().
 *
 * The kind is reduced modulo 8 below 240. An input whose first octet is 1 is of version 1, which
 * had no words and fewer ISSs and MTUs, and reads as it did, but for that bound.
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

enum { FUZZ_VERSION = 2, FUZZ_HEAD_OCTETS = 12, FUZZ_RECORD_OCTETS = 12, FUZZ_EVENTS_MAX = 128 };
enum { FUZZ_WITHOUT_WORDS = 1, FUZZ_FIRST_WORD = 240, FUZZ_RAW_AT = 8 };
enum { FUZZ_HEAD_SCENE = 6, FUZZ_HEAD_TWIN = 7, FUZZ_SCENES = 16, FUZZ_SCENE_MAX = 6 };

enum { FUZZ_SETTINGS_MAX = 8 };

/* How an endpoint starts. */
struct fuzz_opening {
    uint8_t family; /* 4 or 6 */
    const char *profile;
    uint64_t clock_us;
    uint32_t iss, peer_iss, mtu;
    struct anvil_target_setting settings[FUZZ_SETTINGS_MAX]; /* over the profile */
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

/*
 * What a record may say about the event behind it, beside the choices that it has. Octet 1 is the
 * word; numbers are in octets 8 to 11.
 */
enum fuzz_word {
    FUZZ_WORD_SEQ,     /* so much is added to the sequence number */
    FUZZ_WORD_ACK,     /* so much is added to the acknowledgment */
    FUZZ_WORD_ROOM,    /* the window (2 octets), and how much text there is (2) */
    FUZZ_WORD_FLAGS,   /* the urgent pointer (2), and the flags (2) */
    FUZZ_WORD_OCTETS,  /* octet 2: how many, up to 9; from octet 3 on: octets of the option area.
                          Several words are one area; of none it is empty */
    FUZZ_WORD_OPTION,  /* octet 2: a socket option, of an event that sets one, or of an open before
                          anything else; octet 3: odd = the pending error is asked for, and no
                          option set; 4-7: the second number */
    FUZZ_WORD_SIZE,    /* how many octets a call moves; octet 2: its flags */
    FUZZ_WORD_NUMBER,  /* the backlog, or what is shut down */
    FUZZ_WORD_ICMP,    /* octets 2 and 3: type and code: an error about what was sent at SND.UNA
                          comes, and not the segment. The number is what stands behind the sum */
    FUZZ_WORD_POLICY,  /* before the first event: the endpoint has this setting, of those that the
                          scripts of the suite have; fuzz_setting_key() is its number */
    FUZZ_WORD_CALL,    /* octet 2: enum fuzz_plain_call: the event is that call and no other, on the
                          socket, or if octet 3 is odd on the listener, whatever that is fit for */
    FUZZ_WORDS
};

enum fuzz_plain_call {
    FUZZ_PLAIN_CONNECT, FUZZ_PLAIN_LISTEN, FUZZ_PLAIN_ACCEPT, FUZZ_PLAIN_SEND, FUZZ_PLAIN_RECEIVE,
    FUZZ_PLAIN_SHUTDOWN, FUZZ_PLAIN_BIND, FUZZ_PLAIN_CALLS
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
    const uint8_t *words;       /* in the input, in front of the event's own record */
    size_t word_count;
    unsigned unheard;           /* bits: sorts of words that count for nothing */
};

/* Word number `index` of this sort that an event has, as its record; NULL: it has no more. */
const uint8_t *fuzz_word(const struct fuzz_event *event, enum fuzz_word word, size_t index);

/* settings.c. The number of a setting, and the setting of a number: one that some script of the
 * suite or of the matrix has. NULL: none has it. */
uint32_t fuzz_setting_key(const struct anvil_target_setting *setting);
const struct anvil_target_setting *fuzz_setting(uint32_t key);

enum { FUZZ_SETTINGS_MOST = 512 }; /* there are no more: setting_list.c sees to it */

/* Setting `index` of them, from 0; NULL past the last. Generated, by settings.cmake. */
const struct anvil_target_setting *fuzz_setting_at(size_t index);

/* memory.c. The numbers of all, in their order. */
const uint32_t *fuzz_setting_keys(size_t *count);

/* The call that a word says, of an event that is a call; FUZZ_PLAIN_CALLS: none does. */
enum fuzz_plain_call fuzz_plain(const struct fuzz_event *event);

/* Four octets as a number. */
uint32_t fuzz_number(const uint8_t *octets);

/* Reads the head of an input. */
void fuzz_read_opening(struct fuzz_opening *opening, const uint8_t *data, size_t size);

/* scene.c. The records of a scene, which come before those of the input; how many, up to
 * FUZZ_SCENE_MAX. */
size_t fuzz_scene(const struct fuzz_opening *opening, uint8_t *records);

/* How many records there are. */
size_t fuzz_event_count(size_t size);

/* Reads the event at record `index`, and the words in front of it; how many records that are, 0: no
 * event is left. `data` begins with the head, and must live as long as the event. */
size_t fuzz_read_event(struct fuzz_event *event, const uint8_t *data, size_t size, size_t index);

#endif
