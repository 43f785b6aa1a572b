/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses, ports and what a segment says about its IP header. */
#include "script/parse.h"

#include <arpa/inet.h>
#include <string.h>

enum { ADDRESS_TEXT_MAX = 45 };

static bool is_address(char c)
{
    return script_hex_digit(c) >= 0 || c == '.' || c == ':';
}

/* "192.0.2.1:80" and "192.0.2.1:" end the address at their colon: one behind a number with dots is
 * no part of it, unless colons stood before. */
static size_t address_length(const char *at)
{
    bool dots = false, colons = false;
    size_t length = 0;

    while (length <= ADDRESS_TEXT_MAX && is_address(at[length])) {
        if (at[length] == ':' && dots)
            break;
        if (at[length] == ':' && colons && !is_address(at[length + 1]) && at[length - 1] != ':')
            break;
        dots = dots || at[length] == '.';
        colons = colons || at[length] == ':';
        length++;
    }
    return length;
}

bool script_read_address(struct script_parser *parser, struct script_address *address)
{
    char text[ADDRESS_TEXT_MAX + 1];
    size_t length;
    int family;

    script_skip(parser);
    length = address_length(parser->at);
    if (length == 0 || length > ADDRESS_TEXT_MAX) {
        script_fail_expected(parser, "an address");
        return false;
    }
    memcpy(text, parser->at, length);
    text[length] = '\0';
    family = memchr(text, ':', length) ? AF_INET6 : AF_INET;
    if (inet_pton(family, text, address->bytes) != 1) {
        script_fail_at(parser, parser->at, "not an address: %s", text);
        return false;
    }
    address->family = family == AF_INET6 ? 6 : 4;
    parser->at += length;
    return true;
}

/* Is a port, an address or [an address] next? [ect0] is none: an address has a colon. */
bool script_at_endpoint(const struct script_parser *parser)
{
    const char *at = parser->at;
    size_t length;

    if (*at != '[')
        return script_is_digit(*at);
    length = address_length(at + 1);
    return at[1 + length] == ']' && memchr(at + 1, ':', length);
}

/* PORT, ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT. */
bool script_read_endpoint(struct script_parser *parser, struct script_endpoint *endpoint)
{
    size_t digits;

    script_skip(parser);
    digits = strspn(parser->at, "0123456789");
    if (*parser->at == '[') {
        parser->at++;
        if (!script_read_address(parser, &endpoint->address) || !script_expect(parser, "]"))
            return false;
    } else if (parser->at[digits] == '.' || parser->at[digits] == ':' || digits == 0) {
        if (!script_read_address(parser, &endpoint->address))
            return false;
    } else {
        endpoint->has_port = true;
        endpoint->port = (uint16_t)script_read_number(parser, "a port", UINT16_MAX);
        return !parser->shared->failed;
    }
    if (*parser->at != ':')
        return true;
    parser->at++;
    endpoint->has_port = true;
    endpoint->port = (uint16_t)script_read_number(parser, "a port", UINT16_MAX);
    return !parser->shared->failed;
}

/* ---- [ect0], (tos 0x10, ttl 64), ... ---- */

enum { ECN_SAID = 1, ECT01_SAID = 2, DSCP_SAID = 4, TOS_SAID = 8 };

struct named_value {
    const char *name;
    uint8_t value;
};

static const struct named_value ecn_names[] = {
    { "noecn", 0 }, { "ect1", 1 }, { "ect0", 2 }, { "ce", 3 },
};

/* RFC 2474, 2597, 3246, 5865, 8622. */
static const struct named_value dscp_names[] = {
    { "cs0", 0 }, { "cs1", 8 }, { "cs2", 16 }, { "cs3", 24 }, { "cs4", 32 }, { "cs5", 40 },
    { "cs6", 48 }, { "cs7", 56 }, { "af11", 10 }, { "af12", 12 }, { "af13", 14 }, { "af21", 18 },
    { "af22", 20 }, { "af23", 22 }, { "af31", 26 }, { "af32", 28 }, { "af33", 30 },
    { "af41", 34 }, { "af42", 36 }, { "af43", 38 }, { "ef", 46 }, { "voice-admit", 44 },
    { "le", 1 },
};

static bool accept_name(struct script_parser *parser, const struct named_value *names,
                        size_t count, uint8_t *value)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (!script_accept_word(parser, names[i].name))
            continue;
        *value = names[i].value;
        return true;
    }
    return false;
}

/* Adds to what was said of the traffic class; false if it was said before. */
static bool say(struct script_parser *parser, uint32_t *said, uint32_t what)
{
    uint32_t clash = what == DSCP_SAID ? DSCP_SAID | TOS_SAID : ECN_SAID | ECT01_SAID | TOS_SAID;

    if (what == TOS_SAID)
        clash |= DSCP_SAID;
    if (*said & clash) {
        script_fail_at(parser, parser->at, "the traffic class is given twice");
        return false;
    }
    *said |= what;
    return true;
}

static bool read_dscp(struct script_parser *parser, struct script_ip_info *info)
{
    uint8_t value;

    if (!accept_name(parser, dscp_names, sizeof dscp_names / sizeof dscp_names[0], &value))
        value = (uint8_t)script_read_number(parser, "a DSCP", 63);
    info->tos |= (uint8_t)(value << 2);
    return !parser->shared->failed;
}

/* ECT0, ECN CE and the like; *found false if it is none of them. */
static bool read_ecn(struct script_parser *parser, struct script_ip_info *info, uint32_t *said,
                     bool *found)
{
    bool named = script_accept_word(parser, "ecn");
    uint8_t value;

    *found = true;
    if (script_accept_word(parser, "ect01"))
        return say(parser, said, ECT01_SAID);
    if (accept_name(parser, ecn_names, sizeof ecn_names / sizeof ecn_names[0], &value)) {
        info->tos |= value;
        return say(parser, said, ECN_SAID);
    }
    *found = named;
    if (named)
        script_fail_expected(parser, "noecn, ect0, ect1, ect01 or ce");
    return !named;
}

/* One word of the bracketed IP fields: [ect0], [ttl 3], [flowlabel 7]. `said` keeps what was given,
 * so that nothing is given twice. */
static bool read_ip_field(struct script_parser *parser, struct script_ip_info *info,
                          uint32_t *said)
{
    bool found;

    if (!read_ecn(parser, info, said, &found))
        return false;
    if (found)
        return true;
    if (script_accept_word(parser, "tos") || script_accept_word(parser, "class")) {
        info->tos = (uint8_t)script_read_number(parser, "a traffic class", UINT8_MAX);
        return say(parser, said, TOS_SAID);
    }
    if (script_accept_word(parser, "dscp"))
        return say(parser, said, DSCP_SAID) && read_dscp(parser, info);
    if (script_accept_word(parser, "ttl") || script_accept_word(parser, "hlim")) {
        info->has_ttl = true;
        info->ttl = (uint8_t)script_read_number(parser, "a time to live", UINT8_MAX);
    } else if (script_accept_word(parser, "flowlabel")) {
        info->has_flowlabel = true;
        info->flowlabel = script_read_number(parser, "a flow label", 0xfffff);
    } else {
        script_fail_expected(parser, "an ECN mark, tos, dscp, ttl or flowlabel");
    }
    return !parser->shared->failed;
}

static enum script_tos_check check_of(uint32_t said)
{
    if (said & TOS_SAID || (said & DSCP_SAID && said & ECN_SAID))
        return SCRIPT_TOS_ALL;
    if (said & ECT01_SAID)
        return said & DSCP_SAID ? SCRIPT_TOS_DSCP_ECT01 : SCRIPT_TOS_ECT01;
    if (said & DSCP_SAID)
        return SCRIPT_TOS_DSCP;
    return said & ECN_SAID ? SCRIPT_TOS_ECN : SCRIPT_TOS_NONE;
}

bool script_read_ip_info(struct script_parser *parser, struct script_ip_info *info)
{
    uint32_t said = 0;
    bool round;

    script_skip(parser);
    if (*parser->at != '(' && *parser->at != '[')
        return true;
    round = *parser->at++ == '(';
    info->ip_given = true;
    do {
        if (!read_ip_field(parser, info, &said))
            return false;
    } while (script_accept(parser, ","));
    info->tos_check = check_of(said);
    return script_expect(parser, round ? ")" : "]");
}
