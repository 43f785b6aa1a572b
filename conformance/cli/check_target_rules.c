/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of single functions of a target: description, opening, calls, readiness, observations,
 * and frames that must be dropped. */
#include "cli/check_target.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

enum { WHY_MAX = 256, OPENINGS = 20, SEEN_MAX = 10000, GARBAGE_FRAMES = 3000, GARBAGE_MAX = 200,
       NO_DESCRIPTOR = 987654, UNKNOWN_OPTION = 1000, QUIET_US = 2000000,
       FRAME_SIZE = 256 };

#define GRANULARITY_MAX_US UINT64_C(60000000)

static bool is_word(const char *text)
{
    return text != NULL && text[0] != '\0' && strpbrk(text, " \t\r\n") == NULL;
}

void cli_trial_traits(struct cli_trial *check)
{
    const struct anvil_target_traits before = *check->traits;
    struct cli_host host;
    if (!is_word(before.name))
        cli_trial_wrong(check, "traits: the name \"%s\" must be one word", before.name);
    if (before.version == NULL)
        cli_trial_wrong(check, "traits: the version is NULL; \"\" would do");
    if (before.granularity_us == 0 || before.granularity_us > GRANULARITY_MAX_US)
        cli_trial_wrong(check, "traits: granularity_us is %llu: it must be 1 to %llu",
                        (unsigned long long)before.granularity_us,
                        (unsigned long long)GRANULARITY_MAX_US);
    if (before.tolerance_us > GRANULARITY_MAX_US)
        cli_trial_wrong(check, "traits: a tolerance_us of %llu hides every fault in time",
                        (unsigned long long)before.tolerance_us);
    if (cli_host_open(&host, check, 4))
        cli_host_close(&host);
    const struct anvil_target_traits *after = check->target->traits();
    if (after == NULL || after->name != before.name ||
        after->granularity_us != before.granularity_us || after->instances != before.instances ||
        after->ipv6 != before.ipv6 || after->observes != before.observes)
        cli_trial_wrong(check, "traits() answers otherwise after open() than before");
}

/* A name that no stack has; the case that needs it would fail instead of being skipped. */
static void refuse_setting(struct cli_trial *check)
{
    static const struct anvil_target_setting unknown = { "no_such_setting", 1 };
    struct anvil_target_config config;
    char why[WHY_MAX] = "";
    cli_host_config(check, &config);
    config.settings = &unknown;
    config.settings_count = 1;
    cli_trial_step(check, "open() with the setting no_such_setting");
    void *self = check->target->open(&config, why, sizeof why);
    if (self != NULL) {
        cli_trial_wrong(check, "open() takes the setting no_such_setting: a case that needs a "
                        "setting which the stack does not have would run all the same");
        check->target->close(self);
    } else if (memchr(why, '\0', sizeof why) == NULL || why[0] == '\0') {
        cli_trial_wrong(check, "open() refuses the setting no_such_setting, but does not say why");
    }
}

void cli_trial_open(struct cli_trial *check)
{
    static const uint64_t clocks[] = { 0, CLI_TRIAL_CLOCK_US, (UINT64_C(1) << 32) - 1000000 };
    struct cli_host host;
    for (int i = 0; i < OPENINGS; i++) {
        struct anvil_target_config config;
        char why[WHY_MAX] = "";
        cli_host_config(check, &config);
        config.clock_us = clocks[i % 3];
        cli_trial_step(check, "open() number %d, with the clock at %llu", i + 1,
                       (unsigned long long)config.clock_us);
        memset(&host, 0, sizeof host);
        host.check = check;
        host.now_us = host.last_us = config.clock_us;
        host.self = check->target->open(&config, why, sizeof why);
        if (host.self == NULL) {
            cli_trial_wrong(check, "open() number %d failed: %s", i + 1, why);
            return;
        }
        if (cli_host_take(&host))
            cli_trial_wrong(check, "a fresh instance has sent a frame");
        cli_host_advance(&host, host.now_us + 1000);
        cli_host_close(&host);
    }
    refuse_setting(check);
}

void cli_trial_ready(struct cli_trial *check)
{
    static const int none[] = { -1, 0, 1, 3, 64, 1024, NO_DESCRIPTOR, INT_MAX, INT_MIN };
    struct cli_host host;
    if (!cli_host_open(&host, check, 4))
        return;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        cli_trial_step(check, "ready(%d)", none[i]);
        uint32_t bits = check->target->ready(host.self, none[i]);
        if (bits != 0)
            cli_trial_wrong(check, "ready(%d) is %u, though this descriptor is not open: it must "
                            "be 0", none[i], (unsigned)bits);
    }
    cli_host_close(&host);
}

/* A call that cannot succeed; its error must be this one. */
static void expect_error(struct cli_host *host, struct anvil_target_call call, int error)
{
    const char *name = cli_trial_call_name(call.kind);
    int64_t result = cli_host_call(host, &call);
    if (result >= 0)
        cli_trial_wrong(host->check, "call(%s) %s succeeds", name,
                        error == EBADF ? "on a descriptor that is not open"
                                       : "of an option that does not exist");
    else if (call.error != error)
        cli_trial_wrong(host->check, "call(%s) %s fails with %d (%s) instead of %d (%s)", name,
                        error == EBADF ? "on a descriptor that is not open"
                                       : "of an option that does not exist", call.error,
                        strerror(call.error), error, strerror(error));
}

void cli_trial_calls(struct cli_trial *check)
{
    struct cli_host host;
    uint8_t octets[8] = { 0 };
    if (!cli_host_open(&host, check, 4))
        return;
    for (int kind = ANVIL_CALL_BIND; kind <= ANVIL_CALL_PEER_NAME; kind++)
        expect_error(&host, (struct anvil_target_call){
            .kind = (enum anvil_target_call_kind)kind, .socket = NO_DESCRIPTOR, .data = octets,
            .buffer = octets, .length = sizeof octets, .option = ANVIL_OPTION_NODELAY,
            .address = cli_trial_endpoint(4, kind == ANVIL_CALL_CONNECT, CLI_TRIAL_PORT) }, EBADF);
    struct anvil_target_call call = { .kind = ANVIL_CALL_SOCKET, .family = 4 };
    int64_t made = cli_host_call(&host, &call);
    if (made > INT_MAX)
        cli_trial_wrong(check, "call(SOCKET) gave the descriptor %lld: no int",
                        (long long)made);
    for (int option = 0; made >= 0 && option < ANVIL_OPTION_COUNT; option++) {
        call = (struct anvil_target_call){ .kind = ANVIL_CALL_GET_OPTION, .socket = (int)made,
                                           .option = (enum anvil_target_option)option };
        cli_host_call(&host, &call);
    }
    for (int kind = ANVIL_CALL_SET_OPTION; made >= 0 && kind <= ANVIL_CALL_GET_OPTION; kind++)
        expect_error(&host, (struct anvil_target_call){
            .kind = (enum anvil_target_call_kind)kind, .socket = (int)made,
            .option = (enum anvil_target_option)UNKNOWN_OPTION }, ENOPROTOOPT);
    if (made >= 0) {
        call = (struct anvil_target_call){ .kind = ANVIL_CALL_CLOSE, .socket = (int)made };
        if (cli_host_call(&host, &call) != 0)
            cli_trial_wrong(check, "call(CLOSE) of an unused socket fails: %s",
                            strerror(call.error));
        else if (check->target->ready(host.self, (int)made) != 0)
            cli_trial_wrong(check, "a closed descriptor is still ready");
    }
    cli_host_close(&host);
}

/* A socket that listens; -1 if the target makes none. */
static int listening(struct cli_host *host)
{
    struct anvil_target_call call = { .kind = ANVIL_CALL_SOCKET, .family = host->family };
    int socket = (int)cli_host_call(host, &call);
    if (socket < 0)
        return -1;
    call = (struct anvil_target_call){ .kind = ANVIL_CALL_BIND, .socket = socket };
    call.address = cli_trial_endpoint(host->family, false, CLI_TRIAL_PORT);
    cli_host_call(host, &call);
    call = (struct anvil_target_call){ .kind = ANVIL_CALL_LISTEN, .socket = socket, .number = 5 };
    return cli_host_call(host, &call) == 0 ? socket : -1;
}

/* Asks twice, over different octets, so that what is not filled in differs. */
static bool observe_twice(struct cli_host *host, size_t index,
                          struct anvil_target_observation seen[2])
{
    const struct anvil_target *target = host->check->target;
    const size_t numbers = offsetof(struct anvil_target_observation, iss);
    const size_t end = offsetof(struct anvil_target_observation, unread_bytes) + sizeof(int64_t);
    memset(&seen[0], 0x5a, sizeof seen[0]);
    memset(&seen[1], 0xa5, sizeof seen[1]);
    cli_trial_step(host->check, "observe(%zu)", index);
    bool there = target->observe(host->self, index, &seen[0]);
    if (there != target->observe(host->self, index, &seen[1])) {
        cli_trial_wrong(host->check, "observe(%zu) says true and false at one moment", index);
        return false;
    }
    if (there && (seen[0].state != seen[1].state || seen[0].socket != seen[1].socket ||
                  seen[0].local.port != seen[1].local.port ||
                  seen[0].remote.family != seen[1].remote.family ||
                  memcmp((const char *)&seen[0] + numbers, (const char *)&seen[1] + numbers,
                         end - numbers) != 0))
        cli_trial_wrong(host->check, "observe(%zu) does not fill the whole observation, or "
                        "answers otherwise when asked again", index);
    if (there && (unsigned)seen[0].state > ANVIL_STATE_UNKNOWN)
        cli_trial_wrong(host->check, "observe(%zu) tells the state %u, which does not exist", index,
                        (unsigned)seen[0].state);
    return there;
}

void cli_trial_observe(struct cli_trial *check)
{
    struct anvil_target_observation seen[2];
    struct cli_host host;
    bool found = false;
    size_t count = 0;
    if (!cli_host_open(&host, check, 4))
        return;
    int socket = listening(&host);
    while (count <= SEEN_MAX && observe_twice(&host, count, seen)) {
        found = found || (seen[0].socket == socket && seen[0].state == ANVIL_STATE_LISTEN);
        count++;
    }
    if (count > SEEN_MAX)
        cli_trial_wrong(check, "observe() does not end: there is one listener, and observe(%d) is "
                        "still true", (int)SEEN_MAX);
    if (!check->traits->observes && count > 0)
        cli_trial_wrong(check, "observe() tells something, though traits.observes is false");
    if (check->traits->observes && socket >= 0 && !found)
        cli_trial_wrong(check, "observe() does not tell of the listener on descriptor %d", socket);
    cli_host_close(&host);
    if (!check->traits->observes)
        cli_trial_skip(check, "the target does not observe");
}

/* Numbers that look random and are the same in each run. */
static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

void cli_trial_garbage(struct cli_trial *check)
{
    struct cli_host host;
    uint8_t octets[GARBAGE_MAX];
    uint32_t state = 9293;
    if (!cli_host_open(&host, check, 4))
        return;
    listening(&host);
    cli_host_inject(&host, octets, 0);
    for (int i = 0; i < GARBAGE_FRAMES; i++) {
        size_t length = next_random(&state) % sizeof octets;
        for (size_t k = 0; k < length; k++)
            octets[k] = (uint8_t)next_random(&state);
        if (i % 2 == 0 && length > 0)
            octets[0] = (uint8_t)(i % 4 == 0 ? 0x45 : 0x60);
        cli_host_inject(&host, octets, length);
        if (!cli_host_take(&host))
            continue;
        cli_trial_wrong(check, "%zu octets of garbage are answered with a frame", length);
        break;
    }
    cli_host_close(&host);
}

/* A frame arrives that has no answer. */
static void expect_silence(struct cli_host *host, const uint8_t *bytes, size_t length,
                           const char *what)
{
    cli_host_inject(host, bytes, length);
    if (cli_host_next(host, host->now_us + QUIET_US))
        cli_trial_wrong(host->check, "a SYN %s is answered", what);
}

/* Exchanges an octet of the source address for one of the destination: the checksums stay right,
 * but the target is not meant. */
static void misdirect(uint8_t *bytes)
{
    uint8_t kept = bytes[13];
    bytes[13] = bytes[17];
    bytes[17] = kept;
}

void cli_trial_damaged(struct cli_trial *check)
{
    static const struct { size_t octet; const char *what; } rows[] = {
        { 10, "with a wrong checksum of the IP header" },
        { 36, "with a wrong TCP checksum" },
        { 24, "whose sequence number does not fit its TCP checksum" },
    };
    struct cli_peer peer = { CLI_TRIAL_PEER_PORT, CLI_TRIAL_PORT, 1000, 0 };
    struct cli_host host;
    uint8_t bytes[FRAME_SIZE];
    if (!cli_host_open(&host, check, 4))
        return;
    listening(&host);
    size_t whole = cli_peer_segment(&host, &peer, WIRE_SYN, NULL, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bytes[rows[i].octet] ^= 1u;
        expect_silence(&host, bytes, whole, rows[i].what);
        bytes[rows[i].octet] ^= 1u;
    }
    misdirect(bytes);
    expect_silence(&host, bytes, whole, "for another address");
    misdirect(bytes);
    for (size_t length = 0; length < whole; length++) {
        char what[64];
        snprintf(what, sizeof what, "of which only %zu octets have come", length);
        expect_silence(&host, bytes, length, what);
    }
    cli_host_close(&host);
}
