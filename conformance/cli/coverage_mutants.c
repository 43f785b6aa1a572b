/* SPDX-License-Identifier: BSD-2-Clause */
/* Mutants, and what killed them: by area, and in full. */
#include "cli/coverage.h"

#include "world/scenario.h"

#include <string.h>

enum { INDENT = 4 };

static size_t area_length(const char *name)
{
    return strcspn(name, "/");
}

static bool same_area(const struct cli_mutant *a, const struct cli_mutant *b)
{
    size_t length = area_length(a->name);
    return length == area_length(b->name) && strncmp(a->name, b->name, length) == 0;
}

void cli_coverage_areas(const struct cli_coverage *coverage, struct report_buffer *out)
{
    const struct cli_mutants *mutants = &coverage->mutants;
    size_t killed = 0, all_killed = 0, first = 0;
    if (!mutants->has_kills)
        report_buffer_text(out, "No table of kills (mutants/kills.csv) is there: nothing is "
                                "proven by a mutant.\n");
    if (mutants->count == 0)
        return;
    report_buffer_format(out, "%-24s%8s  %s\n", "mutants", "written", "killed for what they break");
    for (size_t i = 0; i < mutants->count; i++) {
        killed += cli_mutant_is_killed(coverage, &mutants->list[i]);
        if (i + 1 < mutants->count && same_area(&mutants->list[i], &mutants->list[i + 1]))
            continue;
        report_buffer_format(out, "%-24.*s%8zu%8zu\n", (int)area_length(mutants->list[i].name),
                             mutants->list[i].name, i + 1 - first, killed);
        all_killed += killed;
        killed = 0;
        first = i + 1;
    }
    report_buffer_format(out, "%-24s%8zu%8zu\n\n", "all", mutants->count, all_killed);
}

/* One mutant: what it does wrong, and for each id the case that shows it. */
static void add_mutant(const struct cli_coverage *coverage, struct report_buffer *out,
                       const struct cli_mutant *mutant)
{
    report_buffer_format(out, "%s\n", mutant->name);
    if (mutant->sentence != NULL) {
        report_buffer_fill(out, ' ', INDENT);
        report_add_paragraph(out, INDENT, mutant->sentence);
    }
    if (!cli_mutant_is_killed(coverage, mutant))
        report_buffer_format(out, "    breaks %s: not killed for it\n",
                             mutant->breaks == NULL ? "?" : mutant->breaks);
    for (size_t i = 0; i < coverage->mutants.kill_count; i++) {
        const struct cli_kill *kill = &coverage->mutants.kills[i];
        if (strcmp(kill->mutant, mutant->name) == 0)
            report_buffer_format(out, "    %-22s %s\n", kill->requirement, kill->case_name);
    }
}

void cli_coverage_mutants(const struct cli_coverage *coverage, struct report_buffer *out)
{
    for (size_t i = 0; i < coverage->mutants.count; i++)
        add_mutant(coverage, out, &coverage->mutants.list[i]);
    report_buffer_text(out, "\n");
    cli_coverage_areas(coverage, out);
}

/* The case that killed the mutant for this requirement, or at all if it recreates this bug; NULL:
 * none. */
const char *cli_killer(const struct cli_coverage *coverage, const struct cli_mutant *mutant,
                       const char *id)
{
    bool recreates = cli_mutant_recreates(mutant, id);
    for (size_t i = 0; i < coverage->mutants.kill_count; i++) {
        const struct cli_kill *kill = &coverage->mutants.kills[i];
        if (strcmp(kill->mutant, mutant->name) == 0 && kill->case_name[0] != '\0' &&
            (recreates || strcmp(kill->requirement, id) == 0))
            return kill->case_name;
    }
    return NULL;
}

bool cli_mutant_concerns(const struct cli_coverage *coverage, const struct cli_mutant *mutant,
                         const char *id)
{
    return cli_mutant_breaks(mutant, id) || cli_mutant_recreates(mutant, id) ||
           cli_killer(coverage, mutant, id) != NULL;
}

static void add_line(struct report_buffer *out, const char *label, const char *text)
{
    report_buffer_format(out, "  %-11s ", label);
    report_add_paragraph(out, 14, text);
}

/* One case: its name and its sentence. Standard input is read only once. */
static void add_case(const struct cli_coverage *coverage, struct report_buffer *out,
                     struct cli_case *one)
{
    report_buffer_format(out, "    %s\n", one->name);
    if (one->path == NULL && !one->own)
        return;
    if (one->scenario != NULL) {
        report_buffer_fill(out, ' ', 2 * INDENT);
        report_add_paragraph(out, 2 * INDENT, one->scenario->sentence);
        return;
    }
    cli_case_read(coverage->cases, one, NULL, 0);
    if (one->script == NULL)
        return;
    report_buffer_fill(out, ' ', 2 * INDENT);
    report_add_paragraph(out, 2 * INDENT, one->script->sentence);
    script_free(one->script);
    one->script = NULL;
}

/* Up to its second slash: "matrix/established". */
static size_t state_length(const char *name)
{
    const char *slash = strchr(name, '/');
    return slash == NULL ? strlen(name) : (size_t)(slash - name) + 1 + strcspn(slash + 1, "/");
}

/* How many cases from `first` on are of the same state of the generated matrix; 1 for a script. */
static size_t alike(const struct cli_coverage *coverage, const struct cli_cover *cover,
                    size_t first)
{
    const char *name = coverage->cases->list[cover->cases[first]].name;
    size_t count = 1, length = state_length(name);
    while (strncmp(name, "matrix/", 7) == 0 && first + count < cover->case_count &&
           strncmp(coverage->cases->list[cover->cases[first + count]].name, name, length) == 0)
        count++;
    return count;
}

/* The cases of a requirement; of the generated ones, which are many, how many a state. */
static void add_cases(const struct cli_coverage *coverage, struct report_buffer *out,
                      const struct cli_cover *cover)
{
    size_t count;
    for (size_t i = 0; i < cover->case_count; i += count) {
        struct cli_case *one = &coverage->cases->list[cover->cases[i]];
        count = alike(coverage, cover, i);
        if (count > 1)
            report_buffer_format(out, "    %.*s/*: %zu cases\n", (int)state_length(one->name),
                                 one->name, count);
        else
            add_case(coverage, out, one);
    }
}

void cli_coverage_one(const struct cli_coverage *coverage, const struct cli_requirement *one,
                      struct report_buffer *out)
{
    const struct cli_cover *cover = cli_cover_of(coverage, one);
    report_buffer_format(out, "%s%s%s  %s%s%s\n", one->id, one->rfc[0] == '\0' ? "" : "  RFC ",
                         one->rfc, one->section, one->section[0] == '\0' ? "" : "  ", one->level);
    add_line(out, "summary", one->summary);
    add_line(out, "observed by", one->observed_by);
    report_buffer_format(out, "  %zu cases\n", cover->case_count);
    add_cases(coverage, out, cover);
    report_buffer_format(out, "  %zu mutants violate it%s\n", cover->mutant_count,
                         cover->proven ? "" : "; none proves it");
    for (size_t i = 0; i < coverage->mutants.count; i++) {
        const struct cli_mutant *mutant = &coverage->mutants.list[i];
        const char *killer = cli_killer(coverage, mutant, one->id);
        if (!cli_mutant_concerns(coverage, mutant, one->id))
            continue;
        report_buffer_format(out, "    %s%s%s\n", mutant->name,
                             killer == NULL ? "" : "  killed by ", killer == NULL ? "" : killer);
        report_buffer_fill(out, ' ', 2 * INDENT);
        report_add_paragraph(out, 2 * INDENT, mutant->sentence == NULL ? "" : mutant->sentence);
    }
}
