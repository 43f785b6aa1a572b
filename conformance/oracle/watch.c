/* SPDX-License-Identifier: BSD-2-Clause */
/* Shows the rules what happens, in order, and keeps the first violation. */
#include "oracle/watch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16 };

static size_t aligned(size_t bytes)
{
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Adds one rule to the sets that its bits name. */
static void enlist(oracle_mask *sets, size_t count, unsigned bits, size_t rule)
{
    for (size_t i = 0; i < count; i++)
        if ((bits & 1u << i) != 0)
            sets[i] |= UINT64_C(1) << rule;
}

/* Gives each rule its place in the state of a connection, or of the whole case. */
static void place_rules(struct oracle_watch *watch)
{
    const struct oracle_rule *rule;
    for (size_t i = 0; (rule = oracle_rule_at(i)) != NULL; i++) {
        size_t *end = rule->whole_case ? &watch->case_bytes : &watch->stride;
        watch->rule[i] = rule;
        watch->offset[i] = *end;
        *end = aligned(*end + rule->state_bytes);
        enlist(watch->wants, ORACLE_KIND_COUNT, rule->wants, i);
        enlist(watch->waits, ORACLE_KIND_COUNT, rule->waits, i);
        enlist(watch->moves, ORACLE_MOVES, rule->moves, i);
        enlist(watch->calls, ORACLE_CALLS, rule->calls == 0 ? ~0u : rule->calls, i);
        enlist(&watch->whole_case, 1, rule->whole_case, i);
    }
}

struct oracle_watch *oracle_watch_open(void)
{
    struct oracle_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return NULL;
    place_rules(watch);
    watch->records = malloc(ORACLE_CONNECTIONS_MAX * sizeof *watch->records);
    watch->states = malloc(ORACLE_CONNECTIONS_MAX * watch->stride + ALIGNMENT);
    watch->case_states = malloc(watch->case_bytes + ALIGNMENT);
    if (watch->records != NULL && watch->states != NULL && watch->case_states != NULL)
        return watch;
    oracle_watch_close(watch);
    return NULL;
}

void oracle_watch_close(struct oracle_watch *watch)
{
    if (watch == NULL)
        return;
    free(watch->records);
    free(watch->states);
    free(watch->case_states);
    free(watch);
}

void oracle_begin(struct oracle_watch *watch, const struct oracle_setting *setting,
                  oracle_mask rules)
{
    const struct oracle_rule *rule;
    watch->setting = setting;
    watch->enabled = watch->shown = watch->silent = watch->violated = 0;
    watch->case_waiting = watch->since = 0;
    watch->shown_deadline_us = 0;
    watch->has_finding = watch->rest_wanted = watch->has_last_told = false;
    watch->record_count = watch->socket_limit = watch->listener_count = 0;
    memset(watch->case_states, 0, watch->case_bytes);
    unsigned has = (setting->observes ? ORACLE_NEEDS_STATE : 0u) |
                   (setting->real_time ? 0u : ORACLE_NEEDS_PROMPT);
    for (size_t i = 0; (rule = oracle_rule_at(i)) != NULL; i++) {
        oracle_mask bit = UINT64_C(1) << i;
        if ((rules & bit) == 0 || (rule->needs & ~has) != 0)
            continue;
        watch->enabled |= bit;
    }
}

/* Which rules an observation is shown to: the waiting, and those that wait for nothing. */
static oracle_mask audience(struct oracle_watch *watch, const struct oracle_record *record,
                            const struct oracle_observation *what)
{
    oracle_mask wanted = watch->wants[what->kind] & watch->enabled & ~watch->silent;
    oracle_mask waiting = record->waiting | watch->case_waiting | ~watch->waits[what->kind];
    for (unsigned moves = what->moves; moves != 0; moves &= moves - 1)
        waiting |= watch->moves[__builtin_ctz(moves)];
    watch->shown |= wanted;
    if (what->kind == ORACLE_CALL)
        waiting &= watch->calls[what->call->kind];
    return wanted & waiting;
}

/* Calls those rules, and keeps who of them waits. */
static void show_to(struct oracle_watch *watch, size_t index, const struct oracle_observation *what,
                    oracle_mask todo)
{
    struct oracle_record *record = &watch->records[index];
    uint8_t *states = watch->states + index * watch->stride;
    struct oracle_view view = { .setting = watch->setting, .connection = &record->facts,
                                .connection_index = index, .watch = watch,
                                .waiting = record->waiting,
                                .now_us = what->time_us, .since = watch->since,
                                .deadline_us = watch->shown_deadline_us };
    for (; todo != 0; todo &= todo - 1) {
        size_t i = (size_t)__builtin_ctzll(todo);
        const struct oracle_rule *rule = watch->rule[i];
        view.rule = i;
        rule->see(&view, (rule->whole_case ? watch->case_states : states) + watch->offset[i],
                  what);
    }
    record->waiting = view.waiting & ~watch->whole_case;
    watch->case_waiting |= view.waiting & watch->whole_case;
}

void oracle_show(struct oracle_watch *watch, size_t index, const struct oracle_observation *what)
{
    struct oracle_record *record = &watch->records[index];
    oracle_mask todo = audience(watch, record, what);
    if (what->kind == ORACLE_REST)
        record->waiting = 0;
    if (todo != 0)
        show_to(watch, index, what, todo);
    record->facts.since |= 1u << what->kind;
    watch->since |= 1u << what->kind;
}

void oracle_violated(struct oracle_view *view, const char *format, ...)
{
    struct oracle_watch *watch = view->watch;
    watch->silent |= UINT64_C(1) << view->rule;
    watch->violated |= UINT64_C(1) << view->rule;
    if (watch->has_finding)
        return;
    va_list list;
    va_start(list, format);
    vsnprintf(watch->finding.sentence, sizeof watch->finding.sentence, format, list);
    va_end(list);
    watch->finding.rule = oracle_rule_at(view->rule);
    watch->finding.time_us = view->now_us;
    watch->has_finding = true;
}

void oracle_cannot_tell(struct oracle_view *view)
{
    view->watch->silent |= UINT64_C(1) << view->rule;
}

const struct oracle_finding *oracle_found(const struct oracle_watch *watch)
{
    return watch->has_finding ? &watch->finding : NULL;
}

enum oracle_verdict oracle_verdict_of(const struct oracle_watch *watch, size_t rule)
{
    oracle_mask bit = UINT64_C(1) << rule;
    if ((watch->violated & bit) != 0)
        return ORACLE_VIOLATED;
    return (watch->enabled & watch->shown & ~watch->silent & bit) != 0 ? ORACLE_HOLDS
                                                                       : ORACLE_CANNOT_TELL;
}

void oracle_sent(struct oracle_watch *watch, uint64_t time_us, const struct wire_frame *frame)
{
    struct oracle_segment segment;
    struct oracle_observation what = { .kind = ORACLE_SENT, .time_us = time_us,
                                       .segment = &segment };
    if (frame->kind != WIRE_KIND_TCP)
        return;
    const struct oracle_name name = { frame->ip.source, frame->ip.destination,
                                      frame->tcp.source_port, frame->tcp.destination_port };
    oracle_segment_read(&segment, frame);
    watch->rest_wanted = true;
    int index = oracle_record_for_sent(watch, &name, &segment, time_us);
    if (index < 0)
        return;
    oracle_show(watch, (size_t)index, &what);
    oracle_facts_sent(&watch->records[index], &segment, time_us);
}

static void icmp_arrived(struct oracle_watch *watch, uint64_t time_us,
                         const struct wire_frame *frame)
{
    const struct wire_quote *quote = &frame->icmp.quote;
    struct oracle_icmp icmp;
    struct oracle_observation what = { .kind = ORACLE_ICMP, .time_us = time_us, .icmp = &icmp };
    if (!quote->has_ip || !quote->has_ports)
        return;
    const struct oracle_name name = { quote->ip.source, quote->ip.destination,
                                      quote->source_port, quote->destination_port };
    int index = oracle_record_live(watch, &name);
    oracle_icmp_read(&icmp, frame);
    if (index >= 0)
        oracle_show(watch, (size_t)index, &what);
}

/* Whether this is known not to be an address of the endpoint. */
static bool is_foreign(const struct oracle_watch *watch, const struct wire_address *address)
{
    const struct wire_address *own = &watch->setting->local;
    return own->version == address->version && !wire_same_address(own, address);
}

/* A segment comes in, whole or damaged. */
static void segment_arrived(struct oracle_watch *watch, uint64_t time_us,
                            const struct wire_frame *frame)
{
    struct oracle_segment segment;
    struct oracle_observation what = { .kind = ORACLE_ARRIVED, .time_us = time_us,
                                       .segment = &segment };
    const struct oracle_name name = { frame->ip.destination, frame->ip.source,
                                      frame->tcp.destination_port, frame->tcp.source_port };
    bool whole = oracle_segment_read(&segment, frame);
    segment.foreign = is_foreign(watch, &name.local);
    segment.doubtful = segment.doubtful || segment.foreign;
    int index = whole ? oracle_record_for_arrived(watch, &name, &segment, time_us)
                      : oracle_record_live(watch, &name);
    if (!whole)
        what.kind = ORACLE_DAMAGED;
    if (index < 0)
        return;
    oracle_show(watch, (size_t)index, &what);
    if (whole)
        oracle_facts_arrived(&watch->records[index], &segment, time_us);
}

void oracle_arrived(struct oracle_watch *watch, uint64_t time_us, const struct wire_frame *frame)
{
    watch->rest_wanted = true;
    switch (frame->kind) {
    case WIRE_KIND_TCP: segment_arrived(watch, time_us, frame); break;
    case WIRE_KIND_ICMP: icmp_arrived(watch, time_us, frame); break;
    case WIRE_KIND_OTHER: break;
    }
}

void oracle_passed(struct oracle_watch *watch, uint64_t from_us, uint64_t to_us)
{
    struct oracle_observation what = { .kind = ORACLE_TIME, .time_us = to_us, .from_us = from_us };
    if (from_us == to_us)
        return;
    watch->rest_wanted = true;
    for (size_t i = 0; i < watch->record_count; i++)
        if (!watch->records[i].over)
            oracle_show(watch, i, &what);
}

void oracle_end(struct oracle_watch *watch, uint64_t time_us)
{
    struct oracle_observation what = { .kind = ORACLE_OVER, .time_us = time_us };
    for (size_t i = 0; i < watch->record_count; i++)
        oracle_show(watch, i, &what);
}
