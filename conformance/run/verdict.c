/* SPDX-License-Identifier: BSD-2-Clause */
/* How a case ends, and the texts that say so. */
#include "run/state.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct run_text {
    struct run_text *next;
    char text[];
};

/* A text that lives until the next case. Never NULL. */
const char *run_text(struct run *run, const char *format, ...)
{
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    int length = vsnprintf(NULL, 0, format, list);
    va_end(list);
    size_t size = length < 0 ? 1 : (size_t)length + 1;
    struct run_text *made = malloc(sizeof *made + size);
    if (made == NULL) {
        va_end(again);
        return "(no memory)";
    }
    made->text[0] = '\0';
    vsnprintf(made->text, size, format, again);
    va_end(again);
    made->next = run->texts;
    run->texts = made;
    return made->text;
}

void run_texts_free(struct run *run)
{
    while (run->texts != NULL) {
        struct run_text *next = run->texts->next;
        free(run->texts);
        run->texts = next;
    }
    free((char *)(uintptr_t)run->result.ladder);
    run->result.ladder = NULL;
}

/* The event's line without its indentation and trailing comment. */
const char *run_line(struct run *run, const struct script_event *event)
{
    if (event == NULL)
        return "";
    const char *line = event->source;
    size_t length = event->source_length;
    bool quoted = false;
    for (size_t i = 0; i + 1 < length; i++) {
        if (line[i] == '"')
            quoted = !quoted;
        if (!quoted && line[i] == '/' && line[i + 1] == '/' && (i == 0 || line[i - 1] != ':') &&
            i > 0)
            length = i;
    }
    while (length > 0 && strchr(" \t\r\n", line[length - 1]) != NULL)
        length--;
    return run_text(run, "%.*s", (int)length, line);
}

const char *run_state_name(enum anvil_target_state state)
{
    return state == ANVIL_STATE_UNKNOWN ? NULL : oracle_state_name(state);
}

/* The first id that the case covers and that has a text. */
static void add_requirement(struct run *run)
{
    const struct run_options *options = run->options;
    for (const struct script_item *item = run->script->covers;
         item != NULL && options->requirement != NULL; item = item->next) {
        const char *text = options->requirement(options->requirement_context, item->name);
        if (text == NULL)
            continue;
        run->result.requirement = item->name;
        run->result.requirement_text = text;
        return;
    }
}

static void end(struct run *run, const struct script_event *event, enum report_verdict verdict,
                const char *reason)
{
    run->ended = true;
    run->result.verdict = verdict;
    run->result.reason = reason;
    run->result.line = event == NULL ? 0 : (int)event->pos.line;
    if (event != NULL && event->pos.file != NULL)
        run->result.file = event->pos.file;
}

/* The target did not do what the script says (`expected`), or what any target does. Only the first
 * ending of a case counts. */
void run_fail(struct run *run, const struct script_event *event, const char *field,
              const char *expected, const char *actual, const char *reason)
{
    if (run->ended || (run->options->oracles_only && expected != NULL))
        return;
    end(run, event, REPORT_FAILED, reason);
    run->result.field = field;
    run->result.expected = expected;
    run->result.actual = actual;
    run->result.check = run->check[0] == '\0' ? NULL : run->check;
    add_requirement(run);
    run->result.ladder = run_ladder(run);
}

/* The case needs what the runner or the target cannot do. */
void run_skip(struct run *run, const struct script_event *event, const char *reason)
{
    const char *need = run_need(reason);
    if (run->ended)
        return;
    if (need != NULL)
        reason = run_text(run, "needs %s: %s", need, reason);
    end(run, event, REPORT_SKIPPED, reason);
}

/* The script is wrong. */
void run_error(struct run *run, const struct script_event *event, const char *reason)
{
    if (run->ended)
        return;
    end(run, event, REPORT_ERROR, reason);
    run_mistake_keep(run, event, reason);
}
