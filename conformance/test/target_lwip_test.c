/* SPDX-License-Identifier: BSD-2-Clause */
/* lwIP behind the seam: every opening starts from the same library, whatever was done before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "target/registry.h"

enum { HEADERS = 40, FRAME_MAX = 2000, LOG_MAX = 4000, FIN = 1, SYN = 2, RST = 4, ACK = 16 };

/* What one connection put on the wire. */
struct log {
    uint8_t octets[LOG_MAX];
    size_t length;
};

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

/* The checksum of RFC 1071 over an even number of octets. */
static uint32_t checksum(const uint8_t *at, size_t length, uint32_t sum)
{
    for (size_t i = 0; i < length; i += 2)
        sum += (uint32_t)at[i] << 8 | at[i + 1];
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

/* The peer's answer to a frame of the target's: a bare segment from where that one went. */
static void answer(uint8_t reply[HEADERS], const uint8_t *frame, uint32_t seq, uint8_t flags)
{
    const uint8_t *tcp = frame + 20;
    uint32_t length = (uint32_t)((tcp[13] & (SYN | FIN)) != 0);
    memset(reply, 0, HEADERS);
    put32(reply, 0x45000000 | HEADERS);
    reply[8] = 64;
    reply[9] = 6;
    memcpy(reply + 12, frame + 16, 4);
    memcpy(reply + 16, frame + 12, 4);
    put16(reply + 10, checksum(reply, 20, 0));
    memcpy(reply + 20, tcp + 2, 2);
    memcpy(reply + 22, tcp, 2);
    put32(reply + 24, seq);
    put32(reply + 28, get32(tcp + 4) + length);
    put32(reply + 32, 0x50000000 | (uint32_t)flags << 16 | 0xffff);
    put16(reply + 36, checksum(reply + 12, 28, 6 + 20));
}

static void *open_with(const struct anvil_target *target,
                       const struct anvil_target_setting *setting, char *why)
{
    const struct anvil_target_config config = {
        .profile = "rfc9293",
        .settings = setting,
        .settings_count = setting != NULL,
        .local_v4 = { 4, { 192, 168, 0, 1 }, 0 },
        .local_v6 = { 6, { 0xfd, 0x3d, 1 }, 0 },
        .mtu = 1500,
        .clock_us = 5000000,
        .iss_fixed = true,
        .iss = 0xfffffffe,
    };
    return target->open(&config, why, 256);
}

static int64_t make(const struct anvil_target *target, void *self, struct anvil_target_call call,
                    int error)
{
    target->call(self, &call);
    assert_int_equal(call.error, error);
    return call.result;
}

/* A socket that has sent its SYN to an address, and a listener beside it. */
static int start(const struct anvil_target *target, void *self)
{
    struct anvil_target_address at = { 4, { 192, 168, 0, 1 }, 8080 };
    struct anvil_target_address to = { 4, { 192, 0, 2, 1 }, 80 };
    int listener = (int)make(target, self, (struct anvil_target_call){
        .kind = ANVIL_CALL_SOCKET, .family = 4 }, 0);
    make(target, self, (struct anvil_target_call){ .kind = ANVIL_CALL_BIND, .socket = listener,
                                                   .address = at }, 0);
    make(target, self, (struct anvil_target_call){ .kind = ANVIL_CALL_LISTEN,
                                                   .socket = listener, .number = 5 }, 0);
    int fd = (int)make(target, self, (struct anvil_target_call){
        .kind = ANVIL_CALL_SOCKET, .family = 4 }, 0);
    make(target, self, (struct anvil_target_call){ .kind = ANVIL_CALL_CONNECT, .socket = fd,
                                                   .address = to }, EINPROGRESS);
    return fd;
}

/* Takes a frame, which must be there, and notes it with its time. */
static void expect(const struct anvil_target *target, void *self, uint8_t *frame, uint8_t flags,
                   struct log *log)
{
    uint64_t at = 0;
    size_t length = target->take(self, frame, FRAME_MAX, &at);
    assert_in_range(length, HEADERS, 100);
    assert_int_equal(frame[33] & (FIN | SYN | RST | ACK), flags);
    put32(log->octets + log->length, (uint32_t)at);
    memcpy(log->octets + log->length + 4, frame, length);
    log->length += 4 + length;
}

/* A connection from its SYN to TIME-WAIT, `until` steps of it. */
static void play(const struct anvil_target *target, void *self, int until, struct log *log)
{
    struct anvil_target_observation seen;
    uint8_t frame[FRAME_MAX], reply[HEADERS];
    int fd = start(target, self);
    expect(target, self, frame, SYN, log);
    assert_int_equal(get32(frame + 24), 0xfffffffe);
    assert_int_equal(target->advance(self, 9000000), 7750000); /* six slow ticks */
    expect(target, self, frame, SYN, log);
    if (until == 0)
        return;
    answer(reply, frame, 1000, SYN | ACK);
    target->inject(self, reply, HEADERS);
    expect(target, self, frame, ACK, log);
    make(target, self, (struct anvil_target_call){ .kind = ANVIL_CALL_SHUTDOWN, .socket = fd,
                                                   .number = 1 }, 0);
    expect(target, self, frame, FIN | ACK, log);
    if (until == 1)
        return;
    answer(reply, frame, 1001, FIN | ACK);
    target->inject(self, reply, HEADERS);
    expect(target, self, frame, ACK, log);
    assert_true(target->observe(self, 0, &seen) && seen.state == ANVIL_STATE_LISTEN);
    assert_true(target->observe(self, 1, &seen) && seen.state == ANVIL_STATE_TIME_WAIT);
    assert_int_equal(seen.socket, fd);
}

static void test_each_opening_is_the_first(void **state)
{
    char why[256];
    const struct anvil_target *target = *state;
    struct log first = { .length = 0 }, log;
    for (int round = 0; round < 12; round++) {
        struct anvil_target_observation seen;
        void *self = open_with(target, NULL, why);
        assert_non_null(self);
        assert_false(target->observe(self, 0, &seen));
        assert_int_equal(target->deadline(self), ANVIL_TARGET_NEVER);
        log.length = 0;
        play(target, self, 2 - round % 3, &log); /* left in TIME-WAIT, FIN-WAIT-1, SYN-SENT */
        if (round == 0)
            first = log;
        assert_memory_equal(log.octets, first.octets, log.length);
        target->close(self);
    }
}

static void test_time_wait_ends_by_itself(void **state)
{
    char why[256];
    const struct anvil_target *target = *state;
    struct anvil_target_observation seen;
    struct log log = { .length = 0 };
    void *self = open_with(target, NULL, why);
    play(target, self, 2, &log);
    uint64_t start_us = 7750000, now = start_us;
    while (target->observe(self, 1, &seen) && now < start_us + 200000000u)
        now = target->advance(self, target->deadline(self));
    assert_in_range(now - start_us, 120000000, 120500000);
    assert_int_equal(target->deadline(self), ANVIL_TARGET_NEVER);
    target->close(self);
}

static void test_one_at_a_time(void **state)
{
    char why[256] = "";
    const struct anvil_target *target = *state;
    void *self = open_with(target, NULL, why);
    assert_null(open_with(target, NULL, why));
    assert_non_null(strstr(why, "once"));
    target->close(self);
    self = open_with(target, NULL, why);
    assert_non_null(self);
    target->close(self);
}

static void test_settings(void **state)
{
    static const struct anvil_target_setting own = { "msl_us", 60000000 };
    static const struct anvil_target_setting other = { "msl_us", 30000000 };
    char why[256] = "";
    const struct anvil_target *target = *state;
    void *self = open_with(target, &own, why);
    assert_non_null(self);
    target->close(self);
    assert_null(open_with(target, &other, why));
    assert_non_null(strstr(why, "msl_us=30000000"));
}

/* Damaged frames, of any length, in all states of a connection. */
static void test_survives_anything(void **state)
{
    char why[256];
    const struct anvil_target *target = *state;
    uint8_t frame[FRAME_MAX], bad[64];
    uint64_t at;
    uint32_t random = 1;
    for (int round = 0; round < 300; round++) {
        struct log log = { .length = 0 };
        void *self = open_with(target, NULL, why);
        play(target, self, round % 3, &log);
        memcpy(frame, log.octets + 4, HEADERS);
        for (int i = 0; i < 60; i++) {
            random = random * 1664525u + 1013904223u;
            memset(bad, 0, sizeof bad);
            answer(bad, frame, 1000 + (random >> 28), (uint8_t)(random >> 20));
            bad[random >> 8 & 31] ^= (uint8_t)(random >> 16);
            put16(bad + 10, 0);
            put16(bad + 10, checksum(bad, 20, 0));
            put16(bad + 36, 0);
            put16(bad + 36, checksum(bad + 12, 28, 6 + 20));
            target->inject(self, bad, (random >> 12 & 3) != 0 ? HEADERS : random >> 26);
            target->advance(self, 8250000 + (uint64_t)i * 1000000);
            while (target->take(self, frame + HEADERS, FRAME_MAX - HEADERS, &at) > 0)
                continue;
        }
        target->close(self);
    }
}

/* Without lwIP the program can say why it has none, and that is all there is to test. */
int main(void)
{
    const struct anvil_target *target = target_find("lwip");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_each_opening_is_the_first, (void *)(uintptr_t)target),
        cmocka_unit_test_prestate(test_time_wait_ends_by_itself, (void *)(uintptr_t)target),
        cmocka_unit_test_prestate(test_one_at_a_time, (void *)(uintptr_t)target),
        cmocka_unit_test_prestate(test_settings, (void *)(uintptr_t)target),
        cmocka_unit_test_prestate(test_survives_anything, (void *)(uintptr_t)target),
    };
    if (target != NULL)
        return cmocka_run_group_tests(tests, NULL, NULL);
    return target_missing("lwip") != NULL ? 0 : 1;
}
