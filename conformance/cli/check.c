/* SPDX-License-Identifier: BSD-2-Clause */
/* Names and values of a script that are right or wrong only by what this program knows. */
#include "cli/check.h"

#include "cli/profile_symbol.h"
#include "run/run.h"

#include <stdio.h>

/* Whether a case may say that it covers this: the id is known, and what it asks for is built. */
static bool covers_is_right(const struct cli_check *check, const struct script_item *item,
                            char *why, size_t size)
{
    const struct cli_requirements *table = check->requirements;
    if (table == NULL || table->count == 0)
        return true;
    const struct cli_requirement *found = cli_requirement_find(table, item->name);
    if (found != NULL && found->observed != CLI_NOT_BUILT)
        return true;
    if (found == NULL)
        snprintf(why, size, "there is no requirement %.60s", item->name);
    else
        snprintf(why, size, "%.60s is %.200s", item->name, found->observed_by);
    if (check->own)
        return false;
    for (char *at = why; *at != '\0'; at++)
        *at = *at >= 0x20 && *at < 0x7f ? *at : '.'; /* a binary file may be taken for a script */
    fprintf(stderr, "%s:%u:%u: warning: %s\n", item->pos.file, (unsigned)item->pos.line,
            (unsigned)item->pos.column, why);
    return true;
}

bool cli_check_item(void *context, enum script_check what, const struct script_item *item,
                    char *why, size_t size)
{
    switch (what) {
    case SCRIPT_CHECK_OPTION: return run_option_is_right(item, why, size);
    case SCRIPT_CHECK_POLICY: return cli_profile_takes(item->name, item->value, why, size);
    case SCRIPT_CHECK_COVERS: return covers_is_right(context, item, why, size);
    }
    return true;
}
