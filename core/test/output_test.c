/* SPDX-License-Identifier: BSD-2-Clause */
/* What is sent next: silly windows, Nagle, urgent data. RFC 9293 3.8.6.2.1, 3.7.4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/endpoint.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct sentence nagle[] = {
    {"Nagle: a small segment waits while something is unacknowledged (SHLD-7)", ANVIL_ESTABLISHED,
     true,
     {{"send 10", "ESTABLISHED > PA 1:11(10) ack 1"},
      {"send 20", "ESTABLISHED"},
      {"send 30", "ESTABLISHED"},
      {"< A 1:1(0) ack 11", "ESTABLISHED > PA 11:61(50) ack 1 ! ACKED"}}},
    {"A full segment does not wait", ANVIL_ESTABLISHED, true,
     {{"send 10", NULL}, {"send 1005", "ESTABLISHED > A 11:1011(1000) ack 1"}}},
    {"It can be switched off (MUST-17)", ANVIL_ESTABLISHED, true,
     {{"nodelay 1", NULL},
      {"send 10", NULL},
      {"send 20", "ESTABLISHED > PA 11:31(20) ack 1"},
      {"nodelay 0", NULL},
      {"send 20", "ESTABLISHED"}}},
    {"CLOSE and urgent data are not held back", ANVIL_ESTABLISHED, true,
     {{"send 10", NULL},
      {"send 5 urgent", "ESTABLISHED > PAU 11:16(5) ack 1 urg 5"},
      {"send 3", NULL},
      {"close", NULL},
      {"< A 1:1(0) ack 11", "FIN-WAIT-1 ! ACKED"}}},
    {"The FIN joins the last segment", ANVIL_ESTABLISHED, true,
     {{"send 10", NULL}, {"send 20", NULL}, {"close", "FIN-WAIT-1 > FPA 11:31(20) ack 1"}}},
};

static const struct sentence no_nagle[] = {
    {"A policy without Nagle; the user may switch it on", ANVIL_ESTABLISHED, true,
     {{"send 10", NULL},
      {"send 20", "ESTABLISHED > PA 11:31(20) ack 1"},
      {"nodelay 0", NULL},
      {"send 20", "ESTABLISHED"}}},
};

static const struct sentence silly_windows[] = {
    {"A piece below half the largest window waits for more room, then goes (SHLD-22)",
     ANVIL_ESTABLISHED, true,
     {{"< A 1:1(0) ack 1 win 400", NULL},
      {"send 800", "ESTABLISHED due 200"},
      {"wait 200", "ESTABLISHED > A 1:401(400) ack 1 due 1000"}}},
    {"More room lets it go before that", ANVIL_ESTABLISHED, true,
     {{"< A 1:1(0) ack 1 win 400", NULL},
      {"send 1500", "ESTABLISHED due 200"},
      {"< A 1:1(0) ack 1 win 1200", "ESTABLISHED > A 1:1001(1000) ack 1"}}},
    {"All that is queued goes at once, if the window has room", ANVIL_ESTABLISHED, true,
     {{"< A 1:1(0) ack 1 win 400", NULL}, {"send 300", "ESTABLISHED > PA 1:301(300) ack 1"}}},
    {"Nothing goes beyond the window", ANVIL_ESTABLISHED, true,
     {{"send 12000", "ESTABLISHED > A 1:1001(1000) ack 1 > A 1001:2001(1000) ack 1 due now"},
      {"poll", NULL},
      {"poll", NULL},
      {"poll", NULL},
      {"poll", "ESTABLISHED > A 8001:9001(1000) ack 1 > A 9001:10001(1000) ack 1 due 1000"},
      {"poll", "ESTABLISHED"}}},
};

/* The initial window of 10 segments is the congestion window that is built. RFC 6928. */
static const struct sentence congestion[] = {
    {"No more than the congestion window is in flight", ANVIL_ESTABLISHED, true,
     {{"< A 1:1(0) ack 1 win 65535", NULL},
      {"send 30000", NULL},
      {"poll", NULL},
      {"poll", NULL},
      {"poll", NULL},
      {"poll", "ESTABLISHED > A 8001:9001(1000) ack 1 > A 9001:10001(1000) ack 1 due 1000"},
      {"poll", "ESTABLISHED"},
      {"< A 1:1(0) ack 1001", "ESTABLISHED > A 10001:11001(1000) ack 1 ! ACKED"}}},
};

static const struct sentence urgent[] = {
    {"Segments before the urgent octet point at it", ANVIL_ESTABLISHED, true,
     {{"send 2500 urgent",
       "ESTABLISHED > AU 1:1001(1000) ack 1 urg 2500 > AU 1001:2001(1000) ack 1 urg 1500"},
      {"poll", "ESTABLISHED > PAU 2001:2501(500) ack 1 urg 500"},
      {"< A 1:1(0) ack 2501", NULL},
      {"send 10", "ESTABLISHED > PA 2501:2511(10) ack 1"}}},
    {"A pointer beyond the field is capped, never wrapped (AMBIG-33)", ANVIL_ESTABLISHED, true,
     {{"send 70000 urgent",
       "ESTABLISHED > AU 1:1001(1000) ack 1 urg 65535 > AU 1001:2001(1000) ack 1 urg 65535"}}},
};

static void without_nagle(struct endpoint *end)
{
    end->policy.nagle = 0;
}

static void nagle_holds_small_segments_back(void **state)
{
    (void)state;
    play_table(nagle, COUNT(nagle));
    play_table_with(no_nagle, COUNT(no_nagle), without_nagle);
}

static void silly_windows_are_avoided(void **state)
{
    (void)state;
    play_table(silly_windows, COUNT(silly_windows));
}

static void the_congestion_window_bounds(void **state)
{
    (void)state;
    play_table(congestion, COUNT(congestion));
}

static void urgent_data_is_pointed_at(void **state)
{
    (void)state;
    play_table(urgent, COUNT(urgent));
}

/* A segment says which octets of the stream it carries, also when they go again. */
static void payload_is_named_by_stream_offset(void **state)
{
    struct endpoint end;

    (void)state;
    endpoint_start(&end);
    endpoint_reach(&end, ANVIL_ESTABLISHED, false);
    endpoint_do(&end, "send 2000");
    assert_int_equal(end.effects.sent[0].offset, 0);
    assert_int_equal(end.effects.sent[1].offset, 1000);
    endpoint_do(&end, "< A 1:1(0) ack 501");
    assert_int_equal(end.effects.acked_to, 500);
    endpoint_do(&end, "wait 1000");
    assert_int_equal(end.effects.sent[0].offset, 500);
    assert_int_equal(end.effects.sent[0].segment.length, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nagle_holds_small_segments_back),
        cmocka_unit_test(silly_windows_are_avoided),
        cmocka_unit_test(the_congestion_window_bounds),
        cmocka_unit_test(urgent_data_is_pointed_at),
        cmocka_unit_test(payload_is_named_by_stream_offset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
