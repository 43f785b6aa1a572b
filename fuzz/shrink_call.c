/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcpanvil shrink: the smallest input that shows the same finding. Where that is a crash, each
 * input is tried in a process of its own.
 */
#include "fuzz/shrink.h"

#include "cli/cli.h"
#include "fuzz/call.h"
#include "fuzz/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char help[] =
    "usage: tcpanvil shrink --harness NAME FILE -o OUT\n\n"
    "Makes an input of a fuzz harness smaller as long as it shows the same finding: the same\n"
    "rule, state, event and check of the core, or a crash by the same signal. Events are removed\n"
    "and those that stay made plain; without any one of them the finding is gone. A scene\n"
    "is written out as the events that it stands for. Of a frame's input whole frames are\n"
    "removed, of a script lines, of options octets.\n\n"
    "  --harness NAME     whose input it is\n"
    "  -o, --output OUT   where the smaller input is written\n\n"
    "Exit status: 0 it is written; 1 the input shows nothing; 2 the call is wrong.\n";

struct call {
    const struct fuzz_harness *harness;
    const struct fuzz_pieces *pieces; /* NULL: records */
    const char *path, *out;
    char identity[sizeof(struct fuzz_finding)]; /* what it shows, if it ends well */
    int signal;                                 /* else how it dies */
};

/* The identity of what an input shows, "" for nothing. */
static void identify(const struct call *call, const uint8_t *data, size_t size,
                     struct fuzz_finding *finding)
{
    struct fuzz_story story;
    call->harness->tell(data, size, &story);
    *finding = story.finding;
    world_record_free(&story.record);
    free(story.text);
}

/* The signal that an input ends the program with; 0: it does not, or that cannot be tried. */
static int signal_of(const struct call *call, const uint8_t *data, size_t size)
{
    struct fuzz_finding finding;
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stderr) == NULL)
            _exit(0);
        identify(call, data, size, &finding);
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 0;
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status) != 0 ? -1 : 0;
}

static bool shows(void *context, const uint8_t *data, size_t size)
{
    const struct call *call = context;
    struct fuzz_finding finding;
    if (call->signal != 0)
        return signal_of(call, data, size) == call->signal;
    identify(call, data, size, &finding);
    return finding.found && strcmp(finding.identity, call->identity) == 0;
}

/* Reads the options. False: said what is wrong. */
static bool read_call(struct call *call, int argc, char **argv)
{
    const char *value;
    for (int i = 1; i < argc; i++) {
        if ((value = fuzz_call_value("--harness", argc, argv, &i)) != NULL)
            call->harness = fuzz_call_harness(value);
        else if ((value = fuzz_call_value("--output", argc, argv, &i)) != NULL ||
                 (value = fuzz_call_value("-o", argc, argv, &i)) != NULL)
            call->out = value;
        else if (argv[i][0] == '-' || call->path != NULL)
            return cli_wrong("shrink takes no %s, or a value is missing", argv[i]), false;
        else
            call->path = argv[i];
        if (value != NULL && call->harness == NULL && call->out == NULL)
            return cli_wrong("there is no harness %s", value), false;
    }
    if (call->harness == NULL || call->path == NULL || call->out == NULL)
        return cli_wrong("shrink needs --harness NAME, a FILE and -o OUT"), false;
    call->pieces = fuzz_pieces_of(call->harness->name);
    if (!fuzz_is_of_records(call->harness) && call->pieces == NULL)
        return cli_wrong("inputs of %s are no events", call->harness->name), false;
    return true;
}

static bool write_file(const char *path, const uint8_t *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    bool whole = file != NULL && fwrite(data, 1, size, file) == size;
    if (file != NULL)
        whole = fclose(file) == 0 && whole;
    if (!whole)
        cli_wrong("%s: it cannot be written", path);
    return whole;
}

/* What the input shows becomes what has to stay; false: nothing. */
static bool find_out(struct call *call, const uint8_t *data, size_t size)
{
    struct fuzz_finding finding = { .found = false };
    call->signal = signal_of(call, data, size);
    if (call->signal == 0)
        identify(call, data, size, &finding);
    snprintf(call->identity, sizeof call->identity, "%s", finding.identity);
    return call->signal != 0 || finding.found;
}

static size_t count_of(const struct call *call, const uint8_t *data, size_t size)
{
    return call->pieces != NULL ? fuzz_piece_count(call->pieces, data, size)
                                : fuzz_event_count(size);
}

/* The new size. Without memory pieces stay as they are. */
static size_t shrink(struct call *call, uint8_t *data, size_t size)
{
    if (call->pieces == NULL)
        return fuzz_shrink(data, size, FUZZ_INPUT_MAX, shows, call);
    uint8_t *less = malloc(size + 1);
    if (less != NULL)
        size = fuzz_shrink_pieces(call->pieces, data, less, size, shows, call);
    free(less);
    return size;
}

int fuzz_shrink_call(int argc, char **argv)
{
    struct call call = { .harness = NULL };
    size_t size = 0;
    if (cli_help(argc, argv, help))
        return CLI_OK;
    if (!read_call(&call, argc, argv))
        return CLI_WRONG;
    uint8_t *data = fuzz_call_read(call.path, &size);
    if (data == NULL)
        return CLI_WRONG;
    int status = find_out(&call, data, size) ? CLI_OK : CLI_FAILED;
    size_t count = count_of(&call, data, size);
    if (status == CLI_FAILED) {
        printf("%s: shows nothing\n", call.path);
    } else {
        size = shrink(&call, data, size);
        printf("%s: %s: %zu %s, %zu before\n", call.out,
               call.signal != 0 ? "a crash" : call.identity, count_of(&call, data, size),
               call.pieces != NULL ? call.pieces->name : "events", count);
        status = write_file(call.out, data, size) ? CLI_OK : CLI_WRONG;
    }
    free(data);
    return status;
}
