/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O15: a segment changes the connection that it belongs to, and no other. RFC 9293 3.3.1: all that
 * is remembered of a connection stands in its TCB.
 *
 * Judged is what happens between the arrival of a single segment and the next rest: no other
 * connection sends, changes its state, or moves RCV.NXT, SND.UNA or SND.NXT. (That the same octets
 * in give the same out is for whoever runs something twice.)
 *
 * Accepted oddities, that connections share: a listener's queues and memory, for which a SYN or the
 * end of a handshake may cost another half-open connection or one in TIME-WAIT its place; a window
 * that follows the free memory; another incarnation of the same connection; a timer that was due
 * at that moment; an ICMP error, whose path MTU holds for all that is sent there (RFC 1191 6.3). A
 * stack that makes its own choices may share more with the same host (RFC 9040), and give up others
 * for a new one.
 */
#include "oracle/rule.h"

#include <inttypes.h>

struct pure_state {
    bool pending;       /* one segment came, and nothing else since the last rest */
    bool established;   /* its connection was synchronized */
    size_t index;
    struct oracle_name name;
};

/* The first that comes since the last rest, where no timer is due. */
static void note_arrival(struct oracle_view *view, struct pure_state *state)
{
    const struct oracle_connection *facts = view->connection;
    const unsigned events = 1u << ORACLE_ARRIVED | 1u << ORACLE_DAMAGED | 1u << ORACLE_ICMP |
                            1u << ORACLE_CALL;
    state->pending = (view->since & events) == 0 && view->deadline_us > view->now_us &&
                     facts->state != ANVIL_STATE_UNKNOWN;
    if (state->pending)
        oracle_await(view);
    state->established = oracle_is_synchronized(facts->state);
    state->index = view->connection_index;
    state->name = facts->name;
}

static bool same_name(const struct oracle_name *a, const struct oracle_name *b)
{
    return a->local_port == b->local_port && a->remote_port == b->remote_port &&
           wire_same_address(&a->remote, &b->remote) && wire_same_address(&a->local, &b->local);
}

/* Whether what this connection does has nothing to do with the segment that came. */
static bool is_bystander(const struct oracle_view *view, const struct pure_state *state)
{
    const struct oracle_connection *facts = view->connection;
    bool settled = oracle_is_synchronized(facts->state) &&
                   facts->state != ANVIL_STATE_TIME_WAIT;
    if (!state->pending || view->connection_index == state->index ||
        same_name(&facts->name, &state->name))
        return false;
    if (view->setting->chooses && (wire_same_address(&facts->name.remote, &state->name.remote) ||
                                   !state->established))
        return false;
    return state->established || settled;
}

static void judge_rest(struct oracle_view *view, const struct pure_state *state,
                       const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    const struct anvil_target_observation *was = &facts->seen, *is = what->seen;
    if (facts->state == ANVIL_STATE_UNKNOWN || !is_bystander(view, state))
        return;
    if (what->state != facts->state)
        oracle_violated(view, "a segment from port %u takes the connection with port %u from %s to "
                        "%s", (unsigned)state->name.remote_port,
                        (unsigned)facts->name.remote_port, oracle_state_name(facts->state),
                        oracle_state_name(what->state));
    else if (facts->seen_any && is != NULL &&
             (was->rcv_nxt != is->rcv_nxt || was->snd_una != is->snd_una ||
              was->snd_nxt != is->snd_nxt))
        oracle_violated(view, "a segment from port %u moves numbers of the connection with port %u",
                        (unsigned)state->name.remote_port, (unsigned)facts->name.remote_port);
}

/* One event after the other: only those that are the arrival of one segment are judged. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct pure_state *state = memory;
    switch (what->kind) {
    case ORACLE_ARRIVED:
    case ORACLE_DAMAGED: note_arrival(view, state); break;
    case ORACLE_SENT:
        if (is_bystander(view, state))
            oracle_violated(view, "a segment from port %u draws one at %" PRIu32
                            " from the connection with port %u",
                            (unsigned)state->name.remote_port,
                            oracle_ours(view->connection, what->segment->seq),
                            (unsigned)view->connection->name.remote_port);
        break;
    case ORACLE_REST: judge_rest(view, state, what); break;
    case ORACLE_ICMP:
    case ORACLE_CALL:
    case ORACLE_TIME: state->pending = false; break;
    case ORACLE_REPLACED:
    case ORACLE_OVER:
    case ORACLE_KIND_COUNT: break;
    }
}

const struct oracle_rule oracle_rule_pure = {
    .id = "O15",
    .name = "pure",
    .rule = "a segment changes its own connection, and no other",
    .reference = "RFC 9293 3.3.1",
    .needs = ORACLE_NEEDS_STATE | ORACLE_NEEDS_PROMPT,
    .wants = 1u << ORACLE_ARRIVED | 1u << ORACLE_DAMAGED | 1u << ORACLE_SENT | 1u << ORACLE_REST |
             1u << ORACLE_ICMP | 1u << ORACLE_CALL | 1u << ORACLE_TIME,
    .waits = 1u << ORACLE_SENT | 1u << ORACLE_REST | 1u << ORACLE_ICMP | 1u << ORACLE_CALL |
             1u << ORACLE_TIME,
    .whole_case = true,
    .state_bytes = sizeof(struct pure_state),
    .see = see,
};
