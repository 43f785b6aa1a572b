/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpanvil run: runs cases and reports their verdicts. */
#include "cli/cli.h"
#include "cli/target.h"
#include "cli/work.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static const char help[] =
    "usage: tcpanvil run [OPTION]... [PATH]...\n\n"
    "Runs the cases in PATH: a script, a folder that is searched for .pkt files, or - for\n"
    "standard input. Without PATH, runs the built-in suite.\n\n"
    "  --target core|mute|ackall|PATH.so   the stack to be judged (core)\n"
    "  --profile rfc9293|linux|freebsd     its policy where the RFCs leave a choice (rfc9293)\n"
    "  --set FIELD=VALUE                   sets a policy field over the profile, for every case\n"
    "  --define NAME                       defines NAME for #ifdef; NAME=VALUE replaces words\n"
    "  --filter GLOB                       only cases whose name matches\n"
    "  --exact                             no tolerance but the target's own\n"
    "  --jobs N                            runs on N threads (1)\n"
    "  --format text|tap|junit|json        the form of the report (text)\n"
    "  --output FILE                       writes the report to FILE\n"
    "  --pcap DIR                          writes a capture of each run into DIR\n\n"
    "Exit status: 0 nothing failed, 1 something failed, 2 the call or a script is wrong.\n";

static FILE *open_output(const struct cli_options *options)
{
    if (options->output == NULL)
        return stdout;
    FILE *out = fopen(options->output, "wb");
    if (out == NULL)
        cli_wrong("%s: %s", options->output, strerror(errno));
    return out;
}

static bool make_folder(const char *path)
{
    if (path == NULL || mkdir(path, 0777) == 0 || errno == EEXIST)
        return true;
    cli_wrong("%s: %s", path, strerror(errno));
    return false;
}

/* Runs what was found, and reports it on `out`. Returns the exit status. */
static int run_on(struct cli_work *work, FILE *out)
{
    struct report_options how = {
        .format = work->options->format, .out = out, .err = stderr,
        .colour = report_wants_colour(out), .progress = report_wants_progress(stderr),
    };
    work->report = report_open(&how);
    if (work->report == NULL)
        return cli_wrong("no memory");
    report_begin(work->report, work->cases->count);
    bool complete = cli_work(work);
    struct report_counts counts = report_end(work->report);
    bool written = report_ok(work->report);
    report_close(work->report);
    if (!complete || !written || cli_cases_wrong(work->cases))
        return written ? CLI_WRONG : cli_wrong("the report could not be written");
    return counts.failed > 0 ? CLI_FAILED : CLI_OK;
}

int cli_run(int argc, char **argv)
{
    struct cli_options options;
    struct cli_cases cases;
    struct cli_requirements requirements;
    int status = CLI_WRONG;
    if (cli_help(argc, argv, help))
        return CLI_OK;
    bool readable = cli_options_read(&options, argc, argv, CLI_TAKES_RUN);
    const struct anvil_target *target = readable ? cli_target_find(options.target) : NULL;
    FILE *out = target != NULL && make_folder(options.pcap) ? open_output(&options) : NULL;
    if (out != NULL) {
        cli_cases_find(&cases, options.paths, options.path_count, options.filter);
        cli_requirements_load(&requirements);
        struct cli_work work = { .cases = &cases, .options = &options, .target = target,
                                 .requirements = &requirements };
        status = run_on(&work, out);
        if (out != stdout && fclose(out) != 0)
            status = cli_wrong("%s: %s", options.output, strerror(errno));
        cli_cases_free(&cases);
        cli_requirements_free(&requirements);
    }
    cli_options_free(&options);
    return status;
}
