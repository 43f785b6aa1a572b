/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O8: what a segment draws where there is no connection yet. RFC 9293 3.10.7.1 to 3.10.7.3, row by
 * row:
 *
 *     CLOSED    RST            nothing
 *               else           a RST, and with it an ACK if the segment has none
 *     LISTEN    RST            nothing
 *               ACK            a RST
 *               SYN            a SYN,ACK that acknowledges the SYN; SYN-RECEIVED
 *               else           nothing
 *     SYN-SENT  bad ACK        a RST, but nothing if it is a RST itself
 *               RST, good ACK  nothing; the connection is gone
 *               RST            nothing
 *               SYN, good ACK  an ACK of it; ESTABLISHED or beyond
 *               SYN            a SYN,ACK with the number of the first SYN; SYN-RECEIVED
 *               else           nothing
 *
 * What draws nothing, or a RST, changes nothing either. O7 judges the numbers of a RST. What is
 * addressed to somebody else draws nothing at all: MUST-57, RFC 1122 3.2.1.3.
 *
 * Accepted oddities: a closed port that keeps silent by policy (closed_port_silent), or where none
 * is told; a listener that drops a SYN when others wait there already, as its backlog or its memory
 * may be full, or refuses it with a RST if it makes its own choices; text or FIN in a SYN that is
 * acknowledged with it, and one that a user who has shut down reading answers with a RST (SHLD-3);
 * text that goes with the ACK of a SYN,ACK; a SYN that is sent again. What is doubtful may be
 * dropped. A stack that makes its own choices need not answer a listener's ACK, a SYN with FIN or
 * with text, and may delay the ACK of a SYN,ACK.
 */
#include "oracle/rule.h"

#include <inttypes.h>

/* What a segment may draw; bits. */
enum answer {
    NOTHING = 1,
    RESET = 2,
    RESET_ACK = 4,
    SYN_ACK = 8,
    ACK = 16,
    SYN = 32
};

struct pre_state {
    bool pending;                /* one segment came in such a state; its answer is awaited */
    enum anvil_target_state before;
    uint16_t flags;
    uint32_t seq, ack, span;
    bool doubtful, foreign, good_ack;
    bool must_take;              /* a listener has room for its SYN */
    unsigned drawn;              /* enum answer, of all that was sent */
    uint32_t resets, syn_acks;
    uint32_t answer_seq, answer_ack; /* of the SYN,ACK, or of the first ACK */
};

static bool has(const struct pre_state *state, unsigned flags)
{
    return (state->flags & flags) == flags;
}

static bool is_before_connection(enum anvil_target_state state)
{
    return state == ANVIL_STATE_CLOSED || state == ANVIL_STATE_LISTEN ||
           state == ANVIL_STATE_SYN_SENT;
}

/* Whether the listener surely has room for one more: RFC 4987 3.2. */
static bool has_room(const struct oracle_view *view)
{
    const struct oracle_connection *facts = view->connection;
    int64_t half_open = oracle_policy(view, ORACLE_POLICY_half_open_max);
    return facts->backlog > (int64_t)facts->waiting && half_open > (int64_t)facts->waiting;
}

/* The first segment in such a state is judged; another one before the rest leaves both alone. */
static void note_arrival(struct oracle_view *view, struct pre_state *state,
                         const struct oracle_segment *segment)
{
    const struct oracle_connection *facts = view->connection;
    bool first = !state->pending;
    state->pending = false;
    if (!first || !is_before_connection(facts->state) ||
        (facts->state == ANVIL_STATE_SYN_SENT && !facts->has_iss)) /* its SYN was not seen */
        return;
    oracle_await(view);
    *state = (struct pre_state){
        .pending = true,
        .before = facts->state, .flags = segment->flags, .seq = segment->seq,
        .ack = segment->ack, .span = segment->span, .doubtful = segment->doubtful,
        .foreign = segment->foreign,
    };
    state->good_ack = facts->has_iss && oracle_has(segment, WIRE_ACK) &&
                      oracle_before(facts->iss, segment->ack) &&
                      oracle_up_to(segment->ack, facts->snd_max);
    state->must_take = !view->setting->chooses && has_room(view);
}

static enum answer kind_of(const struct oracle_segment *sent)
{
    if (oracle_has(sent, WIRE_RST))
        return oracle_has(sent, WIRE_ACK) ? RESET_ACK : RESET;
    if (oracle_has(sent, WIRE_SYN))
        return oracle_has(sent, WIRE_ACK) ? SYN_ACK : SYN;
    return ACK;
}

static void note_answer(struct pre_state *state, const struct oracle_segment *sent)
{
    enum answer kind = kind_of(sent);
    if (kind == SYN_ACK || (kind == ACK && (state->drawn & (ACK | SYN_ACK)) == 0)) {
        state->answer_seq = sent->seq;
        state->answer_ack = sent->ack;
    }
    state->drawn |= kind;
    state->resets += kind == RESET || kind == RESET_ACK;
    state->syn_acks += kind == SYN_ACK;
}

static unsigned or_nothing(bool condition)
{
    return condition ? NOTHING : 0;
}

/* A RST for a segment: with an ACK exactly if that has none, which a RST may have all the same. */
static unsigned a_reset(const struct pre_state *state)
{
    return has(state, WIRE_ACK) ? RESET | RESET_ACK : RESET_ACK;
}

static unsigned due_in_closed(const struct oracle_view *view, const struct pre_state *state)
{
    if (has(state, WIRE_RST))
        return NOTHING;
    return a_reset(state) |
           or_nothing(oracle_policy(view, ORACLE_POLICY_closed_port_silent) != 0);
}

static unsigned due_in_listen(const struct oracle_view *view, const struct pre_state *state)
{
    bool chooses = view->setting->chooses;
    if (has(state, WIRE_RST))
        return NOTHING;
    if (has(state, WIRE_ACK))
        return a_reset(state) | or_nothing(chooses);
    if (has(state, WIRE_SYN))
        return SYN_ACK | (chooses ? RESET_ACK : 0u) | or_nothing(!state->must_take);
    return NOTHING;
}

static unsigned due_in_syn_sent(const struct oracle_view *view, const struct pre_state *state)
{
    bool chooses = view->setting->chooses;
    bool more = state->span > 1; /* text or FIN beside the SYN */
    if (has(state, WIRE_RST))
        return NOTHING;
    if (has(state, WIRE_ACK) && !state->good_ack)
        return a_reset(state) | (chooses ? SYN : 0u);
    if (!has(state, WIRE_SYN))
        return NOTHING | (chooses ? SYN : 0u);
    if (!has(state, WIRE_ACK))
        return SYN_ACK | or_nothing(chooses && more);
    return ACK | or_nothing(chooses) |
           (more && view->connection->shut_read ? RESET | RESET_ACK : 0u);
}

/* What the segment may draw. */
static unsigned due(const struct oracle_view *view, const struct pre_state *state)
{
    switch (state->before) {
    case ANVIL_STATE_CLOSED: return due_in_closed(view, state);
    case ANVIL_STATE_LISTEN: return due_in_listen(view, state);
    case ANVIL_STATE_SYN_SENT: return due_in_syn_sent(view, state);
    case ANVIL_STATE_SYN_RECEIVED:
    case ANVIL_STATE_ESTABLISHED:
    case ANVIL_STATE_FIN_WAIT_1:
    case ANVIL_STATE_FIN_WAIT_2:
    case ANVIL_STATE_CLOSE_WAIT:
    case ANVIL_STATE_CLOSING:
    case ANVIL_STATE_LAST_ACK:
    case ANVIL_STATE_TIME_WAIT:
    case ANVIL_STATE_UNKNOWN: break;
    }
    return 0;
}

static const char *answer_name(unsigned drawn)
{
    if ((drawn & SYN_ACK) != 0)
        return "a SYN,ACK";
    if ((drawn & (RESET | RESET_ACK)) != 0)
        return (drawn & RESET) != 0 ? "a RST" : "a RST,ACK";
    if ((drawn & ACK) != 0)
        return "an ACK";
    return drawn == SYN ? "a SYN" : "nothing";
}

/* "a segment with SYN,FIN draws an ACK in LISTEN, not a SYN,ACK" */
static void tell(struct oracle_view *view, const struct pre_state *state, unsigned drawn,
                 unsigned wanted)
{
    char flags[48];
    oracle_violated(view, "a segment with %s%s draws %s in %s, not %s",
                    oracle_flags_text(state->flags, flags, sizeof flags),
                    state->before == ANVIL_STATE_SYN_SENT && has(state, WIRE_ACK)
                        ? state->good_ack ? " (acceptable)" : " (unacceptable)" : "",
                    answer_name(drawn), oracle_state_name(state->before), answer_name(wanted));
}

static void judge_kind(struct oracle_view *view, const struct pre_state *state)
{
    unsigned wanted = state->foreign ? NOTHING : due(view, state);
    unsigned drawn = state->drawn == 0 ? NOTHING : state->drawn;
    if (state->doubtful)
        wanted |= NOTHING;
    if ((drawn & ~wanted) != 0)
        tell(view, state, drawn & ~wanted, wanted);
    else if (state->resets > 1 || state->syn_acks > 1)
        oracle_violated(view, "a segment draws %" PRIu32 " RST and %" PRIu32 " SYN,ACK in %s",
                        state->resets, state->syn_acks, oracle_state_name(state->before));
}

/* A SYN is acknowledged, and of what came with it no more than there is. */
static void judge_numbers(struct oracle_view *view, const struct pre_state *state)
{
    const struct oracle_connection *facts = view->connection;
    uint32_t covered = state->answer_ack - state->seq;
    bool established = state->before == ANVIL_STATE_SYN_SENT && has(state, WIRE_ACK);
    uint32_t most = established || view->setting->chooses ? state->span : 1;
    if ((state->drawn & (SYN_ACK | ACK)) == 0 || (state->drawn & (RESET | RESET_ACK)) != 0)
        return;
    if (covered == 0 || covered > most)
        oracle_violated(view, "a SYN at %" PRIu32 " is answered in %s by an ACK of %" PRIu32,
                        state->seq, oracle_state_name(state->before), state->answer_ack);
    else if (state->before == ANVIL_STATE_SYN_SENT && (state->drawn & SYN_ACK) != 0 &&
             state->answer_seq != facts->iss)
        oracle_violated(view, "the SYN,ACK for a SYN that crossed has number %" PRIu32
                        ", the first SYN had %" PRIu32, state->answer_seq, facts->iss);
}

/* Whether the connection may be in this state behind the segment. */
static bool is_fit(const struct oracle_view *view, const struct pre_state *state,
                   enum anvil_target_state now)
{
    bool gone = now == ANVIL_STATE_CLOSED || now == ANVIL_STATE_LISTEN;
    bool open = has(state, WIRE_SYN) && !has(state, WIRE_RST) &&
                (!has(state, WIRE_ACK) || state->good_ack);
    if (now == state->before)
        return (!(open && (state->drawn & (SYN_ACK | ACK)) != 0) &&
                !(has(state, WIRE_RST) && state->good_ack && !state->doubtful)) ||
               state->before == ANVIL_STATE_CLOSED;
    if (state->before != ANVIL_STATE_SYN_SENT)
        return gone || (state->before == ANVIL_STATE_LISTEN && open && !has(state, WIRE_ACK));
    if (has(state, WIRE_RST))
        return gone && state->good_ack;
    if (!open)
        return false;
    if (!has(state, WIRE_ACK))
        return now == ANVIL_STATE_SYN_RECEIVED;
    return oracle_is_synchronized(now) || (gone && view->connection->shut_read);
}

static void judge(struct oracle_view *view, const struct pre_state *state,
                  enum anvil_target_state now)
{
    char flags[48];
    judge_kind(view, state);
    judge_numbers(view, state);
    if (now != ANVIL_STATE_UNKNOWN && !is_fit(view, state, now))
        oracle_violated(view, "a segment with %s%s leads from %s to %s",
                        oracle_flags_text(state->flags, flags, sizeof flags),
                        state->before == ANVIL_STATE_SYN_SENT && has(state, WIRE_ACK)
                            ? state->good_ack ? " (acceptable)" : " (unacceptable)" : "",
                        oracle_state_name(state->before), oracle_state_name(now));
}

/* Collects what answers a segment, and judges when the endpoint is at rest. */
static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct pre_state *state = memory;
    switch (what->kind) {
    case ORACLE_ARRIVED: note_arrival(view, state, what->segment); break;
    case ORACLE_SENT: note_answer(state, what->segment); break;
    case ORACLE_REST:
        if (state->pending)
            judge(view, state, what->state);
        state->pending = false;
        break;
    case ORACLE_CALL:
    case ORACLE_TIME: state->pending = false; break;
    case ORACLE_DAMAGED:
    case ORACLE_ICMP:
    case ORACLE_REPLACED:
    case ORACLE_OVER:
    case ORACLE_KIND_COUNT: break;
    }
}

const struct oracle_rule oracle_rule_pre_connection = {
    .id = "O8",
    .name = "pre-connection",
    .rule = "in CLOSED, LISTEN and SYN-SENT a segment draws what its flags say, and nothing else",
    .reference = "RFC 9293 3.10.7.1, 3.10.7.2, 3.10.7.3",
    .needs = ORACLE_NEEDS_STATE | ORACLE_NEEDS_PROMPT,
    .wants = 1u << ORACLE_ARRIVED | 1u << ORACLE_SENT | 1u << ORACLE_REST | 1u << ORACLE_CALL |
             1u << ORACLE_TIME,
    .waits = 1u << ORACLE_SENT | 1u << ORACLE_REST | 1u << ORACLE_CALL | 1u << ORACLE_TIME,
    .state_bytes = sizeof(struct pre_state),
    .see = see,
};
