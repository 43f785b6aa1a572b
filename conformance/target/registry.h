/* SPDX-License-Identifier: BSD-2-Clause */
/* The targets that are built in, by name. A new one is one line in registry.c. */
#ifndef TARGET_REGISTRY_H
#define TARGET_REGISTRY_H

#include "target/target.h"

#include <stddef.h>

/* The target called `name`, or NULL. It lives as long as the program. */
const struct anvil_target *target_find(const char *name);

/* Why a target that this program could have is not built in; NULL: it is, or is not known. */
const char *target_missing(const char *name);

/* The name of target number `index`, counted from 0; NULL past the last. */
const char *target_name(size_t index);

#endif
