/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two machines joined by a bad network, in virtual time and from one seed: segments are lost,
 * doubled and overtaken, the users send, read and close when they like. Every octet is carried and
 * compared.
 */
#ifndef TEST_WORLD_H
#define TEST_WORLD_H

#include <anvil/step.h>

/* The longest stream of one direction, octets. */
#define WORLD_STREAM_MAX 60000u

/* Segments on their way at most; what comes on top is lost. */
#define WORLD_FLIGHT_MAX 256u

/* A segment on its way. */
struct world_packet {
    anvil_time due;
    struct anvil_segment segment;
    uint64_t offset; /* of the payload in the sender's stream */
    unsigned to;
};

/* One end: the machine, its user, and what has been delivered. */
struct world_end {
    struct anvil_tcb tcb;
    struct anvil_policy policy;
    anvil_seq iss;
    uint64_t to_send, sent; /* octets the user will send, has sent */
    uint64_t read;          /* octets the user has read */
    uint64_t arrived;       /* octets in order, read or not */
    uint32_t read_most;     /* octets of one RECEIVE at most */
    anvil_time acts;        /* when the user does something next */
    anvil_time pause_us;    /* how long it rests at most */
    anvil_time not_before;  /* no CLOSE before this */
    anvil_time time_wait_since; /* 0: was never there */
    uint32_t signals;       /* all that were ever given */
    bool closed;            /* CLOSE was called */
    bool close_early;       /* without waiting for the other end's FIN */
    bool full;              /* the CLOSE gives up reading, once all was read */
    uint8_t got[WORLD_STREAM_MAX];
    uint8_t has[WORLD_STREAM_MAX];
};

struct world {
    struct world_end ends[2];
    struct world_packet packets[WORLD_FLIGHT_MAX];
    unsigned packet_count;
    uint64_t random;
    anvil_time now;
    unsigned loss, dup; /* per thousand */
    anvil_time delay_us, jitter_us;
    unsigned steps, idle_steps;
    const char *failure; /* the first, or NULL */
    bool verbose;
};

/* Sets a world up from a seed. */
void world_start(struct world *world, uint64_t seed);

/* Runs it to its end; NULL, or what went wrong. */
const char *world_run(struct world *world);

/* The next number of a xorshift generator; *random is not 0. */
uint64_t next_random(uint64_t *random);

#endif
