/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which incarnation of a connection a segment belongs to. An endpoint that tells its states shows
 * when one is over; else that is guessed from RSTs and from SYNs with other numbers.
 */
#include "oracle/watch.h"

#include <string.h>

int oracle_record_newest(const struct oracle_watch *watch, const struct oracle_name *name)
{
    for (size_t i = watch->record_count; i-- > 0;)
        if (oracle_same_name(&watch->records[i].facts.name, name))
            return (int)i;
    return -1;
}

int oracle_record_live(const struct oracle_watch *watch, const struct oracle_name *name)
{
    for (size_t i = watch->record_count; i-- > 0;)
        if (!watch->records[i].over && oracle_same_name(&watch->records[i].facts.name, name))
            return (int)i;
    return -1;
}

/*
 * An incarnation that was replaced comes back when the peer refuses the new one: RFC 9293 3.6.1,
 * MAY-2. From SYN-RECEIVED there is no other way to TIME-WAIT in one event.
 */
int oracle_record_told(const struct oracle_watch *watch, const struct oracle_name *name,
                       const struct anvil_target_observation *seen)
{
    int live = oracle_record_live(watch, name);
    if (live < 0 || seen->state != ANVIL_STATE_TIME_WAIT ||
        watch->records[live].facts.state != ANVIL_STATE_SYN_RECEIVED)
        return live;
    for (size_t i = (size_t)live; i-- > 0;) {
        const struct oracle_record *old = &watch->records[i];
        if (old->replaced && oracle_same_name(&old->facts.name, name) &&
            old->facts.seen.rcv_nxt == seen->rcv_nxt)
            return (int)i;
    }
    return live;
}

/* The last word on one record that is to be used again or forgotten. */
static void show_over(struct oracle_watch *watch, size_t index, uint64_t time_us)
{
    struct oracle_observation what = { .kind = ORACLE_OVER, .time_us = time_us };
    oracle_show(watch, index, &what);
}

/* A place for a new record: one whose connection never came to be, or the next. -1: none. */
static int find_room(struct oracle_watch *watch, const struct oracle_name *name, uint64_t time_us)
{
    int newest = oracle_record_newest(watch, name);
    if (newest >= 0 && !watch->records[newest].facts.has_iss &&
        !watch->records[newest].facts.has_socket) {
        show_over(watch, (size_t)newest, time_us);
        return newest;
    }
    if (watch->record_count == ORACLE_CONNECTIONS_MAX)
        return -1;
    return (int)watch->record_count++;
}

int oracle_record_new(struct oracle_watch *watch, const struct oracle_name *name,
                      uint64_t time_us)
{
    int index = find_room(watch, name, time_us);
    if (index < 0)
        return -1;
    struct oracle_record *record = &watch->records[index];
    watch->has_last_told = false;
    memset(record, 0, sizeof *record);
    memset(watch->states + (size_t)index * watch->stride, 0, watch->stride);
    record->facts.name = *name;
    record->facts.began_us = time_us;
    record->facts.guessed = !watch->setting->observes;
    record->facts.state = ANVIL_STATE_UNKNOWN;
    if (watch->setting->observes)
        record->facts.state = oracle_is_listening(watch, name) ? ANVIL_STATE_LISTEN
                                                               : ANVIL_STATE_CLOSED;
    oracle_socket_inherit(watch, &record->facts);
    return index;
}

/* Shows the old one that it was replaced. */
void oracle_record_replace(struct oracle_watch *watch, int index, uint64_t time_us)
{
    struct oracle_observation what = { .kind = ORACLE_REPLACED, .time_us = time_us };
    oracle_show(watch, (size_t)index, &what);
    watch->records[index].over = true;
    watch->records[index].replaced = true;
}

/* Whether a SYN that goes out begins another connection than the one of this record. */
static bool begins_another(const struct oracle_watch *watch, const struct oracle_record *record,
                           const struct oracle_segment *segment)
{
    const struct oracle_connection *facts = &record->facts;
    if (!oracle_has(segment, WIRE_SYN) || oracle_has(segment, WIRE_RST) || !facts->has_iss)
        return false;
    bool answers_new = oracle_has(segment, WIRE_ACK) && record->has_opener && facts->has_irs &&
                       record->opener.seq != facts->irs &&
                       segment->ack - record->opener.seq <= record->opener.span &&
                       segment->ack != record->opener.seq;
    if (watch->setting->observes)
        return facts->state == ANVIL_STATE_TIME_WAIT &&
               (segment->seq != facts->iss || !oracle_has(segment, WIRE_ACK));
    return answers_new || facts->reset_sent || facts->reset_arrived ||
           (!oracle_has(segment, WIRE_ACK) && facts->has_irs);
}

/* The SYN that the old record was shown last opens the new one, so it is shown there as well. */
static void show_syn_again(struct oracle_watch *watch, int index, const struct oracle_record *old)
{
    struct oracle_segment syn = old->opener;
    struct oracle_observation what = { .kind = ORACLE_ARRIVED, .time_us = old->opener_us,
                                       .segment = &syn };
    if (index < 0 || !old->has_opener)
        return;
    oracle_show(watch, (size_t)index, &what);
    oracle_facts_arrived(&watch->records[index], &syn, what.time_us);
}

/* An endpoint that tells nothing was refused its answer to a SYN in TIME-WAIT: what has no SYN is
 * of the old connection again. MAY-2. */
static int lead_back(struct oracle_watch *watch, int live, const struct oracle_segment *segment)
{
    if (live <= 0 || watch->setting->observes || oracle_has(segment, WIRE_SYN) ||
        !watch->records[live].facts.reset_arrived || watch->records[live].facts.has_socket)
        return live;
    for (int i = live - 1; i >= 0; i--) {
        struct oracle_record *old = &watch->records[i];
        if (!old->replaced || !oracle_same_name(&old->facts.name, &watch->records[live].facts.name))
            continue;
        watch->records[live].over = true;
        old->over = false;
        return i;
    }
    return live;
}

int oracle_record_for_sent(struct oracle_watch *watch, const struct oracle_name *name,
                           const struct oracle_segment *segment, uint64_t time_us)
{
    int live = lead_back(watch, oracle_record_live(watch, name), segment);
    if (live < 0)
        return oracle_record_new(watch, name, time_us);
    if (!begins_another(watch, &watch->records[live], segment))
        return live;
    oracle_record_replace(watch, live, time_us);
    int made = oracle_record_new(watch, name, time_us);
    if (oracle_has(segment, WIRE_ACK))
        show_syn_again(watch, made, &watch->records[live]);
    return made;
}

/* Without states, a SYN behind a RST is taken for the start of another connection. */
int oracle_record_for_arrived(struct oracle_watch *watch, const struct oracle_name *name,
                              const struct oracle_segment *segment, uint64_t time_us)
{
    int live = lead_back(watch, oracle_record_live(watch, name), segment);
    if (live >= 0 && !watch->setting->observes && oracle_has(segment, WIRE_SYN) &&
        !oracle_has(segment, WIRE_ACK) &&
        (watch->records[live].facts.reset_sent || watch->records[live].facts.reset_arrived)) {
        watch->records[live].over = true;
        live = -1;
    }
    return live >= 0 ? live : oracle_record_new(watch, name, time_us);
}
