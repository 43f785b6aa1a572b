/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O1: a connection goes from state to state only as RFC 9293 3.3.2 (figure 5) and 3.10 say.
 *
 * Between two rests lies one event, and what was pending before it: a CLOSE that waits for text to
 * be sent, a FIN that came before text. So a legal step is a path of edges, each of which the
 * event or something pending explains.
 *
 * Accepted oddities: several edges at once (a segment with ACK and FIN; SYN-RECEIVED with a CLOSE
 * pending); CLOSE that enters FIN-WAIT-1 or LAST-ACK before or when its FIN is sent; a connection
 * that is given up in any state when time passes or an ICMP error says so (O18 judges when); a RST
 * of its own that ends it (ABORT, SHLD-3); return to LISTEN seen as the end of the connection; a
 * half-open connection that its listener gives up for the sake of another (RFC 4987 3.4).
 */
#include "oracle/rule.h"

#include <inttypes.h>
#include <stdio.h>

enum event {
    EVENT_SYN = 1,          /* arrived: SYN without ACK */
    EVENT_SYN_ACK = 2,      /* SYN with ACK */
    EVENT_ACK = 4,          /* ACK without SYN */
    EVENT_FIN = 8,          /* anything, and a FIN has come by now */
    EVENT_RST = 16,
    EVENT_TIME = 32,        /* time has passed */
    EVENT_ICMP = 64,
    EVENT_CONNECT = 128,    /* calls */
    EVENT_CLOSE = 256,      /* of writing at least; or one that is pending */
    EVENT_CALL = 512,       /* any */
    EVENT_RESET_SENT = 1024 /* not an event, but why a connection may be gone */
};

struct step_state {
    unsigned events; /* since the last rest, but for what the facts tell */
};

#define BIT(state) (1u << ANVIL_STATE_##state)
/* States in which a connection exists, and those with a peer that has answered. */
#define SYNCHRONIZED (BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2) | BIT(CLOSE_WAIT) |    \
                      BIT(CLOSING) | BIT(LAST_ACK) | BIT(TIME_WAIT))
#define EXISTING (SYNCHRONIZED | BIT(SYN_SENT) | BIT(SYN_RECEIVED))
#define ENDED (BIT(CLOSED) | BIT(LISTEN))

struct edge {
    unsigned from, to;      /* sets of states */
    unsigned events;        /* one of these explains it */
};

static const struct edge edges[] = {
    { ENDED, BIT(SYN_SENT), EVENT_CONNECT },
    { BIT(LISTEN), BIT(SYN_RECEIVED), EVENT_SYN },
    { BIT(SYN_SENT), BIT(SYN_RECEIVED), EVENT_SYN },
    { BIT(SYN_SENT), BIT(ESTABLISHED), EVENT_SYN_ACK },
    { BIT(SYN_SENT), ENDED, EVENT_CLOSE },
    { BIT(SYN_RECEIVED), BIT(ESTABLISHED), EVENT_ACK | EVENT_SYN_ACK },
    { BIT(SYN_RECEIVED), BIT(FIN_WAIT_1), EVENT_CLOSE },
    { BIT(SYN_RECEIVED), BIT(CLOSE_WAIT), EVENT_FIN },
    { BIT(SYN_RECEIVED), ENDED, EVENT_SYN | EVENT_SYN_ACK },
    { BIT(ESTABLISHED), BIT(FIN_WAIT_1), EVENT_CLOSE },
    { BIT(ESTABLISHED), BIT(CLOSE_WAIT), EVENT_FIN },
    { BIT(FIN_WAIT_1), BIT(FIN_WAIT_2), EVENT_ACK },
    { BIT(FIN_WAIT_1), BIT(CLOSING), EVENT_FIN },
    { BIT(FIN_WAIT_2), BIT(TIME_WAIT), EVENT_FIN },
    { BIT(CLOSE_WAIT), BIT(LAST_ACK), EVENT_CLOSE },
    { BIT(CLOSING), BIT(TIME_WAIT), EVENT_ACK },
    { BIT(LAST_ACK), ENDED, EVENT_ACK },
    { EXISTING, ENDED, EVENT_RST | EVENT_TIME | EVENT_ICMP | EVENT_RESET_SENT },
    { BIT(CLOSING) | BIT(LAST_ACK) | BIT(TIME_WAIT), ENDED, EVENT_CALL }, /* ABORT, 3.10.5 */
};

/* All states that can be reached from this one. */
static unsigned reachable(enum anvil_target_state from, unsigned events)
{
    unsigned reached = 1u << from, before = 0;
    while (reached != before) {
        before = reached;
        for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++)
            if ((edges[i].from & reached) != 0 && (edges[i].events & events) != 0)
                reached |= edges[i].to;
    }
    return reached;
}

static unsigned events_of_arrival(const struct oracle_connection *facts,
                                  const struct oracle_segment *segment)
{
    bool ack = oracle_has(segment, WIRE_ACK);
    unsigned events = facts->has_peer_fin || oracle_has(segment, WIRE_FIN) ? EVENT_FIN : 0;
    if (oracle_has(segment, WIRE_RST))
        return EVENT_RST;
    if (oracle_has(segment, WIRE_SYN))
        return events | (ack ? EVENT_SYN_ACK : EVENT_SYN);
    return events | (ack ? EVENT_ACK : 0) |
           (segment->options.has_user_timeout ? EVENT_TIME : 0); /* which may be over by it */
}

static unsigned events_of_call(const struct anvil_target_call *call)
{
    switch (call->kind) {
    case ANVIL_CALL_CONNECT: return EVENT_CONNECT;
    case ANVIL_CALL_CLOSE: return EVENT_CLOSE;
    case ANVIL_CALL_SHUTDOWN: return call->number != 0 ? EVENT_CLOSE : 0;
    case ANVIL_CALL_SEND: return (call->flags & ANVIL_MESSAGE_END) != 0 ? EVENT_CLOSE : 0;
    case ANVIL_CALL_SET_OPTION: return EVENT_TIME; /* a timeout may be over by it */
    case ANVIL_CALL_SOCKET:
    case ANVIL_CALL_BIND:
    case ANVIL_CALL_LISTEN:
    case ANVIL_CALL_ACCEPT:
    case ANVIL_CALL_RECV:
    case ANVIL_CALL_GET_OPTION:
    case ANVIL_CALL_SOCKET_NAME:
    case ANVIL_CALL_PEER_NAME: break;
    }
    return 0;
}

/* Those that need no look at what was shown. */
static unsigned events_of_facts(const struct oracle_connection *facts)
{
    return (oracle_since(facts, 1u << ORACLE_TIME) ? EVENT_TIME : 0u) |
           (oracle_since(facts, 1u << ORACLE_ICMP) ? EVENT_ICMP : 0u) |
           (oracle_since(facts, 1u << ORACLE_CALL) ? EVENT_CALL : 0u) |
           (facts->closed || facts->shut_write ? EVENT_CLOSE : 0u);
}

/* "ACK, FIN", for the sentence. */
static const char *events_text(unsigned events, char *out, size_t size)
{
    static const char *const names[] = { "SYN", "SYN,ACK", "ACK", "FIN", "RST", "time",
                                         "ICMP", "connect", "close", "call", "RST sent" };
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof names[0] && used < size; i++)
        if ((events & 1u << i) != 0)
            used += (size_t)snprintf(out + used, size - used, "%s%s", used == 0 ? "" : ", ",
                                     names[i]);
    return used == 0 ? "nothing" : out;
}

/* Whether the numbers that are told can be those of the state: our FIN is acknowledged in it. */
static void judge_numbers(struct oracle_view *view, const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    bool needs_fin = what->state == ANVIL_STATE_FIN_WAIT_2 || what->state == ANVIL_STATE_TIME_WAIT;
    if (!needs_fin || what->seen == NULL || what->seen->snd_una < 0 || !facts->has_iss)
        return;
    uint32_t una = (uint32_t)what->seen->snd_una;
    if (!facts->has_fin)
        oracle_violated(view, "the state is %s, but no FIN was sent",
                        oracle_state_name(what->state));
    else if (una != facts->fin + 1)
        oracle_violated(view, "the state is %s, but SND.UNA is %" PRIu32 ": the FIN at %" PRIu32
                        " is not acknowledged", oracle_state_name(what->state),
                        oracle_ours(facts, una), oracle_ours(facts, facts->fin));
}

/* The state as it is told, against what led there. */
static void judge(struct oracle_view *view, unsigned events, const struct oracle_observation *what)
{
    char text[96];
    const struct oracle_connection *facts = view->connection;
    if (facts->state == ANVIL_STATE_UNKNOWN || what->state == ANVIL_STATE_UNKNOWN)
        return;
    if (what->state == facts->state) {
        judge_numbers(view, what);
        return;
    }
    events |= events_of_facts(facts);
    unsigned reached = reachable(facts->state, events);
    if (facts->state == ANVIL_STATE_SYN_RECEIVED && !facts->active && events == 0)
        reached |= ENDED; /* by its listener's choice: RFC 4987 3.4 */
    if ((reached & ENDED) != 0)
        reached |= ENDED; /* which of the two depends on a listener, not on this connection */
    if ((reached & 1u << what->state) == 0)
        oracle_violated(view, "the state goes from %s to %s by %s", oracle_state_name(facts->state),
                        oracle_state_name(what->state), events_text(events, text, sizeof text));
    else
        judge_numbers(view, what);
}

static void note(struct oracle_view *view, struct step_state *state, unsigned events)
{
    state->events |= events;
    if (events != 0)
        oracle_await(view);
}

/* Gathers events up to the next rest. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct step_state *state = memory;
    switch (what->kind) {
    case ORACLE_SENT:
        note(view, state, oracle_has(what->segment, WIRE_RST) ? EVENT_RESET_SENT : 0);
        break;
    case ORACLE_ARRIVED:
        note(view, state, events_of_arrival(view->connection, what->segment));
        break;
    case ORACLE_CALL: note(view, state, events_of_call(what->call)); break;
    case ORACLE_REST:
        judge(view, state->events, what);
        state->events = 0;
        break;
    case ORACLE_DAMAGED:
    case ORACLE_ICMP:
    case ORACLE_TIME:
    case ORACLE_REPLACED:
    case ORACLE_OVER:
    case ORACLE_KIND_COUNT: break;
    }
}

const struct oracle_rule oracle_rule_step_legal = {
    .id = "O1",
    .name = "step-legal",
    .rule = "a connection goes from state to state only by the events that the state diagram has",
    .reference = "RFC 9293 3.3.2, 3.10",
    .needs = ORACLE_NEEDS_STATE,
    .wants = 1u << ORACLE_SENT | 1u << ORACLE_ARRIVED | 1u << ORACLE_CALL | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_REST,
    .moves = ORACLE_MOVE_STATE | ORACLE_MOVE_SND_UNA,
    .calls = 1u << ANVIL_CALL_CONNECT | 1u << ANVIL_CALL_CLOSE | 1u << ANVIL_CALL_SHUTDOWN |
             1u << ANVIL_CALL_SEND | 1u << ANVIL_CALL_SET_OPTION,
    .state_bytes = sizeof(struct step_state),
    .see = see,
};
