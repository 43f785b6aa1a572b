/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Socket calls. The target's calls never block; here they become blocking ones: a handler that is
 * not done is asked again whenever something has happened, until the call's own time-out.
 *
 * A line with a blocking time (`+0...0.2 read(...)`) goes on beside the lines after it, but no two
 * calls run at once. A line without one must return at its time, give or take the tolerance.
 */
#include "run/state.h"

#include <errno.h>
#include <string.h>

/* The call fails with this error. */
void run_call_fails(struct run_call *call, int error)
{
    call->result = -1;
    call->error = error;
}

/* One primitive call of the target on the call's descriptor. Returns its result. */
int64_t run_ask(struct run *run, struct run_call *call, struct anvil_target_call *ask)
{
    if (call->fd != NULL)
        ask->socket = call->fd->target;
    ask->result = 0;
    ask->error = 0;
    run_target_call(run, ask);
    return ask->result;
}

/* The line's text with what the call really gave behind its last "=". */
static const char *actual_line(struct run *run, const struct run_call *call)
{
    const char *line = run_line(run, call->event);
    const char *equals = strrchr(line, '=');
    int kept = equals == NULL ? (int)strlen(line) : (int)(equals - line);
    if (call->result < 0 && call->error != 0)
        return run_text(run, "%.*s= -1 %s", kept, line, run_errno_name(call->error));
    return run_text(run, "%.*s= %lld", kept, line, (long long)call->result);
}

/* Whether the result is the one that the line expects. */
static bool result_matches(struct run *run, const struct run_call *call)
{
    const struct script_call *line = call->line;
    int64_t expected;
    if (line->result == NULL || line->result->kind == SCRIPT_EXPR_ELLIPSIS)
        return true;
    if (!run_value(line->result, &expected)) {
        run_error(run, call->event, "the result of a call must be a number or ...");
        return true;
    }
    if (expected != call->result)
        return false;
    return call->result >= 0 || line->errno_name == NULL ||
           run_errno_value(line->errno_name) == call->error;
}

static void finish(struct run *run, struct run_call *call)
{
    bool late = run->now_us > call->high_us;
    if (run->now_us >= call->low_us && !late) {
        if (!result_matches(run, call))
            run_fail(run, call->event, "result", run_line(run, call->event),
                     actual_line(run, call), "the call gave another result");
        return;
    }
    run_fail(run, call->event, "time", run_line(run, call->event),
             run_text(run, "%s at %.6f", actual_line(run, call), run_seconds(run, run->now_us)),
             late ? "the call returned too late" : "the call returned too early");
}

/* Asks the handler once. True: the call is over. */
static bool attempt(struct run *run, struct run_call *call)
{
    bool done = run_handle(run, call);
    call->begun = true;
    if (!done && run->now_us >= call->timeout_us)
        done = true; /* the handler has left what to return then */
    return done || run->ended;
}

/* Gives a waiting call the chance to end. */
void run_call_try(struct run *run)
{
    if (!run->has_pending || run->trying || run->ended)
        return;
    run->trying = true;
    enum anvil_target_state before = run_state_now(run);
    bool done = attempt(run, &run->pending);
    run->trying = false;
    if (!done) {
        run_frames_take(run); /* what a write has placed so far may be on its way */
        return;
    }
    run->has_pending = false;
    run_log_call(run, &run->pending, before);
    if (!run->ended)
        finish(run, &run->pending);
    run_frames_take(run);
}

/* Lets time pass until the waiting call is over, or can no longer be in time. */
void run_call_wait(struct run *run)
{
    while (run->has_pending && !run->ended && run->now_us < run->pending.high_us)
        run_step(run, run->pending.high_us);
    if (!run->has_pending || run->ended)
        return;
    run_fail(run, run->pending.event, "result", run_line(run, run->pending.event),
             run_text(run, "still blocked at %.6f", run_seconds(run, run->now_us)),
             "the call did not return");
}

static bool begin(struct run *run, const struct script_event *event, struct run_call *call)
{
    memset(call, 0, sizeof *call);
    call->event = event;
    call->line = event->call;
    call->timeout_us = RUN_NO_TIMEOUT;
    call->may_wait = true;
    return run_blocking_window(run, event, run->now_us, call);
}

/* Carries out a call line, now. */
void run_call_event(struct run *run, const struct script_event *event)
{
    struct run_call call;
    run_call_wait(run); /* one call at a time, as upstream */
    if (run->ended || !begin(run, event, &call))
        return;
    enum anvil_target_state before = run_state_now(run);
    if (!attempt(run, &call) && call.may_wait) {
        run->pending = call;
        run->has_pending = true;
        run_settle(run);
        if (!event->time.blocking)
            run_call_wait(run);
        return;
    }
    run_log_call(run, &call, before);
    if (!run->ended)
        finish(run, &call);
    if (!run->ended)
        run_settle(run);
}
