/* SPDX-License-Identifier: BSD-2-Clause */
/* The subcommand `seed`. */
#ifndef FUZZ_SEED_H
#define FUZZ_SEED_H

int fuzz_seed(int argc, char **argv);

#endif
