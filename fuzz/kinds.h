/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What harnesses reach beside states: kinds of things, each with a name. The one that runs says
 * once what kinds there are, and notes each that it meets; at the end they are printed.
 */
#ifndef FUZZ_KINDS_H
#define FUZZ_KINDS_H

#include <stddef.h>
#include <stdio.h>

enum { FUZZ_KINDS_MAX = 64 };

/* The names of all kinds, for as long as the program runs; at most FUZZ_KINDS_MAX. */
void fuzz_kinds_are(const char *const *names, size_t count);

/* Kind `kind` was met, once more. */
void fuzz_kind(unsigned kind);

/* Each kind with how often it was met, and a last line "kinds reached: 9 of 12"; nothing where no
 * kinds are known. */
void fuzz_kinds_print(FILE *out);

#endif
