/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What chooses the mutant that is in force, in a core that holds all of them (sites.py). It is
 * included before each of the core's files, and by judge.c.
 */
#ifndef MUTANTS_GUARD_H
#define MUTANTS_GUARD_H

/* The number of the mutant in force; 0 = none. */
extern unsigned anvil_mutant;

/* What has been reached since it was last cleared, an octet a mutant. */
extern unsigned char anvil_reached[];

/* Whether mutant `number` is in force. */
static inline int anvil_is(unsigned number)
{
    anvil_reached[number] = 1;
    return anvil_mutant == number;
}

#endif
