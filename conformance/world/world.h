/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two hosts, one virtual clock, and a bad network between them.
 *
 *     struct world *world = world_open(&setup, why);
 *     struct world_draw draw = world_draw_seed(7);
 *     world_plan_draw(&plan, &draw);                   or filled in by hand: a named scenario
 *     const struct world_result *result = world_run(world, &plan, &draw, why);
 *     world_close(world);
 *
 * A run has two phases. In the first the network loses, doubles, delays, reorders, corrupts and
 * cuts; in the second it does nothing wrong any more, and both ends must come to rest in bounded
 * time (oracle O11), with what was delivered being what was sent, in order (O12). The oracles of
 * oracle/ watch each end besides. Everything is drawn from one source, so that a seed, or a
 * fuzzer's input, replays exactly.
 *
 * The hosts are targets (target/target.h): the core, or any stack that works in virtual time.
 */
#ifndef WORLD_WORLD_H
#define WORLD_WORLD_H

#include "oracle/oracle.h"
#include "target/target.h"
#include "world/draw.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A opens actively. B listens, or opens actively at the same time. */
enum world_side { WORLD_A, WORLD_B, WORLD_SIDES };

/* What one direction of the network does in the first phase. Shares are of 65,536 frames. */
struct world_link {
    uint32_t loss;
    uint32_t duplicate;
    uint32_t corrupt;   /* one octet is changed: the checksum is wrong */
    uint32_t reorder;   /* the frame takes up to 4 * jitter_us more, so that others overtake it */
    uint32_t icmp;      /* the frame is lost, and an ICMP error about it comes back */
    uint64_t delay_us;  /* also in the second phase */
    uint64_t jitter_us; /* up to this on top of the delay */
};

/* The line is dead for a while. Times count from the start. */
struct world_cut {
    uint64_t from_us, until_us; /* from == until: none */
    bool silent[WORLD_SIDES];   /* whose frames are lost */
};

/* What happens to one chosen frame: the one that is number `nth`, from 0, of those that `from`
 * sends with these flags. */
enum world_fate { WORLD_PASSES, WORLD_LOST, WORLD_DOUBLED, WORLD_HELD, WORLD_FORGED };

struct world_mark {
    enum world_side from;
    uint16_t mask, flags; /* of enum wire_flag: a frame counts if (its flags & mask) == flags */
    bool text;            /* it counts only if it carries text */
    uint32_t nth;
    enum world_fate fate;
    uint64_t hold_us;     /* DOUBLED, FORGED: the copy, HELD: the frame comes this much later */
    uint32_t shift;       /* FORGED: added to the copy's sequence number */
};

/* When an application ends its side, and how. */
enum world_ending {
    WORLD_ENDS_SHUTDOWN,  /* shutdown of writing when all is sent; close() after the peer's end */
    WORLD_ENDS_CLOSE,     /* close() when all is sent */
    WORLD_ENDS_LAST,      /* close() after the peer's end and all is sent */
    WORLD_ENDS_ABORT,     /* close() with SO_LINGER of 0 when all is sent */
    WORLD_ENDS_EXIT,      /* the process exits when half is sent */
    WORLD_ENDS_NEVER,
    WORLD_ENDINGS
};

struct world_app {
    uint64_t sends;          /* octets in all */
    uint32_t piece;          /* octets of one SEND at most */
    uint64_t pause_us;       /* between SENDs */
    uint64_t turn;           /* a piece goes only when so many more octets have come; 0: at once */
    bool answers;            /* the first piece waits for them, too */
    uint32_t reads;          /* octets of one RECEIVE at most */
    uint64_t read_pause_us;  /* between RECEIVEs */
    uint64_t read_from_us;   /* nothing is read before this much time in the connection */
    uint64_t reads_until;    /* the reader stops after so many octets, until phase two drains */
    enum world_ending ending;
    uint64_t exits_us;       /* the process exits then, counted from the start; 0: it does not. Its
                              * socket stays open until then, if it can */
    bool exits_shut;         /* counted from when it has shut its side, instead */
    bool aborts;             /* as it exits: SO_LINGER of 0 */
    bool nodelay, keepalive;
    uint32_t receive_buffer, send_buffer; /* octets; 0: the target's default */
    uint32_t user_timeout_ms;             /* 0: the target's default */
};

enum { WORLD_CUTS_MAX = 2, WORLD_MARKS_MAX = 8, WORLD_SETTINGS_MAX = 16 };

struct world_plan {
    uint8_t family;                  /* 4 or 6 */
    bool simultaneous;               /* both connect */
    bool any_order;                  /* SYNs may come at any time: scripts give numbers as on the
                                        wire where there are several */
    uint32_t incarnations;           /* connections of the same four-tuple, one after the other */
    uint32_t iss[WORLD_SIDES];
    bool iss_fixed;                  /* else the target chooses */
    uint64_t clock_us;
    uint32_t mtu;
    const char *profile[WORLD_SIDES];
    struct anvil_target_setting settings[WORLD_SIDES][WORLD_SETTINGS_MAX];
    size_t setting_count[WORLD_SIDES];
    struct world_link link[WORLD_SIDES]; /* by the side that sends */
    struct world_cut cuts[WORLD_CUTS_MAX];
    struct world_mark marks[WORLD_MARKS_MAX];
    size_t mark_count;
    uint64_t faults_end_us;          /* the second phase begins */
    bool drains;                     /* then readers resume and applications close */
    struct world_app app[WORLD_SIDES];
};

/* The value of a policy field in a profile; false: there is no such profile or field. */
typedef bool (*world_policy_fn)(void *context, const char *profile, const char *field,
                                uint64_t *value);

/* What a world is made of. */
struct world_setup {
    const struct anvil_target *target[WORLD_SIDES];
    world_policy_fn policy[WORLD_SIDES]; /* NULL: that target's profiles are not known */
    void *policy_context;
    oracle_mask oracles;                 /* those that watch each end */
    uint32_t frames_most;                /* a run with more does not come to rest; 0: 2,000,000 */
};

struct world_end_result {
    enum anvil_target_state state; /* of the connection, at rest; CLOSED: there is none */
    uint64_t sent, delivered;      /* octets taken from, and given to, the application */
    bool eof;
    int error;                     /* errno that the application got, 0: none */
    uint64_t frames;               /* sent */
};

struct world_result {
    bool violated;
    const char *oracle;      /* "O11", "O12", "O13"; NULL: none */
    char reason[ORACLE_SENTENCE_MAX + 32];
    const char *rule;        /* the rule that is violated, as a sentence; NULL: none */
    struct world_end_result end[WORLD_SIDES];
    uint64_t frames, lost;   /* of both */
    uint32_t marks_met;      /* a bit for each mark of the plan whose frame was sent */
    uint32_t late;           /* frames held by marks that arrived in a later connection */
    uint64_t virtual_us;
    uint64_t at_rest_us;     /* when the last thing happened */
};

struct world;
struct world_record;

/* A world for any number of runs. Targets must work in virtual time, and allow two instances. NULL:
 * no memory, or a target that does not; `why` (256 octets or more) says so. */
struct world *world_open(const struct world_setup *setup, char *why);
void world_close(struct world *world);

/* What runs are recorded in from now on; NULL: they are not. See record.h. */
void world_record_to(struct world *world, struct world_record *record);

/* What one end did last, and where that led. */
enum world_cause { WORLD_CAUSE_TIME, WORLD_CAUSE_ARRIVAL, WORLD_CAUSE_CALL };

struct world_step {
    enum world_side side;
    enum world_cause cause;
    const uint8_t *bytes;               /* ARRIVAL: the frame */
    size_t length;
    enum anvil_target_call_kind call;   /* CALL: the last of those made at once */
    enum anvil_target_state state;      /* of the connection; without one LISTEN or CLOSED */
    const char *check;                  /* what the target says ended the last frame's processing */
};

typedef void (*world_step_fn)(void *context, const struct world_step *step);

/* Whom the steps of runs are told from now on, each before the rules judge it; NULL: nobody. */
void world_steps_to(struct world *world, world_step_fn fn, void *context);

/* Runs one plan. What it still needs chances for comes from *draw. The result lives until the next
 * run. NULL: a target refused the plan; `why` (256 octets) says so. */
const struct world_result *world_run(struct world *world, const struct world_plan *plan,
                                     struct world_draw *draw, char *why);

/* Draws a plan: every field from *draw. */
void world_plan_draw(struct world_plan *plan, struct world_draw *draw);

/* A plan without any fault: A connects to B, 10 ms each way; both close at once. */
void world_plan_plain(struct world_plan *plan);

/* Where the hosts are: 192.0.2.1 port 40001 and 192.0.2.2 port 8080; 2001:db8::1 and ::2. */
struct anvil_target_address world_address(uint8_t family, enum world_side side);

/* The octet of `side`'s stream at `offset`, and at least 65,536 behind it. */
const uint8_t *world_stream(const struct world *world, enum world_side side, uint64_t offset);

#endif
