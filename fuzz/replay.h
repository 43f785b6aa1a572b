/* SPDX-License-Identifier: BSD-2-Clause */
/* The subcommand that the fuzz folder adds to the program. */
#ifndef FUZZ_REPLAY_H
#define FUZZ_REPLAY_H

int fuzz_replay(int argc, char **argv);

#endif
