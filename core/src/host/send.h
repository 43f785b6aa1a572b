/* SPDX-License-Identifier: BSD-2-Clause */
/* SEND, and holding data back. */
#ifndef ANVIL_HOST_SEND_H
#define ANVIL_HOST_SEND_H

#include "host/state.h"

/* Gives the machine what was written and held back: `all` of it, or only what fills segments.
 * `urgent`: urgent data ends here. Only steps; the caller settles. */
void anvil_send_held(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot,
                     bool all, bool urgent);

/* A FIN follows what was written: CLOSE. `full`: the user gives up reading, too. Only steps. */
void anvil_send_end(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot,
                    bool full);

#endif
