/* SPDX-License-Identifier: BSD-2-Clause */
/* Which socket a segment is for, and which sockets a port has. */
#ifndef ANVIL_HOST_DEMUX_H
#define ANVIL_HOST_DEMUX_H

#include "host/state.h"

/* Enters a slot under its name: connections by four-tuple, listeners by local end. */
void anvil_demux_add(struct anvil_host *host, struct slot *slot);

/* Takes it out, if it is in. */
void anvil_demux_remove(struct anvil_host *host, struct slot *slot);

/* The connection of this name, or NULL. */
struct slot *anvil_demux_find(const struct anvil_host *host, const struct anvil_four_tuple *name);

/* The same for a segment that has come: it looks first at the connection of the last one. */
struct slot *anvil_demux_segment(struct anvil_host *host, const struct anvil_four_tuple *name);

/* The listener for a SYN of this name, or NULL. One with a local address goes before one without;
 * among several of the same address and port (SO_REUSEPORT) a hash of the name chooses. */
struct slot *anvil_demux_listener(const struct anvil_host *host,
                                  const struct anvil_four_tuple *name);

/* Enters a slot under the port of its name's local end, so that bind() sees it. */
void anvil_ports_add(struct anvil_host *host, struct slot *slot);

/* Takes it out, if it is in. O(1): a server's connections all have its port. */
void anvil_ports_remove(struct anvil_host *host, struct slot *slot);

/* The first slot of the chain that holds this port, others of the chain are other ports'; follow
 * port_next. 0: none. */
uint32_t anvil_ports_first(const struct anvil_host *host, uint16_t port);

#endif
