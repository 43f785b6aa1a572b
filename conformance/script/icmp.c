/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP messages: icmp TYPE [CODE] [mtu N] [id N] [[quoted segment]]. */
#include "script/parse.h"

#include <string.h>

/* A word, or what --define says it stands for. */
static const char *read_name(struct script_parser *parser, const char *what)
{
    const struct script_define *define;

    script_skip(parser);
    define = script_find_define(parser, parser->at, script_word_length(parser));
    if (!define || !define->value)
        return script_read_word(parser, what);
    if (define->value[script_count_word(define->value)] != '\0') {
        script_fail_at(parser, parser->at, "the definition of %s is not a word", define->name);
        return NULL;
    }
    parser->at += script_word_length(parser);
    return define->value;
}

/* (N) behind udp or raw. */
static bool read_quoted_length(struct script_parser *parser, struct script_icmp *icmp)
{
    if (!script_expect(parser, "("))
        return false;
    icmp->quoted.length = script_read_number(parser, "a length", UINT16_MAX);
    return script_expect(parser, ")");
}

/* The segment that an ICMP error quotes, in brackets. */
static bool read_quote(struct script_parser *parser, struct script_icmp *icmp)
{
    bool read;

    if (icmp->quote != SCRIPT_QUOTE_NONE) {
        script_fail_at(parser, parser->at, "the quoted segment is given twice");
        return false;
    }
    if (script_accept_word(parser, "udp")) {
        icmp->quote = SCRIPT_QUOTE_UDP;
        read = read_quoted_length(parser, icmp);
    } else if (script_accept_word(parser, "raw")) {
        icmp->quote = SCRIPT_QUOTE_RAW;
        read = read_quoted_length(parser, icmp);
    } else {
        icmp->quote = SCRIPT_QUOTE_TCP;
        read = script_read_seq(parser, &icmp->quoted) &&
               script_read_udp_encap(parser, &icmp->has_udp_encap, &icmp->udp_source,
                                     &icmp->udp_destination);
    }
    return read && script_expect(parser, "]");
}

bool script_read_icmp(struct script_parser *parser, struct script_icmp *icmp)
{
    icmp->type = read_name(parser, "an ICMP type");
    if (!icmp->type)
        return false;
    script_skip(parser);
    if (script_is_word(*parser->at) && !script_is_digit(*parser->at) &&
        !script_peek_word(parser, "mtu") && !script_peek_word(parser, "id"))
        icmp->code = read_name(parser, "an ICMP code");
    if (script_accept_word(parser, "mtu")) {
        icmp->has_mtu = true;
        icmp->mtu = script_read_number(parser, "an MTU", UINT32_MAX);
    }
    if (script_accept_word(parser, "id")) {
        icmp->has_id = true;
        icmp->id = script_read_number(parser, "an ICMP id", UINT16_MAX);
    }
    if (script_accept(parser, "["))
        return read_quote(parser, icmp);
    return !parser->shared->failed;
}
