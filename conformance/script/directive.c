/* SPDX-License-Identifier: BSD-2-Clause */
/* Our additions to the language: lines that begin with //: and are comments to everyone else. */
#include "script/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAME_BYTES_MAX = 65575, PATH_BYTES_MAX = 4096 };

/* ---- the rest of a line ---- */

static bool at_line_end(struct script_parser *parser)
{
    script_skip_blanks(parser);
    return *parser->at == '\n' || parser->at >= parser->end;
}

static void expect_line_end(struct script_parser *parser)
{
    if (!parser->shared->failed && !at_line_end(parser))
        script_fail_expected(parser, "the end of the line");
}

static bool expect_more(struct script_parser *parser, const char *what)
{
    if (!at_line_end(parser))
        return true;
    script_fail_expected(parser, what);
    return false;
}

static bool ends_word(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

/* Everything up to the next of `stops`, a blank or the end of the line. */
static const char *read_text(struct script_parser *parser, const char *stops, const char *what)
{
    const char *start;

    if (!expect_more(parser, what))
        return NULL;
    start = parser->at;
    while (!ends_word(*parser->at) && !strchr(stops, *parser->at))
        parser->at++;
    if (parser->at == start) {
        script_fail_expected(parser, what);
        return NULL;
    }
    return script_copy(parser, start, (size_t)(parser->at - start));
}

/* ---- about the whole script ---- */

/* covers MUST-13 S5, AMBIG-3. A preamble's own ids say nothing about the case. */
static void read_covers(struct script_parser *parser)
{
    const struct script_item *ignored = NULL;
    const struct script_item **ignored_tail = &ignored;

    while (expect_more(parser, "an id")) {
        struct script_pos pos = script_pos_here(parser);
        const char *id = read_text(parser, ",", "an id");

        if (!id || !script_add_checked(parser, SCRIPT_CHECK_COVERS,
                                       parser->given_name ? &ignored_tail
                                                          : &parser->shared->cover_tail,
                                       id, NULL, pos))
            return;
        script_skip_blanks(parser);
        if (*parser->at == ',')
            parser->at++;
        else if (at_line_end(parser))
            return;
    }
}

/* FIELD=VALUE: whether there is such a field is the caller's to say. */
static void read_setting(struct script_parser *parser, const struct script_item ***tail)
{
    struct script_pos pos;
    const char *field, *value;

    script_skip_blanks(parser);
    pos = script_pos_here(parser);
    field = read_text(parser, "=", "FIELD=VALUE");
    if (!field)
        return;
    script_skip_blanks(parser);
    if (*parser->at != '=') {
        script_fail_expected(parser, "'='");
        return;
    }
    parser->at++;
    value = read_text(parser, "", "a value");
    if (value)
        script_add_checked(parser, SCRIPT_CHECK_POLICY, tail, field, value, pos);
}

/* policy FIELD=VALUE: what the case is about. */
static void read_policy(struct script_parser *parser)
{
    read_setting(parser, &parser->shared->policy_tail);
}

/* prefer FIELD=VALUE: so that its lines are exact. */
static void read_prefer(struct script_parser *parser)
{
    read_setting(parser, &parser->shared->prefer_tail);
}

/* iss N, or iss own: it is the target that chooses. */
static void read_iss(struct script_parser *parser)
{
    if (!expect_more(parser, "a sequence number"))
        return;
    parser->shared->script->own_iss = script_accept_word(parser, "own");
    if (parser->shared->script->own_iss) {
        parser->shared->script->has_iss = false;
        return;
    }
    parser->shared->script->iss = script_read_number(parser, "a sequence number", UINT32_MAX);
    parser->shared->script->has_iss = true;
}

/* irs N: the peer's initial sequence number; the script's numbers of the peer count from it. */
static void read_irs(struct script_parser *parser)
{
    if (!expect_more(parser, "a sequence number"))
        return;
    parser->shared->script->irs = script_read_number(parser, "a sequence number", UINT32_MAX);
    parser->shared->script->has_irs = true;
}

static void read_clock(struct script_parser *parser)
{
    parser->shared->script->has_clock = true;
    script_read_amount(parser, &parser->shared->script->clock, true);
}

static void read_exact(struct script_parser *parser)
{
    parser->shared->script->exact = true;
}

/* choice: a stack that cannot be told how to choose is not asked. */
static void read_choice(struct script_parser *parser)
{
    parser->shared->script->choice = true;
}

/* pieces: how the stream is cut into segments is left to a stack that cannot be told. */
static void read_pieces(struct script_parser *parser)
{
    parser->shared->script->pieces = true;
}

/* own: makes a script one of ours that has no other directive; `show` prints it. */
static void read_nothing(struct script_parser *parser)
{
    (void)parser;
}

static void read_unclaimed(struct script_parser *parser)
{
    if (!expect_more(parser, "'fail' or 'ignore'"))
        return;
    if (script_accept_word(parser, "fail"))
        parser->shared->script->unclaimed = SCRIPT_UNCLAIMED_FAIL;
    else if (script_accept_word(parser, "ignore"))
        parser->shared->script->unclaimed = SCRIPT_UNCLAIMED_IGNORE;
    else
        script_fail_expected(parser, "'fail' or 'ignore'");
}

/* ---- connections ---- */

/* conn NAME LOCAL > REMOTE: names a connection by its four-tuple. */
static void read_conn(struct script_parser *parser)
{
    struct script_conn *conn = script_new(parser, sizeof *conn);

    if (!conn || !expect_more(parser, "the name of a connection"))
        return;
    conn->pos = script_pos_here(parser);
    conn->name = script_read_word(parser, "the name of a connection");
    if (!conn->name)
        return;
    if (script_conn(parser->shared->script, conn->name)) {
        script_fail_pos(parser, &conn->pos, "the connection %s is named twice", conn->name);
        return;
    }
    if (!expect_more(parser, "LOCAL > REMOTE") || !script_read_endpoint(parser, &conn->local))
        return;
    if (!expect_more(parser, "'>'") || !script_expect(parser, ">"))
        return;
    if (!expect_more(parser, "the remote endpoint") ||
        !script_read_endpoint(parser, &conn->remote))
        return;
    if (++parser->shared->conn_count > SCRIPT_CONNS_MAX)
        script_fail_pos(parser, &conn->pos, "more than %d connections", SCRIPT_CONNS_MAX);
    *parser->shared->conn_tail = conn;
    parser->shared->conn_tail = &conn->next;
}

/* on NAME: what follows is about that connection; `on default` ends it. */
static void read_on(struct script_parser *parser)
{
    const struct script_conn *conn;
    struct script_pos pos;
    const char *name;

    if (!expect_more(parser, "the name of a connection"))
        return;
    pos = script_pos_here(parser);
    name = script_read_word(parser, "the name of a connection");
    if (!name)
        return;
    conn = script_conn(parser->shared->script, name);
    if (!conn && strcmp(name, "default") != 0) {
        script_fail_pos(parser, &pos, "no connection is named %s", name);
        return;
    }
    parser->shared->conn = conn ? conn->name : NULL;
}

/* ---- given ---- */

/* Refuses a file that is being read already, and too many of them. */
static bool may_include(struct script_parser *parser, const char *path, const char *name,
                        const struct script_pos *pos)
{
    const struct script_parser *outer;
    uint32_t depth = 0;

    for (outer = parser; outer; outer = outer->outer) {
        depth++;
        if (strcmp(outer->file, path) == 0) {
            script_fail_pos(parser, pos, "%s includes itself", name);
            return false;
        }
    }
    if (depth > SCRIPT_GIVEN_DEPTH_MAX)
        script_fail_pos(parser, pos, "preambles are included more than %d deep",
                        SCRIPT_GIVEN_DEPTH_MAX);
    else if (++parser->shared->given_count > SCRIPT_GIVEN_FILES_MAX)
        script_fail_pos(parser, pos, "more than %d preambles", SCRIPT_GIVEN_FILES_MAX);
    return !parser->shared->failed;
}

/* Reads the preamble at `path` into the same script, as if it stood here. */
static void include(struct script_parser *parser, const char *path, const char *name,
                    const struct script_pos *pos)
{
    const char *reason = NULL, *text = NULL;
    size_t length = 0;
    char *loaded = script_load(path, &length, &reason);
    struct script_parser inner;

    if (!loaded) {
        script_fail_pos(parser, pos, "the preamble %s cannot be read: %s: %s", name, path, reason);
        return;
    }
    text = script_copy(parser, loaded, length);
    free(loaded);
    if (!text)
        return;
    script_start_file(&inner, parser->shared, path, text, length);
    inner.outer = parser;
    inner.given_name = name;
    script_read_file(&inner);
    if (parser->shared->failed)
        parser->at = parser->end;
}

/* given NAME...: includes preambles from the folder that the caller named. */
static void read_given(struct script_parser *parser)
{
    char path[PATH_BYTES_MAX];
    const char *folder = parser->shared->given_path;
    const char *name, *kept;
    struct script_pos pos;
    int length;

    script_skip_blanks(parser);
    pos = script_pos_here(parser);
    name = read_text(parser, "", "the name of a preamble");
    if (!name)
        return;
    if (strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") !=
        strlen(name)) {
        script_fail_pos(parser, &pos, "the name of a preamble has letters, digits, _ and - only");
        return;
    }
    if (!folder) {
        script_fail_pos(parser, &pos, "there is no folder of preambles to take %s from", name);
        return;
    }
    length = snprintf(path, sizeof path, "%s/%s.pkt", folder, name);
    if (length < 0 || (size_t)length >= sizeof path) {
        script_fail_pos(parser, &pos, "the path of the preamble %s is too long", name);
        return;
    }
    kept = script_copy(parser, path, (size_t)length);
    if (!kept || !may_include(parser, kept, name, &pos))
        return;
    if (script_add_item(parser, &parser->shared->given_tail, name, NULL, pos))
        include(parser, kept, name, &pos);
}

/* ---- events ---- */

/* Hexadecimal digits up to the end of the line, with blanks between bytes; a name may stand for any
 * number of them. */
static void read_frame(struct script_parser *parser, struct script_event *event)
{
    uint8_t bytes[FRAME_BYTES_MAX];
    uint8_t *kept;
    uint32_t count = 0;

    event->kind = SCRIPT_EVENT_FRAME;
    if (!expect_more(parser, "hexadecimal digits"))
        return;
    while (!parser->shared->failed && !at_line_end(parser)) {
        if (!script_is_word(*parser->at)) {
            script_fail_expected(parser, "hexadecimal digits");
            return;
        }
        count += script_read_hex(parser, bytes + count, FRAME_BYTES_MAX - count);
    }
    if (count == 0)
        script_fail_pos(parser, &event->pos,
                        "the frame has no bytes; a name in it may have no value");
    kept = script_new(parser, count);
    if (!kept)
        return;
    memcpy(kept, bytes, count);
    event->frame = kept;
    event->frame_length = count;
}

static void read_step(struct script_parser *parser, struct script_event *event)
{
    const char *start;
    size_t length;

    event->kind = SCRIPT_EVENT_STEP;
    if (!expect_more(parser, "the name of an event"))
        return;
    start = parser->at;
    length = strcspn(start, "\n");
    parser->at += length;
    while (strchr(" \t\r", start[length - 1]))
        length--;
    event->text = script_copy(parser, start, length);
}

static void read_quiet(struct script_parser *parser, struct script_event *event)
{
    event->kind = SCRIPT_EVENT_QUIET;
    script_read_amount(parser, &event->quiet, true);
    if (event->quiet.term_count == 0 && event->quiet.us < 0)
        script_fail_pos(parser, &event->pos, "a time cannot be negative");
}

static bool is_outbound(const struct script_event *event)
{
    return event->kind == SCRIPT_EVENT_PACKET && event->packet && event->packet->outbound;
}

/* The rest of the line is what the event does, and nothing of the next line is. */
static bool read_action(struct script_parser *parser, struct script_event *event)
{
    struct script_pos pos = script_pos_here(parser);
    size_t length = strcspn(parser->at, "\n");
    const char *line = script_copy(parser, parser->at, length);
    struct script_parser inner;

    if (!line)
        return false;
    script_start_file(&inner, parser->shared, parser->file, line, length);
    inner.first_line = inner.line = pos.line;
    inner.first_column = pos.column;
    if (script_read_action(&inner, event)) {
        script_skip(&inner);
        if (inner.at < inner.end)
            script_fail_expected(&inner, "the end of the line");
    }
    parser->at = parser->shared->failed ? parser->end : parser->at + length;
    return !parser->shared->failed;
}

/* may > PACKET: the target may send it then, and need not. */
static void read_may(struct script_parser *parser, struct script_event *event)
{
    if (!expect_more(parser, "'>'") || !read_action(parser, event))
        return;
    event->may = true;
    if (!is_outbound(event))
        script_fail_pos(parser, &event->pos, "'may' needs an outbound packet");
}

/* +T [< or >] frame, +T step, +T quiet, +T may; the last two also without a time, for +0. */
static void read_timed(struct script_parser *parser, bool has_time)
{
    struct script_time time = { .kind = SCRIPT_TIME_RELATIVE };
    struct script_pos pos = script_pos_here(parser);
    const char *start = parser->at;
    struct script_event *event;
    bool arrow, outbound;

    if (has_time && !script_read_time(parser, &time))
        return;
    script_skip_blanks(parser);
    outbound = *parser->at == '>';
    arrow = outbound || *parser->at == '<';
    parser->at += arrow;
    if (!expect_more(parser, "frame, step, quiet or may"))
        return;
    if (time.blocking || (time.kind != SCRIPT_TIME_RELATIVE &&
                          time.kind != SCRIPT_TIME_ABSOLUTE && !outbound)) {
        script_fail_pos(parser, &pos, "only an absolute or relative time can stand here");
        return;
    }
    event = script_add_event(parser, SCRIPT_EVENT_STEP, pos, start);
    if (!event)
        return;
    event->time = time;
    event->frame_outbound = outbound;
    if (script_accept_word(parser, "frame"))
        read_frame(parser, event);
    else if (!arrow && script_accept_word(parser, "step"))
        read_step(parser, event);
    else if (!arrow && script_accept_word(parser, "quiet"))
        read_quiet(parser, event);
    else if (!arrow && script_accept_word(parser, "may"))
        read_may(parser, event);
    else
        script_fail_expected(parser, arrow ? "'frame'" : "frame, step, quiet or may");
}

/* or LINE: what may stand in place of the event before, at its time. or nothing: it may miss. */
static void read_or(struct script_parser *parser)
{
    struct script_event *last = parser->shared->last, *event;

    if (!last || last->may || (!is_outbound(last) && last->kind != SCRIPT_EVENT_CODE)) {
        script_fail_at(parser, parser->at,
                       "'or' needs an outbound packet or an assertion in front of it");
        return;
    }
    if (!expect_more(parser, "a packet, an assertion or 'nothing'"))
        return;
    if (is_outbound(last) && script_accept_word(parser, "nothing")) {
        last->or_nothing = true;
        return;
    }
    event = script_new_event(parser, last->kind, script_pos_here(parser), parser->at);
    if (!event || !read_action(parser, event))
        return;
    event->time = last->time;
    if (event->kind != last->kind || (event->packet && !event->packet->outbound))
        script_fail_pos(parser, &event->pos, "this is of another kind than what it stands for");
    *parser->shared->other_tail = event;
    parser->shared->other_tail = &event->next;
}

struct directive {
    const char *name;
    void (*read)(struct script_parser *parser);
};

/* What comes behind //: is one of these, and fills in the script itself. */
static void read_named(struct script_parser *parser)
{
    static const struct directive directives[] = {
        { "covers", read_covers }, { "given", read_given }, { "iss", read_iss },
        { "irs", read_irs }, { "clock", read_clock }, { "exact", read_exact },
        { "conn", read_conn }, { "on", read_on }, { "policy", read_policy },
        { "unclaimed", read_unclaimed }, { "own", read_nothing }, { "choice", read_choice },
        { "pieces", read_pieces }, { "or", read_or }, { "prefer", read_prefer },
    };
    size_t i;

    for (i = 0; i < sizeof directives / sizeof directives[0]; i++) {
        if (!script_accept_word(parser, directives[i].name))
            continue;
        directives[i].read(parser);
        return;
    }
    script_fail_expected(parser, "a directive: covers, given, iss, irs, clock, exact, conn, on,"
                         " policy, prefer, unclaimed, own, choice, pieces, or, may, quiet, or a"
                         " time");
}

void script_read_directive(struct script_parser *parser)
{
    const char *at;

    if (!parser->given_name)
        parser->shared->script->own = true;
    parser->at += 3;
    script_skip_blanks(parser);
    at = parser->at;
    if (script_is_digit(*at) || strchr("+*.", *at))
        read_timed(parser, true);
    else if (script_peek_word(parser, "quiet") || script_peek_word(parser, "may"))
        read_timed(parser, false);
    else
        read_named(parser);
    expect_line_end(parser);
}
