/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What RFC 9293 3.10.7 says about a segment that arrives: a table of rows in the RFC's order, and a
 * function that walks it over an abstract endpoint. Written from the text, without the core, so
 * that either judges the other. Where the text is unclear it takes our positions (AMBIG-n), as the
 * profile rfc9293 does: RFC 5961 and 6191 in use, RFC 1337 not.
 *
 * Numbers are 32-bit and wrap; they may count from anywhere. Any endpoint and any segment have an
 * outcome. What it leaves out: security and precedence (3.10.7.4 third), congestion, how long an
 * ACK may be delayed, moving TS.Recent, a stamp that is missing where both sides agreed on them
 * (RFC 7323 3.2), and the window on a SYN,ACK with more text than it has room for.
 */
#ifndef MATRIX_REFERENCE_H
#define MATRIX_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum matrix_state {
    MATRIX_CLOSED, MATRIX_LISTEN, MATRIX_SYN_SENT, MATRIX_SYN_RECEIVED, MATRIX_ESTABLISHED,
    MATRIX_FIN_WAIT_1, MATRIX_FIN_WAIT_2, MATRIX_CLOSE_WAIT, MATRIX_CLOSING, MATRIX_LAST_ACK,
    MATRIX_TIME_WAIT, MATRIX_STATES
};

enum {
    MATRIX_FIN = 0x01, MATRIX_SYN = 0x02, MATRIX_RST = 0x04, MATRIX_PSH = 0x08, MATRIX_ACK = 0x10,
    MATRIX_URG = 0x20
};

enum { MATRIX_HELD_MAX = 8, MATRIX_APPLIED_MAX = 16 };

/* Numbers from `start` up to, but without, `end`. */
struct matrix_range { uint32_t start, end; };

struct matrix_endpoint {
    enum matrix_state state;
    bool passive;          /* the connection was opened by a passive OPEN */
    bool listener;         /* a LISTEN that matches stands beside the connection */
    bool fin_sent;         /* our FIN has been sent: it is snd_nxt - 1 */
    bool timestamps;       /* RFC 7323: both sides offered them */
    uint32_t iss;
    uint32_t snd_una;
    uint32_t snd_nxt;      /* the highest number ever sent, plus one */
    uint32_t snd_wnd, snd_wl1, snd_wl2;
    uint32_t max_snd_wnd;  /* RFC 5961 5.2: the largest window the peer ever offered */
    uint32_t irs;
    uint32_t rcv_nxt, rcv_wnd;
    uint32_t rcv_up;       /* the urgent point: the number behind the urgent octet */
    uint32_t ts_recent;
    uint32_t next_iss;     /* the ISS of a connection that begins now, */
    uint32_t next_wnd;     /* and the window that it offers */
    struct matrix_range held[MATRIX_HELD_MAX]; /* text behind a gap, in order, never touching */
    size_t held_count;
    bool fin_held;         /* the peer's FIN waits behind a gap, at fin_at */
    uint32_t fin_at;
};

struct matrix_segment {
    uint8_t flags;
    uint32_t seq, ack;
    uint32_t length;       /* octets of text */
    uint32_t wnd;          /* after scaling */
    uint16_t up;
    bool has_ts;
    uint32_t ts_val;
};

/* What the user is told, and what becomes of the 2MSL timer. */
enum {
    MATRIX_SIGNAL_OPEN = 1, MATRIX_SIGNAL_CLOSING = 2, MATRIX_SIGNAL_RESET = 4,
    MATRIX_SIGNAL_REFUSED = 8, MATRIX_SIGNAL_URGENT = 16, MATRIX_TIMER_2MSL_STARTS = 32
};

/* The row of the table that applied, and what else it rests on, as ids of the registry. */
struct matrix_applied {
    const char *row;       /* EP-SA-... */
    const char *also;      /* requirements and positions: "RFC5961-RST-4 AMBIG-19"; or NULL */
};

struct matrix_reply {
    uint8_t flags;
    uint32_t seq, ack;
    bool may_wait;         /* an ACK that may be delayed or ride on other segments */
};

struct matrix_outcome {
    struct matrix_applied applied[MATRIX_APPLIED_MAX];
    size_t applied_count;
    bool replies;          /* one segment is sent */
    struct matrix_reply reply;
    uint32_t delivered;    /* octets that the user can now have */
    unsigned signals;
    struct matrix_endpoint next;
};

/* Fills *outcome. Reads nothing else, keeps nothing. */
void matrix_reference(const struct matrix_endpoint *endpoint,
                      const struct matrix_segment *segment, struct matrix_outcome *outcome);

/* Row `index` of the table, in its order: id and section; false past the last. */
bool matrix_reference_row(size_t index, const char **id, const char **section);

/* "SYN-RECEIVED" and "syn-received". */
const char *matrix_state_name(enum matrix_state state);
const char *matrix_state_word(enum matrix_state state);

/* How many numbers the segment takes: its text, SYN and FIN. RFC 9293 3.4. */
uint32_t matrix_segment_length(const struct matrix_segment *segment);

/* a < b and a =< b, for numbers less than 2^31 apart. RFC 9293 3.4. */
static inline bool matrix_before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

static inline bool matrix_not_after(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) <= 0;
}

#endif
