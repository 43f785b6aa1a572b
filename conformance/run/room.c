/* SPDX-License-Identifier: BSD-2-Clause */
/* How many sockets a script can have at once: a target may take less memory for few. */
#include "run/state.h"

#include <string.h>

static bool sets_buffers(const struct script_call *call)
{
    const struct script_expr *argument = call->arguments;
    for (; argument != NULL; argument = argument->next)
        if (argument->kind == SCRIPT_EXPR_SYMBOL &&
            (strstr(argument->text, "RCVBUF") != NULL || strstr(argument->text, "SNDBUF") != NULL))
            return true;
    return false;
}

/* Each line makes one at most: a socket, or a connection by a SYN. 0: its buffers may have any
 * size. */
uint32_t run_sockets_most(const struct script *script)
{
    uint32_t count = 1;
    const struct script_event *event = script->events;
    for (; event != NULL; event = event->next) {
        if (event->kind == SCRIPT_EVENT_CALL && sets_buffers(event->call))
            return 0;
        count += (event->kind == SCRIPT_EVENT_CALL && strcmp(event->call->name, "socket") == 0) ||
                 (event->kind == SCRIPT_EVENT_PACKET && !event->packet->outbound &&
                  (event->packet->flags & SCRIPT_SYN) != 0) ||
                 event->kind == SCRIPT_EVENT_FRAME;
    }
    return count;
}
