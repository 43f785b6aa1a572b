/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes to inputs of records. */
#include "fuzz/mutate.h"

#include "fuzz/event.h"
#include "fuzz/idiom.h"

#include <string.h>

enum { CHOICES = 8, CHANGES_MOST = 3, KINDS = 8, CALL = 4 };

/* An input under change. */
struct input {
    uint8_t *data;
    size_t count, most; /* records, and how many there may be */
    uint64_t random;
};

static uint32_t draw(struct input *input, uint32_t below)
{
    return fuzz_draw(&input->random, below);
}

static uint8_t *record_at(const struct input *input, size_t index)
{
    return input->data + FUZZ_HEAD_OCTETS + index * FUZZ_RECORD_OCTETS;
}

/* Makes room for so many records; NULL: there would be too many. */
static uint8_t *open_many(struct input *input, size_t index, size_t count)
{
    if (input->most - input->count < count)
        return NULL;
    uint8_t *place = record_at(input, index);
    memmove(place + count * FUZZ_RECORD_OCTETS, place,
            (input->count - index) * FUZZ_RECORD_OCTETS);
    input->count += count;
    return place;
}

static uint8_t *open_at(struct input *input, size_t index)
{
    return open_many(input, index, 1);
}

static void put_number(uint8_t *record, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        record[FUZZ_RAW_AT + i] = (uint8_t)(number >> (24 - 8 * i));
}

/* How many records at the start are words about the policy, which must stay there. */
static size_t policies(const struct input *input)
{
    size_t count = 0;
    for (; count < input->count; count++) {
        const uint8_t *record = record_at(input, count);
        if (record[0] < FUZZ_FIRST_WORD || record[1] % FUZZ_WORDS != FUZZ_WORD_POLICY)
            break;
    }
    return count;
}

/* A group of records that belong together; as often as not at the end. */
static void insert_idiom(struct input *input)
{
    uint8_t records[FUZZ_IDIOM_RECORDS_MAX * FUZZ_RECORD_OCTETS];
    size_t first = policies(input), index = input->count;
    size_t count = fuzz_idiom(&input->random, records), room = input->most - input->count;
    count = count < room ? count : room;
    if (draw(input, 2) == 0)
        index = first + draw(input, (uint32_t)(input->count - first + 1));
    if (count > 0)
        memcpy(open_many(input, index, count), records, count * FUZZ_RECORD_OCTETS);
}

/* The scene written out, so that its records can be changed, too; a socket option before it. */
static void unfold(struct input *input)
{
    uint8_t records[FUZZ_SCENE_MAX * FUZZ_RECORD_OCTETS];
    struct fuzz_opening opening = { .scene = input->data[FUZZ_HEAD_SCENE] % FUZZ_SCENES };
    size_t count = fuzz_scene(&opening, records), index = policies(input);
    uint8_t *place = count == 0 ? NULL : open_many(input, index, count);
    if (place == NULL)
        return;
    memcpy(place, records, count * FUZZ_RECORD_OCTETS);
    input->data[FUZZ_HEAD_SCENE] = 0;
    uint8_t *word = draw(input, 2) == 0 ? open_at(input, index) : NULL;
    if (word == NULL)
        return;
    memset(word, 0, FUZZ_RECORD_OCTETS);
    word[0] = FUZZ_FIRST_WORD;
    word[1] = FUZZ_WORD_OPTION;
    word[2] = (uint8_t)draw(input, ANVIL_OPTION_QUEUED_IN);
    put_number(word, fuzz_draw_number(&input->random));
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

/* A word before the first event: one of the settings that scripts have. */
static void insert_policy(struct input *input)
{
    uint32_t count = 0;
    while (fuzz_setting_at(count) != NULL)
        count++;
    uint8_t *word = open_at(input, 0);
    if (word == NULL)
        return;
    memset(word, 0, FUZZ_RECORD_OCTETS);
    word[0] = FUZZ_FIRST_WORD;
    word[1] = FUZZ_WORD_POLICY;
    put_number(word, fuzz_setting_key(fuzz_setting_at(draw(input, count))));
}

/* An event with a word that says what none of its choices does: an option by number, flags of a
 * call, an ICMP error. */
static void insert_with_word(struct input *input, size_t index)
{
    static const uint8_t options[] = {
        ANVIL_OPTION_KEEPALIVE, ANVIL_OPTION_KEEPIDLE, ANVIL_OPTION_KEEPINTVL,
        ANVIL_OPTION_KEEPCNT, ANVIL_OPTION_SYNCNT, ANVIL_OPTION_USER_TIMEOUT,
        ANVIL_OPTION_LINGER2, ANVIL_OPTION_DEFER_ACCEPT, ANVIL_OPTION_TOS, ANVIL_OPTION_TTL,
        ANVIL_OPTION_MTU_DISCOVER, ANVIL_OPTION_NODELAY, ANVIL_OPTION_RCVBUF,
    };
    static const uint8_t types[] = { 3, 3, 3, 1, 2, 4, 11, 12 };
    bool room = input->count + 2 <= input->most && open_at(input, index) != NULL;
    uint8_t *word = room ? open_at(input, index) : NULL;
    if (word == NULL)
        return;
    uint8_t *record = word + FUZZ_RECORD_OCTETS;
    memset(word, 0, 2 * FUZZ_RECORD_OCTETS);
    word[0] = FUZZ_FIRST_WORD;
    put_number(word, fuzz_draw_number(&input->random));
    switch (draw(input, 3)) {
    case 0:
        word[1] = FUZZ_WORD_OPTION;
        word[2] = options[draw(input, sizeof options)];
        record[0] = CALL;
        record[1] = FUZZ_SET_OPTION;
        break;
    case 1:
        word[1] = FUZZ_WORD_SIZE;
        word[2] = (uint8_t)draw(input, 16);
        record[0] = CALL;
        record[1] = (uint8_t)(FUZZ_SEND + draw(input, 2));
        break;
    default:
        word[1] = FUZZ_WORD_ICMP;
        word[2] = types[draw(input, sizeof types)];
        word[3] = (uint8_t)draw(input, 8);
        break;
    }
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

/* Another start; as often as not another scene, or the peer's numbers near a wrap. */
static void tweak_head(struct input *input)
{
    static const uint32_t numbers[] = { 0, 0x7ffffff0, 0x7fffff00, 0x7fffe000, 0x80000000,
                                        0xfffffff0, 0xffffff00, 0xffffe000 };
    uint32_t which = draw(input, 8);
    if (which < 4)
        input->data[FUZZ_HEAD_SCENE] = (uint8_t)draw(input, FUZZ_SCENES);
    else if (which == 4)
        put_number(input->data, numbers[draw(input, sizeof numbers / sizeof numbers[0])]);
    else
        input->data[1 + draw(input, FUZZ_HEAD_OCTETS - 1)] = (uint8_t)draw(input, 256);
}

/* One change of any kind. */
static void change(struct input *input)
{
    uint32_t count = (uint32_t)input->count;
    if (draw(input, 16) == 0) {
        insert_policy(input);
        return;
    }
    switch (count == 0 ? draw(input, 5) : draw(input, 20)) {
    case 0: tweak_head(input); break;
    case 3:
    case 13:
    case 16:
    case 17:
    case 18: insert_idiom(input); break;
    case 4: unfold(input); break;
    case 12: insert_with_word(input, draw(input, count + 1)); break;
    case 1: insert(input, draw(input, count + 1)); break;
    case 2:
    case 14: insert(input, count); break;
    case 15: repeat(input, draw(input, count)); break;
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
