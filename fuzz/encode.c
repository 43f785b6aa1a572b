/* SPDX-License-Identifier: BSD-2-Clause */
/* A run, written as an input: its head, the time between its events, and their order. */
#include "fuzz/encode.h"

#include "cli/profile_symbol.h"

#include <string.h>

enum { HEAD_FAMILY = 1, HEAD_PROFILE, HEAD_CLOCK, HEAD_ISS, HEAD_MTU, HEAD_PEER_ISS = 8 };
enum { HEAD_CHOICES = 9, KIND_TIME = 6, NEW_CONNECTION = 65536 };
enum { WORDS_MAX = sizeof(((struct fuzz_pen *)0)->words) / FUZZ_RECORD_OCTETS };

void fuzz_pen_refuse(struct fuzz_pen *pen, const char *reason)
{
    if (pen->reason == NULL)
        pen->reason = reason;
}

uint8_t *fuzz_pen_word(struct fuzz_pen *pen, enum fuzz_word word, uint32_t number)
{
    if (pen->word_count == WORDS_MAX) {
        fuzz_pen_refuse(pen, "an event has too much that no choice says");
        pen->word_count--;
    }
    uint8_t *record = pen->words[pen->word_count++];
    memset(record, 0, FUZZ_RECORD_OCTETS);
    record[0] = FUZZ_FIRST_WORD;
    record[1] = (uint8_t)word;
    for (size_t i = 0; i < 4; i++)
        record[FUZZ_RAW_AT + i] = (uint8_t)(number >> (24 - 8 * i));
    return record;
}

void fuzz_pen_put(struct fuzz_pen *pen, const uint8_t *record)
{
    struct fuzz_event event;
    size_t index = fuzz_event_count(pen->size), words = pen->word_count * FUZZ_RECORD_OCTETS;
    if (pen->size + words + FUZZ_RECORD_OCTETS > sizeof pen->data)
        fuzz_pen_refuse(pen, "it is longer than an input");
    if (pen->reason != NULL)
        return;
    memcpy(pen->data + pen->size, pen->words, words);
    memcpy(pen->data + pen->size + words, record, FUZZ_RECORD_OCTETS);
    pen->size += words + FUZZ_RECORD_OCTETS;
    pen->word_count = 0;
    fuzz_read_event(&event, pen->data, pen->size, index);
    fuzz_happen(pen->end, &event);
}

/* The choice that leads to `until_us`, or else the furthest of those that do not pass it; where
 * a number leads there, that. */
static enum fuzz_time choose_time(const struct fuzz_end *end, uint64_t until_us)
{
    enum fuzz_time chosen = FUZZ_RAW_US;
    uint64_t furthest = end->now_us + UINT32_MAX;
    for (int how = 0; how < FUZZ_RAW_US; how++) {
        struct fuzz_event event = { .kind = FUZZ_TIME, .time = (enum fuzz_time)how };
        uint64_t there = fuzz_time(end, &event);
        if (there == until_us)
            return event.time;
        if (there > furthest && there < until_us) {
            furthest = there;
            chosen = event.time;
        }
    }
    return chosen;
}

/* The clock goes to `until_us`. */
static void encode_time(struct fuzz_pen *pen, uint64_t until_us)
{
    while (pen->reason == NULL && pen->end->now_us < until_us) {
        uint64_t left = until_us - pen->end->now_us;
        uint32_t raw = left < UINT32_MAX ? (uint32_t)left : UINT32_MAX;
        uint8_t record[FUZZ_RECORD_OCTETS] = { KIND_TIME,
                                               (uint8_t)choose_time(pen->end, until_us) };
        for (size_t i = 0; i < 4 && record[1] == FUZZ_RAW_US; i++)
            record[FUZZ_RAW_AT + i] = (uint8_t)(raw >> (24 - 8 * i));
        fuzz_pen_put(pen, record);
    }
}

/* The number of the first SYN that arrives; 0: none does. */
static uint32_t first_peer_iss(const struct fuzz_spy *spy)
{
    for (size_t i = 0; i < spy->record.count; i++) {
        const struct world_event *event = &spy->record.events[i];
        struct wire_frame frame;
        if (event->kind == WORLD_EVENT_ARRIVED &&
            wire_decode(&frame, spy->record.bytes + event->offset, event->length) == WIRE_OK &&
            frame.kind == WIRE_KIND_TCP && (frame.tcp.flags & WIRE_SYN) != 0)
            return frame.tcp.seq;
    }
    return 0;
}

/* Whether the endpoint has a setting without a word: of the profile, or of the harness. */
static bool is_plain(const struct fuzz_start *start, const struct anvil_target_setting *setting)
{
    uint64_t value;
    for (size_t i = 0; i < start->setting_count; i++)
        if (strcmp(start->settings[i].name, setting->name) == 0)
            return start->settings[i].value == setting->value;
    return cli_profile_policy(NULL, start->profile, setting->name, &value) &&
           value == setting->value;
}

/* Settings as words; of several for one field the last. */
static void encode_settings(struct fuzz_pen *pen, const struct fuzz_spy *spy,
                            const struct fuzz_start *start)
{
    for (size_t i = 0; i < spy->setting_count; i++) {
        const struct anvil_target_setting *setting = &spy->settings[i];
        bool again = false;
        for (size_t k = i + 1; k < spy->setting_count; k++)
            again = again || strcmp(spy->settings[k].name, setting->name) == 0;
        if (again || is_plain(start, setting))
            continue;
        fuzz_pen_word(pen, FUZZ_WORD_POLICY, fuzz_setting_key(setting));
        if (fuzz_setting(fuzz_setting_key(setting)) == NULL)
            fuzz_pen_refuse(pen, "its policy is none that a word says");
    }
    if (pen->word_count + start->setting_count > FUZZ_SETTINGS_MAX)
        fuzz_pen_refuse(pen, "it has too many settings");
}

static bool fits(const struct fuzz_opening *opening, const struct fuzz_spy *spy,
                 const char *profile, int octet)
{
    const struct anvil_target_config *config = &spy->config;
    switch (octet) {
    case HEAD_FAMILY: return opening->family == spy->local.family;
    case HEAD_PROFILE: return strcmp(opening->profile, profile) == 0;
    case HEAD_CLOCK: return opening->clock_us == config->clock_us;
    case HEAD_ISS: return config->iss_fixed && opening->iss == config->iss;
    default: return opening->mtu == config->mtu;
    }
}

/* Finds the choices of the head. */
static void encode_head(struct fuzz_pen *pen, const struct fuzz_spy *spy,
                        const struct fuzz_start *start, struct fuzz_opening *opening)
{
    static const char *const lacks[] = {
        [HEAD_FAMILY] = "no head has its version of IP", [HEAD_PROFILE] = "no head has its profile",
        [HEAD_CLOCK] = "no head has its clock", [HEAD_ISS] = "no head has its ISS",
        [HEAD_MTU] = "no head has its MTU"
    };
    uint32_t peer_iss = first_peer_iss(spy) - NEW_CONNECTION;
    memset(pen->data, 0, FUZZ_HEAD_OCTETS);
    pen->data[0] = FUZZ_VERSION;
    for (size_t i = 0; i < 4; i++)
        pen->data[HEAD_PEER_ISS + i] = (uint8_t)(peer_iss >> (24 - 8 * i));
    pen->size = FUZZ_HEAD_OCTETS;
    for (int octet = HEAD_FAMILY; octet <= HEAD_MTU; octet++) {
        bool found = false;
        for (uint8_t choice = 0; choice < HEAD_CHOICES && !found; choice++) {
            pen->data[octet] = choice;
            fuzz_read_opening(opening, pen->data, pen->size);
            found = fits(opening, spy, start->profile, octet);
        }
        if (!found)
            fuzz_pen_refuse(pen, lacks[octet]);
    }
    encode_settings(pen, spy, start);
    memcpy(pen->data + pen->size, pen->words, pen->word_count * FUZZ_RECORD_OCTETS);
    fuzz_read_opening(opening, pen->data, pen->size + pen->word_count * FUZZ_RECORD_OCTETS);
    for (size_t i = 0; i < start->setting_count && opening->setting_count < FUZZ_SETTINGS_MAX; i++)
        opening->settings[opening->setting_count++] = start->settings[i];
}

static void encode_events(struct fuzz_pen *pen, const struct fuzz_spy *spy)
{
    struct fuzz_encode_calls calls = { .set_count = 0 };
    for (size_t i = 0; i < spy->record.count && pen->reason == NULL; i++) {
        const struct world_event *event = &spy->record.events[i];
        if (event->kind == WORLD_EVENT_SENT)
            continue;
        if (event->kind != WORLD_EVENT_CALL || fuzz_trace_counts(&event->call))
            encode_time(pen, event->time_us);
        if (event->kind == WORLD_EVENT_ARRIVED)
            fuzz_encode_segment(pen, spy->record.bytes + event->offset, event->length);
        else
            fuzz_encode_call(pen, &calls, &event->call);
    }
    encode_time(pen, spy->now_us);
}

const char *fuzz_encode(const struct fuzz_spy *spy, const struct fuzz_start *start, uint8_t *data,
                        size_t *size)
{
    struct fuzz_finding finding = { .found = false };
    struct fuzz_end end = { .finding = &finding };
    struct fuzz_pen pen = { .end = &end };
    struct fuzz_opening opening;
    encode_head(&pen, spy, start, &opening);
    opening.ruled = false;
    if (pen.reason == NULL && !fuzz_end_open(&end, &opening))
        pen.reason = "no memory";
    if (pen.reason != NULL)
        return pen.reason;
    encode_events(&pen, spy);
    if (fuzz_event_count(pen.size) == 0)
        fuzz_pen_refuse(&pen, "nothing happens in it that a record holds");
    fuzz_end_close(&end);
    memcpy(data, pen.data, pen.size);
    *size = pen.size;
    return pen.reason;
}
