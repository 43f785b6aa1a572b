/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text of scripts may hold any bytes: names of files, words of calls, sentences. What a format
 * cannot hold is replaced, so that no script can break a report or a terminal.
 */
#include <stdint.h>
#include <string.h>

#include "report/buffer.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

static bool is_control(unsigned char byte)
{
    return byte < 0x20 || byte == 0x7f;
}

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Length of the UTF-8 sequence at `text`, 0 if it is none (RFC 3629 4): overlong forms, surrogates
 * and what lies above U+10FFFF are none. */
static size_t utf8_length(const unsigned char *text)
{
    uint32_t code;

    if (text[0] < 0x80)
        return 1;
    if (text[0] < 0xc2 || text[0] > 0xf4 || !is_continuation(text[1]))
        return 0;
    if (text[0] < 0xe0)
        return 2;
    if (!is_continuation(text[2]))
        return 0;
    code = (uint32_t)(text[0] & 0x0f) << 12 | (uint32_t)(text[1] & 0x3f) << 6 | (text[2] & 0x3f);
    if (text[0] < 0xf0)
        return code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 0 : 3;
    code = (uint32_t)(text[0] & 0x07) << 18 | (uint32_t)(text[1] & 0x3f) << 12 |
           (uint32_t)(text[2] & 0x3f) << 6;
    return is_continuation(text[3]) && code >= 0x10000 && code <= 0x10ffff ? 4 : 0;
}

/* U+FFFE and U+FFFF are characters of UTF-8 but not of XML 1.0. */
static bool is_not_xml(const unsigned char *text, size_t length)
{
    return length == 3 && text[0] == 0xef && text[1] == 0xbf && text[2] >= 0xbe;
}

void report_add_plain(struct report_buffer *buffer, const char *text)
{
    for (; *text != '\0'; text++) {
        bool shown = *text == '\n' || !is_control((unsigned char)*text);

        report_buffer_add(buffer, shown ? text : *text == '\t' ? " " : "?", 1);
    }
}

void report_add_indented(struct report_buffer *buffer, size_t indent, const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        if (length > 0)
            report_buffer_fill(buffer, ' ', indent);
        for (size_t i = 0; i < length; i++)
            report_buffer_add(buffer, is_control((unsigned char)text[i]) ? " " : text + i, 1);
        report_buffer_text(buffer, "\n");
        text += length + (text[length] == '\n');
    }
}

void report_add_paragraph(struct report_buffer *buffer, size_t indent, const char *text)
{
    size_t column = indent;

    text += strspn(text, " \t\n");
    while (*text != '\0') {
        size_t length = strcspn(text, " \t\n");

        if (column > indent && column + 1 + length > 100) {
            report_buffer_text(buffer, "\n");
            report_buffer_fill(buffer, ' ', indent);
            column = indent;
        } else if (column > indent) {
            report_buffer_text(buffer, " ");
            column++;
        }
        for (size_t i = 0; i < length; i++)
            report_buffer_add(buffer, is_control((unsigned char)text[i]) ? "?" : text + i, 1);
        column += length;
        text += length + strspn(text + length, " \t\n");
    }
    report_buffer_text(buffer, "\n");
}

/* One character of a JSON string; `length` is 0 where it is no UTF-8. */
static void add_json_character(struct report_buffer *buffer, const char *text, size_t length)
{
    unsigned char byte = (unsigned char)*text;

    if (length == 0)
        report_buffer_text(buffer, replacement);
    else if (byte == '"' || byte == '\\')
        report_buffer_format(buffer, "\\%c", byte);
    else if (byte == '\n')
        report_buffer_text(buffer, "\\n");
    else if (byte == '\t')
        report_buffer_text(buffer, "\\t");
    else if (is_control(byte))
        report_buffer_format(buffer, "\\u%04x", (unsigned)byte);
    else
        report_buffer_add(buffer, text, length);
}

void report_add_json(struct report_buffer *buffer, const char *text)
{
    if (text == NULL) {
        report_buffer_text(buffer, "null");
        return;
    }
    report_buffer_text(buffer, "\"");
    while (*text != '\0') {
        size_t length = utf8_length((const unsigned char *)text);

        add_json_character(buffer, text, length);
        text += length == 0 ? 1 : length;
    }
    report_buffer_text(buffer, "\"");
}

/* One character of XML text; `length` is 0 where it is no UTF-8. XML 1.0 2.2 lists what may be. */
static void add_xml_character(struct report_buffer *buffer, const char *text, size_t length)
{
    unsigned char byte = (unsigned char)*text;
    bool blank = byte == '\n' || byte == '\t';

    if (length == 0 || (is_control(byte) && !blank && byte != 0x7f) ||
        is_not_xml((const unsigned char *)text, length))
        report_buffer_text(buffer, replacement);
    else if (byte == '&')
        report_buffer_text(buffer, "&amp;");
    else if (byte == '<')
        report_buffer_text(buffer, "&lt;");
    else if (byte == '>')
        report_buffer_text(buffer, "&gt;");
    else if (byte == '"')
        report_buffer_text(buffer, "&quot;");
    else if (blank)
        report_buffer_format(buffer, "&#%u;", (unsigned)byte); /* attributes would lose them */
    else
        report_buffer_add(buffer, text, length);
}

void report_add_xml(struct report_buffer *buffer, const char *text)
{
    while (*text != '\0') {
        size_t length = utf8_length((const unsigned char *)text);

        add_xml_character(buffer, text, length);
        text += length == 0 ? 1 : length;
    }
}
