/* SPDX-License-Identifier: BSD-2-Clause */
/* A named world as a plan, its verdict, and what it is in words. */
#include "world/scenario.h"

#include "wire/frame.h"
#include "world/tell.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char names[WORLD_SIDES] = { 'A', 'B' };

/* What the scenario says of an application, over what a plain plan has. */
static void plan_app(struct world_app *app, const struct world_app *wanted)
{
    struct world_app plain = *app;
    *app = *wanted;
    app->piece = wanted->piece == 0 ? plain.piece : wanted->piece;
    app->reads = wanted->reads == 0 ? plain.reads : wanted->reads;
    app->reads_until = wanted->reads_until == 0 ? plain.reads_until : wanted->reads_until - 1;
}

void world_scenario_plan(const struct world_scenario *scenario, bool other,
                         struct world_plan *plan)
{
    world_plan_plain(plan);
    plan->family = other ? 6 : 4;
    plan->simultaneous = scenario->simultaneous;
    plan->incarnations = scenario->incarnations == 0 ? 1 : scenario->incarnations;
    plan->drains = false; /* applications do what is said of them */
    plan->iss_fixed = other && plan->incarnations == 1;
    plan->mark_count = scenario->mark_count;
    memcpy(plan->marks, scenario->marks, sizeof scenario->marks);
    for (int side = 0; side < WORLD_SIDES; side++) {
        plan->iss[side] = 0xfffffffeu - (uint32_t)side;
        plan_app(&plan->app[side], &scenario->app[side]);
        for (int i = 0; i < WORLD_SCENARIO_SETTINGS && scenario->settings[i].name != NULL; i++)
            plan->settings[side][plan->setting_count[side]++] = scenario->settings[i];
    }
}

/* Notes what is wrong. */
static bool differ(char *why, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static bool differ(char *why, size_t size, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(why, size, format, list);
    va_end(list);
    return false;
}

/* What is expected of one end. */
static bool judge_end(const struct world_expectation *expected, const struct world_result *result,
                      int side, char *why, size_t size)
{
    const struct world_end_result *end = &result->end[side];
    if (end->state != ANVIL_STATE_UNKNOWN && end->state != expected->state[side])
        return differ(why, size, "%c rests in %s, not in %s", names[side],
                      oracle_state_name(end->state), oracle_state_name(expected->state[side]));
    if (end->delivered != expected->delivered[side])
        return differ(why, size, "%c was given %llu octets, not %llu", names[side],
                      (unsigned long long)end->delivered,
                      (unsigned long long)expected->delivered[side]);
    if (end->error != expected->error[side])
        return differ(why, size, "%c's application got the error %d (%s), not %d (%s)",
                      names[side], end->error, end->error == 0 ? "none" : strerror(end->error),
                      expected->error[side],
                      expected->error[side] == 0 ? "none" : strerror(expected->error[side]));
    if (end->eof != expected->eof[side])
        return differ(why, size, "%c was %stold of the end of the stream", names[side],
                      end->eof ? "" : "not ");
    return true;
}

bool world_scenario_judge(const struct world_scenario *scenario,
                          const struct world_result *result, char *why, size_t size)
{
    const struct world_expectation *expected = &scenario->expected;
    uint32_t all = (1u << scenario->mark_count) - 1;
    for (int side = 0; side < WORLD_SIDES; side++)
        if (!judge_end(expected, result, side, why, size))
            return false;
    if (result->marks_met != all)
        return differ(why, size, "a segment to which something was to happen was never sent");
    if (result->late != expected->late)
        return differ(why, size, "%u old segments arrived in a later connection, not %u",
                      (unsigned)result->late, (unsigned)expected->late);
    if (result->frames < expected->frames_least ||
        (expected->frames_most != 0 && result->frames > expected->frames_most))
        return differ(why, size, "%llu segments were sent, not %llu to %llu",
                      (unsigned long long)result->frames,
                      (unsigned long long)expected->frames_least,
                      (unsigned long long)expected->frames_most);
    if (result->virtual_us < expected->lasts_us ||
        (expected->done_us != 0 && result->virtual_us > expected->done_us))
        return differ(why, size, "the last thing happened after %.3f s, not from %.3f to %.3f s",
                      (double)result->virtual_us / 1e6, (double)expected->lasts_us / 1e6,
                      expected->done_us == 0 ? HUGE_VAL : (double)expected->done_us / 1e6);
    return true;
}

/* Appends to a text. */
static void add(char *out, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void add(char *out, size_t size, const char *format, ...)
{
    size_t length = strlen(out);
    va_list list;
    va_start(list, format);
    vsnprintf(out + length, size - length, format, list);
    va_end(list);
}

static void add_flags(char *out, size_t size, uint16_t flags)
{
    static const struct { uint16_t flag; const char *name; } known[] = {
        { WIRE_SYN, "SYN" }, { WIRE_FIN, "FIN" }, { WIRE_RST, "RST" }, { WIRE_ACK, "ACK" },
    };
    const char *separator = "";
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if ((flags & known[i].flag) == 0)
            continue;
        add(out, size, "%s%s", separator, known[i].name);
        separator = ",";
    }
}

/* "A's SYN number 0 is lost." */
static void add_mark(char *out, size_t size, const struct world_mark *mark)
{
    add(out, size, "network: ");
    add_flags(out, size, mark->flags);
    add(out, size, "%s number %u of %c ", mark->text ? " with text" : "",
        (unsigned)mark->nth + 1, names[mark->from]);
    switch (mark->fate) {
    case WORLD_PASSES:
        add(out, size, "passes\n");
        break;
    case WORLD_LOST:
        add(out, size, "is lost\n");
        break;
    case WORLD_DOUBLED:
        add(out, size, "arrives, and once more %.3f s later\n", (double)mark->hold_us / 1e6);
        break;
    case WORLD_HELD:
        add(out, size, "arrives %.3f s late\n", (double)mark->hold_us / 1e6);
        break;
    case WORLD_FORGED:
        add(out, size, "arrives, and %.3f s later a forged one, %u numbers on\n",
            (double)mark->hold_us / 1e6, (unsigned)mark->shift);
        break;
    }
}

static void add_app(char *out, size_t size, const struct world_app *app, int side)
{
    static const char *const endings[WORLD_ENDINGS] = {
        [WORLD_ENDS_SHUTDOWN] = "shuts its side when all is sent, and closes after the other's end",
        [WORLD_ENDS_CLOSE] = "closes when all is sent",
        [WORLD_ENDS_LAST] = "closes after the other's end",
        [WORLD_ENDS_ABORT] = "aborts when all is sent",
        [WORLD_ENDS_EXIT] = "exits when half is sent",
        [WORLD_ENDS_NEVER] = "never closes",
    };
    add(out, size, "%c: sends %llu octets, %s\n", names[side], (unsigned long long)app->sends,
        endings[app->ending]);
    if (app->reads_until != 0)
        add(out, size, "%c: reads nothing after %llu octets\n", names[side],
            (unsigned long long)app->reads_until - 1);
    if (app->read_from_us != 0)
        add(out, size, "%c: reads nothing for %.3f s\n", names[side],
            (double)app->read_from_us / 1e6);
}

void world_scenario_words(const struct world_scenario *scenario, char *out, size_t size)
{
    const struct world_expectation *expected = &scenario->expected;
    out[0] = '\0';
    add(out, size, "%s, %u connection(s) of one four-tuple\n",
        scenario->simultaneous ? "both connect" : "A connects to B",
        scenario->incarnations == 0 ? 1u : (unsigned)scenario->incarnations);
    for (int side = 0; side < WORLD_SIDES; side++)
        add_app(out, size, &scenario->app[side], side);
    for (int i = 0; i < WORLD_SCENARIO_SETTINGS && scenario->settings[i].name != NULL; i++)
        add(out, size, "both: policy %s=%llu\n", scenario->settings[i].name,
            (unsigned long long)scenario->settings[i].value);
    for (size_t i = 0; i < scenario->mark_count; i++)
        add_mark(out, size, &scenario->marks[i]);
    for (int side = 0; side < WORLD_SIDES; side++)
        add(out, size, "expected of %c: rests in %s, was given %llu octets%s%s%s\n", names[side],
            oracle_state_name(expected->state[side]),
            (unsigned long long)expected->delivered[side],
            expected->eof[side] ? " and the end" : "", expected->error[side] == 0 ? "" : ", error ",
            expected->error[side] == 0 ? "" : strerror(expected->error[side]));
    add(out, size, "expected of both: %llu to %llu segments; %u old ones in a later connection\n",
        (unsigned long long)expected->frames_least, (unsigned long long)expected->frames_most,
        (unsigned)expected->late);
}
