/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes to events. */
#include "fuzz/event.h"

#include "wire/frame.h"

#include <string.h>

enum { FIRST_NUMBERS = 6, FIRST_MTUS = 3 }; /* of version 1 */

#define PICK(list, number) (list)[(number) % (sizeof (list) / sizeof (list)[0])]

uint32_t fuzz_number(const uint8_t *octets)
{
    return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 |
           octets[3];
}

/* `count` octets of the input from `at` on; zeros past its end. */
static void take(uint8_t *out, size_t count, const uint8_t *data, size_t size, size_t at)
{
    size_t there = at >= size ? 0 : size - at < count ? size - at : count;
    memset(out, 0, count);
    if (there > 0)
        memcpy(out, data + at, there);
}

/* How many records from `index` on are words. One that is cut short is none: nothing follows it. */
static size_t count_words(const uint8_t *data, size_t size, size_t index)
{
    size_t count = 0, at = FUZZ_HEAD_OCTETS + index * FUZZ_RECORD_OCTETS;
    for (; size >= at && size - at >= FUZZ_RECORD_OCTETS && data[at] >= FUZZ_FIRST_WORD;
         at += FUZZ_RECORD_OCTETS)
        count++;
    return count > 0 && data[0] == FUZZ_WITHOUT_WORDS ? 0 : count;
}

/* What words in front of the first event say of the policy. */
static void read_settings(struct fuzz_opening *opening, const uint8_t *data, size_t size)
{
    size_t count = count_words(data, size, 0);
    for (size_t i = 0; i < count && opening->setting_count < FUZZ_SETTINGS_MAX; i++) {
        const uint8_t *word = data + FUZZ_HEAD_OCTETS + i * FUZZ_RECORD_OCTETS;
        const struct anvil_target_setting *setting =
            word[1] % FUZZ_WORDS == FUZZ_WORD_POLICY
                ? fuzz_setting(fuzz_number(word + FUZZ_RAW_AT)) : NULL;
        if (setting != NULL)
            opening->settings[opening->setting_count++] = *setting;
    }
}

/* Clock and ISS lie near a wrap as often as not: 32 bits of microseconds, of milliseconds, the
 * sign of a sequence number, its end. */
void fuzz_read_opening(struct fuzz_opening *opening, const uint8_t *data, size_t size)
{
    static const char *const profiles[] = { "rfc9293", "linux", "freebsd" };
    static const uint64_t clocks[] = { 1000000, 0, (UINT64_C(1) << 32) - 1000000,
                                       (UINT64_C(1) << 32) * 1000 - 1000000,
                                       UINT64_C(86400000000), (UINT64_C(1) << 31) * 1000 - 1 };
    static const uint32_t numbers[] = { 1000, 0, 0xffffffff, 0x7fffffff, 0xfffff000, 0x12345678,
                                        0x80000000, 0xfffffffe, 5000 };
    static const uint32_t mtus[] = { 1500, 1280, 9000, 1520, 1000, 1492, 32100, 576 };
    uint8_t head[FUZZ_HEAD_OCTETS];
    take(head, sizeof head, data, size, 0);
    opening->family = head[1] % 4 == 3 ? 6 : 4;
    opening->profile = PICK(profiles, head[2]);
    opening->clock_us = PICK(clocks, head[3]);
    bool first = head[0] == FUZZ_WITHOUT_WORDS;
    opening->iss = first ? numbers[head[4] % FIRST_NUMBERS] : PICK(numbers, head[4]);
    opening->mtu = first ? mtus[head[5] % FIRST_MTUS] : PICK(mtus, head[5]);
    opening->scene = head[FUZZ_HEAD_SCENE] % FUZZ_SCENES;
    opening->peer_iss = fuzz_number(head + 8);
    opening->setting_count = 0;
    opening->ruled = true;
    read_settings(opening, data, size);
}

size_t fuzz_event_count(size_t size)
{
    if (size <= FUZZ_HEAD_OCTETS)
        return 0;
    size_t count = (size - FUZZ_HEAD_OCTETS + FUZZ_RECORD_OCTETS - 1) / FUZZ_RECORD_OCTETS;
    return count < FUZZ_EVENTS_MAX ? count : FUZZ_EVENTS_MAX;
}

static uint16_t read_flags(uint8_t choice, uint32_t raw)
{
    static const uint16_t sets[] = {
        WIRE_ACK, WIRE_SYN, WIRE_SYN | WIRE_ACK, WIRE_FIN | WIRE_ACK, WIRE_RST,
        WIRE_RST | WIRE_ACK, WIRE_PSH | WIRE_ACK, WIRE_FIN, 0, WIRE_SYN | WIRE_FIN,
        WIRE_URG | WIRE_ACK, WIRE_FIN | WIRE_PSH | WIRE_ACK, WIRE_SYN | WIRE_RST,
        WIRE_SYN | WIRE_ECE | WIRE_CWR, WIRE_FIN | WIRE_PSH | WIRE_URG,
    };
    size_t count = sizeof sets / sizeof sets[0];
    return choice % (count + 1) == count ? raw & 0xff : sets[choice % (count + 1)];
}

const uint8_t *fuzz_word(const struct fuzz_event *event, enum fuzz_word word, size_t index)
{
    size_t count = (event->unheard >> (unsigned)word & 1u) != 0 ? 0 : event->word_count;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *record = event->words + i * FUZZ_RECORD_OCTETS;
        if (record[1] % FUZZ_WORDS == (unsigned)word && index-- == 0)
            return record;
    }
    return NULL;
}

enum fuzz_plain_call fuzz_plain(const struct fuzz_event *event)
{
    const uint8_t *word = event->word_count == 0 ? NULL : fuzz_word(event, FUZZ_WORD_CALL, 0);
    return word == NULL ? FUZZ_PLAIN_CALLS : (enum fuzz_plain_call)(word[2] % FUZZ_PLAIN_CALLS);
}

/* The event that one record is. */
static void read_record(struct fuzz_event *event, const uint8_t *record)
{
    static const uint16_t windows[] = { 65535, 0, 1, 1000, 100, 32768, 10 };
    static const uint32_t sizes[] = { 1000, 1, 100, 10000, 60000, 0 };
    static const enum fuzz_kind kinds[] = { FUZZ_SEGMENT, FUZZ_SEGMENT, FUZZ_SEGMENT, FUZZ_SEGMENT,
                                            FUZZ_CALL, FUZZ_CALL, FUZZ_TIME, FUZZ_TIME };
    event->kind = PICK(kinds, record[0]);
    event->raw = fuzz_number(record + FUZZ_RAW_AT);
    event->flags = read_flags(record[1], event->raw);
    event->seq = (enum fuzz_edge)(record[2] % FUZZ_EDGES);
    event->ack = (enum fuzz_edge)(record[3] % FUZZ_EDGES);
    event->ack_from_una = record[3] / FUZZ_EDGES % 2;
    event->window = record[4] % 8 == 7 ? (uint16_t)event->raw : windows[record[4] % 8];
    event->length = (enum fuzz_length)(record[5] % FUZZ_LENGTHS);
    event->options = (enum fuzz_options)(record[6] % FUZZ_OPTIONS);
    event->call = (enum fuzz_call)(record[1] % FUZZ_CALLS);
    event->size = record[2] % 7 == 6 ? event->raw % 65536 : sizes[record[2] % 7];
    event->option = record[3];
    event->time = (enum fuzz_time)(record[1] % FUZZ_TIMES);
    event->who = record[7];
}

size_t fuzz_read_event(struct fuzz_event *event, const uint8_t *data, size_t size, size_t index)
{
    uint8_t record[FUZZ_RECORD_OCTETS];
    memset(event, 0, sizeof *event);
    event->word_count = count_words(data, size, index);
    if (index + event->word_count >= fuzz_event_count(size))
        return 0;
    event->words = data + FUZZ_HEAD_OCTETS + index * FUZZ_RECORD_OCTETS;
    take(record, sizeof record, data, size,
         FUZZ_HEAD_OCTETS + (index + event->word_count) * FUZZ_RECORD_OCTETS);
    read_record(event, record);
    return event->word_count + 1;
}
