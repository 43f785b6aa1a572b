/* SPDX-License-Identifier: BSD-2-Clause */
/* Text into a buffer of limited size. */
#include "script/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void script_put_bytes(struct script_output *output, const char *text, size_t length)
{
    size_t room = output->size > output->length ? output->size - output->length - 1 : 0;
    size_t n = length < room ? length : room;

    if (n > 0)
        memcpy(output->out + output->length, text, n);
    if (room > 0 || output->size > output->length)
        output->out[output->length + n] = '\0';
    output->length += length;
}

void script_put(struct script_output *output, const char *format, ...)
{
    size_t room = output->size > output->length ? output->size - output->length : 0;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(room > 0 ? output->out + output->length : NULL, room, format, arguments);
    va_end(arguments);
    output->length += length < 0 ? 0 : (size_t)length;
}

void script_put_hex(struct script_output *output, const uint8_t *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    size_t i;

    for (i = 0; i < count; i++) {
        char pair[2] = { digits[bytes[i] >> 4], digits[bytes[i] & 15] };

        script_put_bytes(output, pair, 2);
    }
}
