/* SPDX-License-Identifier: BSD-2-Clause */
/* Text that grows. */
#include "report/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Makes room for `count` more bytes and a zero. */
static bool reserve(struct report_buffer *buffer, size_t count)
{
    size_t needed = buffer->length + count + 1;
    size_t room = buffer->room == 0 ? 256 : buffer->room;
    char *bytes;

    if (needed <= buffer->room)
        return true;
    while (room < needed)
        room *= 2;
    bytes = realloc(buffer->bytes, room);
    if (bytes == NULL) {
        buffer->failed = true;
        return false;
    }
    buffer->bytes = bytes;
    buffer->room = room;
    return true;
}

void report_buffer_add(struct report_buffer *buffer, const char *bytes, size_t count)
{
    if (!reserve(buffer, count))
        return;
    if (count > 0)
        memcpy(buffer->bytes + buffer->length, bytes, count);
    buffer->length += count;
    buffer->bytes[buffer->length] = '\0';
}

void report_buffer_text(struct report_buffer *buffer, const char *text)
{
    report_buffer_add(buffer, text, strlen(text));
}

void report_buffer_fill(struct report_buffer *buffer, char byte, size_t count)
{
    for (size_t i = 0; i < count; i++)
        report_buffer_add(buffer, &byte, 1);
}

void report_buffer_format(struct report_buffer *buffer, const char *format, ...)
{
    va_list arguments;
    int count;

    va_start(arguments, format);
    count = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (count < 0 || !reserve(buffer, (size_t)count))
        return;
    va_start(arguments, format);
    vsnprintf(buffer->bytes + buffer->length, (size_t)count + 1, format, arguments);
    va_end(arguments);
    buffer->length += (size_t)count;
}

void report_buffer_free(struct report_buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct report_buffer){ .bytes = NULL };
}
