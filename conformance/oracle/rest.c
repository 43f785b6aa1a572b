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

static bool same_address(const struct anvil_target_address *a,
                         const struct anvil_target_address *b)
{
    return a->port == b->port && a->family == b->family &&
           memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

/* The record that was told of last, if it is the one again; -1: that is to be looked for. */
static int told_again(const struct oracle_watch *watch, const struct anvil_target_observation *seen)
{
    const struct oracle_record *last = &watch->records[watch->last_told];
    bool is_last = watch->has_last_told && !last->over && seen->state == last->facts.state &&
                   same_address(&seen->remote, &last->now.remote) &&
                   same_address(&seen->local, &last->now.local);
    return is_last ? (int)watch->last_told : -1;
}

/* The record of what is told; a new one where nobody saw it begin. -1: there is no room. */
static int record_of(struct oracle_watch *watch, const struct anvil_target_observation *seen)
{
    struct oracle_name name = { .local_port = seen->local.port, .remote_port = seen->remote.port };
    address_of(&name.local, &seen->local);
    address_of(&name.remote, &seen->remote);
    int index = oracle_record_told(watch, &name, seen);
    if (index >= 0)
        return index;
    index = oracle_record_new(watch, &name, watch->rest_us);
    if (index >= 0)
        watch->records[index].facts.state = ANVIL_STATE_UNKNOWN;
    return index;
}

/* False: there are more than can be judged, and the rest need not be told. */
bool oracle_rest_told(struct oracle_watch *watch, const struct anvil_target_observation *seen)
{
    bool alone = seen->state == ANVIL_STATE_LISTEN || seen->state == ANVIL_STATE_CLOSED ||
                 seen->state == ANVIL_STATE_UNKNOWN; /* a peer may well have the port 0 */
    if (seen->remote.family == 0 || (seen->remote.port == 0 && alone))
        return note_listener(watch, seen);
    if (seen->state == ANVIL_STATE_CLOSED)
        return true; /* a descriptor whose connection is gone */
    int index = told_again(watch, seen);
    if (index < 0)
        index = record_of(watch, seen);
    if (index < 0)
        return give_up(watch);
    watch->has_last_told = true;
    watch->last_told = (size_t)index;
    watch->records[index].facts.came_back |= watch->records[index].replaced;
    watch->records[index].told = true;
    watch->records[index].over = false;
    watch->records[index].now = *seen;
    return true;
}

/* What is told otherwise than the last time. */
static unsigned moves_of(const struct oracle_connection *facts,
                         const struct oracle_observation *what)
{
    const struct anvil_target_observation *was = &facts->seen, *now = what->seen;
    unsigned moves = what->deadline_us == facts->deadline_us ? 0 : ORACLE_MOVE_DEADLINE;
    if (what->state != facts->state || facts->seen_any != (now != NULL))
        return ORACLE_MOVE_ALL;
    if (now == NULL)
        return moves;
    return moves | (was->snd_una == now->snd_una ? 0 : ORACLE_MOVE_SND_UNA) |
           (was->snd_nxt == now->snd_nxt ? 0 : ORACLE_MOVE_SND_NXT) |
           (was->snd_wnd == now->snd_wnd ? 0 : ORACLE_MOVE_SND_WND) |
           (was->rcv_nxt == now->rcv_nxt ? 0 : ORACLE_MOVE_RCV_NXT) |
           (was->rcv_wnd == now->rcv_wnd ? 0 : ORACLE_MOVE_RCV_WND) |
           (was->unsent_bytes == now->unsent_bytes ? 0 : ORACLE_MOVE_UNSENT) |
           (was->unread_bytes == now->unread_bytes ? 0 : ORACLE_MOVE_UNREAD) |
           (was->srtt_us == now->srtt_us && was->rttvar_us == now->rttvar_us
                ? 0 : ORACLE_MOVE_ESTIMATE);
}

/* What a connection to which nothing happened is shown for, all the same. */
enum { AT_REST = ORACLE_MOVE_STATE | ORACLE_MOVE_SND_UNA | ORACLE_MOVE_SND_NXT |
                 ORACLE_MOVE_RCV_NXT };

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
    what.moves = moves_of(facts, &what);
    if (facts->since != 0 || (what.moves & AT_REST) != 0) {
        oracle_show(watch, index, &what);
        facts->deadline_us = watch->shown_deadline_us = what.deadline_us;
        watch->since = 0;
    }
    facts->since = 0;
    if (oracle_is_synchronized(what.state) && !oracle_is_synchronized(facts->state))
        facts->opened_us = what.time_us;
    if (what.seen == NULL && facts->seen_any)
        facts->over_us = what.time_us;
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
    watch->case_waiting = 0;
}
