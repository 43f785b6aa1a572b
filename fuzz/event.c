/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes to events. */
#include "fuzz/event.h"

#include "wire/frame.h"

#include <string.h>

#define PICK(list, number) (list)[(number) % (sizeof (list) / sizeof (list)[0])]

static uint32_t read_raw(const uint8_t *octets)
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

/* Clock and ISS lie near a wrap as often as not: 32 bits of microseconds, of milliseconds, the
 * sign of a sequence number, its end. */
void fuzz_read_opening(struct fuzz_opening *opening, const uint8_t *data, size_t size)
{
    static const char *const profiles[] = { "rfc9293", "linux", "freebsd" };
    static const uint64_t clocks[] = { 1000000, 0, (UINT64_C(1) << 32) - 1000000,
                                       (UINT64_C(1) << 32) * 1000 - 1000000,
                                       UINT64_C(86400000000), (UINT64_C(1) << 31) * 1000 - 1 };
    static const uint32_t numbers[] = { 1000, 0, 0xffffffff, 0x7fffffff, 0xfffff000, 0x12345678 };
    static const uint32_t mtus[] = { 1500, 1280, 9000 };
    uint8_t head[FUZZ_HEAD_OCTETS];
    take(head, sizeof head, data, size, 0); /* head[0] is the version; there is but one */
    opening->family = head[1] % 4 == 3 ? 6 : 4;
    opening->profile = PICK(profiles, head[2]);
    opening->clock_us = PICK(clocks, head[3]);
    opening->iss = PICK(numbers, head[4]);
    opening->mtu = PICK(mtus, head[5]);
    opening->scene = head[FUZZ_HEAD_SCENE] % FUZZ_SCENES;
    opening->peer_iss = read_raw(head + 8);
    opening->settings = NULL;
    opening->setting_count = 0;
    opening->ruled = true;
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

void fuzz_read_event(struct fuzz_event *event, const uint8_t *data, size_t size, size_t index)
{
    static const uint16_t windows[] = { 65535, 0, 1, 1000, 100, 32768, 10 };
    static const uint32_t sizes[] = { 1000, 1, 100, 10000, 60000, 0 };
    static const enum fuzz_kind kinds[] = { FUZZ_SEGMENT, FUZZ_SEGMENT, FUZZ_SEGMENT, FUZZ_SEGMENT,
                                            FUZZ_CALL, FUZZ_CALL, FUZZ_TIME, FUZZ_TIME };
    uint8_t record[FUZZ_RECORD_OCTETS];
    take(record, sizeof record, data, size, FUZZ_HEAD_OCTETS + index * FUZZ_RECORD_OCTETS);
    memset(event, 0, sizeof *event);
    event->kind = PICK(kinds, record[0]);
    event->raw = read_raw(record + 8);
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
