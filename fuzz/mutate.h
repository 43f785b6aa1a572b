/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inputs of records (event.h), changed record by record: an event more, one less, one twice,
 * another choice in one, a word in front of one, another start or policy. What comes of it is never
 * longer than `most` octets.
 */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* Changes `data` of `size` octets in place; the new size. The same seed does the same. */
size_t fuzz_mutate(uint8_t *data, size_t size, size_t most, uint32_t seed);

/* The first records of one input and the last ones of another, into `out`; its size. */
size_t fuzz_splice(const uint8_t *first, size_t first_size, const uint8_t *second,
                   size_t second_size, uint8_t *out, size_t most, uint32_t seed);

#endif
