/* SPDX-License-Identifier: BSD-2-Clause */
/* Outbound lines: the next frame of the connection must be what the line says, and in time. */
#include "run/state.h"

#include <string.h>

/* The fields that a line's window of time is printed with: "+0.2" or "0.2". */
static const char *time_prefix(struct run *run, const struct script_event *event, uint64_t at_us)
{
    bool relative = event->time.kind == SCRIPT_TIME_RELATIVE ||
                    event->time.kind == SCRIPT_TIME_RELATIVE_RANGE;
    uint64_t base = relative ? run->reference_us : run->start_us;
    double seconds = ((double)at_us - (double)base) / 1e6;
    if (relative)
        return run_text(run, "%+.6f", seconds);
    return run_text(run, "%.6f", seconds);
}

/* The frame as a line of the script, with its time in the form that the script uses. */
static const char *actual_line(struct run *run, const struct script_event *event,
                               const struct run_frame *frame)
{
    char text[WIRE_LINE_MAX];
    run_frame_print(run, frame, false, text, sizeof text);
    return run_text(run, "%s %s", time_prefix(run, event, frame->time_us), text);
}

/* Nothing came while it could. */
static void missing(struct run *run, const struct script_event *event,
                    const struct run_window *window)
{
    const char *why = run_text(run, "the expected packet did not come: nothing was sent until %.6f",
                               run_seconds(run, run->now_us));
    if (window->any && run->now_us < window->high_us)
        why = "the expected packet did not come: the target waits for nothing";
    run_fail(run, event, NULL, run_line(run, event), NULL, why);
}

/* The next frame that a line may claim. Moves the clock up to the window's end. */
static struct run_frame *await_frame(struct run *run, const struct run_conn *conn,
                                     const struct run_window *window)
{
    for (;;) {
        struct run_frame *frame = run_frame_first(run, conn);
        if (frame != NULL || run->ended || run->now_us >= window->high_us)
            return frame;
        uint64_t deadline = run->target->deadline(run->self);
        if (window->any && deadline == ANVIL_TARGET_NEVER && !run->has_pending)
            return NULL;
        run_step(run, window->high_us);
    }
}

/* Fails the case unless the frame was sent inside the window. */
static bool check_time(struct run *run, const struct script_event *event,
                       const struct run_window *window, const struct run_frame *frame)
{
    if (window->any || (frame->time_us >= window->low_us && frame->time_us <= window->high_us))
        return true;
    bool early = frame->time_us < window->low_us;
    run_fail(run, event, "time", run_line(run, event), actual_line(run, event, frame),
             early ? "sent too early" : "sent too late");
    return false;
}

/* Whether more segments may be added to this one to make up what the line says. */
static bool is_piece(const struct run *run, const struct script_packet *packet,
                     const struct run_conn *conn, const struct wire_frame *actual)
{
    bool adds_up = !run->strict || (run->script->pieces && !run->follows);
    return adds_up && conn != NULL && actual->kind == WIRE_KIND_TCP &&
           packet->protocol == SCRIPT_TCP && actual->payload_bytes > 0 &&
           actual->payload_bytes < packet->seq.length &&
           script_option(run->script, "strict_segments") == NULL;
}

/*
 * Upstream adds up segments that follow one another until they have the length of the line, since
 * its scripts were written for stacks that hand over more than one segment at a time. Claims all
 * pieces; the flags FIN and CWR are the last one's. PSH is not judged: such stacks set it where a
 * piece that was handed over ends. False: they do not fit together.
 */
static bool add_up(struct run *run, const struct script_event *event, struct run_conn *conn,
                   const struct run_window *window, struct wire_frame *whole)
{
    const uint16_t last_flags = WIRE_FIN | WIRE_CWR;
    uint32_t offset = whole->tcp.seq - conn->local_isn - 1;
    if (!run_match_payload(run, conn, whole))
        return false;
    while (whole->payload_bytes < event->packet->seq.length) {
        struct run_frame *next = await_frame(run, conn, window);
        struct wire_frame piece;
        if (next == NULL || !run_frame_decode(run, next, &piece) || piece.kind != WIRE_KIND_TCP)
            return false;
        if (piece.tcp.seq != whole->tcp.seq + (uint32_t)whole->payload_bytes ||
            piece.payload_bytes == 0 || !run_match_payload(run, conn, &piece))
            return false;
        whole->payload_bytes += piece.payload_bytes;
        whole->tcp.flags = (uint16_t)((whole->tcp.flags & ~last_flags) |
                                      (piece.tcp.flags & last_flags));
        run_frame_claim(run, next, event, conn);
    }
    whole->payload = run_pattern(run, RUN_SIDE_TARGET, offset); /* each piece was checked */
    whole->tcp.flags = (uint16_t)((whole->tcp.flags & ~WIRE_PSH) |
                                  (event->packet->flags & SCRIPT_PSH));
    return true;
}

/* Notes what the segment tells about its connection, whatever the line says. */
static void learn(struct run_conn *conn, const struct script_packet *packet,
                  const struct wire_frame *actual)
{
    if (actual->kind != WIRE_KIND_TCP || conn == NULL)
        return;
    run_conn_said(conn, packet, &actual->tcp);
    const struct wire_option *stamp = wire_find_option(&actual->tcp, WIRE_OPTION_TIMESTAMPS);
    const struct script_tcp_option *option = packet->options;
    while (option != NULL && option->kind != SCRIPT_OPT_TIMESTAMPS)
        option = option->next;
    if (stamp != NULL && stamp->parsed && option != NULL)
        run_stamp_said(conn, option, stamp->value.timestamps.value);
}

/* As run_match(), but a stack that may choose may send what another line of the same place says. */
static const char *match_any(struct run *run, const struct run_conn *conn,
                             const struct script_event *event, const struct wire_frame *actual)
{
    const char *field = run_match(run, conn, event->packet, actual);
    const struct script_event *other = run->follows ? NULL : event->others;
    for (; field != NULL && other != NULL; other = other->next)
        if (run_match(run, conn, other->packet, actual) == NULL)
            return NULL;
    return field;
}

/*
 * A line whose packet need not come, for a stack that may choose. It is waited for only if the line
 * says a later time than now. What comes and is something else is left to the next lines, whose
 * times count from where they would without a `may`, and from the line's time after `or nothing`.
 */
static void take_optional(struct run *run, const struct script_event *event)
{
    struct run_window window;
    uint64_t due, reference = run->reference_us;
    struct run_conn *conn = run_conn_for_packet(run, event);
    if (run->ended || !run_event_window(run, event, &window) || !run_event_due(run, event, &due))
        return;
    if (due <= run->now_us)
        window.high_us = run->now_us;
    const struct run_frame *found = await_frame(run, conn, &window);
    size_t index = found == NULL ? 0 : (size_t)(found - run->frames);
    if (!run->ended && found != NULL && run_frame_decode(run, found, &run->decoded) &&
        match_any(run, conn, event, &run->decoded) == NULL) {
        learn(conn, event->packet, &run->decoded);
        run_frame_claim(run, &run->frames[index], event, conn);
    }
    run->reference_us = event->may ? reference : due;
}

/* Carries out an outbound line: claims the frame that it expects, or fails the case. */
void run_packet_out(struct run *run, const struct script_event *event)
{
    if (!run->follows && (event->may || event->or_nothing)) {
        take_optional(run, event);
        return;
    }
    if (event->may)
        return;
    struct run_window window;
    struct run_conn *conn = run_conn_for_packet(run, event);
    if (run->ended || !run_event_window(run, event, &window))
        return;
    const struct run_frame *found = await_frame(run, conn, &window);
    if (run->ended)
        return;
    if (found == NULL) {
        missing(run, event, &window);
        return;
    }
    size_t index = (size_t)(found - run->frames);
    struct wire_frame *actual = &run->decoded;
    run_frame_decode(run, found, actual);
    learn(conn, event->packet, actual);
    bool fits = true;
    if (is_piece(run, event->packet, conn, actual) && match_any(run, conn, event, actual) != NULL) {
        struct wire_frame whole = *actual;
        run->frames[index].claimed = true; /* so that the next piece is found */
        fits = add_up(run, event, conn, &window, &whole);
        *actual = whole;
    }
    const char *field = fits ? match_any(run, conn, event, actual) : "seq";
    if (field != NULL)
        run_fail(run, event, field, run_line(run, event),
                 actual_line(run, event, &run->frames[index]), run_text(run, "%s differs", field));
    else if (check_time(run, event, &window, &run->frames[index]))
        run_frame_claim(run, &run->frames[index], event, conn);
}

/* `> frame HEX`: the next frame, octet by octet. */
void run_frame_out(struct run *run, const struct script_event *event)
{
    struct run_window window;
    if (!run_event_window(run, event, &window))
        return;
    struct run_frame *frame = await_frame(run, NULL, &window);
    if (run->ended)
        return;
    if (frame == NULL)
        missing(run, event, &window);
    else if (frame->length != event->frame_length ||
             memcmp(run->bytes + frame->offset, event->frame, frame->length) != 0)
        run_fail(run, event, NULL, run_line(run, event), actual_line(run, event, frame),
                 "the frame's octets differ");
    else if (check_time(run, event, &window, frame))
        run_frame_claim(run, frame, event, NULL);
}
