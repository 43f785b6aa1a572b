/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O25: what an ICMP error does to a connection. RFC 9293 3.9.2.2: a soft error ends none
 * (MUST-56), a hard one does (SHLD-26), a Source Quench changes nothing (MUST-55). RFC 5927 4.1: an
 * error about what is not in flight is not believed. RFC 1191, RFC 8201: a report that a packet was
 * too big makes packets smaller, as small as it says, and never larger; one below 1280 octets is
 * discarded in IPv6; what was lost is sent again, and nothing where the report says nothing new.
 *
 * Accepted oddities: codes of which RFC 9293 says nothing; hard errors that a policy takes for soft
 * ones, but while connecting; a report that is followed no further than the policy allows
 * (path_mtu_min, mss_floor), or guessed at, where it names no MTU (RFC 1191 5); fragmentation
 * needed where discovery is off. What is to be done is asked of a stack that makes no choices, of
 * an error that is whole, to whom it quotes, and alone since the last rest.
 */
#include "oracle/rule.h"

#include <inttypes.h>

enum { UNREACHABLE = 3, QUENCH = 4, EXCEEDED = 11, PROBLEM = 12, TOO_BIG_CODE = 4 };
enum { UNREACHABLE_V6 = 1, TOO_BIG_V6 = 2, EXCEEDED_V6 = 3, PROBLEM_V6 = 4 };
enum { LEAST_MTU_V4 = 68, LEAST_MTU_V6 = 1280, HEADERS_V4 = 40, HEADERS_V6 = 60 };

enum sort { OTHER, SOFT, HARD, TOO_BIG, QUENCHED };

struct icmp_state {
    uint32_t errors;       /* since the last rest */
    struct oracle_icmp last;
    bool in_flight;        /* it is about what was in flight, */
    bool sent, again;      /* behind it: something was sent; from SND.UNA on */
};

/* RFC 9293 3.9.2.2 and RFC 5461 section 3 say which are soft and which hard. */
static enum sort sort_of(const struct oracle_icmp *icmp)
{
    if (icmp->version == 6)
        return icmp->type == TOO_BIG_V6                                               ? TOO_BIG
               : icmp->type == UNREACHABLE_V6 && (icmp->code == 1 || icmp->code == 4) ? HARD
               : icmp->type == EXCEEDED_V6 || icmp->type == PROBLEM_V6 ||
                         (icmp->type == UNREACHABLE_V6 && (icmp->code == 0 || icmp->code == 3))
                   ? SOFT : OTHER;
    if (icmp->type == QUENCH)
        return QUENCHED;
    if (icmp->type == EXCEEDED || icmp->type == PROBLEM)
        return SOFT;
    if (icmp->type != UNREACHABLE)
        return OTHER;
    return icmp->code == TOO_BIG_CODE                                    ? TOO_BIG
           : icmp->code == 2 || icmp->code == 3                          ? HARD
           : icmp->code == 0 || icmp->code == 1 || icmp->code == 5 ? SOFT : OTHER;
}

/* Whether packets are not to be fragmented, so that their size is found out; -1: not told. */
static int discovers(const struct oracle_view *view)
{
    int64_t set = view->connection->option[ANVIL_OPTION_MTU_DISCOVER];
    int64_t told = set != ORACLE_UNKNOWN ? set
                                         : oracle_policy(view, ORACLE_POLICY_path_mtu_discovery);
    return told == ORACLE_UNKNOWN ? -1 : told != 0;
}

/* Whether packets may be fragmented, by policy: then none can be too big. SHLD-26. */
static bool may_fragment(const struct oracle_view *view)
{
    return view->connection->option[ANVIL_OPTION_MTU_DISCOVER] == ORACLE_UNKNOWN &&
           oracle_policy(view, ORACLE_POLICY_path_mtu_discovery) == 0;
}

static void note_error(const struct oracle_view *view, struct icmp_state *state,
                       const struct oracle_icmp *icmp)
{
    const struct oracle_connection *facts = view->connection;
    bool told = facts->seen_any && facts->seen.snd_una >= 0 && icmp->has_seq;
    uint32_t una = told ? (uint32_t)facts->seen.snd_una : 0;
    state->errors++;
    state->last = *icmp;
    state->in_flight = told && una != facts->snd_max &&
                       oracle_within(icmp->seq, una, facts->snd_max - 1);
    state->sent = state->again = false;
}

static void note_sent(const struct oracle_view *view, struct icmp_state *state,
                      const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    state->sent = true;
    state->again = state->again || (facts->seen_any && facts->seen.snd_una >= 0 &&
                                    sent->seq == (uint32_t)facts->seen.snd_una);
}

/* The connection is gone, by this error and nothing else. */
static void judge_end(struct oracle_view *view, const struct icmp_state *state, enum sort sort)
{
    const struct oracle_connection *facts = view->connection;
    bool connecting = facts->state == ANVIL_STATE_SYN_SENT ||
                      facts->state == ANVIL_STATE_SYN_RECEIVED;
    bool hard = sort == HARD || (sort == TOO_BIG && state->last.version == 4 &&
                                 discovers(view) != 1);
    if (!state->in_flight)
        oracle_violated(view, "an ICMP error about %" PRIu32 ", which is not in flight, ends the "
                        "connection", oracle_ours(facts, state->last.seq));
    else if (sort != OTHER && !hard)
        oracle_violated(view, "an ICMP error of type %u, code %u ends the connection",
                        (unsigned)state->last.type, (unsigned)state->last.code);
    else if (hard && !connecting && !view->setting->chooses &&
             oracle_policy(view, ORACLE_POLICY_hard_errors_abort) == 0)
        oracle_violated(view, "an ICMP error of type %u, code %u ends the connection, and the "
                        "policy takes it for a soft one", (unsigned)state->last.type,
                        (unsigned)state->last.code);
}

/* The connection goes on behind a hard error. */
static void judge_hard(struct oracle_view *view, const struct icmp_state *state)
{
    bool ends = oracle_policy(view, ORACLE_POLICY_hard_errors_abort) == 1 ||
                view->connection->state == ANVIL_STATE_SYN_SENT;
    if (ends && state->in_flight)
        oracle_violated(view, "an ICMP error of type %u, code %u does not end the connection",
                        (unsigned)state->last.type, (unsigned)state->last.code);
}

/* What the path carries from now on; -1: that is not said. RFC 1191 section 3, RFC 8201 4. */
static int64_t due_mtu(const struct oracle_view *view, const struct icmp_state *state, int64_t was)
{
    int64_t least = oracle_policy(view, ORACLE_POLICY_path_mtu_min);
    int64_t told = state->last.mtu;
    bool v6 = state->last.version == 6;
    if (!state->in_flight || (v6 && told < LEAST_MTU_V6))
        return was;
    if (discovers(view) != 1 || least == ORACLE_UNKNOWN || told == 0)
        return -1;
    told = told < least ? least : told;
    return told < was ? told : was;
}

/* A report that a packet was too big. */
static void judge_size(struct oracle_view *view, const struct icmp_state *state,
                       const struct anvil_target_observation *now)
{
    const struct anvil_target_observation *was = &view->connection->seen;
    int64_t due = due_mtu(view, state, was->path_mtu);
    int64_t headers = state->last.version == 6 ? HEADERS_V6 : HEADERS_V4;
    int64_t floor = oracle_policy(view, ORACLE_POLICY_mss_floor);
    bool flight = was->snd_una != was->snd_nxt &&
                  oracle_is_synchronized(view->connection->state) &&
                  (uint32_t)was->snd_una != view->connection->iss;
    if (due >= 0 && now->path_mtu != due)
        oracle_violated(view, "a report of an MTU of %" PRIu32 " takes that of the path from %"
                        PRId64 " to %" PRId64 ", not to %" PRId64, state->last.mtu, was->path_mtu,
                        now->path_mtu, due);
    else if (now->path_mtu > was->path_mtu ||
             (due < 0 && discovers(view) == 1 && state->last.mtu == 0 &&
              now->path_mtu == was->path_mtu && was->path_mtu > LEAST_MTU_V6))
        oracle_violated(view, "a report of an MTU of %" PRIu32 " takes that of the path from %"
                        PRId64 " to %" PRId64, state->last.mtu, was->path_mtu, now->path_mtu);
    else if (now->path_mtu < was->path_mtu && now->snd_mss > now->path_mtu - headers &&
             now->snd_mss > (floor < LEAST_MTU_V4 ? LEAST_MTU_V4 : floor))
        oracle_violated(view, "segments have %" PRId64 " octets, and the path carries packets of %"
                        PRId64, now->snd_mss, now->path_mtu);
    else if (now->snd_mss < was->snd_mss && flight && now->snd_wnd > now->snd_mss && !state->again)
        oracle_violated(view, "the path carries packets of %" PRId64 " octets, and what was lost "
                        "is not sent again", now->path_mtu);
}

/* What one error has done. */
static void judge(struct oracle_view *view, const struct icmp_state *state,
                  const struct anvil_target_observation *now)
{
    const struct anvil_target_observation *was = &view->connection->seen;
    enum sort sort = sort_of(&state->last);
    if (now == NULL) {
        judge_end(view, state, sort);
        return;
    }
    if (view->setting->chooses || !state->last.sound)
        return;
    if (sort == HARD || (sort == TOO_BIG && state->last.version == 4 && may_fragment(view)))
        judge_hard(view, state);
    if (sort == TOO_BIG && was->path_mtu > 0 && now->path_mtu > 0)
        judge_size(view, state, now);
    if (sort == QUENCHED && was->cwnd_segments != now->cwnd_segments)
        oracle_violated(view, "a Source Quench takes the congestion window from %" PRId64 " to %"
                        PRId64 " segments", was->cwnd_segments, now->cwnd_segments);
    if (state->sent && was->snd_mss == now->snd_mss)
        oracle_violated(view, "an ICMP error of type %u, code %u, which changes nothing, draws a "
                        "segment", (unsigned)state->last.type, (unsigned)state->last.code);
}

static void note_rest(struct oracle_view *view, struct icmp_state *state,
                      const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    bool alone = state->errors == 1 &&
                 !oracle_since(facts, 1u << ORACLE_ARRIVED | 1u << ORACLE_DAMAGED |
                                          1u << ORACLE_CALL | 1u << ORACLE_TIME);
    bool told = what->state != ANVIL_STATE_UNKNOWN && facts->seen_any && facts->seen.snd_una >= 0;
    if (alone && told)
        judge(view, state, what->seen);
    state->errors = 0;
}

static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct icmp_state *state = memory;
    switch (what->kind) {
    case ORACLE_ICMP:
        oracle_await(view);
        note_error(view, state, what->icmp);
        break;
    case ORACLE_SENT: note_sent(view, state, what->segment); break;
    case ORACLE_REST: note_rest(view, state, what); break;
    case ORACLE_ARRIVED:
    case ORACLE_DAMAGED:
    case ORACLE_CALL:
    case ORACLE_TIME:
    case ORACLE_REPLACED:
    case ORACLE_OVER:
    case ORACLE_KIND_COUNT: break;
    }
}

const struct oracle_rule oracle_rule_icmp_error = {
    .id = "O25",
    .name = "icmp-error",
    .rule = "an ICMP error ends a connection only if it is a hard one about what is in flight, and "
            "a report of the path's MTU is followed",
    .reference = "RFC 9293 3.9.2.2, RFC 5927 4.1, RFC 1191, RFC 8201",
    .needs = ORACLE_NEEDS_STATE | ORACLE_NEEDS_PROMPT,
    .wants = 1u << ORACLE_ICMP | 1u << ORACLE_SENT | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_SENT | 1u << ORACLE_REST,
    .state_bytes = sizeof(struct icmp_state),
    .see = see,
};
