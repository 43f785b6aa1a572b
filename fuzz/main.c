/* SPDX-License-Identifier: BSD-2-Clause */
/* The program: the built-in subcommands, and those of this folder. */
#include "cli/cli.h"
#include "fuzz/replay.h"
#include "fuzz/seed.h"
#include "fuzz/shrink.h"

enum { COMMANDS_MAX = 32 };

int main(int argc, char **argv)
{
    struct cli_command commands[COMMANDS_MAX];
    size_t count;
    const struct cli_command *built_in = cli_commands(&count);
    for (size_t i = 0; i < count; i++)
        commands[i] = built_in[i];
    commands[count++] = (struct cli_command){
        "replay", "run inputs of a fuzz harness again, and tell them", fuzz_replay
    };
    commands[count++] = (struct cli_command){
        "shrink", "make an input of a fuzz harness as small as can be", fuzz_shrink_call
    };
    commands[count++] = (struct cli_command){
        "seed", "write scripts as inputs of a fuzz harness", fuzz_seed
    };
    return cli_main(commands, count, argc, argv);
}
