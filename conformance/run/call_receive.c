/* SPDX-License-Identifier: BSD-2-Clause */
/* read() and its relatives. Every octet that is delivered must be the stream's at its place. */
#include "run/calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MSG_OUT_OF_BAND = 1, MSG_LOOK = 2, MSG_NO_WAIT = 0x40, MSG_WAIT_ALL = 0x100,
       LENGTH_MAX = 64 * 1024 * 1024 };

/* Whether the octet at this offset may be missing from the stream, because it was urgent and is
 * read out of band. Stacks differ on which of two octets that is (RFC 6093 section 3.1). */
static bool may_be_urgent(const struct run_fd *fd, uint64_t offset)
{
    const struct run_conn *conn = fd->conn;
    for (uint32_t i = 0; conn != NULL && i < conn->urgent_count; i++)
        if ((uint32_t)offset == conn->urgent[i] || (uint32_t)offset + 1 == conn->urgent[i])
            return true;
    return false;
}

/* Whether `octet` is one that may have been meant by an urgent pointer of the peer. */
static bool is_urgent_octet(const struct run *run, const struct run_fd *fd, uint8_t octet)
{
    const struct run_conn *conn = fd->conn;
    for (uint32_t i = 0; conn != NULL && i < conn->urgent_count; i++) {
        uint32_t end = conn->urgent[i];
        if (octet == *run_pattern(run, RUN_SIDE_PEER, end) ||
            (end > 0 && octet == *run_pattern(run, RUN_SIDE_PEER, end - 1)))
            return true;
    }
    return conn == NULL;
}

/* How many of `count` octets are the stream's from `offset` on; `*skipped` urgent ones left out. */
static uint64_t right_octets(const struct run *run, const struct run_fd *fd, const uint8_t *octets,
                             uint64_t count, uint64_t offset, uint32_t *skipped)
{
    uint64_t at = 0;
    *skipped = 0;
    while (at < count) {
        const uint8_t *expected = run_pattern(run, RUN_SIDE_PEER, offset + at + *skipped);
        if (octets[at] == *expected) {
            at++;
            continue;
        }
        if (*skipped >= RUN_URGENT_MAX || !may_be_urgent(fd, offset + at + *skipped))
            return at;
        (*skipped)++;
    }
    return at;
}

/* The usual case first: all in one piece. */
static bool in_one_piece(const struct run *run, const uint8_t *octets, uint64_t count,
                         uint64_t offset)
{
    enum { STEP = 65536 };
    for (uint64_t at = 0; at < count; at += STEP) {
        size_t piece = count - at < STEP ? (size_t)(count - at) : STEP;
        if (memcmp(octets + at, run_pattern(run, RUN_SIDE_PEER, offset + at), piece) != 0)
            return false;
    }
    return true;
}

/* Compares what was delivered with the stream, and moves the descriptor on. */
static void check_octets(struct run *run, struct run_call *call, const uint8_t *octets,
                         uint64_t count, int64_t flags)
{
    struct run_fd *fd = call->fd;
    uint64_t offset = fd->received + fd->urgent_skipped;
    uint32_t skipped = 0;
    if ((flags & MSG_OUT_OF_BAND) != 0) {
        if (count == 1 && !is_urgent_octet(run, fd, octets[0]))
            run_fail(run, call->event, NULL, run_line(run, call->event), NULL,
                     "the urgent octet delivered is not the one that was sent");
        return;
    }
    if (!in_one_piece(run, octets, count, offset)) {
        uint64_t right = right_octets(run, fd, octets, count, offset, &skipped);
        if (right < count)
            run_fail(run, call->event, NULL, run_line(run, call->event),
                     run_text(run, "delivered octet %llu differs from what was sent",
                              (unsigned long long)(fd->received + right)),
                     "the octets delivered are not those that were sent");
    }
    if ((flags & MSG_LOOK) == 0) {
        fd->received += count;
        fd->urgent_skipped += skipped;
    }
}

/* One RECV of the target; checks what it gives. */
static int64_t fetch(struct run *run, struct run_call *call, uint64_t room, int64_t flags,
                     int *error)
{
    struct anvil_target_call ask = { .kind = ANVIL_CALL_RECV };
    uint8_t *buffer = malloc(room > 0 ? (size_t)room : 1);
    if (buffer == NULL) {
        *error = ENOMEM;
        return -1;
    }
    ask.buffer = buffer;
    ask.length = (size_t)room;
    ask.flags = ((flags & MSG_OUT_OF_BAND) != 0 ? ANVIL_MESSAGE_OUT_OF_BAND : 0u) |
                ((flags & MSG_LOOK) != 0 ? ANVIL_MESSAGE_PEEK : 0u);
    int64_t given = run_ask(run, call, &ask);
    *error = ask.error;
    if (given > (int64_t)room)
        run_fail(run, call->event, NULL, NULL, NULL, "recv() gave more octets than it had room");
    else if (given > 0)
        check_octets(run, call, buffer, (uint64_t)given, flags);
    free(buffer);
    return given;
}

/* The flags that recvmsg() gives back: with TCP there is but one, that the octet was urgent. */
static void compare_message_flags(struct run *run, const struct run_call *call, int64_t flags)
{
    int64_t expected = 0, found = flags & MSG_OUT_OF_BAND;
    const struct script_expr *line = script_expr_field(run_argument(call, 1), "msg_flags");
    if (call->result < 0 || (line != NULL && !run_value(line, &expected)) || expected == found)
        return;
    run_fail(run, call->event, NULL, run_line(run, call->event),
             run_text(run, "msg_flags is 0x%llx", (unsigned long long)found),
             "recvmsg() gave other flags");
}

bool run_do_receive(struct run *run, struct run_call *call)
{
    int64_t length, flags;
    int error = 0;
    if (!run_message_length(run, call, &length) || !run_message_flags(run, call, &flags))
        return true;
    if (length < 0 || length > LENGTH_MAX) {
        run_skip(run, call->event, "more octets in one call than the runner handles");
        return true;
    }
    if (length > 0 && script_expr_is_symbol(run_argument(call, 1), "NULL")) {
        run_call_fails(call, EFAULT);
        return true;
    }
    if ((flags & MSG_NO_WAIT) != 0)
        call->may_wait = false;
    if (!call->begun && call->fd->receive_timeout_us != RUN_NO_TIMEOUT)
        call->timeout_us = run->now_us + call->fd->receive_timeout_us;
    int64_t given = fetch(run, call, (uint64_t)length - call->progress, flags, &error);
    if (given > 0 && (flags & MSG_LOOK) == 0)
        call->progress += (uint64_t)given;
    if (given >= 0 || call->progress > 0) {
        call->result = given > 0 && (flags & MSG_LOOK) != 0 ? given : (int64_t)call->progress;
        call->error = 0;
    } else {
        run_call_fails(call, error);
    }
    bool wants_more = (flags & MSG_WAIT_ALL) != 0 && given > 0 &&
                      call->progress < (uint64_t)length;
    bool done = !wants_more && !(given < 0 && error == EAGAIN);
    if (done && strcmp(call->line->name, "recvmsg") == 0)
        compare_message_flags(run, call, flags);
    return done;
}
