/* SPDX-License-Identifier: BSD-2-Clause */
/* The user timeout and its option. RFC 9293 3.9.1.1, RFC 5482. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct sentence telling[] = {
    {"What the user sets is told once, with the next segment", ANVIL_ESTABLISHED, true,
     {{"nodelay 1", NULL},
      {"user_timeout 120000000", NULL},
      {"send 10", "ESTABLISHED > PA 1:11(10) ack 1 <uto 120,>"},
      {"send 10", "ESTABLISHED > PA 11:21(10) ack 1 <>"}}},
    {"Parts of a second are rounded up, so that zero is never sent", ANVIL_ESTABLISHED, true,
     {{"user_timeout 1", NULL}, {"send 10", "ESTABLISHED > PA 1:11(10) ack 1 <uto 1,>"}}},
    {"What does not fit in seconds is told in minutes", ANVIL_ESTABLISHED, true,
     {{"user_timeout 36000000000", NULL},
      {"send 10", "ESTABLISHED > PA 1:11(10) ack 1 <uto 33368,>"}}},
};

static const struct sentence adopting[] = {
    {"A longer timeout of the peer is adopted", ANVIL_ESTABLISHED, true,
     {{"< A 1:1(0) ack 1 uto 600", NULL},
      {"send 10", NULL},
      {"wait 599999", "ESTABLISHED > PA 1:11(10) ack 1"},
      {"wait 1", "CLOSED ! USER_TIMEOUT DELETED"}}},
    {"A shorter one than our own is not", ANVIL_ESTABLISHED, true,
     {{"< A 1:1(0) ack 1 uto 10", NULL},
      {"send 10", NULL},
      {"wait 299999", "ESTABLISHED > PA 1:11(10) ack 1"},
      {"wait 1", "CLOSED ! USER_TIMEOUT DELETED"}}},
    {"Minutes are understood, and the upper limit holds", ANVIL_ESTABLISHED, true,
     {{"< A 1:1(0) ack 1 uto 33768", NULL},
      {"send 10", NULL},
      {"wait 3599999", "ESTABLISHED > PA 1:11(10) ack 1"},
      {"wait 1", "CLOSED ! USER_TIMEOUT DELETED"}}},
    {"The reserved value zero is ignored, in minutes, too", ANVIL_ESTABLISHED, true,
     {{"< A 1:1(0) ack 1 uto 32768", NULL},
      {"send 10", NULL},
      {"wait 299999", "ESTABLISHED > PA 1:11(10) ack 1"},
      {"wait 1", "CLOSED ! USER_TIMEOUT DELETED"}}},
    {"What the user has set is not changed", ANVIL_ESTABLISHED, true,
     {{"user_timeout 120000000", NULL},
      {"< A 1:1(0) ack 1 uto 600", NULL},
      {"send 10", NULL},
      {"wait 119999", "ESTABLISHED > PA 1:11(10) ack 1"},
      {"wait 1", "CLOSED ! USER_TIMEOUT DELETED"}}},
};

static void switch_off(struct endpoint *end)
{
    end->policy.user_timeout_option = 0;
}

static const struct sentence switched_off[] = {
    {"Without the option nothing is told", ANVIL_ESTABLISHED, true,
     {{"user_timeout 120000000", NULL}, {"send 10", "ESTABLISHED > PA 1:11(10) ack 1 <>"}}},
    {"And nothing is adopted", ANVIL_ESTABLISHED, true,
     {{"< A 1:1(0) ack 1 uto 600", NULL},
      {"send 10", NULL},
      {"wait 299999", "ESTABLISHED > PA 1:11(10) ack 1"},
      {"wait 1", "CLOSED ! USER_TIMEOUT DELETED"}}},
};

static void what_is_told(void **state)
{
    (void)state;
    play_table(telling, COUNT(telling));
}

static void what_is_adopted(void **state)
{
    (void)state;
    play_table(adopting, COUNT(adopting));
}

/* What the peer told is kept as it came, until TIME-WAIT. */
static void what_is_kept(void **state)
{
    static const struct {
        enum anvil_state state;
        const char *segment;
        uint16_t kept;
    } rows[] = {
        {ANVIL_ESTABLISHED, "< A 1:1(0) ack 1 uto 600", 600},
        {ANVIL_ESTABLISHED, "< A 1:1(0) ack 1 uto 32770", 32770},
        {ANVIL_ESTABLISHED, "< A 1:1(0) ack 1 uto 0", 0},
        {ANVIL_TIME_WAIT, "< A 2:2(0) ack 2 uto 600", 0},
    };

    (void)state;
    for (unsigned i = 0; i < COUNT(rows); i++) {
        struct endpoint end;
        endpoint_start(&end);
        endpoint_reach(&end, rows[i].state, true);
        endpoint_do(&end, rows[i].segment);
        assert_int_equal(end.tcb.peer_user_timeout, rows[i].kept);
    }
}

static void the_option_switched_off(void **state)
{
    (void)state;
    play_table_with(switched_off, COUNT(switched_off), switch_off);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_told),
        cmocka_unit_test(what_is_adopted),
        cmocka_unit_test(what_is_kept),
        cmocka_unit_test(the_option_switched_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
