/* SPDX-License-Identifier: BSD-2-Clause */
/* What in a script the packetdrills of others do not know. */
#include "script/script_print.h"

enum {
    BOTH = SCRIPT_UPSTREAM_GOOGLE | SCRIPT_UPSTREAM_NPLAB,
    PROBLEMS_MAX = 32                  /* different ones; more are not reported, but counted */
};

/* Reported problems are remembered by the address of their text. */
struct check {
    script_problem_fn report;
    void *context;
    const struct script_print_options *options;
    unsigned lacks;
    const char *known[PROBLEMS_MAX];
    size_t known_count;
};

static void note(struct check *check, const struct script_pos *pos, const char *what,
                 unsigned lacks)
{
    size_t i;

    check->lacks |= lacks;
    for (i = 0; i < check->known_count; i++)
        if (check->known[i] == what)
            return;
    if (check->known_count == PROBLEMS_MAX)
        return;
    check->known[check->known_count++] = what;
    if (check->report)
        check->report(check->context, pos, what, lacks);
}

static void check_amount(struct check *check, const struct script_pos *pos,
                         const struct script_amount *amount)
{
    script_symbol_fn lookup = check->options ? check->options->lookup : NULL;
    void *context = check->options ? check->options->context : NULL;
    int64_t us;

    if (amount->term_count > 0 &&
        (!script_amount_resolve(amount, lookup, context, &us, NULL) || us < 0))
        note(check, pos, "symbolic times", BOTH);
}

static void check_option(struct check *check, const struct script_tcp_option *option)
{
    if (option->kind == SCRIPT_OPT_RAW && option->has_length)
        note(check, &option->pos, "an option with a length of its own", BOTH);
    else if (option->kind == SCRIPT_OPT_RAW)
        note(check, &option->pos, "options by number", SCRIPT_UPSTREAM_GOOGLE);
    if (option->kind == SCRIPT_OPT_TIMESTAMPS && (option->ts_val_any || option->ts_ecr_absolute))
        note(check, &option->pos, "TS val ... and ecr N!", SCRIPT_UPSTREAM_GOOGLE);
    if (option->kind == SCRIPT_OPT_FASTOPEN_EXP)
        note(check, &option->pos, "FOEXP", SCRIPT_UPSTREAM_NPLAB);
    if (option->kind == SCRIPT_OPT_MD5 && option->valid)
        note(check, &option->pos, "md5 valid", SCRIPT_UPSTREAM_GOOGLE);
}

static void check_seq(struct check *check, const struct script_pos *pos,
                      const struct script_seq *seq)
{
    if (seq->form == SCRIPT_SEQ_ABSOLUTE)
        note(check, pos, "absolute sequence numbers", SCRIPT_UPSTREAM_GOOGLE);
    if (seq->form == SCRIPT_SEQ_ANY)
        note(check, pos, "any sequence number", SCRIPT_UPSTREAM_GOOGLE);
    if (seq->end < seq->start)
        note(check, pos, "a sequence range that wraps", BOTH);
}

static void check_ip(struct check *check, const struct script_pos *pos,
                     const struct script_ip_info *info)
{
    if (info->tos_check == SCRIPT_TOS_DSCP || info->tos_check == SCRIPT_TOS_DSCP_ECT01)
        note(check, pos, "dscp", SCRIPT_UPSTREAM_GOOGLE);
    if (info->has_ttl && (info->tos_check != SCRIPT_TOS_NONE || info->has_flowlabel))
        note(check, pos, "ttl beside other fields", SCRIPT_UPSTREAM_GOOGLE);
}

/* Notes what of a packet line upstream's runners do not know. */
static void check_packet(struct check *check, const struct script_pos *pos,
                         const struct script_packet *packet)
{
    const struct script_tcp_option *option;
    const struct script_encap *encap;

    check_ip(check, pos, &packet->ip);
    check_seq(check, pos, &packet->seq);
    if (packet->source.address.family != 0 || packet->destination.address.family != 0)
        note(check, pos, "addresses in front of the flags", BOTH);
    if (packet->ack_absolute)
        note(check, pos, "absolute acknowledgment numbers", BOTH);
    if (packet->raw_options || packet->has_diagnostic || packet->has_udp_encap ||
        packet->icmp.has_udp_encap)
        note(check, pos, "raw options, RST diagnostics and UDP encapsulation",
             SCRIPT_UPSTREAM_GOOGLE);
    if (packet->protocol == SCRIPT_OTHER)
        note(check, pos, "protocols other than TCP, UDP and ICMP", SCRIPT_UPSTREAM_GOOGLE);
    for (encap = packet->encap; encap; encap = encap->next)
        if (encap->kind == SCRIPT_ENCAP_OTHER)
            note(check, pos, "encapsulation in gre, mpls or psp", SCRIPT_UPSTREAM_NPLAB);
    for (option = packet->options; option; option = option->next)
        check_option(check, option);
}

/* Notes what of an event upstream's runners do not know. */
static void check_event(struct check *check, const struct script_event *event)
{
    if (event->may)
        return; /* a comment to them, and no line depends on it */
    check_amount(check, &event->pos, &event->time.start);
    check_amount(check, &event->pos, &event->time.end);
    check_amount(check, &event->pos, &event->time.block_end);
    if (event->conn)
        note(check, &event->pos, "several connections (on)", BOTH);
    switch (event->kind) {
    case SCRIPT_EVENT_PACKET:
        check_packet(check, &event->pos, event->packet);
        break;
    case SCRIPT_EVENT_CALL:
    case SCRIPT_EVENT_COMMAND:
    case SCRIPT_EVENT_CODE:
        break;
    case SCRIPT_EVENT_FRAME:
        note(check, &event->pos, "frame", BOTH);
        break;
    case SCRIPT_EVENT_STEP:
        note(check, &event->pos, "step", BOTH);
        break;
    case SCRIPT_EVENT_QUIET:
        note(check, &event->pos, "quiet", BOTH);
        break;
    }
}

unsigned script_upstream(const struct script *script, const struct script_print_options *options,
                         script_problem_fn report, void *context)
{
    struct check check = { .report = report, .context = context, .options = options };
    struct script_pos top = { script->file, 1, 1 };
    const struct script_event *event;

    if (script->has_iss)
        note(&check, &top, "iss", BOTH);
    if (script->has_irs)
        note(&check, &top, "irs", BOTH);
    if (script->has_clock)
        note(&check, &top, "clock", BOTH);
    if (script->policies)
        note(&check, &script->policies->pos, "policy", BOTH);
    if (script->prefers)
        note(&check, &script->prefers->pos, "prefer", BOTH);
    if (script->conns)
        note(&check, &script->conns->pos, "conn", BOTH);
    if (script->undefined)
        note(&check, &script->undefined->pos, "names without a value", BOTH);
    for (event = script->events; event; event = event->next)
        check_event(&check, event);
    return BOTH & ~check.lacks;
}
