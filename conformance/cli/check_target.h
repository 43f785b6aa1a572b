/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contract test of targets. A check is one function that drives a target as the runner does,
 * and says in words what is not as target.h promises. Each runs in a process of its own, so that a
 * target that crashes or hangs is a finding and not the end.
 */
#ifndef CLI_TRIAL_TARGET_H
#define CLI_TRIAL_TARGET_H

#include "run/run.h"
#include "target/target.h"
#include "wire/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    CLI_TRIAL_PORT = 8080,      /* where the target listens, or connects to */
    CLI_TRIAL_PEER_PORT = 40000,
    CLI_TRIAL_CLOCK_US = 5000000
};

enum { CLI_TRIAL_FAULTS_MAX = 5, CLI_TRIAL_LINE_SIZE = 512 };

/* What came of one check. It lies in memory that the check's process and the printing one share. */
struct cli_finding {
    char step[CLI_TRIAL_LINE_SIZE]; /* what the check was about to do last */
    char skip[CLI_TRIAL_LINE_SIZE]; /* why it does not apply */
    char faults[CLI_TRIAL_FAULTS_MAX + 1][CLI_TRIAL_LINE_SIZE];
    size_t fault_count;
    bool skipped, ended;
};

/* One check on its way. */
struct cli_trial {
    const struct anvil_target *target;
    const struct anvil_target_traits *traits;
    struct cli_finding *finding;
};

/* Says what the check is about to do, for the case that the target crashes or hangs there. */
void cli_trial_step(struct cli_trial *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Says what is wrong. */
void cli_trial_wrong(struct cli_trial *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Says why the check does not apply. */
void cli_trial_skip(struct cli_trial *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

struct cli_trial_row {
    const char *name, *sentence;
    void (*run)(struct cli_trial *check);
};

/* Runs all checks on a target, and prints on `out` which it keeps. Returns the exit status. */
int cli_trial_all(const struct anvil_target *target, FILE *out);

/* ---- one instance, driven as the runner does: check_target_host.c ---- */

struct cli_host {
    struct cli_trial *check;
    void *self;              /* NULL: it could not be opened, which has been said */
    uint8_t family;          /* of addresses and frames: 4 or 6 */
    uint64_t now_us, last_us; /* the clock, and the time of the last frame */
    uint8_t bytes[ANVIL_TARGET_FRAME_MAX];
    size_t length;           /* of the frame taken last */
    struct wire_frame frame; /* and the frame, decoded; points into bytes */
};

/* The configuration with which instances are opened. */
void cli_host_config(const struct cli_trial *check, struct anvil_target_config *config);
bool cli_host_open(struct cli_host *host, struct cli_trial *check, uint8_t family);
void cli_host_close(struct cli_host *host);

/* A socket call; what it answers must make sense. Returns its result. */
int64_t cli_host_call(struct cli_host *host, struct anvil_target_call *call);
const char *cli_trial_call_name(enum anvil_target_call_kind kind);

/* The next frame that was sent, to host->frame; false: there is none. It must be sound. */
bool cli_host_take(struct cli_host *host);
/* Moves the clock; where it ends must make sense. */
void cli_host_advance(struct cli_host *host, uint64_t until_us);
/* The next frame that is sent up to that time. */
bool cli_host_next(struct cli_host *host, uint64_t until_us);
/* A frame arrives. */
void cli_host_inject(struct cli_host *host, const uint8_t *bytes, size_t length);

/* The address of the target, or of its peer, in both forms. */
struct wire_address cli_trial_address(uint8_t family, bool peer);
struct anvil_target_address cli_trial_endpoint(uint8_t family, bool peer, uint16_t port);

/* The peer's side of one connection. */
struct cli_peer {
    uint16_t peer_port, port;
    uint32_t seq; /* its next sequence number */
    uint32_t ack; /* what it expects next of the target */
};

/* Makes a segment of the peer; returns its length. `text` may be NULL. */
size_t cli_peer_segment(const struct cli_host *host, const struct cli_peer *peer, uint16_t flags,
                        const char *text, uint8_t *out, size_t room);
/* Makes one, has it arrive, and counts what it takes up. */
void cli_peer_send(struct cli_host *host, struct cli_peer *peer, uint16_t flags, const char *text);

/*
 * Waits some virtual seconds for a segment with exactly these of SYN, FIN, RST and ACK and so many
 * octets of text, that acknowledges all that the peer has sent; takes its sequence numbers into
 * account. False, and `step` is said to have failed, if none comes.
 */
bool cli_peer_expect(struct cli_host *host, struct cli_peer *peer, uint16_t flags, size_t text,
                     const char *step);

/* ---- the checks: check_target_rules.c, check_target_time.c, check_target_connect.c ---- */

void cli_trial_traits(struct cli_trial *check);
void cli_trial_open(struct cli_trial *check);
void cli_trial_ready(struct cli_trial *check);
void cli_trial_calls(struct cli_trial *check);
void cli_trial_observe(struct cli_trial *check);
void cli_trial_garbage(struct cli_trial *check);
void cli_trial_damaged(struct cli_trial *check);

void cli_trial_idle(struct cli_trial *check);
void cli_trial_timers(struct cli_trial *check);
void cli_trial_again(struct cli_trial *check);
void cli_trial_apart(struct cli_trial *check);

void cli_trial_passive(struct cli_trial *check);
void cli_trial_active(struct cli_trial *check);
void cli_trial_refused(struct cli_trial *check);
void cli_trial_ipv6(struct cli_trial *check);

#endif
