/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is wrong with a frame as its sender made it. A sound stack never sends such a frame,
 * whatever the script expects, so the runner fails a case on the first one. Only breaches of a MUST
 * are reported: a false accusation would be a fault of ours.
 */
#include <stdarg.h>
#include <stdio.h>

#include "wire/frame.h"

/* Where the sentence goes. */
struct sentence {
    char *out;
    size_t room;
};

/* Writes the sentence and returns true, so that a check can end with it. */
static bool say(const struct sentence *sentence, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence->out, sentence->room, format, arguments);
    va_end(arguments);
    return true;
}

/* RFC 791 3.1, RFC 1122 3.2.1. */
static bool ip_fault(const struct wire_frame *frame, const struct sentence *sentence)
{
    const struct wire_ip *ip = &frame->ip;

    if (frame->frame_bytes != ip->claimed_bytes)
        return say(sentence, "the frame has %zu bytes, but its IP header says %lu",
                   frame->frame_bytes, (unsigned long)ip->claimed_bytes);
    if (!ip->checksum_ok)
        return say(sentence, "the IP header checksum 0x%04x is wrong", (unsigned)ip->checksum);
    if (ip->reserved_bit)
        return say(sentence, "the reserved bit of the IPv4 flags is set");
    if (ip->dont_fragment && ip->more_fragments)
        return say(sentence, "the IPv4 flags DF and MF are both set");
    if (ip->ttl == 0)
        return say(sentence, "the %s is 0", ip->version == 4 ? "time to live" : "hop limit");
    return false;
}

/* What each kind must look like. */
static const struct {
    uint8_t kind;
    const char *name;
    bool only_on_syn;
    const char *lengths;
} option_rules[] = {
    { WIRE_OPTION_MSS, "mss", true, "4" },                       /* RFC 9293 3.2 */
    { WIRE_OPTION_WINDOW_SCALE, "wscale", true, "3" },           /* RFC 7323 2.2 */
    { WIRE_OPTION_SACK_PERMITTED, "sackOK", true, "2" },         /* RFC 2018 2 */
    { WIRE_OPTION_SACK, "sack", false, "10, 18, 26 or 34" },     /* RFC 2018 3 */
    { WIRE_OPTION_TIMESTAMPS, "TS", false, "10" },               /* RFC 7323 3.2 */
    { WIRE_OPTION_MD5, "md5", false, "18" },                     /* RFC 2385 3.0 */
    { WIRE_OPTION_USER_TIMEOUT, "user timeout", false, "4" },    /* RFC 5482 3.1 */
};

static bool known_option_fault(const struct wire_tcp *tcp, const struct wire_option *option,
                               const struct sentence *sentence)
{
    for (size_t i = 0; i < sizeof option_rules / sizeof option_rules[0]; i++) {
        if (option_rules[i].kind != option->kind)
            continue;
        if (!option->parsed)
            return say(sentence, "the %s option has length %u, but must have %s",
                       option_rules[i].name, (unsigned)option->length, option_rules[i].lengths);
        if (option_rules[i].only_on_syn && !(tcp->flags & WIRE_SYN))
            return say(sentence, "the %s option is on a segment without SYN",
                       option_rules[i].name);
    }
    if (option->kind == WIRE_OPTION_WINDOW_SCALE && option->value.window_scale > 14)
        return say(sentence, "the wscale option shifts by %u, but 14 is the most",
                   (unsigned)option->value.window_scale); /* RFC 7323 2.3 */
    return false;
}

static bool malformed_option_fault(const struct wire_tcp *tcp, const struct wire_option *option,
                                   const struct sentence *sentence)
{
    if (option->length < 2)
        return say(sentence, "option kind %u ends the header and has no length",
                   (unsigned)option->kind);
    return say(sentence, "option kind %u has the impossible length %u", (unsigned)option->kind,
               (unsigned)tcp->option_bytes[option->offset + 1]);
}

/* RFC 9293 3.1: whatever follows the End of Option List is padding, and zero (MUST-69). */
static bool padding_fault(const struct wire_tcp *tcp, const struct wire_option *end,
                          const struct sentence *sentence)
{
    for (size_t i = end->offset; i < tcp->option_bytes_count; i++)
        if (tcp->option_bytes[i] != 0)
            return say(sentence, "the padding after the end of the options is not zero");
    return false;
}

static bool options_fault(const struct wire_tcp *tcp, const struct sentence *sentence)
{
    for (size_t i = 0; i < tcp->option_count; i++) {
        const struct wire_option *option = &tcp->options[i];

        if (option->malformed)
            return malformed_option_fault(tcp, option, sentence);
        if (option->kind == WIRE_OPTION_EOL)
            return padding_fault(tcp, option, sentence);
        if (known_option_fault(tcp, option, sentence))
            return true;
    }
    return false;
}

static bool tcp_fault(const struct wire_tcp *tcp, const struct sentence *sentence)
{
    if (!tcp->checksum_ok)
        return say(sentence, "the TCP checksum 0x%04x is wrong", (unsigned)tcp->checksum);
    if (tcp->flags & WIRE_RESERVED)
        return say(sentence, "reserved bits of the TCP header are set");
    return options_fault(tcp, sentence);
}

bool wire_fault(const struct wire_frame *frame, char *out, size_t room)
{
    struct sentence sentence = { out, room };

    if (ip_fault(frame, &sentence))
        return true;
    if (frame->kind == WIRE_KIND_TCP)
        return tcp_fault(&frame->tcp, &sentence);
    if (frame->kind == WIRE_KIND_ICMP && !frame->icmp.checksum_ok)
        return say(&sentence, "the ICMP checksum 0x%04x is wrong",
                   (unsigned)frame->icmp.checksum);
    return false;
}
