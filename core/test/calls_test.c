/* SPDX-License-Identifier: BSD-2-Clause */
/* The user's calls: OPEN, SEND, RECEIVE, CLOSE, ABORT. RFC 9293 3.10.1 to 3.10.5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct sentence opening[] = {
    {"A passive OPEN makes LISTEN", ANVIL_CLOSED, true, {{"open passive", "LISTEN due never"}}},
    {"An active OPEN sends a SYN with all that is offered", ANVIL_CLOSED, true,
     {{"open active",
       "SYN-SENT > S 0:0(0) win 10000 <mss 1000,ws 0,sackok,ts 1000000 0,> due 1000"}}},
    {"A second passive OPEN is refused, the LISTEN untouched (AMBIG-12)", ANVIL_LISTEN, true,
     {{"open passive", "LISTEN = connection already exists"},
      {"< S 0:0(0)", "SYN-RECEIVED > SA 0:0(0) ack 1"}}},
    {"An active OPEN turns LISTEN active", ANVIL_LISTEN, true,
     {{"open active", "SYN-SENT > S 0:0(0)"},
      {"< SA 0:0(0) ack 1", "ESTABLISHED > A 1:1(0) ack 1 ! OPEN"}}},
    {"OPEN finds an existing connection in SYN-SENT", ANVIL_SYN_SENT, false,
     {{"open active", "SYN-SENT = connection already exists"},
      {"open passive", "SYN-SENT = connection already exists"}}},
    {"OPEN finds an existing connection in TIME-WAIT", ANVIL_TIME_WAIT, true,
     {{"open active", "TIME-WAIT = connection already exists"}}},
};

static const struct sentence remote_unspecified[] = {
    {"An active OPEN in LISTEN needs the remote socket", ANVIL_LISTEN, true,
     {{"open active", "LISTEN = remote socket unspecified"}}},
    {"So does a SEND in LISTEN", ANVIL_LISTEN, true,
     {{"send 10", "LISTEN = remote socket unspecified"}}},
};

static const struct sentence sending[] = {
    {"SEND without a connection", ANVIL_CLOSED, true,
     {{"send 10", "CLOSED = connection does not exist"}}},
    {"SEND in LISTEN opens actively, the data waits", ANVIL_LISTEN, true,
     {{"send 10", "SYN-SENT > S 0:0(0)"},
      {"< SA 0:0(0) ack 1", "ESTABLISHED > PA 1:11(10) ack 1 ! OPEN"}}},
    {"SEND in SYN-SENT waits for ESTABLISHED", ANVIL_SYN_SENT, false,
     {{"send 10", "SYN-SENT"},
      {"< SA 0:0(0) ack 1", "ESTABLISHED > PA 1:11(10) ack 1 ! OPEN"}}},
    {"SEND in SYN-RECEIVED waits for ESTABLISHED", ANVIL_SYN_RECEIVED, true,
     {{"send 10", "SYN-RECEIVED"},
      {"< A 1:1(0) ack 1", "ESTABLISHED > PA 1:11(10) ack 1 ! OPEN"}}},
    {"SEND in ESTABLISHED segmentizes, PSH on the last (MUST-61)", ANVIL_ESTABLISHED, true,
     {{"send 1500", "ESTABLISHED > A 1:1001(1000) ack 1"},
      {"< A 1:1(0) ack 1001", "ESTABLISHED > PA 1001:1501(500) ack 1 ! ACKED"}}},
    {"Without PUSH the last segment has no PSH (MAY-15)", ANVIL_ESTABLISHED, true,
     {{"send 10 nopush", "ESTABLISHED > A 1:11(10) ack 1"}}},
    {"SEND in CLOSE-WAIT still sends", ANVIL_CLOSE_WAIT, true,
     {{"send 10", "CLOSE-WAIT > PA 1:11(10) ack 2"}}},
    {"SEND after CLOSE is refused: FIN-WAIT-1", ANVIL_FIN_WAIT_1, true,
     {{"send 10", "FIN-WAIT-1 = connection closing"}}},
    {"FIN-WAIT-2", ANVIL_FIN_WAIT_2, true, {{"send 10", "FIN-WAIT-2 = connection closing"}}},
    {"CLOSING", ANVIL_CLOSING, true, {{"send 10", "CLOSING = connection closing"}}},
    {"LAST-ACK", ANVIL_LAST_ACK, true, {{"send 10", "LAST-ACK = connection closing"}}},
    {"TIME-WAIT", ANVIL_TIME_WAIT, true, {{"send 10", "TIME-WAIT = connection closing"}}},
    {"Urgent data of no octet is none", ANVIL_ESTABLISHED, true,
     {{"send 10", "ESTABLISHED > PA 1:11(10) ack 1"},
      {"send 10", "ESTABLISHED"},
      {"send 0 urgent", "ESTABLISHED"},
      {"< A 1:1(0) ack 11", "ESTABLISHED > PA 11:21(10) ack 1 ! ACKED"}}},
    {"Urgent data: the pointer is the octet after it (MUST-62)", ANVIL_ESTABLISHED, true,
     {{"send 10 urgent", "ESTABLISHED > PAU 1:11(10) ack 1 urg 10"}}},
};

static const struct sentence receiving[] = {
    {"RECEIVE without a connection", ANVIL_CLOSED, true,
     {{"receive 10", "CLOSED = connection does not exist"}}},
    {"RECEIVE waits in LISTEN", ANVIL_LISTEN, true, {{"receive 10", "LISTEN = queued"}}},
    {"RECEIVE waits in SYN-SENT", ANVIL_SYN_SENT, false, {{"receive 10", "SYN-SENT = queued"}}},
    {"RECEIVE waits in SYN-RECEIVED", ANVIL_SYN_RECEIVED, true,
     {{"receive 10", "SYN-RECEIVED = queued"}}},
    {"RECEIVE waits for data", ANVIL_ESTABLISHED, true,
     {{"receive 10", "ESTABLISHED = queued"},
      {"< PA 1:16(15) ack 1", "ESTABLISHED + 0(15) ! READABLE PUSH"},
      {"receive 10", "ESTABLISHED = 10"},
      {"receive 10", "ESTABLISHED = 5"},
      {"receive 10", "ESTABLISHED = queued"}}},
    {"What is on hand is delivered in CLOSE-WAIT, then the end is told", ANVIL_ESTABLISHED, true,
     {{"< FA 1:16(15) ack 1", NULL},
      {"receive 100", "CLOSE-WAIT = 15"},
      {"receive 100", "CLOSE-WAIT = connection closing"}}},
    {"What is on hand is delivered in TIME-WAIT, too (AMBIG-6)", ANVIL_FIN_WAIT_2, true,
     {{"< FA 1:16(15) ack 2", "TIME-WAIT > A 2:2(0) ack 17 + 0(15) ! CLOSING READABLE PUSH"},
      {"receive 100", "TIME-WAIT = 15"},
      {"receive 100", "TIME-WAIT = connection closing"}}},
    {"And in CLOSING", ANVIL_FIN_WAIT_1, true,
     {{"< FA 1:16(15) ack 1", "CLOSING > A 2:2(0) ack 17 + 0(15) ! CLOSING READABLE PUSH"},
      {"receive 100", "CLOSING = 15"},
      {"receive 100", "CLOSING = connection closing"}}},
};

static const struct sentence closing[] = {
    {"CLOSE without a connection", ANVIL_CLOSED, true,
     {{"close", "CLOSED = connection does not exist"}}},
    {"CLOSE in LISTEN deletes", ANVIL_LISTEN, true, {{"close", "CLOSED ! DELETED"}}},
    {"CLOSE in SYN-SENT deletes without a RST", ANVIL_SYN_SENT, false,
     {{"close", "CLOSED ! DELETED"}}},
    {"CLOSE in SYN-RECEIVED with nothing to send sends the FIN", ANVIL_SYN_RECEIVED, true,
     {{"close", "FIN-WAIT-1 > FA 1:1(0) ack 1"},
      {"< A 1:1(0) ack 1", "FIN-WAIT-1 ! OPEN"},
      {"< A 1:1(0) ack 2", "FIN-WAIT-2"}}},
    {"CLOSE in SYN-RECEIVED with data waits for ESTABLISHED, SEND is refused (AMBIG-15)",
     ANVIL_SYN_RECEIVED, true,
     {{"send 10", NULL},
      {"close", "SYN-RECEIVED"},
      {"send 10", "SYN-RECEIVED = connection closing"},
      {"< A 1:1(0) ack 1", "FIN-WAIT-1 > FPA 1:11(10) ack 1 ! OPEN"}}},
    {"CLOSE in ESTABLISHED sends FIN,ACK and changes the state at once", ANVIL_ESTABLISHED, true,
     {{"close", "FIN-WAIT-1 > FA 1:1(0) ack 1"}}},
    {"All data goes before the FIN (S8)", ANVIL_ESTABLISHED, true,
     {{"send 1500", "ESTABLISHED > A 1:1001(1000) ack 1"},
      {"close", "FIN-WAIT-1 > FPA 1001:1501(500) ack 1"}}},
    {"A second CLOSE makes no second FIN (AMBIG-14)", ANVIL_FIN_WAIT_1, true,
     {{"close", "FIN-WAIT-1 = connection closing"}}},
    {"Nor in FIN-WAIT-2", ANVIL_FIN_WAIT_2, true, {{"close", "FIN-WAIT-2 = connection closing"}}},
    {"CLOSE in CLOSE-WAIT sends the FIN and makes LAST-ACK", ANVIL_CLOSE_WAIT, true,
     {{"close", "LAST-ACK > FA 1:1(0) ack 2"}, {"close", "LAST-ACK = connection closing"}}},
    {"With data beyond the window CLOSE-WAIT lasts until the FIN goes (AMBIG-15)",
     ANVIL_CLOSE_WAIT, true,
     {{"send 12000", NULL},
      {"close", NULL},
      {"send 1", NULL},
      {"send 1", NULL},
      {"send 1", NULL},
      {"send 1", "CLOSE-WAIT = connection closing"},
      {"close", "CLOSE-WAIT = connection closing"}}},
    {"CLOSE in TIME-WAIT", ANVIL_TIME_WAIT, true, {{"close", "TIME-WAIT = connection closing"}}},
    {"CLOSE in CLOSING", ANVIL_CLOSING, true, {{"close", "CLOSING = connection closing"}}},
};

/* A socket's close(): the user reads no more. SHLD-3, AMBIG-42. */
static const struct sentence closing_fully[] = {
    {"Unread data turns a full CLOSE into a RST", ANVIL_ESTABLISHED, true,
     {{"< A 1:11(10) ack 1", NULL}, {"close full", "CLOSED > R 1:1(0) ! DELETED"}}},
    {"Without unread data it is a FIN; late data draws a RST", ANVIL_ESTABLISHED, true,
     {{"close full", "FIN-WAIT-1 > FA 1:1(0) ack 1"},
      {"< A 1:11(10) ack 2", "CLOSED > R 2:2(0) ! RESET DELETED"}}},
    {"An orderly end after a full CLOSE is no late data", ANVIL_ESTABLISHED, true,
     {{"close full", NULL},
      {"< FA 1:1(0) ack 2", "TIME-WAIT > A 2:2(0) ack 2 ! CLOSING PUSH"}}},
    {"Half a CLOSE keeps receiving (S9)", ANVIL_ESTABLISHED, true,
     {{"close", NULL},
      {"< A 1:11(10) ack 2", "FIN-WAIT-2 + 0(10) ! READABLE"},
      {"receive 10", "FIN-WAIT-2 = 10"}}},
};

static const struct sentence aborting[] = {
    {"ABORT without a connection", ANVIL_CLOSED, true,
     {{"abort", "CLOSED = connection does not exist"}}},
    {"ABORT in LISTEN", ANVIL_LISTEN, true, {{"abort", "CLOSED ! RESET DELETED"}}},
    {"ABORT in SYN-SENT sends nothing", ANVIL_SYN_SENT, false,
     {{"abort", "CLOSED ! RESET DELETED"}}},
    {"ABORT in SYN-RECEIVED", ANVIL_SYN_RECEIVED, true,
     {{"abort", "CLOSED > R 1:1(0) ! RESET DELETED"}}},
    {"ABORT in ESTABLISHED: the RST has the number SND.NXT", ANVIL_ESTABLISHED, true,
     {{"send 10", NULL}, {"abort", "CLOSED > R 11:11(0) ! RESET DELETED"}}},
    {"ABORT in FIN-WAIT-1", ANVIL_FIN_WAIT_1, true,
     {{"abort", "CLOSED > R 2:2(0) ! RESET DELETED"}}},
    {"ABORT in FIN-WAIT-2", ANVIL_FIN_WAIT_2, true,
     {{"abort", "CLOSED > R 2:2(0) ! RESET DELETED"}}},
    {"ABORT in CLOSE-WAIT", ANVIL_CLOSE_WAIT, true,
     {{"abort", "CLOSED > R 1:1(0) ! RESET DELETED"}}},
    {"ABORT in CLOSING sends no RST (AMBIG-40)", ANVIL_CLOSING, true,
     {{"abort", "CLOSED ! DELETED"}}},
    {"ABORT in LAST-ACK", ANVIL_LAST_ACK, true, {{"abort", "CLOSED ! DELETED"}}},
    {"ABORT in TIME-WAIT", ANVIL_TIME_WAIT, true, {{"abort", "CLOSED ! DELETED"}}},
};

static const struct sentence aborting_with_ack[] = {
    {"By policy the RST carries an ACK", ANVIL_ESTABLISHED, true,
     {{"abort", "CLOSED > RA 1:1(0) ack 1 ! RESET DELETED"}}},
};

static const struct sentence closing_with_fin_only[] = {
    {"By policy unread data does not reset", ANVIL_ESTABLISHED, true,
     {{"< A 1:11(10) ack 1", NULL}, {"close full", "FIN-WAIT-1 > FA 1:1(0) ack 11"}}},
    {"Nor does late data", ANVIL_FIN_WAIT_1, true,
     {{"close full", NULL}, {"< A 1:11(10) ack 2", "FIN-WAIT-2 + 0(10) ! READABLE"}}},
};

static void unspecify(struct endpoint *end)
{
    end->remote_specified = false;
}

static void ack_resets(struct endpoint *end)
{
    end->policy.abort_with_ack = 1;
}

static void no_resets(struct endpoint *end)
{
    end->policy.reset_on_unread = 0;
    end->policy.reset_on_late_data = 0;
}

static const struct sentence closing_half_open[] = {
    {"A second CLOSE in SYN-RECEIVED is told so, and no FIN goes before the data",
     ANVIL_SYN_RECEIVED, true,
     {{"send 10", NULL},
      {"close", "SYN-RECEIVED"},
      {"close", "SYN-RECEIVED = connection closing"},
      {"< A 1:1(0) ack 1", "FIN-WAIT-1 > FPA 1:11(10) ack 1 ! OPEN"}}},
    {"If it is a full one, late data draws a RST", ANVIL_SYN_RECEIVED, true,
     {{"send 10", NULL},
      {"close", "SYN-RECEIVED"},
      {"close full", "SYN-RECEIVED = connection closing"},
      {"< A 1:1(0) ack 1", "FIN-WAIT-1 > FPA 1:11(10) ack 1 ! OPEN"},
      {"< A 1:11(10) ack 12", "CLOSED > R 12:12(0) ! RESET ACKED DELETED"}}},
};

/* S17. Whatever state a connection is in, it exists. */
static void open_finds_a_connection(void)
{
    static const enum anvil_state states[] = {
        ANVIL_SYN_RECEIVED, ANVIL_ESTABLISHED, ANVIL_FIN_WAIT_1, ANVIL_FIN_WAIT_2,
        ANVIL_CLOSE_WAIT, ANVIL_CLOSING, ANVIL_LAST_ACK, ANVIL_TIME_WAIT,
    };
    for (unsigned i = 0; i < COUNT(states); i++) {
        struct endpoint end;
        char expected[ENDPOINT_TEXT];
        snprintf(expected, sizeof expected, "%s = connection already exists",
                 anvil_state_name(states[i]));
        endpoint_start(&end);
        endpoint_reach(&end, states[i], true);
        endpoint_expect(&end, "OPEN finds an existing connection", "open active", expected);
        endpoint_expect(&end, "OPEN finds an existing connection", "open passive", expected);
    }
}

/* When the urgent data is consumed, nothing of it is left in the TCB. */
static void urgent_is_consumed(void)
{
    struct endpoint end;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, true);
    endpoint_do(&end, "< PAU 1:11(10) ack 1 urg 5");
    endpoint_do(&end, "receive 4");
    assert_int_equal(anvil_urgent_left(&end.tcb), 1);
    assert_int_equal(end.tcb.urgent_received, 1);
    endpoint_do(&end, "receive 1");
    assert_int_equal(end.tcb.urgent_received, 0);
    assert_int_equal(end.tcb.rcv_up.raw, 0);
}

/* The clock of timestamps starts where the event says. RFC 7323 7.1. */
static void timestamps_have_an_offset(void)
{
    uint32_t first = 0;
    for (uint32_t offset = 0; offset < 9000; offset += 4500) {
        struct endpoint end;
        struct anvil_event event = {.kind = ANVIL_OPEN_ACTIVE, .ts_offset = offset};
        endpoint_start(&end);
        event.iss = end.iss;
        event.open = end.open;
        endpoint_step(&end, &event);
        assert_int_equal(end.effects.sent_count, 1);
        uint32_t value = end.effects.sent[0].segment.options.ts_value;
        first = offset == 0 ? value : first;
        assert_int_equal(value - first, offset);
    }
}

/* Time does not go back, from an OPEN on. */
static void open_notes_the_time(void)
{
    for (unsigned kind = ANVIL_OPEN_PASSIVE; kind <= ANVIL_OPEN_ACTIVE; kind++) {
        struct endpoint end;
        struct anvil_event event = {.kind = (enum anvil_event_kind)kind};
        endpoint_start(&end);
        event.open = end.open;
        endpoint_step(&end, &event);
        assert_int_equal(end.effects.result, ANVIL_OK);
        event = (struct anvil_event){.kind = ANVIL_POLL, .now = end.now - 1};
        anvil_step(&end.tcb, &end.policy, &event, &end.effects);
        assert_int_equal(end.effects.result, ANVIL_INVALID);
    }
}

static void open_call(void **state)
{
    (void)state;
    open_notes_the_time();
    timestamps_have_an_offset();
    open_finds_a_connection();
    play_table(opening, COUNT(opening));
    play_table_with(remote_unspecified, COUNT(remote_unspecified), unspecify);
}

static void send_call(void **state)
{
    (void)state;
    play_table(sending, COUNT(sending));
}

static void receive_call(void **state)
{
    (void)state;
    play_table(receiving, COUNT(receiving));
    urgent_is_consumed();
}

static void close_call(void **state)
{
    (void)state;
    play_table(closing, COUNT(closing));
    play_table(closing_fully, COUNT(closing_fully));
    play_table(closing_half_open, COUNT(closing_half_open));
    play_table_with(closing_with_fin_only, COUNT(closing_with_fin_only), no_resets);
}

static void abort_call(void **state)
{
    (void)state;
    play_table(aborting, COUNT(aborting));
    play_table_with(aborting_with_ack, COUNT(aborting_with_ack), ack_resets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_call),
        cmocka_unit_test(send_call),
        cmocka_unit_test(receive_call),
        cmocka_unit_test(close_call),
        cmocka_unit_test(abort_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
