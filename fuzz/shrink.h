/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes an input of records smaller as long as it still shows what is asked for: events are
 * removed, then what is left is made plain, choice by choice, until neither goes any further. So
 * the result is minimal by single events: without any one of them it does not show it.
 */
#ifndef FUZZ_SHRINK_H
#define FUZZ_SHRINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether an input still shows it. */
typedef bool (*fuzz_shows_fn)(void *context, const uint8_t *data, size_t size);

/* Shrinks `data`, which shows it; `room` octets are there, so that a scene can be written out as
 * the records that it stands for. The new size. */
size_t fuzz_shrink(uint8_t *data, size_t size, size_t room, fuzz_shows_fn shows, void *context);

/* The subcommand. */
int fuzz_shrink_call(int argc, char **argv);

#endif
