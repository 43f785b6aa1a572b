/* SPDX-License-Identifier: BSD-2-Clause */
/* Events: a time and what happens then. */
#include "script/parse.h"

#include <string.h>

enum { SOURCE_BYTES_MAX = 1000 };

/* The line from `start`, in the text itself; long lines are cut, so that a file of one line does
 * not take quadratic time. */
static uint32_t source_length(const struct script_parser *parser, const char *start)
{
    size_t rest = (size_t)(parser->end - start);
    const char *newline;

    if (rest > SOURCE_BYTES_MAX)
        rest = SOURCE_BYTES_MAX;
    newline = memchr(start, '\n', rest);
    if (newline)
        rest = (size_t)(newline - start);
    while (rest > 0 && (start[rest - 1] == '\r' || start[rest - 1] == ' '))
        rest--;
    return (uint32_t)rest;
}

struct script_event *script_new_event(struct script_parser *parser, enum script_event_kind kind,
                                      struct script_pos pos, const char *start)
{
    struct script_event *event = script_new(parser, sizeof *event);

    if (!event)
        return NULL;
    event->kind = kind;
    event->pos = pos;
    event->source = start;
    event->source_length = source_length(parser, start);
    event->given = parser->given_name;
    event->conn = parser->shared->conn;
    return event;
}

struct script_event *script_add_event(struct script_parser *parser, enum script_event_kind kind,
                                      struct script_pos pos, const char *start)
{
    struct script_shared *shared = parser->shared;
    struct script_event *event = script_new_event(parser, kind, pos, start);

    if (!event)
        return NULL;
    *shared->event_tail = event;
    shared->event_tail = &event->next;
    shared->last = event;
    shared->other_tail = &event->others;
    shared->script->event_count++;
    parser->has_event = true;
    return event;
}

/* ---- calls ---- */

/* (text) behind a result: up to the closing parenthesis on the same line. */
static const char *read_note(struct script_parser *parser)
{
    size_t length;
    const char *at;

    if (!script_accept(parser, "("))
        return NULL;
    script_skip_blanks(parser);
    at = parser->at;
    length = strcspn(at, ")\n");
    if (at[length] != ')') {
        script_fail_at(parser, at, "this note is not closed by )");
        return NULL;
    }
    parser->at += length + 1;
    while (length > 0 && (at[length - 1] == ' ' || at[length - 1] == '\t'))
        length--;
    return script_copy(parser, at, length);
}

/* NAME(arguments) = result [ERRNO] [(note)] */
static struct script_call *read_call(struct script_parser *parser)
{
    struct script_call *call = script_new(parser, sizeof *call);

    if (!call)
        return NULL;
    call->name = script_read_word(parser, "the name of a call");
    call->arguments = script_read_arguments(parser, &call->argument_count);
    if (!script_expect(parser, "="))
        return NULL;
    parser->depth = 0;
    call->result = script_read_expr(parser);
    script_skip(parser);
    if (script_is_word(*parser->at) && !script_is_digit(*parser->at))
        call->errno_name = script_read_word(parser, "an errno");
    call->note = read_note(parser);
    return parser->shared->failed ? NULL : call;
}

/* ---- commands and code ---- */

/* `text`, or a word that --define made one. NULL after a message. */
static const char *read_command(struct script_parser *parser)
{
    size_t length = 0;
    const char *text = script_read_quoted(parser, &length);

    return text ? script_copy(parser, text, length) : NULL;
}

/* %{ code }%: assertions are parsed, anything else is kept with the reason why it is not. */
static bool read_code(struct script_parser *parser, struct script_event *event)
{
    const char *open = parser->at;
    const char *close = strstr(open, "}%");
    const char *start, *end;

    if (!close) {
        script_fail_at(parser, open, "this code is not closed by }%%");
        return false;
    }
    parser->at += 2;
    script_skip_blanks(parser);
    start = parser->at;
    if (start > close)
        start = close;
    for (end = close; end > start && (end[-1] == ' ' || end[-1] == '\t'); end--)
        continue;
    event->text = script_copy(parser, start, (size_t)(end - start));
    event->statements = script_read_code(parser, (size_t)(end - start));
    if (!parser->shared->failed)
        script_pass(parser, (size_t)(close + 2 - parser->at));
    return !parser->shared->failed;
}

/* A word in place of a call may stand for a command: --define=CLEANUP=`...`. */
static const char *defined_command(struct script_parser *parser)
{
    size_t length = script_word_length(parser);
    const struct script_define *define = script_find_define(parser, parser->at, length);
    size_t value_length;

    if (!define || !define->value || define->value[0] != '`')
        return NULL;
    value_length = strlen(define->value);
    if (value_length < 2)
        return NULL;
    parser->at += length;
    return script_copy(parser, define->value + 1, value_length - 2);
}

/* ---- events ---- */

bool script_read_action(struct script_parser *parser, struct script_event *event)
{
    script_skip(parser);
    if (*parser->at == '<' || *parser->at == '>') {
        event->kind = SCRIPT_EVENT_PACKET;
        event->packet = script_read_packet(parser);
        return event->packet != NULL;
    }
    if (parser->at[0] == '%' && parser->at[1] == '{') {
        event->kind = SCRIPT_EVENT_CODE;
        return read_code(parser, event);
    }
    if (*parser->at == '`' || (event->text = defined_command(parser)) != NULL) {
        event->kind = SCRIPT_EVENT_COMMAND;
        if (!event->text)
            event->text = read_command(parser);
        return event->text != NULL;
    }
    if (script_is_word(*parser->at)) {
        event->kind = SCRIPT_EVENT_CALL;
        event->call = read_call(parser);
        return event->call != NULL;
    }
    script_fail_expected(parser, "a packet, a call, a command or code");
    return false;
}

/* Ranges and '*' say when the target may act, so they need something it sends. */
static void check_time(struct script_parser *parser, const struct script_event *event)
{
    bool outbound = event->kind == SCRIPT_EVENT_PACKET && event->packet->outbound;
    const char *message = NULL;

    switch (event->time.kind) {
    case SCRIPT_TIME_ABSOLUTE:
    case SCRIPT_TIME_RELATIVE:
        if (event->time.blocking && event->kind != SCRIPT_EVENT_CALL)
            message = "only a call can have an end time";
        break;
    case SCRIPT_TIME_ANY:
        if (!outbound)
            message = "the time * is for outbound packets only";
        break;
    case SCRIPT_TIME_ABSOLUTE_RANGE:
    case SCRIPT_TIME_RELATIVE_RANGE:
        if (!outbound)
            message = "a time range is for outbound packets only";
        break;
    }
    if (message)
        script_fail_pos(parser, &event->pos, "%s", message);
}

/* A command without a time: before the events it sets up, behind the last it cleans up. */
static void read_untimed_command(struct script_parser *parser)
{
    struct script_shared *shared = parser->shared;
    struct script_pos pos = script_pos_here(parser);
    const char *text = read_command(parser);

    if (!text)
        return;
    if (!parser->has_event) {
        script_add_item(parser, &shared->init_tail, text, NULL, pos);
        return;
    }
    if (parser->cleanup_pos.line > 0) {
        script_fail_pos(parser, &pos, "a second command without a time behind the last event");
        return;
    }
    parser->cleanup_pos = pos;
    if (!parser->given_name)
        shared->script->cleanup = text;
}

void script_read_event(struct script_parser *parser)
{
    const char *start = parser->at;
    struct script_pos pos = script_pos_here(parser);
    struct script_event *event;
    struct script_time time;

    if (*start == '`') {
        read_untimed_command(parser);
        return;
    }
    if (!script_is_digit(*start) && !strchr("+*.", *start)) {
        script_fail_expected(parser, "an event, which begins with a time");
        return;
    }
    if (!script_read_time(parser, &time))
        return;
    if (parser->cleanup_pos.line > 0) {
        script_fail_pos(parser, &parser->cleanup_pos,
                        "a command behind the first event needs a time");
        return;
    }
    event = script_add_event(parser, SCRIPT_EVENT_CALL, pos, start);
    if (!event)
        return;
    event->time = time;
    if (script_read_action(parser, event))
        check_time(parser, event);
}
