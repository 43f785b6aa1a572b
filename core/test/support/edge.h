/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory behind which nothing may be read, in any build. */
#ifndef SUPPORT_EDGE_H
#define SUPPORT_EDGE_H

#include <stddef.h>
#include <stdint.h>

/* A copy of up to 4,096 octets whose end is the end of memory: reading further is a fault. */
const uint8_t *edge_copy(const uint8_t *bytes, size_t length);

/* Gives such a copy back. */
void edge_free(const uint8_t *copy, size_t length);

#endif
