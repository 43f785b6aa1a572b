/* SPDX-License-Identifier: BSD-2-Clause */
/* Text that is put together piece by piece in the caller's buffer. For the files of this folder. */
#ifndef CONFORMANCE_WIRE_TEXT_H
#define CONFORMANCE_WIRE_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* `out` always ends with a zero once something was added; what does not fit is cut. */
struct text {
    char *out;
    size_t room;
    size_t length;
};

/* printf into it. */
void wire_text_add(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Bytes as hexadecimal digits, with `before` in front if there are any. */
void wire_text_add_hex(struct text *text, const char *before, const uint8_t *bytes, size_t count);

#endif
