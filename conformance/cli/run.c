/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpanvil run: runs cases and reports their verdicts. */
#include "cli/against.h"
#include "cli/cli.h"
#include "cli/target.h"
#include "cli/work.h"

#include <errno.h>
#include <string.h>

static const char help[] =
    "usage: tcpanvil run [OPTION]... [PATH]...\n\n"
    "Runs the cases in PATH: a script, a folder that is searched for .pkt files, or - for\n"
    "standard input. Without PATH, runs the built-in suite: scripts, the matrix, and the named\n"
    "worlds of two endpoints, both of them the target.\n\n"
    "  --target NAME|PATH.so               the stack to be judged (core): core, lwip, mute or\n"
    "                                      ackall, or one in a shared object\n"
    "  --deviations FILE                   the cases it is known to fail; none: no list\n"
    "  --against TARGET                    compares with another stack, and prints differences\n"
    "  --profile rfc9293|linux|freebsd     its policy where the RFCs leave a choice (rfc9293)\n"
    "  --set FIELD=VALUE                   sets a policy field over the profile, for every case\n"
    "  --define NAME                       defines NAME for #ifdef; NAME=VALUE also replaces that\n"
    "                                      word as an argument of a call, a number of a packet,\n"
    "                                      an ICMP name or a command\n"
    "  --filter GLOB                       only cases whose name matches\n"
    "  --exact                             no tolerance but the target's own\n"
    "  --stop-on-failure                   ends after the first case that fails\n"
    "  --oracles all|none|LIST             the rules that judge every run beside its script\n"
    "                                      (all), as O1,O2; tcpanvil list --oracles prints them\n"
    "  --oracles-only                      they alone: what a script expects fails nothing\n"
    "  --jobs N                            runs on N threads (1)\n"
    "  --format text|tap|junit|json        the form of the report (text)\n"
    "  --output FILE                       writes the report to FILE\n"
    "  --pcap DIR                          writes a capture of each run into DIR\n\n"
    "A segment left over behind the last line fails a case of the built-in suite or with //:\n"
    "directives; in other scripts it fails nothing, as in packetdrill, with --exact too.\n\n"
    "Exit status: 0 nothing failed, or with --against nothing differs; 1 something does; 2 the\n"
    "call or a script is wrong.\n";

static FILE *open_output(const struct cli_options *options)
{
    if (options->output == NULL)
        return stdout;
    FILE *out = fopen(options->output, "wb");
    if (out == NULL)
        cli_wrong("%s: %s", options->output, strerror(errno));
    return out;
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
    if (work->left > 0)
        fprintf(stderr, "tcpanvil: %zu cases behind the one that failed were not run\n",
                work->left);
    bool written = report_ok(work->report);
    report_close(work->report);
    if (!complete || !written || cli_cases_wrong(work->cases))
        return written ? CLI_WRONG : cli_wrong("the report could not be written");
    return counts.failed > 0 ? CLI_FAILED : CLI_OK;
}

/* Runs the cases on `target`, whose known deviations are read first. */
static int run_target(struct cli_work *work, FILE *out)
{
    struct cli_deviations deviations;
    const struct cli_options *options = work->options;
    int status = CLI_WRONG;
    if (cli_deviations_load(&deviations, options->deviations, work->target)) {
        /* Part of the suite is no reason to complain that entries for the rest match nothing. */
        bool part = options->filter != NULL ||
                    (options->path_count > 0 && options->deviations == NULL);
        bool matched = part || cli_deviations_match(&deviations, work->cases);
        work->deviations = &deviations;
        status = run_on(work, out);
        if (!matched)
            status = CLI_WRONG;
    }
    cli_deviations_free(&deviations);
    return status;
}

/* Runs the cases on two targets and tells the differences. */
static int run_both(struct cli_work *work, const struct anvil_target *other, FILE *out)
{
    const struct cli_options *options = work->options;
    struct cli_against against = { .options = options, .cases = work->cases,
                                   .requirements = work->requirements };
    against.sides[0].name = options->target;
    against.sides[0].target = work->target;
    against.sides[1].name = options->against;
    against.sides[1].target = other;
    int status = CLI_WRONG;
    if (cli_deviations_load(&against.sides[0].deviations, options->deviations, work->target) &&
        cli_deviations_load(&against.sides[1].deviations, NULL, other))
        status = cli_against_run(&against, out);
    cli_deviations_free(&against.sides[0].deviations);
    cli_deviations_free(&against.sides[1].deviations);
    return status;
}

/* Whether the options go together; if not, says why. */
static bool options_fit(const struct cli_options *options)
{
    if (options->against == NULL)
        return true;
    if (options->format != REPORT_TEXT && options->format != REPORT_JSON) {
        cli_wrong("--against knows the formats text and json");
        return false;
    }
    if (options->pcap == NULL && !options->stop_on_failure)
        return true;
    cli_wrong("--against %s", options->pcap != NULL ? "writes no captures"
                                                    : "compares all cases: no --stop-on-failure");
    return false;
}

/* Finds the cases, runs them, and writes to what --output says. */
static int run_cases(const struct cli_options *options, const struct anvil_target *target,
                     const struct anvil_target *other)
{
    struct cli_cases cases;
    struct cli_requirements requirements;
    FILE *out = open_output(options);
    if (out == NULL)
        return CLI_WRONG;
    if (other == NULL)
        cli_cases_find_all(&cases, options->paths, options->path_count, options->filter);
    else
        cli_cases_find(&cases, options->paths, options->path_count, options->filter);
    cli_requirements_load(&requirements);
    cases.requirements = &requirements;
    struct cli_work work = { .cases = &cases, .options = options, .target = target,
                             .requirements = &requirements };
    int status = other == NULL ? run_target(&work, out) : run_both(&work, other, out);
    if (out != stdout && fclose(out) != 0)
        status = cli_wrong("%s: %s", options->output, strerror(errno));
    cli_cases_free(&cases);
    cli_requirements_free(&requirements);
    return status;
}

int cli_run(int argc, char **argv)
{
    struct cli_options options;
    int status = CLI_WRONG;
    if (cli_help(argc, argv, help))
        return CLI_OK;
    bool readable = cli_options_read(&options, argc, argv, CLI_TAKES_RUN) && options_fit(&options);
    const struct anvil_target *target = readable ? cli_target_find(options.target) : NULL;
    const struct anvil_target *other = NULL;
    if (target != NULL && options.against != NULL)
        other = cli_target_find(options.against);
    if (target != NULL && (options.against == NULL || other != NULL) && cli_folder(options.pcap))
        status = run_cases(&options, target, other);
    cli_options_free(&options);
    return status;
}
