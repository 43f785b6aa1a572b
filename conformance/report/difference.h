/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where two lines in packetdrill's notation differ. The lines are split into fields ("ack 1",
 * "win 65535", "mss 1460", "S.", "1:101(100)"), and the first field that is not the same in both is
 * marked: in both lines, or where only one has it, there and at the place where the other lacks it.
 * A caller that knows which field it compared (a window given as "any", a time with a tolerance)
 * names it, and then that one is marked; a name that stands in neither line is not used. "ecn",
 * "ttl" and "flowlabel" mark the list of IP values, and "text" (the payload) the sequence numbers.
 */
#ifndef CONFORMANCE_REPORT_DIFFERENCE_H
#define CONFORMANCE_REPORT_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>

/* Columns are counted in bytes from 0. A width of 0 means "missing here". */
struct report_difference {
    char field[16];          /* "flags", "seq", "ack", "win", "mss", ...; empty when not known */
    size_t expected_column;
    size_t expected_width;
    size_t actual_column;
    size_t actual_width;
};

/* Fills *difference; false if there is nothing to mark. `field` may be NULL: then it is found. */
bool report_difference(struct report_difference *difference, const char *expected,
                       const char *actual, const char *field);

#endif
