/* SPDX-License-Identifier: BSD-2-Clause */
/* Times: numbers, units and symbols, without floating point, so that they are exact. */
#include "script/parse.h"

#include <string.h>

enum { MILLION = 1000000 };

/* value * 10 + digit, or false if it does not fit. */
static bool append_digit(int64_t *value, char digit)
{
    int64_t d = digit - '0';

    if (*value > (INT64_MAX - d) / 10)
        return false;
    *value = *value * 10 + d;
    return true;
}

/* A decimal number in millionths: 0.5 is 500000. What lies below one millionth is cut off, as
 * upstream does with microseconds. */
static bool read_millionths(struct script_parser *parser, int64_t *value)
{
    const char *at = parser->at;
    bool fits = true;
    int places = 0;

    *value = 0;
    while (script_is_digit(*at))
        fits = append_digit(value, *at++) && fits;
    if (at[0] == '.' && script_is_digit(at[1])) {
        for (at++; script_is_digit(*at); at++) {
            if (places == 6)
                continue;
            fits = append_digit(value, *at) && fits;
            places++;
        }
    }
    for (; places < 6; places++)
        fits = append_digit(value, '0') && fits;
    if (at == parser->at) {
        script_fail_expected(parser, "a time");
        return false;
    }
    if (!fits) {
        script_fail_at(parser, parser->at, "this time is out of range");
        return false;
    }
    parser->at = at;
    return true;
}

struct unit {
    const char *name;
    int64_t us;
};

/* The length of a unit in microseconds; 0: the word is a symbol. */
static int64_t find_unit(const char *word, size_t length)
{
    static const struct unit units[] = {
        { "us", 1 }, { "ms", 1000 }, { "s", MILLION }, { "min", (int64_t)60 * MILLION },
        { "h", (int64_t)3600 * MILLION },
    };
    size_t i;

    for (i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strlen(units[i].name) == length && memcmp(units[i].name, word, length) == 0)
            return units[i].us;
    return 0;
}

/* value * by / 1000000 without losing the upper bits; false if it does not fit. */
static bool scale(int64_t value, int64_t by, int64_t *out)
{
    int64_t whole = value / MILLION, rest = value % MILLION;

    if (by == MILLION) {
        *out = value;
        return true;
    }
    if (by > 0 && (whole > INT64_MAX / 2 / by || rest > INT64_MAX / 2 / by))
        return false;
    if (by > 0 && (whole < INT64_MIN / 2 / by || rest < INT64_MIN / 2 / by))
        return false;
    *out = whole * by + rest * by / MILLION;
    return true;
}

static bool add(int64_t *sum, int64_t value)
{
    if (value > 0 ? *sum > INT64_MAX - value : *sum < INT64_MIN - value)
        return false;
    *sum += value;
    return true;
}

/* One number, unit or symbol of a time, with the sign in front of it. Symbols go into `terms`. */
static bool read_term(struct script_parser *parser, int sign, struct script_amount *amount,
                      struct script_term *terms)
{
    const char *start = parser->at;
    int64_t number = MILLION;
    int64_t unit = MILLION;
    size_t length;

    if (script_is_digit(*start) && start[1] == ' ' && /* "+0 ", as most often */
        add(&amount->us, sign * (int64_t)(*start - '0') * MILLION)) {
        parser->at++;
        return true;
    }
    if ((script_is_digit(*start) || *start == '.') && !read_millionths(parser, &number))
        return false;
    length = script_word_length(parser);
    if (parser->at == start && length == 0) {
        script_fail_expected(parser, "a time");
        return false;
    }
    if (length > 0)
        unit = find_unit(parser->at, length);
    if (unit == 0 && amount->term_count == SCRIPT_TIME_TERMS_MAX) {
        script_fail_at(parser, start, "more than %d symbols in a time", SCRIPT_TIME_TERMS_MAX);
        return false;
    }
    if (unit == 0) {
        terms[amount->term_count].coefficient_millionths = sign * number;
        terms[amount->term_count++].symbol = script_copy(parser, parser->at, length);
    } else if (!scale(number, unit, &number) || !add(&amount->us, sign * number)) {
        script_fail_at(parser, start, "this time is out of range");
        return false;
    }
    parser->at += parser->shared->failed ? 0 : length;
    return !parser->shared->failed;
}

bool script_read_amount(struct script_parser *parser, struct script_amount *amount,
                        bool symbol_first)
{
    struct script_term terms[SCRIPT_TIME_TERMS_MAX];
    struct script_term *kept;
    char c;

    memset(amount, 0, sizeof *amount);
    script_skip_blanks(parser);
    if (!symbol_first && !script_is_digit(*parser->at) && *parser->at != '.') {
        script_fail_expected(parser, "a time");
        return false;
    }
    if (!read_term(parser, 1, amount, terms))
        return false;
    /* A sign counts only if it touches what follows: "+0 -1" is no time. */
    while ((c = *parser->at) == '+' || c == '-') {
        parser->at++;
        if (!read_term(parser, c == '-' ? -1 : 1, amount, terms))
            return false;
    }
    if (amount->term_count == 0)
        return true;
    kept = script_new(parser, amount->term_count * sizeof *kept);
    if (!kept)
        return false;
    memcpy(kept, terms, amount->term_count * sizeof *kept);
    amount->terms = kept;
    return true;
}

static bool read_range_end(struct script_parser *parser, struct script_time *time)
{
    bool relative = time->kind == SCRIPT_TIME_RELATIVE;

    script_skip(parser);
    if (relative && !script_expect(parser, "+"))
        return false;
    time->kind = relative ? SCRIPT_TIME_RELATIVE_RANGE : SCRIPT_TIME_ABSOLUTE_RANGE;
    return script_read_amount(parser, &time->end, relative);
}

/* Can the two be compared without the target's profile, and are they the wrong way round? */
static bool is_backwards(const struct script_amount *start, const struct script_amount *end)
{
    return start->term_count == 0 && end->term_count == 0 && end->us < start->us;
}

bool script_read_time(struct script_parser *parser, struct script_time *time)
{
    const char *start = parser->at;

    memset(time, 0, sizeof *time);
    if (script_accept(parser, "*")) {
        time->kind = SCRIPT_TIME_ANY;
        return true;
    }
    if (script_accept(parser, "+"))
        time->kind = SCRIPT_TIME_RELATIVE;
    if (!script_read_amount(parser, &time->start, time->kind == SCRIPT_TIME_RELATIVE))
        return false;
    if (time->start.term_count == 0 && time->start.us < 0) {
        script_fail_at(parser, start, "a time cannot be negative");
        return false;
    }
    if (script_accept(parser, "~")) {
        if (!read_range_end(parser, time))
            return false;
        if (is_backwards(&time->start, &time->end))
            script_fail_at(parser, start, "this time range is backwards");
    } else if (script_accept(parser, "...")) {
        time->blocking = true;
        if (!script_read_amount(parser, &time->block_end, true))
            return false;
        if (is_backwards(&time->start, &time->block_end))
            script_fail_at(parser, start, "this call would end before it begins");
    }
    return !parser->shared->failed;
}

bool script_amount_resolve(const struct script_amount *amount, script_symbol_fn lookup,
                           void *context, int64_t *us, const char **unknown)
{
    int64_t sum = amount->us;
    uint32_t i;

    if (unknown)
        *unknown = NULL;
    for (i = 0; i < amount->term_count; i++) {
        const struct script_term *term = &amount->terms[i];
        int64_t value = 0, part = 0;

        if (!lookup || !lookup(context, term->symbol, &value)) {
            if (unknown)
                *unknown = term->symbol;
            return false;
        }
        if (value < 0 || !scale(term->coefficient_millionths, value, &part) || !add(&sum, part))
            return false;
    }
    *us = sum;
    return true;
}
