/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds and reads scripts. */
#define _XOPEN_SOURCE 700
#include "cli/cases.h"

#include "cli/check.h"
#include "cli/cli.h"
#include "world/scenario.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_SIZE = 4096, DEPTH_MAX = 32, ERROR_SIZE = 2048, READ_STEP = 65536 };

static bool ends_in_pkt(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && strcmp(name + length - 4, ".pkt") == 0;
}

/* Does `path` lie in the built-in suite? */
static bool is_own(const struct cli_cases *cases, const char *path)
{
    char real_path[PATH_MAX], real_suite[PATH_MAX];
    if (cases->suite[0] == '\0' || realpath(path, real_path) == NULL ||
        realpath(cases->suite, real_suite) == NULL)
        return false;
    size_t length = strlen(real_suite);
    return strncmp(real_path, real_suite, length) == 0 && real_path[length] == '/';
}

/* Adds a case; its name loses its ending. NULL: no memory. */
static struct cli_case *add(struct cli_cases *cases, const char *path, const char *name, bool own)
{
    if (cases->count == cases->capacity) {
        size_t wanted = cases->capacity * 2 + 64;
        struct cli_case *grown = realloc(cases->list, wanted * sizeof *grown);
        if (grown == NULL) {
            cases->wrong = true;
            return NULL;
        }
        cases->list = grown;
        cases->capacity = wanted;
    }
    struct cli_case *one = &cases->list[cases->count];
    memset(one, 0, sizeof *one);
    one->path = path == NULL ? NULL : strdup(path);
    one->name = strdup(name);
    one->own = own;
    if (one->name == NULL)
        return NULL;
    if (ends_in_pkt(one->name))
        one->name[strlen(one->name) - 4] = '\0';
    cases->count++;
    return one;
}

/* Adds the generated cases. */
static void add_matrix(struct cli_cases *cases)
{
    char name[MATRIX_NAME_MAX];
    cases->matrix = matrix_open();
    size_t count = cases->matrix == NULL ? 0 : matrix_count(cases->matrix);
    cases->wrong = cases->wrong || count == 0;
    for (size_t i = 0; i < count; i++) {
        matrix_name(cases->matrix, i, name, sizeof name);
        struct cli_case *one = add(cases, NULL, name, true);
        if (one == NULL)
            return;
        one->generated = true;
        one->index = i;
    }
}

/* Adds the named worlds. */
static void add_worlds(struct cli_cases *cases)
{
    const struct world_scenario *scenario;
    for (size_t i = 0; (scenario = world_scenario_at(i)) != NULL; i++) {
        struct cli_case *one = add(cases, NULL, scenario->name, true);
        if (one == NULL)
            return;
        one->scenario = scenario;
    }
}

enum entry_kind { ENTRY_OTHER, ENTRY_SCRIPT, ENTRY_FOLDER };

/* What lies at `path`. A link counts as what it points to, unless that is a folder: a search that
 * followed those might not end, or find a case twice. */
static enum entry_kind entry_kind(const char *path)
{
    struct stat status, behind;
    if (lstat(path, &status) != 0)
        return ENTRY_OTHER;
    if (S_ISDIR(status.st_mode))
        return ENTRY_FOLDER;
    if (S_ISLNK(status.st_mode) && (stat(path, &behind) != 0 || S_ISDIR(behind.st_mode)))
        return ENTRY_OTHER;
    return ends_in_pkt(path) ? ENTRY_SCRIPT : ENTRY_OTHER;
}

/* Adds all scripts below a folder. `prefix` is the part of the path that names leave out. */
static void search(struct cli_cases *cases, const char *folder, size_t prefix, bool own, int depth)
{
    DIR *dir = depth > DEPTH_MAX ? NULL : opendir(folder);
    if (dir == NULL) {
        cases->wrong = true;
        cli_wrong("%s: %s", folder, depth > DEPTH_MAX ? "too many folders inside each other"
                                                      : strerror(errno));
        return;
    }
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        char path[PATH_SIZE];
        int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.' || length < 0 || (size_t)length >= sizeof path)
            continue;
        enum entry_kind kind = entry_kind(path);
        if (kind == ENTRY_FOLDER && strcmp(entry->d_name, "given") != 0)
            search(cases, path, prefix, own, depth + 1);
        else if (kind == ENTRY_SCRIPT)
            add(cases, path, path + prefix, own);
    }
    closedir(dir);
}

/* A single script is named by its folder and itself. */
static const char *short_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    while (slash != NULL && slash > path && slash[-1] != '/')
        slash--;
    return slash == NULL ? path : slash[0] == '/' ? slash + 1 : slash;
}

/* Adds what one PATH of the call stands for. */
static void find_one(struct cli_cases *cases, const char *path)
{
    struct stat status;
    if (strcmp(path, "-") == 0) {
        add(cases, NULL, "stdin", false);
        return;
    }
    if (stat(path, &status) != 0) {
        cases->wrong = true;
        cli_wrong("%s: %s", path, strerror(errno));
        return;
    }
    if (!S_ISDIR(status.st_mode)) {
        add(cases, path, short_name(path), is_own(cases, path));
        return;
    }
    char folder[PATH_SIZE];
    size_t before = cases->count;
    snprintf(folder, sizeof folder, "%s", path);
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        folder[--length] = '\0';
    char inside[PATH_SIZE + 2];
    snprintf(inside, sizeof inside, "%s/.", folder);
    bool own = is_own(cases, inside) || strcmp(folder, cases->suite) == 0;
    search(cases, folder, length + 1, own, 0);
    if (cases->count == before) {
        cases->wrong = true;
        cli_wrong("%s: there are no scripts (.pkt) in this folder", path);
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct cli_case *)a)->name, ((const struct cli_case *)b)->name);
}

static void free_case(struct cli_case *one)
{
    script_free(one->script);
    free(one->name);
    free(one->path);
    free(one->problem);
}

static void keep_matching(struct cli_cases *cases, const char *filter)
{
    size_t kept = 0;
    for (size_t i = 0; i < cases->count; i++) {
        if (fnmatch(filter, cases->list[i].name, 0) == 0)
            cases->list[kept++] = cases->list[i];
        else
            free_case(&cases->list[i]);
    }
    if (kept == 0 && cases->count > 0) {
        cases->wrong = true;
        cli_wrong("no case matches --filter %s", filter);
    }
    cases->count = kept;
}

/* Finds, drops what does not match, and sorts. */
static void find_cases(struct cli_cases *cases, char *const *paths, size_t count,
                       const char *filter, bool worlds)
{
    memset(cases, 0, sizeof *cases);
    cli_suite_folder(cases->suite, sizeof cases->suite);
    if (count == 0 && cases->suite[0] == '\0') {
        cases->wrong = true;
        cli_wrong("the built-in suite was not found");
    }
    if (count == 0 && cases->suite[0] != '\0')
        find_one(cases, cases->suite);
    if (count == 0)
        add_matrix(cases);
    if (count == 0 && worlds)
        add_worlds(cases);
    for (size_t i = 0; i < count; i++)
        find_one(cases, paths[i]);
    if (cases->count > 0)
        qsort(cases->list, cases->count, sizeof *cases->list, by_name);
    if (filter != NULL)
        keep_matching(cases, filter);
}

void cli_cases_find(struct cli_cases *cases, char *const *paths, size_t count,
                    const char *filter)
{
    find_cases(cases, paths, count, filter, false);
}

void cli_cases_find_all(struct cli_cases *cases, char *const *paths, size_t count,
                        const char *filter)
{
    find_cases(cases, paths, count, filter, true);
}

/* Standard input to its end; NULL: no memory. */
static char *read_input(size_t *length)
{
    char *bytes = NULL;
    size_t capacity = 0;
    *length = 0;
    for (;;) {
        if (capacity - *length < READ_STEP) {
            capacity = capacity * 2 + READ_STEP;
            char *grown = realloc(bytes, capacity);
            if (grown == NULL) {
                free(bytes);
                return NULL;
            }
            bytes = grown;
        }
        size_t got = fread(bytes + *length, 1, capacity - *length, stdin);
        *length += got;
        if (got == 0)
            return bytes;
    }
}

static struct script *parse(const struct cli_cases *cases, const struct cli_case *one,
                            const struct script_parse_options *options, struct script_error *error)
{
    size_t length;
    if (one->generated) {
        char lines[MATRIX_TEXT_MAX];
        length = matrix_text(cases->matrix, one->index, lines, sizeof lines);
        return script_parse_text(one->name, lines, length, options, error);
    }
    if (one->path != NULL)
        return script_parse_file(one->path, options, error);
    char *text = read_input(&length);
    if (text == NULL) {
        snprintf(error->message, sizeof error->message, "no memory");
        return NULL;
    }
    struct script *script = script_parse_text("<stdin>", text, length, options, error);
    free(text);
    return script;
}

const char *cli_case_file(const struct cli_case *one)
{
    if (one->generated || one->scenario != NULL)
        return one->name;
    return one->path == NULL ? "<stdin>" : one->path;
}

void cli_case_wrong(struct cli_case *one, const struct script_error *error)
{
    char text[ERROR_SIZE];
    script_error_format(error, text, sizeof text);
    fputs(text, stderr);
    free(one->problem);
    one->problem = strdup(error->message);
    one->problem_line = error->line;
}

void cli_case_read(const struct cli_cases *cases, struct cli_case *one,
                   const struct script_define *defines, size_t define_count)
{
    char given[sizeof cases->suite + 8];
    struct script_error error;
    if (one->scenario != NULL)
        return;
    struct cli_check check = { .requirements = cases->requirements, .own = one->own };
    struct script_parse_options options = { .defines = defines, .define_count = define_count,
                                            .check = cli_check_item, .check_context = &check };
    memset(&error, 0, sizeof error);
    snprintf(given, sizeof given, "%s/given", cases->suite);
    if (cases->suite[0] != '\0')
        options.given_path = given;
    one->script = parse(cases, one, &options, &error);
    if (one->script == NULL)
        cli_case_wrong(one, &error);
}

bool cli_cases_wrong(const struct cli_cases *cases)
{
    for (size_t i = 0; i < cases->count; i++)
        if (cases->list[i].problem != NULL)
            return true;
    return cases->wrong;
}

void cli_cases_free(struct cli_cases *cases)
{
    for (size_t i = 0; i < cases->count; i++)
        free_case(&cases->list[i]);
    free(cases->list);
    matrix_close(cases->matrix);
    memset(cases, 0, sizeof *cases);
}
