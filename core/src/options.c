/* SPDX-License-Identifier: BSD-2-Clause */
/* The option codec: one table row an option, for both directions. RFC 9293 3.1 and 3.2. */
#include <anvil/options.h>

#include <string.h>

#define KIND_END 0u
#define KIND_NOP 1u
#define KIND_TIMESTAMPS 8u

/* Kind and length octet in front of an option's value. */
#define PREFIX 2u

/* A fixed timestamps option behind two NOPs, and its first four octets. RFC 7323 appendix A. */
#define TIMESTAMPS_ALIGNED 12u
#define TIMESTAMPS_START UINT32_C(0x0101080a)

/* Where NOPs go to make an option end on a multiple of four octets. */
enum pad {
    PAD_BEFORE,
    PAD_SHARED, /* none, if timestamps follow: SACK-permitted and they are 12 octets together */
    PAD_AFTER
};

/*
 * One option. `length` counts its kind and length octets; 0 = it varies, and then `fits` says
 * which lengths are legal when decoding, `measure` which one to encode in so much room, 0 = none.
 * An option that does not fit is left out.
 */
struct option_rule {
    uint8_t kind;
    uint8_t length;
    uint16_t bit; /* ANVIL_HAS_... */
    enum pad pad;
    void (*take)(struct anvil_options *options, const uint8_t *value, size_t length);
    void (*put)(const struct anvil_options *options, uint8_t *value, size_t length);
    bool (*fits)(size_t length);
    size_t (*measure)(const struct anvil_options *options, size_t room);
};

/* Numbers in network order, at any alignment: read... */
static uint16_t get16(const uint8_t *at)
{
    return (uint16_t)(((uint32_t)at[0] << 8) | at[1]);
}

static uint32_t get32(const uint8_t *at)
{
    return ((uint32_t)at[0] << 24) | ((uint32_t)at[1] << 16) | ((uint32_t)at[2] << 8) | at[3];
}

/* ... and written. */
static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

static void take_mss(struct anvil_options *options, const uint8_t *value, size_t length)
{
    (void)length;
    options->mss = get16(value);
}

static void put_mss(const struct anvil_options *options, uint8_t *value, size_t length)
{
    (void)length;
    put16(value, options->mss);
}

static void take_window_scale(struct anvil_options *options, const uint8_t *value, size_t length)
{
    (void)length;
    options->window_scale = value[0];
}

static void put_window_scale(const struct anvil_options *options, uint8_t *value, size_t length)
{
    (void)length;
    value[0] = options->window_scale;
}

static void take_timestamps(struct anvil_options *options, const uint8_t *value, size_t length)
{
    (void)length;
    options->ts_value = get32(value);
    options->ts_echo = get32(value + 4);
}

static void put_timestamps(const struct anvil_options *options, uint8_t *value, size_t length)
{
    (void)length;
    put32(value, options->ts_value);
    put32(value + 4, options->ts_echo);
}

/* SACK-permitted has no value: its bit in `present` is all there is. */
static void take_nothing(struct anvil_options *options, const uint8_t *value, size_t length)
{
    (void)options;
    (void)value;
    (void)length;
}

static void put_nothing(const struct anvil_options *options, uint8_t *value, size_t length)
{
    (void)options;
    (void)value;
    (void)length;
}

static void take_user_timeout(struct anvil_options *options, const uint8_t *value, size_t length)
{
    (void)length;
    options->user_timeout = get16(value);
}

static void put_user_timeout(const struct anvil_options *options, uint8_t *value, size_t length)
{
    (void)length;
    put16(value, options->user_timeout);
}

static bool sack_fits(size_t length)
{
    return length > PREFIX && (length - PREFIX) % 8 == 0;
}

/* A repeated option replaces the one before it wholly, so that unused blocks stay zero. */
static void take_sack(struct anvil_options *options, const uint8_t *value, size_t length)
{
    memset(options->sack, 0, sizeof options->sack);
    options->sack_count = (uint8_t)((length - PREFIX) / 8);
    for (unsigned i = 0; i < options->sack_count; i++, value += 8) {
        options->sack[i].left = anvil_seq_of(get32(value));
        options->sack[i].right = anvil_seq_of(get32(value + 4));
    }
}

/* As many blocks as fit behind two NOPs, the first ones, since they matter most (2018 4). There is
 * always room: the options that come before take 24 octets at most. */
static size_t sack_measure(const struct anvil_options *options, size_t room)
{
    size_t space = (room - 4) / 8;
    size_t count = options->sack_count < space ? options->sack_count : space;
    return count == 0 ? 0 : PREFIX + 8 * count;
}

static void put_sack(const struct anvil_options *options, uint8_t *value, size_t length)
{
    for (size_t i = 0; i < (length - PREFIX) / 8; i++, value += 8) {
        put32(value, options->sack[i].left.raw);
        put32(value + 4, options->sack[i].right.raw);
    }
}

/* Empty (a request) or an even number of 4 to 16 octets. RFC 7413 4.1.1. */
static bool cookie_fits(size_t length)
{
    size_t octets = length - PREFIX;
    return octets == 0 || (octets >= 4 && octets <= ANVIL_COOKIE_MAX && octets % 2 == 0);
}

static void take_cookie(struct anvil_options *options, const uint8_t *value, size_t length)
{
    memset(options->cookie, 0, sizeof options->cookie);
    options->cookie_length = (uint8_t)(length - PREFIX);
    memcpy(options->cookie, value, length - PREFIX);
}

static size_t cookie_measure(const struct anvil_options *options, size_t room)
{
    size_t length = PREFIX + options->cookie_length;
    (void)room;
    return cookie_fits(length) ? length : 0;
}

static void put_cookie(const struct anvil_options *options, uint8_t *value, size_t length)
{
    memcpy(value, options->cookie, length - PREFIX);
}

/* Every option that is understood, in the order in which they are sent. */
static const struct option_rule rules[] = {
    {2, 4, ANVIL_HAS_MSS, PAD_BEFORE, take_mss, put_mss, NULL, NULL},
    {4, 2, ANVIL_HAS_SACK_PERMITTED, PAD_SHARED, take_nothing, put_nothing, NULL, NULL},
    {KIND_TIMESTAMPS, 10, ANVIL_HAS_TIMESTAMPS, PAD_BEFORE, take_timestamps, put_timestamps, NULL,
     NULL},
    {3, 3, ANVIL_HAS_WINDOW_SCALE, PAD_BEFORE, take_window_scale, put_window_scale, NULL, NULL},
    {28, 4, ANVIL_HAS_USER_TIMEOUT, PAD_BEFORE, take_user_timeout, put_user_timeout, NULL, NULL},
    {5, 0, ANVIL_HAS_SACK, PAD_BEFORE, take_sack, put_sack, sack_fits, sack_measure},
    {34, 0, ANVIL_HAS_FAST_OPEN, PAD_AFTER, take_cookie, put_cookie, cookie_fits, cookie_measure},
};

#define RULE_COUNT (sizeof rules / sizeof rules[0])

/* The order of the rows when sending, for each layout. */
static const uint8_t orders[][RULE_COUNT] = {
    [ANVIL_LAYOUT_LINUX] = {0, 1, 2, 3, 4, 5, 6},
    [ANVIL_LAYOUT_BSD] = {0, 3, 1, 2, 4, 5, 6},
};

/* Takes one option whose octets are all there. A cookie of an illegal length is no error. */
static enum anvil_options_result take_option(struct anvil_options *options, const uint8_t *bytes,
                                             size_t length)
{
    const struct option_rule *end = rules + sizeof rules / sizeof rules[0];

    for (const struct option_rule *rule = rules; rule != end; rule++) {
        if (rule->kind != bytes[0])
            continue;
        if (rule->fits ? !rule->fits(length) : length != rule->length)
            return rule->bit == ANVIL_HAS_FAST_OPEN ? ANVIL_OPTIONS_OK : ANVIL_OPTIONS_BAD_LENGTH;
        rule->take(options, bytes + PREFIX, length);
        options->present |= rule->bit;
        return ANVIL_OPTIONS_OK;
    }
    options->present |= ANVIL_HAS_UNKNOWN;
    return ANVIL_OPTIONS_OK;
}

/* The general case of decoding. */
static enum anvil_options_result walk(const uint8_t *bytes, size_t length,
                                      struct anvil_options *options)
{
    enum anvil_options_result result = ANVIL_OPTIONS_OK;
    size_t at = 0;

    while (at < length && bytes[at] != KIND_END) {
        if (bytes[at] == KIND_NOP) {
            at++;
            continue;
        }
        if (length - at < PREFIX || bytes[at + 1] < PREFIX || bytes[at + 1] > length - at)
            return ANVIL_OPTIONS_BAD_LENGTH;
        if (take_option(options, bytes + at, bytes[at + 1]) != ANVIL_OPTIONS_OK)
            result = ANVIL_OPTIONS_BAD_LENGTH;
        at += bytes[at + 1];
    }
    return result;
}

enum anvil_options_result anvil_options_decode(const uint8_t *bytes, size_t length,
                                               struct anvil_options *options)
{
    memset(options, 0, sizeof *options);
    if (length == TIMESTAMPS_ALIGNED && get32(bytes) == TIMESTAMPS_START) {
        options->present = ANVIL_HAS_TIMESTAMPS;
        take_timestamps(options, bytes + 4, TIMESTAMPS_ALIGNED - PREFIX);
        return ANVIL_OPTIONS_OK;
    }
    return walk(bytes, length < ANVIL_OPTIONS_MAX ? length : ANVIL_OPTIONS_MAX, options);
}

/* The octets that an option that is present takes in so much room, without NOPs; 0 = leave it
 * out. */
static size_t measure(const struct option_rule *rule, const struct anvil_options *options,
                      size_t room)
{
    if (rule->measure)
        return rule->measure(options, room);
    return rule->length;
}

/* How many NOPs an option of this length needs when it starts at octet `at`. */
static size_t padding(const struct option_rule *rule, const struct anvil_options *options,
                      size_t at, size_t length)
{
    if (rule->pad == PAD_SHARED &&
        ((options->present & ANVIL_HAS_TIMESTAMPS) || options->layout == ANVIL_LAYOUT_BSD))
        return 0;
    if (rule->pad == PAD_AFTER && options->layout == ANVIL_LAYOUT_BSD)
        return 0;
    return (4u - (at + length) % 4u) % 4u;
}

/* Lays out all options, with zero octets up to a multiple of four after the last; writes them too
 * if bytes is not NULL. */
static size_t lay_out(const struct anvil_options *options, uint8_t *bytes)
{
    const uint8_t *order = orders[options->layout == ANVIL_LAYOUT_BSD ? 1 : 0];
    size_t at = 0;

    for (size_t i = 0; i < RULE_COUNT; i++) {
        const struct option_rule *rule = &rules[order[i]];
        if (!(options->present & rule->bit))
            continue;
        size_t length = measure(rule, options, ANVIL_OPTIONS_MAX - at);
        size_t nops = padding(rule, options, at, length);
        size_t before = rule->pad == PAD_AFTER ? 0 : nops;

        if (length == 0 || length + nops > ANVIL_OPTIONS_MAX - at)
            continue;
        if (bytes) {
            memset(bytes + at, (int)KIND_NOP, length + nops);
            bytes[at + before] = rule->kind;
            bytes[at + before + 1] = (uint8_t)length;
            rule->put(options, bytes + at + before + PREFIX, length);
        }
        at += length + nops;
    }
    for (; at % 4u != 0; at++) {
        if (bytes)
            bytes[at] = KIND_END;
    }
    return at;
}

size_t anvil_options_encode(const struct anvil_options *options, uint8_t *bytes)
{
    if (options->present == 0)
        return 0;
    if (options->present == ANVIL_HAS_TIMESTAMPS) {
        put32(bytes, TIMESTAMPS_START);
        put_timestamps(options, bytes + 4, TIMESTAMPS_ALIGNED - PREFIX);
        return TIMESTAMPS_ALIGNED;
    }
    return lay_out(options, bytes);
}

size_t anvil_options_size(const struct anvil_options *options)
{
    if (options->present == 0)
        return 0;
    if (options->present == ANVIL_HAS_TIMESTAMPS)
        return TIMESTAMPS_ALIGNED;
    return lay_out(options, NULL);
}
