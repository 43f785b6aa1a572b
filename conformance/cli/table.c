/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of subcommands, and the help over all of them. */
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static const struct cli_command commands[] = {
    { "run", "run cases and print a verdict for each", cli_run },
    { "list", "print each case with its sentence and what it covers", cli_list },
    { "show", "print a case with its preamble, and who else could run it", cli_show },
    { "coverage", "print requirements by cases by mutants, and what is missing", cli_coverage },
    { "world", "run two endpoints over a bad network, from seeds", cli_world },
    { "profile", "print every field of a policy, its value and its source", cli_profile },
    { "check-target", "check that a target keeps what <anvil/target.h> asks for",
      cli_check_target },
    { "bench", "measure speeds, each beside its peer or its ceiling", cli_bench },
};

const struct cli_command *cli_commands(size_t *count)
{
    *count = sizeof commands / sizeof commands[0];
    return commands;
}

int cli_wrong(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("tcpanvil: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    return CLI_WRONG;
}

bool cli_folder(const char *path)
{
    struct stat status;
    if (path == NULL || mkdir(path, 0777) == 0)
        return true;
    if (errno == EEXIST && stat(path, &status) == 0)
        errno = S_ISDIR(status.st_mode) ? 0 : ENOTDIR;
    if (errno != 0)
        cli_wrong("%s: %s", path, strerror(errno));
    return errno == 0;
}

bool cli_help(int argc, char **argv, const char *text)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0)
            return false;
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            fputs(text, stdout);
            return true;
        }
    }
    return false;
}

static void print_help(FILE *out, const struct cli_command *table, size_t count)
{
    fputs("usage: tcpanvil SUBCOMMAND [ARGS]\n\n", out);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "  %-12s %s\n", table[i].name, table[i].help);
    fputs("\ntcpanvil SUBCOMMAND --help prints its options; tcpanvil --version the version.\n"
          "Not built yet: shrink.\n", out);
}

/* Each case opens an instance of its target and closes it: the C library keeps the memory from now
 * on. Without this it is given back each time, and its pages are cleared and mapped again, which
 * takes as long as what is done with them. */
static void keep_memory(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
#endif
}

int cli_main(const struct cli_command *table, size_t count, int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr, table, count);
        return CLI_WRONG;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(stdout, table, count);
        return CLI_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("tcpanvil " ANVIL_VERSION);
        return CLI_OK;
    }
    keep_memory();
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].name, argv[1]) == 0)
            return table[i].run(argc - 1, argv + 1);
    return cli_wrong("there is no subcommand %s; tcpanvil --help lists them", argv[1]);
}
