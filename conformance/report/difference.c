/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where two lines differ. Each line is split into named fields with their columns; then the two
 * lists are walked side by side.
 */
#include "report/difference.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { FIELDS_MAX = 64, NAME_MAX_BYTES = 16 };

struct field {
    char name[NAME_MAX_BYTES];
    size_t column;
    size_t width;
};

/* A line being split. */
struct fields {
    const char *line;
    size_t at;
    size_t count;
    struct field list[FIELDS_MAX];
};

/* Adds the bytes from `column` to `end`, without blanks at the end. More than FIELDS_MAX fields:
 * the last one grows. */
static void add(struct fields *fields, const char *name, size_t column, size_t end)
{
    size_t index = fields->count < FIELDS_MAX ? fields->count : FIELDS_MAX - 1;
    struct field *field = &fields->list[index];

    while (end > column && fields->line[end - 1] == ' ')
        end--;
    if (end == column)
        return;
    if (fields->count == FIELDS_MAX) {
        field->width = end - field->column;
        return;
    }
    snprintf(field->name, sizeof field->name, "%s", name);
    field->column = column;
    field->width = end - column;
    fields->count++;
}

static size_t word_end(const char *line, size_t at)
{
    return at + strcspn(line + at, " ");
}

static size_t skip_blanks(const char *line, size_t at)
{
    return at + strspn(line + at, " ");
}

/* Is the word at `at` this one? */
static bool is_word(const char *line, size_t at, const char *word)
{
    size_t length = strlen(word);

    return word_end(line, at) - at == length && memcmp(line + at, word, length) == 0;
}

/* Takes the next word. */
static void take_word(struct fields *fields, const char *name)
{
    size_t end = word_end(fields->line, fields->at);

    add(fields, name, fields->at, end);
    fields->at = skip_blanks(fields->line, end);
}

/* Takes a word and the one behind it, named by the first: "win 65535". */
static void take_pair(struct fields *fields)
{
    char name[NAME_MAX_BYTES];
    size_t first_end = word_end(fields->line, fields->at);
    size_t second = skip_blanks(fields->line, first_end);
    size_t second_end = word_end(fields->line, second);

    snprintf(name, sizeof name, "%.*s", (int)(first_end - fields->at), fields->line + fields->at);
    add(fields, name, fields->at, second_end);
    fields->at = skip_blanks(fields->line, second_end);
}

/* Takes up to and including `last`, which closes a bracket; up to the end of the line if absent. */
static void take_bracket(struct fields *fields, const char *name, char last)
{
    const char *found = strchr(fields->line + fields->at, last);
    size_t end = found == NULL ? strlen(fields->line) : (size_t)(found - fields->line) + 1;

    add(fields, name, fields->at, end);
    fields->at = skip_blanks(fields->line, end);
}

/* "<mss 1460,nop,TS val 1 ecr 2>": a field an option, named by its first word. */
static void take_options(struct fields *fields)
{
    const char *line = fields->line;
    size_t at = fields->at + 1;

    while (line[at] != '\0' && line[at] != '>') {
        char name[NAME_MAX_BYTES];
        size_t start = skip_blanks(line, at);
        size_t end = start + strcspn(line + start, ",>");

        snprintf(name, sizeof name, "%.*s", (int)strcspn(line + start, " ,>"), line + start);
        add(fields, name, start, end);
        at = end + (line[end] == ',');
    }
    fields->at = skip_blanks(line, at + (line[at] == '>'));
}

/* "1.2.3.4:80 > 5.6.7.8:9" stands before the flags if the second word is an arrow. */
static bool has_addresses(const struct fields *fields)
{
    const char *line = fields->line;

    return is_word(line, skip_blanks(line, word_end(line, fields->at)), ">");
}

static void take_addresses(struct fields *fields)
{
    size_t arrow = skip_blanks(fields->line, word_end(fields->line, fields->at));
    size_t second = skip_blanks(fields->line, word_end(fields->line, arrow));
    size_t end = word_end(fields->line, second);

    add(fields, "addresses", fields->at, end);
    fields->at = skip_blanks(fields->line, end);
}

/* Fields behind the flags and the sequence numbers, or behind the type of an ICMP message. */
static void take_rest(struct fields *fields, const char *plain_name)
{
    static const char *const pairs[] = { "ack", "win", "urg", "mtu", "id" };

    while (fields->line[fields->at] != '\0') {
        const char *here = fields->line + fields->at;
        size_t i = 0;

        while (i < sizeof pairs / sizeof pairs[0] && !is_word(fields->line, fields->at, pairs[i]))
            i++;
        if (i < sizeof pairs / sizeof pairs[0])
            take_pair(fields);
        else if (here[0] == '<')
            take_options(fields);
        else if (here[0] == '[')
            take_bracket(fields, "quoted", ']');
        else
            take_word(fields, plain_name);
    }
}

/* A packet, from behind its arrow. */
static void split_packet(struct fields *fields)
{
    if (fields->line[fields->at] == '[' && !has_addresses(fields))
        take_bracket(fields, "ip", ']');
    if (has_addresses(fields))
        take_addresses(fields);
    if (is_word(fields->line, fields->at, "icmp")) {
        take_word(fields, "protocol");
        take_word(fields, "type");
        take_rest(fields, "code");
        return;
    }
    take_word(fields, "flags");
    take_word(fields, "seq");
    take_rest(fields, "");
}

/* The column of the arrow of a packet's direction: the first word that is one, with at most a time
 * before it. SIZE_MAX when the line is no packet. */
static size_t find_arrow(const char *line)
{
    size_t at = skip_blanks(line, 0);

    if (is_word(line, at, "<") || is_word(line, at, ">"))
        return at;
    if (line[at] == '\0' || strchr("+*.0123456789", line[at]) == NULL)
        return SIZE_MAX;
    at = skip_blanks(line, word_end(line, at));
    return is_word(line, at, "<") || is_word(line, at, ">") ? at : SIZE_MAX;
}

static void split(struct fields *fields, const char *line)
{
    size_t arrow = find_arrow(line);

    fields->line = line;
    fields->count = 0;
    fields->at = skip_blanks(line, 0);
    if (arrow == SIZE_MAX) {
        while (line[fields->at] != '\0')
            take_word(fields, "");
        return;
    }
    if (arrow > fields->at)
        take_word(fields, "time");
    take_word(fields, "direction");
    split_packet(fields);
}

static bool same_text(const struct fields *a, size_t i, const struct fields *b, size_t j)
{
    return a->list[i].width == b->list[j].width &&
           memcmp(a->line + a->list[i].column, b->line + b->list[j].column, a->list[i].width) == 0;
}

/* Index of a field of that name, from `start` on; `count` if there is none. */
static size_t find(const struct fields *fields, size_t start, const char *name)
{
    size_t i = start;

    while (i < fields->count && strcmp(fields->list[i].name, name) != 0)
        i++;
    return i;
}

/* Marks field i in one line; at the end of the line, nothing wide, when i is past the last. */
static void mark(const struct fields *fields, size_t i, bool present, size_t *column, size_t *width)
{
    size_t last = fields->count == 0 ? 0 : fields->count - 1;

    *width = present ? fields->list[i].width : 0;
    if (i < fields->count)
        *column = fields->list[i].column;
    else
        *column = fields->count == 0 ? 0 : fields->list[last].column + fields->list[last].width;
}

/* The time is compared only on request: the two lines may count it from different points. A script
 * that leaves out the window, the IP values or the addresses means any. */
static bool may_be_left_out(const char *name)
{
    return strcmp(name, "time") == 0 || strcmp(name, "win") == 0 || strcmp(name, "ip") == 0 ||
           strcmp(name, "addresses") == 0;
}

static bool is_name(const struct fields *fields, size_t i, const char *name)
{
    return i < fields->count && strcmp(fields->list[i].name, name) == 0;
}

/* Walks both lists to the first pair of fields that is not the same. */
static bool first_difference(const struct fields *expected, const struct fields *actual, size_t *i,
                             size_t *j)
{
    *i = 0;
    *j = 0;
    while (*i < expected->count || *j < actual->count) {
        const char *wanted = *i < expected->count ? expected->list[*i].name : NULL;
        bool both = *i < expected->count && *j < actual->count;

        if (is_name(expected, *i, "time"))
            (*i)++;
        else if (*j < actual->count && may_be_left_out(actual->list[*j].name) &&
                 (wanted == NULL || !is_name(actual, *j, wanted)))
            (*j)++;
        else if (is_name(expected, *i, "..."))
            return false;
        else if (both && same_text(expected, *i, actual, *j)) {
            (*i)++;
            (*j)++;
        } else
            return true;
    }
    return false;
}

static void mark_pair(struct report_difference *difference, const struct fields *expected, size_t i,
                      bool in_expected, const struct fields *actual, size_t j, bool in_actual)
{
    const char *name = in_expected ? expected->list[i].name : in_actual ? actual->list[j].name : "";

    snprintf(difference->field, sizeof difference->field, "%s", name);
    mark(expected, i, in_expected, &difference->expected_column, &difference->expected_width);
    mark(actual, j, in_actual, &difference->actual_column, &difference->actual_width);
}

/* One line has a field that the other has only later or not at all: the one in between is extra in
 * `actual`, or missing there. */
static void mark_first(struct report_difference *difference, const struct fields *expected,
                       size_t i, const struct fields *actual, size_t j)
{
    bool at_end = i == expected->count || j == actual->count;
    bool renamed = !at_end && strcmp(expected->list[i].name, actual->list[j].name) != 0;
    bool extra = i == expected->count ||
                 (renamed && find(actual, j + 1, expected->list[i].name) < actual->count);
    bool missing = j == actual->count ||
                   (renamed && !extra &&
                    find(expected, i + 1, actual->list[j].name) < expected->count);

    mark_pair(difference, expected, i, !extra, actual, j, !missing);
}

/* What has no field of its own in a line stands inside, or beside, another. */
static const char *field_that_holds(const char *name)
{
    static const struct {
        const char *name;
        const char *holder;
    } rules[] = { { "ecn", "ip" }, { "ttl", "ip" }, { "flowlabel", "ip" }, { "text", "seq" } };

    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (strcmp(rules[i].name, name) == 0)
            return rules[i].holder;
    return name;
}

/* Finds the field that the caller named. Of several with that name it is the first that is not the
 * same in both lines, or simply the first. False if neither line has one. */
static bool find_named(const struct fields *expected, const struct fields *actual,
                       const char *name, size_t *i, size_t *j)
{
    size_t first_i = find(expected, 0, name);
    size_t first_j = find(actual, 0, name);

    *i = first_i;
    *j = first_j;
    while (*i < expected->count && *j < actual->count && same_text(expected, *i, actual, *j)) {
        *i = find(expected, *i + 1, name);
        *j = find(actual, *j + 1, name);
    }
    if (*i == expected->count && *j == actual->count) {
        *i = first_i;
        *j = first_j;
    }
    return *i < expected->count || *j < actual->count;
}

bool report_difference(struct report_difference *difference, const char *expected,
                       const char *actual, const char *field)
{
    struct fields e;
    struct fields a;
    size_t i;
    size_t j;
    bool differ;

    memset(difference, 0, sizeof *difference);
    split(&e, expected);
    split(&a, actual);
    differ = first_difference(&e, &a, &i, &j);
    if (differ && (field == NULL || is_name(&e, i, field))) {
        mark_first(difference, &e, i, &a, j);
        return true;
    }
    if (field != NULL && find_named(&e, &a, field_that_holds(field), &i, &j)) {
        mark_pair(difference, &e, i, i < e.count, &a, j, j < a.count);
        snprintf(difference->field, sizeof difference->field, "%s", field);
        return true;
    }
    if (differ && first_difference(&e, &a, &i, &j))
        mark_first(difference, &e, i, &a, j);
    return differ;
}
