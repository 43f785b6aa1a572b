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

enum { OUTPUT_MAX = 1 << 20 };

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

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

/* Calls the program with these words, as a shell reads them. The output is to be freed. */
static struct output *call(const char *words)
{
    struct output *output = malloc(sizeof *output);
    char command[4096];
    assert_non_null(output);
    snprintf(command, sizeof command, "%s %s 2>&1", ANVIL_PROGRAM, words);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t length = fread(output->text, 1, OUTPUT_MAX - 1, pipe);
    output->text[length] = '\0';
    int status = pclose(pipe);
    assert_true(WIFEXITED(status));
    output->status = WEXITSTATUS(status);
    return output;
}

static void check(const char *words, int status, const char *text)
{
    struct output *output = call(words);
    if (output->status != status || strstr(output->text, text) == NULL)
        fail_msg("%s: status %d instead of %d, or not \"%s\":\n%s", words, output->status, status,
                 text, output->text);
    free(output);
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
    assert_int_equal(mkdir("empty", 0777), 0);
    write_file("good.pkt", passing);
    write_file("empty.pkt", "");
    check("run missing.pkt good.pkt", 2, "missing.pkt: No such file");
    check("run missing.pkt good.pkt", 2, "1 passed");
    check("run empty", 2, "there are no scripts");
    check("run empty.pkt", 2, "empty.pkt:1:1: ");
    check("run /bin/sh", 2, "/bin/sh:1:");
    check("run - < good.pkt", 0, "1 passed");
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

static void other_subcommands(void **state)
{
    (void)state;
    write_file("bad.pkt", failing);
    check("list bad.pkt", 0, "Answers it wrongly.\n    covers MUST-1\n");
    check("list --format json bad.pkt", 0, "\"covers\":[\"MUST-1\"]");
    check("show bad.pkt", 0, "> R. 0:0(0) ack 2");
    check("show bad.pkt", 0, "packetdrill of google:");
    check("coverage bad.pkt", 0, "1 requirements named by a case");
    check("profile linux", 0, "msl_us");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(exit_statuses, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(files_that_are_no_scripts, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(calls_that_are_wrong, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(a_failure_tells_why, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(options_of_run, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(other_subcommands, enter_folder, leave_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
