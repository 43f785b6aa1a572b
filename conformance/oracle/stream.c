/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * O12: what the user is given is what the peer sent, in order, without gap or repetition; the end
 * of the stream is told exactly when the peer's FIN and all before it have been given; and a reset
 * is told as an error, never as the end. What is sent, each time, is what the user gave. RFC 9293
 * 3.1 (reliable, in order), 3.6 (MUST-12), 3.9.1.2, 3.9.1.3.
 *
 * Octets are compared at sample offsets, one in a small prime number.
 *
 * Accepted oddities: different octets that arrived for the same offset (either may be delivered);
 * after an error was told, or once the user has shut down reading, anything; streams with urgent
 * data, whose last octet may be out of line; MSG_PEEK, which takes nothing; a stack that tells no
 * numbers is only held to what has arrived at all. What a stack that makes no choices tells to be
 * unread is what has come in order, less what the user has taken; a TIME-WAIT that came back has
 * lost it (MAY-2). An octet that is sent alone, as that of a keep-alive is, may be anything; so may
 * the text of a RST (RFC 9293 3.5.3). Of what waits to be sent the first samples are kept.
 */
#include "oracle/rule.h"

#include <errno.h>
#include <inttypes.h>

enum { SAMPLE_EVERY = 61, SAMPLES = 64 };

struct sample {
    uint32_t number; /* offset / SAMPLE_EVERY, plus 1: 0 is none */
    uint8_t octet;
    bool unclear;
};

struct stream_state {
    uint64_t given;            /* octets that the user has taken */
    bool told_error;           /* anything may follow */
    bool has_end;              /* the peer's FIN was taken, */
    uint32_t end;              /* behind so many octets */
    bool unjudged, told_end;   /* what calls have given since the last rest */
    struct sample samples[SAMPLES];     /* of what the peer sent */
    uint64_t taken;                     /* octets that the user has given */
    struct sample own_samples[SAMPLES]; /* of them, and of what is sent, whichever came first */
};

/* Of samples that share a place the furthest is kept: of one that was forgotten, what comes later
 * for the same offset may be another text. False: this one was another octet before. */
static bool keep_sample(struct sample *samples, uint32_t offset, uint8_t octet)
{
    uint32_t number = offset / SAMPLE_EVERY;
    struct sample *sample = &samples[number % SAMPLES];
    if (sample->number > number + 1)
        return true;
    if (sample->number != number + 1)
        *sample = (struct sample){ number + 1, octet, false };
    return sample->octet == octet;
}

static void note_sample(struct stream_state *state, uint32_t offset, uint8_t octet)
{
    if (!keep_sample(state->samples, offset, octet))
        state->samples[offset / SAMPLE_EVERY % SAMPLES].unclear = true;
}

/* Whether the place of this offset has a sample of what is not acknowledged yet, which goes out
 * later, or may go again. */
static bool is_taken(const struct oracle_connection *facts, const struct sample *samples,
                     uint32_t offset)
{
    const struct sample *sample = &samples[offset / SAMPLE_EVERY % SAMPLES];
    if (sample->number == 0 || sample->number == offset / SAMPLE_EVERY + 1)
        return false;
    if (!facts->seen_any || facts->seen.snd_una < 0 || (uint32_t)facts->seen.snd_una == facts->iss)
        return true;
    return (sample->number - 1) * SAMPLE_EVERY >= (uint32_t)facts->seen.snd_una - facts->iss - 1;
}

/* Text of our own stream, from this offset on: what the user gives, or what is sent of it. */
static void judge_own(struct oracle_view *view, struct stream_state *state, uint32_t from,
                      const uint8_t *octets, uint32_t count)
{
    uint32_t at = (SAMPLE_EVERY - from % SAMPLE_EVERY) % SAMPLE_EVERY;
    if (state->taken >= UINT32_C(0x80000000))
        return; /* further on offsets would be those of another text */
    for (; at < count; at += SAMPLE_EVERY) {
        if (is_taken(view->connection, state->own_samples, from + at) ||
            keep_sample(state->own_samples, from + at, octets[at]))
            continue;
        oracle_violated(view, "octet %" PRIu32 " of what the user gives is not sent as it is",
                        from + at);
        return;
    }
}

static void note_sent(struct oracle_view *view, struct stream_state *state,
                      const struct oracle_segment *sent)
{
    const struct oracle_connection *facts = view->connection;
    uint32_t from = sent->seq + oracle_has(sent, WIRE_SYN) - facts->iss - 1;
    if (sent->length > 1 && sent->text != NULL && facts->has_iss &&
        !oracle_has(sent, WIRE_RST) && from < UINT32_C(0x80000000))
        judge_own(view, state, from, sent->text, sent->length);
}

/* Text that arrived, wherever it stands: what is not in the window will be sent again. That of a
 * SYN begins the stream, also of one that nobody has answered yet. */
static void note_text(struct oracle_view *view, struct stream_state *state,
                      const struct oracle_segment *segment)
{
    const struct oracle_connection *facts = view->connection;
    if (oracle_has(segment, WIRE_URG))
        oracle_cannot_tell(view);
    bool syn = oracle_has(segment, WIRE_SYN);
    if (segment->length == 0 || segment->text == NULL || (!facts->has_irs && !syn))
        return;
    uint32_t irs = facts->has_irs ? facts->irs : segment->seq;
    uint32_t first = segment->seq + (syn ? 1 : 0) - irs - 1;
    uint32_t at = first >= UINT32_C(0x80000000) ? 0u - first : 0; /* text before the stream */
    at += (SAMPLE_EVERY - (first + at) % SAMPLE_EVERY) % SAMPLE_EVERY;
    for (; at < segment->length; at += SAMPLE_EVERY)
        note_sample(state, first + at, segment->text[at]);
}

static void compare(struct oracle_view *view, const struct stream_state *state,
                    const uint8_t *octets, uint64_t count)
{
    uint64_t skip = (SAMPLE_EVERY - state->given % SAMPLE_EVERY) % SAMPLE_EVERY;
    for (uint64_t at = skip; at < count; at += SAMPLE_EVERY) {
        uint32_t number = (uint32_t)((state->given + at) / SAMPLE_EVERY);
        const struct sample *sample = &state->samples[number % SAMPLES];
        if (sample->number != number + 1 || sample->unclear || sample->octet == octets[at])
            continue;
        oracle_violated(view, "the user is given 0x%02x as octet %" PRIu64 ", the peer sent 0x%02x",
                        octets[at], state->given + at, sample->octet);
        return;
    }
}

/* Notes where the peer's FIN was taken. */
static void note_end(const struct oracle_connection *facts, struct stream_state *state,
                     const struct oracle_observation *what)
{
    bool taken = what->state == ANVIL_STATE_CLOSE_WAIT || what->state == ANVIL_STATE_CLOSING ||
                 what->state == ANVIL_STATE_LAST_ACK || what->state == ANVIL_STATE_TIME_WAIT;
    if (!taken || state->has_end || what->seen == NULL || what->seen->rcv_nxt < 0)
        return;
    state->has_end = true;
    state->end = (uint32_t)what->seen->rcv_nxt - 1 - facts->irs - 1;
}

/* No more octets than have come in order: all before RCV.NXT, a FIN not counted. */
static void judge_count(struct oracle_view *view, const struct stream_state *state,
                        const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    bool told = what->seen != NULL && what->seen->rcv_nxt >= 0;
    uint32_t next = told ? (uint32_t)what->seen->rcv_nxt : facts->peer_max;
    uint32_t most = state->has_end ? state->end : next - facts->irs - 1;
    if (state->given > most)
        oracle_violated(view, "the user is given octets up to %" PRIu64 ", only %" PRIu32
                        " have come in order", state->given, most);
}

/* What is left is all that was not taken: a look takes nothing, and nothing gets lost. */
static void judge_left(struct oracle_view *view, const struct stream_state *state,
                       const struct oracle_observation *what)
{
    const struct oracle_connection *facts = view->connection;
    if (what->seen == NULL || what->seen->rcv_nxt < 0 || what->seen->unread_bytes < 0 ||
        view->setting->chooses || state->told_error || facts->shut_read || facts->closed ||
        facts->came_back)
        return;
    uint32_t come = state->has_end ? state->end
                                   : (uint32_t)what->seen->rcv_nxt - facts->irs - 1;
    if ((uint64_t)what->seen->unread_bytes + state->given != come)
        oracle_violated(view, "%" PRIu32 " octets have come in order, the user has taken %" PRIu64
                        ", and %" PRId64 " are left", come, state->given,
                        what->seen->unread_bytes);
}

/* The end of the stream was told. */
static void judge_end(struct oracle_view *view, const struct stream_state *state)
{
    const struct oracle_connection *facts = view->connection;
    bool came = view->setting->observes ? state->has_end : facts->has_peer_fin;
    if (!came)
        oracle_violated(view, "the user is told of the end of the stream, but %s",
                        facts->reset_arrived ? "a RST came, and no FIN" : "no FIN was taken");
    else if (state->has_end && state->given != state->end)
        oracle_violated(view, "the user is told of the end of the stream at octet %" PRIu64
                        ", the FIN stands at %" PRIu32, state->given, state->end);
}

/* A call may come between an arrival and the rest that tells what became of it. */
static void judge_rest(struct oracle_view *view, struct stream_state *state,
                       const struct oracle_observation *what)
{
    if (!view->connection->has_irs) {
        oracle_await(view);
        return;
    }
    note_end(view->connection, state, what);
    if (state->unjudged)
        judge_count(view, state, what);
    if (state->unjudged)
        judge_left(view, state, what);
    if (state->told_end)
        judge_end(view, state);
    state->unjudged = state->told_end = false;
}

/* What a call has told; errors come from receiving and from SO_ERROR. */
static void note_call(struct oracle_view *view, struct stream_state *state,
                      const struct anvil_target_call *call)
{
    const struct oracle_connection *facts = view->connection;
    bool error = call->kind == ANVIL_CALL_GET_OPTION && call->option == ANVIL_OPTION_ERROR &&
                 call->number != 0;
    if (call->result < 0 && call->error != EAGAIN && call->error != EINPROGRESS)
        error = true;
    state->told_error = state->told_error || error;
    if (call->kind == ANVIL_CALL_SEND && call->result > 0) {
        if (call->data != NULL)
            judge_own(view, state, (uint32_t)state->taken, call->data, (uint32_t)call->result);
        state->taken += (uint64_t)call->result;
    }
    if (call->kind != ANVIL_CALL_RECV || call->result < 0 || state->told_error ||
        facts->shut_read || (call->flags & ANVIL_MESSAGE_OUT_OF_BAND) != 0)
        return;
    bool gone = facts->state == ANVIL_STATE_CLOSED || facts->state == ANVIL_STATE_LISTEN;
    oracle_await(view);
    state->told_end = call->result == 0 && call->length > 0;
    if (state->told_end && gone)
        judge_end(view, state); /* there will be no rest */
    if (call->result == 0)
        return;
    if (call->buffer != NULL)
        compare(view, state, call->buffer, (uint64_t)call->result);
    state->unjudged = true;
    if ((call->flags & ANVIL_MESSAGE_PEEK) == 0)
        state->given += (uint64_t)call->result;
}

static void see(struct oracle_view *view, void *memory, const struct oracle_observation *what)
{
    struct stream_state *state = memory;
    if (what->kind == ORACLE_ARRIVED)
        note_text(view, state, what->segment);
    else if (what->kind == ORACLE_SENT)
        note_sent(view, state, what->segment);
    else if (what->kind == ORACLE_CALL)
        note_call(view, state, what->call);
    else if (what->kind == ORACLE_REST)
        judge_rest(view, state, what);
}

const struct oracle_rule oracle_rule_stream = {
    .id = "O12",
    .name = "stream",
    .rule = "the user is given what the peer sent, in order, and told of the end exactly when the "
            "FIN and all before it have come; what is sent is what the user gave",
    .reference = "RFC 9293 3.1, 3.6, 3.9.1.2, 3.9.1.3",
    .wants = 1u << ORACLE_SENT | 1u << ORACLE_ARRIVED | 1u << ORACLE_CALL | 1u << ORACLE_REST,
    .waits = 1u << ORACLE_REST,
    .moves = ORACLE_MOVE_STATE,
    .state_bytes = sizeof(struct stream_state),
    .see = see,
};
