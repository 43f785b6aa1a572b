/* SPDX-License-Identifier: BSD-2-Clause */
/* What an endpoint at rest tells of its connections. */
#include "oracle/watch.h"

#include <string.h>

bool oracle_rest_wanted(const struct oracle_watch *watch)
{
    return watch->rest_wanted;
}

void oracle_rest(struct oracle_watch *watch, uint64_t time_us, uint64_t deadline_us)
{
    watch->rest_wanted = false;
    watch->rest_us = time_us;
    watch->deadline_us = deadline_us;
    watch->listener_count = 0;
    for (size_t i = 0; i < watch->record_count; i++)
        watch->records[i].told = false;
}

static void address_of(struct wire_address *out, const struct anvil_target_address *from)
{
    memset(out, 0, sizeof *out);
    out->version = from->family;
    memcpy(out->bytes, from->octets, from->family == 4 ? 4 : 16);
}

/* There is more than can be kept apart: no rule can tell any more. */
static bool give_up(struct oracle_watch *watch)
{
    watch->silent = ORACLE_ALL;
    return false;
}

/* A listener, or a socket that has no connection. */
static bool note_listener(struct oracle_watch *watch, const struct anvil_target_observation *seen)
{
    if (seen->state == ANVIL_STATE_LISTEN && watch->listener_count < ORACLE_LISTENERS_MAX) {
        struct oracle_listener *one = &watch->listeners[watch->listener_count++];
        address_of(&one->address, &seen->local);
        one->port = seen->local.port;
    }
    return watch->listener_count < ORACLE_LISTENERS_MAX || give_up(watch);
}

/* False: there are more than can be judged, and the rest need not be told. */
bool oracle_rest_told(struct oracle_watch *watch, const struct anvil_target_observation *seen)
{
    struct oracle_name name = { .local_port = seen->local.port, .remote_port = seen->remote.port };
    bool alone = seen->state == ANVIL_STATE_LISTEN || seen->state == ANVIL_STATE_CLOSED ||
                 seen->state == ANVIL_STATE_UNKNOWN; /* a peer may well have the port 0 */
    if (seen->remote.family == 0 || (seen->remote.port == 0 && alone))
        return note_listener(watch, seen);
    if (seen->state == ANVIL_STATE_CLOSED)
        return true; /* a descriptor whose connection is gone */
    address_of(&name.local, &seen->local);
    address_of(&name.remote, &seen->remote);
    int index = oracle_record_told(watch, &name, seen);
    if (index < 0) {
        index = oracle_record_new(watch, &name, watch->rest_us);
        if (index < 0)
            return give_up(watch);
        watch->records[index].facts.state = ANVIL_STATE_UNKNOWN; /* nobody saw it begin */
    }
    watch->records[index].facts.came_back |= watch->records[index].replaced;
    watch->records[index].told = true;
    watch->records[index].over = false;
    watch->records[index].now = *seen;
    return true;
}

/* Whether numbers of a connection to which nothing happened are others now. */
static bool has_moved(const struct oracle_record *record,
                      const struct anvil_target_observation *now)
{
    const struct anvil_target_observation *was = &record->facts.seen;
    return record->facts.seen_any && now != NULL &&
           (was->rcv_nxt != now->rcv_nxt || was->snd_una != now->snd_una ||
            was->snd_nxt != now->snd_nxt);
}

/* Shows one connection at rest, and keeps what was told. */
static void rest_of(struct oracle_watch *watch, size_t index)
{
    struct oracle_record *record = &watch->records[index];
    struct oracle_connection *facts = &record->facts;
    struct oracle_observation what = { .kind = ORACLE_REST, .time_us = watch->rest_us,
                                       .state = ANVIL_STATE_UNKNOWN,
                                       .deadline_us = watch->deadline_us };
    bool observes = watch->setting->observes;
    if (observes && record->told) {
        what.state = record->now.state;
        what.seen = &record->now;
    } else if (observes) {
        what.state = oracle_is_listening(watch, &facts->name) ? ANVIL_STATE_LISTEN
                                                              : ANVIL_STATE_CLOSED;
    }
    if (record->touched || what.state != facts->state || has_moved(record, what.seen))
        oracle_show(watch, index, &what);
    record->touched = false;
    facts->state = what.state;
    facts->seen_any = what.seen != NULL;
    if (facts->seen_any)
        facts->seen = record->now;
    record->over = observes && !record->told;
}

void oracle_rest_end(struct oracle_watch *watch)
{
    for (size_t i = 0; i < watch->record_count; i++)
        if (!watch->records[i].over)
            rest_of(watch, i);
}
