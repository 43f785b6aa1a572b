/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes strings and numbers into a buffer: printf would take most of a case's time. */
#include "matrix/text.h"

#include <stdarg.h>

void matrix_put_all(struct matrix_text *text, const char *first, ...)
{
    va_list strings;
    va_start(strings, first);
    for (const char *string = first; string != NULL; string = va_arg(strings, const char *))
        matrix_put(text, string);
    va_end(strings);
}

void matrix_put_number(struct matrix_text *text, uint32_t number)
{
    char digits[10];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    matrix_put_bytes(text, digits + at, sizeof digits - at);
}

size_t matrix_text_end(struct matrix_text *text)
{
    if (text->size > 0)
        text->out[text->length < text->size ? text->length : text->size - 1] = '\0';
    return text->length;
}
