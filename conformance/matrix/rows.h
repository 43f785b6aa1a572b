/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of the reference table, and the walk over them. Private to the reference. */
#ifndef MATRIX_ROWS_H
#define MATRIX_ROWS_H

#include "matrix/reference.h"

/* One segment on its way through the table. */
struct matrix_walk {
    enum matrix_state began;            /* the state in which the segment came */
    struct matrix_endpoint *now;        /* the endpoint as it is by now */
    const struct matrix_segment *whole; /* the segment as it arrived */
    struct matrix_segment rest;         /* what is left of it after trimming to the window */
    struct matrix_outcome *outcome;
    bool ack_now, ack_soon;             /* an ACK of RCV.NXT is owed: at once, or delayed */
    int step;                           /* of 3.10.7.4; rows of earlier steps are passed over */
};

enum matrix_flow { MATRIX_GO_ON, MATRIX_RETURN };

/*
 * One row: in these states, when this holds, do that. `step` is the numbered check of 3.10.7.4, or
 * 0. Several rows may have one id: their conditions differ, or what else
 * they rest on does: requirements, and positions of ours where the text is unclear.
 */
struct matrix_row {
    const char *id, *section, *also;
    int step;
    unsigned states;
    bool (*when)(const struct matrix_walk *walk);
    enum matrix_flow (*then)(struct matrix_walk *walk);
};

enum {
    MATRIX_IN_CLOSED = 1U << MATRIX_CLOSED, MATRIX_IN_LISTEN = 1U << MATRIX_LISTEN,
    MATRIX_IN_SYN_SENT = 1U << MATRIX_SYN_SENT, MATRIX_IN_SYN_RECEIVED = 1U << MATRIX_SYN_RECEIVED,
    MATRIX_IN_ESTABLISHED = 1U << MATRIX_ESTABLISHED,
    MATRIX_IN_FIN_WAIT_1 = 1U << MATRIX_FIN_WAIT_1, MATRIX_IN_FIN_WAIT_2 = 1U << MATRIX_FIN_WAIT_2,
    MATRIX_IN_CLOSE_WAIT = 1U << MATRIX_CLOSE_WAIT, MATRIX_IN_CLOSING = 1U << MATRIX_CLOSING,
    MATRIX_IN_LAST_ACK = 1U << MATRIX_LAST_ACK, MATRIX_IN_TIME_WAIT = 1U << MATRIX_TIME_WAIT,
    MATRIX_OPEN_FOR_TEXT = MATRIX_IN_ESTABLISHED | MATRIX_IN_FIN_WAIT_1 | MATRIX_IN_FIN_WAIT_2,
    MATRIX_AFTER_FIN = MATRIX_IN_CLOSE_WAIT | MATRIX_IN_CLOSING | MATRIX_IN_LAST_ACK |
                       MATRIX_IN_TIME_WAIT,
    MATRIX_SYNCHRONIZED = MATRIX_OPEN_FOR_TEXT | MATRIX_AFTER_FIN,
    MATRIX_SEQUENCED = MATRIX_IN_SYN_RECEIVED | MATRIX_SYNCHRONIZED
};

/* 3.10.7.1 to 3.10.7.3, then 3.10.7.4 steps 1 to 4, then steps 5 to 8. Each ends with id NULL. */
extern const struct matrix_row matrix_rows_early[];
extern const struct matrix_row matrix_rows_arrival[];
extern const struct matrix_row matrix_rows_acceptable[];

/* ---- conditions and actions that several rows share ---- */

bool matrix_always(const struct matrix_walk *walk);
bool matrix_has_rst(const struct matrix_walk *walk);
bool matrix_has_syn(const struct matrix_walk *walk);
bool matrix_has_ack(const struct matrix_walk *walk);
bool matrix_lacks_ack(const struct matrix_walk *walk);
bool matrix_has_more_than_syn(const struct matrix_walk *walk); /* text or FIN beside the SYN */

enum matrix_flow matrix_note(struct matrix_walk *walk);
enum matrix_flow matrix_drop(struct matrix_walk *walk);
enum matrix_flow matrix_answer_ack(struct matrix_walk *walk);  /* <SEQ=SND.NXT><ACK=RCV.NXT> */
enum matrix_flow matrix_reset_at_ack(struct matrix_walk *walk); /* <SEQ=SEG.ACK><CTL=RST> */
enum matrix_flow matrix_reset_from_zero(struct matrix_walk *walk);
enum matrix_flow matrix_to_listen(struct matrix_walk *walk);

void matrix_reply_with(struct matrix_walk *walk, uint8_t flags, uint32_t seq, uint32_t ack);

/* A connection begins that answers the SYN of this segment with <ISS><SEG.SEQ+1><SYN,ACK>. */
void matrix_answer_syn(struct matrix_walk *walk, uint32_t iss);

/* Takes the window that the segment offers. */
void matrix_take_window(struct matrix_walk *walk);

/* Moves RCV.NXT; the right edge of the window stays. */
void matrix_advance(struct matrix_endpoint *now, uint32_t to);

#endif
