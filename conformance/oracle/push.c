/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O28: the segment that empties the buffer has PSH. RFC 9293 3.9.1.2: without a PUSH of the
 * user's the last buffered segment has it, when there is no more queued data to be sent (MUST-61).
 *
 * Accepted oddities: a segment with a FIN or a SYN, which say it themselves; what is sent again; a
 * stack that chooses, which may have PUSH in its interface (MAY-15). Nothing is judged once the
 * user says that more will come (MSG_MORE, TCP_CORK).
 */
#include "oracle/rule.h"

#include <inttypes.h>

struct push_state {
    bool pending;    /* new text went out since the last rest; */
    bool has_push;   /* the last of it with PSH or FIN */
    uint32_t seq;
};

static void note_sent(struct oracle_view *view, struct push_state *state,
                      const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    if (sent->length == 0 || !facts->has_iss || sent->seq != facts->snd_max ||
        facts->option[ANVIL_OPTION_CORK] != ORACLE_UNKNOWN)
        return;
    state->pending = true;
    state->seq = sent->seq;
    state->has_push = (sent->flags & (WIRE_PSH | WIRE_FIN | WIRE_SYN)) != 0;
    oracle_await(view);
}

/* Whether the user says that there is more than is queued. */
static bool is_of_more(const struct anvil_target_call *call)
{
    return (call->kind == ANVIL_CALL_SEND && (call->flags & ANVIL_MESSAGE_MORE) != 0) ||
           (call->kind == ANVIL_CALL_SET_OPTION && call->option == ANVIL_OPTION_CORK);
}

/* The last new text of an event, and what waits behind it. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct push_state *state = memory;
    if (view->setting->chooses)
        return;
    if (what->kind == ORACLE_SENT)
        note_sent(view, state, what->segment);
    else if (what->kind == ORACLE_CALL && is_of_more(what->call))
        oracle_cannot_tell(view);
    if (what->kind != ORACLE_REST)
        return;
    if (state->pending && !state->has_push && what->seen != NULL && what->seen->unsent_bytes == 0)
        oracle_violated(view, "nothing is queued behind the text at %" PRIu32
                        ", and it has no PSH", oracle_ours(view->connection, state->seq));
    state->pending = false;
}

const struct oracle_rule oracle_rule_push = {
    .id = "O28",
    .name = "push",
    .rule = "the segment behind which nothing is queued has PSH",
    .reference = "RFC 9293 3.9.1.2",
    .needs = ORACLE_NEEDS_STATE,
    .wants = 1u << ORACLE_SENT | 1u << ORACLE_CALL | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_REST,
    .calls = 1u << ANVIL_CALL_SEND | 1u << ANVIL_CALL_SET_OPTION,
    .state_bytes = sizeof(struct push_state),
    .see = see,
};
