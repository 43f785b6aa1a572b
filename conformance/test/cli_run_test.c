/* SPDX-License-Identifier: BSD-2-Clause */
/* The program as users and CI call it: exit statuses, messages, formats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { OUTPUT_MAX = 1 << 20, LONG_LINE = 10 * 1000 * 1000, MESSAGE_MAX = 1000 };

static const char passing[] =
    "// Answers a segment to nowhere.\n0 < S 0:0(0) win 100\n+0 > R. 0:0(0) ack 1\n";
static const char failing[] =
    "// Answers it wrongly.\n//: covers MUST-1\n0 < S 0:0(0) win 100\n+0 > R. 0:0(0) ack 2\n";

struct output {
    int status;
    char text[OUTPUT_MAX]; /* what was printed, errors included */
};

/* A folder of its own for each test. */
static int enter_folder(void **state)
{
    char *folder = strdup("/tmp/tcpanvil-cli-XXXXXX");
    if (folder == NULL || mkdtemp(folder) == NULL || chdir(folder) != 0)
        return -1;
    *state = folder;
    return 0;
}

static int leave_folder(void **state)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", (char *)*state);
    int status = chdir("/") == 0 ? system(command) : -1;
    free(*state);
    return status;
}

static void write_bytes(const char *name, const char *bytes, size_t count)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

static void write_file(const char *name, const char *text)
{
    write_bytes(name, text, strlen(text));
}

/* Calls a program with these words, as a shell reads them. The output is to be freed. */
static struct output *call_program(const char *program, const char *words)
{
    struct output *output = malloc(sizeof *output);
    char command[4096];
    assert_non_null(output);
    const char *emulator = strcmp(program, ANVIL_PROGRAM) == 0 ? ANVIL_EMULATOR : "";
    snprintf(command, sizeof command, "%s %s %s 2>&1", emulator, program, words);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t length = fread(output->text, 1, OUTPUT_MAX - 1, pipe);
    output->text[length] = '\0';
    int status = pclose(pipe);
    assert_true(WIFEXITED(status));
    output->status = WEXITSTATUS(status);
    return output;
}

static void check_program(const char *program, const char *words, int status, const char *text)
{
    struct output *output = call_program(program, words);
    if (output->status != status || strstr(output->text, text) == NULL)
        fail_msg("%s: status %d instead of %d, or not \"%s\":\n%s", words, output->status, status,
                 text, output->text);
    free(output);
}

static void check(const char *words, int status, const char *text)
{
    check_program(ANVIL_PROGRAM, words, status, text);
}

static void exit_statuses(void **state)
{
    (void)state;
    write_file("good.pkt", passing);
    write_file("bad.pkt", failing);
    write_file("ugly.pkt", "0 < Q 0:0(0) win 100\n");
    check("run good.pkt", 0, "\n1 passed, 0 failed, 0 skipped\n");
    check("run good.pkt bad.pkt", 1, "\n1 passed, 1 failed, 0 skipped\n");
    check("run good.pkt bad.pkt ugly.pkt", 2, "\n1 passed, 2 failed, 0 skipped\n");
    check("run ugly.pkt", 2, "ugly.pkt:1:");
    check("run --exact good.pkt", 0, "1 passed");
}

static void files_that_are_no_scripts(void **state)
{
    (void)state;
    write_file("good.pkt", passing);
    check("run /bin/sh", 2, "/bin/sh:1:");
    check("run - < good.pkt", 0, "1 passed");
}

/* The message is short and says `said`, on standard error alone; two other cases run and pass. */
static void check_bad_input(const char *program, const char *bad, const char *said)
{
    char words[256];
    write_file("good.pkt", passing);
    write_file("zero.pkt", passing);
    snprintf(words, sizeof words, "run --output report.txt zero.pkt %s good.pkt", bad);
    struct output *output = call_program(program, words);
    if (output->status != 2 || strstr(output->text, said) != output->text ||
        strlen(output->text) > MESSAGE_MAX)
        fail_msg("%s: status %d, and \"%.1000s\" instead of \"%s\"", bad, output->status,
                 output->text, said);
    free(output);
    snprintf(words, sizeof words, "run zero.pkt %s good.pkt 2>/dev/null", bad);
    check_program(program, words, 2, "\n2 passed, ");
}

/* What is 0 in a policy is no time, but a known name. */
static void a_time_that_the_policy_does_not_have(void **state)
{
    (void)state;
    write_file("time.pkt", "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
                           "+SWS_OVERRIDE close(3) = 0\n");
    check("run time.pkt", 0, "1 passed, 0 failed, 0 skipped");
    check("run --profile linux time.pkt", 0, "0 passed, 0 failed, 1 skipped");
    check("run --profile linux --format tap time.pkt", 0,
          "SKIP the policy has no time SWS_OVERRIDE: it is 0");
    check("run --profile linux --set sws_override_us=200000 time.pkt", 0, "1 passed");
    check("show time.pkt", 0, "+0.2 close(3) = 0\n");
    check("show --profile linux time.pkt", 0, "+SWS_OVERRIDE close(3) = 0\n");
}

/* Each is a file of one line, or of two that have the mistake in the second. */
static void mistakes_are_shown_with_their_place(void **state)
{
    static const struct { const char *text, *said; } rows[] = {
        { "0 < Q 0:0(0) win 100\n", "bad.pkt:1:5: not a TCP flag: one of S F R P . U E W A, an "
          "ACE digit, or -\n0 < Q 0:0(0) win 100\n    ^\n" },
        { "// x.\n  +0 fly(3) = 0 // up\n",
          "bad.pkt:2:6: there is no call fly()\n+0 fly(3) = 0 // up\n   ^\n" },
        { "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 listen(3, \"five\") = 0\n",
          "bad.pkt:2:14: listen(): this must be a whole number\n"
          "+0 listen(3, \"five\") = 0\n             ^\n" },
        { "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 listen(3) = 0\n",
          "bad.pkt:2:1: listen(): it takes 2 arguments, not 1\n+0 listen(3) = 0\n^\n" },
        { "+1FORTNIGHT socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n",
          "bad.pkt:1:1: unknown name in a time: FORTNIGHT\n+1FORTNIGHT socket(" },
        { "--ip_version=five\n0 < S 0:0(0) win 9\n", "bad.pkt:1:1: --ip_version must be ipv4, "
          "ipv6 or ipv4-mapped-ipv6, not five\n--ip_version=five\n^\n" },
        { "// x\n --frobnicate=1\n0 < S 0:0(0) win 9\n",
          "bad.pkt:2:2: there is no option --frobnicate\n --frobnicate=1\n ^\n" },
        { "--bind_port=70000\n0 < S 0:0(0) win 9\n",
          "bad.pkt:1:1: --bind_port must be a number from 1 to 65535, not 70000\n" },
        { "--mtu=4294968796\n0 < S 0:0(0) win 9\n",
          "bad.pkt:1:1: --mtu must be a number from 68 to 65535, not 4294968796\n" },
        { "--mtu=10\n0 < S 0:0(0) win 9\n", "bad.pkt:1:1: --mtu must be a number from 68 " },
        { "--mtu\n0 < S 0:0(0) win 9\n", "bad.pkt:1:1: --mtu needs a value\n" },
        { "--mtu=1\033[31m\n0 < S 0:0(0) win 9\n",
          "bad.pkt:1:1: --mtu must be a number from 68 to 65535, not 1.[31m\n--mtu=1.[31m\n" },
        { "--strict_segments=1\n0 < S 0:0(0) win 9\n", "bad.pkt:1:1: --strict_segments takes no" },
        { "--tolerance_usecs=-1\n0 < S 0:0(0) win 9\n", "bad.pkt:1:1: --tolerance_usecs must be" },
        { "--define=1a=5\n0 < S 0:0(0) win 9\n", "bad.pkt:1:1: --define needs NAME or NAME=" },
        { "//: policy foo=1\n0 < S 0:0(0) win 9\n", "bad.pkt:1:12: there is no policy field foo; "
          "tcpanvil profile lists them\n//: policy foo=1\n           ^\n" },
        { "//: policy msl_us=abc\n0 < S 0:0(0) win 9\n",
          "bad.pkt:1:12: policy msl_us needs a number, not abc\n" },
        { "//: policy msl_us=18446744073709551615\n0 < S 0:0(0) win 9\n",
          "bad.pkt:1:12: msl_us may be " },
        { "//: given nowhere\n0 < S 0:0(0) win 9\n", "bad.pkt:1:11: the preamble nowhere cannot" },
        { "", "bad.pkt:1:1: the script is empty\n\n^\n" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_file("bad.pkt", rows[i].text);
        check_bad_input(ANVIL_PROGRAM, "bad.pkt", rows[i].said);
    }
    write_bytes("bad.pkt", "\177ELF\002\0\0\0", 8);
    check_bad_input(ANVIL_PROGRAM, "bad.pkt",
                    "bad.pkt:1:6: the byte 0x00: this is no text file\n.ELF....\n     ^\n");
}

static void a_line_of_ten_million_characters(void **state)
{
    static const char *const starts[] = { "0 socket(", "0 < S 0:0(0) win 1", "0 `", "//: covers ",
                                          "0 write(3, \"", "--define=", "0 %{ assert 1 == " };
    char *line = malloc(LONG_LINE);
    (void)state;
    assert_non_null(line);
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        memset(line, '1', LONG_LINE);
        memcpy(line, starts[i], strlen(starts[i]));
        write_bytes("bad.pkt", line, LONG_LINE);
        check_bad_input(ANVIL_PROGRAM, "bad.pkt", "bad.pkt:1:");
    }
    free(line);
}

/* Beside an installed program lies the suite, and in it the folder of preambles. */
static void a_preamble_that_includes_itself(void **state)
{
    (void)state;
    assert_int_equal(system("mkdir -p bin share/tcpanvil/suite/given && cp " ANVIL_PROGRAM
                            " bin/tcpanvil"), 0);
    write_file("share/tcpanvil/suite/given/itself.pkt", "// x\n//: given itself\n");
    write_file("share/tcpanvil/suite/given/ping.pkt", "//: given pong\n");
    write_file("share/tcpanvil/suite/given/pong.pkt", "//: given ping\n");
    write_file("bad.pkt", "//: given itself\n0 < S 0:0(0) win 9\n");
    write_file("worse.pkt", "// x\n//: given ping\n0 < S 0:0(0) win 9\n");
    struct output *output = call_program("bin/tcpanvil", "run bad.pkt");
    assert_non_null(strstr(output->text, "/given/itself.pkt:2:11: itself includes itself\n"
                                         "//: given itself\n          ^\n"));
    free(output);
    check_bad_input("bin/tcpanvil", "bad.pkt", "/");
    check_program("bin/tcpanvil", "run worse.pkt good.pkt", 2,
                  "/given/pong.pkt:1:11: ping includes itself\n");
}

static void paths_that_hold_no_script(void **state)
{
    (void)state;
    assert_int_equal(mkdir("nothing", 0777), 0);
    check_bad_input(ANVIL_PROGRAM, "missing.pkt",
                    "tcpanvil: missing.pkt: No such file or directory\n");
    check_bad_input(ANVIL_PROGRAM, "nothing",
                    "tcpanvil: nothing: there are no scripts (.pkt) in this folder\n");
}

/* A link to a folder is not searched, so that a search ends; a link to a script is a script. */
static void links(void **state)
{
    (void)state;
    assert_int_equal(system("mkdir -p tree/inside && ln -s . tree/loop && ln -s .. tree/inside/up"
                            " && ln -s ../tree tree/again.pkt && ln -s none tree/dead.pkt"), 0);
    write_file("tree/inside/one.pkt", passing);
    assert_int_equal(symlink("inside/one.pkt", "tree/two.pkt"), 0);
    check("run tree", 0, "\n2 passed, 0 failed, 0 skipped\n");
    check("run tree/loop", 0, "\n2 passed, 0 failed, 0 skipped\n");
}

/* What packetdrills know and the runner lacks skips the case; what means nothing is passed over. */
static void options_of_scripts(void **state)
{
    (void)state;
    write_file("lacking.pkt", "--non_fatal=packet\n0 < S 0:0(0) win 9\n");
    write_file("nothing.pkt", "--gateway_ip=192.168.0.1\n--speed=1000\n--verbose\n"
                              "0 < S 0:0(0) win 9\n+0 > R. 0:0(0) ack 1\n");
    check("run lacking.pkt", 0, "unsupported: --non_fatal");
    check("run lacking.pkt nothing.pkt", 0, "\n1 passed, 0 failed, 1 skipped\n");
}

static void names_on_the_command_line(void **state)
{
    (void)state;
    write_file("named.pkt", "0 < S n:n(0) win W <mss MSS,FO cookie>\n"
                            "+0 > R. 0:0(0) ack N\n+0 > R. 0:0(0) ack M1\n");
    write_file("bare.pkt", "0 < S 0:0(0) win W\n+0 > R. 0:0(0) ack 1\n");
    check("show --define n=7 --define N=8 --define W=500 --define MSS=1000 --define M1=9 "
          "--define cookie=abcd named.pkt", 0,
          "0 < S 7:7(0) win 500 <mss 1000,FO abcd>\n+0 > R. 0:0(0) ack 8\n"
          "+0 > R. 0:0(0) ack 9\n");
    check("run --define W=100 bare.pkt", 0, "1 passed");
    check("run bare.pkt", 2, "bare.pkt:1:");
    check("run --define 1a bare.pkt", 2, "--define needs NAME or NAME=VALUE");
    check("run --define =5 bare.pkt", 2, "--define needs NAME or NAME=VALUE");
}

/* In the suite that lies beside a program an unknown id is a mistake, elsewhere only a warning. */
static void ids_that_are_no_requirements(void **state)
{
    static const char text[] = "//: covers MUST-1 NOPE-1\n0 < S 0:0(0) win 9\n"
                               "+0 > R. 0:0(0) ack 1\n";
    (void)state;
    assert_int_equal(system("mkdir -p bin share/tcpanvil/suite/x && cp " ANVIL_PROGRAM
                            " bin/tcpanvil"), 0);
    write_file("share/tcpanvil/requirements.csv", "id,rfc,section,level,summary\n"
                                                  "MUST-1,9293,3.1,MUST,Something\n"
                                                  "MUST-2,9293,3.2,MUST,Else\n");
    write_file("share/tcpanvil/suite/x/own.pkt", text);
    write_file("other.pkt", text);
    check_program("bin/tcpanvil", "run --filter 'x/*'", 2,
                  "/suite/x/own.pkt:1:19: there is no requirement NOPE-1\n"
                  "//: covers MUST-1 NOPE-1\n                  ^\n");
    check_program("bin/tcpanvil", "run other.pkt", 0,
                  "other.pkt:1:19: warning: there is no requirement NOPE-1\n");
}

/* Nothing runs, and there is one message, if captures cannot be written. */
static void captures_need_a_folder(void **state)
{
    (void)state;
    write_file("good.pkt", passing);
    write_file("taken", "");
    struct output *output = call_program(ANVIL_PROGRAM, "run --pcap taken good.pkt good.pkt");
    assert_int_equal(output->status, 2);
    assert_string_equal(output->text, "tcpanvil: taken: Not a directory\n");
    free(output);
    write_file("a b=c^d'.pkt", "//: own\n0 < S 0:0(0) win 100\n+0 > R. 0:0(0) ack 1\n");
    check("run --pcap captures \"a b=c^d'.pkt\"", 0, "1 passed");
    check_program("ls", "captures", 0, "a-b-c-d-.pcapng\n");
    check_program("ls", "captures | grep -c '[^A-Za-z0-9._-]'", 1, "0\n");
}

static void calls_that_are_wrong(void **state)
{
    (void)state;
    write_file("good.pkt", passing);
    check("", 2, "usage: tcpanvil");
    check("--help", 0, "usage: tcpanvil");
    check("fly", 2, "there is no subcommand fly");
    check("run --fly", 2, "run has no option --fly");
    check("run --jobs none good.pkt", 2, "--jobs needs a number");
    check("run --format pdf good.pkt", 2, "there is no format pdf");
    check("run --profile solaris good.pkt", 2, "there is no profile solaris");
    check("run --target teapot good.pkt", 2, "there is no target teapot");
    check("run --target ./none.so good.pkt", 2, "none.so");
    check("run --output /no/such/file good.pkt", 2, "/no/such/file: No such file");
    check("run --filter", 2, "--filter needs a value");
    check("run --filter zzz good.pkt", 2, "no case matches --filter zzz");
    check("list --filter zzz good.pkt", 2, "no case matches --filter zzz");
    check("coverage --format tap good.pkt", 2, "coverage knows the formats text and json");
    check("show", 2, "show needs one case");
    check("show nothing-of-the-kind", 2, "there is no case or file");
    check("profile windows", 2, "profile needs one of");
}

static void a_failure_tells_why(void **state)
{
    (void)state;
    write_file("bad.pkt", failing);
    check("run bad.pkt", 1, "Answers it wrongly.");
    check("run bad.pkt", 1, "ack differs");
    check("run bad.pkt", 1, "> R. 0:0(0) ack 2");
    check("run bad.pkt", 1, "> R. 0:0(0) ack 1");
    check("run bad.pkt", 1, "Window field");
    check("run --format json bad.pkt", 1, "\"verdict\":\"failed\"");
    check("run --format tap bad.pkt", 1, "not ok 1");
    check("run --format junit bad.pkt", 1, "<failure");
    write_file("mute.pkt", "0 < S 0:0(0) win 100\n+0 > R. 0:0(0) ack 2\n");
    check("run --format junit mute.pkt", 1, "<failure message=\"ack differs\"");
    write_file("states.pkt", "//: given established-passive\n+0 close(4) = 0\n"
                             "+0 > F. 1:1(0) ack 1\n+0.1 < . 1:1(0) ack 2 win 65535\n"
                             "+0.1 < F. 1:1(0) ack 2 win 65535\n+0 > . 2:2(0) ack 1\n");
    check("run states.pkt", 1, "-> | FIN-WAIT-2"); /* the state that a segment leads to, */
    check("run states.pkt", 1, "-> | TIME-WAIT");  /* beside it */
}

static void options_of_run(void **state)
{
    (void)state;
    write_file("good.pkt", passing);
    write_file("bad.pkt", failing);
    write_file("choice.pkt", "// A choice.\n#ifdef WRONG\n0 bind(9, ..., ...) = 0\n#endif\n"
                             "0 < S 0:0(0) win 100\n+0 > R. 0:0(0) ack 1\n");
    check("run --filter '*good*' .", 0, "1 passed, 0 failed");
    check("run --jobs 4 good.pkt bad.pkt choice.pkt", 1, "2 passed, 1 failed");
    check("run choice.pkt", 0, "1 passed");
    check("run --define WRONG choice.pkt", 1, "1 failed");
    check("run --target mute good.pkt", 1, "1 failed");
    check("run --output report.txt good.pkt", 0, "");
    check("run --pcap captures good.pkt bad.pkt", 1, "1 passed, 1 failed");
    assert_int_equal(access("report.txt", R_OK), 0);
    assert_int_equal(access("captures", R_OK), 0);
}

/* The case that fails is the last, whatever threads have run behind it. */
static void stopping_at_a_failure(void **state)
{
    (void)state;
    write_file("a.pkt", passing);
    write_file("b.pkt", failing);
    write_file("c.pkt", passing);
    write_file("d.pkt", failing);
    check("run --stop-on-failure a.pkt b.pkt c.pkt d.pkt", 1, "\n1 passed, 1 failed, 0 skipped\n");
    check("run --stop-on-failure a.pkt b.pkt c.pkt d.pkt", 1,
          "2 cases behind the one that failed were not run\n");
    check("run --stop-on-failure --jobs 4 a.pkt b.pkt c.pkt d.pkt", 1,
          "\n1 passed, 1 failed, 0 skipped\n");
    check("run --stop-on-failure a.pkt c.pkt", 0, "\n2 passed, 0 failed, 0 skipped\n");
    write_file("known.txt", "b the sender is known for it\n");
    check("run --stop-on-failure --deviations known.txt a.pkt b.pkt c.pkt", 0,
          "\n2 passed, 0 failed, 1 skipped\n");
    check("run --stop-on-failure --against core a.pkt", 2, "no --stop-on-failure");
}

static void other_subcommands(void **state)
{
    (void)state;
    write_file("bad.pkt", failing);
    check("list bad.pkt", 0, "Answers it wrongly.\n    covers MUST-1\n");
    check("list --format json bad.pkt", 0, "\"covers\":[\"MUST-1\"]");
    check("show bad.pkt", 0, "> R. 0:0(0) ack 2");
    check("show bad.pkt", 0, "packetdrill of google:");
    check("profile linux", 0, "msl_us");
}

/* Generated cases are found, run, listed, printed and read back as scripts are. */
static void the_matrix_is_part_of_the_suite(void **state)
{
    (void)state;
    check("run --filter 'matrix/time-wait/rst/*'", 0,
          "folder             passed  failed  skipped\n"
          "matrix/time-wait       10       0        0\n");
    check("list --filter matrix/time-wait/rst/right-edge", 0,
          "matrix/time-wait/rst/right-edge\n"
          "    A RST at the last number of the window in TIME-WAIT draws an ACK and leads nowhere"
          " else.\n    covers EP-SA-1a EP-SA-2-in ");
    check("list --format json --filter matrix/time-wait/rst/right-edge", 0,
          "\"file\":\"matrix/time-wait/rst/right-edge\"");
    check("list --removed", 0, " segments\n       A closed window has neither an inside nor");
    check("list --removed --format json", 0, "{\"schema\":1,\"part\":\"calls\",\"removed\":");
    check("show matrix/time-wait/rst/right-edge", 0, "\n+120 < R 65535:65535(0)");
    check("show matrix/no/such/case", 2, "there is no case or file matrix/no/such/case");
    check("show matrix/close-wait/call-close/active | " ANVIL_EMULATOR " " ANVIL_PROGRAM " run -",
          0, "1 passed, 0 failed, 0 skipped");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(exit_statuses, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(files_that_are_no_scripts, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(mistakes_are_shown_with_their_place, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(a_line_of_ten_million_characters, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(a_time_that_the_policy_does_not_have, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(a_preamble_that_includes_itself, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(paths_that_hold_no_script, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(links, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(options_of_scripts, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(names_on_the_command_line, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(ids_that_are_no_requirements, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(captures_need_a_folder, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(calls_that_are_wrong, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(a_failure_tells_why, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(options_of_run, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(stopping_at_a_failure, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(other_subcommands, enter_folder, leave_folder),
        cmocka_unit_test(the_matrix_is_part_of_the_suite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
