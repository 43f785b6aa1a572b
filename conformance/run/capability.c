/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a line asks of the target that not every stack has. A case with such a line is skipped with
 * that reason when the target's traits say that it does not have it. Only what the target must send
 * or do counts: what the peer offers a stack may always pass over.
 */
#include "run/state.h"

#include <string.h>

/* An option that the target must send, or urgent data. */
static const char *packet_needs(const struct anvil_target_traits *traits,
                                const struct script_packet *packet)
{
    if (!packet->outbound || packet->protocol != SCRIPT_TCP)
        return NULL;
    if ((packet->flags & SCRIPT_URG) != 0 && !traits->urgent)
        return "the target has no urgent data";
    if ((packet->flags & (SCRIPT_SYN | SCRIPT_ACK)) == SCRIPT_SYN && !traits->follows_policy)
        return NULL; /* with its own SYN it offers what it likes */
    for (const struct script_tcp_option *option = packet->options; option != NULL;
         option = option->next) {
        enum script_option_kind kind = option->kind;
        if (kind == SCRIPT_OPT_TIMESTAMPS && !traits->timestamps)
            return "the target has no timestamps";
        if ((kind == SCRIPT_OPT_SACK_OK || kind == SCRIPT_OPT_SACK) && !traits->sack)
            return "the target has no selective acknowledgment";
        if (kind == SCRIPT_OPT_WSCALE && !traits->window_scale)
            return "the target has no window scaling";
    }
    return NULL;
}

/* Whether a name stands anywhere in an argument, as in MSG_OOB | MSG_DONTWAIT. */
static bool names(const struct script_expr *expr, const char *name)
{
    if (expr == NULL)
        return false;
    if (expr->kind == SCRIPT_EXPR_SYMBOL && strcmp(expr->text, name) == 0)
        return true;
    for (const struct script_expr *item = expr->items; item != NULL; item = item->next)
        if (names(item, name))
            return true;
    return names(expr->left, name) || names(expr->right, name);
}

/* A flag or an option of a socket. */
static const char *call_needs(const struct anvil_target_traits *traits,
                              const struct script_call *call)
{
    bool sets = strcmp(call->name, "setsockopt") == 0;
    for (const struct script_expr *argument = call->arguments; argument != NULL;
         argument = argument->next) {
        if (!traits->urgent && (names(argument, "MSG_OOB") || names(argument, "POLLPRI")))
            return "the target has no urgent data";
        if (sets && !traits->keepalive && names(argument, "SO_KEEPALIVE"))
            return "the target has no keep-alive";
    }
    return NULL;
}

/* A stack that may choose needs only what one of the lines for this place asks for. */
static const char *any_packet_needs(const struct run *run, const struct script_event *event)
{
    const char *why = packet_needs(run->traits, event->packet);
    const struct script_event *other = run->follows ? NULL : event->others;
    for (; why != NULL && other != NULL; other = other->next)
        if (packet_needs(run->traits, other->packet) == NULL)
            why = NULL;
    return event->may || event->or_nothing ? NULL : why;
}

const char *run_incapable(const struct run *run, const struct script_event *event)
{
    switch (event->kind) {
    case SCRIPT_EVENT_PACKET: return any_packet_needs(run, event);
    case SCRIPT_EVENT_CALL: return call_needs(run->traits, event->call);
    case SCRIPT_EVENT_COMMAND:
    case SCRIPT_EVENT_CODE:
    case SCRIPT_EVENT_FRAME:
    case SCRIPT_EVENT_QUIET:
    case SCRIPT_EVENT_STEP: return NULL;
    }
    return NULL;
}
