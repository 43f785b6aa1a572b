/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line: a table of subcommands. The program gives the table, so that whoever links it
 * can add rows (see main.c).
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses. */
enum { CLI_OK = 0, CLI_FAILED = 1, CLI_WRONG = 2 };

struct cli_command {
    const char *name;
    const char *help;                       /* one line */
    int (*run)(int argc, char **argv);      /* argv[0] is the subcommand's name */
};

/* The built-in subcommands. `*count` receives their number. */
const struct cli_command *cli_commands(size_t *count);

/* Finds the subcommand of a call in `commands` and runs it. Returns the exit status. */
int cli_main(const struct cli_command *commands, size_t count, int argc, char **argv);

int cli_run(int argc, char **argv);
int cli_list(int argc, char **argv);
int cli_show(int argc, char **argv);
int cli_coverage(int argc, char **argv);
int cli_profile(int argc, char **argv);
int cli_check_target(int argc, char **argv);
int cli_bench(int argc, char **argv);
int cli_world(int argc, char **argv);

/* Says what is wrong with the call, on stderr, and returns CLI_WRONG. */
int cli_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Makes a folder, unless it is there or `path` is NULL. False: said why it cannot be. */
bool cli_folder(const char *path);

/* Is it --help? Then prints `text`. */
bool cli_help(int argc, char **argv, const char *text);

#endif
