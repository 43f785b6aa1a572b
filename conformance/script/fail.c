/* SPDX-License-Identifier: BSD-2-Clause */
/* Error messages: keeping the first one, with its place and source line, and printing it. */
#include "script/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { BEFORE_CARET = 100 }; /* of a long line, the characters shown in front of the column */

static bool is_printable(char c)
{
    return c >= 0x20 && c < 0x7f;
}

/* Copies the part of the line that holds `where`, one character a byte so that the caret fits. */
static void keep_source(struct script_error *error, const char *line, const char *where,
                        const char *end)
{
    const char *from = where - line > BEFORE_CARET ? where - BEFORE_CARET : line;
    size_t n = 0;

    while (n < SCRIPT_SOURCE_LINE_MAX && from + n < end && from[n] != '\n') {
        error->source[n] = is_printable(from[n]) ? from[n] : from[n] == '\t' ? ' ' : '.';
        n++;
    }
    while (n > (size_t)(where - from) && from[n - 1] == '\r')
        n--;
    error->source[n] = '\0';
    error->caret = (uint32_t)(where - from);
}

/* A message may repeat words of the script, which need not be text. */
static void keep_message(struct script_error *error, const char *format, va_list arguments)
{
    char *at;

    vsnprintf(error->message, sizeof error->message, format, arguments);
    for (at = error->message; *at; at++)
        *at = is_printable(*at) ? *at : '.';
}

/* Fills in the place: lines are counted here, once, so that the rules need not remember them. */
static void keep_place(struct script_parser *parser, const char *where)
{
    struct script_error *error = parser->shared->error;
    const char *line = parser->text;
    const char *newline;

    error->line = parser->first_line;
    while ((newline = memchr(line, '\n', (size_t)(where - line)))) {
        line = newline + 1;
        error->line += !parser->is_value;
    }
    error->column = (uint32_t)(where - line) + 1;
    if (error->line == parser->first_line)
        error->column += parser->first_column - 1;
    snprintf(error->file, sizeof error->file, "%s", parser->file);
    keep_source(error, line, where, parser->end);
}

static void stop(struct script_parser *parser)
{
    parser->shared->failed = true;
    parser->at = parser->end;
}

void script_fail_at(struct script_parser *parser, const char *where, const char *format, ...)
{
    struct script_error *error = parser->shared->error;
    va_list arguments;

    if (!parser->shared->failed) {
        va_start(arguments, format);
        keep_message(error, format, arguments);
        va_end(arguments);
        keep_place(parser, where);
    }
    stop(parser);
}

void script_fail_pos(struct script_parser *parser, const struct script_pos *pos,
                     const char *format, ...)
{
    struct script_error *error = parser->shared->error;
    const char *where = parser->text;
    uint32_t line = parser->first_line;
    va_list arguments;

    while (line < pos->line && where < parser->end)
        line += *where++ == '\n';
    if (!parser->shared->failed) {
        va_start(arguments, format);
        keep_message(error, format, arguments);
        va_end(arguments);
        keep_place(parser, where + (pos->column - 1));
    }
    stop(parser);
}

/* What stands at the cursor, in quotes, for a message. */
static void describe(const struct script_parser *parser, char *out, size_t size)
{
    size_t length = script_word_length(parser);
    unsigned char c = (unsigned char)*parser->at;

    if (parser->at >= parser->end)
        snprintf(out, size, "the end of the file");
    else if (script_at_directive(parser))
        snprintf(out, size, "a directive");
    else if (length > 0)
        snprintf(out, size, "'%.*s'", length > 40 ? 40 : (int)length, parser->at);
    else if (c == '\n' || c == '\r')
        snprintf(out, size, "the end of the line");
    else if (is_printable(*parser->at))
        snprintf(out, size, "'%c'", c);
    else
        snprintf(out, size, "the byte 0x%02x", c);
}

void script_fail_expected(struct script_parser *parser, const char *what)
{
    char found[64];

    describe(parser, found, sizeof found);
    script_fail_at(parser, parser->at, "expected %s, found %s", what, found);
}

size_t script_error_format(const struct script_error *error, char *out, size_t size)
{
    int length;

    if (error->line == 0)
        length = snprintf(out, size, "%s: %s\n", error->file, error->message);
    else
        length = snprintf(out, size, "%s:%lu:%lu: %s\n%s\n%*s^\n", error->file,
                          (unsigned long)error->line, (unsigned long)error->column,
                          error->message, error->source, (int)error->caret, "");
    return length < 0 ? 0 : (size_t)length;
}
