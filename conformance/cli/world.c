/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcpanvil world: runs of two endpoints over a bad network, each drawn from a seed. Threads take
 * the next seed; what they find is printed in the order of the seeds.
 */
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/target.h"
#include "report/report.h"
#include "run/run.h"
#include "world/record.h"
#include "world/world.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { FINDINGS_MAX = 20, THREADS_MAX = 64, PATH_SIZE = 4096, WHY_MAX = 256 };
enum { PROGRESS_EVERY = 1000 };

static const char help[] =
    "usage: tcpanvil world [OPTION]...\n\n"
    "Two endpoints, one virtual clock, and a network that loses, doubles, delays, reorders,\n"
    "corrupts and cuts, with applications that send, read and close in many ways; all of it is\n"
    "drawn from a seed, and a seed replays exactly. When the network stops doing wrong, both ends\n"
    "must come to rest in bounded time (oracle O11) and the streams be intact (O12); the rules\n"
    "that `tcpanvil list --oracles` prints judge each end besides.\n\n"
    "  --seed N                            the first seed (1)\n"
    "  --runs M                            so many seeds from there on (1)\n"
    "  --as ladder|pkt|pcap                tells the run of the seed, or of the first violation:\n"
    "                                      as a ladder on standard output, as one script an end\n"
    "                                      (PREFIX.a.pkt, PREFIX.b.pkt) or as PREFIX.pcapng\n"
    "  --output PREFIX                     of those files (world-SEED)\n"
    "  --target NAME|PATH.so               the stack at both ends (core)\n"
    "  --against TARGET                    another one at end B\n"
    "  --profile rfc9293|linux|freebsd     the policy of both ends (rfc9293)\n"
    "  --oracles all|none|ID[,ID]...       which rules judge each end (all)\n"
    "  --jobs N                            runs on N threads (1)\n\n"
    "Exit status: 0 nothing was violated; 1 something was; 2 the call is wrong.\n";

struct finding {
    uint64_t seed;
    char text[ORACLE_SENTENCE_MAX + 128];
};

struct shared {
    const struct cli_options *options;
    struct world_setup setup;
    uint64_t next, end;                     /* seeds */
    uint64_t passed, failed, refused;
    uint64_t segments, lost, deepest_us;
    uint64_t cpu_ns;                        /* of all threads */
    struct finding findings[FINDINGS_MAX];  /* those of the lowest seeds, in order */
    size_t finding_count;
    char why[WHY_MAX];                      /* a thread could not work, or a plan was refused */
    bool progress;
    pthread_mutex_t lock;
};

static void draw_plan(const struct shared *shared, uint64_t seed, struct world_plan *plan,
                      struct world_draw *draw)
{
    *draw = world_draw_seed(seed);
    world_plan_draw(plan, draw);
    plan->profile[WORLD_A] = plan->profile[WORLD_B] = shared->options->profile;
    for (int side = 0; side < WORLD_SIDES; side++)
        plan->iss_fixed = plan->iss_fixed && shared->setup.target[side]->traits()->fixes_iss;
    if (!shared->setup.target[WORLD_A]->traits()->ipv6 ||
        !shared->setup.target[WORLD_B]->traits()->ipv6)
        plan->family = 4;
}

/* Keeps a finding among those of the lowest seeds. Called with the lock held. */
static void keep(struct shared *shared, uint64_t seed, const struct world_result *result)
{
    size_t at = shared->finding_count;
    while (at > 0 && shared->findings[at - 1].seed > seed)
        at--;
    if (at == FINDINGS_MAX)
        return;
    if (shared->finding_count < FINDINGS_MAX)
        shared->finding_count++;
    memmove(&shared->findings[at + 1], &shared->findings[at],
            (shared->finding_count - at - 1) * sizeof shared->findings[0]);
    shared->findings[at].seed = seed;
    snprintf(shared->findings[at].text, sizeof shared->findings[at].text, "%s violated: %s",
             result->oracle, result->reason);
}

/* Counts a run. Called with the lock held. */
static void count(struct shared *shared, uint64_t seed, const struct world_result *result)
{
    if (result == NULL) {
        shared->refused++;
        return;
    }
    shared->segments += result->frames;
    shared->lost += result->lost;
    if (result->at_rest_us > shared->deepest_us)
        shared->deepest_us = result->at_rest_us;
    if (result->violated) {
        shared->failed++;
        keep(shared, seed, result);
    } else {
        shared->passed++;
    }
    uint64_t done = shared->passed + shared->failed + shared->refused;
    if (shared->progress && done % PROGRESS_EVERY == 0)
        fprintf(stderr, "\r%llu runs, %llu failed", (unsigned long long)done,
                (unsigned long long)shared->failed);
}

/* Takes seeds until there are none left. */
static void *worker(void *context)
{
    struct shared *shared = context;
    char why[WHY_MAX] = "";
    int64_t began = run_cpu_ns();
    struct world *world = world_open(&shared->setup, why);
    pthread_mutex_lock(&shared->lock);
    while (world != NULL && shared->next < shared->end) {
        struct world_plan plan;
        struct world_draw draw;
        uint64_t seed = shared->next++;
        pthread_mutex_unlock(&shared->lock);
        draw_plan(shared, seed, &plan, &draw);
        const struct world_result *result = world_run(world, &plan, &draw, why);
        pthread_mutex_lock(&shared->lock);
        count(shared, seed, result);
    }
    if (why[0] != '\0')
        snprintf(shared->why, sizeof shared->why, "%s", why);
    shared->cpu_ns += (uint64_t)(run_cpu_ns() - began);
    pthread_mutex_unlock(&shared->lock);
    world_close(world);
    return NULL;
}

static void run_all(struct shared *shared)
{
    pthread_t threads[THREADS_MAX];
    unsigned jobs = shared->options->jobs, started = 0;
    if (jobs > THREADS_MAX)
        jobs = THREADS_MAX;
    while (started + 1 < jobs && pthread_create(&threads[started], NULL, worker, shared) == 0)
        started++;
    worker(shared);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    if (shared->progress)
        fputs("\r\033[K", stderr);
}

/* Opens PREFIX and `ending` for writing, or says why it cannot. */
static FILE *open_output(const struct shared *shared, uint64_t seed, const char *ending)
{
    char path[PATH_SIZE];
    if (shared->options->output == NULL)
        snprintf(path, sizeof path, "world-%llu%s", (unsigned long long)seed, ending);
    else
        snprintf(path, sizeof path, "%s%s", shared->options->output, ending);
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        cli_wrong("%s: %s", path, strerror(errno));
    else
        printf("%s\n", path);
    return file;
}

static bool close_output(FILE *file, bool written)
{
    return fclose(file) == 0 && written;
}

static bool tell_scripts(const struct shared *shared, const struct world_record *record,
                         const struct world_plan *plan, uint64_t seed)
{
    static const char *const endings[WORLD_SIDES] = { ".a.pkt", ".b.pkt" };
    for (int side = 0; side < WORLD_SIDES; side++) {
        char sentence[128];
        FILE *file = open_output(shared, seed, endings[side]);
        if (file == NULL)
            return false;
        snprintf(sentence, sizeof sentence, "What end %s of the world of seed %llu saw and did.",
                 side == WORLD_A ? "A" : "B", (unsigned long long)seed);
        world_tell_script(record, plan, (enum world_side)side, sentence, file);
        if (!close_output(file, true))
            return false;
    }
    return true;
}

static bool tell_as(const struct shared *shared, const struct world_record *record,
                    const struct world_plan *plan, uint64_t seed)
{
    char comment[64];
    const char *as = shared->options->as;
    if (strcmp(as, "ladder") == 0) {
        world_tell_ladder(record, plan, stdout);
        return true;
    }
    if (strcmp(as, "pkt") == 0)
        return tell_scripts(shared, record, plan, seed);
    FILE *file = open_output(shared, seed, ".pcapng");
    snprintf(comment, sizeof comment, "tcpanvil world --seed %llu", (unsigned long long)seed);
    return file != NULL && close_output(file, world_tell_capture(record, comment, file));
}

/* Runs one seed again, with a record, and tells it. */
static bool tell(struct shared *shared, uint64_t seed)
{
    struct world_record record = { .count = 0 };
    struct world_plan plan;
    struct world_draw draw;
    char why[WHY_MAX] = "";
    struct world *world = world_open(&shared->setup, why);
    if (world == NULL)
        return false;
    world_record_to(world, &record);
    draw_plan(shared, seed, &plan, &draw);
    bool told = world_run(world, &plan, &draw, why) != NULL &&
                tell_as(shared, &record, &plan, seed);
    world_record_free(&record);
    world_close(world);
    return told;
}

static int report(struct shared *shared)
{
    for (size_t i = 0; i < shared->finding_count; i++)
        printf("FAILED  seed %llu: %s\n", (unsigned long long)shared->findings[i].seed,
               shared->findings[i].text);
    if (shared->failed > shared->finding_count)
        printf("... and %llu more\n",
               (unsigned long long)(shared->failed - shared->finding_count));
    printf("%llu segments, %llu of them lost; the longest run came to rest after %.3f s\n",
           (unsigned long long)shared->segments, (unsigned long long)shared->lost,
           (double)shared->deepest_us / 1e6);
    printf("%.0f segments a second of CPU time\n",
           (double)shared->segments * 1e9 / (double)(shared->cpu_ns + 1));
    printf("%llu passed, %llu failed, %llu skipped\n", (unsigned long long)shared->passed,
           (unsigned long long)shared->failed, (unsigned long long)shared->refused);
    return shared->failed > 0 ? CLI_FAILED : CLI_OK;
}

/* The subcommand, once its options are read. */
static int run_world(const struct cli_options *options)
{
    const char *other = options->against == NULL ? options->target : options->against;
    struct shared shared = { .options = options, .next = options->seed,
                             .end = options->seed + options->runs,
                             .progress = report_wants_progress(stderr) };
    shared.setup.target[WORLD_A] = cli_target_find(options->target);
    shared.setup.target[WORLD_B] = cli_target_find(other);
    if (shared.setup.target[WORLD_A] == NULL || shared.setup.target[WORLD_B] == NULL)
        return CLI_WRONG;
    for (int side = 0; side < WORLD_SIDES; side++)
        shared.setup.policy[side] = cli_target_policy(shared.setup.target[side]);
    shared.setup.oracles = options->oracles;
    if (pthread_mutex_init(&shared.lock, NULL) != 0)
        return cli_wrong("no memory");
    run_all(&shared);
    pthread_mutex_destroy(&shared.lock);
    if (shared.passed + shared.failed == 0)
        return cli_wrong("no world could be run: %s", shared.why);
    uint64_t seed = shared.finding_count > 0 ? shared.findings[0].seed : options->seed;
    if (options->as != NULL && !tell(&shared, seed))
        return cli_wrong("the run of seed %llu could not be told", (unsigned long long)seed);
    return report(&shared);
}

int cli_world(int argc, char **argv)
{
    struct cli_options options;
    int status = CLI_WRONG;
    if (cli_help(argc, argv, help))
        return CLI_OK;
    if (cli_options_read(&options, argc, argv, CLI_TAKES_WORLD)) {
        if (options.path_count != 0)
            cli_wrong("world takes no PATH");
        else
            status = run_world(&options);
    }
    cli_options_free(&options);
    return status;
}
