/* SPDX-License-Identifier: BSD-2-Clause */
/* Judges names and values that a script's language leaves open: options, policy, requirements. */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

#include "cli/requirements.h"
#include "script/script.h"

struct cli_check {
    const struct cli_requirements *requirements; /* NULL or empty: ids are not judged */
    bool own;                                    /* a case of the built-in suite */
};

/* Of type script_check_fn; `context` is a struct cli_check. To cover an unknown requirement, or
 * one that is not built, is a mistake in the built-in suite; elsewhere, where ids may be someone's
 * own, only a warning on stderr. */
bool cli_check_item(void *context, enum script_check what, const struct script_item *item,
                    char *why, size_t size);

#endif
