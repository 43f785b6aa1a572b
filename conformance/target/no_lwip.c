/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of lwIP where liblwip-dev is missing: version 0 of the seam says so. */
#include "target/target.h"

extern const struct anvil_target anvil_target_lwip;

const struct anvil_target anvil_target_lwip = { .abi = 0 };
