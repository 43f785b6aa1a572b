/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the options of subcommands. */
#include "cli/options.h"
#include "cli/cli.h"
#include "cli/profile_symbol.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { JOBS_MAX = 256 };

struct entry {
    const char *name;
    unsigned taken_by;
    bool has_value;
    bool (*read)(struct cli_options *options, char *value);
};

static bool read_target(struct cli_options *options, char *value)
{
    options->target = value;
    return true;
}

static bool read_against(struct cli_options *options, char *value)
{
    options->against = value;
    return true;
}

static bool read_deviations(struct cli_options *options, char *value)
{
    options->deviations = value;
    return true;
}

static bool read_profile(struct cli_options *options, char *value)
{
    static const char *const known[] = { "rfc9293", "linux", "freebsd" };
    options->profile = value;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i], value) == 0)
            return true;
    cli_wrong("there is no profile %s; there are rfc9293, linux and freebsd", value);
    return false;
}

static bool read_filter(struct cli_options *options, char *value)
{
    options->filter = value;
    return true;
}

static bool read_output(struct cli_options *options, char *value)
{
    options->output = value;
    return true;
}

static bool read_pcap(struct cli_options *options, char *value)
{
    options->pcap = value;
    return true;
}

static bool read_exact(struct cli_options *options, char *value)
{
    (void)value;
    options->exact = true;
    return true;
}

static bool read_stop(struct cli_options *options, char *value)
{
    (void)value;
    options->stop_on_failure = true;
    return true;
}

static bool read_check(struct cli_options *options, char *value)
{
    (void)value;
    options->check = true;
    return true;
}

static bool read_mutants(struct cli_options *options, char *value)
{
    (void)value;
    options->all_mutants = true;
    return true;
}

static bool read_oracles(struct cli_options *options, char *value)
{
    char why[128];
    if (oracle_mask_read(value, &options->oracles, why, sizeof why))
        return true;
    cli_wrong("%s", why);
    return false;
}

static bool read_oracles_only(struct cli_options *options, char *value)
{
    (void)value;
    options->oracles_only = true;
    return true;
}

static bool read_list_oracles(struct cli_options *options, char *value)
{
    (void)value;
    options->list_oracles = true;
    return true;
}

static bool read_removed(struct cli_options *options, char *value)
{
    (void)value;
    options->list_removed = true;
    return true;
}

static bool read_number(uint64_t *number, const char *name, uint64_t least, const char *value)
{
    char *end = NULL;
    errno = 0;
    *number = strtoull(value, &end, 0);
    if (value[0] >= '0' && value[0] <= '9' && *end == '\0' && errno == 0 && *number >= least)
        return true;
    cli_wrong("--%s needs a number from %u on, not %s", name, (unsigned)least, value);
    return false;
}

static bool read_seed(struct cli_options *options, char *value)
{
    return read_number(&options->seed, "seed", 0, value);
}

static bool read_runs(struct cli_options *options, char *value)
{
    return read_number(&options->runs, "runs", 1, value);
}

static bool read_as(struct cli_options *options, char *value)
{
    static const char *const known[] = { "ladder", "pkt", "pcap" };
    options->as = value;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i], value) == 0)
            return true;
    cli_wrong("a run can be told as ladder, pkt or pcap, not as %s", value);
    return false;
}

static bool read_jobs(struct cli_options *options, char *value)
{
    char *end = NULL;
    unsigned long jobs = strtoul(value, &end, 10);
    if (end == value || *end != '\0' || jobs == 0 || jobs > JOBS_MAX) {
        cli_wrong("--jobs needs a number from 1 to %d, not %s", JOBS_MAX, value);
        return false;
    }
    options->jobs = (unsigned)jobs;
    return true;
}

static bool read_format(struct cli_options *options, char *value)
{
    if (report_parse_format(&options->format, value))
        return true;
    cli_wrong("there is no format %s; there are text, tap, junit and json", value);
    return false;
}

/* NAME or NAME=VALUE, which is cut in two. */
static bool read_define(struct cli_options *options, char *value)
{
    if (options->define_count == CLI_DEFINES_MAX) {
        cli_wrong("too many --define");
        return false;
    }
    if (!script_is_define(value)) {
        cli_wrong("--define needs NAME or NAME=VALUE, and a name has letters, digits and _ and "
                  "does not begin with a digit: not %s", value);
        return false;
    }
    char *equals = strchr(value, '=');
    struct script_define *define = &options->defines[options->define_count++];
    define->name = value;
    define->value = NULL;
    if (equals != NULL) {
        *equals = '\0';
        define->value = equals + 1;
    }
    return true;
}

/* FIELD=VALUE: a policy field over the profile. */
static bool read_set(struct cli_options *options, char *value)
{
    char *end = NULL;
    char *equals = strchr(value, '=');
    if (options->setting_count == CLI_SETTINGS_MAX) {
        cli_wrong("too many --set");
        return false;
    }
    if (equals == NULL) {
        cli_wrong("--set needs FIELD=VALUE, not %s", value);
        return false;
    }
    *equals = '\0';
    unsigned long long number = strtoull(equals + 1, &end, 0);
    if (equals[1] < '0' || equals[1] > '9' || *end != '\0') {
        cli_wrong("--set %s needs a number, not %s", value, equals + 1);
        return false;
    }
    struct anvil_target_setting *setting = &options->settings[options->setting_count++];
    *setting = (struct anvil_target_setting){ value, number };
    return cli_profile_allows(setting);
}

static const struct entry entries[] = {
    { "seed", CLI_TAKES_WORLD, true, read_seed },
    { "runs", CLI_TAKES_WORLD, true, read_runs },
    { "as", CLI_TAKES_WORLD, true, read_as },
    { "target", CLI_TAKES_RUN | CLI_TAKES_WORLD, true, read_target },
    { "against", CLI_TAKES_RUN | CLI_TAKES_WORLD, true, read_against },
    { "deviations", CLI_TAKES_RUN, true, read_deviations },
    { "profile", CLI_TAKES_RUN | CLI_TAKES_DEFINE | CLI_TAKES_WORLD, true, read_profile },
    { "set", CLI_TAKES_RUN, true, read_set },
    { "filter", CLI_TAKES_RUN | CLI_TAKES_FORMAT, true, read_filter },
    { "output", CLI_TAKES_RUN | CLI_TAKES_WORLD, true, read_output },
    { "pcap", CLI_TAKES_RUN, true, read_pcap },
    { "exact", CLI_TAKES_RUN, false, read_exact },
    { "stop-on-failure", CLI_TAKES_RUN, false, read_stop },
    { "check", CLI_TAKES_COVERAGE, false, read_check },
    { "mutants", CLI_TAKES_COVERAGE, false, read_mutants },
    { "oracles", CLI_TAKES_RUN | CLI_TAKES_WORLD, true, read_oracles },
    { "oracles-only", CLI_TAKES_RUN, false, read_oracles_only },
    { "oracles", CLI_TAKES_LIST, false, read_list_oracles },
    { "removed", CLI_TAKES_LIST, false, read_removed },
    { "jobs", CLI_TAKES_RUN | CLI_TAKES_WORLD, true, read_jobs },
    { "format", CLI_TAKES_RUN | CLI_TAKES_FORMAT, true, read_format },
    { "define", CLI_TAKES_RUN | CLI_TAKES_DEFINE, true, read_define },
};

static const struct entry *find(const char *word, size_t length, unsigned takes)
{
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++)
        if ((entries[i].taken_by & takes) != 0 && strlen(entries[i].name) == length &&
            strncmp(entries[i].name, word, length) == 0)
            return &entries[i];
    return NULL;
}

/* Reads the option at argv[*at]; *at moves to the last word of it. */
static bool read_one(struct cli_options *options, int argc, char **argv, int *at, unsigned takes)
{
    char *word = argv[*at] + 2;
    size_t length = strcspn(word, "=");
    const struct entry *entry = find(word, length, takes);
    if (entry == NULL) {
        cli_wrong("%s has no option %s; --help lists them", argv[0], argv[*at]);
        return false;
    }
    char *value = word[length] == '=' ? word + length + 1 : NULL;
    if (!entry->has_value && value != NULL) {
        cli_wrong("--%s takes no value", entry->name);
        return false;
    }
    if (entry->has_value && value == NULL) {
        if (*at + 1 >= argc) {
            cli_wrong("--%s needs a value", entry->name);
            return false;
        }
        value = argv[++*at];
    }
    return entry->read(options, value);
}

bool cli_options_read(struct cli_options *options, int argc, char **argv, unsigned takes)
{
    bool only_paths = false;
    memset(options, 0, sizeof *options);
    options->jobs = 1;
    options->seed = options->runs = 1;
    options->oracles = ORACLE_ALL;
    options->target = "core";
    options->profile = "rfc9293";
    options->format = REPORT_TEXT;
    options->paths = calloc((size_t)argc + 1, sizeof *options->paths);
    if (options->paths == NULL)
        return false;
    for (int i = 1; i < argc; i++) {
        if (!only_paths && strcmp(argv[i], "--") == 0)
            only_paths = true;
        else if (only_paths || strncmp(argv[i], "--", 2) != 0)
            options->paths[options->path_count++] = argv[i];
        else if (!read_one(options, argc, argv, &i, takes))
            return false;
    }
    return true;
}

void cli_options_free(struct cli_options *options)
{
    free(options->paths);
    options->paths = NULL;
}
