/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP errors. */
#ifndef ANVIL_HOST_ICMP_IN_H
#define ANVIL_HOST_ICMP_IN_H

#include "host/state.h"

/* An ICMP error: to the connection that it quotes. Why not, else NOT. */
enum anvil_refusal anvil_icmp_in(struct anvil_host *host, const struct anvil_turn *turn,
                                 const struct anvil_frame *frame);

#endif
