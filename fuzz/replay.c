/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpanvil replay: runs inputs of a harness again, and tells them. */
#include "fuzz/replay.h"

#include "cli/cli.h"
#include "fuzz/call.h"
#include "fuzz/harness.h"
#include "fuzz/reached.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: tcpanvil replay --harness NAME [OPTION]... FILE...\n\n"
    "Runs each FILE as an input of a fuzz harness: endpoint, pair, matrix, host (choices), frame\n"
    "(a capture, classic pcap), options (a TCP option area), script (a script). The same bytes\n"
    "always do the same. A finding is printed with its identity: rule, state, event and the\n"
    "core's own last check.\n\n"
    "  --harness NAME                      whose inputs they are\n"
    "  --as ladder|pkt|pcap|text           tells one FILE on standard output: as a ladder, as a\n"
    "                                      script that `tcpanvil run -` carries out, or as a\n"
    "                                      pcapng capture; text is what options and script make\n"
    "                                      of it\n"
    "  --end a|b                           which end of a pair the script is of (a)\n"
    "  --reached                           prints behind each FILE what it reaches: states with\n"
    "                                      what came and the next state\n\n"
    "Exit status: 0 nothing was found; 1 something was; 2 the call is wrong.\n";

struct replay {
    const struct fuzz_harness *harness;
    const char *as;
    enum world_side end;
    bool reached;
    int files, found;
};

/* Prints what an input showed, in the form that is asked for. */
static void tell(const struct replay *replay, const char *path, const struct fuzz_story *story)
{
    char sentence[256];
    snprintf(sentence, sizeof sentence, "What an input of the harness %s does%s, run with "
             "--profile %s%s%s.", replay->harness->name,
             !story->two_ends ? "" : replay->end == WORLD_A ? " at end A" : " at end B",
             story->plan.profile[replay->end], story->finding.found ? ": " : "",
             story->finding.identity);
    if (replay->reached) {
        printf("%s:", path);
        fuzz_reached_names(stdout);
        putchar('\n');
    } else if (replay->as == NULL)
        printf("%s: %s%s%s\n", path, story->finding.found ? story->finding.identity : "passed",
               story->finding.found ? ": " : "", story->finding.sentence);
    else if (strcmp(replay->as, "text") == 0)
        fputs(story->text, stdout);
    else if (strcmp(replay->as, "ladder") == 0)
        world_tell_ladder(&story->record, &story->plan, stdout);
    else if (strcmp(replay->as, "pkt") == 0)
        world_tell_script(&story->record, &story->plan, replay->end, sentence, stdout);
    else
        world_tell_capture(&story->record, sentence, stdout);
    if (replay->as != NULL && story->finding.found)
        fprintf(stderr, "%s: %s: %s\n", path, story->finding.identity, story->finding.sentence);
}

/* Runs one file, and tells it as asked; false: said on stderr what is wrong. */
static bool replay_file(struct replay *replay, const char *path)
{
    struct fuzz_story story;
    size_t size = 0;
    uint8_t *bytes = fuzz_call_read(path, &size);
    if (bytes == NULL)
        return false;
    fuzz_reached_forget();
    replay->harness->tell(bytes, size, &story);
    free(bytes);
    bool whole = !story.record.failed && (story.two_ends || replay->end == WORLD_A);
    bool text = story.text != NULL;
    if (!whole)
        cli_wrong(story.record.failed ? "no memory" : "only a harness of two ends has --end b");
    else if (replay->as != NULL && text != (strcmp(replay->as, "text") == 0))
        whole = (cli_wrong("an input of %s is told --as %s", replay->harness->name,
                           text ? "text" : "ladder, pkt or pcap"), false);
    else
        tell(replay, path, &story);
    replay->found += story.finding.found;
    world_record_free(&story.record);
    free(story.text);
    return whole;
}

/* Reads the options; files are moved to the front of argv[1...]. False: said what is wrong. */
static bool read_call(struct replay *replay, int argc, char **argv)
{
    const char *value;
    for (int i = 1; i < argc; i++) {
        if ((value = fuzz_call_value("--harness", argc, argv, &i)) != NULL) {
            replay->harness = fuzz_call_harness(value);
            if (replay->harness == NULL)
                return cli_wrong("there is no harness %s", value), false;
        } else if ((value = fuzz_call_value("--as", argc, argv, &i)) != NULL) {
            replay->as = value;
        } else if ((value = fuzz_call_value("--end", argc, argv, &i)) != NULL) {
            if (strcmp(value, "a") != 0 && strcmp(value, "b") != 0)
                return cli_wrong("--end is a or b, not %s", value), false;
            replay->end = value[0] == 'a' ? WORLD_A : WORLD_B;
        } else if (strcmp(argv[i], "--reached") == 0) {
            replay->reached = true;
        } else if (argv[i][0] == '-') {
            return cli_wrong("replay takes no option %s, or a value is missing", argv[i]), false;
        } else {
            argv[++replay->files] = argv[i];
        }
    }
    if (replay->harness == NULL || replay->files == 0)
        return cli_wrong("replay needs --harness NAME and a FILE"), false;
    if (replay->as != NULL && strcmp(replay->as, "ladder") != 0 &&
        strcmp(replay->as, "pkt") != 0 && strcmp(replay->as, "pcap") != 0 &&
        strcmp(replay->as, "text") != 0)
        return cli_wrong("--as is ladder, pkt, pcap or text, not %s", replay->as), false;
    if (replay->as != NULL && replay->files > 1)
        return cli_wrong("--as tells one FILE"), false;
    return true;
}

int fuzz_replay(int argc, char **argv)
{
    struct replay replay = { .files = 0 };
    if (cli_help(argc, argv, help))
        return CLI_OK;
    if (!read_call(&replay, argc, argv))
        return CLI_WRONG;
    for (int i = 1; i <= replay.files; i++)
        if (!replay_file(&replay, argv[i]))
            return CLI_WRONG;
    if (replay.as == NULL)
        printf("%d passed, %d failed, 0 skipped\n", replay.files - replay.found, replay.found);
    return replay.found > 0 ? CLI_FAILED : CLI_OK;
}
