/* SPDX-License-Identifier: BSD-2-Clause */
/* Shrinking of inputs that are no records: by frames, by lines, by octets. */
#include "fuzz/shrink.h"

#include "wire/capture.h"

#include <string.h>

static size_t frame_at(const uint8_t *data, size_t size, size_t at)
{
    struct wire_pcap pcap;
    struct wire_pcap_packet packet;
    wire_pcap_open(&pcap, data, size);
    pcap.at = at;
    wire_pcap_next(&pcap, &packet);
    return pcap.at - at;
}

static size_t line_at(const uint8_t *data, size_t size, size_t at)
{
    const uint8_t *end = memchr(data + at, '\n', size - at);
    return end == NULL ? size - at : (size_t)(end - data) + 1 - at;
}

static size_t octet_at(const uint8_t *data, size_t size, size_t at)
{
    (void)data;
    (void)size;
    (void)at;
    return 1;
}

const struct fuzz_pieces *fuzz_pieces_of(const char *harness)
{
    static const struct fuzz_pieces all[] = {
        { "frame", "frames", 24, frame_at }, /* behind the head of the file */
        { "script", "lines", 0, line_at },
        { "options", "octets", 1, octet_at }, /* behind the one that says what follows */
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i].harness, harness) == 0)
            return &all[i];
    return NULL;
}

size_t fuzz_piece_count(const struct fuzz_pieces *pieces, const uint8_t *data, size_t size)
{
    size_t count = 0;
    for (size_t at = pieces->start; at < size; at += pieces->length(data, size, at))
        count++;
    return count;
}

/* Where the piece ends that stands `count` behind `at`. */
static size_t skip(const struct fuzz_pieces *pieces, const uint8_t *data, size_t size, size_t at,
                   size_t count)
{
    while (count-- > 0 && at < size)
        at += pieces->length(data, size, at);
    return at;
}

/* Removes runs of so many pieces wherever it still shows without; the new size. */
static size_t remove_runs(const struct fuzz_pieces *pieces, uint8_t *data, uint8_t *less,
                          size_t size, size_t run, fuzz_shows_fn shows, void *context)
{
    size_t at = pieces->start;
    while (at < size) {
        size_t end = skip(pieces, data, size, at, run), left = size - (end - at);
        memcpy(less, data, at);
        memcpy(less + at, data + end, size - end);
        if (shows(context, less, left)) {
            memcpy(data, less, left);
            size = left;
        } else {
            at = skip(pieces, data, size, at, 1);
        }
    }
    return size;
}

size_t fuzz_shrink_pieces(const struct fuzz_pieces *pieces, uint8_t *data, uint8_t *less,
                          size_t size, fuzz_shows_fn shows, void *context)
{
    size_t before;
    for (size_t run = fuzz_piece_count(pieces, data, size) / 2; run > 1; run /= 2)
        size = remove_runs(pieces, data, less, size, run, shows, context);
    do {
        before = size;
        size = remove_runs(pieces, data, less, size, 1, shows, context);
    } while (size < before);
    return size;
}
