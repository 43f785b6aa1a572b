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

/* What inputs of a harness that are no records are made of. */
struct fuzz_pieces {
    const char *harness, *name;
    size_t start; /* what stands in front stays */
    size_t (*length)(const uint8_t *data, size_t size, size_t at); /* of a piece, from at < size */
};

/* NULL: that harness has records, or an input that cannot be taken apart. */
const struct fuzz_pieces *fuzz_pieces_of(const char *harness);
size_t fuzz_piece_count(const struct fuzz_pieces *pieces, const uint8_t *data, size_t size);

/* Removes pieces of `data`, which shows it, until none can go; the new size. `less` has as much
 * room as `data`. */
size_t fuzz_shrink_pieces(const struct fuzz_pieces *pieces, uint8_t *data, uint8_t *less,
                          size_t size, fuzz_shows_fn shows, void *context);

/* The subcommand. */
int fuzz_shrink_call(int argc, char **argv);

#endif
