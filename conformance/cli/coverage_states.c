/* SPDX-License-Identifier: BSD-2-Clause */
/* States by events: in how many cases the core met such an event in such a state. */
#include "cli/coverage.h"

#include <string.h>

enum { NAME_WIDTH = 12, CELL_WIDTH = 9, SMALL_CELL_WIDTH = 7 };

static const char *const states[ANVIL_STATE_UNKNOWN] = {
    "CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2",
    "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT",
};

const char *cli_state_name(size_t state)
{
    return states[state];
}

/* The name of an event; the first of two flags is cut ("S+ACK") where both would fill the width. */
static void add_name(struct report_buffer *out, const char *name, int width)
{
    if (strlen(name) >= (size_t)width && strchr(name, '+') != NULL)
        report_buffer_format(out, "%*c%s", width - (int)strlen(strchr(name, '+')), *name,
                             strchr(name, '+'));
    else
        report_buffer_format(out, "%*s", width, name);
}

/* One table: the events from `first` to before `end`. */
static void add_table(const struct cli_coverage *coverage, struct report_buffer *out,
                      const char *title, size_t first, size_t end)
{
    int width = end - first > 10 ? SMALL_CELL_WIDTH : CELL_WIDTH;
    report_buffer_format(out, "%-*s", NAME_WIDTH, title);
    for (size_t event = first; event < end; event++)
        add_name(out, run_met_name((enum run_met)event), width);
    report_buffer_text(out, "\n");
    for (size_t state = 0; state < ANVIL_STATE_UNKNOWN; state++) {
        report_buffer_format(out, "%-*s", NAME_WIDTH, states[state]);
        for (size_t event = first; event < end; event++)
            report_buffer_format(out, "%*zu", width, coverage->met[state][event]);
        report_buffer_text(out, "\n");
    }
    report_buffer_text(out, "\n");
}

/* How many of the cells of segments some case fills. */
static size_t filled(const struct cli_coverage *coverage)
{
    size_t count = 0;
    for (size_t state = 0; state < ANVIL_STATE_UNKNOWN; state++)
        for (size_t event = 0; event < RUN_MET_ICMP; event++)
            count += coverage->met[state][event] > 0;
    return count;
}

void cli_coverage_states(const struct cli_coverage *coverage, struct report_buffer *out)
{
    report_buffer_format(out, "cases in which a segment met a state: %zu of %d cells are filled\n",
                         filled(coverage), (int)ANVIL_STATE_UNKNOWN * (int)RUN_MET_ICMP);
    add_table(coverage, out, "segments", 0, RUN_MET_ICMP);
    report_buffer_text(out, "cases in which anything else met a state\n");
    add_table(coverage, out, "calls, time", RUN_MET_ICMP, RUN_MET_COUNT);
}
