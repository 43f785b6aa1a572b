/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happened, as two columns: the peer that the script plays on the left, the target on the
 * right. Fits 100 columns.
 *
 *     time       peer                                                core
 *     0.000000 | S 0:0(0) win 65535 <mss 1460> --------------->    | LISTEN
 *     0.000000 | <--------------- S. 0:0(0) ack 1 win 65535        | SYN-RECEIVED
 *     0.100000 |                                                   | accept(3, ..., ...) = 4
 */
#ifndef CONFORMANCE_REPORT_LADDER_H
#define CONFORMANCE_REPORT_LADDER_H

#include <stddef.h>
#include <stdint.h>

enum report_row_kind {
    REPORT_ROW_IN,   /* a frame to the target */
    REPORT_ROW_OUT,  /* a frame from the target */
    REPORT_ROW_CALL, /* the application beside the target: text is the call and its result */
    REPORT_ROW_NOTE  /* anything else, printed across: "expected here: ..." */
};

struct report_row {
    enum report_row_kind kind;
    uint64_t time_us;         /* since the case began */
    const char *text;         /* a frame without its arrow sign: wire_print with .bare */
    const char *state_before; /* of the target: "LISTEN"; NULL where not known */
    const char *state_after;  /* printed where it differs from the last one printed */
};

/*
 * The ladder as text that ends with a newline, to be given to free(); NULL when there is no memory.
 * `peer` and `target` head the columns. A run longer than `rows_max` (0: no limit) loses its
 * middle, and says so.
 */
char *report_ladder(const struct report_row *rows, size_t count, const char *peer,
                    const char *target, size_t rows_max);

#endif
