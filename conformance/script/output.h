/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside the printer: text that is cut at the end of a buffer but counted to its end. */
#ifndef CONFORMANCE_SCRIPT_OUTPUT_H
#define CONFORMANCE_SCRIPT_OUTPUT_H

#include "script/script_print.h"

struct script_output {
    char *out;
    size_t size, length;
};

void script_put_bytes(struct script_output *output, const char *text, size_t length);
void script_put(struct script_output *output, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void script_put_hex(struct script_output *output, const uint8_t *bytes, size_t count);

void script_put_expr(struct script_output *output, const struct script_expr *expr);
void script_put_call(struct script_output *output, const struct script_call *call);
void script_put_packet(struct script_output *output, const struct script_packet *packet);
void script_put_endpoint(struct script_output *output, const struct script_endpoint *endpoint);
void script_put_tcp_options(struct script_output *output, const struct script_packet *packet);
/* `bare`: a symbol may stand without a number in front of it. */
void script_put_amount(struct script_output *output, const struct script_amount *amount,
                       const struct script_print_options *options, bool bare);
void script_put_time(struct script_output *output, const struct script_time *time,
                     const struct script_print_options *options);

#endif
