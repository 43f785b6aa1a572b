/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of subcommands, read by a table. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "oracle/oracle.h"
#include "report/report.h"
#include "script/script.h"
#include "target/target.h"

#include <stdbool.h>
#include <stddef.h>

enum { CLI_DEFINES_MAX = 64, CLI_SETTINGS_MAX = 64 };

struct cli_options {
    const char *target, *against, *deviations, *profile, *filter, *output, *pcap;
    const char *as;           /* of world: "ladder", "pkt" or "pcap"; NULL: not told */
    uint64_t seed, runs;      /* of world */
    bool exact, stop_on_failure, check, all_mutants, list_oracles, oracles_only, list_removed;
    oracle_mask oracles;
    unsigned jobs;
    enum report_format format;
    struct script_define defines[CLI_DEFINES_MAX];
    size_t define_count;
    struct anvil_target_setting settings[CLI_SETTINGS_MAX]; /* --set */
    size_t setting_count;
    char **paths;
    size_t path_count;
};

/* Which options a subcommand takes. */
enum {
    CLI_TAKES_RUN = 1,   /* those of `run` */
    CLI_TAKES_FORMAT = 2,
    CLI_TAKES_DEFINE = 4,
    CLI_TAKES_COVERAGE = 8,
    CLI_TAKES_LIST = 16,
    CLI_TAKES_WORLD = 32
};

/* Reads argv[1...]; both "--name value" and "--name=value". False: said on stderr what is wrong. */
bool cli_options_read(struct cli_options *options, int argc, char **argv, unsigned takes);
void cli_options_free(struct cli_options *options);

#endif
