/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state x event table, printed from the machine and compared with core/test/transitions.txt,
 * so that a change of behaviour shows up there. ANVIL_WRITE_TRANSITIONS=1 writes the file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define TABLE_FILE ANVIL_SOURCE_DIR "/core/test/transitions.txt"
#define TABLE_MAX 65536u

/* A number of an event: where it counts from, and how far. */
enum origin { NONE, RCV_NXT, SND_UNA, SND_MAX };

/* A segment's place, relative to the state it meets. */
struct place {
    const char *flags;
    int seq; /* from RCV.NXT */
    unsigned length;
    enum origin ack_from;
    int ack;
};

/* A row's event: a call by its text, a segment by its place, or a timer. */
struct happening {
    const char *name, *call;
    struct place place;
};

static const struct happening happenings[] = {
    {"passive OPEN", "open passive", {0}},
    {"active OPEN", "open active", {0}},
    {"SEND", "send 10", {0}},
    {"RECEIVE", "receive 10", {0}},
    {"CLOSE", "close", {0}},
    {"CLOSE, reading too", "close full", {0}},
    {"ABORT", "abort", {0}},
    {"no flags", NULL, {"-", 0, 0, NONE, 0}},
    {"SYN at RCV.NXT", NULL, {"S", 0, 0, NONE, 0}},
    {"SYN before RCV.NXT", NULL, {"S", -1, 0, NONE, 0}},
    {"SYN,ACK at RCV.NXT", NULL, {"SA", 0, 0, SND_MAX, 0}},
    {"SYN,ACK before RCV.NXT", NULL, {"SA", -1, 0, SND_MAX, 0}},
    {"SYN,ACK of what was not sent", NULL, {"SA", 0, 0, SND_MAX, 1}},
    {"ACK of all", NULL, {"A", 0, 0, SND_MAX, 0}},
    {"ACK of nothing new", NULL, {"A", 0, 0, SND_UNA, 0}},
    {"ACK of what was not sent", NULL, {"A", 0, 0, SND_MAX, 1}},
    {"ACK before the window", NULL, {"A", -1, 0, SND_MAX, 0}},
    {"ACK beyond the window", NULL, {"A", 20000, 0, SND_MAX, 0}},
    {"data", NULL, {"A", 0, 10, SND_MAX, 0}},
    {"data, ACK of nothing new", NULL, {"A", 0, 10, SND_UNA, 0}},
    {"data without ACK", NULL, {"P", 0, 10, NONE, 0}},
    {"data out of order", NULL, {"A", 100, 10, SND_MAX, 0}},
    {"data before the window", NULL, {"A", -10, 10, SND_MAX, 0}},
    {"data beyond the window", NULL, {"A", 20000, 10, SND_MAX, 0}},
    {"urgent data", NULL, {"AU", 0, 10, SND_MAX, 0}},
    {"FIN without ACK", NULL, {"F", 0, 0, NONE, 0}},
    {"FIN,ACK of all", NULL, {"FA", 0, 0, SND_MAX, 0}},
    {"FIN,ACK of nothing new", NULL, {"FA", 0, 0, SND_UNA, 0}},
    {"FIN,ACK with data", NULL, {"FA", 0, 10, SND_MAX, 0}},
    {"FIN,ACK out of order", NULL, {"FA", 100, 0, SND_MAX, 0}},
    {"FIN,ACK again", NULL, {"FA", -1, 0, SND_MAX, 0}},
    {"RST at RCV.NXT", NULL, {"R", 0, 0, NONE, 0}},
    {"RST in the window", NULL, {"R", 5, 0, NONE, 0}},
    {"RST before the window", NULL, {"R", -1, 0, NONE, 0}},
    {"RST beyond the window", NULL, {"R", 20000, 0, NONE, 0}},
    {"RST,ACK of all", NULL, {"RA", 0, 0, SND_MAX, 0}},
    {"RST,ACK of what was not sent", NULL, {"RA", 0, 0, SND_MAX, 1}},
    {"SYN,FIN", NULL, {"FS", 0, 0, NONE, 0}},
    {"all flags", NULL, {"FSRPAU", 0, 10, SND_MAX, 0}},
    {"soft ICMP error", "soft", {0}},
    {"hard ICMP error", "hard", {0}},
    {"retransmission timeout", "rto", {0}},
    {"user timeout", "user", {0}},
    {"TIME-WAIT timeout", "2msl", {0}},
    {"keep-alive", "keepalive", {0}},
};

static uint32_t counted(const struct endpoint *end, enum origin origin, int distance)
{
    const struct anvil_tcb *tcb = &end->tcb;
    bool sent = tcb->state > ANVIL_LISTEN;
    uint32_t number = 1;

    if (origin == RCV_NXT)
        number = tcb->state > ANVIL_SYN_SENT ? anvil_seq_from(end->irs, tcb->rcv_nxt) : 1;
    if (origin == SND_UNA && sent)
        number = anvil_seq_from(end->iss, tcb->snd_una);
    if (origin == SND_MAX && sent)
        number = anvil_seq_from(end->iss, tcb->snd_max);
    return number + (uint32_t)distance;
}

static void do_place(struct endpoint *end, const struct place *place)
{
    char text[120];
    uint32_t seq = counted(end, RCV_NXT, place->seq);
    int used = snprintf(text, sizeof text, "< %s %lu:%lu(%u)", place->flags, (unsigned long)seq,
                        (unsigned long)(seq + place->length), place->length);

    if (place->ack_from != NONE)
        used += snprintf(text + used, sizeof text - (size_t)used, " ack %lu",
                         (unsigned long)counted(end, place->ack_from, place->ack));
    if (strchr(place->flags, 'U'))
        snprintf(text + used, sizeof text - (size_t)used, " urg 10");
    endpoint_do(end, text);
}

/* Lets a timer fire; false if it does not run. */
static bool do_timer(struct endpoint *end, anvil_time deadline)
{
    if (end->tcb.state <= ANVIL_LISTEN || deadline == ANVIL_NEVER)
        return false;
    end->now = deadline;
    endpoint_do(end, "poll");
    return true;
}

static bool do_happening(struct endpoint *end, const struct happening *what)
{
    const char *call = what->call;
    char text[40];

    if (!call) {
        do_place(end, &what->place);
        return true;
    }
    if (strcmp(call, "rto") == 0)
        return do_timer(end, end->tcb.rto_deadline);
    if (strcmp(call, "user") == 0)
        return do_timer(end, end->tcb.user_deadline);
    if (strcmp(call, "2msl") == 0)
        return do_timer(end, end->tcb.time_wait_deadline);
    if (strcmp(call, "keepalive") == 0) {
        endpoint_do(end, "keepalive 1");
        return do_timer(end, end->tcb.keepalive_deadline);
    }
    snprintf(text, sizeof text, "%s", call);
    if (strcmp(call, "soft") == 0 || strcmp(call, "hard") == 0)
        snprintf(text, sizeof text, "%s %lu", call, (unsigned long)counted(end, SND_UNA, 0));
    endpoint_do(end, text);
    return true;
}

/* One line: what comes of an event in a state, the check that ended it included. */
static size_t print_row(char *room, size_t left, enum anvil_state state, bool passive,
                        const struct happening *what)
{
    struct endpoint end;
    char text[ENDPOINT_TEXT] = "-";
    const char *how = state == ANVIL_SYN_RECEIVED && !passive ? "SYN-RECEIVED, active" : NULL;

    endpoint_start(&end);
    end.open.receive_buffer = 10000;
    endpoint_reach(&end, state, passive);
    if (do_happening(&end, what))
        endpoint_effects(&end, what->call ? "" : "@", text);
    return (size_t)snprintf(room, left, "%-20s | %-28s | %s\n",
                            how ? how : anvil_state_name(state), what->name, text);
}

static void print_table(char *table)
{
    size_t used = (size_t)snprintf(table, TABLE_MAX, "%s",
        "# state | event | next state, = result, > segments, + accepted, ! signals, @ check\n"
        "# Printed by transitions_test (ANVIL_WRITE_TRANSITIONS=1); profile rfc9293.\n");

    for (int state = ANVIL_CLOSED; state <= ANVIL_TIME_WAIT; state++) {
        for (size_t i = 0; i < COUNT(happenings); i++)
            used += print_row(table + used, TABLE_MAX - used, (enum anvil_state)state,
                              state != ANVIL_SYN_SENT, &happenings[i]);
    }
    for (size_t i = 0; i < COUNT(happenings); i++)
        used += print_row(table + used, TABLE_MAX - used, ANVIL_SYN_RECEIVED, false,
                          &happenings[i]);
    assert_true(used < TABLE_MAX);
}

/* The line in which two texts first differ, of the second. */
static void fail_at_difference(const char *expected, const char *actual)
{
    size_t same = 0, start;

    while (expected[same] && expected[same] == actual[same])
        same++;
    for (start = same; start > 0 && actual[start - 1] != '\n';)
        start--;
    fail_msg("transitions.txt differs:\n    expected %.*s\n    actual   %.*s",
             (int)strcspn(expected + start, "\n"), expected + start,
             (int)strcspn(actual + start, "\n"), actual + start);
}

static void the_machine_does_what_the_table_says(void **state)
{
    char *actual = calloc(1, TABLE_MAX), *expected = calloc(1, TABLE_MAX);
    bool write = getenv("ANVIL_WRITE_TRANSITIONS") != NULL;
    FILE *file = fopen(TABLE_FILE, write ? "w" : "r");

    (void)state;
    assert_true(actual && expected && file);
    print_table(actual);
    if (write) {
        assert_int_equal(fputs(actual, file) < 0, 0);
    } else {
        size_t length = fread(expected, 1, TABLE_MAX - 1, file);
        expected[length] = '\0';
    }
    fclose(file);
    if (!write && strcmp(expected, actual) != 0)
        fail_at_difference(expected, actual);
    free(actual);
    free(expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_machine_does_what_the_table_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
