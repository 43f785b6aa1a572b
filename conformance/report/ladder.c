/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ladder. A row has a time, a lane with the frame and its arrow, and the target's side with its
 * state or a call. Text that is too wide for its place goes on in the next line, broken behind a
 * blank or a comma, so that no line passes 100 columns.
 */
#include "report/ladder.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "report/buffer.h"

/* 11 columns for the time, 3 for " | ", the lane, 3 for " | ", the side: 100 together. */
enum { TIME_WIDTH = 11, LANE_WIDTH = 51, SIDE_WIDTH = 32, ARROW_MIN = 5, CONTINUED = 2 };

/* Text that is taken out in pieces. */
struct wrapped {
    const char *text;
    bool begun;
};

/* Where to break text that is too long: behind the last comma, so that no option or argument is
 * torn apart, unless that leaves half the line empty; else behind the last blank; a word that is
 * too wide is cut. */
static size_t find_break(const char *text, size_t width)
{
    size_t comma = width;
    size_t blank = width;

    while (comma > width / 2 && text[comma - 1] != ',')
        comma--;
    while (blank > 0 && text[blank - 1] != ' ')
        blank--;
    if (comma > width / 2)
        return comma;
    return blank > 0 ? blank : width;
}

/* The longest piece of at most `width` bytes; the blanks at its end are not counted. */
static size_t take_piece(struct wrapped *wrapped, size_t width, const char **piece)
{
    size_t end = strlen(wrapped->text);

    if (end > width)
        end = find_break(wrapped->text, width);
    *piece = wrapped->text;
    wrapped->text += end;
    wrapped->text += strspn(wrapped->text, " ");
    wrapped->begun = true;
    while (end > 0 && (*piece)[end - 1] == ' ')
        end--;
    return end;
}

/* Bytes of a piece; control characters would break the columns. */
static void add_piece(struct report_buffer *out, const char *piece, size_t length)
{
    for (size_t i = 0; i < length; i++)
        report_buffer_add(out, (unsigned char)piece[i] < 0x20 || piece[i] == 0x7f ? "?" : piece + i,
                          1);
}

static void add_arrow(struct report_buffer *out, bool to_target, size_t width)
{
    report_buffer_text(out, to_target ? "-" : "<");
    report_buffer_fill(out, '-', width - 2);
    report_buffer_text(out, to_target ? ">" : "-");
}

/* How much of the first line a frame may take. One that is too long is broken before its options,
 * if it has any. */
static size_t first_width(const char *text)
{
    size_t width = LANE_WIDTH - ARROW_MIN - 1;
    const char *options = strstr(text, " <");

    if (strlen(text) > width && options != NULL && (size_t)(options - text) < width)
        return (size_t)(options - text) + 1;
    return width;
}

/* The first line of a frame in the lane: text and arrow fill it. */
static void add_frame_line(struct report_buffer *out, struct wrapped *frame, bool to_target)
{
    const char *piece;
    size_t length = take_piece(frame, first_width(frame->text), &piece);

    if (to_target) {
        add_piece(out, piece, length);
        report_buffer_text(out, " ");
    }
    add_arrow(out, to_target, LANE_WIDTH - length - 1);
    if (!to_target) {
        report_buffer_text(out, " ");
        add_piece(out, piece, length);
    }
}

/* A further line of a frame: indented on its sender's side. */
static void add_continued_line(struct report_buffer *out, struct wrapped *frame, bool to_target)
{
    const char *piece;
    size_t length = take_piece(frame, LANE_WIDTH - CONTINUED, &piece);
    size_t blanks = LANE_WIDTH - length;

    report_buffer_fill(out, ' ', to_target ? CONTINUED : blanks);
    add_piece(out, piece, length);
    if (to_target)
        report_buffer_fill(out, ' ', blanks - CONTINUED);
}

static void add_lane(struct report_buffer *out, struct wrapped *frame, bool to_target)
{
    if (frame->text[0] == '\0')
        report_buffer_fill(out, ' ', LANE_WIDTH);
    else if (frame->begun)
        add_continued_line(out, frame, to_target);
    else
        add_frame_line(out, frame, to_target);
}

static void add_side(struct report_buffer *out, struct wrapped *side)
{
    size_t indent = side->begun ? CONTINUED : 0;
    const char *piece;
    size_t length;

    if (side->text[0] == '\0')
        return;
    length = take_piece(side, SIDE_WIDTH - indent, &piece);
    report_buffer_fill(out, ' ', indent);
    add_piece(out, piece, length);
}

/* Lines end without blanks. */
static void end_line(struct report_buffer *out)
{
    while (out->length > 0 && out->bytes[out->length - 1] == ' ')
        out->length--;
    report_buffer_text(out, "\n");
}

/* The time on the first line of a row, blanks on the others. */
static void add_time(struct report_buffer *out, const struct report_row *row, bool first)
{
    if (first)
        report_buffer_format(out, "%4lu.%06lu | ", (unsigned long)(row->time_us / 1000000),
                             (unsigned long)(row->time_us % 1000000));
    else
        report_buffer_format(out, "%*s | ", (int)TIME_WIDTH, "");
}

static void add_row(struct report_buffer *out, const struct report_row *row, const char *state)
{
    bool is_call = row->kind == REPORT_ROW_CALL;
    struct wrapped frame = { is_call ? "" : row->text, false };
    struct wrapped side = { is_call ? row->text : state, false };
    bool first = true;

    while (first || frame.text[0] != '\0' || side.text[0] != '\0') {
        add_time(out, row, first);
        add_lane(out, &frame, row->kind == REPORT_ROW_IN);
        report_buffer_text(out, " | ");
        add_side(out, &side);
        end_line(out);
        first = false;
    }
}

/* Notes have the lane and the side to themselves. */
static void add_note(struct report_buffer *out, const struct report_row *row)
{
    struct wrapped note = { row->text, false };
    bool first = true;

    while (first || note.text[0] != '\0') {
        const char *piece;
        size_t length;

        add_time(out, row, first);
        length = take_piece(&note, LANE_WIDTH + 3 + SIDE_WIDTH, &piece);
        add_piece(out, piece, length);
        end_line(out);
        first = false;
    }
}

/* What is said about the state beside a frame: nothing while it stays what was said last. */
static void describe_state(char *text, size_t room, const struct report_row *row,
                           const char **last_said)
{
    const char *before = row->state_before;
    const char *after = row->state_after;
    bool known_before = *last_said != NULL && before != NULL && strcmp(*last_said, before) == 0;

    text[0] = '\0';
    if (after == NULL || (*last_said != NULL && strcmp(*last_said, after) == 0))
        return;
    if (before == NULL || known_before || strcmp(before, after) == 0)
        snprintf(text, room, "%s", after);
    else
        snprintf(text, room, "%s -> %s", before, after);
    *last_said = after;
}

/* A call that changes the state says so in a line of its own, below the call. */
static void add_any_row(struct report_buffer *out, const struct report_row *row,
                        const char **last_said)
{
    char state[64];
    struct report_row silent = *row;

    describe_state(state, sizeof state, row, last_said);
    if (row->kind == REPORT_ROW_NOTE) {
        add_note(out, row);
        return;
    }
    add_row(out, row, state);
    if (row->kind != REPORT_ROW_CALL || state[0] == '\0')
        return;
    silent.text = state;
    add_row(out, &silent, "");
}

char *report_ladder(const struct report_row *rows, size_t count, const char *peer,
                    const char *target, size_t rows_max)
{
    struct report_buffer out = { .bytes = NULL };
    const char *last_said = NULL;
    size_t head = rows_max == 0 || count <= rows_max ? count : rows_max / 2;
    size_t tail = head == count ? 0 : rows_max - head;

    report_buffer_format(&out, "%*s   %-*s   %s\n", (int)TIME_WIDTH, "time", (int)LANE_WIDTH, peer,
                         target);
    for (size_t i = 0; i < count; i++) {
        if (i == head)
            report_buffer_format(&out, "%*s   %zu rows are left out\n", (int)TIME_WIDTH, "...",
                                 count - head - tail);
        if (i < head || i >= count - tail)
            add_any_row(&out, &rows[i], &last_said);
    }
    if (!out.failed)
        return out.bytes;
    report_buffer_free(&out);
    return NULL;
}
