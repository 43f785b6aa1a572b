/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls to records. An OPEN is one record: its socket(), options, bind(), and what opens. */
#include "fuzz/encode.h"

#include <errno.h>
#include <string.h>

enum { KIND_CALL = 4, AT_CALL = 1, AT_SIZE, AT_OPTION, BACKLOGS = 4, SETS_MAX = 4 };

#define TOO_MANY "a flight has more segments than one of an input may have"

static void put(struct fuzz_pen *pen, enum fuzz_call call, uint8_t size, uint8_t option)
{
    uint8_t record[FUZZ_RECORD_OCTETS] = { KIND_CALL, (uint8_t)call, size, option };
    fuzz_pen_put(pen, record);
}

/* An option that is set, or asked for, as a word. */
static void say_option(struct fuzz_pen *pen, const struct anvil_target_call *call)
{
    uint8_t *word = fuzz_pen_word(pen, FUZZ_WORD_OPTION, (uint32_t)call->number);
    word[2] = (uint8_t)call->option;
    word[3] = call->kind == ANVIL_CALL_GET_OPTION;
    for (size_t i = 0; i < 4; i++)
        word[4 + i] = (uint8_t)((uint32_t)call->number2 >> (24 - 8 * i));
}

/* The words of an OPEN: what was set on its socket. */
static void say_sets(struct fuzz_pen *pen, struct fuzz_encode_calls *calls)
{
    for (size_t i = 0; i < calls->set_count; i++)
        memcpy(fuzz_pen_word(pen, FUZZ_WORD_OPTION, 0), calls->set[i], FUZZ_RECORD_OCTETS);
    calls->set_count = 0;
}

/* A bind() that fails ends an OPEN of either kind, and its socket is closed. */
static void fail_open(struct fuzz_pen *pen, struct fuzz_encode_calls *calls, int socket)
{
    bool passive = pen->end->listener < 0;
    if (!passive && pen->end->socket >= 0)
        fuzz_pen_refuse(pen, "a bind() fails beside a listener and a socket");
    say_sets(pen, calls);
    put(pen, passive ? FUZZ_OPEN_PASSIVE : FUZZ_OPEN_ACTIVE, 0, calls->reuse[socket]);
    calls->role[socket] = FUZZ_ROLE_FAILED;
}

/* A call on a socket that is not open yet: what is set waits for its OPEN. */
static void prepare(struct fuzz_pen *pen, struct fuzz_encode_calls *calls,
                    const struct anvil_target_call *call)
{
    if (call->kind == ANVIL_CALL_BIND) {
        if (call->result != 0)
            fail_open(pen, calls, call->socket);
        return;
    }
    if (call->kind == ANVIL_CALL_CLOSE && calls->set_count == 0) {
        calls->role[call->socket] = FUZZ_ROLE_NONE;
        return;
    }
    if (call->kind != ANVIL_CALL_SET_OPTION || call->result != 0) {
        fuzz_pen_refuse(pen, "a call is on a socket without OPEN");
        return;
    }
    if (call->option == ANVIL_OPTION_REUSEADDR && call->number != 0) {
        calls->reuse[call->socket] = true;
    } else if (calls->set_count < SETS_MAX) {
        say_option(pen, call);
        memcpy(calls->set[calls->set_count++], pen->words[--pen->word_count], FUZZ_RECORD_OCTETS);
    } else {
        fuzz_pen_refuse(pen, "an OPEN has too many options");
    }
}

/* listen() or connect(). */
static void open_new(struct fuzz_pen *pen, struct fuzz_encode_calls *calls,
                     const struct anvil_target_call *call)
{
    bool passive = call->kind == ANVIL_CALL_LISTEN;
    uint8_t reuse = calls->reuse[call->socket];
    if ((passive ? pen->end->listener : pen->end->socket) >= 0) {
        fuzz_pen_refuse(pen, passive ? "there are two listeners" : "there are two sockets");
        return;
    }
    if (call->result != 0 && call->error != EINPROGRESS) {
        fuzz_pen_refuse(pen, "an OPEN fails");
        return;
    }
    say_sets(pen, calls);
    calls->role[call->socket] = passive ? FUZZ_ROLE_LISTENER : FUZZ_ROLE_SOCKET;
    bool small = call->number >= 1 && call->number <= BACKLOGS;
    if (passive && !small)
        fuzz_pen_word(pen, FUZZ_WORD_NUMBER, (uint32_t)call->number);
    put(pen, passive ? FUZZ_OPEN_PASSIVE : FUZZ_OPEN_ACTIVE, 0,
        (uint8_t)(passive && small ? reuse | (call->number - 1) << 1 : reuse));
}

static void accept_one(struct fuzz_pen *pen, struct fuzz_encode_calls *calls,
                       const struct anvil_target_call *call)
{
    if (call->result < 0)
        fuzz_pen_refuse(pen, "an accept() fails");
    else if (pen->end->socket >= 0)
        fuzz_pen_refuse(pen, "there are two sockets");
    else if (call->result < FUZZ_SPY_SOCKETS_MAX)
        calls->role[call->result] = FUZZ_ROLE_SOCKET;
    put(pen, FUZZ_ACCEPT, 0, 0);
}

/* The size of a SEND is a choice, or a word. So is that of a RECEIVE, but where it gets all that
 * there is: then it may be any that is larger. */
static void move(struct fuzz_pen *pen, const struct anvil_target_call *call)
{
    static const uint32_t sizes[] = { 1000, 1, 100, 10000, 60000, 0 };
    bool receives = call->kind == ANVIL_CALL_RECV;
    bool all = receives && (call->result < 0 || (uint64_t)call->result < call->length);
    enum fuzz_call which = receives ? FUZZ_RECEIVE : FUZZ_SEND;
    size_t choice = 0, choices = sizeof sizes / sizeof sizes[0];
    while (choice < choices && sizes[choice] != call->length &&
           !(all && (int64_t)sizes[choice] > call->result))
        choice++;
    if (call->length > FUZZ_OCTETS_MAX && !all)
        fuzz_pen_refuse(pen, "a call moves more than 65,536 octets");
    else if (!receives && call->length > fuzz_send_most(pen->end))
        fuzz_pen_refuse(pen, TOO_MANY);
    if (choice < choices && call->flags == 0) {
        put(pen, which, (uint8_t)choice, 0);
        return;
    }
    uint32_t length = call->length < FUZZ_OCTETS_MAX ? (uint32_t)call->length : FUZZ_OCTETS_MAX;
    fuzz_pen_word(pen, FUZZ_WORD_SIZE, length)[2] = (uint8_t)call->flags;
    put(pen, which, 0, 0);
}

/* A call that is made as it is, on the socket or the listener. */
static void put_plain(struct fuzz_pen *pen, const struct anvil_target_call *call, bool on_listener)
{
    static const enum fuzz_plain_call which[] = {
        [ANVIL_CALL_CONNECT] = FUZZ_PLAIN_CONNECT, [ANVIL_CALL_LISTEN] = FUZZ_PLAIN_LISTEN,
        [ANVIL_CALL_ACCEPT] = FUZZ_PLAIN_ACCEPT, [ANVIL_CALL_SEND] = FUZZ_PLAIN_SEND,
        [ANVIL_CALL_RECV] = FUZZ_PLAIN_RECEIVE, [ANVIL_CALL_SHUTDOWN] = FUZZ_PLAIN_SHUTDOWN,
        [ANVIL_CALL_BIND] = FUZZ_PLAIN_BIND,
    };
    bool moves = call->kind == ANVIL_CALL_SEND || call->kind == ANVIL_CALL_RECV;
    bool counts = call->kind == ANVIL_CALL_LISTEN || call->kind == ANVIL_CALL_SHUTDOWN;
    uint8_t *word = fuzz_pen_word(pen, FUZZ_WORD_CALL, 0);
    word[2] = (uint8_t)which[call->kind];
    word[3] = on_listener;
    if (counts && call->number != 1)
        fuzz_pen_word(pen, FUZZ_WORD_NUMBER, (uint32_t)call->number);
    if (moves && call->length > FUZZ_OCTETS_MAX)
        fuzz_pen_refuse(pen, "a call moves more than 65,536 octets");
    else if (call->kind == ANVIL_CALL_SEND && call->length > fuzz_send_most(pen->end))
        fuzz_pen_refuse(pen, TOO_MANY);
    if (moves)
        fuzz_pen_word(pen, FUZZ_WORD_SIZE, (uint32_t)call->length)[2] = (uint8_t)call->flags;
    put(pen, FUZZ_SET_OPTION, 0, 0);
}

/* listen() on a socket that was open already: it may become the listener. */
static void listen_late(struct fuzz_pen *pen, struct fuzz_encode_calls *calls,
                        const struct anvil_target_call *call)
{
    if (pen->end->listener >= 0)
        fuzz_pen_refuse(pen, "there are two listeners");
    put_plain(pen, call, false);
    if (call->result == 0)
        calls->role[call->socket] = FUZZ_ROLE_LISTENER;
}

/* A call on the socket that is connected, or was. */
static void use(struct fuzz_pen *pen, struct fuzz_encode_calls *calls,
                const struct anvil_target_call *call)
{
    switch (call->kind) {
    case ANVIL_CALL_SEND:
    case ANVIL_CALL_RECV: move(pen, call); return;
    case ANVIL_CALL_SHUTDOWN:
        if (call->number != 1)
            fuzz_pen_word(pen, FUZZ_WORD_NUMBER, (uint32_t)call->number);
        put(pen, FUZZ_SHUTDOWN, 0, 0);
        return;
    case ANVIL_CALL_SET_OPTION:
    case ANVIL_CALL_GET_OPTION:
        if (call->kind == ANVIL_CALL_SET_OPTION && call->option == ANVIL_OPTION_MAXSEG &&
            call->number > 0 && call->number < fuzz_maxseg_least(pen->end, pen->end->socket))
            fuzz_pen_refuse(pen, TOO_MANY);
        say_option(pen, call);
        put(pen, FUZZ_SET_OPTION, 0, 0);
        return;
    case ANVIL_CALL_CLOSE:
        calls->role[call->socket] = call->error == EINPROGRESS ? FUZZ_ROLE_LINGERS
                                                               : FUZZ_ROLE_NONE;
        put(pen, FUZZ_CLOSE, 0, 0);
        return;
    case ANVIL_CALL_LISTEN: listen_late(pen, calls, call); return;
    case ANVIL_CALL_CONNECT:
    case ANVIL_CALL_ACCEPT:
    case ANVIL_CALL_BIND: put_plain(pen, call, false); return;
    case ANVIL_CALL_SOCKET:
    case ANVIL_CALL_SOCKET_NAME:
    case ANVIL_CALL_PEER_NAME: return;
    }
}

static void use_listener(struct fuzz_pen *pen, struct fuzz_encode_calls *calls,
                         const struct anvil_target_call *call)
{
    if (call->kind == ANVIL_CALL_ACCEPT) {
        accept_one(pen, calls, call);
    } else if (call->kind == ANVIL_CALL_CLOSE) {
        calls->role[call->socket] = FUZZ_ROLE_NONE;
        put(pen, FUZZ_CLOSE_LISTENER, 0, 0);
    } else if (call->kind == ANVIL_CALL_SET_OPTION || call->kind == ANVIL_CALL_GET_OPTION) {
        if (pen->end->socket >= 0)
            fuzz_pen_refuse(pen, "options of a listener beside a socket");
        say_option(pen, call);
        put(pen, FUZZ_SET_OPTION, 0, 0);
    } else {
        put_plain(pen, call, true);
    }
}

void fuzz_encode_call(struct fuzz_pen *pen, struct fuzz_encode_calls *calls,
                      const struct anvil_target_call *call)
{
    bool sockets = call->socket >= 0 && call->socket < FUZZ_SPY_SOCKETS_MAX;
    if (call->kind == ANVIL_CALL_SOCKET && call->result >= 0 &&
        call->result < FUZZ_SPY_SOCKETS_MAX) {
        calls->role[call->result] = FUZZ_ROLE_NEW;
        calls->reuse[call->result] = false;
        return;
    }
    if (!fuzz_trace_counts(call) && call->kind != ANVIL_CALL_SET_OPTION)
        return;
    switch (sockets ? calls->role[call->socket] : FUZZ_ROLE_NONE) {
    case FUZZ_ROLE_NONE: fuzz_pen_refuse(pen, "a call is on no socket"); return;
    case FUZZ_ROLE_NEW:
        if (call->kind == ANVIL_CALL_LISTEN || call->kind == ANVIL_CALL_CONNECT)
            open_new(pen, calls, call);
        else
            prepare(pen, calls, call);
        return;
    case FUZZ_ROLE_FAILED:
        if (call->kind != ANVIL_CALL_CLOSE)
            fuzz_pen_refuse(pen, "a bind() fails, and its socket is not closed");
        calls->role[call->socket] = FUZZ_ROLE_NONE;
        return;
    case FUZZ_ROLE_LISTENER: use_listener(pen, calls, call); return;
    case FUZZ_ROLE_SOCKET: use(pen, calls, call); return;
    case FUZZ_ROLE_LINGERS: fuzz_pen_refuse(pen, "a close() that lingers is waited for"); return;
    }
}
