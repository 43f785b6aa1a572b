/* SPDX-License-Identifier: BSD-2-Clause */
/* CLOSE and ABORT of connections without a user. */
#ifndef ANVIL_HOST_CLOSE_H
#define ANVIL_HOST_CLOSE_H

#include "host/state.h"

/* ABORT, for a slot that has no descriptor; frees it. */
void anvil_close_doomed(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot);

/* CLOSE of both directions, for a slot that has no descriptor; may free it. */
void anvil_close_orphan(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot);

#endif
