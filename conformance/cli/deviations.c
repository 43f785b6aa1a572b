/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads lists of known deviations, and applies them to results. */
#define _XOPEN_SOURCE 700
#include "cli/deviations.h"
#include "cli/cli.h"
#include "target/registry.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char blanks[] = " \t\r";

/* The whole file as text, or NULL with errno set. */
static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t length = 0;
    if (file == NULL)
        return NULL;
    for (size_t room = 65536;; room *= 2) {
        char *grown = realloc(text, room);
        if (grown == NULL)
            break;
        text = grown;
        length += fread(text + length, 1, room - 1 - length, file);
        text[length] = '\0';
        if (length < room - 1)
            break;
    }
    int error = ferror(file) ? errno : EINVAL; /* EINVAL: an octet of zero, so it is no text */
    bool readable = text != NULL && !ferror(file) && strlen(text) == length;
    fclose(file);
    if (readable)
        return text;
    free(text);
    errno = error;
    return NULL;
}

/* Cuts off the text in double quotes that the rest of a line begins with, if it does. */
static char *read_text(char *rest, struct cli_deviation *deviation)
{
    char *end = *rest == '"' ? strchr(rest + 1, '"') : NULL;
    if (end == NULL)
        return rest;
    *end++ = '\0';
    deviation->text = rest + 1;
    return end + strspn(end, blanks);
}

/* Reads one line: *deviation is set, with no pattern for a line that says nothing. False: a case
 * without a reason. */
static bool read_line(char *line, struct cli_deviation *deviation)
{
    line += strspn(line, blanks);
    deviation->pattern = deviation->reason = deviation->text = NULL;
    if (*line == '\0' || *line == '#')
        return true;
    char *end = line + strcspn(line, blanks);
    char *reason = read_text(end + strspn(end, blanks), deviation);
    size_t length = strlen(reason);
    while (length > 0 && strchr(blanks, reason[length - 1]) != NULL)
        reason[--length] = '\0';
    *end = '\0';
    deviation->pattern = line;
    deviation->reason = reason;
    return length > 0;
}

static bool add(struct cli_deviations *deviations, const struct cli_deviation *one)
{
    size_t count = deviations->count;
    if ((count & (count - 1)) == 0) { /* 0, 1, 2, 4 ...: the array is full */
        struct cli_deviation *grown =
            realloc(deviations->list, (count == 0 ? 1 : 2 * count) * sizeof *grown);
        if (grown == NULL)
            return false;
        deviations->list = grown;
    }
    deviations->list[deviations->count++] = *one;
    return true;
}

/* Reads the entries out of the text, which it cuts into words. */
static bool read_entries(struct cli_deviations *deviations)
{
    struct cli_deviation one = { .line = 0 };
    char *line = deviations->text;
    while (line != NULL) {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end = '\0';
        one.line++;
        if (!read_line(line, &one)) {
            cli_wrong("%s:%u: %s has no reason behind it", deviations->path, one.line,
                      one.pattern);
            return false;
        }
        if (one.pattern != NULL && !add(deviations, &one)) {
            cli_wrong("no memory");
            return false;
        }
        line = end == NULL ? NULL : end + 1;
    }
    return true;
}

/* The list that comes with a built-in target lies in a folder beside the built-in suite. */
static bool find_own(struct cli_deviations *deviations, const struct anvil_target *target)
{
    char suite[2048];
    if (target_find(target->traits()->name) != target || !cli_suite_folder(suite, sizeof suite))
        return false;
    int length = snprintf(deviations->path, sizeof deviations->path, "%s/../target/%s.deviations",
                          suite, target->traits()->name);
    if (length < 0 || (size_t)length >= sizeof deviations->path)
        deviations->path[0] = '\0';
    return deviations->path[0] != '\0';
}

bool cli_deviations_load(struct cli_deviations *deviations, const char *file,
                         const struct anvil_target *target)
{
    memset(deviations, 0, sizeof *deviations);
    if (file != NULL && strcmp(file, "none") == 0)
        return true;
    if (file != NULL)
        snprintf(deviations->path, sizeof deviations->path, "%s", file);
    else if (!find_own(deviations, target))
        return true;
    deviations->text = read_file(deviations->path);
    if (deviations->text == NULL && file == NULL && errno == ENOENT) {
        deviations->path[0] = '\0';
        return true;
    }
    if (deviations->text == NULL) {
        cli_wrong("%s: %s", deviations->path, strerror(errno));
        return false;
    }
    return read_entries(deviations);
}

void cli_deviations_free(struct cli_deviations *deviations)
{
    free(deviations->list);
    free(deviations->text);
    memset(deviations, 0, sizeof *deviations);
}

bool cli_deviations_match(const struct cli_deviations *deviations, const struct cli_cases *cases)
{
    bool complete = true;
    for (size_t i = 0; i < deviations->count; i++) {
        const struct cli_deviation *one = &deviations->list[i];
        bool found = false;
        for (size_t k = 0; k < cases->count && !found; k++)
            found = fnmatch(one->pattern, cases->list[k].name, 0) == 0;
        if (!found)
            cli_wrong("%s:%u: no case is called %s", deviations->path, one->line, one->pattern);
        complete = complete && found;
    }
    return complete;
}

static bool shows(const struct report_result *failure, const char *text)
{
    const char *parts[] = { failure->reason, failure->expected, failure->actual };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i] != NULL && strstr(parts[i], text) != NULL)
            return true;
    return false;
}

const char *cli_deviations_reason(const struct cli_deviations *deviations, const char *name,
                                  const struct report_result *failure)
{
    for (size_t i = 0; i < deviations->count; i++) {
        const struct cli_deviation *one = &deviations->list[i];
        if ((one->text == NULL || shows(failure, one->text)) &&
            fnmatch(one->pattern, name, 0) == 0)
            return one->reason;
    }
    return NULL;
}

/* Whether a case is listed for any failure. */
static bool always_fails(const struct cli_deviations *deviations, const char *name)
{
    for (size_t i = 0; i < deviations->count; i++)
        if (deviations->list[i].text == NULL &&
            fnmatch(deviations->list[i].pattern, name, 0) == 0)
            return true;
    return false;
}

/*
 * One failing run makes the case a known deviation; its other runs stay as they are. A case that
 * was skipped, or whose script is wrong, shows nothing either way.
 */
bool cli_deviations_apply(const struct cli_deviations *deviations, const char *name,
                          struct cli_outcome *outcomes, size_t count)
{
    size_t failed = 0, passed = 0;
    bool complete = true;
    for (size_t i = 0; i < count; i++) {
        enum report_verdict verdict = outcomes[i].result.verdict;
        passed += verdict == REPORT_PASSED;
        failed += verdict == REPORT_FAILED || verdict == REPORT_ERROR;
        const char *reason =
            verdict == REPORT_FAILED
                ? cli_deviations_reason(deviations, name, &outcomes[i].result) : NULL;
        if (reason != NULL)
            complete = cli_outcome_judge(&outcomes[i], REPORT_KNOWN_DEVIATION, reason) && complete;
    }
    if (failed == 0 && passed > 0 && outcomes[0].result.verdict == REPORT_PASSED &&
        always_fails(deviations, name))
        complete = cli_outcome_judge(&outcomes[0], REPORT_FAILED,
                                     "listed as a deviation, but passes") && complete;
    return complete;
}
