/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP options: a table of their names, one reader each. */
#include "script/parse.h"

#include <string.h>

enum {
    KIND_ACCECN0 = 172, KIND_ACCECN1 = 174, /* RFC 9768 */
    KIND_EXPERIMENT = 254,                  /* RFC 6994 */
    EXID_ACCECN0 = 0xacc0, EXID_ACCECN1 = 0xacc1, EXID_TARR = 0x00ac,
    DATA_BYTES_MAX = SCRIPT_OPTION_BYTES_MAX - 2
};

typedef void option_reader(struct script_parser *parser, struct script_tcp_option *option);

static void read_nothing(struct script_parser *parser, struct script_tcp_option *option)
{
    (void)parser;
    (void)option;
}

static void read_mss(struct script_parser *parser, struct script_tcp_option *option)
{
    option->number = script_read_number(parser, "the mss", UINT16_MAX);
}

static void read_wscale(struct script_parser *parser, struct script_tcp_option *option)
{
    option->number = script_read_number(parser, "the window scale", UINT8_MAX);
}

/* sack 1:101 201:301 */
static void read_sack(struct script_parser *parser, struct script_tcp_option *option)
{
    do {
        struct script_sack_block *block = &option->sack[option->sack_count];

        if (option->sack_count == SCRIPT_SACK_BLOCKS_MAX) {
            script_fail_at(parser, parser->at, "more than %d SACK blocks",
                           SCRIPT_SACK_BLOCKS_MAX);
            return;
        }
        block->left = script_read_number(parser, "the left edge of a SACK block", UINT32_MAX);
        if (!script_expect(parser, ":"))
            return;
        block->right = script_read_number(parser, "the right edge of a SACK block", UINT32_MAX);
        option->sack_count++;
        script_skip(parser);
    } while (script_is_digit(*parser->at));
}

/* TS val 100 ecr 200, TS val ... ecr 200! */
static void read_timestamps(struct script_parser *parser, struct script_tcp_option *option)
{
    if (!script_accept_word(parser, "val")) {
        script_fail_expected(parser, "'val'");
        return;
    }
    option->ts_val_any = script_accept(parser, "...");
    if (!option->ts_val_any)
        option->ts_val = script_read_number(parser, "the timestamp value", UINT32_MAX);
    if (!script_accept_word(parser, "ecr")) {
        script_fail_expected(parser, "'ecr'");
        return;
    }
    option->ts_ecr = script_read_number(parser, "the timestamp echo", UINT32_MAX);
    option->ts_ecr_absolute = script_accept(parser, "!");
}

static void read_cookie(struct script_parser *parser, struct script_tcp_option *option)
{
    option->byte_count = script_read_hex(parser, option->bytes, DATA_BYTES_MAX);
}

static void read_md5(struct script_parser *parser, struct script_tcp_option *option)
{
    option->valid = script_accept_word(parser, "valid");
    if (!option->valid)
        read_cookie(parser, option);
}

static void append_number(struct script_tcp_option *option, uint32_t value, uint32_t bytes)
{
    while (bytes-- > 0)
        option->bytes[option->byte_count++] = (uint8_t)(value >> 8 * bytes);
}

/* Up to three counters of 24 bits, each behind one of these names, in the order written. */
static void read_counters(struct script_parser *parser, struct script_tcp_option *option)
{
    static const char *const names[] = { "ee0b", "eceb", "ee1b", "e0b", "ceb", "e1b" };
    uint32_t count = 0;
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0] && count < 3; i++) {
        if (!script_accept_word(parser, names[i]))
            continue;
        append_number(option, script_read_number(parser, "a counter", 0xffffff), 3);
        count++;
        i = (size_t)-1;
    }
}

static void read_accecn0(struct script_parser *parser, struct script_tcp_option *option)
{
    option->number = KIND_ACCECN0;
    read_counters(parser, option);
}

static void read_accecn1(struct script_parser *parser, struct script_tcp_option *option)
{
    option->number = KIND_ACCECN1;
    read_counters(parser, option);
}

/* google: the first counter tells which of the two kinds it is. */
static void read_accecn(struct script_parser *parser, struct script_tcp_option *option)
{
    option->number = script_peek_word(parser, "e1b") ? KIND_ACCECN1 : KIND_ACCECN0;
    read_counters(parser, option);
}

static void read_exp_accecn0(struct script_parser *parser, struct script_tcp_option *option)
{
    option->number = KIND_EXPERIMENT;
    append_number(option, EXID_ACCECN0, 2);
    read_counters(parser, option);
}

static void read_exp_accecn1(struct script_parser *parser, struct script_tcp_option *option)
{
    option->number = KIND_EXPERIMENT;
    append_number(option, EXID_ACCECN1, 2);
    read_counters(parser, option);
}

static void read_exp_tarr(struct script_parser *parser, struct script_tcp_option *option)
{
    option->number = KIND_EXPERIMENT;
    append_number(option, EXID_TARR, 2);
    script_skip(parser);
    if (script_is_digit(*parser->at))
        append_number(option, script_read_number(parser, "the ack rate", 127) << 1, 1);
}

/* gen-KIND [length N] [HEX]: the name was passed up to the number. */
static void read_generic(struct script_parser *parser, struct script_tcp_option *option)
{
    option->number = script_read_number(parser, "an option kind", UINT8_MAX);
    if (script_accept_word(parser, "length")) {
        option->has_length = true;
        option->length_field = (uint8_t)script_read_number(parser, "an option length", UINT8_MAX);
    }
    read_cookie(parser, option);
}

/* exp-EXID [HEX], RFC 6994. */
static void read_experiment(struct script_parser *parser, struct script_tcp_option *option)
{
    uint32_t exid = 0;
    int digit, digits = 0;

    while ((digit = script_hex_digit(*parser->at)) >= 0 && digits++ < 4) {
        exid = exid * 16 + (uint32_t)digit;
        parser->at++;
    }
    if (digits == 0 || script_is_word(*parser->at)) {
        script_fail_expected(parser, "an experiment id of up to four hexadecimal digits");
        return;
    }
    option->number = KIND_EXPERIMENT;
    append_number(option, exid, 2);
    option->byte_count += script_read_hex(parser, option->bytes + 2, DATA_BYTES_MAX - 2);
}

struct option_name {
    const char *name;
    enum script_option_kind kind;
    option_reader *read;
    bool prefix;                       /* what follows belongs to the same word */
};

/* At the name of an option, which is passed; NULL: none of ours. */
static const struct option_name *accept_option_name(struct script_parser *parser)
{
    static const struct option_name names[] = {
        { "mss", SCRIPT_OPT_MSS, read_mss, false },
        { "nop", SCRIPT_OPT_NOP, read_nothing, false },
        { "eol", SCRIPT_OPT_EOL, read_nothing, false },
        { "TS", SCRIPT_OPT_TIMESTAMPS, read_timestamps, false },
        { "sackOK", SCRIPT_OPT_SACK_OK, read_nothing, false },
        { "sack", SCRIPT_OPT_SACK, read_sack, false },
        { "wscale", SCRIPT_OPT_WSCALE, read_wscale, false },
        { "FO", SCRIPT_OPT_FASTOPEN, read_cookie, false },
        { "FOEXP", SCRIPT_OPT_FASTOPEN_EXP, read_cookie, false },
        { "EXP-FO", SCRIPT_OPT_FASTOPEN_EXP, read_cookie, false },
        { "exp-FO", SCRIPT_OPT_FASTOPEN_EXP, read_cookie, false },
        { "md5", SCRIPT_OPT_MD5, read_md5, false },
        { "ECN", SCRIPT_OPT_RAW, read_accecn, false },
        { "AccECN0", SCRIPT_OPT_RAW, read_accecn0, false },
        { "AccECN1", SCRIPT_OPT_RAW, read_accecn1, false },
        { "exp-AccECN0", SCRIPT_OPT_RAW, read_exp_accecn0, false },
        { "exp-AccECN1", SCRIPT_OPT_RAW, read_exp_accecn1, false },
        { "exp-tarr", SCRIPT_OPT_RAW, read_exp_tarr, false },
        { "gen-", SCRIPT_OPT_RAW, read_generic, true },
        { "exp-", SCRIPT_OPT_RAW, read_experiment, true },
    };
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].prefix ? script_accept(parser, names[i].name)
                            : script_accept_word(parser, names[i].name))
            return &names[i];
    return NULL;
}

static struct script_tcp_option *read_option(struct script_parser *parser)
{
    struct script_tcp_option *option = script_new(parser, sizeof *option);
    const struct option_name *name;

    if (!option)
        return NULL;
    script_skip(parser);
    option->pos = script_pos_here(parser);
    name = accept_option_name(parser);
    if (!name) {
        script_fail_expected(parser, "a TCP option");
        return NULL;
    }
    option->kind = name->kind;
    name->read(parser, option);
    return parser->shared->failed ? NULL : option;
}

/* <020405b4>: the whole field as bytes. Only hexadecimal digits up to the '>', and no name. */
static bool at_raw_field(const struct script_parser *parser)
{
    size_t length = script_word_length(parser);
    const char *at = parser->at + length;

    while (*at == ' ' || *at == '\t')
        at++;
    return length > 0 && *at == '>' && strspn(parser->at, "0123456789abcdefABCDEFx") == length;
}

static bool read_raw_field(struct script_parser *parser, struct script_packet *packet)
{
    uint8_t *bytes = script_new(parser, SCRIPT_OPTION_BYTES_MAX);

    if (!bytes)
        return false;
    packet->raw_options = bytes;
    packet->raw_option_bytes = script_read_hex(parser, bytes, SCRIPT_OPTION_BYTES_MAX);
    return script_expect(parser, ">");
}

bool script_read_tcp_options(struct script_parser *parser, struct script_packet *packet)
{
    const struct script_tcp_option **tail = &packet->options;
    const char *start = parser->at;

    parser->at++;
    if (script_accept(parser, "...")) {
        packet->any_options = true;
        if (!packet->outbound)
            script_fail_at(parser, start, "<...> can stand in an outbound packet only");
        return script_expect(parser, ">");
    }
    if (at_raw_field(parser))
        return read_raw_field(parser, packet);
    do {
        struct script_tcp_option *option = read_option(parser);

        if (!option)
            return false;
        if (++packet->option_count > SCRIPT_OPTION_BYTES_MAX) {
            script_fail_at(parser, start, "more than %d options", SCRIPT_OPTION_BYTES_MAX);
            return false;
        }
        *tail = option;
        tail = &option->next;
    } while (script_accept(parser, ","));
    return script_expect(parser, ">");
}
