/* SPDX-License-Identifier: BSD-2-Clause */
/* The axes of the cases in which one segment arrives, and the values of one case. */
#ifndef MATRIX_SEGMENTS_H
#define MATRIX_SEGMENTS_H

#include "matrix/scene.h"

enum matrix_event {
    MATRIX_EVENT_SYN, MATRIX_EVENT_SYN_ACK, MATRIX_EVENT_ACK, MATRIX_EVENT_DATA, MATRIX_EVENT_FIN,
    MATRIX_EVENT_FIN_ACK, MATRIX_EVENT_SYN_FIN, MATRIX_EVENT_RST, MATRIX_EVENT_RST_ACK,
    MATRIX_EVENT_URG, MATRIX_EVENT_NO_FLAGS, MATRIX_EVENT_ALL_FLAGS, MATRIX_EVENTS
};

/* Where SEG.SEQ lies, from RCV.NXT and the window. Before a connection: from the numbers of the one
 * that was there before, or of none. */
enum matrix_seq_place {
    MATRIX_SEQ_LEFT_BY_1, MATRIX_SEQ_LEFT_BY_2_31, MATRIX_SEQ_LEFT_EDGE, MATRIX_SEQ_INSIDE,
    MATRIX_SEQ_RIGHT_EDGE, MATRIX_SEQ_OUTSIDE, MATRIX_SEQ_PLACES
};

/* Where SEG.ACK lies. */
enum matrix_ack_place {
    MATRIX_ACK_BELOW, MATRIX_ACK_OLDEST, MATRIX_ACK_TOO_OLD, MATRIX_ACK_UNA, MATRIX_ACK_BETWEEN,
    MATRIX_ACK_NXT, MATRIX_ACK_UNSENT, MATRIX_ACK_FAR, MATRIX_ACK_PLACES
};

/* The segment's stamp beside TS.Recent, where both sides use timestamps. */
enum matrix_stamp { MATRIX_STAMP_NEWER, MATRIX_STAMP_EQUAL, MATRIX_STAMP_OLDER, MATRIX_STAMPS };

/* One case. The first five say which it is: they are the full product, and its code. The others
 * follow from them, so that each pair of values comes up. */
struct matrix_cell {
    enum matrix_state state;
    enum matrix_event event;
    enum matrix_seq_place seq;
    enum matrix_ack_place ack;
    bool zero_window;
    bool passive, payload, ipv6;
    bool closes;             /* the segment closes the peer's window, where we may still send */
    enum matrix_options options;
    enum matrix_stamp stamp;
    uint8_t iss, irs, clock; /* indices */
};

/* How many codes there are, those of combinations that are no case included. */
uint32_t matrix_cell_codes(void);

void matrix_cell_decode(uint32_t code, struct matrix_cell *cell);

/* Why the combination is no case, as a sentence; NULL: it is one. */
const char *matrix_cell_removed(const struct matrix_cell *cell);

/* Why one of the other values has no choice in this case: sentence `index`; NULL past the last. */
const char *matrix_cell_fixed(const struct matrix_cell *cell, unsigned index);

bool matrix_event_has_ack(enum matrix_event event);
const char *matrix_event_word(enum matrix_event event);

#endif
