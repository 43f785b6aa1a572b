/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of a target's clock, and that what it does depends on nothing but config and calls. */
#include "cli/check_target.h"

#include <errno.h>
#include <string.h>

enum { IDLE_STEPS = 50, IDLE_STEP_US = 7654321, DEADLINES = 40, FRAMES_MAX = 64, BYTES_MAX = 128,
       SILENCE_US = 20000000 };

/* A connect() to the peer, which is silent so far; -1, said or not, when it cannot be made. */
static int connecting(struct cli_host *host)
{
    struct anvil_target_call call = { .kind = ANVIL_CALL_SOCKET, .family = host->family };
    int socket = (int)cli_host_call(host, &call);
    if (socket < 0)
        return -1;
    call = (struct anvil_target_call){ .kind = ANVIL_CALL_CONNECT, .socket = socket };
    call.address = cli_trial_endpoint(host->family, true, CLI_TRIAL_PEER_PORT);
    return cli_host_call(host, &call) == 0 || call.error == EINPROGRESS ? socket : -1;
}

void cli_trial_idle(struct cli_trial *check)
{
    const struct anvil_target *target = check->target;
    struct cli_host host;
    if (!cli_host_open(&host, check, 4))
        return;
    for (int i = 0; i < IDLE_STEPS; i++) {
        uint64_t deadline = target->deadline(host.self), until = host.now_us + IDLE_STEP_US;
        if (target->deadline(host.self) != deadline)
            cli_trial_wrong(check, "deadline() answers otherwise when asked again");
        cli_host_advance(&host, host.now_us);
        if (cli_host_next(&host, until))
            cli_trial_wrong(check, "a stack without a socket sends a frame");
        if (host.now_us != until)
            cli_trial_wrong(check, "advance() does not get to %llu, though nothing happens",
                            (unsigned long long)until);
    }
    cli_host_close(&host);
}

/* Takes all that was sent; how many frames. */
static unsigned drain(struct cli_host *host)
{
    unsigned count = 0;
    while (count < FRAMES_MAX && cli_host_take(host))
        count++;
    return count;
}

/* Goes to just before the deadline, where nothing may happen, and then to it. */
static bool follow_deadline(struct cli_host *host, uint64_t deadline)
{
    struct cli_trial *check = host->check;
    const struct anvil_target *target = check->target;
    cli_host_advance(host, deadline - 1);
    if (drain(host) > 0) {
        cli_trial_wrong(check, "deadline() said %llu, but a frame was sent at %llu: a deadline may "
                        "be early, never late", (unsigned long long)deadline,
                        (unsigned long long)host->last_us);
        return false;
    }
    for (int round = 0; round < RUN_AT_ONCE_MAX && host->now_us < deadline; round++)
        cli_host_advance(host, deadline);
    for (int round = 0; round < RUN_AT_ONCE_MAX; round++) {
        drain(host);
        if (target->deadline(host->self) > host->now_us)
            return true;
        cli_host_advance(host, host->now_us);
    }
    cli_trial_wrong(check, "deadline() stays at %llu, though advance() has been there: the "
                    "target does not come to rest",
                    (unsigned long long)target->deadline(host->self));
    return false;
}

/* An unanswered SYN is sent again and again: each time deadline() has announced it. */
void cli_trial_timers(struct cli_trial *check)
{
    const struct anvil_target *target = check->target;
    struct cli_host host;
    if (!cli_host_open(&host, check, 4))
        return;
    if (connecting(&host) < 0) {
        cli_trial_skip(check, "the target opens no connection, so there is no timer");
        cli_host_close(&host);
        return;
    }
    if (drain(&host) > 0 && cli_host_take(&host))
        cli_trial_wrong(check, "take() gives a frame after it has said that there is none");
    for (int i = 0; i < DEADLINES; i++) {
        uint64_t deadline = target->deadline(host.self);
        if (deadline == ANVIL_TARGET_NEVER)
            break;
        if (deadline <= host.now_us)
            deadline = host.now_us + 1;
        if (!follow_deadline(&host, deadline))
            break;
    }
    cli_host_close(&host);
}

/* What a target sent in a scenario. */
struct record {
    unsigned count;
    struct { uint64_t emitted_us; size_t length; uint8_t bytes[BYTES_MAX]; } frames[FRAMES_MAX];
};

static void record_frames(struct cli_host *host, uint64_t until_us, struct record *record)
{
    while (record->count < FRAMES_MAX && cli_host_next(host, until_us)) {
        size_t kept = host->length < BYTES_MAX ? host->length : BYTES_MAX;
        record->frames[record->count].emitted_us = host->last_us;
        record->frames[record->count].length = host->length;
        memcpy(record->frames[record->count++].bytes, host->bytes, kept);
    }
}

/* A SYN to nowhere, and a connect() that stays without an answer; left as it is. */
static void play(struct cli_host *host, struct record *record)
{
    struct cli_peer peer = { CLI_TRIAL_PEER_PORT, CLI_TRIAL_PORT + 1, 7000, 0 };
    memset(record, 0, sizeof *record);
    cli_peer_send(host, &peer, WIRE_SYN, NULL);
    record_frames(host, host->now_us, record);
    connecting(host);
    record_frames(host, host->now_us + SILENCE_US, record);
}

/* Says where two records differ. */
static void compare(struct cli_trial *check, const struct record *a, const struct record *b,
                    const char *which)
{
    unsigned i = 0;
    while (i < a->count && i < b->count && a->frames[i].length == b->frames[i].length &&
           a->frames[i].emitted_us == b->frames[i].emitted_us &&
           memcmp(a->frames[i].bytes, b->frames[i].bytes, BYTES_MAX) == 0)
        i++;
    if (i == a->count && i == b->count)
        return;
    const char *how = "has other octets (randomness must come from config.secret)";
    if (i == a->count || i == b->count)
        how = "was sent only once";
    else if (a->frames[i].emitted_us != b->frames[i].emitted_us)
        how = "comes at another time";
    cli_trial_wrong(check, "the same calls %s give other frames: number %u %s", which, i + 1, how);
}

void cli_trial_again(struct cli_trial *check)
{
    struct record records[3];
    struct cli_host host;
    for (int i = 0; i < 3; i++) {
        if (!cli_host_open(&host, check, 4))
            return;
        play(&host, &records[i]);
        cli_host_close(&host);
    }
    compare(check, &records[0], &records[1], "on a second instance");
    compare(check, &records[0], &records[2], "on a third instance");
}

void cli_trial_apart(struct cli_trial *check)
{
    struct cli_host one, other;
    struct record records[2];
    if (check->traits->instances == 1) {
        cli_trial_skip(check, "the target has one instance at a time");
        return;
    }
    if (!cli_host_open(&one, check, 4) || !cli_host_open(&other, check, 4)) {
        cli_trial_wrong(check, "a second instance cannot be opened beside the first, though "
                        "traits.instances is %u", (unsigned)check->traits->instances);
        cli_host_close(&one);
        return;
    }
    if (one.self == other.self)
        cli_trial_wrong(check, "open() returned the same instance twice");
    play(&one, &records[0]);
    if (drain(&other) > 0)
        cli_trial_wrong(check, "a frame of one instance is taken from another");
    play(&other, &records[1]);
    compare(check, &records[0], &records[1], "on two instances at once");
    cli_host_close(&one);
    cli_host_advance(&other, other.now_us + SILENCE_US);
    cli_host_close(&other);
}
