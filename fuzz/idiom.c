/* SPDX-License-Identifier: BSD-2-Clause */
/* The idioms: a table of pieces, of which each comes, or not, once or several times. */
#include "fuzz/idiom.h"

#include "fuzz/event.h"

#include <string.h>

enum { SEGMENT = 0, CALL = 4, TIME = 6, ANY = 0xff, PIECES_MAX = 7 };
enum { ACK = 0, SYN = 1, FIN = 3, OF_UNA = FUZZ_EDGES, OF_NXT = 0 };
enum number { ZERO, ONE, FEW, SOME, STEP };

/* An event, and perhaps a word about it. What is ANY is drawn, each time that it comes. */
struct piece {
    uint8_t most;              /* it comes so many times, or fewer */
    uint8_t record[7];         /* its first octets */
    uint8_t word[3];           /* those of the word behind its first; FUZZ_WORDS: there is none */
    enum number number;        /* and its number */
};

#define NO_WORD { FUZZ_WORDS, 0, 0 }, ZERO
#define SEGMENTS(most, ...) { most, { SEGMENT, __VA_ARGS__ }, NO_WORD }
#define CALLS(most, call, ...) { most, { CALL, FUZZ_##call, __VA_ARGS__ }, NO_WORD }
#define TIMES(most, time) { most, { TIME, time, 0, 0, 0, 0, 0 }, NO_WORD }
#define SET(name, number) \
    { 1, { CALL, FUZZ_SET_OPTION }, { FUZZ_WORD_OPTION, name, 0 }, number }
#define DEADLINES(most) TIMES(most, FUZZ_DEADLINE)
#define ACKS SEGMENTS(1, ACK, 0, ANY, ANY)
#define ERRORS(type, code) { 2, { SEGMENT }, { FUZZ_WORD_ICMP, type, code }, SOME }
/* Text so far behind what is expected. */
#define BEYOND(most, length) \
    { most, { SEGMENT, ACK, 0, 0, 0, length, 0 }, { FUZZ_WORD_SEQ, 0, 0 }, STEP }
#define MOVES(most, call, number) { most, { CALL, call }, { FUZZ_WORD_SIZE, ANY, 0 }, number }

static const struct piece idioms[][PIECES_MAX] = {
    { DEADLINES(12) },
    { TIMES(1, ANY), DEADLINES(4), TIMES(1, ANY) },
    { SET(ANVIL_OPTION_KEEPIDLE, FEW), SET(ANVIL_OPTION_KEEPINTVL, FEW),
      SET(ANVIL_OPTION_KEEPCNT, FEW), SET(ANVIL_OPTION_KEEPALIVE, ONE), DEADLINES(5), ACKS,
      DEADLINES(5) },
    { SET(ANVIL_OPTION_KEEPALIVE, ONE), SEGMENTS(2, ACK, 0, 0, 0, ANY), TIMES(1, ANY),
      SEGMENTS(2, ACK, 0, 0, 0, ANY), DEADLINES(8) },
    { SET(ANVIL_OPTION_USER_TIMEOUT, SOME), CALLS(2, SEND, ANY), DEADLINES(6), ACKS,
      DEADLINES(6) },
    { SET(ANY, SOME), SET(ANY, FEW), CALLS(1, SEND, ANY), ACKS, DEADLINES(3) },
    { CALLS(1, SEND, ANY), ERRORS(3, ANY), DEADLINES(3) },
    { CALLS(1, SEND, ANY), ERRORS(1, ANY), DEADLINES(2) },
    { CALLS(1, SEND, ANY), ERRORS(3, 4), DEADLINES(3), ACKS, DEADLINES(2) },
    { CALLS(1, SEND, ANY), ERRORS(2, 0), DEADLINES(3), ACKS, DEADLINES(2) },
    { BEYOND(4, FUZZ_FULL_SEGMENT), BEYOND(2, ANY), SEGMENTS(2, ACK, 0, 0, 0, ANY, 0),
      BEYOND(2, ANY) },
    { SEGMENTS(5, ACK, 0, 0, ANY, ANY, 0), CALLS(2, RECEIVE, ANY), DEADLINES(1) },
    { SET(ANVIL_OPTION_RCVBUF, SOME), SEGMENTS(5, ACK, 0, 0, 0, FUZZ_TO_THE_EDGE),
      SEGMENTS(2, ANY, ANY, ANY, ANY, ANY), CALLS(2, RECEIVE, ANY) },
    { SEGMENTS(1, ACK, 0, OF_NXT, ANY), CALLS(2, SEND, ANY), DEADLINES(5), ACKS, DEADLINES(3) },
    { CALLS(3, SEND, ANY), SEGMENTS(1, ACK, 0, OF_UNA, ANY), DEADLINES(6), ACKS, DEADLINES(2) },
    { SET(ANVIL_OPTION_NODELAY, ONE), MOVES(3, FUZZ_SEND, FEW), ACKS,
      MOVES(3, FUZZ_SEND, SOME), DEADLINES(4) },
    { CALLS(1, SEND, ANY), TIMES(1, ANY), ACKS, CALLS(1, SEND, ANY), TIMES(1, ANY), ACKS,
      DEADLINES(2) },
    { SEGMENTS(2, FIN, 0, ANY), TIMES(1, ANY), SEGMENTS(2, FIN, ANY, ANY), DEADLINES(3) },
    { CALLS(2, SEND, ANY), CALLS(1, SHUTDOWN, 0), ACKS, CALLS(1, CLOSE, 0), DEADLINES(4),
      SEGMENTS(2, FIN, 0, ANY), ACKS },
    { SEGMENTS(1, FIN, 0, 0), CALLS(1, CLOSE, 0), SEGMENTS(1, ACK), TIMES(2, ANY),
      SEGMENTS(2, SYN, ANY, 0, ANY, 0, ANY), TIMES(1, ANY) },
    { TIMES(2, ANY), SEGMENTS(2, SYN, ANY, 0, ANY, 0, ANY), SEGMENTS(1, ANY), DEADLINES(2) },
    { { 1, { CALL, FUZZ_SHUTDOWN }, { FUZZ_WORD_NUMBER, 0, 0 }, ZERO },
      SEGMENTS(2, ACK, 0, ANY, ANY, ANY, ANY), MOVES(2, FUZZ_RECEIVE, SOME) },
};

uint32_t fuzz_draw(uint64_t *random, uint32_t below)
{
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return below == 0 ? 0 : (uint32_t)(*random >> 33) % below;
}

uint32_t fuzz_draw_number(uint64_t *random)
{
    static const uint32_t numbers[] = {
        0, 1, 2, 3, 5, 10, 40, 64, 68, 100, 200, 256, 296, 500, 536, 552, 576, 1000, 1240, 1279,
        1280, 1460, 1492, 1500, 2000, 3000, 5000, 7200, 10000, 30000, 60000, 65535, 120000,
        0x10000 + 1280, 0xffffffff,
    };
    return numbers[fuzz_draw(random, sizeof numbers / sizeof numbers[0])];
}

static uint32_t number_of(uint64_t *random, enum number number)
{
    switch (number) {
    case ZERO: return 0;
    case ONE: return 1;
    case FEW: return 1 + fuzz_draw(random, 10);
    case SOME: return fuzz_draw_number(random);
    case STEP: return 1000 * (1 + fuzz_draw(random, 8)); /* FULL_SEGMENT of segment.c */
    }
    return 0;
}

/* The octets of a piece, those that are ANY drawn. */
static void fill(uint64_t *random, uint8_t *out, const uint8_t *octets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = octets[i] == ANY ? (uint8_t)fuzz_draw(random, 32) : octets[i];
}

/* A piece, once; how many records it is. */
static size_t put_piece(uint64_t *random, const struct piece *piece, uint8_t *records)
{
    size_t count = piece->word[0] == FUZZ_WORDS ? 1 : 2;
    memset(records, 0, count * FUZZ_RECORD_OCTETS);
    if (count == 2) {
        uint32_t number = number_of(random, piece->number);
        records[0] = FUZZ_FIRST_WORD;
        fill(random, records + 1, piece->word, sizeof piece->word);
        for (int i = 0; i < 4; i++)
            records[FUZZ_RAW_AT + i] = (uint8_t)(number >> (24 - 8 * i));
        records += FUZZ_RECORD_OCTETS;
    }
    fill(random, records, piece->record, sizeof piece->record);
    return count;
}

size_t fuzz_idiom(uint64_t *random, uint8_t *records)
{
    const struct piece *pieces = idioms[fuzz_draw(random, sizeof idioms / sizeof idioms[0])];
    size_t count = 0;
    for (size_t i = 0; i < PIECES_MAX && pieces[i].most > 0; i++) {
        uint32_t times = fuzz_draw(random, 4) == 0 ? 0 : 1 + fuzz_draw(random, pieces[i].most);
        for (; times > 0 && count + 2 <= FUZZ_IDIOM_RECORDS_MAX; times--)
            count += put_piece(random, &pieces[i], records + count * FUZZ_RECORD_OCTETS);
    }
    return count;
}
