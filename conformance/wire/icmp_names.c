/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of ICMP types and codes, as scripts write them; one line a name. Types: RFC 792, RFC 4443;
 * codes of "unreachable": RFC 1122 3.2.2.1, RFC 1191, RFC 1812 5.2.7.1, RFC 4443 3.1.
 */
#include <stdlib.h>
#include <string.h>

#include "wire/print.h"

static const struct {
    uint8_t version;
    uint8_t type;
    const char *name;
} types[] = {
    { 4, 0, "echo_reply" },
    { 4, 3, "unreachable" },
    { 4, 4, "source_quench" },
    { 4, 5, "redirect" },
    { 4, 8, "echo_request" },
    { 4, 11, "time_exceeded" },
    { 4, 12, "parameter_problem" },
    { 4, 13, "timestamp_request" },
    { 4, 14, "timestamp_reply" },
    { 4, 15, "information_request" },
    { 4, 16, "information_reply" },
    { 4, 17, "address_mask_request" },
    { 4, 18, "address_mask_reply" },
    { 6, 1, "unreachable" },
    { 6, 2, "packet_too_big" },
    { 6, 3, "time_exceeded" },
    { 6, 4, "parameter_problem" },
    { 6, 128, "echo_request" },
    { 6, 129, "echo_reply" },
};

/* Of two names for one code the first is printed. */
static const struct {
    uint8_t version;
    uint8_t type;
    uint8_t code;
    const char *name;
} codes[] = {
    { 4, 3, 0, "net_unreachable" },
    { 4, 3, 1, "host_unreachable" },
    { 4, 3, 2, "protocol_unreachable" },
    { 4, 3, 3, "port_unreachable" },
    { 4, 3, 4, "frag_needed" },
    { 4, 3, 5, "source_route_failed" },
    { 4, 3, 6, "net_unknown" },
    { 4, 3, 7, "host_unknown" },
    { 4, 3, 8, "source_host_isolated" },
    { 4, 3, 9, "net_prohibited" },
    { 4, 3, 10, "host_prohibited" },
    { 4, 3, 11, "net_unreachable_for_tos" },
    { 4, 3, 12, "host_unreachable_for_tos" },
    { 4, 3, 13, "packet_filtered" },
    { 4, 3, 14, "precedence_violation" },
    { 4, 3, 15, "precedence_cutoff" },
    { 6, 1, 0, "no_route" },
    { 6, 1, 0, "net_unreachable" },
    { 6, 1, 1, "admin_prohibited" },
    { 6, 1, 2, "not_neighbour" },
    { 6, 1, 3, "address_unreachable" },
    { 6, 1, 4, "port_unreachable" },
    { 6, 3, 0, "exceeded_hop_limit" },
    { 6, 3, 1, "exceeded_frag_time" },
    { 6, 4, 0, "header_field" },
    { 6, 4, 1, "unknown_next_header" },
    { 6, 4, 2, "unknown_option" },
};

enum { TYPES = sizeof types / sizeof types[0], CODES = sizeof codes / sizeof codes[0] };

/* A number from 0 to 255, with or without the prefix. */
static bool take_number(uint8_t *number, const char *text, const char *prefix)
{
    size_t skipped = strncmp(text, prefix, strlen(prefix)) == 0 ? strlen(prefix) : 0;
    const char *digits = text + skipped;
    char *end;
    unsigned long value;

    if (digits[0] < '0' || digits[0] > '9')
        return false;
    value = strtoul(digits, &end, 10);
    *number = (uint8_t)(value & 0xff);
    return *end == '\0' && value <= 255;
}

static bool find_type(uint8_t version, const char *name, uint8_t *type)
{
    for (size_t i = 0; i < TYPES; i++) {
        if (types[i].version == version && strcmp(types[i].name, name) == 0) {
            *type = types[i].type;
            return true;
        }
    }
    return take_number(type, name, "type_");
}

static bool find_code(uint8_t version, uint8_t type, const char *name, uint8_t *code)
{
    for (size_t i = 0; i < CODES; i++) {
        if (codes[i].version == version && codes[i].type == type &&
            strcmp(codes[i].name, name) == 0) {
            *code = codes[i].code;
            return true;
        }
    }
    return take_number(code, name, "code_");
}

bool wire_icmp_from_names(uint8_t version, const char *type_name, const char *code_name,
                          uint8_t *type, uint8_t *code)
{
    *code = 0;
    if (!find_type(version, type_name, type))
        return false;
    if (code_name == NULL || code_name[0] == '\0')
        return true;
    return find_code(version, *type, code_name, code);
}

const char *wire_icmp_type_name(uint8_t version, uint8_t type)
{
    for (size_t i = 0; i < TYPES; i++)
        if (types[i].version == version && types[i].type == type)
            return types[i].name;
    return NULL;
}

const char *wire_icmp_code_name(uint8_t version, uint8_t type, uint8_t code)
{
    for (size_t i = 0; i < CODES; i++)
        if (codes[i].version == version && codes[i].type == type && codes[i].code == code)
            return codes[i].name;
    return NULL;
}
