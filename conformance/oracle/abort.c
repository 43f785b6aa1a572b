/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O27: which call of the user ends a connection with a RST, and which does not. RFC 9293 3.10.5
 * (ABORT), 3.10.4 (CLOSE), 3.6.1 (SHLD-3).
 *
 * ABORT, which is close() with SO_LINGER of no time, deletes the connection. In SYN-RECEIVED,
 * ESTABLISHED, FIN-WAIT-1, FIN-WAIT-2 and CLOSE-WAIT it sends a RST, in SYN-SENT, CLOSING, LAST-ACK
 * and TIME-WAIT it does not; a FIN it never sends. A close() with text that nobody has read does
 * the same where the policy says so; any other, and shutdown() of writing, send no RST. Text that
 * comes when the user has closed draws one where the policy says so.
 *
 * Accepted oddities: a user that has shut down reading, for whom nothing is unread; a descriptor
 * whose connection nobody accepted, or was taken away and came back to TIME-WAIT (MAY-2); text that
 * might be refused for another reason; policies that are not told. A stack that chooses is not
 * judged.
 */
#include "oracle/rule.h"

#include <inttypes.h>

enum demand { DEMAND_NOTHING, DEMAND_RESET, DEMAND_END, DEMAND_NO_RESET };

struct abort_state {
    enum demand demand; /* what must have come of it when the endpoint is at rest */
    const char *what;   /* the call or the segment, for the sentence */
    bool has_reset, has_fin;
};

static void ask(struct oracle_view *view, struct abort_state *state, enum demand demand,
                const char *what)
{
    state->demand = demand;
    state->what = what;
    state->has_reset = state->has_fin = false;
    oracle_await(view);
}

/* ABORT, by state. RFC 9293 3.10.5. */
static enum demand demand_of_abort(enum anvil_target_state state)
{
    switch (state) {
    case ANVIL_STATE_SYN_RECEIVED:
    case ANVIL_STATE_ESTABLISHED:
    case ANVIL_STATE_FIN_WAIT_1:
    case ANVIL_STATE_FIN_WAIT_2:
    case ANVIL_STATE_CLOSE_WAIT: return DEMAND_RESET;
    case ANVIL_STATE_SYN_SENT:
    case ANVIL_STATE_CLOSING:
    case ANVIL_STATE_LAST_ACK:
    case ANVIL_STATE_TIME_WAIT: return DEMAND_END;
    case ANVIL_STATE_CLOSED:
    case ANVIL_STATE_LISTEN:
    case ANVIL_STATE_UNKNOWN: break;
    }
    return DEMAND_NOTHING;
}

/* close(), with what the user has set and left unread. */
static void note_close(struct oracle_view *view, struct abort_state *state)
{
    const struct oracle_connection *facts = view->connection;
    int64_t unread = facts->seen.unread_bytes;
    int64_t told = oracle_policy(view, ORACLE_POLICY_reset_on_unread);
    bool open = facts->state == ANVIL_STATE_ESTABLISHED ||
                facts->state == ANVIL_STATE_FIN_WAIT_1 ||
                facts->state == ANVIL_STATE_FIN_WAIT_2 || facts->state == ANVIL_STATE_CLOSE_WAIT;
    if (facts->option[ANVIL_OPTION_LINGER] == 0)
        ask(view, state, demand_of_abort(facts->state), "close() without lingering");
    else if (unread > 0 && told == 1 && open && !facts->shut_read)
        ask(view, state, DEMAND_RESET, "close() with unread text");
    else if (unread == 0 || told == 0)
        ask(view, state, DEMAND_NO_RESET, "close() with nothing unread");
}

static void note_call(struct oracle_view *view, struct abort_state *state,
                      const struct anvil_target_call *call)
{
    const struct oracle_connection *facts = view->connection;
    if (!facts->seen_any || facts->closed || !facts->has_socket || facts->since != 0 ||
        facts->came_back || call->result < 0)
        return;
    if (call->kind == ANVIL_CALL_CLOSE)
        note_close(view, state);
    else if (call->kind == ANVIL_CALL_SHUTDOWN && call->number == 1)
        ask(view, state, DEMAND_NO_RESET, "shutdown() of writing");
}

/* Text for a user who has gone. */
static void note_arrival(struct oracle_view *view, struct abort_state *state,
                         const struct oracle_segment *segment)
{
    const struct oracle_connection *facts = view->connection;
    state->demand = DEMAND_NOTHING;
    if (facts->closed && facts->has_socket && segment->length > 0 && facts->since == 0 &&
        (facts->state == ANVIL_STATE_FIN_WAIT_1 || facts->state == ANVIL_STATE_FIN_WAIT_2) &&
        oracle_policy(view, ORACLE_POLICY_reset_on_late_data) == 1 &&
        (!facts->has_iss || (uint32_t)facts->seen.snd_una != facts->iss) && /* our SYN was taken */
        oracle_is_in_order(facts, segment))
        ask(view, state, DEMAND_RESET, "text after close()");
}

/* What came of it. */
static void judge(struct oracle_view *view, const struct abort_state *state, bool gone)
{
    const char *from = oracle_state_name(view->connection->state);
    switch (state->demand) {
    case DEMAND_NOTHING: break;
    case DEMAND_RESET:
        if (!state->has_reset || state->has_fin || !gone)
            oracle_violated(view, "%s in %s %s", state->what, from,
                            state->has_fin       ? "sends a FIN"
                            : !state->has_reset ? "sends no RST"
                                                 : "does not end the connection");
        break;
    case DEMAND_END:
        if (state->has_reset || state->has_fin || !gone)
            oracle_violated(view, "%s in %s %s", state->what, from,
                            state->has_reset ? "sends a RST"
                            : state->has_fin ? "sends a FIN"
                                             : "does not end the connection");
        break;
    case DEMAND_NO_RESET:
        if (state->has_reset)
            oracle_violated(view, "%s in %s sends a RST", state->what, from);
        break;
    }
}

/* Each call and each late text, and what comes of it. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct abort_state *state = memory;
    if (view->setting->chooses)
        return;
    switch (what->kind) {
    case ORACLE_CALL: note_call(view, state, what->call); break;
    case ORACLE_ARRIVED: note_arrival(view, state, what->segment); break;
    case ORACLE_SENT:
        state->has_reset = state->has_reset || oracle_has(what->segment, WIRE_RST);
        state->has_fin = state->has_fin || oracle_has(what->segment, WIRE_FIN);
        break;
    case ORACLE_REST:
        judge(view, state, what->state == ANVIL_STATE_CLOSED ||
                               what->state == ANVIL_STATE_LISTEN);
        state->demand = DEMAND_NOTHING;
        break;
    case ORACLE_DAMAGED:
    case ORACLE_ICMP:
    case ORACLE_TIME:
    case ORACLE_REPLACED:
    case ORACLE_OVER:
    case ORACLE_KIND_COUNT: break;
    }
}

const struct oracle_rule oracle_rule_abort = {
    .id = "O27",
    .name = "abort",
    .rule = "ABORT sends a RST where the peer has a connection, text that nobody reads draws one, "
            "and no other call of the user does",
    .reference = "RFC 9293 3.6.1, 3.10.4, 3.10.5",
    .needs = ORACLE_NEEDS_STATE | ORACLE_NEEDS_PROMPT,
    .wants = 1u << ORACLE_CALL | 1u << ORACLE_ARRIVED | 1u << ORACLE_SENT | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_SENT | 1u << ORACLE_REST,
    .calls = 1u << ANVIL_CALL_CLOSE | 1u << ANVIL_CALL_SHUTDOWN,
    .state_bytes = sizeof(struct abort_state),
    .see = see,
};
