/* SPDX-License-Identifier: BSD-2-Clause */
/* What happened in a case, in order: told as a ladder when it fails, or written as a capture. */
#include "run/state.h"
#include "report/ladder.h"

#include <stdlib.h>
#include <string.h>

enum { LADDER_ROWS_MAX = 60, COMMENT_MAX = 512 };

static struct run_log *add(struct run *run, enum run_log_kind kind, uint64_t time_us)
{
    if (run->log_count == run->log_capacity) {
        size_t wanted = run->log_capacity * 2 + 64;
        struct run_log *grown = realloc(run->log, wanted * sizeof *grown);
        if (grown == NULL)
            return NULL;
        run->log = grown;
        run->log_capacity = wanted;
    }
    struct run_log *entry = &run->log[run->log_count++];
    memset(entry, 0, sizeof *entry);
    entry->kind = kind;
    entry->time_us = time_us;
    return entry;
}

/* Whether a socket listens at the port that the frame is for. */
static bool has_listener(const struct run *run, const struct run_frame *frame)
{
    for (int i = 0; frame->conn != NULL && i < run->fd_limit; i++)
        if (run->fds[i].kind == RUN_FD_SOCKET && run->fds[i].listening &&
            run->fds[i].conn != NULL && run->fds[i].conn->local_port == frame->conn->local_port)
            return true;
    return false;
}

/* `before`: the state before the frame came in, or UNKNOWN for one that went out. Called when the
 * target has dealt with it. */
void run_log_frame(struct run *run, size_t frame, enum anvil_target_state before)
{
    struct run_log *entry = add(run, RUN_LOG_FRAME, run->frames[frame].time_us);
    if (entry == NULL)
        return;
    entry->frame = frame;
    entry->met_listener = before == ANVIL_STATE_CLOSED && has_listener(run, &run->frames[frame]);
    entry->before = before;
    entry->after = run_state_now(run);
}

void run_log_call(struct run *run, const struct run_call *call, enum anvil_target_state before)
{
    struct run_log *entry = add(run, RUN_LOG_CALL, run->now_us);
    if (entry == NULL)
        return;
    entry->event = call->event;
    entry->on = call->on;
    entry->result = call->result;
    entry->error = call->error;
    entry->before = before;
    entry->after = run_state_now(run);
}

/* A call as it went: the line up to its "=", without its time, and what it gave. */
static const char *call_text(struct run *run, const struct run_log *entry)
{
    const char *line = run_line(run, entry->event);
    const char *name = strstr(line, entry->event->call->name);
    const char *equals = strrchr(line, '=');
    if (name == NULL)
        name = line;
    int kept = equals == NULL || equals < name ? (int)strlen(name) : (int)(equals - name);
    if (entry->result < 0 && entry->error != 0)
        return run_text(run, "%.*s= -1 %s", kept, name, run_errno_name(entry->error));
    return run_text(run, "%.*s= %lld", kept, name, (long long)entry->result);
}

static void fill_row(struct run *run, const struct run_log *entry, struct report_row *row)
{
    char text[WIRE_LINE_MAX];
    row->time_us = entry->time_us - run->start_us;
    row->state_before = run_state_name(entry->before);
    row->state_after = run_state_name(entry->after);
    if (entry->kind == RUN_LOG_CALL) {
        row->kind = REPORT_ROW_CALL;
        row->text = call_text(run, entry);
        return;
    }
    const struct run_frame *frame = &run->frames[entry->frame];
    run_frame_print(run, frame, true, text, sizeof text);
    row->kind = frame->outbound ? REPORT_ROW_OUT : REPORT_ROW_IN;
    row->text = run_text(run, "%s", text);
}

/* The ladder up to now, to be freed; NULL when nothing happened, or without memory. */
char *run_ladder(struct run *run)
{
    if (run->log_count == 0)
        return NULL;
    struct report_row *rows = calloc(run->log_count, sizeof *rows);
    if (rows == NULL)
        return NULL;
    for (size_t i = 0; i < run->log_count; i++)
        fill_row(run, &run->log[i], &rows[i]);
    char *ladder = report_ladder(rows, run->log_count, "peer", run->traits->name,
                                 LADDER_ROWS_MAX);
    free(rows);
    return ladder;
}

/* What the case is about: the requirement that it failed for, or the first that it covers. */
static const char *requirement_of(const struct run *run)
{
    if (run->result.requirement != NULL)
        return run->result.requirement;
    return run->script->covers == NULL ? NULL : run->script->covers->name;
}

/* The comment of one packet: the case, the line it belongs to, what became of it, and which
 * requirement the case is about. */
static void comment_on(struct run *run, const struct run_frame *frame, char *out, size_t room)
{
    const char *verdict = !frame->outbound ? "sent by the script"
                          : frame->claimed ? "as expected" : "not claimed";
    bool failed_here = run->result.verdict == REPORT_FAILED && frame->outbound &&
                       !frame->claimed && frame == run_frame_first(run, NULL);
    unsigned line = frame->event == NULL ? 0 : (unsigned)frame->event->pos.line;
    const char *id = requirement_of(run);
    const char *before = id == NULL ? "" : "; requirement ";
    if (id == NULL)
        id = "";
    if (failed_here)
        snprintf(out, room, "%s line %d: FAILED: %s%s%s", run->result.case_name, run->result.line,
                 run->result.reason, before, id);
    else if (line != 0)
        snprintf(out, room, "%s line %u: %s%s%s", run->result.case_name, line, verdict, before, id);
    else
        snprintf(out, room, "%s: %s%s%s", run->result.case_name, verdict, before, id);
}

/* Writes all frames of the case as a capture, if one is wanted. */
void run_capture(struct run *run)
{
    char comment[COMMENT_MAX];
    FILE *out = run->options->capture;
    if (out == NULL)
        return;
    snprintf(comment, sizeof comment, "%s (%s): %s", run->result.case_name,
             run->result.variant == NULL ? "plain" : run->result.variant,
             report_verdict_name(run->result.verdict));
    struct wire_capture capture;
    wire_capture_begin(&capture, out, comment);
    wire_capture_interface(&capture, run->traits->name);
    for (size_t i = 0; i < run->frame_count; i++) {
        const struct run_frame *frame = &run->frames[i];
        comment_on(run, frame, comment, sizeof comment);
        wire_capture_packet(&capture, 0, frame->time_us,
                            frame->outbound ? WIRE_OUTBOUND : WIRE_INBOUND,
                            run->bytes + frame->offset, frame->length, comment);
    }
}
