/* SPDX-License-Identifier: BSD-2-Clause */
/* A case that needs what the target's traits deny is skipped with that reason; others run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "run/run.h"
#include "target/target.h"

extern const struct anvil_target anvil_target_core;

/* The core, as a stack that has nothing but the least. */
static const struct anvil_target_traits *traits(void)
{
    static const struct anvil_target_traits least = { .name = "least", .version = "1",
                                                      .granularity_us = 1 };
    return &least;
}

/* The verdict of a script on a target, and that its reason has these words (NULL: any). */
static void expect(const struct anvil_target *target, const char *text,
                   enum report_verdict verdict, const char *reason)
{
    struct script_parse_options parse = { .define_count = 0 };
    struct script_error error;
    struct run_options options = { .exact = true };
    struct script *script = script_parse_text("test", text, strlen(text), &parse, &error);
    struct run *run = run_open();
    assert_non_null(script);
    assert_non_null(run);
    const struct report_result *result = run_case(run, script, target, &options);
    if (result->verdict != verdict ||
        (reason != NULL && (result->reason == NULL || strstr(result->reason, reason) == NULL)))
        fail_msg("%s: %s, %s", text, report_verdict_name(result->verdict),
                 result->reason == NULL ? "no reason" : result->reason);
    run_close(run);
    script_free(script);
}

#define CLIENT "0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3\n"
#define CONNECT CLIENT "+0 connect(3, ..., ...) = -1 EINPROGRESS\n"

static void what_a_target_lacks_skips_the_case(void **state)
{
    static const struct { const char *text, *reason; } rows[] = {
        { CONNECT "+0 > S. 0:0(0) ack 1 <mss 1460,sackOK>\n", "no selective acknowledgment" },
        { CONNECT "+0 > . 1:1(0) ack 1 <nop,nop,TS val 100 ecr 0>\n", "no timestamps" },
        { CONNECT "+0 > S. 0:0(0) ack 1 <mss 1460,nop,wscale 0>\n", "no window scaling" },
        { CLIENT "+0 poll([{fd=3, events=POLLPRI, revents=0}], 1, 0) = 0\n", "no urgent data" },
        { CONNECT "+0 > U 0:0(0) urg 1\n", "no urgent data" },
        { CLIENT "+0 send(3, ..., 1, MSG_DONTWAIT|MSG_OOB) = 1\n", "no urgent data" },
        { CLIENT "+0 setsockopt(3, SOL_SOCKET, SO_KEEPALIVE, [1], 4) = 0\n", "no keep-alive" },
        { "--ip_version=ipv6\n" CLIENT, "no IPv6" },
        { "//: iss 7\n" CLIENT, "chooses its initial sequence numbers itself" },
        { "0 < S 0:0(0) win 9\n+0 %{ assert tcpi_state == 7 }%\n", "does not tell" },
    };
    struct anvil_target least = anvil_target_core;
    (void)state;
    least.traits = traits;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect(&least, rows[i].text, REPORT_SKIPPED, rows[i].reason);
}

/* What the peer offers, or what an option line leaves open, asks nothing of the target. */
static void what_the_peer_sends_is_no_need(void **state)
{
    struct anvil_target least = anvil_target_core;
    (void)state;
    least.traits = traits;
    expect(&least, CONNECT "+0 > S 0:0(0) <...>\n", REPORT_PASSED, NULL);
    expect(&least, CONNECT "+0 > S 0:0(0) <mss 1460>\n", REPORT_PASSED, NULL);
    expect(&least, CONNECT "+0 > S 0:0(0) <mss 1459>\n", REPORT_FAILED, "mss differs");
    expect(&least, "0 < S 0:0(0) win 9 <sackOK,TS val 1 ecr 0,nop,wscale 7>\n"
                   "+0 > R. 0:0(0) ack 1 <...>\n", REPORT_PASSED, NULL);
    expect(&least, "0 < SU 0:0(0) win 9 urg 1\n+0 > R. 0:0(0) ack 1\n", REPORT_PASSED, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_target_lacks_skips_the_case),
        cmocka_unit_test(what_the_peer_sends_is_no_need),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
