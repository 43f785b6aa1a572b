/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls the program and looks at what it prints. */
#include "support/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { OUTPUT_MAX = 1 << 24 };

int program_enter_folder(void **state)
{
    char *folder = strdup("/tmp/tcpanvil-test-XXXXXX");
    if (folder == NULL || mkdtemp(folder) == NULL || chdir(folder) != 0)
        return -1;
    *state = folder;
    return 0;
}

int program_leave_folder(void **state)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", (char *)*state);
    int status = chdir("/") == 0 ? system(command) : -1;
    free(*state);
    return status;
}

void program_write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

/* What the call prints, to be freed, and its exit status. */
static char *call(const char *program, const char *words, int *status)
{
    char command[4096];
    char *text = malloc(OUTPUT_MAX);
    assert_non_null(text);
    snprintf(command, sizeof command, "%s %s %s 2>&1", ANVIL_EMULATOR, program, words);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    text[fread(text, 1, OUTPUT_MAX - 1, pipe)] = '\0';
    int ended = pclose(pipe);
    assert_true(WIFEXITED(ended));
    *status = WEXITSTATUS(ended);
    return text;
}

void program_check_other(const char *program, const char *words, int status, const char *text)
{
    int found;
    char *output = call(program, words, &found);
    if (found != status || strstr(output, text) == NULL)
        fail_msg("%s: status %d instead of %d, or not \"%s\":\n%s", words, found, status, text,
                 output);
    free(output);
}

void program_check(const char *words, int status, const char *text)
{
    program_check_other(ANVIL_PROGRAM, words, status, text);
}

void program_check_absent(const char *words, const char *text)
{
    int found;
    char *output = call(ANVIL_PROGRAM, words, &found);
    if (strstr(output, text) != NULL)
        fail_msg("%s: prints \"%s\":\n%s", words, text, output);
    free(output);
}
