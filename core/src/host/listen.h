/* SPDX-License-Identifier: BSD-2-Clause */
/* Passive OPEN: listeners and the connections that are born at them. */
#ifndef ANVIL_HOST_LISTEN_H
#define ANVIL_HOST_LISTEN_H

#include "host/state.h"

/* A SYN for a listener: a copy of its TCB takes it, in a slot of its own. Why not, else NOT. */
enum anvil_refusal anvil_listen_syn(struct anvil_host *host, const struct anvil_turn *turn,
                                    struct slot *listener, const struct anvil_four_tuple *name,
                                    const struct anvil_frame *frame, bool more);

/* Any other segment for a listener: 3.10.7.2 without a trace in the listener. */
void anvil_listen_other(struct anvil_host *host, const struct anvil_turn *turn,
                        const struct slot *listener, const struct anvil_four_tuple *name,
                        const struct anvil_frame *frame);

/* Readies a half-open connection for the segment that may complete it: there is a place in the
 * listener's queue, and the receive buffer that its SYN,ACK has offered. Why not, else NOT; the
 * segment is not shown to the machine then, so the SYN,ACK is repeated, and the peer's next try may
 * find room. */
enum anvil_refusal anvil_listen_admit(struct anvil_host *host, struct slot *slot);

/* A SYN for a connection in TIME-WAIT. True if a listener takes it: the old connection has ended,
 * and a new one of this name is half-open. False, and nothing has happened, if not. RFC 6191,
 * MAY-2, AMBIG-39. */
bool anvil_listen_reopen(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot,
                         const struct anvil_frame *frame);

#endif
