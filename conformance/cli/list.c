/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpanvil list: each case with its sentence and what it covers. */
#include "cli/cases.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "oracle/oracle.h"
#include "world/scenario.h"

#include <stdio.h>

static const char help[] =
    "usage: tcpanvil list [OPTION]... [PATH]...\n"
    "       tcpanvil list --oracles\n\n"
    "Prints each case: its name, its sentence, and what it covers.\n\n"
    "  --oracles            instead, the rules that judge every run: what each says, where it\n"
    "                       stands, and what a target must tell or do for it to be judged\n"
    "  --filter GLOB        only cases whose name matches\n"
    "  --format text|json   json: one object a case\n"
    "  --removed            instead of cases: which combinations of the matrix are none, and why\n";

/* A text as a JSON string. */
static void print_json(const char *text)
{
    putchar('"');
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20)
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

/* What a case says of itself. */
struct listed {
    const char *sentence;
    const struct script_item *item; /* of a script: what it covers */
    const char *const *covers;      /* of a named world */
    size_t left;                    /* of those */
};

static struct listed listed_of(const struct cli_case *one)
{
    if (one->scenario == NULL)
        return (struct listed){ one->script->sentence, one->script->covers, NULL, 0 };
    return (struct listed){ one->scenario->sentence, NULL, one->scenario->covers,
                            WORLD_COVERS_MAX };
}

/* The next thing that it covers, or NULL. */
static const char *next_cover(struct listed *listed)
{
    if (listed->item != NULL) {
        const char *name = listed->item->name;
        listed->item = listed->item->next;
        return name;
    }
    if (listed->left == 0 || *listed->covers == NULL)
        return NULL;
    listed->left--;
    return *listed->covers++;
}

static void list_json(const struct cli_case *one)
{
    const char *separator = "", *name;
    struct listed listed = listed_of(one);
    fputs("{\"schema\":1,\"case\":", stdout);
    print_json(one->name);
    fputs(",\"file\":", stdout);
    print_json(cli_case_file(one));
    fputs(",\"sentence\":", stdout);
    print_json(listed.sentence);
    fputs(",\"covers\":[", stdout);
    while ((name = next_cover(&listed)) != NULL) {
        fputs(separator, stdout);
        print_json(name);
        separator = ",";
    }
    puts("]}");
}

static void list_text(const struct cli_case *one)
{
    struct listed listed = listed_of(one);
    const char *before = "    covers ", *name;
    printf("%s\n    %s\n", one->name, listed.sentence);
    while ((name = next_cover(&listed)) != NULL) {
        printf("%s%s", before, name);
        before = " ";
    }
    if (before[1] == '\0')
        putchar('\n');
}

static int list_oracles(void)
{
    const struct oracle_rule *rule;
    for (size_t i = 0; (rule = oracle_rule_at(i)) != NULL; i++) {
        printf("%s %s\n    %s\n    %s\n", rule->id, rule->name, rule->rule, rule->reference);
        if ((rule->needs & ORACLE_NEEDS_STATE) != 0)
            puts("    needs a target that tells states and numbers (traits.observes)");
        if ((rule->needs & ORACLE_NEEDS_PROMPT) != 0)
            puts("    needs a target in virtual time");
    }
    return CLI_OK;
}

/* The rules that leave out combinations of the matrix, and how many each of them does. */
static int list_removed(bool json)
{
    struct matrix_removal rule;
    struct matrix *matrix = matrix_open();
    if (matrix == NULL)
        return cli_wrong("no memory");
    for (size_t i = 0; matrix_removal(matrix, i, &rule); i++) {
        if (json)
            printf("{\"schema\":1,\"part\":\"%s\",\"removed\":%zu,\"rule\":\"%s\"}\n", rule.part,
                   rule.removed, rule.sentence);
        else
            printf("%6zu %s\n       %s\n", rule.removed, rule.part, rule.sentence);
    }
    if (!json)
        printf("%zu cases remain\n", matrix_count(matrix));
    matrix_close(matrix);
    return CLI_OK;
}

int cli_list(int argc, char **argv)
{
    struct cli_options options;
    struct cli_cases cases;
    if (cli_help(argc, argv, help))
        return CLI_OK;
    if (!cli_options_read(&options, argc, argv, CLI_TAKES_FORMAT | CLI_TAKES_LIST)) {
        cli_options_free(&options);
        return CLI_WRONG;
    }
    if (options.list_oracles) {
        cli_options_free(&options);
        return list_oracles();
    }
    if (options.format != REPORT_TEXT && options.format != REPORT_JSON) {
        cli_options_free(&options);
        return cli_wrong("list knows the formats text and json");
    }
    if (options.list_removed) {
        cli_options_free(&options);
        return list_removed(options.format == REPORT_JSON);
    }
    cli_cases_find_all(&cases, options.paths, options.path_count, options.filter);
    for (size_t i = 0; i < cases.count; i++) {
        struct cli_case *one = &cases.list[i];
        cli_case_read(&cases, one, NULL, 0);
        if (one->script == NULL && one->scenario == NULL)
            continue;
        if (options.format == REPORT_JSON)
            list_json(one);
        else
            list_text(one);
    }
    int status = cli_cases_wrong(&cases) ? CLI_WRONG : CLI_OK;
    cli_cases_free(&cases);
    cli_options_free(&options);
    return status;
}
