/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints whole scripts: directives, options, commands and events. */
#include "script/output.h"

#include <inttypes.h>
#include <string.h>

enum { MILLION = 1000000 };

/* ---- times ---- */

/* Millionths as a decimal number: 1500000 is 1.5. */
static void put_millionths(struct script_output *output, int64_t value)
{
    char digits[8];
    uint32_t rest = (uint32_t)(value % MILLION);
    int n = 0;

    script_put(output, "%" PRId64, value / MILLION);
    if (rest == 0)
        return;
    digits[n++] = '.';
    for (uint32_t place = MILLION / 10; rest > 0; place /= 10) {
        digits[n++] = (char)('0' + rest / place);
        rest %= place;
    }
    script_put_bytes(output, digits, (size_t)n);
}

static void put_term(struct script_output *output, const struct script_term *term, bool first,
                     bool bare)
{
    int64_t coefficient = term->coefficient_millionths;

    if (coefficient < 0)
        script_put(output, "-");
    else if (!first)
        script_put(output, "+");
    coefficient = coefficient < 0 ? -coefficient : coefficient;
    if (coefficient != MILLION || (first && !bare))
        put_millionths(output, coefficient);
    script_put(output, "%s", term->symbol);
}

void script_put_amount(struct script_output *output, const struct script_amount *amount,
                       const struct script_print_options *options, bool bare)
{
    int64_t us = amount->us;
    bool first = true;
    uint32_t i;

    if (amount->term_count > 0 && options && options->lookup &&
        script_amount_resolve(amount, options->lookup, options->context, &us, NULL) && us >= 0) {
        put_millionths(output, us);
        return;
    }
    us = amount->us;
    if (us > 0 || amount->term_count == 0 || amount->terms[0].coefficient_millionths < 0) {
        put_millionths(output, us > 0 ? us : 0);
        first = false;
    }
    for (i = 0; i < amount->term_count; i++) {
        put_term(output, &amount->terms[i], first, bare);
        first = false;
    }
    if (us < 0) {
        script_put(output, "-");
        put_millionths(output, -us);
    }
}

void script_put_time(struct script_output *output, const struct script_time *time,
                     const struct script_print_options *options)
{
    bool relative = time->kind == SCRIPT_TIME_RELATIVE || time->kind == SCRIPT_TIME_RELATIVE_RANGE;

    if (time->kind == SCRIPT_TIME_ANY) {
        script_put(output, "*");
        return;
    }
    script_put(output, "%s", relative ? "+" : "");
    script_put_amount(output, &time->start, options, relative);
    if (time->kind == SCRIPT_TIME_ABSOLUTE_RANGE || time->kind == SCRIPT_TIME_RELATIVE_RANGE) {
        script_put(output, "~%s", relative ? "+" : "");
        script_put_amount(output, &time->end, options, relative);
    } else if (time->blocking) {
        script_put(output, "...");
        script_put_amount(output, &time->block_end, options, true);
    }
}

/* ---- events ---- */

static bool is_directive(const struct script_event *event)
{
    return event->kind == SCRIPT_EVENT_FRAME || event->kind == SCRIPT_EVENT_STEP ||
           event->kind == SCRIPT_EVENT_QUIET || event->may;
}

/* What an event does, without its time. */
static void put_action(struct script_output *output, const struct script_event *event,
                       const struct script_print_options *options)
{
    switch (event->kind) {
    case SCRIPT_EVENT_PACKET:
        script_put_packet(output, event->packet);
        break;
    case SCRIPT_EVENT_CALL:
        script_put_call(output, event->call);
        break;
    case SCRIPT_EVENT_COMMAND:
        script_put(output, "`%s`", event->text);
        break;
    case SCRIPT_EVENT_CODE:
        script_put(output, "%%{ %s }%%", event->text);
        break;
    case SCRIPT_EVENT_FRAME:
        script_put(output, "%sframe ", event->frame_outbound ? "> " : "");
        script_put_hex(output, event->frame, event->frame_length);
        break;
    case SCRIPT_EVENT_STEP:
        script_put(output, "step %s", event->text);
        break;
    case SCRIPT_EVENT_QUIET:
        script_put(output, "quiet ");
        script_put_amount(output, &event->quiet, options, true);
        break;
    }
}

/* One event on a line of its own, and on lines below what may stand in its place; what only we
 * understand stands in a comment. */
static void put_event(struct script_output *output, const struct script_event *event,
                      const struct script_print_options *options)
{
    const struct script_event *other;

    script_put(output, "%s", is_directive(event) ? "//: " : "");
    script_put_time(output, &event->time, options);
    script_put(output, event->may ? " may " : " ");
    put_action(output, event, options);
    for (other = event->others; other; other = other->next) {
        script_put(output, "\n//: or ");
        put_action(output, other, options);
    }
    if (event->or_nothing)
        script_put(output, "\n//: or nothing");
}

/* ---- the script ---- */

/* Is there nothing else that tells a reader that the script is one of ours? */
static bool needs_own(const struct script *script)
{
    const struct script_event *event;

    if (!script->own || script->covers || script->exact || script->choice || script->pieces ||
        script->has_iss || script->own_iss || script->has_irs || script->has_clock ||
        script->unclaimed != SCRIPT_UNCLAIMED_DEFAULT || script->policies || script->prefers ||
        script->conns)
        return false;
    for (event = script->events; event; event = event->next)
        if (is_directive(event) || event->others || event->or_nothing)
            return false;
    return true;
}

/* The directives that hold for the whole script, in front of its events. */
static void put_directives(struct script_output *output, const struct script *script,
                           const struct script_print_options *options)
{
    const struct script_item *item;
    const struct script_conn *conn;

    if (needs_own(script))
        script_put(output, "//: own\n");
    for (item = script->covers; item; item = item->next)
        script_put(output, "%s %s%s", item == script->covers ? "//: covers" : "", item->name,
                   item->next ? "" : "\n");
    if (script->exact)
        script_put(output, "//: exact\n");
    if (script->choice)
        script_put(output, "//: choice\n");
    if (script->pieces)
        script_put(output, "//: pieces\n");
    if (script->has_iss)
        script_put(output, "//: iss %u\n", script->iss);
    if (script->own_iss)
        script_put(output, "//: iss own\n");
    if (script->has_irs)
        script_put(output, "//: irs %u\n", script->irs);
    if (script->has_clock) {
        script_put(output, "//: clock ");
        script_put_amount(output, &script->clock, options, true);
        script_put(output, "\n");
    }
    if (script->unclaimed != SCRIPT_UNCLAIMED_DEFAULT)
        script_put(output, "//: unclaimed %s\n",
                   script->unclaimed == SCRIPT_UNCLAIMED_FAIL ? "fail" : "ignore");
    for (item = script->policies; item; item = item->next)
        script_put(output, "//: policy %s=%s\n", item->name, item->value);
    for (item = script->prefers; item; item = item->next)
        script_put(output, "//: prefer %s=%s\n", item->name, item->value);
    for (conn = script->conns; conn; conn = conn->next) {
        script_put(output, "//: conn %s ", conn->name);
        script_put_endpoint(output, &conn->local);
        script_put(output, " > ");
        script_put_endpoint(output, &conn->remote);
        script_put(output, "\n");
    }
}

/* Can the value stand without quotes? Those inside it must be closed, as the parser reads it. */
static bool is_plain_value(const char *value)
{
    const char *at = value;

    if (*at == '\0' || *at == '"')
        return false;
    while (*at) {
        char quote = *at;

        if (strchr(" \t\r\n", quote))
            return false;
        at++;
        if (quote != '"' && quote != '`')
            continue;
        while (*at && *at != quote)
            at += at[0] == '\\' && at[1] ? 2 : 1;
        if (*at++ == '\0')
            return false;
    }
    return true;
}

/* --define has done its work when the script was read. */
static void put_options(struct script_output *output, const struct script *script)
{
    const struct script_item *item;

    for (item = script->options; item; item = item->next) {
        if (strcmp(item->name, "define") == 0)
            continue;
        script_put(output, "--%s", item->name);
        if (item->value && is_plain_value(item->value))
            script_put(output, "=%s", item->value);
        else if (item->value)
            script_put(output, "=\"%s\"", item->value);
        script_put(output, "\n");
    }
    for (item = script->init; item; item = item->next)
        script_put(output, "`%s`\n", item->name);
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void put_events(struct script_output *output, const struct script *script,
                       const struct script_print_options *options)
{
    const struct script_event *event;
    const char *conn = NULL;

    for (event = script->events; event; event = event->next) {
        if (!same(conn, event->conn))
            script_put(output, "//: on %s\n", event->conn ? event->conn : "default");
        conn = event->conn;
        put_event(output, event, options);
        script_put(output, "\n");
    }
}

size_t script_print(const struct script *script, const struct script_print_options *options,
                    char *out, size_t size)
{
    struct script_output output = { out, size, 0 };

    if (script->sentence[0] != '\0')
        script_put(&output, "// %s\n", script->sentence);
    put_directives(&output, script, options);
    put_options(&output, script);
    script_put(&output, "\n");
    put_events(&output, script, options);
    if (script->cleanup)
        script_put(&output, "`%s`\n", script->cleanup);
    return output.length;
}
