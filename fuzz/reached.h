/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was reached: (state, class of event, next state). A table-driven machine shows little of
 * this in the edges of its code, so each such triple has a branch of its own that an engine sees
 * (fuzz_cell(), generated), and is counted for people.
 */
#ifndef FUZZ_REACHED_H
#define FUZZ_REACHED_H

#include "target/target.h"

#include <stdio.h>

/* At most 16, or the corpus grows without end. */
enum fuzz_class {
    FUZZ_CLASS_SYN, FUZZ_CLASS_SYN_ACK, FUZZ_CLASS_RST, FUZZ_CLASS_FIN, FUZZ_CLASS_ACK,
    FUZZ_CLASS_TEXT, FUZZ_CLASS_OTHER, FUZZ_CLASS_OPEN, FUZZ_CLASS_ACCEPT, FUZZ_CLASS_SEND,
    FUZZ_CLASS_RECEIVE, FUZZ_CLASS_SHUTDOWN, FUZZ_CLASS_CLOSE, FUZZ_CLASS_OPTION,
    FUZZ_CLASS_TIMER, FUZZ_CLASS_TIME, FUZZ_CLASSES
};

enum { FUZZ_STATES = ANVIL_STATE_UNKNOWN };

const char *fuzz_class_name(enum fuzz_class event);

/* One transition that RFC 9293 has: from one of these states, by one of these classes, to one of
 * those states. Sets are bits. */
struct fuzz_legal {
    unsigned from, by, to;
    const char *name;
};

/* Row `index`, from 0; NULL past the last. */
const struct fuzz_legal *fuzz_legal_at(size_t index);

/* Notes a transition, or that a state stayed. */
void fuzz_reach(enum anvil_target_state from, enum fuzz_class event, enum anvil_target_state to);

/* The matrix of states and events, the legal transitions that were missed, and a last line "states
 * reached: 11 of 11; transitions reached: 45 of 45 of RFC 9293, N in all; events: N"; nothing where
 * no state was noted. */
void fuzz_reached_print(FILE *out);

/* Forgets all that was reached. */
void fuzz_reached_forget(void);

/* Writes each cell that was reached, behind a space: "established.fin.close-wait". */
void fuzz_reached_names(FILE *out);

/* How many cells were reached, transitions and states that stayed. */
size_t fuzz_reached_cells(void);

/* Whether all transitions of RFC 9293 were. */
bool fuzz_reached_all(void);

/* Generated: one branch for each cell, from 0 to 11 * 16 * 11 - 1. */
void fuzz_cell(unsigned cell);

#endif
