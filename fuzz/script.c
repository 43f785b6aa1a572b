/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Target: the script language (its parser, printer and evaluator), and the reader of captures.
 * Input: the text of a script, whose `given` counts as a comment, for it would read a file; the
 *     same octets are read as a capture, too.
 * Oracle: a script that is printed and read again is the same, and its expressions have the same
 *     values; a text that is cut is a part of the whole; what is refused is refused with a place
 *     inside the text; a capture gives frames that lie inside it, and written again gives the same.
 */
#include "fuzz/finding.h"
#include "fuzz/kinds.h"

#include "script/script_equal.h"
#include "script/script_eval.h"
#include "script/script_print.h"
#include "wire/capture.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_OCTETS_MAX = 1 << 16, ERROR_MAX = 1024, VALUE_MAX = 256, FILE_HEAD = 24, HEAD = 16 };

/* What the harness meets: kinds of events, and what became of the text. */
enum {
    REFUSED = SCRIPT_EVENT_QUIET + 1, READ, STATEMENT, VALUE, NO_VALUE, CAPTURE, DAMAGED, KINDS
};

static void name_kinds(void)
{
    static const char *const names[KINDS] = {
        "packet", "call", "command", "code", "frame", "step", "quiet", "a text that is no script",
        "a script", "a statement of code", "an expression with a value", "one without", "a capture",
        "a capture that is damaged"
    };
    fuzz_kinds_are(names, KINDS);
}

/* Names have values that depend on nothing else; some have none. */
static bool look_up(void *context, const char *name, struct script_value *value)
{
    int64_t sum = 0;
    (void)context;
    for (const char *at = name; *at != '\0'; at++)
        sum = (sum * 31 + *at) % 100003;
    *value = (struct script_value){ .kind = SCRIPT_VALUE_INTEGER, .integer = sum };
    return sum % 16 != 0;
}

/* The value of an expression as text, or why there is none. */
static bool value_of(const struct script_expr *expr, char *out)
{
    struct script_value value;
    struct script_eval_error error;
    if (script_eval(expr, look_up, NULL, &value, &error)) {
        script_value_format(&value, out, VALUE_MAX);
        return true;
    }
    snprintf(out, VALUE_MAX, "%s", error.message);
    return false;
}

/* Both scripts' statements, one by one: they are equal, and so must be what comes of them. */
static void check_code(const struct script_statement *a, const struct script_statement *b,
                       struct fuzz_finding *finding)
{
    char first[VALUE_MAX], second[VALUE_MAX];
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        fuzz_kind(STATEMENT);
        if (a->value == NULL || b->value == NULL)
            continue;
        bool has = value_of(a->value, first), again = value_of(b->value, second);
        fuzz_kind(has ? VALUE : NO_VALUE);
        if (has != again || strcmp(first, second) != 0)
            fuzz_find(finding, "script: value", "%s, and read again %s", first, second);
        if (!has && first[0] == '\0')
            fuzz_find(finding, "script: silent error", "no value, and nothing is said of it");
        script_eval_text(a->message != NULL ? a->message : a->value, look_up, NULL, first,
                         sizeof first);
    }
}

static void check_events(const struct script *a, const struct script *b,
                         struct fuzz_finding *finding)
{
    const struct script_event *i = a->events, *k = b->events;
    for (; i != NULL && k != NULL; i = i->next, k = k->next) {
        fuzz_kind(i->kind);
        check_code(i->statements, k->statements, finding);
    }
}

/* The script as text, to be freed; NULL: no memory. */
static char *print(const struct script *script, size_t *length, struct fuzz_finding *finding)
{
    *length = script_print(script, NULL, NULL, 0);
    char *text = malloc(*length + 1), *part = malloc(*length / 2 + 1);
    if (text != NULL && part != NULL) {
        size_t whole = script_print(script, NULL, text, *length + 1);
        size_t cut = script_print(script, NULL, part, *length / 2 + 1);
        if (whole != *length || cut != *length || strlen(text) > *length ||
            memcmp(text, part, *length / 2) != 0 || part[*length / 2] != '\0')
            fuzz_find(finding, "script: cut text", "a text that is cut is not a part of the whole");
    }
    free(part);
    return text;
}

/* Prints a script, and reads it again. Returns its text, to be freed. */
static char *check_script(const struct script *script, struct fuzz_finding *finding)
{
    struct script_error error;
    uint32_t event;
    size_t length;
    char *text = print(script, &length, finding);
    if (text == NULL)
        return NULL;
    struct script *again = script_parse_text("again", text, length, NULL, &error);
    if (again == NULL) {
        fuzz_find(finding, "script: not read back", "line %" PRIu32 ": %.300s", error.line,
                  error.message);
        return text;
    }
    const char *difference = script_difference(script, again, &event);
    if (difference != NULL)
        fuzz_find(finding, "script: read back changed", "%s of event %" PRIu32, difference, event);
    else
        check_events(script, again, finding);
    script_upstream(script, NULL, NULL, NULL);
    script_free(again);
    return text;
}

/* A refusal says where, and why. */
static void check_refusal(const struct script_error *error, const uint8_t *data, size_t size,
                          struct fuzz_finding *finding)
{
    char message[ERROR_MAX];
    uint32_t lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    if (error->message[0] == '\0' || error->line > lines || error->caret > strlen(error->source))
        fuzz_find(finding, "script: refusal", "line %" PRIu32 " of %" PRIu32 ": '%.200s'",
                  error->line, lines, error->message);
    if (script_error_format(error, message, sizeof message) >= sizeof message)
        fuzz_find(finding, "script: long refusal", "%.200s...", message);
}

static void put_le32(uint8_t *out, uint64_t value)
{
    for (unsigned i = 0; i < 4; i++)
        out[i] = (uint8_t)(value >> 8 * i);
}

/* Reads a capture; with `out`, writes it there as a plain one, and returns its length. */
static size_t read_capture(const uint8_t *data, size_t size, uint8_t *out, bool *damaged,
                           struct fuzz_finding *finding)
{
    static const uint8_t head[FILE_HEAD] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, [20] = 101 };
    struct wire_pcap pcap;
    struct wire_pcap_packet packet;
    size_t length = sizeof head;
    memcpy(out, head, sizeof head);
    wire_pcap_open(&pcap, data, size);
    while (wire_pcap_next(&pcap, &packet)) {
        if (packet.bytes < data || packet.count > size ||
            (size_t)(packet.bytes - data) > size - packet.count)
            fuzz_find(finding, "capture: bounds", "a frame lies outside of its file");
        if (finding->found)
            break;
        put_le32(out + length, packet.time_us / 1000000);
        put_le32(out + length + 4, packet.time_us % 1000000);
        put_le32(out + length + 8, packet.count);
        put_le32(out + length + 12, packet.count);
        memcpy(out + length + HEAD, packet.bytes, packet.count);
        length += HEAD + packet.count;
    }
    *damaged = pcap.damaged;
    return length;
}

/* A capture that was written from one that was read is sound, and read the same. Frames take no
 * more room than they did; the head may. */
static void check_capture(const uint8_t *data, size_t size, struct fuzz_finding *finding)
{
    uint8_t *first = malloc(size + FILE_HEAD), *second = malloc(size + FILE_HEAD);
    bool damaged, again;
    if (first != NULL && second != NULL) {
        size_t length = read_capture(data, size, first, &damaged, finding);
        fuzz_kind(damaged ? DAMAGED : CAPTURE);
        if (!finding->found &&
            (read_capture(first, length, second, &again, finding) != length || again ||
             memcmp(first, second, length) != 0))
            fuzz_find(finding, "capture: round trip", "written again, a capture reads otherwise");
    }
    free(first);
    free(second);
}

/* Parses a text; a preamble is left out. NULL: it is no script, or there is no memory. */
static struct script *parse(const uint8_t *data, size_t size, struct script_error *error)
{
    static const char given[] = "//: given";
    enum { GIVEN = sizeof given - 1, COLON = 2 };
    char *text = malloc(size + 1);
    if (text == NULL)
        return NULL;
    memcpy(text, data, size);
    for (size_t i = 0; i + GIVEN <= size; i++)
        if (memcmp(text + i, given, GIVEN) == 0)
            text[i + COLON] = ' ';
    struct script *script = script_parse_text("input", text, size, NULL, error);
    free(text);
    return script;
}

/* Runs an input. Returns the text of the script, or of what is wrong with it, to be freed; NULL: no
 * memory. */
static char *play(const uint8_t *data, size_t size, struct fuzz_finding *finding)
{
    struct script_error error = { .message = "there is no memory" };
    name_kinds();
    if (size > TEXT_OCTETS_MAX)
        size = TEXT_OCTETS_MAX;
    check_capture(data, size, finding);
    struct script *script = parse(data, size, &error);
    fuzz_kind(script != NULL ? READ : REFUSED);
    char *text;
    if (script != NULL) {
        text = check_script(script, finding);
        script_free(script);
        return text;
    }
    check_refusal(&error, data, size, finding);
    text = malloc(ERROR_MAX);
    if (text != NULL)
        script_error_format(&error, text, ERROR_MAX);
    return text;
}

int fuzz_script(const uint8_t *data, size_t size)
{
    struct fuzz_finding finding = { .found = false };
    free(play(data, size, &finding));
    return fuzz_end_of_run(&finding);
}

void fuzz_script_tell(const uint8_t *data, size_t size, struct fuzz_story *story)
{
    memset(story, 0, sizeof *story);
    story->text = play(data, size, &story->finding);
    story->record.failed = story->text == NULL;
}
