/* SPDX-License-Identifier: BSD-2-Clause */
/* The frames of a case, in the order in which they were seen, with their bytes in one array. */
#include "run/state.h"

#include <stdlib.h>
#include <string.h>

/* Makes room for `more` octets behind those in use; keeps what is there. */
static bool reserve_bytes(struct run *run, size_t more)
{
    if (run->byte_capacity - run->byte_count >= more)
        return true;
    size_t wanted = run->byte_capacity * 2 + more;
    uint8_t *grown = realloc(run->bytes, wanted);
    if (grown == NULL)
        return false;
    run->bytes = grown;
    run->byte_capacity = wanted;
    return true;
}

static bool reserve_frame(struct run *run)
{
    if (run->frame_count < run->frame_capacity)
        return true;
    size_t wanted = run->frame_capacity * 2 + 64;
    struct run_frame *grown = realloc(run->frames, wanted * sizeof *grown);
    if (grown == NULL)
        return false;
    run->frames = grown;
    run->frame_capacity = wanted;
    return true;
}

/* Keeps a frame of `length` octets that stand behind the last ones already. */
static struct run_frame *add_in_place(struct run *run, size_t length, uint64_t time_us,
                                      bool outbound)
{
    struct run_frame *frame = &run->frames[run->frame_count++];
    memset(frame, 0, sizeof *frame);
    frame->time_us = time_us;
    frame->offset = run->byte_count;
    frame->length = length;
    frame->outbound = outbound;
    run->byte_count += length;
    return frame;
}

/* Keeps a copy of a frame. NULL, with the case ended, when there is no memory. */
struct run_frame *run_frame_add(struct run *run, const uint8_t *bytes, size_t length,
                                uint64_t time_us, bool outbound)
{
    if (!reserve_frame(run) || !reserve_bytes(run, length)) {
        run_error(run, run->event, "no memory");
        return NULL;
    }
    if (length > 0)
        memcpy(run->bytes + run->byte_count, bytes, length);
    return add_in_place(run, length, time_us, outbound);
}

bool run_frame_decode(struct run *run, const struct run_frame *frame, struct wire_frame *decoded)
{
    return wire_decode(decoded, run->bytes + frame->offset, frame->length) == WIRE_OK;
}

/* Whatever the script expects, a frame must be sound: RFC 9293 MUST-2 and the like. */
static void check_sound(struct run *run, struct run_frame *frame)
{
    char fault[WIRE_SENTENCE_MAX];
    enum wire_reason reason = wire_decode(&run->decoded, run->bytes + frame->offset,
                                          frame->length);
    const char *why = NULL;
    if (reason != WIRE_OK)
        why = wire_reason_text(reason);
    else if (wire_fault(&run->decoded, fault, sizeof fault))
        why = fault;
    if (reason == WIRE_OK && run->decoded.kind == WIRE_KIND_TCP) {
        frame->source_port = run->decoded.tcp.source_port;
        frame->destination_port = run->decoded.tcp.destination_port;
    }
    if (reason == WIRE_OK)
        run_judge_sent(run, frame);
    /* What else a machine answers with ICMP, an echo say, is no business of TCP's. */
    if (reason == WIRE_OK && run->decoded.kind == WIRE_KIND_ICMP && !run->follows)
        frame->claimed = true;
    if (why == NULL)
        return;
    char actual[WIRE_LINE_MAX];
    run_frame_print(run, frame, false, actual, sizeof actual);
    run_fail(run, run->event, NULL, NULL, run_text(run, "%s", actual),
             run_text(run, "the target sent a malformed frame: %s", why));
}

/* Takes all that the target has sent. */
void run_frames_take(struct run *run)
{
    size_t most = run->frame_count + RUN_AT_ONCE_MAX;
    while (!run->ended) {
        if (!reserve_frame(run) || !reserve_bytes(run, ANVIL_TARGET_FRAME_MAX)) {
            run_error(run, run->event, "no memory");
            return;
        }
        uint64_t emitted_us = run->now_us;
        size_t length = run->target->take(run->self, run->bytes + run->byte_count,
                                          ANVIL_TARGET_FRAME_MAX, &emitted_us);
        if (length == 0)
            return;
        if (run->frame_count >= most) {
            run_fail(run, run->event, NULL, NULL, NULL, "the target does not stop sending");
            return;
        }
        size_t index = run->frame_count;
        struct run_frame *frame = add_in_place(run, length, emitted_us, true);
        run_log_frame(run, index, ANVIL_STATE_UNKNOWN);
        check_sound(run, frame);
    }
}

/* Shows the rules what the target has sent already, when a line has ended the case before all was
 * taken. False: that cannot be said. */
bool run_frames_drain(struct run *run)
{
    for (int i = 0; i < RUN_AT_ONCE_MAX; i++) {
        struct run_frame frame = { .time_us = run->now_us, .outbound = true };
        if (!reserve_bytes(run, ANVIL_TARGET_FRAME_MAX))
            return false;
        frame.offset = run->byte_count;
        frame.length = run->target->take(run->self, run->bytes + run->byte_count,
                                         ANVIL_TARGET_FRAME_MAX, &frame.time_us);
        if (frame.length == 0)
            return true;
        if (!run_frame_decode(run, &frame, &run->decoded))
            return false;
        run_judge_sent(run, &frame);
    }
    return false;
}

/* The oldest frame that no line has claimed, of this connection (NULL: of any); NULL: none. */
struct run_frame *run_frame_first(struct run *run, const struct run_conn *conn)
{
    bool all_claimed = true;
    for (size_t i = run->first_unclaimed; i < run->frame_count; i++) {
        struct run_frame *frame = &run->frames[i];
        if (!frame->outbound || frame->claimed) {
            if (all_claimed)
                run->first_unclaimed = i + 1;
            continue;
        }
        all_claimed = false;
        if (conn == NULL || run_conn_owns(run, conn, frame))
            return frame;
    }
    return NULL;
}

void run_frame_claim(struct run *run, struct run_frame *frame, const struct script_event *event,
                     const struct run_conn *conn)
{
    frame->claimed = true;
    frame->event = event;
    frame->conn = conn;
    run->reference_us = run->now_us;
}

/* A frame arrives at the target; the answers are taken. */
void run_inject(struct run *run, const struct script_event *event, const struct run_conn *conn,
                const uint8_t *bytes, size_t length)
{
    enum anvil_target_state before = run_state_now(run);
    size_t index = run->frame_count;
    struct run_frame *frame = run_frame_add(run, bytes, length, run->now_us, false);
    if (frame == NULL)
        return;
    frame->event = event;
    frame->conn = conn;
    run_judge_arrives(run, frame);
    run->target->inject(run->self, bytes, length);
    run_untell(run);
    const char *check = run->target->explain(run->self);
    size_t shown = check == NULL ? 0 : strlen(check);
    shown = shown < RUN_CHECK_MAX ? shown : RUN_CHECK_MAX - 1;
    if (shown > 0)
        memcpy(run->check, check, shown);
    run->check[shown] = '\0';
    run_log_frame(run, index, before);
    run_settle(run);
}

/* A frame in packetdrill's notation, in the numbers of its connection. */
void run_frame_print(struct run *run, const struct run_frame *frame, bool bare, char *out,
                     size_t room)
{
    struct wire_frame decoded;
    struct wire_print how;
    memset(&how, 0, sizeof how);
    how.outbound = frame->outbound;
    how.bare = bare;
    enum wire_reason reason = wire_decode(&decoded, run->bytes + frame->offset, frame->length);
    if (reason != WIRE_OK) {
        snprintf(out, room, "(%zu octets: %s)", frame->length, wire_reason_text(reason));
        return;
    }
    const struct run_conn *conn = frame->conn;
    for (size_t i = 0; conn == NULL && i < run->conn_count; i++)
        if (run_conn_owns(run, &run->conns[i], frame))
            conn = &run->conns[i];
    how.show_addresses = conn == NULL || run->conn_count > 2;
    if (conn == NULL) {
        wire_print_segment(out, room, &decoded, &how);
        return;
    }
    bool syn = decoded.kind == WIRE_KIND_TCP && (decoded.tcp.flags & WIRE_SYN) != 0;
    uint32_t shift = run_peer_shift(run);
    how.isn_target = syn ? conn->local_isn - conn->script_local_isn : conn->local_isn;
    if (syn && frame->outbound && !conn->has_local_isn)
        how.isn_target = decoded.tcp.seq;
    how.isn_peer = syn ? shift : conn->has_remote_isn ? conn->remote_isn : shift;
    how.timestamp_target = conn->has_stamp ? conn->first_stamp.actual - conn->first_stamp.script
                                           : 0;
    wire_print_segment(out, room, &decoded, &how);
}
