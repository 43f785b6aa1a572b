/* SPDX-License-Identifier: BSD-2-Clause */
/* Inputs of records, made as small as they can be. */
#include "fuzz/shrink.h"

#include "fuzz/event.h"

#include <stdlib.h>
#include <string.h>

/* An input that shows it, and one that is tried. */
struct shrink {
    uint8_t *data, *tried;
    size_t size, room;
    fuzz_shows_fn shows;
    void *context;
};

/* Takes what is tried if it shows it as well. */
static bool take(struct shrink *shrink, size_t size)
{
    if (!shrink->shows(shrink->context, shrink->tried, size))
        return false;
    memcpy(shrink->data, shrink->tried, size);
    shrink->size = size;
    return true;
}

/* Whole records, and a head that is there. */
static void make_whole(struct shrink *shrink)
{
    size_t size = FUZZ_HEAD_OCTETS + fuzz_event_count(shrink->size) * FUZZ_RECORD_OCTETS;
    if (size > shrink->room)
        return;
    memset(shrink->tried, 0, size);
    memcpy(shrink->tried, shrink->data, shrink->size < size ? shrink->size : size);
    shrink->tried[0] = FUZZ_VERSION;
    (void)take(shrink, size);
}

/* The records of the scene go in front of the others. */
static void write_scene(struct shrink *shrink)
{
    uint8_t records[FUZZ_SCENE_MAX * FUZZ_RECORD_OCTETS];
    struct fuzz_opening opening;
    fuzz_read_opening(&opening, shrink->data, shrink->size);
    size_t more = fuzz_scene(&opening, records) * FUZZ_RECORD_OCTETS;
    if (more == 0 || shrink->size < FUZZ_HEAD_OCTETS || shrink->size + more > shrink->room)
        return;
    memcpy(shrink->tried, shrink->data, FUZZ_HEAD_OCTETS);
    shrink->tried[FUZZ_HEAD_SCENE] = 0;
    memcpy(shrink->tried + FUZZ_HEAD_OCTETS, records, more);
    memcpy(shrink->tried + FUZZ_HEAD_OCTETS + more, shrink->data + FUZZ_HEAD_OCTETS,
           shrink->size - FUZZ_HEAD_OCTETS);
    (void)take(shrink, shrink->size + more);
}

/* Tries to do without `count` records from `from` on. */
static bool remove_records(struct shrink *shrink, size_t from, size_t count)
{
    size_t at = FUZZ_HEAD_OCTETS + from * FUZZ_RECORD_OCTETS, gone = count * FUZZ_RECORD_OCTETS;
    if (at + gone > shrink->size)
        return false;
    memcpy(shrink->tried, shrink->data, at);
    memcpy(shrink->tried + at, shrink->data + at + gone, shrink->size - at - gone);
    return take(shrink, shrink->size - gone);
}

/* Halves, quarters, and so on down to single ones; from behind, where less depends on them. */
static bool remove_all(struct shrink *shrink)
{
    bool removed = false;
    for (size_t count = fuzz_event_count(shrink->size); count > 0; count /= 2)
        for (size_t at = fuzz_event_count(shrink->size); at-- > 0;)
            removed = remove_records(shrink, at, count) || removed;
    return removed;
}

/* Tries octets [at, at + count) as zeros: the plain choice. */
static bool make_plain(struct shrink *shrink, size_t at, size_t count)
{
    static const uint8_t zeros[FUZZ_RECORD_OCTETS];
    if (at + count > shrink->size || memcmp(shrink->data + at, zeros, count) == 0)
        return false;
    memcpy(shrink->tried, shrink->data, shrink->size);
    memset(shrink->tried + at, 0, count);
    return take(shrink, shrink->size);
}

/* The lowest octet that means the same: each choice is read modulo the number of its values. */
static bool make_small(struct shrink *shrink, size_t at)
{
    for (uint8_t value = 1; value < shrink->data[at] && value < 32; value++) {
        memcpy(shrink->tried, shrink->data, shrink->size);
        shrink->tried[at] = value;
        if (take(shrink, shrink->size))
            return true;
    }
    return false;
}

/* Each choice on its own, then the raw number, of the head and of each record. */
static bool simplify(struct shrink *shrink)
{
    enum { RAW_AT = 8, RAW_OCTETS = 4 };
    bool changed = false;
    for (size_t start = 0; start < shrink->size; start += FUZZ_RECORD_OCTETS) {
        changed = make_plain(shrink, start + RAW_AT, RAW_OCTETS) || changed;
        for (size_t at = start == 0; at < RAW_AT && start + at < shrink->size; at++)
            changed = make_plain(shrink, start + at, 1) || make_small(shrink, start + at) ||
                      changed;
    }
    return changed;
}

size_t fuzz_shrink(uint8_t *data, size_t size, size_t room, fuzz_shows_fn shows, void *context)
{
    struct shrink shrink = { .data = data, .tried = malloc(room), .size = size, .room = room,
                             .shows = shows, .context = context };
    if (shrink.tried == NULL)
        return size;
    make_whole(&shrink);
    write_scene(&shrink);
    while (remove_all(&shrink) || simplify(&shrink))
        continue;
    free(shrink.tried);
    return shrink.size;
}
