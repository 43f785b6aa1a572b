/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtual clock, and when a line's event is due.
 *
 * Relative times count from the moment when the event before was over, as upstream: for an
 * outbound packet that is when it was sent, for a blocking call when it began.
 */
#include "run/state.h"

#include <string.h>

struct lookup {
    struct run *run;
    bool most; /* of the values that a name may have, the largest */
    bool none; /* the name is of a time that the stack does not have */
};

/* The names in times: "tick" is the target's, "late" how long after its time a timer of it may
 * fire (not at all, for the core); all others are facts of the target or of its profile. */
static bool symbol_value(void *context, const char *symbol, int64_t *us)
{
    struct lookup *lookup = context;
    const struct run *run = lookup->run;
    const struct run_symbol asked = { symbol, run->profile, run->settings, run->setting_count,
                                      run->traits };
    int64_t least, most;
    if (strcmp(symbol, "tick") == 0 || strcmp(symbol, "late") == 0) {
        *us = (int64_t)(symbol[0] == 't' ? run->traits->granularity_us : run->late_us);
        return true;
    }
    if (run->options->symbol == NULL ||
        !run->options->symbol(run->options->symbol_context, &asked, &least, &most))
        return false;
    lookup->none = most == 0;
    *us = lookup->most ? most : least;
    return most > 0;
}

/* A time in microseconds, with the largest or the least values of its names; an unknown name is an
 * error of the script, and one of a time that the stack does not have is a reason to skip. */
static bool resolve(struct run *run, const struct script_amount *amount, bool most, int64_t *us)
{
    struct lookup lookup = { run, most, false };
    const char *unknown = NULL;
    if (script_amount_resolve(amount, symbol_value, &lookup, us, &unknown))
        return true;
    if (lookup.none)
        run_skip(run, run->event, run_text(run, "the policy has no time %s: it is 0", unknown));
    else if (unknown == NULL)
        run_error(run, run->event, "this time does not fit");
    else
        run_error(run, run->event, run_text(run, "unknown name in a time: %s", unknown));
    return false;
}

/* Between which values a time lies, if the names in it do not say it closer. */
static bool resolve_both(struct run *run, const struct script_amount *amount, int64_t *low_us,
                         int64_t *high_us)
{
    int64_t a, b;
    *low_us = *high_us = amount->us;
    if (amount->term_count == 0)
        return true;
    if (!resolve(run, amount, false, &a) || !resolve(run, amount, true, &b))
        return false;
    *low_us = a < b ? a : b; /* a name may be subtracted */
    *high_us = a < b ? b : a;
    return true;
}

/* The time at the end of which it has surely passed. */
bool run_amount(struct run *run, const struct script_amount *amount, int64_t *us)
{
    int64_t low;
    return resolve_both(run, amount, &low, us);
}

static bool is_relative(enum script_time_kind kind)
{
    switch (kind) {
    case SCRIPT_TIME_RELATIVE:
    case SCRIPT_TIME_RELATIVE_RANGE: return true;
    case SCRIPT_TIME_ABSOLUTE:
    case SCRIPT_TIME_ABSOLUTE_RANGE:
    case SCRIPT_TIME_ANY: return false;
    }
    return false;
}

/* Between which values of the clock a time of the line `event` lies. */
static bool clock_between(struct run *run, const struct script_event *event,
                          const struct script_amount *amount, uint64_t *low_us, uint64_t *high_us)
{
    int64_t low, high;
    if (!resolve_both(run, amount, &low, &high))
        return false;
    uint64_t base = is_relative(event->time.kind) ? run->reference_us : run->start_us;
    if (low < 0 && (uint64_t)-low > base) {
        run_error(run, event, "this time lies before the start");
        return false;
    }
    *low_us = base + (uint64_t)low;
    *high_us = base + (uint64_t)high;
    return true;
}

/* Whether a time is a tick before something, as in RTO_MIN-1tick. */
static bool is_just_before(const struct script_amount *amount)
{
    for (uint32_t i = 0; i < amount->term_count; i++)
        if (strcmp(amount->terms[i].symbol, "tick") == 0)
            return amount->terms[i].coefficient_millionths < 0;
    return false;
}

/* The clock's value for a time of the line `event`, at which something has surely happened or, a
 * tick before it, surely not. */
static bool clock_for(struct run *run, const struct script_event *event,
                      const struct script_amount *amount, uint64_t *at_us)
{
    uint64_t low, high;
    if (!clock_between(run, event, amount, &low, &high))
        return false;
    *at_us = is_just_before(amount) ? low : high;
    return true;
}

/* When a line that the runner carries out is due. False: the case has ended. */
bool run_event_due(struct run *run, const struct script_event *event, uint64_t *due_us)
{
    if (event->time.kind == SCRIPT_TIME_ANY) {
        *due_us = run->now_us;
        return true;
    }
    return clock_for(run, event, &event->time.start, due_us);
}

/* Between which clock values an outbound packet is allowed. */
bool run_event_window(struct run *run, const struct script_event *event,
                      struct run_window *window)
{
    window->any = event->time.kind == SCRIPT_TIME_ANY;
    if (window->any) {
        window->low_us = 0;
        window->high_us = run->now_us + RUN_HOUR_US;
        return true;
    }
    bool range = event->time.kind == SCRIPT_TIME_ABSOLUTE_RANGE ||
                 event->time.kind == SCRIPT_TIME_RELATIVE_RANGE;
    if (!clock_between(run, event, &event->time.start, &window->low_us, &window->high_us))
        return false;
    if (range && !clock_for(run, event, &event->time.end, &window->high_us))
        return false;
    uint64_t before = run->tolerance_us + run->early_us;
    window->low_us = window->low_us > before ? window->low_us - before : 0;
    window->high_us += run->tolerance_us + run->late_us;
    return true;
}

/* Between which clock values a call that starts at `due_us` may return. */
bool run_blocking_window(struct run *run, const struct script_event *event, uint64_t due_us,
                         struct run_call *call)
{
    uint64_t end = due_us;
    if (event->time.blocking && !clock_for(run, event, &event->time.block_end, &end))
        return false;
    uint64_t before = run->tolerance_us + run->early_us;
    call->low_us = end > before ? end - before : 0;
    call->high_us = end + run->tolerance_us + run->late_us;
    return true;
}

/* Seconds since script time 0, for messages. */
double run_seconds(const struct run *run, uint64_t at_us)
{
    return ((double)at_us - (double)run->start_us) / 1e6;
}

/* The stack has ended by itself. What it says of that is the reason. */
static void fail_dead(struct run *run)
{
    const char *why = run->target->explain(run->self);
    run_fail(run, run->event, NULL, NULL, NULL,
             run_text(run, "the stack has died: %s", why == NULL ? "" : why));
}

/* Lets the target do all that is due now, takes what it sends, and lets a blocked call go on. */
void run_settle(struct run *run)
{
    for (int round = 0; round < RUN_AT_ONCE_MAX && !run->ended; round++) {
        run_frames_take(run);
        if (run->target->deadline(run->self) == ANVIL_TARGET_DEAD) {
            fail_dead(run);
            return;
        }
        if (run->watching && run->target->deadline(run->self) > run->now_us)
            run_judge_rest(run); /* before a call that has waited goes on */
        run_call_try(run);
        if (run->target->deadline(run->self) > run->now_us) {
            run_judge_rest(run);
            return;
        }
        run->target->advance(run->self, run->now_us);
        run_untell(run);
    }
    if (!run->ended)
        run_fail(run, run->event, NULL, NULL, NULL, "the target does not come to rest");
}

/* Moves the clock towards `until_us`, until a frame has come. True: one has. */
bool run_step(struct run *run, uint64_t until_us)
{
    size_t before = run->frame_count;
    int stuck = 0; /* times in a row that the clock stood still: readiness may have changed */
    while (!run->ended && run->now_us < until_us && run->frame_count == before) {
        uint64_t next = until_us;
        if (run->has_pending && run->pending.timeout_us > run->now_us &&
            run->pending.timeout_us < next)
            next = run->pending.timeout_us; /* a call gives up */
        uint64_t from = run->now_us;
        run_judge_passes(run, next);
        run->now_us = run->target->advance(run->self, next);
        run_untell(run);
        stuck = run->now_us == from ? stuck + 1 : 0;
        if (run->now_us < from || stuck > RUN_AT_ONCE_MAX)
            run_fail(run, run->event, NULL, NULL, NULL, "the target's clock does not move");
        run_settle(run);
    }
    return run->frame_count != before;
}

/* Moves the clock to `until_us`. False: the case has ended. */
bool run_until(struct run *run, uint64_t until_us)
{
    while (!run->ended && run->now_us < until_us)
        run_step(run, until_us);
    return !run->ended;
}
