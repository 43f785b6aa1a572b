/* SPDX-License-Identifier: BSD-2-Clause */
/* One machine, driven by lines of text: events. What comes of them is in endpoint_text.c. */
#include "support/endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS UINT64_C(1000)

void endpoint_start(struct endpoint *end)
{
    memset(end, 0, sizeof *end);
    end->policy = anvil_policy_rfc9293;
    end->open.receive_buffer = 10000;
    end->open.receive_mss = 1000;
    end->open.send_mss = 1000;
    end->now = UINT64_C(1000000000);
    end->remote_specified = true;
    end->syn_options = "mss 1000";
    end->iss = anvil_seq_of(ENDPOINT_ISS);
    end->irs = anvil_seq_of(ENDPOINT_IRS);
}

void endpoint_step(struct endpoint *end, struct anvil_event *event)
{
    const char *broken = "";

    event->now = end->now;
    event->arrived = end->now;
    event->iss = end->iss;
    event->open = end->open;
    event->remote_specified = end->remote_specified;
    anvil_step(&end->tcb, &end->policy, event, &end->effects);
    if (!anvil_invariant(&end->tcb, &broken))
        fail_msg("broken: %s", broken);
}

/* The next number of a text; fails the test if there is none. */
static uint64_t number(const char **text)
{
    char *rest;
    uint64_t value = strtoull(*text, &rest, 10);

    if (rest == *text)
        fail_msg("a number is missing at \"%s\"", *text);
    *text = rest + (*rest == ' ');
    return value;
}

/* Steps over a word with the space behind it, if it comes next. */
static bool word(const char **text, const char *expected)
{
    size_t length = strlen(expected);

    if (strncmp(*text, expected, length) != 0 || ((*text)[length] != ' ' && (*text)[length] != 0))
        return false;
    *text += length + ((*text)[length] == ' ');
    return true;
}

static uint16_t flags_of(const char **text)
{
    static const struct {
        char letter;
        uint16_t bit;
    } letters[] = {{'F', ANVIL_FIN}, {'S', ANVIL_SYN}, {'R', ANVIL_RST},
                   {'P', ANVIL_PSH}, {'A', ANVIL_ACK}, {'U', ANVIL_URG}};
    uint16_t flags = 0;

    for (; **text && **text != ' '; ++*text) {
        for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
            if (**text == letters[i].letter)
                flags |= letters[i].bit;
        }
    }
    *text += **text == ' ';
    return flags;
}

/* One of the words behind the numbers: window, urgent pointer, an option. */
static void read_extra(struct anvil_segment *segment, const char **text)
{
    struct anvil_options *options = &segment->options;

    if (word(text, "win")) {
        segment->window = (uint16_t)number(text);
    } else if (word(text, "urg")) {
        segment->urgent = (uint16_t)number(text);
    } else if (word(text, "mss")) {
        options->present |= ANVIL_HAS_MSS;
        options->mss = (uint16_t)number(text);
    } else if (word(text, "ws")) {
        options->present |= ANVIL_HAS_WINDOW_SCALE;
        options->window_scale = (uint8_t)number(text);
    } else if (word(text, "ts")) {
        options->present |= ANVIL_HAS_TIMESTAMPS;
        options->ts_value = (uint32_t)number(text);
        options->ts_echo = (uint32_t)number(text);
    } else if (word(text, "uto")) {
        options->present |= ANVIL_HAS_USER_TIMEOUT;
        options->user_timeout = (uint16_t)number(text);
    } else if (word(text, "sackok")) {
        options->present |= ANVIL_HAS_SACK_PERMITTED;
    } else {
        fail_msg("not understood: \"%s\"", *text);
    }
}

struct anvil_segment endpoint_segment(const struct endpoint *end, const char *text)
{
    struct anvil_segment segment;
    unsigned long left, right, length;
    int used = 0;

    memset(&segment, 0, sizeof segment);
    segment.flags = flags_of(&text);
    segment.window = 10000;
    if (sscanf(text, "%lu:%lu(%lu)%n", &left, &right, &length, &used) != 3 ||
        (uint32_t)(right - left) != (uint32_t)length)
        fail_msg("not a range: \"%s\"", text);
    segment.seq = anvil_seq_add(end->irs, (uint32_t)left);
    segment.length = (uint32_t)length;
    text += used + (text[used] == ' ');
    if (word(&text, "ack"))
        segment.ack = anvil_seq_add(end->iss, (uint32_t)number(&text));
    while (*text)
        read_extra(&segment, &text);
    return segment;
}

static void do_segment(struct endpoint *end, const char *text, bool more)
{
    struct anvil_segment segment = endpoint_segment(end, text);
    struct anvil_event event = {.kind = ANVIL_SEGMENT, .segment = &segment, .more = more};

    endpoint_step(end, &event);
}

/* The setting that a text begins with. */
static bool do_setting(struct endpoint *end, const char *text)
{
    static const struct {
        const char *name;
        enum anvil_setting set;
    } settings[] = {
        {"nodelay", ANVIL_SET_NODELAY},
        {"keepalive", ANVIL_SET_KEEPALIVE},
        {"keepalive_idle", ANVIL_SET_KEEPALIVE_IDLE},
        {"keepalive_interval", ANVIL_SET_KEEPALIVE_INTERVAL},
        {"keepalive_count", ANVIL_SET_KEEPALIVE_COUNT},
        {"user_timeout", ANVIL_SET_USER_TIMEOUT},
        {"syn_count", ANVIL_SET_SYN_COUNT},
        {"r2_count", ANVIL_SET_R2_COUNT},
        {"receive_buffer", ANVIL_SET_RECEIVE_BUFFER},
        {"mss_limit", ANVIL_SET_MSS_LIMIT},
        {"quick_ack", ANVIL_SET_QUICK_ACK},
        {"orphan_timeout", ANVIL_SET_ORPHAN_TIMEOUT},
        {"no_options", ANVIL_SET_NO_OPTIONS},
        {"reader_gone", ANVIL_SET_READER_GONE},
    };

    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        if (word(&text, settings[i].name)) {
            struct anvil_event event = {.kind = ANVIL_SET, .set = settings[i].set};
            event.value = number(&text);
            endpoint_step(end, &event);
            return true;
        }
    }
    return false;
}

static bool do_icmp(struct endpoint *end, const char *text)
{
    struct anvil_event event = {.kind = ANVIL_ICMP};

    if (word(&text, "soft"))
        event.icmp = ANVIL_ICMP_SOFT;
    else if (word(&text, "hard"))
        event.icmp = ANVIL_ICMP_HARD;
    else if (word(&text, "quench"))
        event.icmp = ANVIL_ICMP_QUENCH;
    else if (word(&text, "tobig"))
        event.icmp = ANVIL_ICMP_TOO_BIG;
    else
        return false;
    event.quoted = anvil_seq_add(end->iss, (uint32_t)number(&text));
    if (event.icmp == ANVIL_ICMP_TOO_BIG)
        event.mss_limit = (uint32_t)number(&text);
    endpoint_step(end, &event);
    return true;
}

/* A call of the user. */
static bool do_call(struct endpoint *end, const char *text)
{
    struct anvil_event event = {.kind = ANVIL_POLL};

    if (word(&text, "open")) {
        event.kind = word(&text, "active") ? ANVIL_OPEN_ACTIVE : ANVIL_OPEN_PASSIVE;
    } else if (word(&text, "send")) {
        event.kind = ANVIL_SEND;
        event.length = number(&text);
        event.urgent = word(&text, "urgent");
        event.push = !word(&text, "nopush");
    } else if (word(&text, "receive")) {
        event.kind = ANVIL_RECEIVE;
        event.length = number(&text);
    } else if (word(&text, "close")) {
        event.kind = ANVIL_CLOSE;
        event.full = word(&text, "full");
    } else if (word(&text, "abort")) {
        event.kind = ANVIL_ABORT;
    } else if (word(&text, "wait")) {
        end->now += number(&text) * MS;
    } else if (word(&text, "wait_us")) {
        end->now += number(&text);
    } else if (!word(&text, "poll")) {
        return false;
    }
    endpoint_step(end, &event);
    return true;
}

void endpoint_do(struct endpoint *end, const char *text)
{
    if (word(&text, "<")) {
        do_segment(end, text, false);
        return;
    }
    if (word(&text, "<<")) {
        do_segment(end, text, true);
        return;
    }
    if (!do_call(end, text) && !do_setting(end, text) && !do_icmp(end, text))
        fail_msg("not an event: \"%s\"", text);
}

/* The events from CLOSED to each state; a SYN gets the endpoint's options. */
static const char *const by_passive_open[][8] = {
    [ANVIL_CLOSED] = {NULL},
    [ANVIL_LISTEN] = {"open passive"},
    [ANVIL_SYN_SENT] = {NULL},
    [ANVIL_SYN_RECEIVED] = {"open passive", "SYN"},
    [ANVIL_ESTABLISHED] = {"open passive", "SYN", "< A 1:1(0) ack 1"},
    [ANVIL_FIN_WAIT_1] = {"open passive", "SYN", "< A 1:1(0) ack 1", "close"},
    [ANVIL_FIN_WAIT_2] = {"open passive", "SYN", "< A 1:1(0) ack 1", "close", "< A 1:1(0) ack 2"},
    [ANVIL_CLOSE_WAIT] = {"open passive", "SYN", "< A 1:1(0) ack 1", "< FA 1:1(0) ack 1"},
    [ANVIL_CLOSING] = {"open passive", "SYN", "< A 1:1(0) ack 1", "close", "< FA 1:1(0) ack 1"},
    [ANVIL_LAST_ACK] = {"open passive", "SYN", "< A 1:1(0) ack 1", "< FA 1:1(0) ack 1", "close"},
    [ANVIL_TIME_WAIT] = {"open passive", "SYN", "< A 1:1(0) ack 1", "close", "< A 1:1(0) ack 2",
                         "< FA 1:1(0) ack 2"},
};

/* By an active open the handshake differs, nothing else; SYN-RECEIVED is a simultaneous open. */
static const char *by_active_open(enum anvil_state state, unsigned step)
{
    static const char *const early[][3] = {
        [ANVIL_CLOSED] = {NULL, NULL, NULL},
        [ANVIL_LISTEN] = {NULL, NULL, NULL},
        [ANVIL_SYN_SENT] = {"open active", NULL, NULL},
        [ANVIL_SYN_RECEIVED] = {"open active", "SYN", NULL},
    };

    if (state <= ANVIL_SYN_RECEIVED)
        return early[state][step];
    if (step == 0)
        return "open active";
    return step == 1 ? "SYN,ACK" : by_passive_open[state][step + 1];
}

void endpoint_reach(struct endpoint *end, enum anvil_state state, bool passive)
{
    for (unsigned step = 0; step < 6; step++) {
        const char *event =
            passive ? by_passive_open[state][step] : by_active_open(state, step);
        char text[160];
        if (!event)
            break;
        snprintf(text, sizeof text, "%s", event);
        if (strcmp(event, "SYN") == 0)
            snprintf(text, sizeof text, "< S 0:0(0) %s", end->syn_options);
        if (strcmp(event, "SYN,ACK") == 0)
            snprintf(text, sizeof text, "< SA 0:0(0) ack 1 %s", end->syn_options);
        endpoint_do(end, text);
    }
    assert_int_equal(end->tcb.state, state);
}

void endpoint_expect(struct endpoint *end, const char *says, const char *event,
                     const char *expected)
{
    char text[ENDPOINT_TEXT];

    endpoint_do(end, event);
    if (!expected)
        return;
    endpoint_effects(end, expected, text);
    if (strcmp(text, expected) != 0)
        fail_msg("%s\n    after    %s\n    expected %s\n    actual   %s", says, event, expected,
                 text);
}

void endpoint_play(struct endpoint *end, const char *says, const struct line *lines)
{
    for (unsigned i = 0; i < CASE_LINES_MAX && lines[i].event; i++)
        endpoint_expect(end, says, lines[i].event, lines[i].expected);
}

void play_table_with(const struct sentence *table, size_t count,
                     void (*prepare)(struct endpoint *end))
{
    for (size_t i = 0; i < count; i++) {
        struct endpoint end;
        endpoint_start(&end);
        if (prepare)
            prepare(&end);
        endpoint_reach(&end, table[i].state, table[i].passive);
        endpoint_play(&end, table[i].says, table[i].lines);
    }
}

void play_table(const struct sentence *table, size_t count)
{
    play_table_with(table, count, NULL);
}
