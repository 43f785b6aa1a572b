/* SPDX-License-Identifier: BSD-2-Clause */
/* One endpoint under events: the target, its clock, what judges it and what is recorded. */
#ifndef FUZZ_END_H
#define FUZZ_END_H

#include "fuzz/event.h"
#include "fuzz/harness.h"
#include "fuzz/reached.h"
#include "oracle/oracle.h"
#include "wire/frame.h"

struct fuzz_end {
    const struct anvil_target *target;
    void *self;
    struct anvil_target_address local, remote;
    struct fuzz_opening opening;
    uint64_t now_us;
    int listener, socket;     /* -1: none */
    uint32_t connections;     /* begun by calls or by SYNs of the peer, so far */
    bool stamped;             /* the endpoint has sent a timestamp: this one */
    uint32_t stamp;
    bool offered;             /* the SYN of the connection had all options */
    struct anvil_target_observation seen; /* of the connection, at the last rest */
    enum anvil_target_state state;        /* CLOSED: there is none; LISTEN: a listener is */
    struct oracle_watch *watch;
    struct oracle_setting setting;
    int64_t policy[ORACLE_POLICY_COUNT];
    struct world_record *record;          /* NULL: nothing is recorded */
    struct fuzz_finding *finding;
    enum anvil_target_state before;       /* the event that is going on: in this state */
    enum fuzz_class event;
    uint64_t sent;                        /* frames, so far */
    uint64_t done;                        /* calls, arrivals and passing of time, so far */
    uint32_t sockets;                     /* at most, at once; 0: as few as one connection has */
    struct fuzz_end *others;              /* NULL: the host has but this one. Else all that */
    size_t other_count;                   /* it has, this one among them */
    uint64_t digest;                      /* of all that was sent for it, and when */
};

/* The end with these ports and this version of IP; `end` itself if there is none. */
struct fuzz_end *fuzz_end_with(struct fuzz_end *end, uint8_t family, uint16_t local_port,
                               uint16_t remote_port);

/* Looks at what became of it while others had events. */
void fuzz_end_look(struct fuzz_end *end);

/* end.c. Opens the target as the input says; false: no memory. */
bool fuzz_end_open(struct fuzz_end *end, const struct fuzz_opening *opening);
void fuzz_end_close(struct fuzz_end *end);
void fuzz_end_call(struct fuzz_end *end, struct anvil_target_call *call);
void fuzz_end_inject(struct fuzz_end *end, const uint8_t *bytes, size_t length);
void fuzz_end_advance(struct fuzz_end *end, uint64_t until_us);

/* What the run started from, for those that tell it. */
void fuzz_end_plan(const struct fuzz_end *end, struct world_plan *plan);

/* The first finding counts. */
void fuzz_end_find(struct fuzz_end *end, const char *oracle, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether there is a connection, which `seen` tells of. */
static inline bool fuzz_end_is_connected(const struct fuzz_end *end)
{
    return end->state != ANVIL_STATE_CLOSED && end->state != ANVIL_STATE_LISTEN;
}

/* happen.c. Does one event, and notes where it led. */
void fuzz_happen(struct fuzz_end *end, const struct fuzz_event *event);

/* The class of a segment. */
enum fuzz_class fuzz_class_of(uint16_t flags, bool text);

/* memory.c. The oracles' memory, the same at each call; NULL: there is none. */
struct oracle_watch *fuzz_watch(void);

/* The core as a target, whose instances are opened in memory that is kept. */
const struct anvil_target *fuzz_target(void);

/* What a profile of the core says, by enum oracle_policy. */
const int64_t *fuzz_policy(const char *profile);

/* What a SEND sends, always the same; room for what a RECEIVE gets, for a frame that goes out, and
 * for one that arrives. */
enum { FUZZ_OCTETS_MAX = 65536 };
const uint8_t *fuzz_text(void);
uint8_t *fuzz_octets_room(void);

/* The peer's stream, so far behind its first octet (modulo 2^32), as the peer of a script sends
 * it: segments that overlap agree, and octets of a frame are those that a script expects. */
const uint8_t *fuzz_peer_text(uint32_t distance);

uint8_t *fuzz_frame_room(void);
uint8_t *fuzz_arrival_room(void);

/* Room for what a harness needs in a run, the same at each call, which has what the run before left
 * in it; NULL: there is no memory. */
void *fuzz_run_room(size_t size);

/* segment.c. The segment, or ICMP error, that an event stands for, as a frame; its length. */
enum { FUZZ_SEGMENT_TEXT_MAX = 65000 };
size_t fuzz_segment(const struct fuzz_end *end, const struct fuzz_event *event, uint8_t *out,
                    size_t room);

/* Of a segment's event: its option area as words say it (false: none does), flags, and class. */
bool fuzz_segment_octets(const struct fuzz_event *event, struct wire_tcp *tcp);
uint16_t fuzz_segment_flags(const struct fuzz_event *event);
enum fuzz_class fuzz_segment_class(const struct fuzz_event *event);

/* happen.c. Whether a segment's event begins a connection: the peer's numbers are fresh ones. */
bool fuzz_begins(const struct fuzz_end *end, const struct fuzz_event *event);

/* How far an event of time goes. */
uint64_t fuzz_time(const struct fuzz_end *end, const struct fuzz_event *event);

/*
 * calls.c. Most octets of a SEND, and the least segment size that may be set on a socket, now: a
 * call makes a flight of 128 segments, or where options fill them up to some 1,600. One of 60,000
 * takes longer than a thousand inputs, and shows no more.
 */
size_t fuzz_send_most(const struct fuzz_end *end);
int32_t fuzz_maxseg_least(const struct fuzz_end *end, int socket);

/* Makes the calls that an event stands for. */
void fuzz_calls(struct fuzz_end *end, const struct fuzz_event *event);

#endif
