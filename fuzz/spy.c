/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes down what is done to a target. */
#include "fuzz/spy.h"

#include <string.h>

/* Whose turn it is: the functions of a target are given what open() returned, and that is the
 * target's own. */
static struct fuzz_spy *spying;

static struct world_event *add(enum world_event_kind kind, uint64_t time_us, const uint8_t *bytes,
                               size_t length)
{
    struct world_event *event = world_record_add(&spying->record, kind, bytes, length);
    if (event != NULL) {
        event->side = WORLD_A;
        event->time_us = event->arrives_us = time_us;
    }
    return event;
}

static void *spy_open(const struct anvil_target_config *config, char *why, size_t why_size)
{
    void *self = spying->target->open(config, why, why_size);
    spying->opened = self != NULL;
    spying->config = *config;
    spying->now_us = config->clock_us;
    spying->setting_count = config->settings_count < FUZZ_SPY_SETTINGS_MAX ? config->settings_count
                                                                           : FUZZ_SPY_SETTINGS_MAX;
    for (size_t i = 0; i < spying->setting_count; i++)
        spying->settings[i] = config->settings[i];
    memset(spying->bound, 0, sizeof spying->bound);
    return self;
}

/* An open of a socket without an address takes the spy's, so that it is known beforehand. */
static void bind_first(void *self, const struct anvil_target_call *call)
{
    bool opens = call->kind == ANVIL_CALL_LISTEN || call->kind == ANVIL_CALL_CONNECT;
    if (!opens || call->socket < 0 || call->socket >= FUZZ_SPY_SOCKETS_MAX ||
        spying->bound[call->socket])
        return;
    struct anvil_target_call bind = { .kind = ANVIL_CALL_BIND, .socket = call->socket,
                                      .address = spying->local };
    spying->target->call(self, &bind);
    spying->bound[call->socket] = true;
}

static void spy_call(void *self, struct anvil_target_call *call)
{
    bind_first(self, call);
    spying->target->call(self, call);
    int made = call->kind == ANVIL_CALL_SOCKET || call->kind == ANVIL_CALL_ACCEPT
                   ? (int)call->result : call->socket;
    if (call->error == 0 && call->result >= 0 && made >= 0 && made < FUZZ_SPY_SOCKETS_MAX &&
        (call->kind == ANVIL_CALL_SOCKET || call->kind == ANVIL_CALL_ACCEPT ||
         call->kind == ANVIL_CALL_BIND))
        spying->bound[made] = call->kind != ANVIL_CALL_SOCKET;
    struct world_event *event = add(WORLD_EVENT_CALL, spying->now_us, NULL, 0);
    if (event == NULL)
        return;
    event->call = *call;
    event->call.data = NULL;
    event->call.buffer = NULL;
}

static void spy_inject(void *self, const uint8_t *frame, size_t length)
{
    add(WORLD_EVENT_ARRIVED, spying->now_us, frame, length);
    spying->target->inject(self, frame, length);
}

static size_t spy_take(void *self, uint8_t *buffer, size_t capacity, uint64_t *emitted_us)
{
    size_t length = spying->target->take(self, buffer, capacity, emitted_us);
    if (length > 0)
        add(WORLD_EVENT_SENT, *emitted_us, buffer, length);
    return length;
}

static uint64_t spy_advance(void *self, uint64_t until_us)
{
    spying->now_us = spying->target->advance(self, until_us);
    return spying->now_us;
}

const struct anvil_target *fuzz_spy_on(struct fuzz_spy *spy)
{
    spying = spy;
    spy->table = *spy->target;
    spy->table.open = spy_open;
    spy->table.call = spy_call;
    spy->table.inject = spy_inject;
    spy->table.take = spy_take;
    spy->table.advance = spy_advance;
    return &spy->table;
}
