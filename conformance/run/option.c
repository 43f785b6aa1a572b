/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options that a script may begin with, --name=value: all that the packetdrills of google and
 * of nplab know. Some mean nothing in virtual time and are passed over; a script with one that the
 * runner lacks is skipped by its name.
 */
#include "run/state.h"

#include <inttypes.h>
#include <string.h>

enum use { HEEDED, PASSED_OVER, LACKING };
enum form { FLAG, TEXT, NUMBER };

struct option {
    const char *name;
    enum use use;
    enum form form;
    uint64_t least, most; /* of a NUMBER */
};

static const struct option options[] = {
    { "bind_port", HEEDED, NUMBER, 1, UINT16_MAX },
    { "code_command", LACKING, TEXT, 0, 0 },
    { "code_format", LACKING, TEXT, 0, 0 },
    { "code_sockopt", LACKING, TEXT, 0, 0 },
    { "connect_port", HEEDED, NUMBER, 1, UINT16_MAX },
    { "debug", PASSED_OVER, FLAG, 0, 0 },
    { "define", HEEDED, TEXT, 0, 0 },
    { "dry_run", LACKING, FLAG, 0, 0 },
    { "gateway_ip", PASSED_OVER, TEXT, 0, 0 },
    { "gateway_linklocal_ip", PASSED_OVER, TEXT, 0, 0 },
    { "init_scripts", LACKING, TEXT, 0, 0 },
    { "ip_version", HEEDED, TEXT, 0, 0 },
    { "is_anyip", PASSED_OVER, FLAG, 0, 0 },
    { "local_ip", HEEDED, TEXT, 0, 0 },
    { "local_linklocal_ip", PASSED_OVER, TEXT, 0, 0 },
    { "mss", HEEDED, NUMBER, 1, UINT16_MAX },
    { "mtu", HEEDED, NUMBER, 68, UINT16_MAX }, /* RFC 791 3.2: the least a link must carry */
    { "netmask_ip", PASSED_OVER, TEXT, 0, 0 },
    { "no_cleanup", PASSED_OVER, FLAG, 0, 0 },
    { "non_fatal", LACKING, TEXT, 0, 0 },
    { "persistent_tun_dev", PASSED_OVER, FLAG, 0, 0 },
    { "psp_udp_port", LACKING, NUMBER, 1, UINT16_MAX },
    { "remote_ip", HEEDED, TEXT, 0, 0 },
    { "send_omit_free", PASSED_OVER, FLAG, 0, 0 },
    { "so_filename", LACKING, TEXT, 0, 0 },
    { "so_flags", LACKING, TEXT, 0, 0 },
    { "speed", PASSED_OVER, NUMBER, 0, UINT32_MAX },
    { "strict_segments", HEEDED, FLAG, 0, 0 },
    { "tcp_md5_secret", LACKING, TEXT, 0, 0 },
    { "tcp_ts_ecr_scaled", HEEDED, FLAG, 0, 0 }, /* every TS ecr is: see stamps.c */
    { "tcp_ts_tick_usecs", HEEDED, NUMBER, 0, 1000000 },
    { "tolerance_percent", LACKING, TEXT, 0, 0 },
    { "tolerance_usecs", HEEDED, NUMBER, 0, RUN_HOUR_US },
    { "tun_dev", PASSED_OVER, TEXT, 0, 0 },
    { "udp_encapsulation", LACKING, TEXT, 0, 0 },
    { "verbose", PASSED_OVER, FLAG, 0, 0 },
    { "wire_client", LACKING, FLAG, 0, 0 },
    { "wire_client_dev", LACKING, TEXT, 0, 0 },
    { "wire_server", LACKING, FLAG, 0, 0 },
    { "wire_server_at", LACKING, TEXT, 0, 0 },
    { "wire_server_dev", LACKING, TEXT, 0, 0 },
    { "wire_server_ip", LACKING, TEXT, 0, 0 },
    { "wire_server_port", LACKING, NUMBER, 1, UINT16_MAX },
};

static const struct option *find(const char *name)
{
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (*options[i].name == *name && strcmp(options[i].name, name) == 0)
            return &options[i];
    return NULL;
}

/* Decimal digits and nothing else; what is too large stays the largest number. */
static bool read_number(const char *text, uint64_t *value)
{
    *value = 0;
    if (*text == '\0')
        return false;
    for (; *text >= '0' && *text <= '9'; text++) {
        uint64_t digit = (uint64_t)(*text - '0');
        *value = *value > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *value * 10 + digit;
    }
    return *text == '\0';
}

static bool is_ip_version(const char *value)
{
    return strcmp(value, "ipv4") == 0 || strcmp(value, "ipv6") == 0 ||
           strcmp(value, "ipv4-mapped-ipv6") == 0;
}

bool run_option_is_right(const struct script_item *item, char *why, size_t size)
{
    const struct option *option = find(item->name);
    const char *value = item->value;
    uint64_t number;
    if (option == NULL)
        snprintf(why, size, "there is no option --%.60s", item->name);
    else if (option->form == FLAG && value != NULL)
        snprintf(why, size, "--%s takes no value", option->name);
    else if (option->form != FLAG && value == NULL)
        snprintf(why, size, "--%s needs a value", option->name);
    else if (option->form == NUMBER &&
             (!read_number(value, &number) || number < option->least || number > option->most))
        snprintf(why, size, "--%s must be a number from %" PRIu64 " to %" PRIu64 ", not %.60s",
                 option->name, option->least, option->most, value);
    else if (strcmp(option->name, "ip_version") == 0 && !is_ip_version(value))
        snprintf(why, size, "--ip_version must be ipv4, ipv6 or ipv4-mapped-ipv6, not %.60s",
                 value);
    else
        return true;
    return false;
}

/* The number that an option gives; `otherwise` without the option. */
uint64_t run_option_number(const struct run *run, const char *name, uint64_t otherwise)
{
    const struct script_item *item = script_option(run->script, name);
    uint64_t value;
    return item != NULL && item->value != NULL && read_number(item->value, &value) ? value
                                                                                   : otherwise;
}

/* Whether the runner can follow all options of the script. False: the case has ended. */
bool run_options_fit(struct run *run)
{
    char why[160];
    for (const struct script_item *item = run->script->options; item != NULL; item = item->next) {
        if (!run_option_is_right(item, why, sizeof why))
            run_error(run, NULL, run_text(run, "%s", why));
        else if (find(item->name)->use == LACKING)
            run_skip(run, NULL, run_text(run, "unsupported: --%s", item->name));
        else
            continue;
        run->result.line = (int)item->pos.line;
        return false;
    }
    return true;
}
