/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Idioms: small groups of records that belong together, as TCP is used. Single changes would have
 * to come together by chance: an option, what it is about, and the time until it matters.
 */
#ifndef FUZZ_IDIOM_H
#define FUZZ_IDIOM_H

#include <stddef.h>
#include <stdint.h>

enum { FUZZ_IDIOM_RECORDS_MAX = 24 };

/* A number below `below`, or 0 where that is 0, drawn from `random`. */
uint32_t fuzz_draw(uint64_t *random, uint32_t below);

/* The number of a word, as it often is: a limit, a size, a time. */
uint32_t fuzz_draw_number(uint64_t *random);

/* Writes the records of some idiom; how many, up to FUZZ_IDIOM_RECORDS_MAX. */
size_t fuzz_idiom(uint64_t *random, uint8_t *records);

#endif
