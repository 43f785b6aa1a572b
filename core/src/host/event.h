/* SPDX-License-Identifier: BSD-2-Clause */
/* How the events of hot paths are made. */
#ifndef ANVIL_HOST_EVENT_H
#define ANVIL_HOST_EVENT_H

#include <anvil/step.h>

#include <string.h>

/* Makes an event of this kind, all else zero. In two halves: compilers make a few stores of a
 * memset of up to 80 octets, and one slow instruction of a longer one or of an initialiser. */
static inline void event_begin(struct anvil_event *event, enum anvil_event_kind kind)
{
    uint8_t *octets = (uint8_t *)event;
    size_t half = sizeof *event / 2u;

    memset(octets, 0, half);
    memset(octets + half, 0, sizeof *event - half);
    event->kind = kind;
}

#endif
