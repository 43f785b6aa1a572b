/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Judges mutants: `judge COUNT` is linked with a core that holds mutants 1 to COUNT (guard.h). It
 * runs the built-in suite once without a mutant, noting which case reaches which mutants. Then it
 * reads numbers of mutants from standard input, one a line, perhaps followed by a case that is to
 * be tried first, and answers each with a line:
 *
 *     NUMBER TAB RESULT TAB CASE TAB VARIANT TAB REASON TAB cases that reach it TAB ends
 *
 * RESULT is killed (by that case), crashed or hung (in that case, and no case killed it; `ends`
 * says how often it did), or survived. Only a case that passes without a mutant is used, and only a
 * failed verdict kills. A mutant is run in a process of its own, which inherits the scripts
 * as they were read; a case that crashes or uses up its time ends that process, and the next one
 * goes on behind it. Cases that have killed go first.
 */
#define _GNU_SOURCE
#include "cli/cases.h"
#include "cli/profile_symbol.h"
#include "cli/requirements.h"
#include "cli/target.h"
#include "mutants/guard.h"
#include "run/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A case may take this long, or this many times as long as without a mutant. Then it hangs. */
#define CASE_US_MAX 100000
#define CASE_TIMES_MAX 20

/* A mutant that crashes or hangs in this many cases is not run in more. */
#define ENDS_MAX 8

#define MEMORY_MAX (UINT64_C(2) << 30)

struct judged {
    const struct script *script;
    const char *name;
    bool own;
    bool varied;          /* has variants, as in `tcpanvil run` */
    bool usable;          /* passes without a mutant */
    int64_t cost_us;
    uint64_t last_kill;   /* when it killed last, counted in mutants; 0 = never */
    unsigned char *reached;
};

/* What the process that runs a mutant tells the judge. */
struct told {
    size_t at;            /* the case that is run, as a place in the order */
    bool killed;
    char variant[80];
    char reason[200];
};

struct judge {
    unsigned mutants;
    struct judged *cases;
    size_t count;
    const struct anvil_target *target;
    struct run *run;
    struct told *told;    /* shared with the processes that run mutants */
    size_t *order;
    size_t order_count;
    uint64_t done;        /* mutants judged so far */
    const char *first;    /* the case that is to be tried first; "" = none */
};

static int64_t cpu_us(void)
{
    struct timespec at;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

/* One line without tabs, cut to its size. */
static void copy_word(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text == NULL ? "" : text);
    for (char *at = out; *at != '\0'; at++)
        if (*at == '\t' || *at == '\n')
            *at = ' ';
}

static enum report_verdict run_once(struct judge *judge, const struct judged *one,
                                    const struct run_variant *variant)
{
    struct run_options options = { .case_name = one->name, .own = one->own, .variant = variant,
                                   .symbol = cli_profile_symbol, .oracles = ORACLE_ALL,
                                   .policy = cli_target_policy(judge->target) };
    const struct report_result *result = run_case(judge->run, one->script, judge->target, &options);
    if (result->verdict == REPORT_FAILED) {
        copy_word(judge->told->variant, sizeof judge->told->variant,
                  variant == NULL ? "" : variant->name);
        copy_word(judge->told->reason, sizeof judge->told->reason, result->reason);
    }
    return result->verdict;
}

/* Runs a case, and then one of its variants, each case another one: all of them would take three
 * times as long, and kill hardly any more. */
static enum report_verdict run_both(struct judge *judge, const struct judged *one)
{
    struct run_variant variants[RUN_VARIANTS_MAX];
    size_t number = (size_t)(one - judge->cases);
    enum report_verdict verdict = run_once(judge, one, NULL);
    size_t count = one->varied ? run_variants(one->script, judge->target, variants) : 0;
    if (count > 0 && verdict == REPORT_PASSED)
        verdict = run_once(judge, one, &variants[number % count]);
    return verdict;
}

/* Runs every case without a mutant. Returns how many do not pass. */
static size_t run_unmutated(struct judge *judge)
{
    size_t bad = 0;
    for (size_t i = 0; i < judge->count; i++) {
        struct judged *one = &judge->cases[i];
        int64_t began = cpu_us();
        memset(anvil_reached, 0, judge->mutants + 1);
        one->usable = one->script != NULL && run_both(judge, one) == REPORT_PASSED;
        one->cost_us = cpu_us() - began;
        one->reached = calloc(judge->mutants / 8 + 1, 1);
        if (one->reached == NULL)
            return judge->count;
        for (unsigned m = 1; m <= judge->mutants; m++)
            if (anvil_reached[m] != 0)
                one->reached[m / 8] |= (unsigned char)(1u << m % 8);
        bad += !one->usable;
    }
    return bad;
}

/* After the one asked for, the last to have killed comes first, then the quickest. */
static int compare_cases(const void *left, const void *right, void *context)
{
    const struct judge *judge = context;
    const struct judged *a = &judge->cases[*(const size_t *)left];
    const struct judged *b = &judge->cases[*(const size_t *)right];
    bool a_first = strcmp(a->name, judge->first) == 0, b_first = strcmp(b->name, judge->first) == 0;
    if (a_first != b_first)
        return a_first ? -1 : 1;
    if (a->last_kill != b->last_kill)
        return a->last_kill > b->last_kill ? -1 : 1;
    if (a->cost_us != b->cost_us)
        return a->cost_us < b->cost_us ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* The cases that reach a mutant, in the order in which they are tried. */
static void order_cases(struct judge *judge, unsigned mutant)
{
    judge->order_count = 0;
    for (size_t i = 0; i < judge->count; i++) {
        const struct judged *one = &judge->cases[i];
        if (one->usable && (one->reached[mutant / 8] >> mutant % 8 & 1) != 0)
            judge->order[judge->order_count++] = i;
    }
    qsort_r(judge->order, judge->order_count, sizeof *judge->order, compare_cases, judge);
}

/* The process of one mutant: tries the cases from place `first` on. */
static void try_cases(struct judge *judge, unsigned mutant, size_t first)
{
    struct rlimit memory = { MEMORY_MAX, MEMORY_MAX }, core = { 0, 0 };
    setrlimit(RLIMIT_AS, &memory);
    setrlimit(RLIMIT_CORE, &core);
    if (freopen("/dev/null", "w", stderr) == NULL)
        _exit(1);
    anvil_mutant = mutant;
    for (judge->told->at = first; judge->told->at < judge->order_count; judge->told->at++) {
        const struct judged *one = &judge->cases[judge->order[judge->told->at]];
        int64_t limit_us = one->cost_us * CASE_TIMES_MAX;
        if (limit_us < CASE_US_MAX)
            limit_us = CASE_US_MAX;
        struct itimerval timer = { .it_value = { .tv_sec = limit_us / 1000000,
                                                 .tv_usec = limit_us % 1000000 } };
        setitimer(ITIMER_PROF, &timer, NULL);
        if (run_both(judge, one) == REPORT_FAILED) {
            judge->told->killed = true;
            break;
        }
    }
    _exit(0);
}

/* The case at a place of the order, or none behind its end. */
static struct judged *case_at(const struct judge *judge, size_t place)
{
    return place < judge->order_count ? &judge->cases[judge->order[place]] : NULL;
}

/* Runs one mutant and prints what came of it. */
static bool judge_mutant(struct judge *judge, unsigned mutant)
{
    const char *result = "survived";
    unsigned ends = 0;
    struct judged *ended = NULL;
    order_cases(judge, mutant);
    memset(judge->told, 0, sizeof *judge->told);
    for (size_t first = 0; first < judge->order_count && ends < ENDS_MAX;) {
        int status;
        pid_t child = fork();
        if (child == 0)
            try_cases(judge, mutant, first);
        if (child < 0 || waitpid(child, &status, 0) != child)
            return false;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
            break;
        result = WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF ? "hung" : "crashed";
        ended = case_at(judge, judge->told->at);
        ends++;
        first = judge->told->at + 1;
    }
    judge->done++;
    struct judged *named = judge->told->killed ? case_at(judge, judge->told->at) : ended;
    if (judge->told->killed) {
        result = "killed";
        named->last_kill = judge->done;
    } else {
        judge->told->variant[0] = judge->told->reason[0] = '\0';
    }
    printf("%u\t%s\t%s\t%s\t%s\t%zu\t%u\n", mutant, result, named == NULL ? "" : named->name,
           judge->told->variant, judge->told->reason, judge->order_count, ends);
    return fflush(stdout) == 0;
}

/* Reads the scripts of the suite. They are kept to the end. */
static bool read_suite(struct judge *judge, struct cli_cases *found)
{
    cli_cases_find(found, NULL, 0, NULL);
    judge->count = found->count;
    judge->cases = calloc(found->count + 1, sizeof *judge->cases);
    judge->order = calloc(found->count + 1, sizeof *judge->order);
    if (judge->cases == NULL || judge->order == NULL)
        return false;
    for (size_t i = 0; i < found->count; i++) {
        struct cli_case *one = &found->list[i];
        cli_case_read(found, one, NULL, 0);
        judge->cases[i] = (struct judged){ .script = one->script, .name = one->name,
                                           .own = one->own, .varied = !one->generated };
    }
    return !cli_cases_wrong(found);
}

int main(int argc, char **argv)
{
    struct judge judge = { .mutants = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 0 };
    struct cli_cases found;
    char line[256];
    judge.target = cli_target_find("core");
    judge.run = run_open();
    judge.told = mmap(NULL, sizeof *judge.told, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (judge.target == NULL || judge.run == NULL || judge.told == MAP_FAILED ||
        !read_suite(&judge, &found))
        return 2;
    size_t bad = run_unmutated(&judge);
    printf("%zu\t%zu\n", judge.count, bad);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *end;
        unsigned mutant = (unsigned)strtoul(line, &end, 10);
        end[strcspn(end, "\n")] = '\0';
        judge.first = end + (*end == ' ');
        if (mutant == 0 || mutant > judge.mutants || !judge_mutant(&judge, mutant))
            return 1;
    }
    return 0;
}
