/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP options: from bytes to a list, and one by one into bytes. RFC 9293 3.1. */
#include <string.h>

#include "wire/bytes.h"
#include "wire/frame.h"

/* Each reads what follows kind and length (`count` bytes), and says whether that fits the kind. */

static bool take_nothing(struct wire_option *option, const uint8_t *data, size_t count)
{
    (void)option;
    (void)data;
    return count == 0;
}

static bool take_mss(struct wire_option *option, const uint8_t *data, size_t count)
{
    if (count != 2)
        return false;
    option->value.mss = get16(data);
    return true;
}

static bool take_window_scale(struct wire_option *option, const uint8_t *data, size_t count)
{
    if (count != 1)
        return false;
    option->value.window_scale = data[0];
    return true;
}

/* RFC 2018 3: one to four pairs of left and right edge. */
static bool take_sack(struct wire_option *option, const uint8_t *data, size_t count)
{
    size_t blocks = count / 8;

    if (count % 8 != 0 || blocks == 0 || blocks > WIRE_SACK_BLOCKS_MAX)
        return false;
    option->value.sack.count = (uint8_t)blocks;
    for (size_t i = 0; i < blocks; i++) {
        option->value.sack.blocks[i].left = get32(data + 8 * i);
        option->value.sack.blocks[i].right = get32(data + 8 * i + 4);
    }
    return true;
}

static bool take_timestamps(struct wire_option *option, const uint8_t *data, size_t count)
{
    if (count != 8)
        return false;
    option->value.timestamps.value = get32(data);
    option->value.timestamps.echo = get32(data + 4);
    return true;
}

/* RFC 2385 3.0: a digest of 16 bytes, left where it is. */
static bool take_md5(struct wire_option *option, const uint8_t *data, size_t count)
{
    (void)option;
    (void)data;
    return count == 16;
}

/* RFC 5482 3.1: a granularity bit and 15 bits of time-out. */
static bool take_user_timeout(struct wire_option *option, const uint8_t *data, size_t count)
{
    if (count != 2)
        return false;
    option->value.user_timeout.minutes = (data[0] & 0x80) != 0;
    option->value.user_timeout.value = get16(data) & 0x7fff;
    return true;
}

/* RFC 7413 4.1.1: an empty cookie asks for one. */
static bool take_fast_open(struct wire_option *option, const uint8_t *data, size_t count)
{
    (void)data;
    option->value.fast_open.count = (uint8_t)count;
    option->value.fast_open.offset = (uint8_t)(option->offset + 2);
    return true;
}

/* Kind 254 is shared: only the identifier 0xf989 makes it Fast Open. */
static bool take_experiment(struct wire_option *option, const uint8_t *data, size_t count)
{
    if (count < 2 || get16(data) != 0xf989)
        return false;
    option->value.fast_open.count = (uint8_t)(count - 2);
    option->value.fast_open.offset = (uint8_t)(option->offset + 4);
    return true;
}

static const struct {
    uint8_t kind;
    bool (*take)(struct wire_option *option, const uint8_t *data, size_t count);
} rules[] = {
    { WIRE_OPTION_MSS, take_mss },
    { WIRE_OPTION_WINDOW_SCALE, take_window_scale },
    { WIRE_OPTION_SACK_PERMITTED, take_nothing },
    { WIRE_OPTION_SACK, take_sack },
    { WIRE_OPTION_TIMESTAMPS, take_timestamps },
    { WIRE_OPTION_MD5, take_md5 },
    { WIRE_OPTION_USER_TIMEOUT, take_user_timeout },
    { WIRE_OPTION_FAST_OPEN, take_fast_open },
    { WIRE_OPTION_EXPERIMENT, take_experiment },
};

/* Reads the option that begins at `offset`; its length is at least 1 and stays in the header. */
static void parse_one(struct wire_tcp *tcp, struct wire_option *option, uint8_t offset)
{
    const uint8_t *bytes = tcp->option_bytes + offset;
    uint8_t left = (uint8_t)(tcp->option_bytes_count - offset);

    memset(option, 0, sizeof *option);
    option->kind = bytes[0];
    option->offset = offset;
    if (option->kind == WIRE_OPTION_EOL || option->kind == WIRE_OPTION_NOP) {
        option->length = 1;
        option->parsed = true;
        return;
    }
    option->malformed = left < 2 || bytes[1] < 2 || bytes[1] > left;
    option->length = option->malformed ? left : bytes[1];
    for (size_t i = 0; i < sizeof rules / sizeof rules[0] && !option->malformed; i++)
        if (rules[i].kind == option->kind)
            option->parsed = rules[i].take(option, bytes + 2, option->length - 2u);
}

/* Stops after EOL, after a malformed option, or at the end of the header. */
void wire_parse_options(struct wire_tcp *tcp)
{
    size_t offset = 0;

    if (tcp->option_bytes_count > WIRE_OPTION_BYTES_MAX)
        tcp->option_bytes_count = WIRE_OPTION_BYTES_MAX;
    tcp->option_count = 0;
    while (offset < tcp->option_bytes_count) {
        struct wire_option *option = &tcp->options[tcp->option_count++];

        parse_one(tcp, option, (uint8_t)offset);
        if (option->malformed || option->kind == WIRE_OPTION_EOL)
            return;
        offset += option->length;
    }
}

const struct wire_option *wire_find_option(const struct wire_tcp *tcp, uint8_t kind)
{
    for (size_t i = 0; i < tcp->option_count; i++)
        if (tcp->options[i].kind == kind)
            return &tcp->options[i];
    return NULL;
}

static bool append(struct wire_tcp *tcp, const uint8_t *head, size_t head_count,
                   const uint8_t *data, size_t count)
{
    size_t used = tcp->option_bytes_count;

    if (count > WIRE_OPTION_BYTES_MAX || used + head_count + count > WIRE_OPTION_BYTES_MAX)
        return false;
    memcpy(tcp->option_bytes + used, head, head_count);
    if (count > 0)
        memcpy(tcp->option_bytes + used + head_count, data, count);
    tcp->option_bytes_count = (uint8_t)(used + head_count + count);
    return true;
}

bool wire_add_option(struct wire_tcp *tcp, uint8_t kind, const uint8_t *data, size_t count)
{
    uint8_t head[2] = { kind, (uint8_t)(count + 2) };

    if (kind == WIRE_OPTION_EOL || kind == WIRE_OPTION_NOP)
        return append(tcp, head, 1, NULL, 0);
    return append(tcp, head, 2, data, count);
}
