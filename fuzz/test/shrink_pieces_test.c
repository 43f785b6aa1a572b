/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shrinking by pieces: what is asked for stays, and without any single piece of the result it is
 * gone. Asked for is here that a capture reaches TIME-WAIT, and that a text has two words.
 */
#include "fuzz/harness.h"
#include "fuzz/shrink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CAPTURES ANVIL_SOURCE_DIR "/corpora/frame/"

enum { ROOM = 1 << 16 };

static size_t read_capture(const char *name, uint8_t *data)
{
    char path[512];
    snprintf(path, sizeof path, CAPTURES "%s", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(data, 1, ROOM, file);
    fclose(file);
    return size;
}

static bool reaches_time_wait(void *context, const uint8_t *data, size_t size)
{
    struct fuzz_story story;
    bool there = false;
    (void)context;
    fuzz_frame_tell(data, size, &story);
    for (size_t i = 0; i < story.record.count; i++)
        there = there || story.record.events[i].state == ANVIL_STATE_TIME_WAIT;
    world_record_free(&story.record);
    free(story.text);
    return there;
}

static bool has(const uint8_t *data, size_t size, const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; i + length <= size; i++)
        if (memcmp(data + i, word, length) == 0)
            return true;
    return false;
}

static bool has_both(void *context, const uint8_t *data, size_t size)
{
    const char *const *words = context;
    return has(data, size, words[0]) && has(data, size, words[1]);
}

/* The result shows it, and nothing smaller by one piece does. Returns how many pieces it has. */
static size_t shrink(const char *harness, uint8_t *data, size_t size, fuzz_shows_fn shows,
                     void *context)
{
    const struct fuzz_pieces *pieces = fuzz_pieces_of(harness);
    uint8_t *less = malloc(ROOM);
    assert_true(pieces != NULL && less != NULL);
    assert_true(shows(context, data, size));
    size = fuzz_shrink_pieces(pieces, data, less, size, shows, context);
    assert_true(shows(context, data, size));
    for (size_t at = pieces->start; at < size; at += pieces->length(data, size, at)) {
        size_t end = at + pieces->length(data, size, at);
        memcpy(less, data, at);
        memcpy(less + at, data + end, size - end);
        assert_false(shows(context, less, size - (end - at)));
    }
    free(less);
    return fuzz_piece_count(pieces, data, size);
}

static void captures_are_minimal_by_single_frames(void **state)
{
    static const char *const names[] = { "active-host-closes.pcap", "passive-host-closes-v6.pcap",
                                         "simultaneous-close.pcap", "numbers-wrap.pcap" };
    uint8_t *data = malloc(ROOM);
    (void)state;
    assert_non_null(data);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_in_range(shrink("frame", data, read_capture(names[i], data), reaches_time_wait,
                               NULL), 3, 12);
    free(data);
}

static void scripts_are_minimal_by_lines(void **state)
{
    static const char text[] = "// One.\n+0 a() = 0\n+0 < . 1:1(0) win 1\n\n+0 b() = 0\n+0 c()";
    const char *words[] = { "win", "c()" };
    uint8_t data[ROOM];
    (void)state;
    memcpy(data, text, sizeof text - 1);
    assert_int_equal(shrink("script", data, sizeof text - 1, has_both, words), 2);
}

static void options_are_minimal_by_octets(void **state)
{
    const char *words[] = { "ab", "de" };
    uint8_t data[ROOM] = "-xxabcdexx";
    (void)state;
    assert_int_equal(shrink("options", data, strlen("-xxabcdexx"), has_both, words), 4);
    assert_null(fuzz_pieces_of("pair"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(captures_are_minimal_by_single_frames),
        cmocka_unit_test(scripts_are_minimal_by_lines),
        cmocka_unit_test(options_are_minimal_by_octets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
