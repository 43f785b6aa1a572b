/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments: everything behind '<' and '>'. */
#include "script/parse.h"

#include <string.h>

/* ---- outer headers ---- */

static bool read_outer_addresses(struct script_parser *parser, struct script_encap *encap)
{
    uint8_t family = encap->kind == SCRIPT_ENCAP_IPV4 ? 4 : 6;

    if (!script_read_ip_info(parser, &encap->ip) ||
        !script_read_address(parser, &encap->source) || !script_expect(parser, ">") ||
        !script_read_address(parser, &encap->destination))
        return false;
    if (encap->source.family != family || encap->destination.family != family) {
        script_fail_at(parser, parser->at, "an address of another family");
        return false;
    }
    return script_expect(parser, ":");
}

/* gre and mpls are passed up to the colon behind them, with all brackets, on this line. */
static bool pass_outer_header(struct script_parser *parser)
{
    uint32_t open = 0;

    for (;; parser->at++) {
        char c = *parser->at;

        if (c == ':' && open == 0)
            break;
        if (c == '\n' || parser->at >= parser->end) {
            script_fail_expected(parser, "':' behind the outer header");
            return false;
        }
        open += c == '(' || c == '[';
        open -= open > 0 && (c == ')' || c == ']');
    }
    return script_expect(parser, ":");
}

/* encap psp spi 7, behind the marks of the IP header; **tail is where it is appended. */
static bool read_psp(struct script_parser *parser, const struct script_encap **tail)
{
    struct script_encap *encap;
    const char *start;

    script_skip(parser);
    start = parser->at;
    if (!script_accept_word(parser, "encap"))
        return true;
    if (!script_accept_word(parser, "psp") || !script_accept_word(parser, "spi")) {
        script_fail_expected(parser, "'psp spi'");
        return false;
    }
    script_read_number(parser, "the SPI", UINT32_MAX);
    encap = script_new(parser, sizeof *encap);
    if (!encap || parser->shared->failed)
        return false;
    encap->kind = SCRIPT_ENCAP_OTHER;
    encap->text = script_copy(parser, start, (size_t)(parser->at - start));
    *tail = encap;
    return encap->text != NULL;
}

/* One outer header, if there is one: *encap is NULL otherwise. */
static bool read_outer_header(struct script_parser *parser, struct script_encap **encap)
{
    static const char *const words[] = { "ipv4", "ipv6", "gre", "GREv0", "mpls" };
    const char *start;
    size_t i = 0;
    bool read;

    *encap = NULL;
    script_skip(parser);
    start = parser->at;
    while (i < sizeof words / sizeof words[0] && !script_accept_word(parser, words[i]))
        i++;
    if (i == sizeof words / sizeof words[0])
        return true;
    *encap = script_new(parser, sizeof **encap);
    if (!*encap)
        return false;
    (*encap)->kind = i == 0 ? SCRIPT_ENCAP_IPV4 : i == 1 ? SCRIPT_ENCAP_IPV6 : SCRIPT_ENCAP_OTHER;
    read = i < 2 ? read_outer_addresses(parser, *encap) : pass_outer_header(parser);
    if (!read)
        return false;
    (*encap)->text = script_copy(parser, start, (size_t)(parser->at - start));
    return (*encap)->text != NULL;
}

/* Appends what there is to the list whose end **tail is. */
static bool read_outer_headers(struct script_parser *parser, const struct script_encap ***tail)
{
    struct script_encap *encap;

    for (;;) {
        if (!read_outer_header(parser, &encap))
            return false;
        if (!encap)
            return true;
        **tail = encap;
        *tail = &encap->next;
    }
}

/* ---- TCP ---- */

static uint16_t flag_of(char c)
{
    switch (c) {
    case '.': return SCRIPT_ACK;
    case 'F': return SCRIPT_FIN;
    case 'S': return SCRIPT_SYN;
    case 'R': return SCRIPT_RST;
    case 'P': return SCRIPT_PSH;
    case 'U': return SCRIPT_URG;
    case 'E': return SCRIPT_ECE;
    case 'W': return SCRIPT_CWR;
    case 'A': return SCRIPT_AE;
    default: return 0;
    }
}

/* The three ACE bits, as a number among the flags: AE is 4, CWR 2, ECE 1. RFC 9768. */
static bool take_ace(struct script_packet *packet, char digit)
{
    uint16_t ecn = SCRIPT_AE | SCRIPT_CWR | SCRIPT_ECE;

    if (packet->has_ace || packet->flags & ecn)
        return false;
    packet->has_ace = true;
    packet->ace = (uint8_t)(digit - '0');
    packet->flags |= (uint16_t)((packet->ace & 4 ? SCRIPT_AE : 0) |
                                (packet->ace & 2 ? SCRIPT_CWR : 0) |
                                (packet->ace & 1 ? SCRIPT_ECE : 0));
    return true;
}

static bool take_flag(struct script_parser *parser, struct script_packet *packet, const char *at)
{
    uint16_t ecn = SCRIPT_AE | SCRIPT_CWR | SCRIPT_ECE;
    uint16_t flag = flag_of(*at);

    if (flag == 0 && (*at < '0' || *at > '7')) {
        script_fail_at(parser, at, "not a TCP flag: one of S F R P . U E W A, an ACE digit, or -");
        return false;
    }
    if (flag != 0 && packet->flags & flag && !packet->has_ace) {
        script_fail_at(parser, at, "this flag stands here twice");
        return false;
    }
    if (flag == 0 ? take_ace(packet, *at) : !(packet->has_ace && flag & ecn)) {
        packet->flags |= flag;
        return true;
    }
    script_fail_at(parser, at, "ECN flags and an ACE digit exclude each other");
    return false;
}

/* Letters, dots and digits up to a blank; a dot may stand apart: "F ." is "F." in upstream. */
static bool read_flags(struct script_parser *parser, struct script_packet *packet)
{
    const char *start, *at;

    script_skip(parser);
    start = parser->at;
    if (*start == '-' && !script_is_word(start[1])) {
        packet->flags_text = "-";
        parser->at++;
        return true;
    }
    if (!script_is_word(*start) && *start != '.') {
        script_fail_expected(parser, "TCP flags");
        return false;
    }
    for (at = start; script_is_word(*at) || *at == '.'; at++)
        if (!take_flag(parser, packet, at))
            return false;
    parser->at = at;
    script_skip_blanks(parser);
    if (parser->at[0] == '.' && (parser->at[1] == ' ' || parser->at[1] == '\t')) {
        if (!take_flag(parser, packet, parser->at))
            return false;
        at = ++parser->at;
    }
    packet->flags_text = script_copy(parser, start, (size_t)(at - start));
    return packet->flags_text != NULL;
}

bool script_read_seq(struct script_parser *parser, struct script_seq *seq)
{
    const char *start;

    script_skip(parser);
    start = parser->at;
    if (script_accept(parser, "...")) {
        seq->form = SCRIPT_SEQ_ANY;
    } else {
        seq->start = script_read_number(parser, "a sequence number", UINT32_MAX);
        if (!script_expect(parser, ":"))
            return false;
        seq->end = script_read_number(parser, "the end of the sequence numbers", UINT32_MAX);
    }
    if (!script_expect(parser, "("))
        return false;
    seq->length = script_read_number(parser, "the length of the segment's text", UINT16_MAX);
    if (!script_expect(parser, ")"))
        return false;
    if (seq->form == SCRIPT_SEQ_ANY) {
        seq->end = seq->length;
    } else if (seq->end != seq->start + seq->length) {
        script_fail_at(parser, start, "%lu:%lu is not %lu bytes long", (unsigned long)seq->start,
                       (unsigned long)seq->end, (unsigned long)seq->length);
        return false;
    } else if (script_accept(parser, "!")) {
        seq->form = SCRIPT_SEQ_ABSOLUTE;
    }
    return true;
}

/* What the target is to send has a number only with the flag that gives it a meaning; fails at `at`
 * if the flag is missing. A peer's field may hold anything. */
static void check_flag(struct script_parser *parser, const struct script_packet *packet,
                       const char *at, uint16_t flag, const char *needs)
{
    if (packet->outbound && !(packet->flags & flag))
        script_fail_at(parser, at, "%s", needs);
}

/* ack N, win N, urg N. */
static bool read_numbers(struct script_parser *parser, struct script_packet *packet)
{
    for (;;) {
        script_skip(parser);
        const char *at = parser->at;
        if (!packet->has_ack && script_accept_word(parser, "ack")) {
            packet->has_ack = true;
            packet->ack = script_read_number(parser, "the acknowledgment number", UINT32_MAX);
            packet->ack_absolute = script_accept(parser, "!");
            check_flag(parser, packet, at, SCRIPT_ACK, "ack needs the flag . before it");
        } else if (!packet->has_win && script_accept_word(parser, "win")) {
            packet->has_win = true;
            packet->win = (uint16_t)script_read_number(parser, "the window", UINT16_MAX);
        } else if (!packet->has_urg && script_accept_word(parser, "urg")) {
            packet->has_urg = true;
            packet->urg = (uint16_t)script_read_number(parser, "the urgent pointer", UINT16_MAX);
            check_flag(parser, packet, at, SCRIPT_URG, "urg needs the flag U before it");
        } else {
            return !parser->shared->failed;
        }
    }
}

/* [code N, pen N] of nplab's dialect, behind a RST. */
static bool read_diagnostic(struct script_parser *parser, struct script_packet *packet)
{
    if (!script_accept(parser, "["))
        return true;
    packet->has_diagnostic = true;
    if (!script_accept_word(parser, "code")) {
        script_fail_expected(parser, "'code'");
        return false;
    }
    packet->diagnostic_code = script_read_number(parser, "a code", UINT16_MAX);
    if (!script_expect(parser, ",") || !script_expect(parser, "pen"))
        return false;
    packet->diagnostic_pen = script_read_number(parser, "an enterprise number", UINT32_MAX);
    return script_expect(parser, "]");
}

/* /udp(1 > 2): the segment travels inside UDP. */
bool script_read_udp_encap(struct script_parser *parser, bool *found, uint16_t *source,
                           uint16_t *destination)
{
    script_skip(parser);
    if (parser->at[0] != '/' || parser->at[1] == '/')
        return true;
    parser->at++;
    *found = true;
    if (!script_accept_word(parser, "udp")) {
        script_fail_expected(parser, "'udp'");
        return false;
    }
    if (!script_expect(parser, "("))
        return false;
    *source = (uint16_t)script_read_number(parser, "a port", UINT16_MAX);
    if (!script_expect(parser, ">"))
        return false;
    *destination = (uint16_t)script_read_number(parser, "a port", UINT16_MAX);
    return script_expect(parser, ")");
}

static bool read_tcp(struct script_parser *parser, struct script_packet *packet)
{
    if (!read_flags(parser, packet) || !script_read_seq(parser, &packet->seq) ||
        !read_numbers(parser, packet))
        return false;
    script_skip(parser);
    if (*parser->at == '<' && !script_read_tcp_options(parser, packet))
        return false;
    return read_diagnostic(parser, packet) &&
           script_read_udp_encap(parser, &packet->has_udp_encap, &packet->udp_source,
                                 &packet->udp_destination);
}

/* ---- other protocols ---- */

static bool read_endpoints(struct script_parser *parser, struct script_packet *packet)
{
    script_skip(parser);
    if (!script_at_endpoint(parser))
        return true;
    packet->has_endpoints = true;
    return script_read_endpoint(parser, &packet->source) && script_expect(parser, ">") &&
           script_read_endpoint(parser, &packet->destination);
}

static bool read_udp(struct script_parser *parser, struct script_packet *packet)
{
    packet->protocol = SCRIPT_UDP;
    if (!packet->has_endpoints && !read_endpoints(parser, packet))
        return false;
    if (!script_expect(parser, "("))
        return false;
    packet->udp_length = script_read_number(parser, "a length", UINT16_MAX);
    return script_expect(parser, ")");
}

/* sctp, udplite and errors that quote them: the text up to the end of the line, or of the brackets
 * opened on it; a line that ends in ';' goes on. */
static bool read_other(struct script_parser *parser, struct script_packet *packet)
{
    const char *start = parser->at;
    const char *at = start;
    uint32_t open = 0;
    char last = '\0';

    for (; at < parser->end && (*at != '\n' || open > 0 || last == ';'); at++) {
        last = strchr(" \t\r\n", *at) ? last : *at;
        open += *at == '(' || *at == '[' || *at == '{';
        open -= open > 0 && (*at == ')' || *at == ']' || *at == '}');
    }
    if (open > 0) {
        script_fail_at(parser, start, "the brackets of this packet are not closed");
        return false;
    }
    while (at > start && strchr(" \t\r\n", at[-1]))
        at--;
    packet->protocol = SCRIPT_OTHER;
    packet->other = script_copy(parser, start, (size_t)(at - start));
    script_pass(parser, packet->other ? (size_t)(at - start) : 0);
    return packet->other != NULL;
}

/* Does the packet, or what its ICMP message quotes, belong to a protocol that is not ours? */
static bool is_other_protocol(const struct script_parser *parser)
{
    enum { LOOK_AHEAD = 200 };
    const char *at = parser->at;
    const char *stop = parser->end - at > LOOK_AHEAD ? at + LOOK_AHEAD : parser->end;

    if (*at != 'i' && *at != '[' && *at != 's' && *at != 'u')
        return false; /* as most often */
    if (strncmp(at, "icmp", 4) == 0)
        while (at < stop && *at != '[' && *at != '\n')
            at++;
    at += *at == '[';
    return strncmp(at, "sctp", 4) == 0 || strncmp(at, "udplite", 7) == 0;
}

/* An older form: the quoted segment stands in front, [1:1461(1460)] icmp unreachable. */
static bool read_early_quote(struct script_parser *parser, struct script_packet *packet)
{
    if (parser->at[0] != '[' || !script_is_digit(parser->at[1]) || script_at_endpoint(parser))
        return true;
    parser->at++;
    packet->icmp.quote = SCRIPT_QUOTE_TCP;
    if (!script_read_seq(parser, &packet->icmp.quoted) ||
        !script_read_udp_encap(parser, &packet->icmp.has_udp_encap, &packet->icmp.udp_source,
                               &packet->icmp.udp_destination) || !script_expect(parser, "]"))
        return false;
    if (script_peek_word(parser, "icmp"))
        return true;
    script_fail_expected(parser, "'icmp'");
    return false;
}

static bool read_inner(struct script_parser *parser, struct script_packet *packet)
{
    script_skip(parser);
    if (is_other_protocol(parser))
        return read_other(parser, packet);
    if (script_accept_word(parser, "udp"))
        return read_udp(parser, packet);
    if (script_accept_word(parser, "icmp")) {
        packet->protocol = SCRIPT_ICMP;
        return script_read_icmp(parser, &packet->icmp);
    }
    return read_tcp(parser, packet);
}

/* What may stand in front of the flags, and then all that is no TCP. */
static bool read_whole(struct script_parser *parser, struct script_packet *packet)
{
    const struct script_encap **tail = &packet->encap;
    const char *info;

    if (!read_outer_headers(parser, &tail))
        return false;
    script_skip(parser);
    if (is_other_protocol(parser))
        return read_other(parser, packet);
    if (!read_early_quote(parser, packet))
        return false;
    info = parser->at;
    if (!script_at_endpoint(parser) && !script_read_ip_info(parser, &packet->ip))
        return false;
    if (!packet->outbound && (packet->ip.tos_check == SCRIPT_TOS_ECT01 ||
                              packet->ip.tos_check == SCRIPT_TOS_DSCP_ECT01)) {
        script_fail_at(parser, info, "[ect01] can stand in an outbound packet only");
        return false;
    }
    return read_psp(parser, tail) && read_endpoints(parser, packet) && read_inner(parser, packet);
}

/* Whether flags come first, as most often: no word that may stand in front of them is of nothing
 * but their letters. */
static bool at_flags(struct script_parser *parser)
{
    const char *at;

    script_skip(parser);
    for (at = parser->at; flag_of(*at) != 0;)
        at++;
    return at > parser->at && *at == ' ';
}

struct script_packet *script_read_packet(struct script_parser *parser)
{
    struct script_packet *packet = script_new(parser, sizeof *packet);

    if (!packet)
        return NULL;
    packet->outbound = *parser->at++ == '>';
    if (at_flags(parser) ? read_tcp(parser, packet) : read_whole(parser, packet))
        return packet;
    return NULL;
}
