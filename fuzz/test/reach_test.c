/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From nothing, with changes to records alone and what they reach as the only feedback, the harness
 * endpoint comes to every transition of RFC 9293. It needs no engine, and always does the same.
 */
#include "fuzz/event.h"
#include "fuzz/harness.h"
#include "fuzz/mutate.h"
#include "fuzz/reached.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { EVENTS = 16, INPUTS_MAX = 1024, RUNS = 300000 };
enum { OCTETS = FUZZ_HEAD_OCTETS + EVENTS * FUZZ_RECORD_OCTETS };

struct input {
    uint8_t octets[OCTETS];
    size_t size;
};

/* Another input, made from one that reached something; kept if it does so, too. */
static size_t run(struct input *inputs, size_t count, uint32_t seed)
{
    struct input *made = &inputs[count];
    size_t before = fuzz_reached_cells();
    *made = inputs[(seed * 2654435761u >> 8) % count];
    made->size = fuzz_mutate(made->octets, made->size, sizeof made->octets, seed);
    fuzz_endpoint(made->octets, made->size);
    return fuzz_reached_cells() > before && count + 1 < INPUTS_MAX ? count + 1 : count;
}

static void every_transition_is_reached_from_nothing(void **state)
{
    struct input *inputs = calloc(INPUTS_MAX, sizeof *inputs);
    size_t count = 1;
    (void)state;
    assert_non_null(inputs);
    for (uint32_t seed = 0; seed < RUNS && !fuzz_reached_all(); seed++)
        count = run(inputs, count, seed);
    fuzz_reached_print(stderr);
    free(inputs);
    assert_true(fuzz_reached_all());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_transition_is_reached_from_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
