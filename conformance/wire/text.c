/* SPDX-License-Identifier: BSD-2-Clause */
/* Text that is put together piece by piece. */
#include "wire/text.h"

#include <stdarg.h>
#include <stdio.h>

void wire_text_add(struct text *text, const char *format, ...)
{
    size_t left = text->room - text->length;
    va_list arguments;
    int written;

    if (left <= 1)
        return;
    va_start(arguments, format);
    written = vsnprintf(text->out + text->length, left, format, arguments);
    va_end(arguments);
    if (written > 0)
        text->length += (size_t)written < left ? (size_t)written : left - 1;
}

void wire_text_add_hex(struct text *text, const char *before, const uint8_t *bytes, size_t count)
{
    if (count > 0)
        wire_text_add(text, "%s", before);
    for (size_t i = 0; i < count; i++)
        wire_text_add(text, "%02x", (unsigned)bytes[i]);
}
