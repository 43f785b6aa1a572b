/* SPDX-License-Identifier: BSD-2-Clause */
/* A script that is being written: one buffer of the caller, never grown. */
#ifndef MATRIX_TEXT_H
#define MATRIX_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct matrix_text {
    char *out;
    size_t size;
    size_t length; /* may pass size: then the text was cut */
};

static inline void matrix_put_bytes(struct matrix_text *text, const char *bytes, size_t count)
{
    if (text->length + count < text->size)
        memcpy(text->out + text->length, bytes, count);
    text->length += count;
}

/* Most strings are literals, whose length is then known. */
static inline void matrix_put(struct matrix_text *text, const char *string)
{
    matrix_put_bytes(text, string, strlen(string));
}

void matrix_put_number(struct matrix_text *text, uint32_t number);

/* Puts the strings one after the other, up to a NULL. */
void matrix_put_all(struct matrix_text *text, const char *first, ...)
    __attribute__((sentinel));

/* Ends the text with NUL; returns its length. */
size_t matrix_text_end(struct matrix_text *text);

#endif
