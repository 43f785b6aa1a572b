/* SPDX-License-Identifier: BSD-2-Clause */
/* The core behind the seam that every target implements. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "target/target.h"

extern const struct anvil_target anvil_target_core;

/* The target under test, its one instance, and the calls that are made on it. */
static const struct anvil_target *const target = &anvil_target_core;

static void *open_with(const struct anvil_target_setting *settings, size_t count, char *why)
{
    const struct anvil_target_config config = {
        .profile = "rfc9293",
        .settings = settings,
        .settings_count = count,
        .local_v4 = { 4, { 192, 0, 2, 1 }, 0 },
        .mtu = 1500,
        .clock_us = 5000000,
        .iss_fixed = true,
        .iss = 0xfffffffe,
    };
    return target->open(&config, why, 256);
}

static int64_t make(void *self, struct anvil_target_call call, int error)
{
    target->call(self, &call);
    assert_int_equal(call.error, error);
    assert_int_equal(call.result < 0, error != 0);
    return call.result;
}

/* A socket that has sent its SYN. */
static int connecting(void *self)
{
    struct anvil_target_address to = { 4, { 192, 0, 2, 2 }, 8080 };
    int fd = (int)make(self, (struct anvil_target_call){ .kind = ANVIL_CALL_SOCKET, .family = 4 },
                       0);
    make(self, (struct anvil_target_call){ .kind = ANVIL_CALL_CONNECT, .socket = fd,
                                           .address = to }, EINPROGRESS);
    return fd;
}

/* Settings are named; what is unknown or out of range says so. */
static void test_settings(void **state)
{
    (void)state;
    static const struct anvil_target_setting good = { "msl_us", 30000000 };
    static const struct anvil_target_setting unknown = { "mls_us", 1 };
    static const struct anvil_target_setting beyond = { "nagle", 7 };
    char why[256] = "";
    void *self = open_with(&good, 1, why);
    assert_non_null(self);
    target->close(self);
    assert_null(open_with(&unknown, 1, why));
    assert_non_null(strstr(why, "mls_us"));
    assert_null(open_with(&beyond, 1, why));
    assert_non_null(strstr(why, "nagle=7"));
}

/* A SYN comes out at once, with the fixed ISS; its repetitions at the times of RFC 6298. */
static void test_advance_stops_at_output(void **state)
{
    (void)state;
    char why[256];
    uint8_t frame[2000];
    uint64_t at = 0;
    void *self = open_with(NULL, 0, why);
    int fd = connecting(self);
    assert_true(target->take(self, frame, sizeof frame, &at) > 40);
    assert_int_equal(at, 5000000);
    assert_memory_equal(frame + 24, "\xff\xff\xff\xfe", 4);
    assert_int_equal(target->take(self, frame, sizeof frame, &at), 0);
    assert_int_equal(target->deadline(self), 6000000);
    assert_int_equal(target->advance(self, 5999999), 5999999);
    assert_int_equal(target->advance(self, 60000000), 6000000);
    assert_true(target->take(self, frame, sizeof frame, &at) > 40);
    assert_int_equal(at, 6000000);
    assert_int_equal(target->ready(self, fd), 0);
    assert_int_equal(target->ready(self, 99), 0);
    target->close(self);
}

/* A change of readiness stops the clock, too: the attempt has timed out. */
static void test_advance_stops_at_readiness(void **state)
{
    (void)state;
    char why[256];
    uint8_t frame[2000];
    uint64_t at = 0;
    void *self = open_with(NULL, 0, why);
    int fd = connecting(self);
    for (uint64_t now = 0; target->ready(self, fd) == 0;) {
        while (target->take(self, frame, sizeof frame, &at) != 0)
            continue;
        now = target->advance(self, UINT64_C(1000000000000));
        assert_true(now < UINT64_C(1000000000));
    }
    assert_true(target->ready(self, fd) & ANVIL_READY_ERROR);
    struct anvil_target_call call = { .kind = ANVIL_CALL_GET_OPTION, .socket = fd,
                                      .option = ANVIL_OPTION_ERROR };
    target->call(self, &call);
    assert_int_equal(call.number, ETIMEDOUT);
    target->close(self);
}

/* What can be seen: the state, the numbers that mean something, no more sockets than there are. */
static void test_observe(void **state)
{
    (void)state;
    char why[256];
    struct anvil_target_observation seen;
    void *self = open_with(NULL, 0, why);
    assert_false(target->observe(self, 0, &seen));
    int fd = connecting(self);
    assert_true(target->observe(self, 0, &seen));
    assert_false(target->observe(self, 1, &seen));
    assert_int_equal(seen.socket, fd);
    assert_int_equal(seen.state, ANVIL_STATE_SYN_SENT);
    assert_int_equal(seen.iss, 0xfffffffe);
    assert_int_equal(seen.snd_nxt, 0xffffffff);
    assert_true(seen.rcv_nxt == ANVIL_TARGET_UNKNOWN);
    assert_int_equal(seen.remote.port, 8080);
    target->close(self);
}

/* A malformed frame is dropped with its reason. */
static void test_explain(void **state)
{
    (void)state;
    char why[256];
    static const uint8_t junk[3] = { 0x45, 0, 0 };
    void *self = open_with(NULL, 0, why);
    target->inject(self, junk, sizeof junk);
    assert_true(strlen(target->explain(self)) > 0);
    assert_int_equal(target->advance(self, 6000000), 6000000);
    assert_int_equal(target->deadline(self), ANVIL_TARGET_NEVER);
    target->close(self);
}

/* SO_LINGER has two numbers; switches are any number but 0; SO_ERROR cannot be set. */
static void test_options(void **state)
{
    (void)state;
    char why[256];
    void *self = open_with(NULL, 0, why);
    int fd = (int)make(self, (struct anvil_target_call){ .kind = ANVIL_CALL_SOCKET, .family = 4 },
                       0);
    struct anvil_target_call call = { .kind = ANVIL_CALL_SET_OPTION, .socket = fd,
                                      .option = ANVIL_OPTION_LINGER, .number = 1, .number2 = 9 };
    make(self, call, 0);
    call.kind = ANVIL_CALL_GET_OPTION;
    call.number = call.number2 = 0;
    target->call(self, &call);
    assert_int_equal(call.number, 1);
    assert_int_equal(call.number2, 9);
    call = (struct anvil_target_call){ .kind = ANVIL_CALL_SET_OPTION, .socket = fd,
                                       .option = ANVIL_OPTION_NODELAY, .number = 5 };
    make(self, call, 0);
    call.option = ANVIL_OPTION_ERROR;
    make(self, call, ENOPROTOOPT);
    target->close(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_advance_stops_at_output),
        cmocka_unit_test(test_advance_stops_at_readiness),
        cmocka_unit_test(test_observe),
        cmocka_unit_test(test_explain),
        cmocka_unit_test(test_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
