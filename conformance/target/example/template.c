/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A target to begin with: every function is here, and does as little as the contract allows. It
 * builds as it stands; fill in where a comment says TO FILL IN, in this order, and after each step
 * ask `tcpanvil check-target ./mystack.so` what comes next. <anvil/target.h> says what each
 * function must do; this file only says what to look for in your stack.
 *
 *     cc -shared -fPIC -o mystack.so template.c      (and your stack's sources or library)
 */
#include <anvil/target.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAITING_MAX = 64 };

/* A frame that the stack has sent, and the runner has not taken. */
struct waiting {
    uint64_t emitted_us;
    size_t length;
    uint8_t *bytes;
};

/* TO FILL IN 1: what one instance is. If your stack's state is global, this holds only the clock
 * and the queue, traits.instances is 1, and open() resets the stack. */
struct mystack {
    uint64_t now_us;
    struct waiting queue[WAITING_MAX];
    size_t first, count;
};

/* TO FILL IN, if you like: numbers of the stack's own, so that a script's MSL is yours. The fields
 * are those of `tcpanvil profile`. */
static const struct anvil_target_fact facts[] = {
    { "msl_us", 120000000, 120000000 },
};

/* TO FILL IN 2: what the stack is and can do. Say true only to what it has: a case that needs what
 * is false is skipped with that reason. */
static const struct anvil_target_traits *traits(void)
{
    static const struct anvil_target_traits of_mystack = {
        .name = "mystack",
        .version = "0",
        .granularity_us = 1, /* the tick of its timers: 250000 if it runs them every 250 ms */
        .tolerance_us = 0,   /* how late they may be beside that */
        .instances = 1,      /* 0 if nothing in it is global */
        .ipv6 = false,
        .timestamps = false,
        .sack = false,
        .window_scale = false,
        .urgent = false,
        .keepalive = false,
        .observes = false,   /* true once observe() is filled in */
        .fixes_iss = false,  /* true if every connection can be told where to start */
        .facts = facts,      /* what it does by itself, in the words of the policy */
        .fact_count = sizeof facts / sizeof facts[0],
    };
    return &of_mystack;
}

/* The interface's output function calls this for each packet, IP header first: it keeps a copy. */
static void emit(struct mystack *mystack, const uint8_t *packet, size_t length)
{
    uint8_t *copy = mystack->count < WAITING_MAX ? malloc(length) : NULL;
    if (copy == NULL)
        return;
    struct waiting *last =
        &mystack->queue[(mystack->first + mystack->count++) % WAITING_MAX];
    memcpy(copy, packet, length);
    last->emitted_us = mystack->now_us;
    last->length = length;
    last->bytes = copy;
}

/* TO FILL IN 3: start the stack, with one interface that has config->local_v4 (and local_v6), this
 * MTU, and a route to everywhere. Its clock starts at config->clock_us, its random numbers come
 * from config->secret. Honour the settings that it has, and refuse the others as here. */
static void *open_mystack(const struct anvil_target_config *config, char *why, size_t why_size)
{
    if (config->settings_count > 0) {
        snprintf(why, why_size, "mystack has no setting %s", config->settings[0].name);
        return NULL;
    }
    struct mystack *mystack = calloc(1, sizeof *mystack);
    if (mystack == NULL) {
        snprintf(why, why_size, "no memory");
        return NULL;
    }
    mystack->now_us = config->clock_us;
    return mystack;
}

/* TO FILL IN 4: end the stack, connections and all, without sending. */
static void close_mystack(void *self)
{
    struct mystack *mystack = self;
    for (; mystack->count > 0; mystack->count--)
        free(mystack->queue[mystack->first++ % WAITING_MAX].bytes);
    free(mystack);
}

/* TO FILL IN 5: hand the packet to the interface's input function; what the stack answers comes to
 * emit() before this returns. */
static void inject(void *self, const uint8_t *frame, size_t length)
{
    struct mystack *mystack = self;
    if (false) /* until then nothing is answered */
        emit(mystack, frame, length);
}

static size_t take(void *self, uint8_t *buffer, size_t capacity, uint64_t *emitted_us)
{
    struct mystack *mystack = self;
    if (mystack->count == 0)
        return 0;
    struct waiting *oldest = &mystack->queue[mystack->first];
    size_t length = oldest->length < capacity ? oldest->length : capacity;
    memcpy(buffer, oldest->bytes, length);
    *emitted_us = oldest->emitted_us;
    free(oldest->bytes);
    mystack->first = (mystack->first + 1) % WAITING_MAX;
    mystack->count--;
    return length;
}

/* TO FILL IN 6: when the stack's next timer is due. For a stack with a tick: the next tick, as long
 * as there is a connection (early is allowed), else never. */
static uint64_t deadline(void *self)
{
    (void)self;
    return ANVIL_TARGET_NEVER;
}

/* TO FILL IN 7: set the clock that the stack reads to the next timer that is due at until_us or
 * before, and run it; return as soon as a frame was emitted or a connection has changed. */
static uint64_t advance(void *self, uint64_t until_us)
{
    struct mystack *mystack = self;
    while (deadline(self) <= until_us && mystack->count == 0) {
        if (deadline(self) > mystack->now_us)
            mystack->now_us = deadline(self);
        /* run the timers that are due at now_us */
    }
    if (mystack->count == 0)
        mystack->now_us = until_us;
    return mystack->now_us;
}

/* TO FILL IN 8: the socket calls, none of which may block: -1 with EAGAIN or EINPROGRESS instead.
 * Keep a table of your stack's connections; its index is the descriptor. The order that shows most
 * soonest: SOCKET, BIND, LISTEN, ACCEPT, RECV, SEND, CLOSE, CONNECT, SHUTDOWN, options, names. */
static void call(void *self, struct anvil_target_call *made)
{
    (void)self;
    made->result = -1;
    switch (made->kind) {
    case ANVIL_CALL_SOCKET:
        made->error = EOPNOTSUPP; /* later: a new entry of the table, its index in made->result */
        break;
    case ANVIL_CALL_BIND:
    case ANVIL_CALL_LISTEN:
    case ANVIL_CALL_CONNECT:
    case ANVIL_CALL_ACCEPT:
    case ANVIL_CALL_SEND:
    case ANVIL_CALL_RECV:
    case ANVIL_CALL_SHUTDOWN:
    case ANVIL_CALL_CLOSE:
    case ANVIL_CALL_SET_OPTION:
    case ANVIL_CALL_GET_OPTION:
    case ANVIL_CALL_SOCKET_NAME:
    case ANVIL_CALL_PEER_NAME:
        made->error = EBADF; /* for an index that is not in use */
        break;
    }
}

/* TO FILL IN 9: bits of enum anvil_target_ready for an entry of the table. READ and WRITE are what
 * accept(), connect(), recv() and send() wait for. */
static uint32_t ready(void *self, int socket)
{
    (void)self;
    (void)socket;
    return 0;
}

/* TO FILL IN 10, if you like: the state of each connection. Then set traits.observes. Begin with
 * `*seen` all ANVIL_TARGET_UNKNOWN, and fill in socket, addresses and state. */
static bool observe(void *self, size_t index, struct anvil_target_observation *seen)
{
    (void)self;
    (void)index;
    (void)seen;
    return false;
}

/* TO FILL IN 11, if you like: why the last segment was dropped. It is shown when a case fails. */
static const char *explain(void *self)
{
    (void)self;
    return "";
}

const struct anvil_target *anvil_target_entry(void)
{
    static const struct anvil_target table = {
        .abi = ANVIL_TARGET_ABI,
        .traits = traits,
        .open = open_mystack,
        .close = close_mystack,
        .call = call,
        .ready = ready,
        .inject = inject,
        .take = take,
        .advance = advance,
        .deadline = deadline,
        .observe = observe,
        .explain = explain,
    };
    return &table;
}
