/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Oracles: rules of the RFCs that hold in every run, whatever a script expects.
 *
 * Whoever has a run (the runner, a world of two endpoints, a fuzz harness, a capture) tells what
 * can be seen from outside of the endpoint under test, in time order:
 *
 *     struct oracle_watch *watch = oracle_watch_open();
 *     oracle_begin(watch, &setting, mask);                   a new run; the one before is gone
 *       oracle_called(watch, now, &call, NULL);              a call of its user, and its result
 *       oracle_sent(watch, when, &frame);                    a frame went out
 *       oracle_arrived(watch, now, &frame);                  a frame comes in; not handled yet
 *       oracle_passed(watch, from, to);                      time passes; nothing done yet
 *       oracle_rest(...), _told(...), _end(...)              all that was due is done
 *     oracle_end(watch, now);
 *     const struct oracle_finding *found = oracle_found(watch);  the first rule violated, or NULL
 *
 * Rules see typed observations of one connection (rule.h) and nothing else, so that the same file
 * judges any endpoint. A rule answers holds, violated, or cannot tell: what the source does not
 * tell (a policy, a state) is unknown, and a rule that needs it stays silent. A false accusation is
 * a defect as bad as a miss.
 *
 * Memory is taken once, in oracle_watch_open(); no observation allocates.
 */
#ifndef ORACLE_ORACLE_H
#define ORACLE_ORACLE_H

#include "target/target.h"
#include "wire/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ORACLE_CONNECTIONS_MAX = 128, /* of one run; what comes behind it is not judged */
    ORACLE_SOCKETS_MAX = 128,
    ORACLE_LISTENERS_MAX = 32,
    ORACLE_SENTENCE_MAX = 320
};

#define ORACLE_UNKNOWN INT64_MIN /* a policy or an option that nobody told */

/* What a rule may ask of the endpoint's policy, by the names of `tcpanvil profile`. One more: a
 * line here. */
#define ORACLE_POLICIES(X)                                                                        \
    X(msl_us) X(rto_initial_us) X(rto_min_us) X(rto_max_us) X(rto_granularity_us)                 \
    X(rto_after_syn_us) X(r2_us) X(syn_r2_us) X(user_timeout_us) X(user_timeout_lower_us)         \
    X(user_timeout_upper_us) X(delayed_ack_us) X(keepalive_idle_us) X(keepalive_interval_us)      \
    X(persist_min_us) X(orphan_fin_wait_2_us) X(sws_override_us) X(timestamp_tick_us)             \
    X(paws_idle_us) X(challenge_interval_us) X(r1_count) X(r2_count) X(syn_r2_count)              \
    X(syn_ack_r2_count) X(keepalive_count) X(challenge_count) X(ack_every) X(quick_acks)          \
    X(initial_window) X(mss_floor) X(offer_timestamps) X(offer_sack) X(offer_window_scale)        \
    X(noopt_mss) X(dsack) X(user_timeout_option) X(rfc5961_reset) X(rfc5961_syn) X(rfc5961_ack)   \
    X(rfc1337) X(syn_repeat_synack) X(syn_received_challenge) X(ack_out_of_order)                 \
    X(time_wait_reuse) X(time_wait_answers) X(time_wait_silent_syn) X(ack_second_segment)         \
    X(fin_with_acks) X(window_follows_room) X(unsent_ack_silent) X(ack_past_window)               \
    X(window_update) X(ts_recent_after_ack) X(bad_option_length) X(hard_errors_abort)             \
    X(reset_on_unread) X(reset_on_late_data) X(abort_with_ack) X(nagle) X(keepalive_octet)        \
    X(closed_port_silent) X(time_wait_connect) X(half_open_max) X(half_open_overflow)             \
    X(receive_buffer) X(send_buffer) X(shutdown_discards) X(path_mtu_discovery) X(path_mtu_min)

#define ORACLE_POLICY_ENTRY(name) ORACLE_POLICY_##name,
enum oracle_policy { ORACLE_POLICIES(ORACLE_POLICY_ENTRY) ORACLE_POLICY_COUNT };
#undef ORACLE_POLICY_ENTRY

/* "msl_us" to its number, or ORACLE_POLICY_COUNT; and back. */
enum oracle_policy oracle_policy_find(const char *name);
const char *oracle_policy_name(enum oracle_policy policy);

/* What the endpoint under test is, and how it was set up. */
struct oracle_setting {
    uint64_t start_us;       /* the clock when the run begins */
    uint64_t granularity_us; /* a timer may fire up to a tick less one early or late, */
    uint64_t tolerance_us;   /* and this much later */
    bool real_time;          /* an answer may take a while: no rule about "at once" */
    bool observes;           /* states and numbers are told when it is at rest */
    bool chooses;            /* it makes its own choices where the standard leaves one */
    bool iss_fixed;          /* initial sequence numbers are prescribed, the same for all */
    uint32_t mtu;            /* octets of an IP packet; 0: not known */
    struct wire_address local; /* its address in this version of IP; version 0: not known */
    const int64_t *policy;   /* [ORACLE_POLICY_COUNT], ORACLE_UNKNOWN where nobody tells */
};

/* One end or both of a connection; ports in host order. */
struct oracle_name {
    struct wire_address local, remote;
    uint16_t local_port, remote_port;
};

/* ---- what rules are ---- */

enum oracle_kind {
    ORACLE_SENT,     /* a TCP segment of the endpoint went out */
    ORACLE_ARRIVED,  /* a whole TCP segment for it comes in; it has not been handled yet */
    ORACLE_DAMAGED,  /* one that every stack must drop: bad checksum, cut short, a fragment */
    ORACLE_ICMP,     /* an ICMP error that quotes this connection comes in */
    ORACLE_CALL,     /* a call of the user on this connection's socket has returned */
    ORACLE_TIME,     /* the clock moves; what is due has not been done yet */
    ORACLE_REST,     /* all that was due is done; the state, where it is told */
    ORACLE_REPLACED, /* a new connection took the four-tuple while this one was in it */
    ORACLE_OVER,     /* the end: nothing more will be seen of this connection */
    ORACLE_KIND_COUNT
};

/* What a rule cannot do without. The watch keeps a rule silent where it is missing. */
enum oracle_need {
    ORACLE_NEEDS_STATE = 1,  /* states and numbers as the endpoint tells them */
    ORACLE_NEEDS_PROMPT = 2  /* answers come at once: virtual time */
};

/* What an endpoint tells of a connection, and may have changed from one REST to the next. */
enum oracle_move {
    ORACLE_MOVE_STATE = 1, /* or it has come, or gone: all of them move then */
    ORACLE_MOVE_SND_UNA = 2,
    ORACLE_MOVE_SND_NXT = 4,
    ORACLE_MOVE_SND_WND = 8,
    ORACLE_MOVE_RCV_NXT = 16,
    ORACLE_MOVE_RCV_WND = 32,
    ORACLE_MOVE_UNSENT = 64,
    ORACLE_MOVE_UNREAD = 128,
    ORACLE_MOVE_ESTIMATE = 256, /* SRTT, RTTVAR */
    ORACLE_MOVE_DEADLINE = 512,
    ORACLE_MOVE_ALL = 1023,
    ORACLE_MOVES = 10      /* so many bits */
};

struct oracle_view;
struct oracle_observation;

/* One rule; its file is named after it. */
struct oracle_rule {
    const char *id;        /* "O2" */
    const char *name;      /* "sequence-space" */
    const char *rule;      /* one sentence */
    const char *reference; /* RFC and section */
    unsigned needs;        /* enum oracle_need */
    unsigned wants;        /* bits 1u << enum oracle_kind: the observations that it is shown */
    unsigned waits;        /* those of them that it is shown only while it waits: oracle_await() */
    unsigned moves;        /* enum oracle_move: one of these shows it the REST, waiting or not */
    unsigned calls;        /* of CALLs it is shown these, bits 1u << enum anvil_target_call_kind;
                              0: all */
    bool whole_case;       /* one state for all connections of a run, not one for each */
    size_t state_bytes;    /* of its state; zeroed when a connection, or the run, begins */
    void (*see)(struct oracle_view *view, void *state, const struct oracle_observation *what);
};

/* Rule `index`, from 0, in the order of their numbers; NULL past the last. */
const struct oracle_rule *oracle_rule_at(size_t index);

/* A set of rules: bit i is oracle_rule_at(i). */
typedef uint64_t oracle_mask;
#define ORACLE_ALL (~UINT64_C(0))

/* "all", "none" or a list "O2,O7" to a set; false: `why` says which word is no rule. */
bool oracle_mask_read(const char *text, oracle_mask *mask, char *why, size_t size);

/* "ESTABLISHED", "FIN-WAIT-1", ...; "an unknown state". */
const char *oracle_state_name(enum anvil_target_state state);

/* ---- watching a run ---- */

enum oracle_verdict { ORACLE_HOLDS, ORACLE_VIOLATED, ORACLE_CANNOT_TELL };

struct oracle_finding {
    const struct oracle_rule *rule;
    uint64_t time_us;
    char sentence[ORACLE_SENTENCE_MAX]; /* what was seen, in numbers */
};

struct oracle_watch;

/* NULL when there is no memory. */
struct oracle_watch *oracle_watch_open(void);
void oracle_watch_close(struct oracle_watch *watch);

/* A new run. `setting` and its policy must live as long as the run. */
void oracle_begin(struct oracle_watch *watch, const struct oracle_setting *setting,
                  oracle_mask rules);

/* Frames, as wire_decode() gives them with WIRE_OK; what is neither TCP nor ICMP is ignored. */
void oracle_sent(struct oracle_watch *watch, uint64_t time_us, const struct wire_frame *frame);
void oracle_arrived(struct oracle_watch *watch, uint64_t time_us, const struct wire_frame *frame);

/* A call that has returned, EAGAIN included. `joined`: for a CONNECT or an ACCEPT that went well
 * (EINPROGRESS is well), the connection that the descriptor has from now on; NULL for any other,
 * or if that is not known: calls on it are not judged then. */
void oracle_called(struct oracle_watch *watch, uint64_t time_us,
                   const struct anvil_target_call *call, const struct oracle_name *joined);

/* Time moves from `from_us` to at most `to_us`; told before, so that what is sent in between comes
 * behind it. */
void oracle_passed(struct oracle_watch *watch, uint64_t from_us, uint64_t to_us);

/* The endpoint is at rest. Where it tells its states, each connection and listener follows, up to
 * the first false. */
bool oracle_rest_wanted(const struct oracle_watch *watch); /* something was told since the last */
void oracle_rest(struct oracle_watch *watch, uint64_t time_us, uint64_t deadline_us);
bool oracle_rest_told(struct oracle_watch *watch, const struct anvil_target_observation *seen);
void oracle_rest_end(struct oracle_watch *watch);

void oracle_end(struct oracle_watch *watch, uint64_t time_us);

/* The first rule that was violated, or NULL; and what became of one rule. */
const struct oracle_finding *oracle_found(const struct oracle_watch *watch);
enum oracle_verdict oracle_verdict_of(const struct oracle_watch *watch, size_t rule);

#endif
