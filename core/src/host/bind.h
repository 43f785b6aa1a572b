/* SPDX-License-Identifier: BSD-2-Clause */
/* Local addresses and ports: who may have which. */
#ifndef ANVIL_HOST_BIND_H
#define ANVIL_HOST_BIND_H

#include "host/state.h"

/* Turns an address that a user gives to a socket into one of the wire: IPv4-mapped IPv6 becomes
 * IPv4. False if the address' family is not the socket's. */
bool anvil_bind_to_wire(const struct slot *slot, const struct anvil_endpoint *given,
                        struct anvil_endpoint *wire);

/* The other way round. */
struct anvil_endpoint anvil_bind_to_user(const struct slot *slot,
                                         const struct anvil_endpoint *wire);

/* This host's address of a family; family 0: it has none. */
const struct anvil_address *anvil_bind_own_address(const struct anvil_host *host, unsigned family);

/* Gives the socket this local end, which it keeps when a connection has ended; port 0: one that is
 * free. 0, EADDRINUSE (also: no port is free). */
int anvil_bind_local(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot,
                     struct anvil_endpoint local);

/* True if another listener stands in this one's way. */
bool anvil_bind_listener_conflicts(const struct anvil_host *host, const struct slot *slot);

/* Chooses a local port for a connection of this name; 0 when all are taken. RFC 6056. */
uint16_t anvil_bind_port_for(struct anvil_host *host, const struct anvil_policy *policy,
                             const struct anvil_four_tuple *name);

#endif
