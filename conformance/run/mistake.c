/* SPDX-License-Identifier: BSD-2-Clause */
/* A script that reads well and still makes no sense: where, and how its line reads. */
#include "run/state.h"

#include <string.h>

static void copy_line(struct script_error *mistake, const struct script_event *event)
{
    size_t length = 0;
    while (length < event->source_length && length < SCRIPT_SOURCE_LINE_MAX &&
           event->source[length] != '\n') {
        char c = event->source[length];
        mistake->source[length++] = c >= 0x20 && c < 0x7f ? c : ' ';
    }
    mistake->source[length] = '\0';
}

/* Ends the case: the script is wrong at `pos`, which stands on a line of `event`. */
void run_error_at(struct run *run, const struct script_event *event, const struct script_pos *pos,
                  const char *reason)
{
    struct script_error *mistake = &run->mistake;
    if (run->ended)
        return;
    run_error(run, event, reason);
    if (event == NULL || pos->line != event->pos.line || pos->column < event->pos.column)
        return;
    uint32_t caret = pos->column - event->pos.column;
    if (caret > strlen(mistake->source))
        return;
    mistake->column = pos->column;
    mistake->caret = caret;
}

/* Keeps the mistake with the place where its line begins; without a line, with the file alone. */
void run_mistake_keep(struct run *run, const struct script_event *event, const char *reason)
{
    struct script_error *mistake = &run->mistake;
    memset(mistake, 0, sizeof *mistake);
    snprintf(mistake->file, sizeof mistake->file, "%s", run->result.file);
    snprintf(mistake->message, sizeof mistake->message, "%s", reason);
    if (event == NULL)
        return;
    mistake->line = event->pos.line;
    mistake->column = event->pos.column;
    copy_line(mistake, event);
}

const struct script_error *run_mistake(const struct run *run)
{
    return run->result.verdict == REPORT_ERROR ? &run->mistake : NULL;
}
