/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The generated cases: every state x event cell of RFC 9293 3.10, each the text of a script that
 * the ordinary parser reads. Nothing of them stands in a file.
 *
 *     struct matrix *matrix = matrix_open();
 *     for (size_t i = 0; i < matrix_count(matrix); i++) {
 *         matrix_name(matrix, i, name, sizeof name);        "matrix/time-wait/rst/right-edge"
 *         matrix_text(matrix, i, text, sizeof text);
 *     }
 *     matrix_close(matrix);
 *
 * An open matrix is only read: threads may share it.
 *
 * To add a part: one file that defines a struct matrix_part, and its line in matrix.c. A part lists
 * its cases as 32-bit codes of its own, and writes the name and text of one from its code alone.
 */
#ifndef MATRIX_MATRIX_H
#define MATRIX_MATRIX_H

#include "matrix/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MATRIX_NAME_MAX = 128, MATRIX_TEXT_MAX = 8192 };

struct matrix;

/* NULL: no memory. */
struct matrix *matrix_open(void);
void matrix_close(struct matrix *matrix);

size_t matrix_count(const struct matrix *matrix);

/* Both return the length of what they wrote, as snprintf does. Names do not change from one version
 * to the next unless the case does. */
size_t matrix_name(const struct matrix *matrix, size_t index, char *out, size_t size);
size_t matrix_text(const struct matrix *matrix, size_t index, char *out, size_t size);

/* False: no case has this name. */
bool matrix_find(const struct matrix *matrix, const char *name, size_t *index);

/* Why combinations that one could write down are no cases: rule `index`, one sentence, and how many
 * it removes. False past the last. */
struct matrix_removal {
    const char *part;     /* "segments" */
    const char *sentence;
    size_t removed;
};
bool matrix_removal(const struct matrix *matrix, size_t index, struct matrix_removal *removal);

/* ---- for parts ---- */

/* What a part adds while it is listed. */
struct matrix_list;
void matrix_list_add(struct matrix_list *list, uint32_t code);
void matrix_list_remove(struct matrix_list *list, const char *sentence, size_t count);

struct matrix_part {
    const char *name;
    void (*list)(struct matrix_list *list);
    void (*put_name)(uint32_t code, struct matrix_text *text);
    void (*put_text)(uint32_t code, struct matrix_text *text);
};

extern const struct matrix_part matrix_segments, matrix_calls, matrix_timeouts;

#endif
