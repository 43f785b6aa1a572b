/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts what was reached. */
#include "fuzz/reached.h"

#include "oracle/oracle.h"

#include <inttypes.h>

struct reached {
    bool any;
    size_t cells;
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
    reached.cells += reached.count[from][event][to] == 0;
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

/* The cell after this one, in the order that cells have. */
static bool next_cell(unsigned *from, unsigned *event, unsigned *to)
{
    if (++*to < FUZZ_STATES)
        return true;
    *to = 0;
    if (++*event < FUZZ_CLASSES)
        return true;
    *event = 0;
    return ++*from < FUZZ_STATES;
}

/* Whether a transition of the standard was reached. */
static bool is_reached(const struct fuzz_legal *legal)
{
    unsigned from = 0, event = 0, to = 0;
    do {
        if ((legal->from >> from & 1u) != 0 && (legal->by >> event & 1u) != 0 &&
            (legal->to >> to & 1u) != 0 && from != to && reached.count[from][event][to] > 0)
            return true;
    } while (next_cell(&from, &event, &to));
    return false;
}

void fuzz_reached_forget(void)
{
    reached = (struct reached){ .any = false };
}

/* A name in lower case, with "-" for what a file name does not have. */
static void put_name(FILE *out, const char *name)
{
    for (; *name != '\0'; name++)
        fputc(*name == ',' ? '-' : *name >= 'A' && *name <= 'Z' ? *name - 'A' + 'a' : *name, out);
}

void fuzz_reached_names(FILE *out)
{
    unsigned from = 0, event = 0, to = 0;
    do {
        if (reached.count[from][event][to] == 0)
            continue;
        fputc(' ', out);
        put_name(out, oracle_state_name((enum anvil_target_state)from));
        fputc('.', out);
        put_name(out, fuzz_class_name((enum fuzz_class)event));
        fputc('.', out);
        put_name(out, oracle_state_name((enum anvil_target_state)to));
    } while (next_cell(&from, &event, &to));
}

size_t fuzz_reached_cells(void)
{
    return reached.cells;
}

bool fuzz_reached_all(void)
{
    const struct fuzz_legal *legal;
    for (size_t i = 0; (legal = fuzz_legal_at(i)) != NULL; i++)
        if (!is_reached(legal))
            return false;
    return true;
}

/* How many transitions of the standard were reached; names the others. */
static size_t print_missed(FILE *out)
{
    size_t count = 0;
    const struct fuzz_legal *legal;
    for (size_t i = 0; (legal = fuzz_legal_at(i)) != NULL; i++) {
        if (is_reached(legal))
            count++;
        else
            fprintf(out, "not reached: %s\n", legal->name);
    }
    return count;
}

/* Events that happened, the scenes' among them. */
static uint64_t count_events(void)
{
    const uint64_t *counts = &reached.count[0][0][0];
    uint64_t events = 0;
    for (size_t i = 0; i < FUZZ_STATES * FUZZ_CLASSES * FUZZ_STATES; i++)
        events += counts[i];
    return events;
}

void fuzz_reached_print(FILE *out)
{
    unsigned transitions = 0, states = 0;
    size_t all = 0;
    if (!reached.any)
        return;
    fprintf(out, "%-12s", "");
    for (unsigned event = 0; event < FUZZ_CLASSES; event++)
        fprintf(out, " %8s", fuzz_class_name((enum fuzz_class)event));
    fputs("\n", out);
    for (unsigned from = 0; from < FUZZ_STATES; from++)
        states += print_row(out, from, &transitions);
    fputs("(- the event never came in that state; else: so many other states it led to)\n", out);
    while (fuzz_legal_at(all) != NULL)
        all++;
    size_t legal = print_missed(out);
    fprintf(out, "states reached: %u of %d; transitions reached: %zu of %zu of RFC 9293, %u in "
            "all; events: %" PRIu64 "\n", states, FUZZ_STATES, legal, all, transitions,
            count_events());
}
