/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole target: an IPv4 stack that has no ports open, and answers every SYN with RST.
 *     cc -shared -fPIC -o rst.so rst.c && tcpanvil run --target ./rst.so */
#include <anvil/target.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { IP = 20, TCP = 20, SYN = 2, RST = 4, ACK = 16 };

struct rst {
    uint8_t address[4], frame[IP + TCP]; /* ours, and the answer that waits to be taken */
    size_t length; uint64_t now_us;      /* of the answer, 0: there is none; the clock */
};

static const struct anvil_target_traits *traits(void)
{
    static const struct anvil_target_traits made = { .name = "rst", .version = "1",
                                                     .granularity_us = 1 };
    return &made;
}

static void *open_rst(const struct anvil_target_config *config, char *why, size_t why_size)
{
    struct rst *rst = config->settings_count == 0 ? calloc(1, sizeof *rst) : NULL;
    if (rst == NULL)
        return strncpy(why, "rst has no settings", why_size), NULL;
    memcpy(rst->address, config->local_v4.octets, sizeof rst->address);
    rst->now_us = config->clock_us;
    return rst;
}

/* The Internet checksum over `length` octets and `sum`: 0 if it is in there and right. */
static unsigned checksum(unsigned sum, const uint8_t *octets, size_t length)
{
    for (size_t i = 0; i < length; i++)
        sum += i % 2 == 0 ? (unsigned)octets[i] << 8 : octets[i];
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

static void put(uint8_t *out, uint32_t value, int octets)
{
    for (int i = octets - 1; i >= 0; i--, value >>= 8)
        out[i] = (uint8_t)value;
}

/* RFC 9293 3.10.7.1: <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>, back to where it came from. */
static void inject(void *self, const uint8_t *in, size_t length)
{
    struct rst *rst = self;
    uint8_t *out = rst->frame;
    unsigned total = length < IP + TCP ? 0 : (unsigned)in[2] << 8 | in[3];
    if (total < IP + TCP || total > length || in[0] != 0x45 || in[9] != 6 ||
        memcmp(in + 16, rst->address, 4) != 0 || checksum(0, in, IP) != 0 ||
        checksum(6 + total - IP, in + 12, total - 12) != 0 || (in[33] & (SYN | RST | ACK)) != SYN)
        return;
    uint32_t seq = (uint32_t)in[24] << 24 | (uint32_t)in[25] << 16 | (uint32_t)in[26] << 8 | in[27];
    memcpy(out, (uint8_t[IP + TCP]){ 0x45, 0, 0, IP + TCP, [8] = 64, 6,
                                     [32] = TCP / 4 << 4, RST | ACK }, IP + TCP);
    memcpy(out + 12, in + 16, 4), memcpy(out + 16, in + 12, 4);
    memcpy(out + 20, in + 22, 2), memcpy(out + 22, in + 20, 2);
    put(out + 28, seq + 1 + (in[33] & 1) + total - IP - (in[32] >> 4) * 4u, 4);
    put(out + 10, checksum(0, out, IP), 2);
    put(out + 36, checksum(6 + TCP, out + 12, 8 + TCP), 2);
    rst->length = IP + TCP;
}

static size_t take(void *self, uint8_t *buffer, size_t capacity, uint64_t *emitted_us)
{
    struct rst *rst = self;
    size_t length = rst->length <= capacity ? rst->length : 0;
    memcpy(buffer, rst->frame, length);
    *emitted_us = rst->now_us;
    return rst->length = 0, length;
}

static void call(void *self, struct anvil_target_call *made)
{
    (void)self;
    made->result = -1;
    made->error = made->kind == ANVIL_CALL_SOCKET ? EOPNOTSUPP : EBADF;
}

static uint64_t advance(void *self, uint64_t to_us) { return ((struct rst *)self)->now_us = to_us; }
static uint64_t deadline(void *self) { (void)self; return ANVIL_TARGET_NEVER; }
static uint32_t ready(void *self, int socket) { (void)self; (void)socket; return 0; }
static const char *explain(void *self) { (void)self; return ""; }
static bool observe(void *self, size_t index, struct anvil_target_observation *seen)
{ (void)self; (void)index; (void)seen; return false; }

const struct anvil_target *anvil_target_entry(void)
{
    static const struct anvil_target table = { ANVIL_TARGET_ABI, traits, open_rst, free, call,
        ready, inject, take, advance, deadline, observe, explain };
    return &table;
}
