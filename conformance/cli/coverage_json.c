/* SPDX-License-Identifier: BSD-2-Clause */
/* Coverage as JSON lines: conformance/report/tcpanvil-coverage.schema.json describes them. */
#include "cli/coverage.h"

#include <string.h>

static void add_text(struct report_buffer *out, const char *key, const char *value)
{
    report_buffer_format(out, ",\"%s\":", key);
    report_add_json(out, value);
}

static const char *observed_name(enum cli_observed observed)
{
    switch (observed) {
    case CLI_OBSERVED_BY_CASES: return "cases";
    case CLI_OBSERVED_BY_UNIT_TEST: return "unit-test";
    case CLI_NOT_TESTABLE: return "not-testable";
    case CLI_NOT_BUILT: return "not-built";
    }
    return NULL;
}

static void add_cases(const struct cli_coverage *coverage, struct report_buffer *out,
                      const struct cli_cover *cover)
{
    report_buffer_text(out, ",\"cases\":[");
    for (size_t i = 0; i < cover->case_count; i++) {
        report_buffer_text(out, i == 0 ? "" : ",");
        report_add_json(out, coverage->cases->list[cover->cases[i]].name);
    }
    report_buffer_text(out, "]");
}

/* The mutants that violate a requirement, each with the case that killed it for that. */
static void add_mutants(const struct cli_coverage *coverage, struct report_buffer *out,
                        const char *id)
{
    const char *separator = "";
    report_buffer_text(out, ",\"mutants\":[");
    for (size_t i = 0; i < coverage->mutants.count; i++) {
        const struct cli_mutant *mutant = &coverage->mutants.list[i];
        if (!cli_mutant_concerns(coverage, mutant, id))
            continue;
        report_buffer_format(out, "%s{\"mutant\":", separator);
        report_add_json(out, mutant->name);
        add_text(out, "killed_by", cli_killer(coverage, mutant, id));
        report_buffer_text(out, "}");
        separator = ",";
    }
    report_buffer_text(out, "]");
}

static void add_requirement(const struct cli_coverage *coverage, struct report_buffer *out,
                            const struct cli_requirement *one)
{
    const struct cli_cover *cover = cli_cover_of(coverage, one);
    report_buffer_text(out, "{\"schema\":1,\"kind\":\"requirement\"");
    add_text(out, "id", one->id);
    add_text(out, "rfc", one->rfc);
    add_text(out, "section", one->section);
    add_text(out, "level", one->level);
    add_text(out, "summary", one->summary);
    add_text(out, "observed", observed_name(one->observed));
    add_text(out, "observed_by", one->observed_by);
    add_cases(coverage, out, cover);
    add_mutants(coverage, out, one->id);
    report_buffer_format(out, ",\"proven\":%s}\n", cover->proven ? "true" : "false");
}

static void add_cell(const struct cli_coverage *coverage, struct report_buffer *out, size_t state,
                     size_t event)
{
    report_buffer_text(out, "{\"schema\":1,\"kind\":\"cell\"");
    add_text(out, "state", cli_state_name(state));
    add_text(out, "event", run_met_name((enum run_met)event));
    report_buffer_format(out, ",\"count\":%zu}\n", coverage->met[state][event]);
}

static void add_mutant(const struct cli_coverage *coverage, struct report_buffer *out,
                       const struct cli_mutant *mutant)
{
    report_buffer_text(out, "{\"schema\":1,\"kind\":\"mutant\"");
    add_text(out, "mutant", mutant->name);
    add_text(out, "sentence", mutant->sentence);
    add_text(out, "breaks", mutant->breaks);
    report_buffer_format(out, ",\"killed\":%s}\n",
                         cli_mutant_is_killed(coverage, mutant) ? "true" : "false");
}

void cli_coverage_json(const struct cli_coverage *coverage, struct report_buffer *out)
{
    for (size_t i = 0; i < coverage->table->count; i++)
        add_requirement(coverage, out, coverage->in_order[i]);
    for (size_t state = 0; state < ANVIL_STATE_UNKNOWN; state++)
        for (size_t event = 0; event < RUN_MET_COUNT; event++)
            add_cell(coverage, out, state, event);
    for (size_t i = 0; i < coverage->mutants.count; i++)
        add_mutant(coverage, out, &coverage->mutants.list[i]);
}
