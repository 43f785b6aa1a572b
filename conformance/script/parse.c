/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a script: options, init commands, events and directives, one after the other. */
#include "script/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool script_add_item(struct script_parser *parser, const struct script_item ***tail,
                     const char *name, const char *value, struct script_pos pos)
{
    struct script_item *item = script_new(parser, sizeof *item);

    if (!item || !name)
        return false;
    item->name = name;
    item->value = value;
    item->pos = pos;
    **tail = item;
    *tail = &item->next;
    return true;
}

bool script_add_checked(struct script_parser *parser, enum script_check what,
                        const struct script_item ***tail, const char *name, const char *value,
                        struct script_pos pos)
{
    struct script_shared *shared = parser->shared;
    const struct script_item **slot = *tail;
    char why[160] = "";

    if (!script_add_item(parser, tail, name, value, pos))
        return false;
    if (!shared->check || shared->check(shared->check_context, what, *slot, why, sizeof why))
        return true;
    script_fail_pos(parser, &pos, "%s", why);
    return false;
}

/* ---- --name=value ---- */

/* The value of an option: a quoted string, or everything up to a blank. A quote inside, as in
 * --define=CC="reno", belongs to the value up to the next one. */
static const char *read_option_value(struct script_parser *parser)
{
    const char *start = parser->at;
    size_t length = 0;

    if (*start == '"') {
        const char *quoted = script_read_quoted(parser, &length);

        return quoted ? script_copy(parser, quoted, length) : NULL;
    }
    while (!strchr(" \t\r\n", *parser->at)) {
        if (*parser->at != '"' && *parser->at != '`')
            parser->at++;
        else if (!script_read_quoted(parser, &length))
            return NULL;
    }
    if (parser->at == start) {
        script_fail_expected(parser, "a value");
        return NULL;
    }
    return script_copy(parser, start, (size_t)(parser->at - start));
}

/* One --name=value line before the first event. */
static void read_option(struct script_parser *parser)
{
    struct script_pos pos = script_pos_here(parser);
    const char *start = parser->at;
    const char *name, *value = NULL;

    if (parser->has_event) {
        script_fail_at(parser, start, "options must stand before the first event");
        return;
    }
    parser->at += 2;
    if (script_word_length(parser) == 0) {
        script_fail_expected(parser, "the name of an option");
        return;
    }
    name = script_read_word(parser, "the name of an option");
    script_skip_blanks(parser);
    if (*parser->at == '=') {
        parser->at++;
        script_skip_blanks(parser);
        value = read_option_value(parser);
    }
    if (parser->shared->failed)
        return;
    if (!script_add_checked(parser, SCRIPT_CHECK_OPTION, &parser->shared->option_tail, name, value,
                            pos))
        return;
    if (strcmp(name, "define") == 0 && value)
        script_add_define(parser, value, start);
}

/* ---- files ---- */

void script_start_file(struct script_parser *parser, struct script_shared *shared,
                       const char *file, const char *text, size_t length)
{
    /* The conditions are filled as they are met; clearing them would cost more than a script. */
    parser->shared = shared;
    parser->outer = NULL;
    parser->file = file;
    parser->given_name = NULL;
    parser->text = parser->at = parser->line_start = text;
    parser->end = text + length;
    parser->line = parser->first_line = parser->first_column = 1;
    parser->depth = parser->operators = parser->condition_depth = 0;
    parser->has_event = parser->is_value = false;
    parser->cleanup_pos = (struct script_pos){ NULL, 0, 0 };
}

void script_read_file(struct script_parser *parser)
{
    const char *zero = memchr(parser->text, '\0', (size_t)(parser->end - parser->text));

    if (zero) {
        script_fail_at(parser, zero, "the byte 0x00: this is no text file");
        return;
    }
    if (strncmp(parser->at, "\xef\xbb\xbf", 3) == 0)
        parser->at += 3;
    for (;;) {
        script_skip(parser);
        if (parser->at >= parser->end)
            break;
        if (script_at_directive(parser))
            script_read_directive(parser);
        else if (parser->at[0] == '-' && parser->at[1] == '-')
            read_option(parser);
        else
            script_read_event(parser);
    }
    if (!parser->shared->failed)
        script_check_conditions(parser);
}

/* ---- scripts ---- */

/* Takes the caller's defines into the script's own memory. */
static bool copy_defines(struct script_parser *parser, const struct script_parse_options *options)
{
    struct script_shared *shared = parser->shared;
    size_t i;

    for (i = 0; i < options->define_count; i++) {
        const struct script_define *from = &options->defines[i];
        struct script_define *to = &shared->defines[shared->define_count];

        if (shared->define_count == SCRIPT_DEFINES_MAX) {
            script_fail_at(parser, parser->at, "more than %d names are defined",
                           SCRIPT_DEFINES_MAX);
            return false;
        }
        to->name = script_copy(parser, from->name, strlen(from->name));
        to->value = from->value ? script_copy(parser, from->value, strlen(from->value)) : NULL;
        if (!to->name)
            return false;
        shared->define_count++;
    }
    return true;
}

static void set_tails(struct script_shared *shared, struct script *script)
{
    shared->event_tail = &script->events;
    shared->option_tail = &script->options;
    shared->init_tail = &script->init;
    shared->cover_tail = &script->covers;
    shared->policy_tail = &script->policies;
    shared->prefer_tail = &script->prefers;
    shared->given_tail = &script->given;
    shared->undefined_tail = &script->undefined;
    shared->conn_tail = &script->conns;
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

/* After everything was read: a script without an event shows nothing, and that must not pass. */
static void check_script(struct script_parser *parser)
{
    struct script *script = parser->shared->script;

    if (parser->shared->failed)
        return;
    if (is_blank(parser->text))
        script_fail_at(parser, parser->text, "the script is empty");
    else if (script->event_count == 0)
        script_fail_at(parser, parser->text, "the script has no events");
    else if (script->own && script->undefined)
        script_fail_pos(parser, &script->undefined->pos, "%s is not defined",
                        script->undefined->name);
    if (!script->sentence)
        script->sentence = "";
}

static void read_script(struct script_shared *shared, const char *text, size_t length,
                        const struct script_parse_options *options)
{
    struct script_parser parser;

    script_start_file(&parser, shared, shared->script->file, text, length);
    if (options && !copy_defines(&parser, options))
        return;
    shared->check = options ? options->check : NULL;
    shared->check_context = options ? options->check_context : NULL;
    if (options && options->given_path)
        shared->given_path = script_copy(&parser, options->given_path,
                                         strlen(options->given_path));
    script_read_file(&parser);
    check_script(&parser);
}

/* An error that has no place in a text. */
static struct script *refuse(struct script_error *error, const char *name, const char *message)
{
    memset(error, 0, sizeof *error);
    snprintf(error->file, sizeof error->file, "%s", name);
    snprintf(error->message, sizeof error->message, "%s", message);
    return NULL;
}

/* The arena begins with the script and a copy of its text. */
static struct script *start_script(struct script_arena *arena, const char *name)
{
    struct script *script = script_arena_take(arena, sizeof *script);
    size_t length = strlen(name) + 1;
    char *file = script_arena_take_raw(arena, length);

    if (!script || !file)
        return NULL;
    memcpy(file, name, length);
    script->file = file;
    script->arena = arena;
    return script;
}

struct script *script_parse_text(const char *name, const char *bytes, size_t length,
                                 const struct script_parse_options *options,
                                 struct script_error *error)
{
    struct script_shared shared;
    char *text;

    memset(error, 0, sizeof *error);
    if (length > SCRIPT_FILE_BYTES_MAX)
        return refuse(error, name, "the file is too large for a script");
    /* Eight times the text holds the tree of an ordinary script. */
    shared.arena = script_arena_new(length * 8 + 4096);
    if (!shared.arena)
        return refuse(error, name, "out of memory");
    shared.script = start_script(shared.arena, name);
    text = script_arena_take_raw(shared.arena, length + 1);
    if (!shared.script || !text) {
        script_arena_free(shared.arena);
        return refuse(error, name, "out of memory");
    }
    if (length > 0)
        memcpy(text, bytes, length);
    text[length] = '\0';
    shared.error = error;
    shared.failed = false;
    shared.given_path = shared.conn = NULL;
    shared.last = NULL;
    shared.define_count = shared.given_count = shared.conn_count = 0;
    set_tails(&shared, shared.script);
    read_script(&shared, text, length, options);
    if (!shared.failed)
        return shared.script;
    script_arena_free(shared.arena);
    return NULL;
}

struct script *script_parse_file(const char *path, const struct script_parse_options *options,
                                 struct script_error *error)
{
    const char *reason = NULL;
    size_t length = 0;
    char *text = script_load(path, &length, &reason);
    struct script *script;

    if (!text)
        return refuse(error, path, reason);
    script = script_parse_text(path, text, length, options, error);
    free(text);
    return script;
}

void script_free(struct script *script)
{
    if (script)
        script_arena_free(script->arena);
}
