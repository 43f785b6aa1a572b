/* SPDX-License-Identifier: BSD-2-Clause */
/* What comes of a step, as a line of text. */
#include "support/endpoint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A text that grows. */
struct text {
    char *at;
    size_t left;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text->at, text->left, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= text->left)
        length = (int)text->left - 1;
    text->at += length;
    text->left -= (size_t)length;
}

static void put_flags(struct text *text, uint16_t flags)
{
    put(text, "%s%s%s%s%s%s", (flags & ANVIL_FIN) ? "F" : "", (flags & ANVIL_SYN) ? "S" : "",
        (flags & ANVIL_RST) ? "R" : "", (flags & ANVIL_PSH) ? "P" : "",
        (flags & ANVIL_ACK) ? "A" : "", (flags & ANVIL_URG) ? "U" : "");
}

/* A number from its origin; what lies before it, or far off, has a sign. */
static long from(anvil_seq origin, anvil_seq seq)
{
    return (long)(int32_t)anvil_seq_from(origin, seq);
}

static void put_options(struct text *text, const struct endpoint *end,
                        const struct anvil_options *options)
{
    put(text, " <");
    if (options->present & ANVIL_HAS_MSS)
        put(text, "mss %u,", options->mss);
    if (options->present & ANVIL_HAS_WINDOW_SCALE)
        put(text, "ws %u,", options->window_scale);
    if (options->present & ANVIL_HAS_SACK_PERMITTED)
        put(text, "sackok,");
    if (options->present & ANVIL_HAS_TIMESTAMPS)
        put(text, "ts %lu %lu,", (unsigned long)options->ts_value,
            (unsigned long)options->ts_echo);
    if (options->present & ANVIL_HAS_USER_TIMEOUT)
        put(text, "uto %u,", options->user_timeout);
    for (unsigned i = 0; (options->present & ANVIL_HAS_SACK) && i < options->sack_count; i++)
        put(text, "sack %ld:%ld,", from(end->irs, options->sack[i].left),
            from(end->irs, options->sack[i].right));
    put(text, ">");
}

/* A reset's number comes from the segment that it answers, so it is told from our ISS, too. */
static void put_sent(struct text *text, const struct endpoint *end, const struct anvil_sent *sent,
                     const char *like)
{
    const struct anvil_segment *segment = &sent->segment;
    anvil_seq seq = segment->seq;

    put(text, " > ");
    put_flags(text, segment->flags);
    if (segment->flags == (ANVIL_RST | ANVIL_ACK) && seq.raw == 0)
        put(text, " zero");
    else
        put(text, " %ld:%ld(%lu)", from(end->iss, seq),
            from(end->iss, anvil_seq_add(seq, segment->length)), (unsigned long)segment->length);
    if (segment->flags & ANVIL_ACK)
        put(text, " ack %ld", from(end->irs, segment->ack));
    if (strstr(like, " win "))
        put(text, " win %u", segment->window);
    if (segment->flags & ANVIL_URG)
        put(text, " urg %u", segment->urgent);
    if (strchr(like, '<'))
        put_options(text, end, &segment->options);
}

static void put_signals(struct text *text, uint32_t signals)
{
    static const char *const names[] = {
        "OPEN",     "CLOSING", "RESET", "REFUSED", "USER_TIMEOUT", "R1",
        "R2",       "URGENT",  "READABLE", "PUSH", "ACKED",        "SOFT_ERROR",
        "HARD_ERROR", "DELETED", "BACK_TO_LISTEN", "DROPPED_TEXT",
    };

    if (signals)
        put(text, " !");
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (signals & (1u << i))
            put(text, " %s", names[i]);
    }
}

/* Milliseconds until the next deadline. */
static void put_deadline(struct text *text, const struct endpoint *end)
{
    anvil_time deadline = end->effects.deadline;

    if (deadline == ANVIL_NEVER)
        put(text, " due never");
    else if (deadline <= end->now)
        put(text, " due now");
    else
        put(text, " due %llu", (unsigned long long)((deadline - end->now) / 1000));
}

void endpoint_effects(const struct endpoint *end, const char *like, char *room)
{
    const struct anvil_effects *effects = &end->effects;
    struct text text = {room, ENDPOINT_TEXT};

    put(&text, "%s", anvil_state_name((enum anvil_state)effects->state_after));
    if (effects->result != ANVIL_OK)
        put(&text, " = %s", anvil_result_name(effects->result));
    if (effects->received > 0)
        put(&text, " = %llu", (unsigned long long)effects->received);
    for (unsigned i = 0; i < effects->sent_count; i++)
        put_sent(&text, end, &effects->sent[i], like);
    for (unsigned i = 0; i < effects->accept_count; i++)
        put(&text, " + %llu(%lu)", (unsigned long long)effects->accept[i].offset,
            (unsigned long)effects->accept[i].length);
    put_signals(&text, effects->signals);
    if (strchr(like, '@'))
        put(&text, " @ %s", anvil_check_name(effects->check));
    if (strstr(like, " due "))
        put_deadline(&text, end);
}
