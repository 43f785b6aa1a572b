/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments to records: each field by the first choice that gives it, else by a word. */
#include "fuzz/encode.h"

#include <string.h>

enum { AT_FLAGS = 1, AT_SEQ, AT_ACK, AT_WINDOW, AT_LENGTH, AT_OPTIONS };
enum { RAW_FLAGS = 15, RAW_WINDOW = 7, OCTETS_OF_WORD = 9 };

/* A segment that is being found. */
struct search {
    struct fuzz_pen *pen;
    const struct wire_frame *wanted;
    uint8_t record[FUZZ_RECORD_OCTETS];
    struct wire_frame made; /* what the record and the words so far give */
};

static void write_raw(struct search *search, uint32_t raw)
{
    for (size_t i = 0; i < 4; i++)
        search->record[FUZZ_RAW_AT + i] = (uint8_t)(raw >> (24 - 8 * i));
}

/* What the record stands for now. */
static const struct wire_frame *make(struct search *search)
{
    uint8_t input[FUZZ_HEAD_OCTETS + sizeof search->pen->words + FUZZ_RECORD_OCTETS] = {
        FUZZ_VERSION };
    size_t words = search->pen->word_count * FUZZ_RECORD_OCTETS;
    struct fuzz_end end = *search->pen->end;
    struct fuzz_event event;
    memcpy(input + FUZZ_HEAD_OCTETS, search->pen->words, words);
    memcpy(input + FUZZ_HEAD_OCTETS + words, search->record, FUZZ_RECORD_OCTETS);
    fuzz_read_event(&event, input, FUZZ_HEAD_OCTETS + words + FUZZ_RECORD_OCTETS, 0);
    end.connections += fuzz_begins(&end, &event);
    uint8_t *bytes = fuzz_arrival_room();
    size_t length = fuzz_segment(&end, &event, bytes, ANVIL_TARGET_FRAME_MAX);
    if (wire_decode(&search->made, bytes, length) != WIRE_OK)
        memset(&search->made, 0, sizeof search->made);
    return &search->made;
}

static bool same_field(const struct search *search, int field)
{
    const struct wire_tcp *a = &search->made.tcp, *b = &search->wanted->tcp;
    switch (field) {
    case AT_FLAGS: return a->flags == b->flags;
    case AT_SEQ: return a->seq == b->seq;
    case AT_ACK: return a->ack == b->ack;
    case AT_WINDOW: return a->window == b->window;
    case AT_LENGTH: return search->made.payload_bytes == search->wanted->payload_bytes;
    default:
        return a->option_bytes_count == b->option_bytes_count &&
               memcmp(a->option_bytes, b->option_bytes, a->option_bytes_count) == 0;
    }
}

/* Tries the choices of a field but those that read the raw number; false: none gives it, and the
 * plain one is left. */
static bool choose(struct search *search, int field)
{
    static const uint8_t count[] = { [AT_FLAGS] = RAW_FLAGS, [AT_SEQ] = FUZZ_EDGES,
                                     [AT_ACK] = 2 * FUZZ_EDGES, [AT_WINDOW] = RAW_WINDOW,
                                     [AT_LENGTH] = FUZZ_LENGTHS, [AT_OPTIONS] = FUZZ_OPTIONS };
    for (uint8_t choice = 0; choice < count[field]; choice++) {
        bool raw = (field == AT_SEQ || field == AT_ACK) && choice % FUZZ_EDGES == FUZZ_RAW;
        search->record[field] = choice;
        if (!raw && (make(search), same_field(search, field)))
            return true;
    }
    search->record[field] = 0;
    make(search);
    return false;
}

/* The octets of an option area, nine a word; without any, one word of none. */
static void say_options(struct search *search)
{
    const struct wire_tcp *tcp = &search->wanted->tcp;
    size_t at = 0;
    do {
        size_t left = tcp->option_bytes_count - at;
        size_t count = left < OCTETS_OF_WORD ? left : OCTETS_OF_WORD;
        uint8_t *word = fuzz_pen_word(search->pen, FUZZ_WORD_OCTETS, 0);
        word[2] = (uint8_t)count;
        memcpy(word + 3, tcp->option_bytes + at, count);
        at += count;
    } while (at < tcp->option_bytes_count);
}

/* The flags and the urgent pointer, which both need one place where neither is plain. */
static void find_flags(struct search *search)
{
    const struct wire_tcp *tcp = &search->wanted->tcp;
    if (!choose(search, AT_FLAGS) || ((tcp->flags & WIRE_URG) == 0 && tcp->urgent != 0))
        fuzz_pen_word(search->pen, FUZZ_WORD_FLAGS, (uint32_t)tcp->urgent << 16 | tcp->flags);
    else if ((tcp->flags & WIRE_URG) != 0)
        write_raw(search, (uint32_t)tcp->urgent << 16);
}

static void find_tcp(struct search *search)
{
    const struct wire_tcp *tcp = &search->wanted->tcp;
    find_flags(search);
    if (!choose(search, AT_SEQ))
        fuzz_pen_word(search->pen, FUZZ_WORD_SEQ, tcp->seq - search->made.tcp.seq);
    if ((tcp->flags & WIRE_ACK) != 0 && !choose(search, AT_ACK))
        fuzz_pen_word(search->pen, FUZZ_WORD_ACK, tcp->ack - search->made.tcp.ack);
    bool window = choose(search, AT_WINDOW);
    if (!choose(search, AT_LENGTH)) {
        fuzz_pen_word(search->pen, FUZZ_WORD_ROOM, (uint32_t)tcp->window << 16 |
                                                       (search->wanted->payload_bytes & 0xffff));
    } else if (!window) {
        search->record[AT_WINDOW] = RAW_WINDOW;
        write_raw(search, fuzz_number(search->record + FUZZ_RAW_AT) | tcp->window);
    }
    if (!choose(search, AT_OPTIONS))
        say_options(search);
}

static void find_icmp(struct search *search)
{
    const struct wire_icmp *icmp = &search->wanted->icmp;
    uint8_t *word = fuzz_pen_word(search->pen, FUZZ_WORD_ICMP, icmp->rest);
    word[2] = icmp->type;
    word[3] = icmp->code;
    for (uint8_t choice = 0; choice < FUZZ_RAW; choice++) {
        search->record[AT_SEQ] = choice;
        if (make(search)->icmp.quote.seq == icmp->quote.seq)
            return;
    }
    search->record[AT_SEQ] = 0;
    fuzz_pen_word(search->pen, FUZZ_WORD_SEQ, icmp->quote.seq - make(search)->icmp.quote.seq);
}

/* The ports of the endpoint's connection; of an ICMP error, those that it quotes. */
static bool is_ours(const struct fuzz_end *end, const struct wire_frame *frame)
{
    const struct wire_quote *quote = &frame->icmp.quote;
    if (frame->ip.version != end->local.family)
        return false;
    if (frame->kind == WIRE_KIND_ICMP)
        return quote->source_port == end->local.port &&
               quote->destination_port == end->remote.port;
    return frame->tcp.source_port == end->remote.port &&
           frame->tcp.destination_port == end->local.port;
}

void fuzz_encode_segment(struct fuzz_pen *pen, const uint8_t *bytes, size_t length)
{
    struct wire_frame wanted;
    if (wire_decode(&wanted, bytes, length) != WIRE_OK || wanted.kind == WIRE_KIND_OTHER ||
        (wanted.kind == WIRE_KIND_TCP && !wanted.tcp.checksum_ok)) {
        fuzz_pen_refuse(pen, "a frame is damaged");
        return;
    }
    if (!is_ours(pen->end, &wanted)) {
        fuzz_pen_refuse(pen, "there is more than one connection, or a stranger");
        return;
    }
    struct search search = { .pen = pen, .wanted = &wanted };
    if (wanted.kind == WIRE_KIND_TCP)
        find_tcp(&search);
    else
        find_icmp(&search);
    if (pen->reason == NULL && fuzz_trace_frames(make(&search), &wanted) != NULL)
        fuzz_pen_refuse(pen, "a segment is none that a record gives");
    fuzz_pen_put(pen, search.record);
}
