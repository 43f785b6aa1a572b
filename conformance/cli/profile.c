/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpanvil profile: every policy field, its value, and where the value comes from. */
#include "cli/cli.h"

#include <anvil/policy.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: tcpanvil profile [NAME]\n\n"
    "Prints every policy field of the profile rfc9293 (if NAME is not given), linux or freebsd:\n"
    "its name, its value, the RFC that it belongs to, and the source of the value.\n"
    "Fields that end in _us are microseconds.\n";

static const char *const names[] = { "rfc9293", "linux", "freebsd" };

int cli_profile(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : names[0];
    size_t count, which = 0;
    if (cli_help(argc, argv, help))
        return CLI_OK;
    while (which < 3 && strcmp(names[which], name) != 0)
        which++;
    const struct anvil_policy *policy = anvil_policy_profile(name);
    if (argc > 2 || which == 3 || policy == NULL)
        return cli_wrong("profile needs one of rfc9293, linux, freebsd");
    const struct anvil_policy_field *fields = anvil_policy_fields(&count);
    for (size_t i = 0; i < count; i++)
        printf("%-24s %14" PRIu64 "  %-24s %s\n", fields[i].name,
               anvil_policy_get(policy, &fields[i]), fields[i].reference,
               fields[i].sources[which]);
    return CLI_OK;
}
