/* SPDX-License-Identifier: BSD-2-Clause */
/* One step of one connection, and what it means for the socket around it. */
#ifndef ANVIL_HOST_CONNECTION_H
#define ANVIL_HOST_CONNECTION_H

#include "host/state.h"

/* Steps the slot's TCB: stores the parts of `payload` that it accepts, puts out what it sends, and
 * takes the errors and the urgent point into the slot. event->now is set here. The slot stays. */
void anvil_connection_step(struct anvil_host *host, const struct anvil_turn *turn,
                           struct slot *slot, struct anvil_event *event, const uint8_t *payload,
                           struct anvil_effects *effects);

/* Lets the host follow the TCB's state after steps: moves a connection to the accept queue, cleans
 * up after one that has ended, and sets the deadline. Frees a slot that nobody needs any more. */
void anvil_connection_settle(struct anvil_host *host, const struct anvil_turn *turn,
                             struct slot *slot);

/* The TCB is gone, or is to be forgotten as if it were: the socket becomes one that has ended, a
 * slot without a user is freed. */
void anvil_connection_end(struct anvil_host *host, struct slot *slot);

/* A step for a call, and settling: the machine's answer. */
enum anvil_result anvil_connection_call(struct anvil_host *host, const struct anvil_turn *turn,
                                        struct slot *slot, struct anvil_event *event);

/* The initial send sequence number for a connection of this name. */
anvil_seq anvil_connection_iss(const struct anvil_host *host, const struct anvil_turn *turn,
                               const struct anvil_four_tuple *name);

/* What OPEN needs for this slot: buffer and MSS. */
struct anvil_open anvil_connection_open(const struct anvil_host *host,
                                        const struct anvil_turn *turn, const struct slot *slot,
                                        uint8_t family);

/* True if nobody will read what this connection receives. */
bool anvil_connection_unread_by_all(const struct slot *slot);

#endif
