/* SPDX-License-Identifier: BSD-2-Clause */
/* Events that are socket calls. */
#include "fuzz/end.h"

#include <errno.h>
#include <string.h>

enum { BUFFER_MOST = 32768 };
enum { SMALL_BUFFER = 2000, USER_TIMEOUT_MS = 5000, IDLE_S = 10, INTERVAL_S = 3, PROBES = 2 };
enum { SEGMENTS_MOST = 128, SEND_FREE = 1000 };
enum { MESSAGE_FLAGS = 16 }; /* sets of enum anvil_target_message_flag */

static int64_t call(struct fuzz_end *end, enum anvil_target_call_kind kind, int socket,
                    int64_t number)
{
    struct anvil_target_call made = { .kind = kind, .socket = socket, .number = number,
                                      .family = end->local.family };
    if (kind == ANVIL_CALL_BIND)
        made.address = end->local;
    if (kind == ANVIL_CALL_CONNECT || kind == ANVIL_CALL_ACCEPT)
        made.address = end->remote;
    fuzz_end_call(end, &made);
    if (kind == ANVIL_CALL_CONNECT && made.error == EINPROGRESS)
        return 0;
    return made.result;
}

static void set(struct fuzz_end *end, int socket, enum anvil_target_option option, int64_t number)
{
    struct anvil_target_call made = { .kind = ANVIL_CALL_SET_OPTION, .socket = socket,
                                      .option = option, .number = number };
    fuzz_end_call(end, &made);
}

/* The number that a word says; `otherwise`: none does. */
static uint32_t said(const struct fuzz_event *event, enum fuzz_word which, uint32_t otherwise)
{
    const uint8_t *word = event->word_count == 0 ? NULL : fuzz_word(event, which, 0);
    return word == NULL ? otherwise : fuzz_number(word + FUZZ_RAW_AT);
}

size_t fuzz_send_most(const struct fuzz_end *end)
{
    bool told = fuzz_end_is_connected(end) && end->seen.snd_mss > 0;
    int64_t most = told ? end->seen.snd_mss * SEGMENTS_MOST : FUZZ_OCTETS_MAX;
    return most > SEND_FREE ? (size_t)most : SEND_FREE;
}

int32_t fuzz_maxseg_least(const struct fuzz_end *end, int socket)
{
    struct anvil_target_call queued = { .kind = ANVIL_CALL_GET_OPTION, .socket = socket,
                                        .option = ANVIL_OPTION_QUEUED_OUT };
    if (socket >= 0 && socket == end->socket)
        end->target->call(end->self, &queued);
    return queued.number > SEND_FREE ? (int32_t)(queued.number / SEGMENTS_MOST) : 0;
}

/* What a word sets an option to. Where several share a host they share its memory, and one whose
 * buffers took it all would have those of others made smaller: none is larger than all can have. */
static int32_t wanted(const struct fuzz_end *end, int socket, const uint8_t *word)
{
    unsigned option = word[2] % ANVIL_OPTION_QUEUED_IN;
    int32_t number = (int32_t)fuzz_number(word + FUZZ_RAW_AT);
    bool sizes = option == ANVIL_OPTION_RCVBUF || option == ANVIL_OPTION_SNDBUF;
    int32_t least = option == ANVIL_OPTION_MAXSEG ? fuzz_maxseg_least(end, socket) : 0;
    if (number > 0 && number < least)
        return least;
    return sizes && end->other_count > 0 && number > BUFFER_MOST ? BUFFER_MOST : number;
}

/* Sets the options that words say, or asks for them; how many. */
static size_t set_said(struct fuzz_end *end, int socket, const struct fuzz_event *event)
{
    const uint8_t *word;
    size_t i = 0;
    for (; (word = fuzz_word(event, FUZZ_WORD_OPTION, i)) != NULL; i++) {
        bool asks = word[3] % 2 == 1;
        struct anvil_target_call made = {
            .kind = asks ? ANVIL_CALL_GET_OPTION : ANVIL_CALL_SET_OPTION, .socket = socket,
            .family = end->local.family,
            .option = asks ? ANVIL_OPTION_ERROR
                           : (enum anvil_target_option)(word[2] % ANVIL_OPTION_QUEUED_IN),
            .number = wanted(end, socket, word),
            .number2 = (int32_t)fuzz_number(word + FUZZ_RAW_AT - 4),
        };
        fuzz_end_call(end, &made);
    }
    return i;
}

/* A bound socket, or -1. */
static int bound(struct fuzz_end *end, const struct fuzz_event *event)
{
    int socket = (int)call(end, ANVIL_CALL_SOCKET, -1, 0);
    if (socket < 0)
        return -1;
    if (event->option % 2 == 1)
        set(end, socket, ANVIL_OPTION_REUSEADDR, 1);
    if (event->word_count > 0)
        set_said(end, socket, event);
    if (call(end, ANVIL_CALL_BIND, socket, 0) == 0)
        return socket;
    call(end, ANVIL_CALL_CLOSE, socket, 0);
    return -1;
}

static void open_passive(struct fuzz_end *end, const struct fuzz_event *event)
{
    if (end->listener >= 0)
        return;
    int socket = bound(end, event);
    uint32_t backlog = said(event, FUZZ_WORD_NUMBER, 1 + event->option / 2 % 4);
    if (socket >= 0 && call(end, ANVIL_CALL_LISTEN, socket, (int32_t)backlog) == 0)
        end->listener = socket;
    else if (socket >= 0)
        call(end, ANVIL_CALL_CLOSE, socket, 0);
    fuzz_end_look(end);
}

static void open_active(struct fuzz_end *end, const struct fuzz_event *event)
{
    if (end->socket >= 0)
        return;
    int socket = bound(end, event);
    if (socket < 0)
        return;
    if (call(end, ANVIL_CALL_CONNECT, socket, 0) == 0) {
        end->socket = socket;
        end->connections++;
    } else {
        call(end, ANVIL_CALL_CLOSE, socket, 0);
    }
}

/* How many octets a SEND or RECEIVE moves, from where and to where, and its flags. */
static void put_size(const struct fuzz_end *end, struct anvil_target_call *made,
                     const struct fuzz_event *event)
{
    const uint8_t *word = event->word_count == 0 ? NULL : fuzz_word(event, FUZZ_WORD_SIZE, 0);
    made->length = event->size;
    made->data = fuzz_text();
    made->buffer = fuzz_octets_room();
    if (word != NULL) {
        made->length = fuzz_number(word + FUZZ_RAW_AT) % (FUZZ_OCTETS_MAX + 1);
        made->flags = word[2] % MESSAGE_FLAGS;
    }
    if (made->kind == ANVIL_CALL_SEND && made->length > fuzz_send_most(end))
        made->length = fuzz_send_most(end);
}

/* SEND or RECEIVE. */
static void move(struct fuzz_end *end, enum anvil_target_call_kind kind,
                 const struct fuzz_event *event)
{
    struct anvil_target_call made = { .kind = kind, .socket = end->socket };
    put_size(end, &made, event);
    fuzz_end_call(end, &made);
}

static void close_socket(struct fuzz_end *end, int *socket)
{
    if (*socket >= 0)
        call(end, ANVIL_CALL_CLOSE, *socket, 0);
    *socket = -1;
}

/* A socket option; those that world_tell_call() can write. */
static void set_option(struct fuzz_end *end, const struct fuzz_event *event)
{
    static const struct { enum anvil_target_option option; int64_t number; } settings[] = {
        { ANVIL_OPTION_NODELAY, 1 }, { ANVIL_OPTION_KEEPALIVE, 1 },
        { ANVIL_OPTION_RCVBUF, SMALL_BUFFER }, { ANVIL_OPTION_SNDBUF, SMALL_BUFFER },
        { ANVIL_OPTION_USER_TIMEOUT, USER_TIMEOUT_MS }, { ANVIL_OPTION_KEEPALIVE, 0 },
        { ANVIL_OPTION_RCVBUF, FUZZ_OCTETS_MAX }, { ANVIL_OPTION_KEEPIDLE, IDLE_S },
        { ANVIL_OPTION_KEEPINTVL, INTERVAL_S }, { ANVIL_OPTION_KEEPCNT, PROBES },
    };
    int socket = end->socket >= 0 ? end->socket : end->listener;
    size_t index = event->option % (sizeof settings / sizeof settings[0]);
    if (socket >= 0 && (event->word_count == 0 || set_said(end, socket, event) == 0))
        set(end, socket, settings[index].option, settings[index].number);
}

static void abort_socket(struct fuzz_end *end)
{
    if (end->socket >= 0)
        set(end, end->socket, ANVIL_OPTION_LINGER, 1); /* for 0 seconds */
    close_socket(end, &end->socket);
}

/* accept() gives the socket that later calls are on; one that is held already is closed first. */
static void accept_one(struct fuzz_end *end)
{
    if (end->listener < 0)
        return;
    struct anvil_target_call made = { .kind = ANVIL_CALL_ACCEPT, .socket = end->listener,
                                      .family = end->local.family, .address = end->remote };
    fuzz_end_call(end, &made);
    if (made.result < 0)
        return;
    end = fuzz_end_with(end, end->local.family, end->local.port, made.address.port);
    close_socket(end, &end->socket);
    end->socket = (int)made.result;
}

/* A call that a word says, on a socket that is open, whatever comes of it. */
static void call_plain(struct fuzz_end *end, const struct fuzz_event *event,
                       enum fuzz_plain_call which)
{
    static const enum anvil_target_call_kind kinds[FUZZ_PLAIN_CALLS] = {
        ANVIL_CALL_CONNECT, ANVIL_CALL_LISTEN, ANVIL_CALL_ACCEPT, ANVIL_CALL_SEND,
        ANVIL_CALL_RECV, ANVIL_CALL_SHUTDOWN, ANVIL_CALL_BIND
    };
    bool on_listener = fuzz_word(event, FUZZ_WORD_CALL, 0)[3] % 2 == 1;
    int socket = on_listener ? end->listener : end->socket;
    bool second = which == FUZZ_PLAIN_LISTEN && !on_listener && end->listener >= 0;
    if (socket < 0 || second || (on_listener && which == FUZZ_PLAIN_ACCEPT))
        return;
    struct anvil_target_call made = {
        .kind = kinds[which], .socket = socket, .family = end->local.family,
        .address = which == FUZZ_PLAIN_BIND ? end->local : end->remote,
        .number = (int32_t)said(event, FUZZ_WORD_NUMBER, 1),
    };
    if (which == FUZZ_PLAIN_SEND || which == FUZZ_PLAIN_RECEIVE)
        put_size(end, &made, event);
    fuzz_end_call(end, &made);
    end->connections += which == FUZZ_PLAIN_CONNECT && made.error == EINPROGRESS;
    if (which == FUZZ_PLAIN_LISTEN && made.result == 0 && !on_listener) {
        end->listener = socket;
        end->socket = -1;
        fuzz_end_look(end);
    }
}

void fuzz_calls(struct fuzz_end *end, const struct fuzz_event *event)
{
    if (fuzz_plain(event) != FUZZ_PLAIN_CALLS) {
        call_plain(end, event, fuzz_plain(event));
        return;
    }
    switch (event->call) {
    case FUZZ_OPEN_PASSIVE: open_passive(end, event); break;
    case FUZZ_OPEN_ACTIVE: open_active(end, event); break;
    case FUZZ_ACCEPT: accept_one(end); break;
    case FUZZ_SEND:
        if (end->socket >= 0)
            move(end, ANVIL_CALL_SEND, event);
        break;
    case FUZZ_RECEIVE:
        if (end->socket >= 0)
            move(end, ANVIL_CALL_RECV, event);
        break;
    case FUZZ_SHUTDOWN:
        if (end->socket >= 0)
            call(end, ANVIL_CALL_SHUTDOWN, end->socket, said(event, FUZZ_WORD_NUMBER, 1) % 3);
        break;
    case FUZZ_CLOSE: close_socket(end, &end->socket); break;
    case FUZZ_ABORT: abort_socket(end); break;
    case FUZZ_CLOSE_LISTENER:
        close_socket(end, &end->listener);
        fuzz_end_look(end);
        break;
    case FUZZ_SET_OPTION: set_option(end, event); break;
    case FUZZ_CALLS: break;
    }
}
