/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * write() and its relatives, and what they share with read(). The octets are the stream's pattern
 * from where the descriptor stands.
 */
#include "run/calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MSG_OUT_OF_BAND = 1, MSG_NO_WAIT = 0x40, MSG_MORE_COMES = 0x8000, MSG_END = 0x10000,
       PIECE_MAX = 65536, LENGTH_MAX = 64 * 1024 * 1024 };

/* The lengths of [{..., 1000}, {..., 500}] added up. */
static bool vector_length(struct run *run, const struct run_call *call,
                          const struct script_expr *list, int64_t *length)
{
    int64_t piece;
    *length = 0;
    for (const struct script_expr *item = list->items; item != NULL; item = item->next) {
        if (!run_value(item->items->next, &piece) || piece < 0 || piece > LENGTH_MAX) {
            run_skip(run, call->event, "more octets in one call than the runner handles");
            return false;
        }
        *length += piece;
    }
    return true;
}

/* How many octets a call of either direction names. False: the case has ended. */
bool run_message_length(struct run *run, const struct run_call *call, int64_t *length)
{
    const char *name = call->line->name;
    const struct script_expr *second = run_argument(call, 1);
    if (strcmp(name, "recvmsg") == 0 || strcmp(name, "sendmsg") == 0)
        return vector_length(run, call, script_expr_field(second, "msg_iov"), length);
    if (strcmp(name, "readv") == 0 || strcmp(name, "writev") == 0)
        return vector_length(run, call, second, length);
    return run_argument_value(run, call, 2, length);
}

/* The flags of a call of either direction. False: the case has ended. */
bool run_message_flags(struct run *run, const struct run_call *call, int64_t *flags)
{
    const char *name = call->line->name;
    *flags = 0;
    if (strncmp(name, "read", 4) == 0 || strncmp(name, "write", 5) == 0)
        return true;
    bool message = strcmp(name, "recvmsg") == 0 || strcmp(name, "sendmsg") == 0;
    return run_argument_value(run, call, message ? 2 : 3, flags);
}

static uint32_t target_flags(int64_t flags)
{
    uint32_t out = 0;
    if ((flags & MSG_OUT_OF_BAND) != 0)
        out |= ANVIL_MESSAGE_OUT_OF_BAND;
    if ((flags & MSG_MORE_COMES) != 0)
        out |= ANVIL_MESSAGE_MORE;
    if ((flags & MSG_END) != 0)
        out |= ANVIL_MESSAGE_END;
    return out;
}

/* Offers `count` octets of the stream to the target, in one call. */
static int64_t offer(struct run *run, struct run_call *call, uint32_t flags, uint64_t count,
                     int *error)
{
    struct anvil_target_call ask = { .kind = ANVIL_CALL_SEND, .flags = flags };
    ask.length = (size_t)count;
    uint8_t *copy = NULL;
    ask.data = run_pattern(run, RUN_SIDE_TARGET, call->fd->sent);
    if (count > PIECE_MAX) {
        copy = malloc((size_t)count);
        for (uint64_t at = 0; copy != NULL && at < count; at += PIECE_MAX)
            memcpy(copy + at, run_pattern(run, RUN_SIDE_TARGET, call->fd->sent + at),
                   count - at < PIECE_MAX ? (size_t)(count - at) : PIECE_MAX);
        ask.data = copy;
    }
    int64_t taken = copy == NULL && count > PIECE_MAX ? -1 : run_ask(run, call, &ask);
    *error = taken < 0 && ask.error == 0 ? ENOMEM : ask.error;
    free(copy);
    return taken;
}

static bool prepare(struct run *run, struct run_call *call, int64_t *length, int64_t *flags)
{
    if (!run_message_length(run, call, length) || !run_message_flags(run, call, flags))
        return false;
    if (*length < 0 || *length > LENGTH_MAX) {
        run_skip(run, call->event, "more octets in one call than the runner handles");
        return false;
    }
    if ((*flags & MSG_NO_WAIT) != 0)
        call->may_wait = false;
    if (!call->begun && call->fd->send_timeout_us != RUN_NO_TIMEOUT)
        call->timeout_us = run->now_us + call->fd->send_timeout_us;
    return true;
}

/* A call that may wait goes on until all is taken; one that may not gives what was taken. */
bool run_do_send(struct run *run, struct run_call *call)
{
    int64_t length, flags;
    int error = 0;
    if (!prepare(run, call, &length, &flags))
        return true;
    if (length > 0 && script_expr_is_symbol(run_argument(call, 1), "NULL")) {
        run_call_fails(call, EFAULT);
        return true;
    }
    int64_t taken = offer(run, call, target_flags(flags), (uint64_t)length - call->progress,
                          &error);
    if (taken > 0) {
        call->fd->sent += (uint64_t)taken;
        call->progress += (uint64_t)taken;
    }
    if (call->progress > 0 || taken >= 0) {
        call->result = (int64_t)call->progress;
        call->error = 0;
    } else {
        run_call_fails(call, error);
    }
    bool full = taken < 0 ? error == EAGAIN : call->progress < (uint64_t)length;
    return !full;
}
