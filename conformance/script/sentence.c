/* SPDX-License-Identifier: BSD-2-Clause */
/* The sentence of a case: the first sentence of the script's first comment. */
#include "script/parse.h"

#include <string.h>

static const char *skip_marks(const char *at)
{
    while (*at == '/' || *at == '*' || *at == '#' || *at == ' ' || *at == '\t' || *at == '!' ||
           *at == '\r')
        at++;
    return at;
}

/* Does the line after this one go on with the same comment? Returns where its text begins. */
static const char *next_line(const char *newline, bool block)
{
    const char *at = newline + 1;

    while (*at == ' ' || *at == '\t')
        at++;
    if (block)
        return skip_marks(at);
    if (at[0] == '/' && at[1] == '/' && at[2] != ':')
        return skip_marks(at);
    return *at == '#' && at[1] == ' ' ? skip_marks(at) : NULL;
}

static bool is_blank(char c)
{
    return c == '\n' || c == '\r' || c == '\0';
}

static bool ends_sentence(const char *at)
{
    if (*at != '.' && *at != '?' && *at != '!')
        return false;
    return at[1] == ' ' || at[1] == '\n' || at[1] == '\r' || at[1] == '\t' || at[1] == '\0';
}

/* Copies what is nothing but text; returns how much that is. */
static size_t copy_plain(const char *at, char *out, size_t most)
{
    size_t count = strcspn(at, "*\n\r.?!");

    if (count > most)
        count = most;
    memcpy(out, at, count);
    return count;
}

/* Copies up to the end of the sentence, or of the comment, lines joined by one blank. */
static size_t copy_sentence(const char *at, bool block, char *out)
{
    enum { LINES_MAX = 20 }; /* empty ones count, so that thousands of them cost nothing */
    int lines = 0;
    size_t n = 0;

    while (*at != '\0' && n < SCRIPT_SENTENCE_BYTES_MAX && lines < LINES_MAX) {
        size_t plain = copy_plain(at, out + n, SCRIPT_SENTENCE_BYTES_MAX - n);

        n += plain;
        at += plain;
        if (plain > 0)
            continue;
        if (block && at[0] == '*' && at[1] == '/')
            break;
        if (*at == '\n') {
            at = next_line(at, block);
            lines++;
            if (!at || (n > 0 && is_blank(*at)))
                break;
            if (n > 0)
                out[n++] = ' ';
            continue;
        }
        if (*at != '\r')
            out[n++] = *at;
        if (ends_sentence(at))
            break;
        at++;
    }
    while (n > 0 && (out[n - 1] == ' ' || out[n - 1] == '\t'))
        n--;
    return n;
}

/* Licence lines are not what a case is about. */
static bool is_legal_notice(const char *at)
{
    return strncmp(at, "SPDX-", 5) == 0 || strncmp(at, "Copyright", 9) == 0;
}

void script_keep_sentence(struct script_parser *parser)
{
    char sentence[SCRIPT_SENTENCE_BYTES_MAX + 1];
    struct script *script = parser->shared->script;
    bool block = parser->at[0] == '/' && parser->at[1] == '*';
    const char *at;
    size_t length;

    if (script->sentence || parser->given_name || parser->has_event)
        return;
    at = skip_marks(parser->at);
    if (is_legal_notice(at))
        return;
    length = copy_sentence(at, block, sentence);
    sentence[length] = '\0';
    if (length > 0 && !is_legal_notice(sentence)) /* below an empty line, say */
        script->sentence = script_copy(parser, sentence, length);
}
