/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpanvil check-target: runs each check in a process of its own and prints what it found. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "cli/check_target.h"
#include "cli/cli.h"
#include "cli/target.h"

#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS_MAX = 20, NAME_COLUMNS = 9 };

static const char help[] =
    "usage: tcpanvil check-target NAME|PATH.so\n\n"
    "Checks that a target keeps what <anvil/target.h> asks for: clock, frames, calls, readiness,\n"
    "determinism, and one connection from handshake to close. Says in words what is wrong.\n\n"
    "Exit status: 0 all is kept, 1 something is broken, 2 the target cannot be loaded.\n";

static const struct cli_trial_row rows[] = {
    { "traits", "the description is sane, and the same at each call", cli_trial_traits },
    { "open", "opens and closes again and again, and refuses unknown settings", cli_trial_open },
    { "ready", "a descriptor that is not open is not ready", cli_trial_ready },
    { "calls", "calls that cannot work fail, with values of errno", cli_trial_calls },
    { "observe", "observations end, are complete, and change nothing", cli_trial_observe },
    { "garbage", "octets that are no packet are dropped", cli_trial_garbage },
    { "damaged", "a SYN that is damaged or for somebody else is dropped", cli_trial_damaged },
    { "idle", "while nothing happens the clock moves as asked", cli_trial_idle },
    { "timers", "deadline() and advance() agree, and frames bear their times", cli_trial_timers },
    { "again", "the same calls give the same frames", cli_trial_again },
    { "apart", "two instances do not know of each other", cli_trial_apart },
    { "passive", "accepts a connection, moves data both ways, closes", cli_trial_passive },
    { "active", "opens a connection; the peer closes first", cli_trial_active },
    { "refused", "a connection that the peer refuses fails", cli_trial_refused },
    { "ipv6", "accepts a connection over IPv6", cli_trial_ipv6 },
};

enum { ROWS = sizeof rows / sizeof rows[0] };

void cli_trial_step(struct cli_trial *check, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(check->finding->step, sizeof check->finding->step, format, list);
    va_end(list);
}

void cli_trial_wrong(struct cli_trial *check, const char *format, ...)
{
    struct cli_finding *finding = check->finding;
    va_list list;
    if (finding->fault_count == CLI_TRIAL_FAULTS_MAX)
        return;
    va_start(list, format);
    vsnprintf(finding->faults[finding->fault_count++], sizeof finding->faults[0], format, list);
    va_end(list);
}

void cli_trial_skip(struct cli_trial *check, const char *format, ...)
{
    va_list list;
    check->finding->skipped = true;
    va_start(list, format);
    vsnprintf(check->finding->skip, sizeof check->finding->skip, format, list);
    va_end(list);
}

/* The check's own process, which a target may bring down. */
static void run_apart(const struct cli_trial_row *row, const struct anvil_target *target,
                      struct cli_finding *finding)
{
    struct cli_trial check = { .target = target, .finding = finding };
    alarm(SECONDS_MAX);
    check.traits = target->traits();
    row->run(&check);
    finding->ended = true;
    _exit(0);
}

/* A process that did not come to its end was brought down by the target. */
static void add_crash(struct cli_finding *finding, int status)
{
    char *fault = finding->faults[finding->fault_count];
    const char *step = finding->step[0] == '\0' ? "the first call" : finding->step;
    if (finding->ended)
        return;
    finding->fault_count++;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        snprintf(fault, sizeof finding->faults[0],
                 "hangs: nothing came back within %d s of %.400s", SECONDS_MAX, step);
    else if (WIFSIGNALED(status))
        snprintf(fault, sizeof finding->faults[0], "crashes (%s) in %.400s",
                 strsignal(WTERMSIG(status)), step);
    else
        snprintf(fault, sizeof finding->faults[0], "ends the program in %.400s", step);
}

/* Runs one check. False: no process could be made. */
static bool run_row(const struct cli_trial_row *row, const struct anvil_target *target,
                    struct cli_finding *finding)
{
    int status = 0;
    memset(finding, 0, sizeof *finding);
    pid_t child = fork();
    if (child == 0)
        run_apart(row, target, finding);
    if (child < 0 || waitpid(child, &status, 0) != child)
        return false;
    add_crash(finding, status);
    return true;
}

static void print_row(FILE *out, const struct cli_trial_row *row,
                      const struct cli_finding *finding)
{
    bool skipped = finding->fault_count == 0 && finding->skipped;
    const char *word = finding->fault_count > 0 ? "BROKEN" : skipped ? "skipped" : "kept";
    fprintf(out, "%-8s %-*s %s\n", word, (int)NAME_COLUMNS, row->name,
            skipped ? finding->skip : row->sentence);
    for (size_t i = 0; i < finding->fault_count; i++)
        fprintf(out, "%*s%s\n", (int)NAME_COLUMNS + 10, "", finding->faults[i]);
    fflush(out);
}

int cli_trial_all(const struct anvil_target *target, FILE *out)
{
    size_t kept = 0, broken = 0, skipped = 0, done = 0;
    struct cli_finding *finding = mmap(NULL, sizeof *finding, PROT_READ | PROT_WRITE,
                                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (finding == MAP_FAILED)
        return cli_wrong("no memory");
    fflush(NULL); /* or a child would print it again */
    for (; done < ROWS && run_row(&rows[done], target, finding); done++) {
        print_row(out, &rows[done], finding);
        broken += finding->fault_count > 0;
        skipped += finding->fault_count == 0 && finding->skipped;
        kept += finding->fault_count == 0 && !finding->skipped;
    }
    munmap(finding, sizeof *finding);
    if (done < ROWS)
        return cli_wrong("a process for a check could not be made");
    fprintf(out, "\n%zu kept, %zu broken, %zu skipped\n", kept, broken, skipped);
    return broken > 0 ? CLI_FAILED : CLI_OK;
}

int cli_check_target(int argc, char **argv)
{
    if (cli_help(argc, argv, help))
        return CLI_OK;
    if (argc != 2)
        return cli_wrong("check-target needs one target: a name, or the path of a shared object");
    const struct anvil_target *target = cli_target_find(argv[1]);
    return target == NULL ? CLI_WRONG : cli_trial_all(target, stdout);
}
