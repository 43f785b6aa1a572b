/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O16: options are used as they were agreed on. The options of SYNs stand in SYNs alone; a SYN,ACK
 * answers with window scale and timestamps only if the SYN had them; SACK blocks go to who asked
 * for them; the shift is 14 at most, and the MSS is what the IP layer can receive; and no segment
 * carries more than the peer's MSS, options counted, or than the IP layer can send.
 * RFC 9293 3.2 (MUST-65), 3.7.1 (MUST-14 to MUST-16, MUST-67); RFC 7323 2.2, 2.3, 3.2; RFC 2018 2.
 * A stack that makes no choices offers what its policies say. A user timeout that is told is the
 * user's, and never 0 (RFC 5482 3.1). An MSS in any other segment than a SYN changes nothing. How
 * timestamps go on is O22's, how windows are scaled O5's.
 *
 * Accepted oddities: SYNs that crossed, after which a SYN,ACK may have what the own SYN had; SYNs
 * of the peer that came several times and differed; a send MSS that is raised to the policy's floor
 * or, where that is not known, to the default; a user timeout that is longer than can be told.
 */
#include "oracle/rule.h"

#include <inttypes.h>

enum { SHIFT_MAX = 14, TCP_HEADER = 20, DEFAULT_MSS_V4 = 536, DEFAULT_MSS_V6 = 1220 };
enum { LONGEST_UTO = 0x7fff, OPTIONS_MAX = 40 };

struct options_state {
    bool has_syn, has_shift, has_stamps; /* of the SYNs that came: any of them */
    bool no_shift, no_stamps, no_sack;   /* any of them was without, or doubtful */
    bool late_mss;                       /* what came last has an MSS, and is no SYN */
};

static bool is_v6(const struct oracle_connection *facts)
{
    return facts->name.local.version == 6;
}

/* The most that IP and the two fixed headers leave for text; 0: not known. */
static uint32_t room(const struct oracle_view *view)
{
    uint32_t headers = TCP_HEADER + (is_v6(view->connection) ? 40u : 20u);
    return view->setting->mtu > headers ? view->setting->mtu - headers : 0;
}

/* What may stand in a SYN and nowhere else. */
static void judge_syn_options(struct oracle_view *view, const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    const struct oracle_options *options = &sent->options;
    const char *name = options->has_mss ? "MSS" : options->has_shift ? "window scale"
                       : options->sack_permitted ? "SACK-permitted" : NULL;
    if (!oracle_has(sent, WIRE_SYN)) {
        if (name != NULL)
            oracle_violated(view, "a segment at %" PRIu32 " without SYN has the option %s",
                            oracle_ours(facts, sent->seq), name);
        return;
    }
    if (options->has_shift && options->shift > SHIFT_MAX)
        oracle_violated(view, "the window scale offered is %u", (unsigned)options->shift);
    if (options->has_mss && (options->mss == 0 || (room(view) != 0 && options->mss > room(view))))
        oracle_violated(view, "the MSS offered is %u, the IP layer receives %" PRIu32,
                        (unsigned)options->mss, room(view));
}

/* A SYN,ACK offers what the SYN asked for. */
static void judge_answer(struct oracle_view *view, const struct options_state *state,
                         const struct oracle_segment *sent)
{
    if (!oracle_has(sent, WIRE_SYN | WIRE_ACK) || view->connection->active || !state->has_syn)
        return;
    if (sent->options.has_shift && !state->has_shift)
        oracle_violated(view, "the SYN,ACK has a window scale, the SYN had none");
    else if (sent->options.has_stamps && !state->has_stamps)
        oracle_violated(view, "the SYN,ACK has timestamps, the SYN had none");
}

/* A stack that makes no choices offers in each SYN what its policies say, and names its MSS where
 * that is not the default (SHLD-5), options not taken off (RFC 6691 2). */
static void judge_offer(struct oracle_view *view, const struct options_state *state,
                        const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    const struct oracle_options *options = &sent->options;
    bool answers = oracle_has(sent, WIRE_ACK);
    if (!oracle_has(sent, WIRE_SYN) || view->setting->chooses ||
        facts->option[ANVIL_OPTION_NOOPT] != ORACLE_UNKNOWN ||
        (answers && (facts->active || !state->has_syn)))
        return;
    const struct { bool has, asked; enum oracle_policy policy; const char *name; } offers[] = {
        { options->has_shift, !answers || !state->no_shift, ORACLE_POLICY_offer_window_scale,
          "window scale" },
        { options->has_stamps, !answers || !state->no_stamps, ORACLE_POLICY_offer_timestamps,
          "timestamps" },
        { options->sack_permitted, !answers || !state->no_sack, ORACLE_POLICY_offer_sack,
          "SACK-permitted" },
    };
    for (size_t i = 0; i < sizeof offers / sizeof offers[0]; i++)
        if (!offers[i].has && offers[i].asked && oracle_policy(view, offers[i].policy) == 1)
            oracle_violated(view, "a SYN is without the option %s", offers[i].name);
    if (!options->has_mss && room(view) != 0 &&
        oracle_policy(view, ORACLE_POLICY_noopt_mss) != ORACLE_UNKNOWN &&
        room(view) != (is_v6(facts) ? DEFAULT_MSS_V6 : DEFAULT_MSS_V4))
        oracle_violated(view, "a SYN names no MSS, and it is %" PRIu32, room(view));
    if (options->has_mss && options->mss < room(view) && options->mss < UINT16_MAX &&
        facts->option[ANVIL_OPTION_MAXSEG] == ORACLE_UNKNOWN &&
        oracle_policy(view, ORACLE_POLICY_noopt_mss) != ORACLE_UNKNOWN)
        oracle_violated(view, "a SYN names an MSS of %u, and it is %" PRIu32,
                        (unsigned)options->mss, room(view));
}

/* The timeout that is told is the user's, in seconds or minutes, rounded up. RFC 5482 3.1. */
static void judge_timeout(struct oracle_view *view, const struct oracle_segment *sent)
{
    const struct oracle_options *options = &sent->options;
    int64_t user_ms = view->connection->option[ANVIL_OPTION_USER_TIMEOUT];
    int64_t unit_ms = options->user_timeout_minutes ? 60000 : 1000;
    if (!options->has_user_timeout)
        return;
    if (options->user_timeout == 0)
        oracle_violated(view, "the user timeout that is told is 0, which is reserved");
    else if (user_ms > 0 && !view->setting->chooses &&
             ((options->user_timeout * unit_ms < user_ms && options->user_timeout < LONGEST_UTO) ||
              options->user_timeout * unit_ms >= user_ms + 2 * unit_ms))
        oracle_violated(view, "the user timeout that is told is %" PRId64 " ms, the user has set %"
                        PRId64 " ms", options->user_timeout * unit_ms, user_ms);
}

/* The peer's MSS; false: it is not known. */
static bool send_mss(const struct oracle_view *view, uint32_t *mss)
{
    const struct oracle_connection *facts = view->connection;
    uint32_t usual = is_v6(facts) ? DEFAULT_MSS_V6 : DEFAULT_MSS_V4;
    int64_t floor = oracle_policy(view, ORACLE_POLICY_mss_floor);
    uint32_t least = floor == ORACLE_UNKNOWN ? usual : (uint32_t)floor;
    if (!facts->has_irs || facts->peer_syn_doubtful)
        return false;
    *mss = facts->peer_syn.has_mss ? facts->peer_syn.mss : usual;
    *mss = *mss < least ? least : *mss;
    return true;
}

static void judge_length(struct oracle_view *view, const struct oracle_segment *sent)
{
    uint32_t mss, octets = sent->length + sent->header_bytes - TCP_HEADER;
    if (view->setting->mtu != 0 && sent->packet_bytes > view->setting->mtu)
        oracle_violated(view, "a packet of %" PRIu32 " octets is sent, the IP layer sends %" PRIu32,
                        sent->packet_bytes, view->setting->mtu);
    else if (sent->length > 0 && send_mss(view, &mss) && octets > mss)
        oracle_violated(view, "a segment at %" PRIu32 " has %" PRIu32 " octets of text and "
                        "options, the peer's MSS is %" PRIu32,
                        oracle_ours(view->connection, sent->seq), octets, mss);
}

/* The send MSS that is told behind the peer's SYN is never below the floor of the policy. Options
 * may be taken off, and the user or an ICMP error may have made it less. */
static void judge_floor(struct oracle_view *view, const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    int64_t floor = oracle_policy(view, ORACLE_POLICY_mss_floor);
    if (!oracle_since(facts, 1u << ORACLE_CALL | 1u << ORACLE_ICMP) && !view->setting->chooses &&
        what->seen != NULL && what->seen->snd_mss >= 0 && oracle_is_synchronized(what->state) &&
        !oracle_is_synchronized(facts->state) && view->setting->mtu > floor + 2 * OPTIONS_MAX &&
        facts->option[ANVIL_OPTION_MAXSEG] == ORACLE_UNKNOWN &&
        what->seen->snd_mss + OPTIONS_MAX < floor)
        oracle_violated(view, "the send MSS is %" PRId64 ", the least is %" PRId64,
                        what->seen->snd_mss, floor);
}

/* By more than options take. */
static bool differs(int64_t a, int64_t b)
{
    return a >= 0 && b >= 0 && (a > b + OPTIONS_MAX || b > a + OPTIONS_MAX);
}

/* Only a SYN has an MSS. RFC 9293 3.7.1. What is told may have the options taken off. */
static void judge_mss(struct oracle_view *view, const struct options_state *state,
                      const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    bool alone = facts->since == 1u << ORACLE_ARRIVED ||
                 facts->since == (1u << ORACLE_ARRIVED | 1u << ORACLE_SENT);
    if (state->late_mss && alone && facts->seen_any && what->seen != NULL &&
        oracle_is_synchronized(facts->state) &&
        differs(what->seen->snd_mss, facts->seen.snd_mss))
        oracle_violated(view, "the MSS in a segment without SYN takes that of the connection from %"
                        PRId64 " to %" PRId64, facts->seen.snd_mss, what->seen->snd_mss);
}

static void note_arrival(struct oracle_view *view, struct options_state *state,
                         const struct oracle_segment *segment)
{
    state->late_mss = segment->options.has_mss && !oracle_has(segment, WIRE_SYN);
    if (state->late_mss || !oracle_is_synchronized(view->connection->state))
        oracle_await(view);
    if (!oracle_has(segment, WIRE_SYN) || oracle_has(segment, WIRE_ACK))
        return;
    state->has_syn = true;
    state->has_shift = state->has_shift || segment->options.has_shift || segment->doubtful;
    state->has_stamps = state->has_stamps || segment->options.has_stamps || segment->doubtful;
    state->no_shift = state->no_shift || !segment->options.has_shift || segment->doubtful;
    state->no_stamps = state->no_stamps || !segment->options.has_stamps || segment->doubtful;
    state->no_sack = state->no_sack || !segment->options.sack_permitted || segment->doubtful;
}

static void judge_sack(struct oracle_view *view, const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    if (sent->options.sack_count > 0 && facts->has_irs && !facts->peer_syn_doubtful &&
        !facts->peer_syn.sack_permitted)
        oracle_violated(view, "a segment has SACK blocks, the peer never permitted SACK");
}

static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct options_state *state = memory;
    if (what->kind == ORACLE_ARRIVED) {
        note_arrival(view, state, what->segment);
    } else if (what->kind == ORACLE_SENT) {
        judge_syn_options(view, what->segment);
        judge_answer(view, state, what->segment);
        judge_offer(view, state, what->segment);
        judge_timeout(view, what->segment);
        judge_length(view, what->segment);
        judge_sack(view, what->segment);
    } else if (what->kind == ORACLE_REST) {
        judge_mss(view, state, what);
        judge_floor(view, what);
        state->late_mss = false;
    }
}

const struct oracle_rule oracle_rule_options_used = {
    .id = "O16",
    .name = "options",
    .rule = "options are used as both SYNs agreed, and no segment is longer than the peer and the "
            "IP layer take",
    .reference = "RFC 9293 3.2, 3.7.1; RFC 7323 2.2, 3.2; RFC 2018 2",
    .wants = 1u << ORACLE_SENT | 1u << ORACLE_ARRIVED | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_REST,
    .state_bytes = sizeof(struct options_state),
    .see = see,
};
