/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands in backticks. They are never executed: what real suites use is mapped to settings of the
 * target, to assertions and to calls; all else makes the case skipped, by name.
 *
 * A command text may hold several commands, one a line or separated by ";" or "&&".
 */
#include "run/state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { COMMAND_MAX = 512, NAME_MAX_SHOWN = 60 };

struct command {
    char text[COMMAND_MAX];
    char *words[32];
    int count;
    bool piped;
};

/* Splits at white space, and drops what redirects output. Quotes hold words together. */
static void split(struct command *command)
{
    char *at = command->text;
    command->count = 0;
    while (command->count < 31) {
        at += strspn(at, " \t\r\n");
        if (*at == '\0')
            break;
        char *word = at;
        char *out = at;
        char quote = '\0';
        for (; *at != '\0' && (quote != '\0' || strchr(" \t\r\n", *at) == NULL); at++) {
            if (quote == '\0' && (*at == '"' || *at == '\''))
                quote = *at;
            else if (quote != '\0' && *at == quote)
                quote = '\0';
            else
                *out++ = *at;
        }
        bool more = *at != '\0';
        *out = '\0';
        at += more;
        if (strncmp(word, "2>", 2) != 0 && strncmp(word, ">", 1) != 0 &&
            strcmp(word, "/dev/null") != 0)
            command->words[command->count++] = word;
    }
}

/* The next single command of a text; false at the end. `*at` moves behind it. */
static bool next_command(const char **at, struct command *command)
{
    const char *start = *at;
    start += strspn(start, " \t\r\n;&\\");
    if (*start == '\0')
        return false;
    size_t length = strcspn(start, "\n;");
    while (length > 0 && start[length] == '\n' && start[length - 1] == '\\')
        length += 1 + strcspn(start + length + 1, "\n;"); /* goes on on the next line */
    const char *both = strstr(start, "&&");
    if (both != NULL && (size_t)(both - start) < length)
        length = (size_t)(both - start);
    *at = start + length;
    if (length >= COMMAND_MAX)
        length = COMMAND_MAX - 1;
    for (size_t i = 0; i < length; i++)
        command->text[i] = start[i] == '\\' && start[i + 1] == '\n' ? ' ' : start[i];
    command->text[length] = '\0';
    command->piped = strchr(command->text, '|') != NULL;
    split(command);
    return true;
}

/* Is the file name `word` the program `name`, whatever folder it is in? */
static bool is_program(const char *word, const char *name)
{
    const char *slash = strrchr(word, '/');
    return strcmp(slash == NULL ? word : slash + 1, name) == 0;
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static bool is_setting(const struct command *command)
{
    return is_program(command->words[0], "sysctl") ||
           is_program(command->words[0], "set_sysctls.py") ||
           is_program(command->words[0], "defaults.sh");
}

/* What google's defaults.sh sets, where it is not the default anyway: buffers of 540,000 and
 * 262,144 octets, of at most 15 MB, which makes the window scale 8. */
static enum run_command default_settings(struct run *run, char *why, size_t size)
{
    static const char *const lines[] = { "net.ipv4.tcp_rmem=4096 540000 15728640",
                                         "net.ipv4.tcp_wmem=4096 262144 4194304",
                                         "net.ipv4.tcp_syn_retries=5" };
    enum run_command result = RUN_COMMAND_NOTHING;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (run_sysctl(run, lines[i], why, size) == RUN_COMMAND_SETTING)
            result = RUN_COMMAND_SETTING;
    return result;
}

/* All words that look like NAME=VALUE, after "/proc/sys/" is taken off. */
static enum run_command all_settings(struct run *run, struct command *command, char *why,
                                     size_t size)
{
    enum run_command result = RUN_COMMAND_NOTHING;
    if (is_program(command->words[0], "defaults.sh"))
        return default_settings(run, why, size);
    for (int i = 1; i < command->count; i++) {
        char *word = command->words[i];
        if (strchr(word, '=') == NULL)
            continue;
        if (starts_with(word, "/proc/sys/"))
            word += strlen("/proc/sys/");
        enum run_command one = run_sysctl(run, word, why, size);
        if (one == RUN_COMMAND_UNSUPPORTED)
            return one;
        if (one == RUN_COMMAND_SETTING)
            result = one;
    }
    return result;
}

/* Does any word from `from` on equal `wanted`? */
static bool has_word(const struct command *command, int from, const char *wanted)
{
    for (int i = from; i < command->count; i++)
        if (strcmp(command->words[i], wanted) == 0)
            return true;
    return false;
}

/* tc qdisc with a queue that loses and delays nothing: "netem" and "limit 0" do. */
static bool is_plain_queue(const struct command *command)
{
    bool queue = is_program(command->words[0], "tc") && command->count > 2 &&
                 strcmp(command->words[1], "qdisc") == 0;
    return queue && !has_word(command, 2, "netem") &&
           !(has_word(command, 2, "limit") && has_word(command, 2, "0"));
}

/* ethtool -K DEVICE tso off ...: a target has no offload that could be on. */
static bool is_offload_off(const struct command *command)
{
    return is_program(command->words[0], "ethtool") && command->count > 3 &&
           strcmp(command->words[1], "-K") == 0 && !has_word(command, 3, "on");
}

/* Commands that change nothing which a target has, or only prepare what never happens here. */
static bool is_harmless(const struct command *command)
{
    static const char *const names[] = { "true", ":", "echo", "sync", "nstat" };
    const char *first = command->words[0];
    if (first[0] == '#' || starts_with(first, "/tmp/sysctl_restore_"))
        return true;
    if (command->piped && !is_program(first, "nstat"))
        return false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (is_program(first, names[i]))
            return true;
    bool ip = is_program(first, "ip") && command->count > 2;
    if (ip && strcmp(command->words[1], "tcp_metrics") == 0)
        return true;
    return is_plain_queue(command) || is_offload_off(command);
}

static enum run_command unsupported(const struct command *command, char *why, size_t size)
{
    snprintf(why, size, "unsupported command %.*s", NAME_MAX_SHOWN, command->words[0]);
    return RUN_COMMAND_UNSUPPORTED;
}

/* The commands of a running script that mean something: see below. */
static bool is_action(const struct command *command)
{
    static const char *const names[] = { "sockstat", "tcpdrop", "sleep", "usleep" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (is_program(command->words[0], names[i]))
            return true;
    return false;
}

/*
 * Applies a command text before the target is opened: settings are noted in run->settings, all else
 * is only judged. UNSUPPORTED, with `why`: the case must be skipped.
 */
enum run_command run_command_prepare(struct run *run, const char *text, char *why, size_t size)
{
    struct command command;
    enum run_command result = RUN_COMMAND_NOTHING;
    for (const char *at = text; next_command(&at, &command);) {
        if (command.count == 0 || is_harmless(&command) || is_action(&command))
            continue;
        enum run_command one = is_setting(&command) ? all_settings(run, &command, why, size)
                                                    : unsupported(&command, why, size);
        if (one == RUN_COMMAND_UNSUPPORTED)
            return one;
        if (one == RUN_COMMAND_SETTING)
            result = one;
    }
    return result;
}

/* FreeBSD's names of states, as sockstat and tcpdrop print them. */
static enum anvil_target_state state_by_name(const char *name)
{
    static const struct { const char *name; enum anvil_target_state state; } names[] = {
        { "CLOSED", ANVIL_STATE_CLOSED },           { "LISTEN", ANVIL_STATE_LISTEN },
        { "SYN_SENT", ANVIL_STATE_SYN_SENT },       { "SYN_RCVD", ANVIL_STATE_SYN_RECEIVED },
        { "ESTABLISHED", ANVIL_STATE_ESTABLISHED }, { "FIN_WAIT_1", ANVIL_STATE_FIN_WAIT_1 },
        { "FIN_WAIT_2", ANVIL_STATE_FIN_WAIT_2 },   { "CLOSE_WAIT", ANVIL_STATE_CLOSE_WAIT },
        { "CLOSING", ANVIL_STATE_CLOSING },         { "LAST_ACK", ANVIL_STATE_LAST_ACK },
        { "TIME_WAIT", ANVIL_STATE_TIME_WAIT },
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i].name, name) == 0)
            return names[i].state;
    return ANVIL_STATE_UNKNOWN;
}

/* What `sockstat ... | grep -c STATE | grep N` asks: N sockets are in that state. */
struct sockstat {
    enum anvil_target_state state;
    uint8_t family;     /* -4, -6; 0: both */
    uint16_t port;      /* -p: of either side; 0: any */
    unsigned long wanted;
};

/* A number from 0 to `most` and nothing else. */
static bool whole_number(const char *text, unsigned long most, unsigned long *value)
{
    char *end = NULL;
    *value = strtoul(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0' && *value <= most;
}

/* The flags of sockstat itself, up to the first "|", whose index is returned; 0: not understood. */
static int sockstat_flags(const struct command *command, struct sockstat *asked)
{
    unsigned long port;
    int i = 1;
    for (; i < command->count && strcmp(command->words[i], "|") != 0; i++) {
        const char *flag = command->words[i];
        const char *next = i + 1 < command->count ? command->words[i + 1] : "";
        bool family = strcmp(flag, "-4") == 0 || strcmp(flag, "-6") == 0;
        if (family) {
            asked->family = (uint8_t)(flag[1] - '0');
        } else if (strcmp(flag, "-P") == 0 && strcmp(next, "tcp") == 0) {
            i++;
        } else if (strcmp(flag, "-p") == 0 && whole_number(next, UINT16_MAX, &port)) {
            asked->port = (uint16_t)port;
            i++;
        } else if (strcmp(flag, "-s") != 0) {
            return 0;
        }
    }
    return i < command->count ? i : 0;
}

/* The whole pipe. A filter for the name of the script's process, cut as sockstat does, lets all
 * pass. False: there is something in it that is not understood. */
static bool sockstat_asks(const struct command *command, struct sockstat *asked)
{
    int at = sockstat_flags(command, asked);
    char *const *words = command->words;
    if (at > 0 && at + 3 < command->count && strcmp(words[at + 1], "grep") == 0 &&
        starts_with(words[at + 2], "packetdril") && strcmp(words[at + 3], "|") == 0)
        at += 3;
    if (at == 0 || command->count != at + 7 || strcmp(words[at + 1], "grep") != 0 ||
        strcmp(words[at + 2], "-c") != 0 || strcmp(words[at + 4], "|") != 0 ||
        strcmp(words[at + 5], "grep") != 0)
        return false;
    asked->state = state_by_name(words[at + 3]);
    return asked->state != ANVIL_STATE_UNKNOWN &&
           whole_number(words[at + 6], UINT32_MAX, &asked->wanted);
}

static unsigned long count_sockets(struct run *run, const struct sockstat *asked)
{
    const struct anvil_target_observation *seen;
    unsigned long count = 0;
    for (size_t i = 0; (seen = run_told(run, i)) != NULL; i++)
        count += seen->state == asked->state &&
                 (asked->family == 0 || asked->family == seen->local.family) &&
                 (asked->port == 0 || asked->port == seen->local.port ||
                  asked->port == seen->remote.port);
    return count;
}

static void do_sockstat(struct run *run, const struct script_event *event,
                        const struct command *command)
{
    struct sockstat asked = { .state = ANVIL_STATE_UNKNOWN };
    if (!sockstat_asks(command, &asked)) {
        run_skip(run, event, run_text(run, "unsupported form of sockstat: %s", event->text));
        return;
    }
    if (!run->traits->observes) {
        run_skip(run, event, "the target does not tell the states of its sockets");
        return;
    }
    unsigned long found = count_sockets(run, &asked);
    if (found != asked.wanted)
        run_fail(run, event, NULL, run_text(run, "%lu sockets in %s", asked.wanted,
                                            run_state_name(asked.state)),
                 run_text(run, "%lu sockets in %s", found, run_state_name(asked.state)),
                 "another number of sockets is in this state");
}

static void do_sleep(struct run *run, const struct script_event *event,
                     const struct command *command)
{
    char *end = NULL;
    double scale = is_program(command->words[0], "usleep") ? 1.0 : 1e6;
    double amount = command->count < 2 ? -1.0 : strtod(command->words[1], &end);
    if (amount < 0 || amount > 1e7 || *end != '\0') {
        run_skip(run, event, "unsupported form of sleep");
        return;
    }
    run_until(run, run->now_us + (uint64_t)(amount * scale));
}

/* Whether nothing that could show a setting follows this line. */
static bool is_clean_up(const struct script_event *event)
{
    for (event = event->next; event != NULL; event = event->next) {
        bool closes = event->kind == SCRIPT_EVENT_CALL && strcmp(event->call->name, "close") == 0;
        if (event->kind != SCRIPT_EVENT_COMMAND && !closes)
            return false;
    }
    return true;
}

/* A setting that the script changes when connections may exist already. */
static void do_late_setting(struct run *run, const struct script_event *event,
                            struct command *command)
{
    char why[128];
    if (!run->started || is_clean_up(event))
        return; /* settings before the first line that acts are applied by then */
    size_t before = run->setting_count;
    enum run_command result = all_settings(run, command, why, sizeof why);
    run->setting_count = before;
    if (result == RUN_COMMAND_UNSUPPORTED)
        run_skip(run, event, run_text(run, "%s", why));
    else if (result == RUN_COMMAND_SETTING)
        run_skip(run, event, run_text(run, "a setting that changes while the case runs: %s",
                                      command->words[command->count - 1]));
}

/* Carries out a command line, now. */
void run_command(struct run *run, const struct script_event *event)
{
    struct command command;
    char why[128];
    for (const char *at = event->text; !run->ended && next_command(&at, &command);) {
        if (command.count == 0 || is_harmless(&command))
            continue;
        if (is_setting(&command)) {
            do_late_setting(run, event, &command);
        } else if (is_program(command.words[0], "sockstat")) {
            do_sockstat(run, event, &command);
        } else if (is_program(command.words[0], "sleep") ||
                   is_program(command.words[0], "usleep")) {
            do_sleep(run, event, &command);
        } else if (is_program(command.words[0], "tcpdrop") && !is_clean_up(event)) {
            run_skip(run, event, "the target cannot drop connections as tcpdrop does");
        } else if (!is_program(command.words[0], "tcpdrop")) {
            unsupported(&command, why, sizeof why);
            run_skip(run, event, run_text(run, "%s", why));
        }
    }
}
