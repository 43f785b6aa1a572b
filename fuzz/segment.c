/* SPDX-License-Identifier: BSD-2-Clause */
/* Events that are segments: numbers relative to the endpoint's state become those on the wire. */
#include "fuzz/end.h"

#include <string.h>

enum { FULL_SEGMENT = 1000, TEXT_MAX = 1400, PEER_MSS = 1460, PEER_SHIFT = 3, LARGE_SHIFT = 15 };
enum { OCTETS_OF_WORD = 9 };
enum { NEW_CONNECTION = 65536, PAST = 100000, FAR = 0x40000000, A_WHILE = 100 };

static uint32_t known(int64_t number, uint32_t otherwise)
{
    return number == ANVIL_TARGET_UNKNOWN ? otherwise : (uint32_t)number;
}

static uint32_t at_edge(enum fuzz_edge edge, uint32_t base, uint32_t window, uint32_t raw)
{
    switch (edge) {
    case FUZZ_AT: return base;
    case FUZZ_ONE_BELOW: return base - 1;
    case FUZZ_ONE_ABOVE: return base + 1;
    case FUZZ_WINDOW_LESS_ONE: return base + window - 1;
    case FUZZ_WINDOW: return base + window;
    case FUZZ_WINDOW_AND_ONE: return base + window + 1;
    case FUZZ_HALF: return base + 0x80000000u;
    case FUZZ_RAW: return raw;
    case FUZZ_EDGES: break;
    }
    return base;
}

/* What the endpoint expects next; where it has heard nothing yet, the peer's first number. */
static uint32_t peer_next(const struct fuzz_end *end)
{
    uint32_t fresh = end->opening.peer_iss + end->connections * NEW_CONNECTION;
    return fuzz_end_is_connected(end) ? known(end->seen.rcv_nxt, fresh) : fresh;
}

static uint32_t receive_window(const struct fuzz_end *end)
{
    return fuzz_end_is_connected(end) ? known(end->seen.rcv_wnd, 0) : 0;
}

/* The number that a word says, or 0. */
static uint32_t said(const struct fuzz_event *event, enum fuzz_word which)
{
    const uint8_t *word = event->word_count == 0 ? NULL : fuzz_word(event, which, 0);
    return word == NULL ? 0 : fuzz_number(word + FUZZ_RAW_AT);
}

static uint32_t acknowledgment(const struct fuzz_end *end, const struct fuzz_event *event)
{
    if (!fuzz_end_is_connected(end))
        return at_edge(event->ack, 0, 0, event->raw) + said(event, FUZZ_WORD_ACK);
    int64_t base = event->ack_from_una ? end->seen.snd_una : end->seen.snd_nxt;
    return at_edge(event->ack, known(base, 0), known(end->seen.snd_wnd, 0), event->raw) +
           said(event, FUZZ_WORD_ACK);
}

static size_t text_length(const struct fuzz_end *end, const struct fuzz_event *event)
{
    uint32_t window = receive_window(end);
    if (event->word_count > 0 && fuzz_word(event, FUZZ_WORD_ROOM, 0) != NULL)
        return (said(event, FUZZ_WORD_ROOM) & 0xffff) % (FUZZ_SEGMENT_TEXT_MAX + 1);
    switch (event->length) {
    case FUZZ_NO_TEXT:
    case FUZZ_NO_TEXT_AGAIN:
    case FUZZ_LENGTHS: return 0;
    case FUZZ_ONE_OCTET: return 1;
    case FUZZ_TEN_OCTETS: return 10;
    case FUZZ_FULL_SEGMENT: return FULL_SEGMENT;
    case FUZZ_TO_THE_EDGE: return window < TEXT_MAX ? window : TEXT_MAX;
    case FUZZ_PAST_THE_EDGE: return window < TEXT_MAX ? window + 1 : TEXT_MAX;
    case FUZZ_RAW_LENGTH: return event->raw % TEXT_MAX;
    }
    return 0;
}

static void write_number(uint8_t *out, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(number >> (24 - 8 * i));
}

/* An option with one or two numbers of 32 bits. */
static void add_numbers(struct wire_tcp *tcp, uint8_t kind, uint32_t first, uint32_t second)
{
    uint8_t data[8];
    write_number(data, first);
    write_number(data + 4, second);
    wire_add_option(tcp, WIRE_OPTION_NOP, NULL, 0);
    wire_add_option(tcp, WIRE_OPTION_NOP, NULL, 0);
    wire_add_option(tcp, kind, data, sizeof data);
}

static void add_mss(struct wire_tcp *tcp, uint32_t mss)
{
    uint8_t data[2] = { (uint8_t)(mss >> 8), (uint8_t)mss };
    wire_add_option(tcp, WIRE_OPTION_MSS, data, sizeof data);
}

static void add_echo(const struct fuzz_end *end, struct wire_tcp *tcp, uint32_t later,
                     uint32_t echo)
{
    uint32_t clock = (uint32_t)((end->now_us - end->opening.clock_us) / 1000) + 1;
    add_numbers(tcp, WIRE_OPTION_TIMESTAMPS, clock + later, echo);
}

static void add_stamps(const struct fuzz_end *end, struct wire_tcp *tcp, uint32_t later)
{
    add_echo(end, tcp, later, (tcp->flags & WIRE_ACK) != 0 ? end->stamp : 0);
}

static void add_shift(struct wire_tcp *tcp, uint8_t shift)
{
    wire_add_option(tcp, WIRE_OPTION_NOP, NULL, 0);
    wire_add_option(tcp, WIRE_OPTION_WINDOW_SCALE, &shift, 1);
}

/* All offers on a SYN; timestamps wherever else they are in use. */
static void add_agreed(const struct fuzz_end *end, struct wire_tcp *tcp)
{
    bool stamps = fuzz_end_is_connected(end) && (end->seen.options & 1) != 0;
    if ((tcp->flags & WIRE_SYN) != 0) {
        add_mss(tcp, PEER_MSS);
        wire_add_option(tcp, WIRE_OPTION_SACK_PERMITTED, NULL, 0);
        add_shift(tcp, PEER_SHIFT);
    }
    if ((tcp->flags & WIRE_SYN) != 0 || stamps)
        add_stamps(end, tcp, 0);
}

bool fuzz_segment_octets(const struct fuzz_event *event, struct wire_tcp *tcp)
{
    const uint8_t *word;
    size_t i = 0;
    for (; (word = fuzz_word(event, FUZZ_WORD_OCTETS, i)) != NULL; i++) {
        size_t count = word[2] % (OCTETS_OF_WORD + 1);
        size_t room = WIRE_OPTION_BYTES_MAX - tcp->option_bytes_count;
        count = count < room ? count : room;
        memcpy(tcp->option_bytes + tcp->option_bytes_count, word + 3, count);
        tcp->option_bytes_count = (uint8_t)(tcp->option_bytes_count + count);
    }
    return i > 0;
}

/* The options that the event asks for. */
static void add_options(const struct fuzz_end *end, const struct fuzz_event *event,
                        struct wire_tcp *tcp)
{
    uint32_t una = known(end->seen.snd_una, 0);
    uint8_t raw[2] = { (uint8_t)(event->raw >> 8), (uint8_t)event->raw };
    if (event->word_count > 0 && fuzz_segment_octets(event, tcp))
        return;
    switch (event->options) {
    case FUZZ_AS_AGREED: add_agreed(end, tcp); break;
    case FUZZ_NO_OPTIONS:
    case FUZZ_OPTIONS: break;
    case FUZZ_MSS_ONLY: add_mss(tcp, PEER_MSS); break;
    case FUZZ_OLD_STAMP: add_stamps(end, tcp, 0u - PAST); break;
    case FUZZ_FAR_STAMP: add_stamps(end, tcp, FAR); break;
    case FUZZ_OLD_ECHO: add_echo(end, tcp, 0, end->stamp - A_WHILE); break;
    case FUZZ_RAW_ECHO: add_echo(end, tcp, 0, event->raw); break;
    case FUZZ_SACK_OF_FLIGHT:
        add_agreed(end, tcp);
        add_numbers(tcp, WIRE_OPTION_SACK, una + FULL_SEGMENT, una + 2 * FULL_SEGMENT);
        break;
    case FUZZ_RAW_SACK:
        add_numbers(tcp, WIRE_OPTION_SACK, event->raw, event->raw + event->window);
        break;
    case FUZZ_ZERO_LENGTH:
        memcpy(tcp->option_bytes, "\x02\x00\x05\xb4", 4);
        tcp->option_bytes_count = 4;
        break;
    case FUZZ_UNKNOWN_OPTION:
        add_agreed(end, tcp);
        wire_add_option(tcp, (uint8_t)(100 + event->raw % 100), raw, sizeof raw);
        break;
    case FUZZ_LARGE_SHIFT:
        add_mss(tcp, PEER_MSS);
        add_shift(tcp, LARGE_SHIFT);
        break;
    case FUZZ_RAW_MSS: add_mss(tcp, event->raw); break;
    case FUZZ_USER_TIMEOUT:
        wire_add_option(tcp, WIRE_OPTION_USER_TIMEOUT, raw, sizeof raw);
        break;
    }
}

/* How far text at this number is behind the first octet of the peer's stream. */
static uint32_t distance(const struct fuzz_end *end, const struct wire_tcp *tcp)
{
    uint32_t fresh = end->opening.peer_iss + end->connections * NEW_CONNECTION;
    uint32_t irs = fuzz_end_is_connected(end) ? known(end->seen.irs, fresh) : fresh;
    return (tcp->flags & WIRE_SYN) != 0 ? 0 : tcp->seq - irs - 1;
}

static void put_address(struct wire_address *out, const struct anvil_target_address *from)
{
    out->version = from->family;
    memcpy(out->bytes, from->octets, from->family == 4 ? 4 : 16);
}

uint16_t fuzz_segment_flags(const struct fuzz_event *event)
{
    bool told = event->word_count > 0 && fuzz_word(event, FUZZ_WORD_FLAGS, 0) != NULL;
    return told ? said(event, FUZZ_WORD_FLAGS) & 0xfff : event->flags;
}

enum fuzz_class fuzz_segment_class(const struct fuzz_event *event)
{
    bool text = event->length != FUZZ_NO_TEXT && event->length != FUZZ_NO_TEXT_AGAIN;
    if (event->word_count > 0 && fuzz_word(event, FUZZ_WORD_ICMP, 0) != NULL)
        return FUZZ_CLASS_OTHER;
    if (event->word_count > 0 && fuzz_word(event, FUZZ_WORD_ROOM, 0) != NULL)
        text = (said(event, FUZZ_WORD_ROOM) & 0xffff) != 0;
    return fuzz_class_of(fuzz_segment_flags(event), text);
}

/* All of the header but its options. */
static void put_header(const struct fuzz_end *end, const struct fuzz_event *event,
                       struct wire_tcp *tcp)
{
    tcp->source_port = end->remote.port;
    tcp->destination_port = end->local.port;
    tcp->flags = fuzz_segment_flags(event);
    tcp->seq = at_edge(event->seq, peer_next(end), receive_window(end), event->raw) +
               said(event, FUZZ_WORD_SEQ);
    if ((tcp->flags & WIRE_ACK) != 0)
        tcp->ack = acknowledgment(end, event);
    tcp->window = event->window;
    if (event->word_count > 0 && fuzz_word(event, FUZZ_WORD_ROOM, 0) != NULL)
        tcp->window = (uint16_t)(said(event, FUZZ_WORD_ROOM) >> 16);
    if ((tcp->flags & WIRE_URG) != 0)
        tcp->urgent = (uint16_t)(event->raw >> 16);
    if (event->word_count > 0 && fuzz_word(event, FUZZ_WORD_FLAGS, 0) != NULL)
        tcp->urgent = (uint16_t)(said(event, FUZZ_WORD_FLAGS) >> 16);
}

/* An ICMP error about a segment that the endpoint sent: at SND.UNA, unless said. */
static size_t put_error(const struct fuzz_end *end, const struct fuzz_event *event,
                        const uint8_t *word, struct wire_frame *frame, uint8_t *out, size_t room)
{
    uint32_t una = fuzz_end_is_connected(end) ? known(end->seen.snd_una, 0) : 0;
    uint32_t flight = fuzz_end_is_connected(end) ? known(end->seen.snd_nxt, 0) - una : 0;
    struct wire_quote *quote = &frame->icmp.quote;
    frame->kind = WIRE_KIND_ICMP;
    memset(&frame->icmp, 0, sizeof frame->icmp);
    frame->icmp.type = word[2];
    frame->icmp.code = word[3];
    frame->icmp.rest = fuzz_number(word + FUZZ_RAW_AT);
    quote->ip.version = frame->ip.version;
    quote->ip.protocol = WIRE_PROTOCOL_TCP;
    quote->ip.ttl = frame->ip.ttl;
    quote->ip.source = frame->ip.destination;
    quote->ip.destination = frame->ip.source;
    quote->source_port = end->local.port;
    quote->destination_port = end->remote.port;
    quote->seq = at_edge(event->seq, una, flight, event->raw) + said(event, FUZZ_WORD_SEQ);
    return wire_encode(frame, NULL, out, room);
}

size_t fuzz_segment(const struct fuzz_end *end, const struct fuzz_event *event, uint8_t *out,
                    size_t room)
{
    struct wire_frame frame;
    memset(&frame.ip, 0, sizeof frame.ip);
    memset(&frame.tcp, 0, offsetof(struct wire_tcp, options)); /* which only a decoder fills in */
    frame.kind = WIRE_KIND_TCP;
    frame.ip.version = end->local.family;
    frame.ip.ttl = 64;
    put_address(&frame.ip.source, &end->remote);
    put_address(&frame.ip.destination, &end->local);
    const uint8_t *error = event->word_count == 0 ? NULL : fuzz_word(event, FUZZ_WORD_ICMP, 0);
    if (error != NULL)
        return put_error(end, event, error, &frame, out, room);
    put_header(end, event, &frame.tcp);
    add_options(end, event, &frame.tcp);
    frame.payload_bytes = text_length(end, event);
    frame.payload = fuzz_peer_text(distance(end, &frame.tcp));
    return wire_encode(&frame, NULL, out, room);
}
