/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of the program from tests, in a folder of their own. */
#ifndef TEST_PROGRAM_H
#define TEST_PROGRAM_H

/* Setup and teardown of a test that writes files: it runs in an empty folder. */
int program_enter_folder(void **state);
int program_leave_folder(void **state);

void program_write_file(const char *name, const char *text);

/* Calls the program with these words, as a shell reads them: it must exit with `status` and print
 * `text` somewhere, on standard output or error. */
void program_check(const char *words, int status, const char *text);

/* The same of another program: a copy that lies beside another suite, say. */
void program_check_other(const char *program, const char *words, int status, const char *text);

/* A call of the program must not print `text`. */
void program_check_absent(const char *words, const char *text);

#endif
