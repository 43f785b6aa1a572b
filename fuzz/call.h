/* SPDX-License-Identifier: BSD-2-Clause */
/* What the subcommands of this folder have in common. */
#ifndef FUZZ_CALL_H
#define FUZZ_CALL_H

#include "fuzz/harness.h"

enum { FUZZ_INPUT_MAX = 1 << 20 };

/* A harness by its name, or NULL. */
const struct fuzz_harness *fuzz_call_harness(const char *name);

/* The octets of a file, in a block of FUZZ_INPUT_MAX to be freed; NULL: said on stderr why not. */
uint8_t *fuzz_call_read(const char *path, size_t *size);

/* The value of the option at argv[*at], "--name value" or "--name=value"; NULL: it is another. */
const char *fuzz_call_value(const char *name, int argc, char **argv, int *at);

#endif
