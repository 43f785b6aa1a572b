/* SPDX-License-Identifier: BSD-2-Clause */
/* Targets with faults of every kind: the runner must tell, and must never hang. */
#include "run/run.h"
#include "target/dummy.h"
#include "target/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t advance_never(void *self, uint64_t until_us)
{
    (void)until_us;
    return ((struct target_dummy *)self)->now_us;
}

static uint64_t deadline_always(void *self)
{
    (void)self;
    return 0;
}

/* An IPv4 header whose checksum is wrong. */
static void inject_garbled(void *self, const uint8_t *frame, size_t length)
{
    static const uint8_t bytes[20] = { 0x45, 0, 0, 20, 0, 0, 0, 0, 64, 6, 1, 2, 10, 0, 0, 1 };
    (void)frame;
    (void)length;
    target_dummy_emit(self, bytes, sizeof bytes);
}

/* Sends without end, all at one moment: a UDP datagram of no octets. */
static size_t take_always(void *self, uint8_t *frame, size_t room, uint64_t *time_us)
{
    static const uint8_t bytes[28] = { 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0x66, 0xcf,
                                       10, 0, 0, 1, 10, 0, 0, 2, 0, 1, 0, 2, 0, 8, 0, 0 };
    (void)self;
    (void)room;
    (void)time_us;
    memcpy(frame, bytes, sizeof bytes);
    return sizeof bytes;
}

/* Sends a frame and is due again at once: one frame a round, and the clock stands still. */
static uint64_t advance_answering(void *self, uint64_t until_us)
{
    uint8_t frame[28];
    (void)take_always(NULL, frame, sizeof frame, NULL);
    target_dummy_emit(self, frame, sizeof frame);
    (void)until_us;
    return ((struct target_dummy *)self)->now_us;
}

/* Sends without end, one frame a microsecond. */
static uint64_t advance_chatting(void *self, uint64_t until_us)
{
    static const uint8_t bytes[4] = { 0 };
    struct target_dummy *dummy = self;
    (void)until_us;
    dummy->now_us++;
    target_dummy_emit(dummy, bytes, sizeof bytes);
    return dummy->now_us;
}

/* recv() gives octets that nobody sent. */
static void call_inventing(void *self, struct anvil_target_call *call)
{
    target_dummy_call(self, call);
    if (call->kind != ANVIL_CALL_RECV)
        return;
    memset(call->buffer, 0, call->length);
    call->result = (int64_t)call->length;
    call->error = 0;
}

static void call_overflowing(void *self, struct anvil_target_call *call)
{
    target_dummy_call(self, call);
    if (call->kind == ANVIL_CALL_RECV)
        call->result = (int64_t)call->length + 1;
}

static void *open_never(const struct anvil_target_config *config, char *why, size_t why_size)
{
    (void)config;
    snprintf(why, why_size, "unknown setting teapot");
    return NULL;
}

static void check(const struct anvil_target *target, const char *text,
                  enum report_verdict verdict, const char *reason)
{
    struct script_error error;
    struct run_options options = { .own = false };
    struct run *run = run_open();
    struct script *script = script_parse_text("test", text, strlen(text), NULL, &error);
    assert_non_null(run);
    assert_non_null(script);
    const struct report_result *result = run_case(run, script, target, &options);
    if (result->verdict != verdict || strstr(result->reason, reason) == NULL)
        fail_msg("%s: %s", report_verdict_name(result->verdict), result->reason);
    script_free(script);
    run_close(run);
}

#define SOCKET "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"

static void a_clock_that_stands_still(void **state)
{
    struct anvil_target target = *target_find("mute");
    (void)state;
    target.advance = advance_never;
    check(&target, "0 < S 0:0(0) win 9\n+1 < S 0:0(0) win 9\n", REPORT_FAILED,
          "the target's clock does not move");
}

static void a_target_that_is_never_at_rest(void **state)
{
    struct anvil_target target = *target_find("mute");
    (void)state;
    target.deadline = deadline_always;
    check(&target, "0 < S 0:0(0) win 9\n+1 < S 0:0(0) win 9\n", REPORT_FAILED,
          "the target does not come to rest");
}

static void a_target_that_sends_without_end(void **state)
{
    struct anvil_target target = *target_find("mute");
    (void)state;
    target.take = take_always;
    check(&target, "0 < S 0:0(0) win 9\n", REPORT_FAILED, "the target does not stop sending");
    target = *target_find("mute");
    target.advance = advance_answering;
    target.deadline = deadline_always;
    check(&target, "0 < S 0:0(0) win 9\n", REPORT_FAILED, "the target does not come to rest");
}

static void malformed_frames(void **state)
{
    struct anvil_target target = *target_find("mute");
    (void)state;
    target.inject = inject_garbled;
    check(&target, "0 < S 0:0(0) win 9\n", REPORT_FAILED, "the target sent a malformed frame: ");
    target = *target_find("mute");
    target.advance = advance_chatting;
    check(&target, "0 < S 0:0(0) win 9\n+1 < S 0:0(0) win 9\n", REPORT_FAILED,
          "the target sent a malformed frame: ");
}

static void octets_that_nobody_sent(void **state)
{
    struct anvil_target target = *target_find("mute");
    (void)state;
    target.call = call_inventing;
    check(&target, SOCKET "+0 read(3, ..., 5) = 5\n", REPORT_FAILED,
          "the octets delivered are not those that were sent");
    target.call = call_overflowing;
    check(&target, SOCKET "+0 read(3, ..., 5) = 5\n", REPORT_FAILED,
          "recv() gave more octets than it had room");
}

static void a_target_that_does_not_open(void **state)
{
    struct anvil_target target = *target_find("mute");
    (void)state;
    target.open = open_never;
    check(&target, SOCKET, REPORT_SKIPPED, "unknown setting teapot");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_that_stands_still),
        cmocka_unit_test(a_target_that_is_never_at_rest),
        cmocka_unit_test(a_target_that_sends_without_end),
        cmocka_unit_test(malformed_frames),
        cmocka_unit_test(octets_that_nobody_sent),
        cmocka_unit_test(a_target_that_does_not_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
