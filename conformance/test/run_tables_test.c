/* SPDX-License-Identifier: BSD-2-Clause */
/* The runner's tables: constants, errors, sysctls, the octets of streams, what is not supported. */
#include "run/state.h"
#include "target/registry.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void errors_have_names_and_values(void **state)
{
    (void)state;
    assert_int_equal(run_errno_value("ECONNRESET"), ECONNRESET);
    assert_int_equal(run_errno_value("EWOULDBLOCK"), EAGAIN);
    assert_int_equal(run_errno_value("ENOSUCHERROR"), 0);
    assert_string_equal(run_errno_name(EPIPE), "EPIPE");
    assert_string_equal(run_errno_name(0), "no error");
}

static void every_constant_is_found(void **state)
{
    static const char *const names[] = { "AF_INET", "EPOLLIN", "EPOLL_CTL_MOD", "FD_CLOEXEC",
        "F_SETFL", "INADDR_ANY", "IPPROTO_TCP", "IPTOS_DSCP_CS7", "IPV6_TCLASS", "IP_TTL",
        "MSG_PEEK", "NULL", "O_NONBLOCK", "POLLRDHUP", "SHUT_WR", "SIOCINQ", "SOCK_STREAM",
        "SOL_SOCKET", "SO_LINGER", "TCPI_OPT_SACK", "TCPI_SYN_SENT", "TCPS_TIME_WAIT",
        "TCP_CLOSE_WAIT", "TCP_USER_TIMEOUT", "True" };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int64_t value;
        if (!run_constant(names[i], &value))
            fail_msg("%s is not found", names[i]);
    }
}

static void names_of_both_systems_mean_the_same(void **state)
{
    int64_t linux_value, freebsd_value;
    (void)state;
    assert_true(run_constant("TCP_FIN_WAIT2", &linux_value));
    assert_true(run_constant("TCPS_FIN_WAIT_2", &freebsd_value));
    assert_int_equal(linux_value, freebsd_value);
    assert_string_equal(run_state_by_number(linux_value), "FIN-WAIT-2");
    assert_false(run_constant("NO_SUCH_NAME", &linux_value));
}

/* The setting that a sysctl made, or UINT64_MAX. */
static uint64_t setting(const struct run *run, const char *name)
{
    for (size_t i = 0; i < run->setting_count; i++)
        if (strcmp(run->settings[i].name, name) == 0)
            return run->settings[i].value;
    return UINT64_MAX;
}

static void sysctls_become_settings(void **state)
{
    static const struct { const char *text, *field; uint64_t value; } rows[] = {
        { "net.ipv4.tcp_sack=0", "offer_sack", 0 },
        { "net/ipv4/tcp_keepalive_time=7", "keepalive_idle_us", 7000000 },
        { "net.ipv4.tcp_rmem=4096 540000 15728640", "receive_buffer", 540000 },
        { "net.ipv4.tcp_rmem=4096 540000 15728640", "window_scale_least", 8 },
        { "net.ipv4.ip_no_pmtu_disc=1", "path_mtu_discovery", 0 },
        { "net.inet.tcp.rfc1323=0", "offer_timestamps", 0 },
        { "net.inet.tcp.rfc1323=0", "offer_window_scale", 0 },
        { "net.inet.tcp.delacktime=40", "delayed_ack_us", 40000 },
        { "net.inet.tcp.insecure_rst=1", "rfc5961_reset", 0 },
        { "net.inet.tcp.insecure_syn=1", "rfc5961_syn", 0 },
        { "net.inet.tcp.insecure_ack=1", "rfc5961_ack", 0 },
    };
    (void)state;
    struct run *run = run_open();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char why[128];
        run->setting_count = 0;
        assert_int_equal(run_sysctl(run, rows[i].text, why, sizeof why), RUN_COMMAND_SETTING);
        assert_int_equal(setting(run, rows[i].field), rows[i].value);
    }
    run_close(run);
}

static void harmless_sysctls_do_nothing_and_others_are_named(void **state)
{
    char why[128];
    (void)state;
    struct run *run = run_open();
    assert_int_equal(run_sysctl(run, "net.ipv4.tcp_ecn=2", why, sizeof why), RUN_COMMAND_NOTHING);
    assert_int_equal(run_sysctl(run, "net.ipv4.tcp_ecn=1", why, sizeof why),
                     RUN_COMMAND_UNSUPPORTED);
    assert_string_equal(why, "unsupported sysctl net.ipv4.tcp_ecn=1");
    assert_int_equal(run_sysctl(run, "no.such.thing=1", why, sizeof why),
                     RUN_COMMAND_UNSUPPORTED);
    assert_int_equal(run_sysctl(run, "net.ipv4.tcp_sack=yes", why, sizeof why),
                     RUN_COMMAND_UNSUPPORTED);
    assert_int_equal(run->setting_count, 0);
    run_close(run);
}

static void commands_are_mapped_or_named(void **state)
{
    char why[128];
    (void)state;
    struct run *run = run_open();
    assert_int_equal(run_command_prepare(run, "../common/defaults.sh\n"
                                         "sysctl -q net.ipv4.tcp_sack=0 2>/dev/null",
                                         why, sizeof why), RUN_COMMAND_SETTING);
    assert_int_equal(setting(run, "offer_sack"), 0);
    assert_int_equal(run_command_prepare(run, "set_sysctls.py a=1", why, sizeof why),
                     RUN_COMMAND_UNSUPPORTED);
    assert_int_equal(run_command_prepare(run, "set_sysctls.py \\\n /proc/sys/net/ipv4/tcp_dsack=0",
                                         why, sizeof why), RUN_COMMAND_SETTING);
    assert_int_equal(run_command_prepare(run, "ip tcp_metrics flush all > /dev/null 2>&1", why,
                                         sizeof why), RUN_COMMAND_NOTHING);
    assert_int_equal(run_command_prepare(run, "true && rm -rf /", why, sizeof why),
                     RUN_COMMAND_UNSUPPORTED);
    assert_string_equal(why, "unsupported command rm");
    run_close(run);
}

static void streams_differ_at_every_shift(void **state)
{
    (void)state;
    struct run *run = run_open();
    for (uint64_t shift = 1; shift < 70000; shift = shift * 3 / 2 + 1) {
        const uint8_t *a = run_pattern(run, RUN_SIDE_PEER, 100);
        const uint8_t *b = run_pattern(run, RUN_SIDE_PEER, 100 + shift);
        assert_int_not_equal(memcmp(a, b, 16), 0);
    }
    assert_int_not_equal(memcmp(run_pattern(run, RUN_SIDE_PEER, 0),
                                run_pattern(run, RUN_SIDE_TARGET, 0), 16), 0);
    run_close(run);
}

/* The verdict and reason of a script against a dummy. */
static void check(const char *target, const char *text, enum report_verdict verdict,
                  const char *reason)
{
    struct script_error error;
    struct run_options options = { .own = false };
    struct run *run = run_open();
    struct script *script = script_parse_text("test", text, strlen(text), NULL, &error);
    assert_non_null(run);
    assert_non_null(script);
    const struct report_result *result = run_case(run, script, target_find(target), &options);
    assert_int_equal(result->verdict, verdict);
    if (reason != NULL && strstr(result->reason, reason) == NULL)
        fail_msg("\"%s\" instead of \"%s\"", result->reason, reason);
    script_free(script);
    run_close(run);
}

#define SOCKET "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"

static void what_we_cannot_do_is_skipped_by_name(void **state)
{
    static const struct { const char *text, *reason; } rows[] = {
        { SOCKET "+0 splice(3, 4) = 0\n", "unsupported call splice" },
        { SOCKET "+0 setsockopt(3, SOL_TCP, TCP_FASTOPEN, [1], 4) = 0\n",
          "unsupported socket option TCP_FASTOPEN" },
        { SOCKET "+0 send(3, ..., 1, MSG_ZEROCOPY) = 1\n", "unsupported MSG_ZEROCOPY in send()" },
        { SOCKET "+0 send(3, ..., 1, MSG_NO_SUCH) = 1\n", "unsupported MSG_NO_SUCH in send()" },
        { SOCKET "+0 read(3, ..., 1) = -1 ENOSUCH\n", "unknown error name ENOSUCH" },
        { SOCKET "+0 `nc -l 80`\n", "unsupported command nc" },
        { "0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n", "unsupported SOCK_DGRAM in socket()" },
        { SOCKET "+0 %{ assert tcpi_state == 1 }%\n", "the target does not tell tcpi_state" },
        { SOCKET "+0 > S 0:0(0) <mss 1460,FO abcd>\n", "unsupported: TCP Fast Open" },
        { "//: 0 step anything\n", "no target can do the step \"anything\"" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check("mute", rows[i].text, REPORT_SKIPPED, rows[i].reason);
}

static void a_skip_is_found_before_anything_runs(void **state)
{
    (void)state;
    check("mute", SOCKET "+0 > S 0:0(0) <...>\n+0 splice(3, 4) = 0\n", REPORT_SKIPPED,
          "unsupported call splice");
}

static void wrong_scripts_are_errors(void **state)
{
    (void)state;
    check("mute", SOCKET "+0 bind(3) = 0\n", REPORT_ERROR, "bind(): it takes 3 arguments, not 1");
    check("mute", SOCKET "+0 listen(3, \"x\") = 0\n", REPORT_ERROR,
          "listen(): this must be a whole number");
    check("mute", SOCKET "+0 fcntl(3, F_SETFL, O_NONBLOCK) = 0\n"
                  "+0 connect(3, ..., ...) = -1 EINPROGRESS\n+0 < . 1:1(0) ack 1 win 5\n",
          REPORT_ERROR, "a segment for a connection whose port is not known yet");
    check("mute", "--tolerance_usecs=many\n" SOCKET, REPORT_ERROR,
          "--tolerance_usecs must be a number");
    check("mute", SOCKET "+1FORTNIGHT close(3) = 0\n", REPORT_ERROR,
          "unknown name in a time: FORTNIGHT");
}

static void the_dummies_are_what_they_say(void **state)
{
    (void)state;
    check("mute", "0 < S 0:0(0) win 9\n+1 < . 1:1(0) ack 1 win 9\n", REPORT_PASSED, NULL);
    check("mute", "0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1 <...>\n", REPORT_FAILED, NULL);
    check("ackall", "0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1 <...>\n"
                    "+0 < P. 1:6(5) ack 1 win 9\n+0 > . 1:1(0) ack 6\n", REPORT_PASSED, NULL);
    check("ackall", "0 < S 0:0(0) win 9\n+0 > R. 0:0(0) ack 1\n", REPORT_FAILED,
          "flags differs");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_have_names_and_values),
        cmocka_unit_test(every_constant_is_found),
        cmocka_unit_test(names_of_both_systems_mean_the_same),
        cmocka_unit_test(sysctls_become_settings),
        cmocka_unit_test(harmless_sysctls_do_nothing_and_others_are_named),
        cmocka_unit_test(commands_are_mapped_or_named),
        cmocka_unit_test(streams_differ_at_every_shift),
        cmocka_unit_test(what_we_cannot_do_is_skipped_by_name),
        cmocka_unit_test(a_skip_is_found_before_anything_runs),
        cmocka_unit_test(wrong_scripts_are_errors),
        cmocka_unit_test(the_dummies_are_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
