/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a script against a target, in virtual time.
 *
 *     struct run *run = run_open();                     one for any number of cases, one thread
 *     const struct report_result *result = run_case(run, script, target, &options);
 *     run_close(run);
 *
 * Nothing here waits for real time: a packet that does not come is missing as soon as the virtual
 * clock has passed the last moment at which the script allows it.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include "oracle/oracle.h"
#include "report/report.h"
#include "script/script.h"
#include "target/target.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct run;

/* A name that a script's time may use (MSL, RTO, DELAYED_ACK, ...), and for whom. */
struct run_symbol {
    const char *name;
    const char *profile;
    const struct anvil_target_setting *settings; /* over the profile */
    size_t setting_count;
    const struct anvil_target_traits *traits;    /* NULL: of no target in particular */
};

/*
 * Between which values a name lies, in microseconds: what a setting says, else what the target says
 * of itself, else the profile; 0, if the stack has no such time: the case is skipped. False: the
 * name is not known. "tick" and "late" are not asked for: the runner takes them from the target's
 * traits.
 */
typedef bool (*run_symbol_fn)(void *context, const struct run_symbol *symbol, int64_t *least_us,
                              int64_t *most_us);

/* The text of a requirement by its id, or NULL. It must live as long as the result is used. */
typedef const char *(*run_requirement_fn)(void *context, const char *id);

/* The value of a policy field in a profile; false: there is no such profile or field. */
typedef bool (*run_policy_fn)(void *context, const char *profile, const char *field,
                              uint64_t *value);

/*
 * A way to run a case that must not change its verdict: the initial sequence numbers of both sides,
 * the clock, the IP version.
 */
struct run_variant {
    char name[80];       /* "ipv4 iss=0xffffffff peer=0x7fffffff clock=2^32us-1s" */
    uint8_t family;      /* 4 or 6; 0 = as the script says */
    bool has_iss;
    uint32_t iss;        /* the target's initial sequence number */
    uint32_t peer_shift; /* added to every initial sequence number of the peer */
    bool has_clock;
    uint64_t clock_us;   /* the clock's value at script time 0 */
};

enum { RUN_VARIANTS_MAX = 16 };

/* More frames than this at one moment, or more rounds without rest, and it would never end. */
enum { RUN_AT_ONCE_MAX = 4096 };

struct run_options {
    const char *case_name;  /* NULL: the script's file */
    const char *profile;    /* NULL: "rfc9293" */
    const struct anvil_target_setting *settings; /* over the profile; a script's own win */
    size_t setting_count;
    bool exact;             /* no tolerance, as `//: exact` */
    bool own;               /* a case of our suite: output that no line claims fails it */
    run_symbol_fn symbol;   /* NULL: no names but "tick" */
    void *symbol_context;
    run_requirement_fn requirement; /* NULL: no texts */
    void *requirement_context;
    const struct run_variant *variant; /* NULL: the plain run */
    oracle_mask oracles;    /* the rules that judge the run beside the script; 0: none */
    bool oracles_only;      /* what the script expects fails nothing: it only says what is done */
    run_policy_fn policy;   /* NULL: the profile says nothing about this target */
    void *policy_context;
    uint16_t peer_port;     /* the first port of peers that open a connection; 0: 40001 */
    FILE *capture;          /* NULL: none; else a pcapng file is written there */
    int64_t began_ns;       /* its CPU time counts from here, run_cpu_ns(); 0: nobody asks */
};

/* The CPU time of this thread. Asking takes about as long as ten lines of a script. */
int64_t run_cpu_ns(void);

/* NULL when there is no memory. */
struct run *run_open(void);
void run_close(struct run *run);

/*
 * Runs one case. Keeps nothing of its arguments. The result and its texts live until the next
 * run_case() or run_close() on this run.
 */
const struct report_result *run_case(struct run *run, const struct script *script,
                                     const struct anvil_target *target,
                                     const struct run_options *options);

/* Is it an option, --name=value, that some packetdrill knows, with a value it may have? False: why
 * not. For script_parse_options, so that a mistake is shown where it stands. */
bool run_option_is_right(const struct script_item *item, char *why, size_t size);

/*
 * Where and why the script is wrong, if the last case ended with REPORT_ERROR; else NULL. Lives as
 * long as the result. Without a line it concerns the script as a whole.
 */
const struct script_error *run_mistake(const struct run *run);

/* One frame that the target sent: when, counted from script time 0, and in packetdrill's notation,
 * in the numbers of its connection. */
struct run_seen {
    int64_t time_us;
    char line[1024];
};

/*
 * Frame number `index`, from 0, of those that the target sent in the last case; false past the
 * last. The script and the options of that case must still be there.
 */
bool run_seen(struct run *run, size_t index, struct run_seen *seen);

/* What a target can meet: segments, by their flags and text; calls; and the end of a time. */
enum run_met {
    RUN_MET_SYN, RUN_MET_SYN_ACK, RUN_MET_ACK, RUN_MET_DATA, RUN_MET_FIN, RUN_MET_FIN_ACK,
    RUN_MET_SYN_FIN, RUN_MET_RST, RUN_MET_RST_ACK, RUN_MET_URG, RUN_MET_NO_FLAGS,
    RUN_MET_ALL_FLAGS,
    RUN_MET_ICMP,
    RUN_MET_OPEN, RUN_MET_SEND, RUN_MET_RECEIVE, RUN_MET_CLOSE, RUN_MET_SHUTDOWN, RUN_MET_ABORT,
    RUN_MET_TIMEOUT,
    RUN_MET_COUNT
};

/* "SYN", "SYN+ACK", ..., "SEND", "timeout". */
const char *run_met_name(enum run_met met);

/*
 * Which of them the target met in the last case, in which state: bit 1 << enum run_met of
 * met[enum anvil_target_state]. For a target that tells its state; the others meet nothing. A call
 * counts for its own descriptor's connection or listener; one on a connection other than the
 * current one is left out, and so are timeouts in cases with several connections.
 */
void run_met(struct run *run, uint32_t met[ANVIL_STATE_UNKNOWN]);

/*
 * The variants in which a case of our own suite runs beside the plain run: between them they hold
 * every value of each factor, and every pair (initial sequence numbers of both sides count as one
 * factor). What the script pins, or the target cannot do, is left alone. Returns how many.
 */
size_t run_variants(const struct script *script, const struct anvil_target *target,
                    struct run_variant variants[RUN_VARIANTS_MAX]);

#endif
