/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcpanvil seed: scripts as inputs. A script is carried out on the core; what was done to it is
 * written as records; and these are run, to see that the same happens.
 */
#include "fuzz/seed.h"

#include "cli/cases.h"
#include "cli/cli.h"
#include "cli/profile_symbol.h"
#include "cli/target.h"
#include "fuzz/call.h"
#include "fuzz/encode.h"
#include "run/run.h"
#include "target/registry.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { REASONS_MAX = 64, WHY_MAX = 256, PATH_SIZE = 4096, ITEMS_MAX = 64 };
enum { LOCAL_PORT = 40001, PEER_PORT = 8080 }; /* as world_address() has them */

static const char help[] =
    "usage: tcpanvil seed --harness endpoint|matrix [OPTION]... -o OUT [CASE]...\n\n"
    "Writes scripts as inputs of a fuzz harness: each is carried out on the core, and for each\n"
    "event the record is found that stands for it in the state that the endpoint is in then.\n"
    "The input is run, and must do the same. CASE is a script, a folder, or a pattern for names\n"
    "of the built-in suite, as for run --filter; without any it is the whole suite, the matrix\n"
    "too. A script that an input cannot hold is named, with the reason.\n\n"
    "  --harness endpoint|matrix           whose inputs they become\n"
    "  --profile rfc9293|linux|freebsd     the policy that they are run with (rfc9293)\n"
    "  -o, --output OUT                    a folder, made if need be, which gets a file for\n"
    "                                      each; or the file of one\n\n"
    "Exit status: 0 all became inputs; 1 some cannot; 2 the call is wrong.\n";

/* Why scripts could not be held, each with how many. */
struct reasons {
    char text[REASONS_MAX][WHY_MAX];
    size_t count[REASONS_MAX], used;
};

struct seeding {
    const struct fuzz_harness *harness;
    const char *out;
    struct fuzz_start start;
    bool folder;
    struct run *run;
    size_t written;
    struct reasons reasons;
    char **names;           /* of cases of the suite; none: all that were found */
    size_t name_count;
};

/* An option of the script as it is given to the runner, in front of which all others stand. */
static void add_item(struct script_item *items, size_t *count, const char *name, const char *value)
{
    if (*count == ITEMS_MAX)
        return;
    items[*count] = (struct script_item){ .name = name, .value = value };
    if (*count > 0)
        items[*count - 1].next = &items[*count];
    (*count)++;
}

/* Whether a script names a connection that has not the ports of the harness. */
static bool has_other_names(const struct script *script)
{
    for (const struct script_conn *conn = script->conns; conn != NULL; conn = conn->next)
        if (conn->local.address.family != 0 || conn->remote.address.family != 0 ||
            conn->local.port != LOCAL_PORT || conn->remote.port != PEER_PORT)
            return true;
    return false;
}

/* The script on the target, with the addresses and ports of the harness, and the plain clock and
 * number where it says none. NULL: it passes; else why not. */
static const char *carry_out(struct seeding *seeding, const struct cli_case *one,
                             struct fuzz_spy *spy, char *why)
{
    struct script script = *one->script;
    struct script_item items[ITEMS_MAX];
    struct run_variant variant = { .has_iss = !script.own_iss, .has_clock = true };
    struct fuzz_opening plain;
    size_t count = 0;
    fuzz_read_opening(&plain, NULL, 0);
    variant.iss = plain.iss;
    variant.clock_us = plain.clock_us;
    for (const struct script_item *item = script.options; item != NULL; item = item->next)
        add_item(items, &count, item->name, item->value);
    const struct script_item *version = script_option(&script, "ip_version");
    bool v6 = version != NULL && version->value != NULL && strcmp(version->value, "ipv6") == 0;
    add_item(items, &count, "local_ip", v6 ? "2001:db8::1" : "192.0.2.1");
    add_item(items, &count, "remote_ip", v6 ? "2001:db8::2" : "192.0.2.2");
    add_item(items, &count, "bind_port", "40001");
    add_item(items, &count, "connect_port", "8080");
    script.options = items;
    spy->local = world_address(v6 ? 6 : 4, WORLD_A);
    struct run_options options = {
        .case_name = one->name, .profile = seeding->start.profile, .own = one->own,
        .symbol = cli_profile_symbol, .variant = &variant, .peer_port = PEER_PORT,
        .settings = seeding->start.settings, .setting_count = seeding->start.setting_count,
        .policy = cli_target_policy(spy->target),
    };
    if (has_other_names(&script))
        return "it has several connections, or a four-tuple of its own";
    const struct report_result *result =
        run_case(seeding->run, &script, fuzz_spy_on(spy), &options);
    if (result->verdict == REPORT_PASSED)
        return NULL;
    snprintf(why, WHY_MAX, "%s", result->reason == NULL ? "" : result->reason);
    return "it does not pass with the harness's addresses, ports and settings";
}

/* The input is run, and the same must happen. NULL: it does. */
static const char *verify(const struct seeding *seeding, const struct fuzz_spy *spy,
                          const uint8_t *data, size_t size, char *why)
{
    struct fuzz_story story;
    const char *reason = NULL;
    seeding->harness->tell(data, size, &story);
    if (story.record.failed)
        reason = "no memory";
    else if (story.finding.found)
        snprintf(why, WHY_MAX, "it shows an error: %s", story.finding.identity), reason = why;
    else if (!fuzz_trace_same(&spy->record, &story.record, why, WHY_MAX))
        reason = "the input does something else";
    world_record_free(&story.record);
    free(story.text);
    return reason;
}

static void count_reason(struct reasons *reasons, const char *reason)
{
    size_t i = 0;
    while (i < reasons->used && strcmp(reasons->text[i], reason) != 0)
        i++;
    if (i == REASONS_MAX)
        return;
    if (i == reasons->used)
        snprintf(reasons->text[reasons->used++], WHY_MAX, "%s", reason);
    reasons->count[i]++;
}

/* A case or variant name as a file's. */
static bool write_input(const struct seeding *seeding, const char *name, const uint8_t *data,
                        size_t size)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s", seeding->out);
    if (seeding->folder) {
        size_t at = strlen(path);
        snprintf(path + at, sizeof path - at, "/%s", name);
        for (char *c = path + at + 1; *c != '\0'; c++)
            *c = *c == '/' ? '-' : *c;
    }
    FILE *file = fopen(path, "wb");
    bool whole = file != NULL && fwrite(data, 1, size, file) == size;
    if (file != NULL)
        whole = fclose(file) == 0 && whole;
    if (!whole)
        cli_wrong("%s: %s", path, strerror(errno));
    return whole;
}

/* One case; false: it could not be written. */
static bool seed_case(struct seeding *seeding, const struct cli_case *one)
{
    uint8_t data[FUZZ_ENCODED_MAX];
    char why[WHY_MAX] = "";
    size_t size = 0;
    struct fuzz_spy spy = { .target = target_find("core") };
    const char *reason = carry_out(seeding, one, &spy, why);
    if (reason == NULL)
        reason = fuzz_encode(&spy, &seeding->start, data, &size);
    if (reason == NULL)
        reason = verify(seeding, &spy, data, size, why);
    world_record_free(&spy.record);
    if (reason == NULL) {
        seeding->written++;
        return write_input(seeding, one->name, data, size);
    }
    printf("%s: %s%s%s\n", one->name, reason, why[0] == '\0' || reason == why ? "" : ": ",
           reason == why ? "" : why);
    count_reason(&seeding->reasons, reason);
    return true;
}

/* Whether a case is one of those that are asked for. */
static bool is_wanted(const struct seeding *seeding, const char *name)
{
    for (size_t i = 0; i < seeding->name_count; i++)
        if (fnmatch(seeding->names[i], name, 0) == 0)
            return true;
    return seeding->name_count == 0;
}

/* All cases; the exit status. */
static int seed_all(struct seeding *seeding, struct cli_cases *cases)
{
    size_t not = 0;
    bool whole = true;
    for (size_t i = 0; i < cases->count && whole; i++) {
        struct cli_case *one = &cases->list[i];
        if (!is_wanted(seeding, one->name))
            continue;
        cli_case_read(cases, one, NULL, 0);
        if (one->script != NULL)
            whole = seed_case(seeding, one);
        script_free(one->script);
        one->script = NULL;
    }
    for (size_t i = 0; i < seeding->reasons.used; i++) {
        printf("%6zu %s\n", seeding->reasons.count[i], seeding->reasons.text[i]);
        not += seeding->reasons.count[i];
    }
    printf("%zu became inputs of %s, %zu did not\n", seeding->written, seeding->harness->name,
           not);
    return !whole || cli_cases_wrong(cases) ? CLI_WRONG : not > 0 ? CLI_FAILED : CLI_OK;
}

/* Reads the options; cases are moved to the front of argv[1...]. False: said what is wrong. */
static bool read_call(struct seeding *seeding, int argc, char **argv, size_t *count)
{
    const char *value;
    for (int i = 1; i < argc; i++) {
        if ((value = fuzz_call_value("--harness", argc, argv, &i)) != NULL) {
            seeding->harness = fuzz_call_harness(value);
            if (seeding->harness == NULL)
                return cli_wrong("there is no harness %s", value), false;
        } else if ((value = fuzz_call_value("--profile", argc, argv, &i)) != NULL) {
            seeding->start.profile = value;
        } else if ((value = fuzz_call_value("--output", argc, argv, &i)) != NULL ||
                   (value = fuzz_call_value("-o", argc, argv, &i)) != NULL) {
            seeding->out = value;
        } else if (argv[i][0] == '-') {
            return cli_wrong("seed takes no option %s, or a value is missing", argv[i]), false;
        } else {
            argv[++*count] = argv[i];
        }
    }
    if (seeding->harness == NULL || seeding->out == NULL)
        return cli_wrong("seed needs --harness NAME and -o OUT"), false;
    if (strcmp(seeding->harness->name, "endpoint") != 0 &&
        strcmp(seeding->harness->name, "matrix") != 0)
        return cli_wrong("scripts become inputs of endpoint or matrix"), false;
    if (strcmp(seeding->harness->name, "matrix") == 0)
        seeding->start.settings = fuzz_matrix_settings(&seeding->start.setting_count);
    return true;
}

/* Finds the cases: files and folders, or what stands for names in the suite. False: said why. */
static bool find_cases(struct seeding *seeding, struct cli_cases *cases, char **argv, size_t count)
{
    struct stat status;
    size_t files = 0, wanted = 0;
    for (size_t i = 0; i < count; i++)
        files += strcmp(argv[i], "-") == 0 || stat(argv[i], &status) == 0;
    if (files > 0 && files < count)
        return cli_wrong("files and names of the suite do not go together"), false;
    cli_cases_find(cases, argv, files, NULL);
    seeding->names = argv;
    seeding->name_count = count - files;
    for (size_t i = 0; i < cases->count; i++)
        wanted += is_wanted(seeding, cases->list[i].name);
    seeding->folder = stat(seeding->out, &status) == 0 && S_ISDIR(status.st_mode);
    if (wanted == 0)
        return cli_wrong("there is no such case"), false;
    if (wanted > 1 && !cli_folder(seeding->out))
        return false;
    seeding->folder = seeding->folder || wanted > 1;
    return true;
}

int fuzz_seed(int argc, char **argv)
{
    struct seeding seeding = { .start.profile = "rfc9293" };
    struct cli_cases cases = { .count = 0 };
    size_t count = 0;
    int status = CLI_WRONG;
    if (cli_help(argc, argv, help))
        return CLI_OK;
    if (!read_call(&seeding, argc, argv, &count))
        return CLI_WRONG;
    seeding.run = run_open();
    if (seeding.run == NULL)
        cli_wrong("no memory");
    else if (find_cases(&seeding, &cases, argv + 1, count))
        status = seed_all(&seeding, &cases);
    cli_cases_free(&cases);
    run_close(seeding.run);
    return status;
}
