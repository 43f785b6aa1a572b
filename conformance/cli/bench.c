/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcpanvil bench: speeds, each beside a peer or a ceiling measured in the same run, as medians of
 * several repetitions. Times are CPU time of this thread.
 */
#define _POSIX_C_SOURCE 200809L

#include "cli/cases.h"
#include "cli/cli.h"
#include "cli/core_bench.h"
#include "cli/profile_symbol.h"
#include "cli/target.h"
#include "cli/target_bench.h"
#include "cli/world_bench.h"
#include "run/run.h"
#include "target/registry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REPETITIONS = 9, LOOP_EVENTS = 1000000, COUNTED_EVENTS = 100000, SHARED_CASES = 200 };

static const char help[] =
    "usage: tcpanvil bench [--format text|json] [--loop NAME [--events N]]\n\n"
    "Measures a conformance case (the built-in suite, plain and with variants), and the core's\n"
    "step alone, as medians of several repetitions. Instructions are counted by valgrind's\n"
    "callgrind where it is installed. Fuzz harnesses have a bench of their own, beside a target\n"
    "that does nothing: see ./anvil fuzz.\n\n"
    "  --format text|json  the form of the report (text)\n"
    "  --loop NAME         only runs that loop over the core, for a profiler: idle, in-order,\n"
    "                      release, release-one\n"
    "  --events N          so many events of it (1000000)\n";

/* One figure: what it is, its value, and what it is compared with. */
struct figure {
    const char *name, *unit;
    double value;
    const char *beside; /* NULL: nothing */
    double other;
};

struct figures {
    struct figure list[32];
    size_t count;
};

static void add(struct figures *figures, const char *name, const char *unit, double value,
                const char *beside, double other)
{
    if (figures->count < sizeof figures->list / sizeof figures->list[0])
        figures->list[figures->count++] = (struct figure){name, unit, value, beside, other};
}

static double now_us(void)
{
    return (double)run_cpu_ns() / 1e3;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The value below which `share` of the samples lie; sorts them. */
static double quantile(double *samples, size_t count, double share)
{
    qsort(samples, count, sizeof *samples, by_value);
    size_t index = (size_t)(share * (double)count);
    return samples[index < count ? index : count - 1];
}

/* Reads and runs one case, with its variants if asked for. CPU microseconds; negative: failed. */
static double time_case(struct run *run, struct cli_cases *cases, struct cli_case *one,
                        const struct anvil_target *target, bool with_variants)
{
    struct run_variant variants[RUN_VARIANTS_MAX];
    struct run_options options = {.case_name = one->name, .profile = "rfc9293", .own = true,
                                  .symbol = cli_profile_symbol, .oracles = ORACLE_ALL,
                                  .policy = cli_target_policy(target)};
    double start = now_us();
    bool passed;

    cli_case_read(cases, one, NULL, 0);
    if (one->script == NULL)
        return -1;
    passed = run_case(run, one->script, target, &options)->verdict == REPORT_PASSED;
    size_t count = with_variants ? run_variants(one->script, target, variants) : 0;
    for (size_t i = 0; i < count; i++) {
        options.variant = &variants[i];
        passed = run_case(run, one->script, target, &options)->verdict == REPORT_PASSED && passed;
    }
    double taken = now_us() - start;
    script_free(one->script);
    one->script = NULL;
    return passed ? taken : -1;
}

/* CPU time of reading one case alone: what a case cannot be faster than. */
static double time_reading(struct cli_cases *cases, struct cli_case *one)
{
    double start = now_us();
    cli_case_read(cases, one, NULL, 0);
    double taken = now_us() - start;
    if (one->script != NULL)
        script_free(one->script);
    one->script = NULL;
    return taken;
}

/* The suite, repeated: `samples` and `reading` get one value a case and repetition, `wholes` one a
 * repetition. False: a case did not pass. */
static bool time_suite(struct cli_cases *cases, const struct anvil_target *target,
                       double *samples, double *reading, double *wholes)
{
    struct run *run = run_open();
    bool passed = run != NULL;

    for (size_t r = 0; passed && r < REPETITIONS; r++) {
        wholes[r] = 0;
        for (size_t i = 0; passed && i < cases->count; i++) {
            double taken = time_case(run, cases, &cases->list[i], target, false);
            double whole = time_case(run, cases, &cases->list[i], target, true);
            samples[r * cases->count + i] = taken;
            reading[r * cases->count + i] = time_reading(cases, &cases->list[i]);
            wholes[r] += whole;
            passed = taken >= 0 && whole >= 0;
            if (!passed)
                cli_wrong("bench: %s does not pass; mend it first", cases->list[i].name);
        }
    }
    if (run != NULL)
        run_close(run);
    return passed;
}

/* The median of those samples that are of the matrix's cases; `own` has room for as many. */
static double median_of_matrix(const struct cli_cases *cases, const double *samples, double *own)
{
    size_t count = 0;
    for (size_t i = 0; i < cases->count * REPETITIONS; i++)
        if (cases->list[i % cases->count].generated)
            own[count++] = samples[i];
    return count == 0 ? 0 : quantile(own, count, 0.5);
}

/* One case on the core beside the same case on lwIP, in turn: of all that pass on both, some from
 * everywhere. */
static void bench_shared_cases(struct figures *figures, struct cli_cases *cases,
                               const struct anvil_target *core, const struct anvil_target *peer)
{
    double ours[SHARED_CASES * REPETITIONS], theirs[SHARED_CASES * REPETITIONS];
    struct run *run = run_open();
    size_t count = 0, stride = cases->count / (3 * SHARED_CASES) + 1;

    for (size_t i = 0; run != NULL && i < cases->count && count < SHARED_CASES; i += stride) {
        struct cli_case *one = &cases->list[i];
        double *at = &ours[count * REPETITIONS], *beside = &theirs[count * REPETITIONS];
        bool passed = time_case(run, cases, one, peer, false) >= 0;
        for (size_t r = 0; passed && r < REPETITIONS; r++) {
            at[r] = time_case(run, cases, one, core, false);
            beside[r] = time_case(run, cases, one, peer, false);
            passed = at[r] >= 0 && beside[r] >= 0;
        }
        count += passed;
    }
    if (count > 0)
        add(figures, "one case that passes on lwIP too: median", "us",
            quantile(ours, count * REPETITIONS, 0.5), "lwIP",
            quantile(theirs, count * REPETITIONS, 0.5));
    if (run != NULL)
        run_close(run);
}

/* lwIP, or NULL where this program has it not. */
static const struct anvil_target *find_peer(void)
{
    return target_missing("lwip") ? NULL : target_find("lwip");
}

/* The figures of the built-in suite. False: it does not pass. */
static bool bench_suite(struct figures *figures)
{
    struct cli_cases cases;
    double wholes[REPETITIONS];
    bool done = false;

    cli_cases_find(&cases, NULL, 0, NULL);
    size_t count = cases.count * REPETITIONS;
    double *samples = calloc(2 * count + 1, sizeof *samples);
    if (samples != NULL && count > 0 &&
        time_suite(&cases, cli_target_find("core"), samples, samples + count, wholes)) {
        double reading = quantile(samples + count, count, 0.5);
        double matrix = median_of_matrix(&cases, samples, samples + count);
        double median = quantile(samples, count, 0.5);
        add(figures, "cases in the suite", "", (double)cases.count, NULL, 0);
        add(figures, "one case, reading included: median", "us", median, "reading alone", reading);
        add(figures, "one case, reading included: 99th percentile", "us",
            quantile(samples, count, 0.99), "its median", median);
        add(figures, "one case of the matrix, reading included: median", "us", matrix,
            "any case", median);
        add(figures, "whole suite with all variants", "ms",
            quantile(wholes, REPETITIONS, 0.5) / 1e3, NULL, 0);
        if (find_peer() != NULL)
            bench_shared_cases(figures, &cases, cli_target_find("core"), find_peer());
        done = true;
    }
    free(samples);
    cli_cases_free(&cases);
    return done;
}

/* Nanoseconds of one event of a loop, the median of the repetitions. */
static double time_loop(enum cli_core_bench_loop loop)
{
    double samples[REPETITIONS];

    for (size_t r = 0; r < REPETITIONS; r++) {
        double start = now_us();
        cli_core_bench_run(loop, LOOP_EVENTS);
        samples[r] = (now_us() - start) * 1e3 / LOOP_EVENTS;
    }
    return quantile(samples, REPETITIONS, 0.5);
}

/* Instructions that callgrind collects inside anvil_step for so many events; negative: it is not
 * there. The opening is the same for every count, so that a difference leaves it out. */
static double count_instructions(enum cli_core_bench_loop loop, unsigned long events)
{
    char self[1024], command[1400], line[256];
    double collected = -1;
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);

    if (length <= 0 || system("command -v valgrind >/dev/null 2>&1") != 0)
        return -1;
    self[length] = '\0';
    snprintf(command, sizeof command,
             "valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect=anvil_step "
             "'%s' bench --loop %s --events %lu 2>&1",
             self, cli_core_bench_name(loop), events);
    FILE *pipe = popen(command, "r");
    while (pipe != NULL && fgets(line, sizeof line, pipe) != NULL) {
        const char *found = strstr(line, "Collected : ");
        if (found != NULL)
            collected = strtod(found + strlen("Collected : "), NULL);
    }
    if (pipe != NULL && pclose(pipe) != 0)
        return -1;
    return collected;
}

/* The figures of the machine alone: time, and instructions where they can be counted. */
static void bench_loops(struct figures *figures)
{
    static const char *const times[CORE_BENCH_LOOPS] = {
        "anvil_step with nothing to do", "anvil_step, data in order, ACK every second",
        "anvil_step, ACK that releases two segments", "anvil_step, ACK that releases one segment"};
    static const char *const counts[CORE_BENCH_LOOPS] = {
        "  instructions", "  instructions, data in order", "  instructions, ACK that releases two",
        "  instructions, ACK that releases one"};
    double floor = time_loop(CORE_BENCH_IDLE);

    for (unsigned i = 0; i < CORE_BENCH_LOOPS; i++) {
        enum cli_core_bench_loop loop = (enum cli_core_bench_loop)i;
        double taken = i == 0 ? floor : time_loop(loop);
        add(figures, times[i], "M events/s", 1e3 / taken, "nothing to do", 1e3 / floor);
        double few = count_instructions(loop, 1000);
        double many = few < 0 ? -1 : count_instructions(loop, 1000 + COUNTED_EVENTS);
        if (many >= 0)
            add(figures, counts[i], "per event", (many - few) / COUNTED_EVENTS, NULL, 0);
    }
    add(figures, "TCB", "octets", (double)cli_core_bench_tcb_octets(), NULL, 0);
    add(figures, "  of which the fast path touches", "octets",
        (double)cli_core_bench_fast_path_octets(), "the whole TCB",
        (double)cli_core_bench_tcb_octets());
}

/* The medians of several runs over a target, alternating with the other target's. */
struct target_samples {
    double connection[REPETITIONS], segment[REPETITIONS], life[REPETITIONS];
};

static bool sample_target(const struct anvil_target *target, struct target_samples *samples,
                          size_t r)
{
    struct cli_target_bench bench;
    char why[256] = "";

    if (!cli_target_bench(target, &bench, why)) {
        cli_wrong("bench: %s: %s", target->traits()->name, why);
        return false;
    }
    samples->connection[r] = bench.connection_us;
    samples->segment[r] = bench.segment_us;
    samples->life[r] = bench.life_us;
    return true;
}

/* Core and host beside lwIP, over the same seam, in turn. Both verify and fill checksums, copy
 * payload, choose an ISN and find the connection by its addresses. False: one does not work. */
static bool bench_targets(struct figures *figures)
{
    struct target_samples core, lwip = {.connection = {0}};
    const struct anvil_target *peer = find_peer();

    for (size_t r = 0; r < REPETITIONS; r++) {
        if (!sample_target(target_find("core"), &core, r) ||
            (peer != NULL && !sample_target(peer, &lwip, r)))
            return false;
    }
    double connection = quantile(core.connection, REPETITIONS, 0.5);
    double segment = quantile(core.segment, REPETITIONS, 0.5);
    double life = quantile(core.life, REPETITIONS, 0.5);
    const char *beside = peer == NULL ? NULL : "lwIP";
    add(figures, "connection: open, data both ways, reset", "us", connection, beside,
        quantile(lwip.connection, REPETITIONS, 0.5));
    add(figures, "segment of 1000 octets: in, acknowledged, read", "us", segment, beside,
        quantile(lwip.segment, REPETITIONS, 0.5));
    add(figures, "connection: open, close, TIME-WAIT to its end", "us", life, beside,
        quantile(lwip.life, REPETITIONS, 0.5));
    add(figures, "memory of a connection, without its buffers", "octets",
        target_find("core")->traits()->connection_octets, beside,
        peer == NULL ? 0 : peer->traits()->connection_octets);
    return true;
}

/* Two hosts over a bad network. False: a world fails. */
static bool bench_worlds(struct figures *figures)
{
    double bare[REPETITIONS], watched[REPETITIONS];
    for (size_t r = 0; r < REPETITIONS; r++) {
        bare[r] = cli_world_bench(0);
        watched[r] = cli_world_bench(ORACLE_ALL);
        if (bare[r] < 0 || watched[r] < 0) {
            cli_wrong("bench: a world cannot be run, or violates an oracle");
            return false;
        }
    }
    double fast = quantile(bare, REPETITIONS, 0.5) / 1e6;
    add(figures, "worlds of two hosts, no oracles", "M segm./s", fast, NULL, 0);
    add(figures, "  with all oracles", "M segm./s", quantile(watched, REPETITIONS, 0.5) / 1e6,
        "without", fast);
    return true;
}

/* The processor's name, as Linux tells it; "" elsewhere. */
static void machine_name(char *out, size_t size)
{
    char line[256];
    FILE *file = fopen("/proc/cpuinfo", "r");
    out[0] = '\0';
    while (file != NULL && out[0] == '\0' && fgets(line, sizeof line, file) != NULL) {
        char *colon = strchr(line, ':');
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "model name", 10) == 0 && colon != NULL)
            snprintf(out, size, "%s, ", colon + 2);
    }
    if (file != NULL)
        fclose(file);
}

/* Why the figures beside lwIP are of the same work, and where they are not. */
static const char peers[] =
    "Beside lwIP, both verify and fill in checksums, copy payload, choose an ISN and find the\n"
    "connection by its addresses. The core also keys its ISN (SipHash), finds connections by a\n"
    "hash and answers with the options it has; lwIP, as Debian builds it, has an ISN that\n"
    "counts, a list of connections, no timestamps and no SACK, and walks TIME-WAIT by 250 ms.\n"
    "Memory: lwIP's is its pcb, beside which each segment in flight takes a tcp_seg; the core's\n"
    "has room for all that it ever knows of what was sent, and held out of order.\n";

static void print_text(const struct figures *figures)
{
    char machine[256];
    machine_name(machine, sizeof machine);
    printf("%-48s %12s %-10s  %s\n", "figure", "value", "unit", "ratio");
    for (size_t i = 0; i < figures->count; i++) {
        const struct figure *one = &figures->list[i];
        printf("%-48s %12.2f %-10s", one->name, one->value, one->unit);
        if (one->beside != NULL)
            printf("  %.2f x %s (%.2f)", one->value / one->other, one->beside, one->other);
        putchar('\n');
    }
    printf("\n%s\nMedians of %d repetitions, CPU time, same run; %s%s.\n",
           target_find("lwip") == NULL ? "" : peers, REPETITIONS, machine, ANVIL_COMPILER);
}

static void print_json(const struct figures *figures)
{
    for (size_t i = 0; i < figures->count; i++) {
        const struct figure *one = &figures->list[i];
        printf("{\"figure\":\"%s\",\"unit\":\"%s\",\"value\":%.4f,", one->name, one->unit,
               one->value);
        if (one->beside == NULL)
            puts("\"beside\":null,\"ratio\":null}");
        else
            printf("\"beside\":\"%s\",\"ratio\":%.4f}\n", one->beside, one->value / one->other);
    }
}

/* tcpanvil bench --loop NAME: that loop and nothing else. */
static int run_loop(const char *name, const char *events)
{
    char *end = NULL;
    errno = 0;
    unsigned long count = events == NULL ? LOOP_EVENTS : strtoul(events, &end, 10);
    if (errno != 0 || (events != NULL && (*events == '\0' || *end != '\0' || *events == '-')))
        return cli_wrong("--events wants a number, not %s", events);
    for (unsigned i = 0; i < CORE_BENCH_LOOPS; i++) {
        if (strcmp(cli_core_bench_name((enum cli_core_bench_loop)i), name) == 0) {
            printf("%llu segments came out\n",
                   (unsigned long long)cli_core_bench_run((enum cli_core_bench_loop)i, count));
            return CLI_OK;
        }
    }
    return cli_wrong("there is no loop %s", name);
}

int cli_bench(int argc, char **argv)
{
    struct figures figures = {.count = 0};
    const char *format = "text", *loop = NULL, *events = NULL;

    if (cli_help(argc, argv, help))
        return CLI_OK;
    for (int i = 1; i < argc; i++) {
        const char **value = strcmp(argv[i], "--format") == 0   ? &format
                             : strcmp(argv[i], "--loop") == 0   ? &loop
                             : strcmp(argv[i], "--events") == 0 ? &events
                                                                : NULL;
        if (value == NULL || i + 1 == argc)
            return cli_wrong("bench: %s: unknown option, or no value", argv[i]);
        *value = argv[++i];
    }
    if (strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
        return cli_wrong("--format wants text or json, not %s", format);
    if (loop != NULL)
        return run_loop(loop, events);
    if (!bench_suite(&figures))
        return CLI_FAILED;
    if (!bench_targets(&figures) || !bench_worlds(&figures))
        return CLI_FAILED;
    bench_loops(&figures);
    if (strcmp(format, "json") == 0)
        print_json(&figures);
    else
        print_text(&figures);
    return CLI_OK;
}
