/* SPDX-License-Identifier: BSD-2-Clause */
/* The program: the built-in subcommands. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
    size_t count;
    const struct cli_command *commands = cli_commands(&count);
    return cli_main(commands, count, argc, argv);
}
