/* SPDX-License-Identifier: BSD-2-Clause */
/* One case from its first line to its verdict. */
#include "run/state.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct run *run_open(void)
{
    struct run *run = calloc(1, sizeof *run);
    if (run == NULL)
        return NULL;
    run->watch = oracle_watch_open();
    if (run->watch == NULL || !run_pattern_make(run) || !run_addresses_make(run)) {
        run_close(run);
        return NULL;
    }
    return run;
}

static void free_descriptors(struct run *run)
{
    for (int i = 0; i < run->fd_limit; i++)
        free(run->fds[i].watches);
    run->fd_limit = 0;
}

void run_close(struct run *run)
{
    if (run == NULL)
        return;
    run_texts_free(run);
    free_descriptors(run);
    oracle_watch_close(run->watch);
    free(run->pattern[0]);
    free(run->pattern[1]);
    free(run->frames);
    free(run->bytes);
    free(run->log);
    free(run->told);
    free((void *)run->covers);
    free(run);
}

int64_t run_cpu_ns(void)
{
    struct timespec at;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
}

/* The ids that a case covers, as the list that a result has. */
static void set_covers(struct run *run)
{
    size_t count = 0;
    for (const struct script_item *item = run->script->covers; item != NULL; item = item->next) {
        if (count == run->covers_capacity) {
            size_t wanted = run->covers_capacity * 2 + 16;
            const char **grown = realloc((void *)run->covers, wanted * sizeof *grown);
            if (grown == NULL)
                break;
            run->covers = grown;
            run->covers_capacity = wanted;
        }
        run->covers[count++] = item->name;
    }
    run->result.covers = run->covers;
    run->result.covers_count = count;
}

/* Forgets the case before; what was allocated for it is used again. */
static void reset(struct run *run, const struct script *script, const struct anvil_target *target,
                  const struct run_options *options)
{
    run_texts_free(run);
    free_descriptors(run);
    run->script = script;
    run->options = options;
    run->target = target;
    run->traits = target->traits();
    run->self = NULL;
    run->profile = options->profile == NULL ? "rfc9293" : options->profile;
    run->strict = options->own || script->own;
    if (script->unclaimed != SCRIPT_UNCLAIMED_DEFAULT)
        run->strict = script->unclaimed == SCRIPT_UNCLAIMED_FAIL;
    run->ended = run->started = run->mapped = run->has_pending = run->trying = false;
    run->watching = false;
    run->next_port = 0;
    run->setting_count = run->conn_count = run->frame_count = run->first_unclaimed = 0;
    run->byte_count = run->log_count = run->variable_count = 0;
    run->current = run->unnamed = NULL;
    run_untell(run);
    run->on_name = false;
    run->event = NULL;
    run->check[0] = '\0';
    run->start_us = run->now_us = run->reference_us = 0;
    memset(&run->result, 0, sizeof run->result);
    run->result.case_name = options->case_name == NULL ? script->file : options->case_name;
    run->result.variant = options->variant == NULL ? NULL : options->variant->name;
    run->result.file = script->file;
    run->result.sentence = script->sentence;
    run->result.verdict = REPORT_PASSED;
    run->result.target = run->traits->name;
    run->follows = run->traits->follows_policy &&
                   (!options->own || strcmp(run->profile, "rfc9293") == 0);
    run->result.profile = run->profile;
    set_covers(run);
}

/* A frame that no line expects, in a case of our own. */
static void fail_unclaimed(struct run *run, const struct run_frame *frame, const char *expected,
                           const char *reason)
{
    char text[WIRE_LINE_MAX];
    run_frame_print(run, frame, false, text, sizeof text);
    run_fail(run, run->event, NULL, expected,
             run_text(run, "%.6f %s", run_seconds(run, frame->time_us), text), reason);
}

/* `quiet T`: nothing is sent from here to the end of T, nor was anything left over before. */
static void do_quiet(struct run *run, const struct script_event *event)
{
    static const char still[] = "something was sent when all should be quiet";
    int64_t quiet_us;
    if (!run_amount(run, &event->quiet, &quiet_us) || quiet_us < 0)
        return;
    uint64_t end = run->now_us + (uint64_t)quiet_us;
    const char *line = "no packet";
    do {
        const struct run_frame *frame = run_frame_first(run, NULL);
        if (frame != NULL)
            fail_unclaimed(run, frame, line, still);
    } while (!run->ended && run->now_us < end && (run_step(run, end), true));
    const struct run_frame *last = run->ended ? NULL : run_frame_first(run, NULL);
    if (last != NULL)
        fail_unclaimed(run, last, line, still);
    run->reference_us = run->now_us;
}

static void do_frame(struct run *run, const struct script_event *event)
{
    if (event->frame_outbound)
        run_frame_out(run, event);
    else
        run_inject(run, event, NULL, event->frame, event->frame_length);
}

/* `step exit`: the process ends, and every descriptor that it still has is closed in turn. */
static void exit_process(struct run *run)
{
    for (int number = 0; number < run->fd_limit; number++) {
        struct run_fd *fd = run_fd_find(run, number);
        if (fd == NULL)
            continue;
        struct anvil_target_call ask = { .kind = ANVIL_CALL_CLOSE, .socket = fd->target };
        if (fd->kind == RUN_FD_SOCKET)
            run_target_call(run, &ask);
        run_fd_free(run, fd);
    }
    run_frames_take(run);
}

/* Lets time pass until a line is due that the runner itself carries out. */
static bool await_due(struct run *run, const struct script_event *event)
{
    uint64_t due;
    if (!run_event_due(run, event, &due) || !run_until(run, due))
        return false;
    if (run->now_us > due + run->tolerance_us + run->late_us) {
        run_fail(run, event, "time", run_line(run, event),
                 run_text(run, "it is %.6f already", run_seconds(run, run->now_us)),
                 "the time of this line has passed");
        return false;
    }
    return true;
}

/* `on NAME` makes that connection the current one; `on default` goes back to the one before it. */
static void follow_name(struct run *run, const struct script_event *event)
{
    struct run_conn *named = event->conn == NULL ? NULL : run_conn_named(run, event->conn);
    if (named != NULL && !run->on_name)
        run->unnamed = run->current;
    if (named != NULL)
        run->current = named;
    else if (run->on_name)
        run->current = run->unnamed;
    run->on_name = named != NULL;
}

/* Carries out one line. */
static void run_event(struct run *run, const struct script_event *event)
{
    bool outbound = (event->kind == SCRIPT_EVENT_PACKET && event->packet->outbound) ||
                    (event->kind == SCRIPT_EVENT_FRAME && event->frame_outbound);
    run->event = event;
    run->started = run->started || event->kind != SCRIPT_EVENT_COMMAND;
    follow_name(run, event);
    if (!outbound && event->kind != SCRIPT_EVENT_QUIET && !await_due(run, event))
        return;
    switch (event->kind) {
    case SCRIPT_EVENT_PACKET:
        if (outbound)
            run_packet_out(run, event);
        else
            run_packet_in(run, event);
        break;
    case SCRIPT_EVENT_CALL: run_call_event(run, event); break;
    case SCRIPT_EVENT_COMMAND: run_command(run, event); break;
    case SCRIPT_EVENT_CODE: run_code(run, event); break;
    case SCRIPT_EVENT_FRAME: do_frame(run, event); break;
    case SCRIPT_EVENT_QUIET: do_quiet(run, event); break;
    case SCRIPT_EVENT_STEP: exit_process(run); break; /* prepare.c skips what is not "exit" */
    }
    if (!outbound)
        run->reference_us = run->now_us; /* an outbound line sets it when it claims a frame */
}

static void run_lines(struct run *run)
{
    const struct script_event *event = run->script->events;
    for (; event != NULL && !run->ended; event = event->next)
        run_event(run, event);
    run_call_wait(run);
    const struct run_frame *frame = run->ended || !run->strict ? NULL
                                                               : run_frame_first(run, NULL);
    if (frame != NULL)
        fail_unclaimed(run, frame, "no packet", "something was sent that no line expects");
}

const struct report_result *run_case(struct run *run, const struct script *script,
                                     const struct anvil_target *target,
                                     const struct run_options *options)
{
    reset(run, script, target, options);
    if (run_prepare(run) && run_open_target(run)) {
        run_judge_begin(run);
        run_lines(run);
        run_judge_end(run);
        target->close(run->self);
        run->self = NULL;
    }
    run_capture(run);
    run->result.virtual_us = (int64_t)(run->now_us - run->start_us);
    run->result.cpu_ns = options->began_ns == 0 ? -1 : run_cpu_ns() - options->began_ns;
    return &run->result;
}
