/* SPDX-License-Identifier: BSD-2-Clause */
/* Text that grows, and ways to put untrusted text into a format. For the files of this folder,
 * and for what else prints results. */
#ifndef CONFORMANCE_REPORT_BUFFER_H
#define CONFORMANCE_REPORT_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/* Zero it to begin. `bytes` ends with a zero once something was added. When memory runs out, what
 * does not fit is lost and `failed` stays set. */
struct report_buffer {
    char *bytes;
    size_t length;
    size_t room;
    bool failed;
};

void report_buffer_add(struct report_buffer *buffer, const char *bytes, size_t count);
void report_buffer_text(struct report_buffer *buffer, const char *text);
void report_buffer_fill(struct report_buffer *buffer, char byte, size_t count);
void report_buffer_format(struct report_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void report_buffer_free(struct report_buffer *buffer);

/* Text from a script, for a terminal: control characters become '?', except line ends. */
void report_add_plain(struct report_buffer *buffer, const char *text);

/* Each line of such text, with `indent` spaces in front and a line end behind. */
void report_add_indented(struct report_buffer *buffer, size_t indent, const char *text);

/* Such text as a paragraph: broken at blanks so that lines stay within 100 columns. The first line
 * goes on where the buffer stands, at column `indent`; the others begin there. Ends the line. */
void report_add_paragraph(struct report_buffer *buffer, size_t indent, const char *text);

/* A JSON string with its quotes, or null. What is no UTF-8 becomes U+FFFD. RFC 8259 7. */
void report_add_json(struct report_buffer *buffer, const char *text);

/* Text inside XML 1.0, in an attribute or between tags. What XML cannot hold becomes U+FFFD. */
void report_add_xml(struct report_buffer *buffer, const char *text);

#endif
