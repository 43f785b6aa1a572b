/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints scripts in packetdrill's notation, and says who else could run them.
 *
 * All functions write at most `size` bytes with a NUL at the end (if size > 0) and return the
 * length that the whole text has, like snprintf. Parsing the text gives an equal script, but that
 * preambles, #ifdef and --define are resolved in it, and positions differ. */
#ifndef CONFORMANCE_SCRIPT_PRINT_H
#define CONFORMANCE_SCRIPT_PRINT_H

#include "script/script.h"

/* How to print: symbols of times that `lookup` knows become numbers. All may be NULL. */
struct script_print_options {
    script_symbol_fn lookup;
    void *context;
};

/* The flattened script: directives, options, init commands, events. `options` may be NULL. */
size_t script_print(const struct script *script, const struct script_print_options *options,
                    char *out, size_t size);

/* "> S. 0:0(0) ack 1 <mss 1460>": also for what a target sent, put into the same structure. If
 * flags_text is NULL, the flags are printed from the bits. */
size_t script_print_packet(const struct script_packet *packet, char *out, size_t size);

/* "read(4, ..., 100) = 100" and the expressions in it. */
size_t script_print_call(const struct script_call *call, char *out, size_t size);
size_t script_print_expr(const struct script_expr *expr, char *out, size_t size);

/* ---- who could run it ---- */

enum { SCRIPT_UPSTREAM_GOOGLE = 1, SCRIPT_UPSTREAM_NPLAB = 2 };

/* Called for each thing in the printed script that some upstream packetdrill does not know; `lacks`
 * says which, as a mask. Each `what` is reported once for each program, with its first place. */
typedef void (*script_problem_fn)(void *context, const struct script_pos *pos, const char *what,
                                  unsigned lacks);

/* Which upstream programs know all of the printed script's notation, as a mask. Symbols of times
 * count unless options->lookup knows them. `report` and `options` may be NULL. */
unsigned script_upstream(const struct script *script, const struct script_print_options *options,
                         script_problem_fn report, void *context);

#endif
