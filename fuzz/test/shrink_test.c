/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shrinking: what is asked for stays, and without any single event of the result it is gone. Asked
 * for is here that a connection sends its FIN again, or that it reaches TIME-WAIT.
 */
#include "fuzz/shrink.h"

#include "fuzz/event.h"
#include "fuzz/harness.h"
#include "fuzz/mutate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { EVENTS = 24, INPUTS = 40000, SHRUNK_LEAST = 20, ROOM = 1024 };
enum { OCTETS = FUZZ_HEAD_OCTETS + EVENTS * FUZZ_RECORD_OCTETS };

static bool is_in(const struct fuzz_story *story, enum anvil_target_state state)
{
    for (size_t i = 0; i < story->record.count; i++)
        if (story->record.events[i].state == state)
            return true;
    return false;
}

static bool reaches(void *context, const uint8_t *data, size_t size)
{
    const enum anvil_target_state *state = context;
    struct fuzz_story story;
    fuzz_endpoint_tell(data, size, &story);
    bool there = is_in(&story, *state);
    world_record_free(&story.record);
    return there;
}

/* The result shows it, and nothing smaller by one event does. */
static void expect_minimal(const uint8_t *data, size_t size, enum anvil_target_state state)
{
    uint8_t less[ROOM];
    assert_true(reaches(&state, data, size));
    for (size_t i = 0; i < fuzz_event_count(size); i++) {
        size_t at = FUZZ_HEAD_OCTETS + i * FUZZ_RECORD_OCTETS;
        memcpy(less, data, at);
        memcpy(less + at, data + at + FUZZ_RECORD_OCTETS, size - at - FUZZ_RECORD_OCTETS);
        if (reaches(&state, less, size - FUZZ_RECORD_OCTETS))
            fail_msg("event %zu of %zu is not needed", i, fuzz_event_count(size));
    }
}

/* Inputs that were changed many times over, so that they are full of what is not needed. */
static void shrink_many(enum anvil_target_state state, size_t events_most)
{
    uint8_t data[ROOM] = { 0 };
    size_t size = FUZZ_HEAD_OCTETS, shrunk = 0;
    for (uint32_t seed = 0; seed < INPUTS && shrunk < SHRUNK_LEAST; seed++) {
        uint8_t copy[ROOM];
        size = fuzz_mutate(data, size, OCTETS, seed);
        if (fuzz_event_count(size) < EVENTS / 2 || !reaches(&state, data, size))
            continue;
        memcpy(copy, data, size);
        size_t least = fuzz_shrink(copy, size, sizeof copy, reaches, &state);
        expect_minimal(copy, least, state);
        assert_in_range(fuzz_event_count(least), 1, events_most);
        assert_int_equal(copy[FUZZ_HEAD_SCENE], 0);
        shrunk++;
    }
    assert_int_equal(shrunk, SHRUNK_LEAST);
}

static void minimal_by_single_events(void **state)
{
    (void)state;
    shrink_many(ANVIL_STATE_TIME_WAIT, 8);
    shrink_many(ANVIL_STATE_LAST_ACK, 8);
    shrink_many(ANVIL_STATE_CLOSING, 8);
}

/* A scene is written out, and all that is left is plain. */
static void what_is_left_is_plain(void **state)
{
    enum anvil_target_state wanted = ANVIL_STATE_TIME_WAIT;
    uint8_t data[ROOM] = { 77, 9, 8, 7, 6, 5, 14, 3, 2, 1, 2, 3 };
    static const uint8_t expected[FUZZ_HEAD_OCTETS + 4 * FUZZ_RECORD_OCTETS] = {
        [0] = FUZZ_VERSION, [12] = 4, [13] = FUZZ_OPEN_ACTIVE, [25] = 2, [36] = 4,
        [37] = FUZZ_SHUTDOWN, [49] = 3,
    };
    (void)state;
    size_t size = fuzz_shrink(data, FUZZ_HEAD_OCTETS, sizeof data, reaches, &wanted);
    assert_int_equal(size, sizeof expected);
    assert_memory_equal(data, expected, sizeof expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(minimal_by_single_events),
        cmocka_unit_test(what_is_left_is_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
