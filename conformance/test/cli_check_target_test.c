/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contract test of targets, against targets that break the contract: each is the core with one
 * function that does it wrongly, and the report must name that fault.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <errno.h>

#include "cli/check_target.h"
#include "cli/cli.h"
#include "target/target.h"

extern const struct anvil_target anvil_target_core;
static const struct anvil_target *const core = &anvil_target_core;

/* What check-target prints about a target; it must exit with `status`. To be freed. */
static char *report_on(const struct anvil_target *target, int status)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_int_equal(cli_trial_all(target, out), status);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void expect_fault(const struct anvil_target *target, const char *fault)
{
    char *text = report_on(target, CLI_FAILED);
    if (strstr(text, fault) == NULL || strstr(text, "BROKEN") == NULL)
        fail_msg("the report does not say \"%s\":\n%s", fault, text);
    free(text);
}

static void the_core_keeps_all(void **state)
{
    (void)state;
    char *text = report_on(core, CLI_OK);
    assert_null(strstr(text, "BROKEN"));
    assert_null(strstr(text, "skipped "));
    assert_non_null(strstr(text, ", 0 broken, 0 skipped\n"));
    free(text);
}

/* ---- the clock ---- */

static uint64_t advance_beyond(void *self, uint64_t until_us)
{
    return core->advance(self, until_us + 3);
}

static uint64_t advance_back(void *self, uint64_t until_us)
{
    core->advance(self, until_us);
    return CLI_TRIAL_CLOCK_US - 1;
}

static uint64_t advance_nowhere(void *self, uint64_t until_us)
{
    (void)self;
    (void)until_us;
    return CLI_TRIAL_CLOCK_US;
}

static uint64_t deadline_late(void *self)
{
    uint64_t deadline = core->deadline(self);
    return deadline == ANVIL_TARGET_NEVER ? deadline : deadline + 1000;
}

static uint64_t deadline_stuck(void *self)
{
    uint64_t deadline = core->deadline(self);
    return deadline < CLI_TRIAL_CLOCK_US + 500 ? deadline : CLI_TRIAL_CLOCK_US + 500;
}

static void clocks_that_are_wrong(void **state)
{
    (void)state;
    struct anvil_target broken = *core;
    broken.advance = advance_beyond;
    expect_fault(&broken, "beyond what was asked for");
    broken.advance = advance_back;
    expect_fault(&broken, "returned 4999999: the clock went back");
    broken.advance = advance_nowhere;
    expect_fault(&broken, "the target does not come to rest");
    broken = *core;
    broken.deadline = deadline_late;
    expect_fault(&broken, "a deadline may be early, never late");
    broken.deadline = deadline_stuck;
    expect_fault(&broken, "deadline() stays at 5000500, though advance() has been there");
}

/* ---- frames ---- */

static size_t take_damaged(void *self, uint8_t *buffer, size_t capacity, uint64_t *emitted_us)
{
    size_t length = core->take(self, buffer, capacity, emitted_us);
    if (length > 0)
        buffer[length - 1] ^= 1;
    return length;
}

static size_t take_from_the_future(void *self, uint8_t *buffer, size_t capacity,
                                   uint64_t *emitted_us)
{
    size_t length = core->take(self, buffer, capacity, emitted_us);
    *emitted_us += 7;
    return length;
}

static size_t take_backwards(void *self, uint8_t *buffer, size_t capacity, uint64_t *emitted_us)
{
    size_t length = core->take(self, buffer, capacity, emitted_us);
    *emitted_us = *emitted_us > CLI_TRIAL_CLOCK_US + 10 ? CLI_TRIAL_CLOCK_US - 1 : *emitted_us;
    return length;
}

/* Draws its numbers from the machine's clock. */
static void *open_at_random(const struct anvil_target_config *config, char *why, size_t why_size)
{
    struct anvil_target_config other = *config;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    memcpy(other.secret, &now.tv_nsec, sizeof now.tv_nsec);
    return core->open(&other, why, why_size);
}

static void frames_that_are_wrong(void **state)
{
    (void)state;
    struct anvil_target broken = *core;
    broken.take = take_damaged;
    expect_fault(&broken, "take() gave a malformed frame: ");
    broken.take = take_from_the_future;
    expect_fault(&broken, "which is in the future");
    broken.take = take_backwards;
    expect_fault(&broken, "time goes back");
    broken = *core;
    broken.open = open_at_random;
    expect_fault(&broken, "randomness must come from config.secret");
}

/* ---- what must be dropped ---- */

static void inject_crashes(void *self, const uint8_t *frame, size_t length)
{
    if (length > 0 && length < 20)
        abort();
    core->inject(self, frame, length);
}

static void inject_hangs(void *self, const uint8_t *frame, size_t length)
{
    if (length == 0)
        raise(SIGALRM); /* what the clock of the check would do after some seconds */
    core->inject(self, frame, length);
}

static void inject_ends(void *self, const uint8_t *frame, size_t length)
{
    if (length == 0)
        _exit(0);
    core->inject(self, frame, length);
}

/* Believes every TCP checksum: it mends a frame of IPv4 before the core sees it. */
static void inject_believing(void *self, const uint8_t *bytes, size_t length)
{
    struct wire_frame frame;
    uint8_t mended[256];
    size_t size = 0;
    if (wire_decode(&frame, bytes, length) == WIRE_OK && frame.kind == WIRE_KIND_TCP &&
        frame.ip.checksum_ok)
        size = wire_encode(&frame, NULL, mended, sizeof mended);
    core->inject(self, size > 0 ? mended : bytes, size > 0 ? size : length);
}

static const char *explain_nothing(void *self)
{
    (void)self;
    return NULL;
}

static void arrivals_that_go_wrong(void **state)
{
    (void)state;
    struct anvil_target broken = *core;
    broken.inject = inject_crashes;
    expect_fault(&broken, "crashes (Aborted) in inject() of ");
    broken.inject = inject_hangs;
    expect_fault(&broken, "hangs: nothing came back within 20 s of inject() of 0 octets");
    broken.inject = inject_ends;
    expect_fault(&broken, "ends the program in inject() of 0 octets");
    broken.inject = inject_believing;
    expect_fault(&broken, "a SYN with a wrong TCP checksum is answered");
    broken = *core;
    broken.explain = explain_nothing;
    expect_fault(&broken, "explain() returned NULL");
}

/* ---- descriptors and calls ---- */

static uint32_t ready_for_all(void *self, int socket)
{
    return core->ready(self, socket) | ANVIL_READY_READ;
}

static uint32_t ready_for_nothing(void *self, int socket)
{
    (void)self;
    (void)socket;
    return 0;
}

static void call_with_negative_errors(void *self, struct anvil_target_call *call)
{
    core->call(self, call);
    call->error = -call->error;
}

static void call_that_keeps_errors(void *self, struct anvil_target_call *call)
{
    core->call(self, call);
    call->error = call->result < 0 ? call->error : EAGAIN;
}

static void call_on_anything(void *self, struct anvil_target_call *call)
{
    core->call(self, call);
    if (call->error == EBADF)
        call->result = call->error = 0;
}

static void call_without_text(void *self, struct anvil_target_call *call)
{
    core->call(self, call);
    if (call->kind == ANVIL_CALL_RECV && call->result > 0)
        memset(call->buffer, 0, (size_t)call->result);
}

/* close() forgets the connection instead of ending it. */
static void call_that_does_not_close(void *self, struct anvil_target_call *call)
{
    if (call->kind == ANVIL_CALL_CLOSE && core->ready(self, call->socket) == ANVIL_READY_WRITE)
        call->result = call->error = 0;
    else
        core->call(self, call);
}

static void calls_that_go_wrong(void **state)
{
    (void)state;
    struct anvil_target broken = *core;
    broken.ready = ready_for_all;
    expect_fault(&broken, "ready(-1) is 1, though this descriptor is not open");
    broken.ready = ready_for_nothing;
    expect_fault(&broken, "after the handshake: ready(");
    broken = *core;
    broken.call = call_with_negative_errors;
    expect_fault(&broken, "no value of errno");
    broken.call = call_that_keeps_errors;
    expect_fault(&broken, "call(SOCKET) succeeded, but its error is");
    broken.call = call_on_anything;
    expect_fault(&broken, "call(BIND) on a descriptor that is not open succeeds");
    broken.call = call_without_text;
    expect_fault(&broken, "recv() did not give the 5 octets that the peer sent");
    broken.call = call_that_does_not_close;
    expect_fault(&broken, "after close(): a segment F. ");
}

/* ---- opening, description, observations ---- */

static void *open_with_anything(const struct anvil_target_config *config, char *why,
                                size_t why_size)
{
    struct anvil_target_config other = *config;
    other.settings_count = 0;
    return core->open(&other, why, why_size);
}

static void *open_never(const struct anvil_target_config *config, char *why, size_t why_size)
{
    (void)config;
    (void)why_size;
    strcpy(why, "the moon is down");
    return NULL;
}

static const struct anvil_target_traits *traits_without_tick(void)
{
    static const struct anvil_target_traits made = { .name = "broken stack", .version = "1" };
    return &made;
}

static bool observe_for_ever(void *self, size_t index, struct anvil_target_observation *seen)
{
    (void)index;
    return core->observe(self, 0, seen);
}

static bool observe_in_part(void *self, size_t index, struct anvil_target_observation *seen)
{
    struct anvil_target_observation whole;
    bool there = core->observe(self, index, &whole);
    seen->socket = there ? whole.socket : seen->socket;
    seen->state = there ? whole.state : seen->state;
    return there;
}

static bool observe_nothing(void *self, size_t index, struct anvil_target_observation *seen)
{
    (void)self;
    (void)index;
    (void)seen;
    return false;
}

static void descriptions_that_are_wrong(void **state)
{
    (void)state;
    struct anvil_target broken = *core;
    broken.open = open_with_anything;
    expect_fault(&broken, "open() takes the setting no_such_setting");
    broken.open = open_never;
    expect_fault(&broken, "open() failed: the moon is down");
    broken = *core;
    broken.traits = traits_without_tick;
    expect_fault(&broken, "the name \"broken stack\" must be one word");
    expect_fault(&broken, "granularity_us is 0");
    broken = *core;
    broken.observe = observe_for_ever;
    expect_fault(&broken, "observe() does not end");
    broken.observe = observe_in_part;
    expect_fault(&broken, "observe(0) does not fill the whole observation");
    broken.observe = observe_nothing;
    expect_fault(&broken, "observe() does not tell of the listener");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_core_keeps_all),
        cmocka_unit_test(clocks_that_are_wrong),
        cmocka_unit_test(frames_that_are_wrong),
        cmocka_unit_test(arrivals_that_go_wrong),
        cmocka_unit_test(calls_that_go_wrong),
        cmocka_unit_test(descriptions_that_are_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
