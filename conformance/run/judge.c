/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shows the run to the oracles: rules of the RFCs that judge it beside the script. A rule that is
 * violated fails the case at the next rest, or is named beside the line that failed first.
 */
#include "run/state.h"

#include <errno.h>
#include <string.h>

/* What the profile says before any setting; looked up once, since most cases use the same. */
static void read_profile(struct run *run)
{
    const struct run_options *options = run->options;
    const char *known = options->policy == NULL ? "" : run->profile;
    if (run->profile_known[0] != '\0' && strcmp(run->profile_known, known) == 0)
        return;
    for (int i = 0; i < ORACLE_POLICY_COUNT; i++) {
        uint64_t value;
        bool told = options->policy != NULL &&
                    options->policy(options->policy_context, run->profile,
                                    oracle_policy_name((enum oracle_policy)i), &value);
        run->profile_policy[i] = told ? (int64_t)value : ORACLE_UNKNOWN;
    }
    snprintf(run->profile_known, sizeof run->profile_known, "%s", known);
}

static void set_policy(struct run *run, const char *name, uint64_t value)
{
    enum oracle_policy policy = oracle_policy_find(name);
    if (policy != ORACLE_POLICY_COUNT)
        run->policy[policy] = (int64_t)value;
}

/* Begins to watch, once the target is open. */
void run_judge_begin(struct run *run)
{
    run->watching = run->options->oracles != 0 && run->watch != NULL;
    if (!run->watching)
        return;
    read_profile(run);
    memcpy(run->policy, run->profile_policy, sizeof run->policy);
    for (size_t i = 0; i < run->traits->fact_count; i++) {
        const struct anvil_target_fact *fact = &run->traits->facts[i];
        if (fact->least == fact->most)
            set_policy(run, fact->name, fact->least);
    }
    for (size_t i = 0; i < run->setting_count; i++) /* the target has taken them all */
        set_policy(run, run->settings[i].name, run->settings[i].value);
    run->setting = (struct oracle_setting){
        .start_us = run->start_us, .granularity_us = run->traits->granularity_us,
        .tolerance_us = run->traits->tolerance_us, .real_time = run->traits->real_time,
        .observes = run->traits->observes, .chooses = !run->traits->follows_policy,
        .iss_fixed = run->iss_fixed, .mtu = run->mtu, .local = run->local,
        .policy = run->policy,
    };
    if (run->setting.granularity_us == 0)
        run->setting.granularity_us = 1;
    oracle_begin(run->watch, &run->setting, run->options->oracles);
}

/* A frame of the target that is sound, and stands decoded in run->decoded. */
void run_judge_sent(struct run *run, const struct run_frame *frame)
{
    if (run->watching)
        oracle_sent(run->watch, frame->time_us, &run->decoded);
}

/* A frame that is about to come in. */
void run_judge_arrives(struct run *run, const struct run_frame *frame)
{
    if (run->watching && run_frame_decode(run, frame, &run->decoded))
        oracle_arrived(run->watch, run->now_us, &run->decoded);
}

/* Time is about to pass. */
void run_judge_passes(struct run *run, uint64_t to_us)
{
    if (run->watching)
        oracle_passed(run->watch, run->now_us, to_us);
}

/* The ids of all rules that are violated by now, "O3,O6". */
static const char *violated(struct run *run)
{
    const struct oracle_rule *rule;
    const char *text = NULL;
    for (size_t i = 0; (rule = oracle_rule_at(i)) != NULL; i++)
        if (oracle_verdict_of(run->watch, i) == ORACLE_VIOLATED)
            text = text == NULL ? rule->id : run_text(run, "%s,%s", text, rule->id);
    return text;
}

/* A violation as the result shows it. */
static void tell(struct run *run, const struct oracle_finding *found)
{
    const char *what = run_text(run, "%.6f %s", run_seconds(run, found->time_us), found->sentence);
    run_fail(run, run->event, NULL, NULL, what,
             run_text(run, "%s (%s)", found->rule->rule, found->rule->reference));
    run->result.oracle = violated(run);
}

/* The target tells what it has. */
static void observe_all(struct run *run)
{
    const struct anvil_target_observation *seen;
    oracle_rest(run->watch, run->now_us, run->target->deadline(run->self));
    for (size_t i = 0; run->traits->observes && (seen = run_told(run, i)) != NULL; i++)
        if (!oracle_rest_told(run->watch, seen))
            break;
    oracle_rest_end(run->watch);
}

/* The target is at rest: rules judge what has happened. */
void run_judge_rest(struct run *run)
{
    if (!run->watching || run->ended || !oracle_rest_wanted(run->watch))
        return;
    observe_all(run);
    const struct oracle_finding *found = oracle_found(run->watch);
    if (found != NULL)
        tell(run, found);
}

/* A line has failed: rules have their say about the event in which it did. What a target tells that
 * has died, or does not come to rest, is no evidence. */
static void end_failed(struct run *run)
{
    if (run->result.expected == NULL)
        return;
    bool whole = run_frames_drain(run) && run->target->deadline(run->self) > run->now_us;
    if (whole && oracle_rest_wanted(run->watch))
        observe_all(run);
    run->result.oracle = violated(run);
}

/* The last word, while the target is still open. */
void run_judge_end(struct run *run)
{
    if (!run->watching)
        return;
    run_judge_rest(run);
    if (!run->ended)
        oracle_end(run->watch, run->now_us);
    const struct oracle_finding *found = oracle_found(run->watch);
    if (found != NULL && !run->ended)
        tell(run, found);
    else if (run->result.verdict == REPORT_FAILED)
        end_failed(run);
    run->watching = false;
}

static void name_from(struct wire_address *out, const struct anvil_target_address *from)
{
    memset(out, 0, sizeof *out);
    out->version = from->family;
    memcpy(out->bytes, from->octets, from->family == 4 ? 4 : 16);
}

/* Which connection a connect() or accept() has begun or given; false: none, or it is not told. */
static bool joined_name(struct run *run, const struct anvil_target_call *call,
                        struct oracle_name *name)
{
    struct anvil_target_call ask = { .kind = ANVIL_CALL_SOCKET_NAME, .socket = call->socket };
    bool accepted = call->kind == ANVIL_CALL_ACCEPT && call->result >= 0;
    bool connecting = call->kind == ANVIL_CALL_CONNECT &&
                      (call->result == 0 || call->error == EINPROGRESS);
    if (!accepted && !connecting)
        return false;
    if (accepted)
        ask.socket = (int)call->result;
    run->target->call(run->self, &ask);
    if (ask.result != 0 || ask.address.port == 0 || ask.address.family != call->address.family)
        return false;
    memset(name, 0, sizeof *name);
    name_from(&name->local, &ask.address);
    name_from(&name->remote, &call->address);
    name->local_port = ask.address.port;
    name->remote_port = call->address.port;
    return true;
}

/* Every call of the target goes through here. */
void run_target_call(struct run *run, struct anvil_target_call *call)
{
    struct oracle_name name;
    run->target->call(run->self, call);
    run_untell(run);
    if (!run->watching)
        return;
    bool joined = joined_name(run, call, &name);
    oracle_called(run->watch, run->now_us, call, joined ? &name : NULL);
}
