/* SPDX-License-Identifier: BSD-2-Clause */
/* Keyed hashes of a connection's name: SipHash-2-4 (Aumasson and Bernstein, 2012), and the numbers
 * made from it. RFC 6528, 7323 7.1, 6056 3.3.4. And SipHash-1-3, for the host's own tables. */
#include "host/name_hash.h"

#include <string.h>

/* What is hashed for what, so that one number tells nothing about another. */
enum purpose { PURPOSE_ISN = 1, PURPOSE_TIMESTAMP, PURPOSE_PORT, PURPOSE_PORT_SLOT };

/* SipHash's state. */
struct sip {
    uint64_t v0, v1, v2, v3;
};

/* Eight octets, the lowest first, as SipHash defines it for any machine. In one expression, for
 * compilers then see the one load that it is. */
static inline uint64_t load_lowest_first(const uint8_t *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 |
           (uint64_t)at[3] << 24 | (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 |
           (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
}

static inline uint64_t rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void sip_round(struct sip *s)
{
    s->v0 += s->v1;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

static inline struct sip sip_begin(const struct anvil_secret *secret)
{
    uint64_t k0 = load_lowest_first(secret->octets);
    uint64_t k1 = load_lowest_first(secret->octets + 8);
    return (struct sip){k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
                        k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573)};
}

/* Takes in one word of the message: two rounds. */
static inline void sip_take(struct sip *s, uint64_t word)
{
    s->v3 ^= word;
    sip_round(s);
    sip_round(s);
    s->v0 ^= word;
}

uint64_t anvil_siphash(const struct anvil_secret *secret, const uint8_t *bytes, size_t length)
{
    struct sip s = sip_begin(secret);
    uint64_t last = (uint64_t)(length & 0xff) << 56;
    size_t left = length;

    for (; left >= 8; bytes += 8, left -= 8)
        sip_take(&s, load_lowest_first(bytes));
    for (size_t i = 0; i < left; i++)
        last |= (uint64_t)bytes[i] << 8 * i;
    sip_take(&s, last);
    s.v2 ^= 0xff;
    for (unsigned i = 0; i < 4; i++)
        sip_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/* Takes in one word with one round. */
static inline void sip_take_fast(struct sip *s, uint64_t word)
{
    s->v3 ^= word;
    sip_round(s);
    s->v0 ^= word;
}

/* SipHash-1-3 of words. The family decides how many there are, and is one of them, so that no two
 * names give the same message. */
uint64_t anvil_name_hash(const struct anvil_secret *secret, const struct anvil_four_tuple *name)
{
    const uint8_t *local = name->local.address.octets, *remote = name->remote.address.octets;
    struct sip s = sip_begin(secret);

    sip_take_fast(&s, (load_lowest_first(local) & UINT32_MAX) |
                          (load_lowest_first(remote) & UINT32_MAX) << 32);
    if (name->local.address.family == ANVIL_IPV6) {
        sip_take_fast(&s, load_lowest_first(local + 4));
        sip_take_fast(&s, load_lowest_first(remote + 4));
        sip_take_fast(&s, (load_lowest_first(local + 8) >> 32) |
                              (load_lowest_first(remote + 8) >> 32) << 32);
    }
    sip_take_fast(&s, (uint64_t)name->local.port | (uint64_t)name->remote.port << 16 |
                          (uint64_t)name->local.address.family << 32);
    s.v2 ^= 0xff;
    for (unsigned i = 0; i < 3; i++)
        sip_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/* An endpoint as octets that are the same on every machine, as many as its family has. Returns what
 * follows them. */
static uint8_t *put_endpoint(uint8_t *at, const struct anvil_endpoint *endpoint, uint16_t port)
{
    size_t octets = endpoint->address.family == ANVIL_IPV4 ? 4 : 16;

    *at++ = endpoint->address.family;
    memcpy(at, endpoint->address.octets, octets);
    at += octets;
    *at++ = (uint8_t)(port >> 8);
    *at++ = (uint8_t)port;
    return at;
}

/* F(name, secret) for one purpose; `local_port` stands for the name's. */
static uint64_t hash_name(const struct anvil_secret *secret, const struct anvil_four_tuple *name,
                          uint16_t local_port, enum purpose purpose)
{
    uint8_t message[1 + 2 * (1 + 16 + 2)];
    uint8_t *at = message;

    *at++ = (uint8_t)purpose;
    at = put_endpoint(at, &name->local, local_port);
    at = put_endpoint(at, &name->remote, name->remote.port);
    return anvil_siphash(secret, message, (size_t)(at - message));
}

anvil_seq anvil_isn(const struct anvil_secret *secret, const struct anvil_four_tuple *name,
                    anvil_time now)
{
    uint64_t hash = hash_name(secret, name, name->local.port, PURPOSE_ISN);
    return anvil_seq_of((uint32_t)(now / 4 + hash));
}

uint32_t anvil_ts_offset(const struct anvil_secret *secret, const struct anvil_four_tuple *name)
{
    return (uint32_t)hash_name(secret, name, name->local.port, PURPOSE_TIMESTAMP);
}

uint16_t anvil_port(const struct anvil_secret *secret, const struct anvil_four_tuple *name,
                    uint16_t first, uint16_t last, uint32_t counter, uint32_t attempt)
{
    uint32_t offset = (uint32_t)hash_name(secret, name, 0, PURPOSE_PORT);
    uint64_t count = (uint64_t)last - first + 1;
    return (uint16_t)(first + ((uint64_t)offset + counter + attempt) % count);
}

uint32_t anvil_port_slot(const struct anvil_secret *secret, const struct anvil_four_tuple *name,
                         uint32_t counter_count)
{
    return (uint32_t)(hash_name(secret, name, 0, PURPOSE_PORT_SLOT) % counter_count);
}
