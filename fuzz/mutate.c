/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes to inputs of records. */
#include "fuzz/mutate.h"

#include "fuzz/event.h"

#include <string.h>

enum { CHOICES = 8, CHANGES_MOST = 3, KINDS = 8 };

/* An input under change. */
struct input {
    uint8_t *data;
    size_t count, most; /* records, and how many there may be */
    uint64_t random;
};

static uint32_t draw(struct input *input, uint32_t below)
{
    input->random = input->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return below == 0 ? 0 : (uint32_t)(input->random >> 33) % below;
}

static uint8_t *record_at(const struct input *input, size_t index)
{
    return input->data + FUZZ_HEAD_OCTETS + index * FUZZ_RECORD_OCTETS;
}

/* Makes room for a record; NULL: there are too many. */
static uint8_t *open_at(struct input *input, size_t index)
{
    if (input->count == input->most)
        return NULL;
    uint8_t *place = record_at(input, index);
    memmove(place + FUZZ_RECORD_OCTETS, place, (input->count - index) * FUZZ_RECORD_OCTETS);
    input->count++;
    return place;
}

/* A plain event: a kind, and which of it; all else is as it would be. */
static void insert(struct input *input, size_t index)
{
    uint8_t *record = open_at(input, index);
    if (record == NULL)
        return;
    memset(record, 0, FUZZ_RECORD_OCTETS);
    record[0] = (uint8_t)draw(input, KINDS);
    record[1] = (uint8_t)draw(input, 16);
}

static void repeat(struct input *input, size_t index)
{
    uint8_t copy[FUZZ_RECORD_OCTETS];
    memcpy(copy, record_at(input, index), sizeof copy);
    uint8_t *record = open_at(input, index);
    if (record != NULL)
        memcpy(record, copy, sizeof copy);
}

static void drop(struct input *input, size_t index)
{
    uint8_t *record = record_at(input, index);
    input->count--;
    memmove(record, record + FUZZ_RECORD_OCTETS, (input->count - index) * FUZZ_RECORD_OCTETS);
}

static void swap(struct input *input, size_t one, size_t other)
{
    uint8_t copy[FUZZ_RECORD_OCTETS];
    memcpy(copy, record_at(input, one), sizeof copy);
    memcpy(record_at(input, one), record_at(input, other), sizeof copy);
    memcpy(record_at(input, other), copy, sizeof copy);
}

/* Another choice, or another raw number: any, or near the one that it is. */
static void tweak(struct input *input, size_t index)
{
    uint8_t *record = record_at(input, index);
    uint32_t octet = draw(input, CHOICES + 1);
    if (octet < CHOICES)
        record[octet] = (uint8_t)draw(input, octet == 0 ? KINDS : 16);
    else if (draw(input, 2) == 0)
        record[FUZZ_RECORD_OCTETS - 1 - draw(input, 4)] = (uint8_t)draw(input, 256);
    else
        record[FUZZ_RECORD_OCTETS - 1] = (uint8_t)(record[FUZZ_RECORD_OCTETS - 1] +
                                                   draw(input, 3) - 1);
}

/* Another start; as often as not another scene. */
static void tweak_head(struct input *input)
{
    if (draw(input, 2) == 0)
        input->data[FUZZ_HEAD_SCENE] = (uint8_t)draw(input, FUZZ_SCENES);
    else
        input->data[1 + draw(input, FUZZ_HEAD_OCTETS - 1)] = (uint8_t)draw(input, 256);
}

static void change(struct input *input)
{
    uint32_t count = (uint32_t)input->count;
    switch (count == 0 ? draw(input, 3) : draw(input, 12)) {
    case 0: tweak_head(input); break;
    case 1: insert(input, draw(input, count + 1)); break;
    case 2:
    case 3: insert(input, count); break;
    case 4: repeat(input, draw(input, count)); break;
    case 5:
    case 6: drop(input, draw(input, count)); break;
    case 7: swap(input, draw(input, count), draw(input, count)); break;
    default: tweak(input, draw(input, count)); break;
    }
}

/* Whole records of so many octets, at least none. */
static size_t records_in(size_t size)
{
    return size < FUZZ_HEAD_OCTETS ? 0 : (size - FUZZ_HEAD_OCTETS) / FUZZ_RECORD_OCTETS;
}

size_t fuzz_mutate(uint8_t *data, size_t size, size_t most, uint32_t seed)
{
    if (most < FUZZ_HEAD_OCTETS)
        return size < most ? size : most;
    if (size < FUZZ_HEAD_OCTETS)
        memset(data + size, 0, FUZZ_HEAD_OCTETS - size);
    struct input input = { .data = data, .count = records_in(size), .most = records_in(most),
                           .random = seed };
    (void)draw(&input, 0);
    data[0] = FUZZ_VERSION;
    for (uint32_t changes = 1 + draw(&input, CHANGES_MOST); changes > 0; changes--)
        change(&input);
    return FUZZ_HEAD_OCTETS + input.count * FUZZ_RECORD_OCTETS;
}

size_t fuzz_splice(const uint8_t *first, size_t first_size, const uint8_t *second,
                   size_t second_size, uint8_t *out, size_t most, uint32_t seed)
{
    struct input input = { .random = seed };
    size_t head = records_in(first_size), tail = records_in(second_size), room = records_in(most);
    if (first_size < FUZZ_HEAD_OCTETS || most < FUZZ_HEAD_OCTETS)
        return 0;
    (void)draw(&input, 0);
    head = draw(&input, (uint32_t)head + 1);
    head = head < room ? head : room;
    size_t from = draw(&input, (uint32_t)tail + 1);
    tail = tail - from < room - head ? tail - from : room - head;
    size_t kept = FUZZ_HEAD_OCTETS + head * FUZZ_RECORD_OCTETS;
    memcpy(out, first, kept);
    if (tail > 0)
        memcpy(out + kept, second + FUZZ_HEAD_OCTETS + from * FUZZ_RECORD_OCTETS,
               tail * FUZZ_RECORD_OCTETS);
    return kept + tail * FUZZ_RECORD_OCTETS;
}
