/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments that leave: from the machine's effects to frames in the caller's output. */
#ifndef ANVIL_HOST_OUTPUT_H
#define ANVIL_HOST_OUTPUT_H

#include "host/state.h"

/* Empties the output: the start of every call. */
static inline void anvil_output_begin(const struct anvil_turn *turn)
{
    turn->output->used = 0;
    turn->output->count = 0;
}

/* Puts out what a step has sent. `slot` says how packets are marked and where payload lies; NULL
 * for replies to segments that belong to no connection. */
void anvil_output_put(struct anvil_host *host, const struct anvil_turn *turn,
                      const struct anvil_four_tuple *name, const struct slot *slot,
                      const struct anvil_effects *effects);

/* The octets of IP and TCP headers without options, for a name of this family. */
uint32_t anvil_output_headers(unsigned family);

#endif
