/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpanvil show: a case with its preambles, and who else could run it. */
#include "cli/cases.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/profile_symbol.h"
#include "cli/scenario.h"
#include "script/script_print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: tcpanvil show [OPTION]... CASE\n\n"
    "Prints the script of a case with its preamble, conditions resolved and symbolic times as\n"
    "numbers, and whether the packetdrill of google or of nplab could run it. CASE is the name of\n"
    "a case of the built-in suite, or a file. Of a named world (world/NAME): what network and\n"
    "applications do, what is expected, and the run as a ladder.\n\n"
    "  --profile rfc9293|linux|freebsd   where the numbers come from (rfc9293)\n"
    "  --define NAME                     defines NAME for #ifdef; NAME=VALUE replaces words\n";

/* A tick is the core's, one microsecond, and no timer of it is late. */
static bool symbol(void *context, const char *name, int64_t *us)
{
    const struct cli_options *options = context;
    if (strcmp(name, "tick") == 0 || strcmp(name, "late") == 0) {
        *us = name[0] == 't';
        return true;
    }
    struct run_symbol asked = { .name = name, .profile = options->profile };
    int64_t least;
    return cli_profile_symbol(NULL, &asked, &least, us) && *us > 0;
}

static void print_problem(void *context, const struct script_pos *pos, const char *what,
                          unsigned lacks)
{
    (void)context;
    printf("//   line %u: %s (%s%s%s)\n", (unsigned)pos->line, what,
           (lacks & SCRIPT_UPSTREAM_GOOGLE) != 0 ? "not google's" : "",
           lacks == (SCRIPT_UPSTREAM_GOOGLE | SCRIPT_UPSTREAM_NPLAB) ? ", " : "",
           (lacks & SCRIPT_UPSTREAM_NPLAB) != 0 ? "not nplab's" : "");
}

static int print_case(const struct script *script, struct cli_options *options)
{
    struct script_print_options how = { .lookup = symbol, .context = options };
    size_t size = script_print(script, &how, NULL, 0) + 1;
    char *text = malloc(size);
    if (text == NULL)
        return cli_wrong("no memory");
    script_print(script, &how, text, size);
    fputs(text, stdout);
    free(text);
    unsigned able = script_upstream(script, &how, NULL, NULL);
    printf("\n// packetdrill of google: %s; of nplab: %s\n",
           (able & SCRIPT_UPSTREAM_GOOGLE) != 0 ? "could run this" : "could not run this",
           (able & SCRIPT_UPSTREAM_NPLAB) != 0 ? "could run this" : "could not run this");
    script_upstream(script, &how, print_problem, NULL);
    return CLI_OK;
}

/* The one case that is meant: a file, or a name in the suite. */
static bool find(struct cli_cases *cases, struct cli_options *options)
{
    const char *name = options->paths[0];
    FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
    if (file != NULL) {
        if (file != stdin)
            fclose(file);
        cli_cases_find(cases, options->paths, 1, NULL);
    } else {
        cli_cases_find_all(cases, NULL, 0, name);
    }
    if (cases->count == 1)
        return true;
    if (cases->count == 0)
        cli_wrong("there is no case or file %s", name);
    else
        cli_wrong("%s is more than one case", name);
    return false;
}

int cli_show(int argc, char **argv)
{
    struct cli_options options;
    struct cli_cases cases = { .count = 0 };
    int status = CLI_WRONG;
    if (cli_help(argc, argv, help))
        return CLI_OK;
    if (cli_options_read(&options, argc, argv, CLI_TAKES_DEFINE)) {
        if (options.path_count != 1)
            cli_wrong("show needs one case");
        else if (find(&cases, &options))
            cli_case_read(&cases, &cases.list[0], options.defines, options.define_count);
        if (cases.count == 1 && cases.list[0].scenario != NULL)
            status = cli_scenario_show(&cases.list[0], &options);
        else if (cases.count == 1 && cases.list[0].script != NULL)
            status = print_case(cases.list[0].script, &options);
    }
    cli_cases_free(&cases);
    cli_options_free(&options);
    return status;
}
