/* SPDX-License-Identifier: BSD-2-Clause */
/* Compares scripts but for positions, source lines and what printing resolves. */
#ifndef CONFORMANCE_SCRIPT_EQUAL_H
#define CONFORMANCE_SCRIPT_EQUAL_H

#include "script/script.h"

/* NULL if they are equal; else the name of what differs, and the event (from 1, or 0) in *event. */
const char *script_difference(const struct script *a, const struct script *b, uint32_t *event);

#endif
