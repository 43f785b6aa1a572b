/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts what was reached. */
#include "fuzz/reached.h"

#include "oracle/oracle.h"

#include <stdint.h>

struct reached {
    bool any;
    uint64_t count[FUZZ_STATES][FUZZ_CLASSES][FUZZ_STATES];
};

/* All inputs of a program together: an engine gives a harness no place to keep it. */
static struct reached reached;

const char *fuzz_class_name(enum fuzz_class event)
{
    static const char *const names[] = { "SYN", "SYN,ACK", "RST", "FIN", "ACK", "text", "other",
                                         "open", "accept", "send", "receive", "shutdown", "close",
                                         "option", "timer", "time" };
    return names[event];
}

void fuzz_reach(enum anvil_target_state from, enum fuzz_class event, enum anvil_target_state to)
{
    if (from >= ANVIL_STATE_UNKNOWN || to >= ANVIL_STATE_UNKNOWN)
        return;
    reached.any = true;
    reached.count[from][event][to]++;
    fuzz_cell(((unsigned)from * FUZZ_CLASSES + (unsigned)event) * FUZZ_STATES + (unsigned)to);
}

/* One row: how often each event came in a state, and how many other states it led to. */
static bool print_row(FILE *out, unsigned from, unsigned *transitions)
{
    bool seen = false;
    fprintf(out, "%-12s", oracle_state_name((enum anvil_target_state)from));
    for (unsigned event = 0; event < FUZZ_CLASSES; event++) {
        unsigned led = 0, came = 0;
        for (unsigned to = 0; to < FUZZ_STATES; to++) {
            came += reached.count[from][event][to] > 0;
            led += to != from && reached.count[from][event][to] > 0;
        }
        seen = seen || came > 0;
        *transitions += led;
        if (came == 0)
            fprintf(out, " %8s", "-");
        else
            fprintf(out, " %8u", led);
    }
    fputc('\n', out);
    return seen;
}

void fuzz_reached_print(FILE *out)
{
    unsigned transitions = 0, states = 0;
    if (!reached.any)
        return;
    fprintf(out, "%-12s", "");
    for (unsigned event = 0; event < FUZZ_CLASSES; event++)
        fprintf(out, " %8s", fuzz_class_name((enum fuzz_class)event));
    fputs("\n", out);
    for (unsigned from = 0; from < FUZZ_STATES; from++)
        states += print_row(out, from, &transitions);
    fputs("(- the event never came in that state; else: so many other states it led to)\n", out);
    fprintf(out, "states reached: %u of %d; transitions reached: %u\n", states, FUZZ_STATES,
            transitions);
}
