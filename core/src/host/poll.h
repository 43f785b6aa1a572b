/* SPDX-License-Identifier: BSD-2-Clause */
/* What is due. */
#ifndef ANVIL_HOST_POLL_H
#define ANVIL_HOST_POLL_H

#include "host/state.h"

/* Does what is due for a slot; may free it. */
void anvil_poll_slot(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot);

/* The connection that a packet is about, or NULL. What is due for it happens first, at a tie the
 * timer wins, and one that was to be aborted is gone. */
struct slot *anvil_poll_connection(struct anvil_host *host, const struct anvil_turn *turn,
                                   const struct anvil_four_tuple *name);

#endif
