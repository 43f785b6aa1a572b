/* SPDX-License-Identifier: BSD-2-Clause */
/* Readiness. */
#ifndef ANVIL_HOST_READY_H
#define ANVIL_HOST_READY_H

#include "host/state.h"

/* True if a lingering close() is over: data and FIN are acknowledged, or so is the time. */
bool anvil_ready_lingered(const struct slot *slot);

#endif
